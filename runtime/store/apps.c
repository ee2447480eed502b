/* Which app versions run. Taking is a short critical section; a swap happens on the writer thread
 * right after its COMMIT, so that the next write already meets the new app. */
#include "runtime/store/apps_internal.h"
#include "runtime/store/apply.h"
#include "runtime/store/backend.h"
#include "runtime/store/search.h"

static void registry_free(void *arg) {
	struct app_registry *r = arg;
	for (size_t i = 0; i < r->n; i++) app_release(r->items[i]);
	arena_free(r->arena);
	pthread_mutex_destroy(&r->mutex);
	pthread_mutex_destroy(&r->applying);
}

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

struct app_registry *apps_of(struct store *s) {
	pthread_mutex_lock(&making);
	if (!s->apps) {
		struct app_registry *r = arena_alloc(s->arena, sizeof *r);
		r->arena = arena_new(0);
		pthread_mutex_init(&r->mutex, NULL);
		pthread_mutex_init(&r->applying, NULL);
		arena_defer(s->arena, registry_free, r);
		s->apps = r;
	}
	struct app_registry *r = s->apps;
	pthread_mutex_unlock(&making);
	return r;
}

struct app *apps_take(struct store *s, struct str name) {
	struct app_registry *r = apps_of(s);
	struct app *found = NULL;
	pthread_mutex_lock(&r->mutex);
	for (size_t i = 0; i < r->n && !found; i++)
		if (str_is(name, r->items[i]->name)) found = app_retain(r->items[i]);
	pthread_mutex_unlock(&r->mutex);
	return found;
}

struct app_list apps_list(struct store *s, struct arena *a) {
	struct app_registry *r = apps_of(s);
	pthread_mutex_lock(&r->mutex);
	struct app_list out = { arena_array(a, r->n + 1, sizeof *out.items), r->n };
	for (size_t i = 0; i < r->n; i++) app_keep(a, out.items[i] = app_retain(r->items[i]));
	pthread_mutex_unlock(&r->mutex);
	return out;
}

static struct app **place_of(struct app_registry *r, const char *name) {
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->items[i]->name, name) == 0) return &r->items[i];
	return NULL;
}

static void append(struct app_registry *r, struct app *app) {
	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 8, size = sizeof(struct app *);
		r->items = arena_grow(r->arena, r->items, r->n * size, room * size);
		r->room = room;
	}
	r->items[r->n++] = app;
}

void apps_swap(struct store *s, struct app *next) {
	struct app_registry *r = apps_of(s);
	struct app *old = NULL;
	app_retain(next);
	pthread_mutex_lock(&r->mutex);
	struct app **place = place_of(r, next->name);
	if (place) {
		old = *place;
		*place = next;
	} else {
		append(r, next);
	}
	pthread_mutex_unlock(&r->mutex);
	app_release(old);
}

/* ---- loading ---- */

struct problem *apps_refused(struct arena *a, const struct findings *f) {
	const struct finding *first = NULL;
	for (size_t i = 0; i < f->count && !first; i++)
		if (f->items[i].severity == SEVERITY_ERROR) first = &f->items[i];
	return PROBLEM(a, INVALID, "app_findings", "n", arena_printf(a, "%zu", f->errors), "code",
		       first ? first->code : "", "file", first ? first->file : "");
}

struct problem *apps_load(struct arena *a, const struct bundle *bundle,
			  const struct id_memory *memory, struct findings *findings,
			  struct app **out) {
	struct findings own = { .arena = a };
	struct findings *f = findings ? findings : &own;
	*out = NULL;
	TRY(app_load(bundle, memory, f, out));
	return *out ? NULL : apps_refused(a, f);
}

struct problem *apps_load_published(struct tx *tx, const struct registry *base, struct app **out) {
	struct arena *a = tx_arena(tx);
	struct id_memory memory = registry_memory(base);
	struct bundle *bundle;
	TRY(app_bundle(tx, a, base->app, base->version, &bundle));
	TRY(apps_load(a, bundle, &memory, NULL, out));
	(*out)->version = base->version;
	registry_bind(base, *out);
	return NULL;
}

struct problem *apps_published(struct store *s, struct tx *tx, const struct registry *base,
			       struct app **out) {
	*out = NULL;
	if (!base->version) return NULL;
	struct app *running = apps_take(s, str_of(base->app));
	if (running && running->version == base->version) {
		*out = running;
		return NULL;
	}
	app_release(running);
	return apps_load_published(tx, base, out);
}

struct names_list {
	char **items;
	size_t n;
};

static struct problem *published_names(struct tx *tx, struct names_list *out) {
	struct arena *a = tx_arena(tx);
	struct rows *rows;
	TRY(tx_query(tx, "SELECT app FROM sys_app_version WHERE state = 'published' ORDER BY app",
		     NO_PARAMS, &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		out->items = arena_grow(a, out->items, out->n * sizeof(char *),
					(out->n + 1) * sizeof(char *));
		out->items[out->n++] = str_dup(a, rows_text(rows, 0));
	}
}

static struct problem *boot_in(struct store *s, struct tx *tx) {
	struct names_list names = { .n = 0 };
	TRY(published_names(tx, &names));
	for (size_t i = 0; i < names.n; i++) {
		struct registry *base;
		struct app *app;
		TRY(registry_load(tx, tx_arena(tx), names.items[i], &base));
		TRY(apps_load_published(tx, base, &app));
		apps_swap(s, app);
		app_release(app);
	}
	return NULL;
}

/* What an interrupted apply left to compute and to index, and what another Tenon indexed. */
static struct problem *pay_debts(struct store *s, struct arena *a) {
	struct app_registry *r = apps_of(s);
	for (size_t i = 0; i < r->n; i++) {
		TRY(search_renew(s, a, r->items[i]));
		TRY(apply_pay_debts(s, a, r->items[i]));
	}
	return NULL;
}

struct problem *apps_boot(struct store *s, struct arena *a) {
	struct tx *tx;
	TRY(plan_resume(s, a));
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, boot_in(s, tx)));
	return pay_debts(s, a);
}
