#!/bin/sh
# What pages need beyond JSON: pictures in and out, an answer that has not changed, a publish in the browser that comes
# back into the folder with --dev, and how long a check of the draft takes.
. "$(dirname "$0")/server.sh"
app=$work/shop
cp -r app "$app"
server_start "$app" --dev

# A session as a browser has it: get PATH..., send METHOD PATH ...
jar=$work/cookies
csrf=$(curl -s -c "$jar" --json '{"login": "admin", "password": "admin-password-1"}' "$base/api/session" | sed 's/.*"csrf":"\([^"]*\)".*/\1/')
send() { method=$1 path=$2; shift 2; curl -s -b "$jar" -H "X-CSRF-Token: $csrf" -X "$method" "$@" "$base$path"; }

# ---- pictures: a PNG of 1 x 1, by its bytes and not by its name
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\001\0\0\0\001\010\006\0\0\0\037\025\304\211' >"$work/logo.png"
printf '\0\0\0\rIDATx\234c\370\317\300\360\037\0\005\0\001\377\126\307\057\015\0\0\0\0IEND\256B\140\202' >>"$work/logo.png"
id=$(send PUT /api/settings/company.logo --data-binary @"$work/logo.png" | sed 's/.*"id":"\([0-9]*\)".*/\1/')
[ -n "$id" ] || die "the logo was not taken"
send GET "/api/files/$id" -D "$work/head" -o "$work/back.png"
cmp "$work/logo.png" "$work/back.png" || die "the logo came back different"
grep -qi '^content-type: image/png' "$work/head" || die "type of the logo"
grep -qi '^x-content-type-options: nosniff' "$work/head" || die "nosniff"
grep -qi '^content-security-policy:.*sandbox' "$work/head" || die "sandbox"
sha=$(sha256sum <"$work/logo.png" | cut -d' ' -f1)
[ -f "$data/files/$sha" ] || die "the logo is not kept by its hash"
send GET /api/settings | grep -q "\"logo\":\"$id\"" || die "the setting does not name the logo"
head -c 600000 /dev/zero >"$work/large"
[ "$(send PUT /api/settings/company.logo --data-binary @"$work/large" -o /dev/null -w '%{http_code}')" = 413 ] || die "a large picture was taken"
send GET /api/settings | grep -q "\"logo\":\"$id\"" || die "a refused picture changed the setting"
seal=$(send PUT /api/settings/company.seal --data-binary @"$work/logo.png" | sed 's/.*"id":"\([0-9]*\)".*/\1/')
send POST /api/users --json '{"user": "guest", "password": "guest-password-1"}' >/dev/null
guest=$work/guest
curl -s -c "$guest" --json '{"login": "guest", "password": "guest-password-1"}' "$base/api/session" >/dev/null
[ "$(curl -s -b "$guest" -o /dev/null -w '%{http_code}' "$base/api/files/$id")" = 200 ] || die "the logo is not for everybody"
[ "$(curl -s -b "$guest" -o /dev/null -w '%{http_code}' "$base/api/files/$seal")" = 404 ] || die "the seal is for everybody"
[ "$(curl -s -o /dev/null -w '%{http_code}' "$base/api/files/$id")" = 401 ] || die "the logo is for strangers"
send PATCH /api/settings --json '{"company": {"logo": null}}' >/dev/null
[ "$(send GET "/api/files/$id" -o /dev/null -w '%{http_code}')" = 404 ] || die "a logo taken away is still there"

# ---- the definition: 304 while nothing changed, 200 once it did, another tag for another reader
tag=$(send GET /api/shop/definition -D - -o /dev/null | sed -n 's/^[Ee][Tt]ag: \([^\r]*\).*/\1/p')
[ "$(send GET /api/shop/definition -H "If-None-Match: $tag" -o "$work/empty" -w '%{http_code}')" = 304 ] || die "not 304"
[ ! -s "$work/empty" ] || die "a 304 has a body"
[ "$(send GET '/api/shop/definition?as=role:shop.clerk' -H "If-None-Match: $tag" -o /dev/null -w '%{http_code}')" = 200 ] || die "304 for another reader"

# ---- a publish in the browser goes back into the folder
send GET /api/apps/shop/files/forms/supplier.json |
	sed 's/.*"text":"\(.*\)","sha".*/\1/; s/\\"name\\": \\"name\\",/\\"name\\": \\"region\\", \\"type\\": \\"text\\"}, {\\"name\\": \\"name\\",/' >"$work/text"
grep -q region "$work/text" || die "the text was not changed: $(cat "$work/text")"
printf '{"text": "%s"}' "$(cat "$work/text")" >"$work/body"
send PUT /api/apps/shop/draft/forms/supplier.json --json @"$work/body" | grep -q '"change":"changed"' || die "the draft was not saved"
grep -q region "$app/forms/supplier.json" && die "a draft went into the folder"
cp "$app/forms/item.json" "$work/item.json"
send POST /api/apps/shop/apply --json '{"draft": true}' | grep -q '"applied":true' || die "not published"
grep -q region "$app/forms/supplier.json" || die "the publish did not come back into the folder"
cmp "$work/item.json" "$app/forms/item.json" || die "an unchanged file was written anew"
sleep 1
send GET /api/apps/shop/versions | grep -q '"version":2,.*"current":true' || die "the folder was applied once more"
[ "$(send GET /api/shop/definition -H "If-None-Match: $tag" -o /dev/null -w '%{http_code}')" = 200 ] || die "304 after a publish"

# ---- export, import, export: the same bytes
send GET /api/apps/shop/bundle >"$work/one.json"
send POST /api/apps/shop/bundle --json @"$work/one.json" | grep -q '"changed":0' || die "its own bundle changes an app"
send PUT /api/apps/shop/draft/forms/extra.json --json '{"text": "{\"form\": \"extra\", \"fields\": [{\"type\": \"text\", \"name\": \"a\"}]}"}' >/dev/null
send POST /api/apps/shop/apply --json '{"draft": true}' >/dev/null
send GET /api/apps/shop/bundle >"$work/two.json"
send POST /api/apps/shop/bundle --json @"$work/one.json" | grep -q '"changed":1' || die "the former bundle is not one file away"
send POST /api/apps/shop/apply --json '{"draft": true, "allow": ["*"]}' | grep -q '"applied":true' || die "the former bundle was not published"
send GET /api/apps/shop/bundle | cmp - "$work/one.json" || die "export, import, export differ"

# ---- a check while typing
ms=$(send POST /api/apps/shop/check --json '{"draft": true}' -o /dev/null -w '%{time_total}' | awk '{printf "%d", $1 * 1000}')
printf 'pages: a check of the draft took %s ms\n' "$ms"
