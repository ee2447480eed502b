/* run.h -- one run of a flow in memory, and what moves it. Nothing here touches the store: run_store.c loads a run
 * before a command and writes out what changed, in the command's transaction.
 *
 * Invariants (advance.c keeps them, tests/property/prop_flow.c checks them after every command):
 *  1. A token stands where the run waits: at a step of people, a wait, a flow inside; or at the start (step NULL) while the
 *     starter is asked to correct. Blocks hold no token; a block is live while one stands below it.
 *  2. A run that is over has no token and no open or held task; a running one has at least one token.
 *  3. Every open or held task but cc belongs to exactly one token (same step and round), and every token at a step of people
 *     has at least one of them.
 *  4. Joins count nothing: how many lists of a block have ended is the lists begun (all of a parallel block, the chosen
 *     ones of a branch) less those with a token below.
 *  5. The verdict of a step is a total function of its tasks (verdict.c); a step is left as soon as the tasks that are open
 *     cannot change it.
 *  6. A return cancels all below the smallest list that holds both places, then puts one token on the target.
 *  7. Nobody has two parts in one entry of a step (run_part): one person, one vote.
 *  8. Whatever happened stands in the log, one line an act; numbers have no gaps.
 * Source: flow.md 5.1, decision 0026. Ownership: the request's arena. Threads: one. */
#ifndef TENON_FLOW_RUN_H
#define TENON_FLOW_RUN_H

#include "runtime/model/flow.h"
#include "runtime/model/request.h"

enum run_state { RUN_RUNNING, RUN_APPROVED, RUN_REJECTED, RUN_WITHDRAWN, RUN_TERMINATED, RUN_STATES };
extern const char *const run_state_names[RUN_STATES];

enum task_kind { TASK_APPROVE, TASK_HANDLE, TASK_RESUBMIT, TASK_CC, TASK_WAIT, TASK_SUB, TASK_KINDS };
enum task_state { TASK_OPEN, TASK_HELD, TASK_DONE, TASK_VOID, TASK_STATES }; /* held: it will be opened later, or closed unasked */
enum task_origin { ORIGIN_RULE, ORIGIN_BEFORE, ORIGIN_AFTER, ORIGIN_PARALLEL, ORIGIN_DELEGATE, ORIGINS };
extern const char *const task_kind_names[TASK_KINDS], *const task_state_names[TASK_STATES], *const task_origin_names[ORIGINS];
enum { NO_VERDICT = -1, PLACE_ANY_ONE = -1 /* asked because there is nobody: one of them is enough, whatever the mode */ };

struct task {
	int64_t n;                           /* 1, 2, ... in its run; its id outside is "RUN-n" */
	const struct step *step;             /* NULL: the start */
	int64_t round;                       /* of its step's entry */
	enum task_kind kind;
	enum task_state state;
	enum task_origin origin;
	int32_t actor, for_whom;             /* sys_user.id; for_whom: the one a proxy stands in for; 0 none. A wait has no actor */
	int64_t weight, place;               /* place: in "order", who comes first; or PLACE_ANY_ONE */
	int64_t parent;                      /* the task that added or delegated this one; 0 none */
	int verdict;                         /* enum verdict of a done one, or NO_VERDICT */
	int64_t opened_us, closed_us, due_us; /* 0: not yet, none */
	int64_t next_us; size_t next;        /* when on_due[next] acts; 0: never, or not while it is held. A wait: when it ends */
	int64_t child;                       /* TASK_SUB: the run inside */
	bool skipped;                        /* a policy decided for the person */
	bool changed;                        /* to be written */
};

struct token { const struct step *step; int64_t round; };
struct choice { const struct step *step; uint64_t lists; }; /* a branch and the cases taken when it was entered last */

struct log_line { const char *act, *note, *reason; const struct step *step; int64_t round; int32_t who, for_whom; int64_t task; };

/* What a return to the start remembers, so that the run may go straight back to who returned it. */
struct way_back { struct token *tokens; size_t n; struct kept_task { int64_t task; enum task_state state; } *tasks; size_t task_count; };

/* How it stood before the last decision, while that may be taken back: nobody has acted on it since, and nothing but tasks came of it. */
struct undo { int64_t task; struct way_back back; };

/* A block whose lists are being entered: it is joined once all are. On the stack of advance.c. */
struct entering { const struct step *block; bool abandoned; struct entering *outer; };

struct run {
	struct arena *arena;
	const struct flow *flow;
	const struct directory *people;
	enum language language;              /* of who acts: for what he is told */
	int64_t id, rev, record, version;
	bool bare;                           /* bare.h: its version cannot be used; it is read, ended or moved to another, no more */
	bool reached;                        /* sight.h: the roles of who asks reach the record */
	enum run_state state;
	int32_t starter;
	int64_t started_us, ended_us;
	int64_t parent, parent_task; /* the run it is inside of */
	struct told_vote *votes; size_t votes_room; bool votes_known; /* verdict.c: of each task; unknown once one has changed */
	struct token *tokens; size_t token_count, token_room;
	struct choice *choices; size_t choice_count, choice_room;
	struct task *tasks; size_t task_count, task_room;
	struct log_line *log; size_t log_count, log_room; /* of this command */
	int64_t log_seq;                     /* lines stored */
	char log_hash[65];                   /* of the last one, as it goes into the next */
	int64_t rounds;                      /* entries so far: each gets the next number */
	bool returned;                       /* on_repeat skips nobody any more */
	struct way_back back;                /* n 0: none */
	struct undo undo;                    /* task 0: none */
	bool acted;                          /* somebody has decided since the start */
	const struct json *picks;            /* {"step": ["li"]} */
	const struct json *changes;          /* what is done to the record once approved (START_CHANGE, START_MOVE), as on the wire; or NULL */
	int64_t now_us;
	unsigned walked;                     /* steps entered by this command: the loop limit */
	struct entering *entering;
	enum flow_state told; bool tell;     /* the record's state is to be set */
};

/* One person a step asks. */
struct asked { int32_t user, for_whom; int64_t weight; const struct who *by; bool skip; /* counts as having approved */ const char *reason; /* of skipping, of another being asked */ };
struct asked_list { struct asked *items; size_t n; bool any_one; /* whatever the mode: PLACE_ANY_ONE */ enum { ASKED, ASKED_PASS, ASKED_REJECT } outcome; const char *reason; /* of a step that asks nobody */ };

/* What the walk asks of the outside. A test gives its own. A function that fails gives a problem; the command is refused. */
struct world {
	void *context;
	struct problem *(*test)(void *context, const struct expr *condition, bool *out);
	/* Whom a step asks now, policies applied (people.c). */
	struct problem *(*people)(void *context, const struct run *run, const struct step *step, struct asked_list *out);
	struct problem *(*act)(void *context, struct run *run, const struct step *step);
	/* Starts the flow inside; *state: what it came to at once, RUN_RUNNING while it waits. */
	struct problem *(*sub)(void *context, struct run *run, const struct step *step, struct task *task, enum run_state *state);
	/* When a step that is entered now is due and what acts first; or when a wait ends. */
	struct problem *(*due)(void *context, const struct step *step, struct task *task);
	/* Who takes over from somebody who is late: by a due rule; 0: nobody. */
	struct problem *(*deputy)(void *context, const struct run *run, const struct task *task, const struct due_rule *rule, int32_t *out);
	/* Does what a wait is for hold already? */
	struct problem *(*awaited)(void *context, const struct run *run, const struct step *step, bool *out);
	/* Why a branch goes the way it goes, for the log (taken.h). NULL: this world tells nobody. */
	struct problem *(*taken)(void *context, const struct step *branch, uint64_t lists, const char **out);
};

/* ---- advance.c ---- */
struct problem *run_begin(struct run *run, const struct world *w) MUST_CHECK;      /* enters the first steps */
/* After a task of a step was decided: leaves the step when that settles it. */
struct problem *run_settle(struct run *run, const struct world *w, const struct step *step, int64_t round) MUST_CHECK;
struct problem *run_pass(struct run *run, const struct world *w, const struct step *step) MUST_CHECK; /* leaves it as passed (waits, timers, jumps) */
void run_end(struct run *run, enum run_state state);
/* To a step, or to the start (NULL): cancels the region. */
struct problem *run_return(struct run *run, const struct world *w, const struct step *from, const struct step *to) MUST_CHECK;
struct problem *run_resubmit(struct run *run, const struct world *w) MUST_CHECK;
struct problem *run_jump(struct run *run, const struct world *w, const struct step *to) MUST_CHECK; /* everything else is cancelled */
void run_keep(struct run *run, struct way_back *back, const struct task *decided); /* tokens, what is asked, and one just decided */
struct problem *run_go_back(struct run *run, const struct world *w, const struct way_back *back) MUST_CHECK;
struct token *run_token(struct run *run, const struct step *step);
bool step_within(const struct step *step, const struct step_list *list);          /* it stands in the list or below */
const struct step *run_previous(const struct run *run, const struct step *step);   /* the step of people before it on its way; NULL: the start */

/* ---- tasks.c ---- */
struct task *run_task(struct run *run, int64_t n);
struct task *run_open(struct run *run, const struct step *step, int64_t round, enum task_kind kind, const struct asked *who);
void run_close(struct run *run, struct task *t, enum task_state state, int verdict);
void run_hold(struct task *t);
void run_hand(struct run *run, struct task *t, int32_t user, int32_t for_whom); /* to somebody else; what came before cannot be taken back any more */
void run_reopen(struct run *run, struct task *t);
void run_cancel(struct run *run, const struct step_list *region);                  /* tokens and tasks below; NULL: all */
bool task_live(const struct task *t);                                              /* open or held */
bool task_of(const struct task *t, const struct step *step, int64_t round);
/* Has he a part in this entry of a step: is he asked, or has he said what counts? Nobody has two (decision 0030). */
bool task_counts(const struct run *run, const struct task *t); /* decided, and for a vote that still counts; a delegate's advice does not */
enum part { PART_NONE, PART_ASKED, PART_DECIDED };
enum part run_part(const struct run *run, const struct step *step, int64_t round, int32_t user);
bool step_bars_starter(const struct step *step);                                   /* he may not judge himself there, by whatever way he is asked */
struct log_line *run_log(struct run *run, const char *act, const struct step *step, int32_t who);

/* ---- verdict.c ---- */
enum outcome { OUTCOME_OPEN, OUTCOME_PASS, OUTCOME_FAIL };
struct tally { int64_t yes, no, open, yes_weight, no_weight, open_weight; };
bool mode_counts(const struct mode *m);       /* are votes counted there? */
enum outcome mode_outcome(const struct mode *m, const struct tally *t);
/* A person's vote is his task with what was added before and after it; open while it is not done. */
enum vote { VOTE_OPEN, VOTE_YES, VOTE_NO };
enum vote run_vote(struct run *run, const struct task *t);
/* What stands between a held task and being opened: those asked before it with whom they added, who it is delegated to. */
bool run_waits(struct run *run, const struct task *t);
bool run_needless(struct run *run, const struct task *t); /* somebody he signs for has his vote settled without him */
/* Of the tasks of one entry of a step. */
struct tally run_tally(struct run *run, const struct step *step, int64_t round);
enum outcome run_outcome(struct run *run, const struct step *step, int64_t round);

#endif
