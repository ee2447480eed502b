#!/bin/sh
# tutorials.sh TENON -- every step of docs/tutorials is done and compared with what the page promises.
exec python3 "$(dirname "$0")/run.py" "${1:-build/release/tenon}"
