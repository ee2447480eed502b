/* routes_audit.c -- the audit trail over HTTP: read page by page, checked, and taken along as CSV.
 * The CSV is made in pieces of PIECE entries, each from a snapshot of its own, going on below the
 * last one's number: the trail only grows at its head, so nothing is told twice or left out. That
 * it was taken is an entry of the trail, written before the first byte leaves. */
#include <stdio.h>
#include "engines/form/csv.h"
#include "runtime/base/day.h"
#include "engines/flow/run_store.h"
#include "runtime/host/router.h"
#include "runtime/store/audit.h"

enum { PAGE_USUAL = 50, PAGE_MAX = 1000, PIECE = 1000, DETAIL_MAX = 1 << 16 };

/* ---- what is asked ---- */

static struct problem *read_time(struct call *c, const char *name, int64_t *out) {
	struct str text = exchange_query(c->x, name);
	int64_t day;
	bool offset;
	*out = 0;
	if (!text.n || datetime_parse(text, out, &offset)) return NULL;
	if (day_parse(text, &day)) {
		*out = day * DAY_US;
		return NULL;
	}
	return PROBLEM(c->x->arena, MALFORMED, "parameter_time", "name", name);
}

static struct problem *read_number(struct call *c, const char *name, int64_t usual, int64_t *out) {
	*out = usual;
	if (!exchange_has_query(c->x, name)) return NULL;
	if (str_to_int(exchange_query(c->x, name), out) && *out >= 0) return NULL;
	return PROBLEM(c->x->arena, MALFORMED, "parameter_number", "name", name);
}

static struct problem *read_query(struct call *c, struct audit_query *q) {
	const struct exchange *x = c->x;
	*q = (struct audit_query){ .actor = exchange_query(x, "actor"),
				   .act = exchange_query(x, "act"),
				   .app = exchange_query(x, "app"),
				   .form = exchange_query(x, "form") };
	TRY(read_number(c, "record", -1, &q->record));
	TRY(read_time(c, "since", &q->since_us));
	return read_time(c, "until", &q->until_us);
}

/* ---- a page ---- */

static struct problem *list_audit(struct call *c) {
	struct audit_query q;
	int64_t next;
	TRY(read_query(c, &q));
	TRY(call_limit(c, PAGE_USUAL, PAGE_MAX, &q.limit));
	TRY(read_number(c, "cursor", 0, &q.before));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "audit");
	TRY(audit_json(c->tx, &q, &w, &next));
	jw_key(&w, "next");
	if (next)
		jw_text(&w, arena_printf(c->x->arena, "%lld", (long long)next));
	else
		jw_null(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- the chain ---- */

/* The audit trail and the logs of all approvals. */
struct verified {
	struct audit_report trail;
	int64_t runs, bad_run, bad_seq;
};

static struct problem *verify_in(struct tx *tx, struct verified *out) {
	tx_patient(tx);
	TRY(audit_verify(tx, &out->trail));
	return run_log_verify(tx, &out->runs, &out->bad_run, &out->bad_seq);
}

static void broken_run_json(struct jw *w, const struct verified *v) {
	jw_set_int(w, "runs", v->runs);
	jw_key(w, "broken_run");
	if (!v->bad_run) {
		jw_null(w);
		return;
	}
	jw_object(w);
	jw_set_int(w, "run", v->bad_run);
	jw_set_int(w, "seq", v->bad_seq);
	jw_end(w);
}

static void broken_json(struct jw *w, const struct audit_report *report) {
	jw_key(w, "broken");
	if (!report->reason) {
		jw_null(w);
		return;
	}
	jw_object(w);
	jw_set_int(w, "seq", report->bad_seq);
	jw_set_text(w, "reason", report->reason);
	jw_end(w);
}

static struct problem *verify_audit(struct call *c) {
	struct verified found = { 0 };
	struct tx *tx;
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, verify_in(tx, &found)));
	const struct audit_report report = found.trail;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "rows", report.rows);
	jw_set_int(&w, "head_seq", report.head_seq);
	jw_set_text(&w, "head_hash", report.head_hash);
	broken_json(&w, &report);
	broken_run_json(&w, &found);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- as CSV ---- */

static const struct {
	const char *heading;
	enum audit_column column;
} columns[] = {
	{ "audit_csv_seq", AUDIT_SEQ },       { "audit_csv_at", AUDIT_AT },
	{ "audit_csv_actor", AUDIT_ACTOR },   { "audit_csv_act", AUDIT_ACT },
	{ "audit_csv_app", AUDIT_APP },       { "audit_csv_form", AUDIT_FORM },
	{ "audit_csv_record", AUDIT_RECORD }, { "audit_csv_door", AUDIT_DOOR },
	{ "audit_csv_detail", AUDIT_DETAIL },
};

struct taking {
	struct call *call;
	struct audit_query q;
	bool begun;
};

static struct str cell(const struct rows *r, enum audit_column column, char room[40]) {
	struct value v = rows_cell(r, (int)column);
	if (v.kind == VALUE_TEXT) return v.as.s;
	if (v.kind != VALUE_INT) return (struct str){ room, 0 };
	if (column == AUDIT_AT) return (struct str){ room, datetime_text(v.as.i, room) };
	return (struct str){ room, (size_t)snprintf(room, 40, "%lld", (long long)v.as.i) };
}

static void entry_csv(void *arg, const struct rows *r) {
	struct sb *out = arg;
	char room[40];
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_field(out, cell(r, columns[i].column, room), i == 0, true);
	sb_cat(out, "\r\n");
}

static void headings(const struct call *c, struct sb *out) {
	sb_cat(out, "\xEF\xBB\xBF"); /* so that Excel reads UTF-8 */
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_field(out,
			  str_of(catalogue_text(c->x->arena, c->rq.language, columns[i].heading,
						NULL, 0)),
			  i == 0, true);
	sb_cat(out, "\r\n");
}

static struct problem *piece(struct exchange *x, bool *more) {
	struct taking *t = ((struct call *)x->context)->state;
	struct tx *tx;
	if (!t->begun) headings(t->call, &x->answer);
	t->begun = true;
	struct arena *a = arena_new(0);
	struct problem *p = tx_read(t->call->server->store, a, &tx);
	if (!p) p = tx_end(tx, audit_page(tx, &t->q, entry_csv, &x->answer, &t->q.before));
	if (p) p = problem_copy(x->arena, p);
	arena_free(a);
	*more = !p && t->q.before != 0;
	return p;
}

/* Which entries were taken: the filter, word for word. */
static struct problem *note_taking(struct tx *tx, void *arg) {
	struct call *c = arg;
	static const char *const names[] = { "actor",  "act",   "app",  "form",
					     "record", "since", "until" };
	struct sb detail = sb_on(tx_arena(tx), DETAIL_MAX);
	struct jw w = jw_on(&detail);
	jw_object(&w);
	jw_set_text(&w, "of", "audit");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!exchange_has_query(c->x, names[i])) continue;
		jw_set_str(&w, names[i], exchange_query(c->x, names[i]));
	}
	jw_end(&w);
	return audit_note(tx, &c->rq, "export", sb_cstr(&detail));
}

static struct problem *export_audit(struct call *c) {
	struct taking *t = arena_alloc(c->x->arena, sizeof *t);
	*t = (struct taking){ .call = c };
	TRY(read_query(c, &t->q));
	t->q.limit = PIECE;
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, note_taking, c));
	c->state = t;
	c->x->answer = sb_on(c->x->arena, 64 << 20);
	c->x->produce = piece;
	c->x->status = 200;
	c->x->content_type = "text/csv; charset=utf-8";
	exchange_set_header(c->x, "Content-Disposition", "attachment; filename=\"audit.csv\"");
	answer_headers(c->x);
	return NULL;
}

// clang-format off
const struct route routes_audit[] = {
	{ HTTP_GET, "/api/audit", ROUTE_READ | ROUTE_ADMIN, list_audit, "The audit trail, newest first", NULL, 0, "limit cursor actor act app form record since until" },
	{ HTTP_GET, "/api/audit/verify", ROUTE_POOL | ROUTE_ADMIN, verify_audit, "Check the chain of the audit trail", NULL, 0, NULL },
	{ HTTP_GET, "/api/audit/export.csv", ROUTE_POOL | ROUTE_ADMIN, export_audit, "The audit trail as CSV, newest first", NULL, 0, "actor act app form record since until" },
	{ .pattern = NULL },
};
// clang-format on
