/* fetch.c -- other records a write looks at: each is read once, kept, and noted with its revision,
 * so that commit can tell whether what was decided still rests on what is stored.
 * Whoever names a parent reads it; were every gathered sum a change of it, of many children written
 * at once only one would go through. So a write that looked at nothing gathered asks only that the
 * rest of the record is the same. */
#include "engines/form/write.h"

static struct note *note_of(struct prepared *p, const struct form *form, int64_t id) {
	for (size_t i = 0; i < p->note_count; i++)
		if (p->notes[i].id == id && p->notes[i].form == form) return &p->notes[i];
	return NULL;
}

static struct note *note_new(struct prepared *p) {
	if (p->note_count == p->note_room) {
		size_t room = p->note_room ? p->note_room * 2 : 8;
		p->notes = arena_grow(p->rq->arena, p->notes, p->note_count * sizeof *p->notes,
				      room * sizeof *p->notes);
		p->note_room = room;
	}
	return &p->notes[p->note_count++];
}

void note_read(struct prepared *p, const struct record *r, unsigned parts) {
	struct record *kept = (struct record *)(uintptr_t)r;
	*note_new(p) = (struct note){ r->form, r->id, r->rev, parts, true, kept };
}

/* A record that is not there is noted as revision 0: should it appear, the write is judged again.
 */
struct problem *fetch(struct prepared *p, const struct form *form, int64_t id, unsigned parts,
		      struct record **out) {
	struct note *note = note_of(p, form, id);
	*out = note ? note->record : NULL;
	if (note && (!note->record || (note->parts & parts) == parts)) return NULL;
	struct record *r = NULL;
	TRY(record_load(p->tx, &p->codec, form, id, parts, &r));
	if (r && !record_alive(r)) r = NULL;
	if (!note) {
		note = note_new(p);
		note->exact = false;
	}
	*note = (struct note){ form, id, r ? r->rev : 0, parts, note->exact, r };
	*out = r;
	return NULL;
}

/* A row is noted with its record. */
void note_value(struct prepared *p, const struct record *r, const struct field *f) {
	if (!f->gathered) return;
	for (size_t i = 0; i < p->note_count; i++)
		if (p->notes[i].form == r->form ? p->notes[i].id == r->id
						: p->notes[i].form == r->form->parent)
			p->notes[i].exact = true;
}

/* ---- are they still so? ---- */

static bool same_rows(const struct record_rows *a, const struct record_rows *b);

static bool same_but_gathered(const struct record *a, const struct record *b) {
	const struct form *form = a->form;
	if (a->id != b->id) return false;
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (f->gathered || f->system == SYSTEM_REV) continue;
		if (f->rows ? !same_rows(&a->rows[i], &b->rows[i])
			    : !value_same(&a->values[i], &b->values[i]))
			return false;
	}
	return true;
}

static bool same_rows(const struct record_rows *a, const struct record_rows *b) {
	if (a->n != b->n) return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_but_gathered(a->items[i], b->items[i])) return false;
	return true;
}

static struct problem *note_fresh(struct prepared *p, const struct note *note, bool *fresh) {
	struct record *r;
	int64_t rev;
	bool live;
	*fresh = tx_unwritten(p->tx, note->form->table, p->commits);
	if (*fresh) return NULL;
	TRY(record_revision(p->tx, note->form, note->id, &rev, &live));
	bool deleted = note->record && !record_alive(note->record);
	*fresh = note->record ? rev == note->rev && live != deleted : !live;
	if (*fresh || note->exact || !note->record || !live || !note->form->rollup_count)
		return NULL;
	TRY(record_load(p->tx, &p->codec, note->form, note->id, note->parts, &r));
	*fresh = same_but_gathered(note->record, r);
	return NULL;
}

struct problem *notes_fresh(struct prepared *p, bool *fresh) {
	*fresh = true;
	for (size_t i = 0; i < p->note_count && *fresh; i++)
		TRY(note_fresh(p, &p->notes[i], fresh));
	return NULL;
}
