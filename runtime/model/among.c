/* among.c -- each word of "among" is one test of the person or department that is chosen. */
#include "runtime/model/among.h"

#include "runtime/model/field_kit.h"

/* What is chosen: a person or a department. */
struct chosen {
	const struct user *user;
	const struct dept *dept;
};

static bool below(const struct chosen *c, const struct dept *top) {
	return c->user ? directory_below(c->user, top) : directory_within(c->dept, top);
}

static bool below_mine(const struct request *rq, const struct chosen *c) {
	const struct dept *mine;
	if (!rq->actor) return true;
	for (size_t i = 0; (mine = directory_dept_of(rq->actor, i)); i++)
		if (below(c, mine)) return true;
	return false;
}

static bool in_dept(const struct request *rq, const struct field *f, const struct chosen *c,
		    struct str name) {
	(void)f;
	const struct dept *top = directory_dept(rq->directory, name);
	return top && below(c, top);
}

static bool in_role(const struct request *rq, const struct field *f, const struct chosen *c,
		    struct str name) {
	(void)rq;
	return directory_has_role(c->user, f->form->app->name, name);
}

static bool is_user(const struct request *rq, const struct field *f, const struct chosen *c,
		    struct str name) {
	(void)rq;
	(void)f;
	return c->user && str_is(name, c->user->login);
}

static bool word_admits(const struct request *rq, const struct field *f, const struct chosen *c,
			struct str word) {
	static bool (*const is[PRINCIPAL_KINDS])(const struct request *, const struct field *,
						 const struct chosen *, struct str) = {
		[PRINCIPAL_USER] = is_user,
		[PRINCIPAL_DEPT] = in_dept,
		[PRINCIPAL_ROLE] = in_role,
	};
	struct principal p = principal_of(word);
	if (p.kind) return is[p.kind](rq, f, c, p.name);
	return str_is(word, AMONG_MY_DEPT) && below_mine(rq, c);
}

bool among_word(const struct field *f, struct str word) {
	struct principal p = principal_of(word);
	if (p.kind == PRINCIPAL_NONE) return str_is(word, AMONG_MY_DEPT);
	return p.name.n && (p.kind == PRINCIPAL_DEPT || f->type == &field_type_user);
}

bool among_admits(const struct request *rq, const struct field *f, struct str name) {
	struct chosen c = { .user = NULL };
	if (!f->among_count || !rq->directory) return true;
	if (f->type == &field_type_user)
		c.user = directory_user(rq->directory, name);
	else
		c.dept = directory_dept(rq->directory, name);
	for (size_t i = 0; (c.user || c.dept) && i < f->among_count; i++)
		if (word_admits(rq, f, &c, f->among[i])) return true;
	return false;
}
