/* routes_people.c -- logging in and out, people, tokens and organisation settings over HTTP. What
 * changes people runs on the pool: passwords are hashed there and the commit is waited for. */
#include "runtime/host/events.h"
#include "runtime/host/people_view.h"
#include "runtime/host/session.h"
#include "runtime/model/permission.h"
#include "runtime/store/audit.h"
#include "runtime/store/setting.h"

enum { PAGE_USUAL = 50, PAGE_MAX = 1000 };

static struct problem *write_now(struct call *c, struct problem *(*commit)(struct tx *, void *)) {
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, commit, c));
	events_sessions_changed(c->server->events);
	return NULL;
}

static struct problem *change_now(struct call *c, struct people_change *change) {
	TRY(people_change(c->server->store, change));
	events_sessions_changed(c->server->events);
	return NULL;
}

static const struct session *session_of(const struct call *c) { return c->session; }

/* Bodies of few keys: any other is refused. known: blank-separated. */
static struct problem *only_keys(struct call *c, const char *known) {
	struct arena *a = c->x->arena;
	for (uint32_t i = 0; i < c->body->n; i++) {
		struct str key = c->body->keys[i].name;
		if (!names_hold(known, key))
			return PROBLEM(a, MALFORMED, "unknown_key", "name", str_dup(a, key),
				       "known", names_shown(a, known));
	}
	return NULL;
}

/* ---- session ---- */

/* Two texts the body must hold. */
static struct problem *two_texts(struct call *c, const char *a, const char *b, struct str *first,
				 struct str *second) {
	struct faults faults = { .arena = c->x->arena };
	*first = json_str(json_get(c->body, a));
	*second = json_str(json_get(c->body, b));
	if (!first->n) FAULT(&faults, pointer_join(c->x->arena, "", str_of(a)), "required");
	if (!second->n) FAULT(&faults, pointer_join(c->x->arena, "", str_of(b)), "required");
	return faults_problem(&faults);
}

/* {"login", "password"}, and where that is answered by totp_needed: {"half", "code"}. */
static struct problem *open_session(struct call *c, struct logged_in *in) {
	struct exchange *x = c->x;
	struct str half, code;
	struct login l = { .address = x->address,
			   .agent = str_dup(x->arena, exchange_header(x, "User-Agent")),
			   .rq = &c->rq };
	if (json_get(c->body, "half")) {
		TRY(only_keys(c, "half code"));
		TRY(two_texts(c, "half", "code", &half, &code));
		return login_finish(c->server->store, &l, half, code, in);
	}
	TRY(only_keys(c, "login password"));
	TRY(two_texts(c, "login", "password", &l.login, &l.password));
	return login_open(c->server->store, &l, in);
}

static struct problem *log_in(struct call *c) {
	struct exchange *x = c->x;
	struct logged_in in;
	TRY(open_session(c, &in));
	if (in.recovery) events_sessions_changed(c->server->events);
	session_cookie(x, in.token);
	const struct user *u = directory_user_id(c->rq.directory, in.user_id);
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "csrf", in.csrf);
	if (u) user_members_json(&w, u, false);
	if (in.recovery) recovery_json(&w, in.recovery);
	jw_end(&w);
	return call_ok(c, 201);
}

static struct problem *log_out_commit(struct tx *tx, void *arg) {
	struct call *c = arg;
	return session_end(tx, &c->rq, session_of(c)->hash);
}

static struct problem *log_out(struct call *c) {
	if (session_of(c) && session_of(c)->csrf) TRY(write_now(c, log_out_commit));
	session_cookie(c->x, NULL);
	return call_empty(c);
}

/* ---- oneself ---- */

static struct problem *own_language(struct call *c, const struct json *language) {
	struct json key = { .kind = JSON_OBJECT, .n = 1 };
	struct json_key name = { .name = STR("language") };
	struct json value = *language;
	key.keys = &name;
	key.items = &value;
	struct people_change change = { .rq = &c->rq,
					.what = PEOPLE_USER,
					.mode = PEOPLE_UPDATE,
					.name = str_of(c->rq.actor->login),
					.body = &key };
	return change_now(c, &change);
}

static struct problem *change_me(struct call *c) {
	const struct json *password = json_get(c->body, "password");
	const struct json *language = json_get(c->body, "language");
	TRY(only_keys(c, "old password end_tokens language"));
	if (!c->rq.actor) return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	/* A token must not become a password: whoever finds one would have the account. The
	 * operator, who has no session, sets passwords as an administrator does. */
	if (password && !(session_of(c) && session_of(c)->csrf))
		return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	if (password)
		TRY(own_password(c->server->store, &c->rq, c->x->address, session_of(c)->hash,
				 json_bool(json_get(c->body, "end_tokens")),
				 json_str(json_get(c->body, "old")), json_str(password)));
	if (password) events_sessions_changed(c->server->events);
	if (language) TRY(own_language(c, language));
	return call_empty(c);
}

/* ---- people ---- */

static struct people_page page_of(struct call *c, int64_t limit) {
	return (struct people_page){ .q = exchange_query(c->x, "q"),
				     .cursor = exchange_query(c->x, "cursor"),
				     .limit = limit,
				     .rq = &c->rq,
				     .admin = request_is_admin(&c->rq) };
}

/* "app.form.field", of a row "app.form.table.field"; NULL: there is none, or he may not know of it.
 */
static const struct field *field_at(struct call *c, struct str path) {
	struct str app_name, form_name, name, row_name;
	struct request rq = c->rq;
	struct access ac;
	if (!str_cut(path, '.', &app_name, &path) || !str_cut(path, '.', &form_name, &name))
		return NULL;
	bool of_row = str_cut(name, '.', &name, &row_name);
	struct app *app = apps_take(c->server->store, app_name);
	if (!app) return NULL;
	app_keep(c->x->arena, app);
	rq.app = app;
	const struct form *form = app_form(app, form_name);
	if (!form || access_of(&rq, form, &ac)) return NULL;
	const struct field *f = form_field(form, name);
	if (of_row) f = f && f->rows ? form_field(f->rows, row_name) : NULL;
	return f && (ac.everything || access_right(&ac, f) > RIGHT_HIDDEN) ? f : NULL;
}

static struct problem *read_field(struct call *c, enum type_kind type, const struct field **out) {
	struct str path = exchange_query(c->x, "field");
	*out = NULL;
	if (!exchange_has_query(c->x, "field")) return NULL;
	*out = field_at(c, path);
	if (*out && (*out)->value_type.kind == type) return NULL;
	return PROBLEM(c->x->arena, MALFORMED, "unknown_field", "field", str_dup(c->x->arena, path),
		       "near", "");
}

static struct problem *read_page(struct call *c, enum type_kind type, struct people_page *out) {
	int64_t limit;
	TRY(call_limit(c, PAGE_USUAL, PAGE_MAX, &limit));
	*out = page_of(c, limit);
	if (!utf8_valid(out->q))
		return PROBLEM(c->x->arena, MALFORMED, "bad_text", "parameter", "q");
	return read_field(c, type, &out->field);
}

static struct problem *list_users(struct call *c) {
	struct people_page page;
	TRY(read_page(c, TYPE_USER, &page));
	struct jw w = call_answer(c);
	users_page_json(&w, c->x->arena, c->rq.directory, &page);
	return call_ok(c, 200);
}

static struct problem *list_depts(struct call *c) {
	struct people_page page;
	TRY(read_page(c, TYPE_DEPT, &page));
	struct jw w = call_answer(c);
	depts_page_json(&w, c->x->arena, c->rq.directory, &page);
	return call_ok(c, 200);
}

static struct problem *one_user(struct call *c) {
	const struct user *u = directory_user(c->rq.directory, c->args[0]);
	bool admin = request_is_admin(&c->rq);
	if (!u || (!u->active && !admin)) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	struct jw w = call_answer(c);
	jw_object(&w);
	user_members_json(&w, u, admin);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *one_dept(struct call *c) {
	const struct dept *d = directory_dept(c->rq.directory, c->args[0]);
	bool admin = request_is_admin(&c->rq);
	if (!d || (!d->active && !admin)) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	struct jw w = call_answer(c);
	jw_object(&w);
	dept_members_json(&w, d, admin);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *changed_in(struct call *c, struct tx *tx, const struct people_change *change,
				  struct jw *w) {
	struct problem *p;
	struct directory *d = people_take(c->server->store, tx, &p);
	if (p) return p;
	const struct user *u = directory_user(d, change->changed_name);
	const struct dept *dept = directory_dept(d, change->changed_name);
	if (change->what == PEOPLE_USER && u)
		user_members_json(w, u, true);
	else if (change->what == PEOPLE_DEPT && dept)
		dept_members_json(w, dept, true);
	directory_release(d);
	return NULL;
}

static struct problem *change_people(struct call *c, enum people_what what, enum people_mode mode) {
	struct people_change change = { .rq = &c->rq,
					.what = what,
					.mode = mode,
					.name = c->arg_count ? c->args[0] : STR(""),
					.body = c->body,
					.keep_session = session_of(c) ? session_of(c)->hash : "" };
	struct tx *tx;
	TRY(change_now(c, &change));
	struct jw w = call_answer(c);
	jw_object(&w);
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, changed_in(c, tx, &change, &w)));
	faults_json(&w, c->x->arena, c->rq.language, "warnings", change.warnings.first);
	jw_end(&w);
	return call_ok(c, mode == PEOPLE_CREATE ? 201 : 200);
}

static struct problem *add_user(struct call *c) {
	return change_people(c, PEOPLE_USER, PEOPLE_CREATE);
}
static struct problem *change_user(struct call *c) {
	return change_people(c, PEOPLE_USER, PEOPLE_UPDATE);
}
static struct problem *add_dept(struct call *c) {
	return change_people(c, PEOPLE_DEPT, PEOPLE_CREATE);
}
static struct problem *change_dept(struct call *c) {
	return change_people(c, PEOPLE_DEPT, PEOPLE_UPDATE);
}

/* ---- tokens ---- */

static struct problem *list_tokens(struct call *c) {
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "tokens");
	TRY(token_list(c->tx, &c->rq, &w));
	int64_t rate;
	TRY(setting_integer(c->tx, "token.rate", &rate));
	jw_set_int(&w, "rate", rate);
	jw_end(&w);
	return call_ok(c, 200);
}

static void token_answer(struct call *c, const struct new_token *t, const char *token) {
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "id", t->id);
	jw_set_text(&w, "token", token);
	jw_end(&w);
}

/* The token is shown to this caller only: a twin with the same Idempotency-Key is told null. */
static struct problem *add_token_commit(struct tx *tx, void *arg) {
	struct call *c = arg;
	struct new_token *t = c->state;
	TRY(token_add(tx, t));
	token_answer(c, t, NULL);
	return call_once(tx, c, 201, sb_str(&c->x->answer));
}

static struct problem *add_token(struct call *c) {
	struct new_token t = { .rq = &c->rq, .body = c->body };
	c->state = &t;
	TRY(write_now(c, add_token_commit));
	token_answer(c, &t, t.token);
	c->state = NULL;
	return call_ok(c, 201);
}

static struct problem *change_token_commit(struct tx *tx, void *arg) {
	struct call *c = arg;
	return token_change(tx, &c->rq, c->id, c->body);
}

static struct problem *change_token(struct call *c) {
	TRY(only_keys(c, "rate"));
	TRY(write_now(c, change_token_commit));
	return call_empty(c);
}

static struct problem *delete_token_commit(struct tx *tx, void *arg) {
	struct call *c = arg;
	return token_delete(tx, &c->rq, c->id);
}

static struct problem *delete_token(struct call *c) {
	TRY(write_now(c, delete_token_commit));
	return call_empty(c);
}

/* ---- settings ---- */

static struct problem *get_settings(struct call *c) {
	struct jw w = call_answer(c);
	TRY(settings_json(c->tx, &w));
	return call_ok(c, 200);
}

static struct problem *settings_schema(struct call *c) {
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "settings");
	settings_schema_json(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *change_settings_commit(struct tx *tx, void *arg) {
	struct call *c = arg;
	TRY(settings_patch(tx, &c->rq, c->body));
	struct jw w = call_answer(c);
	return settings_json(tx, &w);
}

static struct problem *change_settings(struct call *c) {
	TRY(write_now(c, change_settings_commit));
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_people[] = {
	{ HTTP_POST, "/api/session", ROUTE_PUBLIC | ROUTE_POOL | ROUTE_BODY, log_in, "Log in", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/session", ROUTE_POOL, log_out, "Log out", NULL, 0, NULL },
	{ HTTP_PATCH, "/api/me", ROUTE_POOL | ROUTE_BODY, change_me, "Change my password (with the old one) or language", NULL, 0, NULL },
	{ HTTP_GET, "/api/users", ROUTE_READ, list_users, "People; of a field of users (app.form.field, of a row app.form.table.field) those one may choose there", NULL, 0, "q limit cursor field" },
	{ HTTP_POST, "/api/users", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, add_user, "Add a user", NULL, 0, NULL },
	{ HTTP_PATCH, "/api/users", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, change_user, "Change the user the body names", NULL, 0, NULL },
	{ HTTP_GET, "/api/users/{user}", ROUTE_READ, one_user, "One user", NULL, 0, NULL },
	{ HTTP_PATCH, "/api/users/{user}", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, change_user, "Change a user", NULL, 0, NULL },
	{ HTTP_GET, "/api/depts", ROUTE_READ, list_depts, "Departments; of a field of departments those one may choose there", NULL, 0, "q limit cursor field" },
	{ HTTP_POST, "/api/depts", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, add_dept, "Add a department", NULL, 0, NULL },
	{ HTTP_PATCH, "/api/depts", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, change_dept, "Change the department the body names", NULL, 0, NULL },
	{ HTTP_GET, "/api/depts/{dept}", ROUTE_READ, one_dept, "One department", NULL, 0, NULL },
	{ HTTP_PATCH, "/api/depts/{dept}", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, change_dept, "Change a department", NULL, 0, NULL },
	{ HTTP_GET, "/api/tokens", ROUTE_READ | ROUTE_APP_ADMIN, list_tokens, "API tokens, without their secrets", NULL, 0, NULL },
	{ HTTP_POST, "/api/tokens", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, add_token, "Make an API token; it is shown once", NULL, 0, NULL },
	{ HTTP_PATCH, "/api/tokens/{id}", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, change_token, "Change how many requests a minute a token may send; null goes by the setting token.rate", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/tokens/{id}", ROUTE_POOL | ROUTE_APP_ADMIN, delete_token, "Revoke an API token", NULL, 0, NULL },
	{ HTTP_GET, "/api/settings", ROUTE_READ | ROUTE_ADMIN, get_settings, "Organisation settings", NULL, 0, NULL },
	{ HTTP_GET, "/api/settings/schema", ROUTE_READ | ROUTE_ADMIN, settings_schema, "Which settings there are", NULL, 0, NULL },
	{ HTTP_PATCH, "/api/settings", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, change_settings, "Change settings; null puts one back to its default", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
