#include <strings.h>
#include "runtime/host/http_internal.h"

/* What MHD 0.9.75 lets through and a proxy in front may read differently (request smuggling),
 * refused here from the headers it parsed. A bare LF as line end cannot be seen this late: decision
 * 0004 says what that means. */
struct framing {
	unsigned lengths, hosts;
	bool coded, bad_name, bad_length;
};

static bool all_digits(const char *s) {
	if (!*s) return false;
	for (; *s; s++)
		if (*s < '0' || *s > '9') return false;
	return true;
}

static enum MHD_Result look(void *arg, enum MHD_ValueKind kind, const char *name,
			    const char *value) {
	(void)kind;
	struct framing *f = arg;
	if (!name || !*name || strpbrk(name, " \t\r\n"))
		f->bad_name = true;
	else if (!strcasecmp(name, "Content-Length")) {
		f->lengths++;
		if (!value || !all_digits(value) || strlen(value) > 18) f->bad_length = true;
	} else if (!strcasecmp(name, "Transfer-Encoding")) {
		f->coded = true;
		if (!value || strcasecmp(value, "chunked") != 0) f->bad_length = true;
	} else if (!strcasecmp(name, "Host")) {
		f->hosts++;
	}
	return MHD_YES;
}

const char *guard_framing(struct MHD_Connection *c, const char *version) {
	struct framing f = { 0 };
	MHD_get_connection_values(c, MHD_HEADER_KIND, look, &f);
	if (f.bad_name) return "http_header_name";
	if (f.lengths > 1 || f.bad_length || (f.lengths && f.coded)) return "http_length";
	if (f.hosts > 1 || (f.hosts == 0 && !strcmp(version, "HTTP/1.1"))) return "http_host";
	return NULL;
}

static int hex(char c) {
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	if (c >= 'A' && c <= 'F') return c - 'A' + 10;
	return -1;
}

/* Percent-decodes s into the arena; false: a broken escape, a control character, or not UTF-8. */
static bool decode(struct arena *a, struct str s, bool plus, struct str *out) {
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			if (i + 2 >= s.n || hex(s.p[i + 1]) < 0 || hex(s.p[i + 2]) < 0)
				return false;
			c = (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if ((unsigned char)c < 0x20 && !(plus && (c == '\n' || c == '\t' || c == '\r')))
			return false;
		to[n++] = c;
	}
	*out = (struct str){ to, n };
	return utf8_valid(*out);
}

static bool add_pair(struct exchange *x, struct str pair, size_t room) {
	if (x->query_count == room) return false;
	const char *equals = pair.n ? memchr(pair.p, '=', pair.n) : NULL;
	size_t name = equals ? (size_t)(equals - pair.p) : pair.n;
	struct str value =
		equals ? (struct str){ equals + 1, pair.n - name - 1 } : (struct str){ "", 0 };
	struct str_pair *to = &x->query[x->query_count++];
	return decode(x->arena, (struct str){ pair.p, name }, true, &to->name) &&
	       decode(x->arena, value, true, &to->value);
}

/* No empty, "." or ".." segment; "/" alone is fine. A slash that came as %2F counts as one. */
static bool plain_segments(struct str path) {
	for (size_t i = 0; i < path.n;) {
		const char *start = path.p + i + 1, *end = path.p + path.n,
			   *slash = memchr(start, '/', (size_t)(end - start));
		struct str segment = { start, (size_t)((slash ? slash : end) - start) };
		if (!segment.n && path.n > 1) return false;
		if (str_is(segment, ".") || str_is(segment, "..")) return false;
		i += segment.n + 1;
	}
	return true;
}

bool guard_target(struct exchange *x, const char *url) {
	size_t path = strcspn(url, "?");
	if (url[0] != '/' || !decode(x->arena, (struct str){ url, path }, false, &x->path) ||
	    !plain_segments(x->path))
		return false;
	if (!url[path]) return true;
	enum { PAIRS = 64 };
	x->query = arena_array(x->arena, PAIRS, sizeof *x->query);
	const char *at = url + path + 1;
	while (*at) {
		size_t n = strcspn(at, "&");
		if (n && !add_pair(x, (struct str){ at, n }, PAIRS)) return false;
		at += n + (at[n] == '&');
	}
	return true;
}
