/* backup_files.c -- copying and hashing plain files. Links are not followed: a store holds none. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/store/backup_internal.h"

enum { BLOCK = 256 * 1024, DEPTH = 8 };

struct problem *backup_folder_problem(struct arena *a, const char *folder) {
	return PROBLEM(a, UNAVAILABLE, "backup_folder", "folder", folder, "reason",
		       strerror(errno));
}

static bool write_all(int fd, const char *p, size_t n) {
	while (n) {
		ssize_t wrote = write(fd, p, n);
		if (wrote < 0 && errno == EINTR) continue;
		if (wrote <= 0) return false;
		p += wrote;
		n -= (size_t)wrote;
	}
	return true;
}

/* Reads in to its end, hashes it, writes it to out unless that is -1. */
static bool pump(int in, int out, char *block, struct backup_file *f) {
	crypto_hash_sha256_state hash;
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_init(&hash);
	for (ssize_t n; (n = read(in, block, BLOCK)) != 0;) {
		if (n < 0 && errno == EINTR) continue;
		if (n < 0 || (out >= 0 && !write_all(out, block, (size_t)n))) return false;
		crypto_hash_sha256_update(&hash, (const unsigned char *)block,
					  (unsigned long long)n);
		f->size += n;
	}
	crypto_hash_sha256_final(&hash, digest);
	sodium_bin2hex(f->sha256, sizeof f->sha256, digest, sizeof digest);
	return out < 0 || fsync(out) == 0;
}

static struct problem *transfer(struct arena *a, const char *source, const char *target,
				const char *path, struct backup_file *out) {
	*out = (struct backup_file){ .path = path };
	int in = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0) return backup_folder_problem(a, source);
	int to = target ? open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	bool good = !target || to >= 0;
	if (good) {
		struct arena_mark mark = arena_mark(a);
		good = pump(in, to, arena_alloc(a, BLOCK), out);
		arena_reset(a, mark);
	}
	struct problem *p = good ? NULL : backup_folder_problem(a, target ? target : source);
	close(in);
	if (to >= 0) close(to);
	return p;
}

struct problem *backup_hash(struct arena *a, const char *folder, const char *path,
			    struct backup_file *out) {
	return transfer(a, arena_printf(a, "%s/%s", folder, path), NULL, path, out);
}

struct problem *backup_copy(struct arena *a, const char *from, const char *to, const char *path,
			    struct backup_file *out) {
	return transfer(a, arena_printf(a, "%s/%s", from, path), arena_printf(a, "%s/%s", to, path),
			path, out);
}

void backup_files_add(struct arena *a, struct backup_files *files, const struct backup_file *f) {
	if (files->n == files->room) {
		size_t room = files->room ? 2 * files->room : 64;
		files->items =
			arena_grow(a, files->items, files->room * sizeof *f, room * sizeof *f);
		files->room = room;
	}
	files->items[files->n++] = *f;
	files->bytes += f->size;
}

struct tree {
	struct arena *a;
	const char *from, *to;
	struct backup_files *files;
};
static struct problem *tree_copy(struct tree *t, const char *path, int depth);

static struct problem *entry_copy(struct tree *t, const char *path, int depth) {
	struct stat st;
	const char *full = arena_printf(t->a, "%s/%s", t->from, path);
	if (lstat(full, &st) != 0)
		return errno == ENOENT ? NULL
				       : backup_folder_problem(t->a, full); /* an upload given up */
	if (S_ISDIR(st.st_mode)) return depth < DEPTH ? tree_copy(t, path, depth + 1) : NULL;
	if (!S_ISREG(st.st_mode)) return NULL;
	struct backup_file f;
	TRY(backup_copy(t->a, t->from, t->to, path, &f));
	backup_files_add(t->a, t->files, &f);
	return NULL;
}

static struct problem *tree_copy(struct tree *t, const char *path, int depth) {
	const char *source = arena_printf(t->a, "%s/%s", t->from, path),
		   *target = arena_printf(t->a, "%s/%s", t->to, path);
	DIR *dir = opendir(source);
	if (!dir) return errno == ENOENT ? NULL : backup_folder_problem(t->a, source);
	struct problem *p = mkdir(target, 0700) == 0 ? NULL : backup_folder_problem(t->a, target);
	for (struct dirent *entry; !p && (entry = readdir(dir)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
		p = entry_copy(t, arena_printf(t->a, "%s/%s", path, entry->d_name), depth);
	}
	closedir(dir);
	return p ? p : backup_sync_folder(t->a, target);
}

struct problem *backup_copy_tree(struct arena *a, const char *from, const char *to,
				 const char *path, struct backup_files *files) {
	return tree_copy(&(struct tree){ .a = a, .from = from, .to = to, .files = files }, path, 0);
}

struct problem *backup_sync_folder(struct arena *a, const char *folder) {
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	struct problem *p = good ? NULL : backup_folder_problem(a, folder);
	if (fd >= 0) close(fd);
	return p;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *where) {
	(void)st, (void)flag, (void)where;
	return remove(path);
}

void backup_remove(const char *folder) { nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); }
