#!/bin/sh
# Telco churn: 7,043 customers. 11 have no total (a blank in the file): they are in the error file with the reason, the others are in.
. "$(dirname "$0")/lib.sh"
need telco
csv=$shared/telco/Telco-Customer-Churn.csv
map=$here/telco/maps/customers.json
serve telco
count() { get /api/telco/customer "filter=$1" limit=1 count=exact | jq .count; }

is 'customers' '7043 read, 7032 created, 0 updated, 0 skipped, 11 failed' "$(import telco customer "$csv" --map "$map" --errors "$work/errors.csv")"
is 'in the error file' 11 "$(tail -n +2 "$work/errors.csv" | wc -l)"
is "the very rows, on one line" "$(awk -F, '$20 == " " { print $1 }' "$csv" | sort | tr '\n' ' ')" "$(tail -n +2 "$work/errors.csv" | cut -d, -f1 | sort | tr '\n' ' ')"
is 'each with the reason' 11 "$(python3 -c 'import csv, sys; print(sum("TotalCharges" in r[-1] for r in list(csv.reader(open(sys.argv[1], encoding="utf-8-sig")))[1:]))' "$work/errors.csv")"
is 'the rest is in' 7032 "$(count 'tenure >= 0')"
is 'left, of those' "$(awk -F, 'NR > 1 && $20 != " " && $21 ~ /^Yes/' "$csv" | wc -l)" "$(count 'churn == true')"
is 'sum of what was paid' "$(awk -F, 'NR > 1 && $20 != " " { split($20, p, "."); t += p[1] * 100 + substr(p[2] "00", 1, 2) } END { printf "%d.%02d", t / 100, t % 100 }' "$csv")" "$(sum telco/customer total)"
# The total of a customer who has not paid yet is put right in the error file, which is taken as it is.
python3 - "$work/errors.csv" "$work/mended.csv" <<'PY'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding='utf-8-sig')))
at = rows[0].index('TotalCharges')
csv.writer(open(sys.argv[2], 'w', encoding='utf-8', newline='')).writerows([rows[0]] + [r[:at] + ['0'] + r[at + 1:] for r in rows[1:]])
PY
is 'the mended error file' '11 read, 11 created, 0 updated, 0 skipped, 0 failed' "$(import telco customer "$work/mended.csv" --map "$map")"
is 'all are in' 7043 "$(count 'tenure >= 0')"
