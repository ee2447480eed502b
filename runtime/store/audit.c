/* audit.c -- the chain of audit rows: appending and checking it. */
#include <stdio.h>
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/model/sha256.h"
#include "runtime/store/audit.h"
#include "runtime/store/queries.h"

enum { COLUMNS = 11, HASH_COLUMN = 10, PREV_COLUMN = 9, ROW_CEILING = 1024 * 1024 };

static void cell_add(struct sb *out, const struct value *v) {
	char digits[24];
	struct str s = v->kind == VALUE_TEXT ? v->as.s : (struct str){ digits, 0 };
	if (v->kind == VALUE_NULL) {
		sb_cat(out, "-:");
		return;
	}
	if (v->kind == VALUE_INT) s.n = (size_t)sprintf(digits, "%lld", (long long)v->as.i);
	sb_printf(out, "%zu:", s.n);
	sb_add(out, s);
}

/* cells: the columns of the table but the last. */
static struct problem *row_hash(struct arena *a, const struct value *cells, char out[65]) {
	struct arena_mark mark = arena_mark(a);
	struct sb text = sb_on(a, ROW_CEILING);
	cell_add(&text, &cells[PREV_COLUMN]);
	for (size_t i = 0; i < PREV_COLUMN; i++) cell_add(&text, &cells[i]);
	bool fits = !text.overflow;
	if (fits) sha256_hex(sb_str(&text), out);
	arena_reset(a, mark);
	return fits ? NULL : PROBLEM(a, TOO_LARGE, "too_large", "max", "1 MiB");
}

static struct problem *head_read(struct tx *tx, int64_t *seq, char hash[65]) {
	struct rows *r;
	bool have;
	TRY(tx_query(tx, sql_audit_last, NO_PARAMS, &r));
	TRY(rows_next(r, &have));
	*seq = have ? rows_int(r, 0) : 0;
	struct str text = have ? rows_text(r, 1) : (struct str){ 0 };
	memset(hash, 0, 65);
	if (text.n <= 64 && text.n) memcpy(hash, text.p, text.n);
	rows_close(r);
	return NULL;
}

struct problem *audit_append(struct tx *tx, const struct audit_entry *e) {
	int64_t seq;
	char prev[65], hash[65];
	TRY(head_read(tx, &seq, prev));
	struct value cells[COLUMNS] = {
		value_int(seq + 1),
		value_int(clock_real()),
		value_text(str_of(e->actor)),
		value_text(str_of(e->door)),
		value_text(str_of(e->act)),
		value_text(str_of(e->app)),
		value_text(str_of(e->form)),
		e->record ? value_int(e->record) : VALUE_NONE,
		value_text(str_of(e->detail_json ? e->detail_json : "{}")),
		{ .kind = VALUE_TEXT, .as.s = str_of(prev) },
	};
	TRY(row_hash(tx_arena(tx), cells, hash));
	cells[HASH_COLUMN] = value_text(str_of(hash));
	return tx_exec(tx, sql_audit_add, cells, COLUMNS, NULL);
}

struct problem *audit_note(struct tx *tx, const struct request *rq, const char *act,
			   const char *detail_json) {
	struct audit_entry e = { .actor = rq->actor ? rq->actor->login : "system",
				 .door = door_name(rq->door),
				 .act = act,
				 .detail_json = detail_json };
	return audit_append(tx, &e);
}

/* ---- reading ---- */

static void text_json(struct jw *w, const char *key, const struct rows *r, int column) {
	jw_key(w, key);
	if (rows_cell(r, column).kind == VALUE_NULL)
		jw_null(w);
	else
		jw_str(w, rows_text(r, column));
}

static void entry_json(void *arg, const struct rows *r) {
	struct jw *w = arg;
	static const char *const texts[] = { "actor", "door", "act", "app", "form" };
	char at[40];
	jw_object(w);
	jw_set_int(w, "seq", rows_int(r, 0));
	jw_set_str(w, "at", (struct str){ at, datetime_text(rows_int(r, 1), at) });
	for (int i = 0; i < 5; i++) text_json(w, texts[i], r, i + 2);
	jw_key(w, "record");
	if (rows_cell(r, 7).kind == VALUE_NULL)
		jw_null(w);
	else
		jw_int(w, rows_int(r, 7));
	jw_key(w, "detail");
	jw_raw(w, rows_text(r, 8));
	jw_end(w);
}

static struct value or_null(int64_t n, int64_t any) { return n == any ? VALUE_NONE : value_int(n); }

struct problem *audit_page(struct tx *tx, const struct audit_query *q,
			   void (*row)(void *arg, const struct rows *r), void *arg, int64_t *next) {
	struct rows *r;
	int64_t seq = 0, n = 0;
	*next = 0;
	TRY(tx_query(tx, sql_audit_page,
		     PARAMS(value_int(q->before ? q->before : INT64_MAX), value_text(q->actor),
			    value_text(q->act), value_text(q->app), value_text(q->form),
			    or_null(q->record, -1), or_null(q->since_us, 0),
			    or_null(q->until_us, 0), value_int(q->limit + 1)),
		     &r));
	for (bool have;; n++) {
		TRY(rows_next(r, &have));
		if (!have || n == q->limit) {
			*next = have ? seq : 0;
			break;
		}
		seq = rows_int(r, AUDIT_SEQ);
		row(arg, r);
	}
	rows_close(r);
	return NULL;
}

struct problem *audit_json(struct tx *tx, const struct audit_query *q, struct jw *w,
			   int64_t *next) {
	jw_array(w);
	TRY(audit_page(tx, q, entry_json, w, next));
	jw_end(w);
	return NULL;
}

/* ---- checking ---- */

static struct problem *row_check(struct tx *tx, const struct rows *r, struct audit_report *out) {
	struct value cells[COLUMNS];
	char hash[65];
	for (int i = 0; i < COLUMNS; i++) cells[i] = rows_cell(r, i);
	TRY(row_hash(tx_arena(tx), cells, hash));
	if (cells[0].as.i != out->head_seq + 1)
		out->reason = "gap";
	else if (!str_is(cells[PREV_COLUMN].as.s, out->head_hash))
		out->reason = "link";
	else if (!str_is(cells[HASH_COLUMN].as.s, hash))
		out->reason = "hash";
	if (out->reason) out->bad_seq = out->head_seq + 1;
	out->rows++;
	out->head_seq = cells[0].as.i;
	memcpy(out->head_hash, hash, sizeof hash);
	return NULL;
}

struct problem *audit_verify(struct tx *tx, struct audit_report *out) {
	*out = (struct audit_report){ 0 };
	struct rows *r;
	TRY(tx_query(tx, sql_audit_walk, PARAMS(value_int(0)), &r));
	for (bool have = true; !out->reason;) {
		TRY(rows_next(r, &have));
		if (!have) break;
		TRY(row_check(tx, r, out));
	}
	rows_close(r);
	return NULL;
}
