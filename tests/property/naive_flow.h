/* naive_flow.h -- approvals read off the design the plainest way. A run is a table by step: who signs there and what they said,
 * which of its lists are gone through and how far. After every command the whole tree is walked anew from the top; going back is
 * copying the table back. No tokens, rounds or tasks. Written from flow.md 5.1, definitions.md and decision 0026 without a look at
 * the engine; prop_flow.c compares the two. */
#ifndef TENON_TESTS_NAIVE_FLOW_H
#define TENON_TESTS_NAIVE_FLOW_H

#include "engines/flow/run.h"

enum { NAIVE_STEPS = 40, NAIVE_SIGNERS = 24, NAIVE_LISTS = 4, NAIVE_LINES = 400, NAIVE_NOBODY = -1 };
enum naive_said { SAID_NOTHING, SAID_YES, SAID_NO, SAID_GONE /* he was taken out */ };

struct naive_signer {
	int32_t user, weight, for_whom;      /* for_whom: he stands in for; or 0 */
	int of;                              /* whom he signs before, after or instead of; or NAIVE_NOBODY: a vote of his own */
	enum task_origin origin;
	enum naive_said said;
	bool instead, skipped;               /* of somebody a policy left out; a policy speaks for him */
};
struct naive_place {
	bool entered;
	bool passed;                         /* by a policy, unasked; a wait: over */
	bool any_one;                        /* whatever its mode: asked because there is nobody */
	int entry;                           /* the how-manieth step of people entered */
	struct naive_signer signers[NAIVE_SIGNERS]; int n;
	unsigned lists;                      /* of a block: gone through */
	size_t at[NAIVE_LISTS];
};
struct naive_table {
	struct naive_place places[NAIVE_STEPS];
	size_t at;                           /* in the flow's own list */
	struct naive_line { const struct step *step; int32_t user, for_whom; int entry; bool approved; } story[NAIVE_LINES]; int told;
	enum run_state state;
	bool at_start;                       /* the starter is asked to correct */
};
struct naive {
	const struct flow *flow;
	int32_t starter;
	bool (*test)(const struct expr *e);
	int (*people)(const struct step *s, struct naive_signer *out); /* by the rules; policies are the interpreter's */
	int32_t superior, head;              /* of the starter, of his department; 0: nobody */
	const int32_t *admins; int admin_count;
	int32_t (*user)(const char *login);
	int32_t (*proxy)(int32_t user);      /* who stands in for him; himself when nobody does */
	int32_t (*above)(int32_t user);      /* his superior; 0: nobody */
	struct naive_table now, returned, before;
	unsigned decided[NAIVE_STEPS];       /* by branch: the cases taken last */
	bool may_take_back;                  /* to before */
	int entries;
	bool moved, was_returned;
};
void naive_start(struct naive *n);
void naive_vote(struct naive *n, const struct step *s, int32_t user, bool yes); /* complete: yes */
void naive_due(struct naive *n, const struct step *s, int32_t user, bool yes); /* time has spoken for him */
/* He is late: the next above him who has no part there; up: else an administrator. Or it stays with him. */
void naive_hand_up(struct naive *n, const struct step *s, int32_t user, bool up);
void naive_wake(struct naive *n, const struct step *s);                       /* look whether its wait is over */
void naive_return(struct naive *n, const struct step *from, const struct step *to); /* to NULL: the start */
void naive_resubmit(struct naive *n);
void naive_jump(struct naive *n, const struct step *to);
void naive_end(struct naive *n, enum run_state state); /* withdrawn, terminated */
void naive_transfer(struct naive *n, const struct step *s, int32_t from, int32_t to);
/* Is he asked there, or has he said what counts? Nobody gets a second part (decision 0030). */
bool naive_has_part(struct naive *n, const struct step *s, int32_t user);
/* He is gone for good: like a transfer; who has a part there already has that one only. */
void naive_leave(struct naive *n, const struct step *s, int32_t user, int32_t to);
/* Before, after, beside or (delegate) instead of him. */
void naive_add(struct naive *n, const struct step *s, int32_t by, int32_t user, enum task_origin where);
/* false: he is the last, or all others would go with him. */
bool naive_remove(struct naive *n, const struct step *s, int32_t user);
void naive_take_back(struct naive *n);
/* Who is asked where: calls back for each; a wait asks 0. */
void naive_asked(struct naive *n, void (*asked)(void *arg, const struct step *s, int32_t user), void *arg);

#endif
