#!/bin/sh
# The command line, with and without a server: exit codes, --dev, plan and apply, stop, kill -9, backup and restore.
. "$(dirname "$0")/server.sh"
app=$work/app
cp -r app "$app"

code() { # expected code, then a command
	expected=$1
	shift
	set +e
	"$@" >"$work/out" 2>"$work/err"
	got=$?
	set -e
	[ "$got" = "$expected" ] || die "$* gave $got, not $expected: $(cat "$work/out" "$work/err")"
}
says() { grep -q -- "$1" "$work/out" "$work/err" || die "no \"$1\" in: $(cat "$work/out" "$work/err")"; }

# Usage, help, version.
code 2 "$tenon" serv
says 'did you mean serve'
code 2 "$tenon" check
code 2 "$tenon" check --nothing x
code 2 "$tenon" help nothing-of-the-kind
code 0 "$tenon"
says '  serve'
code 0 "$tenon" --version
code 0 "$tenon" help money
code 0 "$tenon" help round
code 0 "$tenon" help too_large
code 0 "$tenon" serve --help

# Diagrams: read, refused by element, played, written and read again.
diagrams=../fixtures/bpmn
code 2 "$tenon" bpmn
code 0 "$tenon" bpmn "$diagrams/choice.bpmn" --form deal
says '"form": "deal"'
code 1 "$tenon" bpmn "$diagrams/refused_service.bpmn"
says 'mail (serviceTask'
[ -s "$work/out" ] && die "a refused diagram prints a flow"
code 1 "$tenon" bpmn "$diagrams/refused_doctype.bpmn"
code 1 "$tenon" bpmn "$work/no-such.bpmn"
code 0 "$tenon" bpmn "$diagrams/parallel.bpmn" --run
tail -1 "$work/out" | grep -q '"state": "idle", "waiting": \[\["finance", "legal"\], \["legal"\], \["last"\], \[\]\]}$' || die "another run: $(tail -1 "$work/out")"
mkdir -p "$work/drawn/flows"
printf '{"app":"drawn","version":"1"}' >"$work/drawn/app.json"
"$tenon" bpmn "$diagrams/choice.bpmn" >"$work/drawn/flows/order_approval.json" 2>/dev/null
code 0 "$tenon" bpmn --export "$work/drawn" order_approval
cp "$work/out" "$work/drawn.bpmn"
code 0 "$tenon" bpmn "$work/drawn.bpmn"
cmp "$work/out" "$work/drawn/flows/order_approval.json" || die "the exported flow comes back otherwise"
code 1 "$tenon" bpmn --export "$work/drawn" nothing
says 'no flow'
code 0 "$tenon" help bpmn

# Definitions without data.
code 0 "$tenon" check "$app" --strict
code 1 "$tenon" check "$work/nothing"
# An app in one language: a few missing labels are told, the rest counted; --strict tells each.
mkdir -p "$work/mono/forms"
printf '{"app":"mono","version":"1","label":"Mono"}' >"$work/mono/app.json"
printf '{"form":"a","fields":[{"name":"b","type":"text"},{"name":"c","type":"text"},{"name":"d","type":"text"}]}' >"$work/mono/forms/a.json"
code 0 "$tenon" check "$work/mono"
[ "$(grep -c ' VR22 ' "$work/out")" = 4 ] || die "not four of the missing labels: $(cat "$work/out")"
says 'VR22'
code 1 "$tenon" check "$work/mono" --strict
[ "$(grep -c ' VR22 ' "$work/out")" -gt 4 ] || die "--strict does not tell each missing label: $(cat "$work/out")"
code 0 "$tenon" check "$app" --json
says '"findings"'
(cd "$work" && code 0 "$tenon" new app garden && code 0 "$tenon" check garden && code 1 "$tenon" new app garden && code 0 "$tenon" new form plant --app garden && code 0 "$tenon" check garden)
# Each way on is told; a form is made in an app or nowhere.
(cd "$work" && code 0 "$tenon" new app pond && says 'tenon check pond' && code 0 "$tenon" new form fish --app pond && says 'pond/roles')
mkdir "$work/nowhere"
(cd "$work/nowhere" && code 2 "$tenon" new form fish && says 'no app.json')
[ ! -e "$work/nowhere/forms" ] || die "a form was made outside an app"
# "test" is a command and a page of the handbook: help on it shows both.
code 0 "$tenon" help test
says 'tenon test APP_DIR'
says '## step'
code 0 "$tenon" schema "$work/schema"
[ -s "$work/schema/form.schema.json" ] || die "no schema"

# Without a server.
code 1 "$tenon" doctor --data "$data"
says 'no data'
code 0 "$tenon" plan "$app" --data "$data"
says 'The form item is new'
[ ! -e "$data" ] || die "a plan made the data folder"
code 0 "$tenon" apply "$app" --data "$data"
code 0 "$tenon" plan "$app" --data "$data"
says 'Nothing changes'
code 0 "$tenon" doctor --data "$data"

# With one, and with --dev: a change runs within a second, a bad file keeps the running app.
server_start "$app" --dev
call POST /api/shop/supplier '{"name": "kept"}' >/dev/null
sed -i 's/{"name": "rebate"/{"name": "city", "type": "text", "label": {"zh-CN": "城市", "en": "City"}}, {"name": "rebate"/' "$app/forms/supplier.json"
begun=$(date +%s%N)
until_so "the change does not run" call GET '/api/shop/supplier?fields=city'
took=$((($(date +%s%N) - begun) / 1000000))
printf 'a changed file ran after %s ms\n' "$took"
curl -sN --max-time 300 --unix-socket "$data/tenon.sock" http://tenon/api/events >"$work/events" &
listening=$!
until_so "no stream of news" grep -q retry "$work/events"
sed -i 's/"type": "text", "label": {"zh-CN": "城市"/"type": "txet", "label": {"zh-CN": "城市"/' "$app/forms/supplier.json"
until_so "the finding does not show" grep -q 'forms/supplier.json:.*VR01\|forms/supplier.json:.*error' "$server_log"
until_so "no news of the finding" grep -q '^data: .*supplier.json' "$work/events"
sed -n '/^event: findings/{n;s/^data: //p}' "$work/events" | jq -e '.app == "shop" and (.findings[0].file | endswith("supplier.json"))' >/dev/null || die "no event of the finding"
kill "$listening"
wait "$listening" 2>/dev/null || true
call GET '/api/shop/supplier?fields=city,name' | grep -q kept || die "the running app was lost"
sed -i 's/"type": "txet"/"type": "text"/' "$app/forms/supplier.json"
sleep 0.5
# Imports and exports: what --key alone means; a file on stdout.
printf 'name,city\nkept,Wuxi\nnew,Wuxi\n' >"$work/suppliers.csv"
code 0 "$tenon" import shop supplier "$work/suppliers.csv" --key name --data "$data"
says 'use --mode upsert'
says '1 created, 0 updated, 1 skipped'
code 0 "$tenon" import shop supplier "$work/suppliers.csv" --key name --mode upsert --data "$data"
! grep -q 'use --mode' "$work/err" || die "told about --mode that was given"
code 0 "$tenon" export shop supplier - --fields name,city --sort name --data "$data"
says 'kept,Wuxi'
[ ! -e ./- ] && [ ! -e ./-.part ] || die "export - made a file"
code 1 "$tenon" export shop supplier - --filter 'nothing == 1' --data "$data"
[ ! -s "$work/out" ] || die "a refused export wrote to stdout"
# A publish through the API goes back into the folder.
call GET /api/apps/shop/bundle | jq -c '.files["app.json"].version = "1.0.1" | . + {"note": "browser"}' >"$work/bundle.json"
call POST /api/apps/shop/apply "@$work/bundle.json" | grep -q '"applied":true' || die "apply over HTTP"
until_so "not written back" grep -q '1.0.1' "$app/app.json"
code 0 "$tenon" plan "$app" --data "$data"
says 'Nothing changes'

# A loss must be allowed, with a server as without.
call POST /api/shop/item '{"code": "C-1", "name": "x", "contact": "13800001234"}' >/dev/null || die "create"
sed -i '/{"name": "contact"/d' "$app/forms/item.json"
! grep -q '"contact"' "$app/forms/item.json" || die 'the layout of an unchanged file was lost'
sed -i 's/, "contact": "mask"//' "$app/roles/clerk.json"
sed -i '/{"name": "pick_contact"/d' "$app/forms/wishlist.json"
sleep 0.5
server_stop
grep -q Stopping "$server_log" || die "no orderly stop"

# The folder that would lose data is shown, not applied.
server_start "$app"
call GET '/api/shop/item?fields=contact' >/dev/null 2>&1 || die "the lossy change was applied by itself"
grep -q 'tenon apply' "$server_log" || die "no word on how to apply"
code 1 "$tenon" apply "$app" --data "$data"
says 'allow-loss'
code 0 "$tenon" apply "$app" --data "$data" --allow-loss trash_field
call GET '/api/shop/item?fields=contact' >/dev/null 2>&1 && die "the loss was not applied"
code 0 "$tenon" doctor --data "$data"

# Backup while serving, proof, restore elsewhere.
code 0 "$tenon" backup "$work/backup" --data "$data"
code 1 "$tenon" backup "$work/backup" --data "$data"
code 0 "$tenon" restore "$work/backup" --verify
code 0 "$tenon" restore "$work/backup" --data "$work/restored"
code 1 "$tenon" restore "$work/backup" --data "$work/restored"
code 0 "$tenon" doctor --data "$work/restored"
printf x | dd of="$work/backup/tenon.db" bs=1 seek=5000 conv=notrunc 2>/dev/null
code 1 "$tenon" restore "$work/backup" --verify

# A second server on the same data is refused; kill -9 leaves nothing that stops the next start.
code 1 "$tenon" serve "$app" --data "$data" --listen 127.0.0.1:0
kill -KILL "$server_pid"
wait "$server_pid" 2>/dev/null || true
server_pid=
code 0 "$tenon" doctor --data "$data"
server_start "$app"
call GET '/api/shop/supplier?fields=name' | grep -q kept || die "data lost"

# TLS: the cookie is bound to the host and to https.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 2 -subj /CN=localhost >/dev/null 2>&1
server_stop
server_start "$app" --tls-cert "$work/cert.pem" --tls-key "$work/key.pem"
curl -sk -i -X POST "$base/api/session" -H 'Content-Type: application/json' -d '{"login": "admin", "password": "admin-password-1"}' >"$work/out"
says '^Set-Cookie: __Host-tenon=.*; Path=/; HttpOnly; SameSite=Lax; Secure'
token=$(sed -n 's/^Set-Cookie: __Host-tenon=\([^;]*\);.*/\1/p' "$work/out")
[ -n "$token" ] && grep -q -- "$token\|admin-password-1" "$server_log" && die "a secret is in the log"
server_stop
code 1 "$tenon" serve "$app" --data "$data" --listen 127.0.0.1:0 --tls-cert "$work/cert.pem"
says 'go together'
[ "$(stat -c %a "$data")" = 700 ] || [ "$(stat -c %a "$data/tenon.db")" = 600 ] || die "others may read the data"

# Plain HTTP beyond this machine only when told.
code 1 "$tenon" serve "$app" --data "$work/other" --listen 0.0.0.0:0
says 'insecure-http'
code 1 "$tenon" serve "$app" --data "$work/other" --listen nonsense
printf 'all of it holds\n'
