/* Every rule of the verifier against small apps: tests/fixtures/verify/VRnn/{fail,near,pass}_* (see
 * fixtures/verify/README.md). fail: the finding of expected.json is there. near and pass: no error
 * at all and no finding of the rule. B07: two linkage rules that fight are found (VR06). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>

#include "runtime/model/field_type.h"
#include "runtime/model/loader.h"

static const char fixtures[] = "tests/fixtures/verify";

/* ---- an earlier version of the app as the store's memory ---- */

static const struct form *form_of(const struct app *app, const char *owner) {
	const char *slash = strchr(owner, '/'), *second = slash ? strchr(slash + 1, '/') : NULL;
	struct str id = second ? (struct str){ slash + 1, (size_t)(second - slash - 1) }
			       : str_of(slash ? slash + 1 : NULL);
	for (size_t i = 0; slash && i < app->form_count; i++) {
		const struct form *form = app->forms[i];
		if (!str_is(id, form->id)) continue;
		if (!second) return form;
		for (size_t k = 0; k < form->declared_count; k++)
			if (form->fields[k]->rows && !strcmp(form->fields[k]->id, second + 1))
				return form->fields[k]->rows;
	}
	return NULL;
}

static const struct field *field_of(void *context, const char *owner, struct str id) {
	const struct form *form = form_of(context, owner);
	for (size_t i = 0; form && i < form->declared_count; i++)
		if (str_is(id, form->fields[i]->id)) return form->fields[i];
	return NULL;
}

static const char *id_of(void *context, const char *owner, struct str name) {
	const struct app *app = context;
	const struct form *form = form_of(app, owner);
	const struct field *f = form ? form_field(form, name) : NULL;
	const struct definition *d = form ? NULL : app_definition(app, owner, name);
	return f ? f->id : d ? d->id : NULL;
}

static bool id_taken(void *context, const char *owner, struct str id) {
	return field_of(context, owner, id) != NULL;
}

static const char *type_of(void *context, const char *owner, struct str id) {
	const struct field *f = field_of(context, owner, id);
	return f ? f->type->name : NULL;
}

static int32_t enum_code(void *context, const char *enum_id, struct str path) {
	const struct enumeration *e = app_enumeration(context, str_of(enum_id));
	const struct enum_value *v = e ? enumeration_find(e, path) : NULL;
	return v ? v->code : 0;
}

static struct remembered_value remembered[64];

static const struct remembered_value *enum_values(void *context, const char *enum_id,
						  size_t *count) {
	const struct enumeration *e = app_enumeration(context, str_of(enum_id));
	*count = e ? e->n : 0;
	for (size_t i = 0; i < *count; i++)
		remembered[i] = (struct remembered_value){ str_of(e->values[i].value),
							   e->values[i].label, e->values[i].code };
	return remembered;
}

/* ---- one fixture ---- */

static struct app *load(struct arena *a, const char *folder, const struct id_memory *memory,
			struct findings *f) {
	struct bundle *bundle = NULL;
	struct app *app = NULL;
	assert_null(bundle_read_folder(a, folder, f, &bundle));
	assert_null(app_load(bundle, memory, f, &app));
	if (app) app_verify(app, NULL, f);
	return app;
}

static bool is_folder(const char *path) {
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool matches(const struct finding *f, const struct json *want) {
	int64_t line = 0;
	assert_true(json_int(json_get(want, "line"), &line));
	return json_is_string(json_get(want, "code"), f->code) &&
	       json_is_string(json_get(want, "file"), f->file) &&
	       json_is_string(json_get(want, "pointer"), f->pointer) && f->line == line;
}

static const struct json *expected(struct arena *a, const char *folder) {
	char text[1024];
	FILE *file = fopen(arena_printf(a, "%s/expected.json", folder), "r");
	const struct json *out = NULL;
	if (!file) fail_msg("%s has no expected.json", folder);
	size_t n = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_null(json_parse(a, (struct str){ arena_copy(a, text, n), n }, &json_limits_request,
			       &out));
	return out;
}

static size_t failures; /* all are told before the test fails */

static void tell(const char *folder, const struct findings *f) {
	struct sb out = sb_on(f->arena, 65536);
	findings_text(&out, f, LANGUAGE_EN, false, true);
	print_error("%s:\n%s\n", folder, sb_cstr(&out));
	failures++;
}

static void judge(struct arena *a, const char *rule, const char *name, const char *folder,
		  const struct findings *f) {
	bool found = false;
	if (!strncmp(name, "fail_", 5)) {
		const struct json *want = expected(a, folder);
		for (size_t i = 0; i < f->count; i++) found |= matches(&f->items[i], want);
		if (!found) tell(folder, f);
		return;
	}
	for (size_t i = 0; i < f->count; i++) found |= !strcmp(f->items[i].code, rule);
	if (found || f->errors) tell(folder, f);
}

/* Every finding has words and a remedy, filled in, in both languages. */
static void check_words(const char *folder, const struct findings *f) {
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *one = &f->items[i];
		if (!catalogue_find(one->text) || !catalogue_find(one->remedy))
			fail_msg("%s: %s or %s has no text", folder, one->text, one->remedy);
		const char *zh = catalogue_text(f->arena, LANGUAGE_ZH, one->text, one->params,
						one->param_count);
		const char *en = catalogue_text(f->arena, LANGUAGE_EN, one->text, one->params,
						one->param_count);
		assert_true(zh[0] && en[0] && strcmp(zh, en) != 0);
		assert_null(strstr(en, "“”"));
	}
}

static void run_fixture(const char *rule, const char *name) {
	struct arena *a = arena_new(0);
	struct findings old = { .arena = a }, now = { .arena = a };
	const char *folder = arena_printf(a, "%s/%s/%s", fixtures, rule, name),
		   *before = arena_printf(a, "%s/.before", folder);
	struct app *memory_app = is_folder(before) ? load(a, before, NULL, &old) : NULL;
	struct id_memory memory = { memory_app, id_of, id_taken, type_of, enum_code, enum_values };
	if (is_folder(before)) assert_non_null(memory_app);
	struct app *app = load(a, folder, memory_app ? &memory : NULL, &now);
	judge(a, rule, name, folder, &now);
	check_words(folder, &now);
	app_release(app);
	app_release(memory_app);
	arena_free(a);
}

static size_t run_rule(const char *rule, size_t kinds[3]) {
	char folder[64];
	size_t n = 0;
	snprintf(folder, sizeof folder, "%s/%s", fixtures, rule);
	DIR *dir = opendir(folder);
	if (!dir) fail_msg("%s is missing", folder);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.') continue;
		kinds[e->d_name[0] == 'f' ? 0 : e->d_name[0] == 'n' ? 1 : 2]++;
		run_fixture(rule, e->d_name);
		n++;
	}
	closedir(dir);
	return n;
}

static void run_rules(void **state) {
	static const char *const rules[] = { "DEF04", "DEF12", "VR01", "VR02", "VR03",
					     "VR04",  "VR05",  "VR06", "VR19", "VR20",
					     "VR21",  "VR22",  "VR23", "VR25" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		size_t kinds[3] = { 0 };
		run_rule(rules[i], kinds);
		if (!kinds[0] || !kinds[1] || !kinds[2])
			fail_msg("%s lacks a failing, a near-miss or a passing app", rules[i]);
	}
	assert_int_equal(failures, 0);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(run_rules) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
