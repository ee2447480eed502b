/* finish.c -- the folded tree made ready to be written: what does nothing is left out, every step
 * has a name of its own, every goto its target.
 *  1. A goto leads to the step that follows its label, in its own list or in one around it, and
 * never out of a parallel block.
 *  2. An end that ends everything is an end like others unless something runs beside it: then it is
 * refused. */
#include "runtime/base/json.h"
#include "runtime/bpmn/fold.h"
#include "runtime/bpmn/plain.h"

enum { DEPTH_MAX = 14 }; /* 64 levels of JSON, four a block */

/* ---- what does nothing ---- */

static bool useless(const struct item *i) {
	if (i->step) return false;
	bool any = false;
	for (size_t k = 0; k < i->arm_count; k++) any |= i->arms[k].list.first != NULL;
	return (i->kind == ITEM_BRANCH || (i->kind == ITEM_PARALLEL && !i->wait)) && !any;
}

static void drop_empty_arms(struct item *i) {
	size_t n = 0;
	for (size_t k = 0; k < i->arm_count; k++)
		if (i->arms[k].list.first) i->arms[n++] = i->arms[k];
	i->arm_count = n;
}

static void prune(struct list *l) {
	struct list kept = { 0 };
	for (struct item *i = l->first, *next; i; i = next) {
		next = i->next;
		i->next = NULL;
		for (size_t k = 0; k < i->arm_count; k++) prune(&i->arms[k].list);
		if (useless(i)) continue;
		if (i->kind == ITEM_PARALLEL && !i->wait && !i->step) drop_empty_arms(i);
		if (i->kind == ITEM_PARALLEL && i->arm_count == 1 && !i->step)
			list_join(&kept, i->arms[0].list);
		else
			list_add(&kept, i);
	}
	*l = kept;
}

static size_t depth_of(const struct list *l, size_t so_far) {
	size_t most = so_far;
	for (const struct item *i = l->first; i && most <= DEPTH_MAX; i = i->next)
		for (size_t k = 0; k < i->arm_count; k++) {
			size_t d = depth_of(&i->arms[k].list, so_far + 1);
			if (d > most) most = d;
		}
	return most;
}

/* ---- ends that end everything ---- */

/* Every way through the list ends everything. */
static bool surely_ends(const struct list *l) {
	for (const struct item *i = l->first; i; i = i->next) {
		if (i->kind == ITEM_TERMINATE) return true;
		bool all = i->kind == ITEM_BRANCH && !i->all, otherwise = false;
		for (size_t k = 0; k < i->arm_count && all; k++) {
			otherwise |= i->arms[k].otherwise;
			all = surely_ends(&i->arms[k].list);
		}
		if (all && otherwise) return true;
	}
	return false;
}

static bool may_end(const struct list *l) {
	for (const struct item *i = l->first; i; i = i->next) {
		if (i->kind == ITEM_TERMINATE) return true;
		for (size_t k = 0; k < i->arm_count; k++)
			if (may_end(&i->arms[k].list)) return true;
	}
	return false;
}

/* Branches of which one surely ends everything: the first such ends the block, the others then wait
 * for it. */
static bool race_to_end(struct net *t, struct item *p) {
	bool sure = false;
	const char *field = arena_printf(t->g->arena, "%.38s_ended",
					 plain_name(t->g->arena, p->node ? p->node->id : "flow"));
	for (size_t k = 0; k < p->arm_count; k++) {
		if (surely_ends(&p->arms[k].list))
			sure = true;
		else if (may_end(&p->arms[k].list))
			return false;
	}
	for (size_t k = 0; k < p->arm_count && sure; k++) {
		bool ends = surely_ends(&p->arms[k].list);
		struct item *i = item_new(t, ends ? ITEM_FLAG : ITEM_UNTIL, p->node);
		i->field = field;
		i->value = true;
		list_add(&p->arms[k].list, i);
	}
	if (sure) p->wait = 1;
	return sure;
}

static struct problem *terminates(struct net *t, struct list *l, bool beside) {
	struct list kept = { 0 };
	for (struct item *i = l->first, *next; i; i = next) {
		next = i->next;
		i->next = NULL;
		bool parallel = i->kind == ITEM_PARALLEL || (i->kind == ITEM_BRANCH && i->all);
		if (i->kind == ITEM_TERMINATE && beside)
			return PROBLEM(t->g->arena, INVALID, "bpmn_terminate",
				       BPMN_PLACE(t->g->arena, i->node->xml));
		if (parallel && !beside && i->kind == ITEM_PARALLEL && !i->wait && !i->step &&
		    !next && race_to_end(t, i))
			parallel = false;
		for (size_t k = 0; k < i->arm_count; k++)
			TRY(terminates(t, &i->arms[k].list, beside || parallel));
		if (i->kind != ITEM_TERMINATE) list_add(&kept, i);
	}
	*l = kept;
	return NULL;
}

/* ---- names ---- */

struct ids {
	struct net *t;
	const char **taken;
	size_t n, room;
};

static bool taken(const struct ids *ids, const char *id) {
	static const char *const reserved[] = { "start", "previous", "end" };
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (!strcmp(reserved[i], id)) return true;
	for (size_t i = 0; i < ids->n; i++)
		if (!strcmp(ids->taken[i], id)) return true;
	return false;
}

static const char *noted_id(struct arena *a, const struct item *i) {
	const struct json *id = i->step ? json_get(i->step, "id") : NULL;
	/* A goto made where a block of ours leads back is not that block. */
	bool of_block = i->step && i->kind == ITEM_GOTO &&
			!json_is_string(json_get(i->step, "kind"), "goto");
	if (!id || id->kind != JSON_STRING || !id->text.n || of_block) return NULL;
	return str_dup(a, id->text);
}

static void keep_id(struct ids *ids, const char *id) {
	struct arena *a = ids->t->g->arena;
	if (ids->n == ids->room) {
		size_t room = ids->room ? ids->room * 2 : 64;
		ids->taken = arena_grow(a, ids->taken, ids->n * sizeof *ids->taken,
					room * sizeof *ids->taken);
		ids->room = room;
	}
	ids->taken[ids->n++] = id;
}

static const char *new_id(struct ids *ids, const char *base) {
	struct arena *a = ids->t->g->arena;
	const char *id = base;
	for (unsigned n = 2; taken(ids, id); n++) id = arena_printf(a, "%.42s_%u", base, n);
	keep_id(ids, id);
	return id;
}

static const char *suffix_of(const struct item *i) {
	if (i->node->kind != NODE_TASK && i->node->kind != NODE_BOUNDARY) return "";
	switch (i->kind) {
	case ITEM_WAIT: return "_wait";
	case ITEM_UNTIL: return "_until";
	case ITEM_FLAG: return i->value ? "_mark" : "_reset";
	case ITEM_BRANCH: return "_which";
	case ITEM_PARALLEL: return "_beside";
	case ITEM_GOTO: return "_back";
	case ITEM_STEP:
	case ITEM_LABEL:
	case ITEM_TERMINATE: break;
	}
	return "";
}

/* Names our own export noted come first: they stay what they were. */
static void name_noted(struct ids *ids, struct list *l) {
	for (struct item *i = l->first; i; i = i->next) {
		const char *id = noted_id(ids->t->g->arena, i);
		if (id && !taken(ids, id)) {
			i->id = id;
			keep_id(ids, id);
		}
		for (size_t k = 0; k < i->arm_count; k++) name_noted(ids, &i->arms[k].list);
	}
}

static void name_others(struct ids *ids, struct list *l) {
	struct arena *a = ids->t->g->arena;
	for (struct item *i = l->first; i; i = i->next) {
		const char *base = i->node ? plain_name(a, i->node->id) : "",
			   *suffix = i->node ? suffix_of(i) : "";
		if (i->kind != ITEM_LABEL && !i->id)
			i->id = new_id(ids, arena_printf(a, "%.*s%s",
							 PLAIN_NAME_MAX - (int)strlen(suffix),
							 *base ? base : "step", suffix));
		for (size_t k = 0; k < i->arm_count; k++) name_others(ids, &i->arms[k].list);
	}
}

/* ---- gotos ---- */

struct around {
	const struct around *outer;
	struct list *list;
	struct item *at; /* where in the list we are */
	bool parallel;   /* the block around this list runs others beside it */
};

static struct item *after_label(const struct around *here, const struct join *header) {
	for (struct item *i = here->list->first; i; i = i->next) {
		if (i->kind == ITEM_LABEL && i->header == header) {
			struct item *target = i;
			while (target && target->kind == ITEM_LABEL) target = target->next;
			return target && target->kind == ITEM_GOTO ? NULL : target;
		}
		if (i == here->at) break;
	}
	return NULL;
}

static struct problem *aim(struct net *t, struct item *jump, const struct around *here) {
	for (; here; here = here->outer) {
		jump->target = after_label(here, jump->header);
		if (jump->target) return NULL;
		if (here->parallel) break;
	}
	return PROBLEM(t->g->arena, INVALID, "bpmn_nest",
		       BPMN_PLACE(t->g->arena, jump->header->node->xml));
}

static struct problem *aim_all(struct net *t, struct list *l, const struct around *outer,
			       bool parallel) {
	for (struct item *i = l->first; i; i = i->next) {
		struct around here = { outer, l, i, parallel };
		if (i->kind == ITEM_GOTO) TRY(aim(t, i, &here));
		bool beside = i->kind == ITEM_PARALLEL || i->all;
		for (size_t k = 0; k < i->arm_count; k++)
			TRY(aim_all(t, &i->arms[k].list, &here, beside));
	}
	return NULL;
}

struct problem *tree_finish(struct net *t, struct list *root) {
	struct ids ids = { .t = t };
	TRY(terminates(t, root, false));
	prune(root);
	if (depth_of(root, 0) > DEPTH_MAX)
		return PROBLEM(t->g->arena, INVALID, "bpmn_deep", "max",
			       arena_printf(t->g->arena, "%d", DEPTH_MAX),
			       BPMN_PLACE(t->g->arena, t->p->xml));
	name_noted(&ids, root);
	name_others(&ids, root);
	return aim_all(t, root, NULL, false);
}
