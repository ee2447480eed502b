"""run.py TENON -- does what docs/tutorials say, in both languages, and compares what they promise.

Blocks of a tutorial, in their order:
  ```sh               typed and waited for; its output is kept
  ```sh server        started, and left running until the tutorial ends
  ```json file=PATH   the whole file
  ```diff file=PATH   a change of the file: the lines with - become the lines with +, at one place
  ```text             what the command before it shows: each line is found in its output, ... stands for anything;
                      asked again for a while where a page or a published change takes a moment
Both languages hold the same blocks, but for what a person reads (text). Port 8080 becomes a free one.
"""
import os, re, signal, socket, subprocess, sys, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r'^```(\w+)([^\n]*)\n(.*?)^```$', re.M | re.S)


def blocks(path):
    return [(m[1], m[2].strip(), m[3]) for m in BLOCK.finditer(path.read_text())]


def without_words(found):
    return [(kind, how, '' if kind == 'text' else body) for kind, how, body in found]


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return str(s.getsockname()[1])


class Tutorial:
    def __init__(self, path, tenon, folder):
        self.path, self.folder, self.port = path, Path(folder), free_port()
        chinese = path.name.endswith('.zh-CN.md')
        self.env = {**os.environ, 'LANG': 'zh_CN.UTF-8' if chinese else 'C.UTF-8', 'PATH': f'{tenon.parent}:{os.environ["PATH"]}', 'TENON_LOG': 'warn'}
        self.env.pop('LC_ALL', None)
        self.command, self.server, self.log, self.mark = None, None, self.folder / 'server.log', 0

    def shell(self, text):
        done = subprocess.run(['bash', '-ec', text], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=600)
        return done.returncode, done.stdout + done.stderr

    def start(self, text):
        with self.log.open('w') as log:
            self.server = subprocess.Popen(['bash', '-ec', text], cwd=self.folder, env=self.env, stdout=log, stderr=log, start_new_session=True)
        for _ in range(900):
            code, _ = self.shell(f'curl -fs http://127.0.0.1:{self.port}/readyz')
            if code == 0:
                return
            if self.server.poll() is not None:
                break
            time.sleep(.2)
        raise AssertionError(f'the server did not start:\n{self.log.read_text()}')

    def stop(self):
        if self.server and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait(120)

    def said(self):
        """What the server has said since the last change of a file."""
        return self.log.read_text()[self.mark:] if self.server else ''

    def write(self, file, text):
        self.mark += len(self.said())
        file.write_text(text)

    def change(self, name, body):
        file = self.folder / name
        lines = body.splitlines()
        old = '\n'.join(line[1:] for line in lines if line[:1] in ' -')
        new = '\n'.join(line[1:] for line in lines if line[:1] in ' +')
        text = file.read_text()
        assert text.count(old) == 1, f'{name} holds this {text.count(old)} times:\n{old}'
        self.write(file, text.replace(old, new))

    def promised(self, body):
        def missing(output):
            return [line for line in body.splitlines() if line.strip() and not re.search('.*'.join(map(re.escape, line.strip().split('...'))), output)]
        until = time.monotonic() + 90
        while True:
            lack = missing(self.output + self.said())
            if not lack or time.monotonic() > until:
                assert not lack, f'promised {lack}, seen:\n{self.output}{self.said()}'
                return
            time.sleep(.3)
            if self.command and self.command.startswith('curl'):
                self.output = self.shell(self.command)[1]

    def play(self):
        for kind, how, body in blocks(self.path):
            body = body.replace('8080', self.port)
            if kind == 'sh' and how == 'server':
                self.command, self.output = None, ''
                self.start(body)
            elif kind == 'sh':
                self.command = body
                code, self.output = self.shell(body)
                assert code == 0, f'{body}\nends with {code}:\n{self.output}'
            elif kind == 'json':
                self.write(self.folder / how.removeprefix('file='), body)
            elif kind == 'diff':
                self.change(how.removeprefix('file='), body)
            elif kind == 'text':
                self.promised(body)
            else:
                raise AssertionError(f'a block of kind {kind}')


def main():
    tenon = Path(sys.argv[1]).resolve()
    bad, played = 0, 0
    for path in sorted((ROOT / 'docs/tutorials').glob('*.md')):
        try:
            if not path.name.endswith('.zh-CN.md'):
                twin = path.with_name(path.name.replace('.md', '.zh-CN.md'))
                assert without_words(blocks(path)) == without_words(blocks(twin)), f'{twin.name} has other blocks than {path.name}'
            with tempfile.TemporaryDirectory(prefix='tenon-tutorial.') as folder:
                (Path(folder) / 'apps').symlink_to(ROOT / 'apps')
                tutorial = Tutorial(path, tenon, folder)
                try:
                    tutorial.play()
                finally:
                    tutorial.stop()
            played += 1
            print(f'ok      {path.name}')
        except (AssertionError, subprocess.TimeoutExpired) as error:
            bad += 1
            print(f'FAILED  {path.name}: {error}')
    print(f'{played} passed, {bad} failed')
    sys.exit(bad > 0 or played < 6)


main()
