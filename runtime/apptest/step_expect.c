/* step_expect.c -- what came against what the test expects. Every failure says the file and line of
 * the expectation, the request, what was expected and what came. */
#include "runtime/apptest/steps.h"

void step_fail(struct running *r, const char *expected, struct str came) {
	struct json_place place = json_place(r->d->source, r->step->offset);
	const struct json *steps = json_get(r->d->json, "steps");
	size_t number = (size_t)(r->step - steps->items);
	struct failure f = { .where = arena_printf(r->arena, "%s:%u /steps/%zu", r->d->file,
						   place.line, number),
			     .asked = arena_printf(r->arena, "%s: %s %s %.*s", r->as,
						   r->ask.method ? r->ask.method : "",
						   r->ask.path ? r->ask.path : "",
						   r->ask.body.n < 1000 ? (int)r->ask.body.n : 1000,
						   r->ask.body.n ? r->ask.body.p : ""),
			     .expected = expected,
			     .came = came };
	report_fail(r->t->report, &f);
	r->failed = true;
}

static struct str whole(struct running *r) {
	return str_of(arena_printf(r->arena, "%d %.*s", r->answer.status,
				   r->answer.body.n < 4000 ? (int)r->answer.body.n : 4000,
				   r->answer.body.n ? r->answer.body.p : ""));
}

static const char *as_text(struct running *r, const struct json *j) {
	struct sb out = sb_on(r->arena, STEP_TEXT_MAX);
	struct jw w = jw_on(&out);
	if (!j) return "(nothing)";
	step_write(r, &w, j);
	return sb_cstr(&out);
}

static void judge_status(struct running *r, const struct json *expect) {
	int64_t wanted = 0;
	bool given = json_int(json_get(expect, "status"), &wanted);
	if (!given && json_get(expect, "errors")) given = true, wanted = 422;
	report_check(r->t->report);
	if (given ? r->answer.status == wanted : r->answer.status < 300) return;
	step_fail(r, given ? arena_printf(r->arena, "%lld", (long long)wanted) : "2xx", whole(r));
}

static bool has_error(const struct json *errors, const struct json *wanted) {
	for (uint32_t i = 0; errors && errors->kind == JSON_ARRAY && i < errors->n; i++)
		if (json_equal(json_get(&errors->items[i], "pointer"),
			       json_get(wanted, "pointer")) &&
		    json_equal(json_get(&errors->items[i], "code"), json_get(wanted, "code")))
			return true;
	return false;
}

static void judge_errors(struct running *r, const struct json *expect) {
	const struct json *wanted = json_get(expect, "errors"),
			  *came = json_get(r->answer.json, "errors");
	struct str code = json_str(json_get(expect, "code"));
	if (code.n && !str_eq(code, json_str(json_get(r->answer.json, "code"))))
		step_fail(r, str_dup(r->arena, code), whole(r));
	if (!wanted) return;
	bool good = came && came->n == wanted->n;
	for (uint32_t i = 0; good && i < wanted->n; i++) good = has_error(came, &wanted->items[i]);
	report_check(r->t->report);
	if (!good) step_fail(r, as_text(r, wanted), whole(r));
}

static const struct json *at(struct running *r, const struct json *from, struct str key) {
	if (key.n && key.p[0] == '/') return json_at(from, str_dup(r->arena, key));
	return json_member(from, key);
}

/* The expectation with kept records put in, against the answer. */
static bool same(struct running *r, const struct json *wanted, const struct json *came) {
	const struct json *tree;
	if (!came ||
	    json_parse(r->arena, str_of(as_text(r, wanted)), &json_limits_definition, &tree))
		return false;
	return json_equal(tree, came);
}

static void judge_values(struct running *r, const struct json *wanted, const struct json *record,
			 const char *of) {
	for (uint32_t i = 0; wanted && wanted->kind == JSON_OBJECT && i < wanted->n; i++) {
		struct str key = wanted->keys[i].name;
		const struct json *came = at(r, record, key);
		report_check(r->t->report);
		if (same(r, &wanted->items[i], came)) continue;
		step_fail(r,
			  arena_printf(r->arena, "%s%.*s = %s", of, (int)key.n, key.p,
				       as_text(r, &wanted->items[i])),
			  str_of(as_text(r, came)));
	}
}

static void judge_records(struct running *r, const struct json *expect) {
	const struct json *wanted = json_get(expect, "records"),
			  *came = json_get(r->answer.json, "records");
	if (!wanted) return;
	report_check(r->t->report);
	if (!came || came->n != wanted->n) {
		step_fail(r, as_text(r, wanted), whole(r));
		return;
	}
	for (uint32_t i = 0; i < wanted->n; i++)
		judge_values(r, &wanted->items[i], &came->items[i],
			     arena_printf(r->arena, "[%u] ", i));
}

static void judge_counts(struct running *r, const struct json *expect) {
	static const char *const keys[] = { "count", "read", "created", "updated", "failed" };
	const struct json *lines = json_get(r->answer.json, "history");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct json *wanted = json_get(expect, keys[i]);
		int64_t n = 0, got = -1;
		if (!wanted || !json_int(wanted, &n)) continue;
		if (!json_int(json_get(r->answer.json, keys[i]), &got)) got = -1;
		if (!i && lines) got = lines->n;
		if (!i && !lines && r->answer.json && r->answer.json->kind == JSON_ARRAY)
			got = r->answer.json->n;
		report_check(r->t->report);
		if (got != n)
			step_fail(r, arena_printf(r->arena, "%s = %lld", keys[i], (long long)n),
				  whole(r));
	}
}

static bool holds(struct str text, struct str piece) {
	return text.n && piece.n && memmem(text.p, text.n, piece.p, piece.n);
}

static void judge_texts(struct running *r, const struct json *expect) {
	const struct json *in = json_get(expect, "contains"), *out = json_get(expect, "lacks"),
			  *absent = json_get(expect, "absent");
	struct str text = r->refused.n ? r->refused : r->answer.body;
	for (uint32_t i = 0; in && i < in->n; i++) {
		report_check(r->t->report);
		if (!holds(text, json_str(&in->items[i])))
			step_fail(r, as_text(r, &in->items[i]), text);
	}
	for (uint32_t i = 0; out && i < out->n; i++) {
		report_check(r->t->report);
		if (holds(text, json_str(&out->items[i])))
			step_fail(r, arena_printf(r->arena, "! %s", as_text(r, &out->items[i])),
				  text);
	}
	for (uint32_t i = 0; absent && i < absent->n; i++) {
		report_check(r->t->report);
		if (at(r, r->answer.json, json_str(&absent->items[i])))
			step_fail(r, arena_printf(r->arena, "! %s", as_text(r, &absent->items[i])),
				  text);
	}
}

static bool is_asked(struct running *r, const struct json *open, struct str wanted) {
	for (uint32_t i = 0; open && i < open->n; i++) {
		struct str step = json_str(json_get(&open->items[i], "step")),
			   who = json_str(json_get(&open->items[i], "who"));
		const char *one = arena_printf(r->arena, "%.*s:%.*s", (int)step.n, step.p,
					       (int)who.n, who.n ? who.p : "");
		if (str_is(wanted, one)) return true;
	}
	return false;
}

/* Exactly these, in any order. */
static void judge_asked(struct running *r, const struct json *wanted) {
	const struct json *open = json_get(r->answer.json, "open");
	if (!wanted) return;
	bool good = (open ? open->n : 0) == wanted->n;
	for (uint32_t i = 0; good && i < wanted->n; i++)
		good = is_asked(r, open, json_str(&wanted->items[i]));
	report_check(r->t->report);
	if (!good) step_fail(r, as_text(r, wanted), str_of(as_text(r, open)));
}

void step_judge(struct running *r) {
	const struct json *expect = json_get(r->step, "expect");
	judge_status(r, expect);
	if (r->failed) return;
	judge_errors(r, expect);
	judge_values(r, json_get(expect, "values"), r->answer.json, "");
	judge_records(r, expect);
	judge_asked(r, json_get(expect, "asked"));
	judge_counts(r, expect);
	judge_texts(r, expect);
}
