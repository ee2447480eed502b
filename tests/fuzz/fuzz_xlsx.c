/* fuzz_xlsx.c -- any bytes as a workbook, or, behind an even first byte, any bytes as its parts
 * (between them: 0x1E): sheet, styles, shared texts, list of sheets. Read twice it says the same;
 * rows ascend, and no cell is longer than the limit. */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/xlsx/xlsx.h"
#include "tests/support/workbook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t hash;
	unsigned line;
};

static struct problem *row(void *arg, const struct str *cells, size_t n, unsigned line) {
	struct seen *s = arg;
	if (line <= s->line || !n || n > xlsx_limits.columns || !cells[n - 1].n) abort();
	s->line = line;
	for (size_t i = 0; i < n; i++) {
		if (cells[i].n > xlsx_limits.cell_bytes || !utf8_valid(cells[i])) abort();
		s->hash = s->hash * 31 + str_hash(cells[i]);
	}
	return NULL;
}

static const char *read_once(struct arena *a, int fd, struct seen *s) {
	struct xlsx *x;
	struct xlsx_rows rows = { .row = row, .arg = s };
	struct problem *p = xlsx_open(a, fd, &x);
	if (!p) p = xlsx_choose(x, (struct str){ "", 0 });
	if (!p) p = xlsx_read(x, &rows);
	return p ? p->code : "";
}

static struct str from_parts(struct arena *a, struct str text) {
	static const char *const names[] = { "xl/worksheets/sheet1.xml", "xl/styles.xml",
					     "xl/sharedStrings.xml", "xl/workbook.xml" };
	struct part parts[ARRAY_LEN(names)];
	size_t n = 0;
	while (text.n && n < ARRAY_LEN(names)) {
		const char *end = memchr(text.p, 0x1e, text.n);
		size_t length = end ? (size_t)(end - text.p) : text.n,
		       past = length + (end != NULL);
		parts[n] = (struct part){ names[n], { text.p, length } };
		text = (struct str){ text.p + past, text.n - past };
		n++;
	}
	return workbook_with(a, parts, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	if (size < 1) return 0;
	struct arena *a = arena_new(0);
	struct str rest = { (const char *)data + 1, size - 1 };
	struct seen one = { 0 }, two = { 0 };
	int fd = workbook_file(data[0] & 1 ? rest : from_parts(a, rest));
	const char *first = read_once(a, fd, &one), *second = read_once(a, fd, &two);
	if (strcmp(first, second) != 0 || one.hash != two.hash || one.line != two.line) abort();
	close(fd);
	arena_free(a);
	return 0;
}
