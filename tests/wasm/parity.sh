#!/bin/sh
# parity.sh TENON NODE [APP_FOLDER TEST] -- a server with the CRM and its demo records; the browser's rules must answer as its
# /validate does. With tests/wasm/doors: the same rule at every door.
tenon=$1
node=$2
folder=${3:-apps/crm}
test=${4:-src/rules/parity}
cd "$(dirname "$0")/../.." || exit 1
[ -x "$node" ] || { echo "skipped: $node is not there (npm ci in web/)"; exit 77; }
[ -f "$TENON_WASM" ] || { echo "skipped: this build has no WebAssembly (WITH_WASM)"; exit 77; }
data=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
TENON_APP=$(basename "$folder")
export TENON_APP TENON_ADMIN_PASSWORD=parity-of-rules TENON_URL="http://127.0.0.1:$port"
"$tenon" serve "$folder" --data "$data" --listen "127.0.0.1:$port" --demo >"$data/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$data"' EXIT
for _ in $(seq 600); do
	curl -sf "$TENON_URL/readyz" >/dev/null && break
	kill -0 $server 2>/dev/null || { cat "$data/log" >&2; exit 1; }
	sleep 0.1
done
if [ -f "$folder/people.json" ]; then "$tenon" user import "$folder/people.json" --data "$data" >"$data/people" || { cat "$data/people" >&2; exit 1; }; fi
(cd web && "$node" node_modules/vitest/vitest.mjs run "$test" --testTimeout 300000)
