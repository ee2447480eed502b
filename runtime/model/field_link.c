/* field_link.c -- ref (the id of a record of another form) and table (rows, which are records of
 * the row form). */
#include "runtime/model/field_kit.h"

static const int64_t largest_id = (INT64_C(1) << 53) - 1;

static bool take_id(struct parse *p, int64_t id, struct value *out) {
	if (id < 1 || id > largest_id) return REFUSE(p, "bad_reference");
	*out = value_ref(id);
	return true;
}

static bool read_json(struct parse *p, const struct field *f, const struct json *in,
		      struct value *out) {
	int64_t id;
	(void)f;
	if (in->kind != JSON_NUMBER || !json_int(in, &id)) return REFUSE(p, "bad_reference");
	return take_id(p, id, out);
}

static bool read_text(struct parse *p, const struct field *f, struct str in, struct value *out) {
	int64_t id;
	(void)f;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	return str_to_int(in, &id) ? take_id(p, id, out) : REFUSE(p, "bad_reference");
}

static void write_json(struct jw *w, const struct field *f, const struct codec *c,
		       const struct value *v) {
	(void)f, (void)c;
	jw_int(w, v->as.i);
}

static void write_text(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	(void)f, (void)c, (void)show;
	sb_int(out, v->as.i);
}

static struct value from_cell(struct arena *a, const struct field *f, const struct codec *c,
			      const struct value *cell) {
	(void)a, (void)f, (void)c;
	return value_is_null(cell) ? VALUE_NONE : value_ref(cell->as.i);
}

static struct type ref_type(const struct field *f) {
	return (struct type){ .kind = TYPE_REF, .domain = f->target };
}

static struct type table_type(const struct field *f) {
	return (struct type){ .kind = TYPE_ROWS, .domain = f->rows };
}

static const char *const ref_keys[] = { "form", "options", "fill", "on_delete", NULL };
static const char *const table_keys[] = { "fields",  "min_rows", "max_rows",
					  "linkage", "checks",   NULL };

const struct field_type field_type_ref = {
	.name = "ref",
	.label = SERVER_WORDS("关联记录", "Reference"),
	.help = SERVER_WORDS(
		"指向 form 中的一条记录，传送其编号；fill 带出字段，options "
		"限定可选的记录，on_delete 为 restrict、cascade 或 set_null。",
		"A record of form, sent as its id; fill takes fields along, options limits the "
		"candidates, "
		"on_delete is restrict, cascade or set_null."),
	.storage = STORE_INTEGER,
	.flags = FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_SEARCH | FT_DEFAULT | FT_SET,
	.keys = SERVER_ONLY(ref_keys),
	.value_type = ref_type,
	.read_json = read_json,
	.read_text = SERVER_ONLY(read_text),
	.validate = field_accept,
	.write_json = write_json,
	.write_text = write_text,
	.to_cell = SERVER_ONLY(field_int_to_cell),
	.from_cell = SERVER_ONLY(from_cell),
};

const struct field_type field_type_table = {
	.name = "table",
	.label = SERVER_WORDS("子表", "Sub-table"),
	.help = SERVER_WORDS(
		"明细行：fields 中的字段组成每一行，unique 列出行内不可重复的字段组合。",
		"Rows made of its own fields; unique lists the combinations that may occur "
		"once."),
	.storage = STORE_ROWS,
	.flags = FT_SET,
	.keys = SERVER_ONLY(table_keys),
	.value_type = table_type,
};
