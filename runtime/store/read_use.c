/* read_use.c -- how a person may use the fields of one record, told to the page that shows it.
 *  1. A field is read as the grants that cover the record for reading give it, and changed only when a
 * grant that covers it for updating says edit: what is masked or hidden is never open to change.
 *  2. Nothing is told of a field that the form does not give the person anywhere. */
#include "runtime/store/read_internal.h"

enum { KEY_MAX = 1024 };

enum field_right read_use_right(const struct read_use *u, const struct field *f) {
	if (u->access->everything) return RIGHT_EDIT;
	enum field_right read = rights_best(u->readers, NULL, u->reader_count, f);
	enum field_right write = rights_best(u->writers, NULL, u->writer_count, f);
	if (read < RIGHT_READ) return read;
	return write == RIGHT_EDIT ? RIGHT_EDIT : RIGHT_READ;
}

/* A lookup is never changed, and its right hangs on what it leads through: the record says it. */
static bool told(const struct read_use *u, const struct field *f) {
	return !f->lookup && access_right(u->access, f) != RIGHT_HIDDEN;
}

static void write_right(struct jw *w, const struct read_use *u, const struct field *table,
			const struct field *f, enum field_right right) {
	struct sb key = sb_on(u->access->request->arena, KEY_MAX);
	if (table) sb_printf(&key, "%s.", table->name);
	sb_cat(&key, f->name);
	jw_key_str(w, sb_str(&key));
	jw_text(w, field_right_names[right]);
}

static void write_rows(struct jw *w, const struct read_use *u, const struct field *table,
		       enum field_right bound) {
	for (size_t i = 0; bound >= RIGHT_READ && i < table->rows->declared_count; i++) {
		const struct field *f = table->rows->fields[i];
		enum field_right right = read_use_right(u, f), usual = access_right(u->access, f);
		if (told(u, f) && right != (usual < bound ? usual : bound))
			write_right(w, u, table, f, right);
	}
}

void read_use_json(struct jw *w, const struct read_use *u, const struct form *form) {
	jw_key(w, "rights");
	jw_object(w);
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (!told(u, f) || (i >= form->declared_count && f->system != SYSTEM_OWNER))
			continue;
		enum field_right right = read_use_right(u, f);
		if (right != access_right(u->access, f)) write_right(w, u, NULL, f, right);
		if (f->rows) write_rows(w, u, f, right);
	}
	jw_end(w);
}

static struct problem *covering(struct request *rq, struct tx *tx, const struct access *ac,
				const struct record *r, enum action action,
				const struct role_grant *const **out, size_t *n) {
	const struct role_grant **grants;
	size_t all = select_grants(rq->arena, ac, action, &grants);
	bool *covered = arena_array(rq->arena, all + 1, sizeof *covered);
	TRY(read_covering(rq, tx, r, grants, all, action, covered));
	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (covered[i]) grants[(*n)++] = grants[i];
	*out = grants;
	return NULL;
}

struct problem *read_use_of(struct request *rq, struct tx *tx, const struct access *ac, int64_t id,
			    struct read_use *out) {
	struct record *r;
	*out = (struct read_use){ .access = ac };
	if (ac->everything) return NULL;
	TRY(read_whole(rq, tx, ac->form, id, &r));
	if (!r) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	TRY(covering(rq, tx, ac, r, ACTION_READ, &out->readers, &out->reader_count));
	if (!access_may(ac, ACTION_UPDATE)) return NULL;
	return covering(rq, tx, ac, r, ACTION_UPDATE, &out->writers, &out->writer_count);
}
