#include "engines/flow/seeded.h"
#include "engines/form/seed.h"
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/host/seeding.h"
#include "runtime/host/terminal.h"
#include "runtime/store/accounts.h"
#include "runtime/store/queries.h"

struct loading { struct server *server; struct request rq; const char *folder; const char *mark; };

static struct problem *is_marked(struct loading *l, bool *marked)
{
	struct tx *tx;
	int64_t value;
	TRY(tx_read(l->server->store, l->rq.arena, &tx));
	return tx_end(tx, tx_int(tx, sql_meta_get, PARAMS(value_text(str_of(l->mark))), &value, marked));
}

enum { SEEN_DAYS = 2 };

static struct problem *mark(struct tx *tx, void *arg)
{
	const struct loading *l = arg;
	TRY(flow_seeded_seen(tx, l->rq.app->name, l->rq.now_us - SEEN_DAYS * DAY_US));
	return tx_exec(tx, sql_meta_set, PARAMS(value_text(str_of(l->mark)), value_int(1)), NULL);
}

static void release_people(void *d) { directory_release(d); }

/* The people as they are now: demo people have just been added. */
static struct problem *see_people(struct loading *l)
{
	struct tx *tx;
	struct problem *p = NULL;
	TRY(tx_read(l->server->store, l->rq.arena, &tx));
	struct directory *people = people_take(l->server->store, tx, &p);
	TRY(tx_end(tx, p));
	arena_defer(l->rq.arena, release_people, people);
	l->rq.directory = people;
	return NULL;
}

static struct problem *load_people(struct loading *l)
{
	for (size_t i = 0; i < l->rq.app->definition_count; i++) {
		const struct definition *d = l->rq.app->definitions[i];
		if (!d->json || !str_starts(str_of(d->file), str_of(l->folder)) || !json_get(d->json, "users")) continue;
		struct people_change change = { .rq = &l->rq, .what = PEOPLE_IMPORT, .mode = PEOPLE_UPSERT, .body = d->json,
			.warnings = { .arena = l->rq.arena } };
		TRY(people_change(l->server->store, &change));
		TRY(see_people(l));
	}
	return NULL;
}

static void tell(const struct loading *l, const struct seed_result *r, const struct faults *failed)
{
	enum language language = terminal_language();
	for (const struct fault *f = failed->first; f; f = f->next)
		terminal_text(2, str_of(arena_printf(l->rq.arena, "%s\n", fault_text(l->rq.arena, language, f))));
	if (r->created || r->failed)
		terminal_say("seed_loaded", "app", l->rq.app->name, "folder", l->folder, "created", arena_printf(l->rq.arena, "%lld", (long long)r->created),
			"failed", arena_printf(l->rq.arena, "%lld", (long long)r->failed), (const char *)NULL);
}

static struct problem *load(struct loading *l)
{
	bool marked;
	struct seed_result result;
	struct faults failed = { .arena = l->rq.arena };
	TRY(is_marked(l, &marked));
	if (marked) return NULL;
	TRY(see_people(l));
	TRY(load_people(l));
	TRY(seed_load(&l->rq, l->server->store, l->folder, flow_seeded, &failed, &result));
	tell(l, &result, &failed);
	return store_write(l->server->store, LANE_INTERACTIVE, l->rq.arena, mark, l);
}

static struct problem *load_folder(struct server *s, const char *app, const char *folder)
{
	struct app *taken = apps_take(s->store, str_of(app));
	if (!taken) return NULL;
	struct arena *a = arena_new(0);
	struct loading l = { .server = s, .folder = folder, .mark = arena_printf(a, "%s%s", folder, app),
		.rq = { .arena = a, .app = taken, .language = terminal_language(), .now_us = clock_now(), .door = DOOR_SYSTEM } };
	struct problem *p = load(&l);
	if (p) p = problem_copy(s->arena, p);
	arena_free(a);
	app_release(taken);
	return p;
}

struct problem *seeding_seed(struct server *s, const char *app) { return load_folder(s, app, "seed/"); }
struct problem *seeding_demo(struct server *s, const char *app) { return load_folder(s, app, "demo/"); }
