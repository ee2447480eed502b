/* fuzz_richtext.c -- any text: what is left consists of our elements only, has one form (cleaning
 * it again changes nothing), and every element is closed in order. */
#include <stdint.h>
#include <stdlib.h>
#include "runtime/model/richtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *clean(struct arena *a, struct str html) {
	struct sb out = sb_on(a, html.n * 64 + 4096);
	richtext_clean(a, html, &out);
	if (out.overflow) abort();
	return arena_strdup(a, sb_cstr(&out));
}

static bool known(const char *name, size_t n) {
	static const char names[] = " strong em u s code a p h1 h2 h3 pre blockquote ul ol li "
				    "table thead tbody tr th td ";
	char word[16];
	if (n + 3 > sizeof word) return false;
	word[0] = word[n + 1] = ' ';
	memcpy(word + 1, name, n);
	word[n + 2] = '\0';
	return strstr(names, word) != NULL;
}

/* Tags as they are written: <name>, </name>, <a href="…" rel="noopener">, <br>, <hr>. */
static void check(const char *html) {
	const char *open[64];
	size_t depth = 0;
	for (const char *at = strchr(html, '<'); at; at = strchr(at + 1, '<')) {
		bool close = at[1] == '/';
		const char *name = at + 1 + close;
		size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz123");
		if (!strncmp(at, "<br>", 4) || !strncmp(at, "<hr>", 4)) continue;
		if (!known(name, n)) abort();
		if (close) {
			if (!depth || strncmp(open[--depth], name, n) != 0 || name[n] != '>')
				abort();
			continue;
		}
		if (depth == 64) abort();
		open[depth++] = name;
		if (name[n] == '>') continue;
		if (strncmp(at, "<a href=\"", 9) != 0) abort();
		const char *end = strchr(at + 9, '"');
		if (!end || strncmp(end, "\" rel=\"noopener\">", 17) != 0) abort();
		if (strncasecmp(at + 9, "http", 4) != 0 && strncasecmp(at + 9, "mailto:", 7) != 0)
			abort();
	}
	if (depth) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct str html = { (const char *)data, size };
	if (!utf8_valid(html) || memchr(html.p, 0, html.n)) return 0;
	struct arena *a = arena_new(0);
	const char *once = clean(a, html), *twice = clean(a, str_of(once));
	if (strcmp(once, twice) != 0) abort();
	check(once);
	arena_free(a);
	return 0;
}
