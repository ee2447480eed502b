/* field_refs.c -- refs: a list of records of another form, in the order given, each once; lookup: a
 * field of a linked record (its type is that field's once its path is known, load_lookup.c). */
#include "runtime/model/field_kit.h"

static const char separators[] = ";；,，、";
static const int64_t largest_id = (INT64_C(1) << 53) - 1;

struct ids {
	int64_t items[FIELD_REFS_MAX];
	size_t n;
};

static bool take_id(struct parse *p, int64_t id, struct ids *out) {
	if (id < 1 || id > largest_id) return REFUSE(p, "bad_reference");
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i] == id) return true;
	if (out->n == FIELD_REFS_MAX)
		return REFUSE(p, "too_many_items", "max",
			      arena_printf(p->arena, "%d", FIELD_REFS_MAX));
	out->items[out->n++] = id;
	return true;
}

static struct value list_of(struct arena *a, const struct ids *in) {
	struct value *items = arena_array(a, in->n + 1, sizeof *items);
	for (size_t i = 0; i < in->n; i++) items[i] = value_ref(in->items[i]);
	return in->n ? (struct value){ .kind = VALUE_LIST, .as.list = { items, in->n } }
		     : VALUE_NONE;
}

static bool read_json(struct parse *p, const struct field *f, const struct json *in,
		      struct value *out) {
	struct ids ids = { .n = 0 };
	(void)f;
	if (in->kind != JSON_ARRAY) return REFUSE(p, "expect_references");
	for (uint32_t i = 0; i < in->n; i++) {
		int64_t id;
		if (in->items[i].kind != JSON_NUMBER || !json_int(&in->items[i], &id))
			return REFUSE(p, "bad_reference");
		if (!take_id(p, id, &ids)) return false;
	}
	*out = list_of(p->arena, &ids);
	return true;
}

static bool read_text(struct parse *p, const struct field *f, struct str in, struct value *out) {
	struct str pieces[FIELD_REFS_MAX];
	struct ids ids = { .n = 0 };
	int n = field_split(p->arena, in, separators, pieces, FIELD_REFS_MAX);
	(void)f;
	if (n < 0)
		return REFUSE(p, "too_many_items", "max",
			      arena_printf(p->arena, "%d", FIELD_REFS_MAX));
	for (int i = 0; i < n; i++) {
		int64_t id;
		if (!str_to_int(pieces[i], &id)) return REFUSE(p, "bad_reference");
		if (!take_id(p, id, &ids)) return false;
	}
	*out = list_of(p->arena, &ids);
	return true;
}

static bool validate(struct parse *p, const struct field *f, const struct value *v) {
	int64_t n = (int64_t)v->as.list.n;
	if (f->min_rows >= 0 && n < f->min_rows)
		return REFUSE(p, "too_few_items", "min",
			      arena_printf(p->arena, "%lld", (long long)f->min_rows));
	if (f->max_rows >= 0 && n > f->max_rows)
		return REFUSE(p, "too_many_items", "max",
			      arena_printf(p->arena, "%lld", (long long)f->max_rows));
	return true;
}

static void write_json(struct jw *w, const struct field *f, const struct codec *c,
		       const struct value *v) {
	(void)f, (void)c;
	jw_array(w);
	for (size_t i = 0; i < v->as.list.n; i++) jw_int(w, v->as.list.items[i].as.i);
	jw_end(w);
}

static void write_text(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	(void)f, (void)c, (void)show;
	for (size_t i = 0; i < v->as.list.n; i++) {
		if (i) sb_char(out, ';');
		sb_int(out, v->as.list.items[i].as.i);
	}
}

static bool to_cell(const struct field *f, const struct codec *c, const struct value *v,
		    struct value *cell) {
	(void)f, (void)c;
	*cell = value_is_null(v) ? VALUE_NONE : value_int(v->as.list.items[v->as.list.n - 1].as.i);
	return true;
}

static struct value from_cell(struct arena *a, const struct field *f, const struct codec *c,
			      const struct value *cell) {
	(void)f, (void)c;
	if (value_is_null(cell) || !cell->as.list.n) return VALUE_NONE;
	struct value *items = arena_array(a, cell->as.list.n, sizeof *items);
	for (size_t i = 0; i < cell->as.list.n; i++)
		items[i] = value_ref(cell->as.list.items[i].as.i);
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, cell->as.list.n } };
}

static struct type value_type(const struct field *f) {
	return (struct type){ .kind = TYPE_REF, .list = true, .domain = f->target };
}

static const char *const keys[] = { "form", "options", "on_delete", "min", "max", NULL };

const struct field_type field_type_refs = {
	.name = "refs",
	.label = SERVER_WORDS("关联多条记录", "References"),
	.help = SERVER_WORDS(
		"指向 form 中的多条记录（最多 500 条），传送编号列表；min、max 限定条数，options "
		"限定可选的记录，on_delete 为 restrict 或 set_null（从列表中去掉）。",
		"Up to 500 records of form, sent as a list of ids; min and max limit how many, "
		"options limits the candidates, on_delete is restrict or set_null (it leaves "
		"the list)."),
	.storage = STORE_VALUES,
	.flags = FT_DEFAULT | FT_SET,
	.keys = SERVER_ONLY(keys),
	.value_type = value_type,
	.read_json = read_json,
	.read_text = SERVER_ONLY(read_text),
	.validate = validate,
	.write_json = write_json,
	.write_text = write_text,
	.to_cell = SERVER_ONLY(to_cell),
	.from_cell = SERVER_ONLY(from_cell),
};

static struct type lookup_value_type(const struct field *f) { return f->value_type; }

static bool lookup_read(struct parse *p, const struct field *f, const struct json *in,
			struct value *out) {
	(void)in;
	*out = VALUE_NONE;
	return REFUSE(p, "read_only", "field", f->name);
}

static bool lookup_read_text(struct parse *p, const struct field *f, struct str in,
			     struct value *out) {
	(void)in;
	*out = VALUE_NONE;
	return REFUSE(p, "read_only", "field", f->name);
}

static const char *const lookup_keys[] = { "from", "freeze", "currency", NULL };

const struct field_type field_type_lookup = {
	.name = "lookup",
	.label = SERVER_WORDS("他表字段", "Lookup"),
	.help = SERVER_WORDS(
		"关联记录中的一个字段，如 \"from\": "
		"\"account.region\"；默认随时显示对方当前的值（不存储，按读者的"
		"权限），freeze 为 true 时在选定关联时抄下并存储，以后不变。",
		"A field of a linked record, such as \"from\": \"account.region\": by default what "
		"stands there now (not stored, with the reader's rights); with freeze a stored "
		"copy "
		"taken when the reference is set, and never changed after."),
	.storage = STORE_NONE,
	.flags = 0,
	.keys = SERVER_ONLY(lookup_keys),
	.value_type = lookup_value_type,
	.read_json = lookup_read,
	.read_text = SERVER_ONLY(lookup_read_text),
	.validate = field_accept,
	.write_json = field_text_write_json,
	.write_text = field_text_write_text,
	.to_cell = SERVER_ONLY(field_text_to_cell),
	.from_cell = SERVER_ONLY(field_text_from_cell),
};
