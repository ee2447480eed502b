/* F12, back-fill: a serial field on a form that has records: they are numbered in the order they
 * were created, by the day they were; new records go on from there; a publish again numbers
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engines/form/record_write.h"
#include "tests/support/publish.h"

#define APP "'app.json':{'app':'nums','version':'1','languages':['en'],'timezone':'Asia/Shanghai'}"
#define STAGES "'enums/stage.json':{'enum':'stage','values':[{'value':'draft'},{'value':'signed'}]}"
#define TITLE "{'name':'title','type':'text'}"
#define STAGE "{'name':'stage','type':'enum','enum':'stage','default':'\\u0027draft\\u0027'}"
#define MOVE "'transitions':[{'field':'stage','from':['draft'],'to':'signed'}]"
#define FORM(more)                                                                                 \
	APP "," STAGES ",'forms/bill.json':{'form':'bill','fields':[" TITLE "," STAGE more         \
	    "]," MOVE "}"
#define NUMBER                                                                                     \
	",{'name':'number','type':'serial','pattern':[{'date':'YYYYMM'},'-',{'counter':3,"         \
	"'reset':'month'}]}"
#define ARCHIVE ",{'name':'archive','type':'serial','at':'signed','pattern':['A',{'counter':2}]}"

static int64_t make(struct store *s, struct arena *a, const char *json, int64_t now_us) {
	struct app *app = apps_take(s, STR("nums"));
	struct request rq = {
		.arena = a, .app = app, .now_us = now_us, .door = DOOR_SYSTEM, .id = ""
	};
	struct write w = { .op = WRITE_CREATE, .form = app_form(app, STR("bill")), .if_match = -1 };
	assert_ok(json_parse(a, str_of(quotes(a, json)), &json_limits_request, &w.body));
	assert_ok(record_write(&rq, s, LANE_INTERACTIVE, &w));
	app_release(app);
	return w.id;
}

static const char *cell(struct store *s, struct arena *a, const char *column, int64_t id) {
	const char *text = temp_store_text(
		s, a,
		arena_printf(a, "SELECT %s FROM nums_bill WHERE id = %lld", column, (long long)id));
	return text ? text : "";
}

static const int64_t october = INT64_C(1791648000000000);  /* 2026-10-11T00:00:00+08:00 */
static const int64_t november = INT64_C(1793548799000000); /* 2026-11-01T23:59:59+08:00 */

static void records_that_were_there_are_numbered(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	int64_t ids[4];
	(void)state;
	publish(s, a, FORM(""), NULL);
	ids[0] = make(s, a, "{'title':'a'}", october);
	ids[1] = make(s, a, "{'title':'b','stage':'signed'}", october);
	ids[2] = make(s, a, "{'title':'c','stage':'signed'}", november);
	const struct plan *plan = publish(s, a, FORM(NUMBER ARCHIVE), NULL);
	const struct plan_step *step = plan_find(plan, "number_records", "bill", "number");
	assert_non_null(step);
	assert_int_equal(step->rows, 3);
	assert_string_equal(cell(s, a, "number", ids[0]), "202610-001");
	assert_string_equal(cell(s, a, "number", ids[1]), "202610-002");
	assert_string_equal(cell(s, a, "number", ids[2]), "202611-001");
	assert_string_equal(cell(s, a, "archive", ids[0]), "");
	assert_string_equal(cell(s, a, "archive", ids[1]), "A01");
	assert_string_equal(cell(s, a, "archive", ids[2]), "A02");
	ids[3] = make(s, a, "{'title':'d','stage':'signed'}", november);
	assert_string_equal(cell(s, a, "number", ids[3]), "202611-002");
	assert_string_equal(cell(s, a, "archive", ids[3]), "A03");
	plan = publish(s, a, FORM(NUMBER ARCHIVE ",{'name':'more','type':'text'}"), NULL);
	assert_null(plan_find(plan, "number_records", NULL, NULL));
	assert_string_equal(cell(s, a, "number", ids[2]), "202611-001");
	store_close(s);
	arena_free(a);
}

/* Numbers that people kept by hand stay, and so do the gaps between them. */
static void texts_that_become_a_serial_stay(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	(void)state;
	publish(s, a, FORM(",{'name':'number','type':'text'}"), NULL);
	int64_t old = make(s, a, "{'number':'X-7'}", october), none = make(s, a, "{}", november);
	const struct plan *plan = publish(s, a, FORM(NUMBER), "*");
	assert_null(plan_find(plan, "number_records", "bill", "number"));
	assert_string_equal(cell(s, a, "number__v2", old), "X-7");
	assert_string_equal(cell(s, a, "number__v2", none), "");
	int64_t next = make(s, a, "{}", november);
	assert_string_equal(cell(s, a, "number__v2", next), "202611-001");
	store_close(s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_that_were_there_are_numbered),
		cmocka_unit_test(texts_that_become_a_serial_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
