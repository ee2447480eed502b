/* shape.h -- the format of definitions as tables: one shape an object, one row a key. The tables
 * drive the findings about unknown, missing and misspelt keys, the JSON Schema, the canonical key
 * order, and docs/definitions. Threads: constant. Private to runtime/model. */
#ifndef TENON_MODEL_SHAPE_H
#define TENON_MODEL_SHAPE_H

#include "runtime/model/finding.h"

/* What one value may be. */
enum shape_accept {
	A_TEXT = 1,
	A_NAME = 2,
	A_LABEL = 4 /* text, or {"zh-CN", "en"} */,
	A_EXPR = 8 /* text; numbers and booleans stand for themselves */,
	A_TEMPLATE = 16 /* text with {expressions}, or one per language */,
	A_BOOL = 32,
	A_INT = 64,
	A_NUMBER = 128,
	A_OBJECT = 256 /* of .shape */,
	A_CHOICE = 512 /* one of .choices */,
	A_PATH = 1024 /* field or path */,
	A_ANY = 2048,
	A_WHO = 4096 /* who-rule: "role:x" ... or an object of .shape */
};
/* How values are put together; 0 = one value. */
enum shape_form {
	F_ONE = 1,
	F_LIST = 2,
	F_MAP = 4 /* by name */,
	F_LISTS = 8,
	F_MAP_LIST = 16 /* by name: one or a list */
};

struct shape;
struct shape_key {
	const char *key;
	unsigned accepts, forms;
	const struct shape *shape;
	const char *const *choices;
	bool required;
	const char *usual; /* JSON text of the default: left out of the canonical form */
	struct label help;
};
struct shape {
	const char *name;
	struct label help;
	const struct shape_key *keys;
	size_t n;
	bool open; /* further keys are allowed */
};

/* Root shapes by kind ("form", "enum" ...); NULL: kept as it is (seed, demo). */
const struct shape *shape_of(const char *kind);
const struct shape_key *shape_key(const struct shape *s, struct str key);
void shape_check(struct findings *f, const struct definition *d, const struct shape *s,
		 const struct json *node);
/* Keys in table order, defaults left out; s NULL: unchanged. */
const struct json *shape_canonical(struct arena *a, const struct shape *s, const struct json *node);

extern const struct shape shape_app, shape_enum, shape_role, shape_calendar;
extern const struct shape shape_form, shape_field, shape_linkage, shape_check_rule;
extern const struct shape shape_flow, shape_rule, shape_action, shape_who, shape_who_query, shape_until;
extern const struct shape shape_report, shape_dashboard, shape_print, shape_test;

#endif
