/* routes_proxies.c -- standing proxies over HTTP (store/proxies.h): everybody's own, and for
 * administrators anyone's. On the pool: the apps are taken before the snapshot (call.c, invariant
 * 3), for the names of their flows. A flow is said by its name, or as app/name where two apps have
 * one of that name. */
#include "runtime/base/day.h"
#include "runtime/host/router.h"
#include "runtime/model/flow.h"
#include "runtime/model/permission.h"
#include "runtime/store/audit.h"
#include "runtime/store/proxies.h"

enum { FLOWS_TEXT = 16 * 1024 };

struct proxies {
	struct call *c;
	struct app_list apps;
	/* adding */
	struct faults faults;
	struct proxy proxy;
	enum proxy_refusal refusal;
	const char *act;
};

static void take_apps(struct proxies *p, struct call *c) {
	*p = (struct proxies){ .c = c,
			       .apps = apps_list(c->server->store, c->x->arena),
			       .faults = { .arena = c->x->arena } };
}

/* ---- names of flows ---- */

static size_t flows_called(const struct proxies *p, const char *name) {
	size_t n = 0;
	for (size_t i = 0; i < p->apps.n; i++)
		n += app_flow(p->apps.items[i], str_of(name)) != NULL;
	return n;
}

static const char *flow_said(const struct proxies *p, const struct flow *f) {
	if (flows_called(p, f->name) < 2) return f->name;
	return arena_printf(p->c->x->arena, "%s/%s", f->app->name, f->name);
}

/* "crm/approval" by ids; one that is gone stays as it is stored. */
static const char *flow_name(const struct proxies *p, const char *stored) {
	for (size_t i = 0; i < p->apps.n; i++)
		for (size_t k = 0; k < p->apps.items[i]->flow_count; k++) {
			const struct flow *f = p->apps.items[i]->flows[k];
			size_t n = strlen(p->apps.items[i]->name);
			if (!strncmp(stored, p->apps.items[i]->name, n) && stored[n] == '/' &&
			    !strcmp(stored + n + 1, f->id))
				return flow_said(p, f);
		}
	return stored;
}

/* All flows that are meant by a name; the zone is that of the first one's app. */
static bool add_flow(struct proxies *p, struct sb *out, struct str said, const struct zone **zone) {
	const char *slash = memchr(said.p, '/', said.n);
	struct str app = { said.p, slash ? (size_t)(slash - said.p) : 0 };
	struct str name = slash ? (struct str){ slash + 1, said.n - app.n - 1 } : said;
	bool found = false;
	for (size_t i = 0; i < p->apps.n; i++) {
		const struct flow *f = app_flow(p->apps.items[i], name);
		if (!f || (app.n && !str_is(app, p->apps.items[i]->name))) continue;
		if (!out->n) *zone = p->apps.items[i]->zone;
		if (!out->n) sb_char(out, ' ');
		sb_printf(out, "%s/%s ", p->apps.items[i]->name, f->id);
		found = true;
	}
	return found;
}

/* ---- reading ---- */

static void user_json(struct jw *w, const struct directory *d, const char *key, int32_t id) {
	const struct user *u = id ? directory_user_id(d, id) : NULL;
	jw_set_text(w, key, u ? u->login : NULL);
}

static void label_json(struct jw *w, const struct directory *d, const char *key, int32_t id) {
	const struct user *u = directory_user_id(d, id);
	jw_set_text(w, key, u ? directory_label(u) : NULL);
}

static void day_json(struct jw *w, const char *key, int64_t day) {
	char text[16];
	jw_key(w, key);
	if (day == PROXY_OPEN)
		jw_null(w);
	else
		jw_str(w, (struct str){ text, day_text(day, text) });
}

static void flows_json(const struct proxies *p, struct jw *w, const char *flows) {
	struct arena *a = p->c->x->arena;
	jw_key(w, "flows");
	jw_array(w);
	for (const char *at = *flows ? flows + 1 : flows; *at;) {
		size_t n = strcspn(at, " ");
		jw_text(w, flow_name(p, arena_printf(a, "%.*s", (int)n, at)));
		at += n + 1;
	}
	jw_end(w);
}

static void proxy_json(const struct proxies *p, struct jw *w, const struct proxy *x) {
	const struct directory *d = p->c->rq.directory;
	char at[40];
	jw_object(w);
	jw_set_text(w, "id", arena_printf(p->c->x->arena, "%lld", (long long)x->id));
	user_json(w, d, "from", x->from);
	label_json(w, d, "from_label", x->from);
	user_json(w, d, "to", x->to);
	label_json(w, d, "to_label", x->to);
	day_json(w, "since", x->since);
	day_json(w, "until", x->until);
	flows_json(p, w, x->flows);
	user_json(w, d, "by", x->by);
	jw_set_str(w, "at", (struct str){ at, datetime_text(x->at_us, at) });
	jw_end(w);
}

/* What may be named in "flows": those of the apps he sees. */
static void choices_json(const struct proxies *p, struct jw *w) {
	jw_key(w, "flows");
	jw_array(w);
	for (size_t i = 0; i < p->apps.n; i++) {
		struct request rq = p->c->rq;
		rq.app = p->apps.items[i];
		if (!access_app(&rq, p->apps.items[i])) continue;
		for (size_t k = 0; k < p->apps.items[i]->flow_count; k++) {
			const struct flow *f = p->apps.items[i]->flows[k];
			jw_object(w);
			jw_set_text(w, "flow", flow_said(p, f));
			jw_set_text(w, "label", label_text(&f->label, rq.language));
			jw_set_text(w, "app_label",
				    label_text(&p->apps.items[i]->label, rq.language));
			jw_end(w);
		}
	}
	jw_end(w);
}

static struct problem *read_box(struct call *c, int32_t *from, int32_t *to) {
	struct str box = exchange_query(c->x, "box");
	bool admin = request_is_admin(&c->rq), all = box.n ? str_is(box, "all") : admin;
	if (box.n && !names_hold("mine for_me all", box))
		return PROBLEM(c->x->arena, MALFORMED, "proxy_box");
	if (all && !admin) return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	int32_t me = c->rq.actor ? c->rq.actor->id : -1;
	*from = all || str_is(box, "for_me") ? 0 : me;
	*to = str_is(box, "for_me") ? me : 0;
	return NULL;
}

static struct problem *list(struct call *c) {
	struct proxies p;
	struct proxy *rows;
	struct tx *tx;
	int32_t from = 0, to = 0;
	size_t n;
	TRY(read_box(c, &from, &to));
	take_apps(&p, c);
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, proxy_list(tx, from, to, &rows, &n)));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "proxies");
	jw_array(&w);
	for (size_t i = 0; i < n; i++) proxy_json(&p, &w, &rows[i]);
	jw_end(&w);
	choices_json(&p, &w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- adding ---- */

static const struct user *read_user(struct proxies *p, const char *key, const char *pointer) {
	const struct json *at = json_get(p->c->body, key);
	const struct user *u = directory_user(p->c->rq.directory, json_str(at));
	if (!at || at->kind == JSON_NULL)
		FAULT(&p->faults, pointer, "required");
	else if (!u || !u->active)
		FAULT(&p->faults, pointer, "unknown_user", "name",
		      str_dup(p->c->x->arena, json_str(at)));
	return u;
}

static void read_day(struct proxies *p, const char *key, const char *pointer, int64_t *day) {
	const struct json *at = json_get(p->c->body, key);
	if (!at || at->kind == JSON_NULL) return;
	if (!day_parse(json_str(at), day)) FAULT(&p->faults, pointer, "bad_date");
}

static const struct zone *read_flows(struct proxies *p) {
	const struct json *list = json_get(p->c->body, "flows");
	const struct zone *zone = p->apps.n ? p->apps.items[0]->zone : NULL;
	struct sb out = sb_on(p->c->x->arena, FLOWS_TEXT);
	struct arena *a = p->c->x->arena;
	if (list && list->kind != JSON_ARRAY && list->kind != JSON_NULL)
		FAULT(&p->faults, "/flows", "expect_list");
	for (uint32_t i = 0; list && list->kind == JSON_ARRAY && i < list->n; i++)
		if (!add_flow(p, &out, json_str(&list->items[i]), &zone))
			FAULT(&p->faults, arena_printf(a, "/flows/%u", i), "proxy_flow", "name",
			      str_dup(a, json_str(&list->items[i])));
	if (out.overflow) FAULT(&p->faults, "/flows", "text_long", "max", "16384");
	p->proxy.flows = sb_cstr(&out);
	return zone;
}

static struct problem *check_keys(struct call *c) {
	for (uint32_t i = 0; i < c->body->n; i++)
		if (!names_hold("from to since until flows", c->body->keys[i].name))
			return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys",
				       "from, to, since, until, flows");
	return NULL;
}

static struct problem *check_days(struct proxies *p, int64_t today) {
	const struct proxy *x = &p->proxy;
	if (x->until < x->since)
		FAULT(&p->faults, "/until", "proxy_order");
	else if (x->until < today)
		FAULT(&p->faults, "/until", "proxy_past");
	return faults_problem(&p->faults);
}

static struct problem *read_body(struct proxies *p) {
	struct call *c = p->c;
	const struct user *me = c->rq.actor, *from = me, *to;
	if (!me || json_get(c->body, "from")) from = read_user(p, "from", "/from");
	if (from && from != me && !request_is_admin(&c->rq))
		return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	to = read_user(p, "to", "/to");
	if (to && to == from) FAULT(&p->faults, "/to", "proxy_self");
	const struct zone *zone = read_flows(p);
	int64_t today = zone ? zone_day(zone, c->rq.now_us) : c->rq.now_us / DAY_US;
	p->proxy.since = today;
	p->proxy.until = PROXY_OPEN;
	read_day(p, "since", "/since", &p->proxy.since);
	read_day(p, "until", "/until", &p->proxy.until);
	TRY(check_days(p, today));
	p->proxy.from = from->id;
	p->proxy.to = to->id;
	p->proxy.by = me ? me->id : 0;
	p->proxy.begins_us = zone ? zone_day_start(zone, p->proxy.since) : p->proxy.since * DAY_US;
	if (p->proxy.until != PROXY_OPEN)
		p->proxy.ends_us = zone ? zone_day_start(zone, p->proxy.until + 1)
					: (p->proxy.until + 1) * DAY_US;
	p->proxy.at_us = c->rq.now_us;
	p->proxy.id = store_new_id(c->server->store);
	return NULL;
}

static struct problem *note(struct tx *tx, const struct proxies *p) {
	struct sb text = sb_on(tx_arena(tx), FLOWS_TEXT * 2);
	struct jw w = jw_on(&text);
	proxy_json(p, &w, &p->proxy);
	return audit_note(tx, &p->c->rq, p->act, sb_cstr(&text));
}

static struct problem *add_commit(struct tx *tx, void *arg) {
	struct proxies *p = arg;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(proxy_add(tx, &p->proxy, &p->refusal));
	return p->refusal == PROXY_FINE ? note(tx, p) : NULL;
}

static struct problem *add(struct call *c) {
	struct proxies p;
	TRY(check_keys(c));
	take_apps(&p, c);
	TRY(read_body(&p));
	p.act = "proxy_add";
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, add_commit, &p));
	if (p.refusal == PROXY_MANY)
		return PROBLEM(c->x->arena, CONFLICT, "proxies_many", "max",
			       arena_printf(c->x->arena, "%d", PROXIES_MAX));
	if (p.refusal == PROXY_OVERLAPS) FAULT(&p.faults, "/since", "proxy_overlap");
	TRY(faults_problem(&p.faults));
	struct jw w = call_answer(c);
	proxy_json(&p, &w, &p.proxy);
	return call_ok(c, 201);
}

/* ---- ending ---- */

static struct problem *end_commit(struct tx *tx, void *arg) {
	struct proxies *p = arg;
	const struct request *rq = &p->c->rq;
	bool found;
	TRY(proxy_get(tx, p->c->id, &p->proxy, &found));
	if (!found || (!request_is_admin(rq) && p->proxy.from != rq->actor->id))
		return PROBLEM(tx_arena(tx), NOT_FOUND, "not_found");
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(proxy_end(tx, p->c->id, rq->now_us));
	return note(tx, p);
}

static struct problem *end(struct call *c) {
	struct proxies p;
	take_apps(&p, c);
	p.act = "proxy_delete";
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, end_commit, &p));
	return call_empty(c);
}

// clang-format off
const struct route routes_proxies[] = {
	{ HTTP_GET, "/api/proxies", ROUTE_POOL, list, "Standing proxies: mine, those for me, all (administrators), and the flows they may name", NULL, 0, "box" },
	{ HTTP_POST, "/api/proxies", ROUTE_POOL | ROUTE_BODY, add, "Name a standing proxy: from (me), to, since, until, flows (all)", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/proxies/{id}", ROUTE_POOL, end, "End a standing proxy: what it brought and is still open goes back", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
