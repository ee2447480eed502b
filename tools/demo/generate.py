#!/usr/bin/env python3
"""Writes apps/crm/demo/*.json: 18 months of a sales organisation. Always the same files for the same seed.

    python3 tools/demo/generate.py

The files are told at the end of AS_OF, a Friday; the loader makes it the last working day before today and moves every date so that
it keeps its distance in working days (engines/form/seed.h). Whatever happens to a record after its creation is a step of its "$then", made by the person whose work it
is, with that person's rights. What must be due today whatever day it is, is an expression.
"""
import json
import pathlib
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

import approvals
import care
import deals
import regions
import words
from clock import AS_OF, DAYS, NOW, at_work, compact, day_index, later, money, pick, rnd, soon, stamp

ROOT = pathlib.Path(__file__).parents[2] / 'apps/crm'
LEADS, OLD_ACCOUNTS, CONTACTS, OPPORTUNITIES, TASKS, ORDERS, ACTIVITIES = 900, 148, 700, 380, 200, 260, 1100
TEAMS = {'east': ('wang', ['zhang', 'zhou']), 'south': ('zhao', ['sun', 'deng']), 'north': ('gao', ['ma'])}
SALES = ['zhang', 'zhou', 'sun', 'deng', 'ma', 'wang', 'zhao', 'gao']
SEASON = {1: .9, 2: .5, 3: 1.2, 4: 1.05, 5: .95, 6: 1.1, 7: .85, 8: .85, 9: 1.15, 10: .9, 11: 1.15, 12: 1.2}
WEEKDAY = (1.0, 1.2, 1.15, 1.1, .8)
STAGES = ['contact', 'needs', 'solution', 'demo', 'quote', 'negotiation', 'contract', 'won']


# ---- who and where ----

DISTRICTS = {c['value']: (p, c, c['children']) for p in regions.tree() for c in p['children']}
used = set()
EIGHT_DIGITS = {'010', '020', '021', '022', '023', '025', '027', '028', '029', '0311', '0371', '0411', '0512', '0531', '0532', '0551', '0571', '0574', '0577', '0592',
                '0731', '0755', '0757', '0769'}


def fresh(make):
    while True:
        x = make()
        if x not in used:
            used.add(x)
            return x


def mobile():
    return fresh(lambda: rnd.choice(words.MOBILES) + ''.join(rnd.choices('0123456789', k=8)))


def person():
    surname = list(words.SURNAMES)[min(int(rnd.expovariate(1 / 22)), 99)]
    if rnd.random() < .4:
        given = rnd.choice(list(words.GIVEN_ONE))
    else:
        given = rnd.choice(list(words.GIVEN_TWO)) + rnd.choice(list(words.GIVEN_ONE))
    sound = words.SURNAMES[surname] + '.' + ''.join((words.GIVEN_TWO | words.GIVEN_ONE)[c] for c in given)
    return surname + given, sound


coined = [a + b for a in words.FIRST for b in words.SECOND]
rnd.shuffle(coined)


def company():
    """Name, short name, industry, region, address, telephone, domain, team."""
    code = pick({c: v[3] for c, v in words.CITIES.items()})
    city, dial, team, _ = words.CITIES[code]
    province, in_city, districts = DISTRICTS[code]
    district = rnd.choice(districts)
    industry = pick({k: words.HEAVY.get(k[0], 1) for k in words.TRADES})
    core = coined.pop()
    trade = rnd.choice(words.TRADES[industry])
    suffix = pick({'有限公司': 72, '科技有限公司': 12, '股份有限公司': 9, '集团有限公司': 7})
    if trade.endswith(('技术', '科技')) and suffix == '科技有限公司':
        suffix = '有限公司'
    town = city + ('市' if rnd.random() < .3 else '')
    area = '' if in_city['label'] in ('市辖区', '县') else in_city['label']
    street = f'{rnd.choice(words.STREETS)} {rnd.randint(1, 999)} 号' + (f' {rnd.choice(words.PARKS)}' if rnd.random() < .5 else '')
    place = '' if district['label'] == area else district['label']
    digits = 8 if dial in EIGHT_DIGITS else 7
    return {'name': town + core + trade + suffix, 'short': core + words.SHORT.get(trade, trade[:2]), 'industry': list(industry), 'city': city, 'team': team,
            'region': [province['value'], in_city['value'], district['value']],
            'address': (province['label']['zh-CN'] if not area else area) + place + street,
            'phone': fresh(lambda: f'{dial}-{rnd.randint(2, 8)}{rnd.randrange(10 ** (digits - 1)):0{digits - 1}}'),
            'domain': words.FIRST[core[0]] + words.SECOND[core[1]] + '.example'}


def owner_of(team):
    head, people = TEAMS[team]
    return head if rnd.random() < .06 else rnd.choice(people)


# ---- campaigns ----

campaigns = []
for name, channel, place, budget, first, last in words.CAMPAIGNS:
    starts, ends = DAYS[len(DAYS) - 1 - first], DAYS[len(DAYS) - 1 - last] if last >= 0 else soon(-last)
    made = at_work(DAYS[max(0, day_index(starts) - 18)])
    state, then = 'planned', []
    if starts <= AS_OF:
        state = 'running'
        then.append({'status': 'running', 'updated_at': stamp(datetime.combine(starts, time(9, 5))), 'updated_by': 'liu'})
    if ends < AS_OF:
        state = 'done'
        t = at_work(DAYS[day_index(ends) + 3])
        then.append({'status': 'done', 'cost': money(budget * rnd.uniform(.82, 1.08)), 'updated_at': stamp(t), 'updated_by': 'liu'})
    campaigns.append({'name': name, 'channel': channel, 'starts': starts, 'ends': ends, 'state': state, 'record': compact({
        'name': name, 'channel': channel, 'starts': str(starts), 'ends': str(ends), 'place': place, 'budget': money(budget),
        'goal': round(budget / 1800), 'owner': 'liu', 'created_at': stamp(made), 'created_by': 'liu', '$then': then})})


def campaign_on(channel, day):
    """The campaign a lead of this day came from; its name tells for a fortnight after."""
    fit = [c for c in campaigns if c['channel'] == channel and c['starts'] <= day <= c['ends'] + timedelta(14)]
    return rnd.choice(fit) if fit else None


# ---- products ----

products = [dict(zip(('code', 'name', 'category', 'spec', 'unit', 'price', 'cost', 'tax', 'on_sale'), row)) for row in words.PRODUCTS]
product_records = [compact({'code': p['code'], 'name': p['name'], 'category': p['category'], 'spec': p['spec'], 'unit': p['unit'],
                            'list_price': money(p['price']), 'cost': money(p['cost']), 'tax_rate': p['tax'], 'on_sale': p['on_sale'],
                            'created_at': stamp(datetime.combine(DAYS[0], time(9, 30))), 'created_by': 'admin'}) for p in products]


competitor_records = [{'name': name, 'price_position': level, 'products': sells, 'strengths': good, 'weaknesses': bad, 'answer': answer, 'owner': 'liu',
                       'created_at': stamp(datetime.combine(DAYS[1], time(10, 15))), 'created_by': 'liu'} for name, (level, sells, good, bad, answer) in words.COMPETITORS.items()]


# ---- activities: collected while the rest happens ----

activities = []


def talk(t, who, kind_text, kinds, **about):
    kind = pick(kinds)
    subject, texts = kind_text[kind] if isinstance(kind_text, dict) else kind_text
    summary = rnd.choice(texts).replace('{n}', str(rnd.randint(3, 18)))
    next_day = later(t, 3, 15)
    activities.append((t, compact({
        'kind': kind, 'at': stamp(t), 'subject': subject, 'summary': summary, 'owner': who,
        'minutes': {'call': rnd.randint(3, 25), 'visit': rnd.randint(40, 180), 'meeting': rnd.randint(30, 120)}.get(kind),
        'place': rnd.choice(('客户现场', '客户会议室', '公司展厅')) if kind == 'visit' else '腾讯会议' if kind == 'meeting' and rnd.random() < .6 else None,
        'next_contact': stamp(next_day) if next_day and rnd.random() < .6 else None,
        'created_at': stamp(t), 'created_by': who, **about})))


# ---- leads ----

def lead_days():
    weights = [SEASON[d.month] * WEEKDAY[d.weekday()] * (1 + .6 * i / len(DAYS)) for i, d in enumerate(DAYS)]
    return sorted(rnd.choices(DAYS, weights, k=LEADS))


SOURCES = {'website': 22, 'exhibition': 14, 'seminar': 7, 'content': 9, 'search_ad': 16, 'social': 6, 'referral': 9, 'partner': 6, 'phone': 7, 'visit': 4}
FOUND_BY_SALES = ('referral', 'partner', 'phone', 'visit')
CAMPAIGN_OF = {'exhibition': 'exhibition', 'seminar': 'seminar', 'content': 'content', 'search_ad': 'search_ad'}


def lead_source(day):
    while True:
        source = pick(SOURCES)
        if source in CAMPAIGN_OF:
            found = campaign_on(CAMPAIGN_OF[source], day)
            if not found:
                continue
            return source, found
        return source, None


accounts, contacts, leads, opportunities, orders, tasks = [], [], [], [], [], []


def need_text(project):
    return project[1].replace('{n}', str(rnd.choice((12, 20, 36, 50, 80, 120))))


def make_lead(day):
    c = company()
    source, campaign = lead_source(day)
    who, sound = person()
    post = rnd.choices(words.POSTS, [5, 4, 5, 6, 9, 7, 3, 6, 7, 6, 5, 3, 4, 4, 3])[0]
    project = rnd.choice(words.PROJECTS[:11] + words.PROJECTS[12:])
    owner = owner_of(c['team'])
    by_sales = source in FOUND_BY_SALES
    created = at_work(day, 8 * 60 + 40, 19 * 60) if not by_sales else at_work(day)
    created = min(created, NOW - timedelta(minutes=5))
    age = len(DAYS) - 1 - day_index(day)
    quality = {'referral': 1.7, 'partner': 1.4, 'phone': 1.2, 'website': 1.1, 'exhibition': .95, 'seminar': 1.0, 'visit': 1.1, 'search_ad': .7, 'content': .75, 'social': .6}[source]
    budget = money(rnd.choice((30, 50, 60, 80, 100, 120, 150, 180, 200, 260, 300, 350, 480, 600, 860, 1200)) * 1000)
    lead = {'c': c, 'who': who, 'sound': sound, 'post': post, 'project': project, 'mobile': mobile(), 'owner': owner, 'source': source, 'campaign': campaign,
            'budget': budget, 'converted': None}
    record = compact({
        'company': c['name'], 'contact': who, 'position': post[0], 'mobile': lead['mobile'],
        'email': f'{sound}@{c["domain"]}' if rnd.random() < .55 else None, 'source': source,
        'campaign': {'name': campaign['name']} if campaign else None, 'industry': c['industry'], 'region': c['region'],
        'need': need_text(project) if rnd.random() < .72 else None, 'budget': budget if rnd.random() < .5 else None,
        'has_authority': True if post[2] == 'decision_maker' and rnd.random() < .7 else None, 'created_at': stamp(created), 'created_by': owner if by_sales else 'liu'})
    record['owner'] = owner if by_sales else None
    then, t = [], created

    def step(low, high, by, **values):
        nonlocal t
        moved = later(t, low, high)
        if not moved:
            return False
        t = moved
        then.append({**values, 'updated_at': stamp(t), 'updated_by': by})
        return True

    def follow():
        if rnd.random() < .62:
            talk(t, owner, words.FIRST_TALKS, {'call': 6, 'wechat': 3, 'email': 1, 'visit': 1, 'meeting': 1}, lead={'mobile': lead['mobile']})

    def live():
        in_pool = not by_sales and rnd.random() < (.05 if age > 15 else .3)
        if in_pool or (not by_sales and not step(0, 1, 'liu', owner=owner)):
            lead['owner'] = None
            return
        if rnd.random() < (.05 if age > 8 else .35):
            return
        if not step(0, 2, owner, status='working'):
            return
        follow()
        chance = rnd.random()
        if chance > .62 + .12 * (quality - 1):
            if step(2, 20, owner, status='invalid', invalid_reason=pick({'unreachable': 30, 'no_need': 30, 'no_budget': 16, 'competitor': 8, 'duplicate': 6, 'outside': 10})):
                return
        elif chance > .43 * quality:
            return
        more = {'need': need_text(project)} if 'need' not in record else {}
        if not step(3, 14, owner, status='mql', budget=budget, **more):
            return
        if rnd.random() < .1 or not step(3, 12, owner, status='sql', has_authority=rnd.random() < .6):
            return
        if rnd.random() < .12:
            return
        moved = later(t, 2, 12)
        if moved:
            lead['converted'] = moved
            convert(lead, moved)
            then.append({'status': 'converted', 'account': {'name': c['name']}, 'next_contact': None, 'updated_at': stamp(moved + timedelta(minutes=6)), 'updated_by': owner})

    live()
    state = next((s['status'] for s in reversed(then) if 'status' in s), 'new')
    if lead['owner'] and state in ('new', 'working', 'mql', 'sql') and (age < 60 or rnd.random() < .5):
        overdue = rnd.random() < .22
        due = at_work(soon(-rnd.randint(0, 6)) if overdue else soon(rnd.randint(1, 12)))
        last = then[-1] if then else record
        last['next_contact'] = stamp(due if due > t else at_work(soon(rnd.randint(1, 8))))
    if then:
        record['$then'] = then
    leads.append((created, record))


# ---- accounts and contacts ----

def account_record(c, owner, created, source, level):
    staff = rnd.choices(('lt50', '50_200', '200_500', '500_2000', 'gt2000'), (12, 38, 28, 17, 5) if level != 'vip' else (0, 5, 25, 45, 25))[0]
    return compact({'name': c['name'], 'short_name': c['short'], 'level': level, 'industry': c['industry'], 'staff': staff, 'source': source,
                    'region': c['region'], 'address': c['address'], 'phone': c['phone'], 'website': f'https://www.{c["domain"]}' if rnd.random() < .6 else None,
                    'owner': owner, 'created_at': stamp(created), 'created_by': owner, '$then': []})


def make_account(c, owner, created, source):
    level = rnd.choices(('vip', 'standard', 'small'), (12, 62, 26))[0]
    account = {'c': c, 'owner': owner, 'created': created, 'level': level, 'record': account_record(c, owner, created, source, level), 'people': [], 'orders': [], 'source': source}
    if level == 'vip' or rnd.random() < .25:
        t = later(created, 1, 8)
        if t:
            account['record']['$then'].append({'credit_limit': money(rnd.choice((100, 200, 300, 500, 800)) * 1000), 'payment_terms': rnd.choice(('thirty_seventy', 'net30', 'net60')),
                                               'updated_at': stamp(t), 'updated_by': TEAMS[c['team']][0]})
    accounts.append(account)
    return account


def make_contact(account, who, sound, post, number, created):
    if any(p['name'] == who for p in account['people']):
        return
    account['people'].append({'name': who, 'post': post[0]})
    born = date(rnd.randint(1968, 1996), rnd.randint(1, 12), rnd.randint(1, 28))
    record = compact({'name': who, 'account': {'name': account['c']['name']}, 'department': post[1], 'position': post[0], 'role': post[2], 'mobile': number,
                      'wechat': sound.replace('.', '') + str(rnd.randint(10, 999)) if rnd.random() < .4 else None,
                      'email': f'{sound}@{account["c"]["domain"]}' if rnd.random() < .7 else None, 'birthday': str(born) if rnd.random() < .2 else None,
                      'owner': account['owner'], 'created_at': stamp(created), 'created_by': account['owner']})
    moved = later(created, 120, 300)
    if moved and rnd.random() < .08 and len(account['people']) > 1:
        record['$then'] = [{'left': True, 'updated_at': stamp(moved), 'updated_by': account['owner']}]
    contacts.append((created, record))


def convert(lead, t):
    account = make_account(lead['c'], lead['owner'], t, lead['source'])
    make_contact(account, lead['who'], lead['sound'], lead['post'], lead['mobile'], t + timedelta(minutes=2))
    account['lead'] = lead


def old_account():
    c = company()
    owner = owner_of(c['team'])
    account = make_account(c, owner, at_work(DAYS[rnd.randint(0, 70)]), rnd.choice(('referral', 'visit', 'exhibition', 'partner', 'phone')))
    account['lead'] = None
    make_contact(account, *person(), rnd.choice(words.POSTS), mobile(), account['created'] + timedelta(minutes=3))


# ---- orders ----

def make_lines(categories, size):
    fit = [p for p in products if p['category'] in categories and p['on_sale']]
    chosen = rnd.sample(fit, min(len(fit), rnd.choices((1, 2, 3, 4, 5, 6), (16, 26, 26, 16, 10, 6))[0]))
    lines, total = [], Decimal(0)
    base = rnd.choices(('0%', '3%', '5%', '8%', '10%', '12%', '15%', '25%'), (30, 10, 22, 12, 14, 5, 5, 2))[0]
    for p in chosen:
        qty = {'user_year': rnd.choice((10, 20, 30, 50, 80, 100)), 'piece': rnd.choice((2, 4, 6, 8, 10, 12, 20, 36)), 'day': rnd.choice((2, 3, 5, 8, 12, 20, Decimal('1.5'), Decimal('7.5')))}.get(p['unit'], 1)
        if size > 1 and p['unit'] in ('piece', 'day'):
            qty = qty * size
        discount = base if p['unit'] != 'day' else '0%'
        net = (Decimal(qty) * p['price'] * (100 - int(discount[:-1])) / 100).quantize(Decimal('.01'), ROUND_HALF_UP)
        tax = (net * int(p['tax'][:-1]) / 100).quantize(Decimal('.01'), ROUND_HALF_UP)
        total += net + tax
        lines.append({'product': {'code': p['code']}, 'qty': str(qty), 'price': money(p['price']), 'discount': discount, 'tax_rate': p['tax']})
    return lines, total, int(base[:-1])


def make_order(account, created, lines, discount, opportunity=None, note=None):
    owner = account['owner']
    first = day_index(created)
    deliver = created.date() + timedelta(rnd.choice((14, 21, 28, 35, 49)))
    deliver -= timedelta(max(0, deliver.weekday() - 4))
    if discount > 20:
        note = rnd.choice(('样板客户，已报销售总监', '年底冲量，特价一次', '老客户扩容，按约定折扣'))
    record = compact({'account': {'name': account['c']['name']}, 'contact': {'name': account['people'][0]['name'], 'account': {'name': account['c']['name']}},
                      'opportunity': {'name': opportunity} if opportunity else None, 'order_date': str(created.date()), 'deliver_by': str(deliver), 'note': note,
                      'payment_terms': rnd.choice(('prepaid', 'thirty_seventy', 'thirty_seventy', 'net30')), 'lines': lines, 'owner': owner,
                      'created_at': stamp(created), 'created_by': owner})
    then, t = [], created
    cancelled = not opportunity and rnd.random() < .05
    moves = [('confirmed', 0, 2, owner), ('shipped', 8, 35, 'xie'), ('done', 4, 25, 'xie')]
    if cancelled:
        moves = [('cancelled', 1, 6, owner)]
    for status, low, high, by in moves:
        moved = later(t, low, high)
        if not moved:
            break
        t = moved
        extra = {'note': '客户推迟，重新下单'} if cancelled and not note else {}
        then.append({'status': status, **extra, 'updated_at': stamp(t), 'updated_by': by})
    if then:
        record['$then'] = then
    account['orders'].append(first)
    orders.append((created, record))


# ---- opportunities ----

def fate(account):
    """The stage an opportunity ends in when there is time enough."""
    chance = {'referral': .58, 'partner': .5, 'visit': .46, 'phone': .44, 'website': .4, 'seminar': .42, 'exhibition': .38}.get(account['source'], .32)
    if rnd.random() < chance * .86:
        return 'won'
    return rnd.choices(('contact', 'needs', 'solution', 'demo', 'quote', 'negotiation'), (14, 20, 14, 14, 24, 14))[0]


def make_opportunity(account, created, project, budget):
    owner, short = account['owner'], account['c']['short']
    name = f'{short} {project[0]}'
    if name in used:
        return
    used.add(name)
    person_ = rnd.choice(account['people'])
    lines, total, discount = make_lines(project[2], 1 if account['level'] != 'vip' else 2)
    end = fate(account)
    about = {'opportunity': {'name': name}}
    record = compact({'name': name, 'account': {'name': account['c']['name']}, 'contact': {'name': person_['name'], 'account': {'name': account['c']['name']}},
                      'amount': budget, 'need': need_text(project), 'owner': owner, 'created_at': stamp(created), 'created_by': owner,
                      'campaign': {'name': account['lead']['campaign']['name']} if account['lead'] and account['lead']['campaign'] else None,
                      'competitor': {'name': rnd.choice(list(words.COMPETITORS))} if rnd.random() < .3 else None})
    then, t, stage = [], created, 'contact'
    gaps = {'needs': (3, 12), 'solution': (6, 20), 'demo': (4, 16), 'quote': (4, 16), 'negotiation': (4, 14), 'contract': (5, 18), 'won': (2, 10)}
    skipped = rnd.choice(('solution', 'demo', None, None, None))
    stalled = rnd.random() < .05
    kinds = {'call': 4, 'visit': 3, 'wechat': 3, 'email': 1, 'meeting': 2}
    for i, following in enumerate(STAGES[1:]):
        if following == skipped:
            continue
        if stage == end:
            moved = later(t, 8, 35)
            if moved and not stalled:
                t = moved
                reason = pick({'price': 32, 'function': 14, 'competitor': 22, 'budget': 14, 'timing': 13, 'relation': 5})
                then.append({'stage': 'lost', 'loss_reason': reason, 'loss_note': rnd.choice(words.LOSSES[reason]), 'close_date': str(t.date()), 'updated_at': stamp(t), 'updated_by': owner})
                stage = 'lost'
            break
        moved = later(t, *gaps[following])
        if not moved:
            break
        t, stage = moved, following
        step = {'stage': stage}
        if stage in ('quote', 'contract'):
            step['amount'] = money(total)
        if stage == 'won':
            step['close_date'] = str(t.date())
        then.append({**step, 'updated_at': stamp(t), 'updated_by': owner})
        if rnd.random() < .42:
            talk(t - timedelta(minutes=rnd.randint(5, 15)), owner, words.TALKS[stage], kinds, **about)
    if stage in ('won', 'lost') and rnd.random() < .2:
        after = later(t, 0, 3)
        if after:
            talk(after, owner, words.TALKS[stage], {'call': 2, 'wechat': 1}, **about)
    if stage == 'won':
        placed = later(t, 0, 4) or t
        make_order(account, placed, lines, discount, name)
    elif stage != 'lost':
        left = {'contact': 60, 'needs': 50, 'solution': 42, 'demo': 33, 'quote': 24, 'negotiation': 14, 'contract': 7}[stage]
        last = then[-1] if then else record
        last['close_date'] = str(soon(left + rnd.randint(-12, 25)) if not stalled else soon(-rnd.randint(1, 15)))
        last['next_step'] = rnd.choice(words.NEXT_STEPS[stage])
    if then:
        record['$then'] = then
    opportunities.append((created, {'record': record, 'stage': stage, 'name': name, 'owner': owner, 'account': account, 'lines': lines, 'total': total, 'discount': discount}))


# ---- telling it ----

for day in lead_days():
    make_lead(day)
converted = len(accounts)
for _ in range(420 - converted):
    old_account()
for account in list(accounts):
    if account['lead']:
        make_opportunity(account, account['created'] + timedelta(minutes=rnd.randint(8, 40)), account['lead']['project'], account['lead']['budget'])
while len(opportunities) < OPPORTUNITIES:
    account = rnd.choice(accounts)
    t = later(account['created'], 5, 330) if rnd.random() < .5 else at_work(DAYS[-rnd.randint(1, 70)])
    if t and t > account['created']:
        make_opportunity(account, t, rnd.choice(words.PROJECTS), None)
active = [a for a in accounts if a['orders']]
while len(orders) < ORDERS:
    account = rnd.choice(active if rnd.random() < .7 else [a for a in accounts if not a['lead']])
    t = later(at_work(DAYS[min(account['orders'])]) if account['orders'] else account['created'], 20, 300)
    if t:
        lines, _, discount = make_lines(rnd.choice((('support',), ('hardware',), ('terminal', 'hardware'), ('platform', 'support'))), 1)
        make_order(account, t, lines, discount, note=rnd.choice((None, None, '续费', '追加采购', '备件', '年度维保')))
while len(contacts) < CONTACTS:
    account = rnd.choice(accounts)
    t = later(account['created'], 1, 200)
    if t:
        make_contact(account, *person(), rnd.choice(words.POSTS), mobile(), t)

# What an account is, follows from its orders.
for account in accounts:
    then = account['record']['$then']
    if account['orders']:
        days = sorted(account['orders'])
        last = days[-1]
        for status, day in zip(('new', 'active'), days):
            then.append({'status': status, 'updated_at': stamp(datetime.combine(DAYS[day], time(17, 50))), 'updated_by': account['owner']})
        quiet = len(DAYS) - 1 - last
        if quiet > 190:
            then.append({'status': 'dormant' if quiet < 300 or rnd.random() < .6 else 'churned', 'updated_at': stamp(at_work(DAYS[last + 185])), 'updated_by': account['owner']})
    then.sort(key=lambda s: s['updated_at'])
    if not then:
        del account['record']['$then']

while len(activities) < ACTIVITIES:
    account = rnd.choice(accounts)
    t = later(account['created'], 10, 350)
    if t:
        subject = rnd.choice(words.CARE if account['orders'] else (('保持联系', ('近期没有新项目，年后再看', '推荐了两个同行案例', '对方邀请参加行业聚会', '确认了信息部新负责人')),))
        talk(t, account['owner'], subject, {'call': 5, 'wechat': 3, 'visit': 2}, account={'name': account['c']['name']})
activities = rnd.sample(activities, ACTIVITIES) if len(activities) > ACTIVITIES else activities

# ---- tasks: done, late, due today and coming ----

open_ones = [o for _, o in opportunities if o['stage'] not in ('won', 'lost')]
busy = {who: [o for o in open_ones if o['owner'] == who] for who in SALES}


def make_task(who, due, created, done_at=None, about=None):
    o = about or (rnd.choice(busy[who]) if busy.get(who) and rnd.random() < .8 else None)
    subject = rnd.choice(words.TASKS).replace('{post}', rnd.choice(('采购经理', '生产副总', '信息总监', '财务总监')))
    record = compact({'subject': subject + (f'：{o["account"]["c"]["short"]}' if o else ''), 'due_at': due, 'priority': pick({'high': 25, 'normal': 60, 'low': 15}),
                      'opportunity': {'name': o['name']} if o else None, 'owner': who, 'created_at': stamp(created), 'created_by': who})
    if done_at:
        record['$then'] = [{'done': True, 'updated_at': stamp(done_at), 'updated_by': who}]
    tasks.append((created, record))


TODAY_HOURS = (10, 11, 14, 15, 16, 17)
for who in SALES:
    for hour in rnd.sample(TODAY_HOURS, 3 if who in ('zhang', 'sun', 'zhou', 'deng', 'ma') else 1):
        make_task(who, {'expr': f"add_worktime($today, '{hour}h')"}, at_work(soon(-rnd.randint(1, 5))))
    for n in range(1, 5 if who in ('zhang', 'sun', 'zhou', 'deng', 'ma') else 2):
        make_task(who, {'expr': f"add_worktime($today + {n}, '{rnd.choice(TODAY_HOURS)}h')"}, at_work(soon(-rnd.randint(1, 5))))
    for _ in range(2):
        make_task(who, stamp(at_work(soon(-rnd.randint(1, 7)))), at_work(soon(-rnd.randint(9, 14))))
for who, subject in (('liu', '提交十二月活动预算'), ('liu', '整理展会线索'), ('xie', '回访上周交付客户'), ('li', '审核季度预测')):
    tasks.append((at_work(soon(-2)), {'subject': subject, 'due_at': {'expr': "add_worktime($today, '16h')"}, 'priority': 'high', 'owner': who, 'created_at': stamp(at_work(soon(-2))), 'created_by': who}))
closed = [o for _, o in opportunities if o['stage'] in ('won', 'lost')]
while len(tasks) < TASKS:
    o = rnd.choice(closed)
    created = datetime.fromisoformat(o['record']['created_at'])
    due = later(created, 2, 25)
    done_at = due and later(due - timedelta(days=1), 0, 3)
    if done_at and done_at > created:
        make_task(o['owner'], stamp(due), created, done_at, o)


# ---- the files ----

def write(place, form, key, records):
    head = {'seed': place[3:], 'form': form, **({'key': key} if key else {}), 'as_of': str(AS_OF)}
    lines = ',\n'.join('    ' + json.dumps(r, ensure_ascii=False) for r in records)
    body = ',\n  '.join(f'{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}' for k, v in head.items())
    (ROOT / f'demo/{place}.json').write_text(f'{{\n  {body},\n  "records": [\n{lines}\n  ]\n}}\n', encoding='utf-8')
    print(f'{len(records):5} {form}')


def in_time(pairs):
    return [r for _, r in sorted(pairs, key=lambda p: p[0])]


# Of hardware and terminals there is what was sold and some more.
for p, record in zip(products, product_records):
    if p['category'] in ('hardware', 'terminal'):
        sold = sum(Decimal(x['qty']) for _, r in orders for x in r['lines'] if x['product']['code'] == p['code'])
        record['stock'] = str(int(sold) + (12, 35, 60, 140, 8)[len(p['name']) % 5])

deals.credit_codes(accounts)
deals.tell(in_time(opportunities), accounts, contacts, [r for _, r in sorted(orders, key=lambda p: p[0])], TEAMS)
care.tell(accounts, [r for _, r in sorted(orders, key=lambda p: p[0])], [r for _, r in sorted(leads, key=lambda p: p[0])], product_records, deals.signed, TEAMS)
approvals.open_quotes(opportunities, deals.quotes)
approvals.open_contracts(accounts, deals.contracts)
for place, form, key, records in deals.files() + care.files():
    write(place, form, key, records)
write('10_products', 'product', ['code'], product_records)
write('05_competitors', 'competitor', ['name'], competitor_records)
write('20_campaigns', 'campaign', ['name'], [c['record'] for c in campaigns])
write('30_accounts', 'account', ['name'], in_time([(a['created'], a['record']) for a in accounts]))
write('40_contacts', 'contact', ['name', 'account'], in_time(contacts))
write('50_leads', 'lead', ['mobile'], in_time(leads))
write('60_opportunities', 'opportunity', ['name'], [o['record'] for o in in_time(opportunities)])
write('70_orders', 'order', None, in_time(orders))
write('80_activities', 'activity', None, in_time(activities))
write('90_tasks', 'task', None, in_time(tasks))
