/* Any bytes as the body of a write: they are refused as JSON, as a body of this form, field by field, or give input in which
 * every value is one its field can store or is told at a place. Every code that comes out has its text. */
#include <stdint.h>
#include <stdlib.h>

#include "engines/form/record_write.h"
#include "runtime/model/field_type.h"
#include "runtime/model/loader.h"
#include "runtime/model/permission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char bundle_text[] =
	"{\"files\":{\"app.json\":{\"app\":\"fuzz\",\"version\":\"1\",\"languages\":[\"en\"],\"timezone\":\"Asia/Shanghai\"},"
	"\"enums/kind.json\":{\"enum\":\"kind\",\"values\":[{\"value\":\"a\",\"children\":[{\"value\":\"b\"}]},{\"value\":\"c\"}]},"
	"\"enums/flat.json\":{\"enum\":\"flat\",\"values\":[{\"value\":\"x\"},{\"value\":\"y\"}]},"
	"\"forms/doc.json\":{\"form\":\"doc\",\"fields\":["
	"{\"name\":\"te\",\"type\":\"text\",\"pattern\":\"[a-z]*\"},{\"name\":\"lo\",\"type\":\"longtext\"},{\"name\":\"nu\",\"type\":\"integer\",\"min\":0},"
	"{\"name\":\"de\",\"type\":\"decimal\",\"scale\":3},{\"name\":\"mo\",\"type\":\"money\"},{\"name\":\"pe\",\"type\":\"percent\"},"
	"{\"name\":\"bo\",\"type\":\"bool\"},{\"name\":\"da\",\"type\":\"date\"},{\"name\":\"dt\",\"type\":\"datetime\"},{\"name\":\"ti\",\"type\":\"time\"},"
	"{\"name\":\"du\",\"type\":\"duration\"},{\"name\":\"en\",\"type\":\"enum\",\"enum\":\"flat\"},{\"name\":\"ta\",\"type\":\"tags\"},"
	"{\"name\":\"ca\",\"type\":\"cascade\",\"enum\":\"kind\"},{\"name\":\"ph\",\"type\":\"phone\"},{\"name\":\"em\",\"type\":\"email\"},"
	"{\"name\":\"ur\",\"type\":\"url\"},{\"name\":\"re\",\"type\":\"ref\",\"form\":\"doc\"},{\"name\":\"us\",\"type\":\"user\"},{\"name\":\"dp\",\"type\":\"dept\"},"
	"{\"name\":\"fo\",\"type\":\"integer\",\"formula\":\"len(te)\"},"
	"{\"name\":\"ro\",\"type\":\"table\",\"fields\":[{\"name\":\"q\",\"type\":\"decimal\"},{\"name\":\"n\",\"type\":\"text\"}]}]}}}";

static void must(bool holds) {
	if (!holds) abort();
}

/* Loaded once and kept for the life of the process. */
static const struct app *fuzz_app(void) {
	static struct app *app;
	if (app) return app;
	struct arena *a = arena_new(0);
	struct findings findings = { .arena = a };
	struct bundle *bundle;
	must(!bundle_read_json(a, str_of(bundle_text), &bundle));
	must(!app_load(bundle, NULL, &findings, &app) && app);
	arena_free(a);
	return app;
}

static void check_text(struct arena *a, const char *code, const char *text) {
	must(catalogue_find(code) != NULL);
	must(*text && utf8_valid(str_of(text)));
	(void)a;
}

static void check_values(struct request *rq, const struct input *in) {
	struct codec codec = request_codec(rq);
	for (size_t i = 0; i < in->n; i++) {
		const struct input_field *g = &in->fields[i];
		struct sb shown = sb_on(rq->arena, 4 << 20);
		for (size_t k = 0; g->rows && k < g->rows->n; k++) check_values(rq, &g->rows->rows[k].values);
		if (g->rows || g->refused) continue;
		field_write_text(&shown, g->field, &codec, &g->value, true);
		must(utf8_valid(sb_str(&shown)));
	}
}

static void read_body(struct request *rq, const struct json *body) {
	const struct form *form = app_form(rq->app, STR("doc"));
	struct faults faults = { .arena = rq->arena };
	struct access access;
	struct input *input;
	must(!access_of(rq, form, &access));
	struct problem *p = input_from_json(rq, &access, form, body, &faults, &input);
	for (const struct fault *f = faults.first; f; f = f->next)
		check_text(rq->arena, f->code, fault_text(rq->arena, LANGUAGE_ZH, f));
	if (p)
		check_text(rq->arena, p->code, problem_text(rq->arena, LANGUAGE_EN, p));
	else
		check_values(rq, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	struct request rq = { .arena = arena_new(64 << 20), .app = fuzz_app(), .language = LANGUAGE_ZH };
	const struct json *body;
	struct str text = { (const char *)data, size };
	if (!json_parse(rq.arena, text, &json_limits_request, &body)) read_body(&rq, body);
	arena_free(rq.arena);
	return 0;
}
