/* search_upkeep.c -- idle merging of the search indexes. */
#include <pthread.h>
#include <time.h>
#include "runtime/base/log.h"
#include "runtime/store/search.h"
#include "runtime/store/search_upkeep.h"

enum { PIECE_PAGES = 16, PAUSE_MS = 200 };

struct search_upkeep {
	struct store *store;
	pthread_t thread;
	pthread_mutex_t mutex; /* guards stop */
	pthread_cond_t wake;
	bool stop;
	int64_t members_seen; /* of the writer, when all was merged */
};

struct piece {
	const struct form *form;
	bool more;
};

static struct problem *piece_commit(struct tx *tx, void *arg) {
	struct piece *piece = arg;
	return search_merge(tx, piece->form, PIECE_PAGES, &piece->more);
}

static bool idle(struct search_upkeep *u) {
	struct writer_stats w = store_writer_stats(u->store);
	return w.queue_interactive == 0 && w.queue_bulk == 0;
}

/* One piece; true when the form has further ones. One that fails is tried again after the next
 * write. */
static bool merge_form(struct search_upkeep *u, const struct form *form) {
	struct piece piece = { .form = form };
	struct arena *a = arena_new(0);
	const struct field *const *columns;
	struct problem *p = NULL;
	if (search_columns(form, &columns))
		p = store_write(u->store, LANE_BULK, a, piece_commit, &piece);
	if (p)
		LOG(WARN, "search merge failed", "form", form->name, "code", p->code, "detail",
		    p->log ? p->log : "");
	arena_free(a);
	return !p && piece.more;
}

/* One piece of each form that has any; true when something is left. */
static bool merge_app(struct search_upkeep *u, const struct app *app) {
	bool left = false;
	for (size_t i = 0; i < app->form_count; i++) {
		if (!idle(u)) return true;
		left |= merge_form(u, app->forms[i]);
	}
	return left;
}

static bool merge_all(struct search_upkeep *u) {
	struct arena *a = arena_new(0);
	struct app_list apps = apps_list(u->store, a);
	bool left = false;
	for (size_t i = 0; i < apps.n; i++) left |= merge_app(u, apps.items[i]);
	arena_free(a);
	return left;
}

/* False: stop. */
static bool rest(struct search_upkeep *u) {
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += PAUSE_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&u->mutex);
	if (!u->stop) pthread_cond_timedwait(&u->wake, &u->mutex, &until);
	bool go_on = !u->stop;
	pthread_mutex_unlock(&u->mutex);
	return go_on;
}

static void *upkeep_main(void *arg) {
	struct search_upkeep *u = arg;
	while (rest(u)) {
		if (store_writer_stats(u->store).members == u->members_seen || !idle(u)) continue;
		if (!merge_all(u)) u->members_seen = store_writer_stats(u->store).members;
	}
	return NULL;
}

struct problem *search_upkeep_start(struct store *s, struct arena *a, struct search_upkeep **out) {
	struct search_upkeep *u = arena_alloc(a, sizeof *u);
	pthread_condattr_t monotonic;
	u->store = s;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&u->mutex, NULL);
	pthread_cond_init(&u->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&u->thread, NULL, upkeep_main, u) != 0)
		return PROBLEM(a, UNAVAILABLE, "store_thread");
	*out = u;
	return NULL;
}

void search_upkeep_stop(struct search_upkeep *u) {
	if (!u) return;
	pthread_mutex_lock(&u->mutex);
	u->stop = true;
	pthread_cond_signal(&u->wake);
	pthread_mutex_unlock(&u->mutex);
	pthread_join(u->thread, NULL);
	pthread_mutex_destroy(&u->mutex);
	pthread_cond_destroy(&u->wake);
}
