#!/bin/sh
# The API's description of two apps is valid OpenAPI 3.1, as a public validator sees it.
. "$(dirname "$0")/server.sh"
command -v npm >/dev/null 2>&1 || skip "node and npm are not there: the description was not checked"
cp openapi/package.json openapi/package-lock.json openapi/.npmrc openapi/validate.js "$work/"
(cd "$work" && timeout 120 npm ci --no-audit --no-fund >npm.log 2>&1) || skip "npm could not install the validator: the description was not checked"
server_start app ../../apps/crm
call GET /openapi.json >"$work/openapi.json"
(cd "$work" && node validate.js openapi.json) || die "not valid"
