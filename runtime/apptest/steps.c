/* steps.c -- one tests/NAME.json from its people to its last step, on data of its own.
 * 1. A refused change must leave the record as it was, the operator's eyes looking.
 * 2. The first failed step ends the test: what follows would rest on it. */
#include "runtime/apptest/steps.h"
#include "runtime/base/day.h"

/* ---- people ---- */

static void text_member(struct jw *w, const struct json *from, const char *key) {
	const struct json *value = json_get(from, key);
	if (!value) return;
	jw_set_str(w, key, json_str(value));
}

static bool declared(const struct json *depts, const struct json *users, size_t before,
		     struct str name) {
	for (uint32_t i = 0; depts && i < depts->n; i++)
		if (str_eq(json_str(json_get(&depts->items[i], "dept")), name)) return true;
	for (size_t i = 0; i < before; i++)
		if (str_eq(json_str(json_get(&users->items[i], "dept")), name)) return true;
	return false;
}

static void write_depts(struct jw *w, const struct json *depts, const struct json *users) {
	static const char *const keys[] = { "dept", "label", "parent", "head" };
	jw_key(w, "departments");
	jw_array(w);
	for (uint32_t i = 0; depts && i < depts->n; i++) {
		jw_object(w);
		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			text_member(w, &depts->items[i], keys[k]);
		jw_end(w);
	}
	for (uint32_t i = 0; users && i < users->n; i++) {
		struct str dept = json_str(json_get(&users->items[i], "dept"));
		if (!dept.n || declared(depts, users, i, dept)) continue;
		jw_object(w);
		jw_set_str(w, "dept", dept);
		jw_end(w);
	}
	jw_end(w);
}

static void write_user(struct jw *w, const struct json *user, const char *app) {
	static const char *const keys[] = { "user", "label", "dept", "superior" };
	const struct json *roles = json_get(user, "roles");
	jw_object(w);
	for (size_t k = 0; k < ARRAY_LEN(keys); k++) text_member(w, user, keys[k]);
	if (roles) {
		jw_key(w, "roles");
		jw_object(w);
		jw_key(w, app);
		jw_json(w, roles);
		jw_end(w);
	}
	jw_end(w);
}

static struct problem *make_people(struct running *r) {
	const struct json *depts = json_get(r->d->json, "departments"),
			  *users = json_get(r->d->json, "users");
	struct sb text = sb_on(r->arena, STEP_TEXT_MAX);
	struct jw w = jw_on(&text);
	if (!depts && !users) return NULL;
	jw_object(&w);
	write_depts(&w, depts, users);
	jw_key(&w, "users");
	jw_array(&w);
	for (uint32_t i = 0; users && i < users->n; i++)
		write_user(&w, &users->items[i], r->t->app->name);
	jw_end(&w);
	jw_end(&w);
	return door_people(r->door, r->arena, sb_str(&text));
}

static struct problem *set_clock(struct running *r) {
	struct str text = json_str(json_get(r->d->json, "clock"));
	char now[40];
	if (!text.n) return NULL;
	TRY(step_time(r, text));
	datetime_text(r->now_us, now);
	return door_clock(r->door, r->arena, now);
}

/* ---- steps ---- */

static void keep_answer(struct running *r) {
	struct str name = json_str(json_get(r->step, "save"));
	int64_t id = 0;
	bool record = json_int(json_get(r->answer.json, "id"), &id) && r->form;
	if (r->record && record && r->record->id == id) r->record->json = r->answer.json;
	if (!name.n || r->kept_count == KEPT_MAX) return;
	r->kept[r->kept_count++] =
		(struct kept){ str_dup(r->arena, name), r->form, id, r->answer.json };
}

static void judge_unchanged(struct running *r, const struct answer *before,
			    const struct answer *after) {
	bool gone = before->status >= 400; /* in the recycle bin: the answer names the request */
	report_check(r->t->report);
	if (before->status != after->status || (!gone && !str_eq(before->body, after->body)))
		step_fail(r, before->body.p ? before->body.p : "", after->body);
}

static struct problem *run_step(struct running *r) {
	struct answer before = { 0 }, after;
	const struct json *about = NULL;
	static const char *const keys[] = { "update", "delete", "restore", "validate", "record" };
	for (size_t i = 0; !about && i < ARRAY_LEN(keys); i++) about = json_get(r->step, keys[i]);
	r->record = step_kept(r, json_str(about));
	bool looks = step_changes(r);
	if (looks) TRY(step_read(r, r->record, &before));
	TRY(step_do(r));
	step_judge(r);
	bool refused = r->answer.status >= 400 || json_get(r->step, "validate");
	if (looks && refused && !r->failed) {
		TRY(step_read(r, r->record, &after));
		judge_unchanged(r, &before, &after);
	}
	if (!r->failed) keep_answer(r);
	return NULL;
}

static struct problem *run_steps(struct running *r) {
	const struct json *steps = json_get(r->d->json, "steps");
	TRY(make_people(r));
	TRY(set_clock(r));
	r->as = "admin";
	for (uint32_t i = 0; i < steps->n && !r->failed; i++) {
		r->step = &steps->items[i];
		TRY(run_step(r));
	}
	return NULL;
}

struct problem *apptest_steps(struct arena *a, const struct apptest *t,
			      const struct definition *d) {
	struct arena *own = arena_new(0);
	struct running *r = arena_alloc(own, sizeof *r);
	*r = (struct running){ .arena = own, .t = t, .d = d };
	struct served s = { .program = t->program, .app = t->folder };
	struct problem *p = served_folder(own, &s.data);
	report_begin(t->report, "test", d->name);
	if (!p) p = served_start(own, &s);
	if (!p) p = door_open(own, &s, &r->door);
	if (!p) p = run_steps(r);
	served_stop(&s);
	if (s.data) served_remove(s.data);
	if (p && r->step) {
		step_fail(r, "-", str_of(problem_text(own, t->report->language, p)));
		p = NULL;
	}
	report_end(t->report);
	p = p ? problem_copy(a, p) : NULL;
	arena_free(own);
	return p;
}
