#!/bin/sh
# kill -9 under load of verdicts (flow.md section 6, "Kill anywhere"): flows/kill.py starts, kills and starts the server again.
. "$(dirname "$0")/lib.sh"
serve flows/pay
"$tenon" user import "$here/flows/people.json" --data "$data" >/dev/null
kill "$server"
wait "$server" 2>/dev/null || true
server=''
python3 "$here/flows/kill.py" "$tenon" "$here/flows/pay" "$data" "$work/server.log"
"$tenon" audit verify --data "$data"
