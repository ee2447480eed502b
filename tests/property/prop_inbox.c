/* Random approvals, random acts: after every command the counts of everybody's inbox are what a
 * naive look at all tasks gives, at this moment and at later ones; and who pages through his
 * boxes while others decide is shown every task that stays, once, and none twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engines/flow/command.h"
#include "runtime/base/clock.h"
#include "runtime/store/queries.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

enum { COMMANDS = 600, WALKS = 60, PEOPLE = 5, IDS_MAX = 512, FIRST_BILL = 1000 };
static const char *const people[PEOPLE] = { "ann", "bob", "cal", "dan", "eve" };
static const int64_t day_us = 86400LL * 1000000;

static uint64_t seed = 20261123;
static unsigned below(unsigned n) {
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % n;
}

/* ---- random acts ---- */

static int64_t bills = FIRST_BILL;

static void begin(struct side *side) {
	struct arena *a = arena_new(0);
	struct wish w = { .begin = true, .login = "ann", .record = bills++ };
	approving_bill(side, a, w.record, below(100));
	assert_ok(approving_send(side, &w, a));
	arena_free(a);
}

struct reading {
	int64_t run, n, user;
};

static struct problem *read_copy(struct tx *tx, void *arg) {
	const struct reading *r = arg;
	return tx_exec(tx, sql_flow_cc_read,
		       PARAMS(value_int(r->run), value_int(r->n), value_int(r->user),
			      value_int(clock_now())),
		       NULL);
}

static void decide(struct side *side, const char *login, int64_t n, bool copy, int64_t user) {
	static const struct {
		enum act_kind act;
		const char *body;
	} acts[] = { { ACT_APPROVE, "{}" },
		     { ACT_APPROVE, "{}" },
		     { ACT_APPROVE, "{}" },
		     { ACT_APPROVE, "{}" },
		     { ACT_APPROVE, "{}" },
		     { ACT_APPROVE, "{}" },
		     { ACT_APPROVE, "{}" },
		     { ACT_REJECT, "{}" },
		     { ACT_RETURN, "{}" },
		     { ACT_RESUBMIT, "{}" },
		     { ACT_TRANSFER, "{\"who\": \"eve\"}" },
		     { ACT_TRANSFER, "{\"who\": \"dan\"}" },
		     { ACT_DELEGATE, "{\"who\": \"cal\"}" },
		     { ACT_COMPLETE, "{}" },
		     { ACT_ADD, "{\"who\": \"bob\", \"where\": \"after\"}" },
		     { ACT_ADD, "{\"who\": \"ann\", \"where\": \"before\"}" },
		     { ACT_CC, "{\"who\": [\"ann\", \"cal\"]}" },
		     { ACT_TAKE_BACK, "{}" },
		     { ACT_WITHDRAW, "{}" } };
	size_t k = below(ARRAY_LEN(acts));
	struct arena *a = arena_new(0);
	struct wish w = { .act = acts[k].act, .task = n, .login = login, .body = acts[k].body };
	struct reading reading = { side->run, n, user };
	if (w.act == ACT_WITHDRAW) w.task = 0, w.login = "ann";
	if (copy) {
		assert_ok(store_write(side->s.store, LANE_INTERACTIVE, a, read_copy, &reading));
	} else {
		struct problem *p = approving_send(side, &w, a);
		if (p && p->kind == PROBLEM_INTERNAL) assert_ok(p);
	}
	arena_free(a);
}

static void random_act(struct side *side) {
	struct arena *a = arena_new(0);
	long long run, n, user;
	int copy;
	const char *text = temp_store_text(
		side->s.store, a,
		arena_printf(a,
			     "SELECT run || ' ' || n || ' ' || actor || ' ' || (kind = 'cc') FROM "
			     "sys_flow_task WHERE state = 'open' AND actor > 0 ORDER BY "
			     "(run * 31 + n) %% %u, run, n LIMIT 1",
			     1 + below(97)));
	if (!text || below(4) == 0) {
		begin(side);
	} else {
		assert_int_equal(sscanf(text, "%lld %lld %lld %d", &run, &n, &user, &copy), 4);
		side->run = run;
		decide(side, user <= PEOPLE ? people[user - 1] : "root", n, copy, user);
	}
	arena_free(a);
}

/* ---- counts ---- */

static int64_t naive(struct side *side, struct arena *a, int user, const char *which) {
	const char *text = temp_store_text(
		side->s.store, a,
		arena_printf(a,
			     "SELECT count(*) FROM sys_flow_task WHERE actor = %d AND state = "
			     "'open' AND %s",
			     user, which));
	return strtoll(text, NULL, 10);
}

static int64_t told(const struct json *counts, const char *key) {
	int64_t n = -1;
	assert_true(json_int(json_get(counts, key), &n));
	return n;
}

static int64_t most[3]; /* seen of each count: a test of nothing but noughts would hold as well */

static void check_counts(struct side *side) {
	for (int user = 1; user <= PEOPLE; user++) {
		struct request *rq = sample_request(&side->s, people[user - 1]);
		struct arena *a = rq->arena;
		rq->now_us = clock_now() + (int64_t)below(6) * day_us;
		rq->scope.app = "other";
		assert_int_equal(told(approving_counts(side, rq), "todo"), 0);
		rq->scope.app = below(2) ? "pay" : NULL;
		const struct json *counts = approving_counts(side, rq);
		assert_int_equal(told(counts, "todo"), naive(side, a, user, "kind <> 'cc'"));
		assert_int_equal(told(counts, "cc"), naive(side, a, user, "kind = 'cc'"));
		assert_int_equal(told(counts, "overdue"),
				 naive(side, a, user,
				       arena_printf(a, "kind <> 'cc' AND due_at < %lld",
						    (long long)rq->now_us)));
		static const char *const keys[] = { "todo", "overdue", "cc" };
		for (size_t i = 0; i < ARRAY_LEN(keys); i++)
			if (told(counts, keys[i]) > most[i]) most[i] = told(counts, keys[i]);
		sample_end(rq);
	}
}

static void counts_hold(void **state) {
	const char *depth = getenv("TENON_DEPTH");
	struct arena *a = arena_new(0);
	struct side side;
	(void)state;
	approving_open(&side, a);
	for (size_t i = COMMANDS * (depth ? strtoul(depth, NULL, 10) : 1); i; i--) {
		random_act(&side);
		check_counts(&side);
	}
	for (size_t i = 0; i < ARRAY_LEN(most); i++) assert_true(most[i] > 0);
	sample_close(&side.s);
	arena_free(a);
}

/* ---- pages ---- */

struct ids {
	char items[IDS_MAX][48];
	size_t n;
};

static bool in(const struct ids *ids, const char *id) {
	size_t i = 0;
	while (i < ids->n && strcmp(ids->items[i], id) != 0) i++;
	return i < ids->n;
}

/* What belongs to a box, by a look at all tasks. */
static void of_box(struct side *side, struct arena *a, int user, enum flow_box box,
		   struct ids *out) {
	static const char *const which[BOXES] = {
		"run || '-' || n AS id FROM sys_flow_task WHERE state = 'open' AND kind <> 'cc' "
		"AND actor",
		"run || '-' || n AS id FROM sys_flow_task WHERE state = 'done' AND kind <> 'cc' "
		"AND actor",
		"id || '-0' AS id FROM sys_flow_run WHERE starter",
		"run || '-' || n AS id FROM sys_flow_task WHERE kind = 'cc' AND actor"
	};
	const char *text = arena_printf(a, "SELECT group_concat(id, ' ') FROM (SELECT %s = %d)",
					which[box], user);
	char *list = temp_store_text(side->s.store, a, text), *rest = NULL;
	out->n = 0;
	for (char *id = list ? strtok_r(list, " ", &rest) : NULL; id;
	     id = strtok_r(NULL, " ", &rest)) {
		assert_true(out->n < IDS_MAX);
		snprintf(out->items[out->n++], sizeof out->items[0], "%s", id);
	}
}

static void take_page(struct side *side, int user, struct box_query *q, struct ids *seen,
		      char *next, size_t room) {
	struct request *rq = sample_request(&side->s, people[user - 1]);
	const struct json *page = approving_box(side, rq, q), *tasks = json_get(page, "tasks");
	struct str cursor = json_str(json_get(page, "next"));
	assert_true(tasks->n <= q->limit);
	for (uint32_t i = 0; i < tasks->n; i++) {
		struct str id = json_str(json_get(&tasks->items[i], "id"));
		assert_true(seen->n < IDS_MAX);
		snprintf(seen->items[seen->n], sizeof seen->items[0], "%.*s", (int)id.n, id.p);
		assert_false(in(seen, seen->items[seen->n]));
		seen->n++;
	}
	snprintf(next, room, "%.*s", (int)cursor.n, cursor.p ? cursor.p : "");
	sample_end(rq);
}

static void walk(struct side *side, int user, enum flow_box box, bool search) {
	static struct ids before, after, seen;
	struct arena *a = arena_new(0);
	char next[96] = "";
	of_box(side, a, user, box, &before);
	seen.n = 0;
	do {
		struct box_query q = { .box = box, .limit = 1 + below(4), .cursor = str_of(next) };
		char kept[sizeof next];
		memcpy(kept, next, sizeof next);
		q.cursor = *kept ? str_of(kept) : (struct str){ NULL, 0 };
		if (search) q.q = STR("pass x");
		take_page(side, user, &q, &seen, next, sizeof next);
		if (below(2)) random_act(side);
	} while (*next);
	of_box(side, a, user, box, &after);
	for (size_t i = 0; i < before.n; i++)
		if (in(&after, before.items[i])) assert_true(in(&seen, before.items[i]));
	arena_free(a);
}

static void pages_hold(void **state) {
	struct arena *a = arena_new(0);
	struct side side;
	(void)state;
	approving_open(&side, a);
	for (int i = 0; i < 120; i++) random_act(&side);
	for (int i = 0; i < WALKS; i++)
		walk(&side, (int)(1 + below(PEOPLE)), (enum flow_box)(i % BOXES), below(3) == 0);
	sample_close(&side.s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(counts_hold),
					    cmocka_unit_test(pages_hold) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
