/* Approvals while the disk fails: random runs are driven on two stores; on one of them every store
 * call of every command fails in turn (an I/O error, a full disk, a COMMIT whose answer is lost)
 * and the command is sent again, and now and then the store is closed and opened anew. After each
 * command both stores say the same of every run: places, tasks, log, record, notices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

enum { RUNS = 200, COMMANDS = 12, CALLS_MAX = 400, RECORD_BASE = 1000 };
enum { FAULT_IO, FAULT_FULL, FAULT_LOST };

static uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);

static unsigned rnd(unsigned n) {
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 24) % n);
}

/* What there is to say of the run at hand, without ids that differ by the clock of the machine. */
static const char *told(struct side *side, struct arena *a, int64_t record) {
	static const char sql[] =
		"WITH at (run, record) AS (VALUES (%lld, %lld)) SELECT coalesce((SELECT state || ' "
		"' || rev || ' ' || marking_json FROM sys_flow_run WHERE id = (SELECT run FROM "
		"at)), '')"
		" || coalesce((SELECT group_concat(n || step || round || kind || state || "
		"coalesce(actor, '') || coalesce(verdict, '') || opened_at || coalesce(closed_at, "
		"'') || skipped, '\n')"
		"     FROM (SELECT * FROM sys_flow_task WHERE run = (SELECT run FROM at) ORDER BY "
		"n)), '')"
		" || coalesce((SELECT group_concat(seq || act || coalesce(who, '') || step || "
		"round || coalesce(reason, '') || coalesce(note, '') || coalesce(rev, ''), '\n')"
		"     FROM (SELECT * FROM sys_flow_log WHERE run = (SELECT run FROM at) ORDER BY "
		"seq)), '')"
		" || (SELECT rev || coalesce(amount, '') || coalesce(mark, '') || coalesce(state, "
		"'') FROM pay_bill WHERE id = (SELECT record FROM at))"
		" || (SELECT count(*) || ' ' || coalesce(sum(many), 0) FROM notification) || ' ' "
		"|| (SELECT count(*) FROM event) || ' ' || (SELECT count(*) FROM sys_flow_run)";
	return temp_store_text(side->s.store, a,
			       arena_printf(a, sql, (long long)side->run, (long long)record));
}

static struct problem *probe(struct tx *tx, void *arg) {
	(void)arg;
	return tx_exec(tx, "DELETE FROM idempotency WHERE at < 0", NO_PARAMS, NULL);
}

static void wait_until_writing(struct side *side) {
	struct arena *a = arena_new(0);
	for (int i = 0; store_write(side->s.store, LANE_INTERACTIVE, a, probe, NULL); i++) {
		assert_true(i < 6000);
		usleep(10000);
	}
	arena_free(a);
}

/* Until nothing fails any more; whether an answer was lost after the COMMIT is seen by what is
 * stored. */
static void send_through_failures(struct side *side, const struct wish *w, struct arena *a,
				  const char *after) {
	const char *before = told(side, a, w->record);
	for (int n = 1; n < CALLS_MAX; n++) {
		int kind = (int)rnd(8) ? FAULT_IO : rnd(2) ? FAULT_FULL : FAULT_LOST;
		store_fault_at(side->s.store, n, kind);
		struct problem *p = approving_send(side, w, a);
		bool reached = store_fault_at(side->s.store, 0, 0) >= n;
		if (!p) return;
		assert_true(reached);
		wait_until_writing(side);
		if (w->begin && !side->run)
			side->run = temp_store_int(side->s.store,
						   "SELECT coalesce(max(id), 0) FROM sys_flow_run");
		const char *now = told(side, a, w->record);
		if (strcmp(now, after) == 0) return; /* done, only its answer was lost */
		if (w->begin) side->run = 0;
		if (rnd(40) == 0) approving_reopen(side);
		if (!w->begin) assert_string_equal(now, before);
	}
	fail_msg("a command that never passed");
}

/* ---- random commands, as the sound side allows them ---- */

static bool random_wish(struct side *sound, struct arena *a, int64_t record, struct wish *out) {
	static const char *const logins[] = { "", "ann", "bob", "cal", "dan", "eve" };
	static const struct {
		enum act_kind act;
		const char *body;
	} acts[] = { { ACT_APPROVE, "{}" },
		     { ACT_APPROVE, "{\"comment\": \"fine\"}" },
		     { ACT_APPROVE, "{\"fields\": {\"amount\": 70}}" },
		     { ACT_REJECT, "{}" },
		     { ACT_RETURN, "{}" },
		     { ACT_RETURN, "{\"to\": \"first\"}" },
		     { ACT_RESUBMIT, "{\"fields\": {\"amount\": 20}}" },
		     { ACT_RESUBMIT, "{}" },
		     { ACT_TRANSFER, "{\"who\": \"eve\"}" },
		     { ACT_ADD, "{\"who\": [\"dan\"], \"where\": \"before\"}" },
		     { ACT_ADD, "{\"who\": [\"dan\"], \"where\": \"after\"}" },
		     { ACT_ADD, "{\"who\": [\"bob\"], \"where\": \"parallel\"}" },
		     { ACT_DELEGATE, "{\"who\": \"cal\"}" },
		     { ACT_COMPLETE, "{}" },
		     { ACT_TAKE_BACK, "{}" } };
	const char *tasks = temp_store_text(
		sound->s.store, a,
		arena_printf(a,
			     "SELECT group_concat(n || ' ' || actor, ' ') FROM sys_flow_task WHERE "
			     "run = %lld AND state IN ('open', 'done') AND kind <> 'cc'",
			     (long long)sound->run));
	size_t n = 0;
	long pairs[200];
	for (char *at = (char *)(uintptr_t)tasks; at && *at && n < ARRAY_LEN(pairs);)
		pairs[n++] = strtol(at, &at, 10);
	if (n < 2) return false;
	size_t which = rnd((unsigned)n / 2), act = rnd(ARRAY_LEN(acts));
	if (rnd(3)) which = n / 2 - 1;
	*out = (struct wish){ .act = acts[act].act,
			      .body = acts[act].body,
			      .task = pairs[which * 2],
			      .login = logins[pairs[which * 2 + 1]],
			      .record = record };
	return true;
}

static void one_run(struct side *sound, struct side *shaky, int64_t record) {
	struct arena *a = arena_new(0);
	struct wish w = { .begin = true, .login = "ann", .record = record };
	unsigned amount = rnd(100);
	approving_bill(sound, a, record, amount);
	approving_bill(shaky, a, record, amount);
	sound->run = shaky->run = 0;
	assert_ok(approving_send(sound, &w, a));
	send_through_failures(shaky, &w, a, told(sound, a, record));
	assert_string_equal(told(shaky, a, record), told(sound, a, record));
	for (int i = 0; i < COMMANDS; i++) {
		if (!random_wish(sound, a, record, &w)) break;
		clock_set(clock_now() + 1000000);
		struct problem *p = approving_send(sound, &w, a), *same;
		if (p) { /* refused here is refused there */
			same = approving_send(shaky, &w, a);
			assert_non_null(same);
			assert_string_equal(same->code, p->code);
		} else {
			send_through_failures(shaky, &w, a, told(sound, a, record));
		}
		assert_string_equal(told(shaky, a, record), told(sound, a, record));
	}
	arena_free(a);
}

static void every_call_of_every_command_fails(void **state) {
	const char *depth = getenv("TENON_DEPTH");
	int runs = RUNS * (depth ? atoi(depth) : 1);
	struct arena *a = arena_new(0), *b = arena_new(0);
	struct side sound, shaky;
	(void)state;
	clock_set(1800000000000000);
	approving_open(&sound, a);
	approving_open(&shaky, b);
	for (int i = 0; i < runs; i++) one_run(&sound, &shaky, RECORD_BASE + i);
	clock_release();
	sample_close(&sound.s);
	sample_close(&shaky.s);
	arena_free(a);
	arena_free(b);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_call_of_every_command_fails) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
