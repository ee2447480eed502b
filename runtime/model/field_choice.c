/* field_choice.c -- enum, tags, cascade, region. Texts outside, codes in the store.
 * 1. enum: one code in the column. tags: one row an element; a cascade: one row a level, from the
 * top.
 * 2. Reading text accepts the value, then the label when it is unique at its level.
 * 3. A retired value is refused on input and still shown. */
#include "runtime/model/field_kit.h"
#include "runtime/model/region.h"

enum {
	TAGS_MAX = 100,
	LEVELS_MAX = 16,
	FREE_TAG_MAX = 100,
	CHOICES_SHOWN = 12,
	CHOICES_BYTES = 4096
};
static const char tag_separators[] = ";；,，、";
static const char path_separators[] = "/";

/* The first choices at the top, for the message. */
static const char *choices(struct arena *a, const struct enumeration *e) {
	struct sb out = sb_on(a, CHOICES_BYTES);
	size_t shown = 0;
	for (size_t i = 0; i < e->n; i++) {
		const struct enum_value *v = &e->values[i];
		if (v->parent || v->retired || v->removed) continue;
		sb_printf(&out, "%s%s", shown ? ", " : "", shown < CHOICES_SHOWN ? v->value : "…");
		if (shown++ == CHOICES_SHOWN) break;
	}
	return sb_cstr(&out);
}

static bool refuse_value(struct parse *p, const struct field *f, struct str text) {
	struct str near = enumeration_similar(f->enumeration, text);
	const char *value = str_dup(p->arena, text);
	if (!near.n)
		return REFUSE(p, "not_in_list", "value", value, "list", f->enumeration->name,
			      "choices", choices(p->arena, f->enumeration));
	return REFUSE(p, "not_in_list_near", "value", value, "near", str_dup(p->arena, near));
}

static bool read_enum(struct parse *p, const struct field *f, struct str in, struct value *out) {
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	const struct enum_value *v = enumeration_find(f->enumeration, in);
	if (!v) v = enumeration_by_label(f->enumeration, NULL, in);
	if (!v) return refuse_value(p, f, in);
	*out = value_text(str_of(v->value));
	return true;
}

static bool json_enum(struct parse *p, const struct field *f, const struct json *in,
		      struct value *out) {
	if (in->kind != JSON_STRING) return REFUSE(p, "expect_text");
	*out = value_text(in->text);
	if (!in->text.n || enumeration_find(f->enumeration, in->text)) return true;
	return refuse_value(p, f, in->text);
}

static bool validate_enum(struct parse *p, const struct field *f, const struct value *v) {
	const struct enum_value *found = enumeration_find(f->enumeration, v->as.s);
	if (!found) return refuse_value(p, f, v->as.s);
	if (found->retired) return REFUSE(p, "retired_value", "value", found->value);
	return true;
}

static void show_value(struct sb *out, const struct codec *c, const struct enum_value *v,
		       struct str raw) {
	const char *label = v ? label_text(&v->label, c->language) : "";
	if (label[0])
		sb_cat(out, label);
	else
		sb_add(out, raw);
}

static void write_enum(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	if (show)
		show_value(out, c, enumeration_find(f->enumeration, v->as.s), v->as.s);
	else
		sb_add(out, v->as.s);
}

static bool code_cell(const struct enum_value *v, struct value *cell) {
	if (!v || !v->code) return false;
	*cell = value_int(v->code);
	return true;
}

static bool enum_to_cell(const struct field *f, const struct codec *c, const struct value *v,
			 struct value *cell) {
	(void)c;
	*cell = VALUE_NONE;
	return value_is_null(v) || code_cell(enumeration_find(f->enumeration, v->as.s), cell);
}

static struct value text_of_code(const struct field *f, int64_t code) {
	const struct enum_value *v = enumeration_by_code(f->enumeration, (int32_t)code);
	return v ? value_text(str_of(v->value)) : VALUE_NONE;
}

static struct value enum_from_cell(struct arena *a, const struct field *f, const struct codec *c,
				   const struct value *cell) {
	(void)a, (void)c;
	return value_is_null(cell) ? VALUE_NONE : text_of_code(f, cell->as.i);
}

static struct type enum_type(const struct field *f) {
	return (struct type){ .kind = TYPE_ENUM, .domain = f->enumeration };
}

/* ---- lists of texts, shared by tags and cascade ---- */

struct pieces {
	struct str items[TAGS_MAX];
	size_t n;
};

static struct value list_of(struct arena *a, const struct pieces *in) {
	struct value *items = arena_array(a, in->n, sizeof *items);
	for (size_t i = 0; i < in->n; i++) items[i] = value_text(in->items[i]);
	return in->n ? (struct value){ .kind = VALUE_LIST, .as.list = { items, in->n } }
		     : VALUE_NONE;
}

static bool json_pieces(struct parse *p, const struct json *in, size_t max, struct pieces *out) {
	if (in->kind != JSON_ARRAY) return REFUSE(p, "expect_list");
	if (in->n > max)
		return REFUSE(p, "too_many_items", "max", arena_printf(p->arena, "%zu", max));
	for (size_t i = 0; i < in->n; i++) {
		if (in->items[i].kind != JSON_STRING || !in->items[i].text.n)
			return REFUSE(p, "expect_list");
		out->items[out->n++] = in->items[i].text;
	}
	return true;
}

static void write_list_json(struct jw *w, const struct field *f, const struct codec *c,
			    const struct value *v) {
	(void)f, (void)c;
	jw_array(w);
	for (size_t i = 0; i < v->as.list.n; i++) jw_str(w, v->as.list.items[i].as.s);
	jw_end(w);
}

/* ---- tags ---- */

static bool has_piece(const struct pieces *in, struct str piece) {
	for (size_t i = 0; i < in->n; i++)
		if (str_eq(in->items[i], piece)) return true;
	return false;
}

static bool free_tag(struct parse *p, struct str in, struct str *out) {
	if (!field_clean_text(p, in, false, out)) return false;
	if (utf8_length(*out) > FREE_TAG_MAX) return REFUSE(p, "too_long", "max", "100");
	return true;
}

/* The tags as kept: known values (labels too when asked), each once, in the order given. */
static bool take_tags(struct parse *p, const struct field *f, const struct pieces *in, bool labels,
		      struct value *out) {
	struct pieces kept = { .n = 0 };
	for (size_t i = 0; i < in->n; i++) {
		struct str tag = in->items[i];
		if (!f->enumeration) {
			if (!free_tag(p, tag, &tag)) return false;
		} else {
			const struct enum_value *v = enumeration_find(f->enumeration, tag);
			if (!v && labels) v = enumeration_by_label(f->enumeration, NULL, tag);
			if (!v) return refuse_value(p, f, tag);
			tag = str_of(v->value);
		}
		if (tag.n && !has_piece(&kept, tag)) kept.items[kept.n++] = tag;
	}
	*out = list_of(p->arena, &kept);
	return true;
}

static bool json_tags(struct parse *p, const struct field *f, const struct json *in,
		      struct value *out) {
	struct pieces pieces = { .n = 0 };
	return json_pieces(p, in, TAGS_MAX, &pieces) && take_tags(p, f, &pieces, false, out);
}

static bool read_tags(struct parse *p, const struct field *f, struct str in, struct value *out) {
	struct pieces pieces = { .n = 0 };
	int n = field_split(p->arena, in, tag_separators, pieces.items, TAGS_MAX);
	if (n < 0) return REFUSE(p, "too_many_items", "max", "100");
	pieces.n = (size_t)n;
	return take_tags(p, f, &pieces, true, out);
}

static bool validate_tags(struct parse *p, const struct field *f, const struct value *v) {
	for (size_t i = 0; f->enumeration && i < v->as.list.n; i++)
		if (!validate_enum(p, f, &v->as.list.items[i])) return false;
	return true;
}

static void write_tags(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	for (size_t i = 0; i < v->as.list.n; i++) {
		struct str tag = v->as.list.items[i].as.s;
		if (i) sb_cat(out, !show ? ";" : c->language == LANGUAGE_ZH ? "、" : ", ");
		if (!show)
			field_add_escaped(out, tag, tag_separators);
		else
			show_value(out, c,
				   f->enumeration ? enumeration_find(f->enumeration, tag) : NULL,
				   tag);
	}
}

static bool tags_to_cell(const struct field *f, const struct codec *c, const struct value *v,
			 struct value *cell) {
	*cell = VALUE_NONE;
	if (value_is_null(v)) return true;
	const struct value *last = &v->as.list.items[v->as.list.n - 1];
	if (!f->enumeration) return *cell = *last, true;
	return enum_to_cell(f, c, last, cell);
}

static struct value list_from_cells(struct arena *a, const struct field *f, const struct codec *c,
				    const struct value *cell) {
	(void)c;
	if (value_is_null(cell)) return VALUE_NONE;
	size_t n = 0;
	struct value *items = arena_array(a, cell->as.list.n, sizeof *items);
	for (size_t i = 0; i < cell->as.list.n; i++) {
		const struct value *one = &cell->as.list.items[i];
		struct value v = one->kind == VALUE_INT ? text_of_code(f, one->as.i) : *one;
		if (!value_is_null(&v)) items[n++] = v;
	}
	return n ? (struct value){ .kind = VALUE_LIST, .as.list = { items, n } } : VALUE_NONE;
}

static struct type tags_type(const struct field *f) {
	return (struct type){ .kind = f->enumeration ? TYPE_ENUM : TYPE_TEXT,
			      .list = true,
			      .domain = f->enumeration };
}

/* ---- cascade ---- */

static const struct enum_value *walk(const struct enumeration *e, const struct value *path) {
	const struct enum_value *v = NULL;
	for (size_t i = 0; i < path->as.list.n; i++) {
		v = enumeration_child(e, v, path->as.list.items[i].as.s);
		if (!v) return NULL;
	}
	return v;
}

static bool take_path(struct parse *p, const struct field *f, struct pieces *path, bool labels,
		      struct value *out) {
	const struct enum_value *parent = NULL;
	for (size_t i = 0; i < path->n; i++) {
		const struct enum_value *v =
			enumeration_child(f->enumeration, parent, path->items[i]);
		if (!v && labels) v = enumeration_by_label(f->enumeration, parent, path->items[i]);
		if (!v && !parent) return refuse_value(p, f, path->items[i]);
		if (!v)
			return REFUSE(p, "not_a_path", "value", str_dup(p->arena, path->items[i]),
				      "parent", parent->value);
		path->items[i] = str_of(v->value);
		parent = v;
	}
	*out = list_of(p->arena, path);
	return true;
}

static bool json_cascade(struct parse *p, const struct field *f, const struct json *in,
			 struct value *out) {
	struct pieces path = { .n = 0 };
	return json_pieces(p, in, LEVELS_MAX, &path) && take_path(p, f, &path, false, out);
}

static bool read_cascade(struct parse *p, const struct field *f, struct str in, struct value *out) {
	struct pieces path = { .n = 0 };
	int n = field_split(p->arena, in, path_separators, path.items, LEVELS_MAX);
	if (n < 0) return REFUSE(p, "too_many_items", "max", "16");
	path.n = (size_t)n;
	return take_path(p, f, &path, true, out);
}

static bool validate_cascade(struct parse *p, const struct field *f, const struct value *v) {
	const struct enum_value *at = walk(f->enumeration, v);
	if (!at)
		return REFUSE(p, "not_in_list", "value",
			      str_dup(p->arena, v->as.list.items[0].as.s), "list",
			      f->enumeration->name, "choices", choices(p->arena, f->enumeration));
	for (; at; at = at->parent)
		if (at->retired) return REFUSE(p, "retired_value", "value", at->value);
	return true;
}

static void write_cascade(struct sb *out, const struct field *f, const struct codec *c,
			  const struct value *v, bool show) {
	const struct enum_value *at = NULL;
	for (size_t i = 0; i < v->as.list.n; i++) {
		struct str text = v->as.list.items[i].as.s;
		if (i) sb_cat(out, show ? " / " : "/");
		at = i && !at ? NULL : enumeration_child(f->enumeration, at, text);
		if (show)
			show_value(out, c, at, text);
		else
			field_add_escaped(out, text, path_separators);
	}
}

static bool cascade_to_cell(const struct field *f, const struct codec *c, const struct value *v,
			    struct value *cell) {
	(void)c;
	*cell = VALUE_NONE;
	return value_is_null(v) || code_cell(walk(f->enumeration, v), cell);
}

static struct type cascade_type(const struct field *f) {
	return (struct type){ .kind = TYPE_CASCADE, .domain = f->enumeration };
}

/* ---- region: the cascade of the built-in table, down to the level asked for ---- */

/* 1 province, 2 city, 3 district. */
static size_t region_levels(const struct field *f) {
	struct str level = json_str(json_get(f->json, "level"));
	return str_is(level, "province") ? 1 : str_is(level, "city") ? 2 : REGION_LEVELS;
}

/* Also names without separators: 广东省深圳市南山区. */
static bool read_region(struct parse *p, const struct field *f, struct str in, struct value *out) {
	size_t used, n = 0;
	in = str_trim(in);
	const struct enum_value *v = region_at_head(f->enumeration, in, &used);
	if (!v || used != in.n) return read_cascade(p, f, in, out);
	struct value *items = arena_array(p->arena, v->depth + 1, sizeof *items);
	for (n = v->depth + 1; v; v = v->parent) items[v->depth] = value_text(str_of(v->value));
	*out = (struct value){ .kind = VALUE_LIST, .as.list = { items, n } };
	return true;
}

static bool validate_region(struct parse *p, const struct field *f, const struct value *v) {
	if (!validate_cascade(p, f, v)) return false;
	if (v->as.list.n <= region_levels(f)) return true;
	return REFUSE(p, region_levels(f) == 1 ? "region_province" : "region_city");
}

static const char *const keys[] = { "enum", NULL };
static const char *const region_keys[] = { "level", NULL };

const struct field_type field_type_enum = {
	.name = "enum",
	.label = SERVER_WORDS("单选", "One choice"),
	.help = SERVER_WORDS("从 enum 指定的枚举中选一个值。",
			     "One value of the enumeration that enum names."),
	.storage = STORE_INTEGER,
	.flags = FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_DEFAULT | FT_SET,
	.keys = SERVER_ONLY(keys),
	.value_type = enum_type,
	.read_json = json_enum,
	.read_text = SERVER_ONLY(read_enum),
	.validate = validate_enum,
	.write_json = field_text_write_json,
	.write_text = write_enum,
	.to_cell = SERVER_ONLY(enum_to_cell),
	.from_cell = SERVER_ONLY(enum_from_cell),
};

const struct field_type field_type_tags = {
	.name = "tags",
	.label = SERVER_WORDS("多选", "Several choices"),
	.help = SERVER_WORDS("多个值的列表，最多 100 个；没有 enum 时为自由标签。",
			     "A list of up to 100 values; free tags when no enum is named."),
	.storage = STORE_VALUES,
	.flags = FT_COMPUTE | FT_DEFAULT | FT_SET,
	.keys = SERVER_ONLY(keys),
	.value_type = tags_type,
	.read_json = json_tags,
	.read_text = SERVER_ONLY(read_tags),
	.validate = validate_tags,
	.write_json = write_list_json,
	.write_text = write_tags,
	.to_cell = SERVER_ONLY(tags_to_cell),
	.from_cell = SERVER_ONLY(list_from_cells),
};

const struct field_type field_type_cascade = {
	.name = "cascade",
	.label = SERVER_WORDS("级联选择", "Cascade"),
	.help = SERVER_WORDS(
		"从上到下的一条路径，如 [\"广东省\", \"深圳市\"]，可停在任一级；表格中写作 "
		"广东省/深圳市。",
		"A path from the top, such as [\"Guangdong\", \"Shenzhen\"], ending at any "
		"level; a/b in files."),
	.storage = STORE_VALUES,
	.flags = FT_COMPUTE | FT_DEFAULT | FT_SET,
	.keys = SERVER_ONLY(keys),
	.value_type = cascade_type,
	.read_json = json_cascade,
	.read_text = SERVER_ONLY(read_cascade),
	.validate = validate_cascade,
	.write_json = write_list_json,
	.write_text = write_cascade,
	.to_cell = SERVER_ONLY(cascade_to_cell),
	.from_cell = SERVER_ONLY(list_from_cells),
};

const struct field_type field_type_region = {
	.name = "region",
	.label = SERVER_WORDS("省市区", "Region"),
	.help = SERVER_WORDS(
		"自带的省市区（GB/T 2260），值为从省开始的代码列表，如 [\"44\", \"4403\", "
		"\"440305\"]；level 定到哪一级，默认到区县；表格中写作 广东省/深圳市/南山区。",
		"China's provinces, cities and districts, no enumeration needed: a list of GB/T "
		"2260 codes from the province; level says how deep, district unless told; a/b/c "
		"in files."),
	.storage = STORE_VALUES,
	.flags = FT_COMPUTE | FT_DEFAULT | FT_SET,
	.keys = SERVER_ONLY(region_keys),
	.value_type = cascade_type,
	.read_json = json_cascade,
	.read_text = SERVER_ONLY(read_region),
	.validate = validate_region,
	.write_json = write_list_json,
	.write_text = write_cascade,
	.to_cell = SERVER_ONLY(cascade_to_cell),
	.from_cell = SERVER_ONLY(list_from_cells),
};
