/* fn_list.c -- aggregates and lists. Every aggregate takes one list, or several single values.
 * Nulls are skipped; the sum and count of nothing are 0, every other aggregate of nothing is null.
 */
#include "runtime/expr/functions.h"

/* The values an aggregate runs over: the items of its one list, or its arguments. */
static struct value_list items_of(const struct node *n, const struct value *args) {
	if (n->n == 1 && args[0].kind == VALUE_LIST) return args[0].as.list;
	if (n->n == 1 && type_is_list(n->args[0]->type)) return (struct value_list){ NULL, 0 };
	return (struct value_list){ args, n->n };
}

static struct problem *item_type(struct check *c, struct node *n, struct type *out) {
	if (n->n == 1 && type_is_list(n->args[0]->type)) {
		*out = type_item(n->args[0]->type);
		return out->kind == TYPE_ROWS || out->kind == TYPE_REF
			       ? check_mismatch(c, n->args[0], "list of numbers")
			       : NULL;
	}
	if (n->n == 1) return check_mismatch(c, n->args[0], "list");
	for (size_t i = 0; i < n->n; i++)
		if (type_is_list(n->args[i]->type))
			return check_mismatch(c, n->args[i], "a single value");
	return check_unify(c, n->args, n->n, out);
}

struct problem *check_sum(struct check *c, struct node *n) {
	struct type item;
	TRY(item_type(c, n, &item));
	if (item.kind == TYPE_NULL) item.kind = TYPE_INT;
	if (!type_is_number(item) && item.kind != TYPE_DURATION)
		return check_mismatch(c, n->args[0], "list of numbers");
	n->type = item;
	return NULL;
}

struct problem *check_avg(struct check *c, struct node *n) {
	TRY(check_sum(c, n));
	if (n->type.kind == TYPE_DURATION) return check_mismatch(c, n->args[0], "list of numbers");
	n->type = type_decimal(DECIMAL_DIVISION_SCALE, n->type.unit);
	return NULL;
}

struct problem *check_extreme(struct check *c, struct node *n) {
	struct type item;
	TRY(item_type(c, n, &item));
	n->type = item;
	if (item.kind == TYPE_BOOL || item.kind >= TYPE_ENUM)
		return check_fault(c, n, "expr_no_order", "found", type_words(c->arena, item), NULL,
				   NULL);
	return NULL;
}

struct problem *check_count(struct check *c, struct node *n) {
	n->type = type_of(TYPE_INT);
	struct node *list = n->args[0];
	if (list->type.kind == TYPE_NULL) list->type.list = true;
	return type_is_list(list->type) || list->type.kind == TYPE_ROWS
		       ? NULL
		       : check_mismatch(c, list, "list");
}

static enum decimal_status total(struct value_list items, struct decimal *sum, int64_t *count) {
	*sum = decimal_of(0);
	*count = 0;
	for (size_t i = 0; i < items.n; i++) {
		if (value_is_null(&items.items[i])) continue;
		enum decimal_status status = decimal_add(*sum, value_number(&items.items[i]), sum);
		if (status != DECIMAL_OK) return status;
		++*count;
	}
	return DECIMAL_OK;
}

struct problem *fn_sum(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	struct decimal sum;
	int64_t count;
	enum decimal_status status = total(items_of(n, args), &sum, &count);
	return eval_number(e, n, status, sum, out);
}

struct problem *fn_avg(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	struct decimal sum, mean = { 0, 0 };
	int64_t count;
	enum decimal_status status = total(items_of(n, args), &sum, &count);
	if (count == 0 && status == DECIMAL_OK) return NULL;
	if (status == DECIMAL_OK) status = decimal_div(sum, decimal_of(count), &mean);
	return eval_number(e, n, status, mean, out);
}

static struct problem *extreme(const struct node *n, const struct value *args, int sign,
			       struct value *out) {
	struct value_list items = items_of(n, args);
	for (size_t i = 0; i < items.n; i++) {
		if (value_is_null(&items.items[i])) continue;
		if (value_is_null(out) || value_order(&items.items[i], out) * sign > 0)
			*out = items.items[i];
	}
	return NULL;
}

struct problem *fn_min(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	(void)e;
	return extreme(n, args, -1, out);
}

struct problem *fn_max(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	(void)e;
	return extreme(n, args, 1, out);
}

struct problem *fn_count(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	(void)e;
	int64_t count = 0;
	struct value_list items = items_of(n, args);
	bool rows = n->args[0]->type.kind == TYPE_ROWS;
	for (size_t i = 0; i < items.n; i++)
		count += rows ? args[0].kind == VALUE_LIST : !value_is_null(&items.items[i]);
	*out = value_int(count);
	return NULL;
}

/* Order for sorting only: by content, whatever the type. */
static int any_order(const void *a, const void *b) { return value_order(a, b); }

static void sift_down(struct value *heap, size_t at, size_t n) {
	for (size_t child; (child = at * 2 + 1) < n; at = child) {
		if (child + 1 < n && any_order(&heap[child], &heap[child + 1]) < 0) child++;
		if (any_order(&heap[at], &heap[child]) >= 0) return;
		struct value swap = heap[at];
		heap[at] = heap[child];
		heap[child] = swap;
	}
}

/* Heap sort: no worst case, no libc. */
static void sort_values(struct value *values, size_t n) {
	for (size_t i = n / 2; i-- > 0;) sift_down(values, i, n);
	for (size_t end = n; end-- > 1;) {
		struct value swap = values[0];
		values[0] = values[end];
		values[end] = swap;
		sift_down(values, 0, end);
	}
}

struct problem *fn_count_distinct(struct eval *e, const struct node *n, const struct value *args,
				  struct value *out) {
	struct value_list items = items_of(n, args);
	struct value *sorted = arena_array(e->arena, items.n, sizeof *sorted);
	size_t filled = 0;
	int64_t count = 0;
	for (size_t i = 0; i < items.n; i++)
		if (!value_is_null(&items.items[i])) sorted[filled++] = items.items[i];
	sort_values(sorted, filled);
	for (size_t i = 0; i < filled; i++)
		count += i == 0 || any_order(&sorted[i - 1], &sorted[i]) != 0;
	*out = value_int(count);
	return NULL;
}

struct problem *check_empty(struct check *c, struct node *n) {
	(void)c;
	n->type = type_of(TYPE_BOOL);
	return NULL;
}

struct problem *fn_empty(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	(void)e;
	(void)n;
	*out = value_bool(value_is_null(&args[0]));
	return NULL;
}

struct problem *check_list_item(struct check *c, struct node *n) {
	(void)c;
	n->type = type_item(n->args[0]->type);
	return NULL;
}

struct problem *fn_first(struct eval *e, const struct node *n, const struct value *args,
			 struct value *out) {
	(void)e;
	(void)n;
	if (args[0].as.list.n) *out = args[0].as.list.items[0];
	return NULL;
}

struct problem *fn_last(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	(void)e;
	(void)n;
	if (args[0].as.list.n) *out = args[0].as.list.items[args[0].as.list.n - 1];
	return NULL;
}

/* add(list, x), remove(list, x): x may be a list too. */
struct problem *check_list_change(struct check *c, struct node *n) {
	struct type list = n->args[0]->type;
	if (list.kind == TYPE_NULL) {
		struct type other = n->args[1]->type;
		list = type_is_list(other) ? other : type_list(other);
		n->args[0]->type = list;
	}
	if (n->args[0]->type.kind == TYPE_CASCADE) return check_mismatch(c, n->args[0], "list");
	n->type = list;
	return check_as(c, &n->args[1], list);
}

static bool list_has(const struct value *items, size_t n, const struct value *v) {
	for (size_t i = 0; i < n; i++)
		if (value_equal(&items[i], v)) return true;
	return false;
}

static struct value_list as_list(const struct value *v) {
	return v->kind == VALUE_LIST ? v->as.list : (struct value_list){ NULL, 0 };
}

struct problem *fn_add(struct eval *e, const struct node *n, const struct value *args,
		       struct value *out) {
	struct value_list list = as_list(&args[0]), more = as_list(&args[1]);
	if (list.n + more.n > 2000) return eval_fault(e, n, "expr_too_large");
	struct value *items = arena_array(e->arena, list.n + more.n, sizeof *items);
	size_t count = list.n;
	if (count) memcpy(items, list.items, count * sizeof *items);
	for (size_t i = 0; i < more.n; i++)
		if (!value_is_null(&more.items[i]) && !list_has(items, count, &more.items[i]))
			items[count++] = more.items[i];
	if (count) *out = (struct value){ .kind = VALUE_LIST, .as.list = { items, count } };
	return NULL;
}

struct problem *fn_remove(struct eval *e, const struct node *n, const struct value *args,
			  struct value *out) {
	(void)n;
	struct value_list list = as_list(&args[0]), less = as_list(&args[1]);
	struct value *items = arena_array(e->arena, list.n, sizeof *items);
	size_t count = 0;
	for (size_t i = 0; i < list.n; i++)
		if (!list_has(less.items, less.n, &list.items[i])) items[count++] = list.items[i];
	if (count) *out = (struct value){ .kind = VALUE_LIST, .as.list = { items, count } };
	return NULL;
}

struct problem *check_join(struct check *c, struct node *n) {
	n->type = type_of(TYPE_TEXT);
	return type_is_list(n->args[0]->type) ? NULL : check_mismatch(c, n->args[0], "list");
}

struct problem *fn_join(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	struct value_list list = as_list(&args[0]);
	struct type item = type_item(n->args[0]->type);
	bool some = false;
	for (size_t i = 0; i < list.n; i++) {
		if (value_is_null(&list.items[i])) continue;
		if (some && args[1].kind == VALUE_TEXT) sb_add(&b, args[1].as.s);
		some = true;
		text_value(&b, &item, &list.items[i], e->frame->zone);
	}
	return eval_text(e, n, &b, out);
}
