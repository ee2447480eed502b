/* sqlite_problem.c -- SQLite's answer as a problem. What can be expected in operation is a static
 * problem, compared by pointer and never written to; the rest is a programmer's mistake and carries
 * its statement to the log. */
#include "runtime/store/backend.h"

// clang-format off
struct problem store_busy = { .kind = PROBLEM_UNAVAILABLE, .code = "store_busy", .pointer = "", .retry_after_s = 1, .file = __FILE__, .line = __LINE__ };
struct problem store_budget = { .kind = PROBLEM_UNAVAILABLE, .code = "store_budget", .pointer = "", .file = __FILE__, .line = __LINE__ };
struct problem store_slow = { .kind = PROBLEM_UNAVAILABLE, .code = "store_slow", .pointer = "", .file = __FILE__, .line = __LINE__ };
struct problem store_unique = { .kind = PROBLEM_INVALID, .code = "store_unique", .pointer = "", .file = __FILE__, .line = __LINE__ };
struct problem store_full = { .kind = PROBLEM_UNAVAILABLE, .code = "store_full", .pointer = "", .retry_after_s = 60, .file = __FILE__, .line = __LINE__ };
struct problem store_io = { .kind = PROBLEM_UNAVAILABLE, .code = "store_io", .pointer = "", .retry_after_s = 5, .file = __FILE__, .line = __LINE__ };
struct problem store_read_only = { .kind = PROBLEM_UNAVAILABLE, .code = "store_read_only", .pointer = "", .retry_after_s = 60, .file = __FILE__, .line = __LINE__ };

static const struct { int rc; struct problem *problem; } expected[] = {
	{ SQLITE_CONSTRAINT_UNIQUE, &store_unique },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, &store_unique },
	{ SQLITE_CONSTRAINT_ROWID, &store_unique },
	{ SQLITE_BUSY, &store_busy },
	{ SQLITE_LOCKED, &store_busy },
	{ SQLITE_PROTOCOL, &store_busy },
	{ SQLITE_FULL, &store_full },
	{ SQLITE_IOERR, &store_io },
	{ SQLITE_CANTOPEN, &store_io },
	{ SQLITE_NOMEM, &store_io },
	{ SQLITE_READONLY, &store_read_only },
};
// clang-format on

static struct problem *interrupted(const struct connection *c) {
	return c->stopped == STOPPED_SLOW ? &store_slow : &store_budget;
}

/* A function of the expression language met a value it cannot work with (sqlite_functions.h). The
 * database does not know the piece of text meant. */
static struct problem *expression_fault(struct arena *a, const char *message) {
	const char *code, *column;
	if (!expr_sql_fault(message, &code, &column)) return NULL;
	return PROBLEM(a, INVALID, code, "column", column, "text", "…");
}

/* Limits of SQLite that a caller's condition can reach, though it passed ours: its message is all
 * SQLite tells them by. */
static struct problem *limit_reached(struct arena *a, int rc, const char *message) {
	static const char *const complex[] = { "parser stack overflow",
					       "Expression tree is too large", "too many terms in",
					       "tables in a join", "too many SQL variables" };
	if ((rc & 0xff) == SQLITE_TOOBIG) return PROBLEM(a, MALFORMED, "store_text_long");
	for (size_t i = 0; i < ARRAY_LEN(complex); i++)
		if (strstr(message, complex[i])) return PROBLEM(a, MALFORMED, "store_complex");
	return NULL;
}

struct problem *sqlite_problem(struct connection *c, struct arena *a, int rc, const char *sql) {
	int extended = c->db ? sqlite3_extended_errcode(c->db) : rc;
	if ((rc & 0xff) == SQLITE_INTERRUPT) return interrupted(c);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		if (expected[i].rc == extended || expected[i].rc == (rc & 0xff))
			return expected[i].problem;
	if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
		return problem_logged(
			a, PROBLEM(a, UNAVAILABLE, "store_corrupt", "folder", c->store->folder),
			"%s: %s", sqlite3_errmsg(c->db), sql);
	struct problem *fault = expression_fault(a, sqlite3_errmsg(c->db));
	if (!fault) fault = limit_reached(a, rc, sqlite3_errmsg(c->db));
	if (fault) return fault;
	return problem_logged(a, PROBLEM(a, INTERNAL, "store_sql"), "%s (%d): %s",
			      sqlite3_errmsg(c->db), extended, sql);
}

/* "t.a, t.b" of SQLite's text -> "a,b" and the table's name before. */
static const char *violation_columns(const char *list, char *table, char *columns, size_t room) {
	size_t used = 0, length = strcspn(list, ".");
	if (list[length] != '.' || length >= room) return NULL;
	memcpy(table, list, length);
	table[length] = 0;
	for (const char *at = list; at; at = strstr(at, ", ") ? strstr(at, ", ") + 2 : NULL) {
		const char *column = at + length + 1;
		size_t n = strcspn(column, ",");
		if (strncmp(at, table, length) != 0 || at[length] != '.' || used + n + 2 > room)
			return NULL;
		if (used) columns[used++] = ',';
		memcpy(columns + used, column, n);
		used += n;
	}
	columns[used] = 0;
	return columns;
}

static const char find_index[] = "SELECT il.name FROM pragma_index_list(?1) il WHERE il.\"unique\" "
				 "AND ?2 = (SELECT group_concat(ii.name) FROM "
				 "(SELECT name FROM pragma_index_info(il.name) ORDER BY seqno) ii)";

static void index_of(struct connection *c, const char *table, const char *columns, char *name,
		     size_t room) {
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(c->db, find_index, -1, &st, NULL) != SQLITE_OK) return;
	sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, columns, -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW)
		sqlite3_snprintf((int)room, name, "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
}

void sqlite_violation(struct connection *c, char *name, size_t room) {
	static const char by_columns[] = "UNIQUE constraint failed: ",
			  by_index[] = "UNIQUE constraint failed: index '";
	char message[512], table[128], columns[384];
	name[0] = 0;
	sqlite3_snprintf(sizeof message, message, "%s", sqlite3_errmsg(c->db));
	if (strncmp(message, by_index, sizeof by_index - 1) == 0) {
		const char *index = message + sizeof by_index - 1;
		sqlite3_snprintf((int)room, name, "%.*s", (int)strcspn(index, "'"), index);
	} else if (strncmp(message, by_columns, sizeof by_columns - 1) == 0 &&
		   violation_columns(message + sizeof by_columns - 1, table, columns,
				     sizeof table)) {
		index_of(c, table, columns, name, room);
	}
}
