#include "engines/form/export_book.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include "runtime/base/catalogue.h"
#include "runtime/base/day.h"

enum {
	FORMATS = 64,
	FORMAT_MAX = 48,
	CELL_BYTES = 64 << 20,
	CELL_CHARACTERS = 32767,
	SHEET_NAME = 31,
	COLUMN_MAX = 60,
	EXCEL_EPOCH = 25569,  /* the serial of 1970-01-01 */
	EXCEL_FIRST = 61,     /* March 1900: before it Excel counts a day that never was */
	EXCEL_LAST = 2958465, /* 9999-12-31 */
	ROOM_LEFT = 64 << 20  /* of the disk, beside what the file will need */
};
static const int64_t digits_15 = INT64_C(1000000000000000);

struct export_book {
	struct export_sink sink;
	struct request *rq;
	const struct form *form;
	const char *folder;
	int fd;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	unsigned sheets;
	uint32_t row, rows;
	lxw_col_t column;
	struct export_head *heads; /* for the next sheet */
	size_t n;
	struct {
		char text[FORMAT_MAX];
		lxw_format *format;
	} formats[FORMATS];
	lxw_format *bold;
};

static void close_book(void *arg) {
	struct export_book *b = arg;
	if (b->book) lxw_workbook_free(b->book);
	if (b->fd >= 0) close(b->fd);
}

/* ---- formats ---- */

static lxw_format *format_of(struct export_book *b, const char *text) {
	size_t i = 0;
	while (i < FORMATS && b->formats[i].format && strcmp(b->formats[i].text, text) != 0) i++;
	if (i == FORMATS) return NULL; /* nobody has so many kinds: shown as Excel likes */
	if (!b->formats[i].format) {
		snprintf(b->formats[i].text, FORMAT_MAX, "%s", text);
		b->formats[i].format = workbook_add_format(b->book);
		format_set_num_format(b->formats[i].format, text);
	}
	return b->formats[i].format;
}

/* "0.00", "#,##0.00", "0.00%" */
static lxw_format *number_format(struct export_book *b, const struct field *f, int scale) {
	bool money = f->value_type.unit == UNIT_MONEY, percent = f->value_type.unit == UNIT_PERCENT;
	int places = percent ? scale - 2 : scale;
	char text[FORMAT_MAX];
	snprintf(text, sizeof text, "%s%s%.*s%s", money ? "#,##0" : "0", places > 0 ? "." : "",
		 places > 0 ? places : 0, "000000000000000000", percent ? "%" : "");
	return format_of(b, text);
}

/* ---- cells ---- */

static void fail(struct export_book *b, struct problem *p) {
	if (!b->sink.problem) b->sink.problem = p;
}

/* Excel counts in UTF-16. */
static size_t excel_length(struct str s) {
	size_t n = 0;
	while (s.n) n += utf8_next(&s) > 0xffff ? 2 : 1;
	return n;
}

static bool is_escape(const char *p, size_t n) {
	if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_') return false;
	for (int i = 2; i < 6; i++)
		if (!strchr("0123456789abcdefABCDEF", p[i]) || !p[i]) return false;
	return true;
}

/* Text that looks like one of Excel's escapes, _x000A_, is escaped itself; what XML cannot hold is
 * replaced. */
static const char *cell_text(struct arena *a, struct str s) {
	struct sb out = sb_on(a, CELL_BYTES);
	while (s.n) {
		if (is_escape(s.p, s.n)) sb_cat(&out, "_x005F");
		uint32_t cp = utf8_next(&s);
		sb_code_point(&out, !cp || cp == 0xfffe || cp == 0xffff ? 0xfffd : cp);
	}
	return sb_cstr(&out);
}

static void write_words(struct export_book *b, const struct export_cell *c, struct str words) {
	if (!words.n) return;
	if (excel_length(words) > CELL_CHARACTERS) {
		const char *name = label_text(&c->field->label, b->rq->language);
		fail(b, PROBLEM(c->arena, INVALID, "export_cell_long", "field", name, "record",
				arena_printf(c->arena, "%lld", (long long)c->record), "max",
				arena_printf(c->arena, "%d", CELL_CHARACTERS)));
		return;
	}
	worksheet_write_string(b->sheet, b->row, b->column, cell_text(c->arena, words), NULL);
}

/* As it travels. */
static void write_text(struct export_book *b, const struct export_cell *c) {
	struct sb text = sb_on(c->arena, CELL_BYTES);
	field_write_text(&text, c->field, c->codec, c->value, false);
	write_words(b, c, sb_str(&text));
}

static void write_number(struct export_book *b, double number, lxw_format *format) {
	worksheet_write_number(b->sheet, b->row, b->column, number, format);
}

static void write_bool(struct export_book *b, const struct export_cell *c) {
	worksheet_write_boolean(b->sheet, b->row, b->column, c->value->as.i != 0, NULL);
}

static void write_int(struct export_book *b, const struct export_cell *c) {
	int64_t i = c->value->as.i;
	if (c->field->system || i <= -digits_15 || i >= digits_15)
		write_text(b, c);
	else
		write_number(b, (double)i, format_of(b, "0"));
}

/* strtod, not a division: the nearest double of the digits as they are. */
static void write_decimal(struct export_book *b, const struct export_cell *c) {
	struct decimal d = c->value->as.d;
	char text[DECIMAL_TEXT_MAX];
	if (d.coefficient <= -digits_15 || d.coefficient >= digits_15) {
		write_text(b, c);
		return;
	}
	decimal_text(d, text);
	write_number(b, strtod(text, NULL), number_format(b, c->field, d.scale));
}

static bool excel_knows(int64_t day) {
	return day + EXCEL_EPOCH >= EXCEL_FIRST && day + EXCEL_EPOCH <= EXCEL_LAST;
}

static void write_date(struct export_book *b, const struct export_cell *c) {
	if (excel_knows(c->value->as.i))
		write_number(b, (double)(c->value->as.i + EXCEL_EPOCH), format_of(b, "yyyy-mm-dd"));
	else
		write_text(b, c);
}

static void write_datetime(struct export_book *b, const struct export_cell *c) {
	int64_t us = c->value->as.i;
	if (c->codec->zone) us = zone_to_local(c->codec->zone, us);
	int64_t day = us / DAY_US - (us % DAY_US < 0), rest = us - day * DAY_US;
	if (excel_knows(day))
		write_number(b, (double)(day + EXCEL_EPOCH) + (double)rest / (double)DAY_US,
			     format_of(b, "yyyy-mm-dd hh:mm:ss"));
	else
		write_text(b, c);
}

static void write_time(struct export_book *b, const struct export_cell *c) {
	write_number(b, (double)c->value->as.i / 86400, format_of(b, "hh:mm:ss"));
}

static void write_duration(struct export_book *b, const struct export_cell *c) {
	if (c->value->as.i < 0)
		write_text(b, c);
	else
		write_number(b, (double)c->value->as.i / 86400, format_of(b, "[h]:mm:ss"));
}

/* By the value's kind, not the field's: a masked number is text. */
static void (*const writers[])(struct export_book *b, const struct export_cell *c) = {
	[VALUE_BOOL] = write_bool,       [VALUE_INT] = write_int,
	[VALUE_DECIMAL] = write_decimal, [VALUE_TEXT] = write_text,
	[VALUE_DATE] = write_date,       [VALUE_DATETIME] = write_datetime,
	[VALUE_TIME] = write_time,       [VALUE_DURATION] = write_duration,
	[VALUE_REF] = write_text,        [VALUE_LIST] = write_text,
};

/* ---- sheets ---- */

/* Excel forbids some characters and more than 31; the form's name will always do. */
static const char *sheet_name(struct export_book *b, struct arena *a) {
	struct sb out = sb_on(a, 4096);
	const char *number = b->sheets ? arena_printf(a, " %u", b->sheets + 1) : "";
	struct str label = str_of(label_text(&b->form->label, b->rq->language));
	size_t room = SHEET_NAME - strlen(number), n = 0;
	while (label.n) {
		uint32_t cp = utf8_next(&label);
		n += cp > 0xffff ? 2 : 1;
		if (n > room) break;
		if (cp < 32 || (cp < 128 && strchr("[]:*?/\\'", (int)cp))) continue;
		sb_code_point(&out, cp);
	}
	struct str name = str_trim(sb_str(&out));
	return arena_printf(a, "%.*s%s", (int)name.n, name.p ? name.p : "", number);
}

static double width_of(const struct export_head *h) {
	static const double widths[] = {
		[TYPE_DATE] = 12,    [TYPE_DATETIME] = 20, [TYPE_INT] = 12,
		[TYPE_DECIMAL] = 16, [TYPE_TEXT] = 24,     [TYPE_ENUM] = 16
	};
	enum type_kind kind = h->field ? h->field->value_type.kind : TYPE_NULL;
	double own = kind < ARRAY_LEN(widths) && widths[kind] > 0 ? widths[kind] : 14;
	double name = (double)strlen(h->name) + 2;
	if (name > COLUMN_MAX) name = COLUMN_MAX;
	return name > own ? name : own;
}

static void open_sheet(struct export_book *b, struct arena *a) {
	const char *name = sheet_name(b, a);
	bool fits = workbook_validate_sheet_name(b->book, name) == LXW_NO_ERROR &&
		    strcasecmp(name, "History") != 0; /* a name Excel keeps for itself */
	b->sheet = workbook_add_worksheet(b->book, fits ? name : NULL);
	b->sheets++;
	if (!b->sheet) {
		fail(b, PROBLEM(a, UNAVAILABLE, "file_write", "reason", strerror(errno)));
		return;
	}
	worksheet_freeze_panes(b->sheet, 1, 0);
	for (size_t i = 0; i < b->n; i++) {
		worksheet_set_column(b->sheet, (lxw_col_t)i, (lxw_col_t)i, width_of(&b->heads[i]),
				     NULL);
		worksheet_write_string(b->sheet, 0, (lxw_col_t)i,
				       cell_text(a, str_of(b->heads[i].name)), b->bold);
	}
	b->row = 1;
	b->column = 0;
}

static void head(struct export_sink *to, struct arena *a, const struct export_head *columns,
		 size_t n) {
	struct export_book *b = (struct export_book *)to;
	struct arena *mine = b->rq->arena;
	b->heads = arena_array(mine, n ? n : 1, sizeof *b->heads);
	b->n = n;
	for (size_t i = 0; i < n; i++)
		b->heads[i] = (struct export_head){ arena_strdup(mine, columns[i].name),
						    columns[i].field };
	open_sheet(b, a);
}

static void cell(struct export_sink *to, const struct export_cell *c) {
	struct export_book *b = (struct export_book *)to;
	if (to->problem) return;
	if (b->row == b->rows) open_sheet(b, c->arena);
	if (to->problem) return;
	if (c->value && !value_is_null(c->value)) writers[c->value->kind](b, c);
	b->column++;
}

static void end_line(struct export_sink *to) {
	struct export_book *b = (struct export_book *)to;
	b->row++;
	b->column = 0;
}

struct problem *export_book_new(struct request *rq, const struct form *form, const char *folder,
				uint32_t rows, struct export_book **out) {
	struct export_book *b = arena_alloc(rq->arena, sizeof *b);
	*b = (struct export_book){ .sink = { .head = head, .cell = cell, .end_line = end_line },
				   .rq = rq,
				   .form = form,
				   .folder = folder,
				   .rows = rows };
	b->fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (b->fd < 0)
		return PROBLEM(rq->arena, UNAVAILABLE, "file_write", "reason", strerror(errno));
	arena_defer(rq->arena, close_book, b);
	lxw_workbook_options options = { .constant_memory = LXW_TRUE,
					 .tmpdir = (char *)(uintptr_t)folder };
	b->book = workbook_new_opt(arena_printf(rq->arena, "/proc/self/fd/%d", b->fd), &options);
	if (!b->book)
		return PROBLEM(rq->arena, UNAVAILABLE, "file_write", "reason", strerror(errno));
	lxw_doc_properties made = { .created = (time_t)(rq->now_us / 1000000) };
	workbook_set_properties(b->book, &made);
	b->bold = workbook_add_format(b->book);
	format_set_bold(b->bold);
	*out = b;
	return NULL;
}

struct export_sink *export_book_sink(struct export_book *b) {
	return &b->sink;
}

/* ---- the end ---- */

/* The library writes its pieces without looking: that all of them are there, and that there is room
 * for them once more (packed, and on the way there), is seen here. */
static struct problem *check_room(const struct export_book *b) {
	struct arena *a = b->rq->arena;
	lxw_worksheet *sheet;
	struct statvfs disk;
	uint64_t bytes = ROOM_LEFT;
	STAILQ_FOREACH(sheet, b->book->worksheets, list_pointers) {
		struct stat file;
		if (fflush(sheet->optimize_tmpfile) || ferror(sheet->optimize_tmpfile))
			return PROBLEM(a, UNAVAILABLE, "file_write", "reason", strerror(ENOSPC));
		if (!fstat(fileno(sheet->optimize_tmpfile), &file))
			bytes += 2 * (uint64_t)file.st_size;
	}
	if (!statvfs(b->folder, &disk) && disk.f_bavail * disk.f_frsize < bytes)
		return PROBLEM(a, UNAVAILABLE, "file_write", "reason", strerror(ENOSPC));
	return NULL;
}

struct problem *export_book_end(struct export_book *b, int *fd) {
	struct arena *a = b->rq->arena;
	TRY(check_room(b));
	lxw_error e = workbook_close(b->book);
	b->book = NULL; /* freed by it, whatever it said */
	if (e) return PROBLEM(a, UNAVAILABLE, "file_write", "reason", lxw_strerror(e));
	lseek(b->fd, 0, SEEK_SET);
	*fd = b->fd;
	return NULL;
}
