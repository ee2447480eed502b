#include "runtime/store/flow_versions.h"

#include "runtime/model/loader.h"
#include "runtime/store/queries.h"

#define OF(flow) value_text(str_of((flow)->app->name)), value_text(str_of((flow)->id))

struct problem *flow_version_current(struct tx *tx, const struct request *rq,
				     const struct flow *flow, int64_t *version) {
	struct rows *r;
	bool have, same;
	TRY(tx_query(tx, sql_flow_def_last, PARAMS(OF(flow)), &r));
	TRY(rows_next(r, &have));
	*version = have ? rows_int(r, 0) : 0;
	same = have && str_is(rows_text(r, 1), flow->hash);
	rows_close(r);
	if (same) return NULL;
	++*version;
	return tx_exec(tx, sql_flow_def_add,
		       PARAMS(OF(flow), value_int(*version), value_text(str_of(flow->hash)),
			      value_text(flow->text), value_int(rq->now_us)),
		       NULL);
}

static struct problem *outdated(const struct request *rq, const char *id) {
	return PROBLEM(rq->arena, CONFLICT, "flow_outdated", "step", id);
}

/* NULL: it cannot be used any more. All of it lives in the arena. */
static const struct flow *compile(struct arena *a, const struct app *app, struct str body,
				  const char *id) {
	struct findings *findings = arena_alloc(a, sizeof *findings);
	struct definition *d = arena_alloc(a, sizeof *d);
	const char *name = arena_strdup(a, id);
	const struct json *json;
	body = str_of(str_dup(a, body));
	if (json_parse(a, body, &json_limits_definition, &json)) return NULL;
	*findings = (struct findings){ .arena = a };
	*d = (struct definition){ .kind = "flow",
				  .name = name,
				  .id = name,
				  .file = arena_printf(a, "flows/%s.json", name),
				  .json = json,
				  .source = body };
	return flow_compile(a, app, d, findings);
}

static const struct flow *compile_to_keep(const struct request *rq, struct str body,
					  const struct flow_version_key *key) {
	struct arena *a = arena_new(0);
	const struct flow *flow = compile(a, rq->app, body, key->flow);
	if (!flow) { /* of what was tried nothing is kept but that it failed */
		arena_free(a);
		a = arena_new(0);
	}
	if (key->hash.n && flow_kept_add(rq->app->kept, a, flow, key->flow, key->hash)) return flow;
	arena_free(a);
	return flow ? compile(rq->arena, rq->app, body, key->flow) : NULL;
}

struct problem *flow_version(struct tx *tx, const struct request *rq,
			     const struct flow_version_key *key, const struct flow **out) {
	struct value app = value_text(str_of(rq->app->name));
	struct rows *r;
	bool have;
	*out = app_flow_by_id(rq->app, str_of(key->flow));
	if (*out && str_is(key->hash, (*out)->hash)) return NULL;
	*out = NULL;
	if (key->hash.n && flow_kept_find(rq->app->kept, key->flow, key->hash, out))
		return *out ? NULL : outdated(rq, key->flow);
	TRY(tx_query(tx, sql_flow_def_row,
		     PARAMS(app, value_text(str_of(key->flow)), value_int(key->version)), &r));
	TRY(rows_next(r, &have));
	if (have) *out = compile_to_keep(rq, rows_text(r, 1), key);
	rows_close(r);
	return *out ? NULL : outdated(rq, key->flow);
}

struct problem *flow_versions_note(struct tx *tx, const struct request *rq, const struct app *app) {
	int64_t version;
	for (size_t i = 0; i < app->flow_count; i++)
		TRY(flow_version_current(tx, rq, app->flows[i], &version));
	return NULL;
}

enum { LISTED_MAX = 500 };

struct problem *flow_version_list(struct tx *tx, const struct flow *flow,
				  struct flow_version_row **out, size_t *n) {
	struct rows *r;
	*out = arena_array(tx_arena(tx), LISTED_MAX, sizeof **out);
	*n = 0;
	TRY(tx_query(tx, sql_flow_def_list, PARAMS(OF(flow)), &r));
	for (bool have; *n < LISTED_MAX;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		(*out)[(*n)++] =
			(struct flow_version_row){ rows_int(r, 0), rows_int(r, 1), rows_int(r, 2) };
	}
	rows_close(r);
	return NULL;
}

struct problem *flow_version_body(struct tx *tx, const struct flow *flow, int64_t version,
				  char **out) {
	struct rows *r;
	bool have;
	TRY(tx_query(tx, sql_flow_def_row, PARAMS(OF(flow), value_int(version)), &r));
	TRY(rows_next(r, &have));
	*out = have ? str_dup(tx_arena(tx), rows_text(r, 1)) : NULL;
	rows_close(r);
	return NULL;
}

/* ---- before a publish ---- */

static bool is_text_of(const struct app *next, const char *id, struct str hash) {
	const struct flow *now = app_flow_by_id(next, str_of(id));
	return now && str_is(hash, now->hash);
}

struct problem *flow_versions_verify(struct tx *tx, const struct app *next, struct findings *f) {
	struct arena *a = tx_arena(tx);
	struct rows *r;
	TRY(tx_query(tx, sql_flow_def_open, PARAMS(value_text(str_of(next->name))), &r));
	for (bool have;;) {
		const struct json *json;
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		const char *id = str_dup(a, rows_text(r, 0));
		if (is_text_of(next, id, rows_text(r, 3))) continue;
		struct str body = rows_text(r, 4);
		body.p = arena_copy(a, body.p, body.n);
		TRY(json_parse(a, body, &json_limits_definition, &json));
		const struct flow_text text = { id, json, rows_int(r, 1), rows_int(r, 2) };
		flow_verify_open(next, &text, f);
	}
}
