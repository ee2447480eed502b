/* door.h -- one HTTP client for all that a test asks of a server: over the loopback address with somebody's token, or over the
 * operator's socket. Answers are kept in the arena given. Threads: one. */
#ifndef TENON_APPTEST_DOOR_H
#define TENON_APPTEST_DOOR_H

#include "runtime/apptest/served.h"
#include "runtime/base/json.h"

struct door;
struct answer { int status; struct str body; const struct json *json; /* NULL: not JSON */ };
struct ask {
	const char *token;                 /* NULL: the operator */
	const char *method, *path;
	const char *type;                  /* of the body; NULL: application/json */
	struct str body;                   /* p NULL: none */
	int64_t rev;                       /* If-Match; 0: none */
};
struct problem *door_open(struct arena *a, const struct served *s, struct door **out) MUST_CHECK; /* closes with the arena */
struct problem *door_ask(struct door *d, struct arena *a, const struct ask *ask, struct answer *out) MUST_CHECK;
/* Asks and expects success: else UNAVAILABLE test_setup with what came. */
struct problem *door_do(struct door *d, struct arena *a, const struct ask *ask, struct answer *out) MUST_CHECK;
const char *door_quote(struct arena *a, struct str text);  /* percent-encoded for a path or query */
/* "422 /mobile required, /name unique"; of an answer without faults the status and its code. */
const char *door_said(struct arena *a, const struct answer *r);
/* The server's people, in the format of `tenon user import`; a token for one of them. */
struct problem *door_people(struct door *d, struct arena *a, struct str body) MUST_CHECK;
struct problem *door_token(struct door *d, struct arena *a, const char *login, const char **out) MUST_CHECK;
struct problem *door_clock(struct door *d, struct arena *a, const char *now) MUST_CHECK;
/* Imports CSV text and waits for the job's end: *out is the job, *refused the file of refused rows (may be empty). An import that
 * was not taken at all leaves its answer in *out. */
struct csv { const char *app, *form, *mode, *key; struct str text, map; };
struct problem *door_import(struct door *d, struct arena *a, const char *token, const struct csv *csv, struct answer *out,
	struct str *refused) MUST_CHECK;

#endif
