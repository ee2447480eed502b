"""Reads the served demo data through the API and judges it. Arguments: address of the server, an administrator's token, the time it has."""
import http.cookiejar
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

base, token, now = sys.argv[1:]
CENT = Decimal('.01')
NOW = datetime.fromisoformat(now)
CHINA = timezone(timedelta(hours=8))


def get(path, opener=None, **parameters):
    request = urllib.request.Request(f'{base}/api{path}?{urllib.parse.urlencode(parameters)}')
    if not opener:
        request.add_header('Authorization', f'Bearer {token}')
    with (opener.open if opener else urllib.request.urlopen)(request) as answer:
        return json.load(answer)


def everything(form, fields=None):
    records, cursor = [], None
    while True:
        page = get(f'/crm/{form}', limit=1000, sort='id', **({'fields': fields} if fields else {}), **({'cursor': cursor} if cursor else {}))
        records += page['records']
        cursor = page['next']
        if not cursor:
            return records


def login(name):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    body = json.dumps({'login': name, 'password': 'tenon-demo'}).encode()
    with opener.open(urllib.request.Request(f'{base}/api/session', body, {'Content-Type': 'application/json'})) as answer:
        opener.csrf = json.load(answer)['csrf']
    return opener


def patch(opener, path, values):
    """The status of the answer."""
    head = {'Content-Type': 'application/json', 'X-CSRF-Token': opener.csrf}
    try:
        with opener.open(urllib.request.Request(f'{base}/api{path}', json.dumps(values).encode(), head, method='PATCH')) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def is_true(what, holds, shown=''):
    print(f'{"ok " if holds else "NOT OK "} {what}{": " if shown != "" else ""}{shown}')
    if not holds:
        sys.exit(1)


def moment(text):
    return datetime.fromisoformat(text.replace('Z', '+00:00'))


def share(part, whole):
    return f'{part}/{whole}, {part / whole:.0%}'


forms = ('product', 'campaign', 'account', 'contact', 'lead', 'opportunity', 'order', 'activity', 'task', 'deal_contact', 'quote', 'negotiation', 'contract', 'payment_plan', 'payment',
         'invoice', 'refund', 'complaint', 'survey', 'survey_answer', 'pool', 'pool_log', 'target', 'article', 'clause', 'competitor', 'price_book', 'feedback')
data = {form: everything(form) for form in forms}
leads, accounts, opportunities, orders = (data[form] for form in ('lead', 'account', 'opportunity', 'order'))

# ---- how much ----
wanted = {'product': 55, 'campaign': 12, 'account': 420, 'contact': 700, 'lead': 900, 'opportunity': 380, 'order': 260, 'activity': 1100, 'task': 200, 'deal_contact': 250, 'quote': 220,
          'negotiation': 200, 'contract': 100, 'payment_plan': 150, 'payment': 120, 'invoice': 120, 'refund': 1, 'complaint': 50, 'survey': 3, 'survey_answer': 150, 'pool': 4, 'pool_log': 80,
          'target': 200, 'article': 20, 'clause': 10, 'competitor': 6, 'price_book': 3, 'feedback': 10}
for form, least in wanted.items():
    is_true(f'records of {form}', len(data[form]) >= least, len(data[form]))
is_true('in all', sum(map(len, data.values())) >= 6000, sum(map(len, data.values())))

# ---- nothing twice ----
for form, field in (('lead', 'mobile'), ('lead', 'company'), ('lead', 'number'), ('account', 'name'), ('account', 'phone'), ('contact', 'mobile'),
                    ('opportunity', 'name'), ('opportunity', 'number'), ('order', 'number'), ('product', 'code'), ('campaign', 'name'),
                    ('account', 'credit_code'), ('quote', 'number'), ('contract', 'number'), ('contract', 'name'), ('payment', 'bank_ref'), ('invoice', 'invoice_no')):
    values = [r[field] for r in data[form] if r[field] is not None]
    is_true(f'no {form} {field} twice', values and len(values) == len(set(values)))

# ---- the funnel ----
status = Counter(r['status'] for r in leads)
is_true('leads converted', .2 < status['converted'] / len(leads) < .4, share(status['converted'], len(leads)))
is_true('leads invalid', .2 < status['invalid'] / len(leads) < .45, share(status['invalid'], len(leads)))
is_true('leads open', all(status[s] >= 20 for s in ('new', 'working', 'mql', 'sql')), dict(status))
is_true('converted leads have their account', all(r['account'] for r in leads if r['status'] == 'converted'))
is_true('invalid leads have their reason', all(r['invalid_reason'] for r in leads if r['status'] == 'invalid'))
stage = Counter(r['stage'] for r in opportunities)
closed = stage['won'] + stage['lost']
is_true('opportunities won', .25 < stage['won'] / closed < .5, share(stage['won'], closed))
is_true('every stage has some', all(stage[s] for s in ('contact', 'needs', 'solution', 'demo', 'quote', 'negotiation', 'contract')), dict(stage))
is_true('open opportunities', 60 <= len(opportunities) - closed <= 160, len(opportunities) - closed)
referred = [r for r in leads if r['source'] == 'referral']
found = [r for r in leads if r['source'] in ('search_ad', 'content', 'social')]
rate = [sum(r['status'] == 'converted' for r in some) / len(some) for some in (referred, found)]
is_true('referrals convert better than advertising', rate[0] > rate[1], f'{rate[0]:.0%} and {rate[1]:.0%}')

# ---- totals once more ----
lines = {r['id']: r['lines'] for r in everything('order', 'lines')}
for r in orders:
    net = [(Decimal(x['qty']) * Decimal(x['price']) * (1 - Decimal(x['discount']))).quantize(CENT, ROUND_HALF_UP) for x in lines[r['id']]]
    tax = [(n * Decimal(x['tax_rate'])).quantize(CENT, ROUND_HALF_UP) for n, x in zip(net, lines[r['id']])]
    if (Decimal(r['net_total']), Decimal(r['tax_total']), Decimal(r['total'])) != (sum(net), sum(tax), sum(net) + sum(tax)):
        is_true(f'totals of {r["number"]}', False, r['total'])
count = sum(map(len, lines.values()))
is_true('totals of all orders', count > 600, f'{count} lines, {sum(Decimal(r["total"]) for r in orders)}')
is_true('one to six lines', {len(x) for x in lines.values()} == {1, 2, 3, 4, 5, 6})
is_true('no product twice in an order', all(len({x['product'] for x in rows}) == len(rows) for rows in lines.values()))
ordered = {r['opportunity']: Decimal(r['total']) for r in orders if r['opportunity']}
is_true('won opportunities have an order of their amount', all(ordered.get(r['id']) == Decimal(r['amount']) for r in opportunities if r['stage'] == 'won'))

# ---- from the quote to the money ----
by_id = {form: {r['id']: r for r in data[form]} for form in forms}
contracts, quotes = data['contract'], data['quote']
in_force = [r for r in contracts if r['status'] in ('active', 'expired')]
is_true('every state of a quote', {r['status'] for r in quotes} >= {'sent', 'accepted', 'rejected', 'superseded'}, dict(Counter(r['status'] for r in quotes)))
is_true('one current quote an opportunity', all(n == 1 for n in Counter(r['opportunity'] for r in quotes if r['current']).values()))
is_true('a second version names the first', all(by_id['quote'][r['supersedes']]['status'] == 'superseded' for r in quotes if r['version'] > 1), sum(r['version'] > 1 for r in quotes))
is_true('an accepted quote is what the opportunity is worth', all(Decimal(r['total']) == Decimal(by_id['opportunity'][r['opportunity']]['amount']) for r in quotes if r['status'] == 'accepted'))
is_true('the approval a discount needs', all(r['approval'] == ('none' if Decimal(r['discount_rate']) <= Decimal('.05') else 'manager' if Decimal(r['discount_rate']) <= Decimal('.1') else 'director') for r in quotes), dict(Counter(r['approval'] for r in quotes)))
is_true('won opportunities have their contract', {r['id'] for r in opportunities if r['stage'] == 'won'} == {r['opportunity'] for r in in_force}, len(in_force))
is_true('of the amount of the accepted quote', all(Decimal(r['amount']) == Decimal(by_id['quote'][r['quote']]['total']) == Decimal(r['lines_total']) for r in contracts if r['quote']))
due, paid, asked, back = ({r['id']: Decimal(0) for r in contracts} for _ in range(4))
for into, form, want in ((due, 'payment_plan', None), (paid, 'payment', 'confirmed'), (asked, 'invoice', 'issued'), (back, 'refund', 'paid')):
    for r in data[form]:
        if not want or r['status'] == want:
            into[r['contract']] += Decimal(r['amount'])
is_true('instalments add up to the contract', all(due[r['id']] == Decimal(r['amount']) for r in in_force), f'{sum(due.values())}')
is_true('no more received than due', all(paid[r['id']] <= Decimal(r['amount']) for r in contracts), f'{sum(paid.values())}')
is_true('some is outstanding', Decimal('.3') < sum(paid.values()) / sum(due.values()) < Decimal('.95'), f'{sum(paid.values()) / sum(due.values()):.0%}')
is_true('no more invoiced than due', all(asked[r['id']] <= Decimal(r['amount']) for r in contracts), f'{sum(asked.values())}')
is_true('no more back than received', all(back[r['id']] <= paid[r['id']] for r in contracts))
is_true('what a contract brings belongs to its salesman', all(r['owner'] == by_id['contract'][r['contract']]['owner'] and r['dept'] == by_id['contract'][r['contract']]['dept'] for form in ('payment_plan', 'payment', 'invoice', 'refund') for r in data[form]))
is_true('a complaint belongs to the salesman of the account', all(r['owner'] == by_id['account'][r['account']]['owner'] for r in data['complaint']))
is_true('a contract knows its money', all((Decimal(r['received'] or 0), Decimal(r['invoiced'] or 0), Decimal(r['receivable'])) == (paid[r['id']], asked[r['id']], Decimal(r['amount']) - paid[r['id']] + back[r['id']]) for r in contracts))
is_true('an instalment knows what is open', sum(Decimal(r['open']) for r in data['payment_plan']) == sum(due.values()) - sum(paid.values()), f'{sum(Decimal(r["open"]) for r in data["payment_plan"])}')
sold = Counter()
for r in orders:
    for x in lines[r['id']]:
        sold[x['product']] += Decimal(x['qty']) if r['status'] != 'cancelled' else 0
is_true('a product knows what was sold', all(Decimal(r['sold'] or 0) == sold[r['id']] for r in data['product']))
is_true('nothing is oversold', all(Decimal(r['available']) >= 0 for r in data['product'] if r['stock'] is not None), sum(r['stock'] is not None for r in data['product']))
is_true('a survey knows its score', all(r['nps_score'] == int((Decimal(r['promoters'] - r['detractors']) * 100 / r['asked_nps']).quantize(Decimal(1), ROUND_HALF_UP)) for r in data['survey']), [r['nps_score'] for r in data['survey']])
stars = {r['id']: [x['csat'] for x in data['survey_answer'] if x['survey'] == r['id'] and x['csat']] for r in data['survey']}
is_true('and the mean of its stars', all(Decimal(r['csat_mean']) == (Decimal(sum(stars[r['id']])) / len(stars[r['id']])).quantize(CENT, ROUND_HALF_UP) for r in data['survey']), [r['csat_mean'] for r in data['survey']])
is_true('satisfied mostly', 3.5 < sum(r['csat'] for r in data['survey_answer'] if r['csat']) / sum(bool(r['csat']) for r in data['survey_answer']) < 4.5)
is_true('stages of life', {r['status'] for r in accounts} == {'prospect', 'new', 'active', 'dormant', 'churned'}, dict(Counter(r['status'] for r in accounts)))

# ---- time ----
made = {r['id']: moment(r['created_at']) for records in data.values() for r in records}
is_true('nothing lies ahead', all(moment(r['updated_at']) <= NOW for records in data.values() for r in records))
is_true('18 months', timedelta(500) < NOW - min(made.values()) < timedelta(580), f'{(NOW - min(made.values())).days} days')
local = [t.astimezone(CHINA) for t in made.values()]
is_true('made on working days and hours', all(t.weekday() < 5 and 8 <= t.hour < 20 for t in local))
is_true('an account is older than its opportunities', all(made[r['account']] <= made[r['id']] for r in opportunities))
is_true('an opportunity is older than its order', all(made[r['opportunity']] <= made[r['id']] for r in orders if r['opportunity']))
is_true('an activity follows what it is about', all(made[r[f]] <= moment(r['at']) for r in data['activity'] for f in ('lead', 'account', 'opportunity') if r[f]))
by_month = Counter(made[r['id']].astimezone(CHINA).strftime('%Y-%m') for r in leads)
whole = sorted(by_month[m] for m in sorted(by_month)[1:-1])  # which months are the quiet ones moves with today
is_true('busy months and quiet ones', len(whole) >= 16 and whole[0] * 1.6 < whole[-1], f'{whole[0]} to {whole[-1]}')
is_true('some leads are overdue', 20 <= sum(bool(r['next_contact']) and moment(r['next_contact']) < NOW for r in leads if r['status'] in ('new', 'working', 'mql', 'sql')) <= 250)

# ---- people ----
sales = ('zhang', 'zhou', 'sun', 'deng', 'ma', 'wang', 'zhao', 'gao')
today = NOW.astimezone(CHINA).date()
for who in sales:
    mine = [r for r in data['task'] if r['owner'] == who and not r['done']]
    due = [r for r in mine if moment(r['due_at']).astimezone(CHINA).date() == today]
    late = [r for r in mine if moment(r['due_at']).astimezone(CHINA).date() < today]
    is_true(f'{who} has tasks due today and late ones', due and late, f'{len(due)} and {len(late)}')
is_true('owners work where the account is', all({r['dept'] for r in accounts if r['region'][0] == p} <= {d} for p, d in (('32', 'sales_east'), ('44', 'sales_south'), ('11', 'sales_north'))))
tree = next(e for e in get('/crm/definition')['enums'] if e['enum'] == '$region')['values']
cities = [c for p in tree for c in p['children']]
sizes = len(tree), len(cities), sum(len(c.get('children', [])) for c in cities)
is_true('provinces, cities, districts', sizes == (31, 342, 2978), sizes)

# ---- rights ----
zhang, sun, liu = login('zhang'), login('sun'), login('liu')
pool = get('/crm/lead', zhang, filter='owner == null', limit=1000)['records']
is_true('a mobile in the pool is masked', pool and all('*' in r['mobile'] for r in pool), len(pool))
is_true('and an e-mail hidden', all('email' not in r for r in pool))
own = get('/crm/lead', zhang, filter='owner == $user', limit=1000)['records']
is_true('his own are not', own and all('*' not in r['mobile'] for r in own), len(own))
is_true('he sees nobody else\'s', get('/crm/lead', zhang, limit=1, count='exact')['count'] == len(pool) + len(own))
is_true('nor what products cost', all('cost' not in r for r in get('/crm/product', zhang)['records']))
is_true('the south does not see eastern accounts', {r['dept'] for r in get('/crm/account', sun, limit=1000)['records']} == {'sales_south'})
seen = [r['mobile'] for r in get('/crm/contact', liu, limit=1000)['records'] if r['mobile']]
is_true('marketing sees contacts masked', seen and all('*' in number for number in seen), len(seen))
home = get('/crm/definition', zhang)['app']['home']
is_true('home as a salesman has it', [x['form'] for x in home['todo']] == ['task', 'lead', 'opportunity', 'order', 'payment_plan'] and [x['form'] for x in home['figures']] == ['payment', 'opportunity', 'opportunity', 'payment_plan'])
for entry in home['todo'] + home['figures']:
    get(f'/crm/{entry["form"]}', zhang, filter=entry['filter'], count='exact', limit=1)
is_true('every list of home can be asked', True)

# ---- a lead is claimed, an opportunity moved ----
first, second = (f'/crm/lead/{r["id"]}' for r in pool[:2])
is_true('nobody gives away what is in the pool', patch(zhang, first, {'owner': 'sun'}) == 403 and get(first)['owner'] is None)
is_true('he claims it and sees the number', patch(zhang, first, {'owner': 'zhang'}) == 200 and '*' not in get(first, zhang)['mobile'])
is_true('then it is nobody else\'s', patch(sun, first, {'owner': 'sun'}) == 404 and get(first)['owner'] == 'zhang')
is_true('marketing works on the pool', patch(liu, second, {'status': 'working'}) == 200 and get(second)['status'] == 'working')
fresh = next(r for r in opportunities if r['stage'] == 'contact' and r['owner'] == 'zhang')
path = f'/crm/opportunity/{fresh["id"]}'
is_true('no stage is jumped', patch(zhang, path, {'stage': 'won'}) == 422 and get(path)['stage'] == 'contact')
is_true('a loss has its reason', patch(zhang, path, {'stage': 'lost'}) == 422 and get(path)['stage'] == 'contact')
is_true('one stage further', patch(zhang, path, {'stage': 'needs'}) == 200 and get(path)['stage'] == 'needs')

# ---- approvals: what is on everybody's desk ----
desks = {}
for name in ('chen', 'li', 'wang', 'zhao', 'gao', 'zhang', 'zhou', 'sun', 'deng', 'ma', 'liu', 'xie', 'qian', 'fang'):
    opener = login(name)
    desks[name] = {box: get('/tasks', opener, box=box, limit=200)['tasks'] for box in ('todo', 'done', 'started')}
is_true('everybody has something to decide', all(2 <= len(d['todo']) <= (14 if who == 'qian' else 6) for who, d in desks.items()), {who: len(d['todo']) for who, d in desks.items()})
is_true('some of it is late', sum(t['overdue'] for d in desks.values() for t in d['todo']) >= 10)
is_true('and much is done', all(len(desks[who]['done']) >= 15 for who in ('chen', 'li', 'wang', 'zhao', 'gao', 'qian', 'fang')), {who: len(d['done']) for who, d in desks.items() if d['done']})
is_true('what came back is with who asked for it', all(any(t['kind'] == 'resubmit' for t in desks[who]['todo']) for who in ('zhang', 'zhou', 'sun', 'deng', 'ma')))
is_true('what was approved was approved by its flow', all(get(f'/crm/contract/{r["id"]}/runs')['runs'][0]['state'] == 'approved' for r in in_force[:20]))
is_true('and what is in approval runs', all(get(f'/crm/contract/{r["id"]}/runs')['runs'][0]['state'] == 'running' for r in contracts if r['status'] == 'in_approval'), sum(r['status'] == 'in_approval' for r in contracts))
