/* routes_totp.c -- two-step login: setting it up, turning it off, resetting somebody else's. The
 * second step of a login itself is POST /api/session (routes_people.c). */
#include "runtime/base/day.h"
#include "runtime/host/code_svg.h"
#include "runtime/host/events.h"
#include "runtime/host/people_view.h"
#include "runtime/host/session.h"

static const struct session *session_of(const struct call *c) { return c->session; }

static struct str text_of(const struct call *c, const char *key) {
	return json_str(json_get(c->body, key));
}

static struct problem *only_keys(struct call *c, const char *known) {
	struct arena *a = c->x->arena;
	struct faults faults = { .arena = a };
	for (uint32_t i = 0; i < c->body->n; i++)
		if (!names_hold(known, c->body->keys[i].name))
			return PROBLEM(a, MALFORMED, "unknown_key", "name",
				       str_dup(a, c->body->keys[i].name), "known",
				       names_shown(a, known));
	for (const char *at = known; *at; at += strcspn(at, " "), at += *at == ' ') {
		struct str key = { at, strcspn(at, " ") };
		if (!text_of(c, str_dup(a, key)).n)
			FAULT(&faults, pointer_join(a, "", key), "required");
	}
	return faults_problem(&faults);
}

/* A token must not become a way to log in, nor take one away: as with passwords. */
static struct problem *own_session(const struct call *c) {
	bool own = c->rq.actor && session_of(c) && session_of(c)->csrf;
	return own ? NULL : PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
}

static struct problem *state_answer(struct call *c, const struct user *u) {
	struct totp_state state;
	char since[40];
	TRY(totp_read(c->tx, u->id, &state));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_bool(&w, "on", state.on);
	jw_key(&w, "since");
	if (state.on)
		jw_str(&w, (struct str){ since, datetime_text(state.since, since) });
	else
		jw_null(&w);
	jw_set_int(&w, "recovery_left", state.recovery_left);
	jw_set_bool(&w, "required", state.required);
	jw_set_bool(&w, "allowed", !state.off);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *own_state(struct call *c) {
	if (!c->rq.actor) return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	return state_answer(c, c->rq.actor);
}

static struct problem *person(struct call *c, const struct user **out) {
	*out = directory_user(c->rq.directory, c->args[0]);
	return *out ? NULL : PROBLEM(c->x->arena, NOT_FOUND, "not_found");
}

static struct problem *state_of(struct call *c) {
	const struct user *u;
	TRY(person(c, &u));
	return state_answer(c, u);
}

/* ---- setting up ---- */

static struct problem *key_answer(struct call *c, const struct totp_new *t) {
	c->stored = true; /* shown once: nothing is kept under an Idempotency-Key */
	struct sb svg = sb_on(c->x->arena, 1 << 18);
	bool drawn = code_svg(&svg, BARCODE_QR, str_of(t->uri));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "key", t->key);
	jw_set_text(&w, "uri", t->uri);
	jw_set_text(&w, "qr", drawn ? sb_cstr(&svg) : NULL);
	jw_end(&w);
	return call_ok(c, 201);
}

static struct problem *begin_own(struct call *c) {
	struct totp_new t;
	TRY(own_session(c));
	TRY(totp_begin(c->server->store, &c->rq, &t));
	return key_answer(c, &t);
}

static struct problem *begin_half(struct call *c) {
	struct totp_new t;
	TRY(only_keys(c, "half"));
	TRY(totp_begin_half(c->server->store, c->x->arena, text_of(c, "half"), &t));
	return key_answer(c, &t);
}

static struct problem *confirm_own(struct call *c) {
	const char **recovery;
	TRY(own_session(c));
	TRY(only_keys(c, "code"));
	TRY(totp_confirm(c->server->store, &c->rq, c->x->address, session_of(c)->hash,
			 text_of(c, "code"), &recovery));
	events_sessions_changed(c->server->events);
	c->stored = true;
	struct jw w = call_answer(c);
	jw_object(&w);
	recovery_json(&w, recovery);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- turning it off ---- */

static struct problem *off_own(struct call *c) {
	TRY(own_session(c));
	TRY(only_keys(c, "password code"));
	TRY(totp_disable(c->server->store, &c->rq, c->x->address, text_of(c, "password"),
			 text_of(c, "code")));
	return call_empty(c);
}

static struct problem *reset_commit(struct tx *tx, void *arg) {
	struct call *c = arg;
	const struct user *u;
	TRY(person(c, &u));
	return totp_reset(tx, &c->rq, u);
}

static struct problem *reset(struct call *c) {
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, reset_commit, c));
	events_sessions_changed(c->server->events);
	return call_empty(c);
}

// clang-format off
const struct route routes_totp[] = {
	{ HTTP_POST, "/api/session/totp", ROUTE_PUBLIC | ROUTE_POOL | ROUTE_BODY, begin_half, "Set up the authenticator app a login must have before it goes on", NULL, 0, NULL },
	{ HTTP_GET, "/api/me/totp", ROUTE_READ, own_state, "Is my two-step login on?", NULL, 0, NULL },
	{ HTTP_POST, "/api/me/totp", ROUTE_POOL, begin_own, "Begin two-step login: a key for an authenticator app, shown once", NULL, 0, NULL },
	{ HTTP_PUT, "/api/me/totp", ROUTE_POOL | ROUTE_BODY, confirm_own, "Confirm the key with a code; answers recovery codes, shown once", NULL, 0, NULL },
	{ HTTP_POST, "/api/me/totp/off", ROUTE_POOL | ROUTE_BODY, off_own, "Turn two-step login off, with password and code", NULL, 0, NULL },
	{ HTTP_GET, "/api/users/{user}/totp", ROUTE_READ | ROUTE_ADMIN, state_of, "Is somebody's two-step login on?", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/users/{user}/totp", ROUTE_POOL | ROUTE_ADMIN, reset, "Take away somebody's two-step login; his sessions end", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
