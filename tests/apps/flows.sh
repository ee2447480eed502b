#!/bin/sh
# Approvals driven over HTTP (flow.md section 6): flows/run.py with a small app of many flows.
. "$(dirname "$0")/lib.sh"
serve flows/pay "$here/flows/other" --test-clock
"$tenon" user import "$here/flows/people.json" --data "$data" >/dev/null
python3 "$here/flows/run.py" "http://127.0.0.1:$port" "$token"
"$tenon" audit verify --data "$data"
kill "$server"
wait "$server" 2>/dev/null || true
server=''
# A line of an approval that somebody has changed is found, and one that is cut off.
sqlite3 "$data/tenon.db" "UPDATE sys_flow_log SET note = 'other' WHERE run = (SELECT max(run) FROM sys_flow_log) AND seq = 1"
if "$tenon" audit verify --data "$data"; then echo 'NOT OK  a changed line went unseen'; exit 1; fi
sqlite3 "$data/tenon.db" "DELETE FROM sys_flow_log WHERE run = (SELECT max(run) FROM sys_flow_log)"
if "$tenon" audit verify --data "$data"; then echo 'NOT OK  a lost log went unseen'; exit 1; fi
echo 'ok  a changed and a lost line are found'
