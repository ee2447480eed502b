/* loading.h -- what the files of the loader share while one bundle becomes an app. Private to
 * runtime/model. Order of work: files -> app.json -> enums -> forms (shells, then fields) ->
 * expressions and rules -> order of computation -> roles -> references of the other kinds. Each
 * step records findings and goes on. */
#ifndef TENON_MODEL_LOADING_H
#define TENON_MODEL_LOADING_H

#include "runtime/model/field_type.h"
#include "runtime/model/finding.h"

struct loading {
	struct app *app;
	struct arena *arena; /* the app's */
	struct findings *findings;
	const struct id_memory *memory; /* never NULL; its functions may be */
	struct names tables;            /* physical names given so far */
	bool broken; /* a field lacks its type: what expressions then miss is no news */
};

/* load_kit.c */
struct spot spot_at(const struct definition *d, const struct json *at);
struct label load_label(struct loading *l, const struct json *node,
			const char *name); /* node NULL: the name */
bool load_name_ok(struct str name);        /* [a-z][a-z0-9_]{0,47} */
/* The stable id of the object or field called name; owner as in id_memory. */
const char *load_id(struct loading *l, const struct definition *d, const struct json *object,
		    const char *owner, struct str name);
/* VR04: the object has another id than the one published under its name, and nobody (ids) carries
 * that one on. */
void load_check_id(struct loading *l, const struct definition *d, const struct json *object,
		   const char *owner, struct str name, const struct names *ids);
/* VR01: `kind` ("field", "form", "enum" ...) called `name` does not exist; near may be empty. */
void load_unknown(struct loading *l, struct spot at, const char *kind, struct str name,
		  struct str near);
struct str load_near_form(const struct loading *l, struct str name);
struct str load_near_enumeration(const struct loading *l, struct str name);
struct str load_near_calendar(const struct loading *l, struct str name);
void load_unknown_field(struct loading *l, struct spot at, const struct form *form,
			struct str name); /* VR01 */
/* A field of the form by name, or a VR01 finding and NULL. at: a JSON string. */
const struct field *load_field_ref(struct loading *l, const struct definition *d,
				   const struct form *form, const struct json *at);
/* The fields named in a JSON list; NULL list: none. Unknown ones become findings. */
const struct field **load_field_list(struct loading *l, const struct definition *d,
				     const struct form *form, const struct json *list,
				     size_t *count);
/* Its `currency` names a field, not a code of ISO 4217. */
bool load_currency_by_record(const struct field *f);
/* A dotted path ("account.region", "lines.net", "owner.dept"); false: finding recorded. */
bool load_path_ok(struct loading *l, const struct definition *d, const struct form *form,
		  const struct json *at, struct str path);

/* As model_catalogue, but a value the definition no longer lists is unknown, though records may
 * hold it (VR23). */
extern const struct expr_catalogue load_catalogue;

/* load_expr.c: NULL when absent or faulty (a finding then). */
struct expr_scope load_scope(const struct form *form, const struct form *option);
const struct expr *load_expr(struct loading *l, const struct definition *d, const struct json *at,
			     const struct expr_scope *scope, const struct type *want,
			     struct expr_paths *paths);
const struct expr *load_condition(struct loading *l, const struct definition *d,
				  const struct json *at, struct form *form);
const struct expr *load_template(struct loading *l, const struct definition *d,
				 const struct json *at, const struct expr_scope *scope,
				 struct expr_paths *paths);

/* The words of a rule; absent: those of `name`. */
struct words load_words(struct loading *l, const struct definition *d, const struct json *at,
			struct form *form, const char *name);

/* load_rules.c: a value of the field's enumeration; NULL: absent, or a finding (VR01, VR23). */
const struct enum_value *load_enum_value(struct loading *l, const struct definition *d,
					 const struct field *f, const struct json *at);
/* load_role.c */
enum field_right load_field_right(const struct json *at);
/* load_action.c: the list of a button or of another definition about this form. */
const struct program *load_program(struct loading *l, const struct definition *d,
				   const struct form *form, const struct json *list);
/* load_refs.c: an object of this kind must be there; a role of the app (or admin). */
void load_need_object(struct loading *l, const struct definition *d, const struct json *at,
		      const char *kind);
bool load_need_role(struct loading *l, const struct definition *d, const struct json *at,
		    struct str role);

/* physical.c */
const char *physical_column(struct arena *a, const char *id);
const char *physical_table(struct loading *l, const struct definition *d, const struct json *at,
			   const char *form_id, const char *table_id, const char *field_id);
const char *physical_index(struct arena *a, const char *table, const struct field *const *fields,
			   size_t n);

/* One file each, in the order of work. */
void load_enumerations(struct loading *l);
void load_regions(struct loading *l); /* after them; not in the browser */
void load_calendars(struct loading *l);
void load_form_shells(struct loading *l);
void load_form_fields(struct loading *l);
enum { SYSTEM_FIELDS_MAX = 9 };
void load_system_fields(struct loading *l, struct form *form); /* after the declared ones */
void load_field_body(struct loading *l, struct form *form,
		     struct field *f); /* keys of one type, from f->json */
void load_serial(struct loading *l, struct form *form, struct field *f);
void load_button(struct loading *l, struct form *form, struct field *f);
void load_button_calls(struct loading *l, const struct form *form); /* once every button is loaded */
void load_lookups(struct loading *l); /* when all fields are there */
void load_form_rules(struct loading *l);
void load_form_views(struct loading *l, struct form *form);
void load_duplicates(struct loading *l, struct form *form);
void load_form_order(struct loading *l);
/* load_rollup.c: the types of rollups, before any expression is compiled; then the rest of them. */
void load_rollup_types(struct loading *l);
void load_rollups(struct loading *l);
void load_roles(struct loading *l);
void load_flows(struct loading *l);
void load_references(struct loading *l); /* app.json, rules, reports ... */

/* Steps through the members of an object or the items of an array; nothing for any other node. */
static inline uint32_t load_count(const struct json *node, enum json_kind kind) {
	return node && node->kind == kind ? node->n : 0;
}

#endif
