#!/bin/sh
# Imports over HTTP, as a browser or a script sends them: multipart and plain CSV, the job's figures, the file of refused rows,
# cancelling, other people's jobs, limits, and going on after a kill. Ledger: B17, B18, P04.
. "$(dirname "$0")/server.sh"
command -v sqlite3 >/dev/null 2>&1 || skip "sqlite3 is not there"
command -v python3 >/dev/null 2>&1 || skip "python3 is not there"
command -v jq >/dev/null 2>&1 || skip "jq is not there"
cp -r app "$work/app"
jq '.forms.item += {import: true, export: true}' app/roles/clerk.json >"$work/app/roles/clerk.json"
server_start "$work/app"
"$tenon" user import people.json --data "$data" >/dev/null || die "people"
lan=$("$tenon" user token lan --data "$data" | tail -1)
zhu=$("$tenon" user token zhu --data "$data" | tail -1)
mei=$("$tenon" user token mei --data "$data" | tail -1)

as() { token=$1; shift; curl -s -H "Authorization: Bearer $token" -H 'Accept-Language: en' "$@"; }
status() { as "$@" -o "$work/body" -w '%{http_code}'; }
is() { [ "$2" = "$3" ] || die "$1: expected $3, got $2: $(head -c 600 "$work/body" 2>/dev/null)"; }
job_end() { # token, id: waits, prints state read created updated skipped failed
	for _ in $(seq 3000); do
		as "$1" "$base/api/jobs/$2" >"$work/job"
		jq -e '.state | IN("waiting", "running") | not' "$work/job" >/dev/null && break
		sleep 0.1
	done
	jq -r '[.state, .read, .created, .updated, .skipped, .failed] | join(" ")' "$work/job"
}

has_begun() { # token, id: some rows are stored
	[ "$(as "$1" "$base/api/jobs/$2" | jq .created)" -gt 0 ]
}

# --- multipart: the file between the small parts
printf 'No,Titel,Price\r\nA-1,"Pen, blue",1.50\r\nA-2,,2\r\na3,Ink,3\r\nA-4,"two\r\nlines",4\r\n' >"$work/items.csv"
map='{"columns": {"No": "code", "Titel": "name", "Price": "price"}, "key": ["code"]}'
is upload "$(status "$lan" -F mode=upsert -F "file=@$work/items.csv;type=text/csv" -F "map=$map" "$base/api/shop/item/import")" 202
id=$(jq -r .id "$work/body")
is "first import" "$(job_end "$lan" "$id")" "done 4 1 0 0 3"
is "errors file" "$(jq -r .errors_file "$work/job")" "/api/jobs/$id/errors.csv"
is "errors download" "$(status "$lan" "$base/api/jobs/$id/errors.csv")" 200
cp "$work/body" "$work/errors.csv"
is "errors file lines" "$(grep -c . "$work/errors.csv")" 5
is "errors header" "$(sed -n '1s/\r//;1s/^\xEF\xBB\xBF//;1p' "$work/errors.csv")" "No,Titel,Price,Reason"
is "stored" "$(as "$lan" "$base/api/shop/item?fields=code,name,price" | jq -c '[.records[] | [.code, .name, .price]]')" '[["A-1","Pen, blue","1.50"]]'

# --- the refused rows, mended, as a plain body
sed 's/^A-2,,/A-2,Cap,/; s/^a3,/A-3,/' "$work/errors.csv" >"$work/mended.csv"
is "plain body" "$(status "$lan" -H 'Content-Type: text/csv' --data-binary @"$work/items.csv" "$base/api/shop/item/import?mode=nonsense")" 400
is "unmapped header" "$(status "$lan" -H 'Content-Type: text/csv' --data-binary @"$work/mended.csv" "$base/api/shop/item/import")" 202
is "headers that are no fields" "$(job_end "$lan" "$(jq -r .id "$work/body")")" "failed 0 0 0 0 0"
is "its reason" "$(jq -r .problem.code "$work/job")" import_unknown_columns
is "dry run" "$(status "$lan" -F dry_run=1 -F "map=$map" -F "file=@$work/mended.csv" "$base/api/shop/item/import")" 202
is "dry run" "$(job_end "$lan" "$(jq -r .id "$work/body")")" "done 3 2 0 0 1"
is "nothing stored by it" "$(as "$lan" "$base/api/shop/item?count=exact" | jq .count)" 1
is "the row at hand" "$(jq -c '[.refused[] | [.row, (.reason | length > 0)]]' "$work/job")" '[[4,true]]'

# --- the head of a file before anybody maps it: nothing is stored, no job is made
printf 'Code,名称,What,price\r\nB-1,one,x,1\r\nB-2,two\r\n' >"$work/head.csv"
is "preview" "$(status "$lan" -F "file=@$work/head.csv" "$base/api/shop/item/import?preview=1")" 200
is "its columns" "$(jq -c '[.encoding, .sheets, [.columns[] | [.header, .field, .by, .only_key, .samples]]]' "$work/body")" \
	'["utf-8",[],[["Code","code",null,false,["B-1","B-2"]],["名称","name",null,false,["one","two"]],["What",null,null,false,["x",""]],["price","price",null,false,["1",""]]]]'
printf '\301\264\r\n' >"$work/gbk.csv"
is "preview of another encoding" "$(status "$lan" -F "file=@$work/gbk.csv" -F 'map={"encoding":"gb18030"}' "$base/api/shop/item/import?preview=1")" 200
is "its header" "$(jq -r '.columns[0].header' "$work/body")" 链
is "preview in a wrong encoding" "$(status "$lan" -F "file=@$work/gbk.csv" -F 'map={"encoding":"utf-8"}' "$base/api/shop/item/import?preview=1")" 400
is "its code" "$(jq -r .code "$work/body")" encoding_bytes
: >"$work/nothing.csv"
is "preview of nothing" "$(status "$lan" -F "file=@$work/nothing.csv" "$base/api/shop/item/import?preview=1")" 400
is "its code" "$(jq -r .code "$work/body")" import_empty_file
is "preview without the right" "$(status "$mei" -F "file=@$work/head.csv" "$base/api/shop/item/import?preview=1")" 403
is "nothing stored by previews" "$(as "$lan" "$base/api/shop/item?count=exact" | jq .count)" 1
is "uploads left" "$(find "$data/tmp" -name 'upload-*' | wc -l)" 0

# --- what is no upload
is "no file" "$(status "$lan" -F mode=upsert "$base/api/shop/item/import")" 400
is "unknown part" "$(status "$lan" -F "file=@$work/items.csv" -F evil=1 "$base/api/shop/item/import")" 400
is "two files" "$(status "$lan" -F "file=@$work/items.csv" -F "file=@$work/items.csv" "$base/api/shop/item/import")" 400
is "another type" "$(status "$lan" -H 'Content-Type: application/json' -d '{"path":"/etc/passwd"}' "$base/api/shop/item/import")" 415
is "no right" "$(status "$mei" -F "file=@$work/items.csv" "$base/api/shop/item/import")" 403
is "workbook" "$(status "$lan" "$base/api/shop/item/export.xlsx?sort=id")" 200
is "its first cells" "$(python3 -c '
import re, sys, zipfile
sheet = zipfile.ZipFile(sys.argv[1]).read("xl/worksheets/sheet1.xml").decode()
print(re.findall("<t>([^<]*)</t>", sheet)[:2], len(re.findall("<row ", sheet)))' "$work/body")" "['code', 'name'] 2"
is "uploads left" "$(find "$data/tmp" -name 'upload-*' | wc -l)" 0

# --- other people's jobs do not exist
is "other's job" "$(status "$zhu" "$base/api/jobs/$id")" 404
cp "$work/body" "$work/other"
is "unknown job" "$(status "$zhu" "$base/api/jobs/12345")" 404
is "alike" "$(jq -cS 'del(.request_id, .request, .instance)' "$work/body")" "$(jq -cS 'del(.request_id, .request, .instance)' "$work/other")"
is "other's errors" "$(status "$zhu" "$base/api/jobs/$id/errors.csv")" 404
is "other's cancel" "$(status "$zhu" -X DELETE "$base/api/jobs/$id")" 404
is "cancel what is over" "$(status "$lan" -X DELETE "$base/api/jobs/$id")" 409

# --- workbooks: what an export writes an import reads back, whatever the file is called
records() { as "$lan" "$base/api/shop/item?sort=id&count=exact" | jq -c '[.count, (.records | map(del(.rev, .updated_at, .updated_by)))]'; }
before=$(records)
is "workbook" "$(status "$lan" "$base/api/shop/item/export.xlsx?sort=id")" 200
cp "$work/body" "$work/items.xlsx"
is "workbook back" "$(status "$lan" -F mode=upsert -F key=code -F "file=@$work/items.xlsx" "$base/api/shop/item/import")" 202
is "its figures" "$(job_end "$lan" "$(jq -r .id "$work/body")")" "done 1 0 1 0 0"
is "records after it" "$(records)" "$before"
is "workbook as the body" "$(status "$lan" -H 'Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' --data-binary @"$work/items.xlsx" \
	"$base/api/shop/item/import?mode=upsert&key=code&sheet=Items")" 202
is "a sheet that is not there" "$(job_end "$lan" "$(jq -r .id "$work/body")")" "failed 0 0 0 0 0"
is "its reason" "$(jq -r .problem.code "$work/job")" xlsx_sheet
is "preview of a workbook" "$(status "$lan" -F "file=@$work/items.xlsx" "$base/api/shop/item/import?preview=1")" 200
is "its sheets" "$(jq -c '[.encoding, .sheet == .sheets[0].name, (.sheets | length), .columns[0].header, .columns[0].samples]' "$work/body")" '[null,true,1,"code",["A-1"]]'
is "preview of a sheet that is not there" "$(status "$lan" -F sheet=Nowhere -F "file=@$work/items.xlsx" "$base/api/shop/item/import?preview=1")" 400
is "its code" "$(jq -r .code "$work/body")" xlsx_sheet
head -c 700 "$work/items.xlsx" >"$work/cut.xlsx"
printf '\320\317\021\340\241\261\032\341 and so on' >"$work/old.xls"
for one in cut.xlsx:xlsx_damaged old.xls:xlsx_old; do
	is "$one" "$(status "$lan" -F "file=@$work/${one%:*}" "$base/api/shop/item/import")" 202
	is "$one" "$(job_end "$lan" "$(jq -r .id "$work/body")")" "failed 0 0 0 0 0"
	is "$one" "$(jq -r .problem.code "$work/job")" "${one#*:}"
	is "preview of $one" "$(status "$lan" -F "file=@$work/${one%:*}" "$base/api/shop/item/import?preview=1")" 400
	is "preview of $one" "$(jq -r .code "$work/body")" "${one#*:}"
done
is "records after those" "$(records)" "$before"

# --- cancel: what is written stays and is counted
awk 'BEGIN { print "code,name"; for (i = 0; i < 300000; i++) printf "C-%d,name %d\n", i, i }' >"$work/many.csv"
is "long import" "$(status "$lan" -F "file=@$work/many.csv" "$base/api/shop/item/import")" 202
id2=$(jq -r .id "$work/body")
is "waiting job" "$(status "$lan" -F "file=@$work/many.csv" "$base/api/shop/item/import")" 202
id3=$(jq -r .id "$work/body")
is "cancel the waiting one" "$(status "$lan" -X DELETE "$base/api/jobs/$id3")" 204
until_so "the import does not begin" has_begun "$lan" "$id2"
is "cancel the running one" "$(status "$lan" -X DELETE "$base/api/jobs/$id2")" 204
set -- $(job_end "$lan" "$id2")
is "cancelled" "$1" cancelled
[ "$3" -gt 0 ] && [ "$3" -lt 300000 ] || die "cancelled after $3 rows"
is "counted as stored" "$(as "$lan" "$base/api/shop/item?count=exact&filter=code!='A-1'" | jq .count)" "$3"
is "the waiting one wrote nothing" "$(job_end "$lan" "$id3")" "cancelled 0 0 0 0 0"
is "uploads left" "$(find "$data/tmp" -name 'upload-*' | wc -l)" 0

# --- how much one person may have waiting
is "long import" "$(status "$lan" -F "file=@$work/many.csv" "$base/api/shop/item/import")" 202
ids=$(jq -r .id "$work/body")
for n in 2 3 4 5 6 7 8 9 10; do
	is "waiting job $n" "$(status "$lan" -F "file=@$work/items.csv" "$base/api/shop/item/import?dry_run=1")" 202
	ids="$(jq -r .id "$work/body") $ids" # newest first
done
is "one too many" "$(status "$lan" -F "file=@$work/items.csv" "$base/api/shop/item/import")" 429
is "its code" "$(jq -r .code "$work/body")" jobs_waiting
is "uploads of what may wait" "$(find "$data/tmp" -name 'upload-*' | wc -l)" 10
for n in $ids; do is "cancel" "$(status "$lan" -X DELETE "$base/api/jobs/$n")" 204; done
for n in $ids; do is "cancelled" "$(job_end "$lan" "$n" | cut -d' ' -f1)" cancelled; done
is "room again" "$(status "$lan" -F "file=@$work/items.csv" "$base/api/shop/item/import?dry_run=1")" 202
job_end "$lan" "$(jq -r .id "$work/body")" >/dev/null

# --- killed and stopped in the middle: the next server goes on; no row is lost, none is there twice
rows=150000 # enough that it is not over before this script, on a busy machine, has seen it begin
awk -v rows=$rows 'BEGIN { print "code,name"; for (i = 0; i < rows; i++) printf "K-%d,%s\n", i, i % 1000 == 7 ? "" : "name " i }' >"$work/kill.csv"
stored() { as "$lan" "$base/api/shop/item?count=exact&filter=starts_with(code,'K-')" | jq .count; }
wait_rows() { # at least so many stored
	for _ in $(seq 6000); do
		[ "$(stored)" -ge "$1" ] && return
		sleep 0.02
	done
	die "never $1 rows"
}
is "import to be killed" "$(status "$lan" -F "file=@$work/kill.csv" "$base/api/shop/item/import")" 202
id4=$(jq -r .id "$work/body")
for mark in 1500 9000; do
	wait_rows $mark
	kill -9 "$server_pid"
	wait "$server_pid" 2>/dev/null || true
	server_start "$work/app"
done
wait_rows 15000
kill "$server_pid"
wait "$server_pid" 2>/dev/null || true
is "not over when the server stopped" "$(sqlite3 "$data/tenon.db" "SELECT state FROM job WHERE id = $id4")" waiting
server_start "$work/app"
is "after two kills and a stop" "$(job_end "$lan" "$id4")" "done $rows $((rows - rows / 1000)) 0 0 $((rows / 1000))"
is "each row once" "$(stored)" "$((rows - rows / 1000))"
is "history of each" "$(sqlite3 "$data/tenon.db" "SELECT count(*) FROM event WHERE kind = 'create' AND record IN (SELECT id FROM shop_item WHERE code LIKE 'K-%')")" \
	"$((rows - rows / 1000))"
is "nothing noted any more" "$(sqlite3 "$data/tenon.db" 'SELECT count(*) FROM job_part')" 0
is "errors file" "$(status "$lan" "$base/api/jobs/$id4/errors.csv")" 200
is "header once, each refused row once" "$(tr -d '\r' <"$work/body" | cut -d, -f1 | sed 's/^\xEF\xBB\xBF//' | sort | uniq -c | awk '{ print $1 }' | uniq -c | xargs)" "$((rows / 1000 + 1)) 1"
is "uploads left" "$(find "$data/tmp" -name 'upload-*' | wc -l)" 0

# --- the file is gone: told, and what is stored stays
sed 's/^K-/L-/' "$work/kill.csv" >"$work/lost.csv"
is "import to be lost" "$(status "$lan" -F "file=@$work/lost.csv" "$base/api/shop/item/import")" 202
id5=$(jq -r .id "$work/body")
until_so "the import does not begin" has_begun "$lan" "$id5"
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null || true
rm "$data"/tmp/upload-*
server_start "$work/app"
set -- $(job_end "$lan" "$id5")
is "lost" "$1" interrupted
is "its reason" "$(jq -r .problem.code "$work/job")" job_lost
is "counted as stored" "$(as "$lan" "$base/api/shop/item?count=exact&filter=starts_with(code,'L-')" | jq .count)" "$3"
is "errors of a former process" "$(status "$lan" "$base/api/jobs/$id/errors.csv")" 200
cmp -s "$work/body" "$work/errors.csv" || die "the errors file changed"

# --- what an import hands to somebody is one message, however many rows
admin=$("$tenon" user token admin --data "$data" | tail -1)
printf 'code,name,owner\nN-1,a,zhu\nN-2,b,zhu\nN-3,c,zhu\n' >"$work/handed.csv"
is "import for zhu" "$(status "$admin" -H 'Content-Type: text/csv' --data-binary @"$work/handed.csv" "$base/api/shop/item/import")" 202
is "import for zhu" "$(job_end "$admin" "$(jq -r .id "$work/body")")" "done 3 3 0 0 0"
is "one message" "$(as "$zhu" "$base/api/notifications" | jq -c '[.unread, (.notifications[0] | .kind, .count, .record, .by)]')" '[1,"assigned",3,null,"admin"]'
printf 'ok\n'
