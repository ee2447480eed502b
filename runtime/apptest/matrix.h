/* matrix.h -- the door matrix: every role, form and field of an app against every door, made from its definitions (ledger 9a).
 *  1. Two worlds that differ only in a value a person may not read (or in a record he may not see) answer him alike, byte for
 *     byte, at every read door and in every refusal. That covers filters, order, groups, counts, search and error texts at once.
 *  2. A value he may not edit is after every write door what it was.
 *  3. A record outside his rows answers as one that does not exist, and cannot be linked to.
 *  4. A rule of a field refuses with the same code at every write door.
 *  5. An accepted write leaves exactly one line of history, with its door.
 * The worlds are copies of one data folder, served side by side with the clock standing still. Rights are worked out here from
 * the definitions alone, rows by department and superior as definitions.md words them. Private to runtime/apptest. */
#ifndef TENON_APPTEST_MATRIX_H
#define TENON_APPTEST_MATRIX_H

#include "runtime/apptest/apptest.h"
#include "runtime/apptest/door.h"
#include "runtime/apptest/sample.h"

enum { PEOPLE_MAX = 48, GRANTS_MAX = 16, MATRIX_TEXT = 8 << 20, WORLDS = 2 };

struct person { const char *login, *dept, *superior, *token; const struct role *role; /* NULL: owns records, asks nothing */ };
struct based {                             /* the records of one form: one for each person as owner, and one for nobody */
	int64_t ids[PEOPLE_MAX + 1];
	bool made;
	const char **values;               /* by field index: JSON that was accepted, NULL: left out */
	unsigned *tries;
	int64_t **twins;                   /* by index of a reference: per record, one led into the state its options want; NULL: none */
	const char *why;                   /* not made: what refused it */
};
/* Values a record is given besides its own. */
enum { GIVEN_MAX = 24 };
struct given { const struct field *field; const char *json; const struct json *tree; /* what it means, or NULL */ };
struct matrix {
	struct arena *arena;               /* the whole run's */
	const struct apptest *t;
	const struct app *app;
	struct served base, worlds[WORLDS];
	struct door *doors[WORLDS];    /* doors[0] asks the base while it is built */
	const char *admin;                 /* his token */
	struct person people[PEOPLE_MAX];
	size_t people_count;
	struct based *based;               /* by place of the form in app->forms */
	unsigned fresh;                    /* counts up: values nobody had */
};
/* One role at one form: what its person may do there, worked out from the grants. */
struct role_form {
	struct matrix *m;
	struct arena *arena;
	const struct person *me;
	const struct form *form;
	struct based *based;
	size_t grant_count;
	const struct role_grant *grants[GRANTS_MAX];
	const char *where[GRANTS_MAX];     /* its text, or NULL */
	bool *within[GRANTS_MAX];          /* by record: its where holds */
	bool mixed[PEOPLE_MAX + 1];        /* by record: what he may read of it differs in the worlds, rightly */
	const char *unclear;               /* what the kit cannot work out, or NULL */
};

/* matrix_world.c */
struct problem *matrix_build(struct matrix *m) MUST_CHECK;  /* the base, stopped again */
/* Fresh copies of the base for one role, served; and their end. */
struct problem *matrix_open(struct matrix *m, struct arena *a) MUST_CHECK;
void matrix_close(struct matrix *m);
struct based *matrix_based(struct matrix *m, const struct form *form);
bool matrix_writable(const struct field *f);               /* a request may set it */
/* JSON of a value of f nobody had so far, fitting record k; NULL: not derived. */
const char *matrix_value(struct matrix *m, struct arena *a, const struct field *f, size_t k);
/* The n-th value: small numbers, early days; for where checks hold a value down. */
const char *matrix_small(struct matrix *m, struct arena *a, const struct field *f, size_t k, unsigned n);
/* A body that creates one more record like those there are; `with` replaces one value (NULL field: none). */
struct str matrix_body(struct matrix *m, struct arena *a, const struct form *form, size_t k, const struct field *with, const char *json);
/* The same with several; a system field stands there only when given. */
struct str matrix_body_given(struct matrix *m, struct arena *a, const struct form *form, size_t k, const struct given *given, size_t n);
struct str matrix_given(struct arena *a, const struct given *given, size_t n); /* these alone */
int64_t matrix_now(void);                                  /* where the clock stands */
/* matrix_reach.c: for link of record k a further record of the form it points at, in a state its `options` allow; false: not derived. */
struct problem *matrix_reach(struct matrix *m, const struct field *link, size_t k, bool *done) MUST_CHECK;
/* Record k led along its transitions to where a role's where wants the rows it gives; it may stay where it is. */
struct problem *matrix_bring(struct matrix *m, const struct form *form, size_t k, const struct person *me, const char *where) MUST_CHECK;
/* Where a form's unique key has references alone: one of them means a new record, so that a further record may be made. */
struct problem *matrix_renew(struct matrix *m, const struct form *form, size_t k) MUST_CHECK;
/* matrix_flow.c: the record brought through an approval until its state is value. */
struct stand { const struct form *form; int64_t id; size_t k; const struct field *state; const char *value; };
struct problem *matrix_approve(struct matrix *m, struct arena *a, const struct stand *at, bool *done) MUST_CHECK;
/* What the condition asks of the record and it lacks, written to it. */
struct problem *matrix_fulfil(struct matrix *m, struct arena *a, const struct stand *at, const struct expr *when,
	const struct expr_paths *paths) MUST_CHECK;
bool matrix_by_flow(const struct field *state, const char *value); /* no person moves it there */
/* matrix_settle.c: the values `record` lacks for the condition to hold, added to out; false: not derived. */
struct settle {
	const struct expr *when; const struct expr_paths *paths; bool fails; /* fails: for it not to hold */
	const struct json *record; size_t k;
	const struct field *keep;          /* not to be touched, or NULL */
	struct given *out; size_t *n;      /* room for GIVEN_MAX; what is there counts */
};
bool matrix_settle(struct matrix *m, struct arena *a, const struct settle *ask);
/* matrix_rights.c */
struct problem *matrix_role_form(struct role_form *rf) MUST_CHECK;
bool matrix_gives(const struct role_form *rf, size_t grant); /* its where holds of some record, or it has none */
bool matrix_sees(const struct role_form *rf, size_t k);
enum field_right matrix_reads(const struct role_form *rf, const struct field *f, size_t k);
bool matrix_updates(const struct role_form *rf, size_t k);
enum field_right matrix_edits(const struct role_form *rf, const struct field *f, size_t k);
/* What is tried; each adds to the open case. */
struct problem *matrix_hidden(struct role_form *rf) MUST_CHECK;
struct problem *matrix_rows(struct role_form *rf) MUST_CHECK;
struct problem *matrix_unlinked(struct role_form *rf) MUST_CHECK; /* 3, the part that writes */
struct problem *matrix_read_only(struct role_form *rf) MUST_CHECK;
struct problem *matrix_rules(struct matrix *m, struct arena *a, const struct form *form) MUST_CHECK;
struct problem *matrix_history(struct matrix *m, struct arena *a, const struct form *form) MUST_CHECK;
const char *matrix_unseen_name(const struct role_form *rf); /* of a check about a record he does not see */
/* matrix_probe.c: all read doors, and refused writes, about record k and field f (NULL: the record as such). */
struct probe { const char *method, *path; struct str body; int64_t rev; };
size_t matrix_probes(struct role_form *rf, size_t k, const struct field *f, const char *value, struct probe *out, size_t room);
/* Asks both worlds as the person; a difference is a failure. */
struct problem *matrix_same(struct role_form *rf, const char *what, const struct probe *probes, size_t n) MUST_CHECK;
struct str matrix_neutral(struct arena *a, struct str body); /* without the number of the request */

#endif
