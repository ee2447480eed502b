/* record_json.c -- a record as clients see it: id, rev, the fields the reader may see, titles.
 * Rights were settled when the record was read: a masked value is already the mask's text in
 * values[]. */
#include "runtime/model/record.h"

static enum field_right right_of(const struct record *r, const struct field *f) {
	return r->rights ? (enum field_right)r->rights[f->index] : RIGHT_EDIT;
}

static bool listed(const struct field *f, const struct field *const *only, size_t n) {
	if (!field_has_value(f)) return false;
	if (!only) return f->system != SYSTEM_DELETED_AT;
	for (size_t i = 0; i < n; i++)
		if (only[i] == f) return true;
	return false;
}

static void write_record(struct jw *w, const struct codec *c, const struct record *r,
			 const struct field *const *only, size_t n);

static void write_rows(struct jw *w, const struct codec *c, const struct record_rows *rows) {
	jw_array(w);
	for (size_t i = 0; i < rows->n; i++) write_record(w, c, rows->items[i], NULL, 0);
	jw_end(w);
}

static void write_field(struct jw *w, const struct codec *c, const struct record *r,
			const struct field *f) {
	jw_key(w, f->name);
	if (f->type->storage == STORE_ROWS)
		write_rows(w, c, &r->rows[f->index]);
	else
		field_write_json(w, f, c, &r->values[f->index]);
}

void record_title_json(struct jw *w, const struct record *r, const struct field *f) {
	const struct value *v = &r->values[f->index];
	const char **items = r->item_titles ? r->item_titles[f->index] : NULL;
	jw_key(w, f->name);
	if (!items || v->kind != VALUE_LIST) {
		jw_text(w, r->titles[f->index]);
		return;
	}
	jw_array(w);
	for (size_t i = 0; i < v->as.list.n; i++) jw_text(w, items[i]);
	jw_end(w);
}

static void write_titles(struct jw *w, const struct record *r, const struct field *const *only,
			 size_t n) {
	jw_key(w, "titles");
	jw_object(w);
	for (size_t i = 0; i < r->form->field_count; i++)
		if (r->titles[i] && listed(r->form->fields[i], only, n))
			record_title_json(w, r, r->form->fields[i]);
	jw_end(w);
}

static void write_members(struct jw *w, const struct codec *c, const struct record *r,
			  const struct field *const *only, size_t n) {
	jw_set_int(w, "id", r->id);
	if (!r->form->parent) {
		jw_set_int(w, "rev", r->rev);
	}
	for (size_t i = 0; i < r->form->field_count; i++) {
		const struct field *f = r->form->fields[i];
		if (f->system == SYSTEM_ID || f->system == SYSTEM_REV ||
		    right_of(r, f) == RIGHT_HIDDEN)
			continue;
		if (listed(f, only, n)) write_field(w, c, r, f);
	}
	if (r->titles) write_titles(w, r, only, n);
}

static void write_record(struct jw *w, const struct codec *c, const struct record *r,
			 const struct field *const *only, size_t n) {
	jw_object(w);
	write_members(w, c, r, only, n);
	jw_end(w);
}

void record_members_json(struct jw *w, const struct codec *c, const struct record *r) {
	write_members(w, c, r, NULL, 0);
}

void record_json(struct jw *w, const struct codec *c, const struct record *r,
		 const struct field *const *only, size_t n) {
	write_record(w, c, r, only, n);
}
