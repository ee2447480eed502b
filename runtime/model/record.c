/* record.c -- making and copying records. */
#include "runtime/model/record.h"

struct record *record_new(struct arena *a, const struct form *form) {
	struct record *r = arena_alloc(a, sizeof *r);
	r->form = form;
	r->values = arena_array(a, form->field_count, sizeof *r->values);
	r->rows = arena_array(a, form->field_count, sizeof *r->rows);
	return r;
}

static struct record_rows copy_rows(struct arena *a, const struct record_rows *rows) {
	struct record_rows out = { arena_array(a, rows->n, sizeof *out.items), rows->n };
	for (size_t i = 0; i < rows->n; i++) out.items[i] = record_copy(a, rows->items[i]);
	return out;
}

struct record *record_copy(struct arena *a, const struct record *r) {
	struct record *out = record_new(a, r->form);
	out->id = r->id;
	out->rev = r->rev;
	for (size_t i = 0; i < r->form->field_count; i++) {
		out->values[i] = value_copy(a, &r->values[i]);
		out->rows[i] = copy_rows(a, &r->rows[i]);
	}
	if (r->rights) out->rights = (uint8_t *)arena_copy(a, r->rights, r->form->field_count);
	if (r->titles) {
		out->titles = arena_array(a, r->form->field_count, sizeof *out->titles);
		for (size_t i = 0; i < r->form->field_count; i++)
			out->titles[i] = arena_strdup(a, r->titles[i]);
		out->item_titles = r->item_titles;
	}
	return out;
}

bool record_alive(const struct record *r) {
	return r && value_is_null(&r->values[form_system(r->form, SYSTEM_DELETED_AT)->index]);
}
