/* router.c -- which row of the tables a request means. Segments are compared from the left; where
 * several patterns fit, the one with a literal at the leftmost place of difference wins, then {id}
 * (digits only), then any other {name}. So
 * "/api/apps/{app}/check" is never mistaken for a form, and every name in `Reserved` of
 * definitions.md stays ours. */
#include "runtime/host/call.h"

const struct route *const route_tables[] = { routes_ops,    routes_store,   routes_apps,    routes_publish, routes_draft,
					     routes_search, routes_records, routes_record_parts,
					     routes_io,     routes_people,  NULL };

struct match {
	struct str args[CALL_ARGS];
	size_t n;
	unsigned score;
};

static struct str segment(const char *p, const char *end) {
	const char *slash = memchr(p, '/', (size_t)(end - p));
	return (struct str){ p, (size_t)((slash ? slash : end) - p) };
}

static bool is_id(struct str s) {
	int64_t id;
	return s.n <= 16 && s.n > 0 && s.p[0] >= '1' && s.p[0] <= '9' && str_to_int(s, &id);
}

enum { FITS_NOT, FITS_NAME, FITS_ID, FITS_LITERAL };

static unsigned fits(struct str want, struct str have) {
	if (!have.n) return FITS_NOT;
	if (want.p[0] != '{') return str_eq(want, have) ? FITS_LITERAL : FITS_NOT;
	if (str_is(want, "{id}")) return is_id(have) ? FITS_ID : FITS_NOT;
	return FITS_NAME;
}

static bool match(const char *pattern, struct str path, struct match *m) {
	const char *p = pattern, *p_end = p + strlen(p), *s = path.p, *s_end = s + path.n;
	*m = (struct match){ .n = 0 };
	while (p < p_end && s < s_end) {
		struct str want = segment(p + 1, p_end), have = segment(s + 1, s_end);
		unsigned how = fits(want, have);
		if (how == FITS_NOT) return false;
		if (how != FITS_LITERAL) m->args[m->n++] = have;
		m->score = m->score * 4 + how;
		p = want.p + want.n;
		s = have.p + have.n;
	}
	return p == p_end && s == s_end;
}

static void allow_add(struct sb *allow, enum http_method method) {
	static const char *const names[] = { "GET", "HEAD",   "POST",    "PATCH",
					     "PUT", "DELETE", "OPTIONS", "" };
	sb_cat(allow, allow->n ? ", " : "");
	sb_cat(allow, method == HTTP_GET ? "GET, HEAD" : names[method]);
}

const struct route *route_find(enum http_method method, struct str path, struct str args[CALL_ARGS],
			       size_t *n, const char **allow, struct arena *a) {
	const struct route *found = NULL;
	struct match best = { .score = 0 }, m;
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
	struct sb allowed = sb_on(a, 128);
	for (size_t t = 0; route_tables[t]; t++) {
		for (const struct route *r = route_tables[t]; r->pattern; r++) {
			if (!match(r->pattern, path, &m) || m.score < best.score) continue;
			if (m.score > best.score) {
				found = NULL;
				allowed.n = 0;
			}
			best = m;
			if (r->method == wanted)
				found = r;
			else
				allow_add(&allowed, r->method);
		}
	}
	memcpy(args, best.args, sizeof best.args);
	*n = best.n;
	*allow = allowed.n ? sb_cstr(&allowed) : NULL;
	return found;
}

static void refuse(struct exchange *x, struct problem *p) {
	answer_problem(x, language_of(exchange_header(x, "Accept-Language")), NULL, p);
}

void router_headers(struct exchange *x) {
	struct server *server = exchange_context(x);
	struct str args[CALL_ARGS];
	size_t n;
	const char *allow;
	const struct route *route = route_find(x->method, x->path, args, &n, &allow, x->arena);
	if (!route && allow) {
		refuse(x, PROBLEM(x->arena, METHOD, "method", "method", x->method_name, "allowed",
				  allow));
		exchange_set_header(x, "Allow", allow);
		return;
	}
	if (!route) {
		refuse(x, PROBLEM(x->arena, NOT_FOUND, "not_found"));
		return;
	}
	struct call *c = arena_alloc(x->arena, sizeof *c);
	*c = (struct call){ .x = x, .server = server, .route = route, .arg_count = n, .id = -1 };
	memcpy(c->args, args, sizeof args);
	x->route = route;
	x->context = c;
	x->on_resume = call_resumed;
	if (route->body_limit) x->body_limit = route->body_limit;
	if (route->flags & ROUTE_UPLOAD) call_begin(c);
}

void router_request(struct exchange *x) { call_start(x->context); }

void router_done(struct exchange *x) {
	struct call *c = x->context;
	if (c) call_ended(c);
	request_done(x);
}

/* ---- lists of names ---- */

bool names_hold(const char *list, struct str name) {
	while (list && *list) {
		size_t n = strcspn(list, " ");
		struct str word = { list, n };
		bool prefix = n && list[n - 1] == '*';
		if (prefix ? name.n >= n && !memcmp(name.p, list, n - 1) : str_eq(word, name))
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

const char *names_shown(struct arena *a, const char *list) {
	struct sb out = sb_on(a, 4096);
	for (; list && *list; list++)
		if (*list == ' ')
			sb_cat(&out, ", ");
		else
			sb_char(&out, *list);
	return out.n ? sb_cstr(&out) : "-";
}
