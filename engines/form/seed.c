/* seed.c -- records that come with an app, told as they happened.
 *  1. Each record and each step of its $then is one write of record_write, at the time and by the
 * person it names, with that person's rights and nothing more.
 *  2. The dates of a file with as_of keep their distance from it in working days, so that a
 * Tuesday's visit never falls on a Sunday, whatever day it is today.
 *  3. An expression speaks of the real today and is never moved. */
#include "engines/form/find.h"
#include "engines/form/seed.h"
#include "runtime/base/day.h"
#include "runtime/base/zone.h"

struct seeding {
	struct request rq; /* with an arena a record */
	const struct request
		*loader; /* whose time is today and whose hand writes unless a record says */
	struct store *store;
	seed_flow *flow;
	struct tx *tx;
	const struct form *form;
	const char *file;
	bool dated;
	int64_t as_of; /* working day the file was written for */
	struct faults faults;
	const struct value *key; /* what holds the record apart, or nothing */
	size_t key_count;
};

/* ---- dates told as of another day ---- */

enum { WEEK = 7, WORKING = 5, FIRST_MONDAY = -3 /* 1969-12-29 */ };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Days are counted Monday to Friday; a weekend counts as the Friday before it. */
static int64_t working_day(int64_t day) {
	int64_t week = floor_div(day - FIRST_MONDAY, WEEK),
		place = day - FIRST_MONDAY - week * WEEK;
	return week * WORKING + (place < WORKING ? place : WORKING - 1);
}

static int64_t calendar_day(int64_t working) {
	int64_t week = floor_div(working, WORKING);
	return FIRST_MONDAY + week * WEEK + working - week * WORKING;
}

static int64_t moved_day(const struct seeding *s, int64_t day) {
	int64_t today = zone_day(s->rq.app->zone, s->loader->now_us);
	return calendar_day(working_day(day) - s->as_of + working_day(today - 1));
}

static void move(const struct seeding *s, struct value *v) {
	const struct zone *zone = s->rq.app->zone;
	if (s->dated && v->kind == VALUE_DATE) v->as.i = moved_day(s, v->as.i);
	if (!s->dated || v->kind != VALUE_DATETIME) return;
	int64_t local = zone_to_local(zone, v->as.i), day = floor_div(local, DAY_US);
	v->as.i = zone_to_utc(zone, local + (moved_day(s, day) - day) * DAY_US);
}

/* ---- values ---- */

#define THEN "$then" /* no field can be called so */
#define FLOW "$flow"

static struct problem *read_values(struct seeding *s, const struct form *form, const struct json *j,
				   const char *pointer, struct input *out);

/* {"expr": "$today - 5"}: anything but the record's own fields may stand in it. */
static struct problem *read_expression(struct seeding *s, const struct field *f, struct str text,
				       struct value *out) {
	struct expr_paths paths = { .arena = s->rq.arena };
	struct expr_scope scope = { .catalogue = &model_catalogue, .no_old = true };
	const struct expr *e;
	TRY(expr_compile(s->rq.arena, text, &scope, &f->value_type, &paths, &e));
	struct value *slots = request_slots(&s->rq, &paths);
	struct expr_frame frame = request_frame(&s->rq, slots);
	return expr_eval(s->rq.arena, e, &frame, out);
}

static struct problem *read_reference(struct seeding *s, const struct field *f,
				      const struct json *j, const char *pointer, struct value *out,
				      bool *fine) {
	struct input match = { 0 };
	TRY(read_values(s, f->target, j, pointer, &match));
	const struct field **fields = arena_array(s->rq.arena, match.n, sizeof *fields);
	struct value *values = arena_array(s->rq.arena, match.n, sizeof *values);
	for (size_t i = 0; i < match.n; i++) {
		fields[i] = match.fields[i].field;
		values[i] = match.fields[i].value;
	}
	int64_t id = 0; /* {} says nothing, so it finds nothing */
	if (match.n) TRY(record_find(&s->rq, s->tx, f->target, fields, values, match.n, &id));
	*fine = id > 0;
	if (*fine) {
		*out = value_ref(id);
		return NULL;
	}
	struct sb shown = sb_on(s->rq.arena, 1 << 16);
	struct jw w = jw_on(&shown);
	jw_json(&w, j);
	FAULT(&s->faults, pointer, "seed_no_match", "field", f->name, "value", sb_cstr(&shown));
	return NULL;
}

/* Each item an id, or what the record is found by. */
static struct problem *read_references(struct seeding *s, const struct field *f,
				       const struct json *list, const char *pointer,
				       struct value *out, bool *fine) {
	struct value *items = arena_array(s->rq.arena, list->n + 1, sizeof *items);
	for (uint32_t i = 0; *fine && i < list->n; i++) {
		const struct json *j = &list->items[i];
		const char *at = pointer_index(s->rq.arena, pointer, i);
		int64_t id;
		if (j->kind == JSON_OBJECT)
			TRY(read_reference(s, f, j, at, &items[i], fine));
		else if (json_int(j, &id))
			items[i] = value_ref(id);
		else
			FAULT(&s->faults, at, "bad_reference");
	}
	*fine = *fine && !s->faults.count;
	if (*fine && list->n)
		*out = (struct value){ .kind = VALUE_LIST, .as.list = { items, list->n } };
	return NULL;
}

static struct problem *read_rows(struct seeding *s, const struct field *f, const struct json *j,
				 const char *pointer, struct input_field *out) {
	struct input_rows *rows = arena_alloc(s->rq.arena, sizeof *rows);
	rows->replace = true;
	rows->rows = arena_array(s->rq.arena, j->n ? j->n : 1, sizeof *rows->rows);
	for (size_t i = 0; i < j->n; i++) {
		struct input_row *row = &rows->rows[rows->n++];
		row->pointer = pointer_index(s->rq.arena, pointer, i);
		TRY(read_values(s, f->rows, &j->items[i], row->pointer, &row->values));
	}
	out->rows = rows;
	return NULL;
}

static struct problem *read_value(struct seeding *s, const struct field *f, const struct json *j,
				  struct input_field *out) {
	const struct json *expression = json_get(j, "expr");
	bool fine = true;
	if (f->rows && j->kind == JSON_ARRAY) return read_rows(s, f, j, out->pointer, out);
	if (expression) return read_expression(s, f, json_str(expression), &out->value);
	if (f->target && f->type->storage == STORE_VALUES && j->kind == JSON_ARRAY) {
		TRY(read_references(s, f, j, out->pointer, &out->value, &fine));
	} else if (f->target && !f->rows && j->kind == JSON_OBJECT) {
		TRY(read_reference(s, f, j, out->pointer, &out->value, &fine));
	} else if (j->kind != JSON_NULL) {
		struct codec codec = request_codec(&s->rq);
		struct parse p = { .arena = s->rq.arena,
				   .codec = &codec,
				   .faults = &s->faults,
				   .pointer = out->pointer };
		fine = f->type->read_json(&p, f, j, &out->value);
		if (fine) move(s, &out->value);
	}
	out->refused = !fine;
	return NULL;
}

static struct problem *read_values(struct seeding *s, const struct form *form, const struct json *j,
				   const char *pointer, struct input *out) {
	out->fields = arena_array(s->rq.arena, j->n ? j->n : 1, sizeof *out->fields);
	for (size_t i = 0; i < j->n; i++) {
		bool told_apart = str_is(j->keys[i].name, THEN) || str_is(j->keys[i].name, FLOW);
		if (told_apart && !*pointer) continue;
		struct input_field *to = &out->fields[out->n];
		to->pointer = pointer_join(s->rq.arena, pointer, j->keys[i].name);
		to->field = form_field(form, j->keys[i].name);
		if (!to->field || !field_has_value(to->field)) {
			FAULT(&s->faults, to->pointer, "unknown_field", "field",
			      str_dup(s->rq.arena, j->keys[i].name));
			continue;
		}
		out->n++;
		TRY(read_value(s, to->field, &j->items[i], to));
	}
	return NULL;
}

/* Only the key is read: what else a record says may have become untrue since it was loaded. */
static struct problem *is_there(struct seeding *s, const struct json *key, const struct json *j,
				bool *there) {
	size_t n = key ? key->n : 0;
	struct seeding probe = *s;
	const struct field **fields = arena_array(s->rq.arena, n ? n : 1, sizeof *fields);
	struct value *values = arena_array(s->rq.arena, n ? n : 1, sizeof *values);
	probe.faults = (struct faults){ .arena = s->rq.arena };
	for (size_t k = 0; k < n; k++) {
		const struct json *given = json_member(j, json_str(&key->items[k]));
		struct input_field read = { .field = form_field(s->form, json_str(&key->items[k])),
					    .pointer = "" };
		if (!given || !read.field) return NULL;
		TRY(read_value(&probe, read.field, given, &read));
		fields[k] = read.field;
		values[k] = read.value;
	}
	int64_t id = 0;
	if (n && !probe.faults.count)
		TRY(record_find(&s->rq, s->tx, s->form, fields, values, n, &id));
	*there = id != 0;
	s->key = values;
	s->key_count = n;
	return NULL;
}

static struct problem *read_input(struct seeding *s, const struct json *key, const struct json *j,
				  struct input *input, bool *there) {
	TRY(tx_read(s->store, s->rq.arena, &s->tx));
	struct problem *p = is_there(s, key, j, there);
	if (!p && !*there) p = read_values(s, s->form, j, "", input);
	p = tx_end(s->tx, p);
	return p ? p : faults_problem(&s->faults);
}

/* ---- writing ---- */

/* The write is made when and by whom the record says. What it says of them then agrees with what
 * the write stamps; should it not, the write refuses it as it refuses anybody. */
static void set_scene(struct seeding *s, const struct input *input, bool update) {
	const struct field *at = form_system(s->form,
					     update ? SYSTEM_UPDATED_AT : SYSTEM_CREATED_AT),
			   *by = form_system(s->form,
					     update ? SYSTEM_UPDATED_BY : SYSTEM_CREATED_BY);
	for (size_t i = 0; i < input->n; i++) {
		const struct value *v = &input->fields[i].value;
		if (input->fields[i].field == at && v->kind == VALUE_DATETIME)
			s->rq.now_us = v->as.i;
		if (input->fields[i].field == by && v->kind == VALUE_TEXT)
			s->rq.actor = directory_user(s->rq.directory, v->as.s);
	}
}

/* What is wrong with the store ends the load; what is wrong with a record is told and passed over.
 */
static bool is_fatal(const struct problem *p) {
	return p->kind == PROBLEM_INTERNAL || p->kind == PROBLEM_UNAVAILABLE;
}

static const char *first_reason(struct seeding *s, const struct problem *p) {
	if (!p->faults) return problem_text(s->rq.arena, s->rq.language, p);
	return arena_printf(s->rq.arena, "%s: %s", p->faults->pointer,
			    fault_text(s->rq.arena, s->rq.language, p->faults));
}

/* ---- what was done in approvals ---- */

static struct json *own_copy(const struct seeding *s, const struct json *j) {
	struct json *out = arena_alloc(s->rq.arena, sizeof *out);
	*out = *j;
	out->items = arena_array(s->rq.arena, j->n + 1, sizeof *out->items);
	for (uint32_t i = 0; i < j->n; i++) out->items[i] = j->items[i];
	return out;
}

/* Days among the values of a form keep their distance like those of a record. */
static struct json *moved_fields(const struct seeding *s, const struct json *fields) {
	struct json *out = own_copy(s, fields);
	for (uint32_t i = 0; s->dated && i < out->n; i++) {
		const struct field *f = form_field(s->form, out->keys[i].name);
		char *text = arena_alloc(s->rq.arena, 16);
		int64_t day;
		if (!f || f->value_type.kind != TYPE_DATE ||
		    !day_parse(json_str(&out->items[i]), &day))
			continue;
		day_text(moved_day(s, day), text);
		out->items[i].text = str_of(text);
	}
	return out;
}

static const struct json *moved_body(const struct seeding *s, const struct json *body) {
	struct json *out = own_copy(s, body);
	for (uint32_t i = 0; i < out->n; i++)
		if (str_is(out->keys[i].name, "fields") && out->items[i].kind == JSON_OBJECT)
			out->items[i] = *moved_fields(s, &out->items[i]);
	return out;
}

static struct problem *read_flow(const struct seeding *s, const struct json *body,
				 const struct json **out) {
	if (!s->flow || !s->rq.actor || body->kind != JSON_OBJECT)
		return PROBLEM(s->rq.arena, INVALID, "seed_shape", "file", s->file);
	*out = moved_body(s, body);
	return NULL;
}

/* ---- a slice of records in few commits ---- */

enum { SLICE = 64 };

struct item {
	struct seeding s;
	const struct json *json;
	size_t number; /* in the file, from 1 */
	int64_t id;
	bool there;
	struct input input;
	struct write write;
	const struct json *flow; /* of this wave, instead of a write */
	struct problem *problem;
};
struct slice {
	struct item items[SLICE];
	size_t n;
};

static const struct json *step_of(const struct item *it, size_t wave) {
	const struct json *then = json_get(it->json, THEN);
	bool has = then && then->kind == JSON_ARRAY && wave <= then->n;
	return wave == 0 ? it->json : has ? &then->items[wave - 1] : NULL;
}

static bool takes_part(const struct item *it, size_t wave) {
	return !it->there && !it->problem && step_of(it, wave);
}

/* Wave 0 makes the records, wave n tells the n-th step of each. */
static struct problem *prepare(struct item *it, size_t wave) {
	struct seeding *s = &it->s;
	bool there = false;
	it->write = (struct write){
		.op = WRITE_CREATE, .form = s->form, .if_match = -1, .input = &it->input
	};
	if (wave > 0) {
		it->input = (struct input){ 0 };
		s->rq.now_us = s->loader->now_us;
		s->rq.actor = s->loader->actor;
		it->write.op = WRITE_UPDATE;
		it->write.id = it->id;
		TRY(read_input(s, NULL, step_of(it, wave), &it->input, &there));
	}
	set_scene(s, &it->input, wave > 0);
	it->flow = wave > 0 ? json_get(step_of(it, wave), FLOW) : NULL;
	if (it->flow) return read_flow(s, it->flow, &it->flow);
	return write_prepare(&s->rq, s->store, &it->write);
}

struct wave {
	struct slice *slice;
	size_t number;
};

static struct problem *commit_item(struct tx *tx, void *arg) {
	struct item *it = arg;
	if (!it->flow) return write_commit(tx, &it->write);
	struct request rq = it->s.rq; /* a commit may be run again */
	rq.door = DOOR_API;
	return it->s.flow(tx, &rq, it->s.store, it->s.form, it->id, it->flow);
}

static struct problem *commit_wave(struct tx *tx, void *arg) {
	const struct wave *w = arg;
	for (size_t i = 0; i < w->slice->n; i++)
		if (takes_part(&w->slice->items[i], w->number))
			TRY(commit_item(tx, &w->slice->items[i]));
	return NULL;
}

/* One on its own: a write is prepared again, what it builds on may have changed. */
static struct problem *run_alone(struct item *it) {
	if (it->flow) return store_write(it->s.store, LANE_BULK, it->s.rq.arena, commit_item, it);
	return record_write(&it->s.rq, it->s.store, LANE_BULK, &it->write);
}

/* All in one commit; if one of them is refused or must be prepared again, each in its own. */
static struct problem *run_wave(struct slice *slice, size_t number, bool *any) {
	struct wave wave = { slice, number };
	struct item *first = NULL;
	for (size_t i = 0; i < slice->n; i++) {
		struct item *it = &slice->items[i];
		if (!takes_part(it, number)) continue;
		it->problem = prepare(it, number);
		if (it->problem && is_fatal(it->problem)) return it->problem;
		if (!it->problem && !first) first = it;
	}
	*any = first;
	if (!first) return NULL;
	struct problem *p =
		store_write(first->s.store, LANE_BULK, first->s.rq.arena, commit_wave, &wave);
	if (p && is_fatal(p)) return p;
	for (size_t i = 0; i < slice->n; i++) {
		struct item *it = &slice->items[i];
		if (!takes_part(it, number)) continue;
		if (p) it->problem = run_alone(it);
		if (it->problem && is_fatal(it->problem)) return it->problem;
		if (!it->problem && !it->flow) it->id = it->write.id;
	}
	return NULL;
}

static void count(struct item *it, struct arena *a, struct faults *failed,
		  struct seed_result *result) {
	if (it->there) result->present++;
	if (it->id) result->created++;
	if (!it->problem) return;
	result->failed++;
	FAULT(failed, "", "seed_record", "file", it->s.file, "record",
	      arena_printf(a, "%zu", it->number), "detail", first_reason(&it->s, it->problem));
}

static void empty(struct slice *slice) {
	for (size_t i = 0; i < slice->n; i++) arena_free(slice->items[i].s.rq.arena);
	slice->n = 0;
}

/* Writes what the slice holds and leaves it empty. */
static struct problem *settle(struct slice *slice, struct arena *a, struct faults *failed,
			      struct seed_result *result) {
	struct problem *p = NULL;
	bool any = slice->n > 0;
	for (size_t wave = 0; any && !p; wave++) p = run_wave(slice, wave, &any);
	if (p) p = problem_copy(a, p);
	for (size_t i = 0; i < slice->n && !p; i++) count(&slice->items[i], a, failed, result);
	empty(slice);
	return p;
}

/* Does a record of the slice, not yet stored, have this one's key? */
static bool has_twin(const struct slice *slice, const struct item *it) {
	for (size_t i = 0; i < slice->n; i++) {
		const struct item *other = &slice->items[i];
		bool same = it->s.key_count && it->s.key_count == other->s.key_count;
		for (size_t k = 0; same && k < it->s.key_count; k++)
			same = value_same(&it->s.key[k], &other->s.key[k]);
		if (same) return true;
	}
	return false;
}

static struct problem *read_item(const struct seeding *of, const struct json *key,
				 struct item *it) {
	it->s = *of;
	it->s.rq = *of->loader;
	it->s.rq.arena = arena_new(0);
	it->s.faults = (struct faults){ .arena = it->s.rq.arena };
	it->problem = read_input(&it->s, key, it->json, &it->input, &it->there);
	return it->problem && is_fatal(it->problem) ? it->problem : NULL;
}

/* A record that names one of the slice, or has its key, is read again once that one is stored. */
static struct problem *load_records(struct seeding *s, const struct json *file,
				    struct faults *failed, struct seed_result *result) {
	const struct json *records = json_get(file, "records"), *key = json_get(file, "key");
	struct arena *a = s->loader->arena;
	struct slice *slice = arena_alloc(a, sizeof *slice);
	struct problem *p = NULL;
	for (uint32_t i = 0; i < records->n && !p; i++) {
		struct item it = { .json = &records->items[i], .number = i + 1 };
		p = read_item(s, key, &it);
		if (!p && slice->n && (it.problem || has_twin(slice, &it))) {
			arena_free(it.s.rq.arena);
			it = (struct item){ .json = &records->items[i], .number = i + 1 };
			p = settle(slice, a, failed, result);
			if (!p) p = read_item(s, key, &it);
		}
		slice->items[slice->n++] = it;
		if (!p && slice->n == SLICE) p = settle(slice, a, failed, result);
	}
	if (!p) return settle(slice, a, failed, result);
	p = problem_copy(a, p);
	empty(slice);
	return p;
}

struct problem *seed_load(struct request *rq, struct store *store, const char *folder,
			  seed_flow *flow, struct faults *failed, struct seed_result *out) {
	*out = (struct seed_result){ 0 };
	for (size_t i = 0; i < rq->app->definition_count; i++) {
		const struct definition *d = rq->app->definitions[i];
		const struct json *records = d->json ? json_get(d->json, "records") : NULL;
		if (!str_starts(str_of(d->file), str_of(folder)) || !records) continue;
		struct str as_of = json_str(json_get(d->json, "as_of"));
		int64_t day = 0;
		struct seeding s = { .loader = rq,
				     .dated = as_of.n > 0,
				     .store = store,
				     .flow = flow,
				     .file = d->file,
				     .form = app_form(rq->app,
						      json_str(json_get(d->json, "form"))) };
		bool dates_fine = !s.dated || day_parse(as_of, &day);
		s.as_of = working_day(day);
		if (records->kind != JSON_ARRAY || !s.form || !dates_fine) {
			FAULT(failed, "", "seed_shape", "file", d->file);
			continue;
		}
		TRY(load_records(&s, d->json, failed, out));
	}
	return NULL;
}
