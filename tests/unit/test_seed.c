/* Records that come with an app: loaded once, in file order, references by value, findings instead
 * of problems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engines/form/seed.h"
#include "tests/support/importing.h"
#include "tests/support/publish.h"
#include "tests/support/writing.h"

static const char app[] =
	"{'files':{"
	"'app.json':{'app':'shop','version':'1.0.0','label':'Shop','languages':['en'],'timezone':'"
	"Asia/Shanghai','currency':'CNY'},"
	"'roles/clerk.json':{'role':'clerk','label':'Clerk','forms':{'thing':{'read':'all'}}},"
	"'forms/maker.json':{'form':'maker','label':'Maker','title':'{name}','fields':["
	"{'name':'name','label':'Name','type':'text','required':true,'unique':true},{'name':'city',"
	"'label':'City','type':'text'}]},"
	"'forms/thing.json':{'form':'thing','label':'Thing','title':'{name}','fields':["
	"{'name':'name','label':'Name','type':'text','required':true},"
	"{'name':'price','label':'Price','type':'money','min':0},"
	"{'name':'day','label':'Day','type':'date'},"
	"{'name':'maker','label':'Maker','type':'ref','form':'maker','on_delete':'restrict'},"
	"{'name':'whole','label':'Whole','type':'ref','form':'thing','on_delete':'restrict'},"
	"{'name':'at','label':'At','type':'datetime'},"
	"{'name':'lines','label':'Lines','type':'table','fields':[{'name':'part','label':'Part','"
	"type':'ref','form':'maker'},"
	"{'name':'qty','label':'Quantity','type':'integer'}]}]},"
	"'seed/10_makers.json':{'seed':'makers','form':'maker','key':['name'],'records':["
	"{'name':'Acme','city':'Rome'},{'name':'Best','city':'Oslo'},{'name':'Cord','city':'Oslo'}]"
	"},"
	"'seed/20_things.json':{'seed':'things','form':'thing','key':['name'],'records':["
	"{'name':'pen','price':'1.5','day':{'expr':'$today - "
	"5'},'maker':{'name':'Acme'},'owner':'cleo',"
	"'lines':[{'part':{'city':'Rome'},'qty':2},{'part':{'name':'Best'},'qty':3}]},"
	"{'name':'dear','price':'-1'},{'name':'lost','maker':{'name':'Nobody'}},{'name':'vague','"
	"maker':{'city':'Oslo'}},"
	"{'name':'bare','maker':{}},{'name':'odd','colour':'red'},{'name':'ink','price':{'expr':'2 "
	"+ 3'}}]},"
	"'demo/"
	"10_more.json':{'seed':'more','form':'maker','key':['name'],'records':[{'name':'Demo'}]},"
	"'demo/people.json':{'users':[]},"
	"'demo/"
	"20_told.json':{'seed':'told','form':'thing','key':['name'],'as_of':'2026-11-20','records':"
	"["
	"{'name':'told','day':'2026-11-17','created_at':'2026-10-30T10:00:00','created_by':'root','"
	"$then':["
	"{'day':'2026-11-21','price':'2','updated_at':'2026-11-18T09:00:00','updated_by':'root'},"
	"{'price':'3','at':'2026-11-23T08:30:00','updated_at':'2026-11-20T09:00:00','updated_by':'"
	"root'}]},"
	"{'name':'part','whole':{'name':'told'},'day':{'expr':'$today'}},{'name':'told'},"
	"{'name':'barred','created_by':'cleo'},{'name':'half','$then':[{'price':'4'},{'price':'-1'}"
	",{'price':'5'}]},"
	"{'name':'last','price':'6'}]},"
	"'demo/"
	"30_wrong.json':{'seed':'wrong','form':'maker','as_of':'soon','records':[{'name':'Never'}]}"
	",";

enum { CHAIN = 150 };

static const char *with_chain(struct arena *a) {
	struct sb out = sb_on(a, 1 << 20);
	sb_printf(&out,
		  "%s'demo/40_chain.json':{'form':'thing','key':['name'],'records':[{'name':'c0'}",
		  app);
	for (int i = 1; i < CHAIN; i++)
		sb_printf(&out, ",{'name':'c%d','whole':{'name':'c%d'}}", i, i - 1);
	sb_cat(&out, "]}}}");
	return quotes(a, sb_cstr(&out));
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, with_chain(a), false);
	sample_people(s, "INSERT INTO sys_dept (id, name) VALUES (1, 'east');"
			 "INSERT INTO sys_user (id, login, label, dept, admin, created_at) VALUES "
			 "(1, 'root', 'Root', NULL, 1, 0), (2, 'cleo', 'Cleo', 1, 0, 0);");
	*state = s;
	return 0;
}

static int teardown(void **state) {
	struct sample *s = *state;
	struct arena *a = s->arena;
	sample_close(s);
	arena_free(a);
	return 0;
}

/* "created/present/failed", then what was found wrong, a line each. */
static const char *loaded(struct sample *s, const char *folder) {
	struct request *rq = sample_request(s, NULL);
	struct faults failed = { .arena = rq->arena };
	struct seed_result r;
	struct sb out = sb_on(s->arena, 1 << 16);
	assert_ok(seed_load(rq, s->store, folder, NULL, &failed, &r));
	sb_printf(&out, "%d/%d/%d\n", (int)r.created, (int)r.present, (int)r.failed);
	for (const struct fault *f = failed.first; f; f = f->next)
		sb_printf(&out, "%s\n", fault_text(rq->arena, LANGUAGE_EN, f));
	sample_end(rq);
	return sb_cstr(&out);
}

static void records_references_and_expressions(void **state) {
	struct sample *s = *state;
	assert_true(str_starts(str_of(loaded(s, "seed")), STR("5/0/5\n")));
	assert_string_equal(listed(s, "maker", "", "name,city"), "Acme|Rome;Best|Oslo;Cord|Oslo;");
	assert_string_equal(listed(s, "thing", "", "name,price,maker.name,owner"),
			    "pen|1.50|Acme|cleo;ink|5.00||;");
	assert_string_equal(listed(s, "thing", "day == $today - 5", "name,day"), "pen|2026-11-13;");
	int64_t pen = temp_store_int(s->store, "SELECT id FROM shop_thing WHERE name = 'pen'");
	struct wrote now = { .record = stored(s, "thing", pen) };
	assert_string_equal(part(s, &now, "/lines/0/qty"), "2");
	assert_string_equal(part(s, &now, "/lines/1/qty"), "3");
	assert_int_equal(temp_store_int(s->store,
					"SELECT count(*) FROM shop_thing__lines l JOIN shop_maker "
					"m ON m.id = l.part AND m.name = 'Acme'"),
			 1);
}

static void what_is_refused_is_told(void **state) {
	struct sample *s = *state;
	const char *told = loaded(s, "seed");
	static const char *const lines[] = {
		"seed/20_things.json, record 2 was not loaded: /price: ",
		"seed/20_things.json, record 3 was not loaded: /maker: No record found for "
		"“maker”: {\"name\":\"Nobody\"}",
		"seed/20_things.json, record 4 was not loaded: /maker: No record found for "
		"“maker”: {\"city\":\"Oslo\"}",
		"seed/20_things.json, record 5 was not loaded: /maker: No record found for "
		"“maker”: {}",
		"seed/20_things.json, record 6 was not loaded: /colour: ",
	};
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		if (!strstr(told, lines[i])) fail_msg("“%s” is not in:\n%s", lines[i], told);
}

static void a_second_load_changes_nothing(void **state) {
	struct sample *s = *state;
	loaded(s, "seed");
	assert_true(
		update(s, "root", "maker",
		       temp_store_int(s->store, "SELECT id FROM shop_maker WHERE name = 'Acme'"),
		       -1, "{\"city\":\"Bonn\"}")
			.ok);
	const char *before = whole_state(s);
	assert_true(str_starts(str_of(loaded(s, "seed")), STR("0/5/5\n")));
	assert_string_equal(whole_state(s), before);
}

static void folders_stand_apart(void **state) {
	struct sample *s = *state;
	assert_true(str_starts(str_of(loaded(s, "demo/1")), STR("1/0/0\n")));
	assert_string_equal(listed(s, "maker", "", "name"), "Demo;");
}

/* Today is Wednesday the 18th: Friday the 20th, the day the file is told as of, becomes Tuesday. */
static void what_happened_is_told_at_its_time(void **state) {
	struct sample *s = *state;
	const char *told = loaded(s, "demo/2");
	assert_true(str_starts(str_of(told), STR("4/1/2\n")));
	assert_string_equal(listed(s, "thing", "", "name,price,whole.name"),
			    "told|3.00|;part||told;half|4.00|;last|6.00|;");
	assert_string_equal(
		listed(s, "thing", "name == 'told'", "created_at,created_by,updated_at,updated_by"),
		"2026-10-27T02:00:00Z|root|2026-11-17T01:00:00Z|root;");
	assert_string_equal(listed(s, "thing", "name == 'told'", "day,at"),
			    "2026-11-17|2026-11-18T00:30:00Z;");
	assert_string_equal(listed(s, "thing", "name == 'part'", "day"), "2026-11-18;");
	assert_int_equal(temp_store_int(s->store, "SELECT rev FROM shop_thing WHERE name = 'told'"),
			 3);
	assert_non_null(strstr(told, "record 4 was not loaded: "));
	assert_non_null(strstr(told, "record 5 was not loaded: /price: "));
}

static void a_day_that_is_none_loads_nothing(void **state) {
	struct sample *s = *state;
	const char *told = loaded(s, "demo/3");
	assert_true(str_starts(str_of(told), STR("0/0/0\n")));
	assert_non_null(strstr(told, "demo/30_wrong.json"));
	assert_string_equal(listed(s, "maker", "", "name"), "");
}

/* More records than a slice holds, each naming the one before it: none is lost, none comes twice.
 */
static void a_chain_longer_than_a_slice(void **state) {
	struct sample *s = *state;
	assert_true(str_starts(str_of(loaded(s, "demo/4")), STR("150/0/0\n")));
	assert_int_equal(
		temp_store_int(
			s->store,
			"SELECT count(*) FROM shop_thing a JOIN shop_thing b ON b.id = a.whole"),
		149);
	assert_true(str_starts(str_of(loaded(s, "demo/4")), STR("0/150/0\n")));
}

int main(void) {
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(records_references_and_expressions), TEST(what_is_refused_is_told),
		TEST(a_second_load_changes_nothing),      TEST(folders_stand_apart),
		TEST(what_happened_is_told_at_its_time),  TEST(a_day_that_is_none_loads_nothing),
		TEST(a_chain_longer_than_a_slice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
