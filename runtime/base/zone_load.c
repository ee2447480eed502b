/* zone_load.c -- zones from the files of tzdata, by name. A loaded zone never changes and is never
 * freed; the list grows by one entry for each zone file that exists, and only it has a lock. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "runtime/base/zone.h"
#include "runtime/base/zone_tzif.h"

enum { NAME_MAX_BYTES = 64, FILE_MAX_BYTES = 256 * 1024 };

struct loaded {
	struct zone zone;
	struct loaded *next;
};
static struct {
	pthread_mutex_t lock;
	struct arena *arena;
	struct loaded *first;
} cache = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* "Asia/Shanghai", "Etc/GMT+8": no dots, no empty part, so no way out of the zone folder. */
static bool name_is_safe(const char *name) {
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	size_t n = strlen(name);
	if (n == 0 || n > NAME_MAX_BYTES || strspn(name, allowed) != n) return false;
	return name[0] != '/' && name[n - 1] != '/' && !strstr(name, "//");
}

static const struct zone *cached(const char *name) {
	for (const struct loaded *l = cache.first; l; l = l->next)
		if (strcmp(l->zone.name, name) == 0) return &l->zone;
	return NULL;
}

/* false with errno when it cannot be read, with errno 0 when it is too long */
static bool read_file(struct arena *a, const char *path, struct str *out) {
	errno = 0;
	FILE *f = fopen(path, "rbe");
	if (!f) return false;
	char *bytes = arena_alloc(a, FILE_MAX_BYTES);
	*out = (struct str){ bytes, fread(bytes, 1, FILE_MAX_BYTES, f) };
	bool good = !ferror(f) && out->n < FILE_MAX_BYTES;
	fclose(f);
	return good;
}

static bool read_zone(struct arena *a, const char *path, const char *name, struct zone *out) {
	struct str file;
	if (read_file(a, path, &file)) return zone_tzif_read(cache.arena, file, out);
	if (strcmp(name, "UTC") != 0) return false;
	*out = (struct zone){ .has_rule = true }; /* a machine without tzdata still knows UTC */
	return true;
}

static struct problem *load_locked(struct arena *a, const char *name, const struct zone **out) {
	*out = cached(name);
	if (*out) return NULL;
	if (!cache.arena) cache.arena = arena_new(0);
	const char *folder = getenv("TZDIR");
	const char *path =
		arena_printf(a, "%s/%s", folder && *folder ? folder : "/usr/share/zoneinfo", name);
	struct arena_mark mark = arena_mark(cache.arena);
	struct loaded *l = arena_alloc(cache.arena, sizeof(*l));
	if (!read_zone(a, path, name, &l->zone)) {
		const char *why = errno ? strerror(errno) : "not a TZif file of version 2 or later";
		arena_reset(cache.arena, mark);
		return problem_logged(a, PROBLEM(a, INVALID, "zone_unknown", "zone", name),
				      "%s: %s", path, why);
	}
	l->zone.name = arena_strdup(cache.arena, name);
	l->next = cache.first;
	cache.first = l;
	*out = &l->zone;
	return NULL;
}

struct problem *zone_load(struct arena *a, const char *name, const struct zone **out) {
	if (!name_is_safe(name))
		return PROBLEM(a, INVALID, "zone_unknown", "zone", arena_strdup(a, name));
	pthread_mutex_lock(&cache.lock);
	struct problem *p = load_locked(a, name, out);
	pthread_mutex_unlock(&cache.lock);
	return p;
}
