/* field_kit.h -- what the families of field types share. Private to runtime/model/field_*.c. */
#ifndef TENON_MODEL_FIELD_KIT_H
#define TENON_MODEL_FIELD_KIT_H

#include "runtime/model/field_type.h"

/* Records a fault at the parse's pointer; the expression is false, so that a reader can `return
 * REFUSE(...)`. */
#define REFUSE(p, ...) (FAULT((p)->faults, (p)->pointer, __VA_ARGS__), false)

extern const struct field_type field_type_text, field_type_longtext, field_type_serial;
extern const struct field_type field_type_phone, field_type_email, field_type_url;
extern const struct field_type field_type_integer, field_type_decimal, field_type_money,
	field_type_percent, field_type_rollup;
extern const struct field_type field_type_bool, field_type_date, field_type_datetime,
	field_type_time, field_type_duration;
extern const struct field_type field_type_enum, field_type_tags, field_type_cascade;
extern const struct field_type field_type_refs, field_type_lookup;
extern const struct field_type field_type_rating, field_type_region, field_type_address,
	field_type_geo, field_type_barcode, field_type_richtext, field_type_idcard,
	field_type_creditcode;
extern const struct field_type field_type_ref, field_type_table, field_type_user, field_type_dept;
extern const struct field_type field_type_button;

/* Cells that are the value itself. */
bool field_int_to_cell(const struct field *f, const struct codec *c, const struct value *v,
		       struct value *cell);
bool field_text_to_cell(const struct field *f, const struct codec *c, const struct value *v,
			struct value *cell);
struct value field_text_from_cell(struct arena *a, const struct field *f, const struct codec *c,
				  const struct value *cell);
void field_text_write_json(struct jw *w, const struct field *f, const struct codec *c,
			   const struct value *v);
void field_text_write_text(struct sb *out, const struct field *f, const struct codec *c,
			   const struct value *v, bool show);
struct type field_text_value_type(const struct field *f);
bool field_text_validate(struct parse *p, const struct field *f,
			 const struct value *v); /* lengths and pattern */
bool field_text_read_json(struct parse *p, const struct field *f, const struct json *in,
			  struct value *out); /* string -> read_text */
bool field_accept(struct parse *p, const struct field *f,
		  const struct value *v); /* nothing beyond the type itself */
bool field_settled(struct parse *p, const struct field *f,
		   const struct value *v); /* FT_SETTLE: it can be read as typed */
/* Text without control characters: blanks trimmed; with lines: tab and newline stay, CR LF becomes
 * LF. */
bool field_clean_text(struct parse *p, struct str in, bool lines, struct str *out);
void field_add_escaped(struct sb *out, struct str piece, const char *separators);
struct value field_address_mask(struct arena *a, const struct field *f, struct str line);
/* Range of the definition over any value with an order. */
bool field_range_validate(struct parse *p, const struct field *f, const struct value *v);

#endif
