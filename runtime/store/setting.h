/* setting.h -- organisation settings: one JSON value a key in table setting, driven by the rows of setting_rows.c.
 * Shape:    {"company": {"name": …}, "password": {"min_length": 8}, "mail": {"host": …, "password": {"set": true}}}: the
 *           key "company.name" is group and name. null puts a key back to its default.
 * Pictures: the id of an uploaded file (pictures.h), as text.
 * Secrets:  stored sealed (secret.h), never answered, cleared when the host they are for changes.
 * Problems: INVALID with a fault per wrong value, MALFORMED for unknown keys. Threads: any, inside a transaction. */
#ifndef TENON_STORE_SETTING_H
#define TENON_STORE_SETTING_H

#include "runtime/model/request.h"
#include "runtime/store/store.h"

enum setting_kind { SETTING_TEXT, SETTING_INTEGER, SETTING_CHOICE, SETTING_SECRET, SETTING_RATES, SETTING_PICTURE };
enum { TOKEN_RATE_MAX = 600000 }; /* requests a minute; 0 means no limit */
struct setting_row {
	const char *key;               /* "company.name" */
	enum setting_kind kind;
	int64_t min, max, usual;       /* integer: bounds and default; text, secret: max characters */
	const char *choices;           /* choice: blank-separated, the first is the default */
	const char *bound_to;          /* secret: key of what it is for; when that changes the secret goes */
	struct label label, help;
};
extern const struct setting_row setting_rows[];        /* grouped; ends with key NULL */
const struct setting_row *setting_find(struct str key);

/* What expressions see of $company.<name>: the text of a string, the JSON of anything else, null when not set. */
struct problem *setting_company(struct tx *tx, const char *name, struct value *out) MUST_CHECK;
/* An integer setting, its default when not set or no longer within its bounds. `json`: its stored value, or empty. */
struct problem *setting_integer(struct tx *tx, const char *key, int64_t *out) MUST_CHECK;
int64_t setting_integer_of(struct str json, const char *key);
struct problem *setting_text(struct tx *tx, const char *key, char **out) MUST_CHECK;   /* NULL: not set */
struct problem *setting_secret(struct tx *tx, const char *key, char **out) MUST_CHECK; /* opened; NULL: not set */

struct problem *settings_json(struct tx *tx, struct jw *w) MUST_CHECK;   /* all, by group, without secrets */
void settings_schema_json(struct jw *w);                                 /* the rows: key, type, bounds, label, help */
void settings_docs(struct sb *out);                                      /* docs/settings.md, `tenon help settings` */
/* Body as the shape above, any part of it. Writes to the audit trail which keys changed. */
struct problem *settings_patch(struct tx *tx, const struct request *rq, const struct json *body) MUST_CHECK;

#endif
