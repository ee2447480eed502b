#include "engines/form/find.h"

static void literal(struct sb *out, const struct field *f, const struct codec *c, const struct value *v)
{
	if (value_is_null(v)) {
		sb_cat(out, "null");
		return;
	}
	struct sb text = sb_on(out->arena, 1 << 20);
	field_write_text(&text, f, c, v, false);
	struct str s = sb_str(&text);
	enum type_kind kind = f->value_type.kind;
	if (kind == TYPE_BOOL || kind == TYPE_INT || kind == TYPE_DECIMAL || kind == TYPE_REF || kind == TYPE_DURATION) {
		sb_add(out, s);
		return;
	}
	sb_char(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'' || s.p[i] == '\\') sb_char(out, '\\');
		if (s.p[i] == '\n') sb_cat(out, "\\n");
		else if (s.p[i] == '\t') sb_cat(out, "\\t");
		else sb_char(out, s.p[i]);
	}
	sb_char(out, '\'');
}

struct problem *record_find(struct request *rq, struct tx *tx, const struct form *form, const struct field *const *fields,
	const struct value *values, size_t n, int64_t *id)
{
	if (n == 1 && fields[0]->unique && !value_is_null(&values[0])) return read_by_unique(rq, tx, fields[0], &values[0], id);
	struct codec codec = request_codec(rq);
	struct sb filter = sb_on(rq->arena, 1 << 20);
	for (size_t i = 0; i < n; i++) {
		sb_printf(&filter, "%s%s == ", i ? " and " : "", fields[i]->name);
		literal(&filter, fields[i], &codec, &values[i]);
	}
	struct query_text text = { .filter = sb_str(&filter), .fields = STR("id"), .limit = 2 };
	struct query *q;
	struct read_page page;
	TRY(query_parse(rq, form, &text, &q));
	TRY(read_page(rq, tx, q, &page));
	*id = page.n == 0 ? 0 : page.n == 1 ? page.records[0]->id : -1;
	return NULL;
}
