/* routes_rights.c -- rights for administrators: the matrix of roles, and why a person sees a
 * record. Roles are changed where definitions are: in the draft. */
#include "runtime/host/access_view.h"
#include "runtime/host/router.h"

enum { MATRIX_ANSWER = 16 << 20 };

static struct problem *matrix(struct call *c) {
	c->x->answer.ceiling = MATRIX_ANSWER;
	struct jw w = call_answer(c);
	rights_matrix_json(&w, &c->rq);
	return call_ok(c, 200);
}

static struct problem *access_to(struct call *c) {
	struct arena *a = c->x->arena;
	struct str login = exchange_query(c->x, "user");
	struct request rq = c->rq;
	struct read_access access;
	rq.actor = directory_user(c->rq.directory, login);
	if (!rq.actor) {
		struct problem *p = PROBLEM(a, INVALID, "unknown_user", "name", str_dup(a, login));
		p->pointer = "user";
		return p;
	}
	TRY(read_access(&rq, c->tx, c->form, c->id, &access));
	struct jw w = call_answer(c);
	read_access_json(&w, &rq, &access);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_rights[] = {
	{ HTTP_GET, "/api/{app}/rights", ROUTE_READ | ROUTE_APP_ADMIN | ROUTE_APP, matrix, "What every role may do: forms, scopes, fields", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/{form}/{id}/access", ROUTE_READ | ROUTE_ADMIN | ROUTE_APP | ROUTE_FORM, access_to, "Why a person sees a record, or does not", NULL, 0, "user" },
	{ .pattern = NULL },
};
// clang-format on
