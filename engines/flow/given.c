#include "engines/flow/given.h"

#include <ctype.h>

enum { COMMENT_MAX = 4000, SIGNATURE_MAX = 64 * 1024, WHO_MAX = 50, PICKS_MAX = 64 * 1024 };

/* ---- with a command ---- */

static bool named_already(const struct command *c, const struct user *user) {
	for (size_t i = 0; i < c->who_count; i++)
		if (c->who[i] == user) return true;
	return false;
}

/* Who is named twice is asked once: nobody has two votes. */
static struct problem *read_who(struct request *rq, const struct json *in, struct command *c) {
	const struct json *one = in && in->kind == JSON_STRING ? in : NULL;
	uint32_t n = one ? 1 : in && in->kind == JSON_ARRAY ? in->n : 0;
	const struct user **who = arena_array(rq->arena, n + 1, sizeof *who), *user;
	c->who = who;
	if (n > WHO_MAX) return PROBLEM(rq->arena, MALFORMED, "flow_who_many", "max", "50");
	for (uint32_t i = 0; i < n; i++) {
		struct str name = json_str(one ? one : &in->items[i]);
		str_after(name, STR("user:"), &name);
		user = directory_user(rq->directory, name);
		if (!user || !user->active)
			return PROBLEM(rq->arena, INVALID, "flow_who_unknown", "name",
				       str_dup(rq->arena, name));
		if (!named_already(c, user)) who[c->who_count++] = user;
	}
	return NULL;
}

static struct problem *read_where(struct request *rq, struct str where, enum task_origin *out) {
	for (int i = ORIGIN_BEFORE; i <= ORIGIN_PARALLEL; i++)
		if (str_is(where, task_origin_names[i])) {
			*out = (enum task_origin)i;
			return NULL;
		}
	return PROBLEM(rq->arena, MALFORMED, "flow_where", "known", "before, after, parallel");
}

static struct problem *read_to(struct request *rq, const struct run *run, struct str to,
			       struct command *c) {
	c->to_start = str_is(to, "start");
	c->to = c->to_start || !to.n ? NULL : flow_step(run->flow, to);
	bool known = c->to_start || c->to || !to.n;
	if (!to.n && c->act == ACT_RETURN) c->to_start = true;
	return known ? NULL
		     : PROBLEM(rq->arena, INVALID, "flow_step_unknown", "step",
			       str_dup(rq->arena, to));
}

/* A picture as the pages draw it, which shows what it is by how it begins; nothing else can be in
 * a trail. */
static struct problem *check_signature(struct request *rq, struct str s) {
	const struct str head = STR("data:image/png;base64,iVBORw0KGgo");
	struct faults faults = { .arena = rq->arena };
	size_t n = s.n;
	if (s.n > SIGNATURE_MAX) return PROBLEM(rq->arena, TOO_LARGE, "too_large", "max", "64 KiB");
	for (int i = 0; i < 2 && n && s.p[n - 1] == '='; i++) n--;
	bool fine = !s.n || str_starts(s, head);
	for (size_t i = head.n; fine && i < n; i++)
		fine = isalnum((unsigned char)s.p[i]) || s.p[i] == '+' || s.p[i] == '/';
	if (!fine) FAULT(&faults, "/signature", "bad_signature");
	return faults_problem(&faults);
}

struct problem *given_command(struct request *rq, const struct run *run, const struct json *body,
			      struct command *c) {
	struct str comment = str_trim(json_str(json_get(body, "comment")));
	c->signature = json_str(json_get(body, "signature"));
	if (utf8_length(comment) > COMMENT_MAX)
		return PROBLEM(rq->arena, INVALID, "too_long", "max", "4000");
	TRY(check_signature(rq, c->signature));
	if (comment.n) c->comment = str_dup(rq->arena, comment);
	TRY(read_who(rq, json_get(body, "who"), c));
	TRY(read_to(rq, run, json_str(json_get(body, "to")), c));
	return c->act == ACT_ADD ? read_where(rq, json_str(json_get(body, "where")), &c->where)
				 : NULL;
}

/* ---- people who are picked ---- */

static bool picks_for(const struct step *step, enum who_kind kind) {
	for (size_t i = 0; step && i < step->who.n; i++)
		if (step->who.items[i].kind == kind) return true;
	return false;
}

/* {"step": ["li"]} for the steps that leave it to this kind of person; what was named before and is
 * not named now stays. */
static struct problem *add_picks(struct run *run, const struct json *picks, enum who_kind kind) {
	struct sb text = sb_on(run->arena, PICKS_MAX);
	struct jw w = jw_on(&text);
	if (!picks || picks->kind != JSON_OBJECT) return NULL;
	jw_object(&w);
	for (uint32_t i = 0; i < picks->n; i++) {
		const struct json *who = &picks->items[i];
		if (!picks_for(flow_step(run->flow, picks->keys[i].name), kind)) continue;
		if (who->kind == JSON_ARRAY && who->n > WHO_MAX)
			return PROBLEM(run->arena, MALFORMED, "flow_who_many", "max", "50");
		jw_key_str(&w, picks->keys[i].name);
		jw_json(&w, who);
	}
	for (uint32_t i = 0; run->picks && i < run->picks->n; i++) {
		struct str step = run->picks->keys[i].name;
		if (json_member(picks, step) && picks_for(flow_step(run->flow, step), kind))
			continue;
		jw_key_str(&w, step);
		jw_json(&w, &run->picks->items[i]);
	}
	jw_end(&w);
	if (text.overflow) return PROBLEM(run->arena, TOO_LARGE, "too_large", "max", "64 KiB");
	return json_parse(run->arena, sb_str(&text), &json_limits_request, &run->picks);
}

struct problem *given_start_picks(struct run *run, const struct json *picks) {
	return add_picks(run, picks, WHO_STARTER_PICKS);
}

/* Who decides names people for the steps that leave it to the one before, who corrects for those
 * that leave it to the starter; for no others. */
struct problem *given_picks(struct run *run, const struct command *c, const struct json *picks) {
	enum who_kind kind = c->act == ACT_RESUBMIT ? WHO_STARTER_PICKS : WHO_PREVIOUS_PICKS;
	const struct task *t = run_task(run, c->task);
	bool decides = t && c->act <= ACT_RESUBMIT && (run_actions(run, t, c->actor) >> c->act & 1);
	return decides ? add_picks(run, picks, kind) : NULL;
}
