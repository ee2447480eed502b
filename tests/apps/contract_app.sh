#!/bin/sh
# The contract app on its own: seed, a purchase contract from draft to archive, its seal and its lending, a second version; who may do what.
. "$(dirname "$0")/lib.sh"
checks=$here/contract_app/check.py
"$tenon" check "$root/apps/contract" --strict >/dev/null
here=$root/apps serve contract
"$tenon" user import "$root/tests/apps/contract_app/people.json" --data "$data" >/dev/null
python3 "$checks" "http://127.0.0.1:$port" "$token"
