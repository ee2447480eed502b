/* fn_worktime.c -- working days and working hours by the app's calendar, in the app's zone. */
#include "runtime/expr/functions.h"
#include "runtime/expr/worktime.h"

enum { DAYS_MAX = 120000 };

struct problem *fn_workdays_between(struct eval *e, const struct node *n, const struct value *args,
				    struct value *out) {
	int64_t from = args[0].as.i, to = args[1].as.i, count = 0;
	int64_t first = from < to ? from : to, last = from < to ? to : from;
	if (last - first > DAYS_MAX) return eval_fault(e, n, "expr_argument");
	for (int64_t day = first + 1; day <= last; day++)
		count += worktime_works(e->frame->calendar, day);
	*out = value_int(from < to ? count : -count);
	return NULL;
}

struct problem *fn_add_workdays(struct eval *e, const struct node *n, const struct value *args,
				struct value *out) {
	int64_t day;
	const char *code = worktime_add_days(e->frame->calendar, args[0].as.i, args[1].as.i, &day);
	if (code) return eval_fault(e, n, code);
	*out = value_date(day);
	return NULL;
}

struct problem *check_worktime(struct check *c, struct node *n) {
	struct time_span span;
	const struct value *v = &n->args[1]->value;
	if (v->kind == VALUE_TEXT && time_span_parse(v->as.s, &span)) return NULL;
	return check_fault(c, n->args[1], "expr_bad_literal", "type", "duration", "example",
			   "'2wh', '1wd', '30m'");
}

struct problem *fn_add_worktime(struct eval *e, const struct node *n, const struct value *args,
				struct value *out) {
	struct time_span span;
	int64_t at;
	if (!time_span_parse(args[1].as.s, &span)) return eval_fault(e, n, "expr_argument");
	const char *code =
		worktime_add(e->frame->calendar, e->frame->zone, args[0].as.i, &span, &at);
	if (code) return eval_fault(e, n, code);
	*out = value_datetime(at);
	return NULL;
}
