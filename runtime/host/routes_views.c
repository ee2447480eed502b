/* routes_views.c -- saved views of a form: everybody's own, and those an administrator shares. */
#include "runtime/host/router.h"
#include "runtime/model/saved_view.h"
#include "runtime/store/saved_views.h"

enum { VIEW_TEXT = 64 * 1024 };

struct saving {
	struct saved_view view;
	bool fresh, full, found;
};

static struct saved_view view_of(const struct call *c, bool shared, struct str name) {
	return (struct saved_view){ .app = c->rq.app->name,
				    .form = c->form->id,
				    .user = shared || !c->rq.actor ? 0 : c->rq.actor->id,
				    .name = str_trim(name) };
}

static struct problem *may_list(struct call *c) {
	struct access ac;
	TRY(access_of(&c->rq, c->form, &ac));
	return access_may(&ac, ACTION_READ) ? NULL : PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
}

static struct problem *may_share(struct call *c, bool shared) {
	return !shared || request_is_admin(&c->rq) ? NULL
						   : PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
}

/* ---- reading ---- */

static struct problem *write_view(struct call *c, struct jw *w, const struct saved_view *v) {
	const struct json *stored;
	TRY(json_parse(c->x->arena, v->body, &json_limits_request, &stored));
	jw_object(w);
	saved_view_json(w, &c->rq, c->form, stored);
	jw_set_bool(w, "shared", v->user == 0);
	jw_end(w);
	return NULL;
}

static struct problem *list(struct call *c) {
	struct saved_view *views;
	size_t n;
	TRY(may_list(c));
	TRY(view_list(c->tx, c->rq.app->name, c->form->id, c->rq.actor ? c->rq.actor->id : 0,
		      &views, &n));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "views");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) TRY(write_view(c, &w, &views[i]));
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- saving ---- */

static struct str stored_text(struct call *c) {
	struct sb text = sb_on(c->x->arena, VIEW_TEXT);
	struct jw w = jw_on(&text);
	jw_object(&w);
	for (uint32_t i = 0; i < c->body->n; i++) {
		if (str_is(c->body->keys[i].name, "shared")) continue;
		jw_key_str(&w, c->body->keys[i].name);
		jw_json(&w, &c->body->items[i]);
	}
	jw_end(&w);
	return text.overflow ? (struct str){ NULL, 0 } : sb_str(&text);
}

static struct problem *save_commit(struct tx *tx, struct call *c) {
	struct saving *s = c->state;
	TRY(view_save(tx, &s->view, c->rq.now_us, &s->fresh, &s->full));
	if (s->full)
		return PROBLEM(c->x->arena, CONFLICT, "views_many", "max",
			       arena_printf(c->x->arena, "%d", SAVED_VIEWS_MAX));
	struct jw w = call_answer(c);
	TRY(write_view(c, &w, &s->view));
	return call_once(tx, c, s->fresh ? 201 : 200, sb_str(&c->x->answer));
}

static struct problem *saved(struct call *c) {
	return call_ok(c, ((struct saving *)c->state)->fresh ? 201 : 200);
}

static struct problem *check(struct call *c) {
	struct faults faults = { .arena = c->x->arena };
	const struct json *shared = json_get(c->body, "shared");
	if (shared && shared->kind != JSON_TRUE && shared->kind != JSON_FALSE)
		FAULT(&faults, "/shared", "view_flag");
	TRY(saved_view_check(&c->rq, c->form, c->body, "shared", &faults));
	return faults_problem(&faults);
}

static struct problem *save(struct call *c) {
	bool shared = json_bool(json_get(c->body, "shared"));
	struct saving *s = arena_alloc(c->x->arena, sizeof *s);
	TRY(may_list(c));
	TRY(may_share(c, shared));
	TRY(check(c));
	*s = (struct saving){ .view = view_of(c, shared, json_str(json_get(c->body, "view"))) };
	s->view.body = stored_text(c);
	if (!s->view.body.p) return PROBLEM(c->x->arena, TOO_LARGE, "too_large", "max", "64 KiB");
	c->state = s;
	return call_commit(c, LANE_INTERACTIVE, save_commit, saved);
}

/* ---- deleting ---- */

static struct problem *delete_commit(struct tx *tx, struct call *c) {
	struct saving *s = c->state;
	TRY(view_delete(tx, &s->view, &s->found));
	if (!s->found) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	return call_once(tx, c, 204, (struct str){ "", 0 });
}

static struct problem *deleted(struct call *c) { return call_empty(c); }

static struct problem *delete_view(struct call *c) {
	struct str name = exchange_query(c->x, "view"), flag = exchange_query(c->x, "shared");
	struct saving *s = arena_alloc(c->x->arena, sizeof *s);
	if (flag.n && !str_is(flag, "1") && !str_is(flag, "0"))
		return PROBLEM(c->x->arena, MALFORMED, "bad_flag", "name", "shared");
	if (!name.n) return PROBLEM(c->x->arena, MALFORMED, "views_name", "name", "view");
	TRY(may_list(c));
	TRY(may_share(c, str_is(flag, "1")));
	*s = (struct saving){ .view = view_of(c, str_is(flag, "1"), name) };
	c->state = s;
	return call_commit(c, LANE_INTERACTIVE, delete_commit, deleted);
}

// clang-format off
const struct route routes_views[] = {
	{ HTTP_GET, "/api/{app}/{form}/views", ROUTE_READ | ROUTE_APP | ROUTE_FORM, list, "My saved views and the shared ones", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/views", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, save, "Save a view; one of the same name is replaced", NULL, VIEW_TEXT, NULL },
	{ HTTP_DELETE, "/api/{app}/{form}/views", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, delete_view, "Delete a saved view", NULL, 0, "view shared" },
	{ .pattern = NULL },
};
// clang-format on
