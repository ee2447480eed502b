#!/bin/sh
# Approvals under attack: what each person must not read, decide or write (flow.md section 6, "Rights").
. "$(dirname "$0")/lib.sh"
serve flows/vault --test-clock
"$tenon" user import "$here/flows/guards.json" --data "$data" >/dev/null
python3 "$here/flows/guards.py" "http://127.0.0.1:$port" "$token"
"$tenon" audit verify --data "$data"
