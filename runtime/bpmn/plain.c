#include "runtime/bpmn/plain.h"

#include <ctype.h>
#include <stdlib.h>

static bool letter(char c) { return isalpha((unsigned char)c) || c == '_'; }
static bool digit(char c) { return c >= '0' && c <= '9'; }

/* ---- names ---- */

const char *plain_name(struct arena *a, const char *text) {
	struct sb out = sb_on(a, PLAIN_NAME_MAX + 1);
	char before = '_';
	for (; *text && out.n < PLAIN_NAME_MAX; text++) {
		char c = *text;
		bool upper = c >= 'A' && c <= 'Z', small = c >= 'a' && c <= 'z';
		if (!upper && !small && !digit(c)) c = '_';
		if (upper && ((before >= 'a' && before <= 'z') || digit(before)) &&
		    out.n + 1 < PLAIN_NAME_MAX)
			sb_char(&out, '_');
		if (!out.n && digit(c)) sb_cat(&out, "n");
		if (c != '_' || (out.n && out.p[out.n - 1] != '_'))
			sb_char(&out, upper ? (char)(c - 'A' + 'a') : c);
		before = *text;
	}
	while (out.n && out.p[out.n - 1] == '_') out.n--;
	return arena_copy(a, out.n ? out.p : "", out.n);
}

const char *plain_inside(struct arena *a, const char *text) {
	struct str s = str_trim(str_of(text));
	if (s.n < 3 || (s.p[0] != '$' && s.p[0] != '#') || s.p[1] != '{' || s.p[s.n - 1] != '}')
		return NULL;
	s = (struct str){ s.p + 2, s.n - 3 };
	if (memchr(s.p, '{', s.n) || memchr(s.p, '}', s.n)) return NULL;
	return str_dup(a, str_trim(s));
}

bool plain_variable(const char *text) {
	if (!letter(*text)) return false;
	while (letter(*text) || digit(*text)) text++;
	return !*text;
}

/* ---- durations ---- */

/* One "36H"; the units of the part before or after the T. */
static bool span_part(const char **at, bool time, int64_t *seconds) {
	static const struct {
		char unit;
		bool time;
		int64_t seconds;
	} units[] = { { 'W', false, 604800 },
		      { 'D', false, 86400 },
		      { 'H', true, 3600 },
		      { 'M', true, 60 },
		      { 'S', true, 1 } };
	int64_t n = 0;
	const char *p = *at;
	if (!digit(*p)) return false;
	while (digit(*p) && n < 1000000) n = n * 10 + (*p++ - '0');
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (units[i].unit == *p && units[i].time == time) {
			*seconds += n * units[i].seconds;
			*at = p + 1;
			return true;
		}
	return false;
}

bool plain_span(struct arena *a, const char *iso, const char **span) {
	int64_t seconds = 0;
	bool time = false, any = false;
	if (*iso++ != 'P') return false;
	while (*iso) {
		if (*iso == 'T' && !time) {
			time = true;
			iso++;
			continue;
		}
		if (!span_part(&iso, time, &seconds)) return false;
		any = true;
	}
	if (!any) return false;
	if (seconds && seconds % 86400 == 0)
		*span = arena_printf(a, "%lldd", (long long)(seconds / 86400));
	else if (seconds && seconds % 3600 == 0)
		*span = arena_printf(a, "%lldh", (long long)(seconds / 3600));
	else
		*span = arena_printf(a, "%lldm", (long long)((seconds + 59) / 60));
	return true;
}

/* ---- conditions ----
 * any := all ("||" all)*; all := one ("&&" one)*; one := "!" one | "(" any ")" | value (compare
 * value)? A value is a variable, a number, a text, true, false, null. */

struct reader {
	struct arena *a;
	const char *p;
	struct sb *out;
	unsigned depth;
};

static void blanks(struct reader *r) {
	while (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r') r->p++;
}

static bool take(struct reader *r, const char *word) {
	size_t n = strlen(word);
	blanks(r);
	if (strncmp(r->p, word, n) != 0) return false;
	if (letter(word[0]) && (letter(r->p[n]) || digit(r->p[n]))) return false;
	r->p += n;
	return true;
}

static bool take_pair(struct reader *r, const char *const (*pairs)[2], size_t n,
		      const char **ours) {
	for (size_t i = 0; i < n; i++)
		if (take(r, pairs[i][0])) {
			*ours = pairs[i][1];
			return true;
		}
	return false;
}

static bool text_value(struct reader *r) {
	char quote = *r->p++;
	size_t n = strcspn(r->p, quote == '"' ? "\"\\'\n" : "'\\\n");
	if (r->p[n] != quote) return false;
	sb_printf(r->out, "'%.*s'", (int)n, r->p);
	r->p += n + 1;
	return true;
}

static bool number_value(struct reader *r) {
	size_t n = r->p[0] == '-', digits = n;
	while (digit(r->p[n])) n++;
	if (n == digits) return false;
	if (r->p[n] == '.' && digit(r->p[n + 1]))
		for (n++; digit(r->p[n]);) n++;
	if (letter(r->p[n]) || n > 30) return false;
	sb_bytes(r->out, r->p, n);
	r->p += n;
	return true;
}

static bool variable_value(struct reader *r) {
	size_t n = 0;
	while (letter(r->p[n]) || digit(r->p[n])) n++;
	if (r->p[n] == '(' || r->p[n] == '.' || r->p[n] == '[') return false;
	const char *name = plain_name(r->a, arena_copy(r->a, r->p, n));
	sb_cat(r->out, name);
	r->p += n;
	return *name != '\0';
}

static bool value(struct reader *r) {
	static const char *const words[][2] = { { "true", "true" },   { "false", "false" },
						{ "null", "null" },   { "True", "true" },
						{ "False", "false" }, { "None", "null" } };
	const char *ours;
	if (take_pair(r, words, ARRAY_LEN(words), &ours)) {
		sb_cat(r->out, ours);
		return true;
	}
	if (*r->p == '\'' || *r->p == '"') return text_value(r);
	if (*r->p == '-' || digit(*r->p)) return number_value(r);
	return letter(*r->p) && variable_value(r);
}

static bool any_of(struct reader *r);

static bool comparison(struct reader *r) {
	static const char *const compares[][2] = { { "==", "==" }, { "!=", "!=" }, { "<=", "<=" },
						   { ">=", ">=" }, { "<", "<" },   { ">", ">" },
						   { "eq", "==" }, { "ne", "!=" }, { "le", "<=" },
						   { "ge", ">=" }, { "lt", "<" },  { "gt", ">" } };
	const char *ours;
	const char *start = (blanks(r), r->p);
	if (!value(r)) return false;
	if (take_pair(r, compares, ARRAY_LEN(compares), &ours)) {
		sb_printf(r->out, " %s ", ours);
		blanks(r);
		return value(r);
	}
	/* Alone only what can be true or false: a variable, true, false. */
	return letter(*start) && strncmp(start, "null", 4) != 0;
}

static bool one_of(struct reader *r) {
	if (r->depth++ > 50) return false;
	blanks(r);
	bool good;
	if ((r->p[0] == '!' && r->p[1] != '=' && take(r, "!")) || take(r, "not")) {
		sb_cat(r->out, "not ");
		good = one_of(r);
	} else if (take(r, "(")) {
		sb_char(r->out, '(');
		good = any_of(r) && take(r, ")");
		sb_char(r->out, ')');
	} else {
		good = comparison(r);
	}
	r->depth--;
	return good;
}

static bool joined(struct reader *r, bool (*part)(struct reader *), const char *sign,
		   const char *word) {
	if (!part(r)) return false;
	while (take(r, sign) || take(r, word)) {
		sb_printf(r->out, " %s ", word);
		if (!part(r)) return false;
	}
	return true;
}

static bool all_of(struct reader *r) { return joined(r, one_of, "&&", "and"); }
static bool any_of(struct reader *r) { return joined(r, all_of, "||", "or"); }

bool plain_condition(struct arena *a, const char *text, const char **expr) {
	struct sb out = sb_on(a, 4000);
	const char *inside = plain_inside(a, text);
	struct reader r = { a, inside ? inside : text, &out, 0 };
	if (!any_of(&r)) return false;
	blanks(&r);
	*expr = sb_cstr(&out);
	return !*r.p && !out.overflow;
}

/* ---- loops ---- */

static bool small_number(const char **at, long *n) {
	*n = 0;
	if (!digit(**at)) return false;
	while (digit(**at) && *n < 100000) *n = *n * 10 + (*(*at)++ - '0');
	return !digit(**at);
}

static const char *packed(struct arena *a, const char *text) {
	const char *inside = plain_inside(a, text);
	struct sb out = sb_on(a, 1000);
	for (const char *p = inside ? inside : text; *p; p++)
		if (!isspace((unsigned char)*p)) sb_char(&out, *p);
	return sb_cstr(&out);
}

bool plain_count(struct arena *a, const char *text, long *count) {
	const char *p = packed(a, text);
	long next;
	if (!small_number(&p, count)) return false;
	while (*p == '+' || *p == '-') {
		char sign = *p++;
		if (!small_number(&p, &next)) return false;
		*count += sign == '+' ? next : -next;
	}
	return !*p && *count >= 0;
}

/* "0.6" in hundredths of a percent: 6000. */
static bool share(const char *p, long *out) {
	long whole, scale = 1000;
	if (!small_number(&p, &whole) || whole > 1) return false;
	*out = whole * 10000;
	if (*p == '.')
		for (p++; digit(*p) && scale; scale /= 10) *out += (*p++ - '0') * scale;
	return !*p;
}

bool plain_enough(struct arena *a, const char *text, struct enough *out) {
	static const char done[] = "nrOfCompletedInstances", all[] = "/nrOfInstances";
	const char *p = packed(a, text);
	*out = (struct enough){ 0 };
	if (!strcmp(p, "true") || !strcmp(p, "1==1")) {
		out->count = 1;
		return true;
	}
	if (strncmp(p, done, sizeof done - 1) != 0) return false;
	p += sizeof done - 1;
	bool of_all = strncmp(p, all, sizeof all - 1) == 0;
	if (of_all) p += sizeof all - 1;
	bool equal = p[0] == '=' && p[1] == '=', at_least = p[0] == '>' && p[1] == '=';
	if (!equal && !at_least && p[0] != '>') return false;
	out->more = !equal && !at_least;
	p += out->more ? 1 : 2;
	if (of_all) return !equal && share(p, &out->share);
	if (!small_number(&p, &out->count) || *p) return false;
	out->count += out->more;
	out->more = false;
	return out->count > 0;
}
