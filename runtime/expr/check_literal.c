/* check_literal.c -- a text literal read as a date, a time, an enum value: "a text literal beside a
 * date ... is read as that type". */
#include "runtime/expr/internal.h"
#include "runtime/expr/worktime.h"

static bool read_date(struct str s, struct value *out) {
	out->kind = VALUE_DATE;
	return day_parse(s, &out->as.i);
}

static bool read_time(struct str s, struct value *out) {
	out->kind = VALUE_TIME;
	return time_parse(s, &out->as.i);
}

static bool read_duration(struct str s, struct value *out) {
	struct time_span d;
	if (!time_span_parse(s, &d) || d.work_seconds || d.work_days) return false;
	*out = (struct value){ .kind = VALUE_DURATION, .as.i = d.seconds };
	return true;
}

static bool read_text(struct str s, struct value *out) {
	*out = value_text(s);
	return true;
}

static const struct {
	bool (*read)(struct str, struct value *);
	const char *example;
} readers[] = {
	[TYPE_DATE] = { read_date, "'2026-11-22'" },
	[TYPE_TIME] = { read_time, "'09:30'" },
	[TYPE_DURATION] = { read_duration, "'2h', '30m'" },
	[TYPE_USER] = { read_text, "" },
	[TYPE_DEPT] = { read_text, "" },
};

/* RFC 3339 with offset is an instant, without one wall time in the app's zone, a bare day its start
 * there. */
static struct problem *literal_datetime(struct check *c, struct node **n, struct type to) {
	int64_t us, day;
	bool offset;
	struct value *v = &(*n)->value;
	enum convert how = CONVERT_LOCAL;
	if (day_parse(v->as.s, &day)) {
		*v = value_date(day);
		(*n)->type = type_of(TYPE_DATE);
		how = CONVERT_START;
	} else if (datetime_parse(v->as.s, &us, &offset)) {
		*v = value_datetime(us);
		(*n)->type = to;
		if (offset) return NULL;
	} else {
		return check_fault(c, *n, "expr_bad_literal", "type", "datetime", "example",
				   "'2026-11-22T09:30:00'");
	}
	*n = convert_node(c, *n, how, to);
	return NULL;
}

static struct problem *literal_enum(struct check *c, struct node *n, struct type to) {
	const struct expr_catalogue *names = c->scope->catalogue;
	if (!to.domain || !names || names->enum_has(to.domain, n->value.as.s)) {
		n->type = to;
		return NULL;
	}
	struct suggest s = suggest_for(c->arena, n->value.as.s);
	names->enum_values(to.domain, suggest_visit, &s);
	return check_fault(c, n, s.best ? "expr_unknown_value_near" : "expr_unknown_value",
			   s.best ? "suggestion" : NULL, s.best, NULL, NULL);
}

struct problem *literal_as(struct check *c, struct node **n, struct type to) {
	struct node *node = *n;
	if (value_is_null(&node->value)) {
		node->type = to;
		return NULL;
	}
	if (to.kind == TYPE_DATETIME) return literal_datetime(c, n, to);
	if (to.kind == TYPE_ENUM) return literal_enum(c, node, to);
	if (to.kind >= ARRAY_LEN(readers) || !readers[to.kind].read)
		return check_mismatch(c, node, type_words(c->arena, to));
	struct value v;
	if (!readers[to.kind].read(node->value.as.s, &v))
		return check_fault(c, node, "expr_bad_literal", "type", type_name(to.kind),
				   "example", readers[to.kind].example);
	node->value = v;
	node->type = to;
	return NULL;
}
