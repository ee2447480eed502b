/* record_sql.h -- statements and storage of whole records: the tables of forms, their sub-rows, multi-values and history.
 * Shape:     the layout of schema.h. Statements are built once a form (memo.h) and live with the app.
 * Ownership: records read live in the arena given by the transaction; columns are what the values' codecs say.
 * Threads:   reading any; record_store_* only on the writer, inside a member.
 * Problems:  store problems; store_unique passes through, its index is tx_violation's; INVALID not_storable when a value
 *            has no cell (a user who is gone, a decimal beyond 64 bits).
 * Source:    architecture.md section 4. */
#ifndef TENON_STORE_RECORD_SQL_H
#define TENON_STORE_RECORD_SQL_H

#include "runtime/model/field_type.h"
#include "runtime/model/record.h"
#include "runtime/store/sort_keys.h"
#include "runtime/store/store.h"

struct record_column { const struct field *field; const char *name; };
struct record_sql {
	struct record_column *columns; size_t column_count; /* id first; of row forms then the declared ones */
	struct record_key { const struct field *field; struct field_key key; } *keys; size_t key_count; /* fields with columns of keys */
	const struct field **values; size_t value_count;    /* multi-valued fields */
	const struct field **tables; size_t table_count;    /* sub-tables */
	const char *select;                                 /* the columns of id ?1 (row form: of parent ?1, by pos) */
	const char *insert;                                 /* the columns, then the keys; row form: then parent, pos */
	const char *delete_rows;                            /* row form: id ?1, parent ?2 */
	const char *revision;                               /* rev, deleted_at of id ?1 */
	const char *history;                                /* record, rev, at, actor, door, op, changes, cause */
	const char *history_of;                             /* lines of record ?1, newest first */
	struct tx_insert add, add_history, add_event;       /* insert, history and event_add, many at a time; SQLite's */
	const char **select_values, **insert_value, **delete_values; /* by place in values */
};
const struct record_sql *record_sql(const struct form *form);
/* What depends on the write: UPDATE of these columns (?1...) of id ?n+1; who holds a key (?2...) but id ?1; who points at ?1
 * through a field, at most ?2. */
const char *record_sql_update(struct arena *a, const struct form *form, const char *const *columns, size_t n, enum dialect dialect);
const char *record_sql_holder(struct arena *a, const struct form *form, const struct unique_key *key, enum dialect dialect);
/* ids of live records but ?1 that a duplicate rule takes for the same (?2...), newest first, at most the last parameter. */
const char *record_sql_alike(struct arena *a, const struct form *form, const struct duplicate_rule *rule, enum dialect dialect);
const char *record_sql_referrers(struct arena *a, const struct field *field, enum dialect dialect);
/* The texts in either dialect, for golden tests: one statement a line. */
void record_sql_text(struct sb *out, const struct form *form, enum dialect dialect);

enum record_part { RECORD_PLAIN = 0, RECORD_VALUES = 1, RECORD_ROWS = 2, RECORD_WHOLE = 3 };
/* As stored, deleted ones too (deleted_at is set then). *out NULL: there is none. */
struct problem *record_load(struct tx *tx, const struct codec *c, const struct form *form, int64_t id, unsigned parts,
	struct record **out) MUST_CHECK;
/* *rev 0: there is no such record; *live false: it is deleted. */
struct problem *record_revision(struct tx *tx, const struct form *form, int64_t id, int64_t *rev, bool *live) MUST_CHECK;

/* What insert stores of the record itself, made where there is time; *out lives in the transaction's arena, its texts as long as r. */
struct problem *record_cells(struct tx *tx, const struct codec *c, const struct record *r, const struct value **out) MUST_CHECK;
/* cells: the record's, or NULL. */
struct problem *record_store_insert(struct tx *tx, const struct codec *c, const struct record *r, const struct value *cells) MUST_CHECK;
/* The same, together with others: what refuses it may be told later, and does not say which of them it was. */
struct problem *record_store_add(struct tx *tx, const struct codec *c, const struct record *r, const struct value *cells) MUST_CHECK;
/* Writes what differs, sub-rows by id; rev and updated_* come from `after` like any field. */
struct problem *record_store_update(struct tx *tx, const struct codec *c, const struct record *before,
	const struct record *after) MUST_CHECK;

/* For good, with its rows, its values and its history. */
struct problem *record_store_erase(struct tx *tx, const struct form *form, int64_t id) MUST_CHECK;

struct history_line { int64_t record, rev, at_us; bool by_system; int32_t actor; const char *door, *op; struct str changes, cause; };
struct problem *record_history_add(struct tx *tx, const struct form *form, const struct history_line *line) MUST_CHECK;
struct problem *record_history_rows(struct tx *tx, const struct form *form, int64_t id, struct rows **out) MUST_CHECK;
	/* rev, at, actor, door, op, changes, cause */
/* Records that have a line of this cause: how many; at most `limit` ids below `before`, the newest first. By an index. */
struct problem *record_caused_count(struct tx *tx, const struct form *form, struct str cause, int64_t *out) MUST_CHECK;
struct problem *record_caused(struct tx *tx, const struct form *form, struct str cause, int64_t before, size_t limit, int64_t **ids,
	size_t *n) MUST_CHECK;

/* Another live record that holds the same key; 0: none, or a part of the key is empty. The index is the judge; this serves
 * answers that save nothing. */
struct problem *record_key_holder(struct tx *tx, const struct codec *c, const struct unique_key *key, const struct record *r,
	int64_t *id) MUST_CHECK;

/* Other live records that a duplicate rule takes for the same as r, newest first, at most `limit`; none where a part is empty. */
struct problem *record_alike(struct tx *tx, const struct codec *c, const struct duplicate_rule *rule, const struct record *r, size_t limit,
	int64_t **ids, size_t *n) MUST_CHECK;

/* Live records of an owner (sys_user.id): how many; at most `limit` ids above `after`, ascending. */
struct problem *record_owned_count(struct tx *tx, const struct form *form, int32_t owner, int64_t *out) MUST_CHECK;
struct problem *record_owned(struct tx *tx, const struct form *form, int32_t owner, int64_t after, size_t limit, int64_t **ids,
	size_t *n) MUST_CHECK;
/* Records of the form `field` belongs to (of its parent, for a row field) that point at `target` and live: at most
 * `limit` ids, ascending. The field has an index (schema.h). */
struct problem *record_referrers(struct tx *tx, const struct field *field, int64_t target, size_t limit,
	int64_t **ids, size_t *n) MUST_CHECK;

#endif
