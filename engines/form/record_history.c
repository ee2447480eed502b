/* record_history.c -- the history of a record as its reader may see it: fields by their names of
 * today, hidden ones left out, masked ones masked. Fields the form has no more are left out, too;
 * undelete brings them back. */
#include "engines/form/collaborate.h"
#include "engines/form/write.h"

#include "runtime/base/day.h"

struct telling {
	struct prepared *p;
	struct jw *out;
};

/* A masked value was stored in the clear: it is read back to be masked. */
static void tell_masked(struct telling *t, const struct field *f, const struct json *value) {
	struct prepared *p = t->p;
	struct faults ignored = { .arena = p->rq->arena };
	struct parse parse = { p->rq->arena, &p->codec, &ignored, "", false, NULL };
	struct value v = VALUE_NONE;
	if (value->kind != JSON_NULL && !f->type->read_json(&parse, f, value, &v)) v = VALUE_NONE;
	if (!value_is_null(&v)) v = field_mask(p->rq->arena, f, &p->codec, &v);
	field_write_json(t->out, f, &p->codec, &v);
}

/* Of a list of references what the reader sees today. */
static struct problem *tell_references(struct telling *t, const struct field *f,
				       const struct json *value) {
	struct prepared *p = t->p;
	struct faults ignored = { .arena = p->rq->arena };
	struct parse parse = { p->rq->arena, &p->codec, &ignored, "", false, NULL };
	struct value v = VALUE_NONE;
	if (value->kind != JSON_NULL && !f->type->read_json(&parse, f, value, &v)) v = VALUE_NONE;
	TRY(read_refs_seen(p->rq, p->tx, f, &v, 1));
	field_write_json(t->out, f, &p->codec, &v);
	return NULL;
}

static struct problem *tell_side(struct telling *t, const struct field *f, const char *key,
				 const struct json *change) {
	const struct json *value = json_get(change, key);
	jw_key(t->out, key);
	if (!value)
		jw_null(t->out);
	else if (rights_reads(t->p, f) == RIGHT_MASK)
		tell_masked(t, f, value);
	else if (f->target && f->type->storage == STORE_VALUES)
		return tell_references(t, f, value);
	else
		jw_json(t->out, value);
	return NULL;
}

static struct problem *tell_changes(struct telling *t, const struct form *form,
				    const struct json *changes);

static struct problem *tell_row(struct telling *t, const struct field *f,
				const struct json *change) {
	jw_key(t->out, "row");
	jw_json(t->out, json_get(change, "row"));
	jw_key(t->out, "op");
	jw_json(t->out, json_get(change, "op"));
	jw_key(t->out, "changes");
	return tell_changes(t, f->rows, json_get(change, "changes"));
}

static struct problem *tell_change(struct telling *t, const struct form *form,
				   const struct json *change) {
	const struct field *f = form_field_by_id(form, json_str(json_get(change, "field")));
	if (!f || rights_reads(t->p, f) == RIGHT_HIDDEN) return NULL;
	jw_object(t->out);
	jw_set_text(t->out, "field", f->name);
	if (f->rows) {
		TRY(tell_row(t, f, change));
	} else {
		TRY(tell_side(t, f, "old", change));
		TRY(tell_side(t, f, "new", change));
	}
	jw_end(t->out);
	return NULL;
}

static struct problem *tell_changes(struct telling *t, const struct form *form,
				    const struct json *changes) {
	jw_array(t->out);
	for (size_t i = 0; changes && i < changes->n; i++)
		TRY(tell_change(t, form, &changes->items[i]));
	jw_end(t->out);
	return NULL;
}

/* Lines of collaborators hold one: {"who", "right", "until"}, by id (collaborate.c). */
static bool is_sharing(struct str op) { return str_is(op, "share") || str_is(op, "unshare"); }

static void tell_collaborator(struct telling *t, const struct json *changes) {
	const struct json *c = changes && changes->n ? &changes->items[0] : NULL;
	const char *stored = str_dup(t->p->rq->arena, json_str(c ? json_get(c, "who") : NULL));
	const char *name = collaborator_name(t->p->rq, stored);
	jw_key(t->out, "collaborator");
	jw_object(t->out);
	jw_set_text(t->out, "who", name ? name : stored);
	for (size_t i = 0; c && i < c->n; i++) {
		if (str_is(c->keys[i].name, "who")) continue;
		jw_key_str(t->out, c->keys[i].name);
		jw_json(t->out, &c->items[i]);
	}
	jw_end(t->out);
}

static void tell_actor(struct telling *t, const struct rows *rows) {
	const struct user *u = directory_user_id(t->p->rq->directory, (int32_t)rows_int(rows, 2));
	jw_text(t->out, u ? u->login : NULL);
}

/* "rev/3": it led back to that revision; the next ones name the record it was merged with, the last
 * the job of an import. */
static const struct {
	const char *cause, *key;
} causes[] = {
	{ "rev/", "back_to" },
	{ "into/", "merged_into" },
	{ "from/", "merged_from" },
	{ "apart/", "unmerged" },
	{ "import/", "import" },
	{ "undo/", "import_undone" },
};

static void tell_cause(struct telling *t, struct str cause) {
	for (size_t i = 0; i < ARRAY_LEN(causes); i++) {
		size_t n = strlen(causes[i].cause);
		int64_t number;
		if (str_starts(cause, str_of(causes[i].cause)) &&
		    str_to_int((struct str){ cause.p + n, cause.n - n }, &number)) {
			jw_set_int(t->out, causes[i].key, number);
		}
	}
}

static struct problem *tell_line(struct telling *t, const struct rows *rows) {
	const struct json *changes = NULL;
	struct arena *a = t->p->rq->arena;
	struct str stored = rows_text(rows, 5);
	struct str text = { arena_copy(a, stored.p, stored.n), stored.n };
	char at[40];
	if (text.n) TRY(json_parse(a, text, &json_limits_definition, &changes));
	datetime_text(rows_int(rows, 1), at);
	jw_object(t->out);
	jw_set_text(t->out, "at", at);
	jw_key(t->out, "by");
	tell_actor(t, rows);
	jw_set_str(t->out, "door", rows_text(rows, 3));
	jw_set_str(t->out, "op", rows_text(rows, 4));
	jw_set_int(t->out, "rev", rows_int(rows, 0));
	tell_cause(t, rows_text(rows, 6));
	bool sharing = is_sharing(rows_text(rows, 4));
	if (sharing) tell_collaborator(t, changes);
	jw_key(t->out, "changes");
	TRY(tell_changes(t, t->p->w->form, sharing ? NULL : changes));
	jw_end(t->out);
	return NULL;
}

static struct problem *tell_lines(struct telling *t) {
	struct rows *rows;
	TRY(record_history_rows(t->p->tx, t->p->w->form, t->p->w->id, &rows));
	jw_array(t->out);
	for (;;) {
		bool have;
		TRY(rows_next(rows, &have));
		if (!have) break;
		TRY(tell_line(t, rows));
	}
	jw_end(t->out);
	return NULL;
}

struct problem *record_history(struct request *rq, struct tx *tx, const struct form *form,
			       int64_t id, struct jw *out) {
	struct write w = { .form = form, .id = id };
	struct prepared p = { .rq = rq, .tx = tx, .w = &w, .codec = request_codec(rq) };
	struct telling t = { &p, out };
	struct record *r;
	p.frame = request_frame(rq, NULL);
	TRY(record_load(tx, &p.codec, form, id, RECORD_WHOLE, &r));
	if (!r) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	p.root.old = r;
	TRY(rights_check_read(&p));
	return tell_lines(&t);
}
