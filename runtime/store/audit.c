/* audit.c -- the chain of audit rows: appending and checking it. */
#include <stdio.h>
#include "runtime/base/clock.h"
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
