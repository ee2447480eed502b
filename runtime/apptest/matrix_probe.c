/* matrix_probe.c -- all that a person can ask about a record and a field of it, and whether two
 * worlds answer alike. */
#include "runtime/apptest/matrix.h"
#include "runtime/model/field_type.h"

struct probing {
	struct role_form *rf;
	struct probe *out;
	size_t n, room;
};

static void get(struct probing *p, const char *path) {
	if (p->n < p->room) p->out[p->n++] = (struct probe){ .method = "GET", .path = path };
}

static void send(struct probing *p, const char *method, const char *path, const char *body,
		 int64_t rev) {
	if (p->n < p->room) p->out[p->n++] = (struct probe){ method, path, str_of(body), rev };
}

static const char *at(struct probing *p, const struct form *form, const char *rest) {
	return arena_printf(p->rf->arena, "/api/%s/%s%s", p->rf->m->app->name, form->name, rest);
}

/* A value as it would be searched for or compared: the text itself, or the JSON of a number. */
static struct str plain(struct arena *a, const char *json) {
	const struct json *j;
	if (!json || json_parse(a, str_of(json), &json_limits_definition, &j)) return STR("x");
	if (j->kind == JSON_ARRAY && j->n) j = &j->items[0];
	return j->kind == JSON_STRING || j->kind == JSON_NUMBER ? j->text : STR("x");
}

static const char *literal(struct arena *a, const char *json) {
	const struct json *j;
	if (!json || json_parse(a, str_of(json), &json_limits_definition, &j)) return "null";
	if (j->kind == JSON_STRING) return arena_printf(a, "'%.*s'", (int)j->text.n, j->text.p);
	return j->kind == JSON_NUMBER ? str_dup(a, j->text)
	       : j->kind == JSON_TRUE ? "true"
				      : "null";
}

static void about_record(struct probing *p, int64_t id, struct str words) {
	struct arena *a = p->rf->arena;
	const struct form *form = p->rf->form;
	const char *q = door_quote(a, words);
	static const char *const parts[] = { "?titles=1", "/history", "/comments", "/collaborators",
					     "/buttons", "/versions/1", "/follow" };
	static const char *const lists[] = { "?titles=1&count=exact&limit=500", "?deleted=1",
					     "?sort=updated_at&limit=500", "/export.csv" };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		get(p, at(p, form, arena_printf(a, "/%lld%s", (long long)id, parts[i])));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) get(p, at(p, form, lists[i]));
	get(p, at(p, form, arena_printf(a, "?q=%s&count=1", q)));
	get(p, arena_printf(a, "/api/search?q=%s", q));
	get(p, "/api/notifications");
	send(p, "POST", at(p, form, "/validate"),
	     arena_printf(a, "{\"id\":%lld,\"values\":{}}", (long long)id), 0);
	send(p, "PATCH", at(p, form, arena_printf(a, "/%lld", (long long)id)), "{}", 1);
	send(p, "POST", at(p, form, arena_printf(a, "/%lld/revert?dry_run=1", (long long)id)),
	     "{\"rev\":1}", 0);
	send(p, "POST", at(p, form, "/batch"),
	     arena_printf(
		     a,
		     "{\"operations\":[{\"op\":\"update\",\"id\":%lld,\"rev\":1,\"values\":{}}]}",
		     (long long)id),
	     0);
}

static void about_field(struct probing *p, const struct field *f, int64_t id, const char *value) {
	struct arena *a = p->rf->arena;
	const struct form *form = p->rf->form;
	const char *compare =
		door_quote(a, str_of(arena_printf(a, "%s == %s", f->name, literal(a, value))));
	const char *order =
		door_quote(a, str_of(arena_printf(a, "%s > %s", f->name, literal(a, value))));
	static const char *const keys[] = { "fields", "sort", "group", "sums" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		get(p, at(p, form, arena_printf(a, "?%s=%s", keys[i], f->name)));
	get(p, at(p, form, arena_printf(a, "?sort=-%s&limit=1", f->name)));
	get(p, at(p, form, arena_printf(a, "?count=exact&filter=%s", compare)));
	get(p, at(p, form, arena_printf(a, "?count=exact&filter=%s", order)));
	get(p, at(p, form, arena_printf(a, "/export.csv?fields=%s", f->name)));
	get(p, at(p, form, arena_printf(a, "/export.csv?filter=%s", compare)));
	if (!value) return;
	send(p, "POST", at(p, form, "/validate"),
	     arena_printf(a, "{\"id\":%lld,\"values\":{\"%s\":%s}}", (long long)id, f->name, value),
	     0);
	if (!f->unique)
		send(p, "POST", at(p, form, "/validate"),
		     arena_printf(a, "{\"values\":{\"%s\":%s}}", f->name, value), 0);
}

/* Through every reference that leads to the form: titles and paths. */
static void from_elsewhere(struct probing *p, const struct field *f, const char *value) {
	struct arena *a = p->rf->arena;
	const struct app *app = p->rf->m->app;
	for (size_t i = 0; i < app->form_count; i++)
		for (size_t k = 0; k < app->forms[i]->declared_count; k++) {
			const struct field *link = app->forms[i]->fields[k];
			if (link->target != p->rf->form) continue;
			get(p, at(p, app->forms[i],
				  arena_printf(a, "?titles=1&limit=500&fields=%s", link->name)));
			if (!f) continue;
			const char *path = arena_printf(a, "%s.%s", link->name, f->name);
			get(p, at(p, app->forms[i], arena_printf(a, "?limit=500&fields=%s", path)));
			get(p, at(p, app->forms[i], arena_printf(a, "?limit=500&sort=%s", path)));
			get(p, at(p, app->forms[i],
				  arena_printf(
					  a, "?count=exact&filter=%s",
					  door_quote(a, str_of(arena_printf(a, "%s == %s", path,
									    literal(a, value)))))));
		}
}

size_t matrix_probes(struct role_form *rf, size_t k, const struct field *f, const char *value,
		     struct probe *out, size_t room) {
	struct probing p = { rf, out, 0, room };
	about_record(&p, rf->based->ids[k], plain(rf->arena, value));
	if (f) about_field(&p, f, rf->based->ids[k], value);
	from_elsewhere(&p, f, value);
	return p.n;
}

/* ---- alike ---- */

/* The number of a request, and the one a record would get that was only tried. */
struct str matrix_neutral(struct arena *a, struct str body) {
	static const struct str keys[] = { { "\"instance\":\"", 12 },
					   { "{\"values\":{\"id\":", 16 } };
	struct sb out = sb_on(a, MATRIX_TEXT);
	for (size_t i = 0; i < body.n; i++) {
		bool skipped = false;
		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			if (!skipped &&
			    str_starts((struct str){ body.p + i, body.n - i }, keys[k])) {
				i += keys[k].n;
				while (i < body.n && !strchr("\",", body.p[i])) i++;
				skipped = true;
			}
		if (skipped) continue;
		sb_char(&out, body.p[i]);
	}
	sb_cstr(&out);
	return sb_str(&out);
}

/* The text around the first difference. */
static struct str around(struct str text, struct str other) {
	size_t at = 0, from;
	while (at < text.n && at < other.n && text.p[at] == other.p[at]) at++;
	from = at > 120 ? at - 120 : 0;
	while (from && ((unsigned char)text.p[from] & 0xC0) == 0x80) from--;
	return (struct str){ text.p + from, text.n - from < 300 ? text.n - from : 300 };
}

static struct problem *ask(struct role_form *rf, size_t world, const struct probe *probe,
			   struct arena *a, int *status, struct str *text) {
	struct answer r;
	struct ask ask = { .token = rf->me->token,
			   .method = probe->method,
			   .path = probe->path,
			   .body = probe->body,
			   .rev = probe->rev };
	TRY(door_ask(rf->m->doors[world], a, &ask, &r));
	*status = r.status;
	*text = matrix_neutral(a, r.body);
	return NULL;
}

static struct problem *compare(struct role_form *rf, const char *what, const struct probe *probe,
			       struct arena *a) {
	struct str texts[WORLDS];
	int statuses[WORLDS];
	for (size_t i = 0; i < WORLDS; i++) TRY(ask(rf, i, probe, a, &statuses[i], &texts[i]));
	report_check(rf->m->t->report);
	if (statuses[0] == statuses[1] && str_eq(texts[0], texts[1]) && statuses[0] < 500)
		return NULL;
	struct failure f = { .where = what,
			     .asked = arena_printf(a, "%s: %s %s %.*s", rf->me->login,
						   probe->method, probe->path, (int)probe->body.n,
						   probe->body.n ? probe->body.p : ""),
			     .expected = arena_printf(a, "%d %s", statuses[0],
						      str_dup(a, around(texts[0], texts[1]))),
			     .came = str_of(arena_printf(a, "%d %s", statuses[1],
							 str_dup(a, around(texts[1], texts[0])))) };
	report_fail(rf->m->t->report, &f);
	return NULL;
}

struct problem *matrix_same(struct role_form *rf, const char *what, const struct probe *probes,
			    size_t n) {
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new(0);
		struct problem *p = compare(rf, what, &probes[i], a);
		if (p) p = problem_copy(rf->m->arena, p);
		arena_free(a);
		if (p) return p;
	}
	return NULL;
}
