/* record.h -- one record in memory: typed values by field index, sub-rows as records of the row form.
 * Ownership: the arena of the request it was read or built in. */
#ifndef TENON_MODEL_RECORD_H
#define TENON_MODEL_RECORD_H

#include "runtime/model/request.h"

struct record_rows { struct record **items; size_t n; };
struct record {
	const struct form *form;
	int64_t id, rev;                 /* rows: rev 0 */
	struct value *values;            /* by field->index; system fields too (owner login, dept name, created_at ...) */
	struct record_rows *rows;        /* by field->index; only table fields are used */
	uint8_t *rights;                 /* enum field_right by field->index as the reader has them on this row; NULL: everything.
	                                  * A MASK field's value is the mask's text, a HIDDEN one's is null. */
	const char **titles;             /* by field->index: text to show (titles=1), or NULL */
	const char ***item_titles;       /* beside titles: of a list of references one text an item, in its order */
};
struct record *record_new(struct arena *a, const struct form *form);
struct record *record_copy(struct arena *a, const struct record *r);
bool record_alive(const struct record *r);                              /* there (not NULL) and not deleted */
/* The text to show of a field, or the list of texts of its items: "name": … inside "titles". */
void record_title_json(struct jw *w, const struct record *r, const struct field *f);
/* {"id":…,"rev":…, fields …, "titles":{…}}: readable fields of `only` (NULL: all declared, then system). */
void record_json(struct jw *w, const struct codec *c, const struct record *r, const struct field *const *only, size_t n);
/* What stands in it, for who has more to say in the same object. */
void record_members_json(struct jw *w, const struct codec *c, const struct record *r);

#endif
