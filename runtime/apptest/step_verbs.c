/* step_verbs.c -- from a step to the request it means: one row a verb. */
#include <assert.h>
#include "runtime/apptest/steps.h"
#include "runtime/base/day.h"
#include "runtime/base/clock.h"

/* ---- kept records ---- */

struct kept *step_kept(struct running *r, struct str text) {
	if (text.n < 2 || text.p[0] != '$') return NULL;
	const char *slash = memchr(text.p, '/', text.n);
	struct str name = { text.p + 1, (slash ? (size_t)(slash - text.p) : text.n) - 1 };
	for (size_t i = r->kept_count; i > 0; i--)
		if (str_is(name, r->kept[i - 1].name)) return &r->kept[i - 1];
	return NULL;
}

void step_write(struct running *r, struct jw *w, const struct json *j) {
	const struct kept *k = j->kind == JSON_STRING ? step_kept(r, j->text) : NULL;
	const char *slash = k ? memchr(j->text.p, '/', j->text.n) : NULL;
	if (k && slash) {
		size_t n = j->text.n - (size_t)(slash - j->text.p);
		const struct json *part =
			json_at(k->json, str_dup(r->arena, (struct str){ slash, n }));
		if (part)
			jw_json(w, part);
		else
			jw_null(w);
	} else if (k) {
		jw_int(w, k->id);
	} else if (j->kind == JSON_OBJECT || j->kind == JSON_ARRAY) {
		j->kind == JSON_OBJECT ? jw_object(w) : jw_array(w);
		for (uint32_t i = 0; i < j->n; i++) {
			if (j->kind == JSON_OBJECT) jw_key_str(w, j->keys[i].name);
			step_write(r, w, &j->items[i]);
		}
		jw_end(w);
	} else {
		jw_json(w, j);
	}
}

/* In a text: $l1 becomes the record's number; $user, $today and the like stay. */
static struct str filled(struct running *r, struct str text) {
	struct sb out = sb_on(r->arena, STEP_TEXT_MAX);
	for (size_t i = 0; i < text.n; i++) {
		size_t n = 1;
		while (text.p[i] == '$' && i + n < text.n &&
		       strchr("abcdefghijklmnopqrstuvwxyz0123456789_", text.p[i + n]))
			n++;
		struct kept *k = step_kept(r, (struct str){ text.p + i, n });
		if (k)
			sb_int(&out, k->id);
		else
			sb_bytes(&out, text.p + i, n);
		i += n - 1;
	}
	sb_cstr(&out);
	return sb_str(&out);
}

static struct str body_of(struct running *r, const struct json *j) {
	struct sb out = sb_on(r->arena, STEP_TEXT_MAX);
	struct jw w = jw_on(&out);
	if (j)
		step_write(r, &w, j);
	else
		jw_object(&w), jw_end(&w);
	sb_cstr(&out);
	return sb_str(&out);
}

static void write_members(struct running *r, struct jw *w, const struct json *object) {
	for (uint32_t i = 0; object && object->kind == JSON_OBJECT && i < object->n; i++) {
		jw_key_str(w, object->keys[i].name);
		step_write(r, w, &object->items[i]);
	}
}

/* ---- verbs ---- */

static const char *form_path(struct running *r, const char *rest) {
	return arena_printf(r->arena, "/api/%s/%s%s", r->t->app->name, r->form, rest);
}

static const char *record_path(struct running *r, const char *rest) {
	return form_path(r, arena_printf(r->arena, "/%lld%s", (long long)r->record->id, rest));
}

static struct problem *ask(struct running *r) {
	return door_ask(r->door, r->arena, &r->ask, &r->answer);
}

static struct problem *create(struct running *r, struct str arg) {
	(void)arg;
	r->ask.body = body_of(r, json_get(r->step, "values"));
	return ask(r);
}

static bool has_rows(const struct json *values) {
	for (uint32_t i = 0; values && i < values->n; i++)
		if (values->items[i].kind == JSON_ARRAY && values->items[i].n &&
		    values->items[i].items[0].kind == JSON_OBJECT)
			return true;
	return false;
}

/* Rows are replaced as a whole: the API wants to know which revision was seen. Without "rev" the
 * test saw the newest. */
static struct problem *update(struct running *r, struct str arg) {
	const struct json *values = json_get(r->step, "values");
	(void)arg;
	if (has_rows(values) && !r->ask.rev) {
		struct answer now;
		TRY(step_read(r, r->record, &now));
		if (!json_int(json_get(now.json, "rev"), &r->ask.rev)) r->ask.rev = 0;
	}
	r->ask.body = body_of(r, values);
	return ask(r);
}

static struct problem *validate(struct running *r, struct str arg) {
	(void)arg;
	struct str values = body_of(r, json_get(r->step, "values"));
	const char *id =
		r->record ? arena_printf(r->arena, "\"id\":%lld,", (long long)r->record->id) : "";
	r->ask.body = str_of(arena_printf(r->arena, "{%s\"values\":%s}", id, values.p));
	return ask(r);
}

static const char *query_of(struct running *r, const char *more) {
	static const char *const keys[] = { "filter", "sort", "fields", "q" };
	struct sb out = sb_on(r->arena, STEP_TEXT_MAX);
	sb_cat(&out, more);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct json *value = json_get(r->step, keys[i]);
		if (!value) continue;
		sb_printf(&out, "%s%s=%s", out.n ? "&" : "", keys[i],
			  door_quote(r->arena, filled(r, json_str(value))));
	}
	return sb_cstr(&out);
}

static struct problem *query(struct running *r, const char *more) {
	r->ask.path = arena_printf(r->arena, "%s?%s", r->ask.path, query_of(r, more));
	return ask(r);
}

static struct problem *list(struct running *r, struct str arg) {
	(void)arg;
	return query(r, "titles=1&count=exact&limit=1000");
}

static struct problem *export(struct running *r, struct str arg) {
	(void)arg;
	return query(r, "");
}

static const char *text_of(struct running *r, const char *key) {
	return str_dup(r->arena, json_str(json_get(r->step, key)));
}

static struct problem *import(struct running *r, struct str arg) {
	struct sb text = sb_on(r->arena, STEP_TEXT_MAX);
	const struct json *lines = json_get(r->step, "csv"), *map = json_get(r->step, "map");
	(void)arg;
	for (uint32_t i = 0; lines && i < lines->n; i++) {
		sb_add(&text, filled(r, json_str(&lines->items[i])));
		sb_cat(&text, "\r\n");
	}
	struct csv csv = { .app = r->t->app->name,
			   .form = r->form,
			   .mode = text_of(r, "mode"),
			   .key = text_of(r, "key"),
			   .text = sb_str(&text) };
	if (map) csv.map = body_of(r, map);
	return door_import(r->door, r->arena, r->ask.token, &csv, &r->answer, &r->refused);
}

static struct problem *button(struct running *r, struct str arg) {
	r->ask.method = "POST";
	r->ask.path = record_path(r, arena_printf(r->arena, "/buttons/%.*s", (int)arg.n, arg.p));
	r->ask.body = body_of(r, json_get(r->step, "values"));
	return ask(r);
}

/* ---- approvals ---- */

static struct problem *start(struct running *r, struct str arg) {
	const struct json *given = json_get(r->step, "body");
	struct sb out = sb_on(r->arena, STEP_TEXT_MAX);
	struct jw w = jw_on(&out);
	jw_object(&w);
	jw_set_int(&w, "record", r->record->id);
	write_members(r, &w, given);
	jw_end(&w);
	r->ask.method = "POST";
	r->ask.path = arena_printf(r->arena, "/api/%s/flows/%.*s/start", r->t->app->name,
				   (int)arg.n, arg.p);
	r->ask.body = sb_str(&out);
	return ask(r);
}

/* The task that this run asks of who does the step. */
static const char *task_of(struct running *r, const struct json *run) {
	const struct json *open = json_get(run, "open");
	for (uint32_t i = 0; open && i < open->n; i++)
		if (json_is_string(json_get(&open->items[i], "who"), r->as))
			return str_dup(r->arena, json_str(json_get(&open->items[i], "task")));
	return NULL;
}

static const char *act_path(struct running *r, const struct kept *run, const struct json *now,
			    struct str act) {
	static const char *const whole[] = { "withdraw", "terminate", "jump", "comment" };
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		if (str_is(act, whole[i]))
			return arena_printf(r->arena, "/api/runs/%lld/%s", (long long)run->id,
					    whole[i]);
	const char *task = task_of(r, now);
	return task ? arena_printf(r->arena, "/api/tasks/%s/%.*s", task, (int)act.n, act.p) : NULL;
}

static struct problem *act(struct running *r, struct str arg) {
	const struct json *at = json_get(r->step, "run"), *values = json_get(r->step, "values");
	struct kept *run = step_kept(r, json_str(at));
	struct sb out = sb_on(r->arena, STEP_TEXT_MAX);
	struct jw w = jw_on(&out);
	struct answer now;
	if (!run)
		return PROBLEM(r->arena, INVALID, "test_not_kept", "value",
			       str_dup(r->arena, json_str(at)));
	struct ask look = { .method = "GET",
			    .path = arena_printf(r->arena, "/api/runs/%lld", (long long)run->id) };
	TRY(door_ask(r->door, r->arena, &look, &now));
	jw_object(&w);
	write_members(r, &w, json_get(r->step, "body"));
	if (values) {
		jw_key(&w, "fields");
		step_write(r, &w, values);
	}
	jw_end(&w);
	r->ask.method = "POST";
	r->ask.path = act_path(r, run, now.json, arg);
	r->ask.body = sb_str(&out);
	if (!r->ask.path) return PROBLEM(r->arena, INVALID, "test_no_task", "user", r->as);
	return ask(r);
}

static struct problem *request(struct running *r, struct str arg) {
	struct str line = filled(r, arg);
	const char *blank = memchr(line.p, ' ', line.n);
	const struct json *body = json_get(r->step, "body");
	r->ask.method =
		blank ? str_dup(r->arena, (struct str){ line.p, (size_t)(blank - line.p) }) : "GET";
	struct sb path = sb_on(r->arena, STEP_TEXT_MAX);
	for (const char *p = blank ? blank + 1 : line.p; *p; p++)
		sb_cat(&path, *p == ' ' ? "%20" : (char[]){ *p, 0 });
	r->ask.path = sb_cstr(&path);
	if (body) r->ask.body = body_of(r, body);
	return ask(r);
}

struct problem *step_time(struct running *r, struct str text) {
	bool has_offset;
	if (datetime_parse(text, &r->now_us, &has_offset) && has_offset) return NULL;
	return PROBLEM(r->arena, INVALID, "test_time", "value", str_dup(r->arena, text));
}

/* "+2h" counts from where the clock stands; anything else is a time. */
static struct problem *clock_(struct running *r, struct str arg) {
	static const struct {
		char unit;
		int64_t us;
	} units[] = { { 's', 1000000 },
		      { 'm', INT64_C(60000000) },
		      { 'h', INT64_C(3600000000) },
		      { 'd', INT64_C(86400000000) } };
	char text[40];
	int64_t n = 0, step = 0;
	bool moves = arg.n > 2 && arg.p[0] == '+' &&
		     str_to_int((struct str){ arg.p + 1, arg.n - 2 }, &n);
	for (size_t i = 0; moves && i < ARRAY_LEN(units); i++)
		if (arg.p[arg.n - 1] == units[i].unit) step = n * units[i].us;
	if (moves && !r->now_us) r->now_us = clock_real();
	if (moves)
		r->now_us += step;
	else
		TRY(step_time(r, arg));
	datetime_text(r->now_us, text);
	r->answer = (struct answer){ .status = 200 };
	return door_clock(r->door, r->arena, text);
}

enum about { ABOUT_NOTHING, ABOUT_FORM, ABOUT_RECORD, ABOUT_EITHER };
/* method and path, after that of the form or the record it is about: what is asked. run NULL: just
 * that. */
static const struct verb {
	const char *key;
	enum about about;
	bool changes;
	const char *method, *path;
	struct problem *(*run)(struct running *r, struct str arg);
} verbs[] = {
	{ "create", ABOUT_FORM, false, "POST", "", create },
	{ "update", ABOUT_RECORD, true, "PATCH", "", update },
	{ "delete", ABOUT_RECORD, true, "DELETE", "", NULL },
	{ "restore", ABOUT_RECORD, true, "POST", "/restore", NULL },
	{ "get", ABOUT_RECORD, false, "GET", "?titles=1", NULL },
	{ "history", ABOUT_RECORD, false, "GET", "/history", NULL },
	{ "validate", ABOUT_EITHER, true, "POST", "/validate", validate },
	{ "list", ABOUT_FORM, false, "GET", "", list },
	{ "export", ABOUT_FORM, false, "GET", "/export.csv", export },
	{ "import", ABOUT_FORM, false, "POST", "/import", import },
	{ "button", ABOUT_NOTHING, true, NULL, NULL, button },
	{ "start", ABOUT_NOTHING, true, NULL, NULL, start },
	{ "act", ABOUT_NOTHING, false, NULL, NULL, act },
	{ "request", ABOUT_NOTHING, false, NULL, NULL, request },
	{ "clock", ABOUT_NOTHING, false, NULL, NULL, clock_ },
};

static const struct verb *verb_of(const struct json *step) {
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (json_get(step, verbs[i].key)) return &verbs[i];
	return NULL; /* the verifier refused it */
}

/* What it is done to stands under "record". */
static bool on_record(const struct verb *v) { return v->run == button || v->run == start; }

static struct problem *token_of(struct running *r, const char **out) {
	for (size_t i = 0; i < r->user_count; i++)
		if (!strcmp(r->users[i].login, r->as)) *out = r->users[i].token;
	if (*out || r->user_count == USERS_MAX) return NULL;
	TRY(door_token(r->door, r->arena, r->as, out));
	r->users[r->user_count].login = r->as;
	r->users[r->user_count++].token = *out;
	return NULL;
}

bool step_changes(const struct running *r) {
	const struct verb *v = verb_of(r->step);
	return v && v->changes && r->record;
}

struct problem *step_read(struct running *r, const struct kept *k, struct answer *out) {
	struct ask look = { .method = "GET",
			    .path = arena_printf(r->arena, "/api/%s/%s/%lld", r->t->app->name,
						 k->form, (long long)k->id) };
	return door_ask(r->door, r->arena, &look, out);
}

struct problem *step_do(struct running *r) {
	const struct verb *v = verb_of(r->step);
	assert(v);
	const struct json *as = json_get(r->step, "as");
	struct str arg = json_str(json_get(r->step, v->key)),
		   about = on_record(v) ? json_str(json_get(r->step, "record")) : arg;
	if (as) r->as = str_dup(r->arena, json_str(as));
	r->ask = (struct ask){ 0 };
	r->refused = STR("");
	r->record = step_kept(r, about);
	r->form = r->record ? r->record->form
			    : (v->about == ABOUT_FORM || v->about == ABOUT_EITHER
				       ? str_dup(r->arena, arg)
				       : NULL);
	if (!json_int(json_get(r->step, "rev"), &r->ask.rev)) r->ask.rev = 0;
	if (!r->record && (v->about == ABOUT_RECORD || on_record(v)))
		return PROBLEM(r->arena, INVALID, "test_not_kept", "value",
			       str_dup(r->arena, about));
	TRY(token_of(r, &r->ask.token));
	r->ask.method = v->method;
	if (v->about != ABOUT_NOTHING)
		r->ask.path =
			v->about == ABOUT_RECORD ? record_path(r, v->path) : form_path(r, v->path);
	return v->run ? v->run(r, arg) : ask(r);
}
