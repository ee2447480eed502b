/* read_ids.c -- sets of ids that one query asks for. */
#include <stdlib.h>
#include "runtime/store/read_internal.h"

static int by_number(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

size_t ids_once(int64_t *ids, size_t n) {
	size_t kept = 0;
	if (n) qsort(ids, n, sizeof *ids, by_number);
	for (size_t i = 0; i < n; i++)
		if (ids[i] && (!kept || ids[i] != ids[kept - 1])) ids[kept++] = ids[i];
	return kept;
}

size_t ids_place(const int64_t *ids, size_t n, int64_t id) {
	const int64_t *at = n ? bsearch(&id, ids, n, sizeof *ids, by_number) : NULL;
	return at ? (size_t)(at - ids) : n;
}
