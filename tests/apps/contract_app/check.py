"""The life of a purchase contract in the app of its own. Arguments: address of the server, an administrator's token."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from client import Person, faults, is_equal  # noqa: E402

base, token = sys.argv[1:]
admin = Person(base, 'contract', token=token)
boss, head, buyer, other, law, seals, archive = (Person(base, 'contract', name, 'only-for-tests') for name in ('boss', 'head', 'buyer', 'other', 'law', 'seals', 'archive'))


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
is_equal('to approval', (200, 'in_approval'), move(buyer, 'contract', contract, 'in_approval'))
is_equal('nothing changes while it is looked at', (422, '788000.50'), (buyer.change('contract', contract, amount='1.00')[0], admin.read('contract', contract)['amount']))
is_equal('he does not approve it himself', (422, 'in_approval'), move(buyer, 'contract', contract, 'approved'))
is_equal('his manager does', (200, 'approved'), move(head, 'contract', contract, 'approved'))
is_equal('no way around the seal', (422, 'approved'), move(buyer, 'contract', contract, 'active', sign_date='2026-11-20'))
seal = first('seal', 'name', '合同专用章')
asked = buyer.make('seal_log', contract=contract['id'], seal=seal['id'], copies=4)
is_equal('he does not stamp', (422, 'requested'), move(buyer, 'seal_log', asked, 'stamped'))
is_equal('the keeper does', (200, 'stamped'), move(seals, 'seal_log', asked, 'stamped'))
is_equal('who and when is written', ('seals', True), ((lambda r: (r['stamped_by'], bool(r['stamped_at'])))(admin.read('seal_log', asked))))
is_equal('the log keeps it', (422, 4), (seals.change('seal_log', asked, copies=9)[0], admin.read('seal_log', asked)['copies']))
is_equal('sealed', (200, 'sealed'), move(seals, 'contract', contract, 'sealed'))
is_equal('in force', (200, 'active'), move(buyer, 'contract', contract, 'active', sign_date='2026-11-20'))
is_equal('the archive asks where it is', (422, 'active'), move(archive, 'contract', contract, 'archived'))
is_equal('archived', (200, 'archived'), move(archive, 'contract', contract, 'archived', archive_place='A-03-12', archived_on='2026-11-22'))
is_equal('the archive number is given then', True, (admin.read('contract', contract)['archive_no'] or '').startswith('DA'), admin.read('contract', contract)['archive_no'])

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
