/* fuzz_multipart.c -- any body, cut anywhere, gives the same parts or the same refusal as in one piece. */
#include <stdint.h>
#include <stdlib.h>
#include "runtime/host/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct problem *begin(void *arg, const struct part *p) {
	sb_add(arg, p->name);
	sb_char(arg, '/');
	sb_add(arg, p->filename);
	sb_char(arg, '=');
	return NULL;
}
static struct problem *bytes(void *arg, const char *p, size_t n) {
	sb_bytes(arg, p, n);
	return NULL;
}
static struct problem *end(void *arg) {
	sb_char(arg, ';');
	return NULL;
}

static const char *read_in(struct arena *a, const char *p, size_t n, size_t cut, struct sb *out) {
	struct multipart_sink sink = { begin, bytes, end, out };
	struct multipart *m;
	struct problem *e = multipart_new(a, STR("multipart/form-data; boundary=B"), &sink, &m);
	if (!e) e = multipart_push(m, p, cut);
	if (!e) e = multipart_push(m, p + cut, n - cut);
	if (!e) e = multipart_end(m);
	return e ? e->code : "";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	if (size < 1) return 0;
	const char *text = (const char *)data + 1;
	size_t n = size - 1, cut = n ? data[0] % (n + 1) : 0;
	struct arena *a = arena_new(0);
	struct sb whole = sb_on(a, 1 << 20), pieces = sb_on(a, 1 << 20);
	const char *one = read_in(a, text, n, 0, &whole), *two = read_in(a, text, n, cut, &pieces);
	if (strcmp(one, two) != 0 || (!*one && !str_eq(sb_str(&whole), sb_str(&pieces)))) abort();
	arena_free(a);
	return 0;
}
