/* routes_sharing.c -- the collaborators of a record over HTTP. */
#include "engines/form/collaborate.h"
#include "runtime/host/router.h"

static struct problem *list(struct call *c) {
	struct jw w = call_answer(c);
	TRY(collaborate_list(&c->rq, c->tx, c->form, c->id, &w));
	return call_ok(c, 200);
}

static struct problem *give_commit(struct tx *tx, struct call *c) {
	TRY(collaborate_give(&c->rq, tx, c->state));
	struct jw w = call_answer(c);
	TRY(collaborate_list(&c->rq, tx, c->form, c->id, &w));
	return call_once(tx, c, 201, sb_str(&c->x->answer));
}

static struct problem *given(struct call *c) { return call_ok(c, 201); }

static struct problem *check_body(struct call *c) {
	for (uint32_t i = 0; i < c->body->n; i++)
		if (!names_hold("who right until", c->body->keys[i].name))
			return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys",
				       "who, right, until");
	return NULL;
}

static struct problem *give(struct call *c) {
	struct collaboration_change *change = arena_alloc(c->x->arena, sizeof *change);
	TRY(check_body(c));
	*change = (struct collaboration_change){ c->form, c->id, json_str(json_get(c->body, "who")),
						 json_str(json_get(c->body, "right")),
						 json_str(json_get(c->body, "until")) };
	c->state = change;
	return call_commit(c, LANE_INTERACTIVE, give_commit, given);
}

static struct problem *take_commit(struct tx *tx, struct call *c) {
	TRY(collaborate_take(&c->rq, tx, c->state));
	return call_once(tx, c, 204, (struct str){ "", 0 });
}

static struct problem *taken(struct call *c) { return call_empty(c); }

static struct problem *take(struct call *c) {
	struct collaboration_change *change = arena_alloc(c->x->arena, sizeof *change);
	*change = (struct collaboration_change){ .form = c->form,
						 .record = c->id,
						 .who = exchange_query(c->x, "who") };
	if (!change->who.n) return PROBLEM(c->x->arena, MALFORMED, "query_needed", "name", "who");
	c->state = change;
	return call_commit(c, LANE_INTERACTIVE, take_commit, taken);
}

// clang-format off
const struct route routes_sharing[] = {
	{ HTTP_GET, "/api/{app}/{form}/{id}/collaborators", ROUTE_READ | ROUTE_APP | ROUTE_FORM, list, "Who works on a record besides its owner", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/collaborators", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, give, "Add a collaborator, or change one: who, right (read, edit), until", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/{app}/{form}/{id}/collaborators", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, take, "Remove a collaborator", NULL, 0, "who" },
	{ .pattern = NULL },
};
// clang-format on
