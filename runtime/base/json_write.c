/* json_write.c -- streaming writer.
 * Escapes only what RFC 8259 demands (quote, backslash, controls): everything else is copied in
 * runs. */
#include "runtime/base/json_lex.h"

#include <assert.h>

struct jw jw_on(struct sb *out) {
	struct jw w;
	w.out = out;
	w.depth = 0;
	w.comma[0] = false;
	w.array[0] = true;
	w.after_key = false;
	return w;
}

static inline void put(struct sb *out, char c) {
	if (sb_room(out, 1)) out->p[out->n++] = c;
}

static void before_value(struct jw *w) {
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	assert(w->array[w->depth]); /* inside an object a key comes first */
	if (w->comma[w->depth]) put(w->out, ',');
	w->comma[w->depth] = true;
}

static void open_container(struct jw *w, bool array) {
	before_value(w);
	put(w->out, array ? '[' : '{');
	w->depth++;
	assert(w->depth < ARRAY_LEN(w->comma));
	w->comma[w->depth] = false;
	w->array[w->depth] = array;
}

void jw_object(struct jw *w) { open_container(w, false); }

void jw_array(struct jw *w) { open_container(w, true); }

void jw_end(struct jw *w) {
	assert(w->depth > 0 && !w->after_key);
	put(w->out, w->array[w->depth] ? ']' : '}');
	w->depth--;
}

static void write_escape(struct sb *out, unsigned char c) {
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu"; /* of U+0000 to U+001F */
	_Static_assert(sizeof letters == 0x20 + 1, "one letter a control");
	char letter = c < 0x20 ? letters[c] : (char)c;
	char text[6] = { '\\', letter, '0', '0', hex[c >> 4], hex[c & 15] };
	sb_bytes(out, text, letter == 'u' ? 6 : 2);
}

static void write_escaped(struct sb *out, struct str s) {
	for (size_t i = 0; i < s.n;) {
		size_t run = json_plain_run(s.p + i, s.n - i, false);
		sb_bytes(out, s.p + i, run);
		i += run;
		if (i < s.n) write_escape(out, (unsigned char)s.p[i++]);
	}
}

static void write_string(struct sb *out, struct str s) {
	if (!sb_room(out, s.n + 2)) return;
	out->p[out->n++] = '"';
	if (s.n && json_plain_run(s.p, s.n, false) == s.n) {
		memcpy(out->p + out->n, s.p, s.n);
		out->n += s.n;
	} else {
		write_escaped(out, s);
	}
	put(out, '"');
}

void jw_key_str(struct jw *w, struct str name) {
	assert(w->depth > 0 && !w->array[w->depth] && !w->after_key);
	if (w->comma[w->depth]) put(w->out, ',');
	w->comma[w->depth] = true;
	write_string(w->out, name);
	put(w->out, ':');
	w->after_key = true;
}

void jw_key(struct jw *w, const char *name) { jw_key_str(w, str_of(name)); }

void jw_str(struct jw *w, struct str s) {
	before_value(w);
	write_string(w->out, s);
}

void jw_text(struct jw *w, const char *s) {
	if (s)
		jw_str(w, str_of(s));
	else
		jw_null(w);
}

void jw_int(struct jw *w, int64_t n) {
	before_value(w);
	sb_int(w->out, n);
}

void jw_raw(struct jw *w, struct str json) {
	before_value(w);
	sb_add(w->out, json);
}

void jw_bool(struct jw *w, bool b) { jw_raw(w, b ? STR("true") : STR("false")); }

void jw_null(struct jw *w) { jw_raw(w, STR("null")); }

void jw_set_str(struct jw *w, const char *key, struct str s) {
	jw_key(w, key);
	jw_str(w, s);
}

void jw_set_text(struct jw *w, const char *key, const char *s) {
	jw_key(w, key);
	jw_text(w, s);
}

void jw_set_int(struct jw *w, const char *key, int64_t n) {
	jw_key(w, key);
	jw_int(w, n);
}

void jw_set_bool(struct jw *w, const char *key, bool b) {
	jw_key(w, key);
	jw_bool(w, b);
}

static void write_scalar(struct jw *w, const struct json *j) {
	static const struct str words[] = { [JSON_NULL] = { "null", 4 },
					    [JSON_FALSE] = { "false", 5 },
					    [JSON_TRUE] = { "true", 4 } };
	if (j->kind == JSON_STRING)
		jw_str(w, j->text);
	else
		jw_raw(w, j->kind == JSON_NUMBER ? j->text : words[j->kind]);
}

static bool is_container(const struct json *j) {
	return j->kind == JSON_ARRAY || j->kind == JSON_OBJECT;
}

void jw_json(struct jw *w, const struct json *j) {
	if (!is_container(j)) {
		write_scalar(w, j);
		return;
	}
	open_container(w, j->kind == JSON_ARRAY);
	for (uint32_t i = 0; i < j->n; i++) {
		if (j->kind == JSON_OBJECT) jw_key_str(w, j->keys[i].name);
		jw_json(w, &j->items[i]);
	}
	jw_end(w);
}

static void new_line(struct sb *out, unsigned level) {
	put(out, '\n');
	for (unsigned i = 0; i < level; i++) sb_cat(out, "  ");
}

static void write_pretty(struct sb *out, const struct json *j, unsigned level) {
	bool object = j->kind == JSON_OBJECT;
	if (!is_container(j) || j->n == 0) {
		struct jw w = jw_on(out);
		jw_json(&w, j);
		return;
	}
	put(out, object ? '{' : '[');
	for (uint32_t i = 0; i < j->n; i++) {
		if (i) put(out, ',');
		new_line(out, level + 1);
		if (object) {
			write_string(out, j->keys[i].name);
			sb_cat(out, ": ");
		}
		write_pretty(out, &j->items[i], level + 1);
	}
	new_line(out, level);
	put(out, object ? '}' : ']');
}

void jw_pretty(struct jw *w, const struct json *j, unsigned indent) {
	before_value(w);
	write_pretty(w->out, j, indent);
}
