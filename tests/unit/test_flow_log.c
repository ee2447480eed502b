/* The chain of an approval's log: a line that is changed is found (also one whose hash was written
 * as text, in either way of earlier programs), and a chain of old lines goes on with new ones, also
 * in a store that was made when hashes were text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engines/flow/run_store.h"
#include "runtime/model/sha256.h"
#include "tests/support/approving.h"
#include "tests/support/publish.h"

static void verify(struct side *side, int64_t wanted_run, int64_t wanted_seq) {
	struct arena *a = arena_new(0);
	int64_t runs, run, seq;
	struct tx *tx;
	assert_ok(tx_read(side->s.store, a, &tx));
	assert_ok(tx_end(tx, run_log_verify(tx, &runs, &run, &seq)));
	assert_int_equal(runs, 1);
	assert_int_equal(run, wanted_run);
	assert_int_equal(seq, wanted_seq);
	arena_free(a);
}

/* As the program before made them: hashes are text. */
static struct problem *make_tables_of_before(struct tx *tx, void *arg) {
	(void)arg;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	return tx_script(tx,
			 "ALTER TABLE sys_flow_log RENAME COLUMN hash TO bytes;"
			 "ALTER TABLE sys_flow_log ADD COLUMN hash TEXT NOT NULL DEFAULT '';"
			 "ALTER TABLE sys_flow_log DROP COLUMN bytes;"
			 "ALTER TABLE sys_flow_run RENAME COLUMN log_hash TO bytes;"
			 "ALTER TABLE sys_flow_run ADD COLUMN log_hash TEXT NOT NULL DEFAULT '';"
			 "ALTER TABLE sys_flow_run DROP COLUMN bytes;"
			 "UPDATE meta SET value = 6 WHERE key = 'schema'");
}

/* The first line as earlier programs wrote it: what is hashed is the same, every part with its
 * length; the hash is text. */
static void write_the_old_way(struct side *side, struct arena *a, bool in_digits) {
	char hash[65];
	const char *text = temp_store_text(
		side->s.store, a,
		"SELECT '|' || run || '|1|' || at || '|' || who || '|-|5:start|' || round || "
		"'|5:start|-|-|-|' || rev || '|' || length(content) || ':' || content || '|-' FROM "
		"sys_flow_log WHERE seq = 1");
	if (in_digits)
		sha256_hex(str_of(text), hash);
	else
		sha256_short(str_of(text), hash);
	assert_ok(store_write(side->s.store, LANE_INTERACTIVE, a, make_tables_of_before, NULL));
	run_sql(side->s.store, arena_printf(a, "UPDATE sys_flow_log SET hash = '%s'", hash));
	run_sql(side->s.store, arena_printf(a, "UPDATE sys_flow_run SET log_hash = '%s'", hash));
}

static void old_lines_go_on(bool in_digits) {
	struct wish begin = { .begin = true, .login = "ann", .record = 1000 };
	struct wish agree = { .act = ACT_APPROVE, .task = 1, .login = "ann", .body = "{}" };
	struct arena *a = arena_new(0);
	struct side side;
	approving_open(&side, a);
	approving_bill(&side, a, 1000, 60);
	assert_ok(approving_send(&side, &begin, a));
	verify(&side, 0, 0);
	assert_string_equal(
		"32 blob",
		temp_store_text(side.s.store, a,
				"SELECT length(hash) || ' ' || typeof(hash) FROM sys_flow_log"));
	write_the_old_way(&side, a, in_digits);
	approving_reopen(&side);
	verify(&side, 0, 0);
	assert_ok(approving_send(&side, &agree, a));
	verify(&side, 0, 0);
	assert_string_equal(in_digits ? "64 32" : "43 32",
			    temp_store_text(side.s.store, a,
					    "SELECT group_concat(length(hash), ' ') FROM "
					    "(SELECT hash FROM sys_flow_log ORDER BY seq)"));
	run_sql(side.s.store, "UPDATE sys_flow_log SET note = 'x' WHERE seq = 2");
	verify(&side, side.run, 2);
	run_sql(side.s.store, "UPDATE sys_flow_log SET note = NULL WHERE seq = 2");
	verify(&side, 0, 0);
	run_sql(side.s.store, "UPDATE sys_flow_log SET who = 3 WHERE seq = 1");
	verify(&side, side.run, 1);
	sample_close(&side.s);
	arena_free(a);
}

static void old_lines_go_on_with_new_ones(void **state) {
	(void)state;
	old_lines_go_on(true);
	old_lines_go_on(false);
}

static void the_short_form_is_the_same_hash(void **state) {
	char text[SHA256_SHORT + 1];
	(void)state;
	sha256_short(STR("abc"), text);
	assert_string_equal(text, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
	sha256_short(STR(""), text);
	assert_string_equal(text, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(old_lines_go_on_with_new_ones),
					    cmocka_unit_test(the_short_form_is_the_same_hash) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
