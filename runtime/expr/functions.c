/* functions.c -- the one function table: name, types, C function, SQL, help, examples.
 * Documentation, checks, tests and "did you mean" all read it. SQL templates: $1 the first
 * argument, $s1 its scale, $s the result's scale (-1: an integer), $c the column for faults, $z the
 * app's zone. A template serves both dialects (the tenon_ functions exist in both) unless
 * `postgres` differs; rows with `sql` are built by sql_call.c. */
#include "runtime/expr/functions.h"
#include "runtime/expr/sql.h"

#ifdef TENON_BROWSER
#define EXAMPLES(...) .examples = NULL
#else
#define EXAMPLES(...)                                                                              \
	.examples = (const struct expr_example[]){ __VA_ARGS__ },                                  \
	.example_count =                                                                           \
		sizeof((const struct expr_example[]){ __VA_ARGS__ }) / sizeof(struct expr_example)
#endif

// clang-format off
static const struct function functions[] = {
/* choice */
{ .info = { "if", "if(condition, then, else)", SERVER_WORDS("条件成立取第二个值，否则（包括条件为空）取第三个", "The second value when the condition holds, else (also when it is null) the third"),
	EXAMPLES({ "if(2 > 1, 'a', 'b')", "'a'" }, { "if(null, 1, 2.5)", "2.5" }) },
  .args = "baa", .check = check_if, .lazy = eval_if, .sql = SERVER_ONLY(sql_if) },
{ .info = { "case", "case(condition1, value1, condition2, value2, ..., else)", SERVER_WORDS("取第一个成立的条件后面的值，都不成立取最后的值", "The value after the first condition that holds, else the last value"),
	EXAMPLES({ "case(1 > 2, 'a', 2 > 1, 'b', 'c')", "'b'" }, { "case(false, 1, 2)", "2" }) },
  .args = "ba*", .check = check_case, .lazy = eval_case, .sql = SERVER_ONLY(sql_case) },
{ .info = { "coalesce", "coalesce(value1, value2, ...)", SERVER_WORDS("第一个不为空的值", "The first value that is not empty"),
	EXAMPLES({ "coalesce(null, 3)", "3" }, { "coalesce('', 'x')", "'x'" }) },
  .args = "a*", .check = check_coalesce, .lazy = eval_coalesce, .sql = SERVER_ONLY(sql_coalesce) },
{ .info = { "empty", "empty(value) -> bool", SERVER_WORDS("值为空（空文本、空列表也算）", "Whether the value is empty (so is an empty text or list)"),
	EXAMPLES({ "empty('')", "true" }, { "empty([1])", "false" }, { "empty(0)", "false" }) },
  .args = "a", .check = check_empty, .eval = fn_empty, .keeps_null = true, .sql = SERVER_ONLY(sql_empty) },
/* numbers */
{ .info = { "round", "round(number, digits = 0) -> number", SERVER_WORDS("四舍五入到指定小数位（五入远离零）；位数为负时舍入到十、百……", "Rounded half away from zero; negative digits round to tens, hundreds ..."),
	EXAMPLES({ "round(2.5)", "3" }, { "round(-1.005, 2)", "-1.01" }, { "round(1250, -2)", "1300" }) },
  .args = "ni?", .check = check_round, .eval = fn_round, .fails = true, .sqlite = SERVER_ONLY("tenon_round($1,$s1,$2,$s,$c)") },
{ .info = { "floor", "floor(number, digits = 0) -> number", SERVER_WORDS("向下取整（向负无穷）", "Rounded down, towards minus infinity"),
	EXAMPLES({ "floor(2.9)", "2" }, { "floor(-2.1)", "-3" }, { "floor(1.259, 2)", "1.25" }) },
  .args = "ni?", .check = check_round, .eval = fn_floor, .fails = true, .sqlite = SERVER_ONLY("tenon_floor($1,$s1,$2,$s,$c)") },
{ .info = { "ceil", "ceil(number, digits = 0) -> number", SERVER_WORDS("向上取整（向正无穷）", "Rounded up, towards plus infinity"),
	EXAMPLES({ "ceil(2.1)", "3" }, { "ceil(-2.9)", "-2" }, { "ceil(1.251, 2)", "1.26" }) },
  .args = "ni?", .check = check_round, .eval = fn_ceil, .fails = true, .sqlite = SERVER_ONLY("tenon_ceil($1,$s1,$2,$s,$c)") },
{ .info = { "abs", "abs(number) -> number", SERVER_WORDS("绝对值", "Absolute value"), EXAMPLES({ "abs(-3.20)", "3.20" }) },
  .args = "n", .check = check_same_number, .eval = fn_abs, .fails = true, .sqlite = SERVER_ONLY("tenon_abs($1,$s1,$s,$c)") },
{ .info = { "mod", "mod(a, b) -> number", SERVER_WORDS("a 除以 b 的余数，符号同 a", "Remainder of a divided by b, with the sign of a"),
	EXAMPLES({ "mod(7, 3)", "1" }, { "mod(-7, 3)", "-1" }, { "mod(5.5, 2)", "1.5" }) },
  .args = "nn", .check = check_mod, .eval = fn_mod, .fails = true, .sqlite = SERVER_ONLY("tenon_mod($1,$s1,$2,$s2,$s,$c)") },
{ .info = { "min", "min(list) or min(a, b, ...)", SERVER_WORDS("最小值，空值不计", "The smallest; empty values do not count"),
	EXAMPLES({ "min([3, 1, 2])", "1" }, { "min(3, null, 2.5)", "2.5" }, { "min('b', 'a')", "'a'" }) },
  .args = "a*", .check = check_extreme, .eval = fn_min, .keeps_null = true, .sql = SERVER_ONLY(sql_aggregate) },
{ .info = { "max", "max(list) or max(a, b, ...)", SERVER_WORDS("最大值，空值不计", "The largest; empty values do not count"),
	EXAMPLES({ "max([3, 1, 2])", "3" }, { "max(3, null, 2.5)", "3.0" }) },
  .args = "a*", .check = check_extreme, .eval = fn_max, .keeps_null = true, .sql = SERVER_ONLY(sql_aggregate) },
{ .info = { "sum", "sum(list) or sum(a, b, ...) -> number", SERVER_WORDS("合计，空值不计；没有值时为 0", "Total without empty values; 0 when there is nothing"),
	EXAMPLES({ "sum([1, 2.50])", "3.50" }, { "sum([])", "0" }) },
  .args = "a*", .check = check_sum, .eval = fn_sum, .keeps_null = true, .fails = true, .sql = SERVER_ONLY(sql_aggregate) },
{ .info = { "avg", "avg(list) or avg(a, b, ...) -> decimal", SERVER_WORDS("平均值，空值不计；保留 12 位小数", "Mean without empty values, 12 decimals"),
	EXAMPLES({ "avg([1, 2])", "1.500000000000" }, { "avg([])", "null" }) },
  .args = "a*", .check = check_avg, .eval = fn_avg, .keeps_null = true, .fails = true, .sql = SERVER_ONLY(sql_aggregate) },
{ .info = { "count", "count(list) -> integer", SERVER_WORDS("不为空的个数；子表为行数", "How many values are not empty; for a sub-table its rows"),
	EXAMPLES({ "count([1, null, 3])", "2" }, { "count([])", "0" }) },
  .args = "a", .check = check_count, .eval = fn_count, .keeps_null = true, .sql = SERVER_ONLY(sql_aggregate) },
{ .info = { "count_distinct", "count_distinct(list) -> integer", SERVER_WORDS("不同值的个数，空值不计", "How many different values, without empty ones"),
	EXAMPLES({ "count_distinct(['a', 'b', 'a'])", "2" }) },
  .args = "l", .result = "i", .eval = fn_count_distinct, .keeps_null = true, .sql = SERVER_ONLY(sql_aggregate) },
/* text */
{ .info = { "len", "len(text) -> integer", SERVER_WORDS("字数（一个汉字算一个）；空文本为 0", "Number of characters; 0 for empty text"),
	EXAMPLES({ "len('合同A1')", "4" }, { "len('')", "0" }) },
  .args = "t", .result = "i", .eval = fn_len, .keeps_null = true, .sqlite = SERVER_ONLY("coalesce(length($1),0)") },
{ .info = { "upper", "upper(text) -> text", SERVER_WORDS("转为大写", "In capital letters"), EXAMPLES({ "upper('abc中')", "'ABC中'" }) },
  .args = "t", .result = "t", .eval = fn_upper, .sqlite = SERVER_ONLY("tenon_upper($1)") },
{ .info = { "lower", "lower(text) -> text", SERVER_WORDS("转为小写", "In small letters"), EXAMPLES({ "lower('ABC')", "'abc'" }) },
  .args = "t", .result = "t", .eval = fn_lower, .sqlite = SERVER_ONLY("tenon_lower($1)") },
{ .info = { "fold", "fold(text) -> text", SERVER_WORDS("全角转半角并转为小写，用于不分大小写、全半角的比较", "Half width and small letters, for comparing regardless of case and width"),
	EXAMPLES({ "fold('ＡＢc１')", "'abc1'" }) },
  .args = "t", .result = "t", .eval = fn_fold, .sqlite = SERVER_ONLY("tenon_fold($1)") },
{ .info = { "trim", "trim(text) -> text", SERVER_WORDS("去掉首尾空格（含全角空格）", "Without blanks at both ends"), EXAMPLES({ "trim('  a b ')", "'a b'" }) },
  .args = "t", .result = "t", .eval = fn_trim, .sqlite = SERVER_ONLY("tenon_trim($1)") },
{ .info = { "contains", "contains(text, part) or contains(list, value) -> bool", SERVER_WORDS("文本包含（区分大小写），或列表含有该值", "Whether the text has the part (exact), or the list the value"),
	EXAMPLES({ "contains('深圳市南山区', '南山')", "true" }, { "contains('ABC', 'b')", "false" }, { "contains(['a', 'b'], 'b')", "true" }) },
  .args = "aa", .check = check_contains, .eval = fn_contains, .sql = SERVER_ONLY(sql_contains) },
{ .info = { "starts_with", "starts_with(text, part) -> bool", SERVER_WORDS("以……开头", "Whether the text begins so"), EXAMPLES({ "starts_with('QT-001', 'QT')", "true" }) },
  .args = "tt", .result = "b", .eval = fn_starts_with, .sqlite = SERVER_ONLY("tenon_starts_with($1,$2)"), .postgres = SERVER_ONLY("starts_with($1,$2)") },
{ .info = { "ends_with", "ends_with(text, part) -> bool", SERVER_WORDS("以……结尾", "Whether the text ends so"), EXAMPLES({ "ends_with('报价.pdf', '.pdf')", "true" }) },
  .args = "tt", .result = "b", .eval = fn_ends_with, .sqlite = SERVER_ONLY("tenon_ends_with($1,$2)") },
{ .info = { "matches", "matches(text, 'pattern') -> bool", SERVER_WORDS("整个文本符合正则表达式（POSIX ERE，模式须直接写出）", "Whether the whole text fits the POSIX extended regular expression (written out)"),
	EXAMPLES({ "matches('13800138000', '1[3-9][0-9]{9}')", "true" }, { "matches('abc', 'b')", "false" }) },
  .args = "tL", .result = "b", .check = check_matches, .eval = fn_matches, .sql = SERVER_ONLY(sql_matches) },
{ .info = { "replace", "replace(text, old, new) -> text", SERVER_WORDS("替换全部出现处", "With every old part replaced by the new one"), EXAMPLES({ "replace('a-b-c', '-', '')", "'abc'" }) },
  .args = "ttt", .result = "t", .eval = fn_replace, .keeps_null = true, .sqlite = SERVER_ONLY("nullif(replace($1,coalesce($2,''),coalesce($3,'')),'')") },
{ .info = { "concat", "concat(value, ...) -> text", SERVER_WORDS("依次连接，空值当作没有；数字、日期转为文本", "Joined in order; empty values count as nothing, others become text"),
	EXAMPLES({ "concat('No.', 7, null)", "'No.7'" }, { "concat(1.50, '元')", "'1.50元'" }) },
  .args = "s*", .result = "t", .eval = fn_concat, .keeps_null = true, .sql = SERVER_ONLY(sql_concat) },
{ .info = { "text", "text(value) -> text", SERVER_WORDS("转为文本", "As text"), EXAMPLES({ "text(12.50)", "'12.50'" }, { "text(true)", "'true'" }) },
  .args = "s", .result = "t", .eval = fn_text, .sqlite = SERVER_ONLY("$1") },
{ .info = { "left", "left(text, count) -> text", SERVER_WORDS("左起若干字", "The first characters"), EXAMPLES({ "left('上海市', 2)", "'上海'" }) },
  .args = "ti", .result = "t", .eval = fn_left, .sqlite = SERVER_ONLY("tenon_left($1,$2)") },
{ .info = { "right", "right(text, count) -> text", SERVER_WORDS("右起若干字", "The last characters"), EXAMPLES({ "right('13800138000', 4)", "'8000'" }) },
  .args = "ti", .result = "t", .eval = fn_right, .sqlite = SERVER_ONLY("tenon_right($1,$2)") },
{ .info = { "mid", "mid(text, start, count) -> text", SERVER_WORDS("从第几个字起取若干字（第一个字是 1）", "Characters from a position on; the first is 1"), EXAMPLES({ "mid('ABCDE', 2, 3)", "'BCD'" }) },
  .args = "tii", .result = "t", .eval = fn_mid, .fails = true, .sqlite = SERVER_ONLY("tenon_mid($1,$2,$3,$c)") },
{ .info = { "find", "find(text, part) -> integer", SERVER_WORDS("第一次出现的位置，没有为 0", "Position of the first occurrence, 0 when there is none"), EXAMPLES({ "find('北京市', '市')", "3" }, { "find('a', 'x')", "0" }) },
  .args = "tt", .result = "i", .eval = fn_find, .sqlite = SERVER_ONLY("instr($1,$2)"), .postgres = SERVER_ONLY("position($2 in $1)") },
{ .info = { "pad_left", "pad_left(text, length, fill) -> text", SERVER_WORDS("左边用字符补足长度", "Filled up on the left to the length"), EXAMPLES({ "pad_left(text(7), 3, '0')", "'007'" }) },
  .args = "tit", .result = "t", .eval = fn_pad_left, .fails = true, .sqlite = SERVER_ONLY("tenon_pad_left($1,$2,$3,$c)") },
{ .info = { "format", "format(value, 'pattern') -> text", SERVER_WORDS("按样式转为文本：日期 YYYY-MM-DD HH:mm，数字 #,##0.00 或 0.0%", "As text by a pattern: dates YYYY-MM-DD HH:mm, numbers #,##0.00 or 0.0%"),
	EXAMPLES({ "format(1234567.891, '#,##0.00')", "'1,234,567.89'" }, { "format(date('2026-11-22'), 'YYYY年M月D日')", "'2026年11月22日'" }, { "format(0.125, '0.0%')", "'12.5%'" }) },
  .args = "aL", .result = "t", .check = check_format, .eval = fn_format, .fails = true, .sql = SERVER_ONLY(sql_format) },
{ .info = { "cny_upper", "cny_upper(number) -> text", SERVER_WORDS("人民币大写", "The amount in Chinese capitals"), EXAMPLES({ "cny_upper(1002.50)", "'壹仟零贰元伍角整'" }, { "cny_upper(0)", "'零元整'" }) },
  .args = "n", .result = "t", .eval = fn_cny_upper, .fails = true, .sqlite = SERVER_ONLY("tenon_cny_upper($1,$s1,$c)") },
/* days and instants */
{ .info = { "date", "date(datetime) -> date", SERVER_WORDS("时间点在应用时区的日期；文本写出时读作日期", "The day of an instant in the app's zone; a written text is read as a date"), EXAMPLES({ "date('2026-11-22')", "'2026-11-22'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_date, .sqlite = SERVER_ONLY("$1") },
{ .info = { "time", "time(datetime) -> time", SERVER_WORDS("时间点在应用时区的钟点", "The time of day of an instant in the app's zone"), EXAMPLES({ "time('2026-11-22T09:30:00')", "'09:30'" }) },
  .args = "D", .result = "T", .eval = fn_time, .sqlite = SERVER_ONLY("tenon_second_of($1,$z)") },
{ .info = { "datetime", "datetime(date, time) -> datetime", SERVER_WORDS("日期和钟点合成时间点", "The instant of a day and a time of day"), EXAMPLES({ "hour(datetime('2026-11-22', '09:30'))", "9" }) },
  .args = "dT", .result = "D", .eval = fn_datetime, .sqlite = SERVER_ONLY("tenon_utc($1 * 86400000000 + $2 * 1000000,$z)") },
{ .info = { "year", "year(date) -> integer", SERVER_WORDS("年", "The year"), EXAMPLES({ "year('2026-11-22')", "2026" }) },
  .args = "w", .result = "i", .check = check_date, .eval = fn_year, .sqlite = SERVER_ONLY("tenon_part($1,'year')") },
{ .info = { "quarter", "quarter(date) -> integer", SERVER_WORDS("季度 1–4", "The quarter, 1 to 4"), EXAMPLES({ "quarter('2026-11-22')", "4" }) },
  .args = "w", .result = "i", .check = check_date, .eval = fn_quarter, .sqlite = SERVER_ONLY("tenon_part($1,'quarter')") },
{ .info = { "month", "month(date) -> integer", SERVER_WORDS("月 1–12", "The month, 1 to 12"), EXAMPLES({ "month('2026-11-22')", "11" }) },
  .args = "w", .result = "i", .check = check_date, .eval = fn_month, .sqlite = SERVER_ONLY("tenon_part($1,'month')") },
{ .info = { "week", "week(date) -> integer", SERVER_WORDS("ISO 周次 1–53", "The ISO week, 1 to 53"), EXAMPLES({ "week('2027-01-01')", "53" }) },
  .args = "w", .result = "i", .check = check_date, .eval = fn_week, .sqlite = SERVER_ONLY("tenon_part($1,'week')") },
{ .info = { "weekday", "weekday(date) -> integer", SERVER_WORDS("星期几，1 为星期一", "The day of the week, 1 = Monday"), EXAMPLES({ "weekday('2026-11-22')", "7" }) },
  .args = "w", .result = "i", .check = check_date, .eval = fn_weekday, .sqlite = SERVER_ONLY("tenon_part($1,'weekday')") },
{ .info = { "day", "day(date) -> integer", SERVER_WORDS("日 1–31", "The day of the month"), EXAMPLES({ "day('2026-11-22')", "22" }) },
  .args = "w", .result = "i", .check = check_date, .eval = fn_day, .sqlite = SERVER_ONLY("tenon_part($1,'day')") },
{ .info = { "hour", "hour(datetime or time) -> integer", SERVER_WORDS("小时 0–23", "The hour, 0 to 23"), EXAMPLES({ "hour('2026-11-22T09:30:00')", "9" }) },
  .args = "a", .result = "i", .check = check_timed, .eval = fn_hour, .sql = SERVER_ONLY(sql_time_part) },
{ .info = { "minute", "minute(datetime or time) -> integer", SERVER_WORDS("分钟 0–59", "The minute, 0 to 59"), EXAMPLES({ "minute('2026-11-22T09:30:00')", "30" }) },
  .args = "a", .result = "i", .check = check_timed, .eval = fn_minute, .sql = SERVER_ONLY(sql_time_part) },
{ .info = { "add_days", "add_days(date, days)", SERVER_WORDS("加若干天；时间点保持钟点", "So many days later; a datetime keeps its time of day"), EXAMPLES({ "add_days('2026-11-22', 10)", "'2026-12-02'" }) },
  .args = "wi", .check = check_shift, .eval = fn_add_days, .fails = true, .sql = SERVER_ONLY(sql_add_days) },
{ .info = { "add_months", "add_months(date, months)", SERVER_WORDS("加若干个月；没有那一天时取月末", "So many months later; the last day where the month is too short"), EXAMPLES({ "add_months('2026-01-31', 1)", "'2026-02-28'" }) },
  .args = "wi", .check = check_shift, .eval = fn_add_months, .fails = true, .sql = SERVER_ONLY(sql_add_months) },
{ .info = { "days_between", "days_between(from, to) -> integer", SERVER_WORDS("从 from 到 to 的天数", "Days from one to the other: to - from"), EXAMPLES({ "days_between('2026-11-22', '2026-12-01')", "9" }) },
  .args = "ww", .result = "i", .check = check_dates, .eval = fn_days_between, .sqlite = SERVER_ONLY("($2 - $1)") },
{ .info = { "months_between", "months_between(from, to) -> integer", SERVER_WORDS("从 from 到 to 的整月数", "Whole months from one to the other"), EXAMPLES({ "months_between('2026-01-31', '2026-03-01')", "1" }) },
  .args = "ww", .result = "i", .check = check_dates, .eval = fn_months_between, .sqlite = SERVER_ONLY("tenon_months_between($1,$2)") },
{ .info = { "month_start", "month_start(date) -> date", SERVER_WORDS("当月第一天", "First day of the month"), EXAMPLES({ "month_start('2026-11-22')", "'2026-11-01'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_month_start, .sqlite = SERVER_ONLY("tenon_edge($1,1,0)") },
{ .info = { "month_end", "month_end(date) -> date", SERVER_WORDS("当月最后一天", "Last day of the month"), EXAMPLES({ "month_end('2028-02-10')", "'2028-02-29'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_month_end, .sqlite = SERVER_ONLY("tenon_edge($1,1,1)") },
{ .info = { "quarter_start", "quarter_start(date) -> date", SERVER_WORDS("当季第一天", "First day of the quarter"), EXAMPLES({ "quarter_start('2026-11-22')", "'2026-10-01'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_quarter_start, .sqlite = SERVER_ONLY("tenon_edge($1,3,0)") },
{ .info = { "quarter_end", "quarter_end(date) -> date", SERVER_WORDS("当季最后一天", "Last day of the quarter"), EXAMPLES({ "quarter_end('2026-05-02')", "'2026-06-30'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_quarter_end, .sqlite = SERVER_ONLY("tenon_edge($1,3,1)") },
{ .info = { "year_start", "year_start(date) -> date", SERVER_WORDS("当年第一天", "First day of the year"), EXAMPLES({ "year_start('2026-11-22')", "'2026-01-01'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_year_start, .sqlite = SERVER_ONLY("tenon_edge($1,12,0)") },
{ .info = { "year_end", "year_end(date) -> date", SERVER_WORDS("当年最后一天", "Last day of the year"), EXAMPLES({ "year_end('2026-11-22')", "'2026-12-31'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_year_end, .sqlite = SERVER_ONLY("tenon_edge($1,12,1)") },
{ .info = { "week_start", "week_start(date) -> date", SERVER_WORDS("当周星期一", "Monday of the week"), EXAMPLES({ "week_start('2026-11-22')", "'2026-11-16'" }) },
  .args = "w", .result = "d", .check = check_date, .eval = fn_week_start, .fails = true, .sqlite = SERVER_ONLY("tenon_week_start($1,$c)") },
{ .info = { "days_in_month", "days_in_month(date) -> integer", SERVER_WORDS("当月天数", "Number of days of the month"), EXAMPLES({ "days_in_month('2026-02-01')", "28" }) },
  .args = "w", .result = "i", .check = check_date, .eval = fn_days_in_month, .sqlite = SERVER_ONLY("tenon_part($1,'days')") },
{ .info = { "now", "now() -> datetime", SERVER_WORDS("现在，同 $now", "The present instant, as $now"), EXAMPLES({ "now() == $now", "true" }) },
  .args = "", .check = check_clock, .sqlite = SERVER_ONLY("") },
{ .info = { "today", "today() -> date", SERVER_WORDS("今天，同 $today", "The present day, as $today"), EXAMPLES({ "today() == $today", "true" }) },
  .args = "", .check = check_clock, .sqlite = SERVER_ONLY("") },
{ .info = { "workdays_between", "workdays_between(from, to) -> integer", SERVER_WORDS("从 from 到 to 的工作日数（含 to 不含 from），按应用的工作日历", "Working days after from up to and with to, by the app's calendar"), EXAMPLES({ "workdays_between('2026-11-20', '2026-11-23')", "1" }) },
  .args = "ww", .result = "i", .check = check_dates, .eval = fn_workdays_between, .asks = true, .sqlite = SERVER_ONLY("") },
{ .info = { "add_workdays", "add_workdays(date, days) -> date", SERVER_WORDS("若干个工作日之后的日期", "The day so many working days later"), EXAMPLES({ "add_workdays('2026-11-20', 1)", "'2026-11-23'" }) },
  .args = "wi", .result = "d", .check = check_date, .eval = fn_add_workdays, .asks = true, .fails = true, .sqlite = SERVER_ONLY("") },
{ .info = { "add_worktime", "add_worktime(datetime, 'duration') -> datetime", SERVER_WORDS("加工作时间：2wh 两个工作小时，2wd 两个工作日，30m 2h 1d 为自然时间，可带负号", "Later by working time: 2wh working hours, 2wd working days; 30m 2h 1d count by the clock; a minus goes back"),
	EXAMPLES({ "add_worktime('2026-11-20T17:00:00', '2wh') == '2026-11-23T10:00:00'", "true" }) },
  .args = "DL", .result = "D", .check = check_worktime, .eval = fn_add_worktime, .asks = true, .fails = true, .sqlite = SERVER_ONLY("") },
/* people */
{ .info = { "superior", "superior(user) -> user", SERVER_WORDS("直接上级", "The user's superior"), EXAMPLES({ "superior('zhang')", "'li'" }) },
  .args = "u", .result = "u", .eval = fn_superior, .asks = true, .sql = SERVER_ONLY(sql_directory) },
{ .info = { "dept_of", "dept_of(user) -> dept", SERVER_WORDS("所在部门，同 user.dept", "The user's department, as user.dept"), EXAMPLES({ "dept_of('zhang')", "'east'" }) },
  .args = "u", .result = "p", .eval = fn_dept_of, .asks = true, .sql = SERVER_ONLY(sql_directory) },
{ .info = { "dept_head", "dept_head(dept) -> user", SERVER_WORDS("部门负责人", "The head of the department"), EXAMPLES({ "dept_head('east')", "'zhang'" }) },
  .args = "p", .result = "u", .eval = fn_dept_head, .asks = true, .sql = SERVER_ONLY(sql_directory) },
{ .info = { "user_label", "user_label(user) -> text", SERVER_WORDS("姓名，同 user.label", "The user's name, as user.label"), EXAMPLES({ "user_label('zhang')", "'张三'" }) },
  .args = "u", .result = "t", .eval = fn_user_label, .asks = true, .sql = SERVER_ONLY(sql_directory) },
{ .info = { "has_role", "has_role(user, 'role') -> bool", SERVER_WORDS("该用户在本应用有此角色", "Whether the user has the role in this app"), EXAMPLES({ "has_role('zhang', 'sales')", "true" }) },
  .args = "ut", .result = "b", .eval = fn_has_role, .asks = true, .sql = SERVER_ONLY(sql_directory) },
/* lists */
{ .info = { "first", "first(list)", SERVER_WORDS("第一项", "The first item"), EXAMPLES({ "first(['a', 'b'])", "'a'" }) },
  .args = "l", .check = check_list_item, .eval = fn_first, .sqlite = SERVER_ONLY("") },
{ .info = { "last", "last(list)", SERVER_WORDS("最后一项；级联字段为末级", "The last item; of a cascade the lowest level"), EXAMPLES({ "last(['a', 'b'])", "'b'" }) },
  .args = "l", .check = check_list_item, .eval = fn_last, .sqlite = SERVER_ONLY("") },
{ .info = { "add", "add(list, value) -> list", SERVER_WORDS("加入列表，已有的不重复加", "The list with the value, once"), EXAMPLES({ "add(['a'], 'b')", "['a', 'b']" }, { "add(['a'], 'a')", "['a']" }) },
  .args = "la", .check = check_list_change, .eval = fn_add, .keeps_null = true, .sqlite = SERVER_ONLY("") },
{ .info = { "remove", "remove(list, value) -> list", SERVER_WORDS("从列表去掉该值", "The list without the value"), EXAMPLES({ "remove(['a', 'b'], 'a')", "['b']" }) },
  .args = "la", .check = check_list_change, .eval = fn_remove, .keeps_null = true, .sqlite = SERVER_ONLY("") },
{ .info = { "join", "join(list, separator) -> text", SERVER_WORDS("用分隔符连成文本", "The items as one text, with the separator between"), EXAMPLES({ "join(['a', 'b'], '、')", "'a、b'" }) },
  .args = "lt", .result = "t", .check = check_join, .eval = fn_join, .keeps_null = true, .sqlite = SERVER_ONLY("") },
};
// clang-format on

const struct function *function_find(struct str name) {
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (str_is(name, functions[i].info.name)) return &functions[i];
	return NULL;
}

void function_names(void (*visit)(void *arg, struct str name), void *arg) {
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		visit(arg, str_of(functions[i].info.name));
}

const struct expr_function_info *expr_function_at(size_t index) {
	return index < ARRAY_LEN(functions) ? &functions[index].info : NULL;
}
