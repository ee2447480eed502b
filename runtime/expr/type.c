/* type.c -- types in words, and the table of paths. */
#include "runtime/expr/internal.h"

const char *type_name(enum type_kind kind) {
	static const char *const names[] = {
		[TYPE_NULL] = "null",         [TYPE_BOOL] = "bool",
		[TYPE_INT] = "integer",       [TYPE_DECIMAL] = "decimal",
		[TYPE_TEXT] = "text",         [TYPE_DATE] = "date",
		[TYPE_DATETIME] = "datetime", [TYPE_TIME] = "time",
		[TYPE_DURATION] = "duration", [TYPE_ENUM] = "enum",
		[TYPE_CASCADE] = "cascade",   [TYPE_USER] = "user",
		[TYPE_DEPT] = "dept",         [TYPE_REF] = "ref",
		[TYPE_ROWS] = "table",        [TYPE_RECORD] = "record",
	};
	return names[kind];
}

const char *type_words(struct arena *a, struct type t) {
	static const char *const units[] = { NULL, "money", "percent" };
	const char *name =
		t.kind == TYPE_DECIMAL && units[t.unit] ? units[t.unit] : type_name(t.kind);
	return t.list ? arena_printf(a, "list of %s", name) : name;
}

struct type type_list(struct type item) {
	item.list = true;
	return item;
}

struct type type_item(struct type t) {
	if (t.list)
		t.list = false;
	else if (t.kind == TYPE_CASCADE)
		t.kind = TYPE_ENUM;
	return t;
}

bool type_is_list(struct type t) { return t.list || t.kind == TYPE_CASCADE; }

bool type_is_number(struct type t) {
	return !t.list && (t.kind == TYPE_INT || t.kind == TYPE_DECIMAL);
}

bool type_is(struct type t, enum type_kind k) { return !t.list && t.kind == k; }

bool type_is_coded(struct type t) {
	return t.kind == TYPE_ENUM || t.kind == TYPE_USER || t.kind == TYPE_DEPT ||
	       t.kind == TYPE_REF;
}

int type_scale(struct type t) { return t.kind == TYPE_DECIMAL ? t.scale : 0; }

static bool same_path(const struct expr_path *a, const struct expr_path *b) {
	if (a->root != b->root || a->length != b->length || (a->name == NULL) != (b->name == NULL))
		return false;
	if (a->name && strcmp(a->name, b->name) != 0) return false;
	for (size_t i = 0; i < a->length; i++)
		if (a->fields[i] != b->fields[i]) return false;
	return true;
}

size_t path_slot(struct check *c, struct expr_path path) {
	struct expr_paths *t = c->paths;
	for (size_t i = 0; i < t->count; i++)
		if (same_path(&t->items[i], &path)) return i;
	if (t->count == t->room) {
		size_t room = t->room ? t->room * 2 : 8;
		struct expr_path *items = arena_array(t->arena, room, sizeof *items);
		if (t->count) memcpy(items, t->items, t->count * sizeof *items);
		t->items = items;
		t->room = room;
	}
	/* The table may outlive the arena of this compilation: its texts and fields are copied. */
	const void **fields = arena_array(t->arena, path.length + 1, sizeof *fields);
	for (size_t i = 0; i < path.length; i++) fields[i] = path.fields[i];
	path.fields = fields;
	path.name = arena_strdup(t->arena, path.name);
	path.text = arena_strdup(t->arena, path.text);
	t->items[t->count] = path;
	return t->count++;
}

struct suggest suggest_for(struct arena *a, struct str name) {
	/* A third of the word may be wrong, three letters at most: more would be guessing. */
	size_t letters = utf8_length(name), cap = letters / 3 < 3 ? letters / 3 : 3;
	return (struct suggest){ .arena = a, .name = name, .distance = (cap ? cap : 1) + 1 };
}

/* The same letters in other case are no distance at all. */
static bool same_letters(struct str a, struct str b) {
	bool same = a.n == b.n;
	for (size_t i = 0; same && i < a.n; i++) {
		char x = a.p[i], y = b.p[i];
		bool letter = (x | 32) >= 'a' && (x | 32) <= 'z';
		same = x == y || (letter && (x | 32) == (y | 32));
	}
	return same;
}

void suggest_visit(void *arg, struct str candidate) {
	struct suggest *s = arg;
	size_t distance = s->distance;
	if (same_letters(s->name, candidate))
		distance = 0;
	else if (s->distance > 1)
		distance = str_distance(s->name, candidate, s->distance - 1);
	if (distance >= s->distance) return;
	s->distance = distance;
	s->best = str_dup(s->arena, candidate);
}
