/* A run whose version cannot be used any more (flow/bare.h): nobody decides in it, what a leaver
 * has of it goes to others, it is moved to a version that can be used, and a record that is deleted
 * takes it along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engines/flow/migrate.h"
#include "engines/form/record_write.h"
#include "runtime/base/clock.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

static struct arena *arena;
static struct side side;

static int set_up(void **state) {
	struct wish begin = { .begin = true, .login = "ann", .record = 1000 };
	(void)state;
	arena = arena_new(0);
	approving_open(&side, arena);
	approving_bill(&side, arena, 1000, 60);
	assert_ok(approving_send(&side, &begin, arena));
	run_sql(side.s.store, "UPDATE sys_flow_def SET hash = 'x', body = '{}'");
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	sample_close(&side.s);
	arena_free(arena);
	return 0;
}

static const char *text(const char *sql) { return temp_store_text(side.s.store, arena, sql); }

static const char tasks[] =
	"SELECT group_concat(step || ' ' || state || COALESCE(' ' || actor, ''), ', ') FROM "
	"(SELECT * FROM sys_flow_task ORDER BY run, n)",
		  state_of[] = "SELECT state FROM sys_flow_run ORDER BY id LIMIT 1";

struct doing {
	struct request *rq;
	const struct migration_wish *wish;
	struct jw *w;
};

static struct problem *leave(struct tx *tx, void *arg) {
	struct doing *d = arg;
	return flow_take_over(tx, d->rq, side.s.store, side.run, 1, 0);
}

static struct problem *fire(struct tx *tx, void *arg) {
	struct doing *d = arg;
	struct flow_firing what = { .run = side.run, .task = 1 };
	bool fired;
	return flow_fire(tx, d->rq, side.s.store, &what, &fired);
}

static struct problem *migrate(struct tx *tx, void *arg) {
	struct doing *d = arg;
	return flow_migrate(tx, d->rq, side.s.store, d->wish, d->w);
}

static struct problem *send(struct problem *(*commit)(struct tx *tx, void *arg),
			    const struct migration_wish *wish) {
	struct request *rq = sample_request(&side.s, "root");
	struct sb out = sb_on(rq->arena, 1 << 16);
	struct jw w = jw_on(&out);
	struct doing d = { rq, wish, &w };
	rq->now_us = clock_now();
	struct problem *p = store_write(side.s.store, LANE_INTERACTIVE, rq->arena, commit, &d);
	p = p ? problem_copy(arena, p) : NULL;
	sample_end(rq);
	return p;
}

static void nobody_decides_in_it(void **state) {
	static const struct wish wishes[] = {
		{ .act = ACT_APPROVE, .task = 1, .login = "ann", .body = "{}" },
		{ .act = ACT_TRANSFER, .task = 1, .login = "ann", .body = "{\"who\": \"cal\"}" },
		{ .act = ACT_DELEGATE, .task = 1, .login = "ann", .body = "{\"who\": \"cal\"}" },
		{ .act = ACT_COMMENT, .login = "ann", .body = "{\"comment\": \"?\"}" },
		{ .act = ACT_WITHDRAW, .login = "ann", .body = "{}" },
		{ .act = ACT_JUMP, .login = "root", .body = "{\"to\": \"first\"}" },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wishes); i++) {
		struct problem *p = approving_send(&side, &wishes[i], arena);
		assert_non_null(p);
		assert_string_equal(p->code, "flow_outdated");
	}
	struct wish end = { .act = ACT_TERMINATE, .login = "ann", .body = "{}" };
	assert_non_null(approving_send(&side, &end, arena));
	struct problem *p = send(fire, NULL);
	assert_non_null(p);
	assert_string_equal(p->code, "flow_outdated");
	assert_string_equal(text(state_of), "running");
	assert_string_equal(text(tasks), "first open 1, first held 2");
	assert_string_equal(text("SELECT count(*) FROM sys_flow_log"), "1");
}

/* Also to who is asked there: nothing is settled, so nothing is joined. */
static void what_a_leaver_has_goes_to_others(void **state) {
	(void)state;
	assert_ok(send(leave, NULL));
	assert_string_equal(text(tasks), "first open 6, first held 2");
	assert_string_equal(text(state_of), "running");
}

/* Which ways were taken, above all: the version may be usable again one day. */
static void what_is_known_of_its_way_stays(void **state) {
	static const char marking[] = "SELECT marking_json FROM sys_flow_run";
	(void)state;
	run_sql(side.s.store, "UPDATE sys_flow_run SET marking_json = replace(marking_json, "
			      "',\"rounds\"', ',\"cases\":{\"large\":[0,2]},\"rounds\"')");
	const char *before = text(marking);
	assert_non_null(strstr(before, "large"));
	assert_ok(send(leave, NULL));
	assert_string_equal(text(tasks), "first open 6, first held 2");
	assert_string_equal(text(marking), before);
}

static void it_is_moved_to_another_version(void **state) {
	struct wish begin = { .begin = true, .login = "ann", .record = 1001 };
	struct wish agree = { .act = ACT_APPROVE, .task = 1, .login = "ann", .body = "{}" };
	const struct migration_wish wish = { .flow = side.s.app->flows[0] };
	int64_t run = side.run;
	(void)state;
	approving_bill(&side, arena, 1001, 60);
	assert_ok(approving_send(&side, &begin, arena)); /* makes version 2 */
	assert_ok(send(migrate, &wish));
	side.run = run;
	assert_ok(approving_send(&side, &agree, arena));
	assert_string_equal(text("SELECT group_concat(version, ' ') FROM sys_flow_run"), "2 2");
	assert_string_equal(text(tasks), "first done 1, first open 2, first open 1, first held 2");
}

static const char waiting_app[] =
	"{'files': {'app.json': {'app': 'pay', 'version': '1', 'label': 'Pay'},"
	"'roles/staff.json': {'role': 'staff', 'label': 'Staff', 'forms': {'bill': {'create': "
	"true, 'read': 'all', 'update': 'all'}}},"
	"'forms/bill.json': {'form': 'bill', 'label': 'Bill', 'title': '{what}', 'fields': "
	"[{'name': 'what', 'label': 'What', 'type': 'text'}]},"
	"'flows/pass.json': {'flow': 'pass', 'form': 'bill', 'label': 'Pass', 'start': {'who': "
	"['role:staff']}, 'steps': [{'id': 'rest', 'kind': 'wait', 'for': '1d'}, {'id': 'first', "
	"'kind': 'approve', 'who': ['user:ann']}]}}}";
static const char waiting_people[] =
	"INSERT INTO sys_user (id, login, label, admin, created_at) VALUES (1, 'ann', 'Ann', 0, "
	"0), "
	"(6, 'root', 'Root', 1, 0); INSERT INTO sys_user_role (user_id, app, role) VALUES (1, "
	"'pay', "
	"'staff'); UPDATE meta SET value = value + 1 WHERE key = 'epoch';";

/* Its moment came while nothing could be done, so it was put aside (sql_flow_due_never). */
static void a_wait_that_was_put_aside_goes_on_when_it_is_moved(void **state) {
	struct wish begin = { .begin = true, .login = "ann", .record = 1000 };
	(void)state;
	sample_close(&side.s);
	approving_open_app(&side, arena, waiting_app, waiting_people);
	run_sql(side.s.store, "INSERT INTO pay_bill (id, rev, created_at, updated_at, what) VALUES "
			      "(1000, 1, 0, 0, 'x'), (1001, 1, 0, 0, 'y')");
	assert_ok(approving_send(&side, &begin, arena));
	int64_t run = side.run;
	run_sql(side.s.store, "UPDATE sys_flow_def SET hash = 'x', body = '{}'");
	run_sql(side.s.store, "UPDATE sys_flow_task SET next_at = NULL");
	begin.record = 1001;
	assert_ok(approving_send(&side, &begin, arena)); /* makes version 2 */
	const struct migration_wish wish = { .flow = side.s.app->flows[0] };
	assert_ok(send(migrate, &wish));
	assert_string_equal(text("SELECT group_concat(next_at = due_at, ' ') FROM sys_flow_task"),
			    "1 1");
	side.run = run;
	assert_ok(send(fire, NULL));
	assert_string_equal(text(tasks), "rest done, first open 1, rest open");
}

static void a_record_that_is_deleted_takes_it_along(void **state) {
	struct request *rq = sample_request(&side.s, "root");
	struct write w = {
		.op = WRITE_DELETE, .form = side.s.app->forms[0], .id = 1000, .if_match = -1
	};
	(void)state;
	static const struct record_listener *const listening[] = { &flow_listener, NULL };
	record_listeners(listening);
	assert_ok(record_write(rq, side.s.store, LANE_INTERACTIVE, &w));
	sample_end(rq);
	assert_string_equal(text(state_of), "terminated");
	assert_string_equal(text(tasks), "first void 1, first void 2");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(nobody_decides_in_it),
		TEST(what_a_leaver_has_goes_to_others),
		TEST(what_is_known_of_its_way_stays),
		TEST(it_is_moved_to_another_version),
		TEST(a_wait_that_was_put_aside_goes_on_when_it_is_moved),
		TEST(a_record_that_is_deleted_takes_it_along),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
