/* field_type.h -- the registry of field types: one row drives storage, parsing, validation, operators, export and docs.
 * One file a family (field_text.c, field_number.c, field_time.c, field_choice.c, field_link.c, field_people.c, ...).
 * Values on the wire: docs/definitions/fields.md. Stored cells are VALUE_NULL, VALUE_INT or VALUE_TEXT. */
#ifndef TENON_MODEL_FIELD_TYPE_H
#define TENON_MODEL_FIELD_TYPE_H

#include "runtime/model/app.h"
#include "runtime/model/directory.h"

enum storage { STORE_NONE, STORE_INTEGER, STORE_TEXT, STORE_VALUES /* child table (record, pos, value) */, STORE_ROWS /* sub-table */ };
enum field_flag { FT_UNIQUE = 1, FT_SORT = 2, FT_COMPUTE = 4, FT_SEARCH = 8, FT_DEFAULT = 16, FT_RANGE = 32 /* min max */,
	FT_LENGTH = 64, FT_TEXT_LIKE = 128, FT_SET = 256 /* a request may write it */,
	FT_SETTLE = 512 /* a text that an expression gives is read as if typed; one that cannot be is refused by validate */,
	FT_NO_VALUE = 1024 /* nothing is kept or computed: expressions, queries and input do not know it */,
	FT_HTML = 2048 /* a text with tags; people read and search its words */ };

/* STORE_VALUES (tags, cascade): the cell at pos i is to_cell of the list's first i + 1 items (a cascade needs the way
 * from the top), see field_cell; from_cell takes a VALUE_LIST of the cells in order of pos and gives the whole list. */

struct codec {                              /* what names and codes are turned into one another with */
	const struct app *app;
	const struct directory *directory;
	const struct zone *zone;
	enum language language;             /* only for text_show */
};
struct parse {                              /* one value being read from outside; faults go to `faults` at `pointer` */
	struct arena *arena;
	const struct codec *codec;
	struct faults *faults;
	const char *pointer;
	bool round;                         /* import: round away more digits than the scale instead of a fault */
	const char *format;                 /* import: date pattern, or NULL */
};

enum { FIELD_REFS_MAX = 500 };              /* records in one list of references */

struct field_type {
	const char *name;
	struct label label, help;           /* for docs and designers */
	enum storage storage;
	unsigned flags;
	const char *const *keys;            /* definition keys it takes beyond the shared ones; NULL-terminated */
	struct type (*value_type)(const struct field *f);
	/* The functions below are NULL for table, whose rows are records of the row form, and with FT_NO_VALUE. */
	/* Wire value -> value; false: a fault was recorded. null never arrives here. Normalises (trim, phone digits, ...). */
	bool (*read_json)(struct parse *p, const struct field *f, const struct json *in, struct value *out);
	/* Text (CSV cell, label forms allowed: enum label, user label) -> value. */
	bool (*read_text)(struct parse *p, const struct field *f, struct str in, struct value *out);
	/* Rules of the definition: min, max, lengths, pattern, retired values ... required and unique are not here. */
	bool (*validate)(struct parse *p, const struct field *f, const struct value *v);
	void (*write_json)(struct jw *w, const struct field *f, const struct codec *c, const struct value *v);
	/* raw: as in CSV and expressions ("0.05", "2026-11-22", enum value); show: as people read it ("5%", enum label). */
	void (*write_text)(struct sb *out, const struct field *f, const struct codec *c, const struct value *v, bool show);
	bool (*to_cell)(const struct field *f, const struct codec *c, const struct value *v, struct value *cell); /* false: no code (unknown user) */
	struct value (*from_cell)(struct arena *a, const struct field *f, const struct codec *c, const struct value *cell);
};

const struct field_type *field_type_find(struct str name);
bool field_has_value(const struct field *f);       /* all but FT_NO_VALUE */
/* May anybody, a definition too, give it a value? Not what the engine makes, numbers or has to press. Rows count as one. */
bool field_takes_value(const struct field *f);
const struct field_type *const *field_types(size_t *count);
/* null is written as null / nothing; text in a field of another type (a masked value) as text. */
void field_write_json(struct jw *w, const struct field *f, const struct codec *c, const struct value *v);
void field_write_text(struct sb *out, const struct field *f, const struct codec *c, const struct value *v, bool show);
bool field_cell(const struct field *f, const struct codec *c, const struct value *list, size_t i, struct value *cell); /* STORE_VALUES */
/* FT_SETTLE: v takes the form it is stored in; false: a fault was recorded. Any other value stays. */
bool field_settle(struct parse *p, const struct field *f, struct value *v);
struct value field_mask(struct arena *a, const struct field *f, const struct codec *c, const struct value *v); /* 138****1234, 张* */
/* Pieces of "a;b" (list) or "a/b" (path), "\" before a separator makes it a plain character; at most max, -1: more. */
int field_split(struct arena *a, struct str in, const char *separators, struct str *out, int max);

#endif
