/* rows.c -- running statements inside a transaction and reading their cells. */
#include <assert.h>
#include "runtime/store/backend.h"

static int bind_one(sqlite3_stmt *st, int at, const struct value *v) {
	switch (v->kind) {
	case VALUE_NULL: return sqlite3_bind_null(st, at);
	case VALUE_TEXT:
		return sqlite3_bind_text64(st, at, v->as.s.p ? v->as.s.p : "", v->as.s.n,
					   SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_DATE:
	case VALUE_DATETIME:
	case VALUE_TIME:
	case VALUE_DURATION:
	case VALUE_REF: return sqlite3_bind_int64(st, at, v->as.i);
	case VALUE_DECIMAL:
	case VALUE_LIST: break;
	}
	return SQLITE_MISUSE; /* a decimal is bound as its scaled integer, a list as its items */
}

struct problem *tx_bind(struct tx *tx, sqlite3_stmt *st, const struct value *params, size_t n) {
	assert((int)n == sqlite3_bind_parameter_count(st));
	for (size_t i = 0; i < n; i++) {
		int rc = bind_one(st, (int)i + 1, &params[i]);
		if (rc != SQLITE_OK) return tx_failed(tx, rc, sqlite3_sql(st));
	}
	return NULL;
}

struct problem *tx_query(struct tx *tx, const char *sql, const struct value *params, size_t n,
			 struct rows **out) {
	TRY(tx_usable(tx));
	struct statement *st;
	TRY(statement_take(tx->c, tx->arena, sql, tx->allowed, &st));
	if (st->writes) tables_written(tx, &st->needs.written);
	struct problem *p = tx->write ? gathered_before(tx, &st->needs.touched) : NULL;
	if (!p) p = tx_bind(tx, st->st, params, n);
	if (p) {
		statement_give(tx->c, st);
		return p;
	}
	struct rows *r = tx->spare;
	if (r)
		tx->spare = r->next;
	else
		r = arena_alloc(tx->arena, sizeof *r);
	*r = (struct rows){ .tx = tx, .st = st, .next = tx->open };
	tx->open = r;
	*out = r;
	return NULL;
}

struct problem *rows_next(struct rows *r, bool *have) {
	*have = false;
	if (!r->st) return NULL;
	struct tx *tx = r->tx;
	struct problem *p = tx_usable(tx);
	if (!p) {
		int rc = sqlite3_step(r->st->st);
		tx->pinned |= rc == SQLITE_ROW || rc == SQLITE_DONE;
		*have = rc == SQLITE_ROW;
		if (*have) return NULL;
		if (rc != SQLITE_DONE) p = tx_failed(tx, rc, r->st->sql);
	}
	rows_close(r);
	return p;
}

void rows_close(struct rows *r) {
	if (!r->st) return;
	struct tx *tx = r->tx;
	statement_give(tx->c, r->st);
	r->st = NULL;
	struct rows **link = &tx->open;
	while (*link != r) link = &(*link)->next;
	*link = r->next;
}

struct value rows_cell(const struct rows *r, int column) {
	sqlite3_stmt *st = r->st->st;
	int type = sqlite3_column_type(st, column);
	if (type == SQLITE_NULL) return VALUE_NONE;
	if (type == SQLITE_INTEGER) return value_int(sqlite3_column_int64(st, column));
	assert(type == SQLITE_TEXT);
	return (struct value){ .kind = VALUE_TEXT, .as.s = rows_text(r, column) };
}

int64_t rows_int(const struct rows *r, int column) {
	return sqlite3_column_int64(r->st->st, column);
}

struct str rows_text(const struct rows *r, int column) {
	const void *text = sqlite3_column_text(r->st->st, column);
	return (struct str){ text, (size_t)sqlite3_column_bytes(r->st->st, column) };
}

struct problem *tx_exec(struct tx *tx, const char *sql, const struct value *params, size_t n,
			int64_t *changes) {
	assert(tx->write);
	TRY(tx_usable(tx));
	struct statement *st;
	TRY(statement_take(tx->c, tx->arena, sql, tx->allowed, &st));
	if (st->writes) tables_written(tx, &st->needs.written);
	struct problem *p = tx->write ? gathered_before(tx, &st->needs.touched) : NULL;
	if (!p) p = tx_bind(tx, st->st, params, n);
	if (!p) {
		int rc = sqlite3_step(st->st);
		if (rc == SQLITE_ROW) rc = SQLITE_DONE;
		if (rc != SQLITE_DONE)
			p = tx_failed(tx, rc, sql);
		else if (changes)
			*changes = sqlite3_changes64(tx->c->db);
	}
	statement_give(tx->c, st);
	return p;
}

static struct problem *script_step(struct tx *tx, sqlite3_stmt *st, unsigned needs,
				   const char *sql) {
	if (needs & ~tx->allowed)
		return problem_logged(tx->arena, PROBLEM(tx->arena, INTERNAL, "store_sql"),
				      "needs tx_allow: %s", sql);
	int rc;
	tables_written(tx, &tx->c->needs.written);
	do rc = sqlite3_step(st);
	while (rc == SQLITE_ROW);
	return rc == SQLITE_DONE ? NULL : tx_failed(tx, rc, sql);
}

struct problem *tx_script(struct tx *tx, const char *sql) {
	assert(tx->write);
	TRY(gathered_settle(tx, true));
	while (sql[strspn(sql, " \t\r\n;")]) {
		TRY(tx_usable(tx));
		sqlite3_stmt *st = NULL;
		const char *tail = sql;
		tx->c->needs = (struct needs){ 0 };
		int rc = sqlite3_prepare_v2(tx->c->db, sql, -1, &st, &tail);
		struct problem *p = rc != SQLITE_OK ? tx_failed(tx, rc, sql)
				    : st            ? script_step(tx, st, tx->c->needs.allowed, sql)
						    : NULL;
		sqlite3_finalize(st);
		if (p) return p;
		sql = tail;
	}
	return NULL;
}

struct problem *tx_int(struct tx *tx, const char *sql, const struct value *params, size_t n,
		       int64_t *out, bool *have) {
	struct rows *r;
	TRY(tx_query(tx, sql, params, n, &r));
	bool row;
	TRY(rows_next(r, &row));
	if (row) *out = rows_int(r, 0);
	if (have) *have = row;
	rows_close(r);
	return NULL;
}

struct problem *tx_text(struct tx *tx, const char *sql, const struct value *params, size_t n,
			char **out) {
	struct rows *r;
	*out = NULL;
	TRY(tx_query(tx, sql, params, n, &r));
	bool row;
	TRY(rows_next(r, &row));
	if (row && rows_cell(r, 0).kind != VALUE_NULL) *out = str_dup(tx->arena, rows_text(r, 0));
	rows_close(r);
	return NULL;
}
