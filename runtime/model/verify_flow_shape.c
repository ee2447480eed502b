/* verify_flow_shape.c -- what is reached (F202, F205), what runs on by itself (F201), and how large
 * it gets. A tree whose gotos only lead back, out of no parallel block, needs no walk through its
 * states: what a list can do follows from what its steps can do.
 *  1. Cases that nothing leads to (verify_flow_cases.c) are left out.
 *  2. A step of people, a wait and a flow inside stop the run; everything else it does at once.
 *  3. A loop counts once: what people do twice because they send it back is theirs. */
#include "runtime/model/verify_flow.h"

struct part {
	bool ends; /* its end can be reached */
	struct flow_size size;
};

/* ---- what is reached, and how many steps of people ---- */

static struct part part_of_list(struct flow_check *fc, const struct step_list *list);

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/* One of the lists is taken. */
static struct part one_of(struct flow_check *fc, const struct step *s) {
	struct part p = { .ends = false, .size = { .least = SIZE_MAX } };
	for (size_t i = 0; i < s->list_count; i++) {
		if (fc->dead[s->index][i]) continue;
		struct part in = part_of_list(fc, s->lists[i]);
		if (in.ends) p.size.least = smaller(p.size.least, in.size.least);
		p.ends = p.ends || in.ends;
		p.size.most = larger(p.size.most, in.size.most);
		p.size.wide = larger(p.size.wide, in.size.wide);
	}
	if (p.size.least == SIZE_MAX) p.size.least = 0;
	return p;
}

/* Lists run at once; so many of them must end. */
static struct part several(struct flow_check *fc, const struct step *s, size_t needed) {
	struct part p = { .ends = true };
	size_t ending = 0, live = 0, least = SIZE_MAX;
	for (size_t i = 0; i < s->list_count; i++) {
		if (fc->dead[s->index][i]) continue;
		struct part in = part_of_list(fc, s->lists[i]);
		live++;
		ending += in.ends;
		least = smaller(least, in.size.least);
		p.size.least += in.size.least;
		p.size.most += in.size.most;
		p.size.wide += in.size.wide;
	}
	if (needed == 1 && live) p.size.least = least;
	p.ends = ending >= smaller(needed ? needed : live, live);
	return p;
}

static struct part part_of(struct flow_check *fc, const struct step *s) {
	static const struct part at_once = { .ends = true };
	static const struct part asks = { true, { 1, 1, 1 } };
	if (s->kind == STEP_GOTO) return (struct part){ .ends = false };
	if (s->kind == STEP_BRANCH) return s->all ? several(fc, s, 1) : one_of(fc, s);
	if (s->kind == STEP_PARALLEL) return several(fc, s, s->wait);
	return step_has_people(s) || s->kind == STEP_SUB ? asks : at_once;
}

/* Nothing behind a step that is never left is reached; told once a list. */
static struct part part_of_list(struct flow_check *fc, const struct step_list *list) {
	struct part p = { .ends = true };
	for (size_t i = 0; i < list->n; i++) {
		const struct step *s = list->steps[i];
		if (!p.ends) {
			FIND(fc->f, step_spot(fc, s), ERROR, "F202", "f202_unreached", "fix_f202",
			     "step", s->id, "before", list->steps[i - 1]->id);
			break;
		}
		struct part in = part_of(fc, s);
		p.ends = in.ends;
		p.size.least += in.size.least;
		p.size.most += in.size.most;
		p.size.wide = larger(p.size.wide, in.size.wide);
	}
	return p;
}

/* ---- what runs on by itself ---- */

struct following {
	struct flow_check *fc;
	uint8_t *seen; /* by step: 1 on the way, 2 done */
	const struct step **way;
	size_t n;
};

static bool passes_by_itself(struct flow_check *fc, const struct step *s);

static bool list_passes(struct flow_check *fc, const struct step_list *list) {
	for (size_t i = 0; i < list->n; i++)
		if (!passes_by_itself(fc, list->steps[i])) return false;
	return true;
}

/* Is there a way through the step on which nobody and nothing is waited for? */
static bool passes_by_itself(struct flow_check *fc, const struct step *s) {
	size_t passing = 0, live = 0;
	if (s->kind == STEP_CC || s->kind == STEP_ACT) return true;
	if (s->kind != STEP_BRANCH && s->kind != STEP_PARALLEL) return false;
	for (size_t i = 0; i < s->list_count; i++) {
		if (fc->dead[s->index][i]) continue;
		live++;
		passing += list_passes(fc, s->lists[i]);
	}
	size_t needed = s->kind == STEP_BRANCH ? 1 : s->wait ? s->wait : live;
	return passing >= smaller(needed, live);
}

static void follow(struct following *w, const struct step *s);

/* Where the run goes on once the step at this place is left. */
static void follow_after(struct following *w, const struct step *s) {
	const struct step_list *in = s->in;
	if (s->place + 1 < in->n)
		follow(w, in->steps[s->place + 1]);
	else if (in->owner &&
		 (in->owner->kind == STEP_BRANCH || passes_by_itself(w->fc, in->owner)))
		follow_after(w, in->owner);
}

static void tell_loop(struct following *w, const struct step *from) {
	size_t first = 0;
	bool acts = false;
	while (w->way[first] != from) first++;
	for (size_t i = first; i < w->n; i++) acts = acts || w->way[i]->kind == STEP_ACT;
	const struct step *last = w->way[w->n - 1];
	if (acts)
		FIND(w->fc->f, step_spot(w->fc, last), WARNING, "F201", "f201_acts", "fix_f201",
		     "from", from->id, "to", last->id);
	else
		FIND(w->fc->f, step_spot(w->fc, last), ERROR, "F201", "f201_loop", "fix_f201",
		     "from", from->id, "to", last->id);
}

static void follow_lists(struct following *w, const struct step *s) {
	for (size_t i = 0; i < s->list_count; i++) {
		if (w->fc->dead[s->index][i]) continue;
		if (s->lists[i]->n)
			follow(w, s->lists[i]->steps[0]);
		else if (s->kind == STEP_BRANCH || passes_by_itself(w->fc, s))
			follow_after(w, s);
	}
}

static void follow(struct following *w, const struct step *s) {
	if (w->seen[s->index] == 1) tell_loop(w, s);
	if (w->seen[s->index]) return;
	w->seen[s->index] = 1;
	w->way[w->n++] = s;
	if (s->kind == STEP_GOTO)
		follow(w, s->to);
	else if (s->kind == STEP_CC || s->kind == STEP_ACT)
		follow_after(w, s);
	else
		follow_lists(w, s);
	w->n--;
	w->seen[s->index] = 2;
}

static void follow_all(struct flow_check *fc) {
	size_t n = fc->flow->step_count;
	struct following w = { .fc = fc,
			       .seen = arena_array(fc->a, n, 1),
			       .way = arena_array(fc->a, n + 1, sizeof *w.way) };
	for (size_t i = 0; i < n; i++) follow(&w, fc->flow->steps[i]);
}

/* ---- flows inside of flows ---- */

static size_t place_of(const struct app *app, const struct flow *flow) {
	size_t i = 0;
	while (i < app->flow_count && app->flows[i] != flow) i++;
	return i;
}

static const struct flow *inside_of(const struct step *s, const struct app *app) {
	return s->kind == STEP_SUB ? app_flow(app, str_of(s->flow)) : NULL;
}

/* Does the flow, or one inside it, begin `wanted`? seen: by place among the app's. */
static bool begins(const struct flow *flow, const struct flow *wanted, bool *seen) {
	size_t at = place_of(flow->app, flow);
	if (flow == wanted) return true;
	if (at == flow->app->flow_count || seen[at]) return false;
	seen[at] = true;
	for (size_t i = 0; i < flow->step_count; i++) {
		const struct flow *in = inside_of(flow->steps[i], flow->app);
		if (in && begins(in, wanted, seen)) return true;
	}
	return false;
}

static void check_inside(struct flow_check *fc) {
	const struct app *app = fc->flow->app;
	const struct flow *self = app_flow(app, str_of(fc->flow->name));
	for (size_t i = 0; i < fc->flow->step_count; i++) {
		const struct step *s = fc->flow->steps[i];
		const struct flow *in = inside_of(s, app);
		bool *seen = arena_array(fc->a, app->flow_count + 1, sizeof *seen);
		if (in && begins(in, self, seen))
			FIND(fc->f, step_key_spot(fc, s, "flow"), ERROR, "F206", "f206_inside",
			     "fix_f206", "step", s->id, "flow", s->flow);
	}
}

/* Who was picked at the step before: there must be one. */
static void check_picks(struct flow_check *fc) {
	bool before = false;
	for (size_t i = 0; i < fc->flow->step_count; i++) {
		const struct step *s = fc->flow->steps[i];
		for (size_t k = 0; k < s->who.n; k++)
			if (!before && s->who.items[k].kind == WHO_PREVIOUS_PICKS)
				FIND(fc->f, step_key_spot(fc, s, "who"), ERROR, "F305",
				     "f305_picks", "fix_f305", "step", s->id);
		before = before || step_has_people(s);
	}
}

void verify_flow_shape(struct flow_check *fc, struct flow_size *size) {
	struct part whole = part_of_list(fc, &fc->flow->root);
	if (!whole.ends)
		FIND(fc->f, flow_spot(fc), ERROR, "F205", "f205_endless", "fix_f205", "flow",
		     fc->flow->name);
	follow_all(fc);
	check_inside(fc);
	check_picks(fc);
	*size = whole.size;
}
