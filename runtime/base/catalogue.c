#include "runtime/base/catalogue.h"

#include <pthread.h>
#include <stdlib.h>

static const struct text_row rows[] = {
#define TEXT(code, zh, en) { code, zh, en },
#include "runtime/base/catalogue.tbl"
#undef TEXT
};

/* The table is sorted by room for its readers; this is its index by code. */
static const struct text_row *by_code[ARRAY_LEN(rows)];

static int compare_rows(const void *a, const void *b) {
	const struct text_row *const *x = a, *const *y = b;
	return strcmp((*x)->code, (*y)->code);
}

static void sort_rows(void) {
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) by_code[i] = &rows[i];
	qsort(by_code, ARRAY_LEN(rows), sizeof by_code[0], compare_rows);
}

const struct text_row *catalogue_rows(size_t *count) {
	*count = ARRAY_LEN(rows);
	return rows;
}

const struct text_row *catalogue_find(const char *code) {
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, sort_rows);
	const struct text_row wanted = { .code = code }, *key = &wanted;
	const struct text_row **found =
		bsearch(&key, by_code, ARRAY_LEN(rows), sizeof by_code[0], compare_rows);
	return found ? *found : NULL;
}

/* A text people read shows at most this much of a value; the rest of a very long one says nothing
 * more. */
enum { VALUE_CODE_POINTS = 200 };

struct filling {
	char *out; /* NULL: measure only */
	size_t n;
};

static void fill_bytes(struct filling *f, struct str s) {
	if (f->out && s.n) memcpy(f->out + f->n, s.p, s.n);
	f->n += s.n;
}

static void fill_param(struct filling *f, struct str name, const struct param *params,
		       size_t count) {
	for (size_t i = 0; i < count; i++) {
		if (!str_is(name, params[i].name)) continue;
		struct str value = str_of(params[i].value);
		size_t shown = utf8_prefix(value, VALUE_CODE_POINTS);
		fill_bytes(f, (struct str){ value.p, shown });
		if (shown < value.n) fill_bytes(f, STR("…"));
		return;
	}
}

/* {name}; any other brace is a brace, as in {"app": "crm"}. */
static bool is_placeholder(const char *open, const char *close) {
	size_t n = (size_t)(close - open) - 1;
	return n && strspn(open + 1, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

static size_t fill(char *out, const char *text, const struct param *params, size_t count) {
	struct filling f = { .out = out };
	for (const char *open, *close; (open = strchr(text, '{')) && (close = strchr(open, '}'));
	     text = close + 1) {
		if (!is_placeholder(open, close)) close = open;
		fill_bytes(&f, (struct str){ text, (size_t)(open - text) + (close == open) });
		if (close == open) continue;
		fill_param(&f, (struct str){ open + 1, (size_t)(close - open - 1) }, params, count);
	}
	fill_bytes(&f, str_of(text));
	return f.n;
}

/* Not through sb: the words of "too large" must still fit when the budget is spent. */
const char *catalogue_text(struct arena *a, enum language language, const char *code,
			   const struct param *params, size_t count) {
	const struct text_row *row = catalogue_find(code);
	const char *text = !row ? code : language == LANGUAGE_EN ? row->en : row->zh;
	char *out = arena_alloc(a, fill(NULL, text, params, count) + 1);
	fill(out, text, params, count);
	return out;
}

const char *problem_text(struct arena *a, enum language language, const struct problem *p) {
	return catalogue_text(a, language, p->code, p->params, p->param_count);
}

const char *fault_text(struct arena *a, enum language language, const struct fault *f) {
	if (f->words) return f->words;
	return catalogue_text(a, language, f->code, f->params, f->param_count);
}

const char *label_text(const struct label *l, enum language language) {
	const char *first = language == LANGUAGE_EN ? l->en : l->zh,
		   *second = language == LANGUAGE_EN ? l->zh : l->en;
	return first ? first : second ? second : "";
}

/* "q=0.8" in thousandths; no or unreadable weight counts as 1, as RFC 9110 12.4.2 has it for none.
 */
static int weight_of(struct str range) {
	const char *q = range.n ? memchr(range.p, ';', range.n) : NULL;
	if (!q) return 1000;
	struct str s = str_trim((struct str){ q + 1, range.n - (size_t)(q + 1 - range.p) });
	if (s.n < 3 || (s.p[0] | 32) != 'q' || s.p[1] != '=' || s.p[2] < '0' || s.p[2] > '1')
		return 1000;
	int weight = (s.p[2] - '0') * 1000;
	for (size_t i = 4, unit = 100; i < s.n && i < 7 && s.p[3] == '.'; i++, unit /= 10)
		if (s.p[i] >= '0' && s.p[i] <= '9') weight += (s.p[i] - '0') * (int)unit;
	return weight > 1000 ? 1000 : weight;
}

static bool names_language(struct str range, const char tag[2]) {
	return range.n >= 2 && (range.p[0] | 32) == tag[0] && (range.p[1] | 32) == tag[1] &&
	       (range.n == 2 || range.p[2] == '-' || range.p[2] == ';' || range.p[2] == ' ');
}

enum language language_of(struct str accept_language) {
	int zh = 0, en = 0, any = 0;
	for (struct str left = accept_language; left.n;) {
		const char *comma = memchr(left.p, ',', left.n);
		size_t n = comma ? (size_t)(comma - left.p) : left.n;
		struct str range = str_trim((struct str){ left.p, n });
		int weight = weight_of(range), *best = names_language(range, "zh")   ? &zh
						       : names_language(range, "en") ? &en
						       : range.n && *range.p == '*'  ? &any
										     : NULL;
		if (best && weight > *best) *best = weight;
		left = (struct str){ left.p + n + (comma != NULL), left.n - n - (comma != NULL) };
	}
	return en > (zh ? zh : any) ? LANGUAGE_EN : LANGUAGE_ZH;
}
