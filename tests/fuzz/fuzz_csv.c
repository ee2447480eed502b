/* fuzz_csv.c -- any bytes, cut into two pieces at any place, read as they do in one piece: rows, or the same refusal. */
#include <stdint.h>
#include <stdlib.h>
#include "engines/form/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct problem *row(void *arg, const struct str *fields, size_t n, unsigned line) {
	struct sb *out = arg;
	sb_printf(out, "%u:", line);
	for (size_t i = 0; i < n; i++) {
		sb_add(out, fields[i]);
		sb_char(out, 0);
	}
	return NULL;
}

static const char *read_in(struct arena *a, const char *p, size_t n, size_t cut, struct sb *out) {
	static const struct csv_limits limits = { 200, 20, 600 };
	struct csv *c = csv_new(a, &limits, ',', row, out);
	struct problem *e = csv_push(c, p, cut);
	if (!e) e = csv_push(c, p + cut, n - cut);
	if (!e) e = csv_end(c);
	return e ? e->code : "";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	if (size < 1) return 0;
	const char *text = (const char *)data + 1;
	size_t n = size - 1, cut = n ? data[0] % (n + 1) : 0;
	struct arena *a = arena_new(0);
	struct sb whole = sb_on(a, 1 << 20), pieces = sb_on(a, 1 << 20);
	const char *one = read_in(a, text, n, 0, &whole), *two = read_in(a, text, n, cut, &pieces);
	if (strcmp(one, two) != 0 || !str_eq(sb_str(&whole), sb_str(&pieces))) abort();
	arena_free(a);
	return 0;
}
