#include "tests/support/vector_form.h"

#include <assert.h>
#include "runtime/base/day.h"

static const struct {
	const char *name;
	struct type type;
} types[] = {
	{ "integer", { .kind = TYPE_INT } },
	{ "decimal", { .kind = TYPE_DECIMAL, .scale = 2 } },
	{ "money", { .kind = TYPE_DECIMAL, .scale = 2, .unit = UNIT_MONEY } },
	{ "percent", { .kind = TYPE_DECIMAL, .scale = 4, .unit = UNIT_PERCENT } },
	{ "text", { .kind = TYPE_TEXT } },
	{ "bool", { .kind = TYPE_BOOL } },
	{ "date", { .kind = TYPE_DATE } },
	{ "datetime", { .kind = TYPE_DATETIME } },
	{ "time", { .kind = TYPE_TIME } },
	{ "duration", { .kind = TYPE_DURATION } },
	{ "user", { .kind = TYPE_USER } },
	{ "dept", { .kind = TYPE_DEPT } },
	{ "enum", { .kind = TYPE_ENUM } },
	{ "tags", { .kind = TYPE_ENUM, .list = true } },
	{ "cascade", { .kind = TYPE_CASCADE } },
	{ "ref", { .kind = TYPE_REF } },
	{ "table", { .kind = TYPE_ROWS } },
};

/* Forms given a name, so that two references can point at one; of the file being read. */
static struct {
	struct str name;
	const struct vector_form *form;
} named[16];
static size_t named_count;

void vector_forget(void) { named_count = 0; }

static const struct vector_form *named_form(struct arena *a, const struct json *json) {
	struct str name = json_str(json_get(json, "form"));
	for (size_t i = 0; name.n && i < named_count; i++)
		if (str_eq(named[i].name, name)) return named[i].form;
	const struct vector_form *form = vector_form(a, json_get(json, "fields"));
	if (!name.n) return form;
	assert(named_count < ARRAY_LEN(named));
	named[named_count].name = name;
	named[named_count++].form = form;
	return form;
}

struct type vector_type(struct arena *a, const struct json *json, struct vector_field *field) {
	struct str name = json->kind == JSON_STRING ? json->text : json_str(json_get(json, "type"));
	int64_t scale;
	size_t i = 0;
	while (i < ARRAY_LEN(types) && !str_is(name, types[i].name)) i++;
	assert(i < ARRAY_LEN(types));
	struct type type = types[i].type;
	if (json->kind != JSON_OBJECT) return type;
	if (json_int(json_get(json, "scale"), &scale)) type.scale = (uint8_t)scale;
	field->values = json_get(json, "values");
	field->target = named_form(a, json);
	type.domain = field->values ? (const void *)field->values : (const void *)field->target;
	return type;
}

const struct vector_form *vector_form(struct arena *a, const struct json *json) {
	if (!json) return NULL;
	struct vector_form *form = arena_alloc(a, sizeof *form);
	form->n = json->n;
	form->fields = arena_array(a, json->n, sizeof *form->fields);
	for (size_t i = 0; i < json->n; i++) {
		form->fields[i].name = json->keys[i].name;
		form->fields[i].type = vector_type(a, &json->items[i], &form->fields[i]);
	}
	return form;
}

static bool member(const void *of, struct str name, struct expr_symbol *out) {
	const struct vector_form *form = of;
	for (size_t i = 0; i < form->n; i++) {
		if (!str_eq(form->fields[i].name, name)) continue;
		*out = (struct expr_symbol){ .type = form->fields[i].type, .field = &form->fields[i] };
		return true;
	}
	return false;
}

static void members(const void *of, void (*visit)(void *arg, struct str name), void *arg) {
	const struct vector_form *form = of;
	for (size_t i = 0; i < form->n; i++) visit(arg, form->fields[i].name);
}

static bool enum_has(const void *enumeration, struct str value) {
	const struct json *values = enumeration;
	for (size_t i = 0; i < values->n; i++)
		if (str_eq(values->items[i].text, value)) return true;
	return false;
}

static void enum_values(const void *enumeration, void (*visit)(void *arg, struct str value),
			void *arg) {
	const struct json *values = enumeration;
	for (size_t i = 0; i < values->n; i++) visit(arg, values->items[i].text);
}

const struct expr_catalogue vector_catalogue = { member, members, enum_has, enum_values };

static struct value list_value(struct arena *a, struct type item, const struct json *wire,
			       const struct zone *zone) {
	struct value *items = arena_array(a, wire->n, sizeof *items);
	for (size_t i = 0; i < wire->n; i++)
		items[i] = vector_value(a, item, &wire->items[i], zone);
	if (!wire->n) return VALUE_NONE;
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, wire->n } };
}

static struct value datetime_value(struct str text, const struct zone *zone) {
	int64_t us;
	bool offset, ok = datetime_parse(text, &us, &offset);
	assert(ok);
	return value_datetime(offset || !zone ? us : zone_to_utc(zone, us));
}

static struct value text_value_of(struct type type, struct str text, const struct zone *zone) {
	struct decimal d, scaled = { 0 };
	int64_t n;
	bool ok = true;
	if (type.kind == TYPE_DATETIME) return datetime_value(text, zone);
	if (type.kind == TYPE_DECIMAL) {
		ok = decimal_parse(text, &d) == DECIMAL_OK &&
		     decimal_exact(d, type.scale, &scaled) == DECIMAL_OK;
		assert(ok);
		return value_decimal(scaled);
	}
	if (type.kind == TYPE_DATE) {
		ok = day_parse(text, &n);
		assert(ok);
		return value_date(n);
	}
	if (type.kind == TYPE_TIME) {
		ok = time_parse(text, &n);
		assert(ok);
		return (struct value){ .kind = VALUE_TIME, .as.i = n };
	}
	return value_text(text);
}

struct value vector_value(struct arena *a, struct type type, const struct json *wire,
			  const struct zone *zone) {
	int64_t n;
	if (!wire || wire->kind == JSON_NULL) return VALUE_NONE;
	if (wire->kind == JSON_ARRAY) {
		struct type item = type;
		item.list = false;
		if (type.kind == TYPE_CASCADE && !type.list) item.kind = TYPE_ENUM;
		if (type.kind == TYPE_ROWS) item.kind = TYPE_REF;
		return list_value(a, item, wire, zone);
	}
	if (wire->kind == JSON_OBJECT) return vector_value(a, type, json_get(wire, "id"), zone);
	if (wire->kind == JSON_TRUE || wire->kind == JSON_FALSE)
		return value_bool(wire->kind == JSON_TRUE);
	if (wire->kind == JSON_STRING) return text_value_of(type, wire->text, zone);
	bool ok = json_int(wire, &n);
	assert(ok);
	if (type.kind == TYPE_REF) return value_ref(n);
	return (struct value){ .kind = type.kind == TYPE_DURATION ? VALUE_DURATION : VALUE_INT,
			       .as.i = n };
}

/* Rows and lists of references: the rest of the path, of each. */
static struct value gathered(struct arena *a, const struct json *list, const void *const *fields,
			     size_t n, const struct zone *zone) {
	struct value *items = arena_array(a, list->n, sizeof *items);
	for (size_t i = 0; i < list->n; i++)
		items[i] = vector_path(a, &list->items[i], fields, n, zone);
	if (!list->n) return VALUE_NONE;
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, list->n } };
}

struct value vector_path(struct arena *a, const struct json *record, const void *const *fields,
			 size_t n, const struct zone *zone) {
	const struct vector_field *field = fields[0];
	const struct json *wire = record ? json_member(record, field->name) : NULL;
	if (!wire) return VALUE_NONE;
	if (n == 1) return vector_value(a, field->type, wire, zone);
	if (wire->kind == JSON_ARRAY) return gathered(a, wire, fields + 1, n - 1, zone);
	return vector_path(a, wire, fields + 1, n - 1, zone);
}

static void write_list(struct jw *w, struct type type, const struct value *v) {
	struct type item = type;
	item.list = false;
	if (!type.list && type.kind == TYPE_CASCADE) item.kind = TYPE_ENUM;
	jw_array(w);
	for (size_t i = 0; i < v->as.list.n; i++) vector_write(w, item, &v->as.list.items[i]);
	jw_end(w);
}

void vector_write(struct jw *w, struct type type, const struct value *v) {
	char text[DECIMAL_TEXT_MAX];
	switch (v->kind) {
	case VALUE_NULL: jw_null(w); break;
	case VALUE_BOOL: jw_bool(w, v->as.i != 0); break;
	case VALUE_INT:
	case VALUE_REF:
	case VALUE_DURATION: jw_int(w, v->as.i); break;
	case VALUE_TEXT: jw_str(w, v->as.s); break;
	case VALUE_DECIMAL: jw_str(w, (struct str){ text, decimal_text(v->as.d, text) }); break;
	case VALUE_DATE: jw_str(w, (struct str){ text, day_text(v->as.i, text) }); break;
	case VALUE_TIME: jw_str(w, (struct str){ text, time_text(v->as.i, text) }); break;
	case VALUE_DATETIME: jw_str(w, (struct str){ text, datetime_text(v->as.i, text) }); break;
	case VALUE_LIST: write_list(w, type, v); break;
	}
}
