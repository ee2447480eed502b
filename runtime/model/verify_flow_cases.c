/* verify_flow_cases.c -- branches: a record for which no case holds (F101), a case never taken
 * (F102), two that hold at once where only the first is taken (F103), and where the limit of the
 * search ended it (F104).
 *  1. A branch is judged within its box: what the cases around it say, and start.when.
 *  2. What a box says about a field is forgotten where something below may change that field, and
 *     so is what compares with the clock.
 *  3. A finding of error rests on an ordinary record that can be; empty or retired values and tests
 *     nobody can look into make it a warning, or ask for an else. */
#include "runtime/model/verify_flow.h"

struct box {
	cover_formula *items;
	size_t n, room;
};

/* What may change meanwhile: fields by index, or all of them. */
struct changes {
	bool *fields;
	bool all, some;
};

struct looking {
	struct flow_check *fc;
	struct cases *cases;
	const struct logic ***logic; /* by step->index, then the list's place; NULL: else */
	cover_formula **holds;
	const struct logic *start;
	int *cells;
	cover_formula ordinary;
};

/* ---- formulas of all branches ---- */

static void take_conditions(struct looking *l) {
	const struct flow *flow = l->fc->flow;
	for (size_t i = 0; i < flow->step_count; i++) {
		const struct step *s = flow->steps[i];
		if (s->kind != STEP_BRANCH) continue;
		l->logic[i] = arena_array(l->fc->a, s->list_count, sizeof **l->logic);
		for (size_t k = 0; k < s->list_count; k++) {
			if (!s->lists[k]->when) continue;
			l->logic[i][k] = expr_logic(l->fc->a, s->lists[k]->when, &l->fc->frame);
			cases_add(l->cases, l->logic[i][k]);
		}
	}
	if (!flow->start.when) return;
	l->start = expr_logic(l->fc->a, flow->start.when, &l->fc->frame);
	cases_add(l->cases, l->start);
}

static cover_formula not_of(struct looking *l, cover_formula f) {
	return cover_not(l->cases->cover, f);
}

/* An else holds, where it stands, if only the first case is taken; if all are, when none before
 * did. */
static void make_formulas(struct looking *l) {
	const struct flow *flow = l->fc->flow;
	for (size_t i = 0; i < flow->step_count; i++) {
		const struct step *s = flow->steps[i];
		if (s->kind != STEP_BRANCH) continue;
		cover_formula *holds = arena_array(l->fc->a, s->list_count, sizeof *holds);
		for (size_t k = 0; k < s->list_count; k++) {
			cover_formula none = COVER_TRUE;
			for (size_t b = 0; s->all && b < k; b++)
				none = cover_and(l->cases->cover,
						 (cover_formula[]){ none, not_of(l, holds[b]) }, 2);
			holds[k] = l->logic[i][k] ? cases_hold(l->cases, l->logic[i][k]) : none;
		}
		l->holds[i] = holds;
	}
}

/* ---- boxes ---- */

static void add(struct looking *l, struct box *b, cover_formula f) {
	if (b->n == b->room) {
		size_t room = b->room ? 2 * b->room : 8;
		b->items = arena_grow(l->fc->a, b->items, b->n * sizeof f, room * sizeof f);
		b->room = room;
	}
	b->items[b->n++] = f;
}

static struct box copy_of(struct looking *l, const struct box *from) {
	struct box b = { 0 };
	for (size_t i = 0; i < from->n; i++) add(l, &b, from->items[i]);
	return b;
}

static bool path_changes(const struct looking *l, const struct expr_path *path,
			 const struct changes *c) {
	if (path->root == ROOT_USER || path->root == ROOT_COMPANY) return false;
	if (c->all || !path->length) return c->all || c->some;
	const struct field *f = path->fields[0];
	(void)l;
	return c->fields[f->index] || (c->some && field_is_made(f));
}

static bool forgotten(const struct looking *l, cover_formula f, const struct changes *c) {
	for (size_t i = 0; i < l->cases->n; i++) {
		const struct variable *v = &l->cases->variables[i];
		if (!cover_reads(l->cases->cover, f, i)) continue;
		for (size_t k = 0; k < v->read_count; k++)
			if (path_changes(l, &l->cases->paths->items[v->reads[k]], c)) return true;
	}
	return false;
}

/* Each part of f that nothing changes. */
static void carry(struct looking *l, struct box *b, cover_formula f, const struct changes *c) {
	const cover_formula *parts;
	size_t n = cover_parts(l->cases->cover, &f, &parts);
	for (size_t i = 0; i < n; i++)
		if (!forgotten(l, parts[i], c)) add(l, b, parts[i]);
}

static struct changes changes_of(struct looking *l, const struct changes *before,
				 const struct step_list *list) {
	size_t n = l->fc->flow->form->field_count;
	struct changes c = { .fields = arena_array(l->fc->a, n, sizeof *c.fields) };
	if (before) memcpy(c.fields, before->fields, n * sizeof *c.fields);
	c.all = before && before->all;
	if (list) c.all = flow_list_writes(l->fc->flow, list, c.fields) || c.all;
	c.some = c.all;
	for (size_t i = 0; i < n; i++) c.some = c.some || c.fields[i];
	return c;
}

/* ---- asking ---- */

static enum cover_answer ask(struct looking *l, const struct box *b) {
	enum cover_answer answer = cover_find(l->cases->cover, b->items, b->n, l->cells);
	l->fc->capped = l->fc->capped || answer == COVER_CAPPED;
	return answer;
}

static enum cover_answer ask_with(struct looking *l, const struct box *b, cover_formula f) {
	struct box more = copy_of(l, b);
	add(l, &more, f);
	return ask(l, &more);
}

/* Of what the question does not read nothing is said. */
static void keep_asked(struct looking *l, const struct box *b) {
	for (size_t i = 0; i < l->cases->n; i++) {
		bool read = false;
		for (size_t k = 0; k < b->n && !read; k++)
			read = cover_reads(l->cases->cover, b->items[k], i);
		if (!read) l->cells[i] = COVER_ANY;
	}
}

/* First an ordinary record; *ordinary tells. */
static bool find(struct looking *l, const struct box *b, bool *ordinary) {
	*ordinary = ask_with(l, b, l->ordinary) == COVER_FOUND;
	if (*ordinary) keep_asked(l, b);
	return *ordinary || ask(l, b) == COVER_FOUND;
}

/* ---- words ---- */

static struct spot case_spot(const struct looking *l, const struct step *s, size_t k) {
	const struct json *when = json_get(s->lists[k]->json, "when");
	return (struct spot){ .definition = l->fc->flow->definition,
			      .at = when ? when : s->lists[k]->json };
}

static const char *case_name(const struct looking *l, const struct step *s, size_t k) {
	const struct json *when = json_get(s->lists[k]->json, "when");
	return when && when->kind == JSON_STRING ? str_dup(l->fc->f->arena, when->text) : "else";
}

static const char *point(const struct looking *l) {
	return cases_text(l->cases, l->fc->f->arena, l->cells);
}

static void with_example(struct looking *l) {
	finding_example(l->fc->f, cases_example(l->cases, l->fc->f->arena, l->cells));
}

/* ---- one branch ---- */

static void tell_gap(struct looking *l, const struct step *s, bool ordinary) {
	struct spot at = step_key_spot(l->fc, s, "cases");
	const char *words = point(l);
	if (!cases_exact(l->cases, l->cells))
		FIND(l->fc->f, at, ERROR, "F101", "f101_unknown", "fix_f101_unknown", "step", s->id,
		     "point", words);
	else if (!*words)
		FIND(l->fc->f, at, ERROR, "F101", "f101_always", "fix_f101", "step", s->id);
	else if (ordinary)
		FIND(l->fc->f, at, ERROR, "F101", "f101_gap", "fix_f101", "step", s->id, "point",
		     words);
	else
		FIND(l->fc->f, at, WARNING, "F101", "f101_gap", "fix_f101", "step", s->id, "point",
		     words);
	with_example(l);
}

static void check_gap(struct looking *l, const struct step *s, const struct box *box) {
	struct box b = copy_of(l, box);
	bool ordinary;
	for (size_t k = 0; k < s->list_count; k++) {
		if (!s->lists[k]->when) return;
		add(l, &b, not_of(l, l->holds[s->index][k]));
	}
	if (find(l, &b, &ordinary)) tell_gap(l, s, ordinary);
}

/* Within the box, the case holds and, where only the first is taken, none before it. */
static struct box taken(struct looking *l, const struct step *s, const struct box *box, size_t k) {
	struct box b = copy_of(l, box);
	add(l, &b, l->holds[s->index][k]);
	for (size_t i = 0; !s->all && i < k; i++) add(l, &b, not_of(l, l->holds[s->index][i]));
	return b;
}

/* An else that is there to be safe may be left with nothing to do. */
static void tell_dead(struct looking *l, const struct step *s, const struct box *box, size_t k) {
	struct spot at = case_spot(l, s, k);
	const char *name = case_name(l, s, k);
	if (!s->lists[k]->when && s->lists[k]->n)
		FIND(l->fc->f, at, WARNING, "F102", "f102_else", "fix_f102_else", "step", s->id);
	else if (!s->lists[k]->when)
		return;
	else if (ask_with(l, box, l->holds[s->index][k]) == COVER_NONE)
		FIND(l->fc->f, at, ERROR, "F102", "f102_never", "fix_f102_never", "step", s->id,
		     "case", name);
	else
		FIND(l->fc->f, at, ERROR, "F102", "f102_taken", "fix_f102_taken", "step", s->id,
		     "case", name);
}

/* Case i is taken, j would have held too. Rising bands, where i lies wholly inside j, are meant so.
 */
static void check_overlap(struct looking *l, const struct step *s, const struct box *box, size_t i,
			  size_t j) {
	struct box b = taken(l, s, box, i);
	bool ordinary;
	if (ask_with(l, &b, not_of(l, l->holds[s->index][j])) != COVER_FOUND) return;
	add(l, &b, l->holds[s->index][j]);
	if (!find(l, &b, &ordinary) || !cases_exact(l->cases, l->cells)) return;
	FIND(l->fc->f, case_spot(l, s, j), WARNING, "F103", "f103_overlap", "fix_f103", "step",
	     s->id, "point", point(l), "first", case_name(l, s, i), "second", case_name(l, s, j));
	with_example(l);
}

static void check_overlaps(struct looking *l, const struct step *s, const struct box *box) {
	const bool *dead = l->fc->dead[s->index];
	for (size_t i = 0; !s->all && i < s->list_count; i++)
		for (size_t j = i + 1; j < s->list_count; j++)
			if (s->lists[i]->when && s->lists[j]->when && !dead[i] && !dead[j] &&
			    !l->fc->capped)
				check_overlap(l, s, box, i, j);
}

/* ---- down the tree ---- */

static void look_list(struct looking *l, const struct step_list *list, const struct box *box,
		      const struct changes *beside);

/* What the other lists of a block change while this one runs. */
static struct changes beside_of(struct looking *l, const struct step *s, size_t k,
				const struct changes *before) {
	struct changes c = changes_of(l, before, NULL);
	bool together = s->kind == STEP_PARALLEL || s->all;
	for (size_t i = 0; together && i < s->list_count; i++)
		if (i != k) c = changes_of(l, &c, s->lists[i]);
	return c;
}

/* What holds of the case does not hang on the clock. An else hangs on the cases before it. */
static bool timeless(const struct step *s, size_t k) {
	if (s->lists[k]->when) return !expr_reads_clock(s->lists[k]->when);
	for (size_t i = 0; i < k; i++)
		if (s->lists[i]->when && expr_reads_clock(s->lists[i]->when)) return false;
	return true;
}

static struct box box_of_case(struct looking *l, const struct step *s, const struct box *box,
			      size_t k, const struct changes *beside) {
	struct changes c = changes_of(l, beside, s->lists[k]);
	struct box b = { 0 };
	for (size_t i = 0; i < box->n; i++) carry(l, &b, box->items[i], &c);
	if (timeless(s, k)) carry(l, &b, l->holds[s->index][k], &c);
	for (size_t i = 0; !s->all && i < k; i++)
		if (timeless(s, i)) carry(l, &b, not_of(l, l->holds[s->index][i]), &c);
	return b;
}

static void look_branch(struct looking *l, const struct step *s, const struct box *box,
			const struct changes *beside) {
	bool *dead = l->fc->dead[s->index];
	check_gap(l, s, box);
	for (size_t k = 0; k < s->list_count; k++) {
		struct box b = taken(l, s, box, k);
		dead[k] = ask(l, &b) == COVER_NONE;
		if (dead[k]) tell_dead(l, s, box, k);
	}
	check_overlaps(l, s, box);
	for (size_t k = 0; k < s->list_count; k++) {
		if (dead[k]) continue;
		struct changes others = beside_of(l, s, k, beside);
		struct box inner = box_of_case(l, s, box, k, &others);
		look_list(l, s->lists[k], &inner, &others);
	}
}

static void look_list(struct looking *l, const struct step_list *list, const struct box *box,
		      const struct changes *beside) {
	for (size_t i = 0; i < list->n && !l->fc->capped; i++) {
		const struct step *s = list->steps[i];
		if (s->kind == STEP_BRANCH) look_branch(l, s, box, beside);
		for (size_t k = 0; s->kind == STEP_PARALLEL && k < s->list_count; k++) {
			struct changes others = beside_of(l, s, k, beside);
			look_list(l, s->lists[k], box, &others);
		}
	}
}

/* start.when holds at the start, but for what the starter may correct and the state of the run. */
static struct box start_box(struct looking *l) {
	const struct flow *flow = l->fc->flow;
	struct changes c = changes_of(l, NULL, &flow->root);
	struct box b = { 0 };
	for (size_t i = 0; flow->start.fields && i < flow->form->field_count; i++)
		if (flow->start.fields[i] == RIGHT_EDIT) c.some = c.fields[i] = true;
	if (flow->form->state) c.fields[flow->form->state->index] = true;
	if (l->start && !expr_reads_clock(flow->start.when))
		carry(l, &b, cases_hold(l->cases, l->start), &c);
	return b;
}

static bool has_branches(const struct flow *flow) {
	for (size_t i = 0; i < flow->step_count; i++)
		if (flow->steps[i]->kind == STEP_BRANCH) return true;
	return false;
}

static void tell_capped(struct flow_check *fc) {
	FIND(fc->f, flow_spot(fc), WARNING, "F104", "f104_capped", "fix_f104");
}

void verify_flow_cases(struct flow_check *fc) {
	size_t n = fc->flow->step_count;
	struct looking l = { .fc = fc,
			     .cases = cases_new(fc->a, &fc->flow->paths, &fc->frame),
			     .logic = arena_array(fc->a, n, sizeof *l.logic),
			     .holds = arena_array(fc->a, n, sizeof *l.holds) };
	if (!has_branches(fc->flow)) return;
	take_conditions(&l);
	cases_close(l.cases);
	if (l.cases->too_many) {
		tell_capped(fc);
		return;
	}
	make_formulas(&l);
	l.ordinary = cases_ordinary(l.cases);
	l.cells = arena_array(fc->a, l.cases->n + 1, sizeof *l.cells);
	struct box box = start_box(&l);
	struct changes none = changes_of(&l, NULL, NULL);
	look_list(&l, &fc->flow->root, &box, &none);
	fc->looked += cover_nodes(l.cases->cover);
	if (fc->capped) tell_capped(fc);
}
