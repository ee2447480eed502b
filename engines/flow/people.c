/* people.c -- whom a step asks: rules, then policies, in this order:
 *  1. Lists unite; who comes twice keeps his first place; who has left is not asked.
 *  2. on_self: the starter himself stays, is left out, or his superior or head is asked instead.
 *  3. Nobody left: the step passes if it was only the starter, else on_nobody says.
 *  4. Standing proxies stand in: the last of a chain is asked for the first; of a loop an
 * administrator. A proxy never makes the starter judge himself where on_self forbids it. Nobody
 * has two votes (decision 0030): who is asked anyway says one for both; where votes are counted
 * another is not lost by that, an administrator who is not asked yet casts it.
 *  5. on_repeat: who has approved already counts as approving, until something is returned. */
#include "engines/flow/world.h"

#include "runtime/base/zone.h"
#include "runtime/model/who.h"
#include "runtime/store/proxies.h"

static void add(struct flow_world *fw, struct asked_list *out, const struct user *u,
		const struct who *by) {
	if (!u || !u->active) return;
	for (size_t i = 0; i < out->n; i++)
		if (out->items[i].user == u->id) return;
	out->items = arena_grow(fw->rq->arena, out->items, out->n * sizeof *out->items,
				(out->n + 1) * sizeof *out->items);
	out->items[out->n++] =
		(struct asked){ .user = u->id, .weight = by ? by->weight : 1, .by = by };
}

static const struct user *starter_of(const struct flow_world *fw) {
	return directory_user_id(fw->rq->directory, fw->run->starter);
}

/* ---- one function a kind of rule ---- */

struct asking {
	struct flow_world *fw;
	const struct step *step;
	const struct who *who;
	struct asked_list *out;
};

static void ask(const struct asking *a, const struct user *u) { add(a->fw, a->out, u, a->who); }

static struct problem *who_picks(const struct asking *a) {
	const struct json *list = json_get(a->fw->run->picks, a->step->id);
	for (uint32_t i = 0; list && list->kind == JSON_ARRAY && i < list->n; i++)
		ask(a, directory_user(a->fw->rq->directory, json_str(&list->items[i])));
	return NULL;
}

static void ask_named(const struct asking *a, const struct value *v, bool dept) {
	const struct directory *d = a->fw->rq->directory;
	if (v->kind != VALUE_TEXT) return;
	const struct dept *of = dept ? directory_dept(d, v->as.s) : NULL;
	ask(a, dept ? (of ? of->head : NULL) : directory_user(d, v->as.s));
}

/* A user, or a department, which stands for its head; or lists of them. */
static struct problem *who_field(const struct asking *a) {
	struct value v = VALUE_NONE;
	bool dept = expr_type(a->who->path).kind == TYPE_DEPT;
	TRY(flow_eval(a->fw, &a->fw->run->flow->paths, a->who->path, &v));
	if (v.kind != VALUE_LIST) ask_named(a, &v, dept);
	for (size_t i = 0; v.kind == VALUE_LIST && i < v.as.list.n; i++)
		ask_named(a, &v.as.list.items[i], dept);
	return NULL;
}

static void take_person(void *arg, struct subject *s) {
	const struct asking *a = arg;
	const struct field *f = a->who->query->take;
	const struct value *v = subject_value(s, f);
	bool dept = f->value_type.kind == TYPE_DEPT;
	if (v->kind != VALUE_LIST) ask_named(a, v, dept);
	for (size_t i = 0; v->kind == VALUE_LIST && i < v->as.list.n; i++)
		ask_named(a, &v->as.list.items[i], dept);
}

static struct problem *who_query(const struct asking *a) {
	const struct who_query *q = a->who->query;
	if (!q || !q->form || !q->take) return NULL;
	return flow_each_record(a->fw, q->form, 0, &q->paths, q->where, take_person,
				(void *)(uintptr_t)a);
}

/* Those that ask the run or its record; the directory answers the others (runtime/model/who.h). */
static struct problem *(*const rules[WHO_KINDS])(const struct asking *a) = {
	[WHO_STARTER_PICKS] = who_picks, [WHO_PREVIOUS_PICKS] = who_picks,
	[WHO_DEPT_HEAD] = who_field,     [WHO_QUERY] = who_query,
	[WHO_FIELD] = who_field,
};

static void ask_visited(void *arg, const struct user *u) { ask(arg, u); }

struct problem *flow_who(struct flow_world *fw, const struct step *step, const struct who *who,
			 struct asked_list *out) {
	struct asking a = { fw, step, who, out };
	struct who_scope scope = { fw->rq->directory, fw->run->flow->app->name, starter_of(fw) };
	if (who_from_directory(&scope, who, ask_visited, &a)) return NULL;
	return rules[who->kind] ? rules[who->kind](&a) : NULL;
}

/* ---- policies ---- */

static const struct user *instead_of_self(const struct user *self, enum on_self policy) {
	const struct user *u = self;
	if (policy == ON_SELF_SKIP) return NULL;
	if (policy == ON_SELF_DEPT_HEAD) u = self->dept ? self->dept->head : NULL;
	if (policy == ON_SELF_SUPERIOR || u == self) u = directory_superior(self);
	return u && u->active && u != self ? u : NULL;
}

/* *dropped: only he himself would have been asked. */
static void apply_on_self(struct flow_world *fw, const struct step *step, struct asked_list *list,
			  bool *dropped) {
	const struct user *self = starter_of(fw);
	struct asked_list kept = { 0 };
	if (!step_bars_starter(step) || !self) return;
	for (size_t i = 0; i < list->n; i++) {
		const struct user *u = directory_user_id(fw->rq->directory, list->items[i].user);
		if (u != self) {
			add(fw, &kept, u, list->items[i].by);
			continue;
		}
		size_t before = kept.n;
		add(fw, &kept, instead_of_self(self, step->policies.on_self), list->items[i].by);
		if (kept.n > before) kept.items[kept.n - 1].reason = "self";
		if (step->policies.on_self == ON_SELF_SKIP) *dropped = true;
	}
	*list = kept;
}

static bool barred(const struct flow_world *fw, const struct step *step, const struct user *u) {
	return u && step_bars_starter(step) && u->id == fw->run->starter;
}

/* The starter himself only where he is the only one. */
static void ask_admins(struct flow_world *fw, const struct step *step, struct asked_list *list) {
	const struct directory *d = fw->rq->directory;
	for (size_t i = 0; i < d->user_count; i++)
		if (d->users[i].admin && !barred(fw, step, &d->users[i]))
			add(fw, list, &d->users[i], NULL);
	if (!list->n && starter_of(fw) && starter_of(fw)->admin)
		add(fw, list, starter_of(fw), NULL);
	for (size_t i = 0; i < list->n; i++) list->items[i].reason = "nobody";
	list->any_one = true;
}

static struct problem *nobody(struct flow_world *fw, const struct step *step,
			      struct asked_list *list) {
	const struct policies *p = &step->policies;
	struct arena *a = fw->rq->arena;
	const struct user *named;
	list->reason = "nobody";
	switch (p->on_nobody) {
	case ON_NOBODY_PASS: list->outcome = ASKED_PASS; return NULL;
	case ON_NOBODY_REJECT: list->outcome = ASKED_REJECT; return NULL;
	case ON_NOBODY_REFUSE_START:
		if (!fw->run->rev)
			return PROBLEM(a, CONFLICT, "flow_nobody", "step",
				       label_text(&step->label, fw->rq->language));
		break;
	case ON_NOBODY_USER:
		named = directory_user(fw->rq->directory, str_of(p->nobody_user));
		if (!barred(fw, step, named)) add(fw, list, named, NULL);
		if (list->n) list->items[0].reason = "nobody";
		break;
	case ON_NOBODY_ADMIN: break;
	}
	if (!list->n) ask_admins(fw, step, list);
	return list->n ? NULL
		       : PROBLEM(a, CONFLICT, "flow_nobody", "step",
				 label_text(&step->label, fw->rq->language));
}

/* ---- standing proxies ---- */

static const struct asked_list nobody_yet;

/* Is he asked by this list: himself, or (while stand-ins are being found) for somebody before? */
static bool is_asked(const struct asked_list *list, const struct user *u) {
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].user == u->id || list->items[i].for_whom == u->id) return true;
	return false;
}

/* Who is not asked yet and may judge this. */
static const struct user *first_admin(const struct flow_world *fw, const struct step *step,
				      const struct asked_list *list) {
	const struct directory *d = fw->rq->directory;
	const struct user *first = NULL;
	for (size_t i = 0; i < d->user_count; i++) {
		const struct user *u = &d->users[i];
		bool may = u->admin && u->active && !barred(fw, step, u) && !is_asked(list, u);
		if (may && (!first || u->id < first->id)) first = u;
	}
	return first;
}

int32_t flow_first_admin(const struct flow_world *fw) {
	const struct user *u = first_admin(fw, NULL, &nobody_yet);
	return u ? u->id : 0;
}

/* Who is asked in somebody's place today; he himself when nobody is. */
static struct problem *stands_in(struct flow_world *fw, const struct user *user,
				 const struct user **out) {
	const struct flow *flow = fw->run->flow;
	const char *key = arena_printf(fw->rq->arena, "%s/%s", flow->app->name, flow->id);
	struct proxy_answer found;
	TRY(proxy_resolve(fw->tx, fw->rq->directory, user, key,
			  zone_day(flow->app->zone, fw->rq->now_us), &found));
	if (found.loop) found.asked = first_admin(fw, NULL, &nobody_yet);
	*out = found.asked ? found.asked : user;
	return NULL;
}

static bool casts_votes(const struct step *step, const struct asked_list *list) {
	return !list->any_one && mode_counts(&step->mode);
}

static void ask_instead(struct asked *who, const struct user *in) {
	if (in->id != who->user) who->for_whom = who->user;
	who->user = in->id;
}

static struct problem *apply_proxies(struct flow_world *fw, const struct step *step,
				     struct asked_list *list) {
	struct asked_list kept = *list;
	kept.items = NULL;
	kept.n = 0;
	for (size_t i = 0; i < list->n; i++) {
		struct asked *who = &list->items[i];
		const struct user *user = directory_user_id(fw->rq->directory, who->user), *in;
		TRY(stands_in(fw, user, &in));
		if (barred(fw, step, in)) in = user;
		if (in != user && casts_votes(step, list) && is_asked(list, in))
			in = first_admin(fw, step, list);
		if (!in) in = user;
		ask_instead(who, in);
		size_t before = kept.n;
		add(fw, &kept, in, NULL);
		if (kept.n > before) kept.items[before] = *who;
	}
	*list = kept;
	return NULL;
}

static void note_proxies(struct asked_list *list) {
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].for_whom && !list->items[i].reason)
			list->items[i].reason = "proxy";
}

/* Himself, or by having approved before; not when something else has passed it for him later: a
 * timer, or that who got his task had agreed already. */
static bool approved(const struct task *t, int32_t user) {
	return !(t->skipped && t->closed_us != t->opened_us) && t->state == TASK_DONE &&
	       t->kind == TASK_APPROVE && t->verdict == VERDICT_APPROVE &&
	       (t->actor == user || t->for_whom == user);
}

static bool repeats(const struct run *run, const struct step *step, int32_t user) {
	const struct step *previous = run_previous(run, step);
	enum on_repeat policy = step->policies.on_repeat;
	if (policy == ON_REPEAT_OFF || run->returned || step->kind != STEP_APPROVE) return false;
	for (size_t i = 0; i < run->task_count; i++)
		if (approved(&run->tasks[i], user) &&
		    (policy == ON_REPEAT_ONCE || run->tasks[i].step == previous))
			return true;
	return false;
}

static void apply_on_repeat(const struct run *run, const struct step *step,
			    struct asked_list *list) {
	for (size_t i = 0; i < list->n; i++) {
		struct asked *who = &list->items[i];
		if (who->reason || !repeats(run, step, who->for_whom ? who->for_whom : who->user))
			continue;
		who->skip = true;
		who->reason = "repeat";
	}
}

struct problem *flow_people(void *context, const struct run *run, const struct step *step,
			    struct asked_list *out) {
	struct flow_world *fw = context;
	bool dropped = false;
	*out = (struct asked_list){ 0 };
	for (size_t i = 0; i < step->who.n; i++) TRY(flow_who(fw, step, &step->who.items[i], out));
	if (step->kind == STEP_CC) return NULL;
	apply_on_self(fw, step, out, &dropped);
	if (!out->n && dropped) {
		out->outcome = ASKED_PASS;
		out->reason = "self";
	} else if (!out->n) {
		TRY(nobody(fw, step, out));
	}
	TRY(apply_proxies(fw, step, out));
	apply_on_repeat(run, step, out);
	note_proxies(out);
	return NULL;
}

static bool has_part(const struct flow_world *fw, const struct task *task, const struct user *u) {
	return run_part(fw->run, task->step, task->round, u->id) != PART_NONE;
}

static bool may_take(const struct flow_world *fw, const struct task *task, const struct user *u) {
	return !barred(fw, task->step, u) && !has_part(fw, task, u);
}

/* The next one above who may judge this. */
static const struct user *superior_for(const struct flow_world *fw, const struct task *task,
				       const struct user *u) {
	enum { LEVELS_MAX = 32 };
	for (int i = 0; u && i < LEVELS_MAX; i++) {
		u = directory_superior(u);
		if (u && u->active && may_take(fw, task, u)) return u;
	}
	return NULL;
}

/* up: the starter, too, when nobody else is left. */
static const struct user *first_for(const struct flow_world *fw, const struct task *task,
				    const struct asked_list *list, bool up) {
	const struct user *last = NULL;
	for (size_t i = 0; i < list->n; i++) {
		const struct user *u = directory_user_id(fw->rq->directory, list->items[i].user);
		if (may_take(fw, task, u)) return u;
		if (up && !has_part(fw, task, u)) last = u;
	}
	return last;
}

struct problem *flow_stand_in(struct flow_world *fw, const struct task *task, int32_t *out) {
	const struct user *owner = directory_user_id(fw->rq->directory, task->for_whom), *in;
	*out = 0;
	if (!owner) return NULL;
	TRY(stands_in(fw, owner, &in));
	if (may_take(fw, task, in)) *out = in->id;
	return NULL;
}

/* Of who is late: his superior, or whom the rule names; nobody there: the first administrator when
 * it must go up. Nobody who has a part there already. Never the starter where he may not judge
 * himself, unless nobody else is left. */
struct problem *flow_deputy(void *context, const struct run *run, const struct task *task,
			    const struct due_rule *rule, int32_t *out) {
	struct flow_world *fw = context;
	const struct user *late = directory_user_id(fw->rq->directory, task->actor);
	struct asked_list list = { 0 };
	(void)run;
	enum who_kind kind = rule->act == DUE_TRANSFER ? rule->who.kind : WHO_SUPERIOR;
	if (kind == WHO_DEPT_HEAD)
		add(fw, &list, late ? instead_of_self(late, ON_SELF_DEPT_HEAD) : NULL, NULL);
	else if (kind != WHO_SUPERIOR)
		TRY(flow_who(fw, task->step, &rule->who, &list));
	else if (late)
		add(fw, &list, superior_for(fw, task, late), NULL);
	bool up = rule->act == DUE_ESCALATE;
	if (!list.n && up) ask_admins(fw, task->step, &list);
	const struct user *to = first_for(fw, task, &list, up), *in = NULL;
	if (to) TRY(stands_in(fw, to, &in));
	if (in && may_take(fw, task, in)) to = in;
	*out = to ? to->id : 0;
	return NULL;
}

struct problem *flow_may_start(struct flow_world *fw, const struct user *user) {
	const struct flow *flow = fw->run->flow;
	struct asked_list list = { 0 };
	bool may = !flow->start.who.n || user->admin;
	for (size_t i = 0; i < flow->start.who.n && !may; i++)
		TRY(flow_who(fw, NULL, &flow->start.who.items[i], &list));
	for (size_t i = 0; i < list.n && !may; i++) may = list.items[i].user == user->id;
	if (!may) return PROBLEM(fw->rq->arena, FORBIDDEN, "flow_start_forbidden");
	if (flow->start.when) TRY(fw->world.test(fw, flow->start.when, &may));
	return may ? NULL : PROBLEM(fw->rq->arena, CONFLICT, "flow_not_now");
}
