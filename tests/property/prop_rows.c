/* Random edits of a sub-table against a naive list: whole arrays (rows kept, changed, moved, new,
 * left out), merges (set, delete), rows of nobody, rows named twice. After each write the stored
 * record is the list, in its order, with its sum and its revision; after a refusal it is what it
 * was. Steps: TENON_DEPTH times 200.
 * Ledger: F13. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { STEPS = 200, LINES_MAX = 12, BODY_MAX = 64 * 1024 };

static const char bundle[] =
	"{\"files\":{"
	"\"app.json\":{\"app\":\"list\",\"version\":\"1\",\"languages\":[\"en\"],\"timezone\":"
	"\"UTC\"},"
	"\"forms/doc.json\":{\"form\":\"doc\",\"fields\":[{\"name\":\"title\",\"type\":\"text\"},"
	"{\"name\":\"rows\",\"type\":\"table\",\"fields\":[{\"name\":\"name\",\"type\":\"text\"},"
	"{\"name\":\"qty\",\"type\":\"integer\",\"default\":\"1\"},{\"name\":\"tags\",\"type\":"
	"\"tags\"},"
	"{\"name\":\"twice\",\"type\":\"integer\",\"formula\":\"qty * 2\"}]},"
	"{\"name\":\"sum\",\"type\":\"integer\",\"formula\":\"sum(rows.twice)\"}]}}}";

struct line {
	int64_t id;
	int name, qty, tag;
	bool has_qty;
};
struct list {
	struct line items[64];
	size_t n;
};
struct world {
	struct sample s;
	struct list now, next;
	int64_t doc, rev;
	unsigned seed;
	int names;
	bool refused; /* the next write must be */
	bool deletes, changes;
};

static int pick(struct world *w, int n) { return (int)((unsigned)rand_r(&w->seed) % (unsigned)n); }

/* ---- a row as it is sent, and what it makes of the line ---- */

static void send_fields(struct world *w, struct sb *body, struct line *l, bool is_new) {
	if (is_new) *l = (struct line){ .name = -1, .qty = 1, .tag = -1, .has_qty = true };
	if (pick(w, 2)) {
		l->name = w->names++;
		sb_printf(body, ",\"name\":\"n%d\"", l->name);
	}
	int what = pick(w, 4);
	if (what == 0) {
		l->has_qty = false;
		sb_cat(body, ",\"qty\":null");
	} else if (what == 1) {
		l->has_qty = true;
		l->qty = pick(w, 1000) - 500;
		sb_printf(body, ",\"qty\":%d", l->qty);
	}
	if (pick(w, 3) == 0) {
		l->tag = pick(w, 3) - 1;
		sb_cat(body, l->tag < 0 ? ",\"tags\":null" : ",\"tags\":[\"x\"");
		for (int i = 0; i < l->tag; i++) sb_printf(body, ",\"t%d\"", i);
		if (l->tag >= 0) sb_char(body, ']');
	}
}

static void send_row(struct world *w, struct sb *body, struct line *l, bool is_new) {
	sb_cat(body, body->p[body->n - 1] == '[' ? "{" : ",{");
	size_t at = body->n;
	if (!is_new) sb_printf(body, ",\"id\":%lld", (long long)l->id);
	send_fields(w, body, l, is_new);
	if (body->n > at) body->p[at] = ' ';
	sb_char(body, '}');
}

static void add_line(struct world *w, struct line l) { w->next.items[w->next.n++] = l; }

/* ---- the two forms of a table ---- */

static void shuffle(struct world *w, struct list *l) {
	for (size_t i = l->n; i > 1; i--) {
		size_t k = (size_t)pick(w, (int)i);
		struct line kept = l->items[i - 1];
		l->items[i - 1] = l->items[k];
		l->items[k] = kept;
	}
}

static void whole_array(struct world *w, struct sb *body) {
	struct list old = w->now;
	size_t kept = 0;
	if (pick(w, 3) == 0) shuffle(w, &old);
	sb_cat(body, "{\"rows\":[");
	for (size_t i = 0; i < old.n; i++) {
		if (pick(w, 5) == 0) continue;
		while (w->next.n < LINES_MAX && pick(w, 6) == 0) {
			struct line fresh;
			send_row(w, body, &fresh, true);
			add_line(w, fresh);
		}
		send_row(w, body, &old.items[i], false);
		add_line(w, old.items[i]);
		kept++;
	}
	if (w->next.n < LINES_MAX) {
		struct line fresh;
		send_row(w, body, &fresh, true);
		add_line(w, fresh);
	}
	w->deletes = kept < w->now.n;
	sb_cat(body, "]}");
}

static void merge(struct world *w, struct sb *body) {
	struct list old = w->now;
	size_t added = 0;
	struct line fresh[4];
	sb_cat(body, "{\"rows\":{\"delete\":[");
	for (size_t i = 0; i < old.n; i++)
		if (pick(w, 6) == 0) {
			sb_printf(body, body->p[body->n - 1] == '[' ? "%lld" : ",%lld",
				  (long long)old.items[i].id);
			old.items[i].id = 0;
		}
	sb_cat(body, "],\"set\":[");
	for (size_t i = old.n; i-- > 0;)
		if (old.items[i].id && pick(w, 3) == 0) send_row(w, body, &old.items[i], false);
	while (added < 2 && old.n + added < LINES_MAX && pick(w, 2))
		send_row(w, body, &fresh[added++], true);
	sb_cat(body, "]}}");
	for (size_t i = 0; i < old.n; i++)
		if (old.items[i].id) add_line(w, old.items[i]);
	for (size_t i = 0; i < added; i++) add_line(w, fresh[i]);
}

static void wrong(struct world *w, struct sb *body) {
	int64_t id = w->now.n ? w->now.items[0].id : 7;
	const char *const forms[] = { "{\"rows\":[{\"id\":%lld},{\"id\":%lld}]}",
				      "{\"rows\":{\"delete\":[%lld,77]}}",
				      "{\"rows\":[{\"id\":77,\"qty\":%lld}]}",
				      "{\"rows\":{\"set\":[{\"qty\":\"%lldx\"}]}}",
				      "{\"rows\":[{\"nothing\":%lld}]}" };
	int which = pick(w, (int)ARRAY_LEN(forms));
	char text[200];
	/* The format is one of the five above; the second argument is used by the first only. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
	snprintf(text, sizeof text, forms[which], (long long)id, (long long)id);
#pragma GCC diagnostic pop
	sb_cat(body, text);
	w->refused = true;
}

/* ---- comparing ---- */

static int64_t doubled(const struct line *l) { return l->has_qty ? l->qty * 2 : 0; }

static void compare_row(struct world *w, const struct record *r, struct line *l) {
	const struct form *form = r->form;
	const struct value *name = &r->values[form_field(form, STR("name"))->index];
	const struct value *qty = &r->values[form_field(form, STR("qty"))->index];
	const struct value *tags = &r->values[form_field(form, STR("tags"))->index];
	if (l->id) assert_int_equal(r->id, l->id);
	l->id = r->id;
	assert_int_equal(value_is_null(name), l->name < 0);
	if (l->name >= 0) assert_true(str_is(name->as.s, arena_printf(w->s.arena, "n%d", l->name)));
	assert_int_equal(value_is_null(qty), !l->has_qty);
	if (l->has_qty) assert_int_equal(qty->as.i, l->qty);
	assert_int_equal(value_is_null(tags), l->tag < 0);
	if (l->tag >= 0) assert_int_equal(tags->as.list.n, l->tag + 1);
}

static void compare(struct world *w) {
	struct request *rq = sample_request(&w->s, NULL);
	const struct form *form = sample_form(&w->s, "doc");
	struct record *r;
	struct tx *tx;
	int64_t sum = 0;
	assert_ok(tx_read(w->s.store, rq->arena, &tx));
	assert_ok(tx_end(tx, read_whole(rq, tx, form, w->doc, &r)));
	const struct record_rows *rows = &r->rows[form_field(form, STR("rows"))->index];
	assert_int_equal(rows->n, w->now.n);
	for (size_t i = 0; i < rows->n; i++) {
		compare_row(w, rows->items[i], &w->now.items[i]);
		sum += doubled(&w->now.items[i]);
	}
	assert_int_equal(r->values[form_field(form, STR("sum"))->index].as.i, sum);
	assert_true(r->rev >= w->rev && r->rev <= w->rev + 1);
	w->rev = r->rev;
	sample_end(rq);
}

static void step(struct world *w) {
	struct sb body = sb_on(w->s.arena, BODY_MAX);
	w->next = (struct list){ .n = 0 };
	w->refused = w->deletes = false;
	int what = pick(w, 8);
	if (what == 0)
		wrong(w, &body);
	else if (what < 5)
		whole_array(w, &body);
	else
		merge(w, &body);
	bool matched = !w->deletes || pick(w, 4);
	struct wrote done =
		update(&w->s, NULL, "doc", w->doc, matched ? w->rev : -1, sb_cstr(&body));
	bool passes = !w->refused && matched;
	if (done.ok != passes) fail_msg("%s: %s", sb_cstr(&body), done.problem);
	if (passes) w->now = w->next;
	compare(w);
}

static void random_edits_are_the_naive_list(void **state) {
	const char *depth = getenv("TENON_DEPTH");
	int steps = STEPS * (depth && atoi(depth) > 0 ? atoi(depth) : 1);
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	(void)state;
	w->seed = 20261122;
	sample_open(&w->s, a, bundle, false);
	w->doc = create(&w->s, NULL, "doc", "{\"title\":\"t\"}").id;
	w->rev = 1;
	for (int i = 0; i < steps; i++) step(w);
	assert_true(w->rev > steps / 3);
	sample_close(&w->s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_edits_are_the_naive_list) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
