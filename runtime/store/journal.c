/* The journal of an apply: writing it, and running what it says. */
#include <assert.h>
#include "runtime/store/journal.h"

static const char *const step_names[] = { "undo", "contract", "formula", "search", "sort",
					 "serial", "freeze" };

struct problem *journal_member(struct store *s, struct arena *a, enum lane lane,
			       struct problem *(*commit)(struct tx *tx, void *arg), void *arg) {
	struct arena *own = arena_new(0);
	struct problem *p = store_write(s, lane, own, commit, arg);
	if (p && p != &store_unique) p = problem_copy(a, p);
	arena_free(own);
	return p;
}

struct problem *journal_add(struct tx *tx, const struct journal *j, enum journal_step step,
			    const char *sql) {
	return tx_exec(tx, "INSERT INTO journal (app, version, step, sql) VALUES (?1, ?2, ?3, ?4)",
		       PARAMS(value_text(str_of(j->app)), value_int(j->version),
			      value_text(str_of(step_names[step])), value_text(str_of(sql))),
		       NULL);
}

static struct str quoted(const char *sql, int which) {
	const char *open = sql, *close = NULL;
	for (int i = 0; i < which; i++) {
		open = strchr(close ? close + 1 : open, '"');
		close = open ? strchr(open + 1, '"') : NULL;
		if (!close) return (struct str){ NULL, 0 };
	}
	return (struct str){ open, (size_t)(close - open) + 1 };
}

/* Names of definitions hold no quotes, so the first quoted words of a statement are what it makes.
 */
static const char *undoing(struct arena *a, const char *sql) {
	static const struct {
		const char *create, *undo;
	} kinds[] = { { "CREATE TABLE", "DROP TABLE" },
		      { "CREATE VIRTUAL TABLE", "DROP TABLE" },
		      { "CREATE INDEX", "DROP INDEX" },
		      { "CREATE UNIQUE INDEX", "DROP INDEX" },
		      { "CREATE TRIGGER", "DROP TRIGGER" } };
	struct str first = quoted(sql, 1), second = quoted(sql, 2);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts(str_of(sql), str_of(kinds[i].create)))
			return arena_printf(a, "%s IF EXISTS %.*s", kinds[i].undo, (int)first.n,
					    first.p);
	assert(str_starts(str_of(sql), STR("ALTER TABLE")) && strstr(sql, "ADD COLUMN"));
	return arena_printf(a, "ALTER TABLE %.*s DROP COLUMN %.*s", (int)first.n, first.p,
			    (int)second.n, second.p);
}

struct problem *journal_run(struct tx *tx, const struct journal *j, const char *create) {
	TRY(tx_exec(tx, create, NO_PARAMS, NULL));
	if (str_starts(str_of(create), STR("INSERT")))
		return NULL; /* settings of a table that goes as a whole */
	return journal_add(tx, j, JOURNAL_UNDO, undoing(tx_arena(tx), create));
}

struct problem *journal_clear(struct tx *tx, const struct journal *j, enum journal_step step) {
	return tx_exec(tx, "DELETE FROM journal WHERE app = ?1 AND step = ?2",
		       PARAMS(value_text(str_of(j->app)), value_text(str_of(step_names[step]))),
		       NULL);
}

struct problem *journal_list(struct tx *tx, struct arena *a, const char *app,
			     enum journal_step step, struct statements *out) {
	struct rows *rows;
	*out = (struct statements){ .arena = a };
	TRY(tx_query(tx, "SELECT sql FROM journal WHERE app = ?1 AND step = ?2 ORDER BY seq DESC",
		     PARAMS(value_text(str_of(app)), value_text(str_of(step_names[step]))), &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		statements_add(out, str_dup(a, rows_text(rows, 0)));
	}
}

static struct problem *commit_undo(struct tx *tx, void *arg) {
	const struct journal j = { .app = arg };
	struct statements list;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	TRY(journal_list(tx, tx_arena(tx), j.app, JOURNAL_UNDO, &list));
	for (size_t i = 0; i < list.n; i++) TRY(tx_exec(tx, list.items[i], NO_PARAMS, NULL));
	TRY(tx_exec(tx, "DELETE FROM sys_dirty", NO_PARAMS, NULL));
	return journal_clear(tx, &j, JOURNAL_UNDO);
}

struct problem *journal_undo(struct store *s, struct arena *a, const char *app) {
	return journal_member(s, a, LANE_INTERACTIVE, commit_undo, arena_strdup(a, app));
}

struct contract {
	const char *app;
	int64_t left;
};

/* The oldest statement that is left. */
static struct problem *commit_contract(struct tx *tx, void *arg) {
	struct contract *c = arg;
	struct statements list;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	TRY(journal_list(tx, tx_arena(tx), c->app, JOURNAL_CONTRACT, &list));
	c->left = (int64_t)list.n;
	if (!list.n) return NULL;
	TRY(tx_exec(tx, list.items[list.n - 1], NO_PARAMS, NULL));
	return tx_exec(tx,
		       "DELETE FROM journal WHERE seq = (SELECT min(seq) FROM journal WHERE app = "
		       "?1 AND step = 'contract')",
		       PARAMS(value_text(str_of(c->app))), NULL);
}

struct problem *journal_contract(struct store *s, struct arena *a, const char *app) {
	struct contract c = { .app = app };
	do {
		TRY(journal_member(s, a, LANE_BULK, commit_contract, &c));
	} while (c.left > 1);
	return NULL;
}
