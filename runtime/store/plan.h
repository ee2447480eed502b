/* plan.h -- plan and apply: the only way definitions reach a store (architecture.md section 4, ledger M-1, D01-D03).
 * A plan compares the published version with a loaded app by ids and lists steps, each safe, slow or lossy, with counted
 * consequences and samples. apply runs it while serving: expand DDL -> swap -> wait for the old app's last user -> contract.
 * Invariants: 1 no value of a kept id ever changes unless a step says so; 2 a lossy step needs its code in allow;
 * 3 a plan made on another base is refused (plan_base); 4 a crash at any point resumes or rolls back at the next start;
 * 5 removed fields and forms go to the trash: their table or column stays under its name until plan_purge, and undelete
 *   (the id comes back with its type) finds it there; a changed type gets a column "<column>__v<version>" (migration.h);
 * 6 the same bundle again is an empty plan. */
#ifndef TENON_STORE_PLAN_H
#define TENON_STORE_PLAN_H

#include "runtime/store/apps.h"

enum step_risk { STEP_SAFE, STEP_SLOW, STEP_LOSSY, STEP_BLOCKED };
struct plan_step {
	const char *code;                 /* "add_form" "add_field" "rename_field" "trash_field" "change_type" "add_index" "remove_enum_value" ... */
	enum step_risk risk;
	const char *form, *field;
	int64_t rows, losses;             /* touched; values that would be lost */
	int64_t wait_ms;                  /* how long writers would wait, estimated */
	const char *const *samples; size_t sample_count;
	const struct param *params; size_t param_count; /* for its catalogue text plan_<code> */
};
struct plan { const char *app; int64_t base_version; const char *base_hash, *hash; struct plan_step *steps; size_t n; size_t lossy, blocked; };

struct problem *store_id_memory(struct store *s, struct tx *tx, struct arena *a, const char *app, struct id_memory *out) MUST_CHECK;
/* next: an app loaded with store_id_memory that nobody else sees yet; its places (tables, columns) are set. Writes nothing. */
struct problem *plan_make(struct store *s, struct arena *a, struct app *next, struct plan **out) MUST_CHECK;
/* allow: codes of lossy steps, "trash_field" or for one place "trash_field:lead.mobile"; "*": all.
 * expect_hash: the plan's hash as it was shown, or NULL. by: login or "system". */
struct apply_options { const char *const *allow; size_t allow_count; const char *expect_hash; const char *by, *note; };
struct problem *plan_apply(struct store *s, struct arena *a, const struct bundle *bundle, const struct apply_options *options,
	struct findings *findings, struct plan **done) MUST_CHECK;
struct problem *plan_rollback(struct store *s, struct arena *a, const char *app, int64_t version, const struct apply_options *options,
	struct findings *findings, struct plan **done) MUST_CHECK;
struct problem *plan_resume(struct store *s, struct arena *a) MUST_CHECK;        /* at boot: finishes or undoes an interrupted apply */
/* Drops for good what has lain in the trash for that many days; returns how many tables and columns. */
struct problem *plan_purge(struct store *s, struct arena *a, int days, int64_t *dropped) MUST_CHECK;
struct app_version { int64_t version; const char *hash, *by, *note; int64_t at_us; };
struct problem *app_versions(struct tx *tx, const char *app, struct app_version **out, size_t *n) MUST_CHECK;
/* The version that runs and its hash; 0 and "": none was published. */
struct problem *app_current(struct tx *tx, const char *app, int64_t *version, const char **hash) MUST_CHECK;
struct problem *app_bundle(struct tx *tx, struct arena *a, const char *app, int64_t version, struct bundle **out) MUST_CHECK; /* 0: current */
void plan_json(struct jw *w, const struct plan *p);
void plan_text(struct sb *out, const struct plan *p, enum language language);

/* schema.h's work, here for golden tests: the DDL of a form's tables and indexes in either dialect. */
void schema_form_ddl(struct sb *out, const struct form *form, enum dialect dialect);
void schema_system_ddl(struct sb *out, enum dialect dialect);

#endif
