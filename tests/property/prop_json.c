/* Random JSON and random damage to it.
 * 1. Our reader and jansson accept and refuse the same texts and see the same values. One
 * difference is known and wanted: a number beyond double or int64 (1e400) is refused there and kept
 * as raw text here.
 * 2. parse -> write -> parse gives an equal tree, compact and pretty, and the second writing
 * repeats the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/base/json.h"
#include "tests/property/jansson_reads.h"

enum { TEXTS = 8000, DAMAGED_EACH = 4, TEXT_BYTES = 1 << 20 };
static const struct json_limits limits = { TEXT_BYTES, 70, 100000, 1000000, TEXT_BYTES };

static uint64_t seed;

static uint64_t random_bits(void) /* SplitMix64 */
{
	uint64_t z = seed += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static size_t below(size_t n) { return (size_t)(random_bits() % n); }

static void blanks(struct sb *b) {
	static const char *const some[] = { "", "", "", "", " ", "\n", "\r\n", "\t  " };
	sb_cat(b, some[below(ARRAY_LEN(some))]);
}

static void random_number(struct sb *b) {
	static const char *const some[] = { "0",
					    "-0",
					    "12.10",
					    "1e5",
					    "-3E-2",
					    "0.0",
					    "9007199254740993",
					    "1e400",
					    "-1.5e+07",
					    "99999999999999999999" };
	if (below(3))
		sb_int(b, (int64_t)random_bits() >> below(63));
	else
		sb_cat(b, some[below(ARRAY_LEN(some))]);
}

static void random_string(struct sb *b) {
	static const char *const pieces[] = { "a",
					      "name",
					      "客户",
					      "𠮷",
					      "é",
					      "\\n",
					      "\\\"",
					      "\\\\",
					      "\\/",
					      "\\u0041",
					      "\\u5ba2",
					      "\\u001f",
					      "\\ud842\\udfb7",
					      "\x7F",
					      "}{][",
					      ": ,",
					      "\\b\\f\\r\\t",
					      "0123456789abcdef",
					      "深圳市云智科技有限公司" };
	sb_char(b, '"');
	for (size_t n = below(5); n; n--) sb_cat(b, pieces[below(ARRAY_LEN(pieces))]);
	sb_char(b, '"');
}

static void random_value(struct sb *b, unsigned depth);

static void random_members(struct sb *b, unsigned depth, bool object) {
	size_t n = below(8) ? below(5) : below(30);
	for (size_t i = 0; i < n; i++) {
		if (i) sb_char(b, ',');
		blanks(b);
		if (object) {
			random_string(b);
			if (below(10)) { /* mostly made unique */
				b->n--;
				sb_printf(b, "%zu\"", i);
			}
			blanks(b);
			sb_char(b, ':');
		}
		random_value(b, depth + 1);
	}
}

static void random_value(struct sb *b, unsigned depth) {
	static const char *const words[] = { "true", "false", "null" };
	blanks(b);
	size_t kind = below(depth > 6 ? 5 : 9);
	if (kind >= 5) {
		bool object = kind % 2;
		sb_char(b, object ? '{' : '[');
		random_members(b, depth, object);
		sb_char(b, object ? '}' : ']');
	} else if (kind == 0) {
		sb_cat(b, words[below(3)]);
	} else if (kind < 3) {
		random_number(b);
	} else {
		random_string(b);
	}
	blanks(b);
}

/* One byte or one short stretch changed, dropped, doubled or put in. */
static struct str damaged(struct arena *a, struct str text) {
	static const char alphabet[] =
		"{}[]\",:\\u0e+-. \n\t\x01\x80\xBF\xC0\xED\xF0\xFF\xE4/*'tfnabd";
	struct sb b = sb_on(a, TEXT_BYTES);
	size_t at = below(text.n + 1), skip = below(3) ? below(2) : below(10);
	if (skip > text.n - at) skip = text.n - at;
	sb_add(&b, (struct str){ text.p, at });
	for (size_t n = below(3); n; n--) sb_char(&b, alphabet[below(sizeof alphabet - 1)]);
	if (!below(8)) sb_add(&b, (struct str){ text.p + at, skip });
	sb_add(&b, (struct str){ text.p + at + skip, text.n - at - skip });
	return sb_str(&b);
}

static void add_bytes(void *to, const char *p, size_t n) { sb_bytes(to, p, n); }

static void flatten(struct sb *to, const struct json *j) {
	static const char marks[] = {
		[JSON_NULL] = '0',   [JSON_FALSE] = 'f', [JSON_TRUE] = 't',  [JSON_NUMBER] = 'n',
		[JSON_STRING] = 's', [JSON_ARRAY] = '[', [JSON_OBJECT] = '{'
	};
	sb_char(to, marks[j->kind]);
	if (j->kind == JSON_STRING) {
		sb_add(to, j->text);
		sb_char(to, '\0');
	}
	for (uint32_t i = 0; i < j->n; i++) {
		if (j->kind == JSON_OBJECT) {
			sb_add(to, j->keys[i].name);
			sb_char(to, '\0');
		}
		flatten(to, &j->items[i]);
	}
	if (j->kind == JSON_ARRAY || j->kind == JSON_OBJECT) sb_char(to, '.');
}

static void write_and_read_again(struct arena *a, const struct json *j, bool pretty) {
	struct sb texts[2] = { sb_on(a, 4 * TEXT_BYTES), sb_on(a, 4 * TEXT_BYTES) };
	for (int i = 0; i < 2; i++) {
		struct jw w = jw_on(&texts[i]);
		if (pretty)
			jw_pretty(&w, j, 0);
		else
			jw_json(&w, j);
		const struct json *again;
		static const struct json_limits larger = { 4 * TEXT_BYTES, 70, 100000, 1000000,
							   TEXT_BYTES };
		assert_null(json_parse(a, sb_str(&texts[i]), &larger, &again));
		assert_true(json_equal(j, again));
		j = again;
	}
	assert_true(str_eq(sb_str(&texts[0]), sb_str(&texts[1])));
}

static unsigned verdicts[3];

static void compare(struct arena *a, struct str text) {
	struct sb ours = sb_on(a, 4 * TEXT_BYTES), theirs = sb_on(a, 4 * TEXT_BYTES);
	const struct json *j;
	struct problem *p = json_parse(a, text, &limits, &j);
	enum verdict verdict = jansson_reads(text.p, text.n, add_bytes, &theirs);
	verdicts[verdict]++;
	if (verdict == VERDICT_NUMBER_TOO_BIG) return; /* it stopped there: the rest is unread */
	if ((p == NULL) != (verdict == VERDICT_ACCEPTED))
		fail_msg("%s here (%s): %.*s", p ? "refused" : "accepted", p ? p->code : "",
			 (int)text.n, text.p);
	if (p) return;
	flatten(&ours, j);
	assert_true(str_eq(sb_str(&ours), sb_str(&theirs)));
	write_and_read_again(a, j, false);
	write_and_read_again(a, j, true);
}

static void our_reader_and_jansson_agree(void **state) {
	(void)state;
	const char *chosen = getenv("TENON_SEED");
	seed = chosen ? strtoull(chosen, NULL, 10) : 20261122;
	print_message("TENON_SEED=%llu\n", (unsigned long long)seed);
	for (int i = 0; i < TEXTS; i++) {
		struct arena *a = arena_new(0);
		struct sb b = sb_on(a, TEXT_BYTES);
		random_value(&b, 0);
		struct str text = sb_str(&b);
		compare(a, text);
		for (int k = 0; k < DAMAGED_EACH; k++) compare(a, damaged(a, text));
		arena_free(a);
	}
	print_message(
		"%u accepted by both, %u refused by both, %u with a number too big for jansson\n",
		verdicts[VERDICT_ACCEPTED], verdicts[VERDICT_REFUSED],
		verdicts[VERDICT_NUMBER_TOO_BIG]);
	assert_true(verdicts[VERDICT_ACCEPTED] > TEXTS / 2 && verdicts[VERDICT_REFUSED] > TEXTS);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(our_reader_and_jansson_agree) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
