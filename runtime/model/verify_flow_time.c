/* verify_flow_time.c -- what happens when steps fall due: a transfer upwards with nobody above
 * (F401), two things at one moment (F402), something after the step is decided anyhow (F403),
 * working time that the calendar does not have (F404), a wait that nothing ends (F405). Moments are
 * compared for a step opened now. */
#include "runtime/expr/worktime.h"
#include "runtime/model/verify_flow.h"
#include "runtime/model/who.h"

static const struct work_calendar *calendar_of(const struct flow_check *fc) {
	return fc->frame.calendar;
}

/* false: there is no such moment */
static bool later(const struct flow_check *fc, const char *span, int64_t *at) {
	struct time_span s;
	if (!span[0] || !time_span_parse(str_of(span), &s)) return true;
	return !worktime_add(calendar_of(fc), fc->frame.zone, *at, &s, at);
}

static void tell_no_worktime(struct flow_check *fc, const struct step *s, const char *key,
			     const char *span) {
	FIND(fc->f, step_key_spot(fc, s, key), ERROR, "F404", "f404_no_worktime", "fix_f404",
	     "step", s->id, "span", span);
}

static struct spot rule_spot(struct flow_check *fc, const struct step *s, size_t i) {
	const struct json *list = json_get(s->json, "on_due");
	bool there = list && list->kind == JSON_ARRAY && i < list->n;
	return (struct spot){ .definition = fc->flow->definition,
			      .at = there ? &list->items[i] : s->json };
}

static const char *rule_text(struct flow_check *fc, const struct step *s, size_t i) {
	struct spot at = rule_spot(fc, s, i);
	return str_dup(fc->f->arena, json_str(at.at));
}

static bool decides(const struct due_rule *r) { return r->act == DUE_PASS || r->act == DUE_REJECT; }

static void check_pair(struct flow_check *fc, const struct step *s, const int64_t *at, size_t i,
		       size_t k) {
	const struct due_rule *x = &s->on_due[i], *y = &s->on_due[k];
	bool remind = x->act == DUE_REMIND || y->act == DUE_REMIND;
	if (at[i] == at[k] && !remind)
		FIND(fc->f, rule_spot(fc, s, k), WARNING, "F402", "f402_together", "fix_f402",
		     "step", s->id, "first", rule_text(fc, s, i), "second", rule_text(fc, s, k));
	else if (at[i] != at[k] && decides(at[i] < at[k] ? x : y))
		FIND(fc->f, rule_spot(fc, s, at[i] < at[k] ? k : i), WARNING, "F403", "f403_late",
		     "fix_f403", "step", s->id, "late", rule_text(fc, s, at[i] < at[k] ? k : i),
		     "first", rule_text(fc, s, at[i] < at[k] ? i : k));
}

static void check_moments(struct flow_check *fc, const struct step *s) {
	int64_t due = fc->frame.now_us;
	int64_t *at = arena_array(fc->a, s->on_due_count + 1, sizeof *at);
	if (!later(fc, s->due, &due)) {
		tell_no_worktime(fc, s, "due", s->due);
		return;
	}
	for (size_t i = 0; i < s->on_due_count; i++) {
		at[i] = due;
		if (!later(fc, s->on_due[i].offset, &at[i])) {
			tell_no_worktime(fc, s, "on_due", s->on_due[i].offset);
			return;
		}
	}
	for (size_t i = 0; i < s->on_due_count; i++)
		for (size_t k = i + 1; k < s->on_due_count; k++) check_pair(fc, s, at, i, k);
}

/* ---- nobody above ---- */

struct above {
	const struct user *first;
	size_t n;
};

static void without_superior(void *context, const struct user *u) {
	struct above *a = context;
	const struct user *superior = u->active ? directory_superior(u) : u;
	if (superior && superior->active) return;
	if (u->active && !a->n++) a->first = u;
}

static void check_transfer(struct flow_check *fc, const struct step *s, size_t rule) {
	struct who_scope scope = { fc->people, fc->flow->app->name, NULL };
	struct above none = { 0 };
	for (size_t i = 0; i < s->who.n; i++)
		who_from_directory(&scope, &s->who.items[i], without_superior, &none);
	if (!none.n) return;
	FIND(fc->f, rule_spot(fc, s, rule), WARNING, "F401", "f401_above", "fix_f401", "step",
	     s->id, "user", none.first->login, "count", arena_printf(fc->f->arena, "%zu", none.n));
}

/* ---- waiting ---- */

static void check_until(struct flow_check *fc, const struct step *s) {
	struct cases *c = cases_new(fc->a, &s->until_paths, &fc->frame);
	const struct logic *l = expr_logic(fc->a, s->until, &fc->frame);
	cases_add(c, l);
	cases_close(c);
	if (c->too_many) return;
	cover_formula f = cases_hold(c, l);
	int *cells = arena_array(fc->a, c->n + 1, sizeof *cells);
	if (cover_find(c->cover, &f, 1, cells) == COVER_NONE)
		FIND(fc->f, step_key_spot(fc, s, "until"), ERROR, "F405", "f405_never", "fix_f405",
		     "step", s->id);
}

void verify_flow_time(struct flow_check *fc) {
	for (size_t i = 0; i < fc->flow->step_count; i++) {
		const struct step *s = fc->flow->steps[i];
		int64_t at = fc->frame.now_us;
		if (s->due) check_moments(fc, s);
		if (s->span && !later(fc, s->span, &at)) tell_no_worktime(fc, s, "for", s->span);
		if (s->until) check_until(fc, s);
		for (size_t k = 0; fc->people && k < s->on_due_count; k++)
			if (s->on_due[k].act == DUE_TRANSFER &&
			    s->on_due[k].who.kind == WHO_SUPERIOR)
				check_transfer(fc, s, k);
	}
}
