/* Lists sorted by pinyin: every page of every size, up and down, over a reference too; what writes,
 * publishes and formulas do to the keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/base/pinyin.h"
#include "tests/support/publish.h"
#include "tests/support/sample.h"

static const char *const names[] = { "张三", "阿宝",   "Zoe", "李四", NULL, "章二", "吕布",
				     "罗成", "ａｎｎ", "骂",  "马",   "麻", "妈",   "12",
				     "张A",  "张",     "重",  "单",   "阿", "Anna" };
static const char *const sorted[] = { "12",   "ａｎｎ", "Anna", "Zoe",  "阿", "阿宝", "单",
				      "李四", "罗成",   "吕布", "妈",   "麻", "马",   "骂",
				      "张",   "张A",    "张三", "章二", "重", NULL };
enum { PEOPLE = ARRAY_LEN(names) };

static const char bundle[] =
	"{\"files\": {\"app.json\": {\"app\": \"book\", \"version\": \"1.0.0\"},"
	"\"forms/person.json\": {\"form\": \"person\", \"title\": \"{name}\", \"fields\": ["
	"{\"name\": \"name\", \"type\": \"text\", \"collate\": \"pinyin\"},"
	"{\"name\": \"plain\", \"type\": \"text\"}]},"
	"\"forms/task.json\": {\"form\": \"task\", \"fields\": [{\"name\": \"who\", \"type\": "
	"\"ref\", \"form\": \"person\"}]}}}";

static const char *person_json(struct arena *a, const char *name) {
	struct sb out = sb_on(a, 1000);
	struct jw w = jw_on(&out);
	jw_object(&w);
	jw_key(&w, "name");
	jw_text(&w, name);
	jw_key(&w, "plain");
	jw_text(&w, name);
	jw_end(&w);
	return sb_cstr(&out);
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, bundle, false);
	sample_people(s, "SELECT 1");
	for (int64_t i = 0; i < PEOPLE; i++) {
		sample_insert(s, sample_form(s, "person"), i + 1, person_json(a, names[i]));
		sample_insert(s, sample_form(s, "task"), i + 101,
			      arena_printf(a, "{\"who\": %d}", (int)i + 1));
	}
	*state = s;
	return 0;
}

static int teardown(void **state) {
	struct sample *s = *state;
	sample_close(s);
	arena_free(s->arena);
	return 0;
}

/* Ids of all pages. */
static size_t listed(struct sample *s, const char *form, const char *sort, int64_t limit,
		     int64_t *ids) {
	struct request *rq = sample_request(s, NULL);
	struct query_text text = { .sort = str_of(sort), .fields = STR("id"), .limit = limit };
	struct tx *tx;
	size_t n = 0;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	do {
		struct query *q;
		struct read_page page;
		assert_ok(query_parse(rq, sample_form(s, form), &text, &q));
		assert_ok(read_page(rq, tx, q, &page));
		for (size_t i = 0; i < page.n; i++) ids[n++] = page.records[i]->id;
		text.cursor = page.next;
	} while (text.cursor.n);
	assert_ok(tx_end(tx, NULL));
	sample_end(rq);
	return n;
}

static void same_name(const char *got, const char *wanted) {
	if (got && wanted)
		assert_string_equal(got, wanted);
	else
		assert_true(got == wanted);
}

static void every_page_is_in_order(void **state) {
	struct sample *s = *state;
	int64_t ids[PEOPLE];
	for (int64_t limit = 1; limit <= PEOPLE; limit++) {
		assert_int_equal(listed(s, "person", "name", limit, ids), PEOPLE);
		for (size_t i = 0; i < PEOPLE; i++) same_name(names[ids[i] - 1], sorted[i]);
		assert_int_equal(listed(s, "person", "-name", limit, ids), PEOPLE);
		for (size_t i = 0; i + 1 < PEOPLE; i++)
			same_name(names[ids[i] - 1], sorted[PEOPLE - 2 - i]);
		assert_null(names[ids[PEOPLE - 1] - 1]);
	}
}

static void references_sort_alike(void **state) {
	struct sample *s = *state;
	int64_t ids[PEOPLE];
	for (int64_t limit = 1; limit <= PEOPLE; limit += 6) {
		assert_int_equal(listed(s, "task", "who.name", limit, ids), PEOPLE);
		for (size_t i = 0; i < PEOPLE; i++) same_name(names[ids[i] - 101], sorted[i]);
	}
}

/* Comparing and the order of other texts stay by code point. */
static void other_texts_sort_by_code_point(void **state) {
	struct sample *s = *state;
	int64_t ids[PEOPLE];
	assert_int_equal(listed(s, "person", "plain", 7, ids), PEOPLE);
	for (size_t i = 1; i + 1 < PEOPLE; i++)
		assert_true(strcmp(names[ids[i - 1] - 1], names[ids[i] - 1]) < 0);
	struct request *rq = sample_request(s, NULL);
	const struct query_text text = { .filter = STR("name > '张'"), .fields = STR("name") };
	const char *answer = sample_list(s, rq, "person", &text);
	assert_non_null(strstr(answer, "李四"));
	assert_null(strstr(answer, "吕布"));
	sample_end(rq);
}

static void a_changed_name_moves(void **state) {
	struct sample *s = *state;
	int64_t ids[PEOPLE];
	sample_update(s, sample_form(s, "person"), 1, person_json(s->arena, "安"));
	assert_int_equal(listed(s, "person", "name", 50, ids), PEOPLE);
	assert_int_equal(ids[6], 1);
	sample_update(s, sample_form(s, "person"), 1, person_json(s->arena, NULL));
	assert_int_equal(listed(s, "person", "name", 50, ids), PEOPLE);
	assert_true(ids[PEOPLE - 1] == 5 && ids[PEOPLE - 2] == 1);
}

/* ---- publishing ---- */

#define APP "'app.json': {'app': 't', 'version': '1'}"
#define LEAD(fields) APP ", 'forms/lead.json': {'form': 'lead', 'fields': [" fields "]}"
#define PLAIN "{'name': 'name', 'type': 'text'}"
#define PINYIN "{'name': 'name', 'type': 'text', 'collate': 'pinyin'}"
#define TITLE "{'name': 'title', 'type': 'text', 'formula': 'name', 'collate': 'pinyin'}"

static void insert_lead(struct store *s, struct arena *a, int id, const char *name) {
	run_sql(s, arena_printf(a,
				"INSERT INTO t_lead (id, rev, created_at, updated_at, name) VALUES "
				"(%d, 1, 0, 0, '%s')",
				id, name));
}

static char *cell(struct store *s, struct arena *a, const char *column, const char *tail, int id) {
	return temp_store_text(
		s, a,
		arena_printf(a, "SELECT \"%s%s\" FROM t_lead WHERE id = %d", column, tail, id));
}

/* Rows whose key is not what their text says. */
static int64_t stale(struct store *s, struct arena *a, const char *column) {
	int64_t n = 0;
	for (int id = 1; id <= 300; id++) {
		char *text = cell(s, a, column, "", id), *key = cell(s, a, column, "$sort", id);
		struct sb wanted = sb_on(a, 1000);
		if (text) pinyin_sort_key(&wanted, str_of(text));
		n += text ? !key || strcmp(key, sb_cstr(&wanted)) != 0 : key != NULL;
	}
	return n;
}

static struct store *leads(struct arena *a) {
	struct store *s = temp_store(a, temp_folder(a));
	publish(s, a, LEAD(PLAIN), NULL);
	for (int i = 0; i < 300; i++)
		insert_lead(s, a, i + 1, i % 3 ? names[(size_t)(i % 4)] : "罗成");
	return s;
}

static void a_publish_fills_the_keys(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = leads(a);
	(void)state;
	struct plan *p = publish(s, a, LEAD(PINYIN), NULL);
	const struct plan_step *step = plan_find(p, "add_sort_keys", "lead", "name");
	assert_non_null(step);
	assert_int_equal(step->rows, 300);
	assert_int_equal(p->lossy, 0);
	assert_int_equal(stale(s, a, "name"), 0);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM journal"), 0);
	assert_int_equal(plan_of(s, a, LEAD(PINYIN))->n, 0);
	store_close(s);
	arena_free(a);
}

/* While nobody wants the keys nobody keeps them up; then they are all made again. */
static void keys_come_back(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = leads(a);
	(void)state;
	publish(s, a, LEAD(PINYIN), NULL);
	publish(s, a, LEAD(PLAIN), NULL);
	run_sql(s, "UPDATE t_lead SET name = '阿明' WHERE id % 2 = 0");
	assert_int_equal(stale(s, a, "name"), 150);
	publish(s, a, LEAD(PINYIN), NULL);
	assert_int_equal(stale(s, a, "name"), 0);
	store_close(s);
	arena_free(a);
}

static void computed_texts_have_keys(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = leads(a);
	(void)state;
	publish(s, a, LEAD(PLAIN ", " TITLE), NULL);
	assert_int_equal(temp_store_int(s, "SELECT count(title) FROM t_lead"), 300);
	assert_int_equal(stale(s, a, "title"), 0);
	store_close(s);
	arena_free(a);
}

static void keys_follow_a_new_column(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = leads(a);
	(void)state;
	publish(s, a, LEAD("{'name': 'name', 'type': 'tags'}"), "change_type");
	publish(s, a, LEAD(PINYIN), "change_type");
	struct app *app = apps_take(s, STR("t"));
	const struct field *f = form_field(app_form(app, STR("lead")), STR("name"));
	assert_string_equal(f->sort_column, arena_printf(a, "%s$sort", f->column));
	assert_int_equal(stale(s, a, f->column), 0);
	app_release(app);
	store_close(s);
	arena_free(a);
}

static void a_field_in_the_trash_takes_its_keys_along(void **state) {
	struct arena *a = arena_new(0);
	struct store *s = leads(a);
	int64_t dropped;
	(void)state;
	publish(s, a, LEAD(PINYIN ", {'name': 'other', 'type': 'text'}"), NULL);
	publish(s, a, LEAD("{'name': 'other', 'type': 'text'}"), "trash_field");
	assert_int_equal(stale(s, a, "name"), 0);
	assert_ok(plan_purge(s, a, -1, &dropped));
	assert_int_equal(dropped, 2);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM pragma_table_info('t_lead') "
					   "WHERE name LIKE 'name%'"),
			 0);
	store_close(s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_page_is_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(references_sort_alike, setup, teardown),
		cmocka_unit_test_setup_teardown(other_texts_sort_by_code_point, setup, teardown),
		cmocka_unit_test_setup_teardown(a_changed_name_moves, setup, teardown),
		cmocka_unit_test(a_publish_fills_the_keys),
		cmocka_unit_test(keys_come_back),
		cmocka_unit_test(computed_texts_have_keys),
		cmocka_unit_test(keys_follow_a_new_column),
		cmocka_unit_test(a_field_in_the_trash_takes_its_keys_along),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
