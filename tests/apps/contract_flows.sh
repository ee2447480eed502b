#!/bin/sh
# E7: a contract through its approval, with a return, a second version, an added signer, an approver on leave and two who press at once.
. "$(dirname "$0")/lib.sh"
checks=$here/contract_flows/check.py
here=$root/apps serve crm --demo --test-clock
python3 "$checks" "http://127.0.0.1:$port" "$token"
"$tenon" audit verify --data "$data"
