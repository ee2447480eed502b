/* Making a plan: load what is published, compare, count, hash. Nothing is written. */
#include "runtime/store/apps_internal.h"
#include "runtime/store/migration.h"
#include "runtime/model/sha256.h"

enum { PLAN_HASH_MAX = 16 << 20 };

struct problem *store_id_memory(struct store *s, struct tx *tx, struct arena *a, const char *app,
				struct id_memory *out) {
	(void)s;
	struct registry *r;
	TRY(registry_load(tx, a, app, &r));
	*out = registry_memory(r);
	return NULL;
}

void migration_done(struct migration *m) {
	if (m->old) app_release(m->old);
	if (m->directory) directory_release(m->directory);
	m->old = NULL;
	m->directory = NULL;
}

/* What a plan is made of, without its figures: those change while a store serves. */
static const char *plan_hash(struct arena *a, const struct migration *m) {
	struct sb b = sb_on(a, PLAN_HASH_MAX);
	char *hash = arena_alloc(a, 65);
	sb_printf(&b, "%s\n%lld\n%s\n%s\n", m->next->name, (long long)m->base->version,
		  m->base->hash, m->next->hash);
	for (size_t i = 0; i < m->plan->n; i++) {
		const struct plan_step *s = &m->plan->steps[i];
		sb_printf(&b, "%s %s %s", s->code, s->form ? s->form : "",
			  s->field ? s->field : "");
		for (size_t k = 0; k < s->param_count; k++)
			sb_printf(&b, " %s=%s", s->params[k].name, s->params[k].value);
		sb_char(&b, '\n');
	}
	sha256_hex(sb_str(&b), hash);
	return hash;
}

static struct migration *migration_blank(struct arena *a, const struct registry *base,
					 struct app *next) {
	struct migration *m = arena_alloc(a, sizeof *m);
	m->arena = a;
	m->base = base;
	m->next = next;
	m->version = base->version + 1;
	m->plan = arena_alloc(a, sizeof *m->plan);
	m->build.arena = a;
	struct statements *lists[] = { &m->expand,     &m->drop,         &m->contract,
				       &m->drop_views, &m->create_views, &m->fresh };
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) lists[i]->arena = a;
	return m;
}

static struct problem *migration_fill(struct store *s, struct tx *tx, struct migration *m,
				      bool count) {
	struct problem *p;
	TRY(apps_published(s, tx, m->base, &m->old));
	m->directory = people_take(s, tx, &p);
	if (p) return p;
	m->tx = tx;
	m->count = count;
	return plan_diff(m);
}

struct problem *migration_make(struct store *s, struct tx *tx, struct arena *a,
			       const struct registry *base, struct app *next, bool count,
			       struct migration **out) {
	struct migration *m = migration_blank(a, base, next);
	struct problem *p = migration_fill(s, tx, m, count);
	if (p) {
		migration_done(m);
		return p;
	}
	m->plan->app = arena_strdup(a, next->name);
	m->plan->base_version = base->version;
	m->plan->base_hash = base->hash;
	m->plan->hash = plan_hash(a, m);
	*out = m;
	return NULL;
}

static struct problem *make_in(struct store *s, struct tx *tx, struct arena *a, struct app *next,
			       struct plan **out) {
	struct registry *base;
	struct migration *m;
	tx_patient(tx);
	TRY(registry_load(tx, a, next->name, &base));
	TRY(migration_make(s, tx, a, base, next, true, &m));
	*out = m->plan;
	migration_done(m);
	return NULL;
}

struct problem *plan_make(struct store *s, struct arena *a, struct app *next, struct plan **out) {
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	return tx_end(tx, make_in(s, tx, a, next, out));
}
