/* input_json.c -- wire JSON to typed input. Only what was given is listed: missing and null are
 * different things. A value for a field the caller may never write (system, computed, read-only) is
 * read without faults: whether it may stand there is decided by comparing it with what is stored
 * (input_apply.c). */
#include "engines/form/input.h"

#include "engines/form/write.h"
#include "runtime/model/message.h"

struct reading {
	struct request *rq;
	const struct access *access;
	const struct codec *codec;
	struct faults *faults;
};

static struct problem *read_object(struct reading *r, const struct form *form,
				   const struct json *body, const char *pointer, struct input *out,
				   int64_t *row_id);

struct problem *input_unknown(struct arena *a, struct str name, const char *pointer) {
	struct problem *p = PROBLEM(a, MALFORMED, "unknown_field", "field", str_dup(a, name));
	p->pointer = pointer_join(a, pointer, name);
	return p;
}

bool input_may_set(const struct field *f) {
	if (f->system) return f->system == SYSTEM_OWNER;
	return !field_is_made(f) && !f->serial && !f->read_only && f->form->state != f;
}

/* ---- one value ---- */

static bool read_quietly(struct reading *r, const struct field *f, const struct json *in,
			 struct value *out) {
	struct faults ignored = { .arena = r->rq->arena };
	struct parse p = { r->rq->arena, r->codec, &ignored, "", false, NULL };
	if (f->type->read_json && f->type->read_json(&p, f, in, out)) return true;
	*out = in->kind == JSON_STRING ? value_text(in->text) : VALUE_NONE;
	return in->kind == JSON_STRING;
}

static bool read_value(struct reading *r, const struct field *f, const struct json *in,
		       struct input_field *out) {
	struct parse p = { r->rq->arena, r->codec, r->faults, out->pointer, false, NULL };
	out->value = VALUE_NONE;
	if (in->kind == JSON_NULL) return true;
	if (input_may_set(f) && access_right(r->access, f) == RIGHT_EDIT) {
		if (f->type->read_json(&p, f, in, &out->value)) return true;
		field_say(r->faults, f, r->rq->language);
		return false;
	}
	if (read_quietly(r, f, in, &out->value)) return true;
	FAULT(r->faults, out->pointer, "read_only", "field", f->name);
	return false;
}

/* ---- sub-tables ---- */

static struct problem *read_row(struct reading *r, const struct form *form, const struct json *in,
				struct input_row *row) {
	if (in->kind == JSON_OBJECT)
		return read_object(r, form, in, row->pointer, &row->values, &row->id);
	FAULT(r->faults, row->pointer, "expect_object");
	return NULL;
}

static struct problem *read_row_list(struct reading *r, const struct field *f,
				     const struct json *list, const char *pointer,
				     struct input_rows *rows) {
	struct arena *a = r->rq->arena;
	if (list->kind != JSON_ARRAY) {
		FAULT(r->faults, pointer, "expect_rows");
		return NULL;
	}
	if (list->n > ROWS_MAX) {
		FAULT(r->faults, pointer, "too_many_rows", "max", arena_printf(a, "%d", ROWS_MAX));
		return NULL;
	}
	struct input_row *items = arena_array(a, list->n + 1, sizeof *items);
	for (size_t i = 0; i < list->n; i++) {
		items[i].pointer = pointer_index(a, pointer, i);
		TRY(read_row(r, f->rows, &list->items[i], &items[i]));
	}
	rows->rows = items;
	rows->n = list->n;
	return NULL;
}

static void read_deleted(struct reading *r, const struct json *list, const char *pointer,
			 struct input_rows *rows) {
	struct arena *a = r->rq->arena;
	size_t n = list->kind == JSON_ARRAY ? list->n : 0;
	int64_t *ids = arena_array(a, n + 1, sizeof *ids);
	if (list->kind != JSON_ARRAY) FAULT(r->faults, pointer, "expect_list");
	for (size_t i = 0; i < n; i++)
		if (!json_int(&list->items[i], &ids[i]))
			FAULT(r->faults, pointer_index(a, pointer, i), "bad_row_id");
	rows->deleted = ids;
	rows->deleted_count = n;
}

/* {"set": [rows], "delete": [ids]}: what is not named stays. */
static struct problem *read_merge(struct reading *r, const struct field *f, const struct json *in,
				  const char *pointer, struct input_rows *rows) {
	for (size_t i = 0; i < in->n; i++) {
		struct str key = in->keys[i].name;
		const char *at = pointer_join(r->rq->arena, pointer, key);
		if (str_is(key, "set"))
			TRY(read_row_list(r, f, &in->items[i], at, rows));
		else if (str_is(key, "delete"))
			read_deleted(r, &in->items[i], at, rows);
		else
			FAULT(r->faults, at, "unknown_key", "name", str_dup(r->rq->arena, key),
			      "known", "set, delete");
	}
	return NULL;
}

static struct problem *read_table(struct reading *r, const struct field *f, const struct json *in,
				  struct input_field *out) {
	struct input_rows *rows = arena_alloc(r->rq->arena, sizeof *rows);
	out->rows = rows;
	rows->replace = in->kind != JSON_OBJECT;
	if (in->kind == JSON_NULL) return NULL;
	return in->kind == JSON_OBJECT ? read_merge(r, f, in, out->pointer, rows)
				       : read_row_list(r, f, in, out->pointer, rows);
}

/* ---- one record or row ---- */

static void read_row_id(struct reading *r, const struct json *in, const char *pointer,
			int64_t *row_id) {
	if (in->kind == JSON_NULL) return;
	if (!json_int(in, row_id) || *row_id <= 0) FAULT(r->faults, pointer, "bad_row_id");
}

static struct problem *read_member(struct reading *r, const struct form *form, struct str name,
				   const struct json *in, const char *pointer, struct input *out) {
	const struct field *f = form_field(form, name);
	if (!f || !field_has_value(f) || access_right(r->access, f) == RIGHT_HIDDEN)
		return input_unknown(r->rq->arena, name, pointer);
	struct input_field *field = &out->fields[out->n];
	*field = (struct input_field){ .field = f,
				       .pointer = pointer_join(r->rq->arena, pointer, name) };
	out->n++;
	if (f->type->storage == STORE_ROWS) return read_table(r, f, in, field);
	field->refused = !read_value(r, f, in, field);
	return NULL;
}

static struct problem *read_object(struct reading *r, const struct form *form,
				   const struct json *body, const char *pointer, struct input *out,
				   int64_t *row_id) {
	out->fields = arena_array(r->rq->arena, body->n + 1, sizeof *out->fields);
	for (size_t i = 0; i < body->n; i++) {
		struct str name = body->keys[i].name;
		if (row_id && str_is(name, "id"))
			read_row_id(r, &body->items[i], pointer_join(r->rq->arena, pointer, name),
				    row_id);
		else
			TRY(read_member(r, form, name, &body->items[i], pointer, out));
	}
	return NULL;
}

struct problem *input_from_json_at(struct request *rq, const struct access *ac,
				   const struct form *form, const struct json *body,
				   const char *pointer, struct faults *f, struct input **out) {
	struct codec codec = request_codec(rq);
	struct reading r = { rq, ac, &codec, f };
	*out = arena_alloc(rq->arena, sizeof **out);
	if (body->kind != JSON_OBJECT) {
		struct problem *p = PROBLEM(rq->arena, MALFORMED, "expect_object");
		p->pointer = pointer;
		return p;
	}
	return read_object(&r, form, body, pointer, *out, NULL);
}

struct problem *input_from_json(struct request *rq, const struct access *ac,
				const struct form *form, const struct json *body, struct faults *f,
				struct input **out) {
	return input_from_json_at(rq, ac, form, body, "", f, out);
}
