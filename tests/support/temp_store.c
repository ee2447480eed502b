#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/store/backend.h"
#include "tests/support/temp_store.h"

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *where) {
	(void)st, (void)flag, (void)where;
	return remove(path);
}

static void remove_tree(void *folder) { nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); }

void assert_ok(struct problem *p) {
	if (p) fail_msg("%s: %s (%s:%d)", p->code, p->log ? p->log : "", p->file, p->line);
}

char *temp_folder_on(struct arena *a, const char *parent) {
	char *folder = arena_printf(a, "%s/tenon-test-XXXXXX", parent);
	assert_non_null(mkdtemp(folder));
	arena_defer(a, remove_tree, folder);
	return folder;
}

char *temp_folder(struct arena *a) {
	return temp_folder_on(a, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

struct store *temp_store(struct arena *a, const char *folder) {
	struct store *s;
	assert_ok(store_open(a, &(struct store_options){ .folder = folder, .create = true }, &s));
	return s;
}

int64_t temp_store_int(struct store *s, const char *sql) {
	struct arena *a = arena_new(0);
	struct tx *tx;
	int64_t out = 0;
	assert_ok(tx_read(s, a, &tx));
	tx->c->deadline_us = 0; /* a check of a whole store may take longer than what people wait for */
	assert_ok(tx_end(tx, tx_int(tx, sql, NO_PARAMS, &out, NULL)));
	arena_free(a);
	return out;
}

static struct problem *ddl_commit(struct tx *tx, void *sql) {
	tx_allow(tx, TX_ALLOW_SCHEMA);
	return tx_script(tx, sql);
}

void temp_store_ddl(struct store *s, const char *sql) {
	struct arena *a = arena_new(0);
	assert_ok(store_write(s, LANE_INTERACTIVE, a, ddl_commit, arena_strdup(a, sql)));
	arena_free(a);
}
