/* diff.c -- Myers' greedy algorithm ("An O(ND) difference algorithm and its variations", 1986)
 * between the common beginning and the common end of two texts. The furthest points of every round
 * are kept, so memory grows with the square of the number of differences: past DIFFERENCES the
 * middle is given as replaced. */
#include "runtime/base/diff.h"

enum { DIFFERENCES = 1500 };

struct lines {
	struct str *items;
	size_t n;
};

static struct lines split(struct arena *a, struct str text) {
	size_t count = 0;
	for (size_t i = 0; i < text.n; i++) count += text.p[i] == '\n';
	struct lines out = { arena_array(a, count + 1, sizeof *out.items), 0 };
	for (size_t at = 0; at < text.n;) {
		const char *end = memchr(text.p + at, '\n', text.n - at);
		size_t n = end ? (size_t)(end - text.p) - at : text.n - at;
		out.items[out.n++] = (struct str){ text.p + at, n };
		at += n + 1;
	}
	return out;
}

/* The script being made, one line after the other. */
struct script {
	struct diff_line *lines;
	size_t n;
};

static void put(struct script *s, enum diff_side side, struct str text) {
	s->lines[s->n++] = (struct diff_line){ side, text };
}

static void replace(struct script *s, struct lines from, struct lines to) {
	for (size_t i = 0; i < from.n; i++) put(s, DIFF_REMOVED, from.items[i]);
	for (size_t i = 0; i < to.n; i++) put(s, DIFF_ADDED, to.items[i]);
}

/* ---- the middle ---- */

/* Furthest x on diagonal k after d differences stands at trace[d][k + d]. */
struct search {
	struct lines from, to;
	long *trace[DIFFERENCES + 1];
	long d;
};

static long reached(const struct search *s, long d, long k) {
	return k < -d || k > d ? -1 : s->trace[d][k + d];
}

static long step(const struct search *s, long d, long k) {
	long down = reached(s, d - 1, k + 1), right = reached(s, d - 1, k - 1);
	if (!d) return 0;
	return k == -d || (k != d && right < down) ? down : right + 1;
}

static bool run(struct search *s, struct arena *a) {
	long n = (long)s->from.n, m = (long)s->to.n;
	for (s->d = 0; s->d <= DIFFERENCES; s->d++) {
		s->trace[s->d] = arena_array(a, (size_t)(2 * s->d + 1), sizeof(long));
		for (long k = -s->d; k <= s->d; k += 2) {
			long x = step(s, s->d, k), y = x - k;
			while (x < n && y < m && y >= 0 && str_eq(s->from.items[x], s->to.items[y]))
				x++, y++;
			s->trace[s->d][k + s->d] = x;
			if (x >= n && y >= m) return true;
		}
	}
	return false;
}

/* From the end back to the beginning; the lines come out last first. */
static void walk_back(const struct search *s, struct script *reversed) {
	long x = (long)s->from.n, y = (long)s->to.n;
	for (long d = s->d; d > 0; d--) {
		long k = x - y;
		long down = reached(s, d - 1, k + 1), right = reached(s, d - 1, k - 1);
		bool added = k == -d || (k != d && right < down);
		long before_x = added ? down : right, before_y = before_x - (added ? k + 1 : k - 1);
		while (x > before_x && y > before_y && x > (added ? before_x : before_x + 1))
			put(reversed, DIFF_SAME, s->from.items[--x]), y--;
		if (added)
			put(reversed, DIFF_ADDED, s->to.items[--y]);
		else
			put(reversed, DIFF_REMOVED, s->from.items[--x]);
	}
	while (x > 0) put(reversed, DIFF_SAME, s->from.items[--x]);
}

static void compare(struct arena *a, struct lines from, struct lines to, struct script *out) {
	struct search *s = arena_alloc(a, sizeof *s);
	struct script reversed = { arena_array(a, from.n + to.n + 1, sizeof *reversed.lines), 0 };
	s->from = from;
	s->to = to;
	if (!run(s, a)) {
		replace(out, from, to);
		return;
	}
	walk_back(s, &reversed);
	while (reversed.n) out->lines[out->n++] = reversed.lines[--reversed.n];
}

/* ---- the whole, in hunks ---- */

static size_t common(const struct lines *x, const struct lines *y, size_t limit, bool end) {
	size_t n = 0;
	while (n < limit &&
	       str_eq(x->items[end ? x->n - 1 - n : n], y->items[end ? y->n - 1 - n : n]))
		n++;
	return n;
}

static struct script script_of(struct arena *a, struct lines from, struct lines to) {
	size_t least = from.n < to.n ? from.n : to.n;
	size_t head = common(&from, &to, least, false),
	       tail = common(&from, &to, least - head, true);
	struct script s = { arena_array(a, from.n + to.n + 1, sizeof *s.lines), 0 };
	for (size_t i = 0; i < head; i++) put(&s, DIFF_SAME, from.items[i]);
	compare(a, (struct lines){ from.items + head, from.n - head - tail },
		(struct lines){ to.items + head, to.n - head - tail }, &s);
	for (size_t i = from.n - tail; i < from.n; i++) put(&s, DIFF_SAME, from.items[i]);
	return s;
}

static bool near_change(const struct script *s, size_t i, size_t context) {
	size_t from = i > context ? i - context : 0, to = i + context + 1;
	for (size_t k = from; k < to && k < s->n; k++)
		if (s->lines[k].side != DIFF_SAME) return true;
	return false;
}

static void count_line(struct diff *d, struct diff_hunk *h, enum diff_side side) {
	h->n++;
	h->from_count += side != DIFF_ADDED;
	h->to_count += side != DIFF_REMOVED;
	d->added += side == DIFF_ADDED;
	d->removed += side == DIFF_REMOVED;
}

void diff_make(struct arena *a, struct str from, struct str to, size_t context, struct diff *out) {
	struct script s = script_of(a, split(a, from), split(a, to));
	struct diff_hunk *hunk = NULL;
	size_t from_line = 1, to_line = 1;
	*out = (struct diff){ .hunks = arena_array(a, s.n / 2 + 1, sizeof *out->hunks) };
	for (size_t i = 0; i < s.n; i++) {
		enum diff_side side = s.lines[i].side;
		if (!near_change(&s, i, context)) {
			hunk = NULL;
		} else {
			if (!hunk) {
				hunk = &out->hunks[out->n++];
				*hunk = (struct diff_hunk){ .from = from_line,
							    .to = to_line,
							    .lines = &s.lines[i] };
			}
			count_line(out, hunk, side);
		}
		from_line += side != DIFF_ADDED;
		to_line += side != DIFF_REMOVED;
	}
}
