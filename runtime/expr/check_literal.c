/* check_literal.c -- a text literal read as a date, a time, an enum value: "a text literal beside a
 * date ... is read as that type". Also durations. */
#include "runtime/expr/internal.h"

static const struct {
	const char *unit;
	int64_t seconds, work_seconds, work_days;
} units[] = {
	{ "wh", 0, 3600, 0 }, { "wd", 0, 0, 1 },   { "wm", 0, 60, 0 },   { "s", 1, 0, 0 },
	{ "m", 60, 0, 0 },    { "h", 3600, 0, 0 }, { "d", 86400, 0, 0 },
};
enum { DURATION_MAX = 1000000 }; /* of one unit: far beyond use, far below overflow */

/* "30m" off the front of s; false: no such thing there. */
static bool duration_part(struct str *s, int sign, struct duration *out) {
	int64_t count = 0;
	size_t at = 0;
	for (; at < s->n && s->p[at] >= '0' && s->p[at] <= '9'; at++) {
		count = count * 10 + (s->p[at] - '0');
		if (count > DURATION_MAX) return false;
	}
	if (at == 0) return false;
	*s = (struct str){ s->p + at, s->n - at };
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		struct str unit = str_of(units[i].unit);
		if (!str_starts(*s, unit)) continue;
		*s = (struct str){ s->p + unit.n, s->n - unit.n };
		out->seconds += sign * count * units[i].seconds;
		out->work_seconds += sign * count * units[i].work_seconds;
		out->work_days += sign * count * units[i].work_days;
		return true;
	}
	return false;
}

bool duration_parse(struct str text, struct duration *out) {
	int sign = text.n && text.p[0] == '-' ? -1 : 1;
	struct duration d = { 0 };
	int parts = 0;
	if (text.n && (text.p[0] == '-' || text.p[0] == '+'))
		text = (struct str){ text.p + 1, text.n - 1 };
	do {
		if (++parts > 8 || !duration_part(&text, sign, &d)) return false;
	} while (text.n);
	*out = d;
	return true;
}

static bool read_date(struct str s, struct value *out) {
	out->kind = VALUE_DATE;
	return day_parse(s, &out->as.i);
}

static bool read_time(struct str s, struct value *out) {
	out->kind = VALUE_TIME;
	return time_parse(s, &out->as.i);
}

static bool read_duration(struct str s, struct value *out) {
	struct duration d;
	if (!duration_parse(s, &d) || d.work_seconds || d.work_days) return false;
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
