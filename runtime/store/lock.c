/* lock.c -- one process writes a store: data/lock is held by flock, which the kernel lets go when
 * the process ends in whatever way. The file holds the owner's process id for people to read; only
 * the lock counts. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>
#include "runtime/store/backend.h"

static struct problem *locked(struct arena *a, const char *folder, int fd) {
	char owner[32] = "";
	ssize_t n = pread(fd, owner, sizeof owner - 1, 0);
	if (n < 0) n = 0;
	owner[n] = 0;
	close(fd);
	struct str text = str_trim(str_of(owner));
	return PROBLEM(a, CONFLICT, "store_locked", "folder", folder, "process",
		       text.n ? str_dup(a, text) : "?");
}

static void owner_write(int fd) {
	char owner[32];
	int n = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
	/* Only for people to read: a lock without its note is as good. */
	if (ftruncate(fd, 0) != 0 || pwrite(fd, owner, (size_t)n, 0) != n) return;
}

struct problem *lock_take(struct arena *a, const char *folder, int *out) {
	const char *path = arena_printf(a, "%s/lock", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return PROBLEM(a, UNAVAILABLE,
			       errno == EROFS || errno == EACCES ? "store_read_only_folder"
								 : "store_folder",
			       "folder", folder, "reason", strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) return locked(a, folder, fd);
	owner_write(fd);
	*out = fd;
	return NULL;
}

void lock_release(int fd) {
	if (fd >= 0) close(fd);
}
