/* authorizer.c -- the second wall: what a connection may do, whatever SQL reaches it. The first
 * wall is that SQL text comes from few files and values are bound.
 * 1. A reader reads. A writer writes rows. Nobody but the backend itself attaches, sets a PRAGMA or
 * opens a transaction.
 * 2. DDL and writes to definition tables need TX_ALLOW_SCHEMA, writes to people and rights
 * TX_ALLOW_PEOPLE: they are gathered into c->needs while a statement is prepared and checked at
 * every use (statements.c), since statements are cached.
 * 3. An audit row is never changed or deleted.
 * SQLite asks for FTS5's own statements as well; they read and write shadow tables and pass as
 * rows. For each table-valued function (json_each) it asks whether sqlite_master may be updated; a
 * real update of it is refused by DEFENSIVE. */
#include "runtime/store/backend.h"

static const char *const readable_pragmas[] = {
	"table_info", "table_xinfo", "table_list",   "index_list",
	"index_info", "index_xinfo", "data_version",
};
static const char *const schema_tables[] = { "sys_app_version", "sys_definition", "sys_enum_value",
					     "journal" };
static const char *const people_tables[] = { "sys_user",      "sys_dept",  "sys_user_role",
					     "sys_user_dept", "sys_token", "sys_app_admin", "sys_flow_proxy",
					     "sys_totp",      "sys_recovery" };
static const char *const refused_functions[] = { "load_extension", "fts3_tokenizer", "readfile",
						 "writefile" };

static bool among(const char *name, const char *const *list, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (name && strcasecmp(name, list[i]) == 0) return true;
	return false;
}
#define AMONG(name, list) among((name), (list), ARRAY_LEN(list))

static int row_read(struct connection *c, const char *table) {
	if (table) table_set_add(&c->needs.touched, table);
	return SQLITE_OK;
}

static int row_written(struct connection *c, int action, const char *table) {
	if (table && strcmp(table, "sqlite_master") == 0) return SQLITE_OK;
	if (c->kind != CONNECTION_WRITER) return SQLITE_DENY;
	if (table && strcmp(table, "audit") == 0 && action != SQLITE_INSERT) return SQLITE_DENY;
	if (AMONG(table, schema_tables)) c->needs.allowed |= TX_ALLOW_SCHEMA;
	if (AMONG(table, people_tables)) c->needs.allowed |= TX_ALLOW_PEOPLE;
	if (table) table_set_add(&c->needs.written, table);
	return row_read(c, table);
}

static int schema_changed(struct connection *c) {
	c->needs.allowed |= TX_ALLOW_SCHEMA;
	table_set_all(&c->needs.written);
	table_set_all(&c->needs.touched);
	return c->kind == CONNECTION_WRITER ? SQLITE_OK : SQLITE_DENY;
}

int authorizer_check(void *connection, int action, const char *a, const char *b, const char *schema,
		     const char *trigger) {
	(void)schema, (void)trigger;
	struct connection *c = connection;
	if (c->internal) return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE: return SQLITE_OK;
	case SQLITE_READ: return row_read(c, a);
	case SQLITE_FUNCTION: return AMONG(b, refused_functions) ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA: return AMONG(a, readable_pragmas) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE: return row_written(c, action, a);
	case SQLITE_CREATE_INDEX:
	case SQLITE_CREATE_TABLE:
	case SQLITE_CREATE_VIEW:
	case SQLITE_CREATE_VTABLE:
	case SQLITE_CREATE_TRIGGER:
	case SQLITE_DROP_TRIGGER:
	case SQLITE_DROP_INDEX:
	case SQLITE_DROP_TABLE:
	case SQLITE_DROP_VIEW:
	case SQLITE_DROP_VTABLE:
	case SQLITE_ALTER_TABLE:
	case SQLITE_REINDEX:
	case SQLITE_ANALYZE: return schema_changed(c);
	default: return SQLITE_DENY;
	}
}
