/* cursor.c -- the opaque place in a list: base64url of a tag (form and order) and the sort cells of
 * the last row. A cursor holds only values the reader has seen and could sort by, and they come
 * back as bound values: a forged one can only ask for another place in the same permitted list, so
 * it needs no signature. */
#include "runtime/model/query.h"

enum { CURSOR_MAX = 32 * 1024 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* FNV-1a, because a cursor must outlive the process. */
static uint64_t mix(uint64_t hash, const char *text) {
	for (const char *p = text; *p; p++)
		hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint64_t order_tag(const struct query *q) {
	uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), q->form->table);
	for (size_t i = 0; i < q->sort_count; i++) {
		const struct expr_path *path = &q->paths.items[q->sort[i].path];
		for (size_t k = 0; k < path->length; k++)
			hash = mix(hash, ((const struct field *)path->fields[k])->id);
		hash = mix(hash, q->sort[i].descending ? "-" : "+");
	}
	return hash;
}

/* ---- writing ---- */

static void put_number(struct sb *out, uint64_t n) {
	for (int shift = 56; shift >= 0; shift -= 8)
		sb_char(out, (char)(unsigned char)(n >> shift));
}

static void put_value(struct sb *out, const struct value *v) {
	if (v->kind == VALUE_NULL) {
		sb_char(out, 'n');
	} else if (v->kind == VALUE_TEXT) {
		sb_char(out, 't');
		put_number(out, v->as.s.n);
		sb_add(out, v->as.s);
	} else {
		sb_char(out, 'i');
		put_number(out, (uint64_t)v->as.i);
	}
}

static struct str encode(struct arena *a, struct str in) {
	struct sb out = sb_on(a, CURSOR_MAX * 2);
	for (size_t i = 0; i < in.n; i += 3) {
		uint32_t left = (uint32_t)(in.n - i < 3 ? in.n - i : 3), bits = 0;
		for (uint32_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < left ? (unsigned char)in.p[i + k] : 0);
		for (uint32_t k = 0; k <= left; k++)
			sb_char(&out, digits[bits >> (18 - 6 * k) & 63]);
	}
	return sb_str(&out);
}

struct str query_cursor(struct arena *a, const struct query *q, const struct value *sort_values) {
	struct sb raw = sb_on(a, CURSOR_MAX);
	put_number(&raw, order_tag(q));
	for (size_t i = 0; i < q->sort_count; i++) put_value(&raw, &sort_values[i]);
	return encode(a, sb_str(&raw));
}

/* ---- reading ---- */

struct reader {
	struct str rest;
	bool bad;
};

static uint64_t get_number(struct reader *r) {
	uint64_t n = 0;
	if (r->rest.n < 8) {
		r->bad = true;
		return 0;
	}
	for (int i = 0; i < 8; i++) n = n << 8 | (unsigned char)r->rest.p[i];
	r->rest = (struct str){ r->rest.p + 8, r->rest.n - 8 };
	return n;
}

static struct value get_text(struct reader *r) {
	uint64_t n = get_number(r);
	if (r->bad || n > r->rest.n || !utf8_valid((struct str){ r->rest.p, n })) {
		r->bad = true;
		return VALUE_NONE;
	}
	struct value v = value_text((struct str){ r->rest.p, n });
	r->rest = (struct str){ r->rest.p + n, r->rest.n - n };
	return v;
}

static struct value get_value(struct reader *r) {
	char tag = r->rest.n ? r->rest.p[0] : 0;
	if (tag) r->rest = (struct str){ r->rest.p + 1, r->rest.n - 1 };
	if (tag == 't') return get_text(r);
	if (tag == 'i') return value_int((int64_t)get_number(r));
	r->bad |= tag != 'n';
	return VALUE_NONE;
}

static bool decode(struct sb *out, struct str text) {
	uint32_t bits = 0, held = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char *at = text.p[i] ? strchr(digits, text.p[i]) : NULL;
		if (!at) return false;
		bits = bits << 6 | (uint32_t)(at - digits);
		held += 6;
		if (held >= 8) sb_char(out, (char)(unsigned char)(bits >> (held -= 8)));
	}
	return !out->overflow;
}

struct problem *query_read_cursor(struct query *q, struct str text) {
	struct sb raw = sb_on(q->arena, CURSOR_MAX);
	struct reader r = { .bad = !decode(&raw, text) };
	r.rest = sb_str(&raw);
	r.bad |= get_number(&r) != order_tag(q);
	q->after = arena_array(q->arena, q->sort_count, sizeof *q->after);
	for (q->after_count = 0; !r.bad && q->after_count < q->sort_count; q->after_count++)
		q->after[q->after_count] = get_value(&r);
	/* The id is the last key and never null. */
	if (!r.bad && !r.rest.n && q->after[q->sort_count - 1].kind == VALUE_INT) return NULL;
	struct problem *p = PROBLEM(q->arena, MALFORMED, "bad_cursor");
	p->pointer = "cursor";
	return p;
}
