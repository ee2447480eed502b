#include "runtime/host/watch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "runtime/base/clock.h"

enum { WATCHES = 256, REST_US = 100000 };
struct watch {
	int fd;
	const char *const *folders;
	size_t n;
	struct {
		int wd;
		size_t folder;
		bool top;
	} watches[WATCHES];
	size_t count;
	int64_t *changed_us; /* by folder; 0: nothing new */
};

static void close_watch(void *arg) { close(((struct watch *)arg)->fd); }

static void add(struct watch *w, const char *path, size_t folder, bool top) {
	int wd = inotify_add_watch(w->fd, path,
				   IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
					   IN_CREATE | IN_ONLYDIR);
	if (wd < 0) return;
	for (size_t i = 0; i < w->count; i++)
		if (w->watches[i].wd == wd) return;
	if (w->count == WATCHES) return;
	w->watches[w->count].wd = wd;
	w->watches[w->count].folder = folder;
	w->watches[w->count++].top = top;
}

static void add_below(struct watch *w, size_t folder) {
	DIR *d = opendir(w->folders[folder]);
	char path[4096];
	if (!d) return;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.') continue;
		snprintf(path, sizeof path, "%s/%s", w->folders[folder], e->d_name);
		add(w, path, folder, false); /* IN_ONLYDIR refuses plain files */
	}
	closedir(d);
}

struct problem *watch_new(struct arena *a, const char *const *folders, size_t n,
			  struct watch **out) {
	struct watch *w = arena_alloc(a, sizeof *w);
	*w = (struct watch){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
			     .folders = folders,
			     .n = n,
			     .changed_us = arena_array(a, n + 1, sizeof(int64_t)) };
	if (w->fd < 0) return PROBLEM(a, UNAVAILABLE, "watch_failed", "reason", strerror(errno));
	arena_defer(a, close_watch, w);
	for (size_t i = 0; i < n; i++) {
		add(w, folders[i], i, true);
		add_below(w, i);
	}
	*out = w;
	return NULL;
}

int watch_fd(const struct watch *w) { return w->fd; }

static void note(struct watch *w, const struct inotify_event *e) {
	for (size_t i = 0; i < w->count; i++) {
		if (w->watches[i].wd != e->wd) continue;
		size_t folder = w->watches[i].folder;
		w->changed_us[folder] = clock_mono();
		if (w->watches[i].top && e->mask & IN_ISDIR) add_below(w, folder);
		return;
	}
}

void watch_read(struct watch *w) {
	_Alignas(struct inotify_event) char buffer[16384];
	for (ssize_t n; (n = read(w->fd, buffer, sizeof buffer)) > 0;)
		for (char *at = buffer; at < buffer + n;) {
			const struct inotify_event *e =
				(const struct inotify_event *)(const void *)at;
			note(w, e);
			at += sizeof *e + e->len;
		}
}

int watch_wait_ms(const struct watch *w) {
	int64_t now = clock_mono(), least = -1;
	for (size_t i = 0; i < w->n; i++) {
		if (!w->changed_us[i]) continue;
		int64_t left = w->changed_us[i] + REST_US - now;
		left = left < 0 ? 0 : left / 1000 + 1;
		if (least < 0 || left < least) least = left;
	}
	return (int)least;
}

bool watch_take(struct watch *w, size_t *folder) {
	int64_t now = clock_mono();
	for (size_t i = 0; i < w->n; i++) {
		if (!w->changed_us[i] || now - w->changed_us[i] < REST_US) continue;
		w->changed_us[i] = 0;
		*folder = i;
		return true;
	}
	return false;
}
