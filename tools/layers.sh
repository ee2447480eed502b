#!/bin/sh
# layers.sh -- reads every #include line of the source tree against tests/layers.txt; one line per breach, exit 1.
set -eu
cd "$(dirname "$0")/.."
files=$(find runtime engines tests -name '*.[ch]' -o -name '*.inc' -o -name '*.tbl' | sort)
[ -n "$files" ] || { echo "layers: no source files found" >&2; exit 1; }
# shellcheck disable=SC2086  # file names in the tree hold no blanks
awk '
function room_of(path,   best, r) {
	best = ""
	for (r in allowed) if (index(path, r "/") == 1 && length(r) > length(best)) best = r
	return best
}
function breach(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text
	breaches++
}
FILENAME == "tests/layers.txt" {
	if ($1 != "room" && $1 != "only") next
	subject = $2
	sub(/:$/, "", subject)
	list = " "
	for (i = 3; i <= NF; i++) list = list $i " "
	if ($1 == "room") allowed[subject] = list subject " "
	else only[subject] = list
	next
}
FNR == 1 {
	here = room_of(FILENAME)
	if (here == "") breach("this folder has no row in tests/layers.txt")
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	there = room_of(part[2])
	if (there == "") breach("\"" part[2] "\": an include carries its folder, such as \"runtime/base/str.h\"")
	else if (index(allowed[here], " " there " ") == 0) breach(here " may not include " there " (\"" part[2] "\")")
}
/^[ \t]*#[ \t]*include[ \t]*</ {
	header = $0
	sub(/^[^<]*</, "", header)
	sub(/>.*/, "", header)
	if (header in only && index(only[header], " " here " ") == 0) breach(here " may not include <" header ">")
}
{ checked++ }
END {
	if (breaches) exit 1
	printf "layers: %d files, %d lines, no breach\n", ARGC - 2, checked
}' tests/layers.txt $files
