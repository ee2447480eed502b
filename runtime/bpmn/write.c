/* write.c -- the folded tree as a flow definition. What our own export noted of a step or case is
 * written as it was. */
#include "runtime/base/json.h"
#include "runtime/bpmn/fold.h"
#include "runtime/bpmn/plain.h"

struct writing {
	struct net *t;
	struct jw *w;
};

static struct problem *steps(struct writing *x, const struct list *l);

static void text_key(struct jw *w, const char *key, const char *text) {
	if (!text) return;
	jw_set_text(w, key, text);
}

static void head(struct jw *w, const struct item *i, const char *kind) {
	text_key(w, "id", i->id);
	text_key(w, "kind", kind);
	text_key(w, "label", i->label);
}

static void step(struct writing *x, const struct item *i) {
	struct jw *w = x->w;
	const char *due = vendor_get(i->node->xml, "dueDate"), *span = i->span;
	head(w, i, "handle");
	jw_key(w, "who");
	jw_array(w);
	plain_who(x->t->g, i->node, i->at, w);
	jw_end(w);
	if (i->mode) {
		jw_key(w, "mode");
		jw_raw(w, str_of(i->mode));
	}
	/* A vendor's due date says when, and does nothing. */
	if (!span && due && !plain_span(x->t->g->arena, due, &span))
		bpmn_hint(x->t->g, PROBLEM(x->t->g->arena, INVALID, "bpmn_left_due", "text", due,
					   BPMN_PLACE(x->t->g->arena, i->node->xml)));
	text_key(w, "due", span);
	if (!i->span) return;
	jw_key(w, "on_due");
	jw_array(w);
	jw_text(w, "pass");
	jw_end(w);
}

static void wait_until(struct writing *x, const struct item *i) {
	struct jw *w = x->w;
	head(w, i, "wait");
	jw_key(w, "until");
	jw_object(w);
	text_key(w, "form", x->t->options->form);
	text_key(w, "when", arena_printf(x->t->g->arena, "%s == true", i->field));
	jw_end(w);
}

static void set_field(struct jw *w, const struct item *i) {
	head(w, i, "act");
	jw_key(w, "do");
	jw_array(w);
	jw_object(w);
	jw_key(w, "set");
	jw_object(w);
	text_key(w, i->field, i->value ? "true" : "false");
	jw_end(w);
	jw_end(w);
	jw_end(w);
}

/* Members of a note but those given here, in their order. */
static void note(struct jw *w, const struct json *json, const char *leave1, const char *leave2) {
	for (uint32_t i = 0; json && i < json->n; i++) {
		struct str name = json->keys[i].name;
		if ((leave1 && str_is(name, leave1)) || (leave2 && str_is(name, leave2))) continue;
		jw_key_str(w, name);
		jw_json(w, &json->items[i]);
	}
}

static struct problem *arm_steps(struct writing *x, const struct arm *arm) {
	jw_key(x->w, "steps");
	jw_array(x->w);
	TRY(steps(x, &arm->list));
	jw_end(x->w);
	jw_end(x->w);
	return NULL;
}

static struct problem *cases(struct writing *x, const struct item *i) {
	struct jw *w = x->w;
	jw_key(w, "cases");
	jw_array(w);
	for (size_t k = 0; k < i->arm_count; k++) {
		const struct arm *arm = &i->arms[k];
		jw_object(w);
		if (arm->note) {
			note(w, arm->note, "steps", NULL);
		} else if (arm->otherwise) {
			jw_set_bool(w, "else", true);
		} else {
			text_key(w, "when", arm->when);
		}
		if (!arm->note) text_key(w, "label", arm->name);
		TRY(arm_steps(x, arm));
	}
	jw_end(w);
	return NULL;
}

static struct problem *branches(struct writing *x, const struct item *i) {
	struct jw *w = x->w;
	jw_key(w, "branches");
	jw_array(w);
	for (size_t k = 0; k < i->arm_count; k++) {
		jw_object(w);
		if (i->arms[k].note)
			note(w, i->arms[k].note, "steps", NULL);
		else
			text_key(w, "label", i->arms[k].name);
		TRY(arm_steps(x, &i->arms[k]));
	}
	jw_end(w);
	return NULL;
}

static struct problem *block(struct writing *x, const struct item *i) {
	struct jw *w = x->w;
	bool branch = i->kind == ITEM_BRANCH;
	if (i->step) {
		text_key(w, "id", i->id);
		note(w, i->step, "id", NULL);
	} else {
		head(w, i, branch ? "branch" : "parallel");
	}
	if (!i->step && i->all) text_key(w, "pick", "all");
	if (!i->step && i->wait == 1) text_key(w, "wait", "any");
	if (!i->step && i->wait > 1) {
		jw_set_int(w, "wait", i->wait);
	}
	return branch ? cases(x, i) : branches(x, i);
}

static bool noted_goto(const struct item *i) {
	return i->step && json_is_string(json_get(i->step, "kind"), "goto");
}

static struct problem *one(struct writing *x, const struct item *i) {
	struct jw *w = x->w;
	switch (i->kind) {
	case ITEM_BRANCH:
	case ITEM_PARALLEL: return block(x, i);
	case ITEM_GOTO:
		if (noted_goto(i)) {
			text_key(w, "id", i->id);
			note(w, i->step, "id", "to");
		} else {
			head(w, i, "goto");
		}
		text_key(w, "to", i->target->id);
		return NULL;
	case ITEM_STEP:
		if (!i->step) {
			step(x, i);
			return NULL;
		}
		text_key(w, "id", i->id);
		note(w, i->step, "id", NULL);
		return NULL;
	case ITEM_WAIT:
		head(w, i, "wait");
		text_key(w, "for", i->span);
		return NULL;
	case ITEM_UNTIL: wait_until(x, i); return NULL;
	case ITEM_FLAG: set_field(w, i); return NULL;
	case ITEM_LABEL:
	case ITEM_TERMINATE: break;
	}
	return NULL;
}

static struct problem *steps(struct writing *x, const struct list *l) {
	for (const struct item *i = l->first; i; i = i->next) {
		if (i->kind == ITEM_LABEL) continue;
		jw_object(x->w);
		TRY(one(x, i));
		jw_end(x->w);
	}
	return NULL;
}

static void start(struct net *t, struct jw *w) {
	struct sb people = sb_on(t->g->arena, 1 << 16);
	struct jw inner = jw_on(&people);
	jw_array(&inner);
	bool any = plain_starters(t->g, t->p, &inner);
	jw_end(&inner);
	if (!any) return;
	jw_key(w, "start");
	jw_object(w);
	jw_key(w, "who");
	jw_raw(w, sb_str(&people));
	jw_end(w);
}

struct problem *tree_write(struct net *t, const struct list *root, struct jw *w) {
	struct writing x = { t, w };
	const char *name = plain_name(t->g->arena, t->p->id);
	jw_object(w);
	if (t->p->flow) {
		note(w, t->p->flow, "steps", NULL);
	} else {
		text_key(w, "flow", *name ? name : "flow");
		text_key(w, "form", t->options->form);
		if (t->p->name && *t->p->name) text_key(w, "label", t->p->name);
		start(t, w);
	}
	jw_key(w, "steps");
	jw_array(w);
	TRY(steps(&x, root));
	jw_end(w);
	jw_end(w);
	return NULL;
}
