/* notify.c -- who is told of a write. The system's own writes (seed, recomputation) tell nobody. */
#include "engines/form/notify.h"

#include "runtime/store/notifications.h"

static struct str owner_of(const struct record *r) {
	const struct value *v = &r->values[form_system(r->form, SYSTEM_OWNER)->index];
	return v->kind == VALUE_TEXT ? v->as.s : (struct str){ NULL, 0 };
}

/* One a request or job, form and person: what one act hands over is one message. Request ids begin
 * anew with each process, so their time belongs to the key; a job's id does not. */
static const char *cause_of(const struct request *rq, const struct form *form) {
	bool job = rq->door == DOOR_IMPORT || rq->door == DOOR_HAND_OVER;
	int64_t at = job ? 0 : rq->now_us;
	return arena_printf(rq->arena, "assigned/%s/%s/%s/%lld", rq->app->name, form->id,
			    rq->id ? rq->id : "", (long long)at);
}

struct problem *notify_owner(struct prepared *p, const struct record *old,
			     const struct record *now) {
	const struct request *rq = p->rq;
	struct str owner = owner_of(now);
	if (!rq->actor || rq->door == DOOR_SYSTEM) return NULL;
	if (!owner.n || (old && str_eq(owner, owner_of(old)))) return NULL;
	const struct user *u = directory_user(rq->directory, owner);
	if (!u || !u->active || u->id == rq->actor->id) return NULL;
	struct notification n = { .kind = "assigned",
				  .app = rq->app->name,
				  .form = now->form->id,
				  .record = now->id,
				  .user = u->id,
				  .actor = rq->actor->id,
				  .at_us = rq->now_us };
	return notification_add(p->tx, &n, str_of(cause_of(rq, now->form)));
}
