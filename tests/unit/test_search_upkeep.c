/* Idle merging: segments written by many small commits become few, the index still finds
 * everything, and then it is quiet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>
#include "runtime/store/search.h"
#include "runtime/store/search_upkeep.h"
#include "tests/support/publish.h"

enum { COMMITS = 60, ROWS_EACH = 20, WAIT_MS = 60000 };

static const char app_files[] =
	"'app.json': {'app': 'crm', 'label': {'en': 'CRM'}, 'timezone': 'Asia/Shanghai', "
	"'currency': 'CNY'},"
	"'forms/lead.json': {'form': 'lead', 'label': {'en': 'Lead'}, 'fields': ["
	"{'name': 'name', 'type': 'text', 'label': {'en': 'Name'}, 'search': true}]}";

struct batch {
	struct store *s;
	const struct form *form;
	int number;
};

static struct problem *batch_commit(struct tx *tx, void *arg) {
	const struct batch *b = arg;
	struct arena *a = tx_arena(tx);
	for (int i = 0; i < ROWS_EACH; i++) {
		struct value *values = arena_array(a, b->form->field_count, sizeof *values);
		char *text = arena_printf(a, "云智科技%d客户%d", b->number, i);
		values[form_field(b->form, STR("name"))->index] = value_text(str_of(text));
		TRY(search_write(tx, b->form, store_new_id(b->s), NULL, values));
	}
	return NULL;
}

static int64_t segments(struct store *s, struct arena *a, const struct form *form) {
	const char *table = search_table(a, form);
	return temp_store_int(
		s, arena_printf(a, "SELECT count(DISTINCT segid) FROM \"%s_idx\"", table));
}

static void segments_become_few_while_idle(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct store *s = temp_store(a, temp_folder(a));
	publish(s, a, app_files, NULL);
	struct app *app = apps_take(s, STR("crm"));
	struct batch b = { .s = s, .form = app_form(app, STR("lead")) };
	for (; b.number < COMMITS; b.number++)
		assert_ok(store_write(s, LANE_INTERACTIVE, a, batch_commit, &b));
	int64_t before = segments(s, a, b.form), after = before;
	assert_true(before > 4);
	struct search_upkeep *u;
	assert_ok(search_upkeep_start(s, a, &u));
	int64_t members = -1;
	for (int waited = 0; waited < WAIT_MS; waited += 500) {
		int64_t now = store_writer_stats(s).members;
		/* Half a second without a write: it has finished, if it has begun. */
		if (now == members && segments(s, a, b.form) < before) break;
		members = now;
		usleep(500000);
	}
	search_upkeep_stop(u);
	after = segments(s, a, b.form);
	assert_true(after < before);
	const char *table = search_table(a, b.form);
	char *found = arena_printf(a, "SELECT count(*) FROM \"%s\" WHERE \"%s\" MATCH '\"云智\"'",
				   table, table);
	assert_int_equal(temp_store_int(s, found), COMMITS * ROWS_EACH);
	app_release(app);
	store_close(s);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(segments_become_few_while_idle) };
	return cmocka_run_group_tests_name("search upkeep", tests, NULL, NULL);
}
