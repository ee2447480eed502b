/* routes_merge.c -- merging two records and taking that back (engines/form/merge.h) over HTTP. */
#include "engines/form/merge.h"
#include "runtime/host/router.h"

static struct problem *preview(struct call *c) {
	struct jw w = call_answer(c);
	TRY(merge_preview(&c->rq, c->tx, c->form, c->id, &w));
	return call_ok(c, 200);
}

static struct problem *bad_body(struct call *c) {
	return PROBLEM(c->x->arena, MALFORMED, "merge_body");
}

static bool names_fields(const struct json *list) {
	bool good = !list || list->kind == JSON_ARRAY;
	for (uint32_t i = 0; good && list && i < list->n; i++)
		good = list->items[i].kind == JSON_STRING;
	return good;
}

/* Both revisions are asked for: who merges decides by what he has seen of the two. */
static struct problem *read_merge(struct call *c, struct merge *m) {
	*m = (struct merge){ .form = c->form,
			     .stays = c->id,
			     .take = json_get(c->body, "take"),
			     .both = json_get(c->body, "both") };
	for (uint32_t i = 0; i < c->body->n; i++)
		if (!names_hold("from rev take both", c->body->keys[i].name)) return bad_body(c);
	if (!json_int(json_get(c->body, "from"), &m->goes) || m->goes <= 0) return bad_body(c);
	if (!json_int(json_get(c->body, "rev"), &m->goes_rev) || m->goes_rev < 0)
		return bad_body(c);
	if (!names_fields(m->take) || !names_fields(m->both)) return bad_body(c);
	TRY(call_if_match(c, &m->stays_rev));
	return m->stays_rev < 0 ? PROBLEM(c->x->arena, NEED_MATCH, "need_match") : NULL;
}

static struct problem *merge_commit(struct tx *tx, struct call *c) {
	struct jw w = call_answer(c);
	TRY(record_merge(tx, &c->rq, c->server->store, c->state, &w));
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *done(struct call *c) { return call_ok(c, 200); }

static struct problem *merge(struct call *c) {
	struct merge *m = arena_alloc(c->x->arena, sizeof *m);
	TRY(read_merge(c, m));
	c->state = m;
	return call_commit(c, LANE_INTERACTIVE, merge_commit, done);
}

static struct problem *unmerge_commit(struct tx *tx, struct call *c) {
	struct jw w = call_answer(c);
	TRY(record_unmerge(tx, &c->rq, c->server->store, c->form, c->id, &w));
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *unmerge(struct call *c) {
	return call_commit(c, LANE_INTERACTIVE, unmerge_commit, done);
}

// clang-format off
const struct route routes_merge[] = {
	{ HTTP_GET, "/api/{app}/{form}/{id}/merge", ROUTE_READ | ROUTE_APP | ROUTE_FORM, preview, "What would move from this record if it were merged into another one", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/merge", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, merge,
		"Merge another record (from, rev) into this one: take names fields whose value comes from it, both lists and sub-tables that keep what the two have", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/unmerge", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, unmerge, "Take a merge back: {id} is the record that went; tells what has been changed since and stays", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
