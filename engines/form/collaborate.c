/* collaborate.c -- collaborations of a record, by name and with rights (collaborate.h). */
#include "engines/form/collaborate.h"

#include "engines/form/history.h"
#include "runtime/base/day.h"
#include "runtime/base/zone.h"
#include "runtime/store/audit.h"
#include "runtime/store/collaborators.h"
#include "runtime/store/notifications.h"
#include "runtime/store/read.h"
#include "runtime/store/record_sql.h"

enum { DETAIL_MAX = 4096 };

/* ---- names ---- */

/* label: as people call it. */
struct who {
	const char *stored, *name, *label;
	const struct user *user;
};

static bool find_user(const struct request *rq, struct str name, struct who *out) {
	const struct user *u = directory_user(rq->directory, name);
	if (!u || !u->active) return false;
	out->stored = arena_printf(rq->arena, "user:%d", u->id);
	out->user = u;
	return true;
}

static bool find_dept(const struct request *rq, struct str name, struct who *out) {
	const struct dept *d = directory_dept(rq->directory, name);
	if (!d || !d->active) return false;
	out->stored = arena_printf(rq->arena, "dept:%d", d->id);
	return true;
}

static bool find_role(const struct request *rq, struct str name, struct who *out) {
	const struct role *role = app_role(rq->app, name);
	if (!role) return false;
	out->stored = arena_printf(rq->arena, "role:%s", role->name);
	return true;
}

static bool name_user(const struct request *rq, int32_t id, struct who *out) {
	const struct user *u = directory_user_id(rq->directory, id);
	if (!u) return false;
	out->user = u;
	out->name = arena_printf(rq->arena, "user:%s", u->login);
	out->label = directory_label(u);
	return true;
}

static bool name_dept(const struct request *rq, int32_t id, struct who *out) {
	const struct dept *d = directory_dept_id(rq->directory, id);
	if (!d) return false;
	const char *label = label_text(&d->label, rq->language);
	out->name = arena_printf(rq->arena, "dept:%s", d->name);
	out->label = *label ? label : d->name;
	return true;
}

static const struct {
	bool (*find)(const struct request *rq, struct str name, struct who *out);
	bool (*name)(const struct request *rq, int32_t id,
		     struct who *out); /* NULL: stored as it is called */
} kinds[PRINCIPAL_KINDS] = {
	[PRINCIPAL_USER] = { find_user, name_user },
	[PRINCIPAL_DEPT] = { find_dept, name_dept },
	[PRINCIPAL_ROLE] = { find_role, NULL },
};

static bool who_find(const struct request *rq, struct str who, struct who *out) {
	struct principal p = principal_of(who);
	*out = (struct who){ NULL, NULL, NULL, NULL };
	return p.kind && kinds[p.kind].find(rq, p.name, out);
}

static bool who_name(const struct request *rq, const char *stored, struct who *out) {
	struct principal p = principal_of(str_of(stored));
	int64_t id;
	*out = (struct who){ .stored = stored };
	if (!p.kind) return false;
	if (kinds[p.kind].name)
		return str_to_int(p.name, &id) && kinds[p.kind].name(rq, (int32_t)id, out);
	const struct role *role = app_role(rq->app, p.name);
	out->name = stored;
	out->label = role ? label_text(&role->label, rq->language) : NULL;
	return role != NULL;
}

const char *collaborator_name(const struct request *rq, const char *stored) {
	struct who who;
	return who_name(rq, stored, &who) ? who.name : NULL;
}

/* ---- rights ---- */

static struct problem *still_current(struct request *rq, struct tx *tx) {
	bool same = rq->directory && tx_epoch(tx) == rq->directory->epoch;
	return same ? NULL : &write_again;
}

struct problem *collaborate_until(struct request *rq, struct tx *tx, const struct form *form,
				  int64_t record, int64_t *out) {
	struct directory alone = { .epoch = 0 };
	struct request bare = *rq;
	enum collaboration shared;
	struct record *r;
	*out = INT64_MAX;
	if (!rq->directory) return NULL;
	/* The same people, of whom nobody collaborates on anything. */
	alone.users = rq->directory->users, alone.user_count = rq->directory->user_count;
	alone.depts = rq->directory->depts, alone.dept_count = rq->directory->dept_count;
	alone.users_by_id = rq->directory->users_by_id;
	alone.depts_by_id = rq->directory->depts_by_id;
	bare.directory = &alone;
	struct problem *p = read_record(&bare, tx, form, record, ACTION_UPDATE, &r);
	if (!p || (p->kind != PROBLEM_NOT_FOUND && p->kind != PROBLEM_FORBIDDEN)) return p;
	return collaborator_actor(rq, tx, form, record, &shared, out);
}

/* ---- what it leaves behind ---- */

static const char *told(const struct request *rq, const char *stored,
			const struct collaborator *c) {
	struct sb text = sb_on(rq->arena, DETAIL_MAX);
	struct jw w = jw_on(&text);
	char day[16];
	jw_array(&w);
	jw_object(&w);
	jw_set_text(&w, "who", stored);
	jw_set_text(&w, "right", !c ? NULL : c->edit ? "edit" : "read");
	jw_key(&w, "until");
	if (c && c->ends)
		jw_str(&w, (struct str){ day, day_text(c->until, day) });
	else
		jw_null(&w);
	jw_end(&w);
	jw_end(&w);
	return sb_cstr(&text);
}

/* The record gets a new revision: its history has one line a revision, and whatever was prepared
 * under the rights it had is prepared again. */
static struct problem *leave(struct request *rq, struct tx *tx, const struct record *before,
			     const char *op, const char *detail) {
	const struct codec codec = request_codec(rq);
	struct record *r = record_copy(rq->arena, before);
	r->rev++;
	TRY(record_store_update(tx, &codec, before, r));
	TRY(history_add(rq, tx, r, op, str_of(detail)));
	const struct audit_entry entry = { .actor = rq->actor ? rq->actor->login : "system",
					   .door = door_name(rq->door),
					   .act = op,
					   .app = rq->app->name,
					   .form = r->form->name,
					   .record = r->id,
					   .detail_json = detail };
	return audit_append(tx, &entry);
}

static struct problem *tell(struct request *rq, struct tx *tx, const struct record *r,
			    const struct who *who) {
	if (!rq->actor || !who->user || who->user == rq->actor) return NULL;
	struct notification n = { .kind = "shared",
				  .app = rq->app->name,
				  .form = r->form->id,
				  .record = r->id,
				  .user = who->user->id,
				  .actor = rq->actor->id,
				  .at_us = rq->now_us };
	const char *cause = arena_printf(rq->arena, "shared/%s/%s/%lld/%lld", rq->app->name,
					 r->form->id, (long long)r->id, (long long)rq->now_us);
	return notification_add(tx, &n, str_of(cause));
}

/* ---- giving ---- */

static struct problem *read_change(struct request *rq, const struct collaboration_change *c,
				   int64_t limit, struct who *who, struct collaborator *out) {
	struct faults faults = { .arena = rq->arena };
	char day[16];
	bool edit = str_is(c->right, "edit");
	int64_t today = zone_day(c->form->app->zone, rq->now_us);
	*out = (struct collaborator){ .edit = edit,
				      .ends = c->until.n > 0,
				      .by = rq->actor ? rq->actor->id : 0,
				      .at_us = rq->now_us };
	if (!who_find(rq, c->who, who))
		FAULT(&faults, "/who", "collaborator_who", "who", str_dup(rq->arena, c->who));
	if (!edit && !str_is(c->right, "read")) FAULT(&faults, "/right", "collaborator_right");
	if (out->ends && !day_parse(c->until, &out->until))
		FAULT(&faults, "/until", "collaborator_date");
	else if (out->ends && out->until < today)
		FAULT(&faults, "/until", "collaborator_past");
	else if (limit != INT64_MAX && (!out->ends || out->until > limit))
		FAULT(&faults, "/until", "collaborator_until", "max",
		      str_dup(rq->arena, (struct str){ day, day_text(limit, day) }));
	out->who = who->stored;
	return faults_problem(&faults);
}

/* A new one in a full list is refused; one that is there changes. */
static struct problem *room_left(struct tx *tx, const struct collaboration_change *c,
				 const char *who) {
	struct collaborator *all;
	size_t n;
	TRY(collaborator_list(tx, c->form, c->record, &all, &n));
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].who, who) == 0) return NULL;
	return n < COLLABORATORS_MAX ? NULL
				     : PROBLEM(tx_arena(tx), CONFLICT, "collaborators_many", "max",
					       arena_printf(tx_arena(tx), "%d", COLLABORATORS_MAX));
}

struct problem *collaborate_give(struct request *rq, struct tx *tx,
				 const struct collaboration_change *c) {
	struct collaborator given;
	struct record *r;
	struct who who;
	int64_t limit;
	TRY(still_current(rq, tx));
	TRY(read_record(rq, tx, c->form, c->record, ACTION_UPDATE, &r));
	TRY(collaborate_until(rq, tx, c->form, c->record, &limit));
	TRY(read_change(rq, c, limit, &who, &given));
	TRY(room_left(tx, c, who.stored));
	TRY(collaborator_set(tx, c->form, c->record, &given));
	TRY(leave(rq, tx, r, "share", told(rq, who.stored, &given)));
	return tell(rq, tx, r, &who);
}

/* ---- taking ---- */

/* Whoever is gone from the directory cannot be named: such a row is asked for as it is stored. */
static const char *stored_of(const struct request *rq, struct str who) {
	struct who found;
	if (who_find(rq, who, &found)) return found.stored;
	struct principal p = principal_of(who);
	const struct user *u =
		p.kind == PRINCIPAL_USER ? directory_user(rq->directory, p.name) : NULL;
	return u ? arena_printf(rq->arena, "user:%d", u->id) : str_dup(rq->arena, who);
}

struct problem *collaborate_take(struct request *rq, struct tx *tx,
				 const struct collaboration_change *c) {
	const char *stored = stored_of(rq, c->who);
	struct record *r;
	bool had;
	bool own = rq->actor && !rq->scope.read_only &&
		   strcmp(stored, arena_printf(rq->arena, "user:%d", rq->actor->id)) == 0;
	TRY(still_current(rq, tx));
	TRY(read_record(rq, tx, c->form, c->record, own ? ACTION_READ : ACTION_UPDATE, &r));
	TRY(collaborator_delete(tx, c->form, c->record, stored, &had));
	if (!had) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	return leave(rq, tx, r, "unshare", told(rq, stored, NULL));
}

/* ---- telling ---- */

static void write_one(struct request *rq, const struct form *form, const struct collaborator *c,
		      struct jw *w) {
	struct who who;
	char text[40];
	bool known = who_name(rq, c->who, &who);
	const struct user *by = directory_user_id(rq->directory, c->by);
	jw_object(w);
	jw_set_text(w, "who", known ? who.name : c->who);
	jw_set_text(w, "label", known ? who.label : NULL);
	jw_set_text(w, "right", c->edit ? "edit" : "read");
	jw_key(w, "until");
	if (c->ends)
		jw_str(w, (struct str){ text, day_text(c->until, text) });
	else
		jw_null(w);
	jw_set_bool(w, "ended", c->ends && c->until < zone_day(form->app->zone, rq->now_us));
	jw_set_text(w, "by", by ? by->login : NULL);
	jw_set_str(w, "at", (struct str){ text, datetime_text(c->at_us, text) });
	jw_end(w);
}

struct problem *collaborate_list(struct request *rq, struct tx *tx, const struct form *form,
				 int64_t record, struct jw *w) {
	struct collaborator *all;
	struct record *r;
	size_t n;
	TRY(read_record(rq, tx, form, record, ACTION_READ, &r));
	TRY(collaborator_list(tx, form, record, &all, &n));
	struct problem *may = read_record(rq, tx, form, record, ACTION_UPDATE, &r);
	if (may && may->kind != PROBLEM_FORBIDDEN && may->kind != PROBLEM_NOT_FOUND) return may;
	jw_object(w);
	jw_key(w, "collaborators");
	jw_array(w);
	for (size_t i = 0; i < n; i++) write_one(rq, form, &all[i], w);
	jw_end(w);
	jw_set_bool(w, "may", !may);
	jw_end(w);
	return NULL;
}
