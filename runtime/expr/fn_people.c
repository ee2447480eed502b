/* fn_people.c -- superior, head, role: asked of the frame's directory, which is an immutable
 * snapshot. */
#include "runtime/expr/functions.h"

static struct problem *answered(struct eval *e, const struct value *v,
				struct str (*ask)(const void *, struct str), struct value *out) {
	if (ask) *out = value_text(ask(e->frame->directory->snapshot, v->as.s));
	return NULL;
}

struct problem *fn_superior(struct eval *e, const struct node *n, const struct value *args,
			    struct value *out) {
	(void)n;
	return e->frame->directory ? answered(e, &args[0], e->frame->directory->superior, out)
				   : NULL;
}

struct problem *fn_dept_of(struct eval *e, const struct node *n, const struct value *args,
			   struct value *out) {
	(void)n;
	return e->frame->directory ? answered(e, &args[0], e->frame->directory->dept_of, out)
				   : NULL;
}

struct problem *fn_dept_head(struct eval *e, const struct node *n, const struct value *args,
			     struct value *out) {
	(void)n;
	return e->frame->directory ? answered(e, &args[0], e->frame->directory->dept_head, out)
				   : NULL;
}

struct problem *fn_user_label(struct eval *e, const struct node *n, const struct value *args,
			      struct value *out) {
	(void)n;
	return e->frame->directory ? answered(e, &args[0], e->frame->directory->user_label, out)
				   : NULL;
}

struct problem *fn_has_role(struct eval *e, const struct node *n, const struct value *args,
			    struct value *out) {
	(void)n;
	const struct expr_directory *d = e->frame->directory;
	*out = value_bool(d && d->has_role && d->has_role(d->snapshot, args[0].as.s, args[1].as.s));
	return NULL;
}
