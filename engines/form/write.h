/* write.h -- what the stages of record_write share. Nobody outside engines/form includes it.
 * A write works on units: the record itself and each of its sub-rows, alike. A unit holds the values as they will be
 * (now), as they are stored (old) and one slot a path its form's expressions read; a slot is filled when an
 * expression first needs it and forgotten when something it was read from changes.
 * Ownership: the request's arena. Threads: one at a time: the preparing thread, then the writer while that one waits. */
#ifndef TENON_FORM_WRITE_H
#define TENON_FORM_WRITE_H

#include "engines/form/record_write.h"
#include "runtime/model/field_type.h"
#include "runtime/model/permission.h"
#include "runtime/store/record_sql.h"

enum { ROWS_MAX = 5000 /* of one sub-table of one record */ };

enum unit_flag {              /* of one field of one unit */
	UNIT_GIVEN = 1,       /* the caller gave a value that counts */
	UNIT_DERIVED = 2,     /* a fill, default or linkage set it */
	UNIT_HIDDEN = 4, UNIT_REQUIRED = 8, UNIT_READ_ONLY = 16, /* linkage, as of its last pass */
	UNIT_FAULT = 32       /* it has a fault already: the later stages add none */
};
struct unit {
	struct prepared *p;
	const struct form *form;
	struct record *now;
	const struct record *old;       /* NULL: new */
	struct unit *parent;            /* of a sub-row, else NULL */
	struct unit *before;            /* the same as it was, made when first needed */
	const struct input *input;      /* or NULL */
	const char *pointer;            /* "" or "/lines/0", with the write's prefix */
	struct value *slots;
	bool *fresh;                    /* slots[i] is as of now */
	uint8_t *flags;                 /* by field->index */
};

/* Everything a write read, with the revision it had: commit compares. Revisions also rise with what a record gathers
 * (rollup.c); exact: something gathered was read, so that matters here. */
struct note { const struct form *form; int64_t id, rev; unsigned parts; bool exact; struct record *record; };
/* A value given for a field the caller may not write: fine when it says what is so anyway. */
struct echo { struct unit *unit; const struct input_field *given; enum field_right reads; };
/* The next value of a field that has transitions. */
struct move { struct unit *unit; const struct field *field; };
/* A value the stored record may be moved to, or why not (a trial tells). */
struct open_move { const struct field *field; const struct enum_value *to; const struct transition *by; bool allowed; const char *reason; };

struct prepared {
	struct request *rq;
	struct store *store;
	struct tx *tx;                  /* the snapshot in prepare, the writer's in commit */
	struct write *w;
	struct codec codec;
	struct expr_frame frame;        /* without slots */
	int64_t epoch;
	int64_t commits;                /* what its snapshot held (tx_commits) */
	uint64_t app_serial;
	struct access access;
	const struct role_grant **grants; size_t grant_count; /* those that cover the record for this write */
	const struct role_grant **readers; size_t reader_count; /* those that give it to read */
	struct unit root;
	struct unit *units; size_t unit_count;                /* the sub-rows, table by table in order */
	struct note *notes; size_t note_count, note_room;
	struct echo *echoes; size_t echo_count, echo_room;
	struct move *moves; size_t move_count;
	struct open_move *open; size_t open_count;
	const struct value *cells;      /* of root.now as prepared (record_cells), or NULL: it gets a number yet */
	const struct search_ready *search; /* of root.now as prepared, or NULL */
	struct settlement *settlement;  /* rollup.c's, while a commit runs */
	const struct value *option;     /* the candidate while an `options` condition is tested */
	const struct field *option_field;
	const struct duplicate_rule **refusing; size_t refusing_count; /* duplicate rules that apply to this write and refuse */
	bool quiet;                     /* formulas that fail leave no fault yet */
	bool rows_deleted;              /* the array form leaves out rows that are stored */
	bool unchanged;                 /* an update that changes nothing */
};

/* ---- write_plan.c: what the stages need to know of a form, found once ---- */
struct write_plan {
	const struct field **serials; size_t serial_count;
	const struct field **refs; size_t ref_count;          /* to one record or to many */
	const struct field **filling; size_t filling_count;   /* references with `fill` */
	const struct field **moved; size_t moved_count;       /* fields with transitions */
	const struct field **referrers; size_t referrer_count;/* references of the app to this form (rows' too) */
	const struct field **tables; size_t table_count;
	bool serial_read;               /* some expression reads a serial: formulas run again once it is known */
	bool sets;                      /* some linkage sets values: conditions are tested on the old record too */
	bool looks_up;                  /* some field, here or in a sub-table, is a live lookup */
	bool linked;                    /* some linkage, here or in a sub-table */
	const char **pointers;          /* by field->index: "/name" */
	uint8_t *shown;                 /* by field->index: a linkage shows it, so it is hidden by default */
};
const struct write_plan *write_plan(const struct form *form);

/* ---- unit.c ---- */
void unit_init(struct unit *u, struct prepared *p, const struct form *form, struct record *now, const struct record *old);
void unit_set(struct unit *u, const struct field *f, struct value v);     /* and forgets what was read from it */
struct value *unit_value(const struct unit *u, const struct field *f);
const struct value *unit_old(const struct unit *u, const struct field *f); /* null when new */
bool unit_changed(const struct unit *u, const struct field *f);
bool unit_differs(const struct unit *u);                                  /* a value, owner or state */
bool table_differs(const struct prepared *p, const struct field *f);      /* rows come, gone, moved or changed */
bool unit_reads_change(const struct unit *u, const struct expr *e);       /* does e (NULL: no) read a field this write changes? */
bool unit_filled(const struct unit *u, const struct field *f);            /* it has a value, or rows */
bool unit_has(const struct unit *u, const struct field *f, enum unit_flag flag);
void unit_mark(struct unit *u, const struct field *f, enum unit_flag flag);
const char *unit_pointer(const struct unit *u, const struct field *f);
struct problem *unit_ready(struct unit *u, const struct expr *e) MUST_CHECK; /* fills the slots e reads */
/* Store problems come back; a formula's own problem (division by zero) goes to the faults, *ok false then. */
struct problem *unit_eval(struct unit *u, const struct field *at, const struct expr *e, struct value *out, bool *ok) MUST_CHECK;
struct problem *unit_test(struct unit *u, const struct field *at, const struct expr *e, bool *out) MUST_CHECK;
/* FAULT at a field of a unit, once a field. */
#define UNIT_FAULT_AT(u, f, ...) (unit_mark((u), (f), UNIT_FAULT), FAULT(&(u)->p->w->faults, unit_pointer((u), (f)), __VA_ARGS__), unit_say((u), (f)))
void unit_say(struct unit *u, const struct field *f);                     /* the newest fault in the field's own words */
struct unit *unit_before(struct unit *u);                                 /* the unit as stored, made when first asked for; NULL: new */
struct unit *prepared_unit(struct prepared *p, size_t i);                 /* 0: the record, then its rows */
size_t prepared_units(const struct prepared *p);

struct record *record_shallow(struct arena *a, const struct record *r);   /* own value array, the values themselves shared */

/* ---- slots.c: the value at the end of a path ---- */
struct problem *slot_read(struct unit *u, const struct expr_path *path, struct value *out) MUST_CHECK;
/* The same from a given record (NULL: null), whatever the path's root. */
struct problem *slot_follow(struct unit *u, const struct record *r, const struct expr_path *path, struct value *out) MUST_CHECK;

/* ---- fetch.c: other records, each read once a write and noted ---- */
struct problem *fetch(struct prepared *p, const struct form *form, int64_t id, unsigned parts, struct record **out) MUST_CHECK; /* NULL: none alive */
void note_read(struct prepared *p, const struct record *r, unsigned parts); /* exact */
void note_value(struct prepared *p, const struct record *r, const struct field *f); /* its value is looked at */
struct problem *notes_fresh(struct prepared *p, bool *fresh) MUST_CHECK;  /* commit: nothing noted has changed */

/* ---- the stages, in order ---- */
struct problem *rights_check(struct prepared *p) MUST_CHECK;              /* rights.c: may the actor do this to this record? */
/* A record as the actor may see it: itself when he may see everything, else a copy with rights set and values masked. */
struct problem *rights_shown(struct prepared *p, const struct record *r, const struct role_grant **readers, size_t n,
	const struct record **out) MUST_CHECK;
struct problem *rights_seen(struct unit *u, const struct record *r, const struct field *f, struct value *out) MUST_CHECK; /* of a live lookup, what the actor is shown */
struct problem *rights_show_after(struct prepared *p) MUST_CHECK;         /* w->before, w->after for the answer */
struct problem *rights_show_trial(struct prepared *p) MUST_CHECK;         /* w->after, of a write that is only tried */
struct problem *rights_check_after(struct prepared *p) MUST_CHECK;        /* where holds after, too */
struct problem *rights_check_read(struct prepared *p) MUST_CHECK;         /* only: may he see it? fills readers */
enum field_right rights_field(const struct prepared *p, const struct field *f);
enum field_right rights_reads(const struct prepared *p, const struct field *f); /* on the record as stored */
struct problem *rights_sees(struct prepared *p, const struct form *form, struct record *r, bool *sees) MUST_CHECK;
struct named_records;
/* inside.c: an expression over paths that are not the form's; named may be NULL. */
struct problem *unit_eval_over(struct unit *u, const struct expr_paths *paths, const struct named_records *named, const struct expr *e,
	const char *pointer, struct value *out) MUST_CHECK;
struct problem *guard_check(struct prepared *p) MUST_CHECK;               /* held.c: CONFLICT flow_needed where a definition asks for an approval first */
struct problem *held_check(struct prepared *p) MUST_CHECK;                /* held.c: CONFLICT record_held while an approval has the record */
struct problem *input_apply(struct prepared *p) MUST_CHECK;               /* input_apply.c: the caller's values into the units */
struct problem *links_admit(struct prepared *p) MUST_CHECK;               /* validate_link.c: given references lead where the actor sees */
struct problem *echoes_check(struct prepared *p) MUST_CHECK;              /* given read-only values say what is so */
struct problem *defaults_apply(struct prepared *p) MUST_CHECK;            /* defaults.c: fills, defaults, owner, dept, stamps */
void owner_followed(struct prepared *p);                                  /* the department is that of the owner, whoever made him so */
struct problem *derive(struct prepared *p) MUST_CHECK;                    /* linkage.c: linkage and formulas until nothing changes */
struct problem *linkage_respected(struct unit *u, const struct field *f, bool *respected) MUST_CHECK; /* a read-only field was left alone */
struct problem *computed_apply(struct prepared *p) MUST_CHECK;            /* computed.c */
struct problem *validate_apply(struct prepared *p) MUST_CHECK;            /* validate.c */
/* One rule at a time: a changed value by its field's rules; a field that must have a value; a check of the definition. */
void value_check(struct unit *u, const struct field *f);
void value_required(struct unit *u, const struct field *f);
struct problem *check_holds(struct unit *u, const struct check *c, bool *out) MUST_CHECK;
struct problem *check_failed(struct unit *u, const struct check *c) MUST_CHECK;
struct problem *unit_words(struct unit *u, const struct words *words, const char **out) MUST_CHECK; /* words.c: never NULL */
struct problem *links_validate(struct unit *u) MUST_CHECK;                /* validate_link.c: targets exist, are seen, pass options */
void rows_validate(struct prepared *p);                                   /* validate_rows.c: counts and keys of sub-tables */
struct problem *transitions_check(struct prepared *p) MUST_CHECK;         /* transition.c */
bool transition_lets(const struct request *rq, const struct transition *t); /* is the actor one of `who`? */
bool transition_starts(const struct transition *t, const struct value *old);
struct problem *moves_find(struct prepared *p) MUST_CHECK;                /* moves.c: where the stored record may go now, and why not */
void moves_write(const struct prepared *p, struct jw *w);
struct problem *serials_assign(struct prepared *p) MUST_CHECK;            /* serial.c, on the writer */
struct problem *unique_problem(struct prepared *p) MUST_CHECK;            /* unique.c: store_unique -> fault at the fields */
struct problem *unique_ask(struct prepared *p) MUST_CHECK;               /* the same asked, for a trial */
/* duplicates.c: rules that refuse. Told with the other faults, asked again on the writer when the table was written since. */
struct problem *duplicates_judge(struct prepared *p) MUST_CHECK;
struct problem *duplicates_check(struct prepared *p) MUST_CHECK;
struct problem *stage_log_add(struct prepared *p) MUST_CHECK;             /* stage_log.c, on the writer */
struct problem *delete_commit(struct prepared *p) MUST_CHECK;             /* remove.c */
struct problem *restore_commit(struct prepared *p) MUST_CHECK;
/* A reference that leads to another record, or (to 0) nowhere: the engine does it, no rule of the form is asked. */
struct reference_move {
	int64_t from, to;
	const int64_t *only; size_t only_count;  /* rows that are meant; NULL: all */
	int64_t *rows; size_t n;                 /* out: rows it changed; n 0: it leads elsewhere already */
};
struct problem *reference_move(struct prepared *p, const struct field *f, int64_t id, struct reference_move *m) MUST_CHECK;
struct problem *reference_put(struct prepared *p, const struct field *f, int64_t id, int64_t to) MUST_CHECK; /* of the record itself */
const struct form *record_form(const struct field *f);                    /* of a field of rows, that of its record */
struct record *record_next_revision(struct prepared *p, const struct record *r);
struct problem *stale_problem(struct prepared *p) MUST_CHECK;             /* stale.c: If-Match failed: what changed since */

#endif
