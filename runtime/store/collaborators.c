/* collaborators.c -- the rows of sys_collaborator (collaborators.h). */
#include "runtime/store/collaborators.h"

#include "runtime/base/zone.h"
#include "runtime/store/people.h"
#include "runtime/store/queries.h"

#define OF_RECORD(form, record)                                                                    \
	value_text(str_of((form)->app->name)), value_text(str_of((form)->id)), value_int(record)

static void read_row(struct tx *tx, const struct rows *r, struct collaborator *out) {
	*out = (struct collaborator){ .who = str_dup(tx_arena(tx), rows_text(r, 0)),
				      .edit = rows_int(r, 1),
				      .ends = rows_cell(r, 2).kind != VALUE_NULL,
				      .until = rows_int(r, 2),
				      .by = (int32_t)rows_int(r, 3),
				      .at_us = rows_int(r, 4) };
}

struct problem *collaborator_list(struct tx *tx, const struct form *form, int64_t record,
				  struct collaborator **out, size_t *n) {
	struct collaborator *all = arena_array(tx_arena(tx), COLLABORATORS_MAX + 1, sizeof *all);
	struct rows *r;
	*out = all;
	*n = 0;
	TRY(tx_query(tx, sql_collaborator_list, PARAMS(OF_RECORD(form, record)), &r));
	for (bool have; *n <= COLLABORATORS_MAX;) {
		TRY(rows_next(r, &have));
		if (!have) break;
		read_row(tx, r, &all[(*n)++]);
	}
	rows_close(r);
	return NULL;
}

static bool is_me(const struct str *me, size_t n, const char *who) {
	for (size_t i = 0; i < n; i++)
		if (str_is(me[i], who)) return true;
	return false;
}

struct problem *collaborator_actor(const struct request *rq, struct tx *tx, const struct form *form,
				   int64_t record, enum collaboration *out, int64_t *until) {
	struct collaborator *all;
	size_t count, n;
	*out = COLLABORATION_NONE;
	*until = INT64_MIN;
	if (!rq->actor || !directory_shared(rq->directory, form->app->name, form->id)) return NULL;
	int64_t today = zone_day(form->app->zone, rq->now_us);
	const struct str *me = request_principals(rq, &n);
	TRY(collaborator_list(tx, form, record, &all, &count));
	for (size_t i = 0; i < count; i++) {
		const struct collaborator *c = &all[i];
		enum collaboration gives = c->edit ? COLLABORATION_EDIT : COLLABORATION_READ;
		int64_t ends = c->ends ? c->until : INT64_MAX;
		if (ends < today || gives < *out || !is_me(me, n, c->who)) continue;
		*until = gives > *out || ends > *until ? ends : *until;
		*out = gives;
	}
	return NULL;
}

struct problem *collaborator_set(struct tx *tx, const struct form *form, int64_t record,
				 const struct collaborator *c) {
	int64_t one;
	bool any;
	TRY(tx_int(tx, sql_collaborator_any,
		   PARAMS(value_text(str_of(form->app->name)), value_text(str_of(form->id))), &one,
		   &any));
	TRY(tx_exec(tx, sql_collaborator_set,
		    PARAMS(OF_RECORD(form, record), value_text(str_of(c->who)), value_bool(c->edit),
			   c->ends ? value_int(c->until) : VALUE_NONE,
			   c->by ? value_int(c->by) : VALUE_NONE, value_int(c->at_us)),
		    NULL));
	return any ? NULL : people_changed(tx);
}

struct problem *collaborator_delete(struct tx *tx, const struct form *form, int64_t record,
				    const char *who, bool *had) {
	int64_t n;
	TRY(tx_exec(tx, sql_collaborator_delete,
		    PARAMS(OF_RECORD(form, record), value_text(str_of(who))), &n));
	*had = n > 0;
	return *had ? people_changed(tx) : NULL;
}
