#include "engines/form/csv.h"

const struct csv_limits csv_limits_default = { 1 << 20, 2000, 16 << 20 };

/* States of the machine. QUOTE_SEEN: a quote inside a quoted field, which ends it or, doubled, stands for itself. */
enum state { FIELD_START, PLAIN, QUOTED, QUOTE_SEEN, LINE_FEED_DUE };

struct csv {
	struct arena *arena;
	const struct csv_limits *limits;
	char separator;
	struct problem *(*row)(void *arg, const struct str *fields, size_t n, unsigned line);
	void *arg;
	enum state state;
	char *text;                        /* of the row in work: its fields end to end */
	size_t used, room;
	size_t *ends, columns, column_room;/* where each finished field ends in text */
	struct str *fields;
	unsigned line, row_line;
	size_t field_start;
	bool quoted;                       /* the field in work was quoted: an empty one makes its line no blank line */
	unsigned bom;                      /* bytes of a byte order mark seen */
};

struct csv *csv_new(struct arena *a, const struct csv_limits *limits, char separator,
	struct problem *(*row)(void *arg, const struct str *fields, size_t n, unsigned line), void *arg)
{
	struct csv *c = arena_alloc(a, sizeof *c);
	*c = (struct csv){ .arena = a, .limits = limits, .separator = separator, .row = row, .arg = arg, .line = 1, .row_line = 1 };
	return c;
}

static struct problem *fail(struct csv *c, const char *code, size_t limit)
{
	return PROBLEM(c->arena, MALFORMED, code, "line", arena_printf(c->arena, "%u", c->row_line), "column",
		arena_printf(c->arena, "%zu", c->columns + 1), "max", arena_printf(c->arena, "%zu", limit));
}

static struct problem *add(struct csv *c, const char *bytes, size_t n)
{
	if (c->used + n - c->field_start > c->limits->field_bytes) return fail(c, "csv_field_long", c->limits->field_bytes);
	if (c->used + n > c->limits->row_bytes) return fail(c, "csv_row_long", c->limits->row_bytes);
	if (c->used + n > c->room) {
		size_t room = c->room ? c->room : 4096;
		while (room < c->used + n) room *= 2;
		char *bigger = arena_alloc(c->arena, room);
		if (c->used) memcpy(bigger, c->text, c->used);
		c->text = bigger;
		c->room = room;
	}
	memcpy(c->text + c->used, bytes, n);
	c->used += n;
	return NULL;
}

static struct problem *end_field(struct csv *c)
{
	if (c->columns == c->limits->columns) return fail(c, "csv_columns", c->limits->columns);
	if (c->columns == c->column_room) {
		size_t room = c->column_room ? c->column_room * 2 : 64;
		size_t *ends = arena_array(c->arena, room, sizeof *ends);
		if (c->columns) memcpy(ends, c->ends, c->columns * sizeof *ends);
		c->ends = ends;
		c->fields = arena_array(c->arena, room, sizeof *c->fields);
		c->column_room = room;
	}
	c->ends[c->columns++] = c->used;
	c->field_start = c->used;
	return NULL;
}

static struct problem *end_row(struct csv *c)
{
	struct problem *p = NULL;
	bool blank = c->columns == 0 && c->used == 0 && !c->quoted;
	if (!blank) {
		TRY(end_field(c));
		size_t from = 0;
		for (size_t i = 0; i < c->columns; i++) {
			c->fields[i] = c->text ? (struct str){ c->text + from, c->ends[i] - from } : (struct str){ "", 0 };
			from = c->ends[i];
		}
		p = c->row(c->arg, c->fields, c->columns, c->row_line);
	}
	c->used = c->field_start = c->columns = 0;
	c->quoted = false;
	c->state = FIELD_START;
	c->row_line = c->line;
	return p;
}

static struct problem *next_field(struct csv *c)
{
	TRY(end_field(c));
	c->state = FIELD_START;
	c->quoted = true; /* a line with a separator is no blank line, even when its last field is empty */
	return NULL;
}

static struct problem *end_line(struct csv *c, char by)
{
	c->line++;
	TRY(end_row(c));
	if (by == '\r') c->state = LINE_FEED_DUE;
	return NULL;
}

/* How many bytes from p on stand for themselves in this state. */
static size_t plain_run(const struct csv *c, const char *p, size_t n)
{
	size_t i = 0;
	if (c->state == QUOTED)
		while (i < n && p[i] != '"' && p[i] != '\n') i++;
	else
		while (i < n && p[i] != c->separator && p[i] != '\n' && p[i] != '\r' && p[i] != '"') i++;
	return i;
}

static struct problem *special(struct csv *c, char ch)
{
	if (c->state == QUOTED) {
		if (ch == '"') {
			c->state = QUOTE_SEEN;
			return NULL;
		}
		c->line++; /* a line end inside quotes belongs to the field */
		return add(c, &ch, 1);
	}
	if (ch == '"') {
		if (c->state == PLAIN) return add(c, &ch, 1); /* 5" pipe: a quote inside a plain field is itself */
		if (c->state == QUOTE_SEEN) TRY(add(c, &ch, 1));
		c->quoted = true;
		c->state = QUOTED;
		return NULL;
	}
	if (ch == c->separator) return next_field(c);
	return end_line(c, ch);
}

static struct problem *body(struct csv *c, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (c->state == LINE_FEED_DUE) {
			c->state = FIELD_START;
			if (p[i] == '\n') {
				i++;
				continue;
			}
		}
		size_t run = plain_run(c, p + i, n - i);
		if (run) {
			if (c->state == QUOTE_SEEN) return fail(c, "csv_after_quote", 0);
			if (c->state == FIELD_START) c->state = PLAIN;
			TRY(add(c, p + i, run));
			i += run;
			continue;
		}
		TRY(special(c, p[i++]));
	}
	return NULL;
}

/* The byte order mark may be cut by a piece's border, so its bytes are held back until it is known to be one. */
struct problem *csv_push(struct csv *c, const char *bytes, size_t n)
{
	static const char mark[] = "\xEF\xBB\xBF";
	while (n && c->bom < 3) {
		if (*bytes != mark[c->bom]) {
			unsigned held = c->bom;
			c->bom = 3;
			TRY(body(c, mark, held));
			break;
		}
		c->bom++;
		bytes++;
		n--;
	}
	return body(c, bytes, n);
}

struct problem *csv_end(struct csv *c)
{
	static const char mark[] = "\xEF\xBB\xBF";
	if (c->bom < 3) TRY(body(c, mark, c->bom));
	c->bom = 3;
	if (c->state == QUOTED) return fail(c, "csv_open_quote", 0);
	return c->state == LINE_FEED_DUE ? NULL : end_row(c);
}

/* ---- writing ---- */

static bool dangerous(struct str s)
{
	if (!s.n) return false;
	if (strchr("=+-@\t\r", s.p[0])) return true; /* strchr also finds the NUL */
	static const char *const wide[] = { "＝", "＋", "－", "＠" };
	for (size_t i = 0; i < ARRAY_LEN(wide); i++)
		if (str_starts(s, str_of(wide[i]))) return true;
	return false;
}

/* Dangerous, but for apostrophes in front: whatever stands here, one more or one less keeps two texts apart. */
static bool guarded(struct str s)
{
	while (s.n && s.p[0] == '\'') s = (struct str){ s.p + 1, s.n - 1 };
	return dangerous(s);
}

void csv_field(struct sb *out, struct str field, bool first, bool guard)
{
	if (!first) sb_char(out, ',');
	bool apostrophe = guard && guarded(field);
	bool quote = apostrophe || (field.n && (field.p[0] == ' ' || field.p[field.n - 1] == ' '));
	for (size_t i = 0; i < field.n && !quote; i++) quote = memchr("\",\r\n", field.p[i], 4) != NULL;
	if (!quote) {
		sb_add(out, field);
		return;
	}
	sb_cat(out, apostrophe ? "\"'" : "\"");
	for (size_t from = 0, i = 0; i <= field.n; i++) {
		if (i < field.n && field.p[i] != '"') continue;
		sb_bytes(out, field.p + from, i - from);
		if (i < field.n) sb_cat(out, "\"\"");
		from = i + 1;
	}
	sb_char(out, '"');
}

struct str csv_unguard(struct str field)
{
	if (field.n < 2 || field.p[0] != '\'' || !guarded(field)) return field;
	return (struct str){ field.p + 1, field.n - 1 };
}
