/* The reader on any bytes: it answers, and what it accepts is written and read again unchanged. The
 * first byte chooses the limits; small ones make the refusals reachable by short inputs. */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
	if (!holds) abort();
}

static void check_refusal(struct arena *a, const struct problem *p) {
	must(p->kind == PROBLEM_MALFORMED || p->kind == PROBLEM_TOO_LARGE);
	must(catalogue_find(p->code) != NULL);
	must(utf8_valid(str_of(problem_text(a, LANGUAGE_ZH, p))));
}

static void check_tree(struct arena *a, struct str text, const struct json *j) {
	must(j->offset + j->length <= text.n);
	must(j->kind != JSON_STRING || utf8_valid(j->text));
	int64_t number;
	must(!json_int(j, &number) || j->kind == JSON_NUMBER);
	for (uint32_t i = 0; i < j->n; i++) {
		must(j->kind != JSON_OBJECT || json_member(j, j->keys[i].name) == &j->items[i]);
		check_tree(a, text, &j->items[i]);
	}
}

static void check_round_trip(struct arena *a, const struct json *j,
			     const struct json_limits *limits) {
	struct sb out = sb_on(a, 64 << 20);
	struct jw w = jw_on(&out);
	jw_json(&w, j);
	struct json_limits larger = *limits;
	larger.bytes = 64 << 20;
	const struct json *again;
	must(json_parse(a, sb_str(&out), &larger, &again) == NULL);
	must(json_equal(j, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const struct json_limits small = { 400, 4, 12, 40, 20 };
	if (size < 1) return 0;
	const struct json_limits *limits = data[0] == 's' ? &small : &json_limits_request;
	struct str text = { (const char *)data + 1, size - 1 };
	struct arena *a = arena_new(8 << 20);
	const struct json *j;
	struct problem *p = json_parse(a, text, limits, &j);
	if (p) {
		check_refusal(a, p);
	} else {
		check_tree(a, text, j);
		check_round_trip(a, j, limits);
	}
	arena_free(a);
	return 0;
}
