/* app.h -- one loaded version of an application's definitions: immutable, reference-counted, shared by threads.
 * Publishing swaps the current app; running requests keep the one they took. Statement caches hang on it by its serial.
 * Shape: docs/definitions. Ownership: everything inside lives in app->arena until the last app_release. */
#ifndef TENON_MODEL_APP_H
#define TENON_MODEL_APP_H

#include <stdatomic.h>
#include "runtime/base/json.h"
#include "runtime/expr/expr.h"
#include "runtime/model/form.h"
#include "runtime/model/names.h"

struct definition {                       /* any object of a kind, kept as loaded (flows, rules, reports, ... too) */
	const char *kind, *name, *id;     /* "form", "lead", "lead" */
	struct label label;
	const char *file;                 /* "forms/lead.json" */
	const struct json *json;          /* root of the file */
	struct str source;                /* its text, for positions; empty in a published bundle */
};

struct role_grant {                       /* one grant of one form in one role */
	const struct form *form;
	bool create, import, export, print;
	enum scope { SCOPE_NONE, SCOPE_OWN, SCOPE_SUBORDINATES, SCOPE_DEPT, SCOPE_DEPT_TREE, SCOPE_ALL } read, update, delete_;
	const struct expr *where;         /* over form->paths, or NULL */
	uint8_t *fields;                  /* enum field_right by field->index (system fields included) */
	const uint8_t **row_fields;       /* by table field's index: rights of its row fields, or NULL */
};
enum field_right { RIGHT_HIDDEN, RIGHT_MASK, RIGHT_READ, RIGHT_EDIT };
extern const char *const field_right_names[]; /* as definitions and answers write them; permission.c */
struct role { const char *name, *id; struct label label; struct role_grant *grants; size_t grant_count; const struct definition *definition; };

/* When people work (load_calendar.c). */
struct calendar { const char *name, *id; struct label label; struct work_calendar work; const struct definition *definition; };

struct app {
	struct arena *arena;
	atomic_int references;
	uint64_t serial;                  /* unique in this process: key of statement caches */
	int64_t version;                  /* published version in the store; 0 = only loaded (check) */
	const char *name, *version_text, *currency;
	struct label label;
	const struct zone *zone;
	const struct definition *definition;              /* app.json */
	struct form **forms; size_t form_count;
	struct enumeration **enumerations; size_t enumeration_count;
	struct role **roles; size_t role_count;
	struct calendar **calendars; size_t calendar_count;
	const struct calendar *calendar;                  /* the one expressions and flows go by: that app.json names, else "work", else the only one; NULL: office hours */
	const struct flow *const *flows; size_t flow_count; /* flow.h */
	struct flow_kept *kept;                           /* flow.h: the only thing here that grows */
	const struct definition **definitions; size_t definition_count; /* every file, sorted by path */
	struct str bundle;                                /* canonical JSON of all files: what is published and hashed */
	char hash[65];                                    /* SHA-256 (hex) of the bundle */
	struct names form_names, enumeration_names, role_names, calendar_names, definition_names; /* definitions as "kind/name" */
};

struct app *app_retain(struct app *app);
void app_release(struct app *app);
void app_keep(struct arena *a, struct app *app);            /* gives it back with the arena */
const struct form *app_form(const struct app *app, struct str name);           /* by current name; NULL */
const struct form *app_form_by_id(const struct app *app, struct str id);        /* NULL, also without an app */
const struct enumeration *app_enumeration(const struct app *app, struct str name);
const struct role *app_role(const struct app *app, struct str name);
const struct calendar *app_calendar(const struct app *app, struct str name);
const struct work_calendar *app_working_time(const struct app *app);           /* of app->calendar; NULL: office hours */
const struct definition *app_definition(const struct app *app, const char *kind, struct str name);
extern const struct expr_catalogue model_catalogue; /* forms and enumerations as expr sees them */

#endif
