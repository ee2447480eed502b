/* request.h -- one piece of work on behalf of somebody: its arena, actor, language, time, snapshot of app and people.
 * Every entry of the engines takes it first. Threads: belongs to one thread at a time. */
#ifndef TENON_MODEL_REQUEST_H
#define TENON_MODEL_REQUEST_H

#include "runtime/model/field_type.h"
#include "runtime/model/principal.h"

enum door { DOOR_API, DOOR_FORM, DOOR_BATCH, DOOR_IMPORT, DOOR_CLI, DOOR_RULE, DOOR_FLOW, DOOR_HOOK, DOOR_PUBLIC, DOOR_SYSTEM, DOOR_HAND_OVER, DOOR_BUTTON };
const char *door_name(enum door d);

struct token_scope { const char *app; bool read_only; };  /* NULL app: all */
struct request {
	struct arena *arena;
	const struct user *actor;            /* NULL: the system itself, every right */
	struct token_scope scope;
	enum language language;
	int64_t now_us;                      /* clock_now at the start */
	const struct app *app;
	const struct directory *directory;
	enum door door;
	const struct form *lent;             /* its records are read in full, what they point at as ever (flow/sight.c); or NULL */
	unsigned within;                     /* writes and flows begun by it, one inside the other (form/inside.h) */
	const char *id;                      /* request id, for log and problem instance */
};
struct codec request_codec(const struct request *rq);
struct expr_frame request_frame(const struct request *rq, const struct value *slots);
/* Slots for an expression's paths: $user is filled in, everything else is null. */
struct value *request_slots(const struct request *rq, const struct expr_paths *paths);
void request_fill_user(const struct request *rq, const struct expr_paths *paths, struct value *slots);
bool request_is_admin(const struct request *rq);          /* system or admin */
bool request_designs(const struct request *rq, const struct app *app); /* he administers the app and no more: nothing is lent him */
/* Is the actor whom a rule names (principal.h)? Not for the system. */
bool request_actor_is(const struct request *rq, struct str who);
/* What the actor is, as stored of collaborators: "user:<id>", "role:<name>" of rq->app, "dept:<id>" of each of his departments and
 * those above them. */
struct str *request_principals(const struct request *rq, size_t *n);

#endif
