#!/bin/sh
# The contract app on its own: seed, a purchase contract from draft to archive, its seal and its lending, a second version; who may do what.
. "$(dirname "$0")/lib.sh"
checks=$here/contract_app/check.py
"$tenon" check "$root/apps/contract" --strict >/dev/null
here=$root/apps serve contract
"$tenon" user import "$root/tests/apps/contract_app/people.json" --data "$data" >/dev/null
python3 "$checks" "http://127.0.0.1:$port" "$token"
kill "$server"; wait "$server" 2>/dev/null || true
server='' data=$work/demo
here=$root/apps serve contract --demo
grep -q '32.* 0 refused\|32.* 0 条没有装入' "$work/server.log" || { cat "$work/server.log"; exit 1; }
# How many depends on the day of the week: what is late in working days goes up to him.
is 'the demo has something on the general manager'"'"'s desk' true "$(curl -fsS -G -H "Authorization: Bearer $("$tenon" user token chen --data "$data" | tail -1)" "http://127.0.0.1:$port/api/tasks" | jq '.tasks | length >= 4')"
