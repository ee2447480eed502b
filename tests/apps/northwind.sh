#!/bin/sh
# Northwind: 91 customers, 77 products, 830 orders with 2,155 lines as sub-rows. Every line is rounded to cents, half away
# from zero; the orders then add up to 1,265,793.29.
. "$(dirname "$0")/lib.sh"
need northwind
csv=$shared/northwind
serve northwind

is 'customers' '91 read, 91 created, 0 updated, 0 skipped, 0 failed' "$(import northwind customer "$csv/customers.csv" --map "$here/northwind/maps/customers.json")"
is 'products' '77 read, 77 created, 0 updated, 0 skipped, 0 failed' "$(import northwind product "$csv/products.csv" --map "$here/northwind/maps/products.json")"
is 'orders' '830 read, 830 created, 0 updated, 0 skipped, 0 failed' "$(import northwind order "$csv/orders.csv" --map "$here/northwind/maps/orders.json")"
is 'lines' '2155 read, 2155 created, 0 updated, 0 skipped, 0 failed' "$(import northwind order "$csv/order_details.csv" --map "$here/northwind/maps/lines.json" --mode upsert)"

is 'orders counted' 830 "$(get /api/northwind/order limit=1 count=exact | jq .count)"
is 'total of all orders' 1265793.29 "$(sum northwind/order total)"
first=$(get /api/northwind/order 'filter=order_no == 10248' limit=1 | jq '.records[0].id')
is 'lines of order 10248' 3 "$(get "/api/northwind/order/$first" | jq '.lines | length')"
is 'its total' '"440.00"' "$(get "/api/northwind/order/$first" | jq .total)"

german=$(awk -F, 'NR > 1 && $NF ~ /Germany/' "$csv/orders.csv" | wc -l)
is 'orders of German customers, by reference' "$german" "$(get /api/northwind/order "filter=customer.country == 'Germany'" limit=1 count=exact | jq .count)"
is 'paths as columns' '"Vins et alcools Chevalier"' "$(get /api/northwind/order 'filter=order_no == 10248' 'fields=order_no,customer.company' | jq '.records[0]["customer.company"]')"
is 'orders with a line of Chai' 38 "$(get /api/northwind/order 'filter=1 in lines.product.number' limit=1 count=exact | jq .count)"

# The same files again change nothing: a re-run is idempotent.
is 'lines again' '2155 read, 0 created, 2155 updated, 0 skipped, 0 failed' "$(import northwind order "$csv/order_details.csv" --map "$here/northwind/maps/lines.json" --mode upsert)"
is 'total is unchanged' 1265793.29 "$(sum northwind/order total)"
