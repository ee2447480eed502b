#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/store/rollup.h"
#include "tests/support/stock.h"
#include "tests/support/temp_store.h"

void stock_open(struct sample *s, struct arena *a) {
	sample_open(s, a, "tests/fixtures/apps/stock", false);
	sample_people(s, "INSERT INTO sys_user (id, login, label, dept, admin, created_at) VALUES "
			 "(1, 'root', 'Root', NULL, 1, 0), (3, 'ann', 'Ann', NULL, 0, 0);"
			 "INSERT INTO sys_user_role (user_id, app, role) VALUES (3, 'stock', "
			 "'clerk');");
}

static const char *body_of(struct sample *s, const char *format, va_list args) PRINTF_LIKE(2, 0);
static const char *body_of(struct sample *s, const char *format, va_list args) {
	char *text = arena_vprintf(s->arena, format, args);
	for (char *at = text; *at; at++)
		if (*at == '\'') *at = '"';
	return text;
}

static struct write on(struct sample *s, enum write_op op, const char *form, int64_t id) {
	return (struct write){ .op = op, .form = sample_form(s, form), .id = id, .if_match = -1 };
}

int64_t stock_make(struct sample *s, const char *form, const char *body, ...) {
	va_list args;
	va_start(args, body);
	struct wrote w =
		writing_do(s, "root", on(s, WRITE_CREATE, form, 0), body_of(s, body, args));
	va_end(args);
	assert_string_equal(w.problem, "");
	return w.id;
}

void stock_change(struct sample *s, const char *form, int64_t id, const char *body, ...) {
	va_list args;
	va_start(args, body);
	struct wrote w =
		writing_do(s, "root", on(s, WRITE_UPDATE, form, id), body_of(s, body, args));
	va_end(args);
	assert_string_equal(w.problem, "");
}

const char *stock_try(struct sample *s, const char *login, const char *form, const char *body,
		      ...) {
	va_list args;
	va_start(args, body);
	struct wrote w = writing_do(s, login, on(s, WRITE_CREATE, form, 0), body_of(s, body, args));
	va_end(args);
	return w.problem;
}

const char *stock_try_change(struct sample *s, const char *login, const char *form, int64_t id,
			     const char *body, ...) {
	va_list args;
	va_start(args, body);
	struct wrote w =
		writing_do(s, login, on(s, WRITE_UPDATE, form, id), body_of(s, body, args));
	va_end(args);
	return w.problem;
}

static struct problem *one_statement(struct tx *tx, void *sql) {
	return tx_exec(tx, sql, NO_PARAMS, NULL);
}

void stock_sql(struct sample *s, const char *sql) {
	struct arena *a = arena_new(0);
	assert_ok(store_write(s->store, LANE_INTERACTIVE, a, one_statement, arena_strdup(a, sql)));
	arena_free(a);
}

void stock_expect(struct sample *s, const char *form, int64_t id, const char *const *values) {
	struct wrote now = { .record = stored(s, form, id) };
	for (; *values; values += 2)
		assert_string_equal(part(s, &now, arena_printf(s->arena, "/%s", values[0])),
				    values[1]);
}

int64_t stock_agree(struct sample *s) {
	struct request *rq = sample_request(s, NULL);
	struct rollup_audit audit;
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	tx_patient(tx);
	assert_ok(tx_end(tx, rollup_verify(rq, tx, &audit)));
	if (audit.wrong)
		fail_msg("%lld of %lld rollups differ, first %s.%s of %lld", (long long)audit.wrong,
			 (long long)audit.checked, audit.first->form->name, audit.first->name,
			 (long long)audit.first_id);
	sample_end(rq);
	return audit.checked;
}
