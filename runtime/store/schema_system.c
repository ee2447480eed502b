/* schema_system.c -- the tables every store has, in both dialects.
 * 1. A system table is named by one word or begins with sys_: a form's table is always
 * <app>_<form>, so they never meet (the apps `sys` and `v` are reserved).
 * 2. Columns hold INT8 (64-bit integer), TEXT or KEY8 (its own 64-bit key, given by the database);
 * nothing else, so that both dialects store the same.
 *    A table by key begins with its key's columns: SQLite 3.40's integrity_check reads others
 * wrongly (false "NULL value").
 * 3. Times are microseconds UTC; people are sys_user.id, departments sys_dept.id; booleans 0/1;
 * *_json is JSON text.
 * 4. A store made by an earlier program gets what it lacks when it is opened: tables, columns with
 * a default, indexes. Nothing people wrote is changed or dropped; `renewed` brings what the program
 * itself works out (and indexes) to what it means now. Who changes these tables raises
 * SCHEMA_SYSTEM_VERSION. */
#include "runtime/store/schema_system.h"

#include "runtime/store/schema.h"

enum { SCHEMA_CEILING = 256 * 1024 };

struct system_table {
	const char *name, *columns;
	bool by_key; /* SQLite: stored in the primary key's tree (WITHOUT ROWID) */
};
struct system_index {
	const char *name, *on;
	bool unique;
};

// clang-format off
static const struct system_table tables[] = {
	/* What the store itself counts: schema, epoch (people and rights), last_id (ceiling of ids given), probe. */
	{ "meta", "key TEXT PRIMARY KEY, value INT8 NOT NULL", true },
	/* Organisation settings: JSON by key. */
	{ "setting", "key TEXT PRIMARY KEY, value_json TEXT NOT NULL, at INT8 NOT NULL, actor INT8", true },
	/* Counters of serials: key is <field's owner and id>/<reset key>. */
	{ "counter", "key TEXT PRIMARY KEY, value INT8 NOT NULL", true },

	/* Definitions: every published version; state 'published' (the current one) or 'past'. */
	{ "sys_app_version", "app TEXT NOT NULL, version INT8 NOT NULL, hash TEXT NOT NULL, bundle TEXT NOT NULL, actor TEXT NOT NULL, "
		"at INT8 NOT NULL, note TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (app, version)", false },
	/* Files changed and not yet published (drafts.h); removed: to be taken away; base: the published text it began from. */
	{ "sys_draft", "app TEXT NOT NULL, path TEXT NOT NULL, text TEXT, removed INT8 NOT NULL, sha TEXT, base_sha TEXT, base_version INT8 NOT NULL, "
		"at INT8 NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (app, path)", true },
	/* Every id ever published (registry.h). owner: 'form', 'form/lead', 'form/lead/lines', 'enum', 'role', 'index' ...; state
	 * 'live' or 'trash'; version: the one that changed it last; type: its shape; place: its table or column. */
	{ "sys_definition", "app TEXT NOT NULL, owner TEXT NOT NULL, id TEXT NOT NULL, place TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, "
		"state TEXT NOT NULL, version INT8 NOT NULL, PRIMARY KEY (app, owner, id, place)", true },
	/* The integer code of each enum value, never given twice; path joins the texts of a cascade from the top with U+001F.
	 * removed: 0 defined; 1 no longer defined; 2 no longer defined while records hold it. Labels: as last defined. */
	{ "sys_enum_value", "code KEY8, app TEXT NOT NULL, enum TEXT NOT NULL, path TEXT NOT NULL, removed INT8 NOT NULL DEFAULT 0, "
		"label_zh TEXT, label_en TEXT", false },
	/* What an apply still owes (apply.c): step 'undo' while it expands, 'contract' after the swap; sql is one statement. */
	{ "journal", "seq KEY8, app TEXT NOT NULL, version INT8 NOT NULL, step TEXT NOT NULL, sql TEXT NOT NULL", false },
	/* Rows that were written while their values are being converted to another type. */
	{ "sys_dirty", "place TEXT NOT NULL, id INT8 NOT NULL, PRIMARY KEY (place, id)", true },

	/* People. */
	{ "sys_user", "id KEY8, login TEXT NOT NULL, label TEXT NOT NULL, email TEXT, password TEXT, dept INT8, superior INT8, "
		"active INT8 NOT NULL DEFAULT 1, admin INT8 NOT NULL DEFAULT 0, language TEXT NOT NULL DEFAULT 'zh-CN', "
		"created_at INT8 NOT NULL, password_at INT8, rev INT8 NOT NULL DEFAULT 1", false },
	{ "sys_dept", "id KEY8, name TEXT NOT NULL, label_zh TEXT, label_en TEXT, parent INT8, head INT8, active INT8 NOT NULL DEFAULT 1, "
		"position INT8 NOT NULL DEFAULT 0, rev INT8 NOT NULL DEFAULT 1", false },
	{ "sys_user_role", "user_id INT8 NOT NULL, app TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (user_id, app, role)", true },
	/* Departments of a user besides the main one (sys_user.dept). */
	{ "sys_user_dept", "user_id INT8 NOT NULL, dept INT8 NOT NULL, by_user INT8, at INT8 NOT NULL, PRIMARY KEY (user_id, dept)", true },
	/* Who administers one app without being a system administrator. */
	{ "sys_app_admin", "app TEXT NOT NULL, user_id INT8 NOT NULL, by_user INT8, at INT8 NOT NULL, PRIMARY KEY (app, user_id)", true },
	/* Collaborators of records (collaborators.h). who: 'user:<id>' 'dept:<id>' 'role:<name>'; until: last day, in days since 1970. */
	{ "sys_collaborator", "app TEXT NOT NULL, form TEXT NOT NULL, record INT8 NOT NULL, who TEXT NOT NULL, may_edit INT8 NOT NULL, until INT8, "
		"by_user INT8, at INT8 NOT NULL, PRIMARY KEY (app, form, record, who)", true },
	/* Who follows a record (followers.h); follows 0: he said he does not want to, so nothing makes him follow again. */
	{ "sys_follower", "app TEXT NOT NULL, form TEXT NOT NULL, record INT8 NOT NULL, user_id INT8 NOT NULL, follows INT8 NOT NULL, at INT8 NOT NULL, "
		"PRIMARY KEY (app, form, record, user_id)", true },
	/* hash: SHA-256 (hex) of the random token; the token itself is never stored. half: the second step of the login is still to come. */
	{ "sys_session", "hash TEXT PRIMARY KEY, user_id INT8 NOT NULL, csrf TEXT NOT NULL, created_at INT8 NOT NULL, used_at INT8 NOT NULL, "
		"address TEXT NOT NULL, agent TEXT NOT NULL, half INT8", true },
	/* The second step of a login: key is sealed (secret.h), used_step that of the last code used; confirmed_at NULL: set up, not yet proved. */
	{ "sys_totp", "user_id INT8 PRIMARY KEY, key TEXT NOT NULL, begun_at INT8 NOT NULL, confirmed_at INT8, used_step INT8 NOT NULL", false },
	{ "sys_recovery", "user_id INT8 NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (user_id, hash)", true },
	/* rate: requests a minute; 0: no limit; NULL: that of the setting. */
	{ "sys_token", "id KEY8, hash TEXT NOT NULL, user_id INT8 NOT NULL, label TEXT NOT NULL, scope_json TEXT NOT NULL, expires_at INT8, "
		"created_at INT8 NOT NULL, created_by INT8, used_at INT8, rate INT8", false },
	/* One line a failed login; subject: 'account:<login>' or 'address:<ip>'. */
	{ "sys_login_failure", "seq KEY8, subject TEXT NOT NULL, at INT8 NOT NULL", false },
	/* Append only; hash = SHA-256 of prev_hash and this row's fields. */
	{ "audit", "seq INT8 PRIMARY KEY, at INT8 NOT NULL, actor TEXT NOT NULL, door TEXT NOT NULL, act TEXT NOT NULL, app TEXT, form TEXT, "
		"record INT8, detail_json TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL", false },

	/* Work. */
	{ "idempotency", "user_id INT8 NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, status INT8 NOT NULL, body TEXT NOT NULL, "
		"at INT8 NOT NULL, PRIMARY KEY (user_id, key)", false },
	/* What happened to records, in order: the change feed. kind: create update delete restore. */
	{ "event", "seq KEY8, at INT8 NOT NULL, app TEXT NOT NULL, form TEXT NOT NULL, record INT8 NOT NULL, rev INT8 NOT NULL, kind TEXT NOT NULL, "
		"actor INT8, door TEXT NOT NULL", false },
	/* Effects that leave the process; idem_key travels with them. state: due sent failed. */
	{ "outbox", "seq KEY8, at INT8 NOT NULL, due_at INT8 NOT NULL, kind TEXT NOT NULL, idem_key TEXT NOT NULL, payload_json TEXT NOT NULL, "
		"attempts INT8 NOT NULL DEFAULT 0, state TEXT NOT NULL, lease_owner TEXT, lease_until INT8, error TEXT", false },
	/* Long work with progress; resumable. state: due running done failed cancelled. */
	{ "job", "id INT8 PRIMARY KEY, kind TEXT NOT NULL, app TEXT, user_id INT8, state TEXT NOT NULL, due_at INT8 NOT NULL, "
		"created_at INT8 NOT NULL, started_at INT8, ended_at INT8, progress INT8 NOT NULL DEFAULT 0, total INT8, "
		"detail_json TEXT NOT NULL, result_json TEXT, attempts INT8 NOT NULL DEFAULT 0, lease_owner TEXT, lease_until INT8, "
		"idem_key TEXT", false },
	/* Lines of an import's file that are stored and not yet settled (form/import_progress.h): "12c13u". */
	{ "job_part", "job INT8 NOT NULL, line INT8 NOT NULL, lines TEXT NOT NULL, PRIMARY KEY (job, line)", true },
	/* Moves of a field that has transitions; from_code NULL: the first value; seconds: how long it was in the former. */
	{ "sys_stage_log", "seq KEY8, app TEXT NOT NULL, form TEXT NOT NULL, record INT8 NOT NULL, field TEXT NOT NULL, from_code INT8, to_code INT8, "
		"actor INT8, at INT8 NOT NULL, seconds INT8", false },
	{ "comment", "id INT8 PRIMARY KEY, app TEXT NOT NULL, form TEXT NOT NULL, record INT8 NOT NULL, user_id INT8 NOT NULL, at INT8 NOT NULL, "
		"text TEXT NOT NULL, deleted_at INT8", false },
	/* Standing proxies (proxies.h); since, until: days since 1970; begins_at: the first moment; flows NULL: all; told: who stands in knows;
	 * returns_at: when what is still open goes back, until that is done; until < since: it was ended by hand and goes with that. */
	{ "sys_flow_proxy", "id INT8 PRIMARY KEY, from_user INT8 NOT NULL, to_user INT8 NOT NULL, by_user INT8, since INT8 NOT NULL, until INT8, "
		"begins_at INT8 NOT NULL, at INT8 NOT NULL, flows TEXT, told INT8 NOT NULL, returns_at INT8", false },
	/* Views that people keep; user_id 0: shared. */
	{ "sys_view", "id KEY8, app TEXT NOT NULL, form TEXT NOT NULL, user_id INT8 NOT NULL, name TEXT NOT NULL, body_json TEXT NOT NULL, "
		"at INT8 NOT NULL", false },
	/* What people are told (notifications.h); cause: what happens again under it is counted in the same row. */
	{ "notification", "id KEY8, user_id INT8 NOT NULL, kind TEXT NOT NULL, cause TEXT NOT NULL, app TEXT NOT NULL, form TEXT NOT NULL, "
		"record INT8 NOT NULL, many INT8 NOT NULL DEFAULT 1, actor INT8, at INT8 NOT NULL, text TEXT, read_at INT8", false },
	/* Approvals (engines/flow/run_store.h). body: the definition as it was published, by hash; never changed. */
	{ "sys_flow_def", "app TEXT NOT NULL, flow TEXT NOT NULL, version INT8 NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL, at INT8 NOT NULL, "
		"PRIMARY KEY (app, flow, version)", false },
	{ "sys_flow_run", "id INT8 PRIMARY KEY, app TEXT NOT NULL, flow TEXT NOT NULL, version INT8 NOT NULL, form TEXT NOT NULL, record INT8 NOT NULL, "
		"starter INT8 NOT NULL, state TEXT NOT NULL, rev INT8 NOT NULL, marking_json TEXT NOT NULL, started_at INT8 NOT NULL, ended_at INT8, "
		"parent INT8, parent_task INT8, log_seq INT8 NOT NULL, log_hash BLOB NOT NULL", false },
	/* sort_at: of what somebody is asked now, when it is due, or far away; -2: a copy he has not read; else -1. next_at: when a due rule
	 * acts or a wait ends, while the task is open. */
	{ "sys_flow_task", "run INT8 NOT NULL, n INT8 NOT NULL, app TEXT NOT NULL, flow TEXT NOT NULL, step TEXT NOT NULL, round INT8 NOT NULL, kind TEXT NOT NULL, "
		"state TEXT NOT NULL, origin TEXT NOT NULL, actor INT8, for_whom INT8, weight INT8 NOT NULL, place INT8 NOT NULL, parent INT8, verdict TEXT, "
		"opened_at INT8 NOT NULL, closed_at INT8, due_at INT8, sort_at INT8 NOT NULL, next_at INT8, next_rule INT8 NOT NULL, child INT8, "
		"skipped INT8 NOT NULL, PRIMARY KEY (run, n)", true },
	/* Records that were written while flows may wait for one like them: looked at once, then gone. */
	{ "sys_flow_wake", "seq KEY8, app TEXT NOT NULL, form TEXT NOT NULL, record INT8 NOT NULL, at INT8 NOT NULL", false },
	/* Who gets the tasks of somebody who has handed over what he holds. */
	{ "sys_flow_leaver", "user_id INT8 PRIMARY KEY, to_user INT8 NOT NULL", false },
	/* Append only; hash covers the line before it and all of this one. rev, content: of the record decided upon. */
	{ "sys_flow_log", "run INT8 NOT NULL, seq INT8 NOT NULL, at INT8 NOT NULL, who INT8, for_whom INT8, step TEXT NOT NULL, round INT8 NOT NULL, act TEXT NOT NULL, "
		"note TEXT, reason TEXT, task INT8, rev INT8, content TEXT, signature TEXT, hash BLOB NOT NULL, PRIMARY KEY (run, seq)", true },
	/* Attachments: bytes lie in files/ by hash. */
	{ "file", "id INT8 PRIMARY KEY, sha256 TEXT NOT NULL, name TEXT NOT NULL, size INT8 NOT NULL, type TEXT NOT NULL, user_id INT8, at INT8 NOT NULL", false },
};

static const struct system_index indexes[] = {
	{ "sys_app_version__current", "sys_app_version (app) WHERE state = 'published'", true },
	{ "sys_enum_value__path", "sys_enum_value (app, enum, path)", true },
	{ "sys_user__login", "sys_user (login)", true },
	{ "sys_user__folded", "sys_user (lower(login))", true },
	{ "sys_dept__name", "sys_dept (name)", true },
	{ "sys_collaborator__who", "sys_collaborator (app, form, who, record)", false },
	{ "sys_follower__user", "sys_follower (user_id, app, form, record) WHERE follows = 1", false },
	{ "sys_session__user", "sys_session (user_id)", false },
	{ "sys_token__hash", "sys_token (hash)", true },
	{ "sys_token__user", "sys_token (user_id)", false },
	{ "sys_login_failure__subject", "sys_login_failure (subject, at)", false },
	{ "audit__record", "audit (app, form, record)", false },
	{ "idempotency__at", "idempotency (at)", false },
	{ "outbox__due", "outbox (due_at) WHERE state = 'due'", false },
	{ "outbox__key", "outbox (idem_key)", true },
	{ "job__due", "job (due_at) WHERE state = 'due'", false },
	{ "job__user", "job (user_id, created_at)", false },
	{ "job__key", "job (idem_key) WHERE idem_key IS NOT NULL", true },
	{ "sys_stage_log__record", "sys_stage_log (app, form, record, field, seq)", false },
	{ "comment__record", "comment (app, form, record, at)", false },
	{ "sys_flow_proxy__from", "sys_flow_proxy (from_user, since)", false },
	{ "sys_flow_proxy__to", "sys_flow_proxy (to_user)", false },
	{ "sys_flow_proxy__begins", "sys_flow_proxy (begins_at) WHERE told = 0", false },
	{ "sys_flow_proxy__returns", "sys_flow_proxy (returns_at) WHERE returns_at IS NOT NULL", false },
	{ "sys_view__name", "sys_view (app, form, user_id, name)", true },
	{ "notification__cause", "notification (user_id, cause)", true },
	{ "notification__user", "notification (user_id, id)", false },
	{ "notification__record", "notification (app, form, record)", false },
	{ "notification__unread", "notification (user_id) WHERE read_at IS NULL", false },
	{ "notification__at", "notification (at)", false },
	{ "sys_flow_run__record", "sys_flow_run (app, form, record, state)", false },
	{ "sys_flow_run__open", "sys_flow_run (app, flow, version) WHERE state = 'running'", false },
	{ "sys_flow_run__started", "sys_flow_run (starter, started_at)", false },
	/* All an inbox counts and chooses by stands in it: app and flow too. */
	{ "sys_flow_task__asked", "sys_flow_task (actor, sort_at, run, n, app, flow) WHERE sort_at <> -1", false },
	{ "sys_flow_task__cc", "sys_flow_task (actor, opened_at, run, n) WHERE kind = 'cc'", false },
	{ "sys_flow_task__done", "sys_flow_task (actor, closed_at) WHERE state = 'done'", false },
	{ "sys_flow_task__next", "sys_flow_task (next_at) WHERE next_at IS NOT NULL", false },
	{ "sys_flow_task__for", "sys_flow_task (for_whom, run, n) WHERE for_whom IS NOT NULL AND closed_at IS NULL", false },
	{ "sys_flow_task__wait", "sys_flow_task (app, run, n) WHERE state = 'open' AND kind = 'wait'", false },
	{ "file__sha256", "file (sha256)", false },
};

static const char *const first_rows[] = {
	"INSERT INTO meta (key, value) VALUES ('schema', 13), ('epoch', 1), ('last_id', 0), ('probe', 0)",
};
/* Run once on a store of an earlier program, when the tables are there and before the indexes. */
static const char *const renewed[] = {
	"DROP INDEX IF EXISTS sys_flow_run__starter", /* 6: what one started, by time */
	"DROP INDEX IF EXISTS sys_flow_task__todo",   /* 6: sort_at says who is asked */
	"UPDATE sys_flow_task SET sort_at = CASE WHEN state <> 'open' OR actor IS NULL THEN -1 WHEN kind = 'cc' THEN -2 ELSE sort_at END",
	/* 8: what is open goes back when a proxy ends. */
	"UPDATE sys_flow_proxy SET returns_at = begins_at + (until - since + 1) * 86400000000 WHERE until >= since AND returns_at IS NULL",
};
// clang-format on

static const char *const type_names[][2] = {
	{ "INT8", "INTEGER" },
	{ "KEY8", "INTEGER PRIMARY KEY" },
	{ "BLOB", "BLOB" },
};
static const char *const type_names_postgres[][2] = {
	{ "INT8", "BIGINT" },
	{ "KEY8", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" },
	{ "BLOB", "BYTEA" },
};

/* Replaces the type words; the table above holds them as words of their own. */
static void columns_add(struct sb *out, const char *columns, enum dialect dialect) {
	const char *const(*names)[2] = dialect == DIALECT_SQLITE ? type_names : type_names_postgres;
	for (const char *at = columns; *at;) {
		size_t which = 0;
		while (which < ARRAY_LEN(type_names) && strncmp(at, names[which][0], 4) != 0)
			which++;
		if (which < ARRAY_LEN(type_names)) {
			sb_cat(out, names[which][1]);
			at += 4;
		} else {
			sb_char(out, *at++);
		}
	}
}

static void table_add(struct sb *out, const struct system_table *t, enum dialect dialect) {
	sb_printf(out, "CREATE TABLE %s (", t->name);
	columns_add(out, t->columns, dialect);
	sb_char(out, ')');
	if (dialect == DIALECT_SQLITE)
		sb_cat(out, t->by_key ? " STRICT, WITHOUT ROWID" : " STRICT");
	sb_cat(out, ";\n");
}

/* What the named queries say in SQLite's words. */
static const char postgres_words[] =
	"CREATE DOMAIN blob AS bytea;\n"
	"CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT "
	"upper(encode($1, ''hex''))';\n";

void schema_system_ddl(struct sb *out, enum dialect dialect) {
	if (dialect == DIALECT_POSTGRES) sb_cat(out, postgres_words);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) table_add(out, &tables[i], dialect);
	for (size_t i = 0; i < ARRAY_LEN(indexes); i++)
		sb_printf(out, "CREATE %sINDEX %s ON %s;\n", indexes[i].unique ? "UNIQUE " : "",
			  indexes[i].name, indexes[i].on);
	for (size_t i = 0; i < ARRAY_LEN(first_rows); i++) sb_printf(out, "%s;\n", first_rows[i]);
}

struct problem *schema_system_create(struct tx *tx) {
	struct sb ddl = sb_on(tx_arena(tx), SCHEMA_CEILING);
	schema_system_ddl(&ddl, DIALECT_SQLITE);
	return tx_script(tx, sb_cstr(&ddl));
}

/* ---- a store made by an earlier program ---- */

/* Takes the next "name TYPE ..." off a list of columns; commas inside parentheses belong to it. */
static struct str next_column(const char **at) {
	const char *from = *at + strspn(*at, " "), *p = from;
	for (int depth = 0; *p && (depth || *p != ','); p++) depth += (*p == '(') - (*p == ')');
	*at = *p ? p + 1 : p;
	return (struct str){ from, (size_t)(p - from) };
}

static struct problem *add_columns(struct tx *tx, const struct system_table *t, struct sb *out) {
	for (const char *at = t->columns; *at;) {
		struct str column = next_column(&at);
		struct str name = { column.p, strcspn(column.p, " ") };
		int64_t have;
		if (str_is(name, "PRIMARY") || str_is(name, "UNIQUE")) continue;
		TRY(tx_int(tx, "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2",
			   PARAMS(value_text(str_of(t->name)), value_text(name)), &have, NULL));
		if (have) continue;
		sb_printf(out, "ALTER TABLE %s ADD COLUMN ", t->name);
		columns_add(out, str_dup(tx_arena(tx), column), DIALECT_SQLITE);
		sb_cat(out, ";\n");
	}
	return NULL;
}

/* 7: a hash that was held as text is held as bytes; the type of a column cannot be altered. What
 * the text was stays: its characters are the bytes. */
static struct problem *hold_as_bytes(struct tx *tx, const struct system_table *t, struct sb *out) {
	struct sb names = sb_on(tx_arena(tx), 4096), cells = sb_on(tx_arena(tx), 4096);
	bool text = false;
	for (const char *at = t->columns; *at;) {
		struct str column = next_column(&at);
		struct str name = { column.p, strcspn(column.p, " ") };
		bool bytes = column.n > name.n && strncmp(column.p + name.n, " BLOB", 5) == 0;
		int64_t is_text = 0;
		if (str_is(name, "PRIMARY") || str_is(name, "UNIQUE")) continue;
		if (bytes)
			TRY(tx_int(tx,
				   "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2 AND "
				   "type = 'TEXT'",
				   PARAMS(value_text(str_of(t->name)), value_text(name)), &is_text,
				   NULL));
		text |= is_text;
		const char *comma = sb_str(&names).n ? ", " : "";
		sb_printf(&names, "%s%.*s", comma, (int)name.n, name.p);
		sb_printf(&cells, bytes ? "%sCAST(%.*s AS BLOB)" : "%s%.*s", comma, (int)name.n,
			  name.p);
	}
	if (!text) return NULL;
	sb_printf(out, "ALTER TABLE %s RENAME TO %s_before;\n", t->name, t->name);
	table_add(out, t, DIALECT_SQLITE);
	sb_printf(out, "INSERT INTO %s (%s) SELECT %s FROM %s_before;\nDROP TABLE %s_before;\n",
		  t->name, sb_cstr(&names), sb_cstr(&cells), t->name, t->name);
	return NULL;
}

/* 10: histories tell what a line came of. A table that only ends so has no "changes". */
static struct problem *tell_causes(struct tx *tx, struct sb *out) {
	struct rows *rows;
	TRY(tx_query(tx,
		     "SELECT t.name FROM sqlite_schema t WHERE t.type = 'table' AND "
		     "substr(t.name, -9) = '__history' AND 'changes' IN (SELECT name FROM "
		     "pragma_table_info(t.name)) AND 'cause' NOT IN (SELECT name FROM "
		     "pragma_table_info(t.name))",
		     NO_PARAMS, &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		struct str name = rows_text(rows, 0);
		sb_printf(out, "ALTER TABLE \"%.*s\" ADD COLUMN \"cause\" TEXT;\n", (int)name.n,
			  name.p);
	}
}

/* 13: and are found again by it. */
static struct problem *find_causes(struct tx *tx, struct sb *out) {
	struct rows *rows;
	TRY(tx_query(tx,
		     "SELECT t.name FROM sqlite_schema t WHERE t.type = 'table' AND "
		     "substr(t.name, -9) = '__history' AND 'changes' IN (SELECT name FROM "
		     "pragma_table_info(t.name)) AND NOT EXISTS (SELECT 1 FROM "
		     "pragma_index_list(t.name) AS i WHERE i.partial AND 'cause' IN (SELECT name FROM "
		     "pragma_index_info(i.name)))",
		     NO_PARAMS, &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		const char *name = str_dup(tx_arena(tx), rows_text(rows, 0));
		sb_printf(out, "%s;\n", schema_cause_index(tx_arena(tx), name));
	}
}

struct problem *schema_system_upgrade(struct tx *tx) {
	struct sb ddl = sb_on(tx_arena(tx), SCHEMA_CEILING);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		int64_t have;
		TRY(tx_int(tx,
			   "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1",
			   PARAMS(value_text(str_of(tables[i].name))), &have, NULL));
		if (have)
			TRY(add_columns(tx, &tables[i], &ddl));
		else
			table_add(&ddl, &tables[i], DIALECT_SQLITE);
	}
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) TRY(hold_as_bytes(tx, &tables[i], &ddl));
	TRY(tell_causes(tx, &ddl));
	TRY(find_causes(tx, &ddl));
	for (size_t i = 0; i < ARRAY_LEN(renewed); i++) sb_printf(&ddl, "%s;\n", renewed[i]);
	for (size_t i = 0; i < ARRAY_LEN(indexes); i++)
		sb_printf(&ddl, "CREATE %sINDEX IF NOT EXISTS %s ON %s;\n",
			  indexes[i].unique ? "UNIQUE " : "", indexes[i].name, indexes[i].on);
	sb_printf(&ddl, "UPDATE meta SET value = %d WHERE key = 'schema';\n",
		  SCHEMA_SYSTEM_VERSION);
	return tx_script(tx, sb_cstr(&ddl));
}
