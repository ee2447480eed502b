/* enumeration.c -- finding values of an enumeration by text, path, label and code in constant time.
 * 1. The first value of a text in preorder wins in enumeration_find; a path finds the exact one.
 * 2. One table holds keys "<parent place>/<text>"; another the labels below each parent, where a
 * label met twice is ambiguous and finds nothing. */
#include "runtime/model/enumeration.h"

#include "runtime/model/names.h"

#include <stdlib.h>

struct enum_index {
	struct names flat, children, labels;
	struct enum_value **by_code; /* sorted by code; values without one left out */
	size_t coded;
};

static struct enum_value ambiguous;
enum { KEY_MAX = 512 };

/* Parent's place (0 = top) in 4 bytes, then the text; false: longer than any value may be. */
static bool child_key(char key[KEY_MAX], const struct enum_value *parent, struct str text,
		      struct str *out) {
	uint32_t place = parent ? parent->index + 1 : 0;
	if (text.n > KEY_MAX - sizeof place) return false;
	memcpy(key, &place, sizeof place);
	if (text.n) memcpy(key + sizeof place, text.p, text.n);
	*out = (struct str){ key, sizeof place + text.n };
	return true;
}

static void add_label(struct arena *a, struct names *t, struct enum_value *v, const char *text) {
	char buffer[KEY_MAX];
	struct str key;
	if (!text || !child_key(buffer, v->parent, str_of(text), &key)) return;
	if (names_find(t, key) == v) return;
	key.p = arena_copy(a, key.p, key.n);
	if (names_add(t, key, v)) return;
	for (size_t i = 0; i < t->room; i++)
		if (t->entries[i].value && str_eq(t->entries[i].key, key))
			t->entries[i].value = &ambiguous;
}

static int compare_codes(const void *x, const void *y) {
	const struct enum_value *const *a = x, *const *b = y;
	return ((*a)->code > (*b)->code) - ((*a)->code < (*b)->code);
}

static void index_codes(struct arena *a, struct enumeration *e) {
	struct enum_index *x = e->index;
	x->by_code = arena_array(a, e->n, sizeof *x->by_code);
	for (size_t i = 0; i < e->n; i++)
		if (e->values[i].code) x->by_code[x->coded++] = &e->values[i];
	if (x->coded) qsort(x->by_code, x->coded, sizeof *x->by_code, compare_codes);
}

void enumeration_index(struct arena *a, struct enumeration *e) {
	struct enum_index *x = e->index = arena_alloc(a, sizeof *x);
	names_init(&x->flat, a, e->n);
	names_init(&x->children, a, e->n);
	names_init(&x->labels, a, e->n);
	for (size_t i = 0; i < e->n; i++) {
		struct enum_value *v = &e->values[i];
		char buffer[KEY_MAX];
		struct str key;
		names_add(&x->flat, str_of(v->value), v);
		if (child_key(buffer, v->parent, str_of(v->value), &key)) {
			key.p = arena_copy(a, key.p, key.n);
			names_add(&x->children, key, v);
		}
		add_label(a, &x->labels, v, v->label.zh);
		add_label(a, &x->labels, v, v->label.en);
	}
	index_codes(a, e);
}

const struct enum_value *enumeration_find(const struct enumeration *e, struct str value) {
	return names_find(&e->index->flat, value);
}

const struct enum_value *enumeration_child(const struct enumeration *e,
					   const struct enum_value *parent, struct str value) {
	char buffer[KEY_MAX];
	struct str key;
	return child_key(buffer, parent, value, &key) ? names_find(&e->index->children, key) : NULL;
}

const struct enum_value *enumeration_by_label(const struct enumeration *e,
					      const struct enum_value *parent, struct str label) {
	char buffer[KEY_MAX];
	struct str key;
	if (!child_key(buffer, parent, label, &key)) return NULL;
	const struct enum_value *v = names_find(&e->index->labels, key);
	return v == &ambiguous ? NULL : v;
}

const struct enum_value *enumeration_by_code(const struct enumeration *e, int32_t code) {
	struct enum_value wanted = { .code = code }, *key = &wanted;
	struct enum_value **found = e->index->coded
					    ? bsearch(&key, e->index->by_code, e->index->coded,
						      sizeof *e->index->by_code, compare_codes)
					    : NULL;
	return found ? *found : NULL;
}

struct str enumeration_similar(const struct enumeration *e, struct str value) {
	struct similar near = similar_to(value);
	for (size_t i = 0; i < e->n; i++)
		if (!e->values[i].retired && !e->values[i].depth)
			similar_offer(&near, str_of(e->values[i].value));
	return near.best;
}
