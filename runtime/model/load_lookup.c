/* load_lookup.c -- lookup: a field of a linked record shown in this one ("from": "account.region").
 *  1. Live (freeze false) it is another name of its path: nothing is stored, and whoever asks for
 * it asks for the path, with his rights on every step of it.
 *  2. Frozen it is a column, computed by its path as by a formula when its reference changes, and
 * never otherwise.
 *  3. Either way it behaves as the field at the end of its path: its type is a copy of that
 * field's, but nobody writes it. A path over a live lookup is the path behind that one; no lookup
 * leads to itself (VR03). */
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

enum { WAY_MAX = 8 };

struct tracing {
	struct loading *l;
	const struct field *trail[WAY_MAX];
	size_t trail_count;
};

static bool trace(struct tracing *t, struct field *f);

static bool is_open(const struct field *f) { return f->type == &field_type_lookup; }

static bool refuse(struct loading *l, const struct field *f, const char *text, const char *remedy,
		   struct str part) {
	l->broken = true;
	FIND(l->findings, spot_at(f->form->definition, json_get(f->json, "from")), ERROR, "VR02",
	     text, remedy, "name", f->name, "part", str_dup(l->arena, part));
	return false;
}

static bool goes_round(struct tracing *t, const struct field *f) {
	for (size_t i = 0; i < t->trail_count; i++) {
		if (t->trail[i] != f) continue;
		t->l->broken = true;
		FIND(t->l->findings, spot_at(f->form->definition, json_get(f->json, "from")), ERROR,
		     "VR03", "vr03_lookup", "fix_vr03_lookup", "name", f->name);
		return true;
	}
	return false;
}

/* ---- one step of a path ---- */

/* A field as the store knows it: of a live lookup what it stands for. */
static bool add_step(struct tracing *t, struct field *f, struct field *step) {
	if (is_open(step) && !trace(t, step)) return false;
	bool live = step->lookup && !step->frozen;
	size_t n = live ? step->lookup_length : 1;
	if (f->lookup_length + n > WAY_MAX)
		return refuse(t->l, f, "lookup_long", "fix_lookup_long", str_of(step->name));
	for (size_t i = 0; i < n; i++)
		f->lookup[f->lookup_length++] = live ? step->lookup[i] : step;
	return true;
}

/* The form that may be gone on in behind the last step. */
static const struct form *behind(const struct field *f) {
	const struct field *last = f->lookup[f->lookup_length - 1];
	return last->type->storage == STORE_INTEGER ? last->target : NULL;
}

static bool walk(struct tracing *t, struct field *f) {
	const struct json *from = json_get(f->json, "from");
	const struct form *form = f->form;
	if (!from) {
		FIND(t->l->findings, spot_at(form->definition, f->json), ERROR, "DEF03",
		     "def_missing_key", "fix_missing_key", "key", "from");
		t->l->broken = true;
		return false;
	}
	struct str part = { NULL, 0 };
	for (struct str rest = json_str(from); rest.n;) {
		if (!form) return refuse(t->l, f, "lookup_no_way", "fix_lookup_no_way", part);
		str_cut(rest, '.', &part, &rest);
		struct field *step = names_find(&form->names, part);
		if (!step) {
			load_unknown_field(t->l, spot_at(f->form->definition, from), form, part);
			t->l->broken = true;
			return false;
		}
		if (!add_step(t, f, step)) return false;
		form = behind(f);
	}
	return true;
}

/* ---- what it becomes ---- */

static bool can_be_shown(const struct field *f, const struct field *end) {
	enum storage s = end ? end->type->storage : STORE_NONE;
	if (f->lookup_length < 2 || (s != STORE_INTEGER && s != STORE_TEXT && s != STORE_VALUES))
		return false;
	return !f->frozen || s != STORE_VALUES;
}

/* An amount that takes its currency from its own record cannot be shown without being told it. */
static bool told_currency(struct loading *l, const struct field *f, const struct field *end) {
	if (end->type != &field_type_money || !load_currency_by_record(end)) return true;
	if (json_get(f->json, "currency")) return true;
	l->broken = true;
	FIND(l->findings, spot_at(f->form->definition, json_get(f->json, "from")), ERROR, "VR02",
	     "vr02_lookup_currency", "fix_lookup_currency", "name", f->name, "field",
	     end->currency);
	return false;
}

static void become(struct loading *l, struct field *f, const struct field *end) {
	struct field_type *type = arena_alloc(l->arena, sizeof *type);
	*type = *end->type;
	type->name = field_type_lookup.name;
	type->label = field_type_lookup.label;
	type->help = field_type_lookup.help;
	type->keys = field_type_lookup.keys;
	type->validate = field_accept; /* it was valid where it came from */
	type->flags = f->frozen ? end->type->flags & FT_SORT : 0;
	if (!f->frozen) type->storage = STORE_NONE;
	f->type = type;
	f->scale = end->scale;
	struct str currency = json_str(json_get(f->json, "currency"));
	f->currency = currency.n ? str_dup(l->arena, currency) : end->currency;
	f->enumeration = end->enumeration;
	f->target = end->target;
	f->value_type = end->value_type;
}

static void give_up(struct field *f) {
	f->lookup = NULL;
	f->frozen = false;
	f->type = &field_type_text;
	f->value_type = field_type_text.value_type(f);
}

static bool trace(struct tracing *t, struct field *f) {
	if (goes_round(t, f)) return false;
	if (t->trail_count == WAY_MAX)
		return refuse(t->l, f, "lookup_long", "fix_lookup_long", str_of(f->name));
	t->trail[t->trail_count++] = f;
	f->frozen = json_bool(json_get(f->json, "freeze"));
	f->lookup = arena_array(t->l->arena, WAY_MAX, sizeof *f->lookup);
	f->lookup_length = 0;
	bool done = walk(t, f);
	t->trail_count--;
	const struct field *end = f->lookup_length ? f->lookup[f->lookup_length - 1] : NULL;
	if (done && !can_be_shown(f, end))
		done = refuse(t->l, f, f->frozen ? "lookup_end_frozen" : "lookup_end",
			      "fix_lookup_end", str_of(end ? end->name : ""));
	if (done) done = told_currency(t->l, f, end);
	if (done)
		become(t->l, f, end);
	else
		give_up(f);
	return done;
}

static void trace_form(struct loading *l, struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		struct tracing t = { .l = l };
		struct field *f = form->fields[i];
		if (is_open(f)) trace(&t, f);
		if (f->rows) trace_form(l, f->rows);
	}
}

void load_lookups(struct loading *l) {
	for (size_t i = 0; i < l->app->form_count; i++) trace_form(l, l->app->forms[i]);
}
