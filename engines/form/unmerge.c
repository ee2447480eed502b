/* unmerge.c -- a merge taken back (merge.h). The last line of the history of the record that went
 * is what it goes by: once the record is back, or was restored by itself, there is nothing to undo.
 */
#include "engines/form/merge_internal.h"

#include "engines/form/inside.h"
#include "engines/form/rollup.h"
#include "runtime/store/audit.h"
#include "runtime/store/collaborators.h"
#include "runtime/store/followers.h"
#include "runtime/store/queries.h"
#include "runtime/store/read.h"

struct undoing {
	struct tx *tx;
	struct request *rq;
	struct store *store;
	const struct form *form;
	int64_t goes, stays;
	const struct json *done; /* the detail of the merge */
	struct prepared *p;
	struct record *now; /* the one that stayed, as stored */
	struct record *was; /* the one that went */
	struct input input;
	struct sb left_text;
	struct jw left;
};

static struct problem *none(struct request *rq) {
	return PROBLEM(rq->arena, NOT_FOUND, "not_found");
}

/* ---- what was done ---- */

/* May he bring it back at all? Before anything is told of what was done. */
static struct problem *judge(struct undoing *u) {
	struct write w = {
		.op = WRITE_RESTORE, .form = u->form, .id = u->goes, .if_match = -1, .look = true
	};
	return record_try_inside(u->tx, u->rq, u->store, &w);
}

static struct problem *read_line(struct undoing *u, struct str *changes) {
	struct rows *rows;
	bool have;
	TRY(record_history_rows(u->tx, u->form, u->goes, &rows));
	TRY(rows_next(rows, &have));
	if (!have || !str_is(rows_text(rows, 4), "merge")) {
		rows_close(rows);
		return none(u->rq);
	}
	struct str text = rows_text(rows, 5);
	*changes = (struct str){ arena_copy(u->rq->arena, text.p, text.n), text.n };
	rows_close(rows);
	return NULL;
}

static struct problem *read_done(struct undoing *u) {
	const struct json *list;
	struct str text;
	TRY(read_line(u, &text));
	if (!text.n) return none(u->rq);
	TRY(json_parse(u->rq->arena, text, &json_limits_definition, &list));
	u->done = list->n ? &list->items[0] : NULL;
	if (!u->done || !json_int(json_get(u->done, "into"), &u->stays)) return none(u->rq);
	return NULL;
}

/* ---- what stays as it is, told as far as the person may know of it ---- */

static struct problem *leave(struct undoing *u, const struct field *f, int64_t id) {
	struct access ac;
	struct record *r;
	if (access_of(u->rq, record_form(f), &ac) || !access_reads(&ac, f)) return NULL;
	struct problem *p = read_record(u->rq, u->tx, record_form(f), id, ACTION_READ, &r);
	if (p) return p->kind == PROBLEM_NOT_FOUND || p->kind == PROBLEM_FORBIDDEN ? NULL : p;
	jw_object(&u->left);
	jw_set_text(&u->left, "form", record_form(f)->name);
	jw_set_int(&u->left, "record", id);
	jw_set_text(&u->left, "field", f->form->parent ? f->form->parent_field->name : f->name);
	jw_end(&u->left);
	return NULL;
}

/* ---- values ---- */

static bool read_value(struct undoing *u, const struct field *f, const struct json *in,
		       struct value *out) {
	struct faults ignored = { .arena = u->rq->arena };
	struct parse p = { u->rq->arena, &u->p->codec, &ignored, "", false, NULL };
	*out = VALUE_NONE;
	return !in || in->kind == JSON_NULL || f->type->read_json(&p, f, in, out);
}

static struct problem *value_back(struct undoing *u, const struct field *f,
				  const struct json *change) {
	struct value old, merged;
	bool readable = read_value(u, f, json_get(change, "old"), &old) &&
			read_value(u, f, json_get(change, "new"), &merged);
	if (!readable || !value_same(&merged, &u->now->values[f->index])) {
		return leave(u, f, u->stays);
	}
	const char *at = pointer_join(u->rq->arena, "", str_of(f->name));
	u->input.fields[u->input.n++] =
		(struct input_field){ .field = f, .value = old, .pointer = at };
	return NULL;
}

static bool same_row(const struct record *a, const struct record *b) {
	for (size_t i = 0; i < a->form->declared_count; i++) {
		const struct field *f = a->form->fields[i];
		bool given = !field_is_made(f) && !f->serial && field_takes_value(f);
		if (given && !value_same(&a->values[i], &b->values[i])) return false;
	}
	return true;
}

/* Rows that came with the merge are the last ones that read as those of the other. */
static struct problem *rows_back(struct undoing *u, const struct field *table) {
	const struct record_rows *now = &u->now->rows[table->index],
				 *was = &u->was->rows[table->index];
	struct input_rows *rows = arena_alloc(u->rq->arena, sizeof *rows);
	int64_t *deleted = arena_array(u->rq->arena, was->n + 1, sizeof *deleted);
	bool *taken = arena_array(u->rq->arena, now->n + 1, sizeof *taken);
	*rows = (struct input_rows){ .deleted = deleted };
	for (size_t i = 0; i < was->n; i++) {
		size_t k = now->n;
		while (k && (taken[k - 1] || !same_row(now->items[k - 1], was->items[i]))) k--;
		if (!k) continue;
		taken[k - 1] = true;
		deleted[rows->deleted_count++] = now->items[k - 1]->id;
	}
	if (rows->deleted_count < was->n) TRY(leave(u, table, u->stays));
	if (!rows->deleted_count) return NULL;
	u->input.fields[u->input.n++] =
		(struct input_field){ .field = table,
				      .rows = rows,
				      .pointer =
					      pointer_join(u->rq->arena, "", str_of(table->name)) };
	return NULL;
}

static struct problem *values_back(struct undoing *u) {
	const struct json *list = json_get(u->done, "values");
	uint32_t n = list ? list->n : 0;
	u->input.fields = arena_array(u->rq->arena, n + 1, sizeof *u->input.fields);
	for (uint32_t i = 0; i < n; i++) {
		const struct json *change = &list->items[i];
		const struct field *f =
			form_field_by_id(u->form, json_str(json_get(change, "field")));
		if (f && f->rows)
			TRY(rows_back(u, f));
		else if (f)
			TRY(value_back(u, f, change));
	}
	struct write w = { .op = WRITE_UPDATE,
			   .form = u->form,
			   .id = u->stays,
			   .if_match = -1,
			   .input = &u->input,
			   .cause = arena_printf(u->rq->arena, "apart/%lld", (long long)u->goes) };
	/* Without a value to give back it still asks for the right. */
	return record_write_inside(u->tx, u->rq, u->store, &w);
}

static struct problem *record_back(struct undoing *u) {
	struct write w = { .op = WRITE_RESTORE,
			   .form = u->form,
			   .id = u->goes,
			   .if_match = -1,
			   .cause = arena_printf(u->rq->arena, "apart/%lld", (long long)u->stays) };
	return record_write_inside(u->tx, u->rq, u->store, &w);
}

/* ---- references ---- */

static const struct field *moved_field(struct undoing *u, const struct json *j) {
	const struct form *form = app_form_by_id(u->rq->app, json_str(json_get(j, "form")));
	const struct json *table = json_get(j, "table");
	const struct field *t = form && table ? form_field_by_id(form, json_str(table)) : NULL;
	if (table) form = t ? t->rows : NULL;
	return form ? form_field_by_id(form, json_str(json_get(j, "field"))) : NULL;
}

static void meant_rows(struct undoing *u, const struct json *j, struct reference_move *move) {
	const struct json *rows = json_get(j, "rows");
	int64_t *only = arena_array(u->rq->arena, rows ? rows->n + 1 : 1, sizeof *only);
	for (uint32_t i = 0; rows && i < rows->n; i++)
		if (json_int(&rows->items[i], &only[move->only_count])) move->only_count++;
	move->only = rows ? only : NULL;
}

/* The reference of the one that stayed was emptied; others lead to it. */
static struct problem *own_back(struct undoing *u, const struct field *f) {
	struct record *before;
	TRY(record_load(u->tx, &u->p->codec, u->form, u->stays, RECORD_WHOLE, &before));
	if (f->form->parent || f->value_type.list || !value_is_null(&before->values[f->index])) {
		return leave(u, f, u->stays);
	}
	return reference_put(u->p, f, u->stays, u->goes);
}

static struct problem *reference_back(struct undoing *u, const struct json *j) {
	const struct field *f = moved_field(u, j);
	struct reference_move move = { .from = u->stays, .to = u->goes };
	struct record *r;
	int64_t id;
	bool held;
	if (!f || f->target != u->form || !json_int(json_get(j, "record"), &id)) return NULL;
	if (id == u->stays && record_form(f) == u->form) return own_back(u, f);
	TRY(read_whole(u->rq, u->tx, record_form(f), id, &r));
	meant_rows(u, j, &move);
	TRY(merge_keeps_off(u->tx, u->rq, f, id, &held));
	if (r && !held) TRY(reference_move(u->p, f, id, &move));
	return !r || !move.n ? leave(u, f, id) : NULL;
}

static struct problem *references_back(struct undoing *u) {
	const struct json *list = json_get(u->done, "moved");
	for (uint32_t i = 0; list && i < list->n; i++) TRY(reference_back(u, &list->items[i]));
	return rollups_settle(u->p);
}

/* ---- what hangs on it ---- */

static struct problem *rest_back(struct undoing *u) {
	const struct json *comments = json_get(u->done, "comments"),
			  *shared = json_get(u->done, "shared"),
			  *followers = json_get(u->done, "followers");
	for (uint32_t i = 0; comments && i < comments->n; i++) {
		int64_t id;
		if (json_int(&comments->items[i], &id))
			TRY(tx_exec(u->tx, sql_comment_move_one,
				    PARAMS(value_text(str_of(u->rq->app->name)),
					   value_text(str_of(u->form->id)), value_int(u->stays),
					   value_int(u->goes), value_int(id)),
				    NULL));
	}
	for (uint32_t i = 0; shared && i < shared->n; i++) {
		const char *who = str_dup(u->rq->arena, json_str(&shared->items[i]));
		bool had;
		TRY(collaborator_delete(u->tx, u->form, u->stays, who, &had));
	}
	for (uint32_t i = 0; followers && i < followers->n; i++) {
		int64_t id;
		if (json_int(&followers->items[i], &id))
			TRY(follower_drop(u->tx, u->form, u->stays, (int32_t)id));
	}
	return NULL;
}

/* ---- the whole ---- */

static struct problem *leave_line(struct undoing *u) {
	const struct audit_entry entry = {
		.actor = u->rq->actor ? u->rq->actor->login : "system",
		.door = door_name(u->rq->door),
		.act = "unmerge",
		.app = u->rq->app->name,
		.form = u->form->name,
		.record = u->goes,
		.detail_json = arena_printf(u->rq->arena, "{\"into\":%lld}", (long long)u->stays)
	};
	TRY(merge_line(u->p, u->form, u->stays, "unmerge", STR(""),
		       arena_printf(u->rq->arena, "apart/%lld", (long long)u->goes)));
	return audit_append(u->tx, &entry);
}

static struct problem *answer(struct undoing *u, struct jw *out) {
	struct record *r;
	TRY(read_record(u->rq, u->tx, u->form, u->goes, ACTION_READ, &r));
	jw_end(&u->left);
	jw_object(out);
	jw_key(out, "record");
	record_json(out, &u->p->codec, r, NULL, 0);
	jw_set_int(out, "into", u->stays);
	jw_key(out, "left");
	jw_raw(out, sb_str(&u->left_text));
	jw_end(out);
	return NULL;
}

static struct problem *load_both(struct undoing *u) {
	TRY(read_whole(u->rq, u->tx, u->form, u->stays, &u->now));
	if (!u->now) return PROBLEM(u->rq->arena, CONFLICT, "merge_gone");
	TRY(record_load(u->tx, &u->p->codec, u->form, u->goes, RECORD_WHOLE, &u->was));
	if (!u->was || record_alive(u->was)) return none(u->rq);
	return merge_not_held(u->tx, u->rq, u->form, u->stays);
}

struct problem *record_unmerge(struct tx *tx, struct request *rq, struct store *s,
			       const struct form *form, int64_t id, struct jw *out) {
	struct write w = { .op = WRITE_UPDATE, .form = form, .id = id };
	struct undoing *u = arena_alloc(rq->arena, sizeof *u);
	*u = (struct undoing){ .tx = tx, .rq = rq, .store = s, .form = form, .goes = id };
	u->left_text = sb_on(rq->arena, 256 * 1024);
	u->left = jw_on(&u->left_text);
	TRY(request_people(rq, tx, s));
	u->p = merge_prepared(tx, rq, s, &w);
	jw_array(&u->left);
	TRY(judge(u));
	TRY(read_done(u));
	TRY(load_both(u));
	TRY(values_back(u));
	TRY(record_back(u));
	TRY(references_back(u));
	TRY(rest_back(u));
	TRY(leave_line(u));
	return answer(u, out);
}
