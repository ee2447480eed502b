/* Reading the registry and handing it to the loader. Writing it is apply.c's. */
#include "runtime/store/registry.h"

#include <stdlib.h>

enum { REGISTRY_STEP = 64, VALUE_KEY_MAX = 8192 };

static const char *text_at(struct arena *a, const struct rows *r, int column) {
	return str_dup(a, rows_text(r, column));
}

static const char *label_at(struct arena *a, const struct rows *r, int column) {
	struct str text = rows_text(r, column);
	return text.n ? str_dup(a, text) : NULL;
}

static void *room_for(struct arena *a, void *items, size_t n, size_t size) {
	if (n % REGISTRY_STEP) return items;
	return arena_grow(a, items, n * size, (n + REGISTRY_STEP) * size);
}

static struct problem *load_items(struct tx *tx, struct registry *r) {
	struct rows *rows;
	bool have;
	TRY(tx_query(
		tx,
		"SELECT owner, id, name, type, place, state = 'trash', version FROM sys_definition"
		" WHERE app = ?1 ORDER BY owner, id, version, place",
		PARAMS(value_text(str_of(r->app))), &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		r->items = room_for(r->arena, r->items, r->n, sizeof *r->items);
		r->items[r->n++] = (struct known){ .owner = text_at(r->arena, rows, 0),
						   .id = text_at(r->arena, rows, 1),
						   .name = text_at(r->arena, rows, 2),
						   .type = text_at(r->arena, rows, 3),
						   .place = text_at(r->arena, rows, 4),
						   .trash = rows_int(rows, 5) != 0,
						   .version = rows_int(rows, 6) };
	}
}

static struct problem *load_values(struct tx *tx, struct registry *r) {
	struct rows *rows;
	bool have;
	TRY(tx_query(tx,
		     "SELECT enum, path, label_zh, label_en, code, removed FROM sys_enum_value"
		     " WHERE app = ?1 ORDER BY enum, code",
		     PARAMS(value_text(str_of(r->app))), &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		r->values = room_for(r->arena, r->values, r->value_count, sizeof *r->values);
		r->values[r->value_count++] =
			(struct known_value){ .enumeration = text_at(r->arena, rows, 0),
					      .path = text_at(r->arena, rows, 1),
					      .label = { label_at(r->arena, rows, 2),
							 label_at(r->arena, rows, 3) },
					      .code = (int32_t)rows_int(rows, 4),
					      .removed = (int)rows_int(rows, 5) };
	}
}

static struct problem *load_version(struct tx *tx, struct registry *r) {
	struct rows *rows;
	bool have;
	r->hash = "";
	TRY(tx_query(
		tx,
		"SELECT version, hash FROM sys_app_version WHERE app = ?1 AND state = 'published'",
		PARAMS(value_text(str_of(r->app))), &rows));
	TRY(rows_next(rows, &have));
	if (!have) return NULL;
	r->version = rows_int(rows, 0);
	r->hash = text_at(r->arena, rows, 1);
	rows_close(rows);
	return NULL;
}

static struct problem *load_others(struct tx *tx, struct registry *r) {
	struct rows *rows;
	bool have;
	TRY(tx_query(tx,
		     "SELECT place FROM sys_definition WHERE app <> ?1"
		     " AND (owner = 'form' OR owner = 'view' OR owner >= 'form/' AND owner < "
		     "'form0') ORDER BY place",
		     PARAMS(value_text(str_of(r->app))), &rows));
	for (;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		r->others = room_for(r->arena, r->others, r->other_count, sizeof *r->others);
		r->others[r->other_count++] = text_at(r->arena, rows, 0);
	}
}

static struct str value_key(struct arena *a, const char *enumeration, struct str path) {
	return str_of(arena_printf(a, "%s/%.*s", enumeration, (int)path.n, path.p ? path.p : ""));
}

static void index_values(struct registry *r) {
	names_init(&r->by_path, r->arena, r->value_count);
	for (size_t i = 0; i < r->value_count; i++) {
		struct known_value *v = &r->values[i];
		names_add(&r->by_path, value_key(r->arena, v->enumeration, str_of(v->path)), v);
	}
}

struct problem *registry_load(struct tx *tx, struct arena *a, const char *app,
			      struct registry **out) {
	struct registry *r = arena_alloc(a, sizeof *r);
	r->arena = a;
	r->app = arena_strdup(a, app);
	TRY(load_version(tx, r));
	TRY(load_items(tx, r));
	TRY(load_values(tx, r));
	TRY(load_others(tx, r));
	index_values(r);
	*out = r;
	return NULL;
}

static int item_order(const struct known *k, const char *owner, const char *id) {
	int order = strcmp(k->owner, owner);
	return order ? order : strcmp(k->id, id);
}

/* The first row of owner and id, or where it would stand. */
static size_t item_first(const struct registry *r, const char *owner, const char *id) {
	size_t low = 0, high = r->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (item_order(&r->items[middle], owner, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct known *registry_live(const struct registry *r, const char *owner, const char *id) {
	for (size_t i = item_first(r, owner, id); i < r->n && !item_order(&r->items[i], owner, id);
	     i++)
		if (!r->items[i].trash) return &r->items[i];
	return NULL;
}

const struct known *registry_trash(const struct registry *r, const char *owner, const char *id,
				   const char *type) {
	const struct known *newest = NULL;
	for (size_t i = item_first(r, owner, id); i < r->n && !item_order(&r->items[i], owner, id);
	     i++) {
		const struct known *k = &r->items[i];
		if (k->trash && (!type || strcmp(k->type, type) == 0)) newest = k;
	}
	return newest;
}

struct known_value *registry_value(const struct registry *r, const char *enumeration,
				   struct str path) {
	char buffer[VALUE_KEY_MAX];
	size_t n = strlen(enumeration);
	if (n + 1 + path.n > sizeof buffer) return NULL;
	memcpy(buffer, enumeration, n);
	buffer[n] = '/';
	memcpy(buffer + n + 1, path.p, path.n);
	return names_find(&r->by_path, (struct str){ buffer, n + 1 + path.n });
}

/* ---- the loader's view ---- */

static const char *memory_id_of(void *context, const char *owner, struct str name) {
	const struct registry *r = context;
	for (size_t i = item_first(r, owner, ""); i < r->n && strcmp(r->items[i].owner, owner) == 0;
	     i++)
		if (!r->items[i].trash && str_is(name, r->items[i].name)) return r->items[i].id;
	return NULL;
}

static bool memory_id_taken(void *context, const char *owner, struct str id) {
	const struct registry *r = context;
	const char *text = str_dup(r->arena, id);
	size_t i = item_first(r, owner, text);
	return i < r->n && !item_order(&r->items[i], owner, text);
}

static const char *memory_type_of(void *context, const char *owner, struct str id) {
	const struct registry *r = context;
	const struct known *k = registry_live(r, owner, str_dup(r->arena, id));
	if (!k) return NULL;
	return arena_printf(r->arena, "%.*s", (int)strcspn(k->type, ":"), k->type);
}

static int32_t memory_enum_code(void *context, const char *enumeration, struct str path) {
	const struct known_value *v = registry_value(context, enumeration, path);
	return v ? v->code : 0;
}

/* Only values that records hold are handed on. */
static const struct remembered_value *memory_enum_values(void *context, const char *enumeration,
							 size_t *count) {
	const struct registry *r = context;
	struct remembered_value *held = arena_array(r->arena, r->value_count, sizeof *held);
	*count = 0;
	for (size_t i = 0; i < r->value_count; i++) {
		const struct known_value *v = &r->values[i];
		if (v->removed != 2 || strcmp(v->enumeration, enumeration) != 0) continue;
		held[(*count)++] = (struct remembered_value){ str_of(v->path), v->label, v->code };
	}
	return held;
}

static struct id_memory memory_of(const struct registry *r) {
	union {
		const struct registry *in;
		void *out;
	} context = { .in = r };
	return (struct id_memory){ .context = context.out,
				   .type_of = memory_type_of,
				   .enum_code = memory_enum_code,
				   .enum_values = memory_enum_values };
}

struct id_memory registry_memory(const struct registry *r) {
	struct id_memory memory = memory_of(r);
	memory.id_of = memory_id_of;
	memory.id_taken = memory_id_taken;
	return memory;
}

static const char *memory_id_of_past(void *context, const char *owner, struct str name) {
	const struct registry *r = context;
	const char *id = memory_id_of(context, owner, name);
	int64_t newest = 0;
	if (id) return id;
	for (size_t i = item_first(r, owner, ""); i < r->n && strcmp(r->items[i].owner, owner) == 0;
	     i++) {
		const struct known *k = &r->items[i];
		if (k->version < newest || !str_is(name, k->name)) continue;
		newest = k->version;
		id = k->id;
	}
	return id;
}

struct id_memory registry_memory_past(const struct registry *r) {
	struct id_memory memory = memory_of(r);
	memory.id_of = memory_id_of_past;
	memory.type_of = NULL;
	return memory;
}

/* ---- shapes and owners ---- */

const char *field_shape(struct arena *a, const struct field *f) {
	const char *type = f->type->name;
	const struct field *end = f->lookup ? f->lookup[f->lookup_length - 1] : NULL;
	if (end) return arena_printf(a, "%s:%s", type, field_shape(a, end));
	if (f->value_type.kind == TYPE_DECIMAL)
		return arena_printf(a, "%s:%d", type, f->value_type.scale);
	if (f->enumeration) return arena_printf(a, "%s:%s", type, f->enumeration->id);
	if (f->target) return arena_printf(a, "%s:%s", type, f->target->id);
	return type;
}

const char *form_owner(struct arena *a, const struct form *f) {
	if (!f->parent) return arena_printf(a, "form/%s", f->id);
	return arena_printf(a, "%s/%s", form_owner(a, f->parent), f->parent_field->id);
}

const char *enum_path(struct arena *a, const struct enum_value *v) {
	if (!v->parent) return v->value;
	return arena_printf(a, "%s\x1f%s", enum_path(a, v->parent), v->value);
}

/* ---- binding ---- */

static void bind_fields(const struct registry *r, struct form *form) {
	const char *owner = form_owner(r->arena, form);
	for (size_t i = 0; i < form->declared_count; i++) {
		struct field *f = form->fields[i];
		const struct known *k = registry_live(r, owner, f->id);
		if (!k || f->type->storage == STORE_NONE) continue;
		field_place(form->app->arena, f, arena_strdup(form->app->arena, k->place));
		if (!f->rows) continue;
		f->rows->table = f->column;
		bind_fields(r, f->rows);
	}
}

static void bind_uniques(const struct registry *r, struct form *form) {
	for (size_t i = 0; i < form->unique_count; i++) {
		const struct known *k = registry_live(r, "index", form->uniques[i].index);
		if (k) form->uniques[i].index = arena_strdup(form->app->arena, k->place);
	}
}

void registry_bind(const struct registry *r, struct app *app) {
	for (size_t i = 0; i < app->form_count; i++) {
		struct form *form = app->forms[i];
		const struct known *k = registry_live(r, "form", form->id);
		if (k) form->table = arena_strdup(app->arena, k->place);
		bind_fields(r, form);
		bind_uniques(r, form);
	}
}
