"""What became of quotes, contracts and invoices in their approvals: the finished ones in their records' past, and those people have on their desks now.
Draws from a stream of chance of its own, so that all else stays as it is."""
import random
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from clock import DAYS, NOW, compact, soon, stamp
from words import CLAUSES

FINANCE, LAW, HEAD = 'qian', 'fang', 'chen'
SUPERIOR = {'zhang': 'wang', 'zhou': 'wang', 'sun': 'zhao', 'deng': 'zhao', 'ma': 'gao', 'wang': 'li', 'zhao': 'li', 'gao': 'li', 'li': 'chen'}
rnd = random.Random(20261123)
SAID = {'lead': ('同意', '同意，尽快推进', '客户情况属实，同意', None, None, None), LAW: ('条款无异议', '已核对主体和条款', '同意，注意付款节点', None),
        FINANCE: ('同意', '毛利可接受', '回款条件可以', None), HEAD: ('同意', '同意，按期交付', None)}


def step(record, t, by, act, **body):
    record.setdefault('$then', []).append({'updated_at': stamp(t), 'updated_by': by, '$flow': {'act': act, **compact(body)}})


def approve(record, t, by, lead=False):
    step(record, t, by, 'approve', comment=rnd.choice(SAID['lead' if lead else by]))


def through(record, flow, starter, began, ended, deciders):
    """Started and approved by everybody, the last at the given moment."""
    step(record, began, starter, 'start', flow=flow)
    gap = (ended - began) / (len(deciders) + 1)
    early = min(gap, timedelta(minutes=35))
    for n, by in enumerate(deciders):
        left = len(deciders) - 1 - n
        at = began + early if n == 0 and left else ended - min(gap, timedelta(minutes=14)) * left
        approve(record, at, by, n == 0)


# ---- whom a record asks ----

def quote_deciders(owner, rate):
    """rate: what is taken off, as the quote computes it."""
    rate = rate.quantize(Decimal('.0001'), ROUND_HALF_UP)
    return [] if rate <= Decimal('.05') else [SUPERIOR[owner]] if rate <= Decimal('.1') else [SUPERIOR[owner], FINANCE]


def contract_deciders(owner, amount, odd):
    return [SUPERIOR[owner]] + ([LAW, FINANCE] if amount >= 100000 or odd else []) + ([HEAD] if amount >= 500000 or odd else [])


def invoice_deciders(owner, amount):
    return [SUPERIOR[owner]] if amount >= 200000 else []


# ---- what is open ----

def ago(days, minute):
    """Of a working day before: the mornings. What came in last came after lunch, so that it is due on the day it is read, and not late yet."""
    if days == 0:
        minute = 285 + minute % 190
    return datetime.combine(DAYS[len(DAYS) - 1 - days], time(9)) + timedelta(minutes=minute)


def open_quotes(opportunities, quotes):
    """Discounts asked for on deals whose first quote is not out yet."""
    quoted = {r['opportunity']['name'] for _, r in quotes}
    free = {}
    for _, o in sorted(opportunities, key=lambda p: p[0], reverse=True):
        if o['stage'] in ('needs', 'solution', 'demo') and o['name'] not in quoted:
            free.setdefault(o['owner'], []).append(o)
    plan = (('zhang', 'asked', 8, 0), ('zhang', 'returned', 9, 1), ('zhang', 'returned', 7, 3), ('zhou', 'asked', 8, 3), ('zhou', 'finance', 14, 0), ('zhou', 'returned', 6, 1),
            ('sun', 'asked', 10, 0), ('sun', 'returned', 8, 2), ('sun', 'returned', 9, 4), ('deng', 'asked', 7, 4), ('deng', 'finance', 12, 1), ('deng', 'returned', 8, 1),
            ('ma', 'asked', 8, 0), ('ma', 'asked', 9, 3), ('ma', 'returned', 10, 2), ('ma', 'returned', 7, 1), ('ma', 'finance', 15, 1), ('wang', 'asked', 8, 1), ('zhao', 'asked', 9, 3),
            ('wang', 'returned', 9, 0), ('zhao', 'returned', 8, 1), ('gao', 'returned', 9, 0), ('gao', 'asked', 7, 0), ('zhang', 'asked', 9, 0), ('sun', 'asked', 7, 0), ('ma', 'finance', 12, 0),
            ('zhang', 'passed', 10, 1), ('sun', 'passed', 10, 2))
    for n, (owner, state, rate, days) in enumerate(plan):
        if not free.get(owner):
            continue
        o = free[owner].pop(0)
        made = max(ago(days, 25 + 17 * n % 200), datetime.fromisoformat(o['record']['created_at']) + timedelta(minutes=30))
        record = compact({'opportunity': {'name': o['name']}, 'account': o['record']['account'], 'contact': o['record'].get('contact'), 'version': 1, 'quote_date': str(made.date()),
                          'valid_until': str(made.date() + timedelta(30)), 'payment_terms': 'thirty_seventy', 'delivery_days': 30, 'lines': [{**x, 'discount': f'{rate}%'} for x in o['lines']],
                          'terms': '以上价格含税，含到货运费；安装调试和首次培训按人天另列。', 'note': '对标竞品价格，年底前签约' if rate > 10 else None,
                          'owner': owner, 'created_at': stamp(made), 'created_by': owner})
        step(record, made + timedelta(minutes=12), owner, 'start', flow='quote_discount', comment=rnd.choice(('客户预算有限，申请优惠', '竞品报价更低', '二期预留，首期让利', None)))
        later = min(made + timedelta(minutes=12 + 25 + rnd.randint(0, 40)), NOW)
        if state == 'returned':
            step(record, later, SUPERIOR[owner], 'return', comment=rnd.choice(('折扣理由写具体些，附上竞品报价', '实施人天先和交付确认', '先问清客户的付款节奏再报')))
        elif state == 'finance':
            approve(record, later, SUPERIOR[owner], True)
        elif state == 'passed':
            step(record, later, SUPERIOR[owner], 'transfer', who='li', comment='战略客户，请您定')
        quotes.append((made, record))


def open_contracts(accounts, contracts):
    """Yearly services of accounts that buy already."""
    taken = {r['account']['name'] for _, r in contracts}
    free = {}
    for a in accounts:
        if a['orders'] and a['c']['name'] not in taken:
            free.setdefault(a['owner'], []).append(a)
    must = sorted(c[0] for c in CLAUSES if c[4])
    plan = (('zhang', 68000, None, 'asked', 0), ('zhou', 145000, None, 'both', 4), ('sun', 328000, None, 'both', 2), ('deng', 560000, None, 'top', 2), ('ma', 86000, must[0], 'top', 1),
            ('zhang', 236000, None, 'service', 1), ('sun', 92000, None, 'market', 0), ('zhou', 120000, None, 'returned', 2), ('deng', 158000, None, 'lead_returned', 1),
            ('ma', 610000, None, 'top', 5), ('zhang', 199000, None, 'service', 2), ('ma', 74000, None, 'market', 2), ('deng', 131000, None, 'legal', 1), ('zhang', 264000, None, 'legal', 1), ('sun', 141000, None, 'both', 1), ('zhou', 186000, None, 'lead_returned', 3))
    for n, (owner, amount, odd, state, days) in enumerate(plan):
        if not free.get(owner):
            continue
        a, lead = free[owner].pop(), SUPERIOR[owner]
        made = ago(days, 10 + 13 * n)
        record = {'name': f'{a["c"]["short"]} 年度服务合同', 'kind': 'service', 'account': {'name': a['c']['name']}, 'party': a['c']['name'], 'our_signer': lead, 'starts': str(soon(8)), 'ends': str(soon(268)),
                  'payment_terms': 'net30', 'amount': f'{amount}.00', 'clauses': [compact({'clause': {'code': c}, 'changed': True if c == odd else None}) for c in must[:4]],
                  'owner': owner, 'created_at': stamp(made), 'created_by': owner}
        step(record, made + timedelta(minutes=9), owner, 'start', flow='contract_approval')
        t = made + timedelta(minutes=40 + rnd.randint(0, 30))
        if state == 'lead_returned':
            step(record, t, lead, 'return', comment='服务范围和响应时间要写进条款')
        elif state == 'market':
            step(record, t, lead, 'add', where='before', who=['liu'], comment='客户愿意做联合案例，请市场部确认能给的支持')
        elif state != 'asked':
            if amount >= 140000:
                peers = [one for one in ('li', 'wang', 'zhao', 'gao') if one != lead]
                step(record, t - timedelta(minutes=8), lead, 'cc', who=peers[n % 3:n % 3 + 1] + ['liu'], comment='同类服务的价格供参考')
            approve(record, t, lead, True)
            t += timedelta(minutes=35)
            if state == 'service':
                step(record, t, LAW, 'add', where='before', who=['xie'], comment='4 小时到场的承诺请客服确认能不能做到')
            elif state == 'returned':
                step(record, t, FINANCE, 'return', comment='账期 30 天改为预付 30%，余款验收后付')
            elif state == 'top':
                approve(record, t, LAW)
            elif state == 'legal':
                approve(record, t, FINANCE)
            if state == 'top':
                approve(record, t + timedelta(minutes=22), FINANCE)
        contracts.append((made, record))
