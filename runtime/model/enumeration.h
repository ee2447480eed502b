/* enumeration.h -- a list or tree (cascade) of values. A value has a stable integer code per store.
 * Without a store's memory (check, tests) codes are provisional: place + 1. */
#ifndef TENON_MODEL_ENUMERATION_H
#define TENON_MODEL_ENUMERATION_H

#include "runtime/base/catalogue.h"

struct json;
struct enum_value {
	const char *value, *color;
	struct label label;
	bool retired, removed;              /* removed: no longer in the definition, kept for the records that hold it */
	int32_t code;                       /* enum_value.code in the store; stored in columns */
	uint32_t index;                     /* place in values[] = definition order */
	const struct enum_value *parent;    /* NULL at the top */
	size_t depth;                       /* 0 at the top */
};
struct enumeration {
	const char *name, *id;
	struct label label;
	struct enum_value *values; size_t n; /* preorder; removed values that records still use are kept at the end as retired */
	bool cascade;
	const struct json *json;             /* as defined */
	struct enum_index *index;            /* by text and by code */
};
/* A cascade's value texts may repeat under different parents (市辖区); find by path there. */
const struct enum_value *enumeration_find(const struct enumeration *e, struct str value);            /* flat list, or first in preorder */
const struct enum_value *enumeration_child(const struct enumeration *e, const struct enum_value *parent, struct str value);
const struct enum_value *enumeration_by_label(const struct enumeration *e, const struct enum_value *parent, struct str label); /* NULL: none or several */
const struct enum_value *enumeration_by_code(const struct enumeration *e, int32_t code);

struct str enumeration_similar(const struct enumeration *e, struct str value); /* "did you mean" at the top; empty: nothing near */
void enumeration_index(struct arena *a, struct enumeration *e);                /* once values and codes are set */

#endif
