/* The list call: what it answers and how it refuses, under rights. D05: pages by key, counts that end at a bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "tests/support/sample.h"
#include "tests/support/temp_store.h"

static struct sample sample;

static const char *const people =
	"INSERT INTO sys_dept (id, name, parent) VALUES (1, 'head', NULL), (2, 'south', 1), (3, "
	"'east', 1);"
	"INSERT INTO sys_user (id, login, label, dept, superior, created_at, admin) VALUES (1, "
	"'li', '李四', 2, NULL, 0, 0), (2, 'wang', '王五', 1, 1, 0, 0),"
	" (3, 'zhao', '赵六', 3, NULL, 0, 0), (4, 'root', '', NULL, NULL, 0, 1), (5, 'none', '', "
	"NULL, NULL, 0, 0);"
	"INSERT INTO sys_user_role (user_id, app, role) VALUES (1, 'shop', 'sales'), (2, 'shop', "
	"'clerk'), (3, 'shop', 'maker');";

static const struct {
	const char *form;
	int64_t id;
	const char *json;
} records[] = {
	{ "account", 1,
	  "{\"name\": \"深圳华为\", \"region\": \"south\", \"phone\": \"13812345678\", \"level\": "
	  "3, \"secret\": \"s\"}" },
	{ "account", 2,
	  "{\"name\": \"北方\", \"region\": \"north\", \"holding\": 1, \"level\": 1}" },
	{ "deal", 101,
	  "{\"subject\": \"first\", \"account\": 1, \"stage\": \"open\", \"amount\": \"10.50\", "
	  "\"owner\": \"li\", \"dept\": \"south\", \"tags\": [\"east\", \"south\"],"
	  "\"lines\": [{\"product\": \"p\", \"qty\": 2, \"maker\": 2}, {\"product\": \"q\"}]}" },
	{ "deal", 102,
	  "{\"subject\": \"second\", \"account\": 2, \"stage\": \"won\", \"amount\": \"7.00\", "
	  "\"owner\": \"wang\", \"dept\": \"head\", \"note\": \"n\"}" },
	{ "deal", 103,
	  "{\"subject\": \"third\", \"stage\": \"won\", \"owner\": \"zhao\", \"dept\": \"east\", "
	  "\"keeper\": \"li\", \"place\": [\"广东省\", \"深圳市\"]}" },
};

static void expect(const char *login, const char *form, struct query_text text, const char *want) {
	struct request *rq = sample_request(&sample, login);
	assert_string_equal(sample_list(&sample, rq, form, &text), want);
	sample_end(rq);
}
#define LIST(...) ((struct query_text){ __VA_ARGS__ })

static void a_list_answers_what_was_asked(void **state) {
	(void)state;
	expect(NULL, "deal", LIST(.fields = STR("subject,amount,account.name"), .count = STR("1")),
	       "{\"records\":[{\"id\":103,\"rev\":1,\"subject\":\"third\",\"amount\":null,"
	       "\"account.name\":null},"
	       "{\"id\":102,\"rev\":1,\"subject\":\"second\",\"amount\":\"7.00\",\"account.name\":"
	       "\"北方\"},"
	       "{\"id\":101,\"rev\":1,\"subject\":\"first\",\"amount\":\"10.50\",\"account.name\":"
	       "\"深圳华为\"}],\"next\":null,\"count\":3}");
	expect("root", "account", LIST(.filter = STR("level > 1")),
	       "{\"records\":[{\"id\":1,\"rev\":1,\"name\":\"深圳华为\",\"region\":\"south\","
	       "\"phone\":\"13812345678\",\"level\":3,\"secret\":\"s\",\"holding\":null,"
	       "\"created_at\":\"1970-01-01T00:00:01Z\",\"created_by\":null,\"updated_at\":\"1970-"
	       "01-01T00:00:01Z\",\"updated_by\":null,\"owner\":null,\"dept\":null}],"
	       "\"next\":null}");
}

static void lists_hang_on_their_records(void **state) {
	(void)state;
	expect(NULL, "deal", LIST(.fields = STR("tags,place,lines"), .filter = STR("id != 102")),
	       "{\"records\":[{\"id\":103,\"rev\":1,\"tags\":null,\"place\":[\"广东省\",\"深圳市\"]"
	       ",\"lines\":[]},"
	       "{\"id\":101,\"rev\":1,\"tags\":[\"east\",\"south\"],\"place\":null,\"lines\":[{"
	       "\"id\":10101,\"product\":\"p\",\"qty\":2,\"maker\":2},"
	       "{\"id\":10102,\"product\":\"q\",\"qty\":null,\"maker\":null}]}],\"next\":null}");
}

static void titles_are_what_people_read(void **state) {
	(void)state;
	expect(NULL, "deal", LIST(.fields = STR("account,stage,keeper"), .titles = true),
	       "{\"records\":[{\"id\":103,\"rev\":1,\"account\":null,\"stage\":\"won\",\"keeper\":"
	       "\"li\",\"titles\":{\"stage\":\"Won\",\"keeper\":\"李四\",\"id\":\"third\"}},"
	       "{\"id\":102,\"rev\":1,\"account\":2,\"stage\":\"won\",\"keeper\":null,\"titles\":{"
	       "\"account\":\"北方\",\"stage\":\"Won\",\"id\":\"second 北方\"}},"
	       "{\"id\":101,\"rev\":1,\"account\":1,\"stage\":\"open\",\"keeper\":null,\"titles\":{"
	       "\"account\":\"深圳华为\",\"stage\":\"Open\",\"id\":\"first 深圳华为\"}}],\"next\":null}");
	/* the north is out of li's sight: no title, though the id of the reference is his to read
	 */
	expect("li", "deal", LIST(.fields = STR("account"), .titles = true),
	       "{\"records\":[{\"id\":103,\"rev\":1,\"account\":null,\"titles\":{\"id\":\"t****\"}},{\"id\":102,"
	       "\"rev\":1,\"account\":2,\"titles\":{\"id\":\"s*****\"}},"
	       "{\"id\":101,\"rev\":1,\"account\":1,\"titles\":{\"account\":\"深圳华为\",\"id\":\"first 深圳华为\"}}],"
	       "\"next\":null}");
}

static void a_title_may_hold_the_title_of_another(void **state) {
	(void)state;
	struct request *rq = sample_request(&sample, NULL);
	const int64_t ids[] = { 103, 101, 999, 101 };
	const char *titles[4];
	struct tx *tx;
	assert_ok(tx_read(sample.store, rq->arena, &tx));
	assert_ok(tx_end(tx, read_titles(rq, tx, sample_form(&sample, "deal"), ids, 4, titles)));
	assert_string_equal(titles[0], "third");
	assert_string_equal(titles[1], "first 深圳华为");
	assert_null(titles[2]);
	assert_string_equal(titles[3], "first 深圳华为");
	sample_end(rq);
}

static void a_field_shows_on_rows_whose_grant_gives_it(void **state) {
	(void)state;
	/* li reads his own deals whole but for note; of won ones of others no amount, and the
	 * subject masked */
	expect("li", "deal", LIST(.fields = STR("subject,amount")),
	       "{\"records\":[{\"id\":103,\"rev\":1,\"subject\":\"t****\"},{\"id\":102,\"rev\":1,"
	       "\"subject\":\"s*****\"},"
	       "{\"id\":101,\"rev\":1,\"subject\":\"first\",\"amount\":\"10.50\"}],\"next\":null}");
	expect("li", "deal",
	       LIST(.fields = STR("account.name,account.phone"),
		    .filter = STR("stage == 'open' or stage == 'won'")),
	       "{\"records\":[{\"id\":103,\"rev\":1,\"account.name\":null,\"account.phone\":null},{"
	       "\"id\":102,\"rev\":1,\"account.name\":null,\"account.phone\":null},"
	       "{\"id\":101,\"rev\":1,\"account.name\":\"深圳华为\",\"account.phone\":\"138****"
	       "5678\"}],\"next\":null}");
}

static void rows_have_titles_too(void **state) {
	(void)state;
	expect(NULL, "deal",
	       LIST(.fields = STR("lines"), .filter = STR("id == 101"), .titles = true),
	       "{\"records\":[{\"id\":101,\"rev\":1,\"lines\":[{\"id\":10101,\"product\":\"p\","
	       "\"qty\":2,\"maker\":2,\"titles\":{\"maker\":\"北方\"}},"
	       "{\"id\":10102,\"product\":\"q\",\"qty\":null,\"maker\":null,\"titles\":{}}],"
	       "\"titles\":{\"id\":\"first 深圳华为\"}}],\"next\":null}");
	struct request *rq = sample_request(&sample, NULL);
	struct record *r;
	struct tx *tx;
	assert_ok(tx_read(sample.store, rq->arena, &tx));
	const struct form *deal = sample_form(&sample, "deal");
	assert_ok(read_record(rq, tx, deal, 101, ACTION_READ, &r));
	assert_ok(tx_end(tx, read_record_titles(rq, tx, r)));
	assert_string_equal(r->titles[form_field(deal, STR("account"))->index], "深圳华为");
	const struct form *lines = form_field(deal, STR("lines"))->rows;
	assert_string_equal(r->rows[form_field(deal, STR("lines"))->index]
				    .items[0]
				    ->titles[form_field(lines, STR("maker"))->index],
			    "北方");
	sample_end(rq);
}

/* Hidden, masked, given on some rows only, behind a form out of reach, or not there at all: one
 * answer. */
static void a_hidden_field_is_an_unknown_one(void **state) {
	(void)state;
	expect("li", "deal", LIST(.fields = STR("note")), "400 unknown_field field=note");
	expect("li", "deal", LIST(.fields = STR("qqqq")), "400 unknown_field field=qqqq");
	expect("li", "deal", LIST(.fields = STR("account.secret")),
	       "400 unknown_field field=account.secret");
	expect("li", "deal", LIST(.sort = STR("amount")),
	       "400 unknown_field field=amount suggestion=account near=: did you mean “account”?");
	expect("li", "deal", LIST(.sort = STR("-account.phone")),
	       "400 unknown_field field=account.phone");
	expect("li", "deal", LIST(.filter = STR("note == 'n'")),
	       "400 expr_unknown_name offset=0 column=1 text=note");
	expect("li", "deal", LIST(.filter = STR("qqqq == 'n'")),
	       "400 expr_unknown_name offset=0 column=1 text=qqqq");
	expect("li", "deal", LIST(.filter = STR("account.secret == 's'")),
	       "400 expr_unknown_name offset=8 column=9 text=secret");
	expect("li", "deal", LIST(.filter = STR("account.qqqqqq == 's'")),
	       "400 expr_unknown_name offset=8 column=9 text=qqqqqq");
	expect("wang", "deal", LIST(.filter = STR("account.name == 's'")),
	       "400 expr_unknown_name_near offset=0 column=1 text=account suggestion=amount");
	expect("wang", "deal", LIST(.filter = STR("ackount.name == 's'")),
	       "400 expr_unknown_name_near offset=0 column=1 text=ackount suggestion=amount");
	expect("wang", "deal", LIST(.fields = STR("lines")), "400 unknown_field field=lines");
	expect("wang", "account", LIST(.limit = 1), "404 not_found");
	expect("none", "deal", LIST(.limit = 1), "404 not_found");
	expect("zhao", "deal", LIST(.limit = 1), "403 forbidden");
}

static void a_reader_finds_only_by_what_he_sees(void **state) {
	(void)state;
	const char *const nothing = "{\"records\":[],\"next\":null}";
	expect(NULL, "deal", LIST(.q = STR("北方"), .fields = STR("id")),
	       "{\"records\":[{\"id\":102,\"rev\":1}],\"next\":null}");
	expect("li", "deal", LIST(.q = STR("北方"), .fields = STR("id")), nothing);
	expect("li", "deal", LIST(.q = STR("华为"), .fields = STR("id")),
	       "{\"records\":[{\"id\":101,\"rev\":1}],\"next\":null}");
	expect("li", "deal", LIST(.q = STR("second"), .fields = STR("id")),
	       nothing); /* masked there */
	expect("li", "account", LIST(.q = STR("1381"), .fields = STR("id")), nothing);
	expect(NULL, "account", LIST(.q = STR("1381"), .fields = STR("id")),
	       "{\"records\":[{\"id\":1,\"rev\":1}],\"next\":null}");
}

static void malformed_parameters_are_refused(void **state) {
	(void)state;
	expect(NULL, "deal", LIST(.limit = 1001), "400 bad_limit max=1000 parameter=limit");
	expect(NULL, "deal", LIST(.limit = -1), "400 bad_limit max=1000 parameter=limit");
	expect(NULL, "deal", LIST(.count = STR("2")), "400 bad_count value=2 parameter=count");
	expect(NULL, "deal", LIST(.sort = STR("lines")),
	       "400 not_sortable field=lines parameter=sort");
	expect(NULL, "deal", LIST(.sort = STR("amount,,stage")), "400 unknown_field field=");
	expect(NULL, "deal",
	       LIST(.sort = STR("stage,stage,stage,stage,stage,stage,stage,stage,stage")),
	       "400 too_many_sort_keys max=8 parameter=sort");
	expect(NULL, "deal", LIST(.fields = STR("account.")), "400 unknown_field field=account.");
	expect(NULL, "deal", LIST(.fields = STR("subject.name")),
	       "400 unknown_field field=subject.name");
	expect(NULL, "deal", LIST(.filter = STR("amount >")),
	       "400 expr_needs_value offset=8 column=9 text=");
	expect(NULL, "deal", LIST(.filter = STR("amount")),
	       "400 expr_type offset=0 column=1 text=amount expected=bool found=money");
	expect(NULL, "deal", LIST(.q = { "\xff", 1 }), "400 bad_text value= parameter=q");
	expect(NULL, "deal", LIST(.cursor = STR("x")), "400 bad_cursor");
}

/* ---- paging ---- */

static size_t count_pages(const char *sort, int64_t limit, int64_t *ids) {
	struct request *rq = sample_request(&sample, NULL);
	struct query_text text = { .sort = str_of(sort), .fields = STR("subject"), .limit = limit };
	struct tx *tx;
	size_t n = 0;
	assert_ok(tx_read(sample.store, rq->arena, &tx));
	do {
		struct query *q;
		struct read_page page;
		assert_ok(query_parse(rq, sample_form(&sample, "deal"), &text, &q));
		assert_ok(read_page(rq, tx, q, &page));
		for (size_t i = 0; i < page.n; i++) ids[n++] = page.records[i]->id;
		text.cursor = page.next;
	} while (text.cursor.n);
	assert_ok(tx_end(tx, NULL));
	sample_end(rq);
	return n;
}

static void nulls_come_last_either_way(void **state) {
	(void)state;
	int64_t ids[8];
	assert_int_equal(count_pages("amount", 1, ids), 3);
	assert_true(ids[0] == 102 && ids[1] == 101 && ids[2] == 103);
	assert_int_equal(count_pages("-amount", 1, ids), 3);
	assert_true(ids[0] == 101 && ids[1] == 102 && ids[2] == 103);
	assert_int_equal(count_pages("id", 2, ids), 3);
	assert_true(ids[0] == 101 && ids[1] == 102 && ids[2] == 103);
	assert_int_equal(count_pages("stage,-account.name", 1, ids), 3);
	assert_true(ids[0] == 101 && ids[1] == 102 && ids[2] == 103);
}

static void a_cursor_belongs_to_its_order(void **state) {
	(void)state;
	struct request *rq = sample_request(&sample, NULL);
	const struct query_text first = { .sort = STR("amount"), .limit = 1 };
	struct query *q;
	struct read_page page;
	struct tx *tx;
	assert_ok(query_parse(rq, sample_form(&sample, "deal"), &first, &q));
	assert_ok(tx_read(sample.store, rq->arena, &tx));
	assert_ok(tx_end(tx, read_page(rq, tx, q, &page)));
	assert_true(page.next.n > 0);
	const struct query_text other = { .sort = STR("-amount"), .cursor = page.next };
	assert_string_equal(sample_list(&sample, rq, "deal", &other), "400 bad_cursor");
	const struct query_text cut = { .sort = STR("amount"),
					.cursor = { page.next.p, page.next.n - 4 } };
	assert_string_equal(sample_list(&sample, rq, "deal", &cut), "400 bad_cursor");
	sample_end(rq);
}

/* ---- one record ---- */

static struct problem *read_one(struct request *rq, int64_t id, enum action action,
				struct record **out) {
	struct tx *tx;
	assert_ok(tx_read(sample.store, rq->arena, &tx));
	return tx_end(tx, read_record(rq, tx, sample_form(&sample, "deal"), id, action, out));
}

static void one_record_comes_whole_under_rights(void **state) {
	(void)state;
	struct request *rq = sample_request(&sample, "li");
	struct record *r;
	const struct form *deal = sample_form(&sample, "deal");
	assert_ok(read_one(rq, 101, ACTION_READ, &r));
	assert_int_equal(r->rows[form_field(deal, STR("lines"))->index].n, 2);
	assert_int_equal(r->rights[form_field(deal, STR("note"))->index], RIGHT_HIDDEN);
	assert_ok(read_one(rq, 102, ACTION_READ, &r));
	assert_int_equal(r->values[form_field(deal, STR("amount"))->index].kind, VALUE_NULL);
	assert_int_equal(r->rights[form_field(deal, STR("subject"))->index], RIGHT_MASK);
	assert_int_equal(read_one(rq, 102, ACTION_UPDATE, &r)->kind, PROBLEM_FORBIDDEN);
	assert_int_equal(read_one(rq, 104, ACTION_READ, &r)->kind, PROBLEM_NOT_FOUND);
	sample_end(rq);
	rq = sample_request(&sample, "zhao");
	assert_int_equal(read_one(rq, 103, ACTION_READ, &r)->kind, PROBLEM_NOT_FOUND);
	sample_end(rq);
}

static void a_read_only_token_writes_nothing(void **state) {
	(void)state;
	struct request *rq = sample_request(&sample, "root");
	struct access ac;
	rq->scope.read_only = true;
	assert_ok(access_of(rq, sample_form(&sample, "deal"), &ac));
	assert_true(access_may(&ac, ACTION_READ) && access_may(&ac, ACTION_EXPORT));
	assert_false(access_may(&ac, ACTION_CREATE) || access_may(&ac, ACTION_UPDATE) ||
		     access_may(&ac, ACTION_DELETE) || access_may(&ac, ACTION_IMPORT));
	rq->scope.app = "other";
	assert_int_equal(access_of(rq, sample_form(&sample, "deal"), &ac)->kind, PROBLEM_NOT_FOUND);
	sample_end(rq);
}

static void a_record_is_found_by_its_code(void **state) {
	(void)state;
	struct request *rq = sample_request(&sample, NULL);
	const struct field *name = form_field(sample_form(&sample, "account"), STR("name"));
	struct value v = value_text(STR("北方"));
	struct tx *tx;
	int64_t id = 0, none = 7;
	assert_ok(tx_read(sample.store, rq->arena, &tx));
	assert_ok(read_by_unique(rq, tx, name, &v, &id));
	v = value_text(STR("南方"));
	assert_ok(tx_end(tx, read_by_unique(rq, tx, name, &v, &none)));
	assert_int_equal(id, 2);
	assert_int_equal(none, 0);
	sample_end(rq);
}

/* Values never become SQL, wherever they stand: in filters, search, sort keys of a cursor, and read
 * back from the store. */
static void hostile_values_are_values(void **state) {
	(void)state;
	static const char *const texts[] = {
		"'",        "''", "\\\"", "'; DROP TABLE shop_deal; --",
		"%",        "_",  "*",    "\" OR \"a\"=\"a",
		"?1",       "$1", "/*",   "{c_name} : x",
		"NEAR(a b)"
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct sb json = sb_on(a, 4096), filter = sb_on(a, 4096);
		struct jw w = jw_on(&json);
		jw_object(&w);
		jw_key(&w, "name");
		jw_text(&w, texts[i]);
		jw_end(&w);
		int64_t id = 500 + (int64_t)i;
		sample_insert(&sample, sample_form(&sample, "account"), id, sb_cstr(&json));
		sb_cat(&filter, "name == '");
		for (const char *p = texts[i]; *p; p++)
			sb_printf(&filter, strchr("'\\", *p) ? "\\%c" : "%c", *p);
		sb_char(&filter, '\'');
		const char *want = arena_printf(
			a, "{\"records\":[{\"id\":%lld,\"rev\":1}],\"next\":null}", (long long)id);
		expect(NULL, "account",
		       LIST(.filter = sb_str(&filter), .fields = STR("id"), .sort = STR("name")),
		       want);
		struct request *rq = sample_request(&sample, NULL);
		const struct query_text search = { .q = str_of(texts[i]),
						   .fields = STR("id"),
						   .sort = STR("-name") };
		const char *found = sample_list(&sample, rq, "account", &search),
			   *mine = arena_printf(a, "\"id\":%lld,", (long long)id);
		if (!strchr(texts[i], ' ')) assert_non_null(strstr(found, mine));
		assert_non_null(strstr(found, "records"));
		sample_end(rq);
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		sample_delete(&sample, sample_form(&sample, "account"), 500 + (int64_t)i);
	arena_free(a);
}

/* What goes wrong only on some rows still says what and where. */
static void a_filter_that_fails_is_refused(void **state) {
	(void)state;
	expect(NULL, "account", LIST(.filter = STR("10 / (level - 1) > 2"), .fields = STR("id")),
	       "422 expr_division_by_zero column=1 text=…");
}

static void repeated_texts_of_a_cascade_are_one(void **state) {
	(void)state;
	expect(NULL, "deal", LIST(.filter = STR("'深圳市' in place"), .fields = STR("id")),
	       "{\"records\":[{\"id\":103,\"rev\":1}],\"next\":null}");
	expect(NULL, "deal", LIST(.filter = STR("'市辖区' in place"), .fields = STR("id")),
	       "{\"records\":[],\"next\":null}");
	sample_insert(&sample, sample_form(&sample, "deal"), 104,
		      "{\"place\": [\"浙江省\", \"市辖区\"]}");
	expect(NULL, "deal", LIST(.filter = STR("'市辖区' in place"), .fields = STR("id")),
	       "{\"records\":[{\"id\":104,\"rev\":1}],\"next\":null}");
	sample_delete(&sample, sample_form(&sample, "deal"), 104);
}

static struct problem *fill(struct tx *tx, void *unused) {
	(void)unused;
	return tx_exec(
		tx,
		"INSERT INTO shop_account (id, rev, created_at, updated_at, level) WITH RECURSIVE "
		"c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 20000) "
		"SELECT 100000 + i, 1, 0, 0, i FROM c",
		NO_PARAMS, NULL);
}

static void a_big_table_tells_its_missing_index(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct query *q;
	const char *advice;
	struct tx *tx;
	const struct query_text text = { .filter = STR("level > 7 and region == 'south'"),
					 .sort = STR("-name"),
					 .fields = STR("id") };
	assert_ok(store_write(sample.store, LANE_BULK, a, fill, NULL));
	expect(NULL, "account", LIST(.filter = STR("level == 77"), .fields = STR("level")),
	       "{\"records\":[{\"id\":100077,\"rev\":1,\"level\":77}],\"next\":null,\"advice\":"
	       "\"level\"}");
	expect(NULL, "account", LIST(.filter = STR("id == 100077"), .fields = STR("level")),
	       "{\"records\":[{\"id\":100077,\"rev\":1,\"level\":77}],\"next\":null}");
	expect(NULL, "account", LIST(.limit = 1, .fields = STR("level"), .count = STR("1")),
	       "{\"records\":[{\"id\":120000,\"rev\":1,\"level\":20000}],\"next\":"
	       "\"R4eSqnhE4TRpAAAAAAAB1MA\",\"count\":10000,\"count_capped\":true}");
	struct request *rq = sample_request(&sample, NULL);
	assert_ok(query_parse(rq, sample_form(&sample, "account"), &text, &q));
	assert_ok(tx_read(sample.store, rq->arena, &tx));
	assert_ok(tx_end(tx, read_advice(rq, tx, q, &advice)));
	assert_string_equal(advice, "region, name, level");
	sample_end(rq);
	arena_free(a);
}

static int setup(void **state) {
	(void)state;
	sample_open(&sample, arena_new(0), "tests/fixtures/reading", true);
	sample_people(&sample, people);
	for (size_t i = 0; i < ARRAY_LEN(records); i++)
		sample_insert(&sample, sample_form(&sample, records[i].form), records[i].id,
			      records[i].json);
	return 0;
}

static int teardown(void **state) {
	(void)state;
	sample_close(&sample);
	arena_free(sample.arena);
	return 0;
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_answers_what_was_asked),
		cmocka_unit_test(lists_hang_on_their_records),
		cmocka_unit_test(titles_are_what_people_read),
		cmocka_unit_test(a_title_may_hold_the_title_of_another),
		cmocka_unit_test(rows_have_titles_too),
		cmocka_unit_test(a_field_shows_on_rows_whose_grant_gives_it),
		cmocka_unit_test(a_hidden_field_is_an_unknown_one),
		cmocka_unit_test(a_reader_finds_only_by_what_he_sees),
		cmocka_unit_test(malformed_parameters_are_refused),
		cmocka_unit_test(nulls_come_last_either_way),
		cmocka_unit_test(a_cursor_belongs_to_its_order),
		cmocka_unit_test(one_record_comes_whole_under_rights),
		cmocka_unit_test(a_read_only_token_writes_nothing),
		cmocka_unit_test(a_record_is_found_by_its_code),
		cmocka_unit_test(hostile_values_are_values),
		cmocka_unit_test(a_filter_that_fails_is_refused),
		cmocka_unit_test(repeated_texts_of_a_cascade_are_one),
		cmocka_unit_test(
			a_big_table_tells_its_missing_index), /* last: it leaves its rows */
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
