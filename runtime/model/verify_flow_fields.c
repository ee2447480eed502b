/* verify_flow_fields.c -- a field that a verdict needs and nobody fills in (F501), one that chose
 * the way and may be changed afterwards (F502), and one that is hidden from who decides by it
 * (F503). */
#include "runtime/model/verify_flow.h"

static const char *field_list(struct flow_check *fc, const bool *fields, bool *any) {
	struct sb out = sb_on(fc->f->arena, 400);
	const struct form *form = fc->flow->form;
	*any = false;
	for (size_t i = 0; i < form->field_count; i++) {
		if (!fields[i]) continue;
		sb_printf(&out, "%s%s", *any ? ", " : "", form->fields[i]->name);
		*any = true;
	}
	return sb_cstr(&out);
}

/* ---- F501 ---- */

static bool filled_anyhow(const struct flow *flow, const struct field *f) {
	bool start = flow->start.fields && flow->start.fields[f->index] == RIGHT_EDIT;
	return f->required || f->default_value || !field_takes_value(f) || start ||
	       f->system == SYSTEM_OWNER || f->system == SYSTEM_STATE;
}

/* Steps stand in the order they are reached, but for what a goto brings around again. */
static bool filled_before(struct flow_check *fc, const struct step *s, const struct field *f) {
	bool *fields = arena_array(fc->a, fc->flow->form->field_count, sizeof *fields);
	for (size_t i = 0; i <= s->index; i++)
		if (flow_step_writes(fc->flow, fc->flow->steps[i], fields)) return true;
	return fields[f->index];
}

static void check_required(struct flow_check *fc, const struct step *s) {
	for (size_t v = 0; v < VERDICTS; v++)
		for (size_t i = 0; i < s->require[v].n; i++) {
			const struct field *f = s->require[v].fields[i];
			if (v == VERDICT_RETURN || filled_anyhow(fc->flow, f) ||
			    filled_before(fc, s, f))
				continue;
			FIND(fc->f, step_key_spot(fc, s, "require"), WARNING, "F501",
			     "f501_unfilled", "fix_f501", "step", s->id, "field", f->name);
		}
}

/* ---- F502 ---- */

static void read_fields(struct flow_check *fc, const struct expr *e, bool *fields) {
	const struct expr_paths *paths = &fc->flow->paths;
	for (size_t i = 0; i < paths->count; i++) {
		const struct expr_path *p = &paths->items[i];
		if (p->root != ROOT_RECORD || !p->length || !expr_uses(e, i)) continue;
		const struct field *f = p->fields[0];
		fields[f->index] = true;
	}
}

/* What steps behind the block may change, up to the end of the flow. */
static bool *written_behind(struct flow_check *fc, const struct step *block) {
	bool *fields = arena_array(fc->a, fc->flow->form->field_count, sizeof *fields);
	for (const struct step *s = block; s; s = s->in->owner)
		for (size_t i = s->place + 1; i < s->in->n; i++)
			flow_step_writes(fc->flow, s->in->steps[i], fields);
	for (size_t i = 0; i < block->list_count; i++)
		flow_list_writes(fc->flow, block->lists[i], fields);
	return fields;
}

static void check_branch(struct flow_check *fc, const struct step *s) {
	size_t n = fc->flow->form->field_count;
	bool *read = arena_array(fc->a, n, sizeof *read), any;
	for (size_t i = 0; i < s->list_count; i++)
		if (s->lists[i]->when) read_fields(fc, s->lists[i]->when, read);
	const bool *written = written_behind(fc, s);
	for (size_t i = 0; i < n; i++)
		read[i] =
			read[i] && written[i] && fc->flow->form->fields[i]->system != SYSTEM_STATE;
	const char *names = field_list(fc, read, &any);
	if (any)
		FIND(fc->f, step_key_spot(fc, s, "cases"), WARNING, "F502", "f502_editable",
		     "fix_f502", "step", s->id, "fields", names);
}

/* ---- F503 ---- */

static bool unseen(const struct step *s, const struct field *f) {
	uint8_t right = s->fields ? s->fields[f->index] : STEP_FIELD_UNNAMED;
	return right == RIGHT_HIDDEN || right == RIGHT_MASK;
}

/* What the step itself needs filled in, and what the branch right behind it goes by. */
static void check_seen(struct flow_check *fc, const struct step *s) {
	size_t n = fc->flow->form->field_count;
	bool *decides = arena_array(fc->a, n, sizeof *decides), any;
	const struct step *next = s->place + 1 < s->in->n ? s->in->steps[s->place + 1] : NULL;
	for (size_t v = 0; v < VERDICTS; v++)
		for (size_t i = 0; i < s->require[v].n; i++)
			decides[s->require[v].fields[i]->index] = true;
	for (size_t i = 0; next && i < next->list_count; i++)
		if (next->lists[i]->when) read_fields(fc, next->lists[i]->when, decides);
	for (size_t i = 0; i < n; i++)
		decides[i] = decides[i] && unseen(s, fc->flow->form->fields[i]);
	const char *names = field_list(fc, decides, &any);
	if (any)
		FIND(fc->f, step_key_spot(fc, s, "fields"), WARNING, "F503", "f503_unseen",
		     "fix_f503", "step", s->id, "fields", names);
}

void verify_flow_fields(struct flow_check *fc) {
	for (size_t i = 0; i < fc->flow->step_count; i++) {
		const struct step *s = fc->flow->steps[i];
		if (step_has_people(s)) check_required(fc, s);
		if (step_has_people(s)) check_seen(fc, s);
		if (s->kind == STEP_BRANCH) check_branch(fc, s);
	}
}
