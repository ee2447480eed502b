#!/bin/sh
# Maven's CRM pipeline: 8,800 opportunities. One product is spelt in two ways (GTXPro, GTX Pro): the map mends it. What was won
# adds up to 10,005,534 (F02).
. "$(dirname "$0")/lib.sh"
need maven_crm
csv=$shared/maven_crm
serve maven

is 'accounts' '85 read, 85 created, 0 updated, 0 skipped, 0 failed' "$(import maven account "$csv/accounts.csv" --map "$here/maven/maps/accounts.json")"
is 'products' '7 read, 7 created, 0 updated, 0 skipped, 0 failed' "$(import maven product "$csv/products.csv" --map "$here/maven/maps/products.json")"
is 'a dry run stores nothing' '8800 read, 8800 created, 0 updated, 0 skipped, 0 failed' "$(import maven opportunity "$csv/sales_pipeline.csv" --map "$here/maven/maps/pipeline.json" --dry-run)"
is 'after the dry run' 0 "$(get /api/maven/opportunity limit=1 count=exact | jq .count)"
is 'opportunities' '8800 read, 8800 created, 0 updated, 0 skipped, 0 failed' "$(import maven opportunity "$csv/sales_pipeline.csv" --map "$here/maven/maps/pipeline.json")"

is 'won' 4238 "$(get /api/maven/opportunity "filter=stage == 'Won'" limit=1 count=exact | jq .count)"
is 'lost' 2473 "$(get /api/maven/opportunity "filter=stage == 'Lost'" limit=1 count=exact | jq .count)"
is 'won value' 10005534.00 "$(sum maven/opportunity value "stage == 'Won'")"
is 'GTX Pro under its one name' 1480 "$(get /api/maven/opportunity "filter=product.name == 'GTX Pro'" limit=1 count=exact | jq .count)"

# The same file in upsert mode changes nothing and adds nothing.
is 'again' '8800 read, 0 created, 8800 updated, 0 skipped, 0 failed' "$(import maven opportunity "$csv/sales_pipeline.csv" --map "$here/maven/maps/pipeline.json" --mode upsert)"
