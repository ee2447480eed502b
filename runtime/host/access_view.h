/* access_view.h -- rights as answers for administrators: the matrix of all roles, and why a person sees a record. */
#ifndef TENON_HOST_ACCESS_VIEW_H
#define TENON_HOST_ACCESS_VIEW_H

#include "runtime/store/read.h"

/* {"forms": [{"form", "label", "fields": [{"name", "label", "system"}]}], "roles": [{"role", "label", "file", "users", "forms":
 * [{"form", "grants": [{"create", "read", "update", "delete", "import", "export", "print", "where", "fields": {name: right}}]}]}]} */
void rights_matrix_json(struct jw *w, const struct request *rq);
/* {"user", "admin", "record", "read", "update", "delete", "grants": [...], "fields": [...]}; rq is that person's. */
void read_access_json(struct jw *w, const struct request *rq, const struct read_access *ac);

#endif
