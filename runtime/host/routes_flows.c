/* routes_flows.c -- approvals over HTTP: starting, the inbox, verdicts, runs. A command is one
 * member of the writer's group; its answer, the run, is made there too, so that an Idempotency-Key
 * keeps what the first call gave. */
#include "engines/flow/answer.h"
#include "engines/flow/migrate.h"
#include "engines/flow/preview.h"
#include "runtime/base/day.h"
#include "runtime/host/definition_view.h"
#include "runtime/host/router.h"
#include "runtime/model/loader.h"
#include "runtime/store/flow_versions.h"
#include "runtime/store/queries.h"

static struct problem *check_keys(const struct call *c, const char *known) {
	for (uint32_t i = 0; c->body && c->body->kind == JSON_OBJECT && i < c->body->n; i++)
		if (!names_hold(known, c->body->keys[i].name))
			return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys",
				       names_shown(c->x->arena, known));
	return NULL;
}

static struct problem *unknown(const struct call *c) {
	return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
}

static struct problem *answer_run(struct tx *tx, struct call *c, const struct run *run,
				  int status) {
	struct jw w = call_answer(c);
	TRY(flow_run_json(tx, &c->rq, run, &w));
	return call_once(tx, c, status, sb_str(&c->x->answer));
}

/* ---- starting ---- */

static struct problem *read_start_of(struct call *c, const struct flow *flow,
				     struct flow_start *out) {
	*out = (struct flow_start){ .flow = flow,
				    .starter = c->rq.actor,
				    .picks = json_get(c->body, "picks"),
				    .changes = json_get(c->body, "changes") };
	struct str comment = str_trim(json_str(json_get(c->body, "comment")));
	if (!flow || !c->rq.actor) return unknown(c);
	if (comment.n) out->comment = str_dup(c->x->arena, comment);
	return NULL;
}

static struct problem *read_record_of(struct call *c, struct flow_start *out) {
	return json_int(json_get(c->body, "record"), &out->record)
		       ? NULL
		       : PROBLEM(c->x->arena, MALFORMED, "flow_record_needed");
}

static struct problem *read_start(struct call *c, struct flow_start *out) {
	TRY(read_start_of(c, app_flow(c->app, c->args[1]), out));
	return read_record_of(c, out);
}

static struct problem *start_commit(struct tx *tx, struct call *c) {
	struct flow_start start;
	struct run *run;
	TRY(read_start(c, &start));
	TRY(flow_start(tx, &c->rq, c->server->store, &start, &run));
	return answer_run(tx, c, run, 201);
}

static struct problem *started(struct call *c) { return call_ok(c, 201); }

static struct problem *start(struct call *c) {
	TRY(check_keys(c, "record picks comment changes"));
	return call_commit(c, LANE_INTERACTIVE, start_commit, started);
}

/* ---- commands ---- */

static struct problem *command_commit(struct tx *tx, struct call *c) {
	struct run *run;
	TRY(flow_call(tx, &c->rq, c->server->store, c->state, &run));
	return answer_run(tx, c, run, 200);
}

static struct problem *commanded(struct call *c) { return call_ok(c, 200); }

static struct problem *command(struct call *c, const struct flow_call *call) {
	struct flow_call *kept = arena_alloc(c->x->arena, sizeof *kept);
	TRY(check_keys(c, "comment signature fields rev to who where picks"));
	if (!c->rq.actor) return unknown(c);
	*kept = *call;
	kept->body = c->body;
	c->state = kept;
	return call_commit(c, LANE_INTERACTIVE, command_commit, commanded);
}

/* What one was told of has been seen: nothing is decided, the count goes down. */
static struct problem *read_commit(struct tx *tx, struct call *c) {
	const struct flow_call *call = c->state;
	struct jw w = call_answer(c);
	TRY(tx_exec(tx, sql_flow_cc_read,
		    PARAMS(value_int(call->run), value_int(call->task), value_int(c->rq.actor->id),
			   value_int(c->rq.now_us)),
		    NULL));
	TRY(flow_counts_json(tx, &c->rq, &w));
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *task_command(struct call *c) {
	struct flow_call call = { 0 };
	if (!flow_task_parse(c->args[0], &call.run, &call.task) || !call.task) return unknown(c);
	if (str_is(c->args[1], "read") && c->rq.actor) {
		struct flow_call *kept = arena_alloc(c->x->arena, sizeof *kept);
		*kept = call;
		c->state = kept;
		return call_commit(c, LANE_INTERACTIVE, read_commit, commanded);
	}
	if (!act_named(c->args[1], &call.act) || !act_on_task(call.act)) return unknown(c);
	return command(c, &call);
}

static struct problem *run_command_call(struct call *c) {
	struct flow_call call = { 0 };
	if (!str_to_int(c->args[0], &call.run) || !act_named(c->args[1], &call.act))
		return unknown(c);
	if (act_on_task(call.act) && call.act != ACT_REMIND) return unknown(c);
	return command(c, &call);
}

/* ---- many at once: each its own command, each with its own answer ---- */

enum { BATCH_MAX = 100 };

struct batch_item {
	struct call *c;
	struct flow_call call;
	struct run *run;
};

static struct problem *batch_one(struct tx *tx, void *arg) {
	struct batch_item *item = arg;
	return flow_call(tx, &item->c->rq, item->c->server->store, &item->call, &item->run);
}

static struct problem *batch_item(struct tx *tx, struct call *c, const struct json *id,
				  enum act_kind act, struct jw *w) {
	struct batch_item item = { .c = c,
				   .call = { .act = act, .body = json_get(c->body, "with") } };
	struct problem *p = unknown(c);
	enum door door = c->rq.door;
	if (flow_task_parse(json_str(id), &item.call.run, &item.call.task) && item.call.task)
		p = tx_part(tx, batch_one, &item);
	c->rq.door = door;
	c->rq.app = NULL;
	jw_object(w);
	jw_set_str(w, "id", json_str(id));
	jw_set_int(w, "status", p ? problem_kinds[p->kind].status : 200);
	jw_key(w, p ? "problem" : "state");
	if (p)
		problem_json(w, c->rq.language, NULL, p, c->rq.id);
	else
		jw_text(w, run_state_names[item.run->state]);
	jw_end(w);
	return NULL;
}

static struct problem *batch_commit(struct tx *tx, struct call *c) {
	const struct json *ids = json_get(c->body, "ids");
	enum act_kind act = *(enum act_kind *)c->state;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "results");
	jw_array(&w);
	for (uint32_t i = 0; i < ids->n; i++) TRY(batch_item(tx, c, &ids->items[i], act, &w));
	jw_end(&w);
	jw_end(&w);
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *batch(struct call *c) {
	const struct json *ids = json_get(c->body, "ids");
	enum act_kind *act = arena_alloc(c->x->arena, sizeof *act);
	TRY(check_keys(c, "act ids with"));
	if (!c->rq.actor) return unknown(c);
	if (!ids || ids->kind != JSON_ARRAY || !ids->n || ids->n > BATCH_MAX)
		return PROBLEM(c->x->arena, MALFORMED, "flow_batch", "max", "100");
	bool known = act_named(json_str(json_get(c->body, "act")), act) && act_on_task(*act);
	if (!known) return PROBLEM(c->x->arena, MALFORMED, "flow_batch", "max", "100");
	c->state = act;
	return call_commit(c, LANE_INTERACTIVE, batch_commit, commanded);
}

/* ---- reading ---- */

static struct problem *inbox(struct call *c) {
	struct box_query q = { .flow = exchange_query(c->x, "flow"),
			       .q = exchange_query(c->x, "q"),
			       .cursor = exchange_query(c->x, "cursor") };
	struct str box = exchange_query(c->x, "box");
	struct jw w = call_answer(c);
	int i = 0;
	TRY(call_limit(c, 50, 200, &q.limit));
	while (box.n && i < BOXES && !str_is(box, flow_box_names[i])) i++;
	if (i == BOXES)
		return PROBLEM(c->x->arena, MALFORMED, "flow_box", "known",
			       "todo, done, started, cc");
	q.box = (enum flow_box)i;
	TRY(flow_box_json(c->tx, &c->rq, c->server->store, &q, &w));
	return call_ok(c, 200);
}

static struct problem *counts(struct call *c) {
	struct jw w = call_answer(c);
	TRY(flow_counts_json(c->tx, &c->rq, &w));
	return call_ok(c, 200);
}

static struct problem *one_task(struct call *c) {
	int64_t run, n;
	struct jw w = call_answer(c);
	if (!flow_task_parse(c->args[0], &run, &n)) return unknown(c);
	TRY(flow_task_json(c->tx, &c->rq, c->server->store, run, n, &w));
	return call_ok(c, 200);
}

/* Of the form a task is about: for who is asked and has no role that knows it. */
static struct problem *task_definition(struct call *c) {
	struct jw w = call_answer(c);
	int64_t id, n;
	struct run *run;
	bool sees;
	if (!flow_task_parse(c->args[0], &id, &n)) return unknown(c);
	TRY(flow_take(c->tx, &c->rq, c->server->store, id, &run));
	TRY(flow_sees(c->tx, &c->rq, run, &sees));
	if (!sees) return unknown(c);
	definition_of_form(&w, &c->rq, run->flow->form);
	return call_ok(c, 200);
}

static struct problem *one_run(struct call *c) {
	struct jw w = call_answer(c);
	struct run *run;
	int64_t id;
	bool sees;
	if (!str_to_int(c->args[0], &id)) return unknown(c);
	TRY(flow_take(c->tx, &c->rq, c->server->store, id, &run));
	TRY(flow_sees(c->tx, &c->rq, run, &sees));
	if (!sees) return unknown(c);
	TRY(flow_run_whole(c->tx, &c->rq, c->server->store, run, &w));
	return call_ok(c, 200);
}

static struct problem *of_record(struct call *c) {
	struct jw w = call_answer(c);
	TRY(flow_of_record_json(c->tx, &c->rq, c->server->store, c->form, c->id, &w));
	return call_ok(c, 200);
}

/* ---- preview: asked with a body, changes nothing ---- */

/* The flow as its designer has it: an administrator's "definition" in place of what is published.
 * It need not be published at all; one with errors cannot be walked. */
static struct problem *drafted(struct call *c, const struct json *text, const struct flow **out) {
	struct arena *a = c->x->arena;
	struct findings found = { .arena = a };
	struct definition *d = arena_alloc(a, sizeof *d);
	const char *name = str_dup(a, c->args[1]);
	if (text->kind != JSON_OBJECT) return PROBLEM(a, MALFORMED, "flow_preview_faulty");
	*d = (struct definition){ .kind = "flow",
				  .name = name,
				  .id = name,
				  .file = arena_printf(a, "flows/%s.json", name),
				  .json = text,
				  .source = str_of("") };
	*out = flow_compile(a, c->app, d, &found);
	return *out && !found.errors ? NULL : PROBLEM(a, INVALID, "flow_preview_faulty");
}

/* "record" is one that is stored; "values" make one for the preview alone. */
static struct problem *previewed(struct call *c, struct flow_start *start,
				 const struct json **values) {
	*values = json_get(c->body, "values");
	if (!*values) return read_record_of(c, start);
	bool both = json_get(c->body, "record") != NULL;
	return both || (*values)->kind != JSON_OBJECT
		       ? PROBLEM(c->x->arena, MALFORMED, "flow_record_or_values")
		       : NULL;
}

static struct problem *preview_in(struct call *c, struct tx *tx) {
	struct flow_start start;
	struct jw w = call_answer(c);
	struct str as = json_str(json_get(c->body, "as"));
	const struct json *text = json_get(c->body, "definition"), *values;
	bool designs = as.n || text || json_get(c->body, "values");
	const struct flow *flow = app_flow(c->app, c->args[1]);
	TRY(request_people(&c->rq, tx, c->server->store));
	if (designs && !(c->rq.actor && directory_administers(c->rq.actor, c->app->name)))
		return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	if (text) TRY(drafted(c, text, &flow));
	if (designs && flow && !request_is_admin(&c->rq) && !flow_preview_seen(&c->rq, flow))
		return PROBLEM(c->x->arena, FORBIDDEN, "flow_preview_hidden");
	TRY(read_start_of(c, flow, &start));
	TRY(previewed(c, &start, &values));
	if (as.n) start.starter = directory_user(c->rq.directory, as);
	if (!start.starter)
		return PROBLEM(c->x->arena, INVALID, "flow_who_unknown", "name",
			       str_dup(c->x->arena, as));
	TRY(flow_preview(tx, &c->rq, c->server->store, &start, values, &w));
	return call_ok(c, 200);
}

static struct problem *preview(struct call *c) {
	struct tx *tx;
	TRY(check_keys(c, "record values picks comment changes as definition"));
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	return tx_end(tx, preview_in(c, tx));
}

/* ---- versions ---- */

static struct problem *flow_named(struct call *c, const struct flow **out) {
	*out = app_flow(c->app, c->args[1]);
	return *out ? NULL : unknown(c);
}

static struct problem *versions(struct call *c) {
	struct flow_version_row *rows;
	const struct flow *flow;
	struct jw w = call_answer(c);
	size_t n;
	TRY(flow_named(c, &flow));
	TRY(flow_version_list(c->tx, flow, &rows, &n));
	jw_object(&w);
	jw_key(&w, "versions");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) {
		char at[40];
		jw_object(&w);
		jw_set_int(&w, "version", rows[i].version);
		jw_set_str(&w, "at", (struct str){ at, datetime_text(rows[i].at_us, at) });
		jw_set_int(&w, "running", rows[i].running);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *one_version(struct call *c) {
	const struct flow *flow;
	struct jw w = call_answer(c);
	int64_t version;
	char *body;
	TRY(flow_named(c, &flow));
	if (!str_to_int(c->args[2], &version)) return unknown(c);
	TRY(flow_version_body(c->tx, flow, version, &body));
	if (!body) return unknown(c);
	jw_raw(&w, str_of(body));
	return call_ok(c, 200);
}

static struct problem *read_wish(struct call *c, struct migration_wish *out) {
	*out = (struct migration_wish){ .map = json_get(c->body, "map"),
					.dry_run = json_bool(json_get(c->body, "dry_run")) };
	const struct json *from = json_get(c->body, "from"), *after = json_get(c->body, "after");
	if ((from && !json_int(from, &out->from)) || (after && !json_int(after, &out->after)))
		return PROBLEM(c->x->arena, MALFORMED, "flow_from");
	return flow_named(c, &out->flow);
}

static struct problem *migrate_commit(struct tx *tx, struct call *c) {
	struct migration_wish wish;
	struct jw w = call_answer(c);
	TRY(read_wish(c, &wish));
	TRY(flow_migrate(tx, &c->rq, c->server->store, &wish, &w));
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *migrate(struct call *c) {
	TRY(check_keys(c, "from after map dry_run"));
	return call_commit(c, LANE_BULK, migrate_commit, commanded);
}

// clang-format off
const struct route routes_flows[] = {
	{ HTTP_POST, "/api/{app}/flows/{flow}/start", ROUTE_WRITE | ROUTE_APP | ROUTE_BODY, start, "Start an approval of a record: record, picks, comment", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/flows/{flow}/preview", ROUTE_POOL | ROUTE_APP | ROUTE_BODY, preview, "The way an approval would go, with the people and why", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/flows/{flow}/versions", ROUTE_READ | ROUTE_APP | ROUTE_APP_ADMIN, versions, "Versions of a flow, with how many runs are on each", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/flows/{flow}/versions/{version}", ROUTE_READ | ROUTE_APP | ROUTE_APP_ADMIN, one_version, "The definition of a version", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/flows/{flow}/migrate", ROUTE_WRITE | ROUTE_APP | ROUTE_APP_ADMIN | ROUTE_BODY, migrate, "Move runs of earlier versions to the flow as it is: from, after, map, dry_run", NULL, 0, NULL },
	{ HTTP_GET, "/api/tasks", ROUTE_READ, inbox, "My tasks: box todo, done, started, cc; q: words found in the title, the flow or who started it", NULL, 0, "box flow q cursor limit" },
	{ HTTP_GET, "/api/tasks/counts", ROUTE_READ, counts, "How many tasks wait for me", NULL, 0, NULL },
	{ HTTP_POST, "/api/tasks/batch", ROUTE_WRITE | ROUTE_BODY, batch, "One verdict on many tasks; each has its own answer: act, ids, with", NULL, 0, NULL },
	{ HTTP_GET, "/api/tasks/{task}", ROUTE_READ, one_task, "A task with its record, rights and run", NULL, 0, NULL },
	{ HTTP_GET, "/api/tasks/{task}/definition", ROUTE_READ, task_definition, "The form a task is about, for who has no role that knows it", NULL, 0, NULL },
	{ HTTP_POST, "/api/tasks/{task}/{act}", ROUTE_WRITE | ROUTE_MAY_BODY, task_command, "Decide or pass on a task: approve, reject, complete, return, resubmit, transfer, delegate, add, remove, cc, remind, take_back, read (a copy)", NULL, 0, NULL },
	{ HTTP_GET, "/api/runs/{run}", ROUTE_READ, one_run, "A run with its history", NULL, 0, NULL },
	{ HTTP_POST, "/api/runs/{run}/{act}", ROUTE_WRITE | ROUTE_MAY_BODY, run_command_call, "Withdraw, terminate, jump, remind, comment", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/{form}/{id}/runs", ROUTE_READ | ROUTE_APP | ROUTE_FORM, of_record, "The approvals of a record, and which may be started", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
