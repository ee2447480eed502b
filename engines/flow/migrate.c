#include "engines/flow/migrate.h"

#include <stdio.h>

#include "engines/flow/run_internal.h"
#include "engines/flow/run_store.h"
#include "runtime/store/flow_versions.h"
#include "runtime/store/queries.h"

enum { RUNS_MAX = 1000 };

struct moving {
	struct tx *tx;
	struct request *rq;
	struct store *store;
	const struct migration_wish *wish;
	int64_t to;
	size_t runs, moved, stuck;
	struct jw *w;
};

/* Where a step of the earlier version is now; NULL: nowhere. */
static const struct step *place_of(const struct moving *m, const struct step *old) {
	struct str wanted = json_str(json_get(m->wish->map, old->id));
	const struct step *now = flow_step(m->wish->flow, wanted.n ? wanted : str_of(old->id));
	return now && now->kind == old->kind ? now : NULL;
}

/* Two places at once: in different lists of one block that runs them side by side. */
static bool side_by_side(const struct step *a, const struct step *b) {
	const struct step_list *list = a->in;
	while (!step_within(b, list)) list = list->owner->in;
	while (a->in != list) a = a->in->owner;
	while (b->in != list) b = b->in->owner;
	return a == b && (a->kind == STEP_PARALLEL || (a->kind == STEP_BRANCH && a->all));
}

static const char *why_not(const struct moving *m, const struct run *run) {
	for (size_t i = 0; i < run->token_count; i++) {
		const struct step *old = run->tokens[i].step, *now = old ? place_of(m, old) : NULL;
		if (old && !now) return "step_gone";
		for (size_t k = 0; now && k < i; k++) {
			const struct step *other = run->tokens[k].step;
			if (other && !side_by_side(now, place_of(m, other))) return "not_parallel";
		}
	}
	return NULL;
}

/* ---- telling ---- */

static void write_places(const struct moving *m, const struct run *run) {
	jw_key(m->w, "at");
	jw_array(m->w);
	for (size_t i = 0; i < run->task_count; i++) {
		const struct task *t = &run->tasks[i];
		const struct user *u = directory_user_id(m->rq->directory, t->actor);
		if (t->state != TASK_OPEN || t->kind == TASK_CC || !t->step) continue;
		jw_object(m->w);
		jw_set_text(m->w, "step", t->step->id);
		jw_set_text(m->w, "label", label_text(&t->step->label, m->rq->language));
		jw_set_text(m->w, "who", u ? u->login : NULL);
		jw_end(m->w);
	}
	jw_end(m->w);
}

static void write_stuck(struct moving *m, const struct run *run, const char *why) {
	m->stuck++;
	jw_object(m->w);
	jw_set_int(m->w, "run", run->id);
	jw_set_int(m->w, "record", run->record);
	jw_set_int(m->w, "version", run->version);
	write_places(m, run);
	jw_set_text(m->w, "why", why);
	jw_end(m->w);
}

/* ---- moving ---- */

/* The branches around the places are taken as if they had been entered there. */
static void take_choices(struct run *run) {
	run->choice_count = 0;
	for (size_t i = 0; i < run->token_count; i++) {
		const struct step_list *in = run->tokens[i].step ? run->tokens[i].step->in : NULL;
		for (; in && in->owner; in = in->owner->in)
			if (in->owner->kind == STEP_BRANCH)
				run_choice(run, in->owner)->lists |= (uint64_t)1 << in->place;
	}
}

/* Who is asked, and who was: the votes of a step that goes on. */
static bool counts(const struct run *run, const struct task *t) {
	bool here = task_live(t);
	for (size_t i = 0; i < run->token_count && !here; i++)
		here = task_of(t, run->tokens[i].step, run->tokens[i].round);
	return here;
}

/* A wait that was put aside, as nothing could be done when its moment came, is looked at again. */
static void rouse(const struct run *run, struct task *t) {
	if (!t->next_us) t->next_us = t->due_us ? t->due_us : run->now_us;
}

/* Rules whose moment has passed have acted already, or never will. */
static struct problem *move_task(struct flow_world *fw, struct task *t, const struct step *now) {
	t->step = now;
	t->changed = true;
	if (!task_live(t)) return NULL;
	if (t->kind == TASK_WAIT) {
		rouse(fw->run, t);
		return NULL;
	}
	if (!now->due) t->due_us = t->next_us = 0; /* nothing is due there */
	if (!t->next_us) return NULL;
	t->next_us = fw->run->now_us;
	t->next = SIZE_MAX;
	return fw->world.due(fw, now, t);
}

static struct problem *move_run(struct moving *m, struct run *run) {
	struct run_seal none = { 0 };
	struct flow_world fw;
	char text[64];
	flow_world_init(&fw, m->tx, m->rq, m->store, run);
	for (size_t i = 0; i < run->task_count; i++) {
		struct task *t = &run->tasks[i];
		const struct step *now = t->step ? place_of(m, t->step) : NULL;
		if (now && counts(run, t)) TRY(move_task(&fw, t, now));
	}
	for (size_t i = 0; i < run->token_count; i++)
		if (run->tokens[i].step) run->tokens[i].step = place_of(m, run->tokens[i].step);
	run->back = (struct way_back){ 0 };
	run->undo = (struct undo){ 0 };
	take_choices(run);
	snprintf(text, sizeof text, "migrate %lld %lld", (long long)run->version, (long long)m->to);
	run_log(run, "jump", NULL, m->rq->actor ? m->rq->actor->id : 0)->reason =
		arena_strdup(run->arena, text);
	run->flow = m->wish->flow;
	run->version = m->to;
	return run_save(m->tx, run, &none);
}

static struct problem *consider(struct moving *m, int64_t id) {
	struct run *run;
	m->runs++;
	TRY(flow_take(m->tx, m->rq, m->store, id, &run));
	const char *why = why_not(m, run);
	if (why) {
		write_stuck(m, run, why);
		return NULL;
	}
	m->moved++;
	return m->wish->dry_run ? NULL : move_run(m, run);
}

static struct problem *run_ids(struct moving *m, int64_t **out, size_t *n) {
	const struct flow *flow = m->wish->flow;
	struct rows *r;
	*out = arena_array(m->rq->arena, RUNS_MAX, sizeof **out);
	*n = 0;
	TRY(tx_query(m->tx, sql_flow_runs_below,
		     PARAMS(value_text(str_of(flow->app->name)), value_text(str_of(flow->id)),
			    value_int(m->to), value_int(m->wish->from), value_int(m->wish->after),
			    value_int(RUNS_MAX)),
		     &r));
	for (bool have; *n < RUNS_MAX;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		(*out)[(*n)++] = rows_int(r, 0);
	}
	rows_close(r);
	return NULL;
}

struct problem *flow_migrate(struct tx *tx, struct request *rq, struct store *s,
			     const struct migration_wish *wish, struct jw *w) {
	struct moving m = { .tx = tx, .rq = rq, .store = s, .wish = wish, .w = w };
	struct flow_version_row *versions;
	int64_t *ids;
	size_t n;
	rq->door = DOOR_FLOW;
	TRY(request_people(rq, tx, s));
	TRY(flow_version_list(tx, wish->flow, &versions, &n));
	m.to = n ? versions[0].version : 1;
	TRY(run_ids(&m, &ids, &n));
	jw_object(w);
	jw_set_int(w, "to", m.to);
	jw_key(w, "stuck");
	jw_array(w);
	for (size_t i = 0; i < n; i++) TRY(consider(&m, ids[i]));
	jw_end(w);
	jw_set_int(w, "runs", (int64_t)m.runs);
	jw_set_int(w, "moved", (int64_t)m.moved);
	jw_set_int(w, "stuck_count", (int64_t)m.stuck);
	jw_key(w, "next");
	if (n == RUNS_MAX)
		jw_int(w, ids[n - 1]);
	else
		jw_null(w);
	jw_end(w);
	return NULL;
}
