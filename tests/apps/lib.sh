# Sourced by the scripts here: a data folder in a temporary place, a server on loopback, and calls that read well.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tenon=${1:-$root/build/release/tenon}
case $tenon in /*) ;; *) tenon=$PWD/$tenon ;; esac
shared=$root/../shared/data
work=$(mktemp -d "${TMPDIR:-/tmp}/tenon-app.XXXXXX")
data=$work/data
server=''
export TENON_ADMIN_PASSWORD=only-for-tests

finish() {
	[ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

need() { # folder of the shared data
	[ -d "$shared/$1" ] || { echo "skipped: ../shared/data/$1 is not there"; exit 77; }
}
serve() { # app folder, then further options
	app=$1
	shift
	"$tenon" serve "$here/$app" --data "$data" --listen 127.0.0.1:0 "$@" >"$work/server.log" 2>&1 &
	server=$!
	i=0 port=''
	until [ -n "$port" ] && curl -fs "http://127.0.0.1:$port/healthz" >/dev/null 2>&1; do
		i=$((i + 1))
		[ $i -lt 1600 ] && kill -0 "$server" 2>/dev/null || { cat "$work/server.log"; exit 1; }
		sleep 0.05
		port=$(sed -n 's/.*http:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/server.log" | head -1) # port 0: the system picks a free one
	done
	token=$("$tenon" user token admin --data "$data" | tail -1)
}
import() { "$tenon" import "$@" --data "$data" | tail -1; }
get() { # path, then parameters as name=value
	path=$1
	shift
	for parameter; do set -- "$@" --data-urlencode "$parameter"; shift; done
	curl -fsS -G -H "Authorization: Bearer $token" "$@" "http://127.0.0.1:$port$path"
}
is() { # what, wanted, got
	if [ "$2" = "$3" ]; then printf 'ok  %s: %s\n' "$1" "$3"; else printf 'NOT OK  %s: wanted %s, got %s\n' "$1" "$2" "$3"; exit 1; fi
}
# Sum of a decimal field of all records, exact, page by page.
sum() { # app/form field [filter]
	cursor='' total=0
	while :; do
		page=$(get "/api/$1" "fields=$2" "limit=1000" ${3:+"filter=$3"} ${cursor:+"cursor=$cursor"})
		total=$(printf '%s' "$page" | jq -r --arg f "$2" '.records[][$f] // empty' | awk -v t="$total" '{ gsub(/\./, ""); t += $1 } END { printf "%d", t }')
		cursor=$(printf '%s' "$page" | jq -r '.next // empty')
		[ -n "$cursor" ] || break
	done
	printf '%s' "$total" | awk '{ printf "%d.%02d", int($1 / 100), $1 % 100 }'
}
