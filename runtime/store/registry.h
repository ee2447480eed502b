/* registry.h -- what a store remembers of one app: every id ever published, its shape and its place in the database.
 * Rows (sys_definition), unique by owner, id and place:
 *   owner "form"        id, name, type "form",  place = table
 *   owner "form/lead"   field: type = its shape ("decimal:2", "enum:stage", "ref:account"), place = column or child table;
 *                       owner "form/lead/lines" for the fields of a sub-table. Ids, not names, stand in an owner.
 *   owner "enum", "role", "flow" ...  other definitions, place ''
 *   owner "index"       id = the name its definitions give, type = its statement, place = the index's own name
 *   owner "view"        id = the name it should have, place = the one it has, type = its statement
 *   owner "search"      id = the form's, place = its search table, type = the script that makes it
 * A field has at most one live row; rows in the trash are former columns that still hold values.
 * Ownership: in the arena it was loaded into. Threads: immutable once loaded. */
#ifndef TENON_STORE_REGISTRY_H
#define TENON_STORE_REGISTRY_H

#include "runtime/model/loader.h"
#include "runtime/store/store.h"

struct known { const char *owner, *id, *name, *type, *place; bool trash; int64_t version; };
/* removed: 0 defined, 1 no longer defined, 2 no longer defined while records hold it. */
struct known_value { const char *enumeration, *path; struct label label; int32_t code; int removed; };
struct registry {
	struct arena *arena;
	const char *app, *hash;                      /* hash of the published bundle; "" when none is */
	int64_t version;                             /* 0: nothing is published */
	struct known *items; size_t n;               /* sorted by owner, id, version */
	struct known_value *values; size_t value_count; /* sorted by enumeration, code */
	const char **others; size_t other_count;     /* tables and views of the store's other apps */
	struct names by_path;                        /* of values: "<enumeration>/<path>" */
};

struct problem *registry_load(struct tx *tx, struct arena *a, const char *app, struct registry **out) MUST_CHECK;
const struct known *registry_live(const struct registry *r, const char *owner, const char *id);
const struct known *registry_trash(const struct registry *r, const char *owner, const char *id, const char *type); /* newest; type NULL: any */
struct known_value *registry_value(const struct registry *r, const char *enumeration, struct str path);
struct id_memory registry_memory(const struct registry *r);  /* borrows r */
/* For a definition that was published before: names lead to ids in the trash too, and none is "taken". */
struct id_memory registry_memory_past(const struct registry *r);
/* Puts the places in use into a loaded app that nobody else sees yet. */
void registry_bind(const struct registry *r, struct app *app);

const char *field_shape(struct arena *a, const struct field *f);
const char *form_owner(struct arena *a, const struct form *f);   /* owner of its fields */
const char *enum_path(struct arena *a, const struct enum_value *v); /* texts from the top, joined by U+001F */

#endif
