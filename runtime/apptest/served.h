/* served.h -- the program as a process of its own: `tenon serve` on a data folder that goes when the test ends, and commands
 * beside it. What is tested is the whole product, from outside.
 * Ownership: folders and processes are the caller's to end: served_stop, served_remove. Threads: one. */
#ifndef TENON_APPTEST_SERVED_H
#define TENON_APPTEST_SERVED_H

#include <sys/types.h>
#include "runtime/base/problem.h"

struct served {
	const char *program, *app, *data;  /* app: its folder */
	const char *url, *socket;          /* "http://127.0.0.1:PORT"; the operator's socket */
	pid_t pid;
};
/* A folder of its own below TMPDIR. */
struct problem *served_folder(struct arena *a, const char **out) MUST_CHECK;
/* Serves on any free port of the loopback address, with the test clock; waits until it answers. UNAVAILABLE test_not_served. */
struct problem *served_start(struct arena *a, struct served *s) MUST_CHECK;
void served_stop(struct served *s);                        /* SIGTERM, and waits; once is enough */
/* A copy of a stopped server's data in a folder of its own. */
struct problem *served_copy(struct arena *a, const char *from, const char *to) MUST_CHECK;
void served_remove(const char *folder);

#endif
