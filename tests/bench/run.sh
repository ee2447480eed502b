#!/bin/sh
# Ours beside the bare libraries in one run: prints ours, theirs and the ratio (ours / theirs; for times theirs / ours), so
# that 1.00 means "as fast as no product at all". Rows: TENON_BENCH_ROWS (default 100000 and 1000000).
# wrk shares the two cores with both sides alike.
set -eu
cd "$(dirname "$0")/../.."
rows=${TENON_BENCH_ROWS:-"100000 1000000"}
seconds=${TENON_BENCH_SECONDS:-4}
port=18741 bare_port=18742
work=$(mktemp -d "${TMPDIR:-/tmp}/tenon-bench.XXXXXX")
server='' bare=''
stop() { [ -z "$1" ] || { kill "$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }; }
trap 'stop "$server"; stop "$bare"; rm -rf "$work"' EXIT INT TERM

cmake --preset release >/dev/null
cmake --build --preset release --target tenon bench_bare bench_flow prop_flow_cases >/dev/null
tenon=$PWD/build/release/tenon
theirs=$PWD/build/release/tests/bench/bench_bare
export TENON_ADMIN_PASSWORD=bench-password TENON_LOG=warn

row() { # name, ours, theirs, unit, "rate" or "time"
	awk -v name="$1" -v a="$2" -v b="$3" -v unit="$4" -v kind="$5" 'BEGIN {
		ratio = (a + 0 > 0 && b + 0 > 0) ? (kind == "time" ? b / a : a / b) : 0
		printf "%-44s %12s %12s  %-8s %s\n", name, a, b, unit, ratio ? sprintf("%.2f", ratio) : "-" }'
}
rate() { # wrk arguments: requests per second; any answer but 2xx is an error
	out=$(wrk -d "${seconds}s" "$@")
	case "$out" in *Non-2xx*) printf 'wrk: %s\n' "$(printf '%s' "$out" | grep Non-2xx)" >&2 ;; esac
	printf '%s' "$out" | sed -n 's/^Requests\/sec: *\([0-9]*\).*/\1/p'
}
per_mille() { # wrk arguments: requests in 1,000 seconds, which is rows a second when a request has 1,000 of them
	wrk -d "${seconds}s" "$@" | awk '/Non-2xx/ { print > "/dev/stderr" } /^Requests\/sec:/ { printf "%d", $2 * 1000 }'
}
cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }                  # in 10 ms ticks
cpu_us() { # pid, wrk arguments: server CPU microseconds a request
	pid=$1
	shift
	before=$(cpu "$pid")
	out=$(wrk -d "${seconds}s" "$@")
	after=$(cpu "$pid")
	printf '%s' "$out" | awk -v ticks=$((after - before)) '/requests in/ { printf "%.1f", ticks * 10000 / $1 }'
}
own() { awk '/^RssAnon/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; } # without pages of the file that are mapped
resident() { awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }
wait_up() { i=0; until curl -fs "http://127.0.0.1:$1$2" >/dev/null; do i=$((i + 1)); [ $i -lt 400 ] || { echo "no answer on $1" >&2; exit 1; }; sleep 0.01; done; }
serve() { # data folder
	"$tenon" serve tests/bench/app --data "$1" --listen "127.0.0.1:$port" >"$work/server.log" 2>&1 &
	server=$!
	wait_up $port /healthz
	token=$("$tenon" user token admin --rate 0 --data "$1" | tail -1)
	auth="Authorization: Bearer $token"
}

printf 'cores %s, %s, %s\n' "$(nproc)" "$(sqlite3 --version | cut -d' ' -f1)" "$(date -u +%FT%TZ)"
printf '%-44s %12s %12s  %-8s %s\n' 'path' 'tenon' 'bare' 'unit' 'ratio'

# --- start, idle memory
data=$work/start
serve "$data"; stop "$server"
start=$(date +%s%N); serve "$data"; up=$(( ($(date +%s%N) - start) / 1000000 ))
row 'cold start to first answer' "$up" '-' ms time
row 'resident, idle' "$(resident "$server")" '-' MiB time
stop "$server"; server=''

# --- the checks of a flow when it is published (VR09, VR10): targets 50 ms and 100 ms
checks=$(build/release/tests/prop_flow_cases 2>&1)
row 'verify a flow, 100 steps, 5,000 people' "$(printf '%s' "$checks" | sed -n 's/^100 steps, 5000 people: \([0-9.]*\) ms/\1/p')" '-' ms time
row 'verify a branch, 6 fields, 20 cases, worst' "$(printf '%s' "$checks" | sed -n 's/^6 fields, 20 cases: at most \([0-9.]*\) ms/\1/p')" '-' ms time

# --- create
for clients in 1 8 64; do
	count=$((clients == 1 ? 3000 : clients == 8 ? 10000 : 30000))
	bare_rate=$("$theirs" create "$work" $clients $count | sed -n 's/create_per_s //p')
	data=$work/create$clients
	serve "$data"
	cat >"$work/create.lua" <<LUA
local thread_id = 0
function setup(thread) thread_id = thread_id + 1 thread:set("id", thread_id) end
local n = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["$(printf %s "$auth" | cut -d: -f1)"] = "$(printf %s "$auth" | cut -d' ' -f2-)"
function request()
	n = n + 1
	return wrk.format(nil, nil, nil, string.format('{"code":"W%d-%d","company":"上海云智科技有限公司%d","contact":"张伟","mobile":"138%08d","email":"u%d@example.com","region":"east","stage":"quote","amount":"%d.50","discount":"0.05","close_date":"2026-05-17"}', id, n, n, n, n, n))
end
LUA
	row "create, $clients clients, FULL" "$(rate -t 1 -c $clients -s "$work/create.lua" "http://127.0.0.1:$port/api/bench/lead")" "$bare_rate" rows/s rate
	stop "$server"; server=''
done

# --- batch: 1,000 creates a request; bare commits as often (each: our windows of 64)
for mode in atomic each; do
	bare_rate=$("$theirs" batch "$work" $([ $mode = atomic ] && echo 1000 || echo 64) 100000 | sed -n 's/batch_per_s //p')
	data=$work/batch-$mode
	serve "$data"
	cat >"$work/batch.lua" <<LUA
local n = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["$(printf %s "$auth" | cut -d: -f1)"] = "$(printf %s "$auth" | cut -d' ' -f2-)"
function request()
	local operations = {}
	for i = 1, 1000 do
		n = n + 1
		operations[i] = string.format('{"op":"create","values":{"code":"B%d","company":"上海云智科技有限公司%d","contact":"张伟","mobile":"138%08d","email":"u%d@example.com","region":"east","stage":"quote","amount":"%d.50","discount":"0.05","close_date":"2026-05-17"}}', n, n, n, n, n)
	end
	return wrk.format(nil, nil, nil, '{"atomic":$([ $mode = atomic ] && echo true || echo false),"operations":[' .. table.concat(operations, ",") .. ']}')
end
LUA
	row "batch of 1,000 ($mode)" "$(per_mille -t 1 -c 1 -s "$work/batch.lua" "http://127.0.0.1:$port/api/bench/lead/batch")" "$bare_rate" rows/s rate
	stop "$server"; server=''
done

# --- approvals: in one process, beside the rows they write
mkdir -p "$work/flow"
"$PWD/build/release/tests/bench/bench_flow" "$work/flow" >"$work/flow.txt" 2>"$work/flow.log"
flow() { sed -n "s/^$1 //p" "$work/flow.txt"; }
row 'verdicts, 1 client' "$(flow verdicts_1_client_per_s)" "$(flow bare_1_per_commit_per_s)" verdicts/s rate
row 'verdicts, 64 clients' "$(flow verdicts_64_clients_per_s)" "$(flow bare_64_per_commit_per_s)" verdicts/s rate
row 'inbox page, 200 tasks among 1 M runs, median' "$(flow inbox_200_tasks_median_us)" - us time
row 'inbox page, 30,000 tasks among 1 M runs, p99' "$(flow inbox_30000_tasks_p99_us)" - us time
row 'overdue timers drained' "$(flow timers_per_s)" - fires/s rate
rm -rf "$work/flow"

# --- a start with a million open runs, 100,000 timers of which fell due in the night: ready in a second, drained in a minute
runs=${TENON_BENCH_RUNS:-1000000} timers=100000
data=$work/boot
serve "$data"
account=$(curl -fs -H "$auth" -H 'Content-Type: application/json' -d '{"code":"A1","name":"A"}' "http://127.0.0.1:$port/api/bench/account" | jq .id)
stop "$server"; server=''
sqlite3 "$data/tenon.db" <<SQL
BEGIN;
WITH RECURSIVE c (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < $runs)
INSERT INTO sys_flow_run (id, app, flow, version, form, record, starter, state, rev, marking_json, started_at, log_seq, log_hash)
	SELECT 244616453156864 + i, 'bench', f.flow, 1, f.form, $account, u.id, 'running', 1, '{"at":[["look",1]],"rounds":1}', 1700000000000000, 0, x''
	FROM c, (SELECT flow, (SELECT form FROM event LIMIT 1) AS form FROM sys_flow_def LIMIT 1) f, (SELECT id FROM sys_user LIMIT 1) u;
INSERT INTO sys_flow_task (run, n, app, flow, step, round, kind, state, origin, actor, weight, place, opened_at, sort_at, next_rule, skipped, due_at, next_at)
	SELECT id, 1, app, flow, 'look', 1, 'approve', 'open', 'rule', starter, 1, 0, started_at, t, 0, 0, t, t
	FROM (SELECT *, CASE WHEN id <= 244616453156864 + $timers THEN started_at + id - 244616453156864 ELSE 4102444800000000 END AS t FROM sys_flow_run);
COMMIT;
SQL
overdue() { sqlite3 "file:$data/tenon.db?mode=ro" 'SELECT count(*) FROM sys_flow_task WHERE next_at < 1800000000000000 AND next_at IS NOT NULL'; }
due=$(overdue)
start=$(date +%s%N); serve "$data"; up=$(( ($(date +%s%N) - start) / 1000000 ))
row "start with $runs open runs, $due timers due" "$up" '-' ms time
until [ "$(overdue)" = 0 ] || [ $(( ($(date +%s%N) - start) / 1000000000 )) -gt 120 ]; do sleep 0.2; done
row 'drained, from the start on' $(( ($(date +%s%N) - start) / 1000000 )) '-' ms time
row 'reminders told' "$(sqlite3 "file:$data/tenon.db?mode=ro" "SELECT count(*) FROM sys_flow_log WHERE act = 'due'")" '-' lines rate
row 'resident meanwhile' "$(resident "$server")" '-' MiB time
stop "$server"; server=''
rm -rf "$data"

# --- import, then reading on the same data
for n in $rows; do
	data=$work/rows$n
	mkdir -p "$data"
	"$theirs" gen-accounts 1000 >"$work/accounts.csv"
	"$theirs" gen "$n" 0 >"$work/leads.csv"
	printf '{"columns":{"code":"code","company":"company","contact":"contact","mobile":"mobile","email":"email","region":"region","stage":"stage","amount":"amount","discount":"discount","close_date":"close_date","account":{"field":"account","by":"code"}}}' >"$work/map.json"
	bare_rate=$("$theirs" import "$work" "$work/leads.csv" | sed -n 's/import_per_s //p')
	serve "$data"
	"$tenon" import bench account "$work/accounts.csv" --data "$data" >/dev/null
	start=$(date +%s%N)
	"$tenon" import bench lead "$work/leads.csv" --data "$data" --map "$work/map.json" | tail -1 >"$work/import.txt"
	took=$(( ($(date +%s%N) - start) / 1000 ))
	grep -q "$n created" "$work/import.txt" || cat "$work/import.txt"
	row "import, $n rows (rules, ref, unique, search)" $((n * 1000000 / took)) "$bare_rate" rows/s rate
	"$theirs" serve "$data/tenon.db" $bare_port & bare=$!
	wait_up $bare_port /hello
	id=$(curl -fs -H "$auth" "http://127.0.0.1:$port/api/bench/lead?limit=1" | jq '.records[0].id')
	list="http://127.0.0.1:$port/api/bench/lead?filter=region=='east'%20and%20stage=='won'%20and%20close_date>='2026-01-01'&sort=-close_date&fields=code,company,contact,mobile,region,stage,amount,net,close_date"
	for clients in 8 64; do
		row "read one, $n rows, $clients clients" "$(rate -t 1 -c $clients -H "$auth" "http://127.0.0.1:$port/api/bench/lead/$id")" \
			"$(rate -t 1 -c $clients "http://127.0.0.1:$bare_port/one/$id")" req/s rate
		# D05
		row "list of 50, $n rows, $clients clients" "$(rate -t 1 -c $clients -H "$auth" "$list")" "$(rate -t 1 -c $clients "http://127.0.0.1:$bare_port/list")" req/s rate
	done
	row "read one, $n rows, CPU" "$(cpu_us "$server" -t 1 -c 8 -H "$auth" "http://127.0.0.1:$port/api/bench/lead/$id")" "$(cpu_us "$bare" -t 1 -c 8 "http://127.0.0.1:$bare_port/one/$id")" us time
	row "list of 50, $n rows, CPU" "$(cpu_us "$server" -t 1 -c 8 -H "$auth" "$list")" "$(cpu_us "$bare" -t 1 -c 8 "http://127.0.0.1:$bare_port/list")" us time
	row "search of 2 characters (南山), $n rows, CPU" "$(cpu_us "$server" -t 1 -c 8 -H "$auth" "http://127.0.0.1:$port/api/bench/lead?q=%E5%8D%97%E5%B1%B1&fields=code,company")" '-' us time
	start=$(date +%s%N)
	lines=$(curl -fs -H "$auth" "http://127.0.0.1:$port/api/bench/lead/export.csv" | wc -l)
	took=$(( ($(date +%s%N) - start) / 1000 ))
	start=$(date +%s%N)
	sqlite3 -csv "file:$data/tenon.db?mode=ro" 'SELECT code, company, contact, mobile, email, region, stage, amount, discount, net, close_date, account FROM bench_lead ORDER BY id DESC' >"$work/bare.csv"
	bare_took=$(( ($(date +%s%N) - start) / 1000 ))
	row "export, $lines lines" $((lines * 1000000 / took)) $((lines * 1000000 / bare_took)) rows/s rate
	row "resident, loaded, $n rows" "$(resident "$server")" "$(resident "$bare")" MiB time
	row "  of it memory of its own" "$(own "$server")" "$(own "$bare")" MiB time
	stop "$bare"; bare=''
	stop "$server"; server=''
done
