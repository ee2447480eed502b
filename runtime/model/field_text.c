/* field_text.c -- text, longtext, serial. An empty text is null; lengths count characters. */
#include "runtime/model/field_kit.h"

static bool read_line(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	struct str clean;
	if (!field_clean_text(p, in, false, &clean)) return false;
	*out = value_text(clean);
	return true;
}

static bool read_lines(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	struct str clean;
	if (!field_clean_text(p, in, true, &clean)) return false;
	*out = value_text(clean);
	return true;
}

static const char *const line_keys[] = { "min_length", "max_length", "pattern", "collate", NULL };
static const char *const text_keys[] = { "min_length", "max_length", "pattern", NULL };
static const char *const serial_keys[] = { "pattern", "at", NULL };

#define TEXT_BODY                                                                                  \
	.storage = STORE_TEXT, .value_type = field_text_value_type,                                \
	.read_json = field_text_read_json, .validate = field_text_validate,                        \
	.write_json = field_text_write_json, .write_text = field_text_write_text,                  \
	.to_cell = SERVER_ONLY(field_text_to_cell), .from_cell = SERVER_ONLY(field_text_from_cell)

const struct field_type field_type_text = {
	TEXT_BODY,
	.name = "text",
	.label = SERVER_WORDS("单行文字", "Text"),
	.help = SERVER_WORDS("一行文字，去掉首尾空白；默认最多 500 字，按字符计。",
			     "One line of text, trimmed; at most 500 characters unless told."),
	.flags = FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_SEARCH | FT_DEFAULT | FT_LENGTH |
		 FT_TEXT_LIKE | FT_SET,
	.keys = SERVER_ONLY(line_keys),
	.read_text = read_line,
};

const struct field_type field_type_longtext = {
	TEXT_BODY,
	.name = "longtext",
	.label = SERVER_WORDS("多行文字", "Long text"),
	.help = SERVER_WORDS(
		"多行文字，保留换行和制表符；默认最多 100,000 字。",
		"Several lines; tabs and line breaks stay; at most 100,000 characters unless "
		"told."),
	.flags = FT_COMPUTE | FT_SEARCH | FT_DEFAULT | FT_LENGTH | FT_TEXT_LIKE | FT_SET,
	.keys = SERVER_ONLY(text_keys),
	.read_text = read_lines,
};

const struct field_type field_type_serial = {
	TEXT_BODY,
	.name = "serial",
	.label = SERVER_WORDS("流水号", "Serial number"),
	.help = SERVER_WORDS(
		"由系统编号：固定文字、日期、字段值和一个计数器。",
		"Numbered by the system: fixed texts, dates, field values and one counter."),
	.flags = FT_UNIQUE | FT_SORT | FT_SEARCH | FT_TEXT_LIKE,
	.keys = SERVER_ONLY(serial_keys),
	.read_text = read_line,
};
