#!/bin/sh
# The 2,880 companies of the Shenzhen exchange as accounts of the CRM: the map names four columns, turns the exchange's sections into
# our industries and says for all where they come from. Imported twice, nothing is doubled.
. "$(dirname "$0")/lib.sh"
need cn_companies
csv=$shared/cn_companies/szse_a_share_companies.csv
map=$here/crm_companies/accounts.json
here=$root/apps serve crm

is 'a dry run' '2880 read, 2880 created, 0 updated, 0 skipped, 0 failed' "$(import crm account "$csv" --map "$map" --dry-run)"
is 'after the dry run' 0 "$(get /api/crm/account limit=1 count=exact | jq .count)"
is 'accounts' '2880 read, 2880 created, 0 updated, 0 skipped, 0 failed' "$(import crm account "$csv" --map "$map")"
is 'in manufacturing' "$(grep -c ',C 制造业,' "$csv")" "$(get /api/crm/account "filter='manufacturing' in industry" limit=1 count=exact | jq .count)"
is 'search 万科企业' '万科企业股份有限公司' "$(get /api/crm/account q=万科企业 fields=name | jq -r '.records[0].name')"
is 'again' '2880 read, 0 created, 2880 updated, 0 skipped, 0 failed' "$(import crm account "$csv" --map "$map" --mode upsert)"
is 'none doubled' 2880 "$(get /api/crm/account limit=1 count=exact | jq .count)"
