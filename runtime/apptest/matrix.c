/* matrix.c -- the door matrix from its worlds to its last case. */
#include "runtime/apptest/matrix.h"

static struct problem *role_case(struct matrix *m, const struct person *me, const struct form *form,
				 struct problem *(*const *parts)(struct role_form *rf), size_t n) {
	struct role_form rf = { .m = m, .arena = arena_new(0), .me = me, .form = form };
	struct problem *p = matrix_role_form(&rf);
	for (size_t i = 0; !p && !rf.unclear && !rf.based->why && i < n; i++) p = parts[i](&rf);
	if (!p && rf.unclear && !rf.based->why)
		report_uncovered(m->t->report,
				 arena_printf(rf.arena, "%s %s", me->role->name, form->name),
				 rf.unclear);
	if (p) p = problem_copy(m->arena, p);
	arena_free(rf.arena);
	return p;
}

static struct problem *all_forms(struct matrix *m, const struct person *me, const char *what,
				 struct problem *(*const *parts)(struct role_form *rf), size_t n) {
	report_begin(
		m->t->report, "doors",
		arena_printf(m->arena, "%s: %s", me->role->name, report_words(m->t->report, what)));
	for (size_t f = 0; f < m->app->form_count; f++)
		TRY(role_case(m, me, m->app->forms[f], parts, n));
	report_end(m->t->report);
	return NULL;
}

static struct problem *one_role(struct matrix *m, const struct person *me) {
	static struct problem *(*const unseen[])(struct role_form * rf) = { matrix_hidden,
									    matrix_rows };
	static struct problem *(*const unchanged[])(struct role_form * rf) = { matrix_unlinked,
									       matrix_read_only };
	struct arena *a = arena_new(0);
	struct problem *p = matrix_open(m, a);
	if (!p) p = all_forms(m, me, "test_unseen", unseen, ARRAY_LEN(unseen));
	if (!p) p = all_forms(m, me, "test_unchanged", unchanged, ARRAY_LEN(unchanged));
	matrix_close(m);
	if (p) p = problem_copy(m->arena, p);
	arena_free(a);
	return p;
}

static struct problem *each_form(struct matrix *m) {
	for (size_t i = 0; i < m->app->form_count; i++) {
		const struct form *form = m->app->forms[i];
		if (m->based[i].why) continue;
		struct arena *a = arena_new(0);
		report_begin(m->t->report, "doors",
			     arena_printf(m->arena, "%s: %s", form->name,
					  report_words(m->t->report, "test_one_rule")));
		struct problem *p = matrix_rules(m, a, form);
		if (!p) p = matrix_history(m, a, form);
		report_end(m->t->report);
		if (p) p = problem_copy(m->arena, p);
		arena_free(a);
		TRY(p);
	}
	return NULL;
}

static struct problem *alike_everywhere(struct matrix *m) {
	struct arena *a = arena_new(0);
	struct problem *p = matrix_open(m, a);
	if (!p) p = each_form(m);
	matrix_close(m);
	if (p) p = problem_copy(m->arena, p);
	arena_free(a);
	return p;
}

static struct problem *run(struct matrix *m) {
	TRY(matrix_build(m));
	for (size_t i = 0; i < m->app->form_count; i++)
		if (m->based[i].why)
			report_uncovered(m->t->report, m->app->forms[i]->name, m->based[i].why);
	for (size_t i = 0; i < m->people_count; i++)
		if (m->people[i].role) TRY(one_role(m, &m->people[i]));
	return alike_everywhere(m);
}

struct problem *apptest_doors(struct arena *a, const struct apptest *t) {
	struct matrix *m = arena_alloc(a, sizeof *m);
	*m = (struct matrix){ .arena = arena_new(0), .t = t, .app = t->app };
	struct problem *p = run(m);
	matrix_close(m);
	served_stop(&m->base);
	if (m->base.data) served_remove(m->base.data);
	if (p) p = problem_copy(a, p);
	arena_free(m->arena);
	return p;
}
