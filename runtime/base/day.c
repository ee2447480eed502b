/* Days by the proleptic Gregorian calendar. The conversions count years from 1 March, so that the
 * leap day is a year's last day, and work in eras of 400 years = 146,097 days (H. Hinnant,
 * "chrono-compatible low-level date algorithms"). Both directions are proved against each other for
 * every day in test_day.c. */
#include "runtime/base/day.h"

enum {
	ERA_DAYS = 146097,
	ERA_YEARS = 400,
	EPOCH_SHIFT = 719468 /* days from 0000-03-01 to 1970-01-01 */
};
#define MONTH_SPAN INT64_C(240000) /* months: more than lie between the first and the last day */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int64_t clamp(int64_t n, int64_t low, int64_t high) {
	return n < low ? low : n > high ? high : n;
}

bool day_valid(int64_t day) { return day >= DAY_FIRST && day <= DAY_LAST; }

bool datetime_valid(int64_t us) { return us >= DAY_FIRST * DAY_US && us < (DAY_LAST + 1) * DAY_US; }

struct civil day_civil(int64_t day) {
	int64_t shifted = clamp(day, DAY_FIRST, DAY_LAST) + EPOCH_SHIFT;
	int64_t era = floor_div(shifted, ERA_DAYS);
	int of_era = (int)(shifted - era * ERA_DAYS);
	int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month = (5 * of_year + 2) / 153; /* 0 = March */
	struct civil c = { .year = (int)era * ERA_YEARS + year_of_era,
			   .month = month < 10 ? month + 3 : month - 9,
			   .day = of_year - (153 * month + 2) / 5 + 1 };
	c.year += c.month <= 2;
	return c;
}

static bool is_leap(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

static int month_length(int64_t year, int month) {
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return lengths[month - 1] + (month == 2 && is_leap(year));
}

int day_month_length(int year, int month) {
	return month >= 1 && month <= 12 ? month_length(year, month) : 0;
}

/* `months` counts from January of year 0. */
static int64_t day_of_months(int64_t months, int day) {
	int64_t year = floor_div(months, 12);
	int month = (int)(months - year * 12) + 1;
	if (year < 1) return DAY_FIRST - 1;
	if (year > 9999) return DAY_LAST + 1;
	int in_month = (int)clamp(day, 1, month_length(year, month));
	year -= month <= 2;
	int64_t era = floor_div(year, ERA_YEARS), of_era = year - era * ERA_YEARS;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + in_month - 1;
	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_SHIFT;
}

int64_t day_of(int year, int month, int day) {
	return day_of_months((int64_t)year * 12 + month - 1, day);
}

int64_t day_add_months(int64_t day, int64_t months) {
	struct civil c = day_civil(day);
	return day_of_months(c.year * 12 + c.month - 1 + clamp(months, -MONTH_SPAN, MONTH_SPAN),
			     c.day);
}

int day_weekday(int64_t day) {
	int64_t since_monday = clamp(day, DAY_FIRST, DAY_LAST) + 3; /* 1970-01-01 was a Thursday */
	return (int)(since_monday - floor_div(since_monday, 7) * 7) + 1;
}

/* ISO 8601: a week belongs to the year its Thursday is in. */
void day_iso_week(int64_t day, int *year, int *week) {
	int64_t held = clamp(day, DAY_FIRST, DAY_LAST), thursday = held + 4 - day_weekday(held);
	*year = day_civil(thursday).year;
	*week = (int)((clamp(thursday, DAY_FIRST, DAY_LAST) - day_of(*year, 1, 1)) / 7) + 1;
}

/* exactly `width` digits at the front of s */
static bool take_number(struct str *s, size_t width, int *out) {
	if (s->n < width) return false;
	*out = 0;
	for (size_t i = 0; i < width; i++) {
		if (s->p[i] < '0' || s->p[i] > '9') return false;
		*out = *out * 10 + (s->p[i] - '0');
	}
	s->p += width;
	s->n -= width;
	return true;
}

static bool take_char(struct str *s, char c) {
	if (s->n == 0 || *s->p != c) return false;
	s->p++;
	s->n--;
	return true;
}

bool day_parse(struct str text, int64_t *day) {
	struct civil c;
	if (!take_number(&text, 4, &c.year) || !take_char(&text, '-') ||
	    !take_number(&text, 2, &c.month) || !take_char(&text, '-') ||
	    !take_number(&text, 2, &c.day) || text.n > 0)
		return false;
	if (c.year < 1 || c.day < 1 || c.day > day_month_length(c.year, c.month)) return false;
	*day = day_of(c.year, c.month, c.day);
	return true;
}

static size_t put_number(char *out, int n, size_t width) {
	for (size_t i = width; i > 0; i--, n /= 10) out[i - 1] = (char)('0' + n % 10);
	return width;
}

size_t day_text(int64_t day, char out[16]) {
	struct civil c = day_civil(day);
	put_number(out, c.year, 4);
	out[4] = '-';
	put_number(out + 5, c.month, 2);
	out[7] = '-';
	put_number(out + 8, c.day, 2);
	out[10] = '\0';
	return 10;
}

bool time_parse(struct str text, int64_t *seconds) {
	int hour, minute, second = 0;
	if (!take_number(&text, 2, &hour) || !take_char(&text, ':') ||
	    !take_number(&text, 2, &minute))
		return false;
	if (text.n > 0 && (!take_char(&text, ':') || !take_number(&text, 2, &second) || text.n > 0))
		return false;
	if (hour > 23 || minute > 59 || second > 59) return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return true;
}

size_t time_text(int64_t seconds, char out[16]) {
	int s = (int)clamp(seconds, 0, 86399);
	size_t n = put_number(out, s / 3600, 2);
	out[n++] = ':';
	n += put_number(out + n, s / 60 % 60, 2);
	if (s % 60 != 0) {
		out[n++] = ':';
		n += put_number(out + n, s % 60, 2);
	}
	out[n] = '\0';
	return n;
}
