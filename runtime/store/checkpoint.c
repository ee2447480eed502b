/* checkpoint.c -- moves committed pages from the WAL into the database, away from the writer.
 * 1. SQLite's automatic checkpoint is off: it would run inside a commit.
 * 2. This thread runs a PASSIVE checkpoint each time the WAL has grown by 8 MiB; it never waits for
 * anyone and nobody for it. When all is moved and no reader is in the WAL, the next commit starts
 * it from the front.
 * 3. Under steady writing it never quite catches up. Above 32 MiB the writer itself runs RESTART
 * between two groups, but only when at most 4 MiB are left to move, since people wait for that;
 * above 256 MiB in any case: writing is faster than the disk takes it. It waits at most 50 ms for
 * readers and tries again after the next 8 MiB. Not while a backup holds the WAL on purpose. */
#include "runtime/base/log.h"
#include "runtime/store/backend.h"

enum {
	PAGE = 4096,
	REST_FRAMES = 4 * 1024 * 1024 / PAGE,
	PASSIVE_FRAMES = 8 * 1024 * 1024 / PAGE,
	RESTART_FRAMES = 32 * 1024 * 1024 / PAGE,
	FORCE_FRAMES = 256 * 1024 * 1024 / PAGE,
	RESTART_WAIT_MS = 50,
	WRITER_WAIT_MS = 5000
};

int checkpoint_wal_hook(void *store, sqlite3 *db, const char *schema, int frames) {
	(void)db, (void)schema;
	struct checkpoint *k = &((struct store *)store)->checkpoint;
	atomic_store(&k->frames, frames);
	return SQLITE_OK;
}

static void wish(struct checkpoint *k, int frames) {
	k->seen = frames;
	pthread_mutex_lock(&k->mutex);
	k->wanted = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->mutex);
}

static void restart(struct store *s, int frames) {
	sqlite3 *db = s->writer.c->db;
	sqlite3_busy_timeout(db, RESTART_WAIT_MS);
	int rc = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	sqlite3_busy_timeout(db, WRITER_WAIT_MS);
	s->checkpoint.restart_at = rc == SQLITE_OK ? RESTART_FRAMES : frames + PASSIVE_FRAMES;
	if (rc == SQLITE_OK) s->checkpoint.seen = 0;
}

void checkpoint_between_groups(struct store *s) {
	struct checkpoint *k = &s->checkpoint;
	int frames = atomic_load(&k->frames);
	if (frames < k->seen) { /* the WAL began from the front */
		k->seen = 0;
		k->restart_at = RESTART_FRAMES;
		atomic_store(&k->moved, 0);
	}
	bool long_wal = frames >= RESTART_FRAMES;
	bool nearly_moved = frames - atomic_load(&k->moved) <= REST_FRAMES;
	bool free = !atomic_load(&k->working);
	bool may = (nearly_moved && free) || frames >= FORCE_FRAMES;
	if (frames >= k->restart_at && may && atomic_load(&k->holders) == 0)
		restart(s, frames);
	else if (frames - k->seen >= (long_wal ? REST_FRAMES / 2 : PASSIVE_FRAMES))
		wish(k, frames);
}

static bool wait_for_wish(struct checkpoint *k) {
	pthread_mutex_lock(&k->mutex);
	while (!k->wanted && !k->stop) pthread_cond_wait(&k->wake, &k->mutex);
	bool go = !k->stop;
	k->wanted = false;
	pthread_mutex_unlock(&k->mutex);
	return go;
}

static void checkpoint_passive(struct checkpoint *k) {
	int moved = 0;
	atomic_store(&k->working, true);
	int rc = sqlite3_wal_checkpoint_v2(k->c->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL,
					   &moved);
	if (rc == SQLITE_OK)
		atomic_store(&k->moved, moved);
	else if (rc != SQLITE_BUSY)
		LOG(WARN, "checkpoint failed", "reason", sqlite3_errmsg(k->c->db));
	atomic_store(&k->working, false);
}

static void *checkpoint_main(void *arg) {
	struct checkpoint *k = arg;
	while (wait_for_wish(k)) checkpoint_passive(k);
	return NULL;
}

struct problem *checkpoint_start(struct store *s, struct arena *a) {
	struct checkpoint *k = &s->checkpoint;
	k->restart_at = RESTART_FRAMES;
	TRY(connection_open(s, a, CONNECTION_WRITER, false, &k->c));
	pthread_mutex_init(&k->mutex, NULL);
	pthread_cond_init(&k->wake, NULL);
	if (pthread_create(&k->thread, NULL, checkpoint_main, k) != 0)
		return PROBLEM(a, UNAVAILABLE, "store_thread");
	k->running = true;
	return NULL;
}

void checkpoint_stop(struct store *s) {
	struct checkpoint *k = &s->checkpoint;
	if (k->running) {
		pthread_mutex_lock(&k->mutex);
		k->stop = true;
		pthread_cond_signal(&k->wake);
		pthread_mutex_unlock(&k->mutex);
		pthread_join(k->thread, NULL);
		pthread_mutex_destroy(&k->mutex);
		pthread_cond_destroy(&k->wake);
	}
	connection_close(k->c);
}
