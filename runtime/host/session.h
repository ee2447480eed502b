/* session.h -- who is asking: a bearer token, a session cookie, or the local socket; in the snapshot of the request.
 * Before: rq has arena, language (of Accept-Language), now_us, door and id.
 * After:  directory, as of tx; actor (NULL: the machine's operator over data/tenon.sock, every right), scope; the user's own language where the
 *         request names none; call->session is a struct session (NULL on the local socket).
 * The first of these that is there decides, a wrong one is never passed over for the next: Authorization, cookie, socket.
 * The operator may act as somebody: header X-Tenon-As: LOGIN, on the local socket only.
 * CSRF is checked for changing methods that come with a cookie. Problems: UNAUTHENTICATED, FORBIDDEN csrf. */
#ifndef TENON_HOST_SESSION_H
#define TENON_HOST_SESSION_H

#include "runtime/host/router.h"
#include "runtime/store/accounts.h"

/* The directory alone, for routes that ask nobody's name. The credential is read first where there is one: a snapshot that has
 * been read from knows its epoch without a query (tx_epoch). */
struct problem *session_people(struct exchange *x, struct tx *tx, struct request *rq) MUST_CHECK;
struct problem *session_open(struct exchange *x, struct tx *tx, struct request *rq) MUST_CHECK;

/* What session_open believes: a copy of the token or cookie; NULL on the local socket. */
const char *session_secret(const struct exchange *x);

/* The cookie: __Host-tenon under https, else tenon; HttpOnly, SameSite=Lax, Path=/. token NULL: takes it back. */
void session_cookie(struct exchange *x, const char *token);

#endif
