/* Any JSON as a flow over a fixed app: it is refused with findings in both languages, or it
 * compiles into a tree whose steps stand where they say, and is verified. Twice the same answer. */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/model/flow.h"
#include "runtime/model/loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
	if (!holds) abort();
}

static const char files[] =
	"{\"files\": {\"app.json\": {\"app\": \"t\"}, \"enums/st.json\": {\"enum\": \"st\", "
	"\"values\": [{\"value\": \"draft\"}, {\"value\": \"done\"}, {\"value\": \"old\", "
	"\"retired\": true}]}, \"roles/sales.json\": {\"role\": \"sales\", \"forms\": {}}, "
	"\"forms/firm.json\": {\"form\": \"firm\", \"fields\": [{\"name\": \"keeper\", \"type\": "
	"\"user\"}]}, \"forms/deal.json\": {\"form\": \"deal\", \"fields\": [{\"name\": \"name\", "
	"\"type\": \"text\"}, {\"name\": \"amount\", \"type\": \"money\", \"required\": true}, "
	"{\"name\": \"n\", \"type\": \"integer\", \"min\": 0}, {\"name\": \"due\", \"type\": "
	"\"date\"}, {\"name\": \"flag\", \"type\": \"bool\"}, {\"name\": \"marks\", \"type\": "
	"\"tags\", \"enum\": \"st\"}, {\"name\": \"firm\", \"type\": \"ref\", \"form\": \"firm\"}, "
	"{\"name\": \"clerk\", \"type\": \"user\"}, {\"name\": \"state\", \"type\": \"enum\", "
	"\"enum\": \"st\"}, {\"name\": \"lines\", \"type\": \"table\", \"fields\": [{\"name\": "
	"\"net\", \"type\": \"money\"}]}]}}}";

static struct app *app;

static void load_app(void) {
	static struct arena *a;
	struct bundle *b = NULL;
	a = arena_new(0);
	struct findings f = { .arena = a };
	must(!bundle_read_json(a, (struct str){ files, sizeof files - 1 }, &b));
	must(!app_load(b, NULL, &f, &app) && app);
}

static void check_words(const struct findings *f) {
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *one = &f->items[i];
		must(catalogue_find(one->text) && catalogue_find(one->remedy));
		must(*catalogue_text(f->arena, LANGUAGE_ZH, one->text, one->params,
				     one->param_count));
		must(*catalogue_text(f->arena, LANGUAGE_EN, one->text, one->params,
				     one->param_count));
	}
}

static void check_tree(const struct flow *flow) {
	for (size_t i = 0; i < flow->step_count; i++) {
		const struct step *s = flow->steps[i];
		must(s->index == i && s->in->steps[s->place] == s);
		must(!s->in->owner || s->in->owner->index < i);
		must(s->kind != STEP_GOTO || s->to->index < i);
	}
}

static size_t run(const struct json *json) {
	struct arena *a = arena_new(0);
	struct findings f = { .arena = a };
	struct definition d = {
		.kind = "flow", .name = "f", .id = "f", .file = "flows/f.json", .json = json
	};
	const struct flow *flow = flow_compile(a, app, &d, &f);
	if (flow) {
		check_tree(flow);
		flow_verify(flow, NULL, &f);
	}
	check_words(&f);
	size_t count = f.errors * 1000 + f.warnings;
	arena_free(a);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct arena *a = arena_new(0);
	const struct json *json = NULL;
	if (!app) load_app();
	if (!json_parse(a, (struct str){ (const char *)data, size }, &json_limits_request, &json))
		must(run(json) == run(json));
	arena_free(a);
	return 0;
}
