/* field_richtext.c -- richtext: HTML of the few elements richtext.c keeps. It is cleaned when it is
 * read, by whatever door, and when an expression gives it (FT_SETTLE); the browser only measures
 * it. */
#include "runtime/model/field_kit.h"
#include "runtime/model/richtext.h"

#ifdef TENON_BROWSER
static bool read_html(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)p, (void)f;
	*out = value_text(in);
	return true;
}
#define write_html field_text_write_text
#else
enum { GROWTH = 8, ROOM = 4096 }; /* "&" becomes "&amp;", a line gets its <p> */

static bool read_html(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	struct sb clean = sb_on(p->arena, in.n * GROWTH + ROOM);
	richtext_clean(p->arena, in, &clean);
	if (clean.overflow) return REFUSE(p, "too_large", "max", "1 MiB");
	*out = value_text(sb_str(&clean));
	return true;
}

/* People read its text; files and expressions have the whole. */
static void write_html(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	if (show)
		richtext_plain(v->as.s, out);
	else
		field_text_write_text(out, f, c, v, show);
}
#endif

static const char *const keys[] = { "max_length", NULL };

const struct field_type field_type_richtext = {
	.name = "richtext",
	.label = SERVER_WORDS("富文本", "Rich text"),
	.help = SERVER_WORDS(
		"带格式的文字：段落、标题、列表、表格、引用、代码、链接；写入时净化，其余标签和属性"
		"去掉；"
		"搜索和列表只看文字；没有标签的文字按行分段。",
		"Formatted text: paragraphs, headings, lists, tables, quotes, code, links; cleaned "
		"when written, other tags and all attributes go; search and lists see its text; "
		"lines of plain text become paragraphs."),
	.storage = STORE_TEXT,
	.flags = FT_SEARCH | FT_DEFAULT | FT_LENGTH | FT_SET | FT_SETTLE | FT_HTML,
	.keys = SERVER_ONLY(keys),
	.value_type = field_text_value_type,
	.read_json = field_text_read_json,
	.read_text = read_html,
	.validate = field_text_validate,
	.write_json = field_text_write_json,
	.write_text = write_html,
	.to_cell = SERVER_ONLY(field_text_to_cell),
	.from_cell = SERVER_ONLY(field_text_from_cell),
};
