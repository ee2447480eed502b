/* json.h -- our own JSON reader: strict RFC 8259 text in, an immutable tree with source positions out.
 * Why own: duplicate keys refused, raw number text kept (12.10 stays 12.10), positions for findings, hard limits that
 * bound the time of a hostile body. Numbers are not converted here.
 * Ownership: the tree lives in the arena; strings without escapes borrow from `text`, which must live as long.
 * Errors: code json_* with parameters line, column (and name, max, ...), the place of the first bad byte. MALFORMED for
 * what is not JSON, TOO_LARGE for what passes a limit. */
#ifndef TENON_BASE_JSON_H
#define TENON_BASE_JSON_H

#include "runtime/base/problem.h"

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_kind kind;
	uint32_t offset, length;         /* where its text stands in the source, in bytes */
	uint32_t n;                      /* array: items; object: members; else 0 */
	struct str text;                 /* number: raw text; string: decoded */
	struct json *items;              /* array: n items; object: n member values */
	struct json_key { struct str name; uint32_t offset; } *keys; /* object: n keys, in source order */
};

struct json_limits { size_t bytes, depth, keys_per_object, nodes, string_bytes; };
extern const struct json_limits json_limits_request;      /* 1 MiB, depth 32, 2,000 keys, 200,000 nodes, 256 KiB strings */
extern const struct json_limits json_limits_definition;   /* 4 MiB, depth 64, 20,000 keys, 1,000,000 nodes, 1 MiB strings */

struct problem *json_parse(struct arena *a, struct str text, const struct json_limits *limits, const struct json **out) MUST_CHECK;
const struct json *json_get(const struct json *object, const char *key);   /* NULL: absent or not an object */
const struct json *json_member(const struct json *object, struct str key);
const struct json *json_at(const struct json *root, const char *pointer);  /* RFC 6901; NULL: no such place */
bool json_is_string(const struct json *j, const char *text);
bool json_bool(const struct json *j);                                      /* true only for true */
struct str json_str(const struct json *j);                                 /* string's text, else empty; NULL is fine */
bool json_int(const struct json *j, int64_t *out);                         /* exact integer (1, 1.0, 1e2), within +-(2^53-1) */
bool json_equal(const struct json *a, const struct json *b);               /* key order ignored, numbers by raw text */
struct json_place { unsigned line, column; };                              /* 1-based; column in code points */
struct json_place json_place(struct str text, uint32_t offset);            /* scans; for many, keep a line table */

/* The streaming writer: commas and nesting are its business. Overflow sticks in the sb. */
struct jw { struct sb *out; unsigned depth; bool comma[80]; bool array[80]; bool after_key; };
struct jw jw_on(struct sb *out);                /* all text given to it must be valid UTF-8 */
void jw_object(struct jw *w);
void jw_array(struct jw *w);
void jw_end(struct jw *w);                      /* closes the innermost (remembers which) */
void jw_key(struct jw *w, const char *name);
void jw_key_str(struct jw *w, struct str name);
void jw_str(struct jw *w, struct str s);
void jw_text(struct jw *w, const char *s);      /* NULL writes null */
void jw_int(struct jw *w, int64_t n);
void jw_bool(struct jw *w, bool b);
void jw_null(struct jw *w);
/* A member: its key and its value. */
void jw_set_str(struct jw *w, const char *key, struct str s);
void jw_set_text(struct jw *w, const char *key, const char *s);
void jw_set_int(struct jw *w, const char *key, int64_t n);
void jw_set_bool(struct jw *w, const char *key, bool b);
void jw_raw(struct jw *w, struct str json);     /* already JSON */
void jw_json(struct jw *w, const struct json *j); /* a tree, keys in source order */
void jw_pretty(struct jw *w, const struct json *j, unsigned indent); /* export form: one key a line, two
	blanks a level; indent = levels the value already stands in (0 at the top); no newline at its end */

#endif
