/* prop_bpmn.c -- random flows of ours go out as BPMN and come back the same, twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"
#include "runtime/bpmn/bpmn.h"
#include "tests/support/expr_world.h"

enum { OUT_MAX = 16 << 20, FLOWS = 800, TARGETS_MAX = 60 };

/* The ids a goto may lead to from here: earlier in this list and in those around it, up to what
 * runs beside others. */
struct making {
	struct arena *a;
	struct random random;
	struct jw *w;
	unsigned steps;
	const char *targets[TARGETS_MAX];
	size_t target_count;
};

static bool chance(struct making *m, unsigned of) { return random_next(&m->random, of) == 0; }

static void text(struct making *m, const char *key, const char *value) {
	jw_key(m->w, key);
	jw_text(m->w, value);
}

static const char *begin(struct making *m, const char *kind) {
	const char *id = arena_printf(m->a, "s%u", ++m->steps);
	jw_object(m->w);
	text(m, "id", id);
	text(m, "kind", kind);
	if (chance(m, 3)) text(m, "label", "步骤 <&\"'> \\ x");
	return id;
}

static void list(struct making *m, unsigned depth, bool may_jump);

static void leaf(struct making *m) {
	static const char *const kinds[] = { "approve", "handle", "cc", "act", "sub" };
	if (chance(m, 6)) {
		begin(m, "wait");
		text(m, "for", "2wd");
	} else {
		begin(m, kinds[random_next(&m->random, ARRAY_LEN(kinds))]);
		if (chance(m, 3)) text(m, "due", "3h");
		if (chance(m, 4)) text(m, "mode", chance(m, 2) ? "all" : "order");
	}
	jw_end(m->w);
}

static void jump(struct making *m) {
	begin(m, "goto");
	text(m, "to", m->targets[random_next(&m->random, m->target_count)]);
	jw_end(m->w);
}

/* The first case always goes on, so that what follows the block is reached. */
static void branch(struct making *m, unsigned depth) {
	bool all = chance(m, 4), jumps = !all && chance(m, 3);
	size_t outside = m->target_count, n = 1 + random_next(&m->random, 3);
	const char *id = begin(m, "branch");
	if (all) text(m, "pick", "all");
	if (all)
		m->target_count = 0;
	else if (m->target_count < TARGETS_MAX)
		m->targets[m->target_count++] = id;
	jw_key(m->w, "cases");
	jw_array(m->w);
	for (size_t i = 0; i < n; i++) {
		jw_object(m->w);
		if (i && i + 1 == n && chance(m, 2)) {
			jw_key(m->w, "else");
			jw_bool(m->w, true);
		} else {
			text(m, "when", arena_printf(m->a, "a < %u and b != 'x'", m->steps));
		}
		list(m, depth + 1, i && jumps);
		jw_end(m->w);
	}
	jw_end(m->w);
	jw_end(m->w);
	m->target_count = outside;
}

static void parallel(struct making *m, unsigned depth) {
	size_t outside = m->target_count, n = 2 + random_next(&m->random, 2);
	const char *kept[TARGETS_MAX];
	memcpy(kept, m->targets, sizeof kept);
	begin(m, "parallel");
	if (chance(m, 3)) text(m, "wait", "any");
	m->target_count = 0;
	jw_key(m->w, "branches");
	jw_array(m->w);
	for (size_t i = 0; i < n; i++) {
		jw_object(m->w);
		if (chance(m, 3)) text(m, "label", "路");
		list(m, depth + 1, false);
		jw_end(m->w);
	}
	jw_end(m->w);
	jw_end(m->w);
	memcpy(m->targets, kept, sizeof kept);
	m->target_count = outside;
}

static void list(struct making *m, unsigned depth, bool may_jump) {
	size_t outside = m->target_count, n = random_next(&m->random, 4);
	const char *kept[TARGETS_MAX];
	memcpy(kept, m->targets, sizeof kept);
	jw_key(m->w, "steps");
	jw_array(m->w);
	for (size_t i = 0; i < n || (!depth && i < 1); i++) {
		unsigned next = m->steps + 1;
		if (depth < 4 && chance(m, 3))
			branch(m, depth);
		else if (depth < 4 && chance(m, 4))
			parallel(m, depth);
		else
			leaf(m);
		if (m->target_count < TARGETS_MAX)
			m->targets[m->target_count++] = arena_printf(m->a, "s%u", next);
	}
	if (may_jump && m->target_count) jump(m);
	jw_end(m->w);
	memcpy(m->targets, kept, sizeof kept);
	m->target_count = outside;
}

static const struct json *parsed(struct arena *a, struct sb *text_of) {
	const struct json *j;
	assert_null(json_parse(a, sb_str(text_of), &json_limits_definition, &j));
	return j;
}

static const struct json *random_flow(struct arena *a, uint64_t seed) {
	struct sb out = sb_on(a, OUT_MAX);
	struct jw w = jw_on(&out);
	struct making m = { .a = a, .random = { seed }, .w = &w };
	jw_object(&w);
	text(&m, "flow", "made");
	text(&m, "form", "record");
	list(&m, 0, false);
	jw_end(&w);
	return parsed(a, &out);
}

static struct str exported(struct arena *a, const struct json *flow) {
	struct sb out = sb_on(a, OUT_MAX);
	assert_null(bpmn_export(a, flow, &out));
	return sb_str(&out);
}

static void random_flows_go_out_and_come_back(void **state) {
	(void)state;
	static const struct bpmn_options options = { "record" };
	for (uint64_t seed = 1; seed <= FLOWS; seed++) {
		struct arena *a = arena_new(0);
		const struct json *flow = random_flow(a, seed * 7919);
		struct str xml = exported(a, flow);
		struct sb out = sb_on(a, OUT_MAX);
		struct bpmn *g;
		struct problem *p = bpmn_read(a, xml, &g);
		if (!p) p = bpmn_import(g, &options, &out);
		if (p) fail_msg("flow %d: %s", (int)seed, problem_text(a, LANGUAGE_EN, p));
		const struct json *again = parsed(a, &out);
		if (!json_equal(flow, again) || !str_eq(xml, exported(a, again)))
			fail_msg("flow %d comes back as another", (int)seed);
		arena_free(a);
	}
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_flows_go_out_and_come_back) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
