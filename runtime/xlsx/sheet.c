/* sheet.c -- the rows of a sheet. Rows and cells may be left out and say where they stand, or
 * follow one another. */
#include "runtime/xlsx/book.h"

enum { ROWS_MAX = 1048576, LETTERS = 26, ROW_BYTES = 64 << 20, CELL_BYTES = 128 };

/* What a cell may say of itself. */
enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR, CELL_DATE };

struct sheet_reader {
	struct part_reader reader;
	const struct xlsx *x;
	struct xlsx_rows *to;
	struct arena *arena; /* of the row: reset to its start when the row is done */
	struct arena_mark start;
	struct str *cells;
	size_t n; /* n: up to the last that says something */
	int64_t row;
	size_t column; /* the next cell's, when it does not say */
	enum cell_type type;
	enum number_look look;
	struct sb value;
	size_t spent; /* on the row, which is kept until it is done */
	bool in_sheet, in_value, formula;
	int phonetic;
};

static void damaged(struct sheet_reader *r, const char *reason) {
	r->reader.problem = package_damaged(r->x->package, r->x->chosen->part, reason);
}

static const char *place(const struct sheet_reader *r) {
	char letters[8] = "";
	size_t at = sizeof letters - 1;
	for (size_t c = r->column + 1; c && at; c = (c - 1) / LETTERS)
		letters[--at] = (char)('A' + (c - 1) % LETTERS);
	return arena_printf(r->x->arena, "%s%lld", letters + at, (long long)r->row);
}

/* ---- rows ---- */

/* Cells that stand outside of a row are forgotten with it. */
static void forget_row(struct sheet_reader *r) {
	for (size_t i = 0; i < r->n; i++) r->cells[i] = (struct str){ "", 0 };
	r->n = 0;
	r->value = sb_on(r->arena, xlsx_limits.cell_bytes);
	r->in_value = false;
	r->spent = 0;
	arena_reset(r->arena, r->start);
}

static void start_row(struct sheet_reader *r, const char **attributes) {
	const char *number = part_attribute(attributes, "r");
	int64_t row = r->row + 1;
	bool known = !number || str_to_int(str_of(number), &row);
	if (!known || row <= r->row || row > ROWS_MAX) {
		damaged(r, "row");
		return;
	}
	r->row = row;
	r->column = 0;
	forget_row(r);
}

static void end_row(struct sheet_reader *r) {
	struct xlsx_rows *to = r->to;
	to->done = r->reader.done;
	to->total = r->reader.total;
	if (r->n && to->row) r->reader.problem = to->row(to->arg, r->cells, r->n, (unsigned)r->row);
	forget_row(r);
}

/* A row may name its cells, and one of them, as often as it likes. */
static void spend(struct sheet_reader *r, size_t bytes) {
	r->spent += bytes;
	if (r->spent <= ROW_BYTES || r->reader.problem) return;
	r->reader.problem = package_too_large(
		r->x->arena,
		arena_printf(r->x->arena, "%s: %lld", r->x->chosen->part, (long long)r->row),
		ROW_BYTES);
}

/* ---- cells ---- */

static bool column_of(const char *reference, size_t *out) {
	size_t n = 0;
	for (; *reference >= 'A' && *reference <= 'Z' && n <= xlsx_limits.columns; reference++)
		n = n * LETTERS + (size_t)(*reference - 'A') + 1;
	*out = n - 1;
	return n > 0;
}

static enum cell_type type_of(const char *name) {
	static const struct {
		const char *name;
		enum cell_type type;
	} types[] = { { "s", CELL_SHARED }, { "str", CELL_TEXT }, { "inlineStr", CELL_TEXT },
		      { "b", CELL_BOOL },   { "e", CELL_ERROR },  { "d", CELL_DATE } };
	for (size_t i = 0; name && i < ARRAY_LEN(types); i++)
		if (!strcmp(name, types[i].name)) return types[i].type;
	return CELL_NUMBER;
}

static void start_cell(struct sheet_reader *r, const char **attributes) {
	const char *at = part_attribute(attributes, "r"), *style = part_attribute(attributes, "s");
	int64_t s = 0;
	if (at && !column_of(at, &r->column)) damaged(r, "cell");
	if (style && !str_to_int(str_of(style), &s)) s = 0;
	spend(r, CELL_BYTES);
	r->type = type_of(part_attribute(attributes, "t"));
	r->look = s >= 0 && (uint64_t)s < r->x->look_count ? r->x->looks[s] : LOOK_NUMBER;
	r->value = sb_on(r->arena, xlsx_limits.cell_bytes);
	r->formula = false;
}

static struct str shared_value(struct sheet_reader *r, struct str index) {
	struct str text = { "", 0 };
	int64_t i;
	if (index.n && (!str_to_int(str_trim(index), &i) || !xlsx_shared(r->x, i, &text)))
		damaged(r, "shared text");
	return text;
}

static struct str cell_value(struct sheet_reader *r) {
	struct str raw = sb_str(&r->value);
	if (r->type == CELL_SHARED) return shared_value(r, raw);
	if (r->type == CELL_TEXT) return xlsx_unescape(r->arena, raw);
	if (r->type == CELL_BOOL)
		return raw.n ? str_is(str_trim(raw), "1") ? STR("true") : STR("false") : raw;
	if (r->type == CELL_DATE) return xlsx_iso(raw);
	if (r->type == CELL_ERROR) return raw;
	if (!raw.n && r->formula) return STR("#CALC!");
	return xlsx_number(r->arena, raw, r->look, r->x->since_1904);
}

static void end_cell(struct sheet_reader *r) {
	if (r->value.overflow) {
		r->reader.problem =
			PROBLEM(r->x->arena, TOO_LARGE, "xlsx_cell_long", "cell", place(r), "max",
				arena_printf(r->x->arena, "%zu", xlsx_limits.cell_bytes));
		return;
	}
	struct str value = cell_value(r);
	size_t at = r->column++;
	if (!value.n || r->reader.problem) return;
	if (at >= xlsx_limits.columns) {
		r->reader.problem =
			PROBLEM(r->x->arena, TOO_LARGE, "xlsx_columns", "row",
				arena_printf(r->x->arena, "%lld", (long long)r->row), "max",
				arena_printf(r->x->arena, "%zu", xlsx_limits.columns));
		return;
	}
	r->cells[at] = value;
	if (at >= r->n) r->n = at + 1;
}

/* ---- elements ---- */

static void sheet_start(struct part_reader *reader, const char *name, const char **attributes) {
	struct sheet_reader *r = (struct sheet_reader *)reader;
	if (!strcmp(name, "sheetData")) r->in_sheet = true;
	if (!r->in_sheet) return;
	if (!strcmp(name, "row"))
		start_row(r, attributes);
	else if (!strcmp(name, "c"))
		start_cell(r, attributes);
	else if (!strcmp(name, "f"))
		r->formula = true;
	else if (!strcmp(name, "rPh"))
		r->phonetic++;
	else if (!strcmp(name, "v") || !strcmp(name, "t"))
		r->in_value = !r->phonetic;
}

static void sheet_text(struct part_reader *reader, struct str text) {
	struct sheet_reader *r = (struct sheet_reader *)reader;
	if (!r->in_value) return;
	sb_add(&r->value, text);
	spend(r, 2 * text.n); /* a text grows by doubling */
}

static void sheet_end(struct part_reader *reader, const char *name) {
	struct sheet_reader *r = (struct sheet_reader *)reader;
	if (!r->in_sheet) return;
	if (!strcmp(name, "v") || !strcmp(name, "t"))
		r->in_value = false;
	else if (!strcmp(name, "rPh") && r->phonetic)
		r->phonetic--;
	else if (!strcmp(name, "c"))
		end_cell(r);
	else if (!strcmp(name, "row"))
		end_row(r);
	else if (!strcmp(name, "sheetData"))
		r->in_sheet = false;
}

struct problem *xlsx_read(struct xlsx *x, struct xlsx_rows *rows) {
	struct arena *a = arena_new(0), *row = arena_new(0);
	struct sheet_reader r = {
		.reader = { .start = sheet_start, .end = sheet_end, .text = sheet_text },
		.x = x,
		.to = rows,
		.cells = arena_array(a, xlsx_limits.columns, sizeof *r.cells),
		.arena = row,
		.start = arena_mark(row),
		.value = sb_on(row, xlsx_limits.cell_bytes)
	};
	struct problem *p = package_read(x->package, x->chosen->part, &r.reader);
	arena_free(row);
	arena_free(a);
	return p;
}

bool xlsx_is_error(struct str cell) {
	static const char *const errors[] = { "#NULL!",    "#DIV/0!", "#VALUE!",   "#REF!",
					      "#NAME?",    "#NUM!",   "#N/A",      "#GETTING_DATA",
					      "#SPILL!",   "#CALC!",  "#FIELD!",   "#BLOCKED!",
					      "#CONNECT!", "#BUSY!",  "#UNKNOWN!", "#PYTHON!",
					      "#EXTERNAL!" };
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (str_is(cell, errors[i])) return true;
	return false;
}
