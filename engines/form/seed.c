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
	struct tx *tx;
	const struct form *form;
	const char *file;
	bool dated;
	int64_t as_of; /* working day the file was written for */
	struct faults faults;
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
	return calendar_day(working_day(day) - s->as_of + working_day(today));
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
	if (f->target && !f->rows && j->kind == JSON_OBJECT) {
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
		if (str_is(j->keys[i].name, THEN) && !*pointer) continue;
		struct input_field *to = &out->fields[out->n];
		to->pointer = pointer_join(s->rq.arena, pointer, j->keys[i].name);
		to->field = form_field(form, j->keys[i].name);
		if (!to->field) {
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

static struct problem *write_step(struct seeding *s, const struct json *j, int64_t id) {
	struct input input = { 0 };
	struct write w = {
		.op = WRITE_UPDATE, .form = s->form, .id = id, .if_match = -1, .input = &input
	};
	bool there = false;
	s->rq.now_us = s->loader->now_us;
	s->rq.actor = s->loader->actor;
	TRY(read_input(s, NULL, j, &input, &there));
	set_scene(s, &input, true);
	return record_write(&s->rq, s->store, LANE_BULK, &w);
}

static struct problem *load_record(struct seeding *s, const struct json *key, const struct json *j,
				   struct seed_result *result) {
	const struct json *then = json_get(j, THEN);
	struct input input = { 0 };
	struct write w = { .op = WRITE_CREATE, .form = s->form, .if_match = -1, .input = &input };
	bool there = false;
	TRY(read_input(s, key, j, &input, &there));
	if (there) {
		result->present++;
		return NULL;
	}
	set_scene(s, &input, false);
	TRY(record_write(&s->rq, s->store, LANE_BULK, &w));
	result->created++;
	for (uint32_t i = 0; then && then->kind == JSON_ARRAY && i < then->n; i++)
		TRY(write_step(s, &then->items[i], w.id));
	return NULL;
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

static struct problem *load_records(struct request *rq, struct seeding *s, const struct json *file,
				    struct faults *failed, struct seed_result *result) {
	const struct json *records = json_get(file, "records"), *key = json_get(file, "key");
	for (size_t i = 0; i < records->n; i++) {
		s->rq = *rq;
		s->rq.arena = arena_new(0);
		s->faults = (struct faults){ .arena = s->rq.arena };
		struct problem *p = load_record(s, key, &records->items[i], result);
		bool fatal = p && is_fatal(p);
		if (p && !fatal) {
			result->failed++;
			FAULT(failed, "", "seed_record", "file", s->file, "record",
			      arena_printf(rq->arena, "%zu", i + 1), "detail", first_reason(s, p));
		}
		if (fatal) p = problem_copy(rq->arena, p);
		arena_free(s->rq.arena);
		if (fatal) return p;
	}
	return NULL;
}

struct problem *seed_load(struct request *rq, struct store *store, const char *folder,
			  struct faults *failed, struct seed_result *out) {
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
				     .file = d->file,
				     .form = app_form(rq->app,
						      json_str(json_get(d->json, "form"))) };
		bool dates_fine = !s.dated || day_parse(as_of, &day);
		s.as_of = working_day(day);
		if (records->kind != JSON_ARRAY || !s.form || !dates_fine) {
			FAULT(failed, "", "seed_shape", "file", d->file);
			continue;
		}
		TRY(load_records(rq, &s, d->json, failed, out));
	}
	return NULL;
}
