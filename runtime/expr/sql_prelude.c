/* sql_prelude.c -- the tenon_ functions for PostgreSQL 15: the same names and answers as
 * sql_functions.c gives on SQLite. A number is the integer coefficient, as numeric; its scale
 * stands beside it. Multiplying by 1e-k is exact in numeric, dividing is not, so nothing here
 * divides but div(), which is. Zones come from the server's tzdata. */
#include "runtime/base/fold.h"
#include "runtime/expr/internal.h"

static const char *const numbers[] = {
	"create or replace function tenon_fail(code text, at numeric) returns text language "
	"plpgsql volatile as $$\n"
	"begin raise exception 'tenon:%:%', code, at; end $$;\n",
	"create or replace function tenon_checked(x numeric, s int, at numeric) returns numeric "
	"language plpgsql immutable strict as $$\n"
	"begin\n"
	"  if (s < 0 and (x > 9223372036854775807 or x < -9223372036854775808)) or abs(x) >= 1e38 "
	"then\n"
	"    perform tenon_fail('expr_overflow', at);\n"
	"  end if;\n"
	"  return x;\n"
	"end $$;\n",
	"create or replace function tenon_shifted(x numeric, digits int) returns numeric language "
	"sql immutable strict as $$\n"
	"  select x * ('1e' || digits)::numeric $$;\n",
	"create or replace function tenon_scale(a numeric, sa int, s int, at numeric) returns "
	"numeric language sql immutable strict as $$\n"
	"  select tenon_checked(round(tenon_shifted(a, greatest(s, 0) - sa)), s, at) $$;\n",
	"create or replace function tenon_add(a numeric, sa int, b numeric, sb int, s int, at "
	"numeric) returns numeric language sql\n"
	"  immutable strict as $$ select tenon_checked(tenon_shifted(a, greatest(s, 0) - sa) + "
	"tenon_shifted(b, greatest(s, 0) - sb), s, at) $$;\n",
	"create or replace function tenon_sub(a numeric, sa int, b numeric, sb int, s int, at "
	"numeric) returns numeric language sql\n"
	"  immutable strict as $$ select tenon_checked(tenon_shifted(a, greatest(s, 0) - sa) - "
	"tenon_shifted(b, greatest(s, 0) - sb), s, at) $$;\n",
	"create or replace function tenon_mul(a numeric, sa int, b numeric, sb int, s int, at "
	"numeric) returns numeric language sql\n"
	"  immutable strict as $$ select tenon_checked(round(tenon_shifted(a * b, greatest(s, 0) - "
	"sa - sb)), s, at) $$;\n",
	"create or replace function tenon_quotient(x numeric, y numeric) returns numeric language "
	"sql immutable strict as $$\n"
	"  select sign(x) * sign(y) * div(2 * abs(x) + abs(y), 2 * abs(y)) $$;\n",
	"create or replace function tenon_div(a numeric, sa int, b numeric, sb int, s int, at "
	"numeric) returns numeric language plpgsql\n"
	"  immutable strict as $$\n"
	"begin\n"
	"  if b = 0 then perform tenon_fail('expr_division_by_zero', at); end if;\n"
	"  return tenon_checked(tenon_quotient(tenon_shifted(a, s + sb), tenon_shifted(b, sa)), s, "
	"at);\n"
	"end $$;\n",
	"create or replace function tenon_mod(a numeric, sa int, b numeric, sb int, s int, at "
	"numeric) returns numeric language plpgsql\n"
	"  immutable strict as $$\n"
	"begin\n"
	"  if b = 0 then perform tenon_fail('expr_division_by_zero', at); end if;\n"
	"  return tenon_checked(mod(tenon_shifted(a, greatest(s, 0) - sa), tenon_shifted(b, "
	"greatest(s, 0) - sb)), s, at);\n"
	"end $$;\n",
	"create or replace function tenon_neg(a numeric, sa int, s int, at numeric) returns "
	"numeric language sql immutable strict as $$\n"
	"  select tenon_scale(-a, sa, s, at) $$;\n",
	"create or replace function tenon_abs(a numeric, sa int, s int, at numeric) returns "
	"numeric language sql immutable strict as $$\n"
	"  select tenon_scale(abs(a), sa, s, at) $$;\n",
	"create or replace function tenon_round(a numeric, sa int, digits numeric, s int, at "
	"numeric) returns numeric language sql immutable\n"
	"  strict as $$ select tenon_checked(round(tenon_shifted(a, digits::int - sa)) * ('1e' || "
	"greatest(-digits::int, 0))::numeric, s, at) $$;\n",
	"create or replace function tenon_floor(a numeric, sa int, digits numeric, s int, at "
	"numeric) returns numeric language sql immutable\n"
	"  strict as $$ select tenon_checked(floor(tenon_shifted(a, digits::int - sa)) * ('1e' || "
	"greatest(-digits::int, 0))::numeric, s, at) $$;\n",
	"create or replace function tenon_ceil(a numeric, sa int, digits numeric, s int, at "
	"numeric) returns numeric language sql immutable\n"
	"  strict as $$ select tenon_checked(ceil(tenon_shifted(a, digits::int - sa)) * ('1e' || "
	"greatest(-digits::int, 0))::numeric, s, at) $$;\n",
	"create or replace function tenon_sum(x numeric, sa int, s int, at numeric) returns "
	"numeric language sql immutable strict as $$\n"
	"  select tenon_scale(x, sa, s, at) $$;\n",
	"create or replace function tenon_avg(x numeric, n bigint, sa int, s int, at numeric) "
	"returns numeric language sql immutable strict as $$\n"
	"  select case when n > 0 then tenon_div(x, sa, n, 0, s, at) end $$;\n",
	"create or replace function tenon_sum_of(x numeric[], sa int, s int, at numeric) returns "
	"numeric language sql immutable as $$\n"
	"  select tenon_scale(coalesce((select sum(v) from unnest(x) v), 0), sa, s, at) $$;\n",
	"create or replace function tenon_avg_of(x numeric[], sa int, s int, at numeric) returns "
	"numeric language sql immutable as $$\n"
	"  select tenon_avg((select sum(v) from unnest(x) v), (select count(v) from unnest(x) v), "
	"sa, s, at) $$;\n",
};

static const char *const days[] = {
	"create or replace function tenon_day(x numeric, at numeric) returns bigint language "
	"plpgsql immutable strict as $$\n"
	"begin\n"
	"  if x < -719162 or x > 2932896 then perform tenon_fail('expr_overflow', at); end if;\n"
	"  return x;\n"
	"end $$;\n",
	"create or replace function tenon_instant(x numeric, at numeric) returns bigint language "
	"plpgsql immutable strict as $$\n"
	"begin\n"
	"  if x < -719162 * 86400000000 or x >= 2932897 * 86400000000 then perform "
	"tenon_fail('expr_overflow', at); end if;\n"
	"  return x;\n"
	"end $$;\n",
	"create or replace function tenon_whole(x bigint, unit bigint) returns bigint language sql "
	"immutable strict as $$\n"
	"  select x / unit - case when x % unit < 0 then 1 else 0 end $$;\n",
	"create or replace function tenon_timestamp(us bigint) returns timestamp language sql "
	"immutable strict as $$\n"
	"  select timestamp 'epoch' + tenon_whole(us, 86400000000) * interval '1 day'\n"
	"    + (us - tenon_whole(us, 86400000000) * 86400000000) * interval '1 microsecond' $$;\n",
	"create or replace function tenon_local(us bigint, zone text) returns bigint language sql "
	"immutable strict as $$\n"
	"  select (extract(epoch from tenon_timestamp(us) at time zone 'UTC' at time zone zone) * "
	"1000000)::bigint $$;\n",
	"create or replace function tenon_utc(us numeric, zone text) returns bigint language "
	"plpgsql immutable strict as $$\n"
	"declare\n"
	"  wall bigint := us;\n"
	"  early bigint := wall - (tenon_local(wall - 86400000000, zone) - (wall - 86400000000));\n"
	"  late bigint := wall - (tenon_local(wall + 86400000000, zone) - (wall + 86400000000));\n"
	"begin\n"
	"  return case when tenon_local(early, zone) <> wall and tenon_local(late, zone) = wall "
	"then late else early end;\n"
	"end $$;\n",
	"create or replace function tenon_day_of(us bigint, zone text) returns bigint language sql "
	"immutable strict as $$\n"
	"  select tenon_whole(tenon_local(us, zone), 86400000000) $$;\n",
	"create or replace function tenon_second_of(us bigint, zone text) returns bigint language "
	"sql immutable strict as $$\n"
	"  select (tenon_local(us, zone) - tenon_day_of(us, zone) * 86400000000) / 1000000 $$;\n",
	"create or replace function tenon_day_start(day numeric, zone text) returns bigint "
	"language sql immutable strict as $$\n"
	"  select tenon_utc(day * 86400000000, zone) $$;\n",
	"create or replace function tenon_date_add(day numeric, n numeric, sign int, at numeric) "
	"returns bigint language sql immutable strict as $$\n"
	"  select tenon_day(day + n * sign, at) $$;\n",
	"create or replace function tenon_datetime_add(us bigint, n numeric, sign int, zone text, "
	"at numeric) returns bigint language sql\n"
	"  immutable strict as $$ select tenon_utc(tenon_instant(tenon_local(us, zone) + n * sign "
	"* 86400000000, at), zone) $$;\n",
	"create or replace function tenon_datetime_shift(us bigint, n numeric, sign int, at "
	"numeric) returns bigint language sql immutable strict as $$\n"
	"  select tenon_instant(us + n * sign * 1000000, at) $$;\n",
	"create or replace function tenon_seconds(a bigint, b bigint) returns bigint language sql "
	"immutable strict as $$\n"
	"  select tenon_whole(a - b, 1000000) $$;\n",
	"create or replace function tenon_date(day numeric) returns date language sql immutable "
	"strict as $$ select date '1970-01-01' + day::int $$;\n",
	"create or replace function tenon_part(x numeric, part text) returns bigint language sql "
	"immutable strict as $$\n"
	"  select case part when 'hour' then x::bigint / 3600 when 'minute' then x::bigint / 60 % "
	"60\n"
	"    when 'year' then extract(year from tenon_date(x)) when 'quarter' then extract(quarter "
	"from tenon_date(x))\n"
	"    when 'month' then extract(month from tenon_date(x)) when 'week' then extract(week "
	"from tenon_date(x))\n"
	"    when 'weekday' then extract(isodow from tenon_date(x)) when 'day' then extract(day "
	"from tenon_date(x))\n"
	"    when 'days' then extract(day from date_trunc('month', tenon_date(x)::timestamp) + "
	"interval '1 month -1 day') end::bigint $$;\n",
	"create or replace function tenon_edge(day numeric, months int, last int) returns bigint "
	"language sql immutable strict as $$\n"
	"  select (make_date(extract(year from tenon_date(day))::int, (extract(month from "
	"tenon_date(day))::int - 1) / months * months + 1, 1)\n"
	"    + case when last = 1 then make_interval(months => months, days => -1) else interval "
	"'0' end)::date - date '1970-01-01' $$;\n",
	"create or replace function tenon_week_start(day numeric, at numeric) returns bigint "
	"language sql immutable strict as $$\n"
	"  select tenon_day(day - tenon_part(day, 'weekday') + 1, at) $$;\n",
	"create or replace function tenon_date_months(day numeric, n numeric, at numeric) returns "
	"bigint language plpgsql immutable strict as $$\n"
	"declare\n"
	"  total numeric := tenon_part(day, 'year') * 12 + tenon_part(day, 'month') - 1 + n;\n"
	"  first bigint;\n"
	"begin\n"
	"  if total < 12 or total >= 120000 then perform tenon_fail('expr_overflow', at); end if;\n"
	"  first := make_date(div(total, 12)::int, mod(total, 12)::int + 1, 1) - date "
	"'1970-01-01';\n"
	"  return first + least(tenon_part(day, 'day'), tenon_part(first, 'days')) - 1;\n"
	"end $$;\n",
	"create or replace function tenon_datetime_months(us bigint, n numeric, zone text, at "
	"numeric) returns bigint language sql immutable\n"
	"  strict as $$ select tenon_utc(tenon_date_months(tenon_day_of(us, zone), n, at) * "
	"86400000000\n"
	"    + tenon_local(us, zone) - tenon_day_of(us, zone) * 86400000000, zone) $$;\n",
	"create or replace function tenon_months_between(a numeric, b numeric) returns bigint "
	"language sql immutable strict as $$\n"
	"  select sign(b - a)::bigint * ((tenon_part(greatest(a, b), 'year') - tenon_part(least(a, "
	"b), 'year')) * 12\n"
	"    + tenon_part(greatest(a, b), 'month') - tenon_part(least(a, b), 'month')\n"
	"    - case when tenon_part(greatest(a, b), 'day') < tenon_part(least(a, b), 'day') then 1 "
	"else 0 end) $$;\n",
};

static const char *const texts[] = {
	"create or replace function tenon_trim(x text) returns text language sql immutable strict "
	"as $$\n"
	"  select nullif(btrim(x, E' \\t\\r\\n\\x0b\\x0c\\u3000'), '') $$;\n",
	"create or replace function tenon_left(x text, n numeric) returns text language sql "
	"immutable strict as $$\n"
	"  select nullif(left(x, least(greatest(n, 0), 1000000000)::int), '') $$;\n",
	"create or replace function tenon_right(x text, n numeric) returns text language sql "
	"immutable strict as $$\n"
	"  select nullif(right(x, least(greatest(n, 0), 1000000000)::int), '') $$;\n",
	"create or replace function tenon_mid(x text, start numeric, n numeric, at numeric) "
	"returns text language plpgsql immutable strict as $$\n"
	"begin\n"
	"  if start < 1 then perform tenon_fail('expr_argument', at); end if;\n"
	"  return nullif(substr(x, least(start, 1000000000)::int, least(greatest(n, 0), "
	"1000000000)::int), '');\n"
	"end $$;\n",
	"create or replace function tenon_pad_left(x text, n numeric, fill text, at numeric) "
	"returns text language plpgsql immutable strict as $$\n"
	"begin\n"
	"  if n > 1000 then perform tenon_fail('expr_argument', at); end if;\n"
	"  return repeat(left(fill, 1), greatest(n - length(x), 0)::int) || x;\n"
	"end $$;\n",
	"create or replace function tenon_ends_with(x text, part text) returns boolean language "
	"sql immutable strict as $$\n"
	"  select right(x, length(part)) = part $$;\n",
	"create or replace function tenon_decimal_text(a numeric, sa int) returns text language "
	"sql immutable strict as $$\n"
	"  select tenon_shifted(trunc(a), -sa)::text $$;\n",
	"create or replace function tenon_date_text(day numeric) returns text language sql "
	"immutable strict as $$\n"
	"  select to_char(tenon_date(day), 'YYYY-MM-DD') $$;\n",
	"create or replace function tenon_time_text(x numeric) returns text language sql immutable "
	"strict as $$\n"
	"  select to_char(time '00:00' + x::bigint * interval '1 second', case when x::bigint % 60 "
	"= 0 then 'HH24:MI' else 'HH24:MI:SS' end) $$;\n",
	"create or replace function tenon_datetime_text(us bigint, zone text) returns text "
	"language sql immutable strict as $$\n"
	"  select to_char(tenon_timestamp(tenon_local(us, zone)), 'YYYY-MM-DD HH24:MI:SS') $$;\n",
	"create or replace function tenon_counted(n numeric, unit text) returns text language sql "
	"immutable strict as $$\n"
	"  select case when n > 0 then n || unit else '' end $$;\n",
	"create or replace function tenon_duration_text(x numeric) returns text language sql "
	"immutable strict as $$\n"
	"  select case when x = 0 then '0m' else case when x < 0 then '-' else '' end || "
	"tenon_counted(div(abs(x), 86400), 'd')\n"
	"    || tenon_counted(div(mod(abs(x), 86400), 3600), 'h') || tenon_counted(div(mod(abs(x), "
	"3600), 60), 'm')\n"
	"    || tenon_counted(mod(abs(x), 60), 's') end $$;\n",
};

/* The rules of fn_format.c and cny.c. */
static const char *const formats[] = {
	"create or replace function tenon_format_number(a numeric, sa int, before text, after "
	"text, whole int, low int,\n"
	"  high int, thousands boolean, percent boolean, at numeric) returns text language plpgsql "
	"immutable strict as $$\n"
	"declare\n"
	"  x numeric := tenon_checked(round(tenon_shifted(a, high - sa + case when percent then 2 "
	"else 0 end)), high, at);\n"
	"  digits text := lpad(abs(x)::text, greatest(length(abs(x)::text), high + 1), '0');\n"
	"  front text := left(digits, length(digits) - high);\n"
	"  rest text := right(digits, high);\n"
	"begin\n"
	"  if front = '0' and whole = 0 then front := ''; end if;\n"
	"  front := lpad(front, greatest(length(front), whole), '0');\n"
	"  if thousands then front := reverse(regexp_replace(reverse(front), '(\\d{3})(?=\\d)', "
	"'\\1,', 'g')); end if;\n"
	"  rest := left(rest, low) || rtrim(substr(rest, low + 1), '0');\n"
	"  return nullif(case when x < 0 then '-' else '' end || before || front || case when rest "
	"= '' then '' else '.' end\n"
	"    || rest || after, '');\n"
	"end $$;\n",
	"create or replace function tenon_cny_group(n int) returns text language plpgsql immutable "
	"strict as $$\n"
	"declare\n"
	"  answer text := '';\n"
	"  zero boolean := false;\n"
	"  digit int;\n"
	"begin\n"
	"  for i in 0..3 loop\n"
	"    digit := n / (10 ^ (3 - i))::int % 10;\n"
	"    if digit = 0 then zero := answer <> ''; continue; end if;\n"
	"    answer := answer || case when zero then '零' else '' end || "
	"substr('零壹贰叁肆伍陆柒捌玖', digit + 1, 1)\n"
	"      || (array['仟', '佰', '拾', ''])[i + 1];\n"
	"    zero := false;\n"
	"  end loop;\n"
	"  return answer;\n"
	"end $$;\n",
	"create or replace function tenon_cny_upper(a numeric, sa int, at numeric) returns text "
	"language plpgsql immutable strict as $$\n"
	"declare\n"
	"  cents numeric := tenon_checked(round(tenon_shifted(a, 2 - sa)), 2, at);\n"
	"  whole numeric := div(abs(cents), 100);\n"
	"  tenths int := mod(div(abs(cents), 10), 10);\n"
	"  hundredths int := mod(abs(cents), 10);\n"
	"  answer text := '';\n"
	"  zero boolean := false;\n"
	"  part int;\n"
	"begin\n"
	"  if abs(cents) > 999999999999999999 then perform tenon_fail('expr_overflow', at); end "
	"if;\n"
	"  for i in 0..3 loop\n"
	"    part := mod(div(whole, ('1e' || (12 - 4 * i))::numeric), 10000);\n"
	"    if part = 0 then\n"
	"      if i = 1 and answer <> '' then answer := answer || '亿'; end if;\n"
	"      zero := answer <> '';\n"
	"      continue;\n"
	"    end if;\n"
	"    if zero or (answer <> '' and part < 1000) then answer := answer || '零'; end if;\n"
	"    answer := answer || tenon_cny_group(part) || (array['万', '亿', '万', ''])[i + 1];\n"
	"    zero := false;\n"
	"  end loop;\n"
	"  answer := answer || case when whole > 0 then '元' when cents = 0 then '零元' else '' "
	"end;\n"
	"  if tenths > 0 then answer := answer || substr('零壹贰叁肆伍陆柒捌玖', tenths + 1, 1) || "
	"'角';\n"
	"  elsif hundredths > 0 and whole > 0 then answer := answer || '零'; end if;\n"
	"  answer := answer || case when hundredths > 0 then substr('零壹贰叁肆伍陆柒捌玖', "
	"hundredths + 1, 1) || '分' else '整' end;\n"
	"  return case when cents < 0 then '负' else '' end || answer;\n"
	"end $$;\n",
};

/* upper, lower and fold are one to one, so translate() does them; its two texts come from the fold
 * table itself. */
static void add_mapping(struct sb *out, const char *name, uint32_t (*map)(uint32_t)) {
	sb_printf(out,
		  "create or replace function %s(x text) returns text language sql immutable "
		  "strict as $$ select translate(x, '",
		  name);
	for (int from = 1; from >= 0; from--) {
		for (uint32_t cp = 1; cp < 0x110000; cp++) {
			bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
			if (!surrogate && cp != '\'' && map(cp) != cp)
				sb_code_point(out, from ? cp : map(cp));
			/* The full-width apostrophe folds to the one that needs doubling. */
			if (!from && !surrogate && cp != '\'' && map(cp) == '\'')
				sb_char(out, '\'');
		}
		sb_cat(out, from ? "', '" : "') $$;\n");
	}
}

struct str expr_postgres_prelude(struct arena *a) {
	struct sb out = sb_on(a, 1 << 20);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) sb_cat(&out, numbers[i]);
	for (size_t i = 0; i < ARRAY_LEN(days); i++) sb_cat(&out, days[i]);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) sb_cat(&out, texts[i]);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) sb_cat(&out, formats[i]);
	add_mapping(&out, "tenon_upper", fold_upper);
	add_mapping(&out, "tenon_lower", fold_lower);
	add_mapping(&out, "tenon_fold", fold_code_point);
	return sb_str(&out);
}
