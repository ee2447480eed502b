/* Every pair of column types, by the few routes of convert.h. */
#include "runtime/store/convert.h"
#include "runtime/model/names.h"

enum { CONVERT_TEXT_MAX = 1 << 20, KEY_TEXTS_MAX = 2000000 };
static const int64_t largest_integer = (INT64_C(1) << 53) - 1;

struct converter {
	const struct field *from, *to;
	struct codec before, after;
	struct names *ids;   /* text to ref: key text -> struct key_text */
	struct names *texts; /* ref to text: id as text -> struct key_text */
	bool dry;
	bool (*route)(const struct converter *c, struct arena *a, const struct value *v,
		      struct value *out);
};
struct key_text {
	struct value value; /* reference or text */
	bool several;
};

static enum type_kind kind_of(const struct field *f) { return f->value_type.kind; }

static bool is_number(const struct field *f) {
	enum type_kind k = kind_of(f);
	return k == TYPE_INT || k == TYPE_DECIMAL || k == TYPE_DURATION;
}

static bool is_html(const struct field *f) { return f->type->flags & FT_HTML; }

static bool is_plain_text(const struct field *f) {
	return strcmp(f->type->name, "text") == 0 || strcmp(f->type->name, "longtext") == 0;
}

static bool is_rating(const struct field *f) { return strcmp(f->type->name, "rating") == 0; }

bool convert_in_place(const struct field *from, const struct field *to) {
	if (from->type->storage != to->type->storage) return false;
	if (is_rating(to) && !is_rating(from)) return false; /* not every number is one */
	if (from->type->storage == STORE_TEXT)
		return (is_plain_text(to) && !is_html(from)) ||
		       strcmp(from->type->name, to->type->name) == 0;
	if (from->type->storage != STORE_INTEGER || !is_number(from) || !is_number(to))
		return false;
	bool decimal = kind_of(from) == TYPE_DECIMAL;
	if (decimal != (kind_of(to) == TYPE_DECIMAL)) return false;
	return !decimal || from->value_type.scale == to->value_type.scale;
}

/* ---- routes: value of the old field to value of the new one; false: (partly) lost ---- */

static struct decimal number_of(const struct value *v) {
	return v->kind == VALUE_DECIMAL ? v->as.d : decimal_of(v->as.i);
}

static bool route_number(const struct converter *c, struct arena *a, const struct value *v,
			 struct value *out) {
	(void)a;
	bool decimal = kind_of(c->to) == TYPE_DECIMAL;
	int scale = decimal ? c->to->value_type.scale : 0;
	struct decimal d;
	int64_t i;
	*out = VALUE_NONE;
	bool exact = decimal_exact(number_of(v), scale, &d) == DECIMAL_OK;
	if (!exact && decimal_rescale(number_of(v), scale, &d) != DECIMAL_OK) return false;
	if (!decimal_to_int64(d, &i)) return false;
	if (decimal) {
		*out = value_decimal(d);
		return exact;
	}
	if (i > largest_integer || i < -largest_integer) return false;
	*out = (struct value){ .kind = kind_of(c->to) == TYPE_DURATION ? VALUE_DURATION : VALUE_INT,
			       .as.i = i };
	return exact;
}

static bool route_day_start(const struct converter *c, struct arena *a, const struct value *v,
			    struct value *out) {
	(void)a;
	*out = value_datetime(zone_day_start(c->after.zone, v->as.i));
	return true;
}

static bool route_day_of(const struct converter *c, struct arena *a, const struct value *v,
			 struct value *out) {
	(void)a;
	int64_t day = zone_day(c->before.zone, v->as.i);
	*out = value_date(day);
	return zone_day_start(c->before.zone, day) == v->as.i;
}

static struct str raw_text(const struct converter *c, struct arena *a, const struct value *v) {
	struct sb b = sb_on(a, CONVERT_TEXT_MAX);
	c->from->type->write_text(&b, c->from, &c->before, v, is_html(c->from));
	return sb_str(&b);
}

static bool read_raw(const struct converter *c, struct arena *a, struct str text,
		     struct value *out) {
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a, .codec = &c->after, .faults = &faults, .pointer = "" };
	*out = VALUE_NONE;
	return c->to->type->read_text(&p, c->to, text, out) && !value_is_null(out);
}

static bool route_text(const struct converter *c, struct arena *a, const struct value *v,
		       struct value *out) {
	return read_raw(c, a, raw_text(c, a, v), out);
}

static bool route_to_ref(const struct converter *c, struct arena *a, const struct value *v,
			 struct value *out) {
	const struct key_text *k = names_find(c->ids, raw_text(c, a, v));
	*out = VALUE_NONE;
	if (!k || k->several) return false;
	*out = k->value;
	return true;
}

static bool route_from_ref(const struct converter *c, struct arena *a, const struct value *v,
			   struct value *out) {
	const struct key_text *k =
		names_find(c->texts, str_of(arena_printf(a, "%lld", (long long)v->as.i)));
	*out = VALUE_NONE;
	return k && read_raw(c, a, k->value.as.s, out);
}

static bool route_none(const struct converter *c, struct arena *a, const struct value *v,
		       struct value *out) {
	(void)c, (void)a, (void)v;
	*out = VALUE_NONE;
	return false;
}

/* ---- key texts of a referenced form ---- */

static const struct field *key_field(const struct form *form) {
	for (size_t i = 0; i < form->unique_count; i++) {
		const struct unique_key *key = &form->uniques[i];
		if (key->n == 1 && key->fields[0]->type->storage == STORE_TEXT)
			return key->fields[0];
	}
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->type->storage == STORE_TEXT) return form->fields[i];
	return NULL;
}

static void take_key(struct converter *c, struct arena *a, int64_t id, struct str text) {
	struct key_text *k = arena_alloc(a, sizeof *k);
	text = (struct str){ arena_copy(a, text.p, text.n), text.n };
	if (c->texts) {
		k->value = value_text(text);
		names_add(c->texts, str_of(arena_printf(a, "%lld", (long long)id)), k);
		return;
	}
	k->value = value_ref(id);
	if (names_add(c->ids, text, k)) return;
	k = names_find(c->ids, text);
	k->several = true;
}

static struct problem *load_keys(struct converter *c, struct tx *tx, struct arena *a,
				 const struct form *target) {
	struct rows *rows;
	bool have;
	const struct field *key = key_field(target);
	struct names *names = arena_alloc(a, sizeof *names);
	names_init(names, a, 1024);
	if (kind_of(c->to) == TYPE_REF)
		c->ids = names;
	else
		c->texts = names;
	if (!key) return NULL;
	const char *live = c->ids ? " AND \"deleted_at\" IS NULL" : "";
	TRY(tx_query(tx,
		     arena_printf(a,
				  "SELECT \"id\", \"%s\" FROM \"%s\" WHERE \"%s\" IS NOT NULL%s "
				  "ORDER BY \"id\" LIMIT %d",
				  key->column, target->table, key->column, live, KEY_TEXTS_MAX),
		     NO_PARAMS, &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		take_key(c, a, rows_int(rows, 0), rows_text(rows, 1));
	}
}

/* ---- the whole ---- */

static struct codec codec_for(const struct field *f, const struct directory *people) {
	const struct app *app = f->form->app;
	return (struct codec){ .app = app, .directory = people, .zone = app->zone };
}

static void choose(struct converter *c) {
	enum type_kind from = kind_of(c->from), to = kind_of(c->to);
	if (is_number(c->from) && is_number(c->to))
		c->route = route_number;
	else if (from == TYPE_DATE && to == TYPE_DATETIME)
		c->route = route_day_start;
	else if (from == TYPE_DATETIME && to == TYPE_DATE)
		c->route = route_day_of;
	else if (to == TYPE_REF)
		c->route = c->from->type->storage == STORE_TEXT ? route_to_ref : route_none;
	else if (from == TYPE_REF)
		c->route = c->to->type->storage == STORE_TEXT ? route_from_ref : route_none;
	else
		c->route = route_text;
}

/* Where the records a reference points at lie now: in the old app for a former reference, else in
 * the new one. The target of a new reference may be a form that does not exist yet and then holds
 * nothing. */
static const struct form *target_of(const struct converter *c, const struct field *from,
				    const struct field *to) {
	if (c->route == route_from_ref) return from->target;
	return app_form_by_id(from->form->app, str_of(to->target->id));
}

struct problem *converter_new(struct tx *tx, struct arena *a, const struct field *from,
			      const struct field *to, const struct directory *people, bool dry,
			      struct converter **out) {
	struct converter *c = arena_alloc(a, sizeof *c);
	*c = (struct converter){ .from = from,
				 .to = to,
				 .before = codec_for(from, people),
				 .after = codec_for(to, people),
				 .dry = dry };
	choose(c);
	if (c->route == route_to_ref || c->route == route_from_ref) {
		const struct form *target = target_of(c, from, to);
		if (target)
			TRY(load_keys(c, tx, a, target));
		else
			c->route = route_none;
	}
	*out = c;
	return NULL;
}

/* What lies outside 1 to max is no rating, whatever it was before. */
static bool belongs(const struct converter *c, struct arena *a, const struct value *v) {
	struct faults faults = { .arena = a };
	struct parse p = { .arena = a, .codec = &c->after, .faults = &faults, .pointer = "" };
	return !is_rating(c->to) || c->to->type->validate(&p, c->to, v);
}

bool convert_cell(const struct converter *c, struct arena *scratch, const struct value *in,
		  struct value *out) {
	struct value before = c->from->type->from_cell(scratch, c->from, &c->before, in), after;
	*out = VALUE_NONE;
	if (value_is_null(&before)) return false;
	bool whole = c->route(c, scratch, &before, &after);
	if (value_is_null(&after) || !belongs(c, scratch, &after)) return false;
	bool stored = c->to->type->to_cell(c->to, &c->after, &after, out);
	return whole && (stored || c->dry);
}

const char *convert_text(const struct converter *c, struct arena *scratch, const struct value *in) {
	struct value before = c->from->type->from_cell(scratch, c->from, &c->before, in);
	if (value_is_null(&before)) return "?";
	struct str text = raw_text(c, scratch, &before);
	size_t shown = utf8_prefix(text, 60);
	return arena_printf(scratch, "%.*s", (int)shown, text.p);
}
