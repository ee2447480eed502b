/* proxies.h: whose turn it is (chains, loops, disabled people, days, flows), what may not overlap,
 * telling who stands in on the first day once, also when store calls fail; what a hand-over makes
 * of them. P05. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "engines/form/hand_over.h"
#include "runtime/base/day.h"
#include "runtime/store/apps.h"
#include "runtime/store/proxies.h"
#include "tests/support/people.h"

static void people_in(struct people *f) { assert_string_equal(people_import(f, people_file), ""); }

static int32_t id_of(struct people *f, const char *login) {
	return (int32_t)people_number(
		f, arena_printf(f->arena, "SELECT id FROM sys_user WHERE login = '%s'", login));
}

struct adding {
	struct proxy p;
	enum proxy_refusal refusal;
};
static struct problem *add_commit(struct tx *tx, void *arg) {
	struct adding *a = arg;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return proxy_add(tx, &a->p, &a->refusal);
}

/* Days count from 20000 on; until 0: no end. */
static enum proxy_refusal add(struct people *f, const char *from, const char *to, int64_t since,
			      int64_t until, const char *flows) {
	struct adding a = { .p = { .id = store_new_id(f->store),
				   .from = id_of(f, from),
				   .to = id_of(f, to),
				   .since = 20000 + since,
				   .until = until ? 20000 + until : PROXY_OPEN,
				   .flows = flows } };
	a.p.begins_us = a.p.since * DAY_US;
	if (until) a.p.ends_us = (a.p.until + 1) * DAY_US;
	assert_ok(store_write(f->store, LANE_INTERACTIVE, f->arena, add_commit, &a));
	return a.refusal;
}

static void release(void *people) { directory_release(people); }

/* "zhang>li>wang=wang", "...=loop", "...=-" */
static const char *turn(struct people *f, const char *login, const char *flow, int64_t day) {
	struct tx *tx;
	struct problem *p = NULL;
	struct proxy_answer r;
	struct sb out = sb_on(f->arena, 1000);
	assert_ok(tx_read(f->store, f->arena, &tx));
	struct directory *people = people_take(f->store, tx, &p);
	assert_ok(p);
	arena_defer(f->arena, release, people);
	assert_ok(tx_end(tx, proxy_resolve(tx, people, directory_user(people, str_of(login)), flow,
					   20000 + day, &r)));
	for (size_t i = 0; i < r.n; i++) sb_printf(&out, "%s%s", i ? ">" : "", r.chain[i]->login);
	sb_printf(&out, "=%s", r.loop ? "loop" : r.asked ? r.asked->login : "-");
	assert_false(r.loop && r.asked);
	return sb_cstr(&out);
}

static void the_last_of_a_chain_is_asked(void **state) {
	struct people *f = *state;
	people_in(f);
	assert_string_equal(turn(f, "zhang", "crm/quote", 5), "zhang=zhang");
	assert_int_equal(add(f, "zhang", "li", 1, 10, ""), PROXY_FINE);
	assert_string_equal(turn(f, "zhang", "crm/quote", 0), "zhang=zhang");
	assert_string_equal(turn(f, "zhang", "crm/quote", 1), "zhang>li=li");
	assert_string_equal(turn(f, "zhang", "crm/quote", 10), "zhang>li=li");
	assert_string_equal(turn(f, "zhang", "crm/quote", 11), "zhang=zhang");
	assert_int_equal(add(f, "li", "wang", 3, 0, ""), PROXY_FINE);
	assert_string_equal(turn(f, "zhang", "crm/quote", 2), "zhang>li=li");
	assert_string_equal(turn(f, "zhang", "crm/quote", 3), "zhang>li>wang=wang");
	assert_string_equal(turn(f, "li", "crm/quote", 3000), "li>wang=wang");
	assert_int_equal(add(f, "wang", "zhang", 5, 6, ""), PROXY_FINE);
	assert_string_equal(turn(f, "zhang", "crm/quote", 5), "zhang>li>wang=loop");
	assert_string_equal(turn(f, "wang", "crm/quote", 7), "wang=wang");
}

static void a_flow_that_is_named_goes_before_all(void **state) {
	struct people *f = *state;
	people_in(f);
	assert_int_equal(add(f, "zhang", "li", 1, 10, " crm/quote crm/invoice "), PROXY_FINE);
	assert_string_equal(turn(f, "zhang", "crm/quot", 5), "zhang=zhang");
	assert_string_equal(turn(f, "zhang", "crm/invoice", 5), "zhang>li=li");
	assert_int_equal(add(f, "zhang", "wang", 1, 10, ""), PROXY_FINE);
	assert_string_equal(turn(f, "zhang", "crm/invoice", 5), "zhang>li=li");
	assert_string_equal(turn(f, "zhang", "crm/contract", 5), "zhang>wang=wang");
	/* What could not be told apart is refused and not stored. */
	assert_int_equal(add(f, "zhang", "wang", 10, 12, " crm/seal crm/quote "), PROXY_OVERLAPS);
	assert_int_equal(add(f, "zhang", "li", 0, 1, ""), PROXY_OVERLAPS);
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_flow_proxy"), 2);
	assert_int_equal(add(f, "zhang", "li", 11, 0, ""), PROXY_FINE);
	assert_int_equal(add(f, "zhang", "li", 99999, 0, ""), PROXY_OVERLAPS);
}

static void who_is_disabled_is_not_asked(void **state) {
	struct people *f = *state;
	people_in(f);
	assert_int_equal(add(f, "zhang", "li", 1, 0, ""), PROXY_FINE);
	assert_int_equal(add(f, "li", "wang", 1, 5, ""), PROXY_FINE);
	people_sql(f, "UPDATE sys_user SET active = 0 WHERE login = 'li'; UPDATE meta SET value = "
		      "value + 1 WHERE key = 'epoch'");
	assert_string_equal(turn(f, "zhang", "crm/quote", 5), "zhang>li>wang=wang");
	assert_string_equal(turn(f, "zhang", "crm/quote", 6), "zhang>li=zhang");
	assert_string_equal(turn(f, "li", "crm/quote", 6), "li=-");
	assert_string_equal(turn(f, "li", "crm/quote", 5), "li>wang=wang");
}

static int64_t told(struct people *f, int64_t now_day) {
	size_t done = 0;
	assert_ok(proxy_due.run(f->store, f->arena, (20000 + now_day) * DAY_US, 64, &done));
	return (int64_t)done;
}

static int64_t next_us(struct people *f) {
	struct tx *tx;
	int64_t at;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, proxy_due.next(tx, &at)));
	return at;
}

static void who_stands_in_is_told_once(void **state) {
	struct people *f = *state;
	people_in(f);
	assert_int_equal(next_us(f), INT64_MAX);
	assert_int_equal(add(f, "zhang", "li", 3, 4, ""), PROXY_FINE);
	assert_int_equal(add(f, "wang", "li", 1, 0, ""), PROXY_FINE);
	assert_int_equal(next_us(f), 20001 * DAY_US);
	assert_int_equal(told(f, 0), 0);
	assert_int_equal(told(f, 2), 1);
	assert_int_equal(told(f, 2), 0);
	assert_int_equal(told(f, 30), 1);
	assert_int_equal(next_us(f), INT64_MAX);
	assert_int_equal(
		people_number(
			f, "SELECT count(*) FROM notification WHERE kind = 'proxy' AND many = 1"),
		2);
	assert_string_equal(
		people_cell(f, "SELECT text FROM notification ORDER BY id DESC LIMIT 1"),
		"2024-10-07 – 2024-10-08");
}

struct returning {
	struct people *f;
	int64_t now_us;
	bool end, found;
	struct proxy p;
};
static struct problem *return_commit(struct tx *tx, void *arg) {
	struct returning *r = arg;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(proxy_returns(tx, r->now_us, &r->p, &r->found));
	return r->found ? proxy_returned(tx, r->p.id) : NULL;
}
static struct problem *end_commit(struct tx *tx, void *arg) {
	struct returning *r = arg;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return proxy_end(tx, people_number(r->f, "SELECT max(id) FROM sys_flow_proxy"), r->now_us);
}

static bool returns_at(struct people *f, int64_t now_us) {
	struct returning r = { .f = f, .now_us = now_us };
	assert_ok(store_write(f->store, LANE_INTERACTIVE, f->arena, return_commit, &r));
	return r.found;
}

/* At its own midnight, and once more when its last day is over in every zone: a flow of an app
 * whose day ends later still asked who stands in. */
static void what_it_brought_is_looked_for_until_its_day_is_over_everywhere(void **state) {
	struct people *f = *state;
	int64_t midnight = 20005 * DAY_US, last = midnight + DAY_US / 2;
	struct returning end = { .f = f, .now_us = 20003 * DAY_US };
	people_in(f);
	assert_int_equal(add(f, "zhang", "li", 1, 4, ""), PROXY_FINE);
	assert_false(returns_at(f, midnight - 1));
	assert_true(returns_at(f, midnight));
	assert_false(returns_at(f, last - 1));
	assert_true(returns_at(f, last));
	assert_false(returns_at(f, INT64_MAX));
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_flow_proxy"), 1);
	/* Ended by hand it is over at once. */
	assert_int_equal(add(f, "wang", "li", 1, 4, ""), PROXY_FINE);
	assert_ok(store_write(f->store, LANE_INTERACTIVE, f->arena, end_commit, &end));
	assert_true(returns_at(f, end.now_us));
	assert_false(returns_at(f, INT64_MAX));
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_flow_proxy"), 1);
}

/* Every store call of the telling fails once, before it and after its commit. */
static void telling_survives_failures(void **state) {
	struct people *f = *state;
	people_in(f);
	for (int kind = 0; kind < 3; kind += 2) {
		bool reached = true;
		for (int n = 1; reached && n < 60; n++) {
			size_t done;
			people_sql(f, "DELETE FROM sys_flow_proxy; DELETE FROM notification");
			assert_int_equal(add(f, "zhang", "li", 1, 0, ""), PROXY_FINE);
			store_fault_at(f->store, n, kind);
			struct problem *p =
				proxy_due.run(f->store, f->arena, 20001 * DAY_US, 64, &done);
			reached = store_fault_at(f->store, 0, 0) >= n;
			assert_true(!p || reached);
			assert_true(people_number(f, "SELECT count(*) FROM notification") <= 1);
			for (int i = 0;
			     proxy_due.run(f->store, f->arena, 20001 * DAY_US, 64, &done); i++) {
				assert_true(i < 6000);
				usleep(10000);
			}
			assert_int_equal(
				people_number(f,
					      "SELECT count(*) FROM notification WHERE many = 1"),
				1);
		}
		assert_false(reached);
	}
}

/* What he stood in for, another does; nobody comes to stand in for himself. */
static void a_hand_over_takes_them_along(void **state) {
	struct people *f = *state;
	struct tx *tx;
	struct problem *p = NULL;
	people_in(f);
	assert_int_equal(add(f, "zhang", "li", 1, 0, ""), PROXY_FINE);
	assert_int_equal(add(f, "wang", "li", 1, 0, ""), PROXY_FINE);
	assert_int_equal(add(f, "li", "zhang", 1, 0, " crm/quote "), PROXY_FINE);
	assert_int_equal(add(f, "zhang", "li", -9, -8, " crm/old "), PROXY_FINE);
	while (returns_at(f, 20000 * DAY_US)) continue;
	assert_int_equal(told(f, 2), 4);
	assert_ok(tx_read(f->store, f->arena, &tx));
	struct directory *people = people_take(f->store, tx, &p);
	assert_ok(tx_end(tx, p));
	arena_defer(f->arena, release, people);
	struct request rq = f->operator;
	rq.directory = people;
	struct hand_over h = { .from = directory_user(people, STR("li")),
			       .to = directory_user(people, STR("wang")) };
	assert_ok(hand_over_links(&rq, f->store, &h));
	assert_string_equal(turn(f, "zhang", "crm/contract", 2), "zhang>wang=wang");
	assert_string_equal(turn(f, "wang", "crm/contract", 2), "wang=wang");
	assert_string_equal(turn(f, "li", "crm/quote", 2), "li>zhang>wang=wang");
	/* One that was over stays what it was. One that is over by this, too: what it brought goes
	 * back. Who stands in now is told, of the one there is. */
	assert_int_equal(people_number(f,
				       "SELECT count(*) FROM sys_flow_proxy p JOIN sys_user u ON "
				       "u.id = p.to_user WHERE u.login = 'li' AND until > since"),
			 1);
	assert_true(returns_at(f, 20002 * DAY_US));
	assert_false(returns_at(f, INT64_MAX));
	assert_int_equal(people_number(f, "SELECT count(*) FROM sys_flow_proxy"), 3);
	assert_int_equal(told(f, 2), 1);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, people_setup, people_teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(the_last_of_a_chain_is_asked),
		TEST(a_flow_that_is_named_goes_before_all),
		TEST(who_is_disabled_is_not_asked),
		TEST(who_stands_in_is_told_once),
		TEST(what_it_brought_is_looked_for_until_its_day_is_over_everywhere),
		TEST(telling_survives_failures),
		TEST(a_hand_over_takes_them_along),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
