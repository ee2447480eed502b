"""Approvals under attack: whoever has a session asks for what is not his, by every way there is; what is stored is read again."""
import os
import sys
import time
from datetime import datetime, timedelta, timezone

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from client import Person, is_equal  # noqa: E402

base, token = sys.argv[1:3]
admin = Person(base, 'vault', token=token)
people = {name: Person(base, 'vault', name, 'flow-test-1') for name in 'boss ann ben paul fin law adm non dim b1 b2 b3'.split()}
PNG = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='


def make(form, who='ann', **values):
    status, record = people[who].ask(form, **{'what': 'paper', **values})
    assert status == 201, record
    return record


def start(flow, record, wanted=201, **body):
    status, run = people['ann'].call('POST', f'/vault/flows/{flow}/start', {'record': record['id'], **body})
    assert status == wanted, (flow, status, run)
    return run


def act(run, by, what, **body):
    task = [o['task'] for o in run['open'] if o['who'] == by][0]
    return people[by].call('POST', f'/tasks/{task}/{what}', body)


def done(run, by, what, **body):
    status, answer = act(run, by, what, **body)
    assert status == 200, (what, status, answer)
    return answer


def refused(what, wanted, answered):
    is_equal(what, wanted, (answered[0], answered[1]['code']))


def asked(run):
    return sorted(o['who'] for o in admin.call('GET', f'/runs/{run["id"]}')[1]['open'])


def runs_of(form, record):
    return people['ann'].call('GET', f'/vault/{form}/{record["id"]}/runs')[1]['runs']


def other_eyes():
    """A step opens a field to whom it asks, to nobody else who looks at the task."""
    record = make('paper', 'paul', code='C0DE', salary='777', lines=[{'item': 'pen', 'cost': '55'}])
    run = start('opened', record)

    def seen(who, task):
        status, answer = people[who].call('GET', f'/tasks/{task}')
        content = answer.get('content') or {}
        return (status, content.get('salary'), content.get('code'), [row.get('cost') for row in content.get('lines') or []], answer['title'])

    task, whole = run['open'][0]['task'], f'{run["id"]}-0'
    is_equal('who is asked sees what is opened, not what is hidden, not even in the title', (200, '777.00', None, ['55.00'], None), seen('fin', task))
    is_equal('nor in the inbox', [None], [t['title'] for t in people['fin'].call('GET', '/tasks')[1]['tasks'] if t['run'] == run['id']])
    for who in 'ann', 'ben':
        is_equal(f'{who} reads the record without its salary, through the task too', (200, None, None, [None], 'paper C0DE'), seen(who, task))
        is_equal(f'{who}: and through the run', (200, None, 'C0DE', [None], 'paper C0DE'), seen(who, whole))
        status, lent = people[who].call('GET', f'/tasks/{task}/definition')
        is_equal(f'{who}: the form is told as his roles know it', (200, False), (status, 'salary' in [f['name'] for f in lent['forms'][0]['fields']]))
    for at in task, whole:
        is_equal('an administrator of the app has no part in it', (200, None, None, [], None), seen('adm', at))
        is_equal('a stranger finds nothing', 404, people['non'].call('GET', f'/tasks/{at}')[0])
    done(run, 'fin', 'cc', who='non')
    copy = [t['id'] for t in people['non'].call('GET', '/tasks?box=cc')[1]['tasks']][0]
    is_equal('who is told of it sees what the step opens', (200, '777.00', None, ['55.00'], None), seen('non', copy))
    done(run, 'fin', 'cc', who=['non', 'non', 'law'])
    is_equal('nobody is told twice', 1, len(people['non'].call('GET', '/tasks?box=cc')[1]['tasks']))


def judging_oneself():
    """Where the starter may not approve his own, nobody can make him."""
    run = start('stern', make('paper'))
    refused('by transfer', (409, 'flow_not_starter'), act(run, 'fin', 'transfer', who='ann'))
    for where in 'before', 'after', 'parallel':
        refused(f'as a signer {where}', (409, 'flow_not_starter'), act(run, 'fin', 'add', who=['law', 'ann'], where=where))
    is_equal('nobody else is asked', ['fin'], asked(run))
    run = done(run, 'fin', 'delegate', who='ann')
    refused('he may give advice, and no more', (403, 'task_not_allowed'), act(run, 'ann', 'approve'))
    run = done(run, 'ann', 'complete')
    is_equal('whose task it was decides', ['fin'], asked(run))
    admin.call('POST', '/test/clock', {'now': (datetime.now(timezone.utc) + timedelta(hours=2)).strftime('%Y-%m-%dT%H:%M:%SZ')})
    is_equal('too late, it goes up past the starter', ['boss'], until_asked(run, ['boss']))
    run = start('stern_nobody', make('paper'))
    is_equal('nor as who is asked when nobody is found', ['admin'], asked(run))


def until_asked(run, wanted):
    for _ in range(3000):
        if asked(run) == wanted:
            break
        time.sleep(0.02)
    return asked(run)


def votes():
    run = done(start('counted', make('paper')), 'b1', 'add', who=['law', 'law', 'user:law'], where='parallel')
    is_equal('who is named twice has one vote', ['b1', 'b2', 'b3', 'law'], asked(run))


def naming():
    run = done(start('picking', make('paper'), picks={'next': ['ann']}), 'fin', 'approve')
    is_equal('the starter names nobody for a step that is left to the one before', ['admin'], asked(run))
    run = done(start('picking', make('paper')), 'fin', 'approve', picks={'next': ['law']})
    is_equal('who decides does', ['law'], asked(run))
    refused('nobody names hundreds', (400, 'flow_who_many'), act(start('picking', make('paper')), 'fin', 'approve', picks={'next': ['law'] * 51}))


def signatures():
    run = start('signed', make('paper'))
    for bad in '<svg onload=alert(1)>', 'data:image/svg+xml;base64,PHN2Zz4=', 'data:image/png;base64,PHN2Zz4=', PNG + '"><script>', 'https://example.com/a.png':
        refused(f'a signature is a picture, not {bad[:30]}', (422, 'invalid'), act(run, 'fin', 'approve', signature=bad))
    is_equal('nothing was decided', ['fin'], asked(run))
    done(run, 'fin', 'cc', who='law', signature=PNG)
    run = done(run, 'fin', 'approve', signature=PNG)
    is_equal('it stands with the verdict alone', [('approve', PNG)], [(line['act'], line['signature']) for line in run['log'] if 'signature' in line])


def what_is_shown():
    run = start('signed', make('paper'))
    refused('a revision that is none is not left unread', (400, 'bad_id'), act(run, 'fin', 'approve', signature=PNG, rev='1'))
    is_equal('nothing was decided', ['fin'], asked(run))


def other_approvals():
    """An approval does what it is for; what another flow guards is not done along with it."""
    deed = make('deed', amount='1')

    def now():
        read = people['ann'].read('deed', deed)
        return read['what'], read['amount'], read['stage']

    before = now()
    refused('a change beside the move', (409, 'flow_needed'), people['ann'].call('POST', '/vault/flows/deed_close/start', {'record': deed['id'], 'changes': {'stage': 'closed', 'amount': '999'}}))
    refused('a move beside the change', (409, 'flow_needed'), people['ann'].call('POST', '/vault/flows/deed_change/start', {'record': deed['id'], 'changes': {'stage': 'closed', 'amount': '999'}}))
    is_equal('nothing has begun', [], runs_of('deed', deed))
    run = done(start('deed_look', deed), 'b1', 'return')
    refused('correcting what another approval is under way for', (409, 'flow_needed'), act(run, 'ann', 'resubmit', fields={'amount': '999'}))
    refused('nor is it moved that way', (409, 'flow_needed'), act(run, 'ann', 'resubmit', fields={'stage': 'closed'}))
    is_equal('it is as it was', before, now())
    done(done(run, 'ann', 'resubmit'), 'b1', 'approve')
    run = done(start('deed_change', deed, changes={'amount': '3'}), 'law', 'return')
    refused('what is asked for is corrected, within the same bounds', (409, 'flow_needed'), act(run, 'ann', 'resubmit', fields={'stage': 'closed'}))
    run = done(run, 'ann', 'resubmit', fields={'amount': '5', 'what': 'other'})
    is_equal('and still waits for its approval', before, now())
    task = people['law'].call('GET', f'/tasks/{run["open"][0]["task"]}')[1]
    is_equal('who decides sees all of it', [('amount', '1.00', '5'), ('what', 'paper', 'other')], [(c['field'], c['old'], c['new']) for c in task['asked']['changes']])
    done(run, 'law', 'reject')
    is_equal('refused, nothing of it is done', before, now())
    done(start('deed_close', deed, changes={'stage': 'closed'}), 'fin', 'approve')
    is_equal('the move alone is', ('paper', '1.00', 'closed'), now())


def guessing():
    """Who designs flows without seeing the records learns nothing of them by trying what he designs."""
    make('paper', 'paul', salary='777')
    steps = [{'id': 'one', 'kind': 'approve', 'who': ['user:fin']}]

    def tried(who, steps, values):
        flow = {'flow': 'guess', 'form': 'paper', 'label': {'zh-CN': '猜', 'en': 'Guess'}, 'start': {'who': ['role:staff']}, 'steps': steps}
        status, answer = (admin if who == 'admin' else people[who]).call('POST', '/vault/flows/guess/preview', {'definition': flow, 'as': 'ann', 'values': values})
        return status, answer.get('code', 'walked')

    asking = [{'id': 'one', 'kind': 'approve', 'who': [{'query': {'form': 'paper', 'where': 'salary == 777', 'take': 'owner'}}]}]
    going = [{'id': 'ways', 'kind': 'branch', 'cases': [{'when': 'salary > 700', 'steps': steps}, {'else': True, 'steps': []}]}]
    status, _ = admin.call('PATCH', '/users/adm', {'roles': {'vault': ['staff']}})
    is_equal('he is staff as well', 200, status)
    is_equal('what he may see he tries', (200, 'walked'), tried('adm', steps, {'what': 'x'}))
    is_equal('whom a query finds', (403, 'flow_preview_hidden'), tried('adm', asking, {'what': 'x'}))
    is_equal('which way it goes', (403, 'flow_preview_hidden'), tried('adm', going, {'what': 'x'}))
    is_equal('the system\'s administrator does', (200, 'walked'), tried('admin', asking, {'what': 'x'}))


def inner_again():
    """A return to the starter ends the flow inside; going straight back it begins anew, or the approval would never end."""
    record = make('paper')
    run = start('inner', record)

    def inside():
        return [(one['state'], sorted(o['who'] for o in one['open'])) for one in runs_of('paper', record) if one['flow'] == 'signed']

    is_equal('it runs', [('running', ['fin'])], inside())
    run = done(run, 'law', 'return')
    is_equal('returned, it ends', [('terminated', [])], inside())
    run = done(run, 'ann', 'resubmit')
    is_equal('and is there again', [('running', ['fin']), ('terminated', [])], inside())
    done(run, 'law', 'approve')
    again = [one for one in runs_of('paper', record) if one['flow'] == 'signed'][0]
    done(again, 'fin', 'approve', signature=PNG)
    is_equal('both end', 'approved', admin.call('GET', f'/runs/{run["id"]}')[1]['state'])


def talking():
    """Who may only read the record says what he likes, and stops nobody by it."""
    run = done(start('signed', make('paper')), 'fin', 'cc', who='law')
    answers = [people['ben'].call('POST', f'/runs/{run["id"]}/comment', {'comment': '"话\\' * 1300}) for _ in range(101)]
    is_equal('a hundred times', [200] * 100 + [409], [status for status, _ in answers])
    status, shown = people['fin'].call('GET', f'/tasks/{run["open"][0]["task"]}')
    is_equal('the task is told all the same', 200, status)
    log = shown['run_detail']['log']
    is_equal('with what was done, and the last that was said', (['start', 'cc'], 'comment', True), ([line['act'] for line in log if line['act'] != 'comment'], log[-1]['act'], shown['run_detail']['log_left_out'] > 0))
    run = done(run, 'fin', 'approve', signature=PNG)
    is_equal('it is decided, and signed', ('approved', PNG), (run['state'], [line['signature'] for line in run['log'] if line['act'] == 'approve'][0]))
    is_equal('the record tells of it', [run['id']], [one['id'] for one in runs_of('paper', {'id': run['record']})])


def without_end():
    """A new record whose flow creates the next one: refused, and the server is still there."""
    refused('records that create one another', (409, 'writes_endless'), people['ann'].ask('echo', n=1))
    is_equal('none is left', [], people['ann'].call('GET', '/vault/echo')[1]['records'])


def publish_as(who, when='true', **flows):
    """What somebody who administers the app publishes: it is his own hand that writes the flow."""
    bundle = admin.call('GET', '/apps/vault/bundle')[1]
    for name, steps in flows.items():
        bundle['files'][f'flows/{name}.json'] = {
            'flow': name, 'form': 'paper', 'label': {'zh-CN': name, 'en': name}, 'start': {'who': ['role:staff'], 'when': when}, 'steps': steps}
    return who.call('POST', '/apps/vault/apply', bundle)


def lent_to_himself():
    """Who administers the app names himself: being asked shows him no more than his roles do. Nor does he have hidden values copied."""
    status, answer = admin.call('POST', '/users', {'user': 'ada', 'label': '艾', 'password': 'flow-test-1', 'administers': ['vault'], 'roles': {'vault': ['staff']}})
    assert status == 201, answer
    status, answer = admin.call('PATCH', '/users/adm', {'roles': {}})
    assert status == 200, answer
    ada = people['ada'] = Person(base, 'vault', 'ada', 'flow-test-1')
    is_equal('naming himself is no offence', 200, publish_as(ada, mirror=[{'id': 'me', 'kind': 'approve', 'who': ['user:ada', 'user:adm', 'user:law'], 'mode': 'any', 'fields': {'salary': 'read', 'code': 'read'}}])[0])
    record = make('paper', 'paul', code='C0DE', salary='778', lines=[{'item': 'pen', 'cost': '55'}])
    run = start('mirror', record)

    def seen(who):
        task = [o['task'] for o in run['open'] if o['who'] == who][0]
        answer = people[who].call('GET', f'/tasks/{task}')[1]
        content = answer.get('content') or {}
        return content.get('salary'), content.get('code'), [row.get('cost') for row in content.get('lines') or []], answer['title']

    is_equal('another who is asked sees what the step shows', ('778.00', 'C0DE', ['55.00'], 'paper C0DE'), seen('law'))
    is_equal('his role hides it, the step does not show it', (None, 'C0DE', [None], 'paper C0DE'), seen('ada'))
    is_equal('one without a role sees nothing', (None, None, [], None), seen('adm'))
    is_equal('and no title in his inbox', [None], [t['title'] for t in people['adm'].call('GET', '/tasks?box=todo&flow=mirror')[1]['tasks']])
    is_equal('he may decide all the same', 200, act(run, 'ada', 'approve')[0])
    copied = [{'id': 'put', 'kind': 'act', 'do': [{'set': {'mark': "text(salary)"}}]}]
    hinted = [{'id': 'way', 'kind': 'branch', 'cases': [{'when': 'salary > 500', 'steps': [{'id': 'a', 'kind': 'approve', 'who': ['user:law']}]}, {'else': True, 'steps': []}]}]
    bitwise = [{'id': 'put', 'kind': 'act', 'do': [{'if': 'salary > 500', 'then': [{'set': {'mark': "'rich'"}}]}]}]
    stopped = [{'id': 'put', 'kind': 'act', 'do': [{'fail': {'message': {'zh-CN': '{salary}', 'en': '{salary}'}}}]}]
    refusing = [{'id': 'put', 'kind': 'act', 'do': [{'if': 'salary > 500', 'then': [{'fail': {'message': {'zh-CN': '多', 'en': 'Much'}}}]}]}]
    found = [{'id': 'one', 'kind': 'approve', 'who': [{'query': {'form': 'paper', 'where': 'salary > 500', 'take': 'owner'}}]}]
    waiting = [{'id': 'one', 'kind': 'wait', 'until': {'form': 'paper', 'when': 'salary > 500'}}]
    for name, steps in (('copied', copied), ('hinted', hinted), ('bitwise', bitwise), ('stopped', stopped), ('refusing', refusing), ('found', found), ('waiting', waiting)):
        refused(f'{name}: a flow does not tell him what his role hides', (403, 'app_admin_exposes'), publish_as(ada, **{name: steps}))
        is_equal('and is not there', 404, admin.call('GET', f'/vault/flows/{name}/versions')[0])
    refused('nor by whether it begins', (403, 'app_admin_exposes'), publish_as(ada, 'salary > 500', beginning=[{'id': 'a', 'kind': 'approve', 'who': ['user:law']}]))
    is_equal('what his role shows may decide', 200, publish_as(ada, "what == 'x'", open=[{'id': 'a', 'kind': 'approve', 'who': [{'query': {'form': 'paper', 'where': "code == 'x'", 'take': 'owner'}}]}])[0])
    is_equal('a system administrator may', 200, publish_as(admin, copied=copied)[0])
    is_equal('then what he leaves as it is passes', 200, publish_as(ada, plain=[{'id': 'a', 'kind': 'approve', 'who': ['user:law']}])[0])


def told_in_words():
    """Who administers the app and has no role hears no value in the words his own flow stops with."""
    steps = [{'id': 'me', 'kind': 'approve', 'who': ['user:adm', 'user:law'], 'mode': 'any'},
             {'id': 'put', 'kind': 'act', 'do': [{'fail': {'message': {'zh-CN': '薪{salary}', 'en': 'Pay {salary}'}}}]}]
    assert admin.call('PATCH', '/users/adm', {'roles': {}})[0] == 200
    is_equal('he may publish it', 200, publish_as(people['adm'], telling=steps)[0])
    run = start('telling', make('paper', 'paul', salary='778'))
    for who, words in ('adm', '…'), ('law', '薪778.00'):
        status, answer = act(run, who, 'approve')
        is_equal(f'{who} hears', (422, [words]), (status, [e['params']['message'] for e in answer.get('errors', [])]))
    is_equal('nothing was decided', ['adm', 'law'], asked(run))


def moved_off_its_clock():
    """A run is moved to a version whose step has no deadline: nothing is due there any more, and nothing acts in its place."""
    def publish(**clock):
        assert publish_as(admin, timed=[{'id': 'one', 'kind': 'approve', 'who': ['user:fin'], **clock}])[0] == 200

    publish(due='1h', on_due=['escalate'])
    run = start('timed', make('paper'))
    publish()
    status, moved = admin.call('POST', '/vault/flows/timed/migrate', {})
    is_equal('it is moved', (200, 1, []), (status, moved['moved'], moved['stuck']))
    is_equal('without a deadline', [None], [o['due'] for o in admin.call('GET', f'/runs/{run["id"]}')[1]['open']])
    admin.call('POST', '/test/clock', {'now': (datetime.now(timezone.utc) + timedelta(hours=9)).strftime('%Y-%m-%dT%H:%M:%SZ')})
    time.sleep(0.5)
    is_equal('it waits for him still', ['fin'], asked(run))
    done(run, 'fin', 'approve')


def votes_move_along():
    """A run is moved in the middle of a vote to a step of another name: what has been cast still counts."""
    def publish(step):
        assert publish_as(admin, polled=[{'id': step, 'kind': 'approve', 'who': ['user:b1', 'user:b2', 'user:b3'], 'mode': {'vote': 'count >= 2'}}])[0] == 200

    publish('first')
    run = done(start('polled', make('paper')), 'b1', 'approve')
    publish('second')
    status, moved = admin.call('POST', '/vault/flows/polled/migrate', {'map': {'first': 'second'}})
    is_equal('it is moved', (200, 1, []), (status, moved['moved'], moved['stuck']))
    run = admin.call('GET', f'/runs/{run["id"]}')[1]
    is_equal('to the other step', ['second'] * 2, [o['step'] for o in run['open']])
    is_equal('one more is enough', 'approved', done(run, 'b2', 'approve')['state'])


def masked_title():
    """Whose role shows a field masked reads it masked, in the title of what he is asked about too."""
    is_equal('asked about a record his role does not reach', 200, publish_as(admin, veiled=[{'id': 'one', 'kind': 'approve', 'who': ['user:dim']}])[0])
    run = start('veiled', make('paper', code='C0DE9999'))
    task = people['dim'].call('GET', f'/tasks/{run["open"][0]["task"]}')[1]
    is_equal('in the record', False, 'C0DE9999' in str(task['content']))
    is_equal('in the title', None, task['title'])
    is_equal('in the inbox', [None], [t['title'] for t in people['dim'].call('GET', '/tasks')[1]['tasks']])


def beyond_reach():
    """Who designs flows learns nothing of records that his own point to and his roles do not reach."""
    paper = make('paper', code='C0DE')
    deed = make('deed', about=paper['id'])
    steps = [{'id': 'one', 'kind': 'approve', 'who': ['user:fin']}]

    def tried(when):
        flow = {'flow': 'guess', 'form': 'deed', 'label': {'zh-CN': '猜', 'en': 'Guess'}, 'start': {'who': ['role:staff']},
                'steps': [{'id': 'ways', 'kind': 'branch', 'cases': [{'when': when, 'steps': steps}, {'else': True, 'steps': []}]}]}
        status, answer = people['adm'].call('POST', '/vault/flows/guess/preview', {'definition': flow, 'as': 'ann', 'record': deed['id']})
        return status, answer.get('code', 'walked')

    assert admin.call('PATCH', '/users/adm', {'roles': {'vault': ['clerk']}})[0] == 200
    is_equal('the record is out of his reach', 404, people['adm'].call('GET', f'/vault/paper/{paper["id"]}')[0])
    is_equal('his own he tries', (200, 'walked'), tried("what == 'paper'"))
    is_equal('not what lies behind it', (403, 'flow_preview_hidden'), tried("about.code == 'C0DE'"))
    is_equal('nor what shows it', (403, 'flow_preview_hidden'), tried("about_code == 'C0DE'"))


def pointed_at():
    """A title that names what the record points at tells it to whom that is open, not to whoever is asked."""
    record = make('note', about=make('paper', 'paul', code='C0DE')['id'])
    run = start('noted', record)

    def titles(who):
        task = [o['task'] for o in run['open'] if o['who'] == who][0]
        return people[who].call('GET', f'/tasks/{task}')[1]['title'].strip(), [t['title'].strip() for t in people[who].call('GET', '/tasks?flow=noted')[1]['tasks']]

    is_equal('who has no role that knows papers', ('paper', ['paper']), titles('law'))
    is_equal('who reads papers', ('paper C0DE', ['paper C0DE']), titles('paul'))


for scenario in other_eyes, judging_oneself, votes, naming, signatures, what_is_shown, other_approvals, guessing, inner_again, talking, without_end, lent_to_himself, told_in_words, moved_off_its_clock, votes_move_along, masked_title, beyond_reach, pointed_at:
    print(f'-- {scenario.__name__}')
    scenario()
