"""E7 of the CRM. Arguments: address of the server, an administrator's token."""
import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from client import Person, is_equal  # noqa: E402

base, token = sys.argv[1:]
admin = Person(base, 'crm', token=token)
people = {name: Person(base, 'crm', name, 'tenon-demo') for name in ('zhang', 'wang', 'li', 'chen', 'qian', 'fang', 'xie')}
zhang = people['zhang']
account = zhang.make('account', name='上海合同审批样例有限公司')


def contract(amount, **values):
    return zhang.make('contract', name=f'审批样例 {amount}', account=account['id'], party=account['name'], amount=amount, starts='2026-12-01', ends='2027-11-30', **values)


def start(record):
    status, run = zhang.call('POST', '/crm/flows/contract_approval/start', {'record': record['id']})
    is_equal('started', 201, status, '' if status == 201 else run)
    return run


def act(run, by, what, wanted=200, **body):
    task = next(o['task'] for o in run['open'] if o['who'] == by)
    status, answer = people[by].call('POST', f'/tasks/{task}/{what}', body)
    is_equal(f'{by}: {what}', wanted, status, '' if status == wanted else answer)
    return answer


def asked(run):
    return sorted((o['step'], o['who']) for o in run['open'])


def log(run):
    return admin.call('GET', f'/runs/{run["id"]}')[1]['log']


# ---- who is asked ----
deal = contract('173827.09')
run = start(deal)
is_equal('the sales manager', ('in_approval', [('lead', 'wang')]), (zhang.read('contract', deal)['status'], asked(run)))
run = act(run, 'wang', 'approve', comment='同意')
is_equal('legal and finance at once', [('finance', 'qian'), ('legal', 'fang')], asked(run))

# ---- back to the starter ----
legal = next(o['task'] for o in run['open'] if o['who'] == 'fang')
act(run, 'qian', 'return', wanted=422)
run = act(run, 'qian', 'return', comment='开始日期早于预付款')
is_equal('a draft again, at the starter', ('draft', [('start', 'zhang')]), (zhang.read('contract', deal)['status'], asked(run)))
status, answer = people['fang'].call('POST', f'/tasks/{legal}/approve', {})
is_equal("legal's open task is withdrawn", 409, status, answer['code'])
is_equal('what was done stays told', ['start', 'approve', 'return'], [x['act'] for x in log(run) if x['act'] != 'branch'])
run = act(run, 'zhang', 'resubmit', fields={'starts': '2026-12-15'})
after = zhang.read('contract', deal)
is_equal('the edit makes version 2', (2, '2026-12-15', 'in_approval'), (after['version'], after['starts'], after['status']))
is_equal('the manager is not asked again', [('finance', 'qian'), ('legal', 'fang')], asked(run))
changed = people['qian'].call('GET', '/tasks/' + next(o['task'] for o in run['open'] if o['who'] == 'qian'))[1]['changed']
is_equal('approvers see only that difference', ('resubmit', {'starts': ('2026-12-01', '2026-12-15'), 'version': (1, 2)}), (changed['since'], {c['field']: (c['old'], c['new']) for c in changed['changes']}))

# ---- a signer before legal ----
run = act(run, 'fang', 'add', who=['user:xie'], where='before', comment='售后承诺请客服看')
is_equal('she is asked first', [('finance', 'qian'), ('legal', 'xie')], asked(run))
run = act(run, 'xie', 'approve')
is_equal('then legal', [('finance', 'qian'), ('legal', 'fang')], asked(run))
run = act(act(run, 'fang', 'approve'), 'qian', 'approve')
is_equal('no general manager below 500,000', ('approved', 'approved'), (run['state'], zhang.read('contract', deal)['status']))
is_equal('the order is kept', ['add', 'approve', 'approve'], [x['act'] for x in log(run) if x['step'] == 'legal'])
for field, value in (('amount', '1.00'), ('starts', '2026-12-01'), ('party', '别家'), ('ends', '2030-01-01')):
    status, _ = admin.change('contract', deal, **{field: value})
    is_equal(f'approved, nobody changes {field}', (422, after[field]), (status, zhang.read('contract', deal)[field]))

# ---- on leave ----
status, _ = people['wang'].call('POST', '/proxies', {'from': 'wang', 'to': 'li', 'since': '2020-01-01', 'until': '2099-12-31', 'flows': ['contract_approval']})
is_equal('a proxy for the days away', 201, status)
run = start(contract('20000'))
is_equal('the task goes to the proxy', [('lead', 'li')], asked(run))
run = act(run, 'li', 'approve')
is_equal('and the history names both', ('approved', ('li', 'wang')), (run['state'], next((x['who'], x['for']) for x in log(run) if x['act'] == 'approve')))
mine = people['wang'].call('GET', '/proxies')[1]['proxies'][0]['id']
people['wang'].call('DELETE', f'/proxies/{mine}')

# ---- a changed clause, a large amount: the general manager ----
for amount, clauses in (('600000', []), ('30000', [{'title': '账期', 'text': '九十日', 'changed': True}])):
    run = act(start(contract(amount, clauses=clauses)), 'wang', 'approve')
    run = act(act(run, 'fang', 'approve'), 'qian', 'approve')
    is_equal(f'{amount}: the general manager', [('gm', 'chen')], asked(run))
    is_equal('approved', 'approved', act(run, 'chen', 'approve')['state'])

# ---- two at once ----
run = act(start(contract('150000')), 'wang', 'approve')
tasks = {o['who']: o['task'] for o in run['open']}
answers = []
threads = [threading.Thread(target=lambda w=who: answers.append(people[w].call('POST', f'/tasks/{tasks[w]}/approve', {})[0])) for who in ('fang', 'qian')]
[t.start() for t in threads]
[t.join() for t in threads]
is_equal('one decision each', ([200, 200], 2), (answers, sum(x['act'] == 'approve' and x['step'] in ('legal', 'finance') for x in log(run))))
is_equal('and no double step on', ('approved', 1), ((lambda r: (r['state'], sum(x['act'] == 'cc' for x in r['log'])))(admin.call('GET', f'/runs/{run["id"]}')[1])))
