#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/support/shaky_disk.h"

enum { FILES = 16 };

/* data NULL: a truncation to `offset`. */
struct unsynced {
	struct unsynced *next;
	sqlite3_int64 offset;
	size_t n;
	char *data;
};
struct image {
	char *bytes;
	size_t n, room;
};
struct watched {
	char path[PATH_MAX];
	struct image durable;
	struct unsynced *first, *last;
};
struct shaky_file {
	sqlite3_file base;
	struct watched *watched;
	sqlite3_file *real;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* guards all below */
static struct watched files[FILES];
static size_t file_count;
static char watched_folder[PATH_MAX];
static int64_t calls, fail_at;
static int fail_code;

static sqlite3_vfs *real_vfs, shaky_vfs;
static sqlite3_io_methods methods; /* pass on to the system's, but for three */

static void image_reach(struct image *image, size_t n) {
	if (n > image->room) {
		image->room = n + n / 2 + 4096;
		image->bytes = realloc(image->bytes, image->room);
		assert(image->bytes);
	}
	if (n > image->n) memset(image->bytes + image->n, 0, n - image->n);
	if (n > image->n) image->n = n;
}

static void image_apply(struct image *image, const struct unsynced *u) {
	if (!u->data) {
		if ((size_t)u->offset < image->n) image->n = (size_t)u->offset;
		return;
	}
	image_reach(image, (size_t)u->offset + u->n);
	memcpy(image->bytes + u->offset, u->data, u->n);
}

static void forget_unsynced(struct watched *w, bool durable) {
	for (struct unsynced *u = w->first, *next; u; u = next) {
		next = u->next;
		if (durable) image_apply(&w->durable, u);
		free(u->data);
		free(u);
	}
	w->first = w->last = NULL;
}

static void remember(struct watched *w, const void *data, size_t n, sqlite3_int64 offset) {
	struct unsynced *u = calloc(1, sizeof *u);
	assert(u);
	*u = (struct unsynced){ .offset = offset, .n = n };
	if (data) {
		u->data = malloc(n);
		assert(u->data);
		memcpy(u->data, data, n);
	}
	if (w->last)
		w->last->next = u;
	else
		w->first = u;
	w->last = u;
}

static int strike(void) { return ++calls == fail_at ? fail_code : SQLITE_OK; }

/* Half of a failing write reaches the file, as on a disk that fills up. */
static int shaky_write(sqlite3_file *file, const void *data, int n, sqlite3_int64 offset) {
	struct shaky_file *f = (struct shaky_file *)file;
	if (!f->watched) return f->real->pMethods->xWrite(f->real, data, n, offset);
	pthread_mutex_lock(&mutex);
	int failed = strike();
	int amount = failed ? n / 2 : n;
	int rc = amount ? f->real->pMethods->xWrite(f->real, data, amount, offset) : SQLITE_OK;
	if (rc == SQLITE_OK && amount) remember(f->watched, data, (size_t)amount, offset);
	pthread_mutex_unlock(&mutex);
	return failed ? failed : rc;
}

static int shaky_truncate(sqlite3_file *file, sqlite3_int64 size) {
	struct shaky_file *f = (struct shaky_file *)file;
	if (!f->watched) return f->real->pMethods->xTruncate(f->real, size);
	pthread_mutex_lock(&mutex);
	int rc = strike();
	if (rc == SQLITE_OK) rc = f->real->pMethods->xTruncate(f->real, size);
	if (rc == SQLITE_OK) remember(f->watched, NULL, 0, size);
	pthread_mutex_unlock(&mutex);
	return rc;
}

static int shaky_sync(sqlite3_file *file, int flags) {
	(void)flags; /* our own "durable" is what counts here: no need to wait for the machine's
			disk */
	struct shaky_file *f = (struct shaky_file *)file;
	if (!f->watched) return SQLITE_OK;
	pthread_mutex_lock(&mutex);
	int rc = strike();
	if (rc == SQLITE_OK) forget_unsynced(f->watched, true);
	pthread_mutex_unlock(&mutex);
	return rc;
}

#define PASS(name, parameters, arguments)                                                          \
	static int pass_##name parameters {                                                        \
		sqlite3_file *real = ((struct shaky_file *)file)->real;                            \
		return real->pMethods->name arguments;                                             \
	}
PASS(xRead, (sqlite3_file * file, void *p, int n, sqlite3_int64 at), (real, p, n, at))
PASS(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (real, size))
PASS(xLock, (sqlite3_file * file, int level), (real, level))
PASS(xUnlock, (sqlite3_file * file, int level), (real, level))
PASS(xCheckReservedLock, (sqlite3_file * file, int *out), (real, out))
PASS(xFileControl, (sqlite3_file * file, int op, void *arg), (real, op, arg))
PASS(xSectorSize, (sqlite3_file * file), (real))
PASS(xDeviceCharacteristics, (sqlite3_file * file), (real) & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE)
PASS(xShmMap, (sqlite3_file * file, int page, int size, int extend, void volatile **out),
     (real, page, size, extend, out))
PASS(xShmLock, (sqlite3_file * file, int offset, int n, int flags), (real, offset, n, flags))
PASS(xShmUnmap, (sqlite3_file * file, int drop), (real, drop))
PASS(xFetch, (sqlite3_file * file, sqlite3_int64 at, int n, void **out), (real, at, n, out))
PASS(xUnfetch, (sqlite3_file * file, sqlite3_int64 at, void *p), (real, at, p))

static int pass_xClose(sqlite3_file *file) {
	sqlite3_file *real = ((struct shaky_file *)file)->real;
	return real->pMethods->xClose(real);
}

static void pass_xShmBarrier(sqlite3_file *file) {
	sqlite3_file *real = ((struct shaky_file *)file)->real;
	real->pMethods->xShmBarrier(real);
}

static void image_load(struct image *image, const char *path) {
	FILE *f = fopen(path, "rb");
	if (!f) return;
	char block[65536];
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) {
		size_t at = image->n;
		image_reach(image, at + n);
		memcpy(image->bytes + at, block, n);
	}
	fclose(f);
}

static struct watched *watched_of(const char *path) {
	if (!path || !watched_folder[0] ||
	    strncmp(path, watched_folder, strlen(watched_folder)) != 0)
		return NULL;
	for (size_t i = 0; i < file_count; i++)
		if (strcmp(files[i].path, path) == 0) return &files[i];
	assert(file_count < FILES);
	struct watched *w = &files[file_count++];
	snprintf(w->path, sizeof w->path, "%s", path);
	image_load(&w->durable, path); /* what was there before counts as durable */
	return w;
}

static int shaky_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
		      int *out_flags) {
	(void)vfs;
	struct shaky_file *f = (struct shaky_file *)file;
	*f = (struct shaky_file){ .real = (sqlite3_file *)(f + 1) };
	int rc = real_vfs->xOpen(real_vfs, path, f->real, flags, out_flags);
	if (rc != SQLITE_OK || !f->real->pMethods) return rc;
	pthread_mutex_lock(&mutex);
	if (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) f->watched = watched_of(path);
	f->base.pMethods = &methods;
	pthread_mutex_unlock(&mutex);
	return SQLITE_OK;
}

void shaky_disk_install(void) {
	real_vfs = sqlite3_vfs_find("unix");
	methods = (sqlite3_io_methods){
		.iVersion = 3,
		.xClose = pass_xClose,
		.xRead = pass_xRead,
		.xWrite = shaky_write,
		.xTruncate = shaky_truncate,
		.xSync = shaky_sync,
		.xFileSize = pass_xFileSize,
		.xLock = pass_xLock,
		.xUnlock = pass_xUnlock,
		.xCheckReservedLock = pass_xCheckReservedLock,
		.xFileControl = pass_xFileControl,
		.xSectorSize = pass_xSectorSize,
		.xDeviceCharacteristics = pass_xDeviceCharacteristics,
		.xShmMap = pass_xShmMap,
		.xShmLock = pass_xShmLock,
		.xShmBarrier = pass_xShmBarrier,
		.xShmUnmap = pass_xShmUnmap,
		.xFetch = pass_xFetch,
		.xUnfetch = pass_xUnfetch,
	};
	shaky_vfs = *real_vfs;
	shaky_vfs.zName = "shaky";
	shaky_vfs.szOsFile = (int)sizeof(struct shaky_file) + real_vfs->szOsFile;
	shaky_vfs.xOpen = shaky_open;
	assert(sqlite3_vfs_register(&shaky_vfs, 1) == SQLITE_OK);
}

void shaky_disk_watch(const char *folder) {
	pthread_mutex_lock(&mutex);
	for (size_t i = 0; i < file_count; i++) {
		forget_unsynced(&files[i], false);
		free(files[i].durable.bytes);
		files[i] = (struct watched){ 0 };
	}
	file_count = 0;
	snprintf(watched_folder, sizeof watched_folder, "%s/", folder);
	pthread_mutex_unlock(&mutex);
}

int64_t shaky_disk_fail_at(int64_t n, int code) {
	pthread_mutex_lock(&mutex);
	int64_t before = calls;
	calls = 0;
	fail_at = n;
	fail_code = code;
	pthread_mutex_unlock(&mutex);
	return before;
}

static void image_save(const struct watched *w, const char *to, unsigned *seed) {
	struct image found = { 0 };
	image_reach(&found, w->durable.n);
	if (w->durable.n) memcpy(found.bytes, w->durable.bytes, w->durable.n);
	for (const struct unsynced *u = w->first; u; u = u->next)
		if (rand_r(seed) % 2) image_apply(&found, u);
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/%s", to, w->path + strlen(watched_folder));
	FILE *f = fopen(path, "wb");
	assert(f);
	assert(fwrite(found.bytes, 1, found.n, f) == found.n);
	assert(fclose(f) == 0);
	free(found.bytes);
}

void shaky_disk_power_cut(const char *to, unsigned seed, void (*note)(void *context),
			  void *context) {
	pthread_mutex_lock(&mutex);
	if (note) note(context);
	for (size_t i = 0; i < file_count; i++) image_save(&files[i], to, &seed);
	pthread_mutex_unlock(&mutex);
}
