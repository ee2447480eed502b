/* What is said about a flow before anybody runs it: gaps, dead and overlapping cases with a record
 * that shows it, loops, people, time, fields (VR09, VR10, VR11; flow.md 5.2). Each row: a flow, then every
 * finding of the kinds F1 to F5 it must give, in order, and no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/base/clock.h"
#include "runtime/model/finding.h"
#include "runtime/model/flow.h"
#include "tests/support/publish.h"

/* clang-format off */
#define APP \
	"'app.json': {'app': 't', 'version': '1'}," \
	"'enums/st.json': {'enum': 'st', 'values': [{'value': 'draft'}, {'value': 'busy'}, {'value': 'done'}]}," \
	"'enums/kind.json': {'enum': 'kind', 'values': [{'value': 'buy'}, {'value': 'sell'}, {'value': 'rent'}, {'value': 'old', 'retired': true}]}," \
	"'roles/sales.json': {'role': 'sales', 'forms': {}}, 'roles/board.json': {'role': 'board', 'forms': {}}," \
	"'forms/deal.json': {'form': 'deal', 'fields': [{'name': 'name', 'type': 'text'}, " \
	"{'name': 'amount', 'type': 'money', 'required': true}, {'name': 'size', 'type': 'decimal', 'scale': 3, 'required': true}," \
	"{'name': 'days', 'type': 'integer', 'required': true, 'min': 0, 'max': 30}, {'name': 'rate', 'type': 'percent', 'required': true, 'min': 0, 'max': 1}," \
	"{'name': 'due', 'type': 'date', 'required': true}, {'name': 'paid', 'type': 'date'}, {'name': 'kind', 'type': 'enum', 'enum': 'kind', 'required': true}," \
	"{'name': 'maybe', 'type': 'enum', 'enum': 'kind'}, {'name': 'flag', 'type': 'bool', 'required': true}, {'name': 'marks', 'type': 'tags', 'enum': 'kind'}," \
	"{'name': 'limit', 'type': 'money', 'required': true}, {'name': 'number', 'type': 'text'}, {'name': 'double', 'type': 'money', 'formula': 'amount * 2'}," \
	"{'name': 'clerk', 'type': 'user'}, {'name': 'lines', 'type': 'table', 'fields': [{'name': 'net', 'type': 'money'}]}," \
	"{'name': 'state', 'type': 'enum', 'enum': 'st', 'default': '\\'draft\\''}]}"
#define FLOW(more, steps) APP ", 'flows/f.json': {'flow': 'f', 'form': 'deal'" more ", 'steps': [" steps "]}"
#define STEPS(steps) FLOW("", steps)
#define BRANCH(cases) "{'id': 'k', 'kind': 'branch', 'cases': [" cases "]}"
#define ALL(cases) "{'id': 'k', 'kind': 'branch', 'pick': 'all', 'cases': [" cases "]}"
#define ASK(id) "{'id': '" id "', 'kind': 'approve', 'who': ['user:x']}"
#define EDIT(id, field) "{'id': '" id "', 'kind': 'approve', 'who': ['user:x'], 'fields': {'" field "': 'edit'}}"
#define CASE(when) "{'when': '" when "', 'steps': []}"
#define DOES(when, steps) "{'when': '" when "', 'steps': [" steps "]}"
#define ELSE "{'else': true, 'steps': []}"
#define K2(cases) "{'id': 'k2', 'kind': 'branch', 'cases': [" cases "]}"
#define SET "{'id': 's', 'kind': 'act', 'do': [{'set': {'name': '\\'x\\''}}]}"
#define CC "{'id': 'c', 'kind': 'cc', 'who': ['user:x']}"
#define TIMED(more) "{'id': 'a', 'kind': 'approve', 'who': ['user:x']," more "}"
#define Q "\\'"
/* clang-format on */

static bool of_flow(const struct finding *f) {
	return f->code[0] == 'F' && strcmp(f->code, "F601") != 0;
}

static const char *param(const struct finding *f, const char *name) {
	for (size_t i = 0; i < f->param_count; i++)
		if (!strcmp(f->params[i].name, name)) return f->params[i].value;
	return NULL;
}

/* "F101 error /steps/0/cases [amount = 9999.99]; ..." of what is not the summary. */
static const char *said(struct arena *a, const char *files, const struct directory *people) {
	static const char *const severities[] = { "error", "warning", "info" };
	struct findings f = { .arena = a };
	struct app *app = NULL;
	struct sb out = sb_on(a, 1 << 16), text = sb_on(a, 1 << 16);
	assert_ok(app_load(bundle_of(a, files), NULL, &f, &app));
	findings_text(&text, &f, LANGUAGE_EN, false, true);
	if (!app) fail_msg("%s", sb_cstr(&text));
	app_verify(app, people, &f);
	for (size_t i = 0; i < f.count; i++) {
		const struct finding *one = &f.items[i];
		assert_non_null(catalogue_find(one->text));
		assert_non_null(catalogue_find(one->remedy));
		if (!of_flow(one)) continue;
		sb_printf(&out, "%s%s %s %s", out.n ? "; " : "", one->code,
			  severities[one->severity], one->pointer);
		const char *point = param(one, "point"), *count = param(one, "count");
		const char *who = param(one, "starters") ? param(one, "starters") : param(one, "user");
		if (point) sb_printf(&out, " [%s]", point);
		if (count) sb_printf(&out, " [%s x%s]", who, count);
	}
	app_release(app);
	return sb_cstr(&out);
}

struct row {
	const char *files, *want;
};

static void check_rows(const struct row *rows, size_t n, const struct directory *people) {
	struct arena *a = arena_new(0);
	size_t failures = 0;
	for (size_t i = 0; i < n; i++) {
		const char *got = said(a, rows[i].files, people);
		if (!strcmp(got, rows[i].want)) continue;
		print_error("row %zu:\n got %s\nwant %s\n", i, got, rows[i].want);
		failures++;
	}
	assert_int_equal(failures, 0);
	arena_free(a);
}

/* VR09; flow.md 6 "Gap and overlap". */
static void a_gap_is_shown_by_a_record(void **state) {
	/* clang-format off */
	static const struct row rows[] = {
		/* the scenario: clean with scale 2; with scale 3 there is 9999.991 */
		{ STEPS(BRANCH(CASE("amount <= 9999.99") "," CASE("amount >= 10000"))), "" },
		{ STEPS(BRANCH(CASE("size <= 9999.99") "," CASE("size >= 10000"))), "F101 error /steps/0/cases [size = 9999.991]" },
		{ STEPS(BRANCH(CASE("amount < 100000") "," CASE("amount > 100000"))), "F101 error /steps/0/cases [amount = 100000.00]" },
		{ STEPS(BRANCH(CASE("amount < 100000") "," CASE("amount >= 100000"))), "" },
		{ STEPS(BRANCH(CASE("100000 > amount") "," ELSE)), "" },
		{ STEPS(BRANCH(CASE("not (amount < 5)") "," CASE("amount < 5"))), "" },
		{ STEPS(BRANCH(CASE("amount < 5") "," CASE("amount != 5"))), "F101 error /steps/0/cases [amount = 5.00]" },
		/* bounds of the field close it */
		{ STEPS(BRANCH(CASE("days < 10") "," CASE("days in [10, 11, 12]") "," CASE("days > 12"))), "" },
		{ STEPS(BRANCH(CASE("days < 10") "," CASE("days >= 11 and days <= 30"))), "F101 error /steps/0/cases [days = 10]" },
		{ STEPS(BRANCH(CASE("rate <= 20%") "," CASE("rate > 20% and rate < 1"))), "F101 error /steps/0/cases [rate = 1.0000]" },
		/* dates */
		{ STEPS(BRANCH(CASE("due < " Q "2026-01-01" Q) "," CASE("due >= " Q "2026-01-01" Q))), "" },
		{ STEPS(BRANCH(CASE("due < " Q "2026-01-01" Q) "," CASE("due > " Q "2026-01-01" Q))), "F101 error /steps/0/cases [due = 2026-01-01]" },
		{ STEPS(BRANCH(CASE("due <= " Q "2025-12-31" Q) "," CASE("due >= " Q "2026-01-01" Q))), "" },
		{ STEPS(BRANCH(CASE("due < $today") "," CASE("due >= $today"))), "" },
		{ STEPS(BRANCH(CASE("paid < " Q "2026-01-01" Q) "," CASE("paid >= " Q "2026-01-01" Q))), "F101 warning /steps/0/cases [paid = null]" },
		{ STEPS(BRANCH(CASE("paid < " Q "2026-01-01" Q) "," CASE("paid >= " Q "2026-01-01" Q " or paid == null"))), "" },
		/* instants asked by days */
		{ STEPS(BRANCH(CASE("created_at < " Q "2026-01-01" Q) "," CASE("date(created_at) >= " Q "2026-01-01" Q))), "" },
		/* values of a list, and empty */
		{ STEPS(BRANCH(CASE("kind == " Q "buy" Q) "," CASE("kind in [" Q "sell" Q ", " Q "rent" Q "]"))), "F101 warning /steps/0/cases [kind = 'old']" },
		{ STEPS(BRANCH(CASE("kind == " Q "buy" Q) "," CASE("kind == " Q "sell" Q))), "F101 error /steps/0/cases [kind = 'rent']" },
		{ STEPS(BRANCH(CASE("maybe in [" Q "buy" Q ", " Q "old" Q "]") "," CASE("maybe in [" Q "sell" Q ", " Q "rent" Q "]"))), "F101 warning /steps/0/cases [maybe = null]" },
		{ STEPS(BRANCH(CASE("maybe == " Q "buy" Q) "," CASE("maybe != " Q "buy" Q))), "" },
		{ STEPS(BRANCH(CASE("empty(maybe)") "," CASE("maybe != null"))), "" },
		{ STEPS(BRANCH(CASE("flag") "," CASE("not flag"))), "" },
		{ STEPS(BRANCH(CASE("flag == true"))), "F101 error /steps/0/cases [flag = false]" },
		{ STEPS(BRANCH(CASE("name == " Q "a" Q) "," CASE("name == null"))), "F101 error /steps/0/cases [name != 'a']" },
		{ STEPS(BRANCH(CASE(Q "buy" Q " in marks") "," CASE("not (" Q "buy" Q " in marks)"))), "" },
		{ STEPS(BRANCH(CASE(Q "buy" Q " in marks") "," CASE("not contains(marks, " Q "buy" Q ")"))), "F101 warning /steps/0/cases [marks = null]" },
		{ STEPS(BRANCH(CASE(Q "buy" Q " in marks") "," CASE(Q "sell" Q " in marks") "," CASE("empty(marks)"))), "F101 error /steps/0/cases [marks != 'buy', 'sell']; F103 warning /steps/0/cases/1/when [marks = ['buy', 'sell']]" },
		/* two fields */
		{ STEPS(BRANCH(CASE("amount < 100 and kind == " Q "buy" Q) "," CASE("amount >= 100") "," CASE("kind != " Q "buy" Q))), "F103 warning /steps/0/cases/2/when [amount = 100.00, kind = 'sell']" },
		{ STEPS(BRANCH(CASE("amount < 100 and flag") "," CASE("amount >= 100 and not flag"))), "F101 error /steps/0/cases [amount = 99.99, flag = false]" },
		/* sums of rows; a test nobody can look into */
		{ STEPS(BRANCH(CASE("count(lines) > 3") "," CASE("count(lines) <= 3"))), "" },
		{ STEPS(BRANCH(CASE("amount > limit") "," CASE("amount <= limit"))), "F101 error /steps/0/cases [(amount > limit) = false, (amount <= limit) = false]" },
		{ STEPS(BRANCH(CASE("amount > limit") "," ELSE)), "" },
		{ STEPS(BRANCH(CASE("contains(name, " Q "x" Q ")") "," CASE("not contains(name, " Q "x" Q ")"))), "F101 error /steps/0/cases [contains(name, 'x') = null]" },
		{ STEPS(BRANCH(CASE("$user.dept == " Q "east" Q) "," CASE("$user.dept != " Q "east" Q))), "" },
		{ STEPS(ALL(CASE("amount < 100") "," CASE("amount > 50"))), "" },
		{ STEPS(ALL(CASE("amount < 100") "," CASE("amount > 100"))), "F101 error /steps/0/cases [amount = 100.00]" },
	};
	/* clang-format on */
	(void)state;
	check_rows(rows, ARRAY_LEN(rows), NULL);
}

static void dead_and_overlapping_cases_are_told(void **state) {
	/* clang-format off */
	static const struct row rows[] = {
		{ STEPS(BRANCH(CASE("amount < 1000") "," CASE("amount < 100") "," ELSE)), "F102 error /steps/0/cases/1/when" },
		{ STEPS(BRANCH(CASE("amount < 100") "," CASE("amount < 1000") "," ELSE)), "" },
		{ STEPS(BRANCH(CASE("amount > 5 and amount < 5") "," ELSE)), "F102 error /steps/0/cases/0/when" },
		{ STEPS(BRANCH(CASE("days > 30") "," ELSE)), "F102 error /steps/0/cases/0/when" },
		{ STEPS(BRANCH(CASE("kind in [" Q "buy" Q ", " Q "sell" Q "]") "," CASE("kind == " Q "sell" Q) "," ELSE)), "F102 error /steps/0/cases/1/when" },
		{ STEPS(BRANCH(CASE("amount < 100") "," CASE("amount < 200") "," CASE("amount < 150 or amount < 50") "," ELSE)), "F102 error /steps/0/cases/2/when" },
		/* an else with nothing to do is a belt to the braces; one with steps is a mistake */
		{ STEPS(BRANCH(CASE("amount < 100") "," CASE("amount >= 100") "," ELSE)), "" },
		{ STEPS(BRANCH(CASE("amount < 100") "," CASE("amount >= 100") ", {'else': true, 'steps': [" ASK("a") "]}")), "F102 warning /steps/0/cases/2" },
		{ STEPS(BRANCH(ELSE "," CASE("amount < 100"))), "F102 error /steps/0/cases/1/when" },
		/* the inner contradicts the outer, one and two levels deep */
		{ STEPS(BRANCH(DOES("amount < 100", K2(CASE("amount > 500") "," ELSE)) "," ELSE)), "F102 error /steps/0/cases/0/steps/0/cases/0/when" },
		{ STEPS(BRANCH(DOES("amount < 100 and due < " Q "2026-01-01" Q, "{'id': 'm', 'kind': 'branch', 'cases': [" DOES("kind == " Q "buy" Q, K2(CASE("due > " Q "2026-02-01" Q) "," ELSE)) "," ELSE "]}") "," ELSE)), "F102 error /steps/0/cases/0/steps/0/cases/0/steps/0/cases/0/when" },
		{ STEPS(BRANCH(CASE("amount < 100") ", {'else': true, 'steps': [" K2(CASE("amount < 50") "," ELSE) "]}")), "F102 error /steps/0/cases/1/steps/0/cases/0/when" },
		{ STEPS(BRANCH(DOES("amount < 100", K2(CASE("amount < 50") "," CASE("amount >= 50"))) "," ELSE)), "" },
		{ STEPS(BRANCH(DOES("kind == " Q "buy" Q, K2(CASE("amount < 5") "," CASE("amount > 5"))) "," ELSE)), "F101 error /steps/0/cases/0/steps/0/cases [kind = 'buy', amount = 5.00]" },
		/* what the case may change is forgotten; what stands beside it too; not what cannot be changed */
		{ STEPS(BRANCH(DOES("amount < 100", EDIT("e", "amount") "," K2(CASE("amount > 500") "," ELSE)) "," ELSE)), "F502 warning /steps/0/cases" },
		{ STEPS(BRANCH(DOES("double < 100", EDIT("e", "amount") "," K2(CASE("double > 500") "," ELSE)) "," ELSE)), "" },
		{ STEPS(BRANCH(DOES("amount < 100", EDIT("e", "number") "," K2(CASE("amount > 500") "," ELSE)) "," ELSE)), "F102 error /steps/0/cases/0/steps/1/cases/0/when" },
		{ STEPS("{'id': 'p', 'kind': 'parallel', 'branches': [{'steps': [" BRANCH(DOES("amount < 100", K2(CASE("amount > 500") "," ELSE)) "," ELSE) "]}, {'steps': [" EDIT("e", "amount") "]}]}"), "" },
		{ STEPS(BRANCH(DOES("due < $today", K2(CASE("due >= $today") "," ELSE)) "," ELSE)), "" },
		/* start.when counts, but for what the start itself changes */
		{ FLOW(", 'start': {'when': 'amount > 1000'}", BRANCH(CASE("amount < 100") "," ELSE)), "F102 error /steps/0/cases/0/when" },
		{ FLOW(", 'start': {'when': 'amount > 1000', 'fields': {'amount': 'edit'}}", BRANCH(CASE("amount < 100") "," ELSE)), "" },
		{ FLOW(", 'start': {'when': 'state == " Q "draft" Q "'}", BRANCH(CASE("state == " Q "done" Q) "," ELSE)), "" },
		/* overlaps: told once a pair, with a record of both */
		{ STEPS(BRANCH(CASE("amount >= 50000") "," CASE("kind == " Q "buy" Q) "," ELSE)), "F103 warning /steps/0/cases/1/when [amount = 50000.00, kind = 'buy']" },
		{ STEPS(BRANCH(CASE("amount < 100") "," CASE("amount > 50 and amount < 200") "," ELSE)), "F103 warning /steps/0/cases/1/when [amount = 50.01]" },
		{ STEPS(ALL(CASE("amount < 100") "," CASE("amount > 50 and amount < 200") "," ELSE)), "" },
	};
	/* clang-format on */
	(void)state;
	check_rows(rows, ARRAY_LEN(rows), NULL);
}

static void loops_and_ends_are_told(void **state) {
	/* clang-format off */
	static const struct row rows[] = {
		{ STEPS(ASK("a") ", {'id': 'g', 'kind': 'goto', 'to': 'a'}"), "F205 error /steps" },
		{ STEPS(ASK("a") ", {'id': 'g', 'kind': 'goto', 'to': 'a'}," ASK("b") "," ASK("d")), "F202 error /steps/2; F205 error /steps" },
		{ STEPS(ASK("a") "," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'a'}") "," ELSE) "," ASK("b")), "" },
		{ STEPS(ASK("a") "," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'a'}") ", {'else': true, 'steps': [{'id': 'h', 'kind': 'goto', 'to': 'a'}]}") "," ASK("b")), "F202 error /steps/2; F205 error /steps" },
		{ STEPS(CC "," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'c'}") "," ELSE)), "F201 error /steps/1/cases/0/steps/0" },
		{ STEPS(SET "," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 's'}") "," ELSE)), "F201 warning /steps/1/cases/0/steps/0" },
		{ STEPS(BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'k'}") "," ELSE)), "F201 error /steps/0/cases/0/steps/0" },
		{ STEPS(BRANCH(DOES("flag", "{'id': 'w', 'kind': 'wait', 'for': '1d'}, {'id': 'g', 'kind': 'goto', 'to': 'k'}") "," ELSE)), "" },
		/* around people inside a block, and past them where a case leaves them out */
		{ STEPS(CC ", {'id': 'p', 'kind': 'parallel', 'branches': [{'steps': [" ASK("a") "]}, {'steps': []}]}," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'c'}") "," ELSE)), "" },
		{ STEPS(CC ", {'id': 'p', 'kind': 'parallel', 'wait': 'any', 'branches': [{'steps': [" ASK("a") "]}, {'steps': []}]}," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'c'}") "," ELSE)), "F201 error /steps/2/cases/0/steps/0" },
		{ STEPS(CC "," K2(DOES("amount > 5", ASK("a")) "," ELSE) "," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'c'}") "," ELSE)), "F201 error /steps/2/cases/0/steps/0" },
		{ STEPS(CC "," K2("{'else': true, 'steps': [" ASK("a") "]}") "," BRANCH(DOES("flag", "{'id': 'g', 'kind': 'goto', 'to': 'c'}") "," ELSE)), "" },
		{ STEPS("{'id': 'u', 'kind': 'sub', 'flow': 'f'}"), "F206 error /steps/0/flow" },
		{ STEPS("{'id': 'u', 'kind': 'sub', 'flow': 'g'}") ", 'flows/g.json': {'flow': 'g', 'form': 'deal', 'steps': [" ASK("a") "]}", "" },
		{ STEPS("{'id': 'u', 'kind': 'sub', 'flow': 'g'}") ", 'flows/g.json': {'flow': 'g', 'form': 'deal', 'steps': [{'id': 'v', 'kind': 'sub', 'flow': 'f'}]}", "F206 error /steps/0/flow; F206 error /steps/0/flow" },
		{ STEPS("{'id': 'a', 'kind': 'approve', 'who': ['previous_picks']}"), "F305 error /steps/0/who" },
		{ STEPS(ASK("b") ", {'id': 'a', 'kind': 'approve', 'who': ['previous_picks']}"), "" },
		/* a case nothing leads to is no way out, and no loop */
		{ STEPS(ASK("a") "," BRANCH(DOES("days > 30", CC) ", {'else': true, 'steps': [{'id': 'g', 'kind': 'goto', 'to': 'a'}]}")), "F102 error /steps/1/cases/0/when; F205 error /steps" },
		{ STEPS(CC "," BRANCH(DOES("days > 30", "{'id': 'g', 'kind': 'goto', 'to': 'c'}") "," ELSE)), "F102 error /steps/1/cases/0/when" },
	};
	/* clang-format on */
	(void)state;
	check_rows(rows, ARRAY_LEN(rows), NULL);
}

static void time_and_fields_are_told(void **state) {
	/* clang-format off */
	static const struct row rows[] = {
		{ STEPS(TIMED("'due': '2d', 'on_due': ['remind@1d', 'remind', 'pass', 'remind@+1d']")), "F403 warning /steps/0/on_due/3" },
		{ STEPS(TIMED("'due': '2d', 'on_due': ['remind', 'pass', 'reject']")), "F402 warning /steps/0/on_due/2" },
		{ STEPS(TIMED("'due': '2d', 'on_due': ['pass@1d', 'escalate']")), "F403 warning /steps/0/on_due/1" },
		{ STEPS(TIMED("'due': '2d', 'on_due': ['transfer:superior', 'reject@+24h']")), "" },
		{ STEPS(TIMED("'due': '2d', 'on_due': ['pass@+1d', 'reject@+24h']")), "F402 warning /steps/0/on_due/1" },
		{ STEPS("{'id': 'w', 'kind': 'wait', 'until': {'when': 'days > 30'}}"), "F405 error /steps/0/until" },
		{ STEPS("{'id': 'w', 'kind': 'wait', 'until': {'when': 'days > 29'}}"), "" },
		{ STEPS(TIMED("'require': {'approve': ['number']}")), "F501 warning /steps/0/require" },
		{ STEPS(TIMED("'fields': {'number': 'edit'}, 'require': {'approve': ['number']}")), "" },
		{ STEPS(EDIT("e", "number") "," TIMED("'require': {'approve': ['number']}")), "" },
		{ STEPS(TIMED("'require': {'approve': ['amount']}")), "" },
		{ FLOW(", 'start': {'fields': {'number': 'edit'}}", TIMED("'require': {'approve': ['number']}")), "" },
		{ STEPS(BRANCH(CASE("amount < 5") "," ELSE) "," EDIT("e", "amount")), "F502 warning /steps/0/cases" },
		{ STEPS(EDIT("e", "amount") "," BRANCH(CASE("amount < 5") "," ELSE)), "" },
		/* VR11: who decides sees what he decides by */
		{ STEPS(TIMED("'fields': {'amount': 'hidden'}") "," BRANCH(CASE("amount < 5") "," ELSE)), "F503 warning /steps/0/fields" },
		{ STEPS(TIMED("'fields': {'amount': 'mask'}, 'require': {'approve': ['amount']}")), "F503 warning /steps/0/fields" },
		{ STEPS(TIMED("'fields': {'amount': 'hidden'}") "," ASK("b") "," BRANCH(CASE("amount < 5") "," ELSE)), "" },
	};
	/* clang-format on */
	(void)state;
	check_rows(rows, ARRAY_LEN(rows), NULL);
}

/* ---- people: hq (head boss, nobody above) over sales (head li); zhang and wang sell, old has left, ring1 and ring2
 * are each other's superior, lone has no department ---- */

static struct directory *people(struct arena *a) {
	enum { BOSS, LI, LONE, OLD, RING1, RING2, WANG, ZHANG, USERS };
	static const char *const logins[USERS] = { "boss", "li",    "lone", "old",
						   "ring1", "ring2", "wang", "zhang" };
	static const struct user_role sells[] = { { "t", "sales" } }, sits[] = { { "t", "board" } };
	struct directory *d = arena_alloc(a, sizeof *d);
	d->arena = a;
	d->user_count = USERS;
	d->dept_count = 2;
	d->users = arena_array(a, USERS, sizeof *d->users);
	d->depts = arena_array(a, 2, sizeof *d->depts);
	d->users_by_id = arena_array(a, USERS, sizeof *d->users_by_id);
	for (size_t i = 0; i < USERS; i++) {
		d->users[i] = (struct user){ .id = (int32_t)i + 1,
					     .login = logins[i],
					     .active = i != OLD,
					     .roles = sells,
					     .role_count = i == WANG || i == ZHANG || i == LONE };
		d->users_by_id[i] = &d->users[i];
	}
	d->depts[0] = (struct dept){ .id = 1, .name = "hq", .head = &d->users[BOSS], .active = true };
	d->depts[1] = (struct dept){ .id = 2, .name = "sales", .head = &d->users[LI],
				     .parent = &d->depts[0], .active = true };
	d->users[BOSS].dept = &d->depts[0];
	d->users[LI].dept = d->users[WANG].dept = d->users[ZHANG].dept = &d->depts[1];
	d->users[BOSS].roles = sits;
	d->users[BOSS].role_count = 1;
	d->users[RING1].superior = &d->users[RING2];
	d->users[RING2].superior = &d->users[RING1];
	return d;
}

#define BY(who) FLOW(", 'start': {'who': ['role:sales']}", "{'id': 'a', 'kind': 'approve', 'who': [" who "]}")
#define OF(settings, who) FLOW(", 'start': {'who': ['role:sales']}, 'settings': {" settings "}", "{'id': 'a', 'kind': 'approve', 'who': [" who "]}")

#define LATE(more) FLOW(", 'start': {'who': ['role:sales']}", "{'id': 'a', 'kind': 'approve', 'who': ['role:board'], " more "}")

/* VR10, VR11 */
static void people_are_foretold(void **state) {
	/* clang-format off */
	static const struct row rows[] = {
		{ BY("{'superior': 1}"), "F301 warning /steps/0/who [lone x1]" },
		{ BY("{'superior': 2}"), "F301 warning /steps/0/who [lone x1]" },
		{ BY("{'superior': 3}"), "F301 warning /steps/0/who [lone, wang, zhang x3]" },
		{ BY("{'superior': 1}, 'role:board'"), "" },
		{ BY("'role:board'"), "" },
		{ BY("'dept:sales'"), "F302 warning /steps/0/who [wang, zhang x2]" },
		{ BY("'role:sales'"), "F302 warning /steps/0/who [lone, wang, zhang x3]" },
		{ BY("'starter'"), "" },
		{ OF("'on_self': 'superior'", "'role:sales'"), "" },
		{ BY("'user:old'"), "F304 warning /steps/0/who/0; F301 warning /steps/0/who [lone, wang, zhang x3]" },
		{ BY("'user:nobody_yet'"), "F304 warning /steps/0/who/0; F301 warning /steps/0/who [lone, wang, zhang x3]" },
		{ BY("'role:board', 'user:nobody_yet'"), "F304 warning /steps/0/who/1" },
		{ BY("'role:board', 'user:li'"), "" },
		/* whoever a policy or a due rule names, and who is told (cc) */
		{ OF("'on_nobody': 'user:old'", "'role:board'"), "F304 warning /settings/on_nobody" },
		{ OF("'on_nobody': 'user:nobody_yet'", "'role:board'"), "F304 warning /settings/on_nobody" },
		{ OF("'on_nobody': 'user:li'", "'role:board'"), "" },
		{ LATE("'on_nobody': 'user:old'"), "F304 warning /steps/0/on_nobody" },
		{ LATE("'on_nobody': 'user:nobody_yet'"), "F304 warning /steps/0/on_nobody" },
		{ LATE("'on_nobody': 'user:li'"), "" },
		{ LATE("'due': '2d', 'on_due': ['remind@1d', 'transfer:user:old']"), "F304 warning /steps/0/on_due/1" },
		{ LATE("'due': '2d', 'on_due': ['transfer:user:nobody_yet']"), "F304 warning /steps/0/on_due/0" },
		{ LATE("'due': '2d', 'on_due': ['transfer:user:li']"), "" },
		{ LATE("'due': '2d', 'on_due': ['escalate']"), "" },
		{ STEPS("{'id': 'c', 'kind': 'cc', 'who': ['user:nobody_yet', 'user:li']}"), "F304 warning /steps/0/who/0" },
		/* the record of a run is its starter's */
		{ BY("{'dept_head': 'owner.dept'}"), "F301 warning /steps/0/who [lone x1]" },
		{ BY("{'field': 'owner'}"), "F302 warning /steps/0/who [lone, wang, zhang x3]" },
		/* what only a run knows is not foretold */
		{ BY("{'field': 'clerk'}"), "" },
		{ BY("'starter_picks'"), "" },
		{ BY("{'superior': 1}, {'field': 'clerk'}"), "" },
		/* who starts is asked, too; circles and those above */
		{ FLOW(", 'start': {'who': ['user:ring1', 'user:ring2', 'user:old']}", "{'id': 'a', 'kind': 'approve', 'who': [{'superiors_to': 'board'}]}"), "F302 warning /steps/0/who [ring1, ring2 x2]; F303 warning /steps/0/who [ring1, ring2 x2]" },
		{ BY("{'superiors_to': 'board'}"), "F301 warning /steps/0/who [lone x1]" },
		{ STEPS("{'id': 'a', 'kind': 'approve', 'who': ['role:board'], 'due': '2d', 'on_due': ['transfer:superior']}"), "F302 warning /steps/0/who [boss x1]; F401 warning /steps/0/on_due/0 [boss x1]" },
		{ STEPS("{'id': 'a', 'kind': 'approve', 'who': ['dept:sales'], 'on_self': 'skip', 'due': '2d', 'on_due': ['transfer:superior']}"), "" },
	};
	/* clang-format on */
	struct arena *a = arena_new(0);
	(void)state;
	check_rows(rows, ARRAY_LEN(rows), people(a));
	arena_free(a);
}

static void what_becomes_of_nobody_is_said(void **state) {
	static const struct {
		const char *policy, *words;
	} rows[] = { { "admin", "it goes to the administrators" },
		     { "pass", "it passes" },
		     { "reject", "it is rejected" },
		     { "refuse_start", "the start is refused" },
		     { "user:li", "it goes to li" } };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new(0);
		struct findings f = { .arena = a };
		struct app *app = NULL;
		const char *files = arena_printf(a, OF("'on_nobody': '%s'", "{'superior': 1}"),
						 rows[i].policy);
		assert_ok(app_load(bundle_of(a, files), NULL, &f, &app));
		flow_verify(app->flows[0], people(a), &f);
		const struct finding *one = &f.items[0];
		assert_string_equal(one->code, "F301");
		const char *words = catalogue_text(a, LANGUAGE_EN, one->text, one->params,
						   one->param_count);
		assert_non_null(strstr(words, rows[i].words));
		assert_non_null(strstr(words, "When lone start"));
		assert_true(json_is_string(json_at(one->example, "/starters/0"), "lone"));
		app_release(app);
		arena_free(a);
	}
}

#define TWO(start, other) FLOW(", 'start': {" start "}", ASK("a")) ", 'flows/g.json': {'flow': 'g', 'form': 'deal', 'start': {" other "}, 'steps': [" ASK("b") "]}"
#define BOTH(point) "F207 warning /start/on [" point "]; F207 warning /start/on [" point "]"

/* VR09: what two flows claim at once, shown by a record; told at both. */
static void flows_for_the_same_thing_are_told(void **state) {
	/* clang-format off */
	static const struct row rows[] = {
		{ TWO("'on': 'change', 'when': 'amount > 100'", "'on': 'change', 'when': 'amount >= 50'"), BOTH("amount = 100.01") },
		{ TWO("'on': 'change', 'when': 'amount > 100'", "'on': 'change', 'when': 'amount <= 100'"), "" },
		{ TWO("'on': 'change'", "'on': 'change'"), BOTH("") },
		{ TWO("'on': 'change', 'when': 'flag'", "'on': 'change'"), BOTH("flag = true") },
		{ TWO("'on': 'delete', 'when': 'kind == " Q "buy" Q "'", "'on': 'delete', 'when': 'kind != " Q "sell" Q "'"), BOTH("kind = 'buy'") },
		{ TWO("'on': 'delete', 'when': 'kind == " Q "buy" Q "'", "'on': 'delete', 'when': 'kind == " Q "sell" Q "'"), "" },
		{ TWO("'on': 'change'", "'on': 'delete'"), "" },
		{ TWO("'on': 'created'", "'on': 'change'"), "" },
		{ TWO("'when': 'flag'", "'when': 'flag'"), "" },
		/* a move of the same field to the same value; any value meets all; a move is a change */
		{ TWO("'on': {'move': 'state', 'to': 'done'}", "'on': {'move': 'state', 'to': 'done'}"), BOTH("") },
		{ TWO("'on': {'move': 'state', 'to': 'done'}", "'on': {'move': 'state', 'to': 'busy'}"), "" },
		{ TWO("'on': {'move': 'state', 'to': 'done'}", "'on': {'move': 'state'}"), BOTH("") },
		{ TWO("'on': {'move': 'state'}", "'on': {'move': 'kind'}"), "" },
		{ TWO("'on': {'move': 'state'}, 'when': 'days < 5'", "'on': 'change', 'when': 'days > 3'"), BOTH("days = 4") },
		{ TWO("'on': {'move': 'state'}, 'when': 'days < 5'", "'on': 'change', 'when': 'days >= 5'"), "" },
		/* a new record begins the first that its maker may start */
		{ TWO("'on': 'created', 'who': ['role:sales']", "'on': 'created', 'who': ['role:sales']"), BOTH("") },
		{ TWO("'on': 'created', 'who': ['role:sales']", "'on': 'created', 'who': ['role:board']"), "" },
		{ TWO("'on': 'change', 'who': ['role:sales']", "'on': 'change', 'who': ['role:board']"), BOTH("") },
		/* what nobody can look into stays silent */
		{ TWO("'on': 'change', 'when': 'contains(name, " Q "x" Q ")'", "'on': 'change', 'when': 'contains(number, " Q "y" Q ")'"), "" },
		{ TWO("'on': 'change', 'when': 'amount > limit'", "'on': 'change', 'when': 'flag'"), "" },
	};
	/* clang-format on */
	(void)state;
	check_rows(rows, ARRAY_LEN(rows), NULL);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_for_the_same_thing_are_told),
		cmocka_unit_test(people_are_foretold),
		cmocka_unit_test(what_becomes_of_nobody_is_said),
		cmocka_unit_test(dead_and_overlapping_cases_are_told),
		cmocka_unit_test(loops_and_ends_are_told),
		cmocka_unit_test(time_and_fields_are_told),
		cmocka_unit_test(a_gap_is_shown_by_a_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
