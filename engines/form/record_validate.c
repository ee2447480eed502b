/* record_validate.c -- a write that is only tried: what the record would become, what is wrong with
 * it, and how each field would stand on a page. Nothing is saved. */
#include "engines/form/write.h"

#include "runtime/store/read.h"

static const struct {
	enum unit_flag flag;
	const char *key;
	bool means;
} states[] = {
	{ UNIT_HIDDEN, "visible", false },
	{ UNIT_REQUIRED, "required", true },
	{ UNIT_READ_ONLY, "read_only", true },
};

static struct read_use use_of(const struct prepared *p) {
	return (struct read_use){ &p->access, p->readers, p->reader_count, p->grants,
				  p->grant_count };
}

/* Of a record to come what creating gives; of a stored one what the page that shows it is told. */
static enum field_right right_of(const struct prepared *p, const struct field *f) {
	struct read_use use = use_of(p);
	return p->root.old && !f->lookup ? read_use_right(&use, f) : rights_field(p, f);
}

static bool state_of(const struct unit *u, const struct field *f, enum unit_flag flag) {
	if (u->p->root.old && !f->lookup && right_of(u->p, f) == RIGHT_HIDDEN)
		return flag != UNIT_REQUIRED;
	if (flag == UNIT_REQUIRED && f->required) return !unit_has(u, f, UNIT_HIDDEN);
	bool fixed = field_is_made(f) || f->serial || f->read_only;
	if (flag == UNIT_READ_ONLY && (fixed || right_of(u->p, f) < RIGHT_EDIT)) return true;
	return unit_has(u, f, flag);
}

static void write_state(struct jw *w, const struct unit *u, const struct field *f) {
	jw_key(w, f->name);
	jw_object(w);
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		jw_set_bool(w, states[i].key, state_of(u, f, states[i].flag) == states[i].means);
	}
	jw_end(w);
}

static bool known(const struct prepared *p, const struct field *f) {
	return access_right(&p->access, f) != RIGHT_HIDDEN;
}

static void write_states(struct jw *w, const struct unit *u) {
	jw_object(w);
	for (size_t i = 0; i < u->form->declared_count; i++)
		if (known(u->p, u->form->fields[i])) write_state(w, u, u->form->fields[i]);
	jw_end(w);
}

/* Rows stand under their table's name with their place: "lines": [{…}, {…}] in "rows". */
static void write_row_states(struct jw *w, struct prepared *p) {
	const struct write_plan *plan = write_plan(p->root.form);
	jw_object(w);
	for (size_t i = 0; i < plan->table_count; i++) {
		if (!known(p, plan->tables[i])) continue;
		jw_key(w, plan->tables[i]->name);
		jw_array(w);
		for (size_t k = 0; k < p->unit_count; k++)
			if (p->units[k].form == plan->tables[i]->rows)
				write_states(w, &p->units[k]);
		jw_end(w);
	}
	jw_end(w);
}

/* ---- values ---- */

static void write_values(struct jw *w, struct prepared *p) {
	const struct form *form = p->root.form;
	record_json(w, &p->codec, p->w->after, (const struct field *const *)form->fields,
		    form->declared_count);
}

static void write_params(struct jw *w, const struct fault *f) {
	jw_object(w);
	for (size_t i = 0; i < f->param_count; i++) {
		jw_set_text(w, f->params[i].name, f->params[i].value);
	}
	jw_end(w);
}

static void write_errors(struct jw *w, const struct prepared *p) {
	jw_array(w);
	for (const struct fault *f = p->w->faults.first; f; f = f->next) {
		jw_object(w);
		jw_set_text(w, "pointer", f->pointer);
		jw_set_text(w, "code", f->code);
		jw_set_text(w, "detail", fault_text(p->rq->arena, p->rq->language, f));
		jw_key(w, "params");
		write_params(w, f);
		jw_end(w);
	}
	jw_end(w);
}

struct problem *record_validate(struct request *rq, struct store *s, const struct form *form,
				int64_t id, const struct json *values, struct jw *out) {
	struct write w = { .op = id ? WRITE_UPDATE : WRITE_CREATE,
			   .form = form,
			   .id = id,
			   .if_match = -1,
			   .body = values,
			   .dry_run = true };
	TRY(write_prepare(rq, s, &w));
	jw_object(out);
	jw_key(out, "values");
	write_values(out, w.prepared);
	jw_key(out, "errors");
	write_errors(out, w.prepared);
	jw_key(out, "fields");
	write_states(out, &w.prepared->root);
	jw_key(out, "rows");
	write_row_states(out, w.prepared);
	jw_key(out, "moves");
	moves_write(w.prepared, out);
	if (id) {
		struct read_use use = use_of(w.prepared);
		read_use_json(out, &use, form);
	}
	jw_end(out);
	return NULL;
}
