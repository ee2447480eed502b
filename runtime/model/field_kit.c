/* field_kit.c -- helpers shared by the families of field types. */
#include "runtime/model/field_kit.h"

bool field_int_to_cell(const struct field *f, const struct codec *c, const struct value *v,
		       struct value *cell) {
	(void)f, (void)c;
	*cell = value_is_null(v) ? VALUE_NONE : value_int(v->as.i);
	return true;
}

bool field_text_to_cell(const struct field *f, const struct codec *c, const struct value *v,
			struct value *cell) {
	(void)f, (void)c;
	*cell = *v;
	return true;
}

struct value field_text_from_cell(struct arena *a, const struct field *f, const struct codec *c,
				  const struct value *cell) {
	(void)a, (void)f, (void)c;
	return *cell;
}

void field_text_write_json(struct jw *w, const struct field *f, const struct codec *c,
			   const struct value *v) {
	(void)f, (void)c;
	jw_str(w, v->as.s);
}

void field_text_write_text(struct sb *out, const struct field *f, const struct codec *c,
			   const struct value *v, bool show) {
	(void)f, (void)c, (void)show;
	sb_add(out, v->as.s);
}

struct type field_text_value_type(const struct field *f) {
	(void)f;
	return (struct type){ .kind = TYPE_TEXT };
}

bool field_accept(struct parse *p, const struct field *f, const struct value *v) {
	(void)p, (void)f, (void)v;
	return true;
}

bool field_settled(struct parse *p, const struct field *f, const struct value *v) {
	struct value kept = *v;
	return field_settle(p, f, &kept);
}

bool field_text_read_json(struct parse *p, const struct field *f, const struct json *in,
			  struct value *out) {
	if (in->kind != JSON_STRING) return REFUSE(p, "expect_text");
	return f->type->read_text(p, f, in->text, out);
}

bool field_text_validate(struct parse *p, const struct field *f, const struct value *v) {
	int64_t length = (int64_t)utf8_length(v->as.s);
	if (f->max_length >= 0 && length > f->max_length)
		return REFUSE(p, "too_long", "max",
			      arena_printf(p->arena, "%lld", (long long)f->max_length));
	if (length < f->min_length)
		return REFUSE(p, "too_short", "min",
			      arena_printf(p->arena, "%lld", (long long)f->min_length));
	if (f->pattern && !regex_match(f->pattern, v->as.s))
		return REFUSE(p, "pattern_mismatch", "pattern", f->pattern_text);
	return true;
}

static bool control(uint32_t cp, bool lines) {
	if (lines && (cp == '\t' || cp == '\n')) return false;
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f);
}

/* A copy with every CR LF (and lone CR) as LF. */
static struct str unix_lines(struct arena *a, struct str in) {
	char *copy = arena_copy(a, in.p, in.n);
	size_t n = 0;
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '\r' && i + 1 < in.n && in.p[i + 1] == '\n') continue;
		copy[n++] = in.p[i] == '\r' ? '\n' : in.p[i];
	}
	return (struct str){ copy, n };
}

bool field_clean_text(struct parse *p, struct str in, bool lines, struct str *out) {
	if (lines && in.n && memchr(in.p, '\r', in.n)) in = unix_lines(p->arena, in);
	if (!lines) in = str_trim(in);
	for (struct str rest = in; rest.n;) {
		unsigned char c = (unsigned char)*rest.p;
		if (c >= 0x20 && c < 0x7f) {
			rest.p++, rest.n--;
		} else if (control(utf8_next(&rest), lines)) {
			return REFUSE(p, "control_character");
		}
	}
	*out = in;
	return true;
}

static bool is_separator(uint32_t cp, const char *separators) {
	for (struct str s = str_of(separators); s.n;)
		if (utf8_next(&s) == cp) return true;
	return false;
}

int field_split(struct arena *a, struct str in, const char *separators, struct str *out, int max) {
	struct sb piece = sb_on(a, in.n + 1);
	int n = 0;
	bool escaped = false;
	for (;;) {
		bool end = !in.n;
		uint32_t cp = end ? 0 : utf8_next(&in);
		if (!end && !escaped && cp == '\\') {
			escaped = true;
		} else if (end || (!escaped && is_separator(cp, separators))) {
			struct str text = str_trim(sb_str(&piece));
			if (text.n && n == max) return -1;
			if (text.n)
				out[n++] = (struct str){ arena_copy(a, text.p, text.n), text.n };
			piece.n = 0;
			if (end) return n;
		} else {
			sb_code_point(&piece, cp);
			escaped = false;
		}
	}
}

void field_add_escaped(struct sb *out, struct str piece, const char *separators) {
	while (piece.n) {
		uint32_t cp = utf8_next(&piece);
		if (cp == '\\' || is_separator(cp, separators)) sb_char(out, '\\');
		sb_code_point(out, cp);
	}
}

static int compare(const struct value *a, const struct value *b) {
	if (a->kind == VALUE_DECIMAL || b->kind == VALUE_DECIMAL) {
		struct decimal x = a->kind == VALUE_DECIMAL ? a->as.d : decimal_of(a->as.i);
		struct decimal y = b->kind == VALUE_DECIMAL ? b->as.d : decimal_of(b->as.i);
		return decimal_cmp(x, y);
	}
	return (a->as.i > b->as.i) - (a->as.i < b->as.i);
}

static const char *shown(struct parse *p, const struct field *f, const struct value *v) {
	struct sb text = sb_on(p->arena, 256);
	field_write_text(&text, f, p->codec, v, true);
	return sb_cstr(&text);
}

bool field_range_validate(struct parse *p, const struct field *f, const struct value *v) {
	if (f->has_min && compare(v, &f->min) < 0)
		return REFUSE(p, "below_min", "min", shown(p, f, &f->min));
	if (f->has_max && compare(v, &f->max) > 0)
		return REFUSE(p, "above_max", "max", shown(p, f, &f->max));
	return true;
}
