#include "engines/flow/asked.h"

#include "runtime/store/read.h"

enum { CHANGES_MAX = 1024 * 1024 };

bool asked_amends(const struct run *run) {
	return flow_asks_write(run) && run->flow->start.on != START_DELETE;
}

/* With the rights of who asked; the approval stands for the flow that is needed. */
struct problem *asked_do(struct flow_world *fw) {
	const struct run *run = fw->run;
	struct request own = *fw->rq;
	struct write w = flow_asked_write(run);
	if (!flow_asks_write(run) || run->state != RUN_APPROVED) return NULL;
	own.actor = directory_user_id(fw->rq->directory, run->starter);
	own.door = DOOR_API;
	flow_record_changed(fw);
	return own.actor ? record_write_inside(fw->tx, &own, fw->store, &w) : NULL;
}

struct problem *asked_try(const struct request *rq, struct store *s, const struct run *run) {
	struct request own = *rq;
	struct write w = flow_asked_write(run);
	enum start_on on = run->flow->start.on;
	const struct json *changes = run->changes;
	bool needs = on == START_CHANGE || on == START_MOVE;
	if (needs && !(changes && changes->kind == JSON_OBJECT && changes->n))
		return PROBLEM(rq->arena, INVALID, "flow_changes_needed");
	if (on < START_CHANGE) return NULL;
	own.actor = directory_user_id(rq->directory, run->starter);
	own.door = DOOR_API;
	TRY(write_prepare(&own, s, &w));
	return faults_problem(&w.faults);
}

/* Who corrects what is asked for: the record itself is changed when it is approved, not before. */
struct problem *asked_amend(struct flow_world *fw, const struct json *fields) {
	struct run *run = fw->run;
	struct sb text = sb_on(run->arena, CHANGES_MAX);
	struct jw w = jw_on(&text);
	jw_object(&w);
	for (uint32_t i = 0; i < fields->n; i++) {
		jw_key_str(&w, fields->keys[i].name);
		jw_json(&w, &fields->items[i]);
	}
	for (uint32_t i = 0; run->changes && i < run->changes->n; i++) {
		if (json_member(fields, run->changes->keys[i].name)) continue;
		jw_key_str(&w, run->changes->keys[i].name);
		jw_json(&w, &run->changes->items[i]);
	}
	jw_end(&w);
	if (text.overflow) return PROBLEM(run->arena, TOO_LARGE, "too_large", "max", "1 MiB");
	TRY(json_parse(run->arena, sb_str(&text), &json_limits_request, &run->changes));
	return asked_try(fw->rq, fw->store, run);
}
