/* convert.c -- a record becomes another one.
 *  1. Once: when `link` holds a record already, that one is the result and nothing is created, so
 * that two presses make one.
 *  2. A record that agrees in all `match` fields is taken instead of a new one; it stays as it is.
 * Only one the actor sees can be found; several are refused.
 *  3. Copied is what the actor may read here and write there: nobody carries over what he does not
 * see. `values` are the definition's word and win over copies. Rows of a sub-table are new rows
 * there, with the columns of the same name and type. */
#include "engines/action/run.h"
#include "engines/form/find.h"

static const struct input_field *given(const struct input *in, const struct field *f) {
	for (size_t i = 0; i < in->n; i++)
		if (in->fields[i].field == f) return &in->fields[i];
	return NULL;
}

/* ---- rows ---- */

static struct input_row copied_row(struct arena *arena, const struct form *columns,
				   const struct record *from, const char *pointer) {
	struct input_row row = { .pointer = pointer };
	row.values.fields =
		arena_array(arena, columns->declared_count + 1, sizeof *row.values.fields);
	for (size_t i = 0; i < columns->declared_count; i++) {
		const struct field *to = columns->fields[i];
		const struct field *f = form_field(from->form, str_of(to->name));
		if (!action_copies_cell(f, to)) continue;
		bool sees = !from->rights || from->rights[f->index] >= RIGHT_READ;
		if (!sees || value_is_null(&from->values[f->index])) continue;
		row.values.fields[row.values.n++] = (struct input_field){
			.field = to,
			.value = from->values[f->index],
			.pointer = pointer_join(arena, pointer, str_of(to->name)),
		};
	}
	return row;
}

static struct problem *copied_rows(struct action_run *run, const struct act *a,
				   const struct action_copy *c, struct input_field *out) {
	struct arena *arena = run->rq->arena;
	const struct record *shown = NULL;
	const char *at =
		arena_printf(arena, "%s/%s/%s", action_pointer(run, a), a->form->name, c->to->name);
	TRY(subject_shown(run->subject, &shown));
	const struct record_rows *rows = &shown->rows[c->from->index];
	struct input_rows *copies = arena_alloc(arena, sizeof *copies);
	copies->replace = true;
	copies->rows = arena_array(arena, rows->n + 1, sizeof *copies->rows);
	for (; copies->n < rows->n; copies->n++)
		copies->rows[copies->n] = copied_row(arena, c->to->rows, rows->items[copies->n],
						     arena_printf(arena, "%s/%zu", at, copies->n));
	*out = (struct input_field){ .field = c->to, .rows = copies };
	return NULL;
}

static struct problem *add_copies(struct action_run *run, const struct act *a,
				  const struct access *ac, struct input *in) {
	for (size_t i = 0; i < a->copy_count; i++) {
		const struct action_copy *c = &a->copies[i];
		const struct value *v = subject_value(run->subject, c->from);
		bool may = subject_reads(run->subject, c->from) >= RIGHT_READ &&
			   (ac->everything ||
			    access_right_for(ac, c->to, ACTION_CREATE) == RIGHT_EDIT);
		if (!may || given(in, c->to) || (!c->to->rows && value_is_null(v))) continue;
		if (c->to->rows)
			TRY(copied_rows(run, a, c, &in->fields[in->n]));
		else
			in->fields[in->n] = (struct input_field){ .field = c->to, .value = *v };
		in->n++;
	}
	return NULL;
}

/* ---- an existing record ---- */

static struct problem *several(struct action_run *run, const struct act *a) {
	struct faults faults = { .arena = run->rq->arena };
	const char *at = a->link ? pointer_join(run->rq->arena, "", str_of(a->link->name)) : "";
	FAULT(&faults, at, "convert_several", "form",
	      label_text(&a->form->label, run->rq->language));
	return faults_problem(&faults);
}

/* A field without a value, or one the actor may not ask about, tells nothing apart. */
static struct problem *find_match(struct action_run *run, const struct act *a,
				  const struct access *ac, const struct input *in, int64_t *id) {
	struct value *values = arena_array(run->rq->arena, a->match_count + 1, sizeof *values);
	*id = 0;
	for (size_t i = 0; i < a->match_count; i++) {
		const struct input_field *one = given(in, a->match[i]);
		values[i] = one ? one->value : VALUE_NONE;
		bool asks = ac->everything || access_filters(ac, a->match[i]);
		if (value_is_null(&values[i]) || !asks) return NULL;
	}
	if (!a->match_count || !access_may(ac, ACTION_READ)) return NULL;
	TRY(record_find(run->rq, run->tx, a->form, a->match, values, a->match_count, id));
	return *id < 0 ? several(run, a) : NULL;
}

static struct problem *find_or_create(struct action_run *run, const struct act *a, int64_t *id,
				      bool *taken) {
	struct access ac;
	struct input values;
	TRY(action_values(run, a, &values));
	struct problem *unknown = access_of(run->rq, a->form, &ac);
	if (!unknown) {
		TRY(add_copies(run, a, &ac, &values));
		TRY(find_match(run, a, &ac, &values, id));
		*taken = *id != 0;
		if (*taken) return NULL;
	}
	return action_create_record(run, a, &values, id);
}

struct problem *action_convert(struct action_run *run, const struct act *a) {
	const struct value *link = a->link ? subject_value(run->subject, a->link) : NULL;
	bool taken = link && link->kind == VALUE_REF;
	int64_t id = taken ? link->as.i : 0;
	if (!taken) TRY(find_or_create(run, a, &id, &taken));
	if (a->link && link->kind != VALUE_REF) action_put(run, a->link, value_ref(id));
	action_result(run, a, id, taken);
	return NULL;
}
