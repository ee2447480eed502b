/* session.h -- who is asking: from the cookie, the bearer token or the local socket, in the snapshot of the request.
 * Before: rq has arena, language (of Accept-Language), now_us, door, id and directory (people_take of the same tx).
 * After: actor (NULL: the machine's operator over data/tenon.sock, every right), scope, and the user's own language.
 *        The call (x->context) holds in `session` the struct session of accounts.h; NULL for the operator.
 * CSRF is checked for changing methods that come with a cookie. Problems: UNAUTHENTICATED, FORBIDDEN csrf. */
#ifndef TENON_HOST_SESSION_H
#define TENON_HOST_SESSION_H

#include "runtime/host/router.h"
#include "runtime/store/accounts.h"

struct problem *session_open(struct exchange *x, struct tx *tx, struct request *rq) MUST_CHECK;

#endif
