#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/people.h"
#include "tests/support/writing.h"

const char people_file[] =
	"{'users': [{'user': 'zhang', 'label': '张三', 'password': 'zhang-password', 'dept': "
	"'east', 'superior': 'li',"
	" 'roles': {'crm': ['sales']}},"
	" {'user': 'li', 'label': '李四', 'password': 'li-password', 'dept': 'sales', 'superior': "
	"'wang',"
	" 'roles': {'crm': ['sales', 'manager']}},"
	" {'user': 'wang', 'label': '王五', 'dept': 'hq'}],"
	" 'departments': [{'dept': 'east', 'label': '华东', 'parent': 'sales', 'head': 'li'},"
	" {'dept': 'sales', 'label': {'zh-CN': '销售部', 'en': 'Sales'}, 'parent': 'hq', 'head': "
	"'li'},"
	" {'dept': 'hq', 'label': '总部', 'head': 'wang'}]}";

int people_setup(void **state) {
	struct arena *a = arena_new(0);
	struct people *f = arena_alloc(a, sizeof *f);
	struct first_admin admin;
	struct user *u = arena_alloc(a, sizeof *u);
	f->arena = a;
	f->store = temp_store(a, temp_folder(a));
	assert_ok(first_admin(f->store, a, "first-password", &admin));
	assert_true(admin.made && admin.given);
	*u = (struct user){ .id = 1, .login = "admin", .active = true, .admin = true };
	f->operator=(struct request){ .arena = a, .door = DOOR_CLI };
	f->admin = (struct request){ .arena = a, .door = DOOR_API, .actor = u };
	*state = f;
	return 0;
}

int people_teardown(void **state) {
	struct people *f = *state;
	store_close(f->store);
	arena_free(f->arena);
	return 0;
}

void people_restart(struct people *f) {
	const char *folder = arena_strdup(f->arena, store_folder(f->store));
	store_close(f->store);
	f->store = temp_store(f->arena, folder);
}

const struct json *people_json(struct people *f, const char *json) {
	const struct json *out;
	char *text = arena_strdup(f->arena, json);
	for (char *p = text; *p; p++)
		if (*p == '\'') *p = '"';
	assert_ok(json_parse(f->arena, str_of(text), &json_limits_request, &out));
	return out;
}

static const char *warnings_told(struct arena *a, const struct faults *faults) {
	struct sb out = sb_on(a, 1 << 16);
	for (const struct fault *w = faults->first; w; w = w->next)
		sb_printf(&out, "%s %s; ", w->pointer, w->code);
	return sb_cstr(&out);
}

const char *people_do(struct people *f, const struct request *rq, enum people_what what,
		      enum people_mode mode, const char *name, const char *json) {
	struct people_change c = { .rq = rq,
				   .what = what,
				   .mode = mode,
				   .name = str_of(name),
				   .body = people_json(f, json) };
	struct problem *p = people_change(f->store, &c);
	f->warnings = warnings_told(f->arena, &c.warnings);
	return p ? problem_told(f->arena, p) : "";
}

const char *people_import(struct people *f, const char *json) {
	return people_do(f, &f->operator, PEOPLE_IMPORT, PEOPLE_UPSERT, NULL, json);
}

static void rows_told(struct people *f, struct tx *tx, const char *sql, struct sb *out) {
	struct rows *r;
	bool have;
	assert_ok(tx_query(tx, sql, NO_PARAMS, &r));
	for (;;) {
		assert_ok(rows_next(r, &have));
		if (!have) break;
		sb_add(out, rows_text(r, 0));
		sb_char(out, '\n');
	}
	(void)f;
}

const char *people_state(struct people *f) {
	static const char *const parts[] = {
		"SELECT json_array(id, login, label, email, password, dept, superior, active, "
		"admin, language, password_at, rev) FROM sys_user ORDER BY id",
		"SELECT json_array(id, name, label_zh, label_en, parent, head, active, rev) FROM "
		"sys_dept ORDER BY id",
		"SELECT json_array(user_id, app, role) FROM sys_user_role ORDER BY 1",
		"SELECT json_array(hash, user_id, csrf, created_at) FROM sys_session ORDER BY 1",
		"SELECT json_array(id, hash, user_id, label, scope_json, expires_at) FROM "
		"sys_token ORDER BY id",
		"SELECT json_array(key, value_json) FROM setting ORDER BY key",
		"SELECT json_array(seq, hash) FROM audit ORDER BY seq",
		"SELECT json_array(value) FROM meta WHERE key = 'epoch'",
	};
	struct sb out = sb_on(f->arena, 1 << 20);
	struct tx *tx;
	assert_ok(tx_read(f->store, f->arena, &tx));
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) rows_told(f, tx, parts[i], &out);
	assert_ok(tx_end(tx, NULL));
	return sb_cstr(&out);
}

int64_t people_number(struct people *f, const char *sql) { return temp_store_int(f->store, sql); }

char *people_cell(struct people *f, const char *sql) {
	struct tx *tx;
	char *out;
	assert_ok(tx_read(f->store, f->arena, &tx));
	assert_ok(tx_end(tx, tx_text(tx, sql, NO_PARAMS, &out)));
	return out;
}

static struct problem *sql_commit(struct tx *tx, void *sql) {
	tx_allow(tx, TX_ALLOW_PEOPLE | TX_ALLOW_SCHEMA);
	return tx_script(tx, sql);
}

void people_sql(struct people *f, const char *sql) {
	assert_ok(store_write(f->store, LANE_INTERACTIVE, f->arena, sql_commit,
			      arena_strdup(f->arena, sql)));
}
