/* sql_functions.c -- the functions SQLite calls: numbers. A number argument is followed by its
 * scale; it is an integer, or the text of a coefficient beyond int64, and so is the result. Texts
 * and days are in sql_functions_text.c. */
#include "runtime/expr/sql_functions.h"

static bool read_coefficient(const struct value *v, int128 *out) {
	struct decimal d;
	*out = v->as.i;
	if (v->kind != VALUE_TEXT) return true;
	if (decimal_parse(v->as.s, &d) != DECIMAL_OK || d.scale != 0) return false;
	*out = d.coefficient;
	return true;
}

enum decimal_status sql_number_argument(const struct value *v, int64_t scale, struct decimal *out) {
	out->scale = (int)scale;
	return scale >= 0 && scale <= DECIMAL_MAX_SCALE && read_coefficient(v, &out->coefficient)
		       ? DECIMAL_OK
		       : DECIMAL_SYNTAX;
}

/* scale SCALE_INT: an integer that must fit. */
static enum decimal_status answer(struct arena *a, enum decimal_status status, struct decimal d,
				  int64_t scale, struct value *out) {
	char text[DECIMAL_TEXT_MAX];
	int64_t n;
	if (status == DECIMAL_OK)
		status = decimal_rescale(d, scale == SCALE_INT ? 0 : (int)scale, &d);
	if (status != DECIMAL_OK) return status;
	if (decimal_to_int64(d, &n)) {
		*out = value_int(n);
		return DECIMAL_OK;
	}
	if (scale == SCALE_INT) return DECIMAL_OVERFLOW;
	size_t length = decimal_text((struct decimal){ d.coefficient, 0 }, text);
	*out = value_text((struct str){ arena_copy(a, text, length), length });
	return DECIMAL_OK;
}

typedef enum decimal_status binary(struct decimal, struct decimal, struct decimal *);

/* (a, scale, b, scale, result scale, column) */
static enum decimal_status two_numbers(struct arena *a, const struct value *args, binary *op,
				       struct value *out) {
	struct decimal x, y, d = { 0, 0 };
	enum decimal_status status = sql_number_argument(&args[0], args[1].as.i, &x);
	if (status == DECIMAL_OK) status = sql_number_argument(&args[2], args[3].as.i, &y);
	if (status == DECIMAL_OK) status = op(x, y, &d);
	return answer(a, status, d, args[4].as.i, out);
}

#define BINARY(name, op)                                                                           \
	enum decimal_status name(struct arena *a, const struct value *args, int n,                 \
				 struct value *out) {                                              \
		(void)n;                                                                           \
		return two_numbers(a, args, op, out);                                              \
	}
BINARY(sqlf_add, decimal_add)
BINARY(sqlf_sub, decimal_sub)
BINARY(sqlf_mul, decimal_mul)
BINARY(sqlf_div, decimal_div)
BINARY(sqlf_mod, decimal_mod)

/* (a, scale, result scale, column) */
static enum decimal_status one_number(struct arena *a, const struct value *args, int sign,
				      struct value *out) {
	struct decimal d = { 0, 0 };
	enum decimal_status status = sql_number_argument(&args[0], args[1].as.i, &d);
	bool turn = sign < 0 || (sign == 0 && d.coefficient < 0);
	if (turn) d.coefficient = -d.coefficient;
	return answer(a, status, d, args[2].as.i, out);
}

enum decimal_status sqlf_scale(struct arena *a, const struct value *args, int n,
			       struct value *out) {
	(void)n;
	return one_number(a, args, 1, out);
}

enum decimal_status sqlf_neg(struct arena *a, const struct value *args, int n, struct value *out) {
	(void)n;
	return one_number(a, args, -1, out);
}

enum decimal_status sqlf_abs(struct arena *a, const struct value *args, int n, struct value *out) {
	(void)n;
	return one_number(a, args, 0, out);
}

typedef enum decimal_status rounding(struct decimal, int, struct decimal *);

/* (a, scale, digits, result scale, column) */
static enum decimal_status rounded(struct arena *a, const struct value *args, rounding *how,
				   struct value *out) {
	struct decimal x, d = { 0, 0 };
	enum decimal_status status = sql_number_argument(&args[0], args[1].as.i, &x);
	if (status == DECIMAL_OK) status = how(x, (int)args[2].as.i, &d);
	return answer(a, status, d, args[3].as.i, out);
}

#define ROUNDING(name, how)                                                                        \
	enum decimal_status name(struct arena *a, const struct value *args, int n,                 \
				 struct value *out) {                                              \
		(void)n;                                                                           \
		return rounded(a, args, how, out);                                                 \
	}
ROUNDING(sqlf_round, decimal_rescale)
ROUNDING(sqlf_floor, decimal_floor)
ROUNDING(sqlf_ceil, decimal_ceil)

/* (a, scale, b, scale) */
enum decimal_status sqlf_cmp(struct arena *a, const struct value *args, int n, struct value *out) {
	(void)a;
	(void)n;
	struct decimal x, y;
	enum decimal_status status = sql_number_argument(&args[0], args[1].as.i, &x);
	if (status == DECIMAL_OK) status = sql_number_argument(&args[2], args[3].as.i, &y);
	if (status == DECIMAL_OK) *out = value_int(decimal_cmp(x, y));
	return status;
}

/* Never null: null equals null. */
enum decimal_status sqlf_eq(struct arena *a, const struct value *args, int n, struct value *out) {
	bool left = args[0].kind == VALUE_NULL, right = args[2].kind == VALUE_NULL;
	if (left || right) {
		*out = value_int(left && right);
		return DECIMAL_OK;
	}
	enum decimal_status status = sqlf_cmp(a, args, n, out);
	if (status == DECIMAL_OK) out->as.i = out->as.i == 0;
	return status;
}

/* (sum of the high halves, sum of the low halves, scale, result scale, column); nothing summed: 0.
 */
static enum decimal_status halves(const struct value *args, int64_t scale, struct decimal *out) {
	int128 high = args[0].kind == VALUE_NULL ? 0 : args[0].as.i,
	       low = args[1].kind == VALUE_NULL ? 0 : args[1].as.i;
	*out = (struct decimal){ high * ((int128)1 << 32) + low, (int)scale };
	return DECIMAL_OK;
}

enum decimal_status sqlf_sum(struct arena *a, const struct value *args, int n, struct value *out) {
	(void)n;
	struct decimal d;
	enum decimal_status status = halves(args, args[2].as.i, &d);
	return answer(a, status, d, args[3].as.i, out);
}

static enum decimal_status mean(struct arena *a, struct decimal sum, int64_t count, int64_t scale,
				struct value *out) {
	struct decimal d = { 0, 0 };
	if (count == 0) return DECIMAL_OK;
	return answer(a, decimal_div(sum, decimal_of(count), &d), d, scale, out);
}

/* (high, low, count, scale, result scale, column) */
enum decimal_status sqlf_avg(struct arena *a, const struct value *args, int n, struct value *out) {
	(void)n;
	struct decimal d;
	enum decimal_status status = halves(args, args[3].as.i, &d);
	return status == DECIMAL_OK ? mean(a, d, args[2].as.i, args[4].as.i, out) : status;
}

/* (values..., scale, result scale, column) */
static enum decimal_status total(const struct value *args, int n, struct decimal *sum,
				 int64_t *count) {
	*sum = decimal_of(0);
	*count = 0;
	for (int i = 0; i < n - 3; i++) {
		struct decimal d;
		if (args[i].kind == VALUE_NULL) continue;
		enum decimal_status status = sql_number_argument(&args[i], args[n - 3].as.i, &d);
		if (status == DECIMAL_OK) status = decimal_add(*sum, d, sum);
		if (status != DECIMAL_OK) return status;
		++*count;
	}
	return DECIMAL_OK;
}

enum decimal_status sqlf_sum_of(struct arena *a, const struct value *args, int n,
				struct value *out) {
	struct decimal sum;
	int64_t count;
	if (n < 4) return DECIMAL_SYNTAX;
	enum decimal_status status = total(args, n, &sum, &count);
	return answer(a, status, sum, args[n - 2].as.i, out);
}

enum decimal_status sqlf_avg_of(struct arena *a, const struct value *args, int n,
				struct value *out) {
	struct decimal sum;
	int64_t count;
	if (n < 4) return DECIMAL_SYNTAX;
	enum decimal_status status = total(args, n, &sum, &count);
	return status == DECIMAL_OK ? mean(a, sum, count, args[n - 2].as.i, out) : status;
}

/* The least or greatest of numbers of one scale, or of texts. */
static enum decimal_status extreme(const struct value *args, int n, int sign, bool text,
				   struct value *out) {
	for (int i = 0; i < n; i++) {
		int128 x = 0, best = 0;
		if (args[i].kind == VALUE_NULL) continue;
		if (!text && (!read_coefficient(&args[i], &x) ||
			      (out->kind != VALUE_NULL && !read_coefficient(out, &best))))
			return DECIMAL_SYNTAX;
		int order = out->kind == VALUE_NULL ? sign
			    : text                  ? str_cmp(args[i].as.s, out->as.s)
						    : (x > best) - (x < best);
		if (order * sign > 0) *out = args[i];
	}
	return DECIMAL_OK;
}

enum decimal_status sqlf_min_of(struct arena *a, const struct value *args, int n,
				struct value *out) {
	(void)a;
	return extreme(args, n, -1, false, out);
}

enum decimal_status sqlf_max_of(struct arena *a, const struct value *args, int n,
				struct value *out) {
	(void)a;
	return extreme(args, n, 1, false, out);
}

enum decimal_status sqlf_min_text_of(struct arena *a, const struct value *args, int n,
				     struct value *out) {
	(void)a;
	return extreme(args, n, -1, true, out);
}

enum decimal_status sqlf_max_text_of(struct arena *a, const struct value *args, int n,
				     struct value *out) {
	(void)a;
	return extreme(args, n, 1, true, out);
}

static const struct expr_sql_function functions[] = {
	{ "tenon_add", 6, sqlf_add, false },
	{ "tenon_sub", 6, sqlf_sub, false },
	{ "tenon_mul", 6, sqlf_mul, false },
	{ "tenon_div", 6, sqlf_div, false },
	{ "tenon_mod", 6, sqlf_mod, false },
	{ "tenon_neg", 4, sqlf_neg, false },
	{ "tenon_abs", 4, sqlf_abs, false },
	{ "tenon_scale", 4, sqlf_scale, false },
	{ "tenon_round", 5, sqlf_round, false },
	{ "tenon_floor", 5, sqlf_floor, false },
	{ "tenon_ceil", 5, sqlf_ceil, false },
	{ "tenon_cmp", 4, sqlf_cmp, false },
	{ "tenon_eq", 4, sqlf_eq, true },
	{ "tenon_sum", 5, sqlf_sum, true },
	{ "tenon_avg", 6, sqlf_avg, true },
	{ "tenon_sum_of", -1, sqlf_sum_of, true },
	{ "tenon_avg_of", -1, sqlf_avg_of, true },
	{ "tenon_min_of", -1, sqlf_min_of, true },
	{ "tenon_max_of", -1, sqlf_max_of, true },
	{ "tenon_min_text_of", -1, sqlf_min_text_of, true },
	{ "tenon_max_text_of", -1, sqlf_max_text_of, true },
	{ "tenon_date_add", 4, sqlf_date_add, false },
	{ "tenon_datetime_add", 5, sqlf_datetime_add, false },
	{ "tenon_datetime_shift", 4, sqlf_datetime_shift, false },
	{ "tenon_seconds", 2, sqlf_seconds, false },
	{ "tenon_date_months", 3, sqlf_date_months, false },
	{ "tenon_datetime_months", 4, sqlf_datetime_months, false },
	{ "tenon_months_between", 2, sqlf_months_between, false },
	{ "tenon_part", 2, sqlf_part, false },
	{ "tenon_edge", 3, sqlf_edge, false },
	{ "tenon_week_start", 2, sqlf_week_start, false },
	{ "tenon_day_of", 2, sqlf_day_of, false },
	{ "tenon_second_of", 2, sqlf_second_of, false },
	{ "tenon_day_start", 2, sqlf_day_start, false },
	{ "tenon_utc", 2, sqlf_utc, false },
	{ "tenon_upper", 1, sqlf_upper, false },
	{ "tenon_lower", 1, sqlf_lower, false },
	{ "tenon_fold", 1, sqlf_fold, false },
	{ "tenon_trim", 1, sqlf_trim, false },
	{ "tenon_left", 2, sqlf_left, false },
	{ "tenon_right", 2, sqlf_right, false },
	{ "tenon_mid", 4, sqlf_mid, false },
	{ "tenon_pad_left", 4, sqlf_pad_left, false },
	{ "tenon_starts_with", 2, sqlf_starts_with, false },
	{ "tenon_ends_with", 2, sqlf_ends_with, false },
	{ "tenon_decimal_text", 2, sqlf_decimal_text, false },
	{ "tenon_date_text", 1, sqlf_date_text, false },
	{ "tenon_time_text", 1, sqlf_time_text, false },
	{ "tenon_datetime_text", 2, sqlf_datetime_text, false },
	{ "tenon_duration_text", 1, sqlf_duration_text, false },
	{ "tenon_format_number", 4, sqlf_format_number, false },
	{ "tenon_format_date", 2, sqlf_format_date, false },
	{ "tenon_format_datetime", 3, sqlf_format_datetime, false },
	{ "tenon_cny_upper", 3, sqlf_cny_upper, false },
};

const struct expr_sql_function *expr_sql_functions(size_t *count) {
	*count = ARRAY_LEN(functions);
	return functions;
}

const char *expr_sql_code(enum decimal_status status) { return status_code(status); }

bool expr_sql_fault(const char *message, const char **code, const char **column) {
	static const char *const codes[] = { "expr_overflow", "expr_division_by_zero",
					     "expr_argument", "expr_too_large",
					     "expr_no_worktime" };
	const char *at = strstr(message, "tenon:");
	if (!at) return false;
	at += strlen("tenon:");
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		size_t n = strlen(codes[i]);
		if (strncmp(at, codes[i], n) != 0 || at[n] != ':') continue;
		*code = codes[i];
		*column = at + n + 1;
		return true;
	}
	return false;
}
