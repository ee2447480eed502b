/* routes_hand_over.c -- what a person holds, and giving all of it to others, over HTTP
 * (form/hand_over.h). */
#include "engines/form/hand_over.h"
#include "runtime/host/events.h"
#include "runtime/host/jobs.h"
#include "runtime/host/router.h"
#include "runtime/host/session.h"
#include "runtime/store/accounts.h"

enum { PLAN_MAX = 64 * 1024 };

static struct problem *whose(struct call *c, const struct user **out) {
	*out = directory_user(c->rq.directory, c->args[0]);
	return *out ? NULL : PROBLEM(c->x->arena, NOT_FOUND, "not_found");
}

static struct problem *holdings(struct call *c) {
	struct hand_over h = { .to = NULL };
	struct jw w = call_answer(c);
	TRY(whose(c, &h.from));
	jw_object(&w);
	TRY(hand_over_json(&c->rq, c->server->store, c->tx, &h, &w));
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- handing over ---- */

static struct problem *check_keys(struct call *c) {
	for (uint32_t i = 0; i < c->body->n; i++)
		if (!names_hold("to forms dry_run disable", c->body->keys[i].name))
			return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys",
				       "to, forms, dry_run, disable");
	return NULL;
}

/* From here on he cannot come back, nor make new records while his old ones go. */
static struct problem *disable(struct call *c, const struct user *who) {
	static const struct json no = { .kind = JSON_FALSE };
	struct json_key key = { .name = STR("active") };
	struct json value = no, body = { .kind = JSON_OBJECT, .n = 1 };
	body.keys = &key;
	body.items = &value;
	struct people_change change = { .rq = &c->rq,
					.what = PEOPLE_USER,
					.mode = PEOPLE_UPDATE,
					.name = str_of(who->login),
					.body = &body,
					.keep_session = "" };
	return people_change(c->server->store, &change);
}

static struct problem *preview(struct call *c, const struct hand_over *h, struct jw *w) {
	struct tx *tx;
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	return tx_end(tx, hand_over_json(&c->rq, c->server->store, tx, h, w));
}

static struct problem *hand_over(struct call *c) {
	struct sb plan = sb_on(c->x->arena, PLAN_MAX);
	struct jw p = jw_on(&plan), w;
	struct hand_over h;
	const struct user *from;
	int64_t job;
	TRY(whose(c, &from));
	TRY(check_keys(c));
	TRY(hand_over_read(&c->rq, c->server->store, from, c->body, &h));
	w = call_answer(c);
	jw_object(&w);
	TRY(preview(c, &h, &w));
	if (json_bool(json_get(c->body, "dry_run"))) {
		jw_end(&w);
		return call_ok(c, 200);
	}
	if (h.disable && from == c->rq.actor)
		return PROBLEM(c->x->arena, CONFLICT, "hand_over_own");
	jw_json(&p, c->body);
	if (plan.overflow) return PROBLEM(c->x->arena, TOO_LARGE, "too_large", "max", "64 KiB");
	TRY(jobs_room(c->server->jobs, &c->rq, 0));
	if (h.disable) TRY(disable(c, from));
	TRY(hand_over_links(&c->rq, c->server->store, &h));
	events_sessions_changed(c->server->events);
	TRY(jobs_hand_over(c->server->jobs, &c->rq, from->login, sb_str(&plan), &job));
	jw_set_text(&w, "job", arena_printf(c->x->arena, "%lld", (long long)job));
	jw_end(&w);
	exchange_set_header(c->x, "Location",
			    arena_printf(c->x->arena, "/api/jobs/%lld", (long long)job));
	return call_ok(c, 202);
}

// clang-format off
const struct route routes_hand_over[] = {
	{ HTTP_GET, "/api/users/{login}/holdings", ROUTE_READ | ROUTE_ADMIN, holdings, "What somebody holds: records by form, and what else hangs on him", NULL, 0, NULL },
	{ HTTP_POST, "/api/users/{login}/hand_over", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, hand_over, "Give all somebody holds to others; dry_run only tells", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
