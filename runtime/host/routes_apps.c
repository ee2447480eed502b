/* routes_apps.c -- who am I, which apps are there, what may I see of them. */
#include "runtime/host/definition_view.h"
#include "runtime/host/people_view.h"
#include "runtime/host/router.h"
#include "runtime/host/session.h"
#include "runtime/model/sha256.h"
#include "runtime/store/notifications.h"

enum { DEFINITION_ANSWER = 64 << 20 };

/* ---- me ---- */

static struct problem *me(struct call *c) {
	static const struct user operator= { .login = "system", .label = "system", .admin = true };
	const struct user *u = c->rq.actor ? c->rq.actor : &operator;
	int64_t unread = 0;
	if (c->rq.actor) TRY(notification_unread(c->tx, u->id, &unread));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "user", u->login);
	jw_set_text(&w, "label", directory_label(u));
	jw_set_text(&w, "dept", u->dept ? u->dept->name : NULL);
	jw_set_text(&w, "dept_label", u->dept ? label_text(&u->dept->label, c->rq.language) : NULL);
	user_depts_json(&w, u);
	user_administers_json(&w, u);
	jw_key(&w, "roles");
	user_roles_json(&w, u);
	jw_set_bool(&w, "admin", request_is_admin(&c->rq));
	jw_set_text(&w, "language", c->rq.language == LANGUAGE_ZH ? "zh-CN" : "en");
	const struct session *session = c->session;
	jw_set_text(&w, "csrf", session ? session->csrf : NULL);
	jw_set_int(&w, "unread", unread);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- apps ---- */

static void label_json(struct jw *w, const struct label *label, const char *name) {
	jw_key(w, "label");
	if (!label->zh && !label->en) {
		jw_text(w, name);
		return;
	}
	jw_object(w);
	jw_set_text(w, "zh-CN", label_text(label, LANGUAGE_ZH));
	jw_set_text(w, "en", label_text(label, LANGUAGE_EN));
	jw_end(w);
}

static struct problem *apps(struct call *c) {
	struct app_list list = apps_list(c->server->store, c->x->arena);
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "apps");
	jw_array(&w);
	for (size_t i = 0; i < list.n; i++) {
		const struct app *app = list.items[i];
		if (!access_app(&c->rq, app)) continue;
		jw_object(&w);
		jw_set_text(&w, "app", app->name);
		label_json(&w, &app->label, app->name);
		jw_set_text(&w, "version", app->version_text);
		jw_set_int(&w, "published", app->version);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* The tag is of the text itself: it changes with the app, with the reader's rights and language. */
static void tag_of_text(struct call *c) {
	char tag[67] = "\"";
	sha256_hex(sb_str(&c->x->answer), tag + 1);
	tag[65] = '"';
	tag[66] = '\0';
	exchange_set_header(c->x, "ETag", tag);
	exchange_set_header(c->x, "Cache-Control", "private, no-cache");
	if (!str_is(exchange_header(c->x, "If-None-Match"), tag)) return;
	c->x->answer.n = 0;
	c->x->status = 304;
}

static struct problem *definition(struct call *c) {
	if (!access_app(&c->rq, c->rq.app)) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	c->x->answer.ceiling = DEFINITION_ANSWER;
	struct jw w = call_answer(c);
	definition_view(&w, &c->rq, str_is(exchange_query(c->x, "regions"), "apart"));
	TRY(call_ok(c, 200));
	tag_of_text(c);
	return NULL;
}

// clang-format off
const struct route routes_apps[] = {
	{ HTTP_GET, "/api/me", ROUTE_READ, me, "Who I am", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps", ROUTE_READ, apps, "Apps I may see", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/definition", ROUTE_READ | ROUTE_APP, definition, "The app's definition as far as my rights go; regions=apart: the built-in regions are not in it but at an address of their own", NULL, 0, "regions" },
	{ .pattern = NULL },
};
// clang-format on
