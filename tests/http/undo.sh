#!/bin/sh
# A whole import taken back, over HTTP: tried first, then done; what others changed since stays and is named, another's import is not
# there, nothing happens twice. Rows of a sub-table; rights of the day. Ledger: B17.
. "$(dirname "$0")/server.sh"
command -v sqlite3 >/dev/null 2>&1 || skip "sqlite3 is not there"
command -v jq >/dev/null 2>&1 || skip "jq is not there"
cp -r app "$work/app"
jq '.forms.item += {import: true, delete: "all"} | .forms.sale += {import: true, read: "all", update: "all"}' app/roles/clerk.json >"$work/app/roles/clerk.json"
server_start "$work/app"
"$tenon" user import people.json --data "$data" >/dev/null || die "people"
lan=$("$tenon" user token lan --data "$data" | tail -1)
zhu=$("$tenon" user token zhu --data "$data" | tail -1)
admin=$("$tenon" user token admin --data "$data" | tail -1)

as() { token=$1; shift; curl -s -H "Authorization: Bearer $token" -H 'Accept-Language: en' "$@"; }
status() { as "$@" -o "$work/body" -w '%{http_code}'; }
is() { [ "$2" = "$3" ] || die "$1: expected $3, got $2: $(head -c 600 "$work/body" 2>/dev/null)"; }
over() { as "$1" "$base/api/jobs/$2" >"$work/job" && jq -e '.state | IN("waiting", "running") | not' "$work/job"; }
import() { # token, form, file, options...: prints the job, which has ended
	token=$1 form=$2 file=$3
	shift 3
	job=$(as "$token" "$@" -F "file=@$file;type=text/csv" "$base/api/shop/$form/import" | jq -r .id)
	until_so "the import does not end" over "$token" "$job"
	printf '%s' "$job"
}
undo() { # token, job, query: the answer of the job that has ended is in $work/job
	is "undo begins" "$(status "$1" -X POST "$base/api/jobs/$2/undo${3:-}")" 202
	undoing=$(jq -r .id "$work/body")
	until_so "the undo does not end" over "$1" "$undoing"
}
figures() { jq -r '[.state, .result.deleted, .result.reverted, .result.partly, .result.left, .result.skipped] | join(" ")' "$work/job"; }
refused() { # what, status, code, token, path
	is "$1" "$(status "$4" -X POST "$base$5")" "$2"
	is "$1" "$(jq -r .code "$work/body")" "$3"
}
items() { as "$admin" "$base/api/shop/item?sort=code&fields=code,name,price" | jq -c '[.records[] | [.code, .name, .price]]'; }
item() { as "$admin" "$base/api/shop/item?filter=code=='$1'" | jq -c '.records[0]'; }
change() { # token, code, body
	one=$(item "$2")
	is "change $2" "$(status "$1" -X PATCH -H "If-Match: \"$(printf '%s' "$one" | jq .rev)\"" -H 'Content-Type: application/json' -d "$3" \
		"$base/api/shop/item/$(printf '%s' "$one" | jq .id)")" 200
}

# --- what is there before
printf 'code,name,price\nA-1,Pen,1\nA-2,Cap,2\nA-3,Ink,3\n' >"$work/first.csv"
first=$(import "$admin" item "$work/first.csv")
before=$(items)

# --- an import that makes two and changes three, then others' work on some of it
printf 'code,name,price\nA-1,Pen new,10\nA-2,Cap new,20\nA-3,Ink new,30\nB-1,Bag,4\nB-2,Box,5\n' >"$work/second.csv"
second=$(import "$lan" item "$work/second.csv" -F mode=upsert -F key=code)
is "imported" "$(jq -r '[.created, .updated] | join(" ")' "$work/job")" "2 3"
is "its lines" "$(sqlite3 "$data/tenon.db" "SELECT count(*) FROM shop_item__history WHERE cause = 'import/$second'")" 5
sqlite3 "$data/tenon.db" "EXPLAIN QUERY PLAN SELECT DISTINCT record FROM shop_item__history WHERE cause = 'import/$second' AND record < 9 ORDER BY record DESC LIMIT 5" >"$work/plan"
grep -q 'SEARCH .*USING COVERING INDEX i_shop_item__history__cause' "$work/plan" || die "no index: $(cat "$work/plan")"
is "no sorting" "$(grep -c 'TEMP B-TREE' "$work/plan")" 0
change "$zhu" A-2 '{"price": "21"}'
change "$zhu" B-2 '{"name": "Big box"}'
after=$(items)

# --- who may, and what cannot be
refused "another's import" 404 not_found "$zhu" "/api/jobs/$second/undo"
refused "an unknown job" 404 not_found "$lan" "/api/jobs/12345/undo"
trial=$(import "$lan" item "$work/second.csv" -F dry_run=1 -F mode=upsert -F key=code)
refused "a trial" 409 undo_dry_run "$lan" "/api/jobs/$trial/undo"
sqlite3 "$data/tenon.db" "UPDATE job SET detail_json = json_remove(detail_json, '$.traced') WHERE id = $trial; UPDATE job SET detail_json = json_set(detail_json, '$.dry_run', json('false')) WHERE id = $trial"
refused "one of an earlier version" 409 undo_early "$lan" "/api/jobs/$trial/undo"
is "nothing happened" "$(items)" "$after"

# --- tried
undo "$lan" "$second" '?dry_run=1'
is "tried" "$(figures)" "done 1 3 1 1 0"
is "nothing stored by it" "$(items)" "$after"
refused "an undo" 409 undo_kind "$lan" "/api/jobs/$undoing/undo"

# --- done
undo "$lan" "$second"
is "done" "$(figures)" "done 1 3 1 1 0"
is "reasons" "$(jq -c '[.result.reasons[] | [.field, .code]] | sort' "$work/job")" '[[null,"changed_since"],["price","changed_since"]]'
is "reasons in the file" "$(as "$lan" "$base$(jq -r .errors_file "$work/job")" | tail -n +2 | grep -c 'changed it since')" 2
is "as it was, but for what others did" "$(items)" '[["A-1","Pen","1.00"],["A-2","Cap","21.00"],["A-3","Ink","3.00"],["B-2","Big box","5.00"]]'
is "in the trash" "$(sqlite3 "$data/tenon.db" "SELECT count(*) FROM shop_item WHERE code = 'B-1' AND deleted_at IS NOT NULL")" 1
a1=$(item A-1 | jq .id)
is "told in the history" "$(as "$lan" "$base/api/shop/item/$a1/history" | jq -c '[.history[] | [.rev, .op, .import, .import_undone]]')" \
	"[[3,\"update\",null,$second],[2,\"update\",$second,null],[1,\"create\",$first,null]]"

# --- once more: nothing; what is restored since stays
undone=$(items)
undo "$lan" "$second"
is "again" "$(figures)" "done 0 0 0 1 4"
is "nothing changed by it" "$(items)" "$undone"
b1=$(sqlite3 "$data/tenon.db" "SELECT id FROM shop_item WHERE code = 'B-1'")
is "restored" "$(status "$lan" -X POST "$base/api/shop/item/$b1/restore")" 200
undo "$lan" "$second"
is "a restored one stays" "$(figures)" "done 0 0 0 1 4"
is "it is there" "$(item B-1 | jq -r .name)" Bag

# --- rows: those that came go, those that went come back, unless somebody has changed them
sale=$(as "$lan" -H 'Content-Type: application/json' -d "{\"buyer\": \"Mo\", \"lines\": [{\"item\": $a1, \"qty\": \"1\", \"price\": \"1\"}, {\"item\": $a1, \"qty\": \"2\", \"price\": \"1\"}]}" "$base/api/shop/sale" | jq .id)
printf 'number,buyer,lines.item,lines.qty,lines.price\nS00001,Moss,%s,7,1\n' "$a1" >"$work/sale.csv"
rows=$(import "$lan" sale "$work/sale.csv" -F mode=update -F key=number)
is "imported rows" "$(jq -r '[.state, .updated, .failed] | join(" ")' "$work/job")" "done 1 0"
lines() { as "$lan" "$base/api/shop/sale/$sale" | jq -c '[.buyer, .total, [.lines[].qty]]'; }
is "one row is left" "$(lines)" '["Moss","7.00",["7.00"]]'
undo "$lan" "$rows"
is "rows back" "$(figures)" "done 0 1 0 0 0"
is "as they were" "$(lines)" '["Mo","3.00",["1.00","2.00"]]'

# --- with the rights of today: without the right to delete all of it stays, told why
printf 'code,name\nC-1,One\nC-2,Two\nC-3,Three\n' >"$work/third.csv"
third=$(import "$lan" item "$work/third.csv")
jq 'del(.forms.item.delete)' "$work/app/roles/clerk.json" >"$work/clerk.json"
mv "$work/clerk.json" "$work/app/roles/clerk.json"
server_stop
server_start "$work/app"
kept=$(items)
undo "$lan" "$third"
is "not allowed" "$(figures)" "done 0 0 0 3 0"
is "its reasons" "$(jq -c '[.result.reasons[].code] | unique' "$work/job")" '["forbidden"]'
is "all are there" "$(items)" "$kept"
undo "$admin" "$third"
is "by the administrator" "$(figures)" "done 3 0 0 0 0"
is "they are gone" "$(as "$admin" "$base/api/shop/item?count=exact&filter=starts_with(code,'C-')" | jq .count)" 0
printf 'ok\n'
