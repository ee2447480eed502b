/* record_write.h -- the one write path (architecture.md section 4). Web form, REST, batch, import, rules, flows, hooks:
 * all come here. Two stages:
 *   prepare (any thread, on a read snapshot): rights -> read input -> defaults -> linkage -> computed -> validation; it notes
 *           the rev of every record it read, the rights epoch and the app version;
 *   commit  (on the writer): those are still equal, else WRITE_STALE (prepare again, 3 tries, then 409) -> unique, serials ->
 *           row, sub-rows, history, stage log, search, event.
 * Nothing of a refused write is stored. Problems: NOT_FOUND, FORBIDDEN, STALE (412 with struct stale), NEED_MATCH, INVALID. */
#ifndef TENON_FORM_RECORD_WRITE_H
#define TENON_FORM_RECORD_WRITE_H

#include "runtime/store/apps.h"
#include "runtime/store/read.h"

enum write_op { WRITE_CREATE, WRITE_UPDATE, WRITE_DELETE, WRITE_RESTORE };

struct input_rows;
struct input {                           /* what a door gives, typed; only given fields are listed */
	struct input_field { const struct field *field; struct value value; const struct input_rows *rows; const char *pointer;
		bool refused; /* its value had a fault, reported already */ } *fields;
	size_t n;
};
struct input_rows { bool replace;        /* the array form: rows not listed are deleted */
	struct input_row { int64_t id; /* 0: new */ struct input values; const char *pointer; } *rows; size_t n;
	const int64_t *deleted; size_t deleted_count; };
/* Wire JSON -> input; faults into f with pointers; unknown fields are MALFORMED at once (hidden ones alike). */
struct problem *input_from_json(struct request *rq, const struct access *ac, const struct form *form, const struct json *body,
	struct faults *f, struct input **out) MUST_CHECK;

struct write {
	enum write_op op;
	const struct form *form;
	int64_t id;                      /* create: filled by commit */
	int64_t if_match;                /* revision the caller saw, or -1 */
	const struct json *body;         /* wire values, or NULL */
	const struct input *input;       /* typed values (import, rules), or NULL */
	bool last_try;                   /* stale again: commit prepares on the writer, instead of write_again */
	bool dry_run;                    /* prepare only (validate) */
	bool correction;                 /* the approval that holds the record has given it back to who writes */
	const struct flow *approved;     /* the flow that was asked for this write: it covers what it is for, not what others guard (held.c) */
	bool together;                   /* of many that are done over one by one when one is refused: commit need not say which (gather.c) */
	bool look;                       /* only rights and revision are judged: the start of a subject (inside.h) */
	const char *cause;               /* what the history says it came of (history.h), or NULL */
	const char *pointer;             /* prefix of the faults' pointers ("/operations/3"), or NULL */
	/* Runs in the write's own transaction once it is stored (idempotency_store, an inline action), or NULL; a problem takes
	 * the write back. May run more than once. */
	struct problem *(*also)(struct tx *tx, struct write *w, void *arg);
	void *also_arg;
	const struct record *before, *after; /* out: as stored before and after, as far as the actor may see them */
	struct faults faults;            /* out */
	struct prepared *prepared;       /* between the stages */
};
struct stale { const struct field **fields; size_t n; const struct record *current; }; /* problem->extra of STALE */

/* Engines that have something to do in the same transaction when a record was created, changed or deleted. Set once, before the store is
 * written (host/server.c); a problem takes the write back. */
struct record_listener { struct problem *(*written)(struct tx *tx, struct request *rq, struct store *s, const struct form *form, int64_t id, enum write_op op); };
void record_listeners(const struct record_listener *const *listeners); /* NULL-terminated, constant */

struct problem *write_prepare(struct request *rq, struct store *s, struct write *w) MUST_CHECK;
struct problem *write_commit(struct tx *tx, struct write *w) MUST_CHECK;   /* &write_again when it must be prepared again */
extern struct problem write_again;
/* Both stages with the retries, blocking the calling thread. */
struct problem *record_write(struct request *rq, struct store *s, enum lane lane, struct write *w) MUST_CHECK;
/* Several as one transaction (batch "atomic", convert): all or none; faults carry /operations/i. */
struct problem *record_write_all(struct request *rq, struct store *s, enum lane lane, struct write *w, size_t n) MUST_CHECK;

/* {"values","errors","fields":{f:{visible,required,read_only}}} without saving. */
struct problem *record_validate(struct request *rq, struct store *s, const struct form *form, int64_t id, const struct json *values, struct jw *out) MUST_CHECK;
/* Records that its duplicate rules take for the same as what these values would make (of the record id, or of a new one), as far as
 * the actor may know: {"matches":[{"id","title","level","fields":[…],"record":{…}}],"outside":[{"level","fields","owners":[{"user","title"}]}]}.
 * FORBIDDEN when he may not save such a record at all. */
struct problem *record_duplicates(struct request *rq, struct store *s, const struct form *form, int64_t id, const struct json *values, struct jw *out) MUST_CHECK;
/* History of a record as JSON, rights applied: [{"at","by","door","op","rev","changes":[{"field","old","new"}]}]. */
struct problem *record_history(struct request *rq, struct tx *tx, const struct form *form, int64_t id, struct jw *out) MUST_CHECK;

#endif
