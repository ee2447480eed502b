/* Reads TZif files. Invariants of a zone it accepts:
 *  1. at[] rises strictly and lies within +-2^59 s, so sums with offsets never overflow.
 *  2. Every offset lies within +-26 h (RFC 8536 section 3.2), every rule time within +-167 h
 * (section 3.3.1).
 *  3. No leap seconds: instants are POSIX time. (The "right/" zones are refused.) */
#include "runtime/base/zone_tzif.h"

enum {
	HEADER_BYTES = 44,
	LONGEST_OFFSET_S = 26 * 3600,
	LONGEST_RULE_TIME_S = 167 * 3600,
	MOST_TRANSITIONS = 5000
};
#define FURTHEST_S (INT64_C(1) << 59)

struct counts {
	uint32_t ut_marks, standard_marks, leaps, times, types, chars;
};

static uint64_t big_endian(const char *p, size_t n) {
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++) v = v << 8 | (unsigned char)p[i];
	return v;
}

/* takes n bytes off the front; NULL when there are fewer */
static const char *take(struct str *s, uint64_t n) {
	if (s->n < n) return NULL;
	const char *p = s->p;
	s->p += n;
	s->n -= n;
	return p;
}

static bool take_header(struct str *s, struct counts *out) {
	const char *p = take(s, HEADER_BYTES);
	if (!p || memcmp(p, "TZif", 4) != 0 || p[4] < '2') return false;
	uint32_t *fields[] = { &out->ut_marks, &out->standard_marks, &out->leaps,
			       &out->times,    &out->types,          &out->chars };
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		*fields[i] = (uint32_t)big_endian(p + 20 + 4 * i, 4);
	return true;
}

/* bytes of a data block; 32-bit counts times at most 12 cannot overflow */
static uint64_t block_bytes(const struct counts *c, uint64_t time_bytes) {
	return c->times * (time_bytes + 1) + (uint64_t)c->types * 6 + c->chars +
	       c->leaps * (time_bytes + 4) + c->standard_marks + c->ut_marks;
}

static bool read_offset(const char *types, uint32_t type, int32_t *out) {
	*out = (int32_t)(uint32_t)big_endian(types + (size_t)type * 6, 4);
	return *out > -LONGEST_OFFSET_S && *out < LONGEST_OFFSET_S;
}

/* Fat files begin with a marker at -2^59 or before; it is left out, the first type stands for it.
 */
static bool read_transitions(struct arena *a, const struct counts *c, const char *times,
			     struct zone *out) {
	const char *indexes = times + (size_t)c->times * 8, *types = indexes + c->times;
	int64_t *at = arena_array(a, c->times, sizeof(*at));
	int32_t *offset = arena_array(a, c->times, sizeof(*offset));
	if (!read_offset(types, 0, &out->first_offset)) return false;
	out->at = at;
	out->offset = offset;
	for (uint32_t i = 0; i < c->times; i++) {
		int64_t t = (int64_t)big_endian(times + (size_t)i * 8, 8);
		uint32_t type = (unsigned char)indexes[i];
		if (type >= c->types || t >= FURTHEST_S) return false;
		if (!read_offset(types, type, &offset[out->count])) return false;
		if (t <= -FURTHEST_S && out->count == 0) {
			out->first_offset = offset[0];
			continue;
		}
		if (out->count > 0 && t <= at[out->count - 1]) return false;
		at[out->count++] = t;
	}
	return true;
}

bool zone_tzif_read(struct arena *a, struct str file, struct zone *out) {
	struct counts c;
	*out = (struct zone){ 0 };
	if (!take_header(&file, &c) || !take(&file, block_bytes(&c, 4)) || !take_header(&file, &c))
		return false;
	if (c.types == 0 || c.leaps > 0 || c.times > MOST_TRANSITIONS) return false;
	const char *block = take(&file, block_bytes(&c, 8));
	if (!block || !read_transitions(a, &c, block, out)) return false;
	if (file.n < 2 || file.p[0] != '\n' || file.p[file.n - 1] != '\n') return false;
	struct str footer = { file.p + 1, file.n - 2 };
	out->has_rule = footer.n > 0;
	return !out->has_rule || zone_rule_read(footer, &out->rule);
}

static bool take_char(struct str *s, char c) {
	if (s->n == 0 || *s->p != c) return false;
	take(s, 1);
	return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take_number(struct str *s, int low, int high, int *out) {
	size_t digits = 0;
	for (*out = 0; s->n > 0 && is_digit(*s->p) && digits < 3; digits++)
		*out = *out * 10 + (*take(s, 1) - '0');
	return digits > 0 && *out >= low && *out <= high;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct str *s, int most_hours, int32_t *out) {
	bool negative = take_char(s, '-');
	if (!negative) take_char(s, '+');
	int hours, minutes = 0, seconds = 0;
	if (!take_number(s, 0, most_hours, &hours)) return false;
	if (take_char(s, ':') && !take_number(s, 0, 59, &minutes)) return false;
	if (take_char(s, ':') && !take_number(s, 0, 59, &seconds)) return false;
	*out = hours * 3600 + minutes * 60 + seconds;
	if (negative) *out = -*out;
	return *out >= -LONGEST_RULE_TIME_S && *out <= LONGEST_RULE_TIME_S;
}

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* CET or <+0330> */
static bool take_abbreviation(struct str *s) {
	size_t n = 0;
	if (take_char(s, '<')) {
		while (n < s->n && s->p[n] != '>') n++;
		take(s, n);
		return take_char(s, '>') && n > 0;
	}
	while (n < s->n && is_letter(s->p[n])) n++;
	take(s, n);
	return n >= 3;
}

static bool take_date(struct str *s, struct zone_date *out) {
	*out = (struct zone_date){ .time_s = 2 * 3600 };
	if (take_char(s, 'M')) {
		out->kind = ZONE_DATE_MONTH;
		if (!take_number(s, 1, 12, &out->month) || !take_char(s, '.') ||
		    !take_number(s, 1, 5, &out->week) || !take_char(s, '.') ||
		    !take_number(s, 0, 6, &out->day))
			return false;
	} else {
		out->kind = take_char(s, 'J') ? ZONE_DATE_JULIAN : ZONE_DATE_COUNT;
		if (!take_number(s, out->kind == ZONE_DATE_JULIAN, 365, &out->day)) return false;
	}
	return !take_char(s, '/') || take_time(s, 167, &out->time_s);
}

/* POSIX counts offsets west of UTC, we count east. */
bool zone_rule_read(struct str s, struct zone_rule *out) {
	int32_t west;
	*out = (struct zone_rule){ 0 };
	if (!take_abbreviation(&s) || !take_time(&s, 24, &west)) return false;
	out->standard_s = -west;
	if (s.n == 0) return true;
	out->has_daylight = true;
	out->daylight_s = out->standard_s + 3600;
	if (!take_abbreviation(&s)) return false;
	if (s.n > 0 && *s.p != ',') {
		if (!take_time(&s, 24, &west)) return false;
		out->daylight_s = -west;
	}
	return take_char(&s, ',') && take_date(&s, &out->starts) && take_char(&s, ',') &&
	       take_date(&s, &out->ends) && s.n == 0;
}
