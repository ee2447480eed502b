/* Applying a plan while the store serves.
 * Stages, each one or several writer members, so that writes go on between them:
 *   codes     enumeration values get their codes; the app is loaded once more with them
 *   expand    new tables and columns, triggers that note rows written meanwhile       (journal:
 * undo) build     indexes over existing tables, one member each                           (journal:
 * undo) convert   columns of a changed type, in slices by id, then what was noted (apply_convert.c)
 *   swap      one transaction: the last noted rows, views, registry, version, journal turned round;
 * after its COMMIT the next write meets the new app contract  when the last request of the old app
 * is done: what nobody wants goes, what can be derived is made (apply_after.c) Invariants:
 *  1. Before the swap nothing the old app reads or writes changes; any failure undoes what was
 * added (journal.h).
 *  2. The swap is all or nothing: registry, version and journal change in one COMMIT.
 *  3. Every member checks that the published version is still the one the plan was made on.
 *  4. A conversion that would lose more than the plan said and the caller allowed stops the apply.
 */
#include "runtime/base/clock.h"
#include "runtime/store/apply.h"
#include "runtime/store/apps_internal.h"
#include "runtime/store/audit.h"
#include "runtime/store/flow_versions.h"
#include "runtime/store/people.h"
#include "runtime/store/recompute.h"

/* ---- looking: load and compare ---- */

/* The rules of the verifier beyond loading: errors stop a publish, at every door. What was published
 * before passed them then. */
static struct problem *verify_next(struct apply *ap, struct tx *tx) {
	struct problem *p = NULL;
	if (!ap->findings || ap->past) return NULL;
	struct directory *people = people_take(ap->store, tx, &p);
	if (p) return p;
	app_verify(ap->next, people, ap->findings);
	directory_release(people);
	TRY(flow_versions_verify(tx, ap->next, ap->findings));
	return ap->findings->errors ? apps_refused(ap->arena, ap->findings) : NULL;
}

static struct problem *load_next(struct apply *ap, struct tx *tx) {
	struct id_memory memory =
		ap->past ? registry_memory_past(ap->base) : registry_memory(ap->base);
	struct app *next;
	TRY(apps_load(ap->arena, ap->bundle, &memory, ap->findings, &next));
	ap->first = ap->next;
	ap->next = next;
	TRY(verify_next(ap, tx));
	ap->findings = NULL;
	return NULL;
}

/* The codes were given under their places; what else the first look found about values counts from
 * now on. */
static void values_change(const struct migration *changes, struct registry *r) {
	for (size_t i = 0; i < changes->value_count; i++) {
		const struct enum_change *c = &changes->values[i];
		struct known_value *v = registry_value(r, c->enumeration, str_of(c->path));
		if (v) v->removed = c->removed;
	}
}

static struct problem *look_in(struct apply *ap, struct tx *tx, bool count) {
	tx_patient(tx);
	TRY(registry_load(tx, ap->arena, ap->app, &ap->base));
	if (ap->changes) values_change(ap->changes, ap->base);
	TRY(load_next(ap, tx));
	return migration_make(ap->store, tx, ap->arena, ap->base, ap->next, count, &ap->m);
}

static struct problem *look(struct apply *ap, bool count) {
	struct tx *tx;
	TRY(tx_read(ap->store, ap->arena, &tx));
	return tx_end(tx, look_in(ap, tx, count));
}

/* The app's name stands in its own bundle; the registry is loaded by it. */
static struct problem *name_of(struct apply *ap) {
	for (size_t i = 0; i < ap->bundle->n; i++) {
		const struct bundle_file *f = &ap->bundle->files[i];
		if (strcmp(f->path, "app.json") == 0)
			ap->app = str_dup(ap->arena, json_str(json_get(f->json, "app")));
	}
	if (ap->app && *ap->app) return NULL;
	return PROBLEM(ap->arena, INVALID, "app_nameless");
}

/* ---- may it? ---- */

static bool is_allowed(const struct apply_options *o, const struct plan_step *s, struct arena *a) {
	const char *place = arena_printf(a, "%s:%s%s%s", s->code, s->form ? s->form : "",
					 s->field ? "." : "", s->field ? s->field : "");
	for (size_t i = 0; i < o->allow_count; i++) {
		const char *given = o->allow[i];
		if (strcmp(given, "*") == 0 || strcmp(given, s->code) == 0 ||
		    strcmp(given, place) == 0)
			return true;
	}
	return false;
}

static struct problem *loss_check(struct apply *ap) {
	const struct plan *p = ap->plan;
	const char *code = NULL;
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++) {
		if (p->steps[i].risk != STEP_LOSSY ||
		    is_allowed(ap->options, &p->steps[i], ap->arena))
			continue;
		if (!code) code = p->steps[i].code;
		n++;
	}
	if (!n) return NULL;
	return PROBLEM(ap->arena, CONFLICT, "plan_loss_needed", "n",
		       arena_printf(ap->arena, "%zu", n), "code", code);
}

static struct problem *may_apply(struct apply *ap) {
	const char *expected = ap->options->expect_hash;
	if (expected && strcmp(expected, ap->plan->hash) != 0)
		return PROBLEM(ap->arena, CONFLICT, "plan_moved");
	if (ap->plan->blocked)
		return PROBLEM(ap->arena, CONFLICT, "plan_blocked", "n",
			       arena_printf(ap->arena, "%zu", ap->plan->blocked));
	return loss_check(ap);
}

/* ---- members ---- */

struct problem *apply_same_base(struct tx *tx, const struct apply *ap) {
	int64_t version = 0;
	bool have;
	tx_allow(tx, TX_ALLOW_SCHEMA);
	TRY(tx_int(tx, "SELECT version FROM sys_app_version WHERE app = ?1 AND state = 'published'",
		   PARAMS(value_text(str_of(ap->app))), &version, &have));
	if (version == ap->base->version) return NULL;
	return PROBLEM(tx_arena(tx), CONFLICT, "plan_moved");
}

static struct journal journal_of(const struct apply *ap) {
	return (struct journal){ ap->app, ap->base->version + 1 };
}

/* New values only, as not yet defined: a code once given stays given, so an undo leaves them. The
 * rest is the swap's. */
static struct problem *commit_codes(struct tx *tx, void *arg) {
	struct apply *ap = arg;
	TRY(apply_same_base(tx, ap));
	for (size_t i = 0; i < ap->m->value_count; i++) {
		const struct enum_change *v = &ap->m->values[i];
		if (v->known) continue;
		TRY(tx_exec(tx,
			    "INSERT INTO sys_enum_value (app, enum, path, label_zh, label_en, "
			    "removed) VALUES (?1, ?2, ?3, ?4, ?5, 1)",
			    PARAMS(value_text(str_of(ap->app)), value_text(str_of(v->enumeration)),
				   value_text(str_of(v->path)), value_text(str_of(v->label.zh)),
				   value_text(str_of(v->label.en))),
			    NULL));
	}
	return NULL;
}

static struct problem *commit_expand(struct tx *tx, void *arg) {
	struct apply *ap = arg;
	struct journal j = journal_of(ap);
	TRY(apply_same_base(tx, ap));
	for (size_t i = 0; i < ap->m->expand.n; i++)
		TRY(journal_run(tx, &j, ap->m->expand.items[i]));
	return apply_watch(tx, ap, &j);
}

static struct problem *commit_build(struct tx *tx, void *arg) {
	struct apply *ap = arg;
	struct journal j = journal_of(ap);
	TRY(apply_same_base(tx, ap));
	return journal_run(
		tx, &j,
		schema_index_ddl(tx_arena(tx), &ap->m->build.items[ap->built], DIALECT_SQLITE));
}

static struct problem *unique_refused(struct apply *ap) {
	const struct schema_index *index = &ap->m->build.items[ap->built];
	struct sb columns = sb_on(ap->arena, 8192);
	for (size_t i = 0; i < index->n; i++)
		sb_printf(&columns, "%s%s", i ? ", " : "", index->columns[i]);
	return PROBLEM(ap->arena, CONFLICT, "plan_unique_refused", "columns", sb_cstr(&columns));
}

static struct problem *build(struct apply *ap) {
	for (ap->built = 0; ap->built < ap->m->build.n; ap->built++) {
		struct problem *p =
			journal_member(ap->store, ap->arena, LANE_BULK, commit_build, ap);
		if (p == &store_unique) return unique_refused(ap);
		if (p) return p;
	}
	return NULL;
}

/* ---- swap ---- */

static struct problem *write_known(struct tx *tx, const struct apply *ap, const struct known *k) {
	return tx_exec(
		tx,
		"INSERT INTO sys_definition (app, owner, id, name, type, state, version, place)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
		PARAMS(value_text(str_of(ap->app)), value_text(str_of(k->owner)),
		       value_text(str_of(k->id)), value_text(str_of(k->name)),
		       value_text(str_of(k->type)),
		       value_text(k->trash ? STR("trash") : STR("live")), value_int(k->version),
		       (struct value){ .kind = VALUE_TEXT, .as.s = str_of(k->place) }),
		NULL);
}

static struct problem *write_registry(struct tx *tx, const struct apply *ap) {
	TRY(tx_exec(tx, "DELETE FROM sys_definition WHERE app = ?1",
		    PARAMS(value_text(str_of(ap->app))), NULL));
	for (size_t i = 0; i < ap->m->row_count; i++) TRY(write_known(tx, ap, &ap->m->rows[i]));
	return NULL;
}

static struct problem *write_values(struct tx *tx, const struct apply *ap) {
	for (size_t i = 0; i < ap->changes->value_count; i++) {
		const struct enum_change *v = &ap->changes->values[i];
		TRY(tx_exec(tx,
			    "UPDATE sys_enum_value SET label_zh = ?4, label_en = ?5, removed = ?6"
			    " WHERE app = ?1 AND enum = ?2 AND path = ?3",
			    PARAMS(value_text(str_of(ap->app)), value_text(str_of(v->enumeration)),
				   value_text(str_of(v->path)), value_text(str_of(v->label.zh)),
				   value_text(str_of(v->label.en)), value_int(v->removed)),
			    NULL));
	}
	return NULL;
}

static struct problem *write_version(struct tx *tx, const struct apply *ap) {
	const struct apply_options *o = ap->options;
	struct value app = value_text(str_of(ap->app));
	TRY(tx_exec(
		tx,
		"UPDATE sys_app_version SET state = 'past' WHERE app = ?1 AND state = 'published'",
		PARAMS(app), NULL));
	struct request rq = { .arena = ap->arena, .app = ap->next, .now_us = clock_now(), .door = DOOR_SYSTEM };
	TRY(flow_versions_note(tx, &rq, ap->next));
	return tx_exec(
		tx,
		"INSERT INTO sys_app_version (app, version, hash, bundle, actor, at, note, state)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'published')",
		PARAMS(app, value_int(ap->base->version + 1), value_text(str_of(ap->next->hash)),
		       value_text(ap->next->bundle),
		       value_text(str_of(o->by && *o->by ? o->by : "system")),
		       value_int(clock_real()),
		       (struct value){ .kind = VALUE_TEXT,
				       .as.s = str_of(o->note ? o->note : "") }),
		NULL);
}

static struct problem *run_all(struct tx *tx, const struct statements *list) {
	for (size_t i = 0; i < list->n; i++) TRY(tx_exec(tx, list->items[i], NO_PARAMS, NULL));
	return NULL;
}

static struct problem *turn_journal(struct tx *tx, const struct apply *ap) {
	struct journal j = journal_of(ap);
	TRY(journal_clear(tx, &j, JOURNAL_UNDO));
	for (size_t i = 0; i < ap->m->contract.n; i++)
		TRY(journal_add(tx, &j, JOURNAL_CONTRACT, ap->m->contract.items[i]));
	for (size_t i = 0; i < ap->m->freeze_count; i++)
		TRY(journal_add(tx, &j, JOURNAL_FREEZE, recompute_name(tx_arena(tx), ap->m->freezes[i])));
	for (size_t i = 0; i < ap->m->formula_count; i++)
		TRY(journal_add(tx, &j, JOURNAL_FORMULA, ap->m->formulas[i]->id));
	for (size_t i = 0; i < ap->m->search_count; i++)
		TRY(journal_add(tx, &j, JOURNAL_SEARCH, ap->m->searches[i]->id));
	for (size_t i = 0; i < ap->m->keyed_count; i++)
		TRY(journal_add(tx, &j, JOURNAL_SORT, ap->m->keyed[i]->id));
	for (size_t i = 0; i < ap->m->numbered_count; i++)
		TRY(journal_add(tx, &j, JOURNAL_SERIAL, ap->m->numbered[i]->id));
	return NULL;
}

static void publish(void *arg) {
	struct apply *ap = arg;
	apps_swap(ap->store, ap->next);
}

static struct problem *note_publish(struct tx *tx, const struct apply *ap) {
	const struct apply_options *o = ap->options;
	const char *detail = arena_printf(tx_arena(tx), "{\"version\":%lld,\"hash\":\"%s\"}",
					  (long long)(ap->base->version + 1), ap->next->hash);
	return audit_append(tx, &(struct audit_entry){ .actor = o->by && *o->by ? o->by : "system",
						       .door = door_name(DOOR_SYSTEM),
						       .act = "definition_publish",
						       .app = ap->app,
						       .detail_json = detail });
}

static struct problem *commit_swap(struct tx *tx, void *arg) {
	struct apply *ap = arg;
	TRY(apply_same_base(tx, ap));
	TRY(apply_catch_up(tx, ap));
	TRY(run_all(tx, &ap->m->drop));
	TRY(run_all(tx, &ap->m->drop_views));
	TRY(run_all(tx, &ap->m->create_views));
	TRY(write_registry(tx, ap));
	TRY(write_values(tx, ap));
	TRY(write_version(tx, ap));
	TRY(note_publish(tx, ap));
	TRY(turn_journal(tx, ap));
	TRY(people_changed(tx));
	tx_after_commit(tx, publish, ap);
	return NULL;
}

/* ---- the whole ---- */

static struct problem *expand_to_swap(struct apply *ap) {
	TRY(journal_member(ap->store, ap->arena, LANE_INTERACTIVE, commit_expand, ap));
	TRY(apply_convert(ap));
	TRY(build(ap));
	ap->next->version = ap->base->version + 1;
	return journal_member(ap->store, ap->arena, LANE_INTERACTIVE, commit_swap, ap);
}

static struct problem *published(struct apply *ap, bool *is) {
	struct registry *now;
	struct tx *tx;
	TRY(tx_read(ap->store, ap->arena, &tx));
	TRY(tx_end(tx, registry_load(tx, ap->arena, ap->app, &now)));
	*is = now->version == ap->base->version + 1 && strcmp(now->hash, ap->next->hash) == 0;
	return NULL;
}

/* A lost answer of the swap's COMMIT leaves it open whether it happened: the store is asked. */
static struct problem *undo(struct apply *ap, struct problem *why) {
	bool done = false;
	if (published(ap, &done) == NULL && done) {
		apps_swap(ap->store, ap->next);
		return why;
	}
	struct problem *p = journal_undo(ap->store, ap->arena, ap->app);
	return p ? problem_logged(ap->arena, problem_copy(ap->arena, why),
				  "undo at the next start: %s", p->code)
		 : why;
}

static struct problem *run(struct apply *ap) {
	bool codes = ap->m->value_count > 0;
	ap->changes = ap->m;
	TRY(journal_undo(ap->store, ap->arena, ap->app)); /* of an apply whose own undoing failed */
	if (codes) {
		struct problem *p =
			journal_member(ap->store, ap->arena, LANE_INTERACTIVE, commit_codes, ap);
		if (!p) p = look(ap, false);
		if (p) return undo(ap, p);
	}
	ap->old_held = ap->m->old == NULL ? 0 : codes ? 2 : 1;
	struct problem *p = expand_to_swap(ap);
	return p ? undo(ap, p) : apply_contract(ap);
}

static struct problem *apply_one(struct apply *ap, struct plan **done) {
	TRY(name_of(ap));
	TRY(look(ap, true));
	ap->plan = ap->m->plan;
	*done = ap->plan;
	if (!ap->plan->n && strcmp(ap->base->hash, ap->next->hash) == 0) return NULL;
	TRY(may_apply(ap));
	return run(ap);
}

static struct problem *apply_locked(struct apply *ap, struct plan **done) {
	struct app_registry *apps = apps_of(ap->store);
	if (pthread_mutex_trylock(&apps->applying) != 0)
		return PROBLEM(ap->arena, CONFLICT, "plan_applying");
	struct problem *p = apply_one(ap, done);
	if (ap->m) migration_done(ap->m);
	if (ap->changes && ap->changes != ap->m) migration_done(ap->changes);
	app_release(ap->first);
	app_release(ap->next);
	pthread_mutex_unlock(&apps->applying);
	return p;
}

struct problem *plan_apply(struct store *s, struct arena *a, const struct bundle *bundle,
			   const struct apply_options *options, struct findings *findings,
			   struct plan **done) {
	struct apply ap = {
		.store = s, .arena = a, .bundle = bundle, .options = options, .findings = findings
	};
	return apply_locked(&ap, done);
}

struct problem *plan_rollback(struct store *s, struct arena *a, const char *app, int64_t version,
			      const struct apply_options *options, struct findings *findings,
			      struct plan **done) {
	struct apply ap = {
		.store = s, .arena = a, .options = options, .findings = findings, .past = true
	};
	struct bundle *bundle;
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, app_bundle(tx, a, app, version, &bundle)));
	ap.bundle = bundle;
	return apply_locked(&ap, done);
}
