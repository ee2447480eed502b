/* accounts_tokens.c -- API tokens: opaque, stored hashed, never more than their owner may. */
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/model/sha256.h"
#include "runtime/store/accounts_internal.h"
#include "runtime/store/backend.h"

static const char prefix[] = "tenon_"; /* so that scanners for leaked secrets can tell it */

/* ---- using one ---- */

static struct problem *scope_read(struct arena *a, struct str text, struct token_scope *out) {
	const struct json *j;
	if (str_is(text, "{}")) return NULL; /* most tokens: all their owner may */
	TRY(json_parse(a, text, &json_limits_request, &j));
	struct str app = json_str(json_get(j, "app"));
	*out = (struct token_scope){ app.n ? str_dup(a, app) : NULL,
				     json_bool(json_get(j, "read_only")) };
	return NULL;
}

struct problem *token_find(struct tx *tx, struct str token, struct session *out, bool *found) {
	struct arena *a = tx_arena(tx);
	struct rows *r;
	char hash[65];
	int64_t now = clock_real();
	*out = (struct session){ .user_id = 0 };
	*found = false;
	if (!str_starts(token, STR("tenon_"))) return NULL;
	sha256_hex(token, hash);
	TRY(tx_query(tx, sql_token_get, PARAMS(value_text(str_of(hash))), &r));
	TRY(rows_next(r, found));
	if (!*found) return NULL;
	*found = rows_cell(r, 3).kind == VALUE_NULL || rows_int(r, 3) > now;
	out->token_id = rows_int(r, 0);
	out->user_id = (int32_t)rows_int(r, 1);
	struct str scope = str_of(str_dup(a, rows_text(r, 2)));
	out->touch = now - rows_int(r, 4) > MINUTE_US;
	out->rate = rows_cell(r, 5).kind == VALUE_NULL
			    ? setting_integer_of(rows_text(r, 6), "token.rate")
			    : rows_int(r, 5);
	rows_close(r);
	return scope_read(a, scope, &out->scope);
}

/* ---- making one ---- */

struct token_input {
	struct faults faults;
	bool malformed;
	struct store *store;
	struct str user, label, app;
	bool read_only, forever;
	int64_t expires;
	struct value rate;
};

static void read_text(struct token_input *in, const struct json *v, const char *pointer, size_t max,
		      struct str *out) {
	if (v->kind == JSON_NULL) return;
	if (v->kind != JSON_STRING)
		FAULT(&in->faults, pointer, "expect_text");
	else if (utf8_length(v->text) > max)
		FAULT(&in->faults, pointer, "text_long", "max",
		      arena_printf(in->faults.arena, "%zu", max));
	else
		*out = v->text;
}

/* A day lasts to its end. */
static void read_expires(struct token_input *in, const struct json *v) {
	struct str text = STR("");
	int64_t day;
	bool offset;
	read_text(in, v, "/expires", 40, &text);
	if (!text.n) return;
	if (day_parse(text, &day))
		in->expires = (day + 1) * DAY_US;
	else if (!datetime_parse(text, &in->expires, &offset) || !offset)
		FAULT(&in->faults, "/expires", "token_expires");
	if (in->expires && in->expires <= clock_real())
		FAULT(&in->faults, "/expires", "token_expires_past");
	in->forever = false;
}

static bool app_is_there(struct store *s, struct str name) {
	struct app *app = apps_take(s, name);
	app_release(app);
	return app != NULL;
}

static void unknown(struct token_input *in, const char *parent, struct str key, const char *known) {
	struct arena *a = in->faults.arena;
	in->malformed = true;
	FAULT(&in->faults, pointer_join(a, parent, key), "unknown_key", "name", str_dup(a, key),
	      "known", known);
}

static void read_scope(struct token_input *in, const struct json *v) {
	if (v->kind == JSON_NULL) return;
	if (v->kind != JSON_OBJECT) {
		FAULT(&in->faults, "/scope", "token_scope");
		return;
	}
	for (uint32_t i = 0; i < v->n; i++) {
		const struct json *item = &v->items[i];
		if (str_is(v->keys[i].name, "app")) {
			read_text(in, item, "/scope/app", 48, &in->app);
			if (in->app.n && !app_is_there(in->store, in->app))
				FAULT(&in->faults, "/scope/app", "unknown_app", "app",
				      str_dup(in->faults.arena, in->app));
		} else if (str_is(v->keys[i].name, "read_only")) {
			in->read_only = json_bool(item);
			if (item->kind != JSON_TRUE && item->kind != JSON_FALSE)
				FAULT(&in->faults, "/scope/read_only", "expect_bool");
		} else {
			unknown(in, "/scope", v->keys[i].name, "app, read_only");
		}
	}
}

static void read_rate(struct token_input *in, const struct json *v) {
	int64_t n;
	if (v->kind == JSON_NULL) return;
	if (v->kind == JSON_NUMBER && str_to_int(v->text, &n) && n >= 0 && n <= TOKEN_RATE_MAX)
		in->rate = value_int(n);
	else
		FAULT(&in->faults, "/rate", "token_rate_number", "max",
		      arena_printf(in->faults.arena, "%d", TOKEN_RATE_MAX));
}

static void read_body(struct token_input *in, const struct json *body) {
	for (uint32_t i = 0; i < body->n; i++) {
		struct str key = body->keys[i].name;
		const struct json *v = &body->items[i];
		if (str_is(key, "user"))
			read_text(in, v, "/user", 64, &in->user);
		else if (str_is(key, "label"))
			read_text(in, v, "/label", 100, &in->label);
		else if (str_is(key, "expires"))
			read_expires(in, v);
		else if (str_is(key, "scope"))
			read_scope(in, v);
		else if (str_is(key, "rate"))
			read_rate(in, v);
		else
			unknown(in, "", key, "user, label, expires, scope, rate");
	}
}

static struct problem *owner_of(struct tx *tx, struct token_input *in, const struct request *rq,
				int64_t *out) {
	*out = 0;
	if (!in->user.n && rq->actor)
		*out = rq->actor->id;
	else if (!in->user.n)
		FAULT(&in->faults, "/user", "required");
	else
		TRY(user_id(tx, in->user, out));
	if (in->user.n && !*out)
		FAULT(&in->faults, "/user", "unknown_user", "name",
		      str_dup(in->faults.arena, in->user));
	return NULL;
}

static const char *scope_json(struct arena *a, const struct token_input *in) {
	struct sb out = sb_on(a, 4096);
	struct jw w = jw_on(&out);
	jw_object(&w);
	if (in->app.n) {
		jw_set_str(&w, "app", in->app);
	}
	if (in->read_only) {
		jw_set_bool(&w, "read_only", true);
	}
	jw_end(&w);
	return sb_cstr(&out);
}

/* Beyond the organisation's setting only by whom that setting obeys. */
static struct problem *check_rate(struct tx *tx, struct token_input *in, const struct request *rq) {
	int64_t most;
	if (in->rate.kind == VALUE_NULL || request_is_admin(rq)) return NULL;
	TRY(setting_integer(tx, "token.rate", &most));
	if (most && (!in->rate.as.i || in->rate.as.i > most))
		FAULT(&in->faults, "/rate", "token_rate_over", "max",
		      arena_printf(in->faults.arena, "%lld", (long long)most));
	return NULL;
}

static struct problem *note(struct tx *tx, const struct request *rq, const char *act, int64_t id,
			    struct str label, const char *scope, struct value rate) {
	struct sb detail = sb_on(tx_arena(tx), 8192);
	struct jw w = jw_on(&detail);
	jw_object(&w);
	jw_set_int(&w, "token", id);
	jw_set_str(&w, "label", label);
	if (scope) {
		jw_key(&w, "scope");
		jw_raw(&w, str_of(scope));
	}
	if (rate.kind != VALUE_NULL) jw_set_int(&w, "rate", rate.as.i);
	jw_end(&w);
	return audit_note(tx, rq, act, sb_cstr(&detail));
}

/* Who administers an app manages its tokens; a token made for somebody else would be that person's rights in his hand. */
static bool may_manage(const struct request *rq, struct str app) {
	if (request_is_admin(rq)) return true;
	for (size_t i = 0; app.n && i < rq->actor->administers_count; i++)
		if (str_is(app, rq->actor->administers[i])) return true;
	return false;
}

static struct str app_of_scope(struct arena *a, struct str scope) {
	const struct json *tree;
	struct str text = { str_dup(a, scope), scope.n };
	if (json_parse(a, text, &json_limits_request, &tree)) return STR("");
	return json_str(json_get(tree, "app"));
}

struct problem *token_add(struct tx *tx, struct new_token *t) {
	struct arena *a = t->rq->arena;
	struct token_input in = { .faults = { .arena = a }, .store = tx->store, .forever = true };
	int64_t owner;
	char hash[65];
	read_body(&in, t->body);
	TRY(owner_of(tx, &in, t->rq, &owner));
	TRY(check_rate(tx, &in, t->rq));
	struct problem *p = faults_problem(&in.faults);
	if (p && in.malformed) p->kind = PROBLEM_MALFORMED;
	TRY(p);
	if (!may_manage(t->rq, in.app) || (!request_is_admin(t->rq) && owner != t->rq->actor->id))
		return PROBLEM(a, FORBIDDEN, "app_admin_token");
	t->token = secret_random(a, prefix);
	sha256_hex(str_of(t->token), hash);
	const char *scope = scope_json(a, &in);
	struct value label = { .kind = VALUE_TEXT, .as.s = in.label };
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_int(tx, sql_token_add,
		   PARAMS(value_text(str_of(hash)), value_int(owner), label,
			  value_text(str_of(scope)),
			  in.forever ? VALUE_NONE : value_int(in.expires), value_int(clock_real()),
			  t->rq->actor ? value_int(t->rq->actor->id) : VALUE_NONE, in.rate),
		   &t->id, NULL));
	return note(tx, t->rq, "token_add", t->id, in.label, scope, in.rate);
}

/* One that is there and that who asks may manage; its label. */
static struct problem *token_mine(struct tx *tx, const struct request *rq, int64_t id,
				  char **label) {
	char *scope;
	TRY(tx_text(tx, sql_token_label, PARAMS(value_int(id)), label));
	TRY(tx_text(tx, sql_token_scope, PARAMS(value_int(id)), &scope));
	if (!scope) return PROBLEM(tx_arena(tx), NOT_FOUND, "not_found");
	if (may_manage(rq, app_of_scope(tx_arena(tx), str_of(scope)))) return NULL;
	return PROBLEM(tx_arena(tx), FORBIDDEN, "app_admin_token");
}

struct problem *token_change(struct tx *tx, const struct request *rq, int64_t id,
			     const struct json *body) {
	struct token_input in = { .faults = { .arena = tx_arena(tx) }, .store = tx->store };
	char *label;
	TRY(token_mine(tx, rq, id, &label));
	const struct json *rate = json_get(body, "rate");
	if (rate)
		read_rate(&in, rate);
	else
		FAULT(&in.faults, "/rate", "required");
	TRY(check_rate(tx, &in, rq));
	TRY(faults_problem(&in.faults));
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_exec(tx, sql_token_rate, PARAMS(value_int(id), in.rate), NULL));
	return note(tx, rq, "token_change", id, str_of(label), NULL, in.rate);
}

struct problem *token_delete(struct tx *tx, const struct request *rq, int64_t id) {
	char *label;
	TRY(token_mine(tx, rq, id, &label));
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_exec(tx, sql_token_delete, PARAMS(value_int(id)), NULL));
	return note(tx, rq, "token_delete", id, str_of(label), NULL, VALUE_NONE);
}

/* ---- listing ---- */

static void time_json(struct jw *w, const char *key, struct value at) {
	char text[40];
	jw_key(w, key);
	if (at.kind == VALUE_NULL)
		jw_null(w);
	else
		jw_str(w, (struct str){ text, datetime_text(at.as.i, text) });
}

static void login_json(struct jw *w, const char *key, const struct directory *people, int64_t id) {
	const struct user *u = directory_user_id(people, (int32_t)id);
	jw_set_text(w, key, u ? u->login : NULL);
}

static void token_json(struct jw *w, const struct directory *people, const struct rows *r) {
	jw_object(w);
	jw_set_int(w, "id", rows_int(r, 0));
	login_json(w, "user", people, rows_int(r, 1));
	jw_set_str(w, "label", rows_text(r, 2));
	jw_key(w, "scope");
	jw_raw(w, rows_text(r, 3));
	time_json(w, "expires", rows_cell(r, 4));
	time_json(w, "created_at", rows_cell(r, 5));
	login_json(w, "created_by", people, rows_int(r, 6));
	time_json(w, "used_at", rows_cell(r, 7));
	jw_key(w, "rate");
	if (rows_cell(r, 8).kind == VALUE_NULL)
		jw_null(w);
	else
		jw_int(w, rows_int(r, 8));
	jw_end(w);
}

struct problem *token_list(struct tx *tx, const struct request *rq, struct jw *w) {
	struct rows *r;
	TRY(tx_query(tx, sql_token_list, NO_PARAMS, &r));
	jw_array(w);
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) break;
		if (may_manage(rq, app_of_scope(tx_arena(tx), rows_text(r, 3))))
			token_json(w, rq->directory, r);
	}
	jw_end(w);
	return NULL;
}
