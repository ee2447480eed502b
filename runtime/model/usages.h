/* usages.h -- where the definitions of an app name a form or one of its fields: formulas, checks, layouts, views, rights,
 * reports, prints, templates; with file, pointer, line and column in the canonical text (what an editor shows).
 * Where a place may mean a name of two forms (values written into another form), either counts. The declaration itself is
 * no usage. Ownership: in the arena given. Threads: any. */
#ifndef TENON_MODEL_USAGES_H
#define TENON_MODEL_USAGES_H

#include "runtime/model/loader.h"

struct usage { const char *file, *kind, *name, *key, *pointer; unsigned line, column; struct str text; };
struct usages { struct usage *items; size_t n; };
/* field NULL: usages of the form itself. */
void usages_find(struct arena *a, const struct app *app, const struct form *form, const struct field *field, struct usages *out);
/* Where fields take their values from a list. */
void usages_of_enum(struct arena *a, const struct app *app, const char *name, struct usages *out);

#endif
