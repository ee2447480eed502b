#include "runtime/host/seen_as.h"
#include <stdatomic.h>
#include "runtime/host/session.h"
#include "runtime/store/audit.h"

bool seen_as_asked(const struct call *c) {
	return c->route->flags & (ROUTE_READ | ROUTE_SEEN_AS) && exchange_has_query(c->x, "as");
}

/* ---- the audit trail: once a session and person ---- */

enum { SLOTS = 1024 };
static atomic_ullong noted[SLOTS];

struct note {
	struct member member;
	struct request rq;
	const char *detail;
	unsigned long long mark;
};

static struct problem *note_commit(struct tx *tx, void *arg) {
	struct note *n = arg;
	n->rq.arena = tx_arena(tx);
	return audit_append(tx, &(struct audit_entry){ .actor = n->rq.id,
						       .door = door_name(n->rq.door),
						       .act = "seen_as",
						       .detail_json = n->detail });
}

/* What could not be written is written at the next request. */
static void note_done(void *arg, struct problem *p) {
	struct note *n = arg;
	if (p) atomic_store(&noted[n->mark % SLOTS], 0);
	arena_free(n->member.arena);
}

static const char *detail_of(struct arena *a, struct str as) {
	struct sb text = sb_on(a, 4096);
	struct jw w = jw_on(&text);
	jw_object(&w);
	jw_set_str(&w, "as", as);
	jw_end(&w);
	return sb_cstr(&text);
}

static void note_once(struct call *c, struct str as) {
	const struct session *s = c->session;
	unsigned long long mark = str_hash(as) ^ (s ? str_hash(str_of(s->hash)) : 1) ^
				  (s ? (unsigned long long)s->token_id << 32 : 0);
	if (atomic_exchange(&noted[mark % SLOTS], mark) == mark) return;
	struct arena *a = arena_new(0);
	struct note *n = arena_alloc(a, sizeof *n);
	*n = (struct note){ .detail = detail_of(a, as), .mark = mark };
	n->rq.door = c->rq.door;
	n->rq.id = arena_strdup(a, c->rq.actor ? c->rq.actor->login : "system");
	n->member =
		(struct member){ .commit = note_commit, .done = note_done, .arg = n, .arena = a };
	store_submit(c->server->store, LANE_INTERACTIVE, &n->member);
}

/* ---- who ---- */

/* A person who has nothing but the role; nobody can be called so, hence nothing is his. */
static const struct user *role_person(struct call *c, struct str text) {
	struct arena *a = c->x->arena;
	struct str name, role_name;
	if (!str_cut(text, '.', &name, &role_name)) return NULL;
	struct app *app = apps_take(c->server->store, name);
	if (!app) return NULL;
	app_keep(a, app);
	const struct role *role = app_role(app, role_name);
	if (!role) return NULL;
	struct user_role *has = arena_alloc(a, sizeof *has);
	struct user *u = arena_alloc(a, sizeof *u);
	*has = (struct user_role){ app->name, role->name };
	*u = (struct user){ .login = arena_printf(a, "role:%s.%s", app->name, role->name),
			    .label = label_text(&role->label, c->rq.language),
			    .active = true,
			    .dept = c->rq.actor ? c->rq.actor->dept : NULL,
			    .roles = has,
			    .role_count = 1,
			    .language = c->rq.language };
	return u;
}

static const struct user *person(struct call *c, struct str as) {
	struct principal p = principal_of(as);
	if (p.kind == PRINCIPAL_ROLE) return role_person(c, p.name);
	const struct user *u =
		p.kind == PRINCIPAL_USER ? directory_user(c->rq.directory, p.name) : NULL;
	return u && u->active ? u : NULL;
}

struct problem *seen_as_open(struct call *c) {
	struct str as = exchange_query(c->x, "as");
	if (!exchange_has_query(c->x, "as")) return NULL;
	if (!request_is_admin(&c->rq) || c->rq.scope.app)
		return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	if (call_changes(c)) return PROBLEM(c->x->arena, FORBIDDEN, "as_reads_only");
	if (!seen_as_asked(c)) return NULL;
	const struct user *u = person(c, as);
	if (!u) {
		struct problem *p =
			PROBLEM(c->x->arena, INVALID, "as_unknown", "as", str_dup(c->x->arena, as));
		p->pointer = "as";
		return p;
	}
	note_once(c, as);
	c->seeing = c->rq.actor;
	c->rq.actor = u;
	return NULL;
}
