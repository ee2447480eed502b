/* verify_flow_people.c -- who would be asked, for everybody who may start a run (F301-F304). Always
 * warnings: the directory is filled later. Rules that need a record or a choice (fields other than
 * the owner's, queries, picks) are unknown here, and a step that has one is never called empty. */
#include "runtime/model/principal.h"
#include "runtime/model/verify_flow.h"
#include "runtime/model/who.h"

enum { NAMED_MAX = 3 };

struct asking {
	const struct user *starter;
	size_t n;
	bool self;
};

static void count(void *context, const struct user *u) {
	struct asking *a = context;
	if (!u->active) return;
	a->n++;
	a->self = a->self || u == a->starter;
}

/* The record of a new run is the starter's: owner, and the departments that follow from it. */
static bool owner_path(const struct flow *flow, const struct expr *path, bool *dept) {
	for (size_t i = 0; i < flow->paths.count; i++) {
		const struct expr_path *p = &flow->paths.items[i];
		if (!expr_uses(path, i) || p->root != ROOT_RECORD || !p->length) continue;
		const struct field *f = p->fields[p->length - 1];
		bool person = f->system == SYSTEM_OWNER || f->system == SYSTEM_CREATED_BY;
		*dept = expr_type(path).kind == TYPE_DEPT;
		return p->length == 1 && (person || f->system == SYSTEM_DEPT);
	}
	return false;
}

/* false: who it is shows at run time only */
static bool resolve(struct flow_check *fc, const struct who *who, struct asking *a) {
	const struct flow *flow = fc->flow;
	struct who_scope scope = { fc->people, flow->app->name, a->starter };
	bool dept;
	if (who_from_directory(&scope, who, count, a)) return true;
	if (who->kind != WHO_FIELD && who->kind != WHO_DEPT_HEAD) return false;
	if (!who->path || !owner_path(flow, who->path, &dept)) return false;
	const struct user *u = a->starter;
	if (dept) u = u->dept ? u->dept->head : NULL;
	if (u) count(a, u);
	return true;
}

/* ---- what is told of several starters at once ---- */

struct told {
	size_t n;
	const struct user *named[NAMED_MAX];
};

static void note(struct told *t, const struct user *u) {
	if (t->n < NAMED_MAX) t->named[t->n] = u;
	t->n++;
}

static const char *names_of(struct findings *f, const struct told *t) {
	struct sb out = sb_on(f->arena, 400);
	for (size_t i = 0; i < t->n && i < NAMED_MAX; i++)
		sb_printf(&out, "%s%s", i ? ", " : "", directory_label(t->named[i]));
	if (t->n > NAMED_MAX) sb_cat(&out, " ...");
	return sb_cstr(&out);
}

static const struct json *logins_of(struct findings *f, const struct told *t) {
	struct sb text = sb_on(f->arena, 1000);
	struct jw w = jw_on(&text);
	const struct json *out = NULL;
	jw_object(&w);
	jw_key(&w, "starters");
	jw_array(&w);
	for (size_t i = 0; i < t->n && i < NAMED_MAX; i++) jw_text(&w, t->named[i]->login);
	jw_end(&w);
	jw_set_int(&w, "count", (int64_t)t->n);
	jw_end(&w);
	return json_parse(f->arena, sb_str(&text), &json_limits_request, &out) ? NULL : out;
}

static void tell_nobody(struct flow_check *fc, const struct step *s, const struct told *t) {
	static const char *const texts[] = {
		[ON_NOBODY_ADMIN] = "f301_admin",   [ON_NOBODY_PASS] = "f301_pass",
		[ON_NOBODY_REJECT] = "f301_reject", [ON_NOBODY_REFUSE_START] = "f301_refuse",
		[ON_NOBODY_USER] = "f301_user",
	};
	const char *user = s->policies.nobody_user ? s->policies.nobody_user : "";
	FIND(fc->f, step_key_spot(fc, s, "who"), WARNING, "F301", texts[s->policies.on_nobody],
	     "fix_f301", "step", s->id, "starters", names_of(fc->f, t), "count",
	     arena_printf(fc->f->arena, "%zu", t->n), "user", user);
	finding_example(fc->f, logins_of(fc->f, t));
}

static void tell_self(struct flow_check *fc, const struct step *s, const struct told *t) {
	FIND(fc->f, step_key_spot(fc, s, "who"), WARNING, "F302", "f302_self", "fix_f302", "step",
	     s->id, "starters", names_of(fc->f, t), "count",
	     arena_printf(fc->f->arena, "%zu", t->n));
	finding_example(fc->f, logins_of(fc->f, t));
}

/* ---- the starters ---- */

struct starters {
	const struct user **items;
	size_t n, ids; /* ids: above every user's id */
};

static void mark(void *context, const struct user *u) {
	bool *marked = context;
	marked[u->id] = true;
}

static bool has_role_here(const struct user *u, const char *app) {
	for (size_t i = 0; i < u->role_count; i++)
		if (!strcmp(u->roles[i].app, app)) return true;
	return u->admin;
}

/* Whom start.who names; where it needs a record, or is not there, everybody with a role in the app.
 */
static struct starters starters_of(struct flow_check *fc) {
	const struct directory *d = fc->people;
	const struct who_list *who = &fc->flow->start.who;
	struct who_scope scope = { d, fc->flow->app->name, NULL };
	struct starters s = { arena_array(fc->a, d->user_count + 1, sizeof *s.items), 0, 1 };
	bool any = !who->n;
	for (size_t i = 0; i < d->user_count; i++)
		if ((size_t)d->users[i].id >= s.ids) s.ids = (size_t)d->users[i].id + 1;
	bool *marked = arena_array(fc->a, s.ids, sizeof *marked);
	for (size_t i = 0; i < who->n; i++)
		any = !who_from_directory(&scope, &who->items[i], mark, marked) || any;
	for (size_t i = 0; i < d->user_count; i++) {
		const struct user *u = &d->users[i];
		if (u->active && (marked[u->id] || (any && has_role_here(u, scope.app))))
			s.items[s.n++] = u;
	}
	return s;
}

/* ---- one step ---- */

/* Rules that give the same people to every starter are asked once. */
static bool same_for_all(const struct who *who) {
	return who->kind == WHO_USER || who->kind == WHO_ROLE || who->kind == WHO_DEPT;
}

/* Those whom the rules that are the same for all name, by id, and how many. */
struct always {
	bool *marked;
	size_t n;
};

static void mark_active(void *context, const struct user *u) {
	struct always *a = context;
	if (!u->active || a->marked[u->id]) return;
	a->marked[u->id] = true;
	a->n++;
}

static struct always always_of(struct flow_check *fc, const struct step *s, size_t ids) {
	struct who_scope scope = { fc->people, fc->flow->app->name, NULL };
	struct always a = { .marked = arena_array(fc->a, ids, sizeof *a.marked) };
	for (size_t i = 0; i < s->who.n; i++)
		if (same_for_all(&s->who.items[i]))
			who_from_directory(&scope, &s->who.items[i], mark_active, &a);
	return a;
}

/* Whom the other rules name for this starter. A rule that names the starter as such means it. */
static bool ask_for(struct flow_check *fc, const struct step *s, struct asking *a) {
	bool known = true, self = a->self;
	for (size_t i = 0; i < s->who.n; i++) {
		const struct who *who = &s->who.items[i];
		if (same_for_all(who)) continue;
		known = resolve(fc, who, a) && known;
		if (who->kind == WHO_STARTER) a->self = self;
		self = a->self;
	}
	return known;
}

static void check_step(struct flow_check *fc, const struct step *s, const struct starters *all) {
	struct told nobody = { 0 }, self = { 0 };
	struct always always = always_of(fc, s, all->ids);
	bool self_counts = s->policies.on_self == ON_SELF_SELF && s->kind == STEP_APPROVE;
	for (size_t k = 0; k < all->n; k++) {
		const struct user *u = all->items[k];
		struct asking a = { u, always.n, always.marked[u->id] };
		bool known = ask_for(fc, s, &a);
		if (known && !a.n) note(&nobody, u);
		if (self_counts && a.self) note(&self, u);
	}
	if (nobody.n) tell_nobody(fc, s, &nobody);
	if (self.n) tell_self(fc, s, &self);
}

/* ---- those who are named, and circles ---- */

/* step NULL: named by the flow's own settings. */
static void check_login(struct flow_check *fc, const struct json *at, const char *login,
			const struct step *s) {
	const struct user *u = login ? directory_user(fc->people, str_of(login)) : NULL;
	const char *text = s ? (u ? "f304_left" : "f304_unknown")
			     : (u ? "f304_left_flow" : "f304_unknown_flow");
	if (!login || (u && u->active)) return;
	FIND(fc->f, spot_at(fc->flow->definition, at), WARNING, "F304", text, "fix_f304", "step",
	     s ? s->id : fc->flow->name, "user", login);
}

static void check_named(struct flow_check *fc, const struct step *s) {
	const struct json *nobody = json_get(s->json, "on_nobody");
	for (size_t i = 0; i < s->who.n; i++)
		if (s->who.items[i].kind == WHO_USER)
			check_login(fc, s->who.items[i].json, s->who.items[i].name, s);
	for (size_t i = 0; i < s->on_due_count; i++)
		if (s->on_due[i].act == DUE_TRANSFER && s->on_due[i].who.kind == WHO_USER)
			check_login(fc, s->on_due[i].who.json, s->on_due[i].who.name, s);
	if (nobody && s->policies.on_nobody == ON_NOBODY_USER)
		check_login(fc, nobody, s->policies.nobody_user, s);
}

/* What the flow says for all of its steps is told once. */
static void check_settings(struct flow_check *fc) {
	const struct json *settings = json_get(fc->flow->definition->json, "settings");
	const struct json *at = json_get(settings, "on_nobody");
	struct principal p = principal_of(json_str(at));
	if (p.kind == PRINCIPAL_USER && p.name.n) check_login(fc, at, str_dup(fc->a, p.name), NULL);
}

/* Two or more who are each other's superior have nobody above them. */
static bool in_circle(const struct directory *d, const struct user *u) {
	const struct user *above = directory_superior(u);
	for (size_t i = 0; above && i < d->user_count; i++, above = directory_superior(above))
		if (above == u) return true;
	return false;
}

static void check_circles(struct flow_check *fc, const struct starters *all) {
	const struct flow *flow = fc->flow;
	const struct step *climbs = NULL;
	struct told circle = { 0 };
	for (size_t i = 0; i < flow->step_count && !climbs; i++)
		for (size_t k = 0; k < flow->steps[i]->who.n; k++)
			if (flow->steps[i]->who.items[k].kind == WHO_SUPERIORS_TO)
				climbs = flow->steps[i];
	for (size_t i = 0; climbs && i < all->n; i++)
		if (in_circle(fc->people, all->items[i])) note(&circle, all->items[i]);
	if (!circle.n) return;
	FIND(fc->f, step_key_spot(fc, climbs, "who"), WARNING, "F303", "f303_circle", "fix_f303",
	     "step", climbs->id, "starters", names_of(fc->f, &circle), "count",
	     arena_printf(fc->f->arena, "%zu", circle.n));
	finding_example(fc->f, logins_of(fc->f, &circle));
}

void verify_flow_people(struct flow_check *fc) {
	if (!fc->people) return;
	struct starters all = starters_of(fc);
	check_settings(fc);
	for (size_t i = 0; i < fc->flow->step_count; i++) {
		const struct step *s = fc->flow->steps[i];
		check_named(fc, s);
		if (step_has_people(s) && s->who.n) check_step(fc, s, &all);
	}
	check_circles(fc, &all);
}
