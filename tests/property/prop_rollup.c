/* F16: after 30,000 random edits, of which 10,000 are stored, every stored rollup is what a count
 * of everything gives, and so are the formulas over it: creates, updates, moves to another parent,
 * rows, deletes with their cascades, restores, batches taken back, imports. Some are refused;
 * nothing of those is seen. TENON_DEPTH multiplies the edits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "tests/support/importing.h"
#include "tests/support/stock.h"
#include "tests/support/temp_store.h"

enum { EDITS = 30000, LOOK_EVERY = 1000, KEPT = 40, FORMS = 5 };

static const char *const forms[FORMS] = { "account", "contract", "payment", "order", "product" };

struct world {
	struct sample s;
	struct request *rq;
	int64_t ids[FORMS][KEPT];
	size_t n[FORMS];
	unsigned seed;
	int names, stored, refused;
};

static int pick(struct world *w, int n) { return (int)((unsigned)rand_r(&w->seed) % (unsigned)n); }

/* The id of some record of a form, or null. */
static const char *some(struct world *w, int form) {
	if (!w->n[form] || pick(w, 12) == 0) return "null";
	int64_t id = w->ids[form][pick(w, (int)w->n[form])];
	return arena_printf(w->rq->arena, "%lld", (long long)id);
}

static void rows(struct world *w, struct sb *b) {
	sb_cat(b, "[");
	for (int i = pick(w, 4); i >= 0; i--)
		sb_printf(b, "{\"product\":%s,\"qty\":%d,\"price\":\"%d.%02d\"}%s", some(w, 4),
			  pick(w, 5), pick(w, 9), pick(w, 100), i ? "," : "]");
}

static const char *values(struct world *w, int form) {
	struct sb b = sb_on(w->rq->arena, 4096);
	int what = pick(w, 3);
	switch (form) {
	case 0:
		sb_printf(&b, "{\"name\":\"a%d\",\"parent\":%s%s}", w->names++, some(w, 0),
			  what ? "" : ",\"limit\":\"900\"");
		break;
	case 1:
		sb_printf(&b, "{\"name\":\"c%d\",\"account\":%s,\"amount\":\"%d\"}", w->names++,
			  some(w, 0), 50 + pick(w, 500));
		break;
	case 2:
		sb_printf(&b, "{\"contract\":%s,\"amount\":%s%d.%02d%s,\"kind\":\"%s\"%s}",
			  some(w, 1), what ? "\"" : "\"-", pick(w, 60), pick(w, 100), "\"",
			  pick(w, 3) ? "cash" : "promise",
			  arena_printf(w->rq->arena, ",\"day\":\"2026-%02d-%02d\"", 1 + pick(w, 12),
				       1 + pick(w, 28)));
		break;
	case 3:
		sb_printf(&b, "{\"account\":%s,\"status\":\"%s\",\"lines\":", some(w, 0),
			  pick(w, 5) ? "open" : "void");
		rows(w, &b);
		sb_char(&b, '}');
		break;
	default: sb_printf(&b, "{\"name\":\"p%d\",\"stock\":%d}", w->names++, 40 + pick(w, 200));
	}
	return sb_cstr(&b);
}

static struct write write_of(struct world *w, int form, enum write_op op, const char *body) {
	struct write one = { .op = op, .form = sample_form(&w->s, forms[form]), .if_match = -1 };
	if (op != WRITE_CREATE) one.id = w->ids[form][pick(w, (int)w->n[form])];
	if (body)
		assert_ok(json_parse(w->rq->arena, str_of(body), &json_limits_request, &one.body));
	return one;
}

static void keep(struct world *w, int form, int64_t id) {
	size_t at = w->n[form] < KEPT ? w->n[form]++ : (size_t)pick(w, KEPT);
	w->ids[form][at] = id;
}

/* 404, 409 and 422 are answers too; nothing else is. */
static void judged(struct world *w, const struct problem *p) {
	int status = p ? problem_kinds[p->kind].status : 200;
	if (status != 200 && status != 404 && status != 409 && status != 422)
		fail_msg("%s", problem_told(w->rq->arena, p));
	*(p ? &w->refused : &w->stored) += 1;
}

static void edit_one(struct world *w) {
	static const enum write_op ops[] = { WRITE_CREATE, WRITE_CREATE, WRITE_UPDATE, WRITE_UPDATE,
					     WRITE_UPDATE, WRITE_DELETE, WRITE_RESTORE };
	static const int often[] = { 0, 1, 2, 2, 2, 2, 3, 3, 3, 4 };
	int form = often[pick(w, ARRAY_LEN(often))];
	enum write_op op = w->n[form] ? ops[pick(w, ARRAY_LEN(ops))] : WRITE_CREATE;
	bool speaks = op == WRITE_CREATE || op == WRITE_UPDATE;
	struct write one = write_of(w, form, op, speaks ? values(w, form) : NULL);
	if (op == WRITE_UPDATE && form == 3)
		one.if_match = temp_store_int(
			w->s.store,
			arena_printf(w->rq->arena, "SELECT rev FROM stock_order WHERE id = %lld",
				     (long long)one.id));
	struct problem *p = record_write(w->rq, w->s.store, LANE_INTERACTIVE, &one);
	judged(w, p);
	if (!p && op == WRITE_CREATE) keep(w, form, one.id);
}

/* Up to six at once; often one of them is impossible, and all of it is taken back. */
static void edit_batch(struct world *w) {
	struct write many[6];
	size_t n = 2 + (size_t)pick(w, 5);
	for (size_t i = 0; i < n; i++) {
		int form = pick(w, 2) + 1;
		enum write_op op = w->n[form] && pick(w, 2) ? WRITE_UPDATE : WRITE_CREATE;
		many[i] = write_of(w, form, op, values(w, form));
	}
	const struct json *bad;
	assert_ok(json_parse(w->rq->arena, STR("{\"amount\":\"1.234\"}"), &json_limits_request,
			     &bad));
	if (pick(w, 2)) many[n - 1].body = bad;
	struct problem *p = record_write_all(w->rq, w->s.store, LANE_INTERACTIVE, many, n);
	judged(w, p);
	for (size_t i = 0; !p && i < n; i++)
		if (many[i].op == WRITE_CREATE)
			keep(w, many[i].form == sample_form(&w->s, "payment") ? 2 : 1, many[i].id);
}

static void edit_file(struct world *w) {
	struct sb file = sb_on(w->rq->arena, 1 << 16);
	sb_cat(&file, "contract,amount,day\r\n");
	for (int i = 0; i < 20; i++)
		sb_printf(&file, "c%d,%d,2026-01-%02d\r\n", pick(w, w->names), pick(w, 90),
			  1 + pick(w, 28));
	struct imported got = importing(&w->s, NULL, "payment", sb_str(&file),
					"{'columns':{'contract':{'field':'contract','by':'name'},"
					"'amount':'amount','day':'day'}}",
					(struct import_options){ .mode = IMPORT_CREATE });
	assert_true(!*got.problem || strstr(got.problem, "import_by"));
}

static void formulas_agree(struct world *w) {
	assert_int_equal(temp_store_int(w->s.store,
					"SELECT count(*) FROM stock_product WHERE available IS NOT "
					"coalesce(stock, 0) - coalesce(sold, 0)"),
			 0);
	assert_int_equal(temp_store_int(w->s.store,
					"SELECT count(*) FROM stock_contract WHERE \"open\" IS NOT "
					"amount - coalesce(paid, 0)"),
			 0);
	assert_int_equal(
		temp_store_int(w->s.store,
			       "SELECT count(*) FROM stock_product WHERE deleted_at IS NULL AND "
			       "available < 0"),
		0);
}

static void stored_rollups_equal_a_full_count(void **state) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	const char *depth = getenv("TENON_DEPTH"), *seed = getenv("TENON_SEED");
	int edits = EDITS * (depth ? atoi(depth) : 1);
	int64_t compared = 0;
	(void)state;
	stock_open(&w->s, a);
	w->seed = seed ? (unsigned)atoi(seed) : 20261122u;
	for (int i = 0; i < edits; i++) {
		int what = pick(w, 40);
		w->rq = sample_request(&w->s, "root");
		if (what == 0)
			edit_file(w);
		else if (what < 4)
			edit_batch(w);
		else
			edit_one(w);
		sample_end(w->rq);
		if (i % LOOK_EVERY) continue;
		formulas_agree(w);
		compared = stock_agree(&w->s);
	}
	compared = stock_agree(&w->s);
	formulas_agree(w);
	print_message("%d stored, %d refused, %lld rollups compared\n", w->stored, w->refused,
		      (long long)compared);
	assert_true(w->stored >= edits / 3 && w->refused > edits / 20);
	sample_close(&w->s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(stored_rollups_equal_a_full_count) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
