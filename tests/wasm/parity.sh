#!/bin/sh
# parity.sh TENON NODE -- a server with the CRM and its demo records; the browser's rules must answer as its /validate does.
tenon=$1
node=$2
cd "$(dirname "$0")/../.." || exit 1
[ -x "$node" ] || { echo "skipped: $node is not there (npm ci in web/)"; exit 77; }
[ -f "$TENON_WASM" ] || { echo "skipped: this build has no WebAssembly (WITH_WASM)"; exit 77; }
data=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export TENON_ADMIN_PASSWORD=parity-of-rules TENON_URL="http://127.0.0.1:$port"
"$tenon" serve apps/crm --data "$data" --listen "127.0.0.1:$port" --demo >"$data/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$data"' EXIT
for _ in $(seq 600); do
	curl -sf "$TENON_URL/readyz" >/dev/null && break
	kill -0 $server 2>/dev/null || { cat "$data/log" >&2; exit 1; }
	sleep 0.1
done
(cd web && "$node" node_modules/vitest/vitest.mjs run src/rules/parity --testTimeout 300000)
