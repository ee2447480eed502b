#!/bin/sh
# `tenon test` on the apps of this tree: their own tests and the door matrix. Then on a small app with planted mistakes: each
# is found, told with its place, and gives exit code 1. Ledger: P02, P03, P04, P08, B02, B21.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C
for app in "$root"/apps/*/ "$root/tests/http/app"; do
	"$tenon" test "$app" >"$work/out" 2>&1 || { grep -v '^ok' "$work/out"; exit 1; }
	tail -1 "$work/out"
	# Records that only an approval leads where they are wanted are led there, fields that only some records show are shown.
	case $app in */contract/) is 'nothing of contract is left out' 0 "$(grep -c 'not covered' "$work/out")" ;; esac
done

planted=$work/planted
mkdir -p "$planted/forms" "$planted/tests"
echo '{"app": "planted"}' >"$planted/app.json"
echo '{"form": "note", "fields": [{"name": "subject", "type": "text", "required": true}, {"name": "n", "type": "integer"}]}' >"$planted/forms/note.json"
steps() { printf '{"test": "one", "clock": "2026-03-01T09:00:00+08:00", "users": [{"user": "li"}], "steps": [\n%s\n]}\n' "$1" >"$planted/tests/one.json"; }
found() { # what it is, the steps, texts of the report
	what=$1
	steps "$2"
	shift 2
	code=0
	"$tenon" test "$planted" --only one >"$work/out" 2>&1 || code=$?
	is "$what: exit code" 1 "$code"
	for text; do
		grep -qF -- "$text" "$work/out" || { echo "$what: the report lacks: $text"; cat "$work/out"; exit 1; }
	done
}
found 'a wrong value' '{"create": "note", "values": {"subject": "x", "n": 1}, "expect": {"values": {"n": 2}}}' \
	'tests/one.json:2 /steps/0' 'POST /api/planted/note' 'n = 2' '0 passed, 1 failed'
found 'a wrong code' '{"create": "note", "values": {}, "expect": {"errors": [{"pointer": "/subject", "code": "unique"}]}}' '"code":"required"'
found 'a missing refusal' '{"create": "note", "values": {"subject": "x"}, "expect": {"status": 422}}' 'came: 201'
found 'a person without rights' '{"create": "note", "values": {"subject": "x"}, "save": "n1"},
{"as": "li", "get": "$n1"}' 'tests/one.json:3 /steps/1' 'came: 404'
found 'a field that is not there' '{"create": "note", "values": {"subjct": "x"}}' 'VR01' 'subject'
found 'two things in one step' '{"create": "note", "list": "note"}' 'DEF12'
steps '{"create": "note", "values": {"subject": "x"}, "save": "n1"}, {"clock": "+2h"}, {"update": "$n1", "values": {"n": 7}, "expect": {"values": {"updated_at": "2026-03-01T03:00:00Z"}}}'
is 'sound steps' '1 passed, 0 failed' "$("$tenon" test "$planted" --only one | tail -1)"
is 'as JSON' '[1,0]' "$("$tenon" test "$planted" --only one --json | jq -c '[.passed, .failed]')"
is 'nothing stays behind' 0 "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'tenon-test-*' -newer "$work/out" 2>/dev/null | wc -l)"
