#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/publish.h"

const char *quotes(struct arena *a, const char *text) {
	char *out = arena_strdup(a, text);
	for (char *at = out; *at; at++)
		if (*at == '\'') *at = '"';
	return out;
}

struct bundle *bundle_of(struct arena *a, const char *files) {
	struct bundle *b;
	assert_ok(bundle_read_json(
		a, str_of(arena_printf(a, "{\"files\": {%s}}", quotes(a, files))), &b));
	return b;
}

struct bundle *bundle_of_folder(struct arena *a, const char *folder) {
	struct findings f = { .arena = a };
	struct bundle *b;
	assert_ok(bundle_read_folder(a, folder, &f, &b));
	assert_int_equal(f.errors, 0);
	return b;
}

struct problem *try_publish(struct store *s, struct arena *a, const struct bundle *b,
			    const char *allow, struct plan **plan) {
	struct apply_options options = { .allow = &allow,
					 .allow_count = allow ? 1 : 0,
					 .by = "tester" };
	struct findings findings = { .arena = a };
	*plan = NULL;
	struct problem *p = plan_apply(s, a, b, &options, &findings, plan);
	if (findings.errors) {
		struct sb text = sb_on(a, 1 << 20);
		findings_text(&text, &findings, LANGUAGE_EN, false, true);
		print_message("%s\n", sb_cstr(&text));
	}
	return p;
}

struct plan *publish(struct store *s, struct arena *a, const char *files, const char *allow) {
	struct plan *plan;
	assert_ok(try_publish(s, a, bundle_of(a, files), allow, &plan));
	return plan;
}

struct plan *plan_of(struct store *s, struct arena *a, const char *files) {
	struct findings findings = { .arena = a };
	struct id_memory memory;
	struct app *next;
	struct plan *plan;
	struct tx *tx;
	struct bundle *b = bundle_of(a, files);
	assert_ok(tx_read(s, a, &tx));
	assert_ok(tx_end(tx, store_id_memory(s, tx, a, "t", &memory)));
	assert_ok(app_load(b, &memory, &findings, &next));
	assert_non_null(next);
	assert_ok(plan_make(s, a, next, &plan));
	app_release(next);
	return plan;
}

static bool same(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : !a && !b; }

const struct plan_step *plan_find(const struct plan *p, const char *code, const char *form,
				  const char *field) {
	for (size_t i = 0; i < p->n; i++)
		if (same(p->steps[i].code, code) && same(p->steps[i].form, form) &&
		    same(p->steps[i].field, field))
			return &p->steps[i];
	return NULL;
}

const char *plan_words(struct arena *a, const struct plan *p) {
	struct sb b = sb_on(a, 1 << 20);
	struct plan copy = *p;
	copy.hash = "HASH";
	plan_text(&b, &copy, LANGUAGE_EN);
	return sb_cstr(&b);
}

char *temp_store_text(struct store *s, struct arena *a, const char *sql) {
	struct tx *tx;
	char *out = NULL;
	assert_ok(tx_read(s, a, &tx));
	assert_ok(tx_end(tx, tx_text(tx, sql, NO_PARAMS, &out)));
	return out;
}

static struct problem *commit_sql(struct tx *tx, void *sql) {
	return tx_exec(tx, sql, NO_PARAMS, NULL);
}

struct problem *try_sql(struct store *s, const char *sql) {
	struct arena *a = arena_new(0);
	struct problem *p = store_write(s, LANE_INTERACTIVE, a, commit_sql, arena_strdup(a, sql));
	if (p && p != &store_io && p != &store_full && p != &store_unique)
		fail_msg("%s: %s", p->code, p->log ? p->log : sql);
	arena_free(a);
	return p;
}

void run_sql(struct store *s, const char *sql) { assert_ok(try_sql(s, sql)); }
