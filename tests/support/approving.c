#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/base/clock.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

static const char app_text[] =
	"{'files': {"
	"'app.json': {'app': 'pay', 'version': '1', 'label': 'Pay', 'timezone': 'Asia/Shanghai'},"
	"'enums/state.json': {'enum': 'state', 'label': 'State', 'values': [{'value': 'draft', "
	"'label': 'd'}, {'value': 'asked', 'label': 'a'},"
	" {'value': 'good', 'label': 'g'}, {'value': 'bad', 'label': 'b'}]},"
	"'roles/staff.json': {'role': 'staff', 'label': 'Staff', 'forms': {'bill': {'create': "
	"true, 'read': 'all', 'update': 'all'}}},"
	"'forms/bill.json': {'form': 'bill', 'label': 'Bill', 'title': '{what}', 'fields': "
	"[{'name': 'what', 'label': 'What', 'type': 'text'},"
	" {'name': 'amount', 'label': 'Amount', 'type': 'integer'}, {'name': 'mark', 'label': "
	"'Mark', 'type': 'text'},"
	" {'name': 'state', 'label': 'State', 'type': 'enum', 'enum': 'state', 'default': "
	"'\\\"draft\\\"'}]},"
	"'flows/pass.json': {'flow': 'pass', 'form': 'bill', 'label': 'Pass', 'start': {'who': "
	"['role:staff']},"
	" 'settings': {'withdraw': 'always', 'resubmit': 'to_returner'},"
	" 'states': {'start': 'asked', 'approved': 'good', 'rejected': 'bad', 'returned': 'draft', "
	"'withdrawn': 'draft'},"
	" 'steps': [{'id': 'first', 'kind': 'approve', 'who': ['user:ann', 'user:bob'], 'mode': "
	"'order', 'fields': {'amount': 'edit'}, 'due': '2wd', 'on_due': ['reject'],"
	"   'allow': ['add_before', 'add_after', 'transfer', 'return', 'delegate', 'take_back']},"
	"  {'id': 'mark', 'kind': 'act', 'do': [{'set': {'mark': '\\\"passed\\\"'}}]},"
	"  {'id': 'both', 'kind': 'parallel', 'branches': [{'steps': [{'id': 'left', 'kind': "
	"'approve', 'who': ['user:cal', 'user:dan'], 'mode': 'all',"
	"    'allow': ['return', 'add_parallel'], 'return_to': ['start', 'first']}]},"
	"   {'steps': [{'id': 'band', 'kind': 'branch', 'cases': [{'when': 'amount < 50', 'steps': "
	"[]}, {'else': true, 'steps': ["
	"     {'id': 'right', 'kind': 'approve', 'who': ['user:eve'], 'allow': ['return']}]}]}]}]},"
	"  {'id': 'tell', 'kind': 'cc', 'who': ['starter', 'user:bob']}]}}}";

static const char people_sql[] =
	"INSERT INTO sys_user (id, login, label, created_at) VALUES (1, 'ann', 'Ann', 0), (2, "
	"'bob', 'Bob', 0), (3, 'cal', 'Cal', 0), (4, 'dan', 'Dan', 0),"
	" (5, 'eve', 'Eve', 0); INSERT INTO sys_user (id, login, label, admin, created_at) VALUES "
	"(6, 'root', 'Root', 1, 0); INSERT INTO sys_user_role (user_id, app, role) VALUES (1, "
	"'pay', 'staff');"
	"UPDATE meta SET value = value + 1 WHERE key = 'epoch';";

static void open_in(struct side *side, struct arena *a, const char *folder, const char *app,
		    const char *people) {
	side->run = 0;
	sample_open_in(&side->s, a, folder, quotes(a, app), false);
	sample_people(&side->s, people);
}

void approving_open_in(struct side *side, struct arena *a, const char *folder) {
	open_in(side, a, folder, app_text, people_sql);
}

void approving_open_app(struct side *side, struct arena *a, const char *app, const char *people) {
	open_in(side, a, temp_folder(a), app, people);
}

void approving_open(struct side *side, struct arena *a) {
	approving_open_in(side, a, temp_folder(a));
}

void approving_reopen(struct side *side) {
	const char *folder = arena_strdup(side->s.arena, store_folder(side->s.store));
	store_close(side->s.store);
	side->s.store = temp_store(side->s.arena, folder);
}

struct doing {
	struct side *side;
	const struct wish *wish;
	struct request *rq;
	struct run *run;
};

static struct problem *commit(struct tx *tx, void *arg) {
	struct doing *d = arg;
	const struct wish *w = d->wish;
	struct flow_call call = { .run = d->side->run, .task = w->task, .act = w->act };
	struct flow_start start = { .flow = w->flow ? w->flow : d->side->s.app->flows[0],
				    .record = w->record,
				    .starter = d->rq->actor };
	d->rq->door = DOOR_API;
	if (w->begin) return flow_start(tx, d->rq, d->side->s.store, &start, &d->run);
	TRY(json_parse(d->rq->arena, str_of(w->body), &json_limits_request, &call.body));
	return flow_call(tx, d->rq, d->side->s.store, &call, &d->run);
}

struct problem *approving_send(struct side *side, const struct wish *w, struct arena *keep) {
	struct request *rq = sample_request(&side->s, w->login);
	struct doing d = { side, w, rq, NULL };
	rq->now_us = clock_now();
	struct problem *p = store_write(side->s.store, LANE_INTERACTIVE, rq->arena, commit, &d);
	if (!p && w->begin) side->run = d.run->id;
	p = p ? problem_copy(keep, p) : NULL;
	sample_end(rq);
	return p;
}

enum { ANSWER_MAX = 1 << 22 };

static const struct json *parsed(struct request *rq, struct sb *answer) {
	const struct json *out;
	assert_ok(json_parse(rq->arena, sb_str(answer), &json_limits_request, &out));
	return out;
}

const struct json *approving_box(struct side *side, struct request *rq, const struct box_query *q) {
	struct sb out = sb_on(rq->arena, ANSWER_MAX);
	struct jw w = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(side->s.store, rq->arena, &tx));
	assert_ok(tx_end(tx, flow_box_json(tx, rq, side->s.store, q, &w)));
	return parsed(rq, &out);
}

const struct json *approving_counts(struct side *side, struct request *rq) {
	struct sb out = sb_on(rq->arena, ANSWER_MAX);
	struct jw w = jw_on(&out);
	struct tx *tx;
	assert_ok(tx_read(side->s.store, rq->arena, &tx));
	assert_ok(tx_end(tx, flow_counts_json(tx, rq, &w)));
	return parsed(rq, &out);
}

void approving_bill(struct side *side, struct arena *a, int64_t id, unsigned amount) {
	const char *json = arena_printf(
		a, "{\"what\": \"x\", \"amount\": %u, \"state\": \"draft\", \"owner\": \"ann\"}",
		amount);
	sample_insert(&side->s, side->s.app->forms[0], id, json);
}
