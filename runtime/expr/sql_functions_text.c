/* sql_functions_text.c -- the functions SQLite calls: days, instants and texts. Each answers what
 * its twin in fn_*.c does. */
#include "runtime/expr/cny.h"
#include "runtime/expr/format.h"
#include "runtime/expr/functions.h"
#include "runtime/expr/sql_functions.h"

/* The zone by name; it was loaded when the statement was compiled, so this finds it in the cache.
 */
static enum decimal_status frame_in(struct arena *a, const struct value *name,
				    struct expr_frame *out) {
	*out = (struct expr_frame){ .zone = NULL };
	if (name->kind != VALUE_TEXT) return DECIMAL_SYNTAX;
	return str_is(name->as.s, "UTC") || !zone_load(a, str_dup(a, name->as.s), &out->zone)
		       ? DECIMAL_OK
		       : DECIMAL_SYNTAX;
}

static enum decimal_status answer_int(enum decimal_status status, int64_t n, struct value *out) {
	if (status == DECIMAL_OK) *out = value_int(n);
	return status;
}

static enum decimal_status answer_text(struct sb *b, struct value *out) {
	if (b->overflow) return DECIMAL_DIGITS;
	*out = value_text(sb_str(b));
	return DECIMAL_OK;
}

/* (day, days, sign, column) */
enum decimal_status sqlf_date_add(struct arena *a, const struct value *args, int n,
				  struct value *out) {
	(void)a;
	(void)n;
	int64_t by, day = 0;
	bool bad = __builtin_mul_overflow(args[1].as.i, args[2].as.i, &by) ||
		   __builtin_add_overflow(args[0].as.i, by, &day) || !day_valid(day);
	return answer_int(bad ? DECIMAL_OVERFLOW : DECIMAL_OK, day, out);
}

/* (instant, days, sign, zone, column) */
enum decimal_status sqlf_datetime_add(struct arena *a, const struct value *args, int n,
				      struct value *out) {
	(void)n;
	struct expr_frame f;
	int64_t by, us = 0;
	enum decimal_status status = frame_in(a, &args[3], &f);
	if (__builtin_mul_overflow(args[1].as.i, args[2].as.i, &by)) return DECIMAL_OVERFLOW;
	if (status == DECIMAL_OK) status = add_days(f.zone, args[0].as.i, by, &us);
	return answer_int(status, us, out);
}

/* (instant, seconds, sign, column) */
enum decimal_status sqlf_datetime_shift(struct arena *a, const struct value *args, int n,
					struct value *out) {
	(void)a;
	(void)n;
	int64_t by, us = 0;
	bool bad = __builtin_mul_overflow(args[1].as.i, args[2].as.i * DAY_US_PER_S, &by) ||
		   __builtin_add_overflow(args[0].as.i, by, &us) || !datetime_valid(us);
	return answer_int(bad ? DECIMAL_OVERFLOW : DECIMAL_OK, us, out);
}

enum decimal_status sqlf_seconds(struct arena *a, const struct value *args, int n,
				 struct value *out) {
	(void)a;
	(void)n;
	int64_t us = args[0].as.i - args[1].as.i;
	return answer_int(DECIMAL_OK, us / DAY_US_PER_S - (us % DAY_US_PER_S < 0), out);
}

enum decimal_status sqlf_date_months(struct arena *a, const struct value *args, int n,
				     struct value *out) {
	(void)a;
	(void)n;
	int64_t day = 0;
	enum decimal_status status = shift_months(args[0].as.i, args[1].as.i, &day);
	return answer_int(status, day, out);
}

/* (instant, months, zone, column) */
enum decimal_status sqlf_datetime_months(struct arena *a, const struct value *args, int n,
					 struct value *out) {
	(void)n;
	struct expr_frame f;
	int64_t us = 0;
	enum decimal_status status = frame_in(a, &args[2], &f);
	if (status == DECIMAL_OK)
		status = shift_datetime_months(f.zone, args[0].as.i, args[1].as.i, &us);
	return answer_int(status, us, out);
}

enum decimal_status sqlf_months_between(struct arena *a, const struct value *args, int n,
					struct value *out) {
	(void)a;
	(void)n;
	return answer_int(DECIMAL_OK, months_between(args[0].as.i, args[1].as.i), out);
}

/* Parts of a day (year ... days), or of a second of the day (hour, minute). */
enum decimal_status sqlf_part(struct arena *a, const struct value *args, int n, struct value *out) {
	static const char *const parts[] = {
		[PART_YEAR] = "year", [PART_QUARTER] = "quarter", [PART_MONTH] = "month",
		[PART_WEEK] = "week", [PART_WEEKDAY] = "weekday", [PART_DAY] = "day",
		[PART_DAYS] = "days"
	};
	(void)a;
	(void)n;
	if (args[1].kind != VALUE_TEXT) return DECIMAL_SYNTAX;
	if (str_is(args[1].as.s, "hour")) return answer_int(DECIMAL_OK, args[0].as.i / 3600, out);
	if (str_is(args[1].as.s, "minute"))
		return answer_int(DECIMAL_OK, args[0].as.i / 60 % 60, out);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (str_is(args[1].as.s, parts[i]))
			return answer_int(DECIMAL_OK, part_of(args[0].as.i, (enum date_part)i),
					  out);
	return DECIMAL_SYNTAX;
}

/* (day, months of the period, 0 start or 1 end) */
enum decimal_status sqlf_edge(struct arena *a, const struct value *args, int n, struct value *out) {
	(void)a;
	(void)n;
	if (args[1].as.i < 1 || args[1].as.i > 12) return DECIMAL_SYNTAX;
	return answer_int(DECIMAL_OK,
			  period_edge(args[0].as.i, (int)args[1].as.i, args[2].as.i != 0), out);
}

enum decimal_status sqlf_week_start(struct arena *a, const struct value *args, int n,
				    struct value *out) {
	(void)a;
	(void)n;
	int64_t day = args[0].as.i - (day_weekday(args[0].as.i) - 1);
	return answer_int(day_valid(day) ? DECIMAL_OK : DECIMAL_OVERFLOW, day, out);
}

enum decimal_status sqlf_day_of(struct arena *a, const struct value *args, int n,
				struct value *out) {
	(void)n;
	struct expr_frame f;
	enum decimal_status status = frame_in(a, &args[1], &f);
	return answer_int(status, frame_day(&f, args[0].as.i), out);
}

enum decimal_status sqlf_second_of(struct arena *a, const struct value *args, int n,
				   struct value *out) {
	(void)n;
	struct expr_frame f;
	enum decimal_status status = frame_in(a, &args[1], &f);
	int64_t wall = frame_local(&f, args[0].as.i) % DAY_US;
	return answer_int(status, (wall < 0 ? wall + DAY_US : wall) / DAY_US_PER_S, out);
}

enum decimal_status sqlf_day_start(struct arena *a, const struct value *args, int n,
				   struct value *out) {
	(void)n;
	struct expr_frame f;
	enum decimal_status status = frame_in(a, &args[1], &f);
	return answer_int(status, frame_day_start(&f, args[0].as.i), out);
}

enum decimal_status sqlf_utc(struct arena *a, const struct value *args, int n, struct value *out) {
	(void)n;
	struct expr_frame f;
	enum decimal_status status = frame_in(a, &args[1], &f);
	return answer_int(status, frame_utc(&f, args[0].as.i), out);
}

/* The evaluator's own function on text and integer arguments, for those that need no frame. */
static enum decimal_status by_eval(struct arena *a, function_eval *eval, const struct value *args,
				   struct value *out) {
	struct eval e = { .arena = a, .text = STR("") };
	struct node none = { .op = OP_CALL };
	struct problem *p = eval(&e, &none, args, out);
	return !p                                       ? DECIMAL_OK
	       : strcmp(p->code, "expr_too_large") == 0 ? DECIMAL_DIGITS
							: DECIMAL_SYNTAX;
}

static bool all_texts(const struct value *args, int texts) {
	for (int i = 0; i < texts; i++)
		if (args[i].kind != VALUE_TEXT) return false;
	return true;
}

#define BY_EVAL(name, eval, texts)                                                                 \
	enum decimal_status name(struct arena *a, const struct value *args, int n,                 \
				 struct value *out) {                                              \
		(void)n;                                                                           \
		return all_texts(args, texts) ? by_eval(a, eval, args, out) : DECIMAL_SYNTAX;      \
	}
BY_EVAL(sqlf_upper, fn_upper, 1)
BY_EVAL(sqlf_lower, fn_lower, 1)
BY_EVAL(sqlf_fold, fn_fold, 1)
BY_EVAL(sqlf_trim, fn_trim, 1)
BY_EVAL(sqlf_left, fn_left, 1)
BY_EVAL(sqlf_right, fn_right, 1)
BY_EVAL(sqlf_mid, fn_mid, 1)
BY_EVAL(sqlf_starts_with, fn_starts_with, 2)
BY_EVAL(sqlf_ends_with, fn_ends_with, 2)

enum decimal_status sqlf_pad_left(struct arena *a, const struct value *args, int n,
				  struct value *out) {
	(void)n;
	bool texts = args[0].kind == VALUE_TEXT && args[2].kind == VALUE_TEXT;
	return texts ? by_eval(a, fn_pad_left, args, out) : DECIMAL_SYNTAX;
}

static enum decimal_status as_text(struct arena *a, struct value v, const struct zone *zone,
				   struct value *out) {
	struct sb b = sb_on(a, 4096);
	struct type none = type_of(TYPE_NULL);
	text_value(&b, &none, &v, zone);
	return answer_text(&b, out);
}

enum decimal_status sqlf_decimal_text(struct arena *a, const struct value *args, int n,
				      struct value *out) {
	(void)n;
	struct decimal d;
	enum decimal_status status = sql_number_argument(&args[0], args[1].as.i, &d);
	return status == DECIMAL_OK ? as_text(a, value_decimal(d), NULL, out) : status;
}

enum decimal_status sqlf_date_text(struct arena *a, const struct value *args, int n,
				   struct value *out) {
	(void)n;
	return as_text(a, value_date(args[0].as.i), NULL, out);
}

enum decimal_status sqlf_time_text(struct arena *a, const struct value *args, int n,
				   struct value *out) {
	(void)n;
	return as_text(a, (struct value){ .kind = VALUE_TIME, .as.i = args[0].as.i }, NULL, out);
}

enum decimal_status sqlf_duration_text(struct arena *a, const struct value *args, int n,
				       struct value *out) {
	(void)n;
	return as_text(a, (struct value){ .kind = VALUE_DURATION, .as.i = args[0].as.i }, NULL,
		       out);
}

enum decimal_status sqlf_datetime_text(struct arena *a, const struct value *args, int n,
				       struct value *out) {
	(void)n;
	struct expr_frame f;
	enum decimal_status status = frame_in(a, &args[1], &f);
	return status == DECIMAL_OK ? as_text(a, value_datetime(args[0].as.i), f.zone, out)
				    : status;
}

/* (number, scale, pattern, column) */
enum decimal_status sqlf_format_number(struct arena *a, const struct value *args, int n,
				       struct value *out) {
	(void)n;
	struct decimal d;
	struct number_pattern p;
	struct sb b = sb_on(a, 4096);
	enum decimal_status status = sql_number_argument(&args[0], args[1].as.i, &d);
	if (args[2].kind != VALUE_TEXT || !number_pattern_parse(args[2].as.s, &p))
		return DECIMAL_SYNTAX;
	if (status == DECIMAL_OK) status = number_format(d, &p, &b);
	return status == DECIMAL_OK ? answer_text(&b, out) : status;
}

static enum decimal_status format_wall(struct arena *a, int64_t wall_us,
				       const struct value *pattern, struct value *out) {
	struct sb b = sb_on(a, 4096);
	if (pattern->kind != VALUE_TEXT) return DECIMAL_SYNTAX;
	datetime_write(&b, wall_us, pattern->as.s);
	return answer_text(&b, out);
}

enum decimal_status sqlf_format_date(struct arena *a, const struct value *args, int n,
				     struct value *out) {
	(void)n;
	return format_wall(a, args[0].as.i * DAY_US, &args[1], out);
}

/* (instant, zone, pattern) */
enum decimal_status sqlf_format_datetime(struct arena *a, const struct value *args, int n,
					 struct value *out) {
	(void)n;
	struct expr_frame f;
	enum decimal_status status = frame_in(a, &args[1], &f);
	return status == DECIMAL_OK ? format_wall(a, frame_local(&f, args[0].as.i), &args[2], out)
				    : status;
}

/* (number, scale, column) */
enum decimal_status sqlf_cny_upper(struct arena *a, const struct value *args, int n,
				   struct value *out) {
	(void)n;
	struct decimal d;
	struct sb b = sb_on(a, 4096);
	enum decimal_status status = sql_number_argument(&args[0], args[1].as.i, &d);
	if (status == DECIMAL_OK) status = cny_upper(d, &b);
	return status == DECIMAL_OK ? answer_text(&b, out) : status;
}
