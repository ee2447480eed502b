/* fn_date.c -- parts, ends and distances of days and instants. A datetime is looked at in the app's
 * zone. */
#include "runtime/expr/functions.h"

/* The first argument, made a date: functions of days take datetimes by their local day. */
struct problem *check_date(struct check *c, struct node *n) {
	if (n->n && type_is(n->args[0]->type, TYPE_DATETIME))
		n->args[0] = convert_node(c, n->args[0], CONVERT_DAY, type_of(TYPE_DATE));
	return NULL;
}

struct problem *check_dates(struct check *c, struct node *n) {
	for (size_t i = 0; i < n->n; i++)
		if (type_is(n->args[i]->type, TYPE_DATETIME))
			n->args[i] = convert_node(c, n->args[i], CONVERT_DAY, type_of(TYPE_DATE));
	return NULL;
}

/* hour and minute take an instant or a time of day. */
struct problem *check_timed(struct check *c, struct node *n) {
	struct node *arg = n->args[0];
	int64_t seconds;
	n->type = type_of(TYPE_INT);
	if (type_is(arg->type, TYPE_DATETIME) || type_is(arg->type, TYPE_TIME)) return NULL;
	bool literal =
		arg->constant && type_is(arg->type, TYPE_TEXT) && arg->value.kind == VALUE_TEXT;
	bool time = literal && time_parse(arg->value.as.s, &seconds);
	return check_as(c, &n->args[0], type_of(time ? TYPE_TIME : TYPE_DATETIME));
}

/* add_days and add_months keep what they are given: a date stays a date. */
struct problem *check_shift(struct check *c, struct node *n) {
	(void)c;
	n->type = n->args[0]->type;
	return NULL;
}

/* now() and today() are $now and $today. */
struct problem *check_clock(struct check *c, struct node *n) {
	n->op = OP_CLOCK;
	n->today = str_is(n->name, "today");
	n->type = type_of(n->today ? TYPE_DATE : TYPE_DATETIME);
	check_finish(n);
	(void)c;
	return NULL;
}

struct problem *fn_date(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	(void)e;
	(void)n;
	*out = args[0];
	return NULL;
}

static int64_t second_of_day(int64_t local_us) {
	int64_t rest = local_us % DAY_US;
	return (rest < 0 ? rest + DAY_US : rest) / DAY_US_PER_S;
}

struct problem *fn_time(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	(void)n;
	*out = (struct value){ .kind = VALUE_TIME,
			       .as.i = second_of_day(frame_local(e->frame, args[0].as.i)) };
	return NULL;
}

struct problem *fn_datetime(struct eval *e, const struct node *n, const struct value *args,
			    struct value *out) {
	(void)n;
	int64_t wall = args[0].as.i * DAY_US + args[1].as.i * DAY_US_PER_S;
	*out = value_datetime(frame_utc(e->frame, wall));
	return NULL;
}

int64_t part_of(int64_t day, enum date_part part) {
	struct civil c = day_civil(day);
	int year = c.year, week = 0;
	if (part == PART_WEEK) day_iso_week(day, &year, &week);
	const int64_t parts[] = { [PART_YEAR] = c.year,
				  [PART_QUARTER] = (c.month + 2) / 3,
				  [PART_MONTH] = c.month,
				  [PART_WEEK] = week,
				  [PART_WEEKDAY] = day_weekday(day),
				  [PART_DAY] = c.day,
				  [PART_DAYS] = day_month_length(c.year, c.month) };
	return parts[part];
}

#define PART_FUNCTION(name, part)                                                                  \
	struct problem *name(struct eval *e, const struct node *n, const struct value *args,       \
			     struct value *out) {                                                  \
		(void)e;                                                                           \
		(void)n;                                                                           \
		*out = value_int(part_of(args[0].as.i, part));                                     \
		return NULL;                                                                       \
	}
PART_FUNCTION(fn_year, PART_YEAR)
PART_FUNCTION(fn_quarter, PART_QUARTER)
PART_FUNCTION(fn_month, PART_MONTH)
PART_FUNCTION(fn_week, PART_WEEK)
PART_FUNCTION(fn_weekday, PART_WEEKDAY)
PART_FUNCTION(fn_day, PART_DAY)
PART_FUNCTION(fn_days_in_month, PART_DAYS)

static int64_t time_part(struct eval *e, const struct node *n, const struct value *v) {
	if (type_is(n->args[0]->type, TYPE_TIME)) return v->as.i;
	return second_of_day(frame_local(e->frame, v->as.i));
}

struct problem *fn_hour(struct eval *e, const struct node *n, const struct value *args,
			struct value *out) {
	*out = value_int(time_part(e, n, &args[0]) / 3600);
	return NULL;
}

struct problem *fn_minute(struct eval *e, const struct node *n, const struct value *args,
			  struct value *out) {
	*out = value_int(time_part(e, n, &args[0]) / 60 % 60);
	return NULL;
}

struct problem *fn_add_days(struct eval *e, const struct node *n, const struct value *args,
			    struct value *out) {
	int64_t result = 0;
	bool bad;
	if (args[0].kind == VALUE_DATE)
		bad = __builtin_add_overflow(args[0].as.i, args[1].as.i, &result) ||
		      !day_valid(result);
	else
		bad = add_days(e->frame->zone, args[0].as.i, args[1].as.i, &result) != DECIMAL_OK;
	if (bad) return eval_fault(e, n, "expr_overflow");
	*out = (struct value){ .kind = args[0].kind, .as.i = result };
	return NULL;
}

enum decimal_status shift_months(int64_t day, int64_t months, int64_t *out) {
	if (months > 120000 || months < -120000) return DECIMAL_OVERFLOW;
	*out = day_add_months(day, months);
	return day_valid(*out) ? DECIMAL_OK : DECIMAL_OVERFLOW;
}

/* Months later on the wall clock of the zone. */
enum decimal_status shift_datetime_months(const struct zone *zone, int64_t us, int64_t months,
					  int64_t *out) {
	const struct expr_frame frame = { .zone = zone };
	int64_t day = frame_day(&frame, us), rest = frame_local(&frame, us) - day * DAY_US;
	enum decimal_status status = shift_months(day, months, &day);
	if (status == DECIMAL_OK) *out = frame_utc(&frame, day * DAY_US + rest);
	return status;
}

struct problem *fn_add_months(struct eval *e, const struct node *n, const struct value *args,
			      struct value *out) {
	int64_t result = 0;
	enum decimal_status status = args[0].kind == VALUE_DATE
					     ? shift_months(args[0].as.i, args[1].as.i, &result)
					     : shift_datetime_months(e->frame->zone, args[0].as.i,
								     args[1].as.i, &result);
	TRY(eval_status(e, n, status));
	*out = (struct value){ .kind = args[0].kind, .as.i = result };
	return NULL;
}

struct problem *fn_days_between(struct eval *e, const struct node *n, const struct value *args,
				struct value *out) {
	(void)e;
	(void)n;
	*out = value_int(args[1].as.i - args[0].as.i);
	return NULL;
}

/* Whole months from a to b: 31 January to 28 February is 0, to 1 March 1. */
int64_t months_between(int64_t from, int64_t to) {
	if (to < from) return -months_between(to, from);
	struct civil a = day_civil(from), b = day_civil(to);
	return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day);
}

struct problem *fn_months_between(struct eval *e, const struct node *n, const struct value *args,
				  struct value *out) {
	(void)e;
	(void)n;
	*out = value_int(months_between(args[0].as.i, args[1].as.i));
	return NULL;
}

int64_t period_edge(int64_t day, int months, bool end) {
	struct civil c = day_civil(day);
	int first = (c.month - 1) / months * months + 1;
	if (!end) return day_of(c.year, first, 1);
	int last = first + months - 1;
	return day_of(c.year, last, day_month_length(c.year, last));
}

#define EDGE_FUNCTION(name, months, end)                                                           \
	struct problem *name(struct eval *e, const struct node *n, const struct value *args,       \
			     struct value *out) {                                                  \
		(void)e;                                                                           \
		(void)n;                                                                           \
		*out = value_date(period_edge(args[0].as.i, months, end));                         \
		return NULL;                                                                       \
	}
EDGE_FUNCTION(fn_month_start, 1, false)
EDGE_FUNCTION(fn_month_end, 1, true)
EDGE_FUNCTION(fn_quarter_start, 3, false)
EDGE_FUNCTION(fn_quarter_end, 3, true)
EDGE_FUNCTION(fn_year_start, 12, false)
EDGE_FUNCTION(fn_year_end, 12, true)

struct problem *fn_week_start(struct eval *e, const struct node *n, const struct value *args,
			      struct value *out) {
	int64_t day = args[0].as.i - (day_weekday(args[0].as.i) - 1);
	if (!day_valid(day)) return eval_fault(e, n, "expr_overflow");
	*out = value_date(day);
	return NULL;
}
