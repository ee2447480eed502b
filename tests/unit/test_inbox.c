/* The boxes of one person: what a title shows him (all records of a page at once, and each alone
 * must say the same), what he finds by typing, runs that cannot go on, order by time, and a store
 * of an earlier program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "runtime/base/clock.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

static const char app_text[] =
	"{'files': {"
	"'app.json': {'app': 'pay', 'version': '1', 'label': 'Pay', 'timezone': 'Asia/Shanghai'},"
	"'roles/staff.json': {'role': 'staff', 'label': 'Staff', 'forms': {'bill': {'create': "
	"true, 'read': 'all', 'update': 'all'}, 'note': {'create': true, 'read': 'all', 'update': "
	"'all'}}},"
	"'roles/blind.json': {'role': 'blind', 'label': 'Blind', 'forms': {'bill': {'read': 'all', "
	"'fields': {'what': 'hidden'}}}},"
	"'roles/own.json': {'role': 'own', 'label': 'Own', 'forms': {'bill': {'read': 'own'}}},"
	"'roles/half.json': {'role': 'half', 'label': 'Half', 'forms': {'bill': {'read': 'own', "
	"'fields': {'secret': 'hidden'}}}},"
	"'forms/bill.json': {'form': 'bill', 'label': 'Bill', 'title': '{what}', 'fields': "
	"[{'name': 'what', 'label': 'What', 'type': 'text'}, {'name': 'secret', 'label': 'Secret', "
	"'type': 'text'}]},"
	"'forms/note.json': {'form': 'note', 'label': 'Note', 'title': '{text}', 'fields': "
	"[{'name': 'text', 'label': 'Text', 'type': 'text'}]},"
	"'flows/ask.json': {'flow': 'ask', 'form': 'bill', 'label': {'zh-CN': '付款', 'en': "
	"'Paying'}, 'start': {'who': ['role:staff']}, 'steps': [{'id': 'all', 'kind': 'approve', "
	"'mode': 'all', 'who': ['user:bob', 'user:cal', 'user:dan', 'user:eve']}]},"
	"'flows/more.json': {'flow': 'more', 'form': 'note', 'label': 'More', 'start': {'who': "
	"['role:staff']}, 'steps': [{'id': 'one', 'kind': 'approve', 'who': ['user:bob']}]}}}";

/* bob has no role at all, cal may not see what titles are made of, dan only what is his, eve that
 * and not all of it. */
static const char people_sql[] =
	"INSERT INTO sys_user (id, login, label, created_at) VALUES (1, 'ann', '安娜', 0), (2, "
	"'bob', 'Bob', 0), (3, 'cal', 'Cal', 0), (4, 'dan', 'Dan', 0), (5, 'eve', 'Eve', 0);"
	"INSERT INTO sys_user (id, login, label, admin, created_at) VALUES (6, 'root', 'Root', 1, "
	"0);"
	"INSERT INTO sys_user_role (user_id, app, role) VALUES (1, 'pay', 'staff'), (3, 'pay', "
	"'blind'), (4, 'pay', 'own'), (5, 'pay', 'half');"
	"UPDATE meta SET value = value + 1 WHERE key = 'epoch';";

enum { BILLS = 7, FIRST = 1000 };

static struct arena *arena;
static struct side side;

static void start(const char *flow, int64_t record, const char *json) {
	const struct flow *f = app_flow(side.s.app, str_of(flow));
	struct wish w = { .begin = true, .login = "ann", .record = record, .flow = f };
	sample_insert(&side.s, f->form, record, json);
	assert_ok(approving_send(&side, &w, arena));
}

static int set_up(void **state) {
	(void)state;
	arena = arena_new(0);
	approving_open_app(&side, arena, app_text, people_sql);
	for (int i = 0; i < BILLS; i++)
		start("ask", FIRST + i,
		      arena_printf(arena,
				   "{\"what\": \"投影仪 %d\", \"secret\": \"gold\", \"owner\": "
				   "\"%s\"}",
				   i, i == 3 ? "eve" : "ann"));
	start("more", FIRST + BILLS, "{\"text\": \"幕布\", \"owner\": \"ann\"}");
	return 0;
}

static int tear_down(void **state) {
	(void)state;
	sample_close(&side.s);
	arena_free(arena);
	return 0;
}

static const struct json *todo(struct request *rq, const char *q) {
	const struct box_query box = { .box = BOX_TODO, .limit = 50, .q = str_of(q) };
	return json_get(approving_box(&side, rq, &box), "tasks");
}

/* The title the task itself shows; it must be that of the list. */
static void check_alone(struct request *rq, const struct json *task) {
	struct sb out = sb_on(rq->arena, 1 << 20);
	struct jw w = jw_on(&out);
	const struct json *alone;
	int64_t run, n;
	struct tx *tx;
	assert_true(flow_task_parse(json_str(json_get(task, "id")), &run, &n));
	assert_ok(tx_read(side.s.store, rq->arena, &tx));
	assert_ok(tx_end(tx, flow_task_json(tx, rq, side.s.store, run, n, &w)));
	assert_ok(json_parse(rq->arena, sb_str(&out), &json_limits_request, &alone));
	const struct json *a = json_get(alone, "title"), *b = json_get(task, "title");
	assert_int_equal(a->kind, b->kind);
	assert_true(a->kind == JSON_NULL || str_eq(json_str(a), json_str(b)));
}

static const struct json *titled(const struct json *tasks, int64_t record) {
	int64_t of;
	for (uint32_t i = 0; i < tasks->n; i++)
		if (json_int(json_get(&tasks->items[i], "record"), &of) && of == record)
			return json_get(&tasks->items[i], "title");
	fail();
	return NULL;
}

static void titles_are_what_each_may_see(void **state) {
	/* of a bill of ann's, of eve's own, of the note; NULL: hidden; - : not asked */
	static const struct {
		const char *login, *others, *eves, *note;
	} rows[] = { { "bob", "投影仪 1", "投影仪 3", "幕布" },
		     { "cal", "1001", "1003", "-" },
		     { "dan", "投影仪 1", "投影仪 3", "-" },
		     { "eve", NULL, "投影仪 3", "-" } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct request *rq = sample_request(&side.s, rows[i].login);
		const struct json *tasks = todo(rq, "");
		const char *const wanted[] = { rows[i].others, rows[i].eves, rows[i].note };
		const int64_t of[] = { FIRST + 1, FIRST + 3, FIRST + BILLS };
		assert_int_equal(tasks->n, BILLS + (i == 0));
		for (uint32_t k = 0; k < tasks->n; k++) check_alone(rq, &tasks->items[k]);
		for (size_t k = 0; k < ARRAY_LEN(of) && (k < 2 || i == 0); k++) {
			const struct json *title = titled(tasks, of[k]);
			if (wanted[k])
				assert_true(str_is(json_str(title), wanted[k]));
			else
				assert_int_equal(title->kind, JSON_NULL);
		}
		sample_end(rq);
	}
}

static void only_what_is_shown_is_found(void **state) {
	static const struct {
		const char *login, *q;
		uint32_t n;
	} rows[] = {
		{ "bob", "投影", BILLS },    { "bob", "tyy 3", 1 },
		{ "bob", "touying", BILLS }, { "bob", "幕布", 1 },
		{ "bob", "gold", 0 },        { "bob", "付款 投影仪", BILLS },
		{ "bob", "PAYING", BILLS },  { "bob", "anna 幕布", 1 },
		{ "bob", "投影 幕布", 0 },   { "cal", "投影", 0 },
		{ "cal", "付款", BILLS },    { "eve", "投影", 1 },
		{ "eve", "gold", 0 },        { "dan", "投影", BILLS },
		{ "ann", "投影", 0 },
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct request *rq = sample_request(&side.s, rows[i].login);
		uint32_t n = todo(rq, rows[i].q)->n;
		if (n != rows[i].n) print_error("%s: %s\n", rows[i].login, rows[i].q);
		assert_int_equal(n, rows[i].n);
		sample_end(rq);
	}
}

/* One run that cannot go on closes nobody's inbox: it is listed, with nothing to do. */
static void a_version_that_is_gone_is_listed(void **state) {
	(void)state;
	run_sql(side.s.store, "UPDATE sys_flow_def SET hash = 'x', body = '{}' WHERE flow = "
			      "(SELECT flow FROM sys_flow_run ORDER BY id DESC LIMIT 1)");
	struct request *rq = sample_request(&side.s, "bob");
	const struct json *tasks = todo(rq, "");
	uint32_t gone = 0;
	assert_int_equal(tasks->n, BILLS + 1);
	for (uint32_t i = 0; i < tasks->n; i++) {
		bool bare = json_get(&tasks->items[i], "title")->kind == JSON_NULL;
		gone += bare;
		assert_int_equal(json_get(&tasks->items[i], "actions")->n == 0, bare);
	}
	assert_int_equal(gone, 1);
	int64_t n;
	assert_true(json_int(json_get(approving_counts(&side, rq), "todo"), &n) && n == BILLS + 1);
	sample_end(rq);
}

static const struct json *approvals_of(struct request *rq, int64_t record) {
	struct sb out = sb_on(rq->arena, 1 << 20);
	struct jw w = jw_on(&out);
	const struct json *answer;
	struct tx *tx;
	const struct form *form = app_form(side.s.app, STR("note"));
	assert_ok(tx_read(side.s.store, rq->arena, &tx));
	assert_ok(tx_end(tx, flow_of_record_json(tx, rq, side.s.store, form, record, &w)));
	assert_ok(json_parse(rq->arena, sb_str(&out), &json_limits_request, &answer));
	return answer;
}

static const char *refused_task(const char *run) {
	struct request *rq = sample_request(&side.s, "ann");
	struct sb out = sb_on(rq->arena, 1 << 20);
	struct jw w = jw_on(&out);
	struct tx *tx;
	int64_t id = temp_store_int(side.s.store, arena_printf(arena, "SELECT %s", run));
	assert_ok(tx_read(side.s.store, rq->arena, &tx));
	struct problem *p = tx_end(tx, flow_task_json(tx, rq, side.s.store, id, 0, &w));
	const char *code = p ? arena_strdup(arena, p->code) : "";
	sample_end(rq);
	return code;
}

static const char *def_of_more(const char *set) {
	return arena_printf(arena,
			    "UPDATE sys_flow_def SET %s WHERE version = 1 AND flow = (SELECT flow "
			    "FROM sys_flow_run ORDER BY id LIMIT 1 OFFSET %d)",
			    set, BILLS);
}

/* A run that cannot go on: it is listed with the others and says why, nobody decides in it, who
 * administers ends it. */
static void a_version_that_is_gone_is_read_and_ended(void **state) {
	struct wish decide = { .act = ACT_APPROVE, .task = 1, .login = "bob", .body = "{}" };
	struct wish end = { .act = ACT_TERMINATE, .login = "root", .body = "{}" };
	(void)state;
	run_sql(side.s.store, def_of_more("hash = 'x', body = '{}'"));
	struct problem *p = approving_send(&side, &decide, arena);
	assert_non_null(p);
	assert_string_equal(p->code, "flow_outdated");
	struct request *rq = sample_request(&side.s, "ann");
	const struct json *runs = json_get(approvals_of(rq, FIRST + BILLS), "runs");
	assert_int_equal(runs->n, 1);
	assert_true(json_str(json_get(&runs->items[0], "unusable")).n > 0);
	assert_true(str_is(json_str(json_get(&runs->items[0], "label")), "More"));
	assert_int_equal(json_get(&runs->items[0], "open")->n, 1);
	assert_int_equal(json_get(&runs->items[0], "log")->n, 1);
	assert_int_equal(json_get(&runs->items[0], "actions")->n, 0);
	sample_end(rq);
	rq = sample_request(&side.s, "root");
	runs = json_get(approvals_of(rq, FIRST + BILLS), "runs");
	assert_int_equal(json_get(&runs->items[0], "actions")->n, 1);
	sample_end(rq);
	assert_ok(approving_send(&side, &end, arena));
	assert_string_equal("terminated void 1",
			    temp_store_text(side.s.store, arena,
					    "SELECT r.state || ' ' || t.state || ' ' || "
					    "(t.step <> 'start') FROM sys_flow_run r JOIN "
					    "sys_flow_task t ON t.run = r.id ORDER BY r.id DESC "
					    "LIMIT 1"));
	struct wish again = { .begin = true,
			      .login = "ann",
			      .record = FIRST + BILLS,
			      .flow = app_flow(side.s.app, STR("more")) };
	assert_ok(approving_send(&side, &again, arena));
	rq = sample_request(&side.s, "ann");
	runs = json_get(approvals_of(rq, FIRST + BILLS), "runs");
	assert_int_equal(runs->n, 2);
	assert_null(json_get(&runs->items[0], "unusable"));
	assert_int_equal(json_get(&runs->items[0], "open")->n, 1);
	/* Of one that has ended there is nothing to be done about it. */
	assert_true(str_is(json_str(json_get(&runs->items[1], "state")), "terminated"));
	assert_null(json_get(&runs->items[1], "unusable"));
	sample_end(rq);
	assert_string_equal(refused_task("(SELECT min(id) FROM sys_flow_run WHERE state = "
					 "'terminated')"),
			    "flow_past");
}

/* That a text does not compile is found once in the life of an app. */
static void what_does_not_compile_is_not_tried_again(void **state) {
	struct wish decide = { .act = ACT_APPROVE, .task = 1, .login = "bob", .body = "{}" };
	(void)state;
	run_sql(side.s.store, def_of_more("hash = 'x', body = '{}' || body"));
	assert_non_null(approving_send(&side, &decide, arena));
	run_sql(side.s.store, def_of_more("body = substr(body, 3)"));
	assert_non_null(approving_send(&side, &decide, arena));
	struct flow_kept *kept = side.s.app->kept;
	side.s.app->kept = flow_kept_new(arena); /* an app as it is loaded again */
	assert_ok(approving_send(&side, &decide, arena));
	side.s.app->kept = kept;
}

/* A row found by typing is the row as it stands in the list. */
static void what_is_found_is_whole(void **state) {
	(void)state;
	struct request *rq = sample_request(&side.s, "bob");
	const struct json *all = todo(rq, ""), *found = todo(rq, "幕布");
	struct sb left = sb_on(rq->arena, 1 << 16), right = sb_on(rq->arena, 1 << 16);
	struct jw l = jw_on(&left), r = jw_on(&right);
	assert_int_equal(found->n, 1);
	jw_json(&l, &all->items[BILLS]);
	jw_json(&r, &found->items[0]);
	assert_string_equal(sb_cstr(&left), sb_cstr(&right));
	sample_end(rq);
}

/* Runs brought in later may have begun earlier. */
static void what_one_started_is_by_time(void **state) {
	const struct box_query box = { .box = BOX_STARTED, .limit = 50 };
	(void)state;
	run_sql(side.s.store,
		"UPDATE sys_flow_run SET started_at = 5000000 WHERE id = (SELECT max(id) "
		"FROM sys_flow_run)");
	struct request *rq = sample_request(&side.s, "ann");
	const struct json *tasks = json_get(approving_box(&side, rq, &box), "tasks");
	int64_t last;
	assert_int_equal(tasks->n, BILLS + 1);
	assert_true(json_int(json_get(&tasks->items[BILLS], "record"), &last));
	assert_int_equal(last, FIRST + BILLS);
	for (uint32_t i = 0; i + 1 < tasks->n; i++)
		assert_true(str_cmp(json_str(json_get(&tasks->items[i], "since")),
				    json_str(json_get(&tasks->items[i + 1], "since"))) >= 0);
	sample_end(rq);
}

/* The program before this one kept sort_at of tasks that were over. */
static void an_earlier_store_counts_alike(void **state) {
	struct wish w = { .act = ACT_APPROVE, .task = 1, .login = "bob", .body = "{}" };
	int64_t n;
	(void)state;
	assert_ok(approving_send(&side, &w, arena)); /* the note: bob's last is over */
	run_sql(side.s.store, "UPDATE sys_flow_task SET sort_at = 9000000000000000");
	run_sql(side.s.store, "UPDATE meta SET value = 5 WHERE key = 'schema'");
	approving_reopen(&side);
	struct request *rq = sample_request(&side.s, "bob");
	assert_int_equal(todo(rq, "")->n, BILLS);
	assert_true(json_int(json_get(approving_counts(&side, rq), "todo"), &n) && n == BILLS);
	sample_end(rq);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(titles_are_what_each_may_see, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_what_is_shown_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_version_that_is_gone_is_listed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_version_that_is_gone_is_read_and_ended, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_does_not_compile_is_not_tried_again, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_found_is_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_one_started_is_by_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_earlier_store_counts_alike, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
