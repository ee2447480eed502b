/* verify_flow_claims.c -- two flows that are for the same thing (F207): both would begin with a new
 * record, or both guard the same change, deletion or move, and there are records for which the
 * conditions of both hold. The engine then takes the first by name; nobody meant it so.
 *  1. Told at both flows: whoever edits one of them hears of it.
 *  2. Only what a record shows is told: conditions nobody can look into stay silent.
 *  3. With "created" the first that may begin does: flows for different people do not meet. */
#include "runtime/model/verify_flow.h"

static bool same_move(const struct flow *x, const struct flow *y) {
	return x->start.field == y->start.field &&
	       (!x->start.to || !y->start.to || x->start.to == y->start.to);
}

/* A move is a change, too. */
static bool same_claim(const struct flow *x, const struct flow *y) {
	bool move = x->start.on == START_MOVE, other = y->start.on == START_MOVE;
	if (x->start.on == START_BY_HAND || y->start.on == START_BY_HAND) return false;
	if (move && other) return same_move(x, y);
	if (move || other) return (move ? y : x)->start.on == START_CHANGE;
	return x->start.on == y->start.on;
}

static const struct json *start_key(const struct flow *flow, const char *key) {
	return json_get(json_get(flow->definition->json, "start"), key);
}

static bool same_people(const struct flow *x, const struct flow *y) {
	const struct json *a = start_key(x, "who"), *b = start_key(y, "who");
	return x->start.on != START_CREATED || !a || !b || json_equal(a, b);
}

/* Both conditions over one list of paths: each flow has its own. false: it is at fault, which is
 * told where it stands. */
static bool condition(struct flow_check *fc, const struct flow *flow, struct expr_paths *paths,
		      const struct logic **out) {
	static const struct type yes = { .kind = TYPE_BOOL };
	const struct json *when = start_key(flow, "when");
	struct expr_scope scope = load_scope(flow->form, NULL);
	const struct expr *e = NULL;
	*out = NULL;
	if (!when) return true;
	if (expr_compile(fc->a, json_str(when), &scope, &yes, paths, &e)) return false;
	*out = expr_logic(fc->a, e, &fc->frame);
	return true;
}

static void tell(struct flow_check *fc, const struct flow *other, struct cases *c,
		 const int *cells) {
	const struct json *on = start_key(fc->flow, "on");
	const char *point = cases_text(c, fc->f->arena, cells);
	const char *text = *point ? "f207_twice" : "f207_always";
	FIND(fc->f, spot_at(fc->flow->definition, on), WARNING, "F207", text, "fix_f207", "flow",
	     fc->flow->name, "other", other->name, "point", point);
	finding_example(fc->f, cases_example(c, fc->f->arena, cells));
}

static void check_with(struct flow_check *fc, const struct flow *other) {
	struct expr_paths paths = { .arena = fc->a };
	struct cases *c = cases_new(fc->a, &paths, &fc->frame);
	const struct logic *both[2];
	cover_formula all[3] = { COVER_TRUE, COVER_TRUE, COVER_TRUE };
	if (!condition(fc, fc->flow, &paths, &both[0]) || !condition(fc, other, &paths, &both[1]))
		return;
	for (size_t i = 0; i < ARRAY_LEN(both); i++)
		if (both[i]) cases_add(c, both[i]);
	cases_close(c);
	if (c->too_many) return;
	for (size_t i = 0; i < ARRAY_LEN(both); i++)
		if (both[i]) all[i] = cases_hold(c, both[i]);
	all[2] = cases_ordinary(c);
	int *cells = arena_array(fc->a, c->n + 1, sizeof *cells);
	enum cover_answer answer = cover_find(c->cover, all, ARRAY_LEN(all), cells);
	fc->looked += cover_nodes(c->cover);
	if (answer == COVER_FOUND && cases_exact(c, cells)) tell(fc, other, c, cells);
}

void verify_flow_claims(struct flow_check *fc) {
	const struct form *form = fc->flow->form;
	for (size_t i = 0; i < form->flow_count; i++) {
		const struct flow *other = form->flows[i];
		if (!strcmp(other->name, fc->flow->name)) continue;
		if (same_claim(fc->flow, other) && same_people(fc->flow, other))
			check_with(fc, other);
	}
}
