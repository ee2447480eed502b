/* naive_flow.h -- approvals read off the definition the simplest way: a run is a tree that mirrors the flow's, where every list
 * knows how far it is and every step of people its members and their votes. No tokens, no rounds, no joins to count: a list is
 * over when its last step is, a block when enough of its lists are. Written from flow.md 5.1 and definitions.md without a look at
 * advance.c; prop_flow.c compares the two. */
#ifndef TENON_TESTS_NAIVE_FLOW_H
#define TENON_TESTS_NAIVE_FLOW_H

#include "engines/flow/run.h"

struct naive_member { int32_t user; int64_t weight; int vote; /* 0 open, 1 yes, 2 no */ bool added; };
struct naive_step;
struct naive_list { const struct step_list *list; size_t at; struct naive_step *now; bool begun, over; };
struct naive_step {
	const struct step *step;
	struct naive_member members[16]; size_t member_count;
	struct naive_list lists[8];
};
struct naive {
	struct arena *arena;
	const struct flow *flow;
	bool (*test)(const struct expr *e);
	void (*people)(const struct step *s, struct naive_member *out, size_t *n);
	struct naive_list root;
	enum run_state state;
	bool at_start;                       /* the starter is asked to correct */
	struct naive_list *kept;             /* the tree as it was when it was returned */
	uint64_t chosen[64];                 /* by step->index: the cases taken last */
	uint64_t was_chosen;                 /* which of those are set */
};
void naive_start(struct naive *n);
void naive_vote(struct naive *n, const struct step *s, int32_t user, bool yes);
void naive_return(struct naive *n, const struct step *from, const struct step *to); /* to NULL: the start */
void naive_resubmit(struct naive *n);
void naive_jump(struct naive *n, const struct step *to);
void naive_transfer(struct naive *n, const struct step *s, int32_t from, int32_t to);
void naive_add(struct naive *n, const struct step *s, int32_t user);
void naive_remove(struct naive *n, const struct step *s, int32_t user);
/* Who is asked where: calls back for each. */
void naive_asked(struct naive *n, void (*asked)(void *arg, const struct step *s, int32_t user), void *arg);

#endif
