#!/bin/sh
# run.sh NODE SCRIPT ARGUMENT... -- runs a script of the web tests on the locked Node; 77 where it or the module is not there.
node=$1
shift
[ -x "$node" ] || { echo "skipped: $node is not there (npm ci in web/)"; exit 77; }
[ -f "$TENON_WASM" ] || { echo "skipped: this build has no WebAssembly (WITH_WASM)"; exit 77; }
exec "$node" "$@"
