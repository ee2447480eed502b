/* flow.h -- an approval flow as the engines use it: a tree of steps with names resolved and expressions compiled.
 * There are no drawn joins: a block (branch, parallel) joins itself when its lists have ended.
 *  1. flow->steps lists every step in the order it is written, blocks before what they hold: step->index is its place.
 *  2. goto and return_to name steps that stand earlier in the same list or in a list around it, never inside a
 *     parallel block that the step itself is not in.
 *  3. Every expression of a flow reads slots of flow->paths, except those of act programs (they have their own).
 *  4. A flow of an earlier version is compiled against the app of today (flow_compile), which is only read. What it then names in
 *     vain is a finding and: a condition never holds, a person is nobody, an act's program is NULL (a fault when it is reached).
 * Shape: docs/definitions/flows.md (shape_flow.c). Semantics: docs/architecture.md "Flows", decision 0026.
 * Ownership: its arena (the app's, or that of the cache of earlier versions). Threads: immutable. */
#ifndef TENON_MODEL_FLOW_H
#define TENON_MODEL_FLOW_H

#include "runtime/model/action.h"
#include "runtime/model/app.h"

struct directory;
struct findings;
struct flow;
struct step;

enum step_kind { STEP_APPROVE, STEP_HANDLE, STEP_CC, STEP_BRANCH, STEP_PARALLEL, STEP_WAIT, STEP_ACT, STEP_SUB, STEP_GOTO, STEP_KINDS };

struct step_list {
	const struct step *const *steps; size_t n;
	const struct step *owner;            /* the block it belongs to; NULL: the flow's own list */
	size_t place;                        /* among the owner's lists */
	struct label label;                  /* of a case or a parallel branch; empty when it has none */
	const struct expr *when;             /* of a branch's case; NULL: else (or a parallel branch) */
	const struct json *json;             /* of the case or branch; of the flow's own list: the array */
};

enum who_kind { WHO_USER, WHO_ROLE, WHO_DEPT, WHO_STARTER, WHO_STARTER_PICKS, WHO_PREVIOUS_PICKS, WHO_SUPERIOR, WHO_SUPERIORS_TO,
	WHO_DEPT_HEAD, WHO_FIELD, WHO_QUERY, WHO_KINDS };
/* where: bare names are the asked form's, $parent is the record of the run. */
struct who_query { const struct form *form; const struct expr *where; struct expr_paths paths; const struct field *take; };
struct who {
	enum who_kind kind;
	const char *name;                    /* user: login; role, dept: name; superiors_to a role: its name, else NULL */
	int level;                           /* superior n; superiors_to a level */
	const struct expr *path;             /* dept_head, field: over flow->paths; a user, a department, or lists of them. In a due
	                                      * rule dept_head without a path: that of who has the task; superior likewise */
	const struct who_query *query;
	int weight;                          /* of each person it gives; 1 unless told */
	const struct json *json;
};
struct who_list { const struct who *items; size_t n; };

enum vote_kind { MODE_ANY, MODE_ALL, MODE_ORDER, MODE_COUNT, MODE_SHARE, MODE_WEIGHT };
/* MODE_COUNT ... MODE_WEIGHT pass when yes > (or >=) the bound. Count: a number of people. Share, weight: the part
 * numerator/denominator of all people or of all weight. */
struct mode { enum vote_kind kind; bool or_equal; int64_t numerator, denominator; };

enum due_act { DUE_REMIND, DUE_PASS, DUE_REJECT, DUE_TRANSFER, DUE_ESCALATE };
struct due_rule { enum due_act act; const char *offset; /* span from the due moment, "-1d", "2wh"; "" at it */ struct who who; /* transfer */ };

enum verdict { VERDICT_APPROVE, VERDICT_REJECT, VERDICT_COMPLETE, VERDICT_RETURN, VERDICT_RESUBMIT, VERDICTS };
extern const char *const verdict_names[VERDICTS];
struct requirement { bool comment, signature; const struct field *const *fields; size_t n; };

enum allow { ALLOW_ADD_BEFORE = 1, ALLOW_ADD_AFTER = 2, ALLOW_ADD_PARALLEL = 4, ALLOW_REMOVE = 8, ALLOW_TRANSFER = 16, ALLOW_DELEGATE = 32,
	ALLOW_RETURN = 64, ALLOW_CC = 128, ALLOW_TAKE_BACK = 256 };
enum on_self { ON_SELF_SELF, ON_SELF_SKIP, ON_SELF_SUPERIOR, ON_SELF_DEPT_HEAD };
enum on_repeat { ON_REPEAT_OFF, ON_REPEAT_ONCE, ON_REPEAT_CONSECUTIVE };
enum on_nobody { ON_NOBODY_ADMIN, ON_NOBODY_PASS, ON_NOBODY_REJECT, ON_NOBODY_REFUSE_START, ON_NOBODY_USER };
struct policies { enum on_self on_self; enum on_repeat on_repeat; enum on_nobody on_nobody; const char *nobody_user; };

/* A place a run may be returned to: "start", "previous" (the step of people before this one), or a step. */
struct return_place { enum { RETURN_START, RETURN_PREVIOUS, RETURN_STEP } kind; const struct step *step; };

enum { STEP_FIELD_UNNAMED = 0xff };
struct step {
	enum step_kind kind;
	size_t index;                        /* in flow->steps */
	const char *id;
	struct label label;                  /* the id when none is given */
	const struct step_list *in; size_t place; /* the list it stands in, and where */
	struct who_list who;                 /* approve handle cc */
	struct mode mode;
	struct policies policies;            /* the flow's, unless the step says otherwise */
	const char *due;                     /* "2wd"; NULL: none */
	const struct due_rule *on_due; size_t on_due_count;
	const uint8_t *fields;               /* enum field_right by field->index of flow->form; STEP_FIELD_UNNAMED */
	struct requirement require[VERDICTS];
	unsigned allow;
	const struct return_place *return_to; size_t return_count;
	bool all;                            /* branch: every case that holds */
	size_t wait;                         /* parallel: so many branches; 0: all */
	const struct step_list *const *lists; size_t list_count; /* branch, parallel */
	const char *span;                    /* wait for */
	const struct form *until_form; const struct expr *until; /* wait until: a record of that form satisfies it; of flow->form: this record; else $parent is this record */
	struct expr_paths until_paths;
	const struct program *program;       /* act; NULL: invariant 4 */
	const char *flow; const struct expr *record; /* sub: name of the flow, path of the record; NULL: this record */
	const struct step *to;               /* goto */
	const struct json *json;
};

enum flow_state { FLOW_STARTED, FLOW_APPROVED, FLOW_REJECTED, FLOW_RETURNED, FLOW_WITHDRAWN, FLOW_TERMINATED, FLOW_STATES };
enum withdraw { WITHDRAW_UNTIL_FIRST_ACTION, WITHDRAW_ALWAYS, WITHDRAW_NEVER };
/* What makes a run by itself, or what waits for one: by hand; a record was created; a change, deletion or move is asked for and
 * done once approved (decision 0026). */
enum start_on { START_BY_HAND, START_CREATED, START_CHANGE, START_DELETE, START_MOVE };
struct flow {
	struct arena *arena;
	const struct app *app;
	const struct definition *definition; /* of an earlier version: made for its text */
	const char *name, *id;
	struct label label;
	struct str text; char hash[65];      /* the definition as it is kept with its versions, and its SHA-256 (hex) */
	const struct form *form;
	struct expr_paths paths;
	struct {
		struct who_list who;         /* empty: who may read the record */
		const struct expr *when;
		const uint8_t *fields;       /* as a step's, for the task of resubmitting */
		enum start_on on;
		const struct field *field; const struct enum_value *to; /* START_MOVE; to NULL: any value */
	} start;
	enum withdraw withdraw;
	bool to_returner;                    /* "resubmit": "to_returner" */
	const struct field *state;           /* what the run moves: "field" of states, else the form's state; or NULL */
	const struct enum_value *states[FLOW_STATES]; /* of it; NULL: left as it is */
	struct step_list root;
	const struct step *const *steps; size_t step_count;
	struct names ids;                    /* steps by id */
};

/* Compiles one flow; what is wrong goes to the findings (VR01, VR02, F1xx static), NULL when it cannot be used at all. */
const struct flow *flow_compile(struct arena *a, const struct app *app, const struct definition *d, struct findings *f);
/* What it will do, before it does it: gaps, dead and overlapping cases, loops, people, time, fields (F1xx-F6xx, flow.md 5.2).
 * people NULL: nobody is known, so nothing is said about them. app_verify asks this of every flow. */
void flow_verify(const struct flow *flow, const struct directory *people, struct findings *f);
/* The text of a version that runs are open on, against an app that is to be published: what it names in vain, as warnings (F701). */
struct flow_text { const char *id; const struct json *json; int64_t version, runs; };
void flow_verify_open(const struct app *next, const struct flow_text *text, struct findings *f);
/* Flows of earlier versions, compiled once for this app (app->kept), or found not to compile: by id and the hash their text is kept under. Never taken out; a
 * list only added to, so that readers need no lock. */
enum { FLOWS_KEPT_MAX = 500 };
struct flow_kept *flow_kept_new(struct arena *a);
bool flow_kept_find(const struct flow_kept *k, const char *id, struct str hash, const struct flow **out); /* *out NULL: it does not compile */
/* flow NULL: it does not compile. Takes over the arena that all of the flow lives in; false: there are too many, it stays the caller's. */
bool flow_kept_add(struct flow_kept *k, struct arena *a, const struct flow *flow, const char *id, struct str hash);
const struct flow *app_flow(const struct app *app, struct str name);
const struct flow *app_flow_by_id(const struct app *app, struct str id);
const struct step *flow_step(const struct flow *flow, struct str id);

#endif
