/* setting.h -- organisation settings: one JSON value a key in table setting. $company.name is the key "company.name".
 * Problems: store problems. Threads: any, inside a transaction. */
#ifndef TENON_STORE_SETTING_H
#define TENON_STORE_SETTING_H

#include "runtime/store/store.h"

/* What expressions see of $company.<name>: the text of a string, the JSON of anything else, null when not set. */
struct problem *setting_company(struct tx *tx, const char *name, struct value *out) MUST_CHECK;

#endif
