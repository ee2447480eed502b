#include <strings.h>
#include "runtime/host/multipart.h"

/* A state machine over bytes. Delimiter: CRLF "--" boundary; the first one has no CRLF in front, which is played in as if it
 * had. Invariants:
 *  1. `matched` bytes of the delimiter have been seen and not handed on; when the match breaks they are data.
 *  2. A delimiter holds CR only as its first byte, so a broken match can begin anew only at the byte that broke it.
 *  3. Headers are collected up to the blank line and read at once. */

enum { PARTS = 64, HEADERS = 8192, NAME = 200, BOUNDARY = 70 };
enum state { PREAMBLE, AFTER_BOUNDARY, HEAD, DATA, DONE };

struct multipart {
	struct arena *arena;
	struct multipart_sink sink;
	char delimiter[BOUNDARY + 5];
	size_t delimiter_n, matched;
	enum state state;
	char after[2];                  /* the two bytes behind a boundary: CRLF or "--" */
	size_t after_n;
	char head[HEADERS];
	size_t head_n;
	unsigned parts;
};

static struct problem *bad(struct multipart *m, const char *code)
{
	return PROBLEM(m->arena, MALFORMED, code);
}

static bool is_boundary_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("'()+_,-./:=? ", c));
}

/* The value of a parameter in "a; name=value; name=\"quoted\"", or an empty str. */
static struct str parameter(struct arena *a, struct str header, const char *name)
{
	size_t i = 0, wanted = strlen(name);
	while (i < header.n && header.p[i] != ';') i++;
	while (i < header.n) {
		while (i < header.n && (header.p[i] == ';' || header.p[i] == ' ' || header.p[i] == '\t')) i++;
		size_t from = i;
		while (i < header.n && header.p[i] != '=' && header.p[i] != ';') i++;
		bool match = i - from == wanted && !strncasecmp(header.p + from, name, wanted);
		if (i == header.n || header.p[i] == ';') continue;
		i++;
		struct sb value = sb_on(a, HEADERS);
		if (i < header.n && header.p[i] == '"') {
			for (i++; i < header.n && header.p[i] != '"'; i++) {
				if (header.p[i] == '\\' && i + 1 < header.n && (header.p[i + 1] == '"' || header.p[i + 1] == '\\')) i++;
				sb_char(&value, header.p[i]);
			}
			while (i < header.n && header.p[i] != ';') i++;
		} else {
			for (; i < header.n && header.p[i] != ';' && header.p[i] != ' '; i++) sb_char(&value, header.p[i]);
		}
		if (match) return value.n ? sb_str(&value) : (struct str){ "", 0 };
	}
	return (struct str){ "", 0 };
}

struct problem *multipart_new(struct arena *a, struct str content_type, const struct multipart_sink *sink, struct multipart **out)
{
	struct multipart *m = arena_alloc(a, sizeof *m);
	m->arena = a;
	m->sink = *sink;
	static const char type[] = "multipart/form-data";
	struct str boundary = parameter(a, content_type, "boundary");
	if (content_type.n < sizeof type - 1 || strncasecmp(content_type.p, type, sizeof type - 1) != 0) return bad(m, "multipart_type");
	bool fine = boundary.n >= 1 && boundary.n <= BOUNDARY && boundary.p[boundary.n - 1] != ' ';
	for (size_t i = 0; i < boundary.n && fine; i++) fine = is_boundary_char(boundary.p[i]);
	if (!fine) return bad(m, "multipart_boundary");
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_n = boundary.n + 4;
	m->matched = 2;
	*out = m;
	return NULL;
}

/* ---- a part's headers ---- */

static struct str header_value(struct str head, const char *name)
{
	size_t wanted = strlen(name);
	while (head.n) {
		const char *end = memmem(head.p, head.n, "\r\n", 2);
		size_t line = end ? (size_t)(end - head.p) : head.n;
		if (line > wanted && head.p[wanted] == ':' && !strncasecmp(head.p, name, wanted))
			return str_trim((struct str){ head.p + wanted + 1, line - wanted - 1 });
		size_t step = end ? line + 2 : line;
		head = (struct str){ head.p + step, head.n - step };
	}
	return (struct str){ "", 0 };
}

/* Browsers of old sent whole paths; only the last part of a name is a name. */
static struct str base_name(struct str s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/' || s.p[i - 1] == '\\') return (struct str){ s.p + i, s.n - i };
	return s;
}

static struct problem *begin_part(struct multipart *m)
{
	if (++m->parts > PARTS) return bad(m, "multipart_parts");
	struct str head = { m->head, m->head_n };
	struct str disposition = header_value(head, "Content-Disposition");
	if (disposition.n < 9 || strncasecmp(disposition.p, "form-data", 9) != 0) return bad(m, "multipart_disposition");
	struct part part = { .name = parameter(m->arena, disposition, "name"), .filename = base_name(parameter(m->arena, disposition, "filename")),
		.type = header_value(head, "Content-Type") };
	bool fine = part.name.n && part.name.n <= NAME && part.filename.n <= NAME && utf8_valid(part.name) && utf8_valid(part.filename)
		&& !memchr(part.filename.p, 0, part.filename.n) && !memchr(part.name.p, 0, part.name.n);
	if (!fine) return bad(m, "multipart_name");
	part.type = (struct str){ arena_copy(m->arena, part.type.p, part.type.n), part.type.n };
	m->head_n = 0;
	m->state = DATA;
	return m->sink.begin(m->sink.arg, &part);
}

static struct problem *head_byte(struct multipart *m, char c)
{
	if (m->head_n == HEADERS) return bad(m, "multipart_head");
	m->head[m->head_n++] = c;
	bool blank = m->head_n >= 4 && !memcmp(m->head + m->head_n - 4, "\r\n\r\n", 4);
	if (m->head_n == 2 && !memcmp(m->head, "\r\n", 2)) return bad(m, "multipart_disposition");
	return blank ? begin_part(m) : NULL;
}

/* ---- bytes ---- */

static struct problem *hand_on(struct multipart *m, const char *bytes, size_t n)
{
	return m->state == DATA && n ? m->sink.data(m->sink.arg, bytes, n) : NULL;
}

static struct problem *boundary_seen(struct multipart *m)
{
	enum state from = m->state;
	m->matched = m->after_n = 0;
	m->state = AFTER_BOUNDARY;
	return from == DATA ? m->sink.end(m->sink.arg) : NULL;
}

/* Data or preamble: as many bytes as possible at once; returns how many were taken. */
static struct problem *scan(struct multipart *m, const char *p, size_t n, size_t *taken)
{
	size_t i = 0;
	if (!m->matched) {
		const char *cr = memchr(p, '\r', n);
		i = cr ? (size_t)(cr - p) : n;
		TRY(hand_on(m, p, i));
	}
	while (i < n) {
		if (p[i] == m->delimiter[m->matched]) {
			i++;
			if (++m->matched == m->delimiter_n) {
				*taken = i;
				return boundary_seen(m);
			}
			continue;
		}
		size_t held = m->matched;
		m->matched = 0;
		TRY(hand_on(m, m->delimiter, held));
		break; /* this byte is looked at again, perhaps as a new beginning */
	}
	*taken = i;
	return NULL;
}

static struct problem *after_byte(struct multipart *m, char c)
{
	/* RFC 2046 lets blanks stand between a boundary and its line end. */
	if (m->after_n == 0 && (c == ' ' || c == '\t')) return NULL;
	m->after[m->after_n++] = c;
	if (m->after_n < 2) return NULL;
	if (!memcmp(m->after, "--", 2)) m->state = DONE;
	else if (!memcmp(m->after, "\r\n", 2)) m->state = HEAD;
	else return bad(m, "multipart_boundary");
	return NULL;
}

struct problem *multipart_push(struct multipart *m, const char *bytes, size_t n)
{
	size_t i = 0;
	while (i < n && m->state != DONE) { /* what follows the last boundary is ignored (RFC 2046: epilogue) */
		if (m->state == HEAD) {
			TRY(head_byte(m, bytes[i++]));
		} else if (m->state == AFTER_BOUNDARY) {
			TRY(after_byte(m, bytes[i++]));
		} else {
			size_t taken = 0;
			TRY(scan(m, bytes + i, n - i, &taken));
			i += taken;
		}
	}
	return NULL;
}

struct problem *multipart_end(struct multipart *m)
{
	return m->state == DONE ? NULL : bad(m, "multipart_cut");
}
