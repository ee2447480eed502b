# server.sh -- sourced by the scripts here: a server on a free port with a fresh data folder, stopped by its pid at the end.
# server_start APP_DIR [options...] sets $base (http://127.0.0.1:PORT), $data, $server_pid; server_log holds what it printed.
set -eu
tenon=$(realpath "${1:?usage: $0 TENON_BINARY}")
cd "$(dirname "$0")"
work=$(mktemp -d)
data=$work/data
server_log=$work/log
server_pid=
LC_ALL=C.UTF-8
TENON_ADMIN_PASSWORD=admin-password-1
export LC_ALL TENON_ADMIN_PASSWORD

skip() { printf '%s\n' "$*"; exit 77; }
die() { printf 'FAILED: %s\n' "$*" >&2; [ -f "$server_log" ] && tail -20 "$server_log" >&2; exit 1; }

server_stop() {
	[ -n "$server_pid" ] || return 0
	kill -TERM "$server_pid" 2>/dev/null || true
	wait "$server_pid" 2>/dev/null || true
	server_pid=
}
finish() { server_stop; rm -rf "$work"; }
trap finish EXIT

server_start() {
	: >"$server_log"
	"$tenon" serve "$@" --data "$data" --listen 127.0.0.1:0 >"$server_log" 2>&1 &
	server_pid=$!
	for _ in $(seq 600); do
		base=$(sed -n 's/^Serving at \([^ ]*\) .*/\1/p' "$server_log")
		[ -n "$base" ] && return 0
		kill -0 "$server_pid" 2>/dev/null || die "the server ended"
		sleep 0.1
	done
	die "the server did not start"
}

# Until it is so, a minute at most: on a busy machine nothing is won by failing early.
until_so() { # what, command...
	what=$1
	shift
	for _ in $(seq 1200); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	die "$what"
}

# Over the Unix socket, as the machine's operator: call METHOD PATH [BODY]
call() {
	curl -s --fail-with-body --unix-socket "$data/tenon.sock" -X "$1" -H 'Content-Type: application/json' ${3:+-d "$3"} "http://tenon$2"
}
