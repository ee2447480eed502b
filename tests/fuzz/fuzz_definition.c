/* The definition loader on any bundle: it answers with findings that have words, or with an app
 * whose canonical bundle loads again to the same app. Bytes that are no bundle become one form, so
 * that short inputs get far. */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/model/loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
	if (!holds) abort();
}

static void check_findings(const struct findings *f) {
	for (size_t i = 0; i < f->count; i++)
		must(catalogue_find(f->items[i].text) && catalogue_find(f->items[i].remedy));
	struct sb out = sb_on(f->arena, 16 << 20);
	struct jw w = jw_on(&out);
	findings_json(&w, f);
	const struct json *again;
	must(out.overflow || !json_parse(f->arena, sb_str(&out), &json_limits_definition, &again));
}

static void check_again(struct arena *a, struct app *app) {
	struct findings f = { .arena = a };
	struct bundle *bundle;
	struct app *again = NULL;
	must(!bundle_read_json(a, app->bundle, &bundle));
	must(!app_load(bundle, NULL, &f, &again) && again);
	must(str_eq(again->bundle, app->bundle) && again->form_count == app->form_count);
	app_release(again);
}

static void try_bundle(struct arena *a, struct str text) {
	struct findings f = { .arena = a };
	struct bundle *bundle;
	struct app *app = NULL;
	if (bundle_read_json(a, text, &bundle) || app_load(bundle, NULL, &f, &app)) return;
	must((app != NULL) == (f.errors == 0));
	if (app) app_verify(app, NULL, &f);
	check_findings(&f);
	if (app) check_again(a, app);
	app_release(app);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct arena *a = arena_new(256 << 20);
	struct str text = { (const char *)data, size };
	if (size && data[0] == '{') {
		try_bundle(a, text);
	} else {
		const char *form =
			arena_printf(a,
				     "{\"files\":{\"app.json\":{\"app\":\"a\"},\"enums/"
				     "e.json\":{\"enum\":\"e\",\"values\":[\"x\",\"y\"]},"
				     "\"forms/f.json\":{\"form\":\"f\",\"fields\":[%.*s]}}}",
				     (int)size, text.p ? text.p : "");
		try_bundle(a, str_of(form));
	}
	arena_free(a);
	return 0;
}
