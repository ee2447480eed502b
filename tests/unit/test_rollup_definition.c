/* What is said about rollups that cannot be (VR01, VR02, VR03), that show too much (VR16), and what
 * publishing does: new ones are counted, changed ones counted again, what gathers them after them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/model/finding.h"
#include "runtime/model/usages.h"
#include "tests/support/publish.h"

#define APP "'app.json': {'app': 't', 'version': '1'}"
#define PAY(more)                                                                                  \
	", 'forms/pay.json': {'form': 'pay', 'fields': ["                                          \
	"{'name': 'deal', 'type': 'ref', 'form': 'deal'}, {'name': 'other', 'type': 'ref', "       \
	"'form': 'pay'}, {'name': 'amount', 'type': 'money'}, {'name': 'note', 'type': 'text'}, "  \
	"{'name': 'kind', 'type': 'text'}" more "]}"
#define DEAL(fields)                                                                               \
	", 'forms/deal.json': {'form': 'deal', 'fields': [{'name': 'name', 'type': 'text'}, "      \
	"{'name': 'firm', 'type': 'ref', 'form': 'firm'}" fields "]}"
#define FIRM(fields)                                                                               \
	", 'forms/firm.json': {'form': 'firm', 'fields': [{'name': 'name', 'type': "               \
	"'text'}" fields "]}"
#define ROLLUP(rest) ", {'name': 'sum', 'type': 'rollup'" rest "}"
#define SUM ", 'of': 'pay', 'by': 'deal', 'agg': 'sum', 'field': 'amount'"

static const char *said(struct arena *a, const char *files, const char *want, bool *found) {
	struct findings f = { .arena = a };
	struct bundle *b = bundle_of(a, files);
	struct app *app = NULL;
	struct sb out = sb_on(a, 1 << 16);
	assert_ok(app_load(b, NULL, &f, &app));
	if (app) app_verify(app, NULL, &f);
	*found = !*want && !f.count;
	for (size_t i = 0; i < f.count; i++) {
		const char *place = arena_printf(a, "%s %s", f.items[i].code, f.items[i].pointer);
		*found = *found || !strcmp(place, want);
		assert_non_null(catalogue_find(f.items[i].text));
		assert_non_null(catalogue_find(f.items[i].remedy));
	}
	findings_text(&out, &f, LANGUAGE_EN, false, true);
	if (app) app_release(app);
	return sb_cstr(&out);
}

static void mistakes_are_told_at_their_place(void **state) {
	// clang-format off
	static const struct { const char *files, *want; } rows[] = {
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'payy', 'by': 'deal', 'agg': 'count'")), "VR01 /fields/2/of" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay.lines', 'by': 'deal', 'agg': 'count'")), "VR01 /fields/2/of" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'dael', 'agg': 'count'")), "VR01 /fields/2/by" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'deal', 'agg': 'sum', 'field': 'amuont'")), "VR01 /fields/2/field" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM ", 'filter': 'knid == null'")), "VR01 /fields/2/filter" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'other', 'agg': 'count'")), "VR02 /fields/2/by" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'note', 'agg': 'count'")), "VR02 /fields/2/by" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'deal', 'agg': 'sum', 'field': 'note'")), "VR02 /fields/2/field" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'deal', 'agg': 'max', 'field': 'note'")), "VR02 /fields/2/field" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM ", 'filter': 'amount'")), "VR02 /fields/2/filter" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM ", 'filter': 'deal.name == null'")), "VR02 /fields/2/filter" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM ", 'filter': 'created_at < $now'")), "VR02 /fields/2/filter" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM ", 'filter': 'created_by == $user'")), "VR02 /fields/2/filter" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'deal', 'agg': 'sum'")), "DEF03 /fields/2" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'by': 'deal', 'agg': 'count'")), "DEF03 /fields/2" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'deal', 'agg': 'median'")), "DEF04 /fields/2/agg" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM ", 'formula': '1'")), "DEF12 /fields/2/formula" },
		{ APP PAY("") FIRM("") DEAL(", {'name': 'lines', 'type': 'table', 'fields': [{'name': 'n', 'type': 'rollup'" SUM "}]}"), "DEF12 /fields/2/fields/0/type" },
		{ APP PAY(", {'name': 'part', 'type': 'money', 'formula': 'deal.sum - amount'}") FIRM("") DEAL(ROLLUP(", 'of': 'pay', 'by': 'deal', 'agg': 'sum', 'field': 'part'")), "VR03 /fields/2/of" },
		{ APP PAY("") FIRM("") DEAL(", {'name': 'up', 'type': 'ref', 'form': 'deal'}, {'name': 'own', 'type': 'integer', 'formula': 'below + 1'}, {'name': 'below', 'type': 'rollup', 'of': 'deal', 'by': 'up', 'agg': 'sum', 'field': 'own'}"), "VR03 /fields/4/of" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM)) ", 'roles/r.json': {'role': 'r', 'forms': {'deal': {'read': 'all'}, 'pay': {'read': 'all', 'fields': {'amount': 'hidden'}}}}", "VR16 /fields/2/of" },
		{ APP PAY("") FIRM("") DEAL(ROLLUP(SUM ", 'filter': 'kind != null'")) ", 'roles/r.json': {'role': 'r', 'forms': {'deal': {'read': 'all'}, 'pay': {'read': 'all', 'fields': {'kind': 'hidden'}}}}", "VR16 /fields/2/of" },
	};
	// clang-format on
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(0);
		bool found;
		const char *text = said(a, rows[i].files, rows[i].want, &found);
		if (!found) fail_msg("row %zu: no %s in:\n%s", i, rows[i].want, text);
		arena_free(a);
	}
}

/* Who renames or drops what a rollup names is told of it. */
static void a_rollup_is_a_usage_of_what_it_names(void **state) {
	static const struct {
		const char *form, *table, *field, *pointer;
	} rows[] = {
		{ "order", NULL, "lines", "/fields/3/of" },
		{ "order", "lines", "product", "/fields/3/by" },
		{ "order", "lines", "qty", "/fields/3/field" },
		{ "order", NULL, "status", "/fields/3/filter" },
		{ "order", NULL, NULL, "/fields/3/of" },
	};
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct app *app;
	(void)state;
	assert_ok(app_load(bundle_of_folder(a, "tests/fixtures/apps/stock"), NULL, &f, &app));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct form *form = app_form(app, str_of(rows[i].form));
		const struct form *in =
			rows[i].table ? form_field(form, str_of(rows[i].table))->rows : form;
		struct usages used;
		bool found = false;
		usages_find(a, app, form,
			    rows[i].field ? form_field(in, str_of(rows[i].field)) : NULL, &used);
		for (size_t k = 0; k < used.n; k++)
			found = found || (!strcmp(used.items[k].pointer, rows[i].pointer) &&
					  !strcmp(used.items[k].file, "forms/product.json"));
		if (!found) fail_msg("row %zu is not used", i);
	}
	app_release(app);
	arena_free(a);
}

/* ---- publishing ---- */

struct fixture {
	struct arena *a;
	struct store *s;
};

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	*f = (struct fixture){ a, temp_store(a, temp_folder(a)) };
	*state = f;
	return 0;
}

static int teardown(void **state) {
	struct fixture *f = *state;
	store_close(f->s);
	arena_free(f->a);
	return 0;
}

#define DEALS_SUM                                                                                  \
	", {'name': 'total', 'type': 'rollup', 'of': 'deal', 'by': 'firm', 'agg': 'sum', "         \
	"'field': 'sum'}"
#define TWICE ", {'name': 'twice', 'type': 'money', 'formula': 'sum * 2'}"

static const char *all(struct fixture *f, const char *table, const char *column) {
	const char *text = temp_store_text(
		f->s, f->a,
		arena_printf(f->a,
			     "SELECT group_concat(coalesce(\"%s\", '-'), ' ') FROM (SELECT * FROM "
			     "\"%s\" ORDER BY id)",
			     column, table));
	return text ? text : "";
}

static void fill(struct fixture *f) {
	for (int i = 1; i <= 2; i++)
		run_sql(f->s, arena_printf(f->a,
					   "INSERT INTO t_firm (id, rev, created_at, updated_at) "
					   "VALUES (%d, 1, 0, 0)",
					   i));
	for (int i = 1; i <= 3; i++)
		run_sql(f->s, arena_printf(f->a,
					   "INSERT INTO t_deal (id, rev, created_at, updated_at, "
					   "firm) VALUES (%d, 1, 0, 0, %d)",
					   i, i < 3 ? 1 : 2));
	run_sql(f->s,
		"INSERT INTO t_pay (id, rev, created_at, updated_at, deal, amount, kind, "
		"deleted_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
		"i < 5000) SELECT i, 1, 0, 0, 1 + i % 2, 100 + i, CASE i % 5 WHEN 0 THEN 'x' END, "
		"CASE i % 10 WHEN 3 THEN 1 END FROM n");
}

static void publishing_counts_them(void **state) {
	struct fixture *f = *state;
	publish(f->s, f->a, APP PAY("") FIRM("") DEAL(""), NULL);
	fill(f);
	struct plan *p =
		publish(f->s, f->a, APP PAY("") FIRM(DEALS_SUM) DEAL(ROLLUP(SUM) TWICE), NULL);
	assert_non_null(plan_find(p, "compute_formulas", "deal", NULL));
	assert_non_null(plan_find(p, "compute_formulas", "firm", NULL));
	assert_int_equal(p->lossy, 0);
	int64_t one = temp_store_int(f->s, "SELECT sum(amount) FROM t_pay WHERE deal = 1 AND "
					   "deleted_at IS NULL"),
		two = temp_store_int(f->s, "SELECT sum(amount) FROM t_pay WHERE deal = 2 AND "
					   "deleted_at IS NULL");
	assert_string_equal(all(f, "t_deal", "sum"),
			    arena_printf(f->a, "%lld %lld -", (long long)one, (long long)two));
	assert_string_equal(
		all(f, "t_deal", "twice"),
		arena_printf(f->a, "%lld %lld -", (long long)one * 2, (long long)two * 2));
	assert_string_equal(all(f, "t_firm", "total"),
			    arena_printf(f->a, "%lld -", (long long)(one + two)));
	/* Another filter: counted again, and so is what gathers it. */
	p = publish(f->s, f->a,
		    APP PAY("") FIRM(DEALS_SUM)
			    DEAL(ROLLUP(SUM ", 'filter': 'kind == null'") TWICE),
		    NULL);
	assert_non_null(plan_find(p, "compute_formulas", "firm", NULL));
	int64_t less = temp_store_int(f->s, "SELECT sum(amount) FROM t_pay WHERE kind IS NULL AND "
					    "deleted_at IS NULL");
	assert_true(less < one + two);
	assert_string_equal(all(f, "t_firm", "total"),
			    arena_printf(f->a, "%lld -", (long long)less));
	/* Nothing of it changes: nothing is counted. */
	p = publish(f->s, f->a,
		    APP PAY(", {'name': 'more', 'type': 'text'}") FIRM(DEALS_SUM)
			    DEAL(ROLLUP(SUM ", 'filter': 'kind == null'") TWICE),
		    NULL);
	assert_null(plan_find(p, "compute_formulas", "deal", NULL));
	/* It goes: into the trash, and the formula over it with it. */
	p = publish(f->s, f->a, APP PAY("") FIRM("") DEAL(""), "*");
	assert_non_null(plan_find(p, "trash_field", "deal", "sum"));
}

/* What it gathers is a formula: with the formula it is counted again. */
static void a_formula_below_takes_it_along(void **state) {
#define HALF(of) ", {'name': 'half', 'type': 'money', 'formula': 'amount / " of "'}"
#define SUM_HALF                                                                                   \
	", {'name': 'sum', 'type': 'rollup', 'of': 'pay', 'by': 'deal', 'agg': 'sum', 'field': "   \
	"'half'}"
	struct fixture *f = *state;
	publish(f->s, f->a, APP PAY("") FIRM("") DEAL(""), NULL);
	fill(f);
	publish(f->s, f->a, APP PAY(HALF("2")) FIRM("") DEAL(SUM_HALF), NULL);
	int64_t half = temp_store_int(f->s, "SELECT sum(sum) FROM t_deal");
	assert_int_equal(half, temp_store_int(f->s, "SELECT sum(half) FROM t_pay WHERE deleted_at "
						    "IS NULL"));
	publish(f->s, f->a, APP PAY(HALF("4")) FIRM("") DEAL(SUM_HALF), NULL);
	int64_t quarter = temp_store_int(f->s, "SELECT sum(sum) FROM t_deal");
	assert_true(quarter < half);
	assert_int_equal(quarter, temp_store_int(f->s, "SELECT sum(half) FROM t_pay WHERE "
						       "deleted_at IS NULL"));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_told_at_their_place),
		cmocka_unit_test(a_rollup_is_a_usage_of_what_it_names),
		cmocka_unit_test_setup_teardown(publishing_counts_them, setup, teardown),
		cmocka_unit_test_setup_teardown(a_formula_below_takes_it_along, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
