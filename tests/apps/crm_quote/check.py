"""A quote and what follows from it. Arguments: address of the server, an administrator's token, the program, data folder, work folder."""
import csv
import io
import json
import pathlib
import subprocess
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from client import Person, faults, is_equal  # noqa: E402

base, token, program, data, work = sys.argv[1:]


def digits(quote):
    return {'net': [x['net'] for x in quote['lines']], 'tax': [x['tax'] for x in quote['lines']],
            **{k: quote[k] for k in ('net_total', 'tax_total', 'total', 'list_total', 'discount_rate', 'approval', 'total_words')}}


FIRST = {'net': ['101333.23', '33333.31', '25500.00'], 'tax': ['13173.32', '4333.33', '1530.00'], 'net_total': '160166.54', 'tax_total': '19036.65',
         'total': '179203.19', 'list_total': '169203.57', 'discount_rate': '0.0534', 'approval': 'manager', 'total_words': '壹拾柒万玖仟贰佰零叁元壹角玖分'}
SECOND = {'net': ['98293.23', '32333.31', '24735.00'], 'tax': ['12778.12', '4203.33', '1484.10'], 'net_total': '155361.54', 'tax_total': '18465.55',
          'total': '173827.09', 'list_total': '169203.57', 'discount_rate': '0.0818', 'approval': 'manager', 'total_words': '壹拾柒万叁仟捌佰贰拾柒元零玖分'}

admin = Person(base, 'crm', token=token)
zhang, sun, wang, money, law = (Person(base, 'crm', name, 'tenon-demo') for name in ('zhang', 'sun', 'wang', 'qian', 'fang'))
server, licence, work_days = (admin.make('product', code=code, name=name, list_price=price, tax_rate=tax, unit=unit)
                              for code, name, price, tax, unit in (('E6-A', '服务器A', '8888.88', '13%', 'piece'), ('E6-B', '软件许可B', '12345.67', '13%', 'set'),
                                                                   ('E6-C', '实施服务六', '1500', '6%', 'day')))
account = zhang.make('account', name='上海报价样例有限公司')
is_equal('terms of payment', 200, admin.change('account', account, payment_terms='thirty_seventy')[0])
contact = zhang.make('contact', name='吴经理', account=account['id'], mobile='13912345678')
deal = zhang.make('opportunity', name='报价样例', account=account['id'], contact=contact['id'])


def lines():
    return [{'product': server['id'], 'qty': '12', 'discount': '5%'}, {'product': licence['id'], 'qty': '3', 'discount': '10%'},
            {'product': work_days['id'], 'qty': '17'}]


def start(person, flow, record, wanted=201):
    status, run = person.call('POST', f'/crm/flows/{flow}/start', {'record': record['id']})
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


# ---- version one ----
one = zhang.make('quote', opportunity=deal['id'], lines=lines())
is_equal('every digit in the answer', FIRST, digits(one), one['total'])
is_equal('and read again', FIRST, digits(zhang.read('quote', one)), one['net_total'])
is_equal('account, contact and price were filled in', [account['id'], contact['id'], ['8888.88', '12345.67', '1500.00'], ['0.13', '0.13', '0.06']],
         [one['account'], one['contact'], [x['price'] for x in one['lines']], [str(float(x['tax_rate'])) for x in one['lines']]], one['number'])
listed = zhang.call('GET', '/crm/quote?' + urllib.parse.urlencode({'filter': f'id == {one["id"]}', 'fields': 'net_total,tax_total,total,discount_rate,lines'}))[1]['records'][0]
is_equal('in the list', ['160166.54', '19036.65', '179203.19', '0.0534'], [listed[k] for k in ('net_total', 'tax_total', 'total', 'discount_rate')])
exported = zhang.call('GET', '/crm/quote/export.csv?' + urllib.parse.urlencode({'filter': f'id == {one["id"]}', 'fields': 'number,net_total,tax_total,total,total_words'}))[1]
row = list(csv.reader(io.StringIO(exported.lstrip('\ufeff'))))[1]
is_equal('in the export', [one['number'], '160166.54', '19036.65', '179203.19', FIRST['total_words']], row)
is_equal('a computed digit cannot be written', (422, [('/total', 'read_only')]), (lambda s, a: (s, faults(a)))(*zhang.change('quote', one, total='1.00')))
is_equal('nobody else reads it', 404, sun.call('GET', f'/crm/quote/{one["id"]}')[0])

# ---- the same where two of its rows are imported ----
third = zhang.make('quote', opportunity=deal['id'], terms='E6 import', lines=lines()[:1])
with open(f'{work}/rows.csv', 'w', encoding='utf-8', newline='') as out:
    csv.writer(out).writerows([['terms', 'product', 'qty', 'discount'], ['E6 import', 'E6-B', '3', '10%'], ['E6 import', 'E6-C', '17', '0%']])
with open(f'{work}/rows.json', 'w', encoding='utf-8') as out:
    json.dump({'columns': {'terms': 'terms', 'product': {'field': 'product', 'by': 'code'}, 'qty': 'qty', 'discount': 'discount'}, 'key': ['terms'], 'rows_of': 'lines'}, out)
told = subprocess.run([program, 'import', 'crm', 'quote', f'{work}/rows.csv', '--data', data, '--map', f'{work}/rows.json', '--mode', 'upsert'], capture_output=True, text=True)
is_equal('two rows come by import', '2 read, 2 created, 0 updated, 0 skipped, 0 failed', told.stdout.strip().split('\n')[-1])
is_equal('every digit after the import', FIRST, digits(zhang.read('quote', third)), FIRST['total'])

# ---- version two ----
early = zhang.change('quote', one, status='sent')
is_equal('5.34% off is not sent unasked', (422, [('/status', 'transition_when')], 'draft'), (early[0], faults(early[1]), zhang.read('quote', one)['status']))
run = start(zhang, 'quote_discount', one)
is_equal('his manager is asked', ('in_approval', [('lead', 'wang')]), (zhang.read('quote', one)['status'], asked(run)))
run = decide(wang, 'wang', run, 'approve')
is_equal('and nobody else', ('approved', 'approved'), (run['state'], zhang.read('quote', one)['status']))
is_equal('the first is sent', 200, zhang.change('quote', one, status='sent')[0])
beside = zhang.make('quote', opportunity=deal['id'], supersedes=one['id'], lines=lines())
early = zhang.call('POST', '/crm/flows/quote_discount/start', {'record': beside['id']})
is_equal('no second version is asked for beside an open first', (422, [('/supersedes', 'check')], 'draft'), (early[0], faults(early[1]), zhang.read('quote', beside)['status']))
taken = zhang.press('quote', one, 'new_version')
is_equal('nor is there a third', (422, 'sent'), (taken[0], zhang.read('quote', one)['status']))
is_equal('that draft is given up', 204, admin.call('DELETE', f'/crm/quote/{beside["id"]}')[0])
pressed = zhang.press('quote', one, 'new_version')
is_equal('a new version by its button', (200, 1), (pressed[0], len(pressed[1]['created'])))
two = zhang.read('quote', pressed[1]['created'][0])
is_equal('with the lines of the first, as a draft', (2, 'draft', FIRST, contact['id']), (two['version'], two['status'], digits(two), two['contact']))
is_equal('the first is superseded', 'superseded', zhang.read('quote', one)['status'])
is_equal('3% off the whole order', 200, zhang.change('quote', two, order_discount='3%')[0])
two = zhang.read('quote', two)
is_equal('every digit of version two', (2, SECOND), (two['version'], digits(two)), two['total'])
is_equal('one of them is current', (False, True), (zhang.read('quote', one)['current'], two['current']))
for field, value in (('order_discount', '50%'), ('lines', lines()[:1]), ('status', 'sent')):
    status, _ = zhang.change('quote', one, **{field: value})
    is_equal(f'version one keeps its {field}', (422, FIRST, 'superseded'), (status, digits(zhang.read('quote', one)), zhang.read('quote', one)['status']), status)
again = zhang.ask('quote', opportunity=deal['id'], supersedes=one['id'], lines=lines())
is_equal('no third version beside the second', 422, again[0], faults(again[1]))
steep = zhang.ask('quote', opportunity=deal['id'], order_discount='8%', lines=lines())
is_equal('12.9% off needs its reason', (422, [('/note', 'check')]), (steep[0], faults(steep[1])))
reasoned = zhang.make('quote', opportunity=deal['id'], order_discount='8%', note='样板客户', lines=lines())
is_equal('and the finance director', ('0.1291', 'director'), (reasoned['discount_rate'], reasoned['approval']))
is_equal('nobody accepts what was not sent', 422, zhang.change('quote', two, status='accepted', accepted_on='2026-11-20')[0])
run = start(zhang, 'quote_discount', two)
is_equal('8.18%: the manager alone', 'approved', decide(wang, 'wang', run, 'approve')['state'])
is_equal('sent', 200, zhang.change('quote', two, status='sent')[0])
run = decide(wang, 'wang', start(zhang, 'quote_discount', reasoned), 'approve')
is_equal('12.91%: the finance director too', [('finance', 'qian')], asked(run))
is_equal('who turns it down with a reason', ('rejected', 'draft'), (decide(money, 'qian', run, 'reject', comment='毛利不够')['state'], zhang.read('quote', reasoned)['status']))
is_equal('accepted, without a day', 422, zhang.change('quote', two, status='accepted')[0])
is_equal('accepted', 200, zhang.change('quote', two, status='accepted', accepted_on='2026-11-20')[0])

# ---- the contract ----
is_equal('a contract only of what is accepted', 409, zhang.press('quote', third, 'make_contract')[0])
pressed = zhang.press('quote', two, 'make_contract')
is_equal('a contract by its button', 200, pressed[0])
contract = zhang.read('contract', pressed[1]['created'][0])
again = zhang.press('quote', two, 'make_contract')
is_equal('pressed again it is the same', (200, [], [contract['id']]), (again[0], again[1]['created'], [x['id'] for x in again[1]['taken']]))
is_equal('with three lines and the amount of the quote', (two['total'], [x['product'] for x in two['lines']]), (contract['amount'], [x['product'] for x in contract['lines']]))
is_equal('party and opportunity follow', ('上海报价样例有限公司', deal['id'], '179203.19'), (contract['party'], contract['opportunity'], contract['lines_total']))
is_equal('the amount stays within the lines', 422, zhang.change('contract', contract, amount='179203.20')[0])
run = decide(wang, 'wang', start(zhang, 'contract_approval', contract), 'approve')
is_equal('of 173,827.09: law and finance at once', [('finance', 'qian'), ('legal', 'fang')], asked(run))
is_equal('he does not approve his own', (409, 'in_approval'), (zhang.change('contract', contract, status='approved')[0], zhang.read('contract', contract)['status']))
run = decide(money, 'qian', decide(law, 'fang', run, 'approve'), 'approve')
is_equal('no general manager below 500,000', ('approved', 'approved'), (run['state'], zhang.read('contract', contract)['status']))
is_equal('then it is locked', (422, two['total']), (zhang.change('contract', contract, amount='1.00')[0], zhang.read('contract', contract)['amount']))
early = zhang.ask('payment', contract=contract['id'], amount='1.00')
is_equal('no payment before it is in force', 422, early[0], faults(early[1]))
is_equal('to sign', 200, zhang.change('contract', contract, status='to_sign')[0])
is_equal('in force', 200, zhang.change('contract', contract, status='active', sign_date='2026-11-20')[0])

# ---- money ----
pressed = zhang.press('contract', contract, 'make_plan')
plans = [zhang.read('payment_plan', x) for x in pressed[1]['created']]
is_equal('instalments after the terms', [(1, 'deposit', '52148.13', '2026-11-27'), (2, 'acceptance', '121678.96', '2027-01-09')], [(x['stage_no'], x['kind'], x['amount'], x['due']) for x in plans])
is_equal('once', 409, zhang.press('contract', contract, 'make_plan')[0])
plan = plans[0]
twin = zhang.ask('payment_plan', contract=contract['id'], stage_no=1, amount='1.00', due='2026-12-01')
is_equal('an instalment is there once', 422, twin[0], faults(twin[1]))
paid = money.make('payment', contract=contract['id'], plan=plan['id'])
is_equal('finance enters it, it is his', (account['id'], '52148.13', 'zhang', 'sales_east'), (paid['account'], paid['amount'], paid['owner'], paid['dept']))
is_equal('he sees it', 200, zhang.call('GET', f'/crm/payment/{paid["id"]}')[0])
is_equal('a colleague does not', 404, sun.call('GET', f'/crm/payment/{paid["id"]}')[0])
is_equal('nor does he confirm it', (403, 'registered'), (zhang.change('payment', paid, status='confirmed')[0], money.read('payment', paid)['status']))
is_equal('finance confirms', 200, money.change('payment', paid, status='confirmed')[0])
is_equal('then nobody changes it', (422, '52148.13'), (money.change('payment', paid, amount='1.00')[0], money.read('payment', paid)['amount']))
bare = zhang.ask('invoice', contract=contract['id'], amount='52148.13')
is_equal('a special invoice needs the taxpayer number', (422, [('/tax_no', 'check')]), (bare[0], faults(bare[1])))
invoice = zhang.make('invoice', contract=contract['id'], amount='52148.13', tax_no='91310000E6DEMO0001'[:18])
is_equal('net and tax', ('46148.79', '5999.34', '上海报价样例有限公司'), (invoice['net'], invoice['tax'], invoice['title_name']))
run = zhang.call('GET', f'/crm/invoice/{invoice["id"]}/runs')[1]['runs'][0]
is_equal('asked for by making it', ('invoice_request', [('issue', 'qian')]), (run['flow'], asked(run)))
decide(money, 'qian', run, 'complete', wanted=422, fields={'invoice_no': '2631200000012345678'})
is_equal('nothing was written', (None, 'requested'), tuple(zhang.read('invoice', invoice)[f] for f in ('invoice_no', 'status')))
run = decide(money, 'qian', run, 'complete', fields={'invoice_no': '2631200000012345678', 'issued_on': '2026-11-20'})
is_equal('issued by finance', ('approved', 'issued'), (run['state'], zhang.read('invoice', invoice)['status']))
is_equal('and by nobody undone', (422, 'issued'), (money.change('invoice', invoice, amount='2.00')[0], money.read('invoice', invoice)['status']))
back = money.ask('refund', contract=contract['id'], payment=paid['id'], amount='52148.14', reason='多收')
is_equal('no more back than came', 422, back[0], faults(back[1]))

# ---- no more than the contract says ----
known = zhang.read('contract', contract)
is_equal('the contract knows its money', ('52148.13', '52148.13', '121678.96', '0.3000'), tuple(known[k] for k in ('received', 'invoiced', 'receivable', 'receipt_ratio')))
rest = money.make('payment', contract=contract['id'], amount='121678.97')
over = money.change('payment', rest, status='confirmed')
is_equal('a cent too much is not confirmed', (422, 'registered', '52148.13'), (over[0], money.read('payment', rest)['status'], zhang.read('contract', contract)['received']), faults(over[1]))
is_equal('to the cent it is', (200, '0.00', '1.0000'), (money.change('payment', rest, amount='121678.96', status='confirmed')[0], *(zhang.read('contract', contract)[k] for k in ('receivable', 'receipt_ratio'))))
over = zhang.ask('payment_plan', contract=contract['id'], stage_no=3, amount='0.01', due='2026-12-20')
is_equal('nor is more planned', (422, '173827.09'), (over[0], zhang.read('contract', contract)['planned']), faults(over[1]))

# ---- what is frozen stays ----
is_equal('units of the lines', ['piece', 'set', 'day'], [x['unit'] for x in zhang.read('quote', two)['lines']])
is_equal('a product changes its unit', 200, admin.change('product', work_days, unit='set')[0])
is_equal('the quote does not', (['piece', 'set', 'day'], SECOND), ([x['unit'] for x in zhang.read('quote', two)['lines']], digits(zhang.read('quote', two))))

# ---- no more than is in stock ----
is_equal('twelve are in stock', 200, admin.change('product', server, stock='12')[0])
order = zhang.make('order', account=account['id'], contract=contract['id'], lines=lines())
stock = zhang.ask('order', account=account['id'], lines=lines()[:1])
is_equal('the thirteenth is not sold', (422, '12.00', '0.00'), (stock[0], *(zhang.read('product', server)[k] for k in ('sold', 'available'))), faults(stock[1]))
