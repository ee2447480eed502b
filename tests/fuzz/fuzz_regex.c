/* Any pattern on any text (separated by the first newline): refused with a text, or matched; what
 * its portable spelling matches, read by ourselves, is the same. */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/base/catalogue.h"
#include "runtime/expr/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
	if (!holds) abort();
}

/* The portable form carries PostgreSQL's "(?e)", which is no part of the pattern, and may exceed
 * our length. */
static void check_portable(struct arena *a, const struct regex *r, struct str text) {
	struct str portable = regex_portable(r);
	const struct regex *again;
	must(str_starts(portable, STR("(?e)")));
	portable = (struct str){ portable.p + 4, portable.n - 4 };
	if (portable.n > 1000 || regex_compile(a, portable, &again)) return;
	must(regex_match(again, text) == regex_match(r, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct arena *a = arena_new(64 << 20);
	const char *line = size ? memchr(data, '\n', size) : NULL;
	struct str pattern = { (const char *)data,
			       line ? (size_t)(line - (const char *)data) : size };
	struct str text = line ? (struct str){ line + 1, size - pattern.n - 1 } : STR("");
	const struct regex *r;
	struct problem *p = regex_compile(a, pattern, &r);
	if (p)
		must(catalogue_find(p->code) != NULL);
	else if (utf8_valid(text) && text.n < 4096)
		check_portable(a, r, text);
	arena_free(a);
	return 0;
}
