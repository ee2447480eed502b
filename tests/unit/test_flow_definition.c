/* Flows as they are loaded: the example of the format compiles into the tree the engines walk; every
 * name, type and word in it is judged at its place (VR01, VR02, DEF.., F203, F204); a text of an
 * earlier version compiles against the app of today. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/model/finding.h"
#include "runtime/model/flow.h"
#include "runtime/model/usages.h"
#include "tests/support/publish.h"

/* clang-format off */
#define APP \
	"'app.json': {'app': 't', 'version': '1'}," \
	"'enums/st.json': {'enum': 'st', 'values': [{'value': 'draft'}, {'value': 'in_approval'}, {'value': 'approved'}]}," \
	"'roles/sales.json': {'role': 'sales', 'forms': {}}, 'roles/board.json': {'role': 'board', 'forms': {}}," \
	"'forms/firm.json': {'form': 'firm', 'fields': [{'name': 'name', 'type': 'text'}, {'name': 'keeper', 'type': 'user'}, {'name': 'area', 'type': 'text'}]}," \
	"'forms/deal.json': {'form': 'deal', 'fields': [{'name': 'name', 'type': 'text'}, {'name': 'amount', 'type': 'money'}, " \
	"{'name': 'firm', 'type': 'ref', 'form': 'firm'}, {'name': 'clerk', 'type': 'user'}, {'name': 'area', 'type': 'text'}, " \
	"{'name': 'double', 'type': 'money', 'formula': 'amount * 2'}, {'name': 'state', 'type': 'enum', 'enum': 'st', 'default': '\\'draft\\''}]}"
#define FLOW(form, more, steps) \
	", 'flows/f.json': {'flow': 'f', 'form': '" form "'" more ", 'steps': [" steps "]}"
#define STEPS(steps) APP FLOW("deal", "", steps)
#define HEAD(more) APP FLOW("deal", "," more, ASK("'user:x'"))
#define ASK(who) "{'id': 'a', 'kind': 'approve', 'who': [" who "]}"
#define ASKED(more) "{'id': 'a', 'kind': 'approve', 'who': ['user:x']," more "}"
#define B "{'id': 'b', 'kind': 'approve', 'who': ['user:y']}"
/* clang-format on */

static const char *said(struct arena *a, const char *files, const char *want, bool *found) {
	struct findings f = { .arena = a };
	struct app *app = NULL;
	struct sb out = sb_on(a, 1 << 16);
	assert_ok(app_load(bundle_of(a, files), NULL, &f, &app));
	*found = !*want && !f.errors;
	for (size_t i = 0; i < f.count; i++) {
		const char *place = arena_printf(a, "%s %s", f.items[i].code, f.items[i].pointer);
		*found = *found || !strcmp(place, want);
		assert_non_null(catalogue_find(f.items[i].text));
		assert_non_null(catalogue_find(f.items[i].remedy));
	}
	findings_text(&out, &f, LANGUAGE_EN, false, true);
	if (app) app_release(app);
	return sb_cstr(&out);
}

static void mistakes_are_told_at_their_place(void **state) {
	/* clang-format off */
	static const struct { const char *files, *want; } rows[] = {
		{ STEPS(ASK("'user:x'")), "" },
		/* names */
		{ APP FLOW("dael", "", ASK("'user:x'")), "VR01 /form" },
		{ STEPS(ASK("'role:bord'")), "VR01 /steps/0/who/0" },
		{ STEPS(ASK("'role:admin'")), "" },
		{ STEPS(ASK("'rloe:board'")), "DEF04 /steps/0/who/0" },
		{ STEPS(ASK("'role:'")), "DEF04 /steps/0/who/0" },
		{ STEPS(ASK("{'field': 'clrek'}")), "VR01 /steps/0/who/0/field" },
		{ STEPS(ASK("{'field': 'firm.keeper'}")), "" },
		{ STEPS(ASK("{'field': 'firm.kepeer'}")), "VR01 /steps/0/who/0/field" },
		{ STEPS(ASK("{'superiors_to': 'bord'}")), "VR01 /steps/0/who/0/superiors_to" },
		{ STEPS(ASK("{'query': {'form': 'frim', 'take': 'keeper'}}")), "VR01 /steps/0/who/0/query/form" },
		{ STEPS(ASK("{'query': {'form': 'firm', 'take': 'keper'}}")), "VR01 /steps/0/who/0/query/take" },
		{ STEPS(ASK("{'query': {'form': 'firm', 'where': 'amount > 1', 'take': 'keeper'}}")), "VR01 /steps/0/who/0/query/where" },
		{ STEPS(ASK("{'query': {'form': 'firm', 'where': 'area == $parent.area', 'take': 'keeper'}}")), "" },
		{ STEPS(ASKED("'fields': {'amuont': 'edit'}")), "VR01 /steps/0/fields/amuont" },
		{ STEPS(ASKED("'require': {'approve': ['coment']}")), "VR01 /steps/0/require/approve/0" },
		{ STEPS(ASKED("'require': {'approve': ['comment', 'signature', 'name']}")), "" },
		{ STEPS("{'id': 'g', 'kind': 'sub', 'flow': 'ff'}"), "VR01 /steps/0/flow" },
		{ STEPS("{'id': 'g', 'kind': 'act', 'do': [{'set': {'nmae': '\\'x\\''}}]}"), "VR01 /steps/0/do/0/set/nmae" },
		{ STEPS("{'id': 'w', 'kind': 'wait', 'until': {'form': 'frim', 'when': 'true'}}"), "VR01 /steps/0/until/form" },
		{ STEPS("{'id': 'w', 'kind': 'wait', 'until': {'form': 'firm', 'when': 'amount > 1'}}"), "VR01 /steps/0/until/when" },
		{ STEPS("{'id': 'w', 'kind': 'wait', 'until': {'form': 'firm', 'when': '$parent.amount > 1'}}"), "" },
		{ STEPS("{'id': 'k', 'kind': 'branch', 'cases': [{'when': 'amuont > 1', 'steps': []}, {'else': true, 'steps': []}]}"), "VR01 /steps/0/cases/0/when" },
		{ HEAD("'start': {'who': ['role:slaes']}"), "VR01 /start/who/0" },
		{ HEAD("'start': {'when': 'stat == null'}"), "VR01 /start/when" },
		{ HEAD("'start': {'fields': {'nmae': 'edit'}}"), "VR01 /start/fields/nmae" },
		{ HEAD("'start': {'on': {'move': 'stat'}}"), "VR01 /start/on/move" },
		{ HEAD("'start': {'on': {'move': 'state', 'to': 'aproved'}}"), "VR01 /start/on/to" },
		{ HEAD("'start': {'on': {'move': 'state', 'to': 'approved'}}"), "" },
		{ HEAD("'states': {'start': 'in_aproval'}"), "VR01 /states/start" },
		{ HEAD("'states': {'start': 'in_approval', 'approved': 'approved', 'rejected': 'draft'}"), "" },
		/* types */
		{ STEPS(ASK("{'field': 'name'}")), "VR02 /steps/0/who/0/field" },
		{ STEPS(ASK("{'dept_head': 'owner'}")), "VR02 /steps/0/who/0/dept_head" },
		{ STEPS(ASK("{'dept_head': 'owner.dept'}")), "" },
		{ STEPS(ASK("{'query': {'form': 'firm', 'take': 'name'}}")), "VR02 /steps/0/who/0/query/take" },
		{ STEPS("{'id': 'k', 'kind': 'branch', 'cases': [{'when': 'amount', 'steps': []}, {'else': true, 'steps': []}]}"), "VR02 /steps/0/cases/0/when" },
		{ STEPS("{'id': 'g', 'kind': 'sub', 'flow': 'f', 'record': 'name'}"), "VR02 /steps/0/record" },
		{ STEPS("{'id': 'g', 'kind': 'sub', 'flow': 'f', 'record': 'firm'}"), "VR02 /steps/0/record" },
		{ HEAD("'start': {'on': {'move': 'name'}}"), "VR02 /start/on/move" },
		{ APP FLOW("firm", ", 'states': {'start': 'draft'}", ASK("'user:x'")), "VR02 /states" },
		{ STEPS(ASKED("'due': 'soon'")), "VR02 /steps/0/due" },
		{ STEPS(ASKED("'due': '-2wd'")), "VR02 /steps/0/due" },
		{ STEPS("{'id': 'w', 'kind': 'wait', 'for': '2 weeks'}"), "VR02 /steps/0/for" },
		{ STEPS(ASKED("'mode': {'vote': 'cuont > 1'}")), "VR02 /steps/0/mode/vote" },
		{ STEPS(ASKED("'mode': {'vote': 'count >= 1.5'}")), "VR02 /steps/0/mode/vote" },
		{ STEPS(ASKED("'mode': {'vote': 'weight > 2/0'}")), "VR02 /steps/0/mode/vote" },
		{ STEPS(ASKED("'mode': {'vote': 'share > 100%'}")), "VR02 /steps/0/mode/vote" },
		{ STEPS(ASKED("'mode': {'vote': 'share >= 0'}")), "VR02 /steps/0/mode/vote" },
		{ STEPS(ASKED("'mode': {'vote': 'share >= 100%'}")), "" },
		/* words and keys */
		{ STEPS(ASKED("'cases': []")), "DEF12 /steps/0/cases" },
		{ STEPS("{'id': 'a', 'kind': 'approve'}"), "DEF03 /steps/0" },
		{ STEPS("{'id': 's', 'kind': 'act'}"), "DEF03 /steps/0" },
		{ APP ", 'flows/f.json': {'flow': 'f', 'form': 'deal'}", "DEF03 " },
		{ STEPS("{'id': 'a', 'kind': 'approve', 'who': []}"), "DEF12 /steps/0/who" },
		{ STEPS("{'id': 'a', 'kind': 'aprove', 'who': ['user:x']}"), "DEF04 /steps/0/kind" },
		{ STEPS("{'id': 'start', 'kind': 'approve', 'who': ['user:x']}"), "DEF08 /steps/0/id" },
		{ STEPS(B "," B), "DEF06 /steps/1/id" },
		{ STEPS(ASK("{'superior': 0}")), "DEF12 /steps/0/who/0/superior" },
		{ STEPS(ASK("{'superior': 1, 'field': 'clerk'}")), "DEF12 /steps/0/who/0" },
		{ STEPS(ASK("{'who': 'role:board', 'weight': 0}")), "DEF12 /steps/0/who/0/weight" },
		{ STEPS(ASK("{'script': 's.f'}")), "DEF09 /steps/0/who/0" },
		{ HEAD("'start': {'who': ['starter']}"), "DEF12 /start/who/0" },
		{ HEAD("'start': {'who': [{'superior': 1}]}"), "DEF12 /start/who/0" },
		{ HEAD("'start': {'on': 'creatd'}"), "DEF04 /start/on" },
		{ HEAD("'settings': {'on_nobody': 'nobody'}"), "DEF04 /settings/on_nobody" },
		{ HEAD("'settings': {'on_nobody': 'user:li'}"), "" },
		{ STEPS(ASKED("'on_nobody': 'user:'")), "DEF04 /steps/0/on_nobody" },
		{ STEPS(ASKED("'on_self': 'skpi'")), "DEF04 /steps/0/on_self" },
		{ STEPS(ASKED("'require': {'complete': ['comment']}")), "DEF04 /steps/0/require/complete" },
		{ STEPS(ASKED("'fields': {'double': 'edit'}")), "DEF12 /steps/0/fields/double" },
		{ STEPS(ASKED("'fields': {'state': 'edit'}")), "DEF12 /steps/0/fields/state" },
		{ STEPS(ASKED("'fields': {'state': 'read', 'owner': 'edit'}")), "" },
		{ STEPS(ASKED("'on_due': ['remind']")), "DEF12 /steps/0/on_due" },
		{ STEPS(ASKED("'due': '2wd', 'on_due': ['remind@1d', 'remind@+2wh', 'transfer:superior@+1wd', 'reject']")), "" },
		{ STEPS(ASKED("'due': '2wd', 'on_due': ['remind@-1d']")), "DEF12 /steps/0/on_due/0" },
		{ STEPS(ASKED("'due': '2wd', 'on_due': ['sleep']")), "DEF12 /steps/0/on_due/0" },
		{ STEPS(ASKED("'due': '2wd', 'on_due': ['transfer:role:bord']")), "VR01 /steps/0/on_due/0" },
		{ STEPS("{'id': 'w', 'kind': 'wait'}"), "DEF12 /steps/0" },
		{ STEPS("{'id': 'p', 'kind': 'parallel', 'wait': 3, 'branches': [{'steps': []}, {'steps': []}]}"), "DEF12 /steps/0/wait" },
		{ STEPS("{'id': 'k', 'kind': 'branch', 'cases': [{'steps': []}]}"), "DEF12 /steps/0/cases/0" },
		/* back to earlier steps only */
		{ STEPS(B ", {'id': 'g', 'kind': 'goto', 'to': 'b'}"), "" },
		{ STEPS(B ", {'id': 'g', 'kind': 'goto', 'to': 'bb'}"), "VR01 /steps/1/to" },
		{ STEPS("{'id': 'g', 'kind': 'goto', 'to': 'g'}"), "F203 /steps/0/to" },
		{ STEPS("{'id': 'g', 'kind': 'goto', 'to': 'b'}, " B), "VR01 /steps/0/to" },
		{ STEPS("{'id': 'k', 'kind': 'branch', 'cases': [{'when': 'amount > 1', 'steps': [" B "]}, {'else': true, 'steps': []}]}, {'id': 'g', 'kind': 'goto', 'to': 'b'}"), "F203 /steps/1/to" },
		{ STEPS("{'id': 'k', 'kind': 'branch', 'cases': [{'when': 'amount > 1', 'steps': [" B ", {'id': 'g', 'kind': 'goto', 'to': 'k'}]}, {'else': true, 'steps': []}]}"), "" },
		{ STEPS(B ", {'id': 'p', 'kind': 'parallel', 'branches': [{'steps': [{'id': 'g', 'kind': 'goto', 'to': 'b'}]}]}"), "F204 /steps/1/branches/0/steps/0/to" },
		{ STEPS(B ", {'id': 'p', 'kind': 'branch', 'pick': 'all', 'cases': [{'else': true, 'steps': [{'id': 'g', 'kind': 'goto', 'to': 'b'}]}]}"), "F204 /steps/1/cases/0/steps/0/to" },
		{ STEPS("{'id': 'p', 'kind': 'parallel', 'branches': [{'steps': [" B ", {'id': 'g', 'kind': 'goto', 'to': 'b'}]}]}"), "" },
		{ STEPS(B "," ASKED("'return_to': ['start', 'previous', 'b']")), "" },
		{ STEPS(B "," ASKED("'return_to': ['bb']")), "VR01 /steps/1/return_to/0" },
		{ STEPS(B "," ASKED("'return_to': ['a']")), "F203 /steps/1/return_to/0" },
		{ STEPS(B ", {'id': 'p', 'kind': 'parallel', 'branches': [{'steps': [" ASKED("'return_to': ['b']") "]}]}"), "" },
	};
	/* clang-format on */
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool found;
		const char *text = said(a, rows[i].files, rows[i].want, &found);
		if (!found) fail_msg("row %zu: %s:\n%s", i, rows[i].want, text);
	}
	arena_free(a);
}

/* clang-format off */
#define CONTRACT APP \
	", 'flows/f.json': {'flow': 'f', 'form': 'deal', 'label': {'zh-CN': '合同审批'}, 'start': {'who': ['role:sales'], 'when': 'state == \\'draft\\'', 'fields': {'amount': 'edit'}}," \
	"'settings': {'on_self': 'superior', 'on_repeat': 'consecutive', 'withdraw': 'always', 'resubmit': 'to_returner'}," \
	"'states': {'start': 'in_approval', 'approved': 'approved', 'rejected': 'draft'}," \
	"'steps': [" \
	"{'id': 'lead', 'kind': 'approve', 'who': [{'superior': 1}], 'due': '2wd', 'on_due': ['remind@1d', 'remind@+2wh', 'transfer:superior'], 'fields': {'amount': 'read', 'name': 'edit'}, 'require': {'reject': ['comment']}, 'allow': ['add_before', 'return'], 'return_to': ['start', 'previous'], 'on_nobody': 'pass'}," \
	"{'id': 'band', 'kind': 'branch', 'cases': [" \
	"{'when': 'amount < 100000', 'label': 'small', 'steps': []}," \
	"{'when': 'amount < 1000000', 'steps': [{'id': 'director', 'kind': 'approve', 'who': [{'dept_head': 'owner.dept'}]}]}," \
	"{'else': true, 'steps': [{'id': 'board', 'kind': 'approve', 'who': [{'who': 'role:board', 'weight': 1}, {'who': 'user:chair', 'weight': 3}], 'mode': {'vote': 'weight > 2/3'}}]}]}," \
	"{'id': 'both', 'kind': 'parallel', 'wait': 'any', 'branches': [" \
	"{'steps': [{'id': 'legal', 'kind': 'approve', 'who': ['role:board'], 'mode': 'all', 'require': ['signature']}]}," \
	"{'steps': [{'id': 'finance', 'kind': 'handle', 'who': [{'field': 'clerk'}], 'mode': 'order', 'return_to': ['lead']}]}]}," \
	"{'id': 'pause', 'kind': 'wait', 'until': {'form': 'firm', 'when': '$parent.firm == $record'}}," \
	"{'id': 'seal', 'kind': 'act', 'do': [{'set': {'state': '\\'approved\\''}}]}," \
	"{'id': 'again', 'kind': 'goto', 'to': 'band'}," \
	"{'id': 'tell', 'kind': 'cc', 'who': ['starter', 'role:board']}]}"
/* clang-format on */

static struct app *load(struct arena *a, const char *files) {
	struct findings f = { .arena = a };
	struct app *app = NULL;
	struct sb out = sb_on(a, 1 << 16);
	assert_ok(app_load(bundle_of(a, files), NULL, &f, &app));
	findings_text(&out, &f, LANGUAGE_EN, false, true);
	if (!app) fail_msg("%s", sb_cstr(&out));
	return app;
}

static const struct step *step_of(const struct flow *flow, const char *id) {
	const struct step *step = flow_step(flow, str_of(id));
	if (!step) fail_msg("no step %s", id);
	return step;
}

static void the_tree_is_what_is_written(void **state) {
	struct arena *a = arena_new(0);
	struct app *app = load(a, CONTRACT);
	const struct flow *flow = app_flow(app, STR("f"));
	const struct form *deal = app_form(app, STR("deal"));
	(void)state;
	assert_non_null(flow);
	assert_null(app_flow(app, STR("g")));
	assert_true(deal->flow_count == 1 && deal->flows[0] == flow);
	assert_int_equal(app_form(app, STR("firm"))->flow_count, 0);
	assert_int_equal(flow->step_count, 11);
	assert_int_equal(flow->root.n, 7);
	for (size_t i = 0; i < flow->step_count; i++) {
		const struct step *step = flow->steps[i];
		assert_int_equal(step->index, i);
		assert_ptr_equal(step->in->steps[step->place], step);
		assert_ptr_equal(flow_step(flow, str_of(step->id)), step);
		if (step->in->owner) assert_true(step->in->owner->index < i);
	}
	const struct step *band = step_of(flow, "band"), *both = step_of(flow, "both");
	assert_int_equal(band->list_count, 3);
	assert_string_equal(band->lists[0]->label.en, "small");
	assert_null(band->lists[1]->label.en);
	assert_non_null(band->lists[1]->when);
	assert_null(band->lists[2]->when);
	assert_ptr_equal(band->lists[2]->owner, band);
	assert_int_equal(both->wait, 1);
	assert_ptr_equal(step_of(flow, "again")->to, band);
	assert_ptr_equal(step_of(flow, "finance")->return_to[0].step, step_of(flow, "lead"));
	assert_non_null(step_of(flow, "seal")->program);
	assert_string_equal(step_of(flow, "pause")->until_form->name, "firm");
	app_release(app);
	arena_free(a);
}

static void people_votes_and_spans_are_read(void **state) {
	struct arena *a = arena_new(0);
	struct app *app = load(a, CONTRACT);
	const struct flow *flow = app_flow(app, STR("f"));
	const struct step *lead = step_of(flow, "lead"), *board = step_of(flow, "board");
	const struct form *deal = flow->form;
	(void)state;
	assert_true(lead->who.n == 1 && lead->who.items[0].kind == WHO_SUPERIOR);
	assert_int_equal(lead->who.items[0].level, 1);
	assert_int_equal(lead->on_due_count, 3);
	assert_string_equal(lead->on_due[0].offset, "-1d");
	assert_string_equal(lead->on_due[1].offset, "2wh");
	assert_string_equal(lead->on_due[2].offset, "");
	assert_int_equal(lead->on_due[2].act, DUE_TRANSFER);
	assert_int_equal(lead->on_due[2].who.kind, WHO_SUPERIOR);
	assert_int_equal(lead->fields[form_field(deal, STR("amount"))->index], RIGHT_READ);
	assert_int_equal(lead->fields[form_field(deal, STR("name"))->index], RIGHT_EDIT);
	assert_int_equal(lead->fields[form_field(deal, STR("clerk"))->index], STEP_FIELD_UNNAMED);
	assert_true(lead->require[VERDICT_REJECT].comment);
	assert_false(lead->require[VERDICT_APPROVE].comment);
	assert_true(step_of(flow, "legal")->require[VERDICT_APPROVE].signature);
	assert_int_equal(lead->allow, ALLOW_ADD_BEFORE | ALLOW_RETURN);
	assert_int_equal(lead->return_count, 2);
	assert_int_equal(board->return_count, 1);
	assert_int_equal(board->return_to[0].kind, RETURN_START);
	/* the flow's policies, unless the step has its own */
	assert_int_equal(lead->policies.on_nobody, ON_NOBODY_PASS);
	assert_int_equal(lead->policies.on_self, ON_SELF_SUPERIOR);
	assert_int_equal(board->policies.on_nobody, ON_NOBODY_ADMIN);
	assert_int_equal(board->policies.on_repeat, ON_REPEAT_CONSECUTIVE);
	assert_int_equal(board->who.items[1].weight, 3);
	assert_string_equal(board->who.items[1].name, "chair");
	assert_int_equal(board->mode.kind, MODE_WEIGHT);
	assert_false(board->mode.or_equal);
	assert_true(board->mode.numerator == 2 && board->mode.denominator == 3);
	assert_true(flow->to_returner && flow->withdraw == WITHDRAW_ALWAYS);
	assert_string_equal(flow->states[FLOW_STARTED]->value, "in_approval");
	assert_null(flow->states[FLOW_RETURNED]);
	assert_int_equal(flow->start.fields[form_field(deal, STR("amount"))->index], RIGHT_EDIT);
	app_release(app);
	arena_free(a);
}

/* Today's app has lost the field, the role and the state of it: the run goes on, its conditions on
 * them never hold, its people are nobody. */
static void an_earlier_version_meets_the_app_of_today(void **state) {
	static const char text[] =
		"{\"flow\": \"f\", \"form\": \"deal\", \"states\": {\"approved\": \"gone\"}, \"steps\": ["
		"{\"id\": \"a\", \"kind\": \"approve\", \"who\": [\"role:gone\", \"user:x\"]},"
		"{\"id\": \"k\", \"kind\": \"branch\", \"cases\": [{\"when\": \"gone > 1\", \"steps\": []},"
		"{\"else\": true, \"steps\": []}]},"
		"{\"id\": \"s\", \"kind\": \"act\", \"do\": [{\"set\": {\"gone\": \"1\"}}]}]}";
	struct arena *a = arena_new(0), *own = arena_new(0);
	struct findings f = { .arena = a };
	struct app *app = load(a, STEPS(ASK("'user:x'")));
	const struct form *deal = app_form(app, STR("deal"));
	size_t paths = deal->paths.count;
	struct definition d = { .kind = "flow", .name = "f", .id = "f", .file = "flows/f.json" };
	(void)state;
	assert_ok(json_parse(own, str_of(text), &json_limits_definition, &d.json));
	const struct flow *flow = flow_compile(own, app, &d, &f);
	assert_non_null(flow);
	assert_int_equal(f.errors, 4);
	assert_int_equal(step_of(flow, "a")->who.n, 1);
	assert_non_null(step_of(flow, "k")->lists[0]->when);
	assert_true(expr_is_constant(step_of(flow, "k")->lists[0]->when));
	assert_null(step_of(flow, "k")->lists[1]->when);
	assert_null(step_of(flow, "s")->program);
	assert_null(flow->states[FLOW_APPROVED]);
	assert_int_equal(deal->paths.count, paths);
	d.json = NULL;
	assert_null(flow_compile(own, app, &d, &f));
	app_release(app);
	arena_free(own);
	arena_free(a);
}

static size_t times_named(struct arena *a, const struct app *app, const char *form, const char *field) {
	const struct form *f = app_form(app, str_of(form));
	struct usages found;
	size_t n = 0;
	usages_find(a, app, f, form_field(f, str_of(field)), &found);
	for (size_t i = 0; i < found.n; i++) n += !strcmp(found.items[i].kind, "flow");
	return n;
}

/* Within a query or a wait for another form, names are that form's and $parent the record's. */
static void usages_know_what_a_flow_names(void **state) {
	struct arena *a = arena_new(0);
	struct app *app = load(a, STEPS(ASK("{'query': {'form': 'firm', 'where': 'area == $parent.area and name != null', 'take': 'keeper'}}")));
	(void)state;
	assert_int_equal(times_named(a, app, "firm", "area"), 1);
	assert_int_equal(times_named(a, app, "firm", "keeper"), 1);
	assert_int_equal(times_named(a, app, "deal", "area"), 1);
	assert_int_equal(times_named(a, app, "deal", "name"), 0);
	app_release(app);
	app = load(a, CONTRACT);
	assert_int_equal(times_named(a, app, "deal", "amount"), 4);
	assert_int_equal(times_named(a, app, "deal", "clerk"), 1);
	assert_int_equal(times_named(a, app, "deal", "firm"), 1);
	app_release(app);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_told_at_their_place),
		cmocka_unit_test(the_tree_is_what_is_written),
		cmocka_unit_test(people_votes_and_spans_are_read),
		cmocka_unit_test(usages_know_what_a_flow_names),
		cmocka_unit_test(an_earlier_version_meets_the_app_of_today),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
