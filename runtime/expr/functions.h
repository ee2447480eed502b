/* functions.h -- the C side of the function table: one eval per row, by family (fn_*.c). Internal
 * to runtime/expr. */
#ifndef TENON_EXPR_FUNCTIONS_H
#define TENON_EXPR_FUNCTIONS_H

#include "runtime/expr/internal.h"

/* fn_number.c */
struct problem *check_round(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_same_number(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_mod(struct check *c, struct node *n) MUST_CHECK;
function_eval fn_round, fn_floor, fn_ceil, fn_abs, fn_mod;
/* fn_list.c */
struct problem *check_sum(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_extreme(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_avg(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_count(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_empty(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_list_item(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_list_change(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_join(struct check *c, struct node *n) MUST_CHECK;
function_eval fn_sum, fn_avg, fn_min, fn_max, fn_count, fn_count_distinct, fn_empty, fn_first,
	fn_last, fn_add, fn_remove, fn_join;
/* fn_text.c */
struct problem *check_contains(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_matches(struct check *c, struct node *n) MUST_CHECK;
function_eval fn_len, fn_upper, fn_lower, fn_fold, fn_trim, fn_contains, fn_starts_with,
	fn_ends_with, fn_matches, fn_replace, fn_concat, fn_text, fn_left, fn_right, fn_mid,
	fn_find, fn_pad_left, fn_cny_upper;
/* fn_format.c */
struct problem *check_format(struct check *c, struct node *n) MUST_CHECK;
function_eval fn_format;
/* fn_date.c */
struct problem *check_date(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_dates(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_shift(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_timed(struct check *c, struct node *n) MUST_CHECK;
struct problem *check_clock(struct check *c, struct node *n) MUST_CHECK;
function_eval fn_date, fn_time, fn_datetime, fn_year, fn_quarter, fn_month, fn_week, fn_weekday,
	fn_day, fn_hour, fn_minute, fn_add_days, fn_add_months, fn_days_between, fn_months_between,
	fn_month_start, fn_month_end, fn_quarter_start, fn_quarter_end, fn_year_start, fn_year_end,
	fn_week_start, fn_days_in_month;
/* Shared with the SQL functions of sql_functions.c. */
enum date_part {
	PART_YEAR,
	PART_QUARTER,
	PART_MONTH,
	PART_WEEK,
	PART_WEEKDAY,
	PART_DAY,
	PART_DAYS
};
int64_t part_of(int64_t day, enum date_part part);
enum decimal_status shift_months(int64_t day, int64_t months, int64_t *out);
enum decimal_status shift_datetime_months(const struct zone *zone, int64_t us, int64_t months,
					  int64_t *out);
int64_t months_between(int64_t from, int64_t to);
int64_t period_edge(int64_t day, int months, bool end);
/* fn_worktime.c */
struct problem *check_worktime(struct check *c, struct node *n) MUST_CHECK;
function_eval fn_workdays_between, fn_add_workdays, fn_add_worktime;
/* fn_people.c */
function_eval fn_superior, fn_dept_head, fn_has_role, fn_dept_of, fn_user_label;

#endif
