"""A person at the API, for the checks of the apps."""
import http.cookiejar
import json
import sys
import urllib.error
import urllib.request


def is_equal(what, wanted, got, shown=None):
    print(f'{"ok " if wanted == got else "NOT OK "} {what}: {shown if shown else got}')
    if wanted != got:
        sys.exit(f'    wanted {wanted}\n    got    {got}')


def faults(answer):
    return sorted((e['pointer'], e['code']) for e in answer['errors'])


class Person:
    """Somebody logged in at one app; the administrator comes with a token."""

    def __init__(self, base, app, name=None, password=None, token=None):
        self.base, self.app = base, app
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.head = {'Content-Type': 'application/json'}
        if token:
            self.head['Authorization'] = f'Bearer {token}'
        else:
            self.head['X-CSRF-Token'] = self.call('POST', '/session', {'login': name, 'password': password})[1]['csrf']

    def call(self, method, path, body=None, **head):
        """Status and answer: JSON as it is read, anything else as text."""
        request = urllib.request.Request(f'{self.base}/api{path}', json.dumps(body).encode() if body is not None else None, {**self.head, **head}, method=method)
        try:
            with self.opener.open(request) as answer:
                text = answer.read().decode()
                return answer.status, json.loads(text) if text[:1] in ('{', '[') else text
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def ask(self, form, **values):
        return self.call('POST', f'/{self.app}/{form}', values)

    def make(self, form, **values):
        status, answer = self.ask(form, **values)
        is_equal(f'{form} is made', 201, status, '' if status == 201 else json.dumps(answer, ensure_ascii=False)[:400])
        return answer

    def change(self, form, record, **values):
        """Status and answer; the record is as it is now."""
        return self.call('PATCH', f'/{self.app}/{form}/{record["id"]}', values, **{'If-Match': f'"{self.read(form, record)["rev"]}"'})

    def press(self, form, record, button):
        return self.call('POST', f'/{self.app}/{form}/{record["id"]}/buttons/{button}', {})

    def read(self, form, record):
        return self.call('GET', f'/{self.app}/{form}/{record["id"]}')[1]
