/* routes_notifications.c -- the bell: what others did that concerns me. What a message says of a
 * record follows today's rights: who may not read it any more sees neither its title nor the words.
 */
#include "runtime/base/day.h"
#include "runtime/host/router.h"
#include "runtime/store/notifications.h"
#include "runtime/store/read.h"

enum { PAGE_USUAL = 50, PAGE_MAX = 200, IDS_MAX = 1000 };

struct listing {
	struct call *c;
	struct app_list apps;
	struct notification *items;
	size_t n;
	const struct form **forms; /* by item; NULL: gone, or not his to know of */
	const char **titles;
	bool unread;
	int64_t limit, before, left;
};

static const struct app *app_of(const struct listing *l, const char *name) {
	for (size_t i = 0; i < l->apps.n; i++)
		if (!strcmp(l->apps.items[i]->name, name)) return l->apps.items[i];
	return NULL;
}

static const struct form *form_of(struct listing *l, const struct notification *n) {
	struct request rq = l->c->rq;
	struct access access;
	rq.app = app_of(l, n->app);
	const struct form *form = app_form_by_id(rq.app, str_of(n->form));
	return form && !access_of(&rq, form, &access) ? form : NULL;
}

/* Titles of all items of one form at once. */
static struct problem *read_titles_of(struct listing *l, struct tx *tx, size_t first) {
	struct arena *a = l->c->x->arena;
	int64_t *ids = arena_array(a, l->n, sizeof *ids);
	const char **titles = arena_array(a, l->n, sizeof *titles);
	size_t *places = arena_array(a, l->n, sizeof *places), n = 0;
	for (size_t i = first; i < l->n; i++) {
		if (l->forms[i] != l->forms[first] || !l->items[i].record) continue;
		places[n] = i;
		ids[n++] = l->items[i].record;
	}
	struct request rq = l->c->rq;
	rq.app = app_of(l, l->items[first].app);
	TRY(read_titles(&rq, tx, l->forms[first], ids, n, titles));
	for (size_t i = 0; i < n; i++) l->titles[places[i]] = titles[i];
	return NULL;
}

static bool form_seen(const struct listing *l, size_t i) {
	for (size_t k = 0; k < i; k++)
		if (l->forms[k] == l->forms[i]) return true;
	return false;
}

static struct problem *read_all(struct listing *l, struct tx *tx) {
	struct arena *a = l->c->x->arena;
	struct notification_query q = { l->c->rq.actor->id, l->before, l->unread, l->limit };
	TRY(notification_list(tx, &q, &l->items, &l->n));
	TRY(notification_unread(tx, q.user, &l->left));
	l->forms = arena_array(a, l->n + 1, sizeof *l->forms);
	l->titles = arena_array(a, l->n + 1, sizeof *l->titles);
	for (size_t i = 0; i < l->n; i++) l->forms[i] = form_of(l, &l->items[i]);
	for (size_t i = 0; i < l->n; i++)
		if (l->forms[i] && !form_seen(l, i)) TRY(read_titles_of(l, tx, i));
	return NULL;
}

/* ---- the answer ---- */

/* Of approvals; the text of such a one is the task. */
static const char *flow_code(struct arena *a, const struct notification *n) {
	const char *code = arena_printf(a, "notify_%s", n->kind);
	const char *system = arena_printf(a, "%s_system", code);
	return !n->actor && catalogue_find(system) ? system : code;
}

static bool of_flow(const struct notification *n) { return strncmp(n->kind, "flow_", 5) == 0; }

static const struct kind {
	const char *name, *code, *many, *unseen; /* unseen: its words may not be told (any more) */
	const char *title;                       /* of what is about no record */
} kinds[] = {
	{ "assigned", "notify_assigned", "notify_assigned_many", "notify_assigned", NULL },
	{ "shared", "notify_shared", "notify_shared", "notify_shared", NULL },
	{ "proxy", "notify_proxy", "notify_proxy", "notify_proxy", "notify_proxy_title" },
	{ "proxy_ended", "notify_proxy_ended", "notify_proxy_ended", "notify_proxy_ended",
	  "notify_proxy_title" },
	{ "followed", "notify_followed_said", "notify_followed_many", "notify_followed", NULL },
	{ "mentioned", "notify_mentioned", "notify_mentioned", "notify_mentioned_unseen", NULL },
};

static const struct kind *kind_of(const char *name) {
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(kinds) && strcmp(kinds[i].name, name) != 0) i++;
	return &kinds[i];
}

static const char *text_of(const struct listing *l, const struct notification *n, const char *by,
			   const char *title) {
	struct arena *a = l->c->x->arena;
	const struct kind *k = kind_of(n->kind);
	bool said = n->text.n && (title || k->title);
	const char *code = of_flow(n)    ? flow_code(a, n)
			   : n->many > 1 ? k->many
			   : said        ? k->code
					 : k->unseen;
	const struct param params[] = { { "by", by },
					{ "count", arena_printf(a, "%lld", (long long)n->many) },
					{ "text", said ? n->text.p : "" } };
	return catalogue_text(a, l->c->rq.language, code, params, ARRAY_LEN(params));
}

static void write_item(const struct listing *l, struct jw *w, size_t i) {
	const struct notification *n = &l->items[i];
	const struct form *form = l->forms[i];
	const struct user *by = directory_user_id(l->c->rq.directory, n->actor);
	char at[40];
	const struct kind *kind = kind_of(n->kind);
	const char *label = kind->title ? catalogue_text(l->c->x->arena, l->c->rq.language,
							 kind->title, NULL, 0)
			    : form      ? label_text(&form->label, l->c->rq.language)
					: NULL;
	const struct {
		const char *key, *value;
	} texts[] = {
		{ "kind", n->kind },
		{ "app", strcmp(n->app, NOTIFICATION_NO_APP) ? n->app : NULL },
		{ "form", form ? form->name : NULL },
		{ "title", n->record ? l->titles[i] : label },
		{ "text", text_of(l, n, by ? directory_label(by) : "", l->titles[i]) },
		{ "by", by ? by->login : NULL },
		{ "task", of_flow(n) ? n->text.p : NULL },
	};
	jw_object(w);
	jw_set_int(w, "id", n->id);
	for (size_t k = 0; k < ARRAY_LEN(texts); k++) {
		jw_set_text(w, texts[k].key, texts[k].value);
	}
	jw_key(w, "record");
	if (n->record && form)
		jw_int(w, n->record);
	else
		jw_null(w);
	jw_set_int(w, "count", n->many);
	jw_set_str(w, "at", (struct str){ at, datetime_text(n->at_us, at) });
	jw_set_bool(w, "read", n->read);
	jw_end(w);
}

static struct problem *answer(struct listing *l) {
	struct jw w = call_answer(l->c);
	jw_object(&w);
	jw_key(&w, "notifications");
	jw_array(&w);
	for (size_t i = 0; i < l->n; i++) write_item(l, &w, i);
	jw_end(&w);
	jw_set_int(&w, "unread", l->left);
	jw_key(&w, "next");
	if (l->n == (size_t)l->limit)
		jw_text(&w, arena_printf(l->c->x->arena, "%lld", (long long)l->items[l->n - 1].id));
	else
		jw_null(&w);
	jw_end(&w);
	return call_ok(l->c, 200);
}

static struct problem *read_query(struct listing *l) {
	const struct exchange *x = l->c->x;
	struct str unread = exchange_query(x, "unread");
	l->unread = str_is(unread, "1");
	if (unread.n && !l->unread && !str_is(unread, "0"))
		return PROBLEM(x->arena, MALFORMED, "bad_flag", "name", "unread");
	TRY(call_limit(l->c, PAGE_USUAL, PAGE_MAX, &l->limit));
	if (exchange_has_query(x, "cursor") &&
	    (!str_to_int(exchange_query(x, "cursor"), &l->before) || l->before < 1))
		return PROBLEM(x->arena, MALFORMED, "parameter_number", "name", "cursor");
	return NULL;
}

/* On the pool: the apps are taken before the snapshot (call.c, invariant 3). */
static struct problem *list(struct call *c) {
	struct listing l = { .c = c };
	struct tx *tx;
	TRY(read_query(&l));
	if (!c->rq.actor) return answer(&l);
	l.apps = apps_list(c->server->store, c->x->arena);
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, read_all(&l, tx)));
	return answer(&l);
}

/* ---- read ---- */

static struct problem *mark(struct tx *tx, struct call *c) {
	const struct json *ids = json_get(c->body, "ids");
	int32_t user = c->rq.actor->id;
	int64_t id, left;
	if (!ids) TRY(notification_read_all(tx, user, c->rq.now_us));
	for (uint32_t i = 0; ids && i < ids->n; i++) {
		json_int(&ids->items[i], &id);
		TRY(notification_read_one(tx, user, id, c->rq.now_us));
	}
	TRY(notification_unread(tx, user, &left));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "unread", left);
	jw_end(&w);
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *marked(struct call *c) { return call_ok(c, 200); }

static struct problem *set_read(struct call *c) {
	const struct json *ids = json_get(c->body, "ids"), *all = json_get(c->body, "all");
	struct arena *a = c->x->arena;
	bool listed = ids && ids->kind == JSON_ARRAY && ids->n <= IDS_MAX;
	if (c->body->n != 1 || (!listed && !json_bool(all)))
		return PROBLEM(a, MALFORMED, "body_keys", "keys", "ids, all");
	for (uint32_t i = 0; ids && i < ids->n; i++) {
		int64_t id;
		if (!json_int(&ids->items[i], &id))
			return PROBLEM(a, MALFORMED, "bad_id", "key",
				       arena_printf(a, "/ids/%u", i));
	}
	if (!c->rq.actor) return PROBLEM(a, FORBIDDEN, "forbidden");
	return call_commit(c, LANE_INTERACTIVE, mark, marked);
}

// clang-format off
const struct route routes_notifications[] = {
	{ HTTP_GET, "/api/notifications", ROUTE_POOL, list, "What others did that concerns me, newest first", NULL, 0, "unread limit cursor" },
	{ HTTP_POST, "/api/notifications/read", ROUTE_WRITE | ROUTE_BODY, set_read, "Mark mine as read: some, or all", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
