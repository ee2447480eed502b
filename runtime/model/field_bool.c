/* field_bool.c -- yes and no, with "not answered" (null) kept apart from no. */
#include "runtime/base/fold.h"
#include "runtime/model/field_kit.h"

static struct type value_type(const struct field *f) {
	(void)f;
	return (struct type){ .kind = TYPE_BOOL };
}

static bool read_json(struct parse *p, const struct field *f, const struct json *in,
		      struct value *out) {
	(void)f;
	if (in->kind != JSON_TRUE && in->kind != JSON_FALSE) return REFUSE(p, "expect_bool");
	*out = value_bool(in->kind == JSON_TRUE);
	return true;
}

static bool read_text(struct parse *p, const struct field *f, struct str in, struct value *out) {
	static const struct {
		const char *text;
		bool value;
	} words[] = { { "true", true }, { "false", false }, { "1", true },  { "0", false },
		      { "yes", true },  { "no", false },    { "是", true }, { "否", false } };
	(void)f;
	struct sb folded = sb_on(p->arena, 4096);
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (in.n > 32) return REFUSE(p, "bad_bool");
	fold_add(&folded, in);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is(sb_str(&folded), words[i].text))
			return *out = value_bool(words[i].value), true;
	return REFUSE(p, "bad_bool");
}

static void write_json(struct jw *w, const struct field *f, const struct codec *c,
		       const struct value *v) {
	(void)f, (void)c;
	jw_bool(w, v->as.i != 0);
}

static void write_text(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	(void)f;
	bool yes = v->as.i != 0;
	if (!show)
		sb_cat(out, yes ? "true" : "false");
	else if (c->language == LANGUAGE_ZH)
		sb_cat(out, yes ? "是" : "否");
	else
		sb_cat(out, yes ? "yes" : "no");
}

static struct value from_cell(struct arena *a, const struct field *f, const struct codec *c,
			      const struct value *cell) {
	(void)a, (void)f, (void)c;
	return value_is_null(cell) ? VALUE_NONE : value_bool(cell->as.i != 0);
}

static const char *const keys[] = { NULL };

const struct field_type field_type_bool = {
	.name = "bool",
	.label = SERVER_WORDS("是否", "Yes or no"),
	.help = SERVER_WORDS(
		"是、否，或尚未填写（空）；导入时认 true false 1 0 yes no 是 否。",
		"Yes, no, or not answered (null); an import reads true false 1 0 yes no 是 否."),
	.storage = STORE_INTEGER,
	.flags = FT_SORT | FT_COMPUTE | FT_DEFAULT | FT_SET,
	.keys = SERVER_ONLY(keys),
	.value_type = value_type,
	.read_json = read_json,
	.read_text = SERVER_ONLY(read_text),
	.validate = field_accept,
	.write_json = write_json,
	.write_text = write_text,
	.to_cell = SERVER_ONLY(field_int_to_cell),
	.from_cell = SERVER_ONLY(from_cell),
};
