#include "runtime/store/sqlite_functions.h"

#include "runtime/expr/expr.h"
#include "runtime/expr/regex.h"

enum { ARGUMENTS_MAX = 127 };

/* One a connection, freed with the last of its functions. */
struct adapter {
	struct arena *arena;
	size_t users;
};
struct binding {
	struct adapter *adapter;
	const struct expr_sql_function *function;
};

static void release(void *arg) {
	struct binding *b = arg;
	struct adapter *adapter = b->adapter;
	sqlite3_free(b);
	if (--adapter->users) return;
	arena_free(adapter->arena);
	sqlite3_free(adapter);
}

static void fail(sqlite3_context *context, const char *code, long long column) {
	char *message = sqlite3_mprintf("tenon:%s:%lld", code, column);
	if (message)
		sqlite3_result_error(context, message, -1);
	else
		sqlite3_result_error_nomem(context);
	sqlite3_free(message);
}

/* False: an argument the functions do not take (a blob, a real number). */
static bool read_argument(sqlite3_value *from, struct value *out) {
	int type = sqlite3_value_type(from);
	*out = VALUE_NONE;
	if (type == SQLITE_INTEGER) *out = value_int(sqlite3_value_int64(from));
	if (type == SQLITE_TEXT) {
		const char *text = (const char *)sqlite3_value_text(from);
		*out = value_text((struct str){ text, (size_t)sqlite3_value_bytes(from) });
	}
	return type != SQLITE_FLOAT && type != SQLITE_BLOB;
}

static void write_result(sqlite3_context *context, const struct value *v) {
	if (v->kind == VALUE_NULL)
		sqlite3_result_null(context);
	else if (v->kind == VALUE_TEXT)
		sqlite3_result_text64(context, v->as.s.p, v->as.s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
	else
		sqlite3_result_int64(context, v->as.i);
}

static void call(sqlite3_context *context, int n, sqlite3_value **values) {
	const struct binding *b = sqlite3_user_data(context);
	struct arena *arena = b->adapter->arena;
	struct value args[ARGUMENTS_MAX], out = VALUE_NONE;
	bool null = false;
	for (int i = 0; i < n; i++) {
		if (!read_argument(values[i], &args[i])) {
			fail(context, "expr_argument", 0);
			return;
		}
		null = null || args[i].kind == VALUE_NULL;
	}
	if (null && !b->function->keeps_null) {
		sqlite3_result_null(context);
		return;
	}
	struct arena_mark mark = arena_mark(arena);
	enum decimal_status status = b->function->call(arena, args, n, &out);
	if (status != DECIMAL_OK)
		fail(context, expr_sql_code(status), n ? args[n - 1].as.i : 0);
	else
		write_result(context, &out);
	arena_reset(arena, mark);
}

/* tenon_fail(code, column) */
static void call_fail(sqlite3_context *context, int n, sqlite3_value **values) {
	(void)n;
	fail(context, (const char *)sqlite3_value_text(values[0]), sqlite3_value_int64(values[1]));
}

struct kept_pattern {
	struct arena *arena;
	const struct regex *regex;
};

static void forget_pattern(void *arg) {
	struct kept_pattern *kept = arg;
	arena_free(kept->arena);
	sqlite3_free(kept);
}

/* NULL: the pattern is none, or no memory. */
static struct kept_pattern *keep_pattern(struct str pattern) {
	struct kept_pattern *kept = sqlite3_malloc(sizeof *kept);
	if (!kept) return NULL;
	kept->arena = arena_new(0);
	if (!regex_compile(kept->arena, pattern, &kept->regex)) return kept;
	forget_pattern(kept);
	return NULL;
}

/* tenon_matches(text, pattern): the compiled pattern stays with the statement, for as long as it is
 * the same argument. */
static void call_matches(sqlite3_context *context, int n, sqlite3_value **values) {
	(void)n;
	struct value text, pattern;
	if (!read_argument(values[0], &text) || !read_argument(values[1], &pattern) ||
	    text.kind != VALUE_TEXT) {
		sqlite3_result_null(context);
		return;
	}
	struct kept_pattern *kept = sqlite3_get_auxdata(context, 1);
	bool fresh = !kept;
	if (fresh) kept = keep_pattern(pattern.kind == VALUE_TEXT ? pattern.as.s : STR(""));
	if (!kept) {
		fail(context, "expr_argument", 0);
		return;
	}
	sqlite3_result_int(context, regex_match(kept->regex, text.as.s));
	if (fresh) sqlite3_set_auxdata(context, 1, kept, forget_pattern);
}

static int register_one(sqlite3 *db, struct adapter *adapter, const struct expr_sql_function *f) {
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	struct binding *b = sqlite3_malloc(sizeof *b);
	if (!b) return SQLITE_NOMEM;
	*b = (struct binding){ adapter, f };
	adapter->users++;
	return sqlite3_create_function_v2(db, f->name, f->args, flags, b, call, NULL, NULL,
					  release);
}

static int register_all(sqlite3 *db, struct adapter *adapter) {
	size_t count;
	const struct expr_sql_function *functions = expr_sql_functions(&count);
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	for (size_t i = 0; i < count; i++) {
		int status = register_one(db, adapter, &functions[i]);
		if (status != SQLITE_OK) return status;
	}
	/* Not deterministic: a constant call must not be tried while the statement is prepared. */
	int status = sqlite3_create_function_v2(db, "tenon_fail", 2, SQLITE_UTF8, NULL, call_fail,
						NULL, NULL, NULL);
	if (status != SQLITE_OK) return status;
	return sqlite3_create_function_v2(db, "tenon_matches", 2, flags, NULL, call_matches, NULL,
					  NULL, NULL);
}

int sqlite_functions_register(sqlite3 *db) {
	struct adapter *adapter = sqlite3_malloc(sizeof *adapter);
	if (!adapter) return SQLITE_NOMEM;
	*adapter = (struct adapter){ .arena = arena_new(0), .users = 1 };
	int status = register_all(db, adapter);
	if (--adapter->users == 0) {
		arena_free(adapter->arena);
		sqlite3_free(adapter);
	}
	return status;
}
