"""From the opportunity to the money: who decides, quotes and their versions, negotiations, contracts, instalments, payments, invoices, refunds."""
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import approvals
from clock import AS_OF, DAYS, NOW, at_work, compact, day_index, later, money, pick, rnd, soon, stamp
from words import CLAUSES, OBJECTIONS, POSTS

FINANCE = approvals.FINANCE
CENT = Decimal('.01')
deal_contacts, quotes, negotiations, contracts, plans, payments, invoices, refunds = [], [], [], [], [], [], [], []
signed = []  # (day, owner, amount) of every contract in force; targets are set by them
received = []  # (day, owner, amount)


def when(step):
    return datetime.fromisoformat(step['updated_at'])


def weekday(day):
    return day + timedelta((7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


# ---- credit codes, valid after GB 32100 and GB 11714 ----

CODE = '0123456789ABCDEFGHJKLMNPQRTUWXY'


def credit_code(region):
    body = ''.join(rnd.choices('0123456789ABCDEFGHJKLMNPQRTUWXY'[:26], k=8))
    check = (11 - sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2))) % 11) % 11
    code = '91' + region.ljust(6, '0')[:6] + body + ('X' if check == 10 else str(check))
    return code + CODE[(31 - sum(CODE.index(c) * pow(3, i, 31) for i, c in enumerate(code)) % 31) % 31]


def credit_codes(accounts):
    for account in accounts:
        if account['orders'] or rnd.random() < .4:
            account['record']['credit_code'] = credit_code(account['c']['region'][-1])
        if account['orders'] and rnd.random() < .5:
            account['record']['bank'] = f'{rnd.choice(("工商银行", "建设银行", "农业银行", "招商银行", "中国银行", "交通银行"))}{account["c"]["city"]}分行'
            account['record']['bank_account'] = '62' + ''.join(rnd.choices('0123456789', k=17))


# ---- who decides ----

ROLES = {post[0]: post[2] for post in POSTS}
CONCERNS = ('投入产出', '实施周期', '能不能和现有系统打通', '员工会不会用', '售后响应', '数据放在哪里', '付款节奏')


def make_deal_contacts(o, created, people):
    known = [(t, r) for t, r in people if t <= NOW - timedelta(days=1)]
    for t, r in rnd.sample(known, min(len(known), rnd.choice((1, 1, 2)))):
        made = max(t, created) + timedelta(minutes=rnd.randint(3, 25))
        role = r.get('role', 'user')
        deal_contacts.append((made, compact({
            'opportunity': {'name': o['name']}, 'contact': {'name': r['name'], 'account': r['account']}, 'role': role,
            'influence': {'decision_maker': 5, 'influencer': 4, 'gatekeeper': 3}.get(role, rnd.randint(1, 3)),
            'attitude': pick({'champion': 2, 'friendly': 4, 'neutral': 5, 'sceptical': 3, 'opposed': 1}), 'concern': rnd.choice(CONCERNS) if rnd.random() < .6 else None,
            'owner': o['owner'], 'created_at': stamp(made), 'created_by': o['owner']})))


# ---- quotes ----

def off(lines):
    """What is taken off the list prices of these lines, without tax."""
    gross = sum(Decimal(x['qty']) * Decimal(x['price']) for x in lines)
    net = sum(Decimal(x['qty']) * Decimal(x['price']) * (100 - int(x['discount'][:-1])) / 100 for x in lines)
    return 1 - net / gross


def make_quote(o, made, version, lines, terms):
    r = o['record']
    quote = compact({'opportunity': {'name': o['name']}, 'account': r['account'], 'contact': r['contact'], 'version': version,
                     'supersedes': {'opportunity': {'name': o['name']}, 'version': version - 1} if version > 1 else None,
                     'quote_date': str(made.date()), 'valid_until': str(made.date() + timedelta(30)), 'payment_terms': terms, 'delivery_days': rnd.choice((14, 21, 30, 45, 60)),
                     'lines': lines, 'terms': '以上价格含税，含到货运费；安装调试和首次培训按人天另列。',
                     'note': rnd.choice(('样板客户，报销售总监特批', '对标竞品价格', '年底冲量', '二期预留，首期让利')) if off(lines) > Decimal('.1') else None,
                     'owner': o['owner'], 'created_at': stamp(made), 'created_by': o['owner'], '$then': []})
    quotes.append((made, quote))
    return quote


def then(record, t, by, **values):
    record['$then'].append({**values, 'updated_at': stamp(t), 'updated_by': by})


def dearer(lines):
    """The same before the last concession."""
    return [{**x, 'discount': f'{max(0, int(x["discount"][:-1]) - 3)}%'} for x in lines]


def send(quote, made, sent, owner):
    """What takes off more than 5% was approved before."""
    deciders = approvals.quote_deciders(owner, off(quote['lines']))
    if deciders:
        approvals.through(quote, 'quote_discount', owner, made + (sent - made) / 6, sent - (sent - made) / 6, deciders)
    then(quote, sent, owner, status='sent')


def make_quotes(o, at, terms):
    """Quotes of an opportunity; the last step leaves it where the opportunity is."""
    owner, sent = o['owner'], at['quote']
    made = sent - timedelta(minutes=rnd.randint(25, 90))
    if made.hour < 9:
        made = sent - timedelta(minutes=5)
    two = 'negotiation' in at and int(o['lines'][0]['discount'][:-1]) >= 3 and rnd.random() < .55
    quote = make_quote(o, made, 1, dearer(o['lines']) if two else o['lines'], terms)
    if o['stage'] == 'quote' and day_index(sent) > len(DAYS) - 4 and rnd.random() < .5:
        return
    send(quote, made, sent, owner)
    if two:
        then(quote, at['negotiation'], owner, status='superseded')
        made = at['negotiation'] + timedelta(minutes=6)
        quote = make_quote(o, made, 2, o['lines'], terms)
        send(quote, made, at['negotiation'] + timedelta(minutes=14), owner)
    last = when(quote['$then'][-1])
    if 'contract' in at:
        then(quote, max(last, at['contract'] - timedelta(minutes=4)), owner, status='accepted', accepted_on=str(at['contract'].date()))
    elif 'lost' in at:
        then(quote, max(last, at['lost']) + timedelta(minutes=2), owner, status='rejected', reject_reason=o['record']['$then'][-1].get('loss_note', '选择了别家'))
    elif rnd.random() < .7:
        quote['$then'][-1]['valid_until'] = str(soon(rnd.randint(2, 25)))


def make_negotiations(o, at):
    t = at['negotiation']
    limit = at.get('contract') or at.get('lost') or NOW
    for round_ in range(1, rnd.choice((1, 2, 2, 3)) + 1):
        topic = rnd.choice(list(OBJECTIONS))
        objection, response, agreed = rnd.choice(OBJECTIONS[topic])
        settled = 'contract' in at or rnd.random() < .3
        negotiations.append((t, compact({
            'opportunity': {'name': o['name']}, 'round': round_, 'held_at': stamp(t), 'topic': topic, 'objection': objection, 'response': response,
            'agreed': agreed if settled else None, 'settled': settled or None, 'owner': o['owner'], 'created_at': stamp(t), 'created_by': o['owner']})))
        t = later(t, 1, 4)
        if not t or t >= limit:
            return


# ---- contracts ----

PLANS = {'prepaid': (('deposit', 100, 7),), 'thirty_seventy': (('deposit', 30, 7), ('acceptance', 70, 50)), 'net30': (('delivery', 100, 45),),
         'three': (('deposit', 30, 7), ('acceptance', 60, 60), ('warranty', 10, 365))}


def make_contract(o, at, terms, manager):
    owner, made = o['owner'], at['contract'] + timedelta(minutes=rnd.randint(15, 40))
    starts = weekday(made.date() + timedelta(rnd.randint(5, 14)))
    ends = starts + timedelta(rnd.choice((365, 365, 365, 180, 730)))
    must = [c for c in CLAUSES if c[4]]
    chosen = rnd.sample(must, rnd.randint(3, len(must)))
    odd = rnd.choice(chosen)[0] if rnd.random() < .12 else None
    r = o['record']
    version = max(q['version'] for _, q in quotes if q['opportunity'] == {'name': o['name']})
    record = compact({
        'name': f'{o["name"]}合同', 'kind': 'service' if all(x['tax_rate'] == '6%' for x in o['lines']) and rnd.random() < .3 else 'sales', 'account': r['account'], 'contact': r['contact'],
        'opportunity': {'name': o['name']}, 'quote': {'opportunity': {'name': o['name']}, 'version': version}, 'party': o['account']['c']['name'], 'our_signer': manager,
        'their_signer': o['account']['people'][0]['name'], 'starts': str(starts), 'ends': str(ends), 'payment_terms': terms, 'lines': o['lines'], 'amount': money(o['total']),
        'clauses': [compact({'clause': {'code': c[0]}, 'changed': True if c[0] == odd else None}) for c in sorted(chosen)],
        'owner': owner, 'created_at': stamp(made), 'created_by': owner, '$then': []})
    contracts.append((made, record))
    t = made
    deciders = approvals.contract_deciders(owner, o['total'], odd)
    for status, low, high in (('in_approval', 0, 1), ('approved', 0, 2), ('to_sign', 0, 1)):
        moved = later(t, low, high)
        if not moved or (o['stage'] != 'contract' and moved >= at.get('won', at.get('lost', NOW))):
            moved = t + timedelta(minutes=rnd.randint(8, 30)) if o['stage'] != 'contract' else None
        if not moved or moved > NOW:
            return record, None
        began, t = t, moved
        if status == 'approved':
            del record['$then'][-1]
            approvals.through(record, 'contract_approval', owner, began, t, deciders)
        elif status == 'in_approval':
            approvals.step(record, t, owner, 'start', flow='contract_approval')
        else:
            then(record, t, owner, status=status)
        if o['stage'] == 'contract' and rnd.random() < .3:
            return record, None
    if 'won' in at:
        t = max(t + timedelta(minutes=5), at['won'])
        then(record, t, owner, status='active', sign_date=str(t.date()))
        if ends < AS_OF:
            then(record, at_work(DAYS[min(day_index(ends) + 1, len(DAYS) - 1)], 9 * 60, 11 * 60), owner, status='expired')
        return record, t
    if 'lost' in at:
        then(record, max(t, at['lost']) + timedelta(minutes=3), owner, status='void', void_reason='客户放弃，未签')
    return record, None


def make_plans(o, contract, t, terms):
    """Instalments that add up to the contract; what was paid and invoiced of them."""
    owner, total, left = o['owner'], o['total'], o['total']
    shares = PLANS['three' if terms == 'thirty_seventy' and rnd.random() < .4 else terms]
    rates = [x['tax_rate'] for x in o['lines']]
    for n, (kind, share, days) in enumerate(shares, 1):
        amount = left if n == len(shares) else (total * share / 100).quantize(CENT, ROUND_HALF_UP)
        left -= amount
        due = weekday(t.date() + timedelta(days))
        made = t + timedelta(minutes=6 + n)
        about = {'contract': {'name': contract['name']}, 'account': contract['account']}
        plans.append((made, {**about, 'stage_no': n, 'kind': kind, 'share': f'{share}%', 'amount': money(amount), 'due': str(due), 'created_at': stamp(made), 'created_by': owner}))
        delay = rnd.choices((-2, 0, 3, 8, 25, 55, 999), (10, 30, 25, 15, 8, 5, 7))[0]
        if delay == 999 and due < AS_OF - timedelta(75):
            delay = 55  # what is never paid is in the lawyers' hands, not on a list of things to do today
        paid = weekday(due + timedelta(delay)) if delay < 999 else None
        asked = weekday(due - timedelta(5))
        if asked <= AS_OF - timedelta(1) and asked in DAYS and kind != 'warranty':
            make_invoice(owner, about, amount, max(rates, key=rates.count), max(at_work(asked), made + timedelta(minutes=4)))
        if paid and paid <= AS_OF and paid in DAYS:
            make_payment(owner, about, contract, n, amount, paid, made)


def make_invoice(owner, about, amount, rate, t):
    record = {**about, 'amount': money(amount), 'tax_rate': rate, 'kind': rnd.choices(('special_e', 'normal_e', 'special'), (80, 12, 8))[0], 'created_at': stamp(t), 'created_by': owner, '$then': []}
    issued = later(t, 0, 2)
    began, deciders = t + timedelta(seconds=1), approvals.invoice_deciders(owner, amount)
    approvals.step(record, began, owner, 'start', flow='invoice_request')
    if issued and (day_index(t) < len(DAYS) - 5 or rnd.random() < .4):
        for by in deciders:
            approvals.approve(record, began + (issued - began) / 2, by, True)
        approvals.step(record, issued, FINANCE, 'complete', fields={'invoice_no': f'26{rnd.randrange(10 ** 18):018}', 'issued_on': str(issued.date())})
    invoices.append((t, record))


def make_payment(owner, about, contract, stage, amount, day, after):
    parts = [amount] if rnd.random() > .1 else [(amount * 6 / 10).quantize(CENT), amount - (amount * 6 / 10).quantize(CENT)]
    for part in parts:
        t = max(at_work(day), after + timedelta(minutes=30))
        if t > NOW:
            return
        record = {**about, 'plan': {'contract': {'name': contract['name']}, 'stage_no': stage}, 'amount': money(part), 'paid_on': str(t.date()),
                  'method': rnd.choices(('transfer', 'bill', 'cheque', 'online'), (82, 12, 3, 3))[0], 'bank_ref': f'{t:%Y%m%d}{rnd.randrange(10 ** 8):08}',
                  'created_at': stamp(t), 'created_by': FINANCE, '$then': []}
        payments.append((t, record))
        sure = later(t, 0, 1)
        if not sure:
            return
        then(record, sure, FINANCE, status='confirmed')
        received.append((t.date(), owner, part))
        if rnd.random() < .03:
            make_refund(owner, about, record, sure)
        day = weekday(day + timedelta(9))
        if day > AS_OF or day not in DAYS:
            return


def make_refund(owner, about, payment, after):
    t = later(after, 3, 25)
    if not t:
        return
    amount = (Decimal(payment['amount']) * rnd.choice((5, 8, 10)) / 100).quantize(CENT)
    record = {**about, 'payment': {'bank_ref': payment['bank_ref']}, 'amount': money(amount), 'reason': rnd.choice(('减少培训人天，退回差额', '重复付款', '设备改型，退差价')), 'bank': '工商银行',
              'bank_account': '62' + ''.join(rnd.choices('0123456789', k=17)), 'created_at': stamp(t), 'created_by': owner, '$then': []}
    refunds.append((t, record))
    for status, more in (('approved', {}), ('paid', {})):
        t = later(t, 1, 3)
        if not t:
            return
        then(record, t, FINANCE, status=status, **({'paid_on': str(t.date())} if status == 'paid' else more))


# ---- telling it ----

def tell(opportunities, accounts, contacts, orders, teams):
    manager = {person: head for head, people in teams.values() for person in people + [head]}
    people = {}
    for t, r in contacts:
        people.setdefault(r['account']['name'], []).append((t, r))
    placed = {r['opportunity']['name']: r for r in orders if 'opportunity' in r}
    for o in opportunities:
        created = datetime.fromisoformat(o['record']['created_at'])
        at = {s['stage']: when(s) for s in o['record'].get('$then', []) if 'stage' in s}
        if rnd.random() < .75:
            make_deal_contacts(o, created, people.get(o['account']['c']['name'], []))
        if 'quote' not in at:
            continue
        order = placed.get(o['name'])
        terms = order['payment_terms'] if order else rnd.choice(('prepaid', 'thirty_seventy', 'thirty_seventy', 'net30'))
        make_quotes(o, at, terms)
        if 'negotiation' in at:
            make_negotiations(o, at)
        if 'contract' not in at:
            continue
        contract, in_force = make_contract(o, at, terms, manager[o['owner']])
        if in_force:
            signed.append((in_force.date(), o['owner'], o['total']))
            if order:
                order['contract'] = {'name': contract['name']}
            make_plans(o, contract, in_force, terms)
    for _, record in quotes + contracts + payments + invoices + refunds:
        if not record['$then']:
            del record['$then']


def in_time(pairs):
    return [r for _, r in sorted(pairs, key=lambda p: p[0])]


def files():
    return [('62_deal_contacts', 'deal_contact', None, in_time(deal_contacts)), ('63_quotes', 'quote', None, in_time(quotes)), ('64_negotiations', 'negotiation', None, in_time(negotiations)),
            ('65_contracts', 'contract', ['name'], in_time(contracts)), ('72_payment_plans', 'payment_plan', ['contract', 'stage_no'], in_time(plans)), ('73_payments', 'payment', ['bank_ref'], in_time(payments)),
            ('74_invoices', 'invoice', None, in_time(invoices)), ('75_refunds', 'refund', None, in_time(refunds))]
