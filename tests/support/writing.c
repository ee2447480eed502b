#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { TEXT_MAX = 64 * 1024 * 1024 };

void writing_open(struct sample *s, struct arena *a) {
	sample_open(s, a, "tests/fixtures/apps/sales", false);
	sample_people(s, "INSERT INTO sys_dept (id, name) VALUES (1, 'east'), (2, 'west');"
			 "INSERT INTO sys_user (id, login, label, dept, admin, created_at) VALUES "
			 "(1, 'root', 'Root', NULL, 1, 0), (2, 'boss', 'Boss', 1, 0, 0), (3, "
			 "'ann', 'Ann', 1, 0, 0), "
			 "(4, 'bob', 'Bob', 1, 0, 0), (5, 'cal', 'Cal', 2, 0, 0);"
			 "INSERT INTO sys_user_role (user_id, app, role) VALUES (2, 'sales', "
			 "'boss'), (3, 'sales', "
			 "'seller'), (4, 'sales', 'seller'), (5, 'sales', 'seller');");
}

const char *problem_told(struct arena *a, const struct problem *p) {
	struct sb out = sb_on(a, TEXT_MAX);
	if (!p) return "";
	sb_printf(&out, "%d %s", problem_kinds[p->kind].status, p->code);
	if (p->pointer && *p->pointer) sb_printf(&out, " %s", p->pointer);
	for (const struct fault *f = p->faults; f; f = f->next)
		sb_printf(&out, "; %s %s", f->pointer, f->code);
	return sb_cstr(&out);
}

static const char *record_told(struct arena *a, const struct request *rq, const struct record *r) {
	struct sb out = sb_on(a, TEXT_MAX);
	struct jw w = jw_on(&out);
	struct codec codec = request_codec(rq);
	if (r)
		record_json(&w, &codec, r, NULL, 0);
	else
		jw_null(&w);
	return sb_cstr(&out);
}

struct wrote writing_do(struct sample *s, const char *login, struct write w, const char *body) {
	struct request *rq = sample_request(s, login);
	struct wrote out = { .problem = "", .record = "null" };
	if (body) assert_ok(json_parse(rq->arena, str_of(body), &json_limits_request, &w.body));
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &w);
	out.ok = !p;
	out.id = w.id;
	if (p)
		out.problem = problem_told(s->arena, p);
	else
		out.record = record_told(s->arena, rq, w.after);
	sample_end(rq);
	return out;
}

struct wrote create(struct sample *s, const char *login, const char *form, const char *body) {
	return writing_do(
		s, login,
		(struct write){ .op = WRITE_CREATE, .form = sample_form(s, form), .if_match = -1 },
		body);
}

struct wrote update(struct sample *s, const char *login, const char *form, int64_t id,
		    int64_t if_match, const char *body) {
	return writing_do(s, login,
			  (struct write){ .op = WRITE_UPDATE,
					  .form = sample_form(s, form),
					  .id = id,
					  .if_match = if_match },
			  body);
}

static struct wrote bare(struct sample *s, const char *login, enum write_op op, const char *form,
			 int64_t id) {
	return writing_do(
		s, login,
		(struct write){ .op = op, .form = sample_form(s, form), .id = id, .if_match = -1 },
		NULL);
}

struct wrote delete (struct sample *s, const char *login, const char *form, int64_t id) {
	return bare(s, login, WRITE_DELETE, form, id);
}

struct wrote restore(struct sample *s, const char *login, const char *form, int64_t id) {
	return bare(s, login, WRITE_RESTORE, form, id);
}

const char *part(struct sample *s, const struct wrote *w, const char *pointer) {
	const struct json *root;
	assert_ok(json_parse(s->arena, str_of(w->record), &json_limits_request, &root));
	const struct json *at = json_at(root, pointer);
	if (!at) return "";
	if (at->kind == JSON_STRING) return str_dup(s->arena, at->text);
	return str_dup(s->arena, (struct str){ w->record + at->offset, at->length });
}

const char *stored(struct sample *s, const char *form, int64_t id) {
	struct request *rq = sample_request(s, NULL);
	struct record *r;
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	assert_ok(tx_end(tx, read_whole(rq, tx, sample_form(s, form), id, &r)));
	const char *out = r ? record_told(s->arena, rq, r) : "";
	sample_end(rq);
	return out;
}

/* ---- the whole state ---- */

static void dump_table(struct sb *out, sqlite3 *db, const char *table) {
	sqlite3_stmt *st;
	const char *sql = arena_printf(out->arena, "SELECT * FROM \"%s\" ORDER BY 1, 2", table);
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) return;
	sb_printf(out, "== %s\n", table);
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			const char *text = (const char *)sqlite3_column_text(st, i);
			sb_printf(out, "%s|", text ? text : "null");
		}
		sb_char(out, '\n');
	}
	sqlite3_finalize(st);
}

const char *whole_state(struct sample *s) {
	struct sb out = sb_on(s->arena, TEXT_MAX);
	const char *path = arena_printf(s->arena, "%s/tenon.db", store_folder(s->store));
	sqlite3 *db;
	sqlite3_stmt *st;
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(
			db,
			"SELECT name FROM sqlite_schema WHERE type = 'table' AND name "
			"NOT LIKE 'sqlite_%' AND name <> 'meta' AND sql NOT LIKE '%VIRTUAL%' "
			"ORDER BY name",
			-1, &st, NULL),
		SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		dump_table(&out, db, (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
	return sb_cstr(&out);
}
