#!/bin/sh
# The 2,880 companies of the Shenzhen exchange, imported without a map: the file's headers are the fields' labels. Search is
# compared with what awk finds in the file.
. "$(dirname "$0")/lib.sh"
need cn_companies
csv=$shared/cn_companies/szse_a_share_companies.csv
serve companies

is 'companies' '2880 read, 2880 created, 0 updated, 0 skipped, 0 failed' "$(import companies company "$csv")"

brute() { # how many companies hold the text in a searched column (columns 1 to 5), letters in either case
	python3 - "$csv" "$1" <<'PY'
import csv, sys, unicodedata
fold = lambda s: unicodedata.normalize('NFKC', s).casefold()
rows = list(csv.reader(open(sys.argv[1], encoding='utf-8-sig')))[1:]
print(sum(any(fold(sys.argv[2]) in fold(cell) for cell in row[:5]) for row in rows))
PY
}
for word in 科技 深圳 股份 万科 技 '(Group)' 0000 co.,; do
	is "search $word" "$(brute "$word")" "$(get /api/companies/company "q=$word" limit=1 count=exact | jq .count)"
done
count() { get /api/companies/company "q=$1" limit=1 count=exact | jq .count; }
for typed in pinganyinhang payh pingany; do
	is "search $typed" "$(count 平安银行)" "$(count $typed)"
done
is 'the same file in GBK' '2880 read, 0 created, 2880 updated, 0 skipped, 0 failed' \
	"$(iconv -f utf-8 -t gb18030 "$csv" >"$work/gbk.csv" && import companies company "$work/gbk.csv" --mode upsert --key code)"
