/* session.c -- from the headers of a request to its actor. */
#include <strings.h>
#include "runtime/host/session.h"
#include "runtime/host/token_rate.h"
#include "runtime/store/people.h"

static struct server *server_of(const struct exchange *x) { return exchange_context(x); }

static const char *cookie_name(const struct exchange *x) {
	return server_of(x)->secure_cookies ? "__Host-tenon" : "tenon";
}

void session_cookie(struct exchange *x, const char *token) {
	const char *secure = server_of(x)->secure_cookies ? "; Secure" : "";
	const char *end = token ? "" : "; Max-Age=0";
	exchange_set_header(x, "Set-Cookie",
			    arena_printf(x->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
					 cookie_name(x), token ? token : "", secure, end));
}

static struct problem *nobody(const struct exchange *x, const char *code) {
	return PROBLEM(x->arena, UNAUTHENTICATED, code);
}

/* A user who has been deactivated is nobody, whatever session or token is left. */
static struct problem *act_as(const struct exchange *x, struct request *rq, const struct user *u) {
	if (!u || !u->active) return nobody(x, "unauthenticated");
	rq->actor = u;
	if (!exchange_header(x, "Accept-Language").n) rq->language = u->language;
	return NULL;
}

static void release_directory(void *directory) { directory_release(directory); }

struct problem *session_people(struct exchange *x, struct tx *tx, struct request *rq) {
	struct problem *p;
	struct directory *directory = people_take(server_of(x)->store, tx, &p);
	if (p) return p;
	arena_defer(x->arena, release_directory, directory);
	rq->directory = directory;
	return NULL;
}

static struct problem *settle(struct exchange *x, struct tx *tx, struct request *rq,
			      const struct session *found) {
	struct call *c = x->context;
	struct session *session = arena_alloc(x->arena, sizeof *session);
	*session = *found;
	TRY(session_people(x, tx, rq));
	TRY(act_as(x, rq, directory_user_id(rq->directory, found->user_id)));
	TRY(token_rate_ask(x, found));
	rq->scope = found->scope;
	if (c) c->session = session;
	session_touch(server_of(x)->store, session);
	return NULL;
}

static struct str bearer(struct str header) {
	if (header.n <= 7 || strncasecmp(header.p, "Bearer ", 7) != 0)
		return (struct str){ NULL, 0 };
	return str_trim((struct str){ header.p + 7, header.n - 7 });
}

const char *session_secret(const struct exchange *x) {
	struct str header = exchange_header(x, "Authorization");
	struct str secret = header.n ? bearer(header) : exchange_cookie(x, cookie_name(x));
	return secret.n ? str_dup(x->arena, secret) : NULL;
}

static struct problem *open_token(struct exchange *x, struct tx *tx, struct request *rq,
				  struct str header) {
	struct session session;
	bool found = false;
	struct str token = bearer(header);
	if (token.n) TRY(token_find(tx, token, &session, &found));
	return found ? settle(x, tx, rq, &session) : nobody(x, "token_invalid");
}

static struct problem *check_csrf(const struct exchange *x, const struct session *session) {
	if (x->method == HTTP_GET || x->method == HTTP_HEAD) return NULL;
	if (secret_equal(exchange_header(x, "X-CSRF-Token"), str_of(session->csrf))) return NULL;
	return PROBLEM(x->arena, FORBIDDEN, "csrf");
}

static struct problem *open_cookie(struct exchange *x, struct tx *tx, struct request *rq,
				   struct str cookie) {
	struct session session;
	bool found;
	TRY(session_find(tx, cookie, &session, &found));
	if (!found) return nobody(x, "unauthenticated");
	TRY(settle(x, tx, rq, &session));
	return check_csrf(x, &session);
}

static struct problem *open_local(struct exchange *x, struct tx *tx, struct request *rq) {
	struct str as = exchange_header(x, "X-Tenon-As");
	rq->door = DOOR_CLI;
	TRY(session_people(x, tx, rq));
	if (!as.n) return NULL;
	const struct user *u = directory_user(rq->directory, as);
	if (u && u->active) return act_as(x, rq, u);
	return PROBLEM(x->arena, INVALID, "unknown_user", "name",
		       utf8_valid(as) ? str_dup(x->arena, as) : "?");
}

struct problem *session_open(struct exchange *x, struct tx *tx, struct request *rq) {
	struct str header = exchange_header(x, "Authorization");
	struct str cookie = exchange_cookie(x, cookie_name(x));
	rq->actor = NULL;
	rq->scope = (struct token_scope){ NULL, false };
	if (header.n) return open_token(x, tx, rq, header);
	if (cookie.n) return open_cookie(x, tx, rq, cookie);
	if (x->local) return open_local(x, tx, rq);
	return nobody(x, "unauthenticated");
}
