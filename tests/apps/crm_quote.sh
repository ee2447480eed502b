#!/bin/sh
# A quote to the last digit, through the API, the list, the export and the import; its second version with a discount on the whole order;
# what it becomes: contract, plan, payments, invoices, and whose those are.
. "$(dirname "$0")/lib.sh"
checks=$here/crm_quote/check.py
here=$root/apps serve crm --demo
python3 "$checks" "http://127.0.0.1:$port" "$token" "$tenon" "$data" "$work"
