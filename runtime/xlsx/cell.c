#include "runtime/xlsx/cell.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include "runtime/base/day.h"

/* ---- number formats ---- */

enum number_look xlsx_look_builtin(int64_t id) {
	static const struct {
		int64_t from, to;
		enum number_look look;
	} builtin[] = {
		{ 14, 17, LOOK_DATE }, { 18, 21, LOOK_TIME },    { 22, 22, LOOK_DATETIME },
		{ 27, 31, LOOK_DATE }, { 32, 35, LOOK_TIME },    { 36, 36, LOOK_DATE },
		{ 45, 45, LOOK_TIME }, { 46, 46, LOOK_ELAPSED }, { 47, 47, LOOK_TIME },
		{ 50, 54, LOOK_DATE }, { 55, 56, LOOK_TIME },    { 57, 58, LOOK_DATE },
	};
	for (size_t i = 0; i < ARRAY_LEN(builtin); i++)
		if (id >= builtin[i].from && id <= builtin[i].to) return builtin[i].look;
	return LOOK_NUMBER;
}

struct letters {
	bool day, month, clock, elapsed;
};

/* [h] counts hours on; [Red], [$-804], [<=100] say nothing of what the number is. */
static void take_brackets(struct letters *l, struct str inside) {
	if (!inside.n) return;
	char first = (char)tolower((unsigned char)inside.p[0]);
	for (size_t i = 0; i < inside.n; i++)
		if (tolower((unsigned char)inside.p[i]) != first) return;
	if (strchr("hms", first)) l->elapsed = true;
}

static void take_letter(struct letters *l, char c) {
	switch (tolower((unsigned char)c)) {
	case 'y':
	case 'd':
	case 'e': l->day = true; break;
	case 'm': l->month = true; break;
	case 'h':
	case 's': l->clock = true; break;
	default: break;
	}
}

static bool is_general(struct str f) {
	static const char general[] = "general";
	if (f.n < sizeof general - 1) return false;
	for (size_t i = 0; i < sizeof general - 1; i++)
		if (tolower((unsigned char)f.p[i]) != general[i]) return false;
	return true;
}

/* How many characters from i on are no letters of the format: quoted, escaped, or filling. */
static size_t passed_over(struct str f, size_t i) {
	if (f.p[i] == '"') {
		size_t end = i + 1;
		while (end < f.n && f.p[end] != '"') end++;
		return end - i + 1;
	}
	if (strchr("\\_*", f.p[i])) return 2;
	if (is_general((struct str){ f.p + i, f.n - i })) return sizeof "general" - 1;
	bool exponent = (f.p[i] == 'E' || f.p[i] == 'e') && i + 1 < f.n && strchr("+-", f.p[i + 1]);
	return exponent ? 2 : 0;
}

static struct letters letters_of(struct str f) {
	struct letters l = { 0 };
	for (size_t i = 0; i < f.n && f.p[i] != ';';) {
		size_t over = f.p[i] ? passed_over(f, i) : 1;
		const char *close = f.p[i] == '[' ? memchr(f.p + i, ']', f.n - i) : NULL;
		if (over) {
			i += over;
		} else if (close) {
			size_t end = (size_t)(close - f.p);
			take_brackets(&l, (struct str){ f.p + i + 1, end - i - 1 });
			i = end + 1;
		} else {
			take_letter(&l, f.p[i++]);
		}
	}
	return l;
}

/* m is a month beside y or d, a minute beside h or s, a month alone. */
enum number_look xlsx_look_of(struct str format) {
	struct letters l = letters_of(format);
	if (l.day) return l.clock ? LOOK_DATETIME : LOOK_DATE;
	if (l.elapsed) return LOOK_ELAPSED;
	if (l.clock) return LOOK_TIME;
	return l.month ? LOOK_DATE : LOOK_NUMBER;
}

/* ---- digits ---- */

enum { DIGITS_SHOWN = 15, DIGITS_MAX = 400, EXPONENT_MAX = 310 };

/* digits without leading zeros; the point stands after `point` of them (it may lie outside). */
struct digits {
	char text[DIGITS_MAX];
	int n, point;
	bool minus, fraction;
};

static void add_digit(struct digits *d, char c, bool after_point) {
	if (!d->n && c == '0') {
		d->point -= after_point; /* 0.001: the point moves out to the left */
		return;
	}
	if (d->n < DIGITS_MAX) d->text[d->n++] = c;
	if (!after_point) d->point++;
}

static bool read_exponent(struct str s, int *out) {
	int64_t e;
	if (!str_to_int(s, &e) || e < -EXPONENT_MAX || e > EXPONENT_MAX) return false;
	*out = (int)e;
	return true;
}

static bool read_digits(struct str raw, struct digits *d) {
	size_t i = 0, seen = 0;
	int exponent = 0;
	*d = (struct digits){ 0 };
	if (raw.n > DIGITS_MAX / 2) return false;
	if (i < raw.n && (raw.p[i] == '-' || raw.p[i] == '+')) d->minus = raw.p[i++] == '-';
	for (; i < raw.n && (isdigit((unsigned char)raw.p[i]) || (raw.p[i] == '.' && !d->fraction));
	     i++) {
		if (raw.p[i] == '.') {
			d->fraction = true;
			continue;
		}
		add_digit(d, raw.p[i], d->fraction);
		seen++;
	}
	if (i < raw.n && (raw.p[i] == 'e' || raw.p[i] == 'E')) {
		if (!read_exponent((struct str){ raw.p + i + 1, raw.n - i - 1 }, &exponent))
			return false;
		d->fraction = true; /* a double that was written short */
		i = raw.n;
	}
	d->point += exponent;
	return seen && i == raw.n;
}

/* Half up, away from zero, as Excel shows it. */
static void round_digits(struct digits *d) {
	bool up = d->text[DIGITS_SHOWN] >= '5';
	d->n = DIGITS_SHOWN;
	while (up && d->n && d->text[d->n - 1] == '9') d->n--;
	if (up && d->n) {
		d->text[d->n - 1]++;
	} else if (up) {
		d->text[d->n++] = '1';
		d->point++;
	}
	while (d->n && d->text[d->n - 1] == '0') d->n--;
}

static struct str digits_text(struct arena *a, const struct digits *d) {
	struct sb out = sb_on(a, 4096);
	if (d->minus && d->n) sb_char(&out, '-');
	if (d->point <= 0) sb_char(&out, '0');
	for (int i = 0; i < d->point; i++) sb_char(&out, i < d->n ? d->text[i] : '0');
	if (d->point < d->n) sb_char(&out, '.');
	for (int i = d->point; i < 0; i++) sb_char(&out, '0');
	for (int i = d->point > 0 ? d->point : 0; i < d->n; i++) sb_char(&out, d->text[i]);
	return sb_str(&out);
}

/* 0.30000000000000004 is 0.3 and 1E-3 is 0.001; whole numbers and what is short enough stay as
 * written. */
static struct str number_text(struct arena *a, struct str raw) {
	struct digits d;
	if (!read_digits(raw, &d)) return raw;
	bool exponent = memchr(raw.p, 'e', raw.n) || memchr(raw.p, 'E', raw.n);
	bool noise = d.fraction && d.n > DIGITS_SHOWN;
	if (!noise && !exponent) return raw;
	if (noise) round_digits(&d);
	if (!d.n) d.point = 0;
	return digits_text(a, &d);
}

/* ---- days ---- */

enum { UNIX_1900 = 25569, UNIX_1904 = 24107, LAST_SERIAL = 2958465, LEAP_THAT_NEVER_WAS = 60 };

static struct str day_words(struct arena *a, int64_t serial, bool since_1904) {
	char text[16];
	if (!since_1904 && serial == LEAP_THAT_NEVER_WAS) return STR("1900-02-29");
	int64_t base = since_1904                     ? UNIX_1904
		       : serial < LEAP_THAT_NEVER_WAS ? UNIX_1900 - 1
						      : UNIX_1900;
	size_t n = day_text(serial - base, text);
	return (struct str){ arena_copy(a, text, n), n };
}

static struct str clock_words(struct arena *a, struct str day, int64_t ms) {
	int64_t s = ms / 1000;
	struct sb out = sb_on(a, 64);
	if (day.n) sb_printf(&out, "%.*s ", (int)day.n, day.p);
	sb_printf(&out, "%02lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
		  (long long)(s % 60));
	if (ms % 1000 && day.n) sb_printf(&out, ".%03lld", (long long)(ms % 1000));
	return sb_str(&out);
}

/* Excel keeps times to a millisecond. */
static struct str day_of_number(struct arena *a, double number, enum number_look look,
				bool since_1904) {
	int64_t ms = llround(number * 86400000.0), serial = ms / 86400000, rest = ms % 86400000;
	if (look == LOOK_ELAPSED || (look == LOOK_TIME && !serial))
		return clock_words(a, (struct str){ "", 0 }, ms);
	struct str day = day_words(a, serial, since_1904);
	return look == LOOK_DATE || !rest ? day : clock_words(a, day, rest);
}

struct str xlsx_number(struct arena *a, struct str raw, enum number_look look, bool since_1904) {
	struct digits d;
	raw = str_trim(raw);
	if (look == LOOK_NUMBER || !read_digits(raw, &d)) return number_text(a, raw);
	double number = strtod(str_dup(a, raw), NULL);
	bool day = look == LOOK_DATE || look == LOOK_DATETIME;
	if (number < 0 || number >= LAST_SERIAL + 1 || (day && !since_1904 && number < 1))
		return number_text(a, raw);
	return day_of_number(a, number, look, since_1904);
}

struct str xlsx_iso(struct str raw) {
	raw = str_trim(raw);
	if (raw.n > 10 && str_starts((struct str){ raw.p + 10, raw.n - 10 }, STR("T00:00:00")))
		raw.n = 10;
	return raw;
}

/* ---- escapes ---- */

static int hex(char c) {
	const char *digits = "0123456789abcdef",
		   *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* -1: none here */
static int32_t escape_at(struct str s) {
	int32_t cp = 0;
	if (s.n < 7 || s.p[0] != '_' || s.p[1] != 'x' || s.p[6] != '_') return -1;
	for (int i = 2; i < 6; i++) {
		if (hex(s.p[i]) < 0) return -1;
		cp = cp * 16 + hex(s.p[i]);
	}
	bool surrogate = cp >= 0xd800 && cp <= 0xdfff;
	return surrogate ? -1 : cp;
}

struct str xlsx_unescape(struct arena *a, struct str s) {
	size_t i = 0;
	while (i < s.n && escape_at((struct str){ s.p + i, s.n - i }) < 0) i++;
	if (i == s.n) return s;
	struct sb out = sb_on(a, s.n + 1);
	for (i = 0; i < s.n;) {
		int32_t cp = escape_at((struct str){ s.p + i, s.n - i });
		if (cp < 0) {
			sb_char(&out, s.p[i++]);
			continue;
		}
		sb_code_point(&out, (uint32_t)cp);
		i += 7;
	}
	return sb_str(&out);
}
