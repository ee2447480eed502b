#include "runtime/host/bundle_diff.h"

enum { CONTEXT_LINES = 3 };

static void integer(struct jw *w, const char *key, size_t n) { jw_set_int(w, key, (int64_t)n); }

static void hunk_json(struct jw *w, const struct diff_hunk *h) {
	static const char *const marks[] = {
		[DIFF_SAME] = " ", [DIFF_REMOVED] = "-", [DIFF_ADDED] = "+"
	};
	jw_object(w);
	integer(w, "from", h->from);
	integer(w, "from_count", h->from_count);
	integer(w, "to", h->to);
	integer(w, "to_count", h->to_count);
	jw_key(w, "lines");
	jw_array(w);
	for (size_t i = 0; i < h->n; i++) {
		struct str text = h->lines[i].text;
		jw_text(w, arena_printf(w->out->arena, "%s%.*s", marks[h->lines[i].side],
					(int)text.n, text.p ? text.p : ""));
	}
	jw_end(w);
	jw_end(w);
}

static struct str text_of(struct arena *a, const struct bundle_file *file) {
	return file ? bundle_file_text(a, file) : STR("");
}

static void file_json(struct jw *w, const struct bundle_file *from, const struct bundle_file *to) {
	struct arena *a = w->out->arena;
	struct str was = text_of(a, from), now = text_of(a, to);
	struct diff d;
	if (from && to && str_eq(was, now)) return;
	diff_make(a, was, now, CONTEXT_LINES, &d);
	jw_object(w);
	jw_set_text(w, "path", from ? from->path : to->path);
	jw_set_text(w, "change", !from ? "added" : to ? "changed" : "removed");
	integer(w, "added", d.added);
	integer(w, "removed", d.removed);
	jw_key(w, "hunks");
	jw_array(w);
	for (size_t i = 0; i < d.n; i++) hunk_json(w, &d.hunks[i]);
	jw_end(w);
	jw_end(w);
}

/* Both are sorted by path: the next pair, either of which may be NULL. */
static bool next_pair(const struct bundle *x, const struct bundle *y, size_t at[2],
		      const struct bundle_file *pair[2]) {
	pair[0] = at[0] < x->n ? &x->files[at[0]] : NULL;
	pair[1] = at[1] < y->n ? &y->files[at[1]] : NULL;
	if (!pair[0] && !pair[1]) return false;
	int order = !pair[0] ? 1 : !pair[1] ? -1 : strcmp(pair[0]->path, pair[1]->path);
	if (order > 0) pair[0] = NULL;
	if (order < 0) pair[1] = NULL;
	at[0] += pair[0] != NULL;
	at[1] += pair[1] != NULL;
	return true;
}

void bundle_diff_json(struct jw *w, const struct bundle *from, const struct bundle *to) {
	const struct bundle_file *pair[2];
	size_t at[2] = { 0, 0 };
	jw_array(w);
	while (next_pair(from, to, at, pair)) file_json(w, pair[0], pair[1]);
	jw_end(w);
}

struct bundle_counts bundle_count_changes(struct arena *a, const struct bundle *from,
					  const struct bundle *to) {
	struct bundle_counts n = { 0, 0, 0 };
	const struct bundle_file *pair[2];
	size_t at[2] = { 0, 0 };
	while (next_pair(from, to, at, pair)) {
		if (!pair[0])
			n.added++;
		else if (!pair[1])
			n.removed++;
		else
			n.changed += !str_eq(text_of(a, pair[0]), text_of(a, pair[1]));
	}
	return n;
}
