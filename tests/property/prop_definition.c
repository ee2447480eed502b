/* Random single edits of the CRM's definitions (ledger 9b): the loader always answers, every
 * finding has a place and words, and an app that is accepted is whole. TENON_DEPTH multiplies the
 * number of edits; TENON_SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/model/loader.h"
#include "tests/support/sound_app.h"

enum { EDITS = 500 };

static uint64_t seed;

static uint32_t random_below(uint32_t n) {
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((seed >> 33) % n);
}

enum edit {
	EDIT_DROP,
	EDIT_RENAME_KEY,
	EDIT_REPLACE,
	EDIT_OTHER_STRING,
	EDIT_CUT_STRING,
	EDIT_TWICE,
	EDIT_ADD_KEY,
	EDIT_COUNT
};
struct edits {
	enum edit kind;
	uint32_t target, at;
	const struct json *strings[4096];
	uint32_t string_count;
};

static uint32_t count_nodes(const struct json *j) {
	uint32_t n = 1;
	for (uint32_t i = 0; i < j->n; i++) n += count_nodes(&j->items[i]);
	return n;
}

static void gather_strings(struct edits *e, const struct json *j) {
	if (j->kind == JSON_STRING && e->string_count < ARRAY_LEN(e->strings))
		e->strings[e->string_count++] = j;
	for (uint32_t i = 0; i < j->n; i++) gather_strings(e, &j->items[i]);
}

static void write_other(struct jw *w, struct edits *e, const struct json *j) {
	static const char *const values[] = { "null",
					      "true",
					      "0",
					      "-1",
					      "1e9",
					      "\"\"",
					      "\"a b\"",
					      "[]",
					      "{}",
					      "[[]]",
					      "{\"a\": 1}",
					      "\"$user\"",
					      "\"sum(lines.net)\"",
					      "99999999999999999999" };
	if (e->kind == EDIT_OTHER_STRING && j->kind == JSON_STRING)
		jw_str(w, e->strings[random_below(e->string_count)]->text);
	else if (e->kind == EDIT_CUT_STRING && j->kind == JSON_STRING && j->text.n)
		jw_str(w,
		       (struct str){ j->text.p, utf8_prefix(j->text, utf8_length(j->text) - 1) });
	else
		jw_raw(w, str_of(values[random_below(ARRAY_LEN(values))]));
}

static void write_edited(struct jw *w, struct edits *e, const struct json *j);

static void write_member(struct jw *w, struct edits *e, const struct json *j, uint32_t i) {
	bool here = e->at + 1 == e->target && e->kind != EDIT_REPLACE &&
		    e->kind != EDIT_OTHER_STRING && e->kind != EDIT_CUT_STRING;
	if (here && e->kind == EDIT_DROP) {
		e->at += count_nodes(&j->items[i]);
		return;
	}
	if (j->kind == JSON_OBJECT) {
		if (here && e->kind == EDIT_RENAME_KEY)
			jw_key_str(w, e->strings[random_below(e->string_count)]->text);
		else
			jw_key_str(w, j->keys[i].name);
	} else if (here && e->kind == EDIT_TWICE) {
		jw_json(w, &j->items[i]);
	}
	write_edited(w, e, &j->items[i]);
	if (here && e->kind == EDIT_ADD_KEY && j->kind == JSON_OBJECT) {
		static const char *const keys[] = { "id",       "unique",  "formula", "default",
						    "scale",    "enum",    "form",    "fields",
						    "required", "retired", "zzz" };
		jw_key(w, keys[random_below(ARRAY_LEN(keys))]);
		write_other(w, e, j);
	}
}

static void write_edited(struct jw *w, struct edits *e, const struct json *j) {
	if (++e->at == e->target && (e->kind == EDIT_REPLACE || e->kind == EDIT_OTHER_STRING ||
				     e->kind == EDIT_CUT_STRING)) {
		write_other(w, e, j);
		e->at += count_nodes(j) - 1;
		return;
	}
	if (j->kind != JSON_OBJECT && j->kind != JSON_ARRAY) {
		jw_json(w, j);
		return;
	}
	if (j->kind == JSON_OBJECT)
		jw_object(w);
	else
		jw_array(w);
	for (uint32_t i = 0; i < j->n; i++) write_member(w, e, j, i);
	jw_end(w);
}

static void check_findings(const struct findings *f) {
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *one = &f->items[i];
		if (!catalogue_find(one->text) || !catalogue_find(one->remedy))
			fail_msg("no words: %s %s", one->text, one->remedy);
		assert_true(one->file && one->code && one->pointer);
		assert_true(utf8_valid(str_of(catalogue_text(f->arena, LANGUAGE_ZH, one->text,
							     one->params, one->param_count))));
	}
}

/* 1 when the edited app was accepted. */
static int try_edit(const struct bundle *bundle, struct edits *e) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct bundle edited = { bundle->origin, arena_array(a, bundle->n, sizeof *edited.files),
				 bundle->n };
	struct app *app = NULL;
	memcpy(edited.files, bundle->files, bundle->n * sizeof *edited.files);
	struct bundle_file *file = &edited.files[random_below((uint32_t)bundle->n)];
	struct sb text = sb_on(a, 8 << 20);
	struct jw w = jw_on(&text);
	e->at = 0;
	e->kind = (enum edit)random_below(EDIT_COUNT);
	e->target = 1 + random_below(count_nodes(file->json));
	write_edited(&w, e, file->json);
	file->text = sb_str(&text);
	if (!json_parse(a, file->text, &json_limits_definition, &file->json)) {
		uint64_t before = seed;
		struct problem *p = app_load(&edited, NULL, &f, &app);
		assert_null(p);
		assert_int_equal(app != NULL, f.errors == 0);
		if (app) app_verify(app, NULL, &f);
		const char *broken = app ? app_unsound(a, app) : NULL;
		if (broken)
			fail_msg("seed %llu: %s in %s: %s", (unsigned long long)before, broken,
				 file->path, sb_cstr(&text));
		check_findings(&f);
	}
	int accepted = app != NULL;
	app_release(app);
	arena_free(a);
	return accepted;
}

/* Reading megabytes of demo records at every edit would prove nothing about definitions. */
static void leave_out_records(struct bundle *bundle) {
	size_t kept = 0;
	for (size_t i = 0; i < bundle->n; i++)
		if (bundle->files[i].json &&
		    !str_starts(str_of(bundle->files[i].path), STR("demo/")))
			bundle->files[kept++] = bundle->files[i];
	bundle->n = kept;
}

static void random_edits(void **state) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct edits *e = arena_alloc(a, sizeof *e);
	struct bundle *bundle;
	int accepted = 0, edits = EDITS;
	(void)state;
	if (getenv("TENON_DEPTH")) edits *= atoi(getenv("TENON_DEPTH"));
	seed = getenv("TENON_SEED") ? strtoull(getenv("TENON_SEED"), NULL, 10) : 20261122;
	assert_null(bundle_read_folder(a, "apps/crm", &f, &bundle));
	assert_int_equal(f.errors, 0);
	leave_out_records(bundle);
	for (size_t i = 0; i < bundle->n; i++) gather_strings(e, bundle->files[i].json);
	for (int i = 0; i < edits; i++) accepted += try_edit(bundle, e);
	print_message("%d edits, %d accepted and whole, %d refused\n", edits, accepted,
		      edits - accepted);
	assert_true(accepted > edits / 20 && accepted < edits);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_edits) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
