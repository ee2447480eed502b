/* client.h -- a command's way to the store: HTTP over data/tenon.sock, to the server that runs there or, when none does, to
 * one started for the purpose in this process (decision 0002). The operator of the machine acts as system admin.
 * Threads: one. Ownership: replies live in the client's arena. */
#ifndef TENON_HOST_CLIENT_H
#define TENON_HOST_CLIENT_H

#include "runtime/base/json.h"

struct client;
struct reply { int status; struct str body; const struct json *json; /* NULL: not JSON */ };
/* create: make the folder when it is absent. Problems: those of server_start; UNAVAILABLE no_answer. */
struct problem *client_open(struct arena *a, const char *data, bool create, struct client **out) MUST_CHECK;
/* On an empty store of no name, which goes with client_close. */
struct problem *client_open_nowhere(struct arena *a, struct client **out) MUST_CHECK;
/* body NULL: none. A reply with an error status is not a problem: see client_expect. */
struct problem *client_call(struct client *c, const char *method, const char *path, const char *content_type, struct str body,
	struct reply *out) MUST_CHECK;
/* The same with a file as the body or into a file; progress may be NULL. */
struct problem *client_download(struct client *c, const char *path, int fd, struct reply *out) MUST_CHECK;
const char *client_quote(struct arena *a, struct str text);  /* percent-encoded for a path or query */
/* Prints an error answer (its detail and faults) and gives the exit code: 0 for 2xx, else 1. */
int client_report(const struct reply *r);
void client_close(struct client *c);

#endif
