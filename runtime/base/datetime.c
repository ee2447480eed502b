/* Days with a time: RFC 3339 for the wire, patterns for import maps and format().
 * Leap seconds do not exist here (as in POSIX time): second 60 is refused. */
#include "runtime/base/day.h"

#define HOUR_US (INT64_C(3600) * DAY_US_PER_S)
#define MINUTE_US (INT64_C(60) * DAY_US_PER_S)

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void skip(struct str *s, size_t n) {
	s->p += n;
	s->n -= n;
}

/* ".5" to ".123456789": microseconds, finer digits cut off */
static bool take_fraction(struct str *s, int64_t *us) {
	*us = 0;
	if (s->n == 0 || *s->p != '.') return true;
	skip(s, 1);
	size_t digits = 0;
	for (int64_t worth = 100000; s->n > 0 && is_digit(*s->p); skip(s, 1), worth /= 10, digits++)
		*us += worth * (*s->p - '0');
	return digits > 0;
}

/* "Z", "+08:00" or nothing; the offset is what local time is ahead of UTC */
static bool take_offset(struct str *s, int64_t *offset_us, bool *has_offset) {
	*offset_us = 0;
	*has_offset = s->n > 0;
	if (s->n == 0) return true;
	char sign = *s->p;
	skip(s, 1);
	if (sign == 'Z' || sign == 'z') return s->n == 0;
	int64_t seconds;
	if ((sign != '+' && sign != '-') || s->n != 5 || !time_parse(*s, &seconds)) return false;
	*offset_us = (sign == '-' ? -seconds : seconds) * DAY_US_PER_S;
	return true;
}

bool datetime_parse(struct str text, int64_t *us, bool *has_offset) {
	int64_t day, seconds, fraction, offset;
	if (text.n < 16 || !day_parse((struct str){ text.p, 10 }, &day)) return false;
	if (text.p[10] != 'T' && text.p[10] != 't' && text.p[10] != ' ') return false;
	skip(&text, 11);
	size_t clock = text.n >= 8 && text.p[5] == ':' ? 8 : 5;
	if (!time_parse((struct str){ text.p, clock }, &seconds)) return false;
	skip(&text, clock);
	if (clock == 5 && text.n > 0 && *text.p == '.') return false;
	if (!take_fraction(&text, &fraction) || !take_offset(&text, &offset, has_offset))
		return false;
	int64_t found = day * DAY_US + seconds * DAY_US_PER_S + fraction - offset;
	if (!datetime_valid(found)) return false;
	*us = found;
	return true;
}

static int64_t day_and_rest(int64_t us, int64_t *rest) {
	*rest = us % DAY_US;
	if (*rest < 0) *rest += DAY_US;
	return us / DAY_US - (us % DAY_US < 0);
}

static size_t put_digits(char *out, int64_t n, size_t width) {
	for (size_t i = width; i > 0; i--, n /= 10) out[i - 1] = (char)('0' + n % 10);
	return width;
}

size_t datetime_text(int64_t us, char out[40]) {
	int64_t rest, day = day_and_rest(us, &rest);
	size_t n = day_text(day, out);
	int64_t parts[] = { rest / HOUR_US, rest / MINUTE_US % 60, rest / DAY_US_PER_S % 60 };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		out[n++] = i == 0 ? 'T' : ':';
		n += put_digits(out + n, parts[i], 2);
	}
	int64_t fraction = rest % DAY_US_PER_S;
	if (fraction != 0) {
		out[n++] = '.';
		n += fraction % 1000 == 0 ? put_digits(out + n, fraction / 1000, 3)
					  : put_digits(out + n, fraction, 6);
	}
	out[n++] = 'Z';
	out[n] = '\0';
	return n;
}

/* What a pattern may name. Longer names stand before their prefixes: the first that matches is
 * taken. */
enum part {
	PART_YEAR,
	PART_SHORT_YEAR,
	PART_MONTH,
	PART_DAY,
	PART_HOUR,
	PART_MINUTE,
	PART_SECOND,
	PART_COUNT
};
static const struct token {
	const char *name;
	enum part part;
	size_t least, most;
} tokens[] = {
	{ "YYYY", PART_YEAR, 4, 4 }, { "YY", PART_SHORT_YEAR, 2, 2 }, { "MM", PART_MONTH, 2, 2 },
	{ "M", PART_MONTH, 1, 2 },   { "DD", PART_DAY, 2, 2 },        { "D", PART_DAY, 1, 2 },
	{ "HH", PART_HOUR, 2, 2 },   { "H", PART_HOUR, 1, 2 },        { "mm", PART_MINUTE, 2, 2 },
	{ "ss", PART_SECOND, 2, 2 },
};

/* takes a token off the pattern's front; NULL: a literal stands there */
static const struct token *take_token(struct str *pattern) {
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
		struct str name = str_of(tokens[i].name);
		if (pattern->n < name.n || memcmp(pattern->p, name.p, name.n) != 0) continue;
		skip(pattern, name.n);
		return &tokens[i];
	}
	return NULL;
}

static bool take_part(struct str *text, const struct token *t, int64_t *out) {
	size_t n = 0;
	*out = 0;
	for (; n < t->most && n < text->n && is_digit(text->p[n]); n++)
		*out = *out * 10 + (text->p[n] - '0');
	skip(text, n);
	return n >= t->least;
}

bool datetime_read(struct str text, struct str pattern, int64_t *local_us) {
	int64_t parts[PART_COUNT] = {
		[PART_YEAR] = 1970, [PART_SHORT_YEAR] = -1, [PART_MONTH] = 1, [PART_DAY] = 1
	};
	while (pattern.n > 0) {
		const struct token *t = take_token(&pattern);
		if (t) {
			if (!take_part(&text, t, &parts[t->part])) return false;
			continue;
		}
		if (text.n == 0 || *text.p != *pattern.p) return false;
		skip(&text, 1);
		skip(&pattern, 1);
	}
	int64_t brief = parts[PART_SHORT_YEAR];
	int year = (int)(brief < 0 ? parts[PART_YEAR] : brief + (brief < 69 ? 2000 : 1900));
	int month = (int)parts[PART_MONTH], day = (int)parts[PART_DAY];
	if (text.n > 0 || year < 1 || day < 1 || day > day_month_length(year, month)) return false;
	if (parts[PART_HOUR] > 23 || parts[PART_MINUTE] > 59 || parts[PART_SECOND] > 59)
		return false;
	*local_us = day_of(year, month, day) * DAY_US + parts[PART_HOUR] * HOUR_US +
		    parts[PART_MINUTE] * MINUTE_US + parts[PART_SECOND] * DAY_US_PER_S;
	return true;
}

void datetime_write(struct sb *out, int64_t local_us, struct str pattern) {
	int64_t rest;
	struct civil c = day_civil(day_and_rest(local_us, &rest));
	int64_t parts[PART_COUNT] = { c.year,
				      c.year % 100,
				      c.month,
				      c.day,
				      rest / HOUR_US,
				      rest / MINUTE_US % 60,
				      rest / DAY_US_PER_S % 60 };
	while (pattern.n > 0) {
		const struct token *t = take_token(&pattern);
		if (!t) {
			sb_char(out, *pattern.p);
			skip(&pattern, 1);
			continue;
		}
		char digits[8];
		sb_bytes(out, digits,
			 put_digits(digits, parts[t->part],
				    parts[t->part] > 9 ? t->most : t->least));
	}
}
