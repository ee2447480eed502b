"""kill -9 of the serving process while people approve: clients resend what got no answer, under the same key. At the end every
approval has the story it would have had undisturbed: no verdict lost, none twice, nobody told twice."""
import collections
import http.client
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from client import Person, is_equal  # noqa: E402

tenon, app, data, log = sys.argv[1:5]
KILLS = int(os.environ.get('TENON_KILLS', 12 * int(os.environ.get('TENON_DEPTH', '1'))))
WORKERS = 6
LOST = (urllib.error.URLError, ConnectionError, http.client.HTTPException, TimeoutError)
STORY = [('start', 'ann', 'start'), ('approve', 'boss', 'lead'), ('branch', None, 'band'), ('approve', 'law', 'legal'), ('approve', 'fin', 'finance')]
TOLD = {('boss', 'flow_task'): 1, ('law', 'flow_task'): 1, ('fin', 'flow_task'): 1, ('ann', 'flow_approved'): 1}


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, port):
        self.port, self.process = port, None

    def start(self):
        with open(log, 'ab') as out:
            self.process = subprocess.Popen([tenon, 'serve', app, '--data', data, '--listen', f'127.0.0.1:{self.port}'], stdout=out, stderr=out)
        for _ in range(1600):
            assert self.process.poll() is None, open(log).read()
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError('the server does not come up')

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        is_equal('the server stops by itself', 0, self.process.wait())


class Client:
    """One command under one key, sent until somebody answers."""

    def __init__(self, people, name):
        self.people, self.name, self.sent, self.again, self.heard = people, name, 0, 0, 0
        self.patience = time.monotonic() + 60 + 20 * KILLS

    def do(self, who, path, body):
        self.sent += 1
        key = f'{self.name}-{self.sent}'
        while True:
            try:
                status, answer = self.people[who].call('POST', path, body, **{'Idempotency-Key': key})
                assert status in (200, 201), (path, status, answer)
                self.heard += 1
                return answer
            except LOST:
                assert time.monotonic() < self.patience, 'nobody answers'
                self.again += 1
                time.sleep(0.02)

    def approval(self):
        record = self.do('ann', '/pay/request', {'what': self.name, 'amount': '2000'})
        run = self.do('ann', '/pay/flows/both/start', {'record': record['id']})
        for who in ('boss', 'law', 'fin'):
            task = next(o['task'] for o in run['open'] if o['who'] == who)
            run = self.do(who, f'/tasks/{task}/approve', {})
        assert run['state'] == 'approved', run
        return run['id']


def work(client, done, finished):
    while not finished.is_set():
        done.append(client.approval())


def stories(db):
    found = collections.defaultdict(list)
    for run, who, act, step in db.execute('SELECT l.run, u.login, l.act, l.step FROM sys_flow_log l LEFT JOIN sys_user u ON u.id = l.who ORDER BY l.run, l.seq'):
        found[run].append((act, who, step))
    return found


def told(db):
    found = collections.defaultdict(collections.Counter)
    for text, login, kind, many in db.execute("SELECT n.text, u.login, n.kind, n.many FROM notification n JOIN sys_user u ON u.id = n.user_id WHERE n.kind LIKE 'flow%'"):
        found[int(text.split('-')[0])][login, kind] += many
    return found


server = Server(free_port())
server.start()
base = f'http://127.0.0.1:{server.port}'
people = {name: Person(base, 'pay', name, 'flow-test-1') for name in ('ann', 'boss', 'law', 'fin')}
done, finished = [], threading.Event()
clients = [Client(people, f'client-{i}') for i in range(WORKERS)]
threads = [threading.Thread(target=work, args=(c, done, finished)) for c in clients]
[t.start() for t in threads]
heard = lambda: sum(c.heard for c in clients)  # noqa: E731
for _ in range(KILLS):
    # After so many answers, not after so long: a busy machine gives few in its time.
    enough = heard() + random.randint(6, 60)
    while heard() < enough and any(t.is_alive() for t in threads):
        time.sleep(0.005)
    time.sleep(random.uniform(0, 0.02))
    server.kill()
    server.start()
finished.set()
[t.join() for t in threads]
server.stop()

with sqlite3.connect(f'{data}/tenon.db') as db:
    is_equal('every approval was acknowledged, and no other is there', sorted(done), [run for run, in db.execute('SELECT id FROM sys_flow_run ORDER BY id')], len(done))
    is_equal('all are approved', {'approved'}, {state for state, in db.execute('SELECT DISTINCT state FROM sys_flow_run')})
    is_equal('no task is open', 0, db.execute("SELECT count(*) FROM sys_flow_task WHERE state = 'open'").fetchone()[0])
    is_equal('each has the story of an undisturbed one', [], [(run, s) for run, s in stories(db).items() if sorted(s) != sorted(STORY)][:3])
    is_equal('nobody was told twice', [], [(run, t) for run, t in told(db).items() if t != TOLD][:3])
    is_equal('all were told', len(done), len(told(db)))
    is_equal('one record an approval', len(done), db.execute('SELECT count(*) FROM pay_request').fetchone()[0])
again = sum(c.again for c in clients)
assert len(done) > KILLS and again > KILLS, (len(done), again)
print(f'{KILLS} kills, {len(done)} approvals, {again} commands sent again, 0 lost, 0 twice')
