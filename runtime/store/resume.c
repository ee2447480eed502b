/* What a start owes to an interrupted apply, and what time owes to the trash. */
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/store/apply.h"

static struct problem *apps_owing(struct tx *tx, struct arena *a, struct statements *out) {
	struct rows *rows;
	*out = (struct statements){ .arena = a };
	TRY(tx_query(
		tx,
		"SELECT DISTINCT app FROM journal WHERE step IN ('undo', 'contract') ORDER BY app",
		NO_PARAMS, &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		statements_add(out, str_dup(a, rows_text(rows, 0)));
	}
}

struct problem *plan_resume(struct store *s, struct arena *a) {
	struct statements apps;
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, apps_owing(tx, a, &apps)));
	for (size_t i = 0; i < apps.n; i++) {
		TRY(journal_undo(s, a, apps.items[i]));
		TRY(journal_contract(s, a, apps.items[i]));
	}
	return NULL;
}

/* ---- purge ---- */

struct refuse {
	const char *app, *owner, *id, *place, *type;
};
struct purge {
	int64_t before_us, dropped;
	struct refuse one;
	bool found;
};

/* Fields before forms: a form is dropped only when none of its fields is left in the trash. */
static struct problem *next_refuse(struct tx *tx, struct purge *p) {
	struct arena *a = tx_arena(tx);
	struct rows *rows;
	TRY(tx_query(tx,
		     "SELECT d.app, d.owner, d.id, d.place, d.type FROM sys_definition d"
		     " JOIN sys_app_version v ON v.app = d.app AND v.version = d.version"
		     " WHERE d.state = 'trash' AND d.place <> '' AND v.at < ?1"
		     " ORDER BY d.owner = 'form', length(d.owner) DESC, d.app, d.owner, d.id, "
		     "d.place LIMIT 1",
		     PARAMS(value_int(p->before_us)), &rows));
	TRY(rows_next(rows, &p->found));
	if (!p->found) return NULL;
	p->one = (struct refuse){ str_dup(a, rows_text(rows, 0)), str_dup(a, rows_text(rows, 1)),
				  str_dup(a, rows_text(rows, 2)), str_dup(a, rows_text(rows, 3)),
				  str_dup(a, rows_text(rows, 4)) };
	rows_close(rows);
	return NULL;
}

static bool is_child_type(const char *type) {
	static const char *const names[] = { "table", "tags", "cascade" };
	size_t n = strcspn(type, ":");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strlen(names[i]) == n && strncmp(type, names[i], n) == 0) return true;
	return false;
}

/* "form/lead/lines" is the field lines of form/lead. */
static struct problem *table_of_owner(struct tx *tx, const struct refuse *r, char **table) {
	const char *cut = strrchr(r->owner, '/');
	struct str owner = { r->owner, (size_t)(cut - r->owner) };
	return tx_text(
		tx,
		"SELECT place FROM sys_definition WHERE app = ?1 AND owner = ?2 AND id = ?3 ORDER "
		"BY state LIMIT 1",
		PARAMS(value_text(str_of(r->app)), value_text(owner), value_text(str_of(cut + 1))),
		table);
}

static struct problem *drop_indexes(struct tx *tx, const char *table, const char *column) {
	struct arena *a = tx_arena(tx);
	struct statements names = { .arena = a };
	struct rows *rows;
	TRY(tx_query(
		tx,
		"SELECT DISTINCT m.name FROM sqlite_schema m, pragma_index_info(m.name) i"
		" WHERE m.type = 'index' AND m.tbl_name = ?1 AND i.name = ?2 AND m.sql IS NOT NULL",
		PARAMS(value_text(str_of(table)), value_text(str_of(column))), &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		statements_add(&names, str_dup(a, rows_text(rows, 0)));
	}
	for (size_t i = 0; i < names.n; i++)
		TRY(tx_exec(tx, arena_printf(a, "DROP INDEX \"%s\"", names.items[i]), NO_PARAMS,
			    NULL));
	return NULL;
}

static struct problem *drop_refuse(struct tx *tx, const struct refuse *r) {
	struct arena *a = tx_arena(tx);
	char *table;
	bool form = strcmp(r->owner, "form") == 0;
	if (form)
		TRY(tx_exec(tx, arena_printf(a, "DROP TABLE IF EXISTS \"%s__history\"", r->place),
			    NO_PARAMS, NULL));
	if (form || is_child_type(r->type))
		return tx_exec(tx, arena_printf(a, "DROP TABLE IF EXISTS \"%s\"", r->place),
			       NO_PARAMS, NULL);
	TRY(table_of_owner(tx, r, &table));
	if (!table) return NULL;
	TRY(drop_indexes(tx, table, r->place));
	return tx_exec(tx,
		       arena_printf(a, "ALTER TABLE \"%s\" DROP COLUMN \"%s\"", table, r->place),
		       NO_PARAMS, NULL);
}

static struct problem *commit_purge(struct tx *tx, void *arg) {
	struct purge *p = arg;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	TRY(next_refuse(tx, p));
	if (!p->found) return NULL;
	TRY(drop_refuse(tx, &p->one));
	return tx_exec(tx,
		       "DELETE FROM sys_definition WHERE app = ?1 AND owner = ?2 AND id = ?3 AND "
		       "place = ?4 AND state = 'trash'",
		       PARAMS(value_text(str_of(p->one.app)), value_text(str_of(p->one.owner)),
			      value_text(str_of(p->one.id)), value_text(str_of(p->one.place))),
		       NULL);
}

struct problem *plan_purge(struct store *s, struct arena *a, int days, int64_t *dropped) {
	struct purge p = { .before_us = clock_real() - days * DAY_US };
	*dropped = 0;
	for (;;) {
		TRY(journal_member(s, a, LANE_BULK, commit_purge, &p));
		if (!p.found) return NULL;
		++*dropped;
	}
}
