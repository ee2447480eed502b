/* loader.h -- an app folder or a published bundle in, an immutable app and findings out.
 * A load never stops at the first mistake: it collects findings; an app comes out only when none is an error.
 * Findings carry code (VR01..., DEF...), file, line, column, pointer, words and remedy in both languages. */
#ifndef TENON_MODEL_LOADER_H
#define TENON_MODEL_LOADER_H

#include "runtime/model/app.h"
#include "runtime/model/directory.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };
struct finding {
	const char *code; enum severity severity;
	const char *file, *pointer; unsigned line, column;
	const char *text, *remedy;               /* catalogue codes: <code> of the words and of the remedy */
	const struct param *params; size_t param_count;
	const struct json *example;
};
struct findings {                         /* zero it, set arena; at most 1,000 are kept, all are counted */
	struct arena *arena;
	struct finding *items; size_t count, room, errors, warnings;
	struct { const struct definition *of; struct str text; const struct json *root; } shown; /* finding.c: text of the file last pointed at */
};

struct bundle_file { const char *path; struct str text; const struct json *json; }; /* "forms/lead.json"; json NULL for scripts and seed data */
struct bundle { const char *origin; struct bundle_file *files; size_t n; };           /* sorted by path */

struct remembered_value;
/* What a store remembers of names, ids and codes; memory NULL for `tenon check` without data. */
struct id_memory {
	void *context;
	/* Published id of the object/field now called name, or NULL; owner: "form", "form/lead", "form/lead/lines", "enum" ... */
	const char *(*id_of)(void *context, const char *owner, struct str name);
	bool (*id_taken)(void *context, const char *owner, struct str id);           /* live or in the trash */
	const char *(*type_of)(void *context, const char *owner, struct str id);     /* published field type, or NULL (VR04) */
	/* value_path: the value; in a cascade the values from the top joined by U+001F. 0: not yet given. */
	int32_t (*enum_code)(void *context, const char *enum_id, struct str value_path);
	/* Values of earlier versions in order of their codes (records may still hold them); may be NULL. */
	const struct remembered_value *(*enum_values)(void *context, const char *enum_id, size_t *count);
};
struct remembered_value { struct str path; struct label label; int32_t code; };

struct problem *bundle_read_folder(struct arena *a, const char *folder, struct findings *f, struct bundle **out) MUST_CHECK;
struct problem *bundle_read_json(struct arena *a, struct str json, struct bundle **out) MUST_CHECK; /* {"files": {path: object or text}} */
void bundle_write_json(struct sb *out, const struct bundle *b);                  /* canonical: what is hashed and stored */
struct problem *bundle_write_folder(struct arena *a, const struct bundle *b, const char *folder) MUST_CHECK; /* byte-identical round trip */
struct problem *app_load(const struct bundle *b, const struct id_memory *memory, struct findings *f, struct app **out) MUST_CHECK;
/* Forms and enumerations of an effective definition, as the browser gets it: no rules, no storage; lives in `a`, borrows `view`. */
struct app *app_known(struct arena *a, const struct json *view, const struct zone *zone);
void app_verify(const struct app *app, const struct directory *people /* or NULL */, struct findings *f); /* the VR rules beyond loading */
void findings_json(struct jw *w, const struct findings *f);
void findings_text(struct sb *out, const struct findings *f, enum language language, bool color, bool all); /* all: every missing label; "forms/lead.json:12:7 error VR01 …" and the remedy */
void schema_write(struct sb *out, const char *kind);                             /* JSON Schema 2020-12 of one kind */
const char *const *schema_kinds(size_t *count);

#endif
