/* verify_flow.c -- a flow before anybody runs it: conditions, shape, people, time and fields, and
 * in the end how it looks as a whole (F601). */
#include "runtime/model/verify_flow.h"
#include "runtime/base/clock.h"
#include "runtime/model/verify.h"

struct spot step_key_spot(const struct flow_check *fc, const struct step *step, const char *key) {
	const struct json *at = json_get(step->json, key);
	return (struct spot){ .definition = fc->flow->definition, .at = at ? at : step->json };
}

static const char *number(struct findings *f, size_t n) { return arena_printf(f->arena, "%zu", n); }

static void tell_whole(struct flow_check *fc, const struct flow_size *size, int64_t begun_us) {
	int64_t ms = (clock_mono() - begun_us + 999) / 1000;
	FIND(fc->f, flow_spot(fc), INFO, "F601", "f601_whole", "fix_f601", "flow", fc->flow->name,
	     "wide", number(fc->f, size->wide), "least", number(fc->f, size->least), "most",
	     number(fc->f, size->most), "looked", number(fc->f, fc->looked), "ms",
	     number(fc->f, (size_t)ms));
}

void flow_verify(const struct flow *flow, const struct directory *people, struct findings *f) {
	int64_t begun_us = clock_mono();
	struct arena *a = arena_new(0);
	struct flow_check fc = {
		.a = a,
		.f = f,
		.flow = flow,
		.people = people,
		.frame = { .now_us = clock_now(),
			   .zone = flow->app->zone,
			   .calendar = flow->app->calendar ? &flow->app->calendar->work : NULL },
		.dead = arena_array(a, flow->step_count, sizeof *fc.dead),
	};
	struct flow_size size;
	for (size_t i = 0; i < flow->step_count; i++)
		fc.dead[i] = arena_array(a, flow->steps[i]->list_count + 1, sizeof **fc.dead);
	verify_flow_cases(&fc);
	verify_flow_shape(&fc, &size);
	verify_flow_claims(&fc);
	verify_flow_people(&fc);
	verify_flow_time(&fc);
	verify_flow_fields(&fc);
	tell_whole(&fc, &size, begun_us);
	arena_free(a);
}

void verify_flows(struct verifying *v) {
	for (size_t i = 0; i < v->app->flow_count; i++)
		flow_verify(v->app->flows[i], v->people, v->f);
}
