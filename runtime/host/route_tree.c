/* route_tree.c -- which row of the tables a request means. The patterns are a tree by segment,
 * built once at the start: a lookup compares a handful of words, however many routes there are.
 * 1. Segments are compared from the left; a literal wins over {id} (digits only), {id} over any
 * other {name}, and the leftmost difference decides: "/api/apps/{app}/check" is never mistaken for
 * a form, and every name in `Reserved` of definitions.md stays ours.
 * 2. A node without a route below a better kind of segment is no answer: the search goes back and
 * takes the next kind.
 * 3. Patterns of one shape share a node, whatever their names in braces are called. */
#include <assert.h>
#include "runtime/host/router.h"

struct node {
	struct str literal;
	struct node *next; /* among the literals of one parent */
	struct node *literals, *id, *name;
	const struct route *routes[HTTP_OTHER];
	bool ends;         /* a pattern ends here */
	const char *allow; /* what may be asked for here */
};
struct route_tree {
	struct node root;
};
struct lookup {
	struct str *args;
	size_t n;
};

static struct str segment(struct str rest) {
	const char *slash = memchr(rest.p, '/', rest.n);
	return (struct str){ rest.p, slash ? (size_t)(slash - rest.p) : rest.n };
}

/* Behind the segment; one that ends in "/" leaves an empty segment, which nothing takes. */
static struct str behind(struct str rest, struct str taken) {
	size_t n = taken.n + (taken.n < rest.n);
	return (struct str){ rest.p + n, rest.n - n };
}

static bool is_id(struct str s) {
	int64_t id;
	return s.n <= 16 && s.n > 0 && s.p[0] >= '1' && s.p[0] <= '9' && str_to_int(s, &id);
}

/* ---- building ---- */

static struct node **place_of(struct node *parent, struct str s) {
	if (str_is(s, "{id}")) return &parent->id;
	if (s.p[0] == '{') return &parent->name;
	struct node **at = &parent->literals;
	while (*at && !str_eq((*at)->literal, s)) at = &(*at)->next;
	return at;
}

static struct node *below(struct arena *a, struct node *parent, struct str s) {
	struct node **place = place_of(parent, s);
	if (!*place) {
		*place = arena_alloc(a, sizeof **place);
		(*place)->literal = s;
	}
	return *place;
}

static const char *with_method(struct arena *a, const char *allow, enum http_method method) {
	static const char *const names[] = { "GET, HEAD", "HEAD",   "POST",   "PATCH",
					     "PUT",       "DELETE", "OPTIONS" };
	return arena_printf(a, "%s%s%s", allow ? allow : "", allow ? ", " : "", names[method]);
}

static void add(struct arena *a, struct node *root, const struct route *r) {
	struct node *at = root;
	struct str rest = { r->pattern + 1, strlen(r->pattern) - 1 };
	while (rest.n) {
		struct str s = segment(rest);
		at = below(a, at, s);
		rest = behind(rest, s);
	}
	assert(!at->routes[r->method]);
	at->routes[r->method] = r;
	at->ends = true;
	at->allow = with_method(a, at->allow, r->method);
}

struct route_tree *route_tree_new(struct arena *a) {
	struct route_tree *tree = arena_alloc(a, sizeof *tree);
	for (size_t t = 0; route_tables[t]; t++)
		for (const struct route *r = route_tables[t]; r->pattern; r++)
			add(a, &tree->root, r);
	return tree;
}

/* ---- looking up ---- */

static const struct node *find(const struct node *at, struct str rest, bool more, struct lookup *l);

static const struct node *find_named(const struct node *at, struct str s, struct str rest,
				     bool more, struct lookup *l) {
	if (!at) return NULL;
	size_t depth = l->n;
	assert(depth < CALL_ARGS);
	l->args[l->n++] = s;
	const struct node *found = find(at, rest, more, l);
	if (!found) l->n = depth;
	return found;
}

/* more: a segment follows, be it an empty one. */
static const struct node *find(const struct node *at, struct str rest, bool more,
			       struct lookup *l) {
	if (!more) return at->ends ? at : NULL;
	struct str s = segment(rest), left = behind(rest, s);
	bool goes_on = s.n < rest.n;
	if (!s.n) return NULL;
	const struct node *found = NULL;
	const struct node *child = at->literals;
	while (child && !str_eq(child->literal, s)) child = child->next;
	if (child) found = find(child, left, goes_on, l);
	if (!found && is_id(s)) found = find_named(at->id, s, left, goes_on, l);
	return found ? found : find_named(at->name, s, left, goes_on, l);
}

const struct route *route_find(const struct route_tree *tree, enum http_method method,
			       struct str path, struct str args[CALL_ARGS], size_t *n,
			       const char **allow) {
	struct lookup l = { args, 0 };
	struct str rest = { path.p + 1, path.n - 1 };
	const struct node *at = path.n ? find(&tree->root, rest, true, &l) : NULL;
	*n = l.n;
	*allow = NULL;
	if (!at) return NULL;
	const struct route *r =
		method == HTTP_OTHER ? NULL : at->routes[method == HTTP_HEAD ? HTTP_GET : method];
	if (!r) *allow = at->allow;
	return r;
}
