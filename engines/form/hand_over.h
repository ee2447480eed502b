/* hand_over.h -- everything of one person to others: records of every form, and what else hangs on him.
 * Shape:    {"to": login, "forms": {"crm/lead": login, ...}}: forms not named go to "to".
 * Invariants:
 *  1. Records change their owner through record_write, on the bulk lane, each with its history line (door hand_over).
 *  2. Running it again does only what is left: a job that a process leaves unfinished is simply run again.
 *  3. What else there is stands in one table (hand_over.c, holdings); an engine that gives people something adds a row there.
 * Threads:  hand_over_links on the writer, hand_over_records on a thread that may block. */
#ifndef TENON_FORM_HAND_OVER_H
#define TENON_FORM_HAND_OVER_H

#include "engines/form/import.h"
#include "engines/form/record_write.h"

struct hand_over {
	const struct user *from, *to;
	const struct json *forms;        /* {"app/form": login}, or NULL */
	bool disable;                    /* he leaves: what only he can use ends */
};
/* Body {"to", "forms"} and the keys of the call; faults at /to and /forms/... */
struct problem *hand_over_read(struct request *rq, struct store *s, const struct user *from, const struct json *body, struct hand_over *out) MUST_CHECK;
/* "forms": [{"app", "form", "label", "records", "to", "knows"}], "records": n, "others": [{"kind", "count", "moves"}]; h->to NULL: to null.
 * knows: has the receiver a role that lets him read the form at all? */
struct problem *hand_over_json(struct request *rq, struct store *s, struct tx *tx, const struct hand_over *h, struct jw *w) MUST_CHECK;
/* Heads of departments, superiors, collaborations ... in one transaction, with its line in the audit trail. */
struct problem *hand_over_links(struct request *rq, struct store *s, const struct hand_over *h) MUST_CHECK;

struct hand_over_run {
	struct hand_over what;
	int errors_fd;                   /* a line for each record that was refused */
	bool (*progress)(void *arg, int64_t done, int64_t total, const struct import_result *so_far); /* false: stop */
	void *progress_arg;
};
/* Counts: read, updated, failed. */
struct problem *hand_over_records(struct request *rq, struct store *s, const struct hand_over_run *run, struct import_result *out) MUST_CHECK;

#endif
