#!/bin/sh
# The CRM's demo data as people find it: counts, a plausible funnel, totals computed once more, nothing twice, nothing ahead of time,
# and what each role may see of it.
. "$(dirname "$0")/lib.sh"
checks=$here/crm_demo/check.py
"$tenon" check "$root/apps/crm" --strict >/dev/null
now=2026-11-25T10:30:00+08:00 # what is due when depends on the hour
TENON_TEST_CLOCK=$now here=$root/apps serve crm --demo --test-clock
grep -q ' 0 refused\| 0 条没有装入' "$work/server.log" || { cat "$work/server.log"; exit 1; }
python3 "$checks" "http://127.0.0.1:$port" "$token" "$now"
