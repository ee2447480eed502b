/* app_admin.h -- people who administer one app without being system administrators (decision 0016): its definitions, roles, tokens.
 * Invariants:
 *  1. They reach routes marked ROUTE_APP_ADMIN for their app only; never with a token of one app.
 *  2. Nothing they publish widens a role they hold: each grant of such a role, as it will be, lies within one of its grants of the
 *     same form as it is, told by ids; a masked field keeps its type; nothing that such a role sees is made anew of what it does
 *     not give (model/role_copies.h); nothing comes back from the trash. Roles they do not hold are theirs to write: only a system
 *     administrator gives roles to people.
 *  3. What they are refused is in the audit trail: act "refused". */
#ifndef TENON_HOST_APP_ADMIN_H
#define TENON_HOST_APP_ADMIN_H

#include "runtime/host/router.h"
#include "runtime/store/plan.h"

/* ROUTE_ADMIN and ROUTE_APP_ADMIN: FORBIDDEN for others. */
struct problem *app_admin_check(struct call *c) MUST_CHECK;
/* Before a bundle is published: FORBIDDEN when it would give the publisher more. Binds *o to the plan it judged. past: it was
 * published before. */
struct problem *app_admin_guard(struct call *c, struct bundle *b, bool past, struct apply_options *o) MUST_CHECK;

#endif
