/* Gaps, dead cases and overlaps of random branches against naive enumeration: every combination of
 * sample values (each constant, just below and above it, each enum value, yes, no, empty), each
 * condition evaluated on it. The verdict gap or none, ordinary or only with empty values, each dead
 * case and each pair told to overlap must agree, in a branch and in one inside its cases; and the
 * record told for a gap must be one (VR09; flow.md 5.2 and 6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/model/field_type.h"
#include "runtime/model/finding.h"
#include "runtime/model/flow.h"
#include "tests/support/publish.h"

enum { ROUNDS = 1500, CASES_MAX = 5, FIELDS = 5, SAMPLES_MAX = 24, WIDE = 20 };

/* ---- random conditions ---- */

static uint64_t seed = 20261123;
static size_t below(size_t n) {
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)((seed >> 33) % n);
}

static const char *const fields[FIELDS] = { "amount", "days", "kind", "flag", "due" };
static const char *const numbers[] = { "0", "10", "10.5", "99.995", "-3" };
static const char *const days[] = { "0", "1", "2.5", "5", "9" };
static const char *const kinds[] = { "buy", "sell", "rent", "old" };
static const char *const dates[] = { "2026-01-01", "2026-01-02", "2026-03-01" };

static const char *comparison(struct arena *a, const char *field, const char *constant) {
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
	const char *op = ops[below(ARRAY_LEN(ops))];
	return below(6) ? arena_printf(a, "%s %s %s", field, op, constant)
			: arena_printf(a, "%s %s %s", constant, op, field);
}

static const char *test_of_kind(struct arena *a) {
	const char *one = kinds[below(4)], *other = kinds[below(4)];
	switch (below(4)) {
	case 0: return arena_printf(a, "kind == \\\"%s\\\"", one);
	case 1: return arena_printf(a, "kind != \\\"%s\\\"", one);
	case 2: return arena_printf(a, "kind in [\\\"%s\\\", \\\"%s\\\"]", one, other);
	default: return below(2) ? "kind == null" : "not empty(kind)";
	}
}

/* A round is about three of the fields, so that all their points can be looked at. */
static size_t chosen[3];

static const char *test(struct arena *a) {
	switch (chosen[below(3)]) {
	case 0: return comparison(a, "amount", numbers[below(ARRAY_LEN(numbers))]);
	case 1: return comparison(a, "days", days[below(ARRAY_LEN(days))]);
	case 2: return test_of_kind(a);
	case 3: return below(2) ? "flag" : "flag == false";
	default:
		return comparison(a, "due",
				  arena_printf(a, "\\\"%s\\\"", dates[below(ARRAY_LEN(dates))]));
	}
}

static const char *condition(struct arena *a, int depth) {
	const char *left, *right;
	if (!depth || below(3) == 0)
		return below(5) ? test(a) : arena_printf(a, "not (%s)", test(a));
	left = condition(a, depth - 1);
	right = condition(a, depth - 1);
	return arena_printf(a, "(%s) %s (%s)", left, below(3) ? "and" : "or", right);
}

/* ---- a random app ---- */

static void write_cases(struct arena *a, struct sb *out, size_t n, bool rest, int depth,
			const char *inner) {
	for (size_t i = 0; i < n; i++) {
		sb_cat(out, i ? ", " : "");
		if (rest && i + 1 == n)
			sb_cat(out, "{\"else\": true");
		else
			sb_printf(out, "{\"when\": \"%s\"", condition(a, depth));
		sb_printf(out, ", \"steps\": [%s]}", inner);
	}
}

static struct app *random_app(struct arena *a, struct findings *f) {
	struct sb inner = sb_on(a, 1 << 20), out = sb_on(a, 1 << 20);
	const char *required = below(2) ? ", \"required\": true" : "";
	struct bundle *b = NULL;
	struct app *app = NULL;
	bool nested = below(2);
	if (nested) {
		sb_cat(&inner, "{\"id\": \"IN\", \"kind\": \"branch\", \"cases\": [");
		write_cases(a, &inner, 1 + below(3), below(2), 1, "");
		sb_cat(&inner, "]}");
	}
	sb_printf(
		&out,
		"{\"files\": {\"app.json\": {\"app\": \"t\"}, \"enums/kind.json\": {\"enum\": "
		"\"kind\", \"values\": [{\"value\": \"buy\"}, {\"value\": \"sell\"}, {\"value\": "
		"\"rent\"}, {\"value\": \"old\", \"retired\": true}]}, \"forms/deal.json\": "
		"{\"form\": \"deal\", \"fields\": [{\"name\": \"amount\", \"type\": \"money\"%s}, "
		"{\"name\": \"days\", \"type\": \"integer\", \"min\": 0, \"max\": 9%s}, {\"name\": "
		"\"kind\", \"type\": \"enum\", \"enum\": \"kind\"%s}, {\"name\": \"flag\", "
		"\"type\": \"bool\"%s}, {\"name\": \"due\", \"type\": \"date\"%s}]}, "
		"\"flows/f.json\": {\"flow\": \"f\", \"form\": \"deal\", \"steps\": [{\"id\": "
		"\"k\", \"kind\": \"branch\", \"pick\": \"%s\", \"cases\": [",
		required, required, required, required, required, below(4) ? "first" : "all");
	size_t n = 1 + below(CASES_MAX), at = 0;
	bool rest = below(3) == 0;
	for (size_t i = 0; i < n; i++) {
		/* every case has a branch of its own id inside */
		struct sb text = sb_on(a, 1 << 20);
		const char *in = sb_cstr(&inner);
		const char *id = strstr(in, "IN");
		if (id) sb_printf(&text, "%.*sin%zu%s", (int)(id - in), in, i, id + 2);
		sb_cat(&out, at++ ? ", " : "");
		write_cases(a, &out, 1, rest && i + 1 == n, 2, sb_cstr(&text));
	}
	sb_cat(&out, "]}]}}}");
	assert_ok(bundle_read_json(a, sb_str(&out), &b));
	assert_ok(app_load(b, NULL, f, &app));
	return app;
}

/* ---- the naive judge ---- */

struct sample {
	struct value value;
	bool soft;
};
static struct sample samples[FIELDS][SAMPLES_MAX];
static size_t sample_count[FIELDS];

static void add(size_t field, struct value v, bool soft) {
	assert_true(sample_count[field] < SAMPLES_MAX);
	samples[field][sample_count[field]++] = (struct sample){ v, soft };
}

static void make_samples(bool required) {
	static const int64_t cents[] = { -301, -300, -299, -1,   0,    1,    999,
					 1000, 1001, 1049, 1050, 1051, 9999, 10000 };
	memset(sample_count, 0, sizeof sample_count);
	for (size_t i = 0; i < ARRAY_LEN(cents); i++)
		add(0, value_decimal(decimal_scaled(cents[i], 2)), false);
	for (int64_t i = 0; i <= 9; i++) add(1, value_int(i), false);
	for (size_t i = 0; i < 4; i++) add(2, value_text(str_of(kinds[i])), i == 3);
	add(3, value_bool(true), false);
	add(3, value_bool(false), false);
	for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
		int64_t day;
		assert_true(day_parse(str_of(dates[i]), &day));
		for (int64_t k = -1; k <= 1; k++) add(4, value_date(day + k), false);
	}
	for (size_t i = 0; i < FIELDS && !required; i++) add(i, VALUE_NONE, true);
}

struct judged {
	bool gap, soft_gap;
	bool taken[CASES_MAX], both[CASES_MAX][CASES_MAX], alone[CASES_MAX][CASES_MAX];
};

static size_t field_index(const struct flow *flow, size_t path) {
	const struct field *f = flow->paths.items[path].fields[0];
	for (size_t i = 0; i < FIELDS; i++)
		if (!strcmp(f->name, fields[i])) return i;
	fail();
	return 0;
}

/* The point as slots of the flow's paths. */
static void slots_of(const struct flow *flow, const size_t *point, struct value *slots) {
	for (size_t i = 0; i < flow->paths.count; i++) {
		size_t field = field_index(flow, i);
		slots[i] = samples[field][point[field]].value;
	}
}

static struct arena *scratch;

static bool holds(const struct flow *flow, const struct expr *when, const struct value *slots) {
	struct arena_mark mark = arena_mark(scratch);
	struct expr_frame frame = { .slots = slots, .zone = flow->app->zone };
	bool out = false;
	assert_ok(expr_test(scratch, when, &frame, &out));
	arena_reset(scratch, mark);
	return out;
}

/* Which of the cases hold and which is the first. */
static size_t judge(const struct step *s, const struct flow *flow, const struct value *slots,
		    bool *holding) {
	size_t first = SIZE_MAX;
	for (size_t i = 0; i < s->list_count; i++) {
		const struct expr *when = s->lists[i]->when;
		holding[i] = when ? holds(flow, when, slots) : !s->all || first == SIZE_MAX;
		if (holding[i] && first == SIZE_MAX) first = i;
	}
	return first;
}

static void note(struct judged *v, const struct step *s, size_t first, const bool *holding,
		 bool soft) {
	if (first == SIZE_MAX) {
		v->gap = v->gap || !soft;
		v->soft_gap = true;
		return;
	}
	for (size_t i = 0; i < s->list_count; i++) {
		bool taken = s->all ? holding[i] : i == first;
		v->taken[i] = v->taken[i] || taken;
		if (i <= first) continue;
		v->both[first][i] = v->both[first][i] || holding[i];
		v->alone[first][i] = v->alone[first][i] || !holding[i];
	}
}

static bool next_point(size_t *point) {
	for (size_t i = 0; i < FIELDS; i++) {
		if (++point[i] < sample_count[i]) return true;
		point[i] = 0;
	}
	return false;
}

static bool is_soft(const struct flow *flow, const size_t *point) {
	for (size_t i = 0; i < flow->paths.count; i++) {
		size_t field = field_index(flow, i);
		if (samples[field][point[field]].soft) return true;
	}
	return false;
}

/* Only what the flow reads moves. */
static void hold_still(const struct flow *flow) {
	bool read[FIELDS] = { false };
	for (size_t i = 0; i < flow->paths.count; i++) read[field_index(flow, i)] = true;
	for (size_t i = 0; i < FIELDS; i++)
		if (!read[i]) sample_count[i] = 1;
}

static void enumerate(const struct flow *flow, struct judged *outer, struct judged *inner) {
	const struct step *s = flow->root.steps[0];
	size_t point[FIELDS] = { 0 };
	struct value slots[FIELDS];
	bool holding[CASES_MAX], inside[CASES_MAX];
	do {
		slots_of(flow, point, slots);
		bool soft = is_soft(flow, point);
		size_t first = judge(s, flow, slots, holding);
		note(outer, s, first, holding, soft);
		for (size_t i = 0; i < s->list_count; i++) {
			bool taken = s->all ? holding[i] : i == first;
			if (!taken || !s->lists[i]->n) continue;
			const struct step *in = s->lists[i]->steps[0];
			note(&inner[i], in, judge(in, flow, slots, inside), inside, soft);
		}
	} while (next_point(point));
}

/* ---- comparing ---- */

static const struct finding *told(struct arena *a, const struct findings *f, const char *code,
				  const char *pointer) {
	(void)a;
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->items[i].code, code) && !strcmp(f->items[i].pointer, pointer))
			return &f->items[i];
	return NULL;
}

static size_t told_gaps, told_dead, told_overlaps, told_clean;

static void expect(bool want, const void *got, const char *what, const char *pointer,
		   const struct flow *flow, const struct findings *f) {
	if (want == (got != NULL)) return;
	struct sb text = sb_on(f->arena, 1 << 18);
	struct jw w = jw_on(&text);
	jw_pretty(&w, flow->definition->json, 0);
	findings_text(&text, f, LANGUAGE_EN, false, true);
	fprintf(stderr, "%s\n", sb_cstr(&text));
	fail_msg("%s at %s is %stold", what, pointer, got ? "" : "not ");
}

static void compare(struct arena *a, const struct flow *flow, const struct step *s,
		    const struct judged *v, const char *pointer, const struct findings *f) {
	const char *cases = arena_printf(a, "%s/cases", pointer);
	const struct finding *gap = told(a, f, "F101", cases);
	expect(v->soft_gap, gap, "a gap", cases, flow, f);
	if (gap)
		expect(v->gap, gap->severity == SEVERITY_ERROR ? gap : NULL, "an ordinary gap",
		       cases, flow, f);
	told_gaps += gap != NULL;
	told_clean += gap == NULL;
	for (size_t i = 0; i < s->list_count; i++) {
		const char *at =
			arena_printf(a, "%s/%zu%s", cases, i, s->lists[i]->when ? "/when" : "");
		bool dead = !v->taken[i] && (s->lists[i]->when || s->lists[i]->n);
		expect(dead, told(a, f, "F102", at), "a dead case", at, flow, f);
		told_dead += dead;
		bool overlap = false;
		for (size_t k = 0; k < i && !s->all; k++)
			overlap = overlap || (s->lists[k]->when && s->lists[i]->when &&
					      v->taken[i] && v->both[k][i] && v->alone[k][i]);
		expect(overlap, told(a, f, "F103", at), "an overlap", at, flow, f);
		told_overlaps += overlap;
	}
}

static struct value value_of(struct arena *a, const struct flow *flow, size_t field,
			     const struct json *in) {
	const struct field *f = form_field(flow->form, str_of(fields[field]));
	struct codec codec = { .app = flow->app, .zone = flow->app->zone };
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a, .codec = &codec, .faults = &faults, .pointer = "" };
	struct value v = VALUE_NONE;
	if (in && in->kind != JSON_NULL) assert_true(f->type->read_json(&p, f, in, &v));
	return v;
}

/* Whatever the fields it leaves open hold: for the record told no case of the branch holds. */
static void check_example(struct arena *a, const struct flow *flow, const struct findings *f) {
	const struct finding *gap = told(a, f, "F101", "/steps/0/cases");
	size_t point[FIELDS] = { 0 };
	struct value slots[FIELDS];
	bool holding[CASES_MAX];
	if (!gap) return;
	assert_non_null(gap->example);
	do {
		slots_of(flow, point, slots);
		for (size_t i = 0; i < flow->paths.count; i++) {
			size_t field = field_index(flow, i);
			const struct json *in = json_get(gap->example, fields[field]);
			if (in) slots[i] = value_of(a, flow, field, in);
		}
		assert_int_equal(judge(flow->root.steps[0], flow, slots, holding), SIZE_MAX);
	} while (next_point(point));
}

static void one_round(void) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct judged outer = { 0 }, inner[CASES_MAX] = { { 0 } };
	for (size_t i = 0; i < 3; i++) chosen[i] = below(FIELDS);
	struct app *app = random_app(a, &f);
	if (!app) {
		struct sb text = sb_on(a, 1 << 18);
		findings_text(&text, &f, LANGUAGE_EN, false, true);
		fail_msg("%s", sb_cstr(&text));
	}
	const struct flow *flow = app->flows[0];
	const struct step *s = flow->root.steps[0];
	make_samples(form_field(flow->form, STR("amount"))->required);
	hold_still(flow);
	flow_verify(flow, NULL, &f);
	enumerate(flow, &outer, inner);
	compare(a, flow, s, &outer, "/steps/0", &f);
	for (size_t i = 0; i < s->list_count; i++)
		if (outer.taken[i] && s->lists[i]->n)
			compare(a, flow, s->lists[i]->steps[0], &inner[i],
				arena_printf(a, "/steps/0/cases/%zu/steps/0", i), &f);
	check_example(a, flow, &f);
	app_release(app);
	arena_free(a);
}

static void verdicts_are_those_of_enumeration(void **state) {
	(void)state;
	scratch = arena_new(0);
	for (int i = 0; i < ROUNDS; i++) one_round();
	arena_free(scratch);
	print_message("%d flows: %zu gaps, %zu clean, %zu dead cases, %zu overlaps\n", ROUNDS,
		      told_gaps, told_clean, told_dead, told_overlaps);
	assert_true(told_gaps > 100 && told_clean > 100 && told_dead > 100 && told_overlaps > 100);
}

/* ---- the size of the scenario: 6 fields, 20 cases; and what happens beyond ---- */

static struct app *wide_app(struct arena *a, size_t fields_wide, size_t cases) {
	struct findings f = { .arena = a };
	struct sb out = sb_on(a, 1 << 22);
	struct bundle *b = NULL;
	struct app *app = NULL;
	sb_cat(&out, "{\"files\": {\"app.json\": {\"app\": \"t\"}, \"forms/deal.json\": {\"form\": "
		     "\"deal\", \"fields\": [");
	for (size_t i = 0; i < fields_wide; i++)
		sb_printf(&out, "%s{\"name\": \"f%zu\", \"type\": \"integer\", \"required\": true}",
			  i ? ", " : "", i);
	sb_cat(&out, "]}, \"flows/f.json\": {\"flow\": \"f\", \"form\": \"deal\", \"steps\": "
		     "[{\"id\": \"k\", \"kind\": \"branch\", \"cases\": [");
	for (size_t i = 0; i < cases; i++) {
		sb_printf(&out, "%s{\"when\": \"", i ? ", " : "");
		for (size_t k = 0; k < fields_wide; k++) {
			size_t low = below(90);
			sb_printf(&out, "%sf%zu >= %zu and f%zu < %zu", k ? " and " : "", k, low, k,
				  low + 10 + below(40));
		}
		sb_cat(&out, "\", \"steps\": []}");
	}
	sb_cat(&out, "]}]}}}");
	assert_ok(bundle_read_json(a, sb_str(&out), &b));
	assert_ok(app_load(b, NULL, &f, &app));
	assert_non_null(app);
	return app;
}

static const struct finding *by_code(const struct findings *f, const char *code) {
	for (size_t i = 0; i < f->count; i++)
		if (!strcmp(f->items[i].code, code)) return &f->items[i];
	return NULL;
}

static void the_size_of_the_scenario_is_checked_whole(void **state) {
	int64_t worst = 0;
	(void)state;
	for (int i = 0; i < 5; i++) {
		struct arena *a = arena_new(0);
		struct findings f = { .arena = a };
		struct app *app = wide_app(a, 6, WIDE);
		int64_t before = clock_mono();
		flow_verify(app->flows[0], NULL, &f);
		if (clock_mono() - before > worst) worst = clock_mono() - before;
		assert_non_null(by_code(&f, "F101"));
		assert_null(by_code(&f, "F104"));
		app_release(app);
		arena_free(a);
	}
	print_message("6 fields, %d cases: at most %.1f ms\n", WIDE, (double)worst / 1000);
}

/* Each case three of 70 yes-or-no fields at random: whether 330 of them leave a gap is a hard
 * question. */
static struct app *hard_app(struct arena *a) {
	enum { HARD_FIELDS = 70, HARD_CASES = 330 };
	struct findings f = { .arena = a };
	struct sb out = sb_on(a, 1 << 22);
	struct bundle *b = NULL;
	struct app *app = NULL;
	sb_cat(&out, "{\"files\": {\"app.json\": {\"app\": \"t\"}, \"forms/deal.json\": {\"form\": "
		     "\"deal\", \"fields\": [");
	for (size_t i = 0; i < HARD_FIELDS; i++)
		sb_printf(&out, "%s{\"name\": \"f%zu\", \"type\": \"bool\", \"required\": true}",
			  i ? ", " : "", i);
	sb_cat(&out, "]}, \"flows/f.json\": {\"flow\": \"f\", \"form\": \"deal\", \"steps\": "
		     "[{\"id\": \"k\", \"kind\": \"branch\", \"cases\": [");
	for (size_t i = 0; i < HARD_CASES; i++) {
		sb_printf(&out, "%s{\"when\": \"", i ? ", " : "");
		for (size_t k = 0; k < 3; k++)
			sb_printf(&out, "%s%sf%zu", k ? " and " : "", below(2) ? "not " : "",
				  below(HARD_FIELDS));
		sb_cat(&out, "\", \"steps\": []}");
	}
	sb_cat(&out, "]}]}}}");
	assert_ok(bundle_read_json(a, sb_str(&out), &b));
	assert_ok(app_load(b, NULL, &f, &app));
	assert_non_null(app);
	return app;
}

static void beyond_the_limit_it_says_so(void **state) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct app *app = hard_app(a);
	int64_t before = clock_mono();
	(void)state;
	flow_verify(app->flows[0], NULL, &f);
	print_message("70 fields, 330 cases: not fully checked after %.0f ms\n",
		      (double)(clock_mono() - before) / 1000);
	assert_non_null(by_code(&f, "F104"));
	assert_int_equal(by_code(&f, "F104")->severity, SEVERITY_WARNING);
	assert_null(by_code(&f, "F101"));
	app_release(app);
	arena_free(a);
}

/* ---- a flow of a hundred steps and 5,000 people: what a publish pays ---- */

enum { PEOPLE = 5000, STEPS = 100 };

static struct directory *many_people(struct arena *a) {
	static const struct user_role sales = { "t", "sales" };
	struct directory *d = arena_alloc(a, sizeof *d);
	d->arena = a;
	d->user_count = PEOPLE;
	d->users = arena_array(a, PEOPLE, sizeof *d->users);
	for (size_t i = 0; i < PEOPLE; i++)
		d->users[i] = (struct user){ .id = (int32_t)i + 1,
					     .login = arena_printf(a, "u%05zu", i),
					     .active = true,
					     .superior = i ? &d->users[i / 10] : NULL,
					     .roles = &sales,
					     .role_count = i > 500 };
	return d;
}

static void write_step(struct sb *out, size_t i) {
	static const char *const whos[] = { "{\"superior\": 1}", "\"role:board\"",
					    "{\"superiors_to\": 3}", "\"role:sales\"" };
	sb_cat(out, i ? ", " : "");
	if (i % 4 != 3)
		sb_printf(out,
			  "{\"id\": \"s%zu\", \"kind\": \"approve\", \"who\": [%s], \"due\": "
			  "\"2wd\", \"on_due\": [\"remind@1d\", \"transfer:superior\"]}",
			  i, whos[i % 4]);
	else
		sb_printf(out,
			  "{\"id\": \"s%zu\", \"kind\": \"branch\", \"cases\": [{\"when\": "
			  "\"amount < %zu\", \"steps\": []}, {\"when\": \"amount < %zu and kind == "
			  "\\\"buy\\\"\", \"steps\": []}, {\"else\": true, \"steps\": []}]}",
			  i, 1000 * i, 2000 * i);
}

static void a_hundred_steps_are_quick(void **state) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct sb out = sb_on(a, 1 << 22);
	struct bundle *b = NULL;
	struct app *app = NULL;
	(void)state;
	sb_cat(&out,
	       "{\"files\": {\"app.json\": {\"app\": \"t\"}, \"roles/sales.json\": {\"role\": "
	       "\"sales\"}, \"roles/board.json\": {\"role\": \"board\"}, \"enums/kind.json\": "
	       "{\"enum\": \"kind\", \"values\": [{\"value\": \"buy\"}, {\"value\": "
	       "\"sell\"}]}, \"forms/deal.json\": {\"form\": \"deal\", \"fields\": [{\"name\": "
	       "\"amount\", \"type\": \"money\"}, {\"name\": \"kind\", \"type\": \"enum\", "
	       "\"enum\": \"kind\"}]}, \"flows/f.json\": {\"flow\": \"f\", \"form\": \"deal\", "
	       "\"start\": {\"who\": [\"role:sales\"]}, \"steps\": [");
	for (size_t i = 0; i < STEPS; i++) write_step(&out, i);
	sb_cat(&out, "]}}}");
	assert_ok(bundle_read_json(a, sb_str(&out), &b));
	assert_ok(app_load(b, NULL, &f, &app));
	assert_non_null(app);
	const struct directory *people = many_people(a);
	int64_t before = clock_mono();
	flow_verify(app->flows[0], people, &f);
	int64_t took = clock_mono() - before;
	assert_int_equal(f.errors, 0);
	assert_non_null(by_code(&f, "F301"));
	assert_non_null(by_code(&f, "F601"));
	print_message("%d steps, %d people: %.1f ms\n", STEPS, PEOPLE, (double)took / 1000);
	app_release(app);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_are_those_of_enumeration),
		cmocka_unit_test(the_size_of_the_scenario_is_checked_whole),
		cmocka_unit_test(beyond_the_limit_it_says_so),
		cmocka_unit_test(a_hundred_steps_are_quick),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
