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

# Sold quantities are kept up by the import itself (F16).
is 'sold of Chai' 828 "$(get /api/northwind/product 'filter=number == 1' | jq '.records[0].sold')"
qty=$(awk -F, 'NR > 1 { n += $4 } END { print n }' "$csv/order_details.csv")
is 'sold in all' "$qty" "$(get /api/northwind/product limit=100 fields=sold | jq '[.records[].sold] | add')"

# The same files again change nothing: a re-run is idempotent.
is 'lines again' '2155 read, 0 created, 2155 updated, 0 skipped, 0 failed' "$(import northwind order "$csv/order_details.csv" --map "$here/northwind/maps/lines.json" --mode upsert)"
is 'total is unchanged' 1265793.29 "$(sum northwind/order total)"
is 'sold is unchanged' "$qty" "$(get /api/northwind/product limit=100 fields=sold | jq '[.records[].sold] | add')"

# F13: orders with their lines, a line a row, and back again from that one file: the same orders, no new revision.
rev() { get /api/northwind/order limit=1000 fields=order_no | jq '[.records[].rev] | add'; }
before=$(rev)
get /api/northwind/order/export.csv rows=lines sort=order_no >"$work/whole.csv"
is 'lines with their orders' 2156 "$(wc -l <"$work/whole.csv" | tr -d ' ')"
is 'orders with lines read back' '2155 read, 0 created, 2155 updated, 0 skipped, 0 failed' "$(import northwind order "$work/whole.csv" --key order_no --mode upsert)"
is 'nothing has changed' "$before 1265793.29" "$(rev) $(sum northwind/order total)"

# B06: with the stock as a limit, exactly the lines that would oversell are refused, by import and by API alike.
send() { # method, path, body
	curl -sS -X "$1" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$3" "http://127.0.0.1:$port$2"
}
id=$(get /api/northwind/product 'filter=number == 1' | jq '.records[0].id')
is 'thirty of Chai are left' 30 "$(send PATCH "/api/northwind/product/$id" "{\"stock\": $((828 + 30)), \"guarded\": true}" | jq .available)"
customer=$(get /api/northwind/customer limit=1 | jq '.records[0].id')
printf 'order_no,customer,order_date\n' >"$work/orders.csv"
printf 'order_id,product_id,unit_price,quantity,discount\n' >"$work/lines.csv"
i=0
while [ $i -lt 50 ]; do
	i=$((i + 1))
	send POST /api/northwind/order "{\"order_no\": $((20000 + i)), \"customer\": $customer, \"order_date\": \"2026-01-01\"}" >/dev/null
	printf '%d,1,18,1,0\n' $((20000 + i)) >>"$work/lines.csv"
done
is 'lines above the stock' '50 read, 30 created, 0 updated, 0 skipped, 20 failed' "$(import northwind order "$work/lines.csv" --map "$here/northwind/maps/lines.json" --mode upsert --errors "$work/refused.csv")"
is 'the first that is refused' 20031 "$(awk -F, 'NR == 2 { print $1 }' "$work/refused.csv")"
is 'why' 20 "$(grep -c '库存不足\|Not enough in stock' "$work/refused.csv")"
is 'none is left' 0 "$(get "/api/northwind/product/$id" | jq .available)"
body="{\"order_no\": 30000, \"customer\": $customer, \"order_date\": \"2026-01-01\", \"lines\": [{\"product\": $id, \"price\": \"18\", \"qty\": 1}]}"
is 'one more by API' '422 /lines/0/product check' "$(send POST /api/northwind/order "$body" | jq -r '"\(.status) \(.errors[0].pointer) \(.errors[0].code)"')"
is 'one more in a batch' '422 check' "$(send POST /api/northwind/order/batch "{\"operations\": [{\"op\": \"create\", \"values\": $body}]}" | jq -r '.results[0] | "\(.status) \(.problem.errors[0].code)"')"
is 'nothing of it is there' 0 "$(get /api/northwind/order 'filter=order_no == 30000' count=exact | jq .count)"
is 'rollups agree' true "$(get /api/doctor | jq '.checks[] | select(.check == "rollups").ok')"
