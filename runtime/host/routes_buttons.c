/* routes_buttons.c -- pressing buttons over HTTP. The actions run as one member of the writer's
 * group; the answer is made there too, so that an Idempotency-Key keeps what the first press gave.
 */
#include "engines/action/button.h"
#include "runtime/host/router.h"

struct press {
	int64_t if_match;
	struct pressed done;
};

static struct problem *commit(struct tx *tx, struct call *c) {
	struct press *press = c->state;
	struct jw out = call_answer(c);
	TRY(button_press(tx, &c->rq, c->server->store, c->form, c->args[3], c->id, press->if_match,
			 &press->done));
	TRY(button_answer(tx, &c->rq, &press->done, &out));
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *finish(struct call *c) {
	const struct press *press = c->state;
	if (press->done.record) call_etag(c, press->done.record->rev);
	return call_ok(c, 200);
}

static struct problem *press(struct call *c) {
	struct press *made = arena_alloc(c->x->arena, sizeof *made);
	TRY(call_if_match(c, &made->if_match));
	c->state = made;
	return call_commit(c, LANE_INTERACTIVE, commit, finish);
}

static struct problem *states(struct call *c) {
	struct jw out = call_answer(c);
	TRY(button_states(c->tx, &c->rq, c->server->store, c->form, c->id, &out));
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_buttons[] = {
	{ HTTP_GET, "/api/{app}/{form}/{id}/buttons", ROUTE_READ | ROUTE_APP | ROUTE_FORM, states, "Which buttons of a record may be pressed now", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/buttons/{field}", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, press, "Press a button: its actions, all of them or none", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
