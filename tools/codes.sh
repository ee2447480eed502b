#!/bin/sh
# codes.sh -- every literal code given to PROBLEM or FAULT has a row in runtime/base/catalogue.tbl, and the call gives
# each parameter that the row's text names ({request} is added where the answer is written; {near} is a suggestion, left out
# where there is none). Rows that no source names
# are listed; they do not fail the check.
set -eu
cd "$(dirname "$0")/.."
files=$(find runtime engines -name '*.[ch]' | sort)
# shellcheck disable=SC2086  # file names in the tree hold no blanks
awk '
FILENAME ~ /catalogue\.tbl$/ {
	if (match($0, /^TEXT\("[a-z0-9_]+"/)) row[substr($0, 7, RLENGTH - 7)] = $0
	name = FILENAME
	if (/您/) complain(FNR, "the reader is 你, as on the pages")
	next
}
FNR == 1 { check_file(); text = ""; name = FILENAME }
{
	gsub(/BPMN_PLACE\(/, "\"id\", \"element\", \"line\", &") # a macro of these three (runtime/bpmn/graph.h)
	text = text $0 "\n"
}
END {
	check_file()
	for (code in row) {
		rows++
		if (!(code in named)) print "codes: no source names " code | "sort"
	}
	close("sort")
	printf "codes: %d rows, %d uses, %d wrong\n", rows, uses, wrong
	exit wrong > 0
}
function check_file(   rest, before) {
	rest = text
	while (match(rest, /"[a-z][a-z0-9_]*"/)) {
		named[substr(rest, RSTART + 1, RLENGTH - 2)] = 1
		rest = substr(rest, RSTART + RLENGTH)
	}
	if (name !~ /\.c$/) return
	rest = text
	while (match(rest, /(^|[^A-Za-z_#])(PROBLEM|FAULT)\(/)) {
		before = substr(text, 1, length(text) - length(rest) + RSTART)
		rest = substr(rest, RSTART + RLENGTH)
		split_call(rest)
		check_code(gsub(/\n/, "\n", before) + 1)
	}
}
# The third argument of a call goes to code_argument, the whole of its arguments to arguments.
function split_call(s,   i, c, depth, commas, quoted) {
	depth = 0; commas = 0; quoted = 0; code_argument = ""
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (quoted) {
			if (c == "\\") i++
			else if (c == "\"") quoted = 0
		}
		else if (c == "\"") quoted = 1
		else if (c == "(" || c == "{") depth++
		else if ((c == ")" || c == "}") && depth-- == 0) break
		else if (c == "," && depth == 0) { commas++; continue }
		if (commas == 2) code_argument = code_argument c
	}
	arguments = substr(s, 1, i - 1)
}
function check_code(line,   code) {
	if (code_argument ~ /\(/) return
	while (match(code_argument, /"[^"]*"/)) {
		code = substr(code_argument, RSTART + 1, RLENGTH - 2)
		code_argument = substr(code_argument, RSTART + RLENGTH)
		uses++
		if (code in row) check_parameters(code, line)
		else complain(line, "code \"" code "\" has no row in runtime/base/catalogue.tbl")
	}
}
function check_parameters(code, line,   rest, parameter) {
	rest = row[code]
	while (match(rest, /\{[a-z_]+\}/)) {
		parameter = substr(rest, RSTART + 1, RLENGTH - 2)
		rest = substr(rest, RSTART + RLENGTH)
		if (parameter == "request" || parameter == "near" || index(arguments, "\"" parameter "\"") || (name, code, line, parameter) in told) continue
		told[name, code, line, parameter] = 1
		complain(line, "code \"" code "\" is given without its parameter \"" parameter "\"")
	}
}
function complain(line, what) {
	printf "%s:%d: %s\n", name, line, what
	wrong++
}' runtime/base/catalogue.tbl $files
