"""The acceptance scenarios of approvals: each step asked of the server as the person who would take it."""
import itertools
import json
import os
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from client import Person, is_equal  # noqa: E402

base, token = sys.argv[1:3]
admin = Person(base, 'pay', token=token)
people = {name: Person(base, 'pay', name, 'flow-test-1') for name in 'boss ann top law fin eve non b1 b2 b3 b4 b5'.split()}


def request(who='ann', **values):
    status, record = people[who].ask('request', **{'what': 'paper', 'amount': '100', **values})
    assert status == 201, record
    return record


def start(flow, who='ann', record=None, wanted=201, **body):
    record = record or request(who)
    status, run = people[who].call('POST', f'/pay/flows/{flow}/start', {'record': record['id'], **body})
    assert status == wanted, (flow, status, run)
    return run


def task_of(run, who):
    """The open task of somebody, as the run tells it."""
    found = [o['task'] for o in run['open'] if o['who'] == who]
    assert found, (who, run['open'])
    return found[0]


def act(run, by, what, wanted=200, **body):
    status, answer = people[by].call('POST', f'/tasks/{task_of(run, by)}/{what}', body)
    assert status == wanted, (what, status, answer)
    return answer


def asked(run):
    return sorted((o['step'], o['who']) for o in run['open'])


def record_of(run, who='ann'):
    return people[who].call('GET', f'/pay/request/{run["record"]}')[1]


def run_of(run):
    return admin.call('GET', f'/runs/{run["id"]}')[1]


def ahead(run):
    return [(step['step'], [one['user'] for one in step['who']]) for step in run_of(run)['path']]


def acts(run):
    return [(line['act'], line['who'], line['step']) for line in run_of(run)['log']]


def simple():
    run = start('simple')
    is_equal('the superior is asked', [('lead', 'boss')], asked(run))
    is_equal('by the name of the flow', '付款审批', people['boss'].call('GET', f'/tasks/{task_of(run, "boss")}', **{'Accept-Language': 'zh-CN'})[1]['flow_label'])
    is_equal('the record says so', 'asked', record_of(run)['state'])
    status, answer = people['ann'].change('request', {'id': run['record']}, what='other')
    is_equal('a record in approval is held', (409, 'record_held', 'paper'), (status, answer['code'], record_of(run)['what']))
    is_equal('somebody else has no such task', 404, people['non'].call('POST', f'/tasks/{task_of(run, "boss")}/approve', {})[0])
    run = act(run, 'boss', 'approve', comment='fine')
    is_equal('it ends', ('approved', []), (run['state'], asked(run)))
    is_equal('the record is approved', 'good', record_of(run)['state'])
    is_equal('its story', [('start', 'ann', 'start'), ('approve', 'boss', 'lead'), ('branch', None, 'band'), ('cc', 'fin', 'tell')], acts(run))
    box = people['fin'].call('GET', '/tasks?box=cc')[1]
    is_equal('finance is told', run['id'], box['tasks'][0]['run'])
    unread = people['fin'].call('GET', '/tasks/counts')[1]['cc']
    people['boss'].call('POST', f'/tasks/{box["tasks"][0]["id"]}/read', {})
    is_equal('nobody else reads it for him', unread, people['fin'].call('GET', '/tasks/counts')[1]['cc'])
    is_equal('read, it counts no more', (200, unread - 1), (lambda s, a: (s, a['cc']))(*people['fin'].call('POST', f'/tasks/{box["tasks"][0]["id"]}/read', {})))
    status, again = people['ann'].call('POST', '/pay/flows/simple/start', {'record': run['record']})
    is_equal('what is approved is not started again', (409, 'flow_not_now'), (status, again['code']))


def told(run, what, who=None):
    """A line of the story as somebody reads it: of an act, the last."""
    log = (people[who] if who else admin).call('GET', f'/runs/{run["id"]}')[1]['log']
    return [line for line in log if line['act'] == what][-1]


def why():
    """Whoever looks at a case can read why it went where it went."""
    run = act(start('simple', record=request(amount='60000')), 'boss', 'approve')
    is_equal('the way of a branch, by the values it had then', {'values': [{'field': 'amount', 'value': '60000.00'}], 'cases': [{}]}, told(run, 'branch')['taken'])
    run = act(act(run, 'top', 'return'), 'ann', 'resubmit', fields={'amount': '10'})
    run = act(run, 'boss', 'approve')
    is_equal('and how it went later', {'values': [{'field': 'amount', 'value': '10.00'}], 'cases': [{'when': 'amount <= 50000'}]}, told(run, 'branch')['taken'])
    run = start('whispered', record=request(secret='the word'))
    is_equal('who may not read what decided is told the name of the case', {'values': [], 'cases': [{'label': '已知'}]}, told(run, 'branch', 'eve')['taken'])
    is_equal('nor through a step that hides it', {'values': [], 'cases': [{'label': '已知'}]}, told(run, 'branch', 'b1')['taken'])
    is_equal('who may reads it', [{'field': 'secret', 'value': 'the word'}], told(run, 'branch', 'ann')['taken']['values'])
    run = start('nobody_admin')
    line = told(run, 'asked')
    is_equal('who is asked because nobody was found', ('admin', 'gone', 'nobody'), (line['who'], line['step'], line['reason']))


def big():
    run = act(start('simple', record=request(amount='60000')), 'boss', 'approve')
    is_equal('over 50,000 the board is asked', [('director', 'top')], asked(run))
    is_equal('and what follows is told with names', [('tell', ['fin'])], ahead(run))
    run = act(run, 'top', 'return', to='lead', comment='look again')
    is_equal('returned to a step', [('lead', 'boss')], asked(run))
    is_equal('the whole rest is told again', [('director', ['top']), ('tell', ['fin'])], ahead(run))
    is_equal('asking did not move it', [('lead', 'boss')], asked(run_of(run)))
    run = act(run, 'boss', 'return')
    is_equal('returned to the start', [('start', 'ann')], asked(run))
    is_equal('and from the start, as the record is now', [('lead', ['boss']), ('director', ['top']), ('tell', ['fin'])], ahead(run))
    is_equal('the record is back', 'back', record_of(run)['state'])
    run = act(run, 'ann', 'resubmit', fields={'amount': '10'})
    is_equal('corrected and asked again', (('lead', 'boss'), '10.00', 'asked'), (asked(run)[0], record_of(run)['amount'], record_of(run)['state']))
    run = act(run, 'boss', 'approve')
    is_equal('now it is small', 'approved', run['state'])


def stages():
    """A field with transitions is moved by the flow along them, and by nobody else where they say so."""
    record = request()
    is_equal('nobody moves it by hand', (422, 'draft'), (people['ann'].change('request', record, phase='asked')[0], people['ann'].read('request', record)['phase']))
    is_equal('nor is that offered', [], [m['to'] for m in people['ann'].call('GET', f'/pay/request/{record["id"]}')[1].get('moves', [])])
    run = start('staged', record=record)
    is_equal('the start moves it', ('asked', 'draft'), tuple(record_of(run)[f] for f in ('phase', 'state')))
    run = act(run, 'boss', 'return')
    is_equal('a return too', 'back', record_of(run)['phase'])
    run = act(act(run, 'ann', 'resubmit'), 'boss', 'approve')
    is_equal('and the end', 'good', record_of(run)['phase'])
    is_equal('what is a person\'s is a person\'s', 200, people['ann'].change('request', {'id': run['record']}, phase='draft')[0])
    record = request(amount='5000')
    status, answer = people['ann'].call('POST', '/pay/flows/staged/start', {'record': record['id']})
    ahead = people['ann'].call('POST', '/pay/flows/staged/preview', {'record': record['id']}, **{'Accept-Language': 'zh-CN'})[1]
    is_equal('the preview tells the refusal and the way', (answer['errors'][0]['detail'], ['lead']), (ahead.get('refused'), [s['step'] for s in ahead['path']]))
    is_equal('and refuses nothing else', None, people['ann'].call('POST', '/pay/flows/staged/preview', {'record': request(amount='10')['id']})[1].get('refused'))
    is_equal('the conditions of a transition bind the flow', (422, '/phase'), (status, answer['errors'][0]['pointer']))
    is_equal('and nothing has begun', ([], 'draft'), (people['ann'].call('GET', f'/pay/request/{record["id"]}/runs')[1]['runs'], people['ann'].read('request', record)['phase']))


def refusals():
    run = start('simple')
    status, answer = people['boss'].call('POST', f'/tasks/{task_of(run, "boss")}/reject', {})
    is_equal('a refusal needs a comment', (422, '/comment'), (status, answer['errors'][0]['pointer']))
    is_equal('nothing happened', [('lead', 'boss')], asked(run_of(run)))
    before = record_of(run)
    status, answer = people['boss'].call('POST', f'/tasks/{task_of(run, "boss")}/approve', {'fields': {'paid_on': '2026-12-01', 'what': 'x'}})
    is_equal('a closed field refuses all', (403, 'flow_field_closed'), (status, answer['code']))
    is_equal('nothing was written', before, record_of(run))
    status, answer = people['boss'].call('POST', f'/tasks/{task_of(run, "boss")}/approve', {'rev': before['rev'] - 1})
    is_equal('what has changed since is not approved', (409, 'flow_record_changed'), (status, answer['code']))
    shown = people['boss'].call('GET', f'/tasks/{task_of(run, "boss")}')[1]
    is_equal('hidden from the step', None, shown['content'].get('secret'))
    status, lent = people['boss'].call('GET', f'/tasks/{task_of(run, "boss")}/definition')
    is_equal('who has no role that knows the form is told it', (200, ['request'], False), (status, [f['form'] for f in lent['forms']], lent['forms'][0]['rights']['update']))
    is_equal('a stranger is not', 404, people['non'].call('GET', f'/tasks/{task_of(run, "boss")}/definition')[0])
    is_equal('rights of the step', ('edit', 'hidden', 'read'), tuple(shown['rights'][f] for f in ('paid_on', 'secret', 'what')))
    run = act(run, 'boss', 'approve', fields={'paid_on': '2026-12-01'}, rev=before['rev'])
    is_equal('an open field is written', '2026-12-01', record_of(run)['paid_on'])


def return_inside_parallel():
    run = act(start('both', record=request(amount='2000')), 'boss', 'approve')
    is_equal('both at once', [('finance', 'fin'), ('legal', 'law')], asked(run))
    run = act(run, 'law', 'approve')
    run = act(run, 'fin', 'return', to='lead')
    is_equal('no task is left in the block', [('lead', 'boss')], asked(run))
    run = act(run, 'boss', 'approve')
    is_equal('both are asked again', [('finance', 'fin'), ('legal', 'law')], asked(run))
    run = act(act(run, 'law', 'approve'), 'fin', 'approve')
    is_equal('it ends', 'approved', run['state'])


def straight_back():
    run = act(start('both', record=request(amount='2000')), 'boss', 'approve')
    run = act(act(run, 'law', 'approve'), 'fin', 'return')
    is_equal('the starter is asked', [('start', 'ann')], asked(run))
    run = act(run, 'ann', 'resubmit', fields={'what': 'better', 'secret': 'new'})
    changed = people['fin'].call('GET', f'/tasks/{task_of(run, "fin")}')[1]['changed']
    is_equal('he sees what has changed since, and nothing else', ('resubmit', [('what', 'paper', 'better'), ('secret', None, 'new')]), (changed['since'], [(c['field'], c['old'], c['new']) for c in changed['changes']]))
    is_equal('only finance is asked', [('finance', 'fin')], asked(run))
    is_equal('it ends', 'approved', act(run, 'fin', 'approve')['state'])
    run = act(start('both', record=request(amount='2000')), 'boss', 'approve')
    run = act(act(run, 'law', 'approve'), 'fin', 'return')
    run = act(run, 'ann', 'resubmit', fields={'amount': '500'})
    is_equal('a branch goes another way: from the start', [('lead', 'boss')], asked(run))
    is_equal('and the story says why', 'branch_changed', [x['reason'] for x in run_of(run)['log'] if x['act'] == 'skip'][0])


def early_verdict():
    run = start('vote')
    is_equal('five are asked', 5, len(asked(run)))
    run = act(run, 'b1', 'reject')
    is_equal('the weight of three decides', ('rejected', []), (run['state'], asked(run)))
    is_equal('nobody else is counted', 1, sum(line['act'] in ('reject', 'approve') for line in run_of(run)['log']))
    status, late = people['b2'].call('POST', f'/tasks/{run["id"]}-2/approve', {})
    is_equal('who comes late is told who decided', (409, 'task_decided'), (status, late['code']))
    results = set()
    for order in itertools.permutations(('b1', 'b2', 'b3')):
        run = start('vote')
        for who in order:
            if run['state'] == 'running':
                run = act(run, who, 'approve')
        results.add(run['state'])
    is_equal('any order of three approvals', {'approved'}, results)


def in_order():
    run = start('order')
    is_equal('one after the other', [('one', 'b1')], asked(run))
    run = act(run, 'b1', 'add', who=['user:b4'], where='before')
    is_equal('asked before', [('one', 'b4')], asked(run))
    run = act(run, 'b4', 'approve')
    is_equal('and back', [('one', 'b1')], asked(run))
    run = act(run, 'b1', 'add', who='b5', where='after')
    run = act(run, 'b1', 'approve')
    is_equal('after him', [('one', 'b5')], asked(run))
    run = act(run, 'b5', 'approve')
    is_equal('then the next', [('one', 'b2')], asked(run))
    run = act(act(run, 'b2', 'approve'), 'b3', 'approve')
    is_equal('all agreed', 'approved', run['state'])


def signers():
    """What the model test found (tests/property/prop_flow.c): removed with whom one asked first, advice that is not yet complete, what is too late to take back."""
    run = act(start('simple'), 'boss', 'add', who='b1', where='before')
    status, answer = people['b1'].call('POST', f'/tasks/{task_of(run, "b1")}/remove', {'who': 'boss'})
    is_equal('with him all would go: he stays', (409, 'flow_last_signer'), (status, answer['code']))
    run = run_of(run)
    is_equal('and nothing has changed', ('running', [('lead', 'b1')]), (run['state'], asked(run)))
    run = act(run, 'b1', 'add', who='b2', where='after')
    run = act(run, 'b1', 'approve')
    is_equal('who was added after the one before is asked first', [('lead', 'b2')], asked(run))
    run = act(run, 'b2', 'reject', comment='no')
    is_equal('and refuses for both', ('rejected', []), (run['state'], asked(run)))
    run = act(start('simple'), 'boss', 'add', who=['b1', 'b2'], where='before')
    run = act(run, 'b1', 'add', who='b3', where='parallel')
    run = act(run, 'b1', 'reject', comment='no')
    is_equal('one has refused before him: the other is not needed', [('lead', 'b3')], asked(run))
    run = start('behind')
    run = act(act(act(run, 'b1', 'approve'), 'b2', 'approve'), 'b3', 'approve')
    task = [line['task'] for line in run_of(run)['log'] if line['act'] == 'approve'][-1]
    run = act(run, 'b4', 'transfer', who='b5')
    status, answer = people['b3'].call('POST', f'/tasks/{task}/take_back', {})
    is_equal('somebody has acted since: too late', (409, 'take_back_late'), (status, answer['code']))
    is_equal('he is not asked again', [('last', 'b5')], asked(run_of(run)))
    run = act(start('again'), 'b1', 'approve')
    task = [line['task'] for line in run_of(run)['log'] if line['act'] == 'approve'][0]
    is_equal('who has approved is not asked again', [('second', 'b2')], asked(run))
    status, run = people['b1'].call('POST', f'/tasks/{task}/take_back', {})
    is_equal('taken back', (200, [('first', 'b1')]), (status, asked(run)))
    run = act(act(run, 'b1', 'transfer', who='b3'), 'b3', 'approve')
    is_equal('then he has not approved: he is asked', [('second', 'b1'), ('second', 'b2')], asked(run))


def straight_back_before():
    """A branch that lies ahead of who returned it is no reason to begin anew."""
    run = start('behind', record=request(amount='2000'))
    run = act(act(run, 'b1', 'approve'), 'b2', 'approve')
    run = act(act(run, 'fin', 'return', to='lead'), 'b2', 'return', to='start')
    run = act(run, 'ann', 'resubmit', fields={'amount': '500'})
    is_equal('only who returned it is asked', [('lead', 'b2')], asked(run))
    run = act(run, 'b2', 'approve')
    is_equal('and the branch goes by what it is now', [('last', 'b3'), ('last', 'b4')], asked(run))


def other_hands():
    run = act(start('simple'), 'boss', 'transfer', who='b1')
    is_equal('transferred', [('lead', 'b1')], asked(run))
    run = act(run, 'b1', 'delegate', who='b2')
    is_equal('delegated', [('lead', 'b2')], asked(run))
    run = act(run, 'b2', 'complete', comment='looks right')
    is_equal('and returned', [('lead', 'b1')], asked(run))
    run = act(run, 'b1', 'add', who=['b3', 'b4'], where='parallel')
    is_equal('three beside one another', 3, len(asked(run)))
    run = act(run, 'b1', 'remove', who='b3')
    is_equal('one is removed', [('lead', 'b1'), ('lead', 'b4')], asked(run))
    run = act(run, 'b1', 'remove', who='b4')
    status, answer = people['b1'].call('POST', f'/tasks/{task_of(run, "b1")}/remove', {'who': 'b1'})
    is_equal('the last one stays', (409, 'flow_last_signer'), (status, answer['code']))
    run = act(run, 'b1', 'cc', who='eve')
    first = run
    run = act(run, 'b1', 'approve')
    is_equal('approved', 'approved', run['state'])
    run = start('simple', record=request(amount='60000'))
    run = act(run, 'boss', 'approve')
    task = [line['task'] for line in run_of(run)['log'] if line['act'] == 'approve'][0]
    status, run = people['boss'].call('POST', f'/tasks/{task}/take_back', {})
    is_equal('taken back before anybody acted', (200, [('lead', 'boss')]), (status, asked(run)))
    run = act(act(run, 'boss', 'approve'), 'top', 'return', to='start')
    status, answer = people['boss'].call('POST', f'/tasks/{task}/take_back', {})
    is_equal('too late', (409, 'take_back_late'), (status, answer['code']))
    status, run = people['ann'].call('POST', f'/runs/{run["id"]}/withdraw', {})
    is_equal('withdrawn too late', (409, 'withdraw_late'), (status, run['code']))
    run = start('simple')
    status, answer = people['ann'].call('POST', f'/runs/{run["id"]}/remind', {})
    is_equal('reminded', 200, status)
    status, answer = people['ann'].call('POST', f'/runs/{run["id"]}/remind', {})
    is_equal('not twice at once', (409, 'remind_soon'), (status, answer['code']))
    status, run = people['ann'].call('POST', f'/runs/{run["id"]}/withdraw', {'comment': 'wrong one'})
    is_equal('withdrawn', (200, 'withdrawn', 'draft'), (status, run['state'], record_of(run)['state']))
    run = start('simple', record=request(amount='60000'))
    is_equal('where to is told to who may', (['lead', 'director'], []), ([one['step'] for one in run_of(run)['jump_to']], people['boss'].call('GET', f'/runs/{run["id"]}')[1]['jump_to']))
    status, run = admin.call('POST', f'/runs/{run["id"]}/jump', {'to': 'director'})
    is_equal('an administrator may jump', (200, [('director', 'top')]), (status, asked(run)))
    is_equal('others may not', 403, people['boss'].call('POST', f'/runs/{run["id"]}/terminate', {})[0])
    status, run = admin.call('POST', f'/runs/{run["id"]}/terminate', {})
    is_equal('nor go on', 'terminated', run['state'])


def nobody():
    is_equal('pass', 'approved', start('nobody_pass')['state'])
    run = start('nobody_reject')
    is_equal('reject', ('rejected', 'bad'), (run['state'], record_of(run)['state']))
    is_equal('why', 'nobody', [x['reason'] for x in run_of(run)['log'] if x['act'] == 'skip'][0])
    is_equal('admin', [('gone', 'admin')], asked(start('nobody_admin')))
    status, answer = admin.call('POST', '/users', {'user': 'second', 'label': '二', 'password': 'flow-test-1', 'admin': True})
    assert status == 201, answer
    run = start('nobody_admin')
    is_equal('every administrator', [('gone', 'admin'), ('gone', 'second')], asked(run))
    status, run = admin.call('POST', f'/tasks/{task_of(run, "admin")}/approve', {})
    is_equal('and one of them is enough, whatever the mode of the step', (200, 'approved'), (status, run['state']))
    status, answer = admin.call('PATCH', '/users/second', {'admin': False, 'active': False})
    assert status == 200, answer
    is_equal('somebody', [('gone', 'b1')], asked(start('nobody_userb1')))
    record = request()
    is_equal('refused', 'flow_nobody', start('nobody_refuse_start', record=record, wanted=409)['code'])
    is_equal('nothing was started', [], people['ann'].call('GET', f'/pay/request/{record["id"]}/runs')[1]['runs'])


def selfish():
    run = start('selfish')
    is_equal('the starter is passed over', [('first', 'b1')], asked(run))
    run = act(run, 'b1', 'approve')
    is_equal('who approved is not asked again', [('again', 'b2')], asked(run))
    run = act(run, 'b2', 'return', to='first')
    run = act(run, 'b1', 'approve')
    is_equal('after a return he is', [('again', 'b1'), ('again', 'b2')], asked(run))
    run = act(act(run, 'b1', 'approve'), 'b2', 'approve')
    is_equal('work is not a judgement: the starter does his own', [('work', 'ann')], asked(run))
    is_equal('done', 'approved', act(run, 'ann', 'complete')['state'])


def acting():
    run = start('acting', record=request(checker='b4'))
    is_equal('from the record', [('who', 'b4')], asked(run))
    is_equal('an act writes', 'set by the flow', record_of(run)['mark'])
    is_equal('and says so', None, told(run, 'act')['who'])
    run = act(run, 'b4', 'approve')
    inner = [t for t in people['b1'].call('GET', '/tasks')[1]['tasks'] if t['record'] == run['record']][0]
    sub = admin.call('GET', f'/runs/{inner["run"]}')[1]
    for who in ('b1', 'b2', 'b3'):
        sub = act(sub, who, 'approve')
    is_equal('the inner one ends', 'approved', sub['state'])
    is_equal('how the inner one ended is told', 'approved', told(run, 'sub')['reason'])
    is_equal('and the outer one with it', ('approved', 'done', 'good'), (run_of(run)['state'], record_of(run)['mark'], record_of(run)['state']))


def started_by_creating():
    record = request(what='by itself')
    is_equal('nothing starts for others', [], people['ann'].call('GET', f'/pay/request/{record["id"]}/runs')[1]['runs'])
    status, order = people['ann'].ask('order', what='chairs', amount='10')
    runs = people['ann'].call('GET', f'/pay/order/{order["id"]}/runs')[1]['runs']
    is_equal('creating it starts it', [[('check', 'boss')]], [asked(r) for r in runs])


def as_wished(order, now):
    """The steps see the record as it would be: a small amount made large needs who approves large ones."""
    def ahead(**changes):
        path = people['ann'].call('POST', '/pay/flows/change_order/preview', {'record': order['id'], 'changes': changes})[1]['path']
        return [step['step'] for step in path if step.get('who')]

    def ask(**changes):
        return people['ann'].call('POST', '/pay/flows/change_order/start', {'record': order['id'], 'changes': changes})[1]

    def amount():
        return people['ann'].call('GET', f'/pay/order/{order["id"]}')[1]['amount']
    is_equal('the way ahead with little', ['check'], ahead(amount='900'))
    is_equal('and with much', ['check', 'finance'], ahead(amount='5000'))
    run = act(ask(amount='5000'), 'boss', 'approve')
    is_equal('much goes on to finance', [('finance', 'fin')], asked(run))
    is_equal('says the trail', 'band', told(run, 'branch')['step'])
    is_equal('nothing is changed yet', ('benches', '10.00'), (now()[0], amount()))
    run = act(run, 'fin', 'return', to='start')
    run = act(run, 'ann', 'resubmit', fields={'amount': '800'})
    act(run, 'boss', 'approve')
    is_equal('corrected to little it needs no finance', '800.00', amount())
    act(ask(amount='10'), 'boss', 'approve')
    is_equal('and back', '10.00', amount())


def asked_for():
    status, order = people['ann'].ask('order', what='tables', amount='10')
    run = people['ann'].call('GET', f'/pay/order/{order["id"]}/runs')[1]['runs'][0]
    act(run, 'boss', 'approve')

    def now():
        status, record = people['ann'].call('GET', f'/pay/order/{order["id"]}')
        return (record['what'], record['stage']) if status == 200 else status

    status, answer = people['ann'].change('order', order, what='benches')
    is_equal('changing it needs an approval', (409, 'flow_needed', ('tables', 'open')), (status, answer['code'], now()))
    status, answer = people['ann'].call('POST', '/pay/flows/change_order/start', {'record': order['id'], 'changes': {'amount': 'x'}})
    is_equal('what cannot be is not asked for', (422, '/changes/amount'), (status, answer['errors'][0]['pointer']))
    status, run = people['ann'].call('POST', '/pay/flows/change_order/start', {'record': order['id'], 'changes': {'what': 'benches'}})
    is_equal('asked for', (201, ('tables', 'open')), (status, now()))
    shown = people['boss'].call('GET', f'/tasks/{task_of(run, "boss")}')[1]['asked']
    is_equal('who decides sees what', {'op': 'change', 'changes': [{'field': 'what', 'old': 'tables', 'new': 'benches'}]}, shown)
    act(run, 'boss', 'approve')
    is_equal('done once approved', ('benches', 'open'), now())
    as_wished(order, now)
    status, answer = people['ann'].change('order', order, stage='closed')
    is_equal('so does moving it', (409, 'flow_needed'), (status, answer['code']))
    status, run = people['ann'].call('POST', '/pay/flows/close_order/start', {'record': order['id'], 'changes': {'stage': 'closed'}})
    act(run, 'fin', 'reject')
    is_equal('refused is not done', ('benches', 'open'), now())
    status, run = people['ann'].call('POST', '/pay/flows/close_order/start', {'record': order['id'], 'changes': {'stage': 'closed'}})
    act(run, 'fin', 'approve')
    is_equal('moved', ('benches', 'closed'), now())
    status, answer = people['ann'].call('DELETE', f'/pay/order/{order["id"]}')
    is_equal('and deleting it', (409, 'flow_needed'), (status, answer['code']))
    status, run = people['ann'].call('POST', '/pay/flows/delete_order/start', {'record': order['id']})
    act(run, 'boss', 'approve')
    is_equal('gone', 404, now())


def until(what, wanted, get):
    for _ in range(3000):
        if get() == wanted:
            break
        time.sleep(0.02)
    is_equal(what, wanted, get())


def waiting():
    record = request(kind='east')
    run = start('waiting', record=record)
    waits = lambda: [o['step'] for o in run_of(run)['open']]  # noqa: E731
    is_equal('it waits for a payment', ['paid'], waits())
    admin.make('payment', note='other', area='east', keeper='b3')
    time.sleep(0.3)
    is_equal('another payment is not it', ['paid'], waits())
    admin.make('payment', note='this', of=record['id'])
    until('the payment ends it', ['marked'], waits)
    is_equal('which is told', ('paid', 'event'), (told(run, 'waited')['step'], told(run, 'waited')['reason']))
    admin.change('request', record, mark='go')
    until('and the mark; who is asked stands in a table', ['keep'], waits)
    is_equal('he', [('keep', 'b3')], asked(run_of(run)))


def stand_ins():
    made = []
    for who, to in (('boss', 'b1'), ('b1', 'b2')):
        status, answer = people[who].call('POST', '/proxies', {'to': to, 'since': '2020-01-01', 'until': '2100-01-01'})
        is_equal(f'{to} stands in for {who}', 201, status)
        made.append((who, answer.get('id') or answer['proxies'][0]['id']))
    run = start('simple')
    is_equal('the last of the chain is asked', [('lead', 'b2', 'boss')], [(o['step'], o['who'], o['for']) for o in run['open']])
    line = told(run, 'asked')
    is_equal('why he', ('b2', 'boss', 'proxy'), (line['who'], line['for'], line['reason']))
    run = act(run, 'b2', 'approve')
    is_equal('and it says for whom', ('b2', 'boss'), [(x['who'], x['for']) for x in run_of(run)['log'] if x['act'] == 'approve'][0])
    status, answer = people['b2'].call('POST', '/proxies', {'to': 'boss', 'since': '2020-01-01', 'until': '2100-01-01'})
    made.append(('b2', answer.get('id') or answer['proxies'][0]['id']))
    is_equal('a loop is for the administrators', [('lead', 'admin')], asked(start('simple')))
    for who, proxy in made:
        is_equal('taken away', 204, people[who].call('DELETE', f'/proxies/{proxy}')[0])


def leavers():  # P05: what waits for somebody who leaves goes to others
    status, answer = admin.call('POST', '/users', {'user': 'gone', 'label': '走', 'password': 'flow-test-1', 'superior': 'boss'})
    assert status == 201, answer
    run = act(start('simple'), 'boss', 'transfer', who='gone')
    is_equal('he is asked', [('lead', 'gone')], asked(run))
    status, answer = admin.call('PATCH', '/users/gone', {'active': False})
    assert status == 200, answer
    until('his superior has it when he leaves', [('lead', 'boss')], lambda: asked(run_of(run)))


def publish(change):
    bundle = admin.call('GET', '/apps/pay/bundle')[1]
    change(bundle['files'])
    status, answer = admin.call('POST', '/apps/pay/apply', bundle)
    assert status == 200, answer


def versions():
    here = start('simple')
    there = act(start('simple', record=request(amount='60000')), 'boss', 'approve')
    kept = []

    def drop_director(files):
        flow = files['flows/simple.json']
        kept.append(json.loads(json.dumps(flow)))
        del flow['steps'][1]
        flow['steps'].insert(1, {'id': 'second', 'kind': 'approve', 'who': ['user:b5']})

    publish(drop_director)
    listed = admin.call('GET', '/pay/flows/simple/versions')[1]['versions']
    is_equal('two versions', [2, 1], [v['version'] for v in listed])
    is_equal('running cases stay on theirs', 1, run_of(here)['version'])
    other = start('simple')
    is_equal('new ones are on the new one', 2, other['version'])
    status, trial = admin.call('POST', '/pay/flows/simple/migrate', {'from': 1, 'dry_run': True})
    stuck = [(s['run'], s['at'][0]['step'], s['at'][0]['who']) for s in trial['stuck']]
    is_equal('a trial names who sits where', True, (there['id'], 'director', 'top') in stuck)
    is_equal('and moves nothing', 1, run_of(here)['version'])
    is_equal('others may not', 403, people['ann'].call('POST', '/pay/flows/simple/migrate', {'from': 1})[0])
    status, done = admin.call('POST', '/pay/flows/simple/migrate', {'from': 1})
    is_equal('what fits is moved', (2, 1), (run_of(here)['version'], run_of(there)['version']))
    run = act(run_of(here), 'boss', 'approve')
    is_equal('and goes on there', [('second', 'b5')], asked(run))
    is_equal('the old one ends as it began', 'approved', act(run_of(there), 'top', 'approve')['state'])
    there = [act(start('simple', record=request(amount='60000')), 'boss', 'approve')]
    publish(lambda files: files.__setitem__('flows/simple.json', kept[0]))
    status, done = admin.call('POST', '/pay/flows/simple/migrate', {'map': {'second': 'director'}})
    is_equal('a step is mapped', [('director', 'b5')], asked(run_of(there[0])))
    act(run_of(there[0]), 'b5', 'approve')


def todo(who, flow):
    tasks, cursor = [], ''
    while cursor is not None:
        page = people[who].call('GET', f'/tasks?box=todo&flow={flow}&limit=200{cursor and "&cursor=" + cursor}')[1]
        tasks += page['tasks']
        cursor = page.get('next')
    return tasks


def thousand():
    """A thousand runs on version 1 of a flow whose version 2 lacks a step: 212 of them stand there."""
    due = {'due': '2wd', 'on_due': ['remind@1d', 'reject']}
    flow = {'flow': 'many', 'form': 'order', 'label': {'zh-CN': '很多', 'en': 'Many'}, 'start': {'who': ['role:staff'], 'on': 'created', 'when': 'amount < 0'},
            'steps': [{'id': 'lead', 'kind': 'approve', 'who': ['user:boss']}, {'id': 'dir', 'kind': 'approve', 'who': ['user:b1'], **due},
                      {'id': 'end', 'kind': 'approve', 'who': ['user:law']}]}
    publish(lambda files: files.__setitem__('flows/many.json', flow))
    for first in range(0, 1000, 100):
        ops = [{'op': 'create', 'values': {'what': f'n {first + i}', 'amount': '-1'}} for i in range(100)]
        status, answer = people['ann'].call('POST', '/pay/order/batch', {'operations': ops})
        assert status == 200 and all(r['status'] == 201 for r in answer['results']), answer
    tasks = todo('boss', 'many')
    is_equal('a thousand are asked', 1000, len({t['id'] for t in tasks}))
    for first in range(0, 212, 53):
        status, answer = people['boss'].call('POST', '/tasks/batch', {'act': 'approve', 'ids': [t['id'] for t in tasks[first:first + 53]]})
        assert {r['status'] for r in answer['results']} == {200}, answer
    dues = {t['run']: t['due'] for t in todo('b1', 'many')}
    is_equal('212 stand at the director', 212, len(dues))
    changed = {**flow, 'steps': [flow['steps'][0], {'id': 'chief', 'kind': 'approve', 'who': ['user:b2'], 'due': '1h', 'on_due': ['reject']}, flow['steps'][2]]}
    publish(lambda files: files.__setitem__('flows/many.json', changed))
    one = {'id': next(iter(dues))}
    is_equal('an old run finishes as it began', ('approved', 1), (lambda run: (run['state'], run['version']))(act(act(run_of(one), 'b1', 'approve'), 'law', 'approve')))
    del dues[one['id']]
    trial = admin.call('POST', '/pay/flows/many/migrate', {'dry_run': True})[1]
    is_equal('the trial counts', (999, 788, 211), (trial['runs'], trial['moved'], trial['stuck_count']))
    is_equal('and names each who sits at the step that is gone', {(run, 'dir', 'b1') for run in dues}, {(s['run'], s['at'][0]['step'], s['at'][0]['who']) for s in trial['stuck']}, f'{len(dues)} at dir')
    counts = {v['version']: v['running'] for v in admin.call('GET', '/pay/flows/many/versions')[1]['versions']}
    is_equal('nothing has moved', {2: 0, 1: 999}, counts)
    done = admin.call('POST', '/pay/flows/many/migrate', {'map': {'dir': 'chief'}})[1]
    is_equal('with a map all move', (999, 999, [], None), (done['runs'], done['moved'], done['stuck'], done['next']))
    now = todo('b1', 'many')
    is_equal('what was due stays due then', (dues, {'chief'}), ({t['run']: t['due'] for t in now}, {t['step'] for t in now}), f'{len(now)} at chief')
    run = act(run_of({'id': now[0]['run']}), 'b1', 'approve')
    is_equal('and goes on in the new version', ([('end', 'law')], 2), (asked(run), run['version']))
    is_equal('from a run on', (400, 0), (admin.call('POST', '/pay/flows/many/migrate', {'after': 'x'})[0], admin.call('POST', '/pay/flows/many/migrate', {'after': 1})[1]['runs']))


def picked():
    run = start('picking', picks={'mine': ['b1'], 'next': ['b5']})
    is_equal('whom the starter picked', [('mine', 'b1')], asked(run))
    fresh = people['ann'].call('POST', '/pay/flows/picking/preview', {'record': request()['id']}, **{'Accept-Language': 'en'})[1]['path']
    is_equal('whoever is still to be picked is not nobody', [('mine', [], 'To be chosen'), ('next', [], 'To be chosen')], [(s['step'], s['who'], s['why']) for s in fresh])
    people['eve'].call('POST', f'/runs/{run["id"]}/comment', {'comment': 'me', 'picks': {'next': ['eve']}})
    run = act(run_of(run), 'b1', 'approve', picks={'next': ['b2'], 'mine': ['b4']})
    is_equal('whom the one before picked, and nobody else', [('next', 'b2')], asked(run))
    act(run, 'b2', 'approve')


def deleted():
    run = start('simple')
    is_equal('an administrator deletes the record', 204, admin.call('DELETE', f'/pay/request/{run["record"]}')[0])
    is_equal('its approval ends with it', ('terminated', []), (run_of(run)['state'], asked(run_of(run))))


def refused_in_a_batch():
    foreign = admin.make('order', what='not hers', amount='0')
    status, answer = people['ann'].call('POST', '/pay/order/batch', {'operations': [
        {'op': 'create', 'values': {'what': 'too big', 'amount': '2000'}},
        {'op': 'update', 'id': foreign['id'], 'rev': foreign['rev'], 'values': {'what': 'hers'}}]})
    is_equal('a refused start gives nobody the rights of the flow', [409, 404], [r['status'] for r in answer['results']])
    is_equal('and the foreign record is as it was', 'not hers', admin.read('order', foreign)['what'])


def tokens():
    run = start('simple')
    made = {}
    for name, scope in (('reads', {'read_only': True}), ('elsewhere', {'app': 'other'})):
        status, answer = admin.call('POST', '/tokens', {'user': 'boss', 'label': name, 'scope': scope})
        assert status == 201, (name, answer)
        made[name] = Person(base, 'pay', token=answer['token'])
    is_equal('a token that reads sees the task', 200, made['reads'].call('GET', f'/tasks/{task_of(run, "boss")}')[0])
    is_equal('and decides nothing', 403, made['reads'].call('POST', f'/tasks/{task_of(run, "boss")}/approve', {})[0])
    is_equal('one of another app knows nothing', (404, 0), (made['elsewhere'].call('GET', f'/tasks/{task_of(run, "boss")}')[0],
                                                            made['elsewhere'].call('GET', '/tasks/counts')[1]['todo']))
    is_equal('nothing happened', [('lead', 'boss')], asked(run_of(run)))


def set_clock(now):
    status, answer = admin.call('POST', '/test/clock', {'now': now})
    assert status == 200, answer
    return answer['fired']


def timed():
    set_clock('2026-11-20T09:00:00+08:00')  # a Friday
    run = start('timed')
    is_equal('due in two working days', '2026-11-24T01:00:00Z', run['open'][0]['due'])
    set_clock('2026-11-23T10:00:00+08:00')
    is_equal('reminded a day before', ['remind'], [x['reason'] for x in run_of(run)['log'] if x['act'] == 'due'])
    set_clock('2026-11-19T10:00:00+08:00')
    set_clock('2026-11-23T11:00:00+08:00')
    is_equal('never twice', 1, sum(x['act'] == 'due' for x in run_of(run)['log']))
    set_clock('2026-11-24T10:00:00+08:00')
    is_equal('then it is refused', 'rejected', run_of(run)['state'])
    run = start('timed')
    run = act(run, 'b1', 'approve')
    is_equal('it rests', [], [o for o in run['open'] if o['who']])
    set_clock('2026-11-25T11:00:00+08:00')
    is_equal('then the last one is asked', [('last', 'ann')], asked(run_of(run)))
    set_clock('2026-11-27T11:00:00+08:00')
    is_equal('and passed when nobody does it', 'approved', run_of(run)['state'])
    run = start('late')
    set_clock('2026-11-27T13:00:00+08:00')
    run = run_of(run)
    is_equal('whom time has passed has not approved: he is asked', ['b1', 'b2'], [o['who'] for o in run['open'] if o['step'] == 'ours'])
    run = act(run, 'b1', 'approve')
    task = [line['task'] for line in run_of(run)['log'] if line['act'] == 'approve'][-1]
    set_clock('2026-11-28T14:00:00+08:00')
    is_equal('a wait has ended since', [('next', 'b3'), ('ours', 'b2')], asked(run_of(run)))
    status, answer = people['b1'].call('POST', f'/tasks/{task}/take_back', {})
    is_equal('too late to take back', (409, 'take_back_late'), (status, answer['code']))
    is_equal('and it does not wait again', [('next', 'b3'), ('ours', 'b2')], asked(run_of(run)))


def reminded_once():
    """Reminders that fell due together (the server was down) are one line and one notice."""
    set_clock('2026-11-30T09:00:00+08:00')
    run = start('nagging')
    before = people['b1'].call('GET', '/notifications')[1]['unread']
    fired = [line['reason'] for line in run_of(run)['log'] if line['act'] == 'due']
    set_clock('2026-12-10T09:00:01+08:00')
    is_equal('three at once are one', ([], ['remind']), (fired, [line['reason'] for line in run_of(run)['log'] if line['act'] == 'due']))
    is_equal('and one notice', 1, people['b1'].call('GET', '/notifications')[1]['unread'] - before)
    set_clock('2026-12-14T09:00:00+08:00')
    is_equal('what lies between is done', (['remind', 'transfer', 'remind'], [('one', 'b2')]), ([line['reason'] for line in run_of(run)['log'] if line['act'] == 'due'], asked(run_of(run))))
    set_clock('2026-12-19T09:00:01+08:00')
    is_equal('the next one comes in its time', ['remind', 'transfer', 'remind', 'remind'], [line['reason'] for line in run_of(run)['log'] if line['act'] == 'due'])


def double_click():
    run = start('simple')
    task, answers = task_of(run, 'boss'), []

    def press(key):
        clone = people['boss']
        answers.append(clone.call('POST', f'/tasks/{task}/approve', {}, **({'Idempotency-Key': key})))

    threads = [threading.Thread(target=press, args=('one-and-the-same' if i % 2 else f'key-{i}-of-many',)) for i in range(100)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    good = [a for s, a in answers if s == 200]
    codes = {a['code'] for s, a in answers if s != 200}
    is_equal('one verdict', 1, sum(line['act'] == 'approve' for line in run_of(run)['log']))
    is_equal('equal answers for the one, "already decided" for the rest', (True, {'task_decided'}), (all(a == good[0] for a in good), codes))


def proxies():
    set_clock('2026-12-01T10:00:00+08:00')
    ids = []

    def stand_in(who, to, **body):
        status, made = admin.call('POST', '/proxies', {'from': who, 'to': to, 'since': '2026-12-01', 'until': '2026-12-02', **body})
        is_equal(f'{to} stands in for {who}', 201, status)
        ids.append(made['id'])

    stand_in('boss', 'b1')
    run = start('simple')
    is_equal('who stands in is asked', [('lead', 'b1')], asked(run))
    is_equal('the preview says so', ['b1'], [w['user'] for w in people['ann'].call('POST', '/pay/flows/simple/preview', {'record': request()['id']})[1]['path'][0]['who']])
    run = act(run, 'b1', 'approve')
    is_equal('the story names both', ('b1', 'boss'), [(line['who'], line['for']) for line in run_of(run)['log'] if line['act'] == 'approve'][0])
    stand_in('b1', 'b2', flows=['simple'])
    is_equal('the last of the chain', [('lead', 'b2')], asked(start('simple')))
    is_equal('for this flow only', [('lead', 'b1')], asked(start('both')))
    stand_in('b2', 'boss')
    is_equal('a loop goes to an administrator', [('lead', 'admin')], asked(start('simple')))
    is_equal('who has a vote casts no other; none is lost', [('admin', 'b2'), ('b1', None), ('b3', None), ('b4', None), ('b5', None)],
             sorted((o['who'], o['for']) for o in start('vote')['open']))
    loop, others = start('simple'), start('vote')
    set_clock('2026-12-03T00:00:00+08:00')
    is_equal('after the last day he is asked himself', [('lead', 'boss')], asked(start('simple')))
    is_equal('and what was open has come back', ([('lead', 'boss', None)], [('b1', None), ('b2', None), ('b3', None), ('b4', None), ('b5', None)]),
             ([(o['step'], o['who'], o['for']) for o in run_of(loop)['open']], sorted((o['who'], o['for']) for o in run_of(others)['open'])))
    for one in ids:
        is_equal('ended', 204, admin.call('DELETE', f'/proxies/{one}')[0])


def given_back():
    """A proxy that is ended gives back what is open; what was decided stays as it is."""
    ids = {}
    for who, to in (('boss', 'b1'), ('b1', 'b2')):
        status, made = admin.call('POST', '/proxies', {'from': who, 'to': to})
        is_equal(f'{to} stands in for {who}', 201, status)
        ids[who] = made['id']
    done, handed, run, held = act(start('simple'), 'b2', 'approve'), act(start('simple'), 'b2', 'transfer', who='b3'), start('simple'), act(start('simple'), 'b2', 'delegate', who='b4')
    is_equal('the last of the chain is asked', [('lead', 'b2', 'boss')], [(o['step'], o['who'], o['for']) for o in run['open']])
    is_equal('the middle of the chain is back', 204, people['b1'].call('DELETE', f'/proxies/{ids["b1"]}')[0])
    until('he stands in from now on', [('lead', 'b1', 'boss')], lambda: [(o['step'], o['who'], o['for']) for o in run_of(run)['open']])
    is_equal('nothing is left in the box of who stood in', [], [t['run'] for t in people['b2'].call('GET', '/tasks?box=todo')[1]['tasks'] if t['run'] in (run['id'], held['id'])])
    is_equal('ended once is ended', 404, people['b1'].call('DELETE', f'/proxies/{ids["b1"]}')[0])
    is_equal('the head of the chain, too', 204, people['boss'].call('DELETE', f'/proxies/{ids["boss"]}')[0])
    until('and has what is his again', [('lead', 'boss', None)], lambda: [(o['step'], o['who'], o['for']) for o in run_of(run)['open']])
    line = told(run, 'asked')
    is_equal('the story says why', ('boss', None, 'proxy_ended'), (line['who'], line['for'], line['reason']))
    is_equal('what he handed on himself stays there', [('lead', 'b3')], asked(run_of(handed)))
    is_equal('what was decided is decided', 'approved', run_of(done)['state'])
    is_equal('who was asked for advice still is', [('lead', 'b4')], asked(run_of(held)))
    is_equal('and then it is his', [('lead', 'boss')], asked(act(run_of(held), 'b4', 'complete')))
    status, answer = admin.call('POST', '/users', {'user': 'gone3', 'label': 'gone3', 'password': 'flow-test-1', 'superior': 'b5'})
    assert status == 201, answer
    status, made = admin.call('POST', '/proxies', {'from': 'boss', 'to': 'gone3'})
    stood = start('simple')
    is_equal('somebody else stands in', [('lead', 'gone3')], asked(stood))
    assert admin.call('PATCH', '/users/gone3', {'active': False})[0] == 200
    until('he leaves: it is not for his superior', [('lead', 'boss', None)], lambda: [(o['step'], o['who'], o['for']) for o in run_of(stood)['open']])
    is_equal('ended', 204, admin.call('DELETE', f'/proxies/{made["id"]}')[0])
    notices = {who: people[who].call('GET', '/notifications')[1]['notifications'] for who in ('b1', 'b2', 'boss')}
    is_equal('who stood in is told once a proxy, with how many', [('proxy_ended', 2)], [(one['kind'], one['count']) for one in notices['b1'] if one['kind'] == 'proxy_ended'][:1])
    is_equal('each of them', [('proxy_ended', 2)], [(one['kind'], one['count']) for one in notices['b2'] if one['kind'] == 'proxy_ended'][:1])
    is_equal('who has it again, too', True, any(one['task'] == task_of(run_of(run), 'boss') for one in notices['boss']))
    is_equal('the list knows it no more', [], [one for one in admin.call('GET', '/proxies')[1]['proxies'] if one['id'] in ids.values()])


def one_vote():
    """Decision 0030: nobody has two votes in one round, whoever or whatever hands him another's task."""
    run = act(start('council'), 'b1', 'approve')
    for what, body in (('transfer', {}), ('delegate', {}), ('add', {'where': 'before'}), ('add', {'where': 'after'}), ('add', {'where': 'parallel'})):
        answer = act(run, 'b2', what, 409, who='b1', **body)
        is_equal(f'{what} {body.get("where", "")} to who has voted, by name', ('flow_already_decided', True), (answer['code'], '董一' in answer['detail']))
        answer = act(run, 'b2', what, 409, who='b3', **body)
        is_equal(f'{what} {body.get("where", "")} to who is asked, by name', ('flow_already_asked', True), (answer['code'], '董三' in answer['detail']))
    is_equal('nothing has changed', ([('all', 'b2'), ('all', 'b3')], 2), (asked(run_of(run)), len(run_of(run)['log'])))
    run = act(act(run, 'b2', 'delegate', who='b4'), 'b4', 'complete')
    run = act(run, 'b2', 'transfer', who='b4')
    is_equal('advice is no vote: he may be given one', [('all', 'b3'), ('all', 'b4')], asked(run))
    assert admin.call('PATCH', '/users/b4', {'superior': 'b1'})[0] == 200
    assert admin.call('PATCH', '/users/b1', {'superior': 'top'})[0] == 200
    set_clock('2026-12-30T10:00:00+08:00')
    is_equal('late: the superior has voted, so the next above is asked; nobody above: an administrator', [('all', 'admin'), ('all', 'top')], asked(run_of(run)))
    for who in ('gone1', 'gone2'):
        status, answer = admin.call('POST', '/users', {'user': who, 'label': who, 'password': 'flow-test-1', 'superior': 'b1'})
        assert status == 201, answer
    run = act(act(start('council'), 'b1', 'approve'), 'b2', 'transfer', who='gone1')
    assert admin.call('PATCH', '/users/gone1', {'active': False})[0] == 200
    until('who has left: not his superior, who has voted', [('all', 'b3'), ('all', 'top')], lambda: asked(run_of(run)))
    run = act(act(start('council'), 'b1', 'approve'), 'b2', 'transfer', who='gone2')
    assert admin.call('POST', '/users/gone2/hand_over', {'to': 'b3'})[0] in (200, 202)
    until('handed over to who is asked: he says one verdict for both', [('all', 'b3')], lambda: asked(run_of(run)))
    is_equal('and it ends with his', 'approved', act(run_of(run), 'b3', 'approve')['state'])
    for who in ('b1', 'b4'):
        assert admin.call('PATCH', f'/users/{who}', {'superior': None})[0] == 200
    run = start('vote')
    assert admin.call('POST', '/users/b2/hand_over', {'to': 'b3'})[0] in (200, 202)
    until('where votes are counted none is lost: an administrator has it, not who has one', ['admin', 'b1', 'b3', 'b4', 'b5'], lambda: sorted(o['who'] for o in run_of(run)['open']))


def batch():
    runs = [start('simple') for _ in range(3)]
    act(runs[1], 'boss', 'approve')
    status, answer = people['boss'].call('POST', '/tasks/batch', {'act': 'approve', 'ids': [task_of(r, 'boss') for r in runs]})
    is_equal('each has its own answer', [200, 409, 200], [r['status'] for r in answer['results']])


def preview():
    record = request(amount='60000')
    status, answer = people['ann'].call('POST', '/pay/flows/simple/preview', {'record': record['id']})
    is_equal('the way', [('lead', ['boss']), ('director', ['top']), ('tell', ['fin'])],
             [(s['step'], [w['user'] for w in s['who']]) for s in answer['path']])
    both = people['ann'].call('POST', '/pay/flows/both/preview', {'record': record['id']})[1]['path']
    is_equal('what goes on side by side', [('lead', None, None), ('legal', 'both', 0), ('finance', 'both', 1)], [(s['step'], s.get('beside'), s.get('branch')) for s in both])
    is_equal('and nothing has begun', [], people['ann'].call('GET', f'/pay/request/{record["id"]}/runs')[1]['runs'])


def drafted():
    """What a designer simulates: a text that is not published, for somebody else, by who administers the app."""
    record = request(amount='60000')
    draft = {'flow': 'fresh', 'form': 'request', 'steps': [
        {'id': 'one', 'kind': 'branch', 'cases': [{'when': 'amount > 50000', 'steps': [{'id': 'law', 'kind': 'approve', 'who': ['user:law']}]}, {'else': True, 'steps': []}]},
        {'id': 'up', 'kind': 'approve', 'who': [{'superior': 1}]}]}
    ask = {'record': record['id'], 'as': 'ann', 'definition': draft}
    status, answer = admin.call('POST', '/pay/flows/fresh/preview', ask)
    is_equal('the way of the draft', (200, [('law', ['law']), ('up', ['boss'])]), (status, [(s['step'], [w['user'] for w in s['who']]) for s in answer['path']]))
    is_equal('it is published nowhere', 404, admin.call('POST', '/pay/flows/fresh/preview', {'record': record['id']})[0])
    is_equal('only by who administers the app', 403, people['ann'].call('POST', '/pay/flows/fresh/preview', {**ask, 'as': None})[0])
    for faulty in ({**draft, 'form': 'nothing'}, {**draft, 'steps': [{'id': 'x', 'kind': 'approve', 'who': []}]}, {**draft, 'steps': [{'id': 'x', 'kind': 'goto', 'to': 'x'}]}, {}):
        is_equal('one with errors is not walked', 422, admin.call('POST', '/pay/flows/fresh/preview', {**ask, 'definition': faulty})[0])
    is_equal('nor what is no definition', 400, admin.call('POST', '/pay/flows/fresh/preview', {**ask, 'definition': 'text'})[0])
    is_equal('and nothing has begun', [], people['ann'].call('GET', f'/pay/request/{record["id"]}/runs')[1]['runs'])


def supposed():
    """Values in place of a stored record: judged as a save would judge them, with what a record gets of itself, and kept nowhere."""
    def stored():
        return sorted(r['id'] for r in admin.call('GET', '/pay/request?limit=200')[1]['records'])
    before = stored()
    def ask(values, **more):
        return admin.call('POST', '/pay/flows/simple/preview', {'as': 'ann', 'values': values, **more})
    status, answer = ask({'what': 'supposed', 'amount': '60000'})
    is_equal('the way of values nobody stored', (200, [('lead', ['boss']), ('director', ['top']), ('tell', ['fin'])]), (status, [(s['step'], [w['user'] for w in s['who']]) for s in answer.get('path', [])]))
    status, answer = ask({'what': 'supposed', 'amount': '10'})
    is_equal('other values, another way', [('lead', ['boss']), ('tell', ['fin'])], [(s['step'], [w['user'] for w in s['who']]) for s in answer.get('path', [])])
    status, answer = ask({'what': 'supposed', 'amount': 'much'})
    is_equal('a value that is none is refused where it stands', (422, '/values/amount'), (status, answer['errors'][0]['pointer']))
    is_equal('a field that is not there', 400, ask({'nothing': 1})[0])
    is_equal('values are an object', 400, ask([])[0])
    is_equal('a record or values, not both', 400, ask({'amount': '1'}, record=1)[0])
    is_equal('one of them', 400, admin.call('POST', '/pay/flows/simple/preview', {'as': 'ann'})[0])
    is_equal('only by who administers the app', 403, people['ann'].call('POST', '/pay/flows/simple/preview', {'values': {'amount': '60000'}})[0])
    is_equal('what is required is missing', (422, '/values/what'), (lambda s, a: (s, a['errors'][0]['pointer']))(*ask({'amount': '1'})))
    draft = {'flow': 'fresh', 'form': 'request', 'steps': [{'id': 'by', 'kind': 'approve', 'who': [{'field': 'checker'}]}, {'id': 'own', 'kind': 'approve', 'who': [{'field': 'owner'}]},
             {'id': 'b', 'kind': 'branch', 'cases': [{'when': "state == 'draft'", 'steps': [{'id': 'first', 'kind': 'cc', 'who': ['user:fin']}]}, {'else': True, 'steps': []}]}]}
    status, answer = admin.call('POST', '/pay/flows/fresh/preview', {'as': 'ann', 'values': {'what': 'supposed', 'amount': '1', 'checker': 'law'}, 'definition': draft})
    is_equal('people of its fields, its owner, its first values', (200, [('by', ['law']), ('own', ['ann']), ('first', ['fin'])]), (status, [(s['step'], [w['user'] for w in s['who']]) for s in answer.get('path', [])]))
    is_equal('nothing is stored', before, stored())


def hidden():
    run = start('simple', record=request(secret='the word'))
    status, answer = people['eve'].call('GET', f'/runs/{run["id"]}')
    is_equal('who reads the record sees the run', 200, status)
    shown = people['boss'].call('GET', f'/tasks/{task_of(run, "boss")}')[1]
    assert 'the word' not in json.dumps(shown, ensure_ascii=False)
    run = act(run, 'boss', 'transfer', who='eve')
    shown = people['eve'].call('GET', f'/tasks/{task_of(run, "eve")}')[1]
    assert 'the word' not in json.dumps(shown, ensure_ascii=False)
    is_equal('a stranger gets nothing', 404, people['non'].call('GET', f'/runs/{run["id"]}')[0])


def searched():
    """`q` finds what the list shows, by parts, by letters, by the flow and who started it; all words must be there."""
    run = start('simple', record=request(what='购买投影仪', secret='the word'))

    def found(who, q, box='todo', **more):
        status, page = people[who].call('GET', '/tasks?' + urllib.parse.urlencode({'box': box, 'q': q, **more}))
        is_equal(f'{who} looks for {q}', 200, status)
        return [t['run'] for t in page['tasks']]
    for q in ('投影', '购买投影仪', 'tyy', 'touying', '安 投影', 'ANN 投影', '付款审批 投影', 'fksp　tyy'):
        is_equal('and finds it', [run['id']], found('boss', q))
    is_equal('only where all words are', [], found('boss', '投影 没有'))
    is_equal('only what is shown', [], found('boss', 'the word'))
    is_equal('in the box that is asked for', ([], [run['id']]), (found('boss', '投影', 'done'), found('ann', '投影', 'started')))
    is_equal('together with a flow', ([run['id']], []), (found('boss', '投影', flow='simple'), found('boss', '投影', flow='vote')))
    act(run, 'boss', 'approve')
    is_equal('decided, it has changed boxes', ([], [run['id']]), (found('boss', '投影'), found('boss', '投影', 'done')))
    newest = people['ann'].call('GET', '/tasks?box=started')[1]['tasks']
    is_equal('what one started, the newest first', sorted((t['since'] for t in newest), reverse=True), [t['since'] for t in newest], len(newest))


SCENARIOS = [simple, big, why, stages, refusals, return_inside_parallel, straight_back, early_verdict, in_order, signers, straight_back_before, other_hands, nobody, selfish, acting]
SCENARIOS += [started_by_creating, asked_for, waiting, stand_ins, leavers, double_click, batch, proxies, given_back]
SCENARIOS += [preview, drafted, supposed, hidden, searched, refused_in_a_batch, picked, deleted, tokens]
SCENARIOS += [versions, thousand]
SCENARIOS += [timed, reminded_once, one_vote]
for scenario in SCENARIOS:
    print(f'-- {scenario.__name__}')
    scenario()
