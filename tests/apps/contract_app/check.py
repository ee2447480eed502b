"""The life of a purchase contract in the app of its own. Arguments: address of the server, an administrator's token."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from client import Person, faults, is_equal  # noqa: E402

base, token = sys.argv[1:]
admin = Person(base, 'contract', token=token)
boss, head, buyer, other, law, coin, seals, archive = (Person(base, 'contract', name, 'only-for-tests') for name in ('boss', 'head', 'buyer', 'other', 'law', 'coin', 'seals', 'archive'))


def move(person, form, record, status, **values):
    """The status of the answer, and what the record says then."""
    return person.change(form, record, status=status, **values)[0], admin.read(form, record)['status']


def first(form, field, value):
    records = admin.call('GET', f'/contract/{form}?limit=200')[1]['records']
    return next(r for r in records if r[field] == value)


counts = {form: admin.call('GET', f'/contract/{form}?count=exact&limit=1')[1]['count'] for form in ('clause', 'template', 'seal')}
is_equal('what comes with the app', {'clause': 11, 'template': 4, 'seal': 4}, counts)
template = first('template', 'name', '采购合同范本')
is_equal('a template brings its clauses', 8, len(admin.read('template', template)['clauses']))

# ---- draft ----
party = buyer.make('party', name='苏州示例装备有限公司')
clause = first('clause', 'code', 'FK-01')
items = [{'name': '加工中心', 'qty': '2', 'price': '388000'}, {'name': '安装调试', 'qty': '1', 'price': '12000.50', 'tax_rate': '6%'}]
schedule = [{'stage': '预付', 'due': '2026-12-01', 'amount': '236400.15'}, {'stage': '验收', 'due': '2027-03-01', 'amount': '551600.35'}]
wrong = buyer.ask('contract', name='加工中心采购', party=party['id'], amount='788000.00', items=items)
is_equal('the amount is the total', (422, [('/amount', 'check')]), (wrong[0], faults(wrong[1])))
wrong = buyer.ask('contract', name='加工中心采购', party=party['id'], amount='788000.50', items=items, schedule=schedule[:1])
is_equal('the schedule adds up', (422, [('/schedule', 'check')]), (wrong[0], faults(wrong[1])))
contract = buyer.make('contract', name='加工中心采购', template=template['id'], party=party['id'], amount='788000.50', items=items, schedule=schedule, clauses=[{'clause': clause['id']}])
is_equal('totals', ('788000.50', '89953.61', '柒拾捌万捌仟元伍角整'), (contract['items_total'], contract['tax_total'], contract['amount_words']), contract['number'])
is_equal('the clause comes from the library', (clause['text'], False), (contract['clauses'][0]['text'], contract['non_standard']))
is_equal('no archive number yet', None, contract['archive_no'])
is_equal('another department does not see it', 404, other.call('GET', f'/contract/contract/{contract["id"]}')[0])
is_equal('nor does the keeper of seals, now', 404, seals.call('GET', f'/contract/contract/{contract["id"]}')[0])

# ---- approval, seal, archive ----
def start(person, flow, record, wanted=201, **body):
    status, run = person.call('POST', f'/contract/flows/{flow}/start', {'record': record['id'], **body})
    is_equal(f'{flow} is started', wanted, status, '' if status == wanted else run)
    return run


def decide(person, who, run, act, wanted=200, **body):
    """The task of somebody in a run; the answer is the run."""
    task = next(o['task'] for o in run['open'] if o['who'] == who)
    status, answer = person.call('POST', f'/tasks/{task}/{act}', body)
    is_equal(f'{who}: {act}', wanted, status, '' if status == wanted else answer)
    return answer


def asked(run):
    return sorted((o['step'], o['who']) for o in run['open'])


def status(record):
    return admin.read('contract', record)['status']


is_equal('nobody moves it to approval by hand', (422, 'draft'), move(buyer, 'contract', contract, 'in_approval'))
run = start(buyer, 'purchase_approval', contract)
is_equal('to approval; two superiors in order, of 500,000 and more', ('in_approval', [('chain', 'head')]), (status(contract), asked(run)))
is_equal('nothing changes while it is looked at', (409, '788000.50'), (buyer.change('contract', contract, amount='1.00')[0], admin.read('contract', contract)['amount']))
is_equal('he has no task in it', 403, buyer.call('POST', f'/tasks/{run["open"][0]["task"]}/approve', {})[0])
run = decide(head, 'head', run, 'approve')
run = decide(boss, 'boss', run, 'approve')
is_equal('then legal and finance at once', [('board_finance', 'coin'), ('board_legal', 'law')], asked(run))
clauses = admin.read('contract', contract)['clauses']
run = decide(law, 'law', run, 'approve', fields={'clauses': [{**{k: clauses[0][k] for k in ('id', 'clause', 'title')}, 'text': '验收后三十日内付清', 'changed': True}]})
is_equal('legal writes the clause', ('验收后三十日内付清', True), (lambda r: (r['clauses'][0]['text'], r['non_standard']))(admin.read('contract', contract)))
run = decide(coin, 'coin', run, 'approve')
is_equal('the general manager had his say in the chain', ('approved', []), (run['state'], asked(run)))
is_equal('and why he is not asked is told', ('skip', 'repeat', 'boss'), next((x['act'], x['reason'], x['who']) for x in boss.call('GET', f'/runs/{run["id"]}')[1]['log'] if x['step'] == 'gm'))
is_equal('approved', 'approved', status(contract))
is_equal('what was approved stays', (422, '788000.50'), (buyer.change('contract', contract, amount='1.00')[0], admin.read('contract', contract)['amount']))
is_equal('no way around the seal', (422, 'approved'), move(buyer, 'contract', contract, 'active', sign_date='2026-11-20'))
start(buyer, 'seal_use', contract, wanted=409)
seal = first('seal', 'name', '合同专用章')
is_equal('which seal', 200, buyer.change('contract', contract, seal=seal['id'])[0])
run = start(buyer, 'seal_use', contract)
is_equal('the keeper of seals is asked', [('stamp', 'seals')], asked(run))
run = decide(seals, 'seals', run, 'complete', fields={'copies': 4})
log = next(r for r in admin.call('GET', '/contract/seal_log?limit=200')[1]['records'] if r['contract'] == contract['id'])
is_equal('the seal log says who, which and how many', ('stamped', seal['id'], 4, 'seals', True), (log['status'], log['seal'], log['copies'], log['stamped_by'], bool(log['stamped_at'])))
is_equal('the log keeps it', (422, 4), (seals.change('seal_log', log, copies=9)[0], admin.read('seal_log', log)['copies']))
is_equal('sealed', ('sealed', [('signed', 'buyer')]), (status(contract), asked(run)))
decide(buyer, 'buyer', run, 'complete', wanted=422, fields={'sign_date': '2026-11-20'})
is_equal('nothing was written', (None, 'sealed'), (admin.read('contract', contract)['sign_date'], status(contract)))
run = decide(buyer, 'buyer', run, 'complete', fields={'sign_date': '2026-11-20', 'their_signer': '周明'})
is_equal('in force', ('active', [('archive', 'archive')]), (status(contract), asked(run)))
decide(archive, 'archive', run, 'complete', wanted=422)
run = decide(archive, 'archive', run, 'complete', fields={'archive_place': 'A-03-12', 'archived_on': '2026-11-22'})
is_equal('archived', ('approved', 'archived'), (run['state'], status(contract)))
is_equal('the archive number is given then', True, (admin.read('contract', contract)['archive_no'] or '').startswith('DA'), admin.read('contract', contract)['archive_no'])

# ---- a change of what was signed ----
change = buyer.make('amendment', contract=contract['id'], kind='term', new_end='2028-06-30', reason='对方设备交付推迟')
is_equal('what it was is kept', (admin.read('contract', contract)['ends'], None), (change['old_end'], change['new_amount']))
run = decide(head, 'head', start(buyer, 'amendment_approval', change), 'approve')
run = decide(law, 'law', run, 'approve')
after = admin.read('contract', contract)
is_equal('the contract has its new end, as a version of its own', ('approved', '2028-06-30', 2, 1), (run['state'], after['ends'], after['version'], after['amendments']))
is_equal('by hand it still does not change', (422, '2028-06-30'), (head.change('contract', contract, ends='2030-01-01')[0], admin.read('contract', contract)['ends']))
change = buyer.make('amendment', contract=contract['id'], kind='amount', new_amount='800000', reason='增加两套夹具')
run = decide(head, 'head', start(buyer, 'amendment_approval', change), 'approve')
decide(coin, 'coin', run, 'reject', wanted=422)
run = decide(coin, 'coin', run, 'reject', comment='预算已用完')
is_equal('refused', ('rejected', 'refused', '788000.50'), (run['state'], admin.read('amendment', change)['status'], admin.read('contract', contract)['amount']))

# ---- lending: one original, one person ----
ask = [person.make('lending', contract=contract['id'], kind='original', purpose='核对验收条款') for person in (law, law)]
is_equal('the original is lent', (200, 'lent'), move(archive, 'lending', ask[0], 'lent'))
is_equal('not twice', (422, 'requested'), move(archive, 'lending', ask[1], 'lent'))
is_equal('it comes back', (200, 'returned'), move(archive, 'lending', ask[0], 'returned'))
is_equal('then the next has it', (200, 'lent'), move(archive, 'lending', ask[1], 'lent'))

# ---- a second version, a blocked party ----
draft = buyer.make('contract', name='维保服务', kind='service', party=party['id'], amount='20000', clauses=[{'clause': clause['id'], 'text': '一次付清', 'changed': True}])
is_equal('a changed clause shows', True, draft['non_standard'])
is_equal('the draft is replaced', (200, 'superseded'), move(buyer, 'contract', draft, 'superseded'))
bare = buyer.ask('contract', name='维保服务', kind='service', party=party['id'], amount='18000', supersedes=draft['id'])
is_equal('a version says what changed', (422, [('/change_note', 'required')]), (bare[0], faults(bare[1])))
second = buyer.make('contract', name='维保服务', kind='service', party=party['id'], amount='18000', supersedes=draft['id'], change_note='价格下调')
is_equal('version two', 2, second['version'])
is_equal('only one follows', 422, buyer.ask('contract', name='维保服务', kind='service', party=party['id'], amount='1', supersedes=draft['id'], change_note='又一版')[0])
is_equal('blocked with a reason', 200, law.change('party', party, blocked=True, blocked_reason='两次逾期交货')[0])
refused = buyer.ask('contract', name='再买一台', party=party['id'], amount='1')
is_equal('nothing new with a blocked party', (422, [('/party', 'not_an_option')]), (refused[0], faults(refused[1])))
