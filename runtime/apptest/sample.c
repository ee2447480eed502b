#include "runtime/apptest/sample.h"

#include <stdio.h>
#include "runtime/base/decimal.h"
#include "runtime/model/field_type.h"

enum { TEXT_MAX = 4096, SET_MAX = 128, REPEAT = 3 };

/* ---- texts of a pattern: the first way through it, classes picked by n ---- */

struct growing {
	struct sb out;
	const char *p, *end;
	unsigned n;
	bool lost;
};

static void grow_alternatives(struct growing *g);

static size_t class_of(struct growing *g, char *set) {
	bool except = g->p < g->end && *g->p == '^', in[SET_MAX] = { false };
	size_t count = 0;
	if (except) g->p++;
	for (bool first = true; g->p < g->end && (first || *g->p != ']'); first = false) {
		unsigned char from = (unsigned char)*g->p++, to = from;
		if (from == '\\' && g->p < g->end) from = to = (unsigned char)*g->p++;
		if (from == '[' && g->p < g->end && *g->p == ':') g->lost = true;
		if (g->p + 1 < g->end && *g->p == '-' && g->p[1] != ']') {
			to = (unsigned char)g->p[1];
			g->p += 2;
		}
		for (unsigned ch = from; ch <= to && ch < SET_MAX; ch++) in[ch] = true;
		if (from >= SET_MAX) g->lost |= !except;
	}
	if (g->p < g->end) g->p++;
	for (unsigned ch = ' '; ch < SET_MAX - 1; ch++) {
		bool plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z');
		if (except ? plain && !in[ch] : in[ch]) set[count++] = (char)ch;
	}
	return count;
}

static void pick(struct growing *g, const char *set, size_t count) {
	if (!count) {
		g->lost = true;
		return;
	}
	sb_char(&g->out, set[g->n % count]);
	g->n /= (unsigned)count;
}

static void grow_atom(struct growing *g) {
	static const char digits[] = "0123456789", letters[] = "abcdefghijklmnopqrstuvwxyz";
	char ch = *g->p++, set[SET_MAX];
	if (ch == '(') {
		grow_alternatives(g);
		if (g->p < g->end) g->p++;
	} else if (ch == '[') {
		size_t count = class_of(g, set);
		pick(g, set, count);
	} else if (ch == '.') {
		pick(g, letters, 26);
	} else if (ch == '\\' && g->p < g->end) {
		ch = *g->p++;
		if (ch == 'd')
			pick(g, digits, 10);
		else if (ch == 'w')
			pick(g, letters, 26);
		else if (strchr("sSDWb", ch))
			g->lost = true;
		else
			sb_char(&g->out, ch);
	} else if (ch != '^' && ch != '$') {
		sb_char(&g->out, ch);
	}
}

/* How often the atom before is wanted: what the quantifier asks at least, a few times where it may
 * be many. */
static unsigned times(struct growing *g) {
	unsigned least = 1;
	char ch = g->p < g->end ? *g->p : 0;
	if (ch == '*' || ch == '+' || ch == '?') {
		g->p++;
		return ch == '+' ? REPEAT : ch == '*' ? 0 : 1;
	}
	if (ch != '{') return 1;
	for (least = 0, g->p++; g->p < g->end && *g->p >= '0' && *g->p <= '9'; g->p++)
		least = least * 10 + (unsigned)(*g->p - '0');
	while (g->p < g->end && *g->p != '}') g->p++;
	if (g->p < g->end) g->p++;
	return least < 200 ? least : 200;
}

static void grow_piece(struct growing *g) {
	const char *from = g->p;
	size_t before = g->out.n;
	unsigned n = g->n;
	grow_atom(g);
	const char *after = g->p;
	unsigned wanted = times(g);
	const char *next = g->p;
	if (!wanted) {
		g->out.n = before;
		g->n = n;
	}
	for (unsigned i = 1; i < wanted && !g->lost; i++) {
		g->p = from;
		grow_atom(g);
		g->lost |= g->p != after;
	}
	g->p = next;
}

static void grow_alternatives(struct growing *g) {
	while (g->p < g->end && *g->p != ')' && *g->p != '|' && !g->lost) grow_piece(g);
	for (int depth = 0; g->p < g->end && (depth || *g->p != ')'); g->p++)
		depth += *g->p == '(' ? 1 : *g->p == ')' ? -1 : 0;
}

/* A text that matches; NULL: not derived. */
static const char *by_pattern(struct arena *a, const char *pattern, unsigned n) {
	struct growing g = {
		.out = sb_on(a, TEXT_MAX), .p = pattern, .end = pattern + strlen(pattern), .n = n
	};
	grow_alternatives(&g);
	return g.lost || !g.out.n ? NULL : sb_cstr(&g.out);
}

/* ---- texts ---- */

static const char *digits_id(struct arena *a, unsigned n) {
	static const int weight[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	char *text =
		arena_printf(a, "1101011990%02u%02u%03u", 1 + n % 12, 1 + n / 12 % 28, n % 1000);
	int sum = 0;
	for (int i = 0; i < 17; i++) sum += (text[i] - '0') * weight[i];
	return arena_printf(a, "%s%c", text, "10X98765432"[sum % 11]);
}

static const char *credit_code(struct arena *a, unsigned n) {
	static const char set[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	static const int weight[] = {
		1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28
	};
	char *text = arena_printf(a, "91110000%09u", n % 1000000000);
	int sum = 0;
	for (int i = 0; i < 17; i++) sum += (int)(strchr(set, text[i]) - set) * weight[i];
	return arena_printf(a, "%s%c", text, set[(31 - sum % 31) % 31]);
}

static const char *plain_text(struct arena *a, const struct field *f, unsigned n) {
	if (f->pattern_text) return by_pattern(a, f->pattern_text, n);
	struct sb out = sb_on(a, TEXT_MAX);
	sb_printf(&out, "%c%u", 'a' + (int)(n % 26), 1000 + n);
	while (f->min_length > 0 && (int64_t)out.n < f->min_length && out.n < TEXT_MAX / 2)
		sb_char(&out, 'x');
	if (f->max_length > 0 && (int64_t)out.n > f->max_length) out.n = (size_t)f->max_length;
	return sb_cstr(&out);
}

static const char *contact_text(struct arena *a, const struct field *f, unsigned n) {
	const char *type = f->type->name;
	if (!strcmp(type, "phone")) return arena_printf(a, "138%04u5678", n % 10000);
	if (!strcmp(type, "email")) return arena_printf(a, "s%u@example.com", n);
	if (!strcmp(type, "url")) return arena_printf(a, "https://example.com/%u", n);
	if (!strcmp(type, "idcard")) return digits_id(a, n);
	if (!strcmp(type, "creditcode")) return credit_code(a, n);
	return NULL;
}

static bool write_text(struct jw *w, const char *text) {
	if (text) jw_text(w, text);
	return text != NULL;
}

/* ---- numbers and times ---- */

static struct decimal bound(const struct value *v, struct decimal otherwise) {
	if (v->kind == VALUE_DECIMAL) return v->as.d;
	return v->kind == VALUE_INT || v->kind == VALUE_DURATION ? decimal_of(v->as.i) : otherwise;
}

static void write_decimal(struct jw *w, struct decimal d, bool whole) {
	char text[DECIMAL_TEXT_MAX];
	decimal_text(d, text);
	if (whole)
		jw_raw(w, str_of(text));
	else
		jw_text(w, text);
}

/* From the least value upwards: by ones where the range has room, else by the last digit. */
static bool write_number(struct jw *w, const struct field *f, unsigned n) {
	bool percent = !strcmp(f->type->name, "percent");
	int scale = f->scale > 0 ? f->scale : 0;
	struct decimal least = f->has_min ? bound(&f->min, decimal_of(0)) : decimal_of(0), room,
		       step, d;
	bool narrow = percent;
	if (f->has_max && !decimal_sub(bound(&f->max, least), least, &room))
		narrow |= decimal_cmp(room, decimal_of((int64_t)n + 1)) < 0;
	step = decimal_scaled((int64_t)n + 1, narrow ? scale : 0);
	if (decimal_add(least, step, &d) || decimal_rescale(d, scale, &d)) return false;
	if (f->has_max && decimal_cmp(d, bound(&f->max, d)) > 0) d = bound(&f->max, d);
	write_decimal(w, d, !scale);
	return true;
}

static bool write_time(struct jw *w, struct arena *a, const struct field *f, unsigned n) {
	const char *type = f->type->name;
	unsigned day = 1 + n % 28, month = 1 + n / 28 % 12;
	if (!strcmp(type, "date"))
		return write_text(w, arena_printf(a, "2030-%02u-%02u", month, day));
	if (!strcmp(type, "datetime"))
		return write_text(w, arena_printf(a, "2030-%02u-%02uT08:00:00Z", month, day));
	if (!strcmp(type, "time"))
		return write_text(w, arena_printf(a, "%02u:%02u", 1 + n % 22, n / 22 % 60));
	jw_int(w, 60 * ((int64_t)n + 1));
	return true;
}

/* ---- choices, references, rows ---- */

static const struct enum_value *choice(const struct enumeration *e, unsigned n, bool leaf) {
	size_t count = 0;
	for (int pass = 0; e && pass < 2; pass++) {
		size_t k = 0;
		for (size_t i = 0; i < e->n; i++) {
			bool inner = i + 1 < e->n && e->values[i + 1].parent == &e->values[i];
			if (e->values[i].retired || (leaf && inner)) continue;
			if (pass && k == n % count) return &e->values[i];
			k++;
		}
		count = k;
		if (!count) return NULL;
	}
	return NULL;
}

static void write_way(struct jw *w, const struct enum_value *v) {
	if (v->parent) write_way(w, v->parent);
	jw_text(w, v->value);
}

static bool write_choice(struct jw *w, const struct field *f, unsigned n) {
	bool one = !strcmp(f->type->name, "enum");
	const struct enum_value *v = choice(f->enumeration, n, !one);
	if (!v) return false;
	if (one) {
		jw_text(w, v->value);
		return true;
	}
	jw_array(w);
	write_way(w, v);
	jw_end(w);
	return true;
}

static bool write_place(struct jw *w, const struct field *f, unsigned n) {
	const struct enum_value *v = choice(f->enumeration, n, true);
	bool address = !strcmp(f->type->name, "address");
	if (address && !v) return false;
	jw_object(w);
	jw_key(w, address ? "region" : "lng");
	if (address) {
		jw_array(w);
		write_way(w, v);
		jw_end(w);
	} else {
		jw_text(w, arena_printf(w->out->arena, "114.%06u", 1 + n % 999999));
	}
	jw_set_text(w, address ? "detail" : "lat",
		    address ? arena_printf(w->out->arena, "%u", 100 + n) : "22.543099");
	jw_end(w);
	return true;
}

static bool write_link(struct jw *w, const struct sample_context *c, const struct field *f) {
	int64_t id = f->target ? c->record(c->arg, f) : 0;
	if (!id) return false;
	bool several = !strcmp(f->type->name, "refs");
	if (several) jw_array(w);
	jw_int(w, id);
	if (several) jw_end(w);
	return true;
}

static bool write_rows(struct jw *w, const struct sample_context *c, const struct field *f,
		       unsigned n) {
	bool good = true;
	jw_array(w);
	jw_object(w);
	for (size_t i = 0; i < f->rows->declared_count; i++) {
		const struct field *cell = f->rows->fields[i];
		struct sb text = sb_on(w->out->arena, TEXT_MAX);
		struct jw one = jw_on(&text);
		if (cell->read_only || !field_takes_value(cell)) continue;
		if (!cell->required && cell->default_value) continue;
		if (!sample_value(&one, c, cell, n)) {
			good &= !cell->required;
			continue;
		}
		jw_key(w, cell->name);
		jw_raw(w, sb_str(&text));
	}
	jw_end(w);
	jw_end(w);
	return good;
}

bool sample_value(struct jw *w, const struct sample_context *c, const struct field *f, unsigned n) {
	static const struct {
		const char *types;
		int family;
	} families[] = { { " text longtext richtext barcode ", 1 },
			 { " phone email url idcard creditcode ", 2 },
			 { " integer decimal money percent rating ", 3 },
			 { " date datetime time duration ", 4 },
			 { " enum tags cascade region ", 5 },
			 { " ref refs ", 6 },
			 { " table ", 7 },
			 { " user ", 8 },
			 { " dept ", 9 },
			 { " bool ", 10 },
			 { " address geo ", 11 } };
	struct arena *a = w->out->arena;
	const char *name = arena_printf(a, " %s ", f->type->name);
	int family = 0;
	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (strstr(families[i].types, name)) family = families[i].family;
	switch (family) {
	case 1: return write_text(w, plain_text(a, f, n));
	case 2: return write_text(w, contact_text(a, f, n));
	case 3: return write_number(w, f, n);
	case 4: return write_time(w, a, f, n);
	case 5: return write_choice(w, f, n);
	case 6: return write_link(w, c, f);
	case 7: return write_rows(w, c, f, n);
	case 8: return write_text(w, c->user);
	case 9: return write_text(w, c->dept);
	case 10: jw_bool(w, n % 2 == 0); return true;
	case 11: return write_place(w, f, n);
	default: return false;
	}
}

/* ---- values that break one rule ---- */

static void add(struct sample_fault *out, size_t *n, const char *rule, const char *json) {
	if (json && *n < SAMPLE_FAULTS_MAX) out[(*n)++] = (struct sample_fault){ rule, json };
}

static const char *too_long(struct arena *a, int64_t max) {
	if (max <= 0 || max > 20000) return NULL;
	char *text = arena_alloc(a, (size_t)max + 4);
	memset(text, 'a', (size_t)max + 3);
	text[0] = text[max + 2] = '"';
	return text;
}

static const char *beyond(struct arena *a, const struct field *f, const struct value *v,
			  int64_t by) {
	struct decimal d, most = bound(v, decimal_of(0));
	char text[DECIMAL_TEXT_MAX];
	if (v->kind != VALUE_DECIMAL && v->kind != VALUE_INT) return NULL;
	if (decimal_add(most, decimal_of(by), &d) ||
	    decimal_rescale(d, f->scale > 0 ? f->scale : 0, &d))
		return NULL;
	decimal_text(d, text);
	return arena_printf(a, f->scale > 0 ? "\"%s\"" : "%s", text);
}

static const char *wrong_kind(const struct field *f) {
	static const struct {
		const char *type, *json;
	} wrong[] = { { "integer", "\"1.5\"" },
		      { "decimal", "\"twelve\"" },
		      { "money", "\"twelve\"" },
		      { "percent", "\"a lot\"" },
		      { "date", "\"2030-13-40\"" },
		      { "datetime", "\"tomorrow-ish\"" },
		      { "time", "\"25:70\"" },
		      { "phone", "\"12\"" },
		      { "email", "\"nobody\"" },
		      { "url", "\"not a url\"" },
		      { "enum", "\"no_such_value\"" },
		      { "user", "\"nobody_of_that_name\"" },
		      { "dept", "\"no_such_dept\"" },
		      { "idcard", "\"110101199003070000\"" },
		      { "creditcode", "\"91110000000000000X\"" } };
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (!strcmp(f->type->name, wrong[i].type)) return wrong[i].json;
	return NULL;
}

static const char *no_match(const struct field *f) {
	static const struct {
		const char *text, *json;
	} tries[] = { { "\xc2\xa7", "\"\\u00a7\"" }, { "a  b", "\"a  b\"" }, { "-", "\"-\"" } };
	for (size_t i = 0; i < ARRAY_LEN(tries); i++)
		if (!regex_match(f->pattern, str_of(tries[i].text))) return tries[i].json;
	return NULL;
}

size_t sample_faults(struct arena *a, const struct field *f, struct sample_fault *out) {
	size_t n = 0;
	add(out, &n, "kind", wrong_kind(f));
	if (f->required) add(out, &n, "required", "null");
	if (f->type->flags & FT_LENGTH && !f->pattern_text)
		add(out, &n, "max_length", too_long(a, f->max_length));
	if (f->pattern) add(out, &n, "pattern", no_match(f));
	if (f->has_min) add(out, &n, "min", beyond(a, f, &f->min, -1));
	if (f->has_max) add(out, &n, "max", beyond(a, f, &f->max, 1));
	if (f->scale > 0) add(out, &n, "scale", arena_printf(a, "\"0.%0*d\"", f->scale + 2, 1));
	return n;
}
