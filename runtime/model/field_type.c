/* field_type.c -- the registry of field types, and what holds for every type. */
#include "runtime/model/field_kit.h"

static const struct field_type *const registry[] = {
	&field_type_text,     &field_type_longtext,   &field_type_integer,  &field_type_decimal,
	&field_type_money,    &field_type_percent,    &field_type_bool,     &field_type_date,
	&field_type_datetime, &field_type_time,       &field_type_duration, &field_type_enum,
	&field_type_tags,     &field_type_cascade,    &field_type_phone,    &field_type_email,
	&field_type_url,      &field_type_serial,     &field_type_ref,      &field_type_table,
	&field_type_refs,     &field_type_user,       &field_type_dept,     &field_type_rating,
	&field_type_idcard,   &field_type_creditcode, &field_type_region,   &field_type_address,
	&field_type_geo,      &field_type_barcode,    &field_type_richtext, &field_type_rollup,
	&field_type_button,   &field_type_lookup,
};

const struct field_type *field_type_find(struct str name) {
	for (size_t i = 0; i < ARRAY_LEN(registry); i++)
		if (str_is(name, registry[i]->name)) return registry[i];
	return NULL;
}

bool field_has_value(const struct field *f) { return !(f->type->flags & FT_NO_VALUE); }

/* A formula that does not compile is a formula all the same. */
bool field_takes_value(const struct field *f) {
	bool made = field_is_made(f) || (f->json && json_get(f->json, "formula"));
	return f->type->flags & FT_SET && !made;
}

const struct field_type *const *field_types(size_t *count) {
	*count = ARRAY_LEN(registry);
	return registry;
}

/* A masked number or date is a text in a field whose values are no texts. */
static bool foreign_text(const struct field *f, const struct value *v) {
	return v->kind == VALUE_TEXT && f->type->storage != STORE_TEXT &&
	       f->value_type.kind != TYPE_ENUM && f->value_type.kind != TYPE_USER &&
	       f->value_type.kind != TYPE_DEPT;
}

void field_write_json(struct jw *w, const struct field *f, const struct codec *c,
		      const struct value *v) {
	if (value_is_null(v))
		jw_null(w);
	else if (foreign_text(f, v) || (v->kind == VALUE_TEXT && f->value_type.list))
		jw_str(w, v->as.s);
	else
		f->type->write_json(w, f, c, v);
}

void field_write_text(struct sb *out, const struct field *f, const struct codec *c,
		      const struct value *v, bool show) {
	if (value_is_null(v)) return;
	if (foreign_text(f, v) || (v->kind == VALUE_TEXT && f->value_type.list))
		sb_add(out, v->as.s);
	else
		f->type->write_text(out, f, c, v, show);
}

bool field_cell(const struct field *f, const struct codec *c, const struct value *list, size_t i,
		struct value *cell) {
	struct value head = { .kind = VALUE_LIST, .as.list = { list->as.list.items, i + 1 } };
	return f->type->to_cell(f, c, &head, cell);
}

bool field_settle(struct parse *p, const struct field *f, struct value *v) {
	if (v->kind != VALUE_TEXT || !(f->type->flags & FT_SETTLE)) return true;
	return f->type->read_text(p, f, v->as.s, v);
}

static void add_stars(struct sb *out, size_t n) {
	while (n--) sb_char(out, '*');
}

/* Keeps the first `head` and last `tail` characters; at least one star, none of the length beyond 8
 * is told. */
static struct value hide_middle(struct arena *a, struct str text, size_t head, size_t tail) {
	struct sb out = sb_on(a, text.n + 16);
	size_t length = utf8_length(text);
	if (length <= head + tail) head = length > 1 ? 1 : 0, tail = 0;
	size_t start = utf8_prefix(text, head), end = utf8_prefix(text, length - tail);
	size_t stars = length - head - tail;
	sb_add(&out, (struct str){ text.p, start });
	add_stars(&out, stars > 8 ? 8 : stars ? stars : 1);
	sb_add(&out, (struct str){ text.p + end, text.n - end });
	return value_text(sb_str(&out));
}

static struct value hide_email(struct arena *a, struct str text) {
	const char *at = memchr(text.p, '@', text.n);
	struct sb out = sb_on(a, text.n + 8);
	size_t local = at ? (size_t)(at - text.p) : text.n;
	sb_add(&out, (struct str){ text.p,
				   utf8_prefix((struct str){ text.p, local }, local > 1 ? 1 : 0) });
	sb_cat(&out, "***");
	sb_add(&out, (struct str){ text.p + local, text.n - local });
	return value_text(sb_str(&out));
}

struct value field_mask(struct arena *a, const struct field *f, const struct codec *c,
			const struct value *v) {
	(void)c;
	if (f->lookup) f = f->lookup[f->lookup_length - 1];
	if (value_is_null(v)) return VALUE_NONE;
	if (v->kind != VALUE_TEXT || f->type->storage != STORE_TEXT) return value_text(STR("***"));
	if (f->type == &field_type_phone) return hide_middle(a, v->as.s, 3, 4);
	if (f->type == &field_type_email) return hide_email(a, v->as.s);
	if (f->type == &field_type_idcard) return hide_middle(a, v->as.s, 3, 4);
	if (f->type == &field_type_creditcode) return hide_middle(a, v->as.s, 4, 4);
	if (f->type == &field_type_address) return field_address_mask(a, f, v->as.s);
	if (f->type == &field_type_geo || f->type == &field_type_richtext)
		return value_text(STR("***"));
	if (utf8_length(v->as.s) > 6) return hide_middle(a, v->as.s, 2, 2);
	return hide_middle(a, v->as.s, 1, 0);
}
