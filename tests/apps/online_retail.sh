#!/bin/sh
# Online Retail: 541,909 rows, the import load. TENON_DEPTH=1 takes the first 60,000; deeper runs take all.
. "$(dirname "$0")/lib.sh"
need online_retail
if [ "${TENON_DEPTH:-1}" -gt 1 ]; then rows=541909; else rows=60000; fi
gzip -dc "$shared/online_retail/online_retail.csv.gz" | python3 -c '
import csv, itertools, sys
out = csv.writer(sys.stdout, lineterminator="\n")
out.writerows(itertools.islice(csv.reader(sys.stdin), int(sys.argv[1]) + 1))' "$rows" >"$work/sales.csv"
serve online_retail
started=$(date +%s%N)
is 'sales' "$rows read, $rows created, 0 updated, 0 skipped, 0 failed" "$(import retail sale "$work/sales.csv" --map "$here/online_retail/maps/sales.json")"
printf '    %s rows/s\n' $((rows * 1000 / (($(date +%s%N) - started) / 1000000)))
is 'counted' "$rows" "$(get /api/retail/sale limit=1 count=exact | jq .count)"
# F02: the sum of every line, exact to the last digit, in one figure of the list.
exact=$(python3 -c '
import csv, sys
from decimal import ROUND_HALF_UP, Decimal
lines = csv.DictReader(open(sys.argv[1], encoding="utf-8"))
print(sum(int(line["Quantity"]) * Decimal(line["UnitPrice"]).quantize(Decimal("0.001"), ROUND_HALF_UP) for line in lines))' "$work/sales.csv")
is 'their sum' "$exact" "$(get /api/retail/sale limit=1 sums=net | jq -r .sums.net)"
