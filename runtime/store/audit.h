/* audit.h -- the audit trail: append-only rows chained by hash, so that a changed, removed or inserted row shows.
 * hash = SHA-256 of prev_hash and every other column, each written as <length>:<bytes> (null as -:), in table order.
 * A chain proves nothing about rows cut off its end: keep the head (seq and hash) somewhere else, `audit verify` prints it.
 * Threads: append on the writer, in the transaction of what it records. Times are the real clock's. */
#ifndef TENON_STORE_AUDIT_H
#define TENON_STORE_AUDIT_H

#include "runtime/model/request.h"
#include "runtime/store/store.h"

struct audit_entry {
	const char *actor, *door, *act;       /* login or "system"; door_name; "login" "token_add" "export" ... */
	const char *app, *form; int64_t record; /* NULL, NULL, 0 where none */
	const char *detail_json;              /* NULL: {} ; never secrets or field values that rights hide */
};
struct problem *audit_append(struct tx *tx, const struct audit_entry *e) MUST_CHECK;

/* The same for what a request did that is not about one form's record; detail_json NULL: {}. */
struct problem *audit_note(struct tx *tx, const struct request *rq, const char *act, const char *detail_json) MUST_CHECK;

/* A page, newest first: rows before seq `before` (0: from the newest) that fit; empty texts, 0 and -1 stand for any. */
struct audit_query { int64_t before, limit, record, since_us, until_us; struct str actor, act, app, form; };
/* An array of {"seq","at","actor","door","act","app","form","record","detail"}; *next: `before` of the next page, 0: none. */
struct problem *audit_json(struct tx *tx, const struct audit_query *q, struct jw *w, int64_t *next) MUST_CHECK;

/* The same page as rows of cells, in the order of the columns below; row may not keep what it is given. */
enum audit_column { AUDIT_SEQ, AUDIT_AT, AUDIT_ACTOR, AUDIT_DOOR, AUDIT_ACT, AUDIT_APP, AUDIT_FORM, AUDIT_RECORD, AUDIT_DETAIL };
struct problem *audit_page(struct tx *tx, const struct audit_query *q, void (*row)(void *arg, const struct rows *r), void *arg, int64_t *next) MUST_CHECK;

struct audit_report { int64_t rows, head_seq, bad_seq; char head_hash[65]; const char *reason; }; /* reason NULL: the chain holds; else "gap" "link" "hash" at bad_seq */
struct problem *audit_verify(struct tx *tx, struct audit_report *out) MUST_CHECK;

#endif
