/* migration.h -- the inside of plan and apply: what lies between the published version of an app and the next one.
 * plan_diff fills a migration from the registry and two loaded apps; plan.c shows its steps, apply.c runs it.
 * Only the plan_*.c and apply*.c files include this.
 * Invariants:
 *  1. Fields, forms and enumerations are matched by owner and id, never by name.
 *  2. Nothing here drops a table or a column that may hold values: what is no longer defined goes to the trash in the
 *     registry and keeps its place; only plan_purge and the undo of an apply drop.
 *  3. A changed type gets a new column "<column>__v<version>"; the old one goes to the trash, so that readers of the old app
 *     see what they expect until they are gone.
 *  4. The steps and their order depend only on the registry, the two definitions and the rows counted. */
#ifndef TENON_STORE_MIGRATION_H
#define TENON_STORE_MIGRATION_H

#include "runtime/store/plan.h"
#include "runtime/store/registry.h"
#include "runtime/store/schema.h"

enum { PLAN_SAMPLES = 5, PLACE_MAX = 63 };
enum fate { FATE_LEFT, FATE_KEPT, FATE_REPLACED };      /* of a row of the old registry */

struct conversion_job {
	const struct field *from, *to;                  /* of the old and the next app */
	const char *made;                               /* column that remembers what the conversion made */
	const char *restore, *restore_made;             /* former column of the new shape in the trash and what was made of it, or NULL */
	size_t step;                                    /* its place in plan->steps */
};
struct enum_change { const char *enumeration, *path; struct label label; int removed; bool known; };

struct migration {
	struct arena *arena;
	const struct registry *base;
	struct app *old;                                /* one reference; NULL: nothing is published */
	struct app *next;                               /* its places are set by plan_diff */
	struct directory *directory;                    /* one reference */
	struct tx *tx;                                  /* counts are taken here */
	bool count;                                     /* false: steps only, for the second look of an apply */
	int64_t version;                                /* the one that is being made */
	struct plan *plan; size_t step_room;
	struct statements expand;                       /* new tables and columns, triggers */
	struct schema_indexes build;                    /* on tables that hold rows; one member each */
	struct statements drop, contract;               /* unique indexes at the swap; other indexes after it */
	struct statements drop_views, create_views;
	struct conversion_job *jobs; size_t job_count, job_room;
	struct enum_change *values; size_t value_count, value_room;
	struct known *rows; size_t row_count, row_room; /* the registry as it will be */
	enum fate *fates;                               /* by place in base->items */
	const struct form **searches; size_t search_count; /* whose search index is built anew after the swap */
	const struct form **formulas; size_t formula_count; /* whose formulas are computed anew after the swap */
	const struct field **freezes; size_t freeze_count;  /* frozen lookups to be taken once by the records there are */
	const struct form **keyed; size_t keyed_count;     /* whose sort keys are filled in after the swap */
	const struct form **numbered; size_t numbered_count; /* whose records get serial numbers after the swap */
	struct statements fresh;                        /* names of tables this migration creates */
};

struct problem *migration_make(struct store *s, struct tx *tx, struct arena *a, const struct registry *base, struct app *next, bool count,
	struct migration **out) MUST_CHECK;
void migration_done(struct migration *m);               /* gives back the old app and the directory; the plan stays */
struct problem *plan_diff(struct migration *m) MUST_CHECK;
struct problem *plan_diff_formulas(struct migration *m, const struct form *next, const struct form *old) MUST_CHECK;
struct problem *plan_diff_serials(struct migration *m, const struct form *next, const struct form *old) MUST_CHECK;
struct problem *plan_diff_rollups(struct migration *m) MUST_CHECK;     /* once all forms are placed */
bool plan_computes(const struct migration *m, const struct form *form); /* will its formulas be computed anew? */
/* The column of a field's sort keys; fresh: its table is made with it. */
struct problem *plan_diff_keys(struct migration *m, const char *owner, bool fresh, const struct field *f) MUST_CHECK;
void plan_fill_keys(struct migration *m, const struct form *form);
struct problem *plan_diff_enums(struct migration *m) MUST_CHECK;
struct problem *plan_diff_indexes(struct migration *m) MUST_CHECK;
void plan_diff_definitions(struct migration *m);

/* One more form the apply owes work to; none is noted twice. */
void note_form(struct migration *m, const struct form ***list, size_t *n, const struct form *form);
struct plan_step *step_add(struct migration *m, const char *code, enum step_risk risk, const char *form, const char *field);
void step_param(struct migration *m, struct plan_step *step, const char *name, const char *value);
void step_sample(struct migration *m, struct plan_step *step, const char *text);
void known_keep(struct migration *m, const struct known *k, const char *name, const char *type);
void known_add(struct migration *m, const char *owner, const char *id, const char *name, const char *type, const char *place);
enum fate known_fate(const struct migration *m, const struct known *k);
const struct field *field_by_id(const struct form *form, const char *id);      /* declared ones */
bool table_is_fresh(const struct migration *m, const char *table);

/* plan_count.c: figures of the base; 0 when m->count is off. */
struct problem *count_rows(struct migration *m, const char *table, int64_t *out) MUST_CHECK;
struct problem *count_values(struct migration *m, const struct field *f, int64_t *out) MUST_CHECK; /* not null; records or rows */
struct problem *count_missing(struct migration *m, const struct field *f, int64_t *out) MUST_CHECK; /* alive and null */
struct problem *count_conversion(struct migration *m, const struct conversion_job *job, struct plan_step *step) MUST_CHECK;
struct problem *count_duplicates(struct migration *m, const struct schema_index *index, struct plan_step *step) MUST_CHECK;
struct problem *count_enum_uses(struct migration *m, const struct known_value *v, int64_t *out) MUST_CHECK;

#endif
