/* What changed between two definitions of an app: forms, their fields and sub-tables, by id. */
#include "runtime/store/migration.h"
#include "runtime/store/convert.h"

/* ---- forms the apply owes work to ---- */

void note_form(struct migration *m, const struct form ***list, size_t *n, const struct form *form) {
	for (size_t i = 0; i < *n; i++)
		if ((*list)[i] == form) return;
	*list = arena_grow(m->arena, *list, *n * sizeof **list, (*n + 1) * sizeof **list);
	(*list)[(*n)++] = form;
}

/* ---- steps ---- */

static void *grown(struct arena *a, void *items, size_t n, size_t *room, size_t size) {
	if (n < *room) return items;
	size_t wanted = *room ? *room * 2 : 32;
	items = arena_grow(a, items, n * size, wanted * size);
	*room = wanted;
	return items;
}

struct plan_step *step_add(struct migration *m, const char *code, enum step_risk risk,
			   const char *form, const char *field) {
	struct plan *p = m->plan;
	p->steps = grown(m->arena, p->steps, p->n, &m->step_room, sizeof *p->steps);
	p->steps[p->n] = (struct plan_step){ .code = code,
					     .risk = risk,
					     .form = arena_strdup(m->arena, form),
					     .field = arena_strdup(m->arena, field) };
	return &p->steps[p->n++];
}

void step_param(struct migration *m, struct plan_step *step, const char *name, const char *value) {
	size_t n = step->param_count;
	struct param *params = arena_array(m->arena, n + 1, sizeof *params);
	for (size_t i = 0; i < n; i++) params[i] = step->params[i];
	params[n] = (struct param){ name, arena_strdup(m->arena, value) };
	step->params = params;
	step->param_count = n + 1;
}

void step_sample(struct migration *m, struct plan_step *step, const char *text) {
	if (step->sample_count == PLAN_SAMPLES) return;
	const char **samples = arena_array(m->arena, step->sample_count + 1, sizeof *samples);
	for (size_t i = 0; i < step->sample_count; i++) samples[i] = step->samples[i];
	samples[step->sample_count] = arena_strdup(m->arena, text);
	step->samples = samples;
	step->sample_count++;
}

/* ---- the registry as it will be ---- */

void known_add(struct migration *m, const char *owner, const char *id, const char *name,
	       const char *type, const char *place) {
	m->rows = grown(m->arena, m->rows, m->row_count, &m->row_room, sizeof *m->rows);
	m->rows[m->row_count++] = (struct known){ .owner = owner,
						  .id = id,
						  .name = name,
						  .type = type,
						  .place = place,
						  .version = m->version };
}

void known_keep(struct migration *m, const struct known *k, const char *name, const char *type) {
	bool same = !k->trash && strcmp(k->name, name) == 0 && strcmp(k->type, type) == 0;
	m->fates[k - m->base->items] = FATE_KEPT;
	known_add(m, k->owner, k->id, name, type, k->place);
	if (same) m->rows[m->row_count - 1].version = k->version;
}

enum fate known_fate(const struct migration *m, const struct known *k) {
	return m->fates[k - m->base->items];
}

static bool is_kind(const struct known *k, const char *owner) {
	return strcmp(k->owner, owner) == 0;
}

static bool is_derived(const struct known *k) {
	return is_kind(k, "index") || is_kind(k, "view") || is_kind(k, "search");
}

/* What nobody kept: definitions go to the trash; what is derived holds no values and simply goes.
 */
static void keep_the_rest(struct migration *m) {
	for (size_t i = 0; i < m->base->n; i++) {
		const struct known *k = &m->base->items[i];
		if (m->fates[i] == FATE_KEPT || is_derived(k)) continue;
		known_add(m, k->owner, k->id, k->name, k->type, k->place);
		struct known *row = &m->rows[m->row_count - 1];
		row->trash = true;
		if (k->trash) row->version = k->version;
	}
}

/* ---- places ---- */

static bool is_history_name(const char *place) {
	static const char tail[] = "__history";
	size_t n = strlen(place);
	return n >= sizeof tail && strcmp(place + n - (sizeof tail - 1), tail) == 0;
}

static bool place_taken(const struct migration *m, const char *owner, const char *place) {
	if (!owner && is_history_name(place)) return true;
	for (size_t i = 0; i < m->base->n; i++) {
		const struct known *k = &m->base->items[i];
		if (strcmp(k->place, place) == 0 && (!owner || is_kind(k, owner))) return true;
	}
	for (size_t i = 0; !owner && i < m->base->other_count; i++)
		if (strcmp(m->base->others[i], place) == 0) return true;
	return false;
}

/* The first free of "<name>", "<name>__v<version>", "<name>__v<version>_2" ...; owner NULL: among
 * tables. */
static const char *place_new(struct migration *m, const char *owner, const char *name) {
	const char *place = schema_name(m->arena, name);
	for (int i = 1; place_taken(m, owner, place); i++) {
		const char *tail =
			i == 1 ? arena_printf(m->arena, "__v%lld", (long long)m->version)
			       : arena_printf(m->arena, "__v%lld_%d", (long long)m->version, i);
		int room = PLACE_MAX - (int)strlen(tail);
		place = arena_printf(m->arena, "%.*s%s", room, name, tail);
	}
	return arena_strdup(m->next->arena, place);
}

bool table_is_fresh(const struct migration *m, const char *table) {
	for (size_t i = 0; i < m->fresh.n; i++)
		if (strcmp(m->fresh.items[i], table) == 0) return true;
	return false;
}

static void set_place(struct migration *m, struct field *f, const char *place) {
	field_place(m->next->arena, f, place);
	if (f->rows) f->rows->table = place;
}

const struct field *field_by_id(const struct form *form, const char *id) {
	for (size_t i = 0; form && i < form->declared_count; i++)
		if (strcmp(form->fields[i]->id, id) == 0) return form->fields[i];
	return NULL;
}

/* ---- fields ---- */

struct side { /* the form whose fields are compared */
	struct form *next;
	const struct form *old;   /* NULL: fresh, or back from the trash */
	const char *owner, *path; /* path: for messages, "order" or "order.lines" */
	bool fresh;               /* its table is being created */
};

static struct problem *diff_fields(struct migration *m, const struct side *s);

static struct side rows_side(struct migration *m, const struct side *s, struct field *f,
			     const struct field *old, bool fresh) {
	return (struct side){ .next = f->rows,
			      .old = old ? old->rows : NULL,
			      .owner = form_owner(m->arena, f->rows),
			      .path = arena_printf(m->arena, "%s.%s", s->path, f->name),
			      .fresh = fresh };
}

static struct problem *diff_rows(struct migration *m, const struct side *s, struct field *f,
				 const struct field *old, bool fresh) {
	if (!f->rows) return NULL;
	struct side rows = rows_side(m, s, f, old, fresh);
	return diff_fields(m, &rows);
}

/* A new required field leaves the records there are incomplete: they are told of, nobody is
 * stopped. */
static struct problem *warn_required(struct migration *m, const struct side *s,
				     const struct field *f, const struct field *old) {
	int64_t missing = 0;
	if (!f->required || s->fresh || (old && old->required)) return NULL;
	if (old && schema_is_column(old))
		TRY(count_missing(m, old, &missing));
	else if (!old && !f->form->parent)
		TRY(count_rows(m, f->form->table, &missing));
	step_add(m, "require_field", STEP_SAFE, s->path, f->name)->rows = missing;
	return NULL;
}

static struct problem *add_field(struct migration *m, const struct side *s, struct field *f) {
	const char *owner = schema_is_child(f) ? NULL : s->owner;
	set_place(m, f, place_new(m, owner, f->column));
	known_add(m, s->owner, f->id, f->name, field_shape(m->arena, f), f->column);
	if (schema_is_child(f)) statements_add(&m->fresh, f->column);
	if (s->fresh) return diff_rows(m, s, f, NULL, true);
	step_add(m, "add_field", STEP_SAFE, s->path, f->name);
	TRY(diff_rows(m, s, f, NULL, true));
	if (schema_is_child(f))
		schema_child_tables(&m->expand, f, DIALECT_SQLITE);
	else
		schema_add_column(&m->expand, f, DIALECT_SQLITE);
	return warn_required(m, s, f, NULL);
}

static struct problem *undelete_field(struct migration *m, const struct side *s, struct field *f,
				      const struct known *k) {
	set_place(m, f, arena_strdup(m->next->arena, k->place));
	known_keep(m, k, f->name, k->type);
	struct plan_step *step = step_add(m, "undelete_field", STEP_SAFE, s->path, f->name);
	TRY(count_values(m, f, &step->rows));
	return diff_rows(m, s, f, NULL, false);
}

static const char *made_type(struct migration *m, const char *place) {
	return arena_printf(m->arena, "made:%s", place);
}

static void add_job(struct migration *m, const struct side *s, const struct field *from,
		    struct field *to, const char *made) {
	const struct known *former =
		registry_trash(m->base, s->owner, to->id, field_shape(m->arena, to));
	const struct known *former_made =
		former ? registry_trash(m->base, s->owner, to->id, made_type(m, former->place))
		       : NULL;
	m->jobs = grown(m->arena, m->jobs, m->job_count, &m->job_room, sizeof *m->jobs);
	struct conversion_job *job = &m->jobs[m->job_count++];
	*job = (struct conversion_job){
		.from = from, .to = to, .made = made, .step = m->plan->n - 1
	};
	if (!former_made) return;
	job->restore = former->place;
	job->restore_made = former_made->place;
}

static struct plan_step *type_step(struct migration *m, const struct side *s, const struct field *f,
				   const char *was, const char *now) {
	struct plan_step *step = step_add(m, "change_type", STEP_SAFE, s->path, f->name);
	step_param(m, step, "from", was);
	step_param(m, step, "to", now);
	return step;
}

/* Values that cannot go along (lists, sub-tables): the old ones stay in the trash, the new field
 * begins empty. */
static struct problem *replace_field(struct migration *m, const struct side *s, struct field *f,
				     const struct field *old, struct plan_step *step) {
	if (old) TRY(count_values(m, old, &step->losses));
	step->rows = step->losses;
	if (step->losses) step->risk = STEP_LOSSY;
	if (schema_is_child(f)) statements_add(&m->fresh, f->column);
	TRY(diff_rows(m, s, f, NULL, true));
	if (schema_is_child(f))
		schema_child_tables(&m->expand, f, DIALECT_SQLITE);
	else
		schema_add_column(&m->expand, f, DIALECT_SQLITE);
	return NULL;
}

static struct problem *convert_field(struct migration *m, const struct side *s, struct field *f,
				     const struct field *old) {
	const char *made = place_new(
		m, s->owner,
		arena_printf(m->arena, "%s__to_v%lld", old->column, (long long)m->version));
	schema_add_column(&m->expand, f, DIALECT_SQLITE);
	statements_printf(&m->expand, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", f->form->table,
			  made, schema_column_type(f, DIALECT_SQLITE));
	known_add(m, s->owner, f->id, f->name, made_type(m, old->column), made);
	m->rows[m->row_count - 1].trash = true;
	add_job(m, s, old, f, made);
	const struct conversion_job *job = &m->jobs[m->job_count - 1];
	return count_conversion(m, job, &m->plan->steps[job->step]);
}

/* A list or sub-table whose former self still lies in the trash: that one comes back. */
static struct problem *restore_field(struct migration *m, const struct side *s, struct field *f,
				     const struct field *old, const struct known *former) {
	struct plan_step *step = &m->plan->steps[m->plan->n - 1];
	if (old) TRY(count_values(m, old, &step->losses));
	step->rows = step->losses;
	if (step->losses) step->risk = STEP_LOSSY;
	set_place(m, f, arena_strdup(m->next->arena, former->place));
	known_keep(m, former, f->name, former->type);
	return diff_rows(m, s, f, NULL, false);
}

/* A conversion away from this type lost nothing for good: its column can still give values back. */
static bool remembers(struct migration *m, const struct side *s, const struct field *f) {
	const struct known *former =
		registry_trash(m->base, s->owner, f->id, field_shape(m->arena, f));
	return former && registry_trash(m->base, s->owner, f->id, made_type(m, former->place));
}

static struct problem *change_type(struct migration *m, const struct side *s, struct field *f,
				   const struct known *k) {
	const struct field *old = field_by_id(s->old, f->id);
	const char *shape = field_shape(m->arena, f);
	struct plan_step *step = type_step(m, s, f, k->type, shape);
	if (old && convert_in_place(old, f) && !remembers(m, s, f)) {
		set_place(m, f, arena_strdup(m->next->arena, k->place));
		known_keep(m, k, f->name, shape);
		return NULL;
	}
	bool columns = old && schema_is_column(old) && schema_is_column(f);
	const struct known *former =
		columns ? NULL : registry_trash(m->base, s->owner, f->id, shape);
	m->fates[k - m->base->items] = FATE_REPLACED;
	if (former) return restore_field(m, s, f, old, former);
	set_place(m, f, place_new(m, schema_is_child(f) ? NULL : s->owner, f->column));
	known_add(m, s->owner, f->id, f->name, shape, f->column);
	if (columns) return convert_field(m, s, f, old);
	return replace_field(m, s, f, old, step);
}

static struct problem *keep_field(struct migration *m, const struct side *s, struct field *f,
				  const struct known *k) {
	const struct field *old = field_by_id(s->old, f->id);
	if (strcmp(k->name, f->name) != 0)
		step_param(m, step_add(m, "rename_field", STEP_SAFE, s->path, f->name), "from",
			   k->name);
	if (strcmp(k->type, field_shape(m->arena, f)) != 0) {
		TRY(change_type(m, s, f, k));
	} else {
		set_place(m, f, arena_strdup(m->next->arena, k->place));
		known_keep(m, k, f->name, k->type);
		TRY(diff_rows(m, s, f, old, false));
	}
	return old ? warn_required(m, s, f, old) : NULL;
}

static struct problem *diff_stored(struct migration *m, const struct side *s, struct field *f) {
	const struct known *k = registry_live(m->base, s->owner, f->id);
	if (k) return keep_field(m, s, f, k);
	k = s->fresh ? NULL : registry_trash(m->base, s->owner, f->id, field_shape(m->arena, f));
	return k ? undelete_field(m, s, f, k) : add_field(m, s, f);
}

static struct problem *diff_field(struct migration *m, const struct side *s, struct field *f) {
	TRY(diff_stored(m, s, f));
	return plan_diff_keys(m, s->owner, s->fresh, f);
}

static struct problem *diff_fields(struct migration *m, const struct side *s) {
	for (size_t i = 0; i < s->next->declared_count; i++) {
		struct field *f = s->next->fields[i];
		if (f->type->storage != STORE_NONE) TRY(diff_field(m, s, f));
	}
	return NULL;
}

/* ---- forms ---- */

static struct problem *add_form(struct migration *m, struct form *form) {
	form->table = place_new(m, NULL, form->table);
	known_add(m, "form", form->id, form->name, "form", form->table);
	step_add(m, "add_form", STEP_SAFE, form->name, NULL);
	struct side s = {
		.next = form, .owner = form_owner(m->arena, form), .path = form->name, .fresh = true
	};
	statements_add(&m->fresh, form->table);
	TRY(diff_fields(m, &s));
	schema_form_tables(&m->expand, form, DIALECT_SQLITE);
	return NULL;
}

static struct problem *keep_form(struct migration *m, struct form *form, const struct known *k) {
	const struct form *old = k->trash ? NULL : app_form_by_id(m->old, str_of(form->id));
	form->table = arena_strdup(m->next->arena, k->place);
	known_keep(m, k, form->name, k->type);
	if (k->trash)
		TRY(count_rows(m, form->table,
			       &step_add(m, "undelete_form", STEP_SAFE, form->name, NULL)->rows));
	else if (strcmp(k->name, form->name) != 0)
		step_param(m, step_add(m, "rename_form", STEP_SAFE, form->name, NULL), "from",
			   k->name);
	struct side s = {
		.next = form, .old = old, .owner = form_owner(m->arena, form), .path = form->name
	};
	TRY(diff_fields(m, &s));
	TRY(plan_diff_serials(m, form, old));
	return plan_diff_formulas(m, form, old);
}

/* ---- what is gone ---- */

static struct problem *trash_form(struct migration *m, const struct known *k) {
	struct plan_step *step = step_add(m, "trash_form", STEP_SAFE, k->name, NULL);
	TRY(count_rows(m, k->place, &step->rows));
	step->losses = step->rows;
	if (step->rows) step->risk = STEP_LOSSY;
	return NULL;
}

static const char *form_path(struct arena *a, const struct form *form) {
	if (!form->parent) return form->name;
	return arena_printf(a, "%s.%s", form_path(a, form->parent), form->parent_field->name);
}

static struct problem *trash_fields(struct migration *m, const struct form *form) {
	const char *owner = form_owner(m->arena, form);
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		const struct known *k = registry_live(m->base, owner, f->id);
		if (!k || known_fate(m, k) == FATE_REPLACED) continue;
		if (known_fate(m, k) == FATE_KEPT) {
			if (f->rows) TRY(trash_fields(m, f->rows));
			continue;
		}
		struct plan_step *step =
			step_add(m, "trash_field", STEP_SAFE, form_path(m->arena, form), f->name);
		TRY(count_values(m, f, &step->losses));
		step->rows = step->losses;
		if (step->losses) step->risk = STEP_LOSSY;
	}
	return NULL;
}

static struct problem *diff_gone(struct migration *m) {
	for (size_t i = 0; m->old && i < m->old->form_count; i++) {
		const struct form *form = m->old->forms[i];
		const struct known *k = registry_live(m->base, "form", form->id);
		if (!k) continue;
		if (known_fate(m, k) == FATE_KEPT)
			TRY(trash_fields(m, form));
		else
			TRY(trash_form(m, k));
	}
	return NULL;
}

static struct problem *diff_form(struct migration *m, struct form *form) {
	const struct known *k = registry_live(m->base, "form", form->id);
	if (!k) k = registry_trash(m->base, "form", form->id, NULL);
	return k ? keep_form(m, form, k) : add_form(m, form);
}

static void tally(struct plan *p) {
	for (size_t i = 0; i < p->n; i++) {
		p->lossy += p->steps[i].risk == STEP_LOSSY;
		p->blocked += p->steps[i].risk == STEP_BLOCKED;
	}
}

struct problem *plan_diff(struct migration *m) {
	m->fates = arena_array(m->arena, m->base->n + 1, sizeof *m->fates);
	TRY(plan_diff_enums(m));
	for (size_t i = 0; i < m->next->form_count; i++) TRY(diff_form(m, m->next->forms[i]));
	TRY(plan_diff_rollups(m));
	TRY(diff_gone(m));
	TRY(plan_diff_indexes(m));
	plan_diff_definitions(m);
	keep_the_rest(m);
	tally(m->plan);
	return NULL;
}
