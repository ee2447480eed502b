#include "engines/form/export_csv.h"

#include "engines/form/csv.h"

enum { CELL_BYTES = 64 << 20 };

static void end_line(struct export_sink *to) {
	struct export_csv *csv = (struct export_csv *)to;
	sb_cat(csv->out, "\r\n");
	csv->column = 0;
}

static void head(struct export_sink *to, struct arena *a, const struct export_head *columns,
		 size_t n) {
	struct export_csv *csv = (struct export_csv *)to;
	(void)a;
	sb_cat(csv->out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < n; i++) csv_field(csv->out, str_of(columns[i].name), i == 0, true);
	end_line(to);
}

/* Numbers stay numbers; only what may hold a person's text is guarded. */
static bool needs_guard(const struct field *f) {
	enum type_kind kind = f->value_type.kind;
	return kind == TYPE_TEXT || kind == TYPE_ENUM || kind == TYPE_CASCADE ||
	       kind == TYPE_USER || kind == TYPE_DEPT;
}

static void cell(struct export_sink *to, const struct export_cell *c) {
	struct export_csv *csv = (struct export_csv *)to;
	struct sb text = sb_on(c->arena, CELL_BYTES);
	if (c->value) field_write_text(&text, c->field, c->codec, c->value, false);
	csv_field(csv->out, sb_str(&text), csv->column++ == 0, needs_guard(c->field));
}

struct export_csv export_csv_to(struct sb *out) {
	return (struct export_csv){ .sink = { .head = head, .cell = cell, .end_line = end_line },
				    .out = out };
}
