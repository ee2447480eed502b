"""Around the deals: price books, clauses, pools, targets, complaints, surveys, knowledge, feedback."""
from datetime import datetime, timedelta
from decimal import Decimal

import words
from clock import AS_OF, DAYS, at_work, compact, day_index, later, money, rnd, stamp

SERVICE, MARKETING, LAW, HEAD = 'xie', 'liu', 'fang', 'li'
price_books, clauses, pools, pool_log, targets, complaints, surveys, answers, articles, feedback = [], [], [], [], [], [], [], [], [], []


def said(t, by, **values):
    return {**values, 'created_at': stamp(t), 'created_by': by}


def then(t, by, **values):
    return {**values, 'updated_at': stamp(t), 'updated_by': by}


def opening(day=1, minute=30):
    return datetime.combine(DAYS[day], datetime.min.time()).replace(hour=9, minute=minute)


# ---- what is set up once ----

def set_up(products):
    for code, name, kind, text, must in words.CLAUSES:
        clauses.append(said(opening(1, 10), LAW, code=code, name=name, kind=kind, text=text, must_have=must, owner=LAW))
    on_sale = [p for p in products if p['on_sale']]
    for name, level, share, floor, since in (('标准价格表', None, Decimal(1), Decimal('.9'), 1), ('重点客户价格表', 'vip', Decimal('.94'), Decimal('.85'), 40), ('小客户价格表', 'small', Decimal('1'), Decimal('.95'), 60)):
        rows = [{'product': {'code': p['code']}, 'min_qty': '1', 'price': money(Decimal(p['list_price']) * share), 'floor_price': money(Decimal(p['list_price']) * share * floor)} for p in on_sale]
        price_books.append(compact(said(opening(since, 40), HEAD, name=name, level=level, valid_from=str(DAYS[since]), lines=rows, owner=HEAD)))
    for name, kind, team, per_day, held, prior, recycle in (('线索公海', 'lead', None, 10, 100, 7, 30), ('华东客户公海', 'account', 'sales_east', 3, 120, 30, 90),
                                                           ('华南客户公海', 'account', 'sales_south', 3, 120, 30, 90), ('华北客户公海', 'account', 'sales_north', 3, 120, 30, 90)):
        pools.append(compact(said(opening(1, 50), HEAD, name=name, kind=kind, team=team, claims_per_day=per_day, holding_limit=held, prior_owner_days=prior, recycle_days=recycle, warn_days=3, owner=HEAD)))
    for i, (name, kind, audience, summary, paragraphs) in enumerate(words.ARTICLES):
        by = SERVICE if kind == 'faq' else MARKETING
        t = at_work(DAYS[4 + i * 12])
        body = f'<p>{summary}。</p><ul>' + ''.join(f'<li>{p}</li>' for p in paragraphs) + '</ul>'
        steps = [then(later(t, 1, 4), by, status='published')] if i != len(words.ARTICLES) - 1 else []
        articles.append(compact(said(t, by, name=name, kind=kind, audience=audience, summary=summary, body=body, review_by=str(AS_OF + timedelta(rnd.randint(-20, 200))), owner=by, **({'$then': steps} if steps else {}))))
    for i, (subject, kind, page, state, answer) in enumerate(words.FEEDBACK):
        by = rnd.choice(('zhang', 'zhou', 'sun', 'deng', 'ma', MARKETING, SERVICE))
        t = at_work(DAYS[60 + i * 27])
        steps = [then(later(t, 1, 9), HEAD, status=state, answer=answer)] if state != 'new' else []
        feedback.append(said(t, by, subject=subject, kind=kind, where_seen=page, owner=by, **({'$then': steps} if steps else {})))


# ---- pools ----

def fill_pools(leads):
    pool = {'name': '线索公海'}
    for r in leads:
        given = next((s for s in r.get('$then', []) if 'owner' in s), None)
        if not r.get('owner'):
            r['pool'] = pool
        if given and rnd.random() < .25:
            t = datetime.fromisoformat(given['updated_at'])
            pool_log.append((t, said(t, MARKETING, pool=pool, act='assigned', lead={'mobile': r['mobile']}, person=given['owner'], acted_at=stamp(t))))


# ---- targets: what was sold before, and a little more ----

def nice(x):
    return money(max(50000, round(float(x) / 10000) * 10000))


def set_target(t, goal, back, **values):
    """A target of the period so many months back, whatever day it is then."""
    starts = {'expr': f'{values["grain"]}_start(add_months($today, {-back}))'}
    targets.append((t, said(t, HEAD, starts=starts, **values, floor_goal=nice(goal * Decimal('.8')), goal=nice(goal), stretch_goal=nice(goal * Decimal('1.25')))))


def make_targets(signed, teams):
    people = {p: team for team, (head, members) in teams.items() for p in [*members, head]}
    months = sorted({(d.year, d.month) for d in DAYS[60:]})
    mean = {p: sum((a for _, o, a in signed if o == p), Decimal(0)) / max(1, len(months)) for p in people}
    for year, month in months:
        t = at_work(next(d for d in DAYS if (d.year, d.month) == (year, month)), 9 * 60, 11 * 60)
        back = (AS_OF.year - year) * 12 + AS_OF.month - month
        for person in people:
            for measure, share in (('contracts', Decimal('1.1')), ('receipts', Decimal('.9'))):
                set_target(t, mean[person] * share, back, measure=measure, grain='month', level='person', person=person)
        if back % 3 == 0:
            for team in teams:
                set_target(t, sum(mean[p] for p in people if people[p] == team) * 3, back, measure='contracts', grain='quarter', level='dept', team=f'sales_{team}')
            set_target(t, sum(mean.values()) * 3, back, measure='contracts', grain='quarter', level='company')


# ---- complaints and surveys ----

def order_of(record, orders):
    """The reference to an order: account and day, where that is one."""
    same = [r for r in orders if (r['account'], r['order_date']) == (record['account'], record['order_date'])]
    return {'account': record['account'], 'order_date': record['order_date']} if len(same) == 1 else None


def make_complaint(record, shipped, orders):
    t = later(shipped, 2, 60)
    if not t:
        return
    kind = rnd.choices(list(words.COMPLAINTS), (30, 18, 22, 18, 12))[0]
    subject, content, cause, action, prevention = rnd.choice(words.COMPLAINTS[kind])
    severity = rnd.choices(('critical', 'major', 'minor'), (12, 48, 40))[0]
    made = compact(said(t, SERVICE, subject=subject, account=record['account'], contact=record['contact'], order=order_of(record, orders), channel=rnd.choices(('phone', 'wechat', 'email', 'visit'), (50, 30, 10, 10))[0],
                        kind=kind, severity=severity, received_at=stamp(t), content=content))
    steps, now = [], t
    for status, low, high, more in (('handling', 0, 1, {'handler': SERVICE}), ('resolved', 1, 8, {'cause': cause, 'action': action, 'prevention': prevention}), ('closed', 1, 5, {'satisfied': rnd.random() < .82})):
        now = later(now, low, high)
        if not now:
            break
        if status == 'resolved':
            more = {**more, 'resolved_at': stamp(now), **({'compensation': money(rnd.choice((300, 500, 800, 1200, 2000)))} if severity != 'minor' and rnd.random() < .3 else {})}
        steps.append(then(now, SERVICE, status=status, **more))
    complaints.append((t, {**made, **({'$then': steps} if steps else {})}))


def make_surveys():
    for name, first, last in (('2025 年下半年满意度', 110, 150), ('2026 年上半年满意度', 240, 285), ('交付后回访', 30, None)):
        t = at_work(DAYS[first - 8])
        questions = [{'text': '您对我们的产品和服务满意吗？', 'kind': 'csat', 'required': True}, {'text': '您会向同行推荐我们吗？', 'kind': 'nps', 'required': True}, {'text': '最希望我们改进什么？', 'kind': 'text'}]
        steps = [then(later(t, 1, 3), SERVICE, status='running')] + ([then(at_work(DAYS[last]), SERVICE, status='ended')] if last else [])
        surveys.append(compact(said(t, SERVICE, name=name, kind='both', starts=str(DAYS[first]), ends=str(DAYS[last]) if last else None, questions=questions, owner=SERVICE, **{'$then': steps})))


def make_answer(survey, record, t, orders, order):
    csat = rnd.choices((5, 4, 3, 2, 1), (38, 34, 16, 8, 4))[0]
    nps = max(0, min(10, round(csat * 2 + rnd.uniform(-1.6, .9))))
    answers.append((t, compact(said(t, SERVICE, survey={'name': survey}, account=record['account'], contact=record['contact'], order=order_of(record, orders) if order else None,
                                    answered_at=stamp(t), csat=csat if rnd.random() < .96 else None, nps=nps, comment=rnd.choice(words.COMMENTS[csat])))))


def ask_customers(orders):
    done = [(next((datetime.fromisoformat(s['updated_at']) for s in r.get('$then', []) if s.get('status') == 'done'), None), r) for r in orders]
    for t, record in done:
        if t and day_index(t) > 32 and rnd.random() < .62:
            moved = later(t, 3, 12)
            if moved:
                make_answer('交付后回访', record, moved, orders, True)
    for survey, first, last in (('2025 年下半年满意度', 112, 149), ('2026 年上半年满意度', 242, 284)):
        asked = {}
        for t, record in done:
            if t and day_index(t) < first:
                asked.setdefault(record['account']['name'], record)
        for record in rnd.sample(list(asked.values()), min(len(asked), 55)):
            make_answer(survey, record, at_work(DAYS[rnd.randint(first, last)]), orders, False)


# ---- telling it ----

def tell(accounts, orders, leads, products, signed, teams):
    set_up(products)
    fill_pools(leads)
    make_targets(signed, teams)
    make_surveys()
    for record in orders:
        shipped = next((datetime.fromisoformat(s['updated_at']) for s in record.get('$then', []) if s.get('status') == 'shipped'), None)
        if shipped and rnd.random() < .36:
            make_complaint(record, shipped, orders)
    ask_customers(orders)


def in_time(pairs):
    return [r for _, r in sorted(pairs, key=lambda p: p[0])]


def files():
    return [('11_clauses', 'clause', ['code'], clauses), ('12_price_books', 'price_book', ['name'], price_books), ('45_pools', 'pool', ['name'], pools), ('55_pool_log', 'pool_log', None, in_time(pool_log)),
            ('81_surveys', 'survey', ['name'], surveys), ('82_complaints', 'complaint', None, in_time(complaints)), ('83_survey_answers', 'survey_answer', None, in_time(answers)),
            ('91_targets', 'target', ['measure', 'grain', 'starts', 'level', 'team', 'person'], in_time(targets)), ('92_articles', 'article', ['name'], articles), ('93_feedback', 'feedback', ['subject'], feedback)]
