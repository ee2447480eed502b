/* concurrent: definitions are published while four threads write and read.
 * Each record holds id * 10 in field qty, whose type changes with every version; writers and
 * readers work with the app they took, as requests do: a write prepared for another version is
 * prepared again. Afterwards every acknowledged record must hold its value; a reader must never
 * meet an error or a wrong value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "tests/support/publish.h"

enum { WRITERS = 2, READERS = 2, FIRST_ROWS = 3000, VERSIONS = 12, RECORDS_MAX = 200000 };

static struct store *store;
static atomic_bool stop;
static atomic_llong written, reads, wrong;
static _Atomic(unsigned char) acknowledged[RECORDS_MAX];

#define VERSION(type, more)                                                                        \
	"'app.json': {'app': 't', 'version': '1'}, 'forms/item.json': {'form': 'item', 'fields': " \
	"["                                                                                        \
	"{'name': 'qty', " type "}, {'name': 'label', 'type': 'text'}" more "]}"
static const char *const versions[] = {
	VERSION("'type': 'integer'", ""),
	VERSION("'type': 'decimal', 'scale': 2", ""),
	VERSION("'type': 'text'", ", {'name': 'extra', 'id': 'extra', 'type': 'date'}"),
	VERSION("'type': 'integer', 'index': true",
		", {'name': 'extra', 'id': 'extra', 'type': 'date'}"),
	VERSION("'type': 'decimal', 'scale': 3", ""),
};

static const struct field *qty_of(const struct app *app) {
	return form_field(app_form(app, STR("item")), STR("qty"));
}

static struct value qty_value(struct arena *a, const struct field *f, int64_t id) {
	if (f->value_type.kind == TYPE_TEXT)
		return value_text(str_of(arena_printf(a, "%lld.00", (long long)id * 10)));
	if (f->value_type.kind == TYPE_INT) return value_int(id * 10);
	return value_int(f->value_type.scale == 2 ? id * 1000 : id * 10000);
}

/* ---- writing ---- */

struct item {
	int64_t id;
	struct app *app;
	bool other_version;
};

static struct problem *commit_item(struct tx *tx, void *arg) {
	struct item *item = arg;
	struct arena *a = tx_arena(tx);
	const struct field *f = qty_of(item->app);
	int64_t version;
	TRY(tx_int(tx,
		   "SELECT version FROM sys_app_version WHERE app = 't' AND state = 'published'",
		   NO_PARAMS, &version, NULL));
	item->other_version = version != item->app->version;
	if (item->other_version) return NULL;
	const char *sql = arena_printf(a,
				       "INSERT INTO t_item (id, rev, created_at, updated_at, "
				       "\"%s\") VALUES (?1, 1, 0, 0, ?2)"
				       " ON CONFLICT (id) DO UPDATE SET rev = rev + 1, \"%s\" = ?2",
				       f->column, f->column);
	return tx_exec(tx, sql, PARAMS(value_int(item->id), qty_value(a, f, item->id)), NULL);
}

static void write_item(int64_t id) {
	for (bool again = true; again;) {
		struct arena *a = arena_new(0);
		struct item item = { .id = id, .app = apps_take(store, STR("t")) };
		if (store_write(store, LANE_INTERACTIVE, a, commit_item, &item))
			atomic_fetch_add(&wrong, 1);
		again = item.other_version;
		app_release(item.app);
		arena_free(a);
	}
	atomic_store(&acknowledged[id], 1);
	atomic_fetch_add(&written, 1);
}

static void *writer(void *arg) {
	int64_t own = FIRST_ROWS + (int64_t)(intptr_t)arg;
	for (unsigned n = 0; !atomic_load(&stop) && own < RECORDS_MAX; n++) {
		write_item(own);
		write_item(1 + (own * 7919) % FIRST_ROWS);
		own += WRITERS;
	}
	return NULL;
}

/* ---- reading ---- */

static bool right_value(struct arena *a, const struct field *f, int64_t id,
			const struct value *cell) {
	struct value wanted = qty_value(a, f, id);
	return value_same(&wanted, cell);
}

/* Rows made after the old app went have nothing in its column; their reader is about to go too. */
static struct problem *read_some(struct tx *tx, const struct app *app) {
	const struct field *f = qty_of(app);
	struct arena *a = tx_arena(tx);
	struct rows *rows;
	TRY(tx_query(tx,
		     arena_printf(a, "SELECT id, \"%s\" FROM t_item ORDER BY id DESC LIMIT 200",
				  f->column),
		     NO_PARAMS, &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		struct value cell = rows_cell(rows, 1);
		bool gone = value_is_null(&cell);
		if (!gone && !right_value(a, f, rows_int(rows, 0), &cell))
			atomic_fetch_add(&wrong, 1);
	}
}

static void *reader(void *arg) {
	(void)arg;
	while (!atomic_load(&stop)) {
		struct arena *a = arena_new(0);
		struct app *app = apps_take(store, STR("t"));
		struct tx *tx;
		struct problem *p = tx_read(store, a, &tx);
		if (!p) p = tx_end(tx, read_some(tx, app));
		if (p) atomic_fetch_add(&wrong, 1);
		atomic_fetch_add(&reads, 1);
		app_release(app);
		arena_free(a);
	}
	return NULL;
}

/* ---- the test ---- */

static void fill_first(void) {
	struct sb sql = sb_on(arena_new(0), 1 << 22);
	for (int i = 1; i < FIRST_ROWS; i++) {
		sb_printf(&sql,
			  "INSERT INTO t_item (id, rev, created_at, updated_at, qty) VALUES (%d, "
			  "1, 0, 0, %d);\n",
			  i, i * 10);
		acknowledged[i] = 1;
	}
	temp_store_ddl(store, sb_cstr(&sql));
	arena_free(sql.arena);
}

static void check_all(void) {
	struct arena *a = arena_new(0);
	struct app *app = apps_take(store, STR("t"));
	const struct field *f = qty_of(app);
	struct rows *rows;
	struct tx *tx;
	int64_t found = 0, expected = 0;
	assert_ok(tx_read(store, a, &tx));
	assert_ok(tx_query(tx,
			   arena_printf(a, "SELECT id, \"%s\" FROM t_item ORDER BY id", f->column),
			   NO_PARAMS, &rows));
	for (bool have;; found++) {
		assert_ok(rows_next(rows, &have));
		if (!have) break;
		struct value cell = rows_cell(rows, 1);
		if (!right_value(a, f, rows_int(rows, 0), &cell))
			fail_msg("record %lld lost its value", (long long)rows_int(rows, 0));
	}
	assert_ok(tx_end(tx, NULL));
	for (size_t i = 0; i < RECORDS_MAX; i++) expected += acknowledged[i];
	assert_true(found >= expected);
	app_release(app);
	arena_free(a);
}

static void publishing_while_four_threads_work(void **state) {
	(void)state;
	pthread_t threads[WRITERS + READERS];
	struct arena *a = arena_new(0);
	store = temp_store(a, temp_folder(a));
	publish(store, a, versions[0], NULL);
	fill_first();
	for (intptr_t i = 0; i < WRITERS + READERS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, i < WRITERS ? writer : reader, (void *)i),
			0);
	for (int i = 1; i <= VERSIONS; i++) {
		struct arena *own = arena_new(0);
		struct plan *plan =
			publish(store, own, versions[(size_t)i % ARRAY_LEN(versions)], "*");
		const struct plan_step *step = plan_find(plan, "change_type", "item", "qty");
		if (step) assert_int_equal(step->losses, 0);
		arena_free(own);
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&wrong), 0);
	check_all();
	print_message("%d versions, %lld writes, %lld reads\n", VERSIONS, (long long)written,
		      (long long)reads);
	assert_true(written > 0 && reads > 0);
	store_close(store);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(publishing_while_four_threads_work) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
