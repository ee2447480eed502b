/* postgres.h -- a private PostgreSQL cluster for one test program: made in a temporary folder, reached by a unix socket only,
 * stopped and removed by postgres_stop (or with the process). As root it runs as the user postgres.
 * The functions of expr_postgres_prelude are there. Where the binaries are missing, postgres_start says so and the test skips. */
#ifndef TENON_TESTS_SUPPORT_POSTGRES_H
#define TENON_TESTS_SUPPORT_POSTGRES_H

#include <libpq-fe.h>
#include "runtime/base/problem.h"

struct postgres;
struct postgres *postgres_start(struct arena *a, const char **why_not); /* NULL: *why_not tells; lives in the arena */
void postgres_stop(struct postgres *p);                                /* NULL is fine */
PGconn *postgres_connection(struct postgres *p);
/* Both answer INTERNAL with the server's message as the log; the connection stays usable. */
struct problem *postgres_exec(struct postgres *p, struct arena *a, const char *sql) MUST_CHECK;    /* one or more statements */
struct problem *postgres_prepare(struct postgres *p, struct arena *a, const char *sql) MUST_CHECK; /* parsed and planned, not run */

#endif
