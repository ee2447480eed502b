#include "runtime/base/value.h"

struct value value_text(struct str s) {
	if (s.n == 0) return VALUE_NONE;
	return (struct value){ .kind = VALUE_TEXT, .as.s = s };
}

bool value_is_null(const struct value *v) {
	if (v->kind == VALUE_TEXT) return v->as.s.n == 0;
	if (v->kind == VALUE_LIST) return v->as.list.n == 0;
	return v->kind == VALUE_NULL;
}

static bool is_number(const struct value *v) {
	return v->kind == VALUE_INT || v->kind == VALUE_DECIMAL;
}

static struct decimal number(const struct value *v) {
	return v->kind == VALUE_INT ? decimal_of(v->as.i) : v->as.d;
}

static bool same_list(struct value_list a, struct value_list b) {
	if (a.n != b.n) return false;
	for (size_t i = 0; i < a.n; i++)
		if (!value_same(&a.items[i], &b.items[i])) return false;
	return true;
}

bool value_same(const struct value *a, const struct value *b) {
	bool a_null = value_is_null(a), b_null = value_is_null(b);
	if (a_null || b_null) return a_null && b_null;
	if (is_number(a) && is_number(b)) return decimal_cmp(number(a), number(b)) == 0;
	if (a->kind != b->kind) return false;
	if (a->kind == VALUE_TEXT) return str_eq(a->as.s, b->as.s);
	if (a->kind == VALUE_LIST) return same_list(a->as.list, b->as.list);
	return a->as.i == b->as.i;
}

struct value value_copy(struct arena *a, const struct value *v) {
	struct value copy = *v;
	if (v->kind == VALUE_TEXT && v->as.s.n > 0) copy.as.s.p = str_dup(a, v->as.s);
	if (v->kind == VALUE_LIST && v->as.list.n > 0) {
		struct value *items = arena_array(a, v->as.list.n, sizeof(*items));
		for (size_t i = 0; i < v->as.list.n; i++)
			items[i] = value_copy(a, &v->as.list.items[i]);
		copy.as.list.items = items;
	}
	return copy;
}
