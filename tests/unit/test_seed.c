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
	"'demo/people.json':{'users':[]}}}";

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, quotes(a, app), false);
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
	assert_ok(seed_load(rq, s->store, folder, &failed, &r));
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
	assert_string_equal(loaded(s, "demo"), "1/0/0\n");
	assert_string_equal(listed(s, "maker", "", "name"), "Demo;");
}

int main(void) {
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(records_references_and_expressions),
		TEST(what_is_refused_is_told),
		TEST(a_second_load_changes_nothing),
		TEST(folders_stand_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
