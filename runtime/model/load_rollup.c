/* load_rollup.c -- what rollups gather, of what type that is, and in which order forms gather.
 *  1. A rollup becomes a field of the type of its values (a sum of money is money): stored, shown
 * and filtered like any other, and nobody writes it.
 *  2. Types are settled before any expression is compiled; a rollup of rollups settles those first.
 *  3. A filter reads the gathered record alone, of a row its record too. Were it to follow a
 * reference or read the clock, the value would change without any write it could hear of.
 *  4. What a rollup gathers may not come back to it (VR03), not even through a reference.
 *  5. rollup_rank of a form is above that of every form it gathers from: a commit settles parents
 * in this order, so that each is evaluated once, with all that it gathers. */
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

enum { AVERAGE_SCALE = 2 };

/* ---- what kinds of values an aggregate takes ---- */

static bool is_number(const struct field *f) {
	return f->type == &field_type_integer || f->type == &field_type_rating ||
	       f->type == &field_type_decimal || f->type == &field_type_money ||
	       f->type == &field_type_percent || f->type == &field_type_duration;
}

static bool is_ordered(const struct field *f) {
	return is_number(f) || f->type == &field_type_date || f->type == &field_type_datetime ||
	       f->type == &field_type_time;
}

static bool is_single(const struct field *f) {
	return f->type->storage == STORE_INTEGER || f->type->storage == STORE_TEXT;
}

static const struct {
	const char *name;
	bool (*takes)(const struct field *f);
	bool counts; /* gives an integer */
} aggregates[] = {
	[ROLLUP_COUNT] = { "count", is_single, true },
	[ROLLUP_SUM] = { "sum", is_number, false },
	[ROLLUP_AVG] = { "avg", is_number, false },
	[ROLLUP_MIN] = { "min", is_ordered, false },
	[ROLLUP_MAX] = { "max", is_ordered, false },
	[ROLLUP_COUNT_DISTINCT] = { "count_distinct", is_single, true },
};

static bool find_aggregate(struct str name, enum rollup_agg *out) {
	for (size_t i = 0; i < ARRAY_LEN(aggregates); i++) {
		if (!str_is(name, aggregates[i].name)) continue;
		*out = (enum rollup_agg)i;
		return true;
	}
	return false;
}

/* ---- its parts ---- */

struct settling {
	struct loading *l;
	struct field *field;
	const struct settling *up; /* the rollup that gathers this one */
};

static struct spot at_key(const struct field *f, const char *key) {
	const struct json *at = json_get(f->json, key);
	return spot_at(f->form->definition, at ? at : f->json);
}

static void missing(struct loading *l, const struct field *f, const char *key) {
	FIND(l->findings, at_key(f, key), ERROR, "DEF03", "def_missing_key", "fix_missing_key",
	     "key", key);
}

/* "payment", or "order.lines" for the rows of a sub-table. */
static const struct form *find_of(struct loading *l, const struct field *f) {
	const struct json *at = json_get(f->json, "of");
	struct str name, table;
	bool dotted = str_cut(json_str(at), '.', &name, &table);
	const struct form *form = app_form(l->app, name);
	if (!at || at->kind != JSON_STRING) {
		missing(l, f, "of");
		return NULL;
	}
	if (!form) {
		load_unknown(l, at_key(f, "of"), "form", name, load_near_form(l, name));
		return NULL;
	}
	if (!dotted) return form;
	const struct field *rows = form_field(form, table);
	if (rows && rows->rows) return rows->rows;
	FIND(l->findings, at_key(f, "of"), ERROR, "VR01", "vr01_rollup_table", "fix_rollup_table",
	     "form", form->name, "name", str_dup(l->arena, table));
	return NULL;
}

static const struct field *find_by(struct loading *l, const struct field *f,
				   const struct form *of) {
	const struct json *at = json_get(f->json, "by");
	if (!at) missing(l, f, "by");
	const struct field *by = load_field_ref(l, f->form->definition, of, at);
	if (!by || (by->type == &field_type_ref && by->target == f->form)) return by;
	FIND(l->findings, at_key(f, "by"), ERROR, "VR02", "vr02_rollup_by", "fix_rollup_by", "name",
	     by->name, "form", f->form->name);
	return NULL;
}

static bool settle(struct settling *s);

/* Amounts whose records each name a currency are gathered only where the definition says which one. */
static bool one_currency(struct loading *l, const struct field *f, const struct rollup *r) {
	const char *named = r->field->currency;
	bool many = named && load_currency_by_record(r->field);
	if (!many || aggregates[r->agg].counts || json_get(f->json, "currency")) return true;
	FIND(l->findings, at_key(f, "field"), ERROR, "VR02", "vr02_rollup_currency",
	     "fix_rollup_currency", "name", r->field->name, "field", named);
	return false;
}

/* The gathered field; a rollup has its type only once it is settled itself. */
static bool find_gathered(const struct settling *s, struct rollup *r) {
	struct loading *l = s->l;
	const struct field *f = s->field;
	const struct json *at = json_get(f->json, "field");
	if (!at && r->agg == ROLLUP_COUNT) return true;
	if (!at) {
		missing(l, f, "field");
		return false;
	}
	r->field = load_field_ref(l, f->form->definition, r->of, at);
	if (!r->field) return false;
	struct settling inner = { l, names_find(&r->of->names, str_of(r->field->name)), s };
	if (inner.field->type == &field_type_rollup && !settle(&inner)) return false;
	bool kept = r->field->system != SYSTEM_ID && r->field->system != SYSTEM_REV &&
		    r->field->system != SYSTEM_DELETED_AT;
	if (kept && aggregates[r->agg].takes(r->field)) return one_currency(l, f, r);
	FIND(l->findings, at_key(f, "field"), ERROR, "VR02", "vr02_rollup_field",
	     "fix_rollup_field", "name", r->field->name, "agg", aggregates[r->agg].name, "type",
	     r->field->type->name);
	return false;
}

/* ---- its type ---- */

static void take_type(struct loading *l, struct field *f, const struct rollup *r) {
	const struct json *scale = json_get(f->json, "scale");
	int64_t digits;
	f->type = &field_type_integer;
	if (aggregates[r->agg].counts) return;
	/* Of stars come numbers: their sum and mean have no stars to be drawn. */
	f->type = r->field->type == &field_type_rating ? &field_type_integer : r->field->type;
	f->scale = r->field->scale;
	if (r->agg == ROLLUP_AVG && f->type == &field_type_integer) {
		f->type = &field_type_decimal;
		f->scale = AVERAGE_SCALE;
	}
	if (scale && json_int(scale, &digits) && digits >= 0 && digits <= 12)
		f->scale = (int)digits;
	struct str currency = json_str(json_get(f->json, "currency"));
	f->currency = currency.n ? str_dup(l->arena, currency) : r->field->currency;
}

static bool goes_round(const struct settling *s) {
	for (const struct settling *at = s->up; at; at = at->up) {
		if (at->field != s->field) continue;
		FIND(s->l->findings, at_key(s->field, "field"), ERROR, "VR03", "vr03_rollup",
		     "fix_vr03_rollup", "name", s->field->name, "way",
		     arena_printf(s->l->arena, "%s.%s → %s.%s", s->field->form->name,
				  s->field->name, s->up->field->form->name, s->up->field->name));
		return true;
	}
	return false;
}

static bool settle(struct settling *s) {
	struct loading *l = s->l;
	struct field *f = s->field;
	struct rollup *r = arena_alloc(l->arena, sizeof *r);
	if (goes_round(s)) return false;
	const struct json *agg = json_get(f->json, "agg");
	if (!agg) missing(l, f, "agg");
	r->of = find_of(l, f);
	if (!r->of || !find_aggregate(json_str(agg), &r->agg)) return false;
	r->by = find_by(l, f, r->of);
	if (!find_gathered(s, r) || !r->by) return false;
	take_type(l, f, r);
	f->value_type = f->type->value_type(f);
	f->rollup = r;
	field_place(l->arena, f, f->column);
	return true;
}

static void in_rows(struct loading *l, const struct form *rows) {
	for (size_t i = 0; i < rows->declared_count; i++)
		if (rows->fields[i]->type == &field_type_rollup)
			FIND(l->findings, at_key(rows->fields[i], "type"), ERROR, "DEF12",
			     "def_rollup_in_rows", "fix_rollup_in_rows", "name",
			     rows->fields[i]->name);
}

void load_rollup_types(struct loading *l) {
	for (size_t i = 0; i < l->app->form_count; i++) {
		struct form *form = l->app->forms[i];
		for (size_t k = 0; k < form->declared_count; k++) {
			struct settling s = { l, form->fields[k], NULL };
			if (s.field->rows) in_rows(l, s.field->rows);
			if (s.field->type == &field_type_rollup && !settle(&s)) l->broken = true;
		}
	}
}

/* ---- filters ---- */

static bool own_path(const struct form *of, const struct expr_path *path) {
	bool parent = path->root == ROOT_PARENT;
	if (path->root != ROOT_RECORD && !parent) return false;
	for (size_t i = 0; i + 1 < path->length; i++)
		if (!((const struct field *)path->fields[i])->rows || of->parent) return false;
	return path->length > 0;
}

static void load_filter(struct loading *l, struct field *f, struct rollup *r) {
	const struct json *at = json_get(f->json, "filter");
	struct form *of = (struct form *)(uintptr_t)r->of;
	static const struct type condition = { .kind = TYPE_BOOL };
	struct expr_scope scope = load_scope(of, NULL);
	r->filter = load_expr(l, f->form->definition, at, &scope, &condition, &of->paths);
	if (!r->filter) return;
	bool own = !expr_reads_clock(r->filter);
	for (size_t i = 0; i < of->paths.count; i++)
		if (expr_uses(r->filter, i)) own = own && own_path(of, &of->paths.items[i]);
	if (!own)
		FIND(l->findings, at_key(f, "filter"), ERROR, "VR02", "vr02_rollup_filter",
		     "fix_rollup_filter", "name", f->name);
}

/* ---- order ---- */

static const struct form *top_of(const struct form *form) {
	return form->parent ? form->parent : form;
}

struct trail {
	const struct field *field;
	const struct trail *up;
};

struct tracing {
	struct loading *l;
	const struct field *wanted;
	const struct field **seen;
	size_t n, room;
	bool found;
};

static void trace(struct tracing *t, const struct trail *at);

static bool seen(struct tracing *t, const struct field *f) {
	for (size_t i = 0; i < t->n; i++)
		if (t->seen[i] == f) return true;
	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 32;
		t->seen = arena_grow(t->l->arena, t->seen, t->n * sizeof *t->seen,
				     room * sizeof *t->seen);
		t->room = room;
	}
	t->seen[t->n++] = f;
	return false;
}

static const char *way_text(struct loading *l, const struct trail *at, const struct field *last) {
	struct sb text = sb_on(l->arena, 4096);
	sb_printf(&text, "%s.%s", last->form->name, last->name);
	for (; at; at = at->up)
		sb_printf(&text, " ← %s.%s", at->field->form->name, at->field->name);
	return sb_cstr(&text);
}

static void step(struct tracing *t, const struct trail *from, const struct field *to) {
	if (to == t->wanted && !t->found) {
		t->found = true;
		FIND(t->l->findings, at_key(to, "of"), ERROR, "VR03", "vr03_rollup",
		     "fix_vr03_rollup", "name", to->name, "way", way_text(t->l, from, to));
	}
	if (!field_is_made(to) || t->found || seen(t, to)) return;
	struct trail next = { to, from };
	trace(t, &next);
}

static void steps(struct tracing *t, const struct trail *at, const struct form *form,
		  const struct expr *e) {
	for (size_t i = 0; e && i < form->paths.count; i++) {
		const struct expr_path *path = &form->paths.items[i];
		if (!expr_uses(e, i) || !path->fields || path->root == ROOT_OLD) continue;
		for (size_t k = 0; k < path->length; k++) step(t, at, path->fields[k]);
	}
}

static void trace(struct tracing *t, const struct trail *at) {
	const struct field *f = at->field;
	steps(t, at, f->form, f->formula);
	if (!f->rollup) return;
	if (f->rollup->field) step(t, at, f->rollup->field);
	steps(t, at, f->rollup->of, f->rollup->filter);
}

/* Forms may gather from one another in a circle while no field does: then no order serves them
 * all, and a record may be settled twice in a commit. */
static bool raise_rank(struct form *form) {
	int before = form->rollup_rank;
	for (size_t i = 0; i < form->rollup_count; i++) {
		const struct form *of = top_of(form->rollups[i]->rollup->of);
		if (of != form && of->rollup_rank >= form->rollup_rank)
			form->rollup_rank = of->rollup_rank + 1;
	}
	return form->rollup_rank != before;
}

static void rank_forms(struct app *app) {
	bool raised = true;
	for (size_t pass = 0; raised && pass < app->form_count; pass++) {
		raised = false;
		for (size_t i = 0; i < app->form_count; i++)
			raised = raise_rank(app->forms[i]) || raised;
	}
}

/* ---- all of them ---- */

static void list_add(struct arena *a, const struct field ***list, size_t *n,
		     const struct field *f) {
	*list = arena_grow(a, *list, *n * sizeof **list, (*n + 1) * sizeof **list);
	(*list)[(*n)++] = f;
}

static void gather_form(struct loading *l, struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		struct field *f = form->fields[i];
		if (!f->rollup) continue;
		struct form *of = (struct form *)(uintptr_t)top_of(f->rollup->of);
		load_filter(l, f, (struct rollup *)(uintptr_t)f->rollup);
		f->gathered = true;
		list_add(l->arena, &form->rollups, &form->rollup_count, f);
		list_add(l->arena, &of->feeds, &of->feed_count, f);
	}
}

static bool reads_gathered(const struct expr_path *p) {
	for (size_t i = 0; p->fields && i < p->length; i++) {
		const struct field *f = p->fields[i];
		if (f->gathered) return true;
		if (!f->rows) return false; /* through a reference: as it was when it was saved */
	}
	return false;
}

/* A formula over what is gathered changes with it. */
static void mark_gathered(struct form *form) {
	for (size_t i = 0; i < form->computed_count; i++) {
		struct field *f = (struct field *)(uintptr_t)form->computed[i];
		const struct expr_paths *paths = &f->form->paths;
		for (size_t k = 0; k < paths->count; k++) {
			if (!expr_uses(f->formula, k)) continue;
			f->gathered = f->gathered || reads_gathered(&paths->items[k]);
		}
	}
}

void load_rollups(struct loading *l) {
	struct app *app = l->app;
	for (size_t i = 0; i < app->form_count; i++) gather_form(l, app->forms[i]);
	for (size_t i = 0; i < app->form_count; i++) mark_gathered(app->forms[i]);
	for (size_t i = 0; i < app->form_count && !l->findings->errors; i++) {
		struct form *form = app->forms[i];
		for (size_t k = 0; k < form->rollup_count; k++) {
			struct tracing t = { .l = l, .wanted = form->rollups[k] };
			struct trail first = { form->rollups[k], NULL };
			trace(&t, &first);
		}
	}
	rank_forms(app);
}
