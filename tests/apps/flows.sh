#!/bin/sh
# Approvals driven over HTTP (flow.md section 6): flows/run.py with a small app of many flows.
. "$(dirname "$0")/lib.sh"
serve flows/pay --test-clock
"$tenon" user import "$here/flows/people.json" --data "$data" >/dev/null
python3 "$here/flows/run.py" "http://127.0.0.1:$port" "$token"
"$tenon" audit verify --data "$data"
