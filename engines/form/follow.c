#include "engines/form/follow.h"

#include "engines/form/followers.h"
#include "runtime/store/followers.h"
#include "runtime/store/notifications.h"
#include "runtime/store/read.h"

/* ---- what of a change somebody may read ---- */

static bool reads_value(const struct prepared *p, const struct field *f, const struct record *old,
			const struct record *now) {
	bool told = f->system ? f->system == SYSTEM_OWNER || f->system == SYSTEM_STATE : !f->rows;
	return told && !value_same(&old->values[f->index], &now->values[f->index]) &&
	       rights_reads(p, f) >= RIGHT_MASK;
}

static bool reads_any_value(const struct prepared *p, const struct record *old,
			    const struct record *now) {
	for (size_t i = 0; i < now->form->field_count; i++)
		if (reads_value(p, now->form->fields[i], old, now)) return true;
	return false;
}

static const struct record *row_of(const struct record_rows *rows, int64_t id) {
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i]->id == id) return rows->items[i];
	return NULL;
}

static bool reads_rows(const struct prepared *p, const struct field *table,
		       const struct record_rows *old, const struct record_rows *now) {
	if (rights_reads(p, table) < RIGHT_READ) return false;
	for (size_t i = 0; i < old->n; i++)
		if (!row_of(now, old->items[i]->id)) return true;
	for (size_t i = 0; i < now->n; i++) {
		const struct record *was = row_of(old, now->items[i]->id);
		if (!was || reads_any_value(p, was, now->items[i])) return true;
	}
	return false;
}

static bool reads_something(const struct prepared *p, const struct record *old,
			    const struct record *now) {
	const struct write_plan *plan = write_plan(now->form);
	if (reads_any_value(p, old, now)) return true;
	for (size_t i = 0; i < plan->table_count; i++) {
		size_t at = plan->tables[i]->index;
		if (reads_rows(p, plan->tables[i], &old->rows[at], &now->rows[at])) return true;
	}
	return false;
}

/* The record as u sees it after the write; *sees false: not at all. */
static struct problem *look_as(const struct request *rq, struct tx *tx, const struct record *now,
			       struct prepared *p, bool *sees) {
	p->tx = tx;
	p->codec = request_codec(rq);
	p->frame = request_frame(rq, NULL);
	p->root.old = now;
	struct problem *refused = rights_check_read(p);
	*sees = !refused;
	return refused && refused->kind != PROBLEM_NOT_FOUND ? refused : NULL;
}

static struct request as_user(const struct request *rq, const struct user *u) {
	struct request other = *rq;
	other.actor = u;
	other.scope = (struct token_scope){ NULL, false };
	return other;
}

static struct problem *tell(struct tx *tx, const struct request *rq, const struct form *form,
			    int64_t record, const struct user *u, struct str text) {
	const char *cause = arena_printf(rq->arena, "followed/%s/%s/%lld", form->app->name,
					 form->id, (long long)record);
	const struct notification n = { .kind = "followed",
					.app = form->app->name,
					.form = form->id,
					.record = record,
					.user = u->id,
					.actor = rq->actor->id,
					.at_us = rq->now_us,
					.text = text };
	return notification_renew(tx, &n, str_of(cause));
}

static const struct user *concerned(const struct request *rq, int32_t id) {
	const struct user *u = directory_user_id(rq->directory, id);
	return u && u->active && u->id != rq->actor->id ? u : NULL;
}

struct problem *follow_tell_change(struct prepared *p, const struct record *old,
				   const struct record *now) {
	int32_t users[FOLLOWERS_MAX];
	size_t n;
	if (!p->rq->actor || p->rq->door == DOOR_SYSTEM) return NULL;
	TRY(follower_list(p->tx, now->form, now->id, users, &n));
	for (size_t i = 0; i < n; i++) {
		const struct user *u = concerned(p->rq, users[i]);
		if (!u) continue;
		struct request rq = as_user(p->rq, u);
		struct write w = { .form = now->form, .id = now->id };
		struct prepared eyes = { .rq = &rq, .store = p->store, .w = &w };
		bool sees;
		TRY(look_as(&rq, p->tx, now, &eyes, &sees));
		if (sees && reads_something(&eyes, old, now))
			TRY(tell(p->tx, p->rq, now->form, now->id, u, (struct str){ NULL, 0 }));
	}
	return NULL;
}

/* ---- comments ---- */

static bool skipped(const struct user *u, const struct user *const *others, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (others[i]->id == u->id) return true;
	return false;
}

static struct problem *may_read(const struct request *rq, struct tx *tx, const struct form *form,
				int64_t record, const struct user *u, bool *out) {
	struct request other = as_user(rq, u);
	struct record *r;
	struct problem *p = read_record(&other, tx, form, record, ACTION_READ, &r);
	*out = !p;
	bool refused = p && (p->kind == PROBLEM_NOT_FOUND || p->kind == PROBLEM_FORBIDDEN);
	return refused ? NULL : p;
}

struct problem *follow_tell_comment(struct request *rq, struct tx *tx, const struct form *form,
				    int64_t record, struct str text,
				    const struct user *const *mentioned, size_t n) {
	int32_t users[FOLLOWERS_MAX];
	size_t count;
	if (!rq->actor) return NULL;
	TRY(follower_list(tx, form, record, users, &count));
	for (size_t i = 0; i < count; i++) {
		const struct user *u = concerned(rq, users[i]);
		bool reads;
		if (!u || skipped(u, mentioned, n)) continue;
		TRY(may_read(rq, tx, form, record, u, &reads));
		if (reads) TRY(tell(tx, rq, form, record, u, text));
	}
	TRY(follower_join(tx, form, record, rq->actor->id, rq->now_us, NULL));
	for (size_t i = 0; i < n; i++)
		TRY(follower_join(tx, form, record, mentioned[i]->id, rq->now_us, NULL));
	return NULL;
}

/* ---- by hand ---- */

static struct problem *followers_of(struct request *rq, struct tx *tx, const struct form *form,
				    int64_t record, bool *mine, size_t *n) {
	int32_t users[FOLLOWERS_MAX];
	struct record *r;
	*mine = false;
	TRY(read_record(rq, tx, form, record, ACTION_READ, &r));
	TRY(follower_list(tx, form, record, users, n));
	for (size_t i = 0; i < *n; i++) *mine |= rq->actor && users[i] == rq->actor->id;
	return NULL;
}

struct problem *follow_state(struct request *rq, struct tx *tx, const struct form *form,
			     int64_t record, struct jw *out) {
	bool mine;
	size_t n;
	TRY(followers_of(rq, tx, form, record, &mine, &n));
	jw_object(out);
	jw_set_bool(out, "following", mine);
	jw_set_int(out, "count", (int64_t)n);
	jw_end(out);
	return NULL;
}

struct problem *follow_set(struct request *rq, struct tx *tx, const struct form *form,
			   int64_t record, bool follows, struct jw *out) {
	bool mine;
	size_t n;
	TRY(followers_of(rq, tx, form, record, &mine, &n));
	if (!rq->actor) return PROBLEM(rq->arena, FORBIDDEN, "forbidden");
	if (follows && !mine && n == FOLLOWERS_MAX)
		return PROBLEM(rq->arena, CONFLICT, "followers_full", "max",
			       arena_printf(rq->arena, "%d", FOLLOWERS_MAX));
	TRY(follower_set(tx, form, record, rq->actor->id, follows, rq->now_us));
	return follow_state(rq, tx, form, record, out);
}
