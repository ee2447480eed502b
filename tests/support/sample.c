#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/store/people.h"
#include "runtime/store/record_sql.h"
#include "tests/support/sample.h"
#include "tests/support/temp_store.h"

/* ---- definitions ---- */

static int32_t next_code(void *context, const char *enum_id, struct str path) {
	struct sample *s = context;
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < path.n; i++) hash = (hash ^ (unsigned char)path.p[i]) * 16777619u;
	for (const char *p = enum_id; *p; p++) hash = (hash ^ (unsigned char)*p) * 16777619u;
	return s->shuffled ? (int32_t)(hash % 1000000000u) + 1 : (int32_t)++s->last_code;
}

static const char *no_text(void *context, const char *owner, struct str name) {
	(void)context, (void)owner, (void)name;
	return NULL;
}

static bool not_taken(void *context, const char *owner, struct str id) {
	(void)context, (void)owner, (void)id;
	return false;
}

struct app *sample_app(struct sample *s, const char *text) {
	const struct id_memory memory = { s, no_text, not_taken, no_text, next_code, NULL };
	struct findings findings = { .arena = s->arena };
	struct bundle *bundle;
	struct app *app = NULL;
	assert_ok(*text == '{' ? bundle_read_json(s->arena, str_of(text), &bundle)
			       : bundle_read_folder(s->arena, text, &findings, &bundle));
	assert_ok(app_load(bundle, &memory, &findings, &app));
	if (!app) {
		struct sb report = sb_on(s->arena, 1 << 16);
		findings_text(&report, &findings, LANGUAGE_EN, false, true);
		fail_msg("%s", sb_cstr(&report));
	}
	return app;
}

/* ---- tables ---- */

static void add_enum(struct sb *sql, const struct app *app, const struct enumeration *e) {
	for (size_t i = 0; i < e->n; i++) {
		const char *path = e->values[i].value;
		for (const struct enum_value *up = e->values[i].parent; up; up = up->parent)
			path = arena_printf(sql->arena, "%s\x1f%s", up->value, path);
		sb_printf(sql,
			  "INSERT INTO sys_enum_value (code, app, enum, path) VALUES (%d, '%s', "
			  "'%s', '%s');\n",
			  (int)e->values[i].code, app->name, e->id, path);
	}
}

static struct problem *script(struct tx *tx, void *sql) {
	tx_allow(tx, TX_ALLOW_SCHEMA | TX_ALLOW_PEOPLE);
	TRY(people_changed(tx));
	return tx_script(tx, sql);
}

static void run_script(struct sample *s, const char *sql) {
	struct arena *a = arena_new(0);
	assert_ok(store_write(s->store, LANE_INTERACTIVE, a, script, arena_strdup(a, sql)));
	arena_free(a);
}

static void make_tables(struct sample *s) {
	struct arena *a = arena_new(0);
	struct sb sql = sb_on(a, 1 << 22);
	for (size_t i = 0; i < s->app->form_count; i++) {
		struct sb search = sb_on(a, 1 << 16);
		schema_form_ddl(&sql, s->app->forms[i], DIALECT_SQLITE);
		search_ddl(s->app->forms[i], &search);
		if (search.n) sb_printf(&sql, "%s;\n", sb_cstr(&search));
	}
	for (size_t i = 0; i < s->app->enumeration_count; i++)
		add_enum(&sql, s->app, s->app->enumerations[i]);
	run_script(s, sb_cstr(&sql));
	arena_free(a);
}

void sample_open(struct sample *s, struct arena *a, const char *bundle, bool shuffled) {
	sample_open_in(s, a, temp_folder(a), bundle, shuffled);
}

void sample_open_in(struct sample *s, struct arena *a, const char *folder, const char *bundle,
		    bool shuffled) {
	*s = (struct sample){ .arena = a, .shuffled = shuffled };
	s->store = temp_store(a, folder);
	s->app = sample_app(s, bundle);
	make_tables(s);
	sample_people(s, "");
}

void sample_close(struct sample *s) {
	directory_release(s->people);
	app_release(s->app);
	store_close(s->store);
}

void sample_people(struct sample *s, const char *sql) {
	struct arena *a = arena_new(0);
	struct problem *p;
	struct tx *tx;
	run_script(s, sql);
	directory_release(s->people);
	assert_ok(tx_read(s->store, a, &tx));
	s->people = people_take(s->store, tx, &p);
	assert_ok(tx_end(tx, p));
	arena_free(a);
}

/* ---- records ---- */

const struct form *sample_form(const struct sample *s, const char *name) {
	const struct form *form = app_form(s->app, str_of(name));
	assert_non_null(form);
	return form;
}

static void fill(const struct codec *codec, struct arena *a, struct record *r,
		 const struct json *object, int64_t id);

static struct record_rows fill_rows(const struct codec *codec, struct arena *a,
				    const struct field *f, const struct json *in, int64_t id) {
	struct record_rows rows = { arena_array(a, in->n + 1, sizeof *rows.items), in->n };
	for (size_t i = 0; i < in->n; i++) {
		rows.items[i] = record_new(a, f->rows);
		fill(codec, a, rows.items[i], &in->items[i], id * 100 + (int64_t)i + 1);
	}
	return rows;
}

static void fill(const struct codec *codec, struct arena *a, struct record *r,
		 const struct json *object, int64_t id) {
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a, .codec = codec, .faults = &faults, .pointer = "" };
	r->id = id;
	r->values[form_system(r->form, SYSTEM_ID)->index] = value_int(id);
	for (size_t i = 0; i < object->n; i++) {
		const struct field *f = form_field(r->form, object->keys[i].name);
		assert_non_null(f);
		if (object->items[i].kind == JSON_NULL) continue;
		if (f->rows)
			r->rows[f->index] = fill_rows(codec, a, f, &object->items[i], id);
		else if (!f->type->read_json(&p, f, &object->items[i], &r->values[f->index]))
			fail_msg("%s: %s", f->name, faults.first->code);
	}
}

struct record *sample_record(struct sample *s, struct arena *a, const struct form *form, int64_t id,
			     const char *json) {
	const struct codec codec = { s->app, s->people, s->app->zone, LANGUAGE_EN };
	const struct json *object;
	struct record *r = record_new(a, form);
	assert_ok(json_parse(a, str_of(json), &json_limits_request, &object));
	fill(&codec, a, r, object, id);
	r->rev = 1;
	r->values[form_system(form, SYSTEM_REV)->index] = value_int(1);
	r->values[form_system(form, SYSTEM_CREATED_AT)->index] = value_datetime(id * 1000000);
	r->values[form_system(form, SYSTEM_UPDATED_AT)->index] = value_datetime(id * 1000000);
	return r;
}

struct change {
	struct sample *s;
	const struct form *form;
	int64_t id;
	const char *json;
	bool replace, remove;
};

static struct problem *change_commit(struct tx *tx, void *arg) {
	struct change *c = arg;
	struct arena *a = tx_arena(tx);
	const struct codec codec = { c->s->app, c->s->people, c->s->app->zone, LANGUAGE_EN };
	struct record *before = NULL, *after = NULL;
	if (c->replace || c->remove)
		TRY(record_load(tx, &codec, c->form, c->id, RECORD_WHOLE, &before));
	if (c->remove) {
		after = record_copy(a, before);
		after->values[form_system(c->form, SYSTEM_DELETED_AT)->index] = value_datetime(1);
	} else {
		after = sample_record(c->s, a, c->form, c->id, c->json);
	}
	TRY(before ? record_store_update(tx, &codec, before, after)
		   : record_store_insert(tx, &codec, after, NULL));
	const struct value *old = before ? before->values : NULL;
	const struct value *now = c->remove ? NULL : after->values;
	/* Every other time what was worked out beforehand is of values that are no more. */
	const struct value *then = c->id % 2 && old ? old : now;
	search_write_later(tx, c->form, c->id, old, now,
			   then ? search_ready(a, c->form, NULL, then) : NULL);
	return NULL;
}

static void change(struct change c) {
	struct arena *a = arena_new(0);
	assert_ok(store_write(c.s->store, LANE_INTERACTIVE, a, change_commit, &c));
	arena_free(a);
}

void sample_insert(struct sample *s, const struct form *form, int64_t id, const char *json) {
	change((struct change){ .s = s, .form = form, .id = id, .json = json });
}

void sample_update(struct sample *s, const struct form *form, int64_t id, const char *json) {
	change((struct change){ .s = s, .form = form, .id = id, .json = json, .replace = true });
}

void sample_delete(struct sample *s, const struct form *form, int64_t id) {
	change((struct change){ .s = s, .form = form, .id = id, .remove = true });
}

/* ---- reading ---- */

struct request *sample_request(struct sample *s, const char *login) {
	struct arena *a = arena_new(0);
	struct request *rq = arena_alloc(a, sizeof *rq);
	*rq = (struct request){ .arena = a,
				.language = LANGUAGE_EN,
				.now_us = INT64_C(1795000000000000),
				.app = s->app,
				.directory = s->people,
				.door = DOOR_API,
				.id = "test" };
	if (login) {
		rq->actor = directory_user(s->people, str_of(login));
		assert_non_null(rq->actor);
	}
	return rq;
}

void sample_end(struct request *rq) { arena_free(rq->arena); }

static struct problem *list(struct request *rq, struct tx *tx, const struct form *form,
			    const struct query_text *text, struct jw *w) {
	struct query *q;
	struct read_page page;
	TRY(query_parse(rq, form, text, &q));
	TRY(read_page(rq, tx, q, &page));
	read_page_json(w, rq, q, &page);
	return NULL;
}

const char *sample_list(struct sample *s, struct request *rq, const char *form,
			const struct query_text *text) {
	struct sb out = sb_on(rq->arena, 1 << 20);
	struct jw w = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	struct problem *p = tx_end(tx, list(rq, tx, sample_form(s, form), text, &w));
	if (!p) return sb_cstr(&out);
	struct sb refused = sb_on(rq->arena, 1 << 16);
	sb_printf(&refused, "%d %s", problem_kinds[p->kind].status, p->code);
	for (size_t i = 0; i < p->param_count; i++)
		sb_printf(&refused, " %s=%s", p->params[i].name, p->params[i].value);
	return sb_cstr(&refused);
}
