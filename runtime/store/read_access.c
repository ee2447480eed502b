/* read_access.c -- why somebody sees a record, or does not: each grant of his roles on the form,
 * asked by the same conditions as reads and writes are (read_record.c). */
#include "runtime/store/read_internal.h"

static const enum action verdict_actions[] = { ACTION_READ, ACTION_UPDATE, ACTION_DELETE };

/* The grant's place in its role's list for the form, as a file shows it. */
static void find_role(const struct request *rq, const struct role_grant *g,
		      struct grant_verdict *out) {
	for (size_t i = 0; i < rq->app->role_count; i++) {
		const struct role *role = rq->app->roles[i];
		size_t index = 0;
		for (size_t k = 0; k < role->grant_count; k++) {
			if (&role->grants[k] == g) {
				out->role = role;
				out->index = index;
			}
			index += role->grants[k].form == g->form;
		}
	}
}

static bool in_scope(const struct request *rq, const struct role_grant *g, enum action action,
		     const struct standing *at) {
	struct role_grant bare = *g;
	bare.where = NULL;
	return grant_covers(rq, &bare, action, at);
}

static struct problem *judge(struct request *rq, struct tx *tx, struct read_access *out,
			     enum action action) {
	const struct role_grant **grants = arena_array(rq->arena, out->n + 1, sizeof *grants);
	size_t *places = arena_array(rq->arena, out->n + 1, sizeof *places), n = 0;
	bool *covered = arena_array(rq->arena, out->n + 1, sizeof *covered);
	for (size_t i = 0; i < out->n; i++) {
		struct grant_verdict *v = &out->grants[i];
		if (grant_scope(v->grant, action) == SCOPE_NONE) continue;
		v->in_scope[action] = in_scope(rq, v->grant, action, &out->standing);
		places[n] = i;
		grants[n++] = v->grant;
	}
	if (!n) return NULL;
	TRY(read_covering(rq, tx, out->record, grants, n, action, covered));
	for (size_t i = 0; i < n; i++) {
		out->grants[places[i]].covers[action] = covered[i];
		out->may[action] |= covered[i];
	}
	return NULL;
}

struct problem *read_access(struct request *rq, struct tx *tx, const struct form *form, int64_t id,
			    struct read_access *out) {
	*out = (struct read_access){ .record = NULL };
	TRY(read_whole(rq, tx, form, id, &out->record));
	if (!out->record) return PROBLEM(rq->arena, NOT_FOUND, "not_found");
	TRY(read_standing(rq, tx, out->record, &out->standing));
	struct problem *unknown = access_of(rq, form, &out->access);
	if (unknown && unknown->kind != PROBLEM_NOT_FOUND) return unknown;
	out->n = unknown ? 0 : out->access.grant_count;
	out->grants = arena_array(rq->arena, out->n + 1, sizeof *out->grants);
	for (size_t i = 0; i < out->n; i++) {
		out->grants[i].grant = out->access.grants[i];
		find_role(rq, out->access.grants[i], &out->grants[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(verdict_actions); i++) {
		out->may[verdict_actions[i]] = !unknown && out->access.everything;
		TRY(judge(rq, tx, out, verdict_actions[i]));
	}
	return NULL;
}

const struct grant_verdict *read_access_field(const struct read_access *ac, const struct field *f,
					      enum field_right *right) {
	const struct grant_verdict *best = NULL;
	*right = ac->access.everything ? RIGHT_EDIT : RIGHT_HIDDEN;
	for (size_t i = 0; i < ac->n; i++) {
		enum field_right here = grant_right(ac->grants[i].grant, f);
		if (!ac->grants[i].covers[ACTION_READ] || (best && here <= *right)) continue;
		best = &ac->grants[i];
		*right = here;
	}
	return best;
}
