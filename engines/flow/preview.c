#include "engines/flow/preview.h"

#include "engines/flow/given.h"
#include "runtime/store/read.h"

enum { VERDICTS_MAX = 2000 };

/* What a walk with everybody agreeing passes: noted as people are asked. */
struct noting {
	struct flow_world fw;
	const struct world *real;
	struct jw *w;
};

static const char *kind_name(const struct step *s) {
	static const char *const names[STEP_KINDS] = { "approve", "handle",   "cc",
						       "branch",  "parallel", "wait",
						       "act",     "sub",      "goto" };
	return names[s->kind];
}

static const struct step *owner_of(const struct flow *flow, const struct step_list *list,
				   size_t *which) {
	for (size_t i = 0; i < flow->step_count; i++)
		for (*which = 0; *which < flow->steps[i]->list_count; ++*which)
			if (flow->steps[i]->lists[*which] == list) return flow->steps[i];
	return NULL;
}

/* The innermost block whose branches go on side by side with the step in one of them, and which. */
static const struct step *beside(const struct flow *flow, const struct step *in, size_t *branch) {
	const struct step *s = owner_of(flow, in->in, branch);
	while (s && s->kind != STEP_PARALLEL) s = owner_of(flow, s->in, branch);
	return s;
}

static void open_step(struct noting *n, const struct step *step) {
	size_t branch = 0;
	const struct step *block = beside(n->fw.run->flow, step, &branch);
	jw_object(n->w);
	jw_set_text(n->w, "step", step->id);
	jw_set_text(n->w, "label", label_text(&step->label, n->fw.rq->language));
	jw_set_text(n->w, "kind", kind_name(step));
	if (!block) return;
	jw_set_text(n->w, "beside", block->id);
	jw_set_int(n->w, "branch", (int64_t)branch);
}

static bool picked_by(const struct step *step, enum who_kind kind) {
	for (size_t i = 0; i < step->who.n; i++)
		if (step->who.items[i].kind == kind) return true;
	return false;
}

static const char *role_name(const struct request *rq, const struct who *by) {
	const struct role *role = by->kind == WHO_ROLE ? app_role(rq->app, str_of(by->name)) : NULL;
	return role ? label_text(&role->label, rq->language) : by->name ? by->name : "";
}

static const char *rule_words(const struct request *rq, const struct who *by) {
	static const char *const codes[WHO_KINDS] = {
		"flow_why_user",  "flow_why_role",  "flow_why_dept",     "flow_why_starter",
		"flow_why_picks", "flow_why_picks", "flow_why_superior", "flow_why_superiors",
		"flow_why_head",  "flow_why_field", "flow_why_query"
	};
	struct param params[] = { { "name", role_name(rq, by) },
				  { "n", arena_printf(rq->arena, "%d", by->level) } };
	const char *code = by->kind == WHO_SUPERIOR && by->level == 1 ? "flow_why_superior_1"
								      : codes[by->kind];
	return catalogue_text(rq->arena, rq->language, code, params, ARRAY_LEN(params));
}

static bool is_same_rule(const struct who *a, const struct who *b) {
	return a == b || (a && b && a->kind == WHO_USER && b->kind == WHO_USER);
}

/* NULL: told already. */
static const struct who *rule_of(const struct asked_list *list, size_t at) {
	const struct who *by = list->items[at].by;
	for (size_t i = 0; i < at; i++)
		if (is_same_rule(list->items[i].by, by)) return NULL;
	return by;
}

/* Why these people: what a policy did, else the rules that found them, each once, in words of the
 * catalogue. */
static const char *why_of(struct noting *n, const struct asked_list *list) {
	struct request *rq = n->fw.rq;
	const char *reason = list->reason ? list->reason : list->n ? list->items[0].reason : NULL;
	const char *words = "", *mark = rq->language == LANGUAGE_ZH ? "、" : ", ";
	if (reason)
		return catalogue_text(rq->arena, rq->language,
				      arena_printf(rq->arena, "flow_why_%s", reason), NULL, 0);
	for (size_t i = 0; i < list->n; i++) {
		const struct who *by = rule_of(list, i);
		if (by)
			words = arena_printf(rq->arena, "%s%s%s", words, *words ? mark : "",
					     rule_words(rq, by));
	}
	return words;
}

static void write_people(struct noting *n, const struct asked_list *list) {
	jw_key(n->w, "who");
	jw_array(n->w);
	for (size_t i = 0; i < list->n; i++) {
		const struct user *u = directory_user_id(n->fw.rq->directory, list->items[i].user);
		jw_object(n->w);
		jw_set_text(n->w, "user", u->login);
		jw_set_text(n->w, "label", directory_label(u));
		if (list->items[i].skip)
			jw_key(n->w, "skipped"), jw_text(n->w, list->items[i].reason);
		jw_end(n->w);
	}
	jw_end(n->w);
}

static struct problem *note_people(void *context, const struct run *run, const struct step *step,
				   struct asked_list *out) {
	struct noting *n = context;
	struct request *rq = n->fw.rq;
	bool picks = picked_by(step, WHO_STARTER_PICKS), left;
	TRY(n->real->people(&n->fw, run, step, out));
	/* Nobody yet is not nobody. */
	left = (picks || picked_by(step, WHO_PREVIOUS_PICKS)) && out->reason &&
	       !json_get(run->picks, step->id);
	if (left) *out = (struct asked_list){ .outcome = ASKED_PASS };
	open_step(n, step);
	write_people(n, out);
	jw_set_text(n->w, "why",
		    left ? catalogue_text(rq->arena, rq->language, "flow_why_picks", NULL, 0)
			 : why_of(n, out));
	if (out->outcome != ASKED && out->reason)
		jw_key(n->w, "skipped"), jw_text(n->w, out->reason);
	jw_set_bool(n->w, "picks", picks);
	jw_end(n->w);
	return NULL;
}

static struct problem *note_test(void *context, const struct expr *e, bool *out) {
	struct noting *n = context;
	return n->real->test(&n->fw, e, out);
}

static struct problem *note_act(void *context, struct run *run, const struct step *step) {
	struct noting *n = context;
	(void)run;
	open_step(n, step);
	jw_end(n->w);
	return NULL;
}

static struct problem *note_sub(void *context, struct run *run, const struct step *step,
				struct task *task, enum run_state *state) {
	(void)task;
	*state = RUN_APPROVED;
	return note_act(context, run, step);
}

static struct problem *note_due(void *context, const struct step *step, struct task *task) {
	struct noting *n = context;
	(void)task;
	if (step->kind != STEP_WAIT) return NULL;
	open_step(n, step);
	jw_end(n->w);
	return NULL;
}

static struct problem *note_awaited(void *context, const struct run *run, const struct step *step,
				    bool *out) {
	struct noting *n = context;
	return n->real->awaited(&n->fw, run, step, out);
}

/* Everybody asked agrees, the first first. */
static struct problem *agree(struct run *run, const struct world *w) {
	for (int i = 0; i < VERDICTS_MAX && run->state == RUN_RUNNING; i++) {
		struct task *t = NULL;
		for (size_t k = 0; k < run->task_count && !t; k++)
			if (run->tasks[k].state == TASK_OPEN && run->tasks[k].kind != TASK_CC)
				t = &run->tasks[k];
		if (!t) return NULL;
		const struct step *step = t->step;
		bool waits = t->kind == TASK_WAIT || t->kind == TASK_SUB;
		int64_t round = t->round;
		if (!step) {
			run_close(run, t, TASK_DONE, VERDICT_RESUBMIT);
			TRY(run_resubmit(run, w));
			continue;
		}
		run_close(run, t, TASK_DONE,
			  waits                    ? NO_VERDICT
			  : t->kind == TASK_HANDLE ? VERDICT_COMPLETE
						   : VERDICT_APPROVE);
		TRY(waits ? run_pass(run, w, step) : run_settle(run, w, step, round));
	}
	return NULL;
}

struct walk {
	struct noting noting;
	struct world real, world;
};

static void walk_init(struct walk *k, struct tx *tx, struct request *rq, struct store *s,
		      struct run *run, struct jw *w) {
	*k = (struct walk){ .noting = { .w = w } };
	flow_world_init(&k->noting.fw, tx, rq, s, run);
	k->noting.fw.trial = true;
	k->real = k->noting.fw.world;
	k->noting.real = &k->real;
	k->world = (struct world){ &k->noting, note_test, note_people,  note_act, note_sub,
				   note_due,   NULL,      note_awaited, NULL };
}

/* What refuses the walk (nobody to ask, a person still to be picked) ends it: as far as can be
 * told. */
struct problem *flow_ahead(struct tx *tx, struct request *rq, struct store *s, struct run *run,
			   struct jw *w) {
	struct walk walk;
	enum door door = rq->door;
	walk_init(&walk, tx, rq, s, run, w);
	rq->door = DOOR_FLOW;
	jw_array(w);
	struct problem *p = agree(run, &walk.world);
	jw_end(w);
	rq->door = door;
	return p && p->kind == PROBLEM_INTERNAL ? p : NULL;
}

static struct problem *walk_all(struct run *run, const struct world *w) {
	TRY(run_begin(run, w));
	return agree(run, w);
}

/* ---- what a flow looks at ---- */

static bool sees_all(const struct request *rq, const struct form *form) {
	struct access ac;
	if (access_of(rq, form, &ac)) return false;
	for (size_t i = 0; i < ac.grant_count; i++)
		if (grant_scope(ac.grants[i], ACTION_READ) == SCOPE_ALL && !ac.grants[i]->where)
			return true;
	return ac.everything;
}

static bool sees_field(const struct request *rq, const struct field *f) {
	struct access ac;
	return !access_of(rq, f->form, &ac) && access_right_for(&ac, f, ACTION_READ) >= RIGHT_READ;
}

/* A way of fields: of records behind a reference, every one must be within reach. */
static bool sees_way(const struct request *rq, const struct field *const *fields, size_t n) {
	for (size_t k = 0; k < n; k++) {
		const struct field *f = fields[k];
		if (!sees_field(rq, f)) return false;
		if (k && fields[k - 1]->target && !sees_all(rq, f->form)) return false;
		if (field_is_alias(f) && !sees_way(rq, f->lookup, f->lookup_length)) return false;
	}
	return true;
}

static bool sees_paths(const struct request *rq, const struct expr_paths *paths) {
	for (size_t i = 0; i < paths->count; i++) {
		const struct expr_path *p = &paths->items[i];
		if (p->fields && !sees_way(rq, (const struct field *const *)p->fields, p->length))
			return false;
	}
	return true;
}

static bool sees_query(const struct request *rq, const struct who_query *q) {
	if (!q || !q->form) return true;
	return sees_all(rq, q->form) && sees_paths(rq, &q->paths) &&
	       (!q->take || sees_field(rq, q->take));
}

static bool sees_step(const struct request *rq, const struct step *s) {
	for (size_t i = 0; i < s->who.n; i++)
		if (!sees_query(rq, s->who.items[i].query)) return false;
	return !s->until || (sees_all(rq, s->until_form) && sees_paths(rq, &s->until_paths));
}

bool flow_preview_seen(const struct request *rq, const struct flow *flow) {
	bool all = sees_paths(rq, &flow->paths);
	for (size_t i = 0; i < flow->start.who.n && all; i++)
		all = sees_query(rq, flow->start.who.items[i].query);
	for (size_t i = 0; i < flow->step_count && all; i++) all = sees_step(rq, flow->steps[i]);
	return all;
}

/* The record is there to read, or is what the starter would create from the values. */
static struct problem *preview_subject(struct flow_world *fw, const struct flow_start *start,
				       const struct json *values) {
	struct request *own = arena_alloc(fw->rq->arena, sizeof *own);
	const struct form *form = start->flow->form;
	const char *title = NULL;
	if (values) {
		*own = *fw->rq;
		own->actor = request_is_admin(own) ? start->starter : own->actor;
		own->door = request_is_admin(fw->rq) ? DOOR_FLOW : DOOR_API;
		return subject_try(fw->tx, own, fw->store, form, values, &fw->subject);
	}
	TRY(read_titles(fw->rq, fw->tx, form, &start->record, 1, &title));
	return title ? NULL : PROBLEM(fw->rq->arena, NOT_FOUND, "not_found");
}

/* The state that a start writes has its rules: what they would say is told before anybody tries. */
static struct problem *write_refusal(struct flow_world *fw, struct jw *w) {
	struct request *rq = fw->rq;
	enum door door = rq->door;
	rq->door = DOOR_FLOW;
	struct problem *p = flow_try_state(fw);
	rq->door = door;
	if (!p) return NULL;
	if (p->kind == PROBLEM_INTERNAL) return p;
	jw_set_text(w, "refused",
		    p->faults ? fault_text(rq->arena, rq->language, p->faults)
			      : problem_text(rq->arena, rq->language, p));
	return NULL;
}

struct problem *flow_preview(struct tx *tx, struct request *rq, struct store *s,
			     const struct flow_start *start, const struct json *values,
			     struct jw *w) {
	struct run run = flow_trial(rq, start->flow, start->record, start->starter);
	struct walk walk;
	TRY(given_start_picks(&run, start->picks));
	/* The way tells of what the conditions read; with one change after another it would tell all. */
	if (flow_preview_seen(rq, start->flow)) run.changes = start->changes;
	run.rev = 1;
	walk_init(&walk, tx, rq, s, &run, w);
	TRY(preview_subject(&walk.noting.fw, start, values));
	enum door door = rq->door;
	rq->door = DOOR_FLOW;
	jw_object(w);
	jw_key(w, "path");
	jw_array(w);
	struct problem *p = walk_all(&run, &walk.world);
	rq->door = door;
	jw_end(w);
	jw_set_text(w, "state", run_state_names[run.state]);
	if (!p && !values) TRY(write_refusal(&walk.noting.fw, w));
	jw_end(w);
	return p;
}
