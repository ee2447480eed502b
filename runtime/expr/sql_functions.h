/* sql_functions.h -- the C functions behind tenon_ SQL functions on SQLite; internal to
 * runtime/expr. */
#ifndef TENON_EXPR_SQL_FUNCTIONS_H
#define TENON_EXPR_SQL_FUNCTIONS_H

#include "runtime/expr/internal.h"

enum decimal_status sql_number_argument(const struct value *v, int64_t scale, struct decimal *out);
typedef enum decimal_status sql_function(struct arena *a, const struct value *args, int n,
					 struct value *out);
sql_function sqlf_abs, sqlf_add, sqlf_avg, sqlf_avg_of, sqlf_ceil, sqlf_cmp, sqlf_cny_upper,
	sqlf_date_add, sqlf_date_months, sqlf_date_text, sqlf_datetime_add, sqlf_datetime_months,
	sqlf_datetime_shift, sqlf_datetime_text, sqlf_day_of, sqlf_day_start, sqlf_decimal_text,
	sqlf_div, sqlf_duration_text, sqlf_edge, sqlf_ends_with, sqlf_eq, sqlf_floor, sqlf_fold,
	sqlf_format_date, sqlf_format_datetime, sqlf_format_number, sqlf_left, sqlf_lower,
	sqlf_max_of, sqlf_max_text_of, sqlf_mid, sqlf_min_of, sqlf_min_text_of, sqlf_mod,
	sqlf_months_between, sqlf_mul, sqlf_neg, sqlf_pad_left, sqlf_part, sqlf_right, sqlf_round,
	sqlf_scale, sqlf_second_of, sqlf_seconds, sqlf_starts_with, sqlf_sub, sqlf_sum, sqlf_sum_of,
	sqlf_time_text, sqlf_trim, sqlf_upper, sqlf_utc, sqlf_week_start;

#endif
