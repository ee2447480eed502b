/* bundle_folder.c -- an app's folder on disk: reading it into a bundle, writing a bundle back.
 * 1. Only app.json and the known folders are read; hidden files and editor backups are passed over.
 * 2. A file that cannot be read or parsed is a finding, and the rest is read on.
 * 3. Writing goes through a temporary file and rename, so that a reader never sees half a file. */
#include "runtime/model/bundle.h"
#include "runtime/model/finding.h"
#include "runtime/model/names.h"
#include "runtime/model/shape.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 * 1024 * 1024, FILES_MAX = 5000 };

struct reading {
	struct arena *a;
	struct findings *f;
	const char *folder;
	struct bundle *b;
	size_t room;
};

/* false: a finding says why. */
static bool read_text(struct reading *r, const char *path, struct str *out) {
	const char *full = arena_printf(r->a, "%s/%s", r->folder, path);
	FILE *file = fopen(full, "rbe");
	struct stat st;
	if (!file || fstat(fileno(file), &st)) {
		if (file) fclose(file);
		finding_file(r->f, path, SEVERITY_ERROR, "DEF10", "def_unreadable",
			     "fix_unreadable", "reason", strerror(errno), (const char *)NULL);
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		fclose(file);
		finding_file(r->f, path, SEVERITY_ERROR, "DEF11", "def_file_size", "fix_limit",
			     "max", "16 MiB", (const char *)NULL);
		return false;
	}
	char *text = arena_alloc(r->a, (size_t)st.st_size + 1);
	size_t n = fread(text, 1, (size_t)st.st_size, file);
	fclose(file);
	*out = (struct str){ text, n };
	return true;
}

static bool has_suffix(const char *name, const char *suffix) {
	size_t n = strlen(name), s = strlen(suffix);
	return n > s && !strcmp(name + n - s, suffix);
}

static void add_file(struct reading *r, const char *path, struct str text,
		     const struct json *json) {
	if (r->b->n == r->room) {
		size_t room = r->room ? 2 * r->room : 64;
		r->b->files = arena_grow(r->a, r->b->files, r->room * sizeof *r->b->files,
					 room * sizeof *r->b->files);
		r->room = room;
	}
	r->b->files[r->b->n++] = (struct bundle_file){ .path = path, .text = text, .json = json };
}

bool bundle_file_parse(struct arena *a, struct findings *f, const char *path, struct str text,
		       const struct json **json) {
	*json = NULL;
	if (has_suffix(path, ".json")) {
		struct problem *p = json_parse(a, text, &json_limits_definition, json);
		if (p) finding_problem(f, path, "DEF01", p);
		return !p;
	}
	if (utf8_valid(text)) return true;
	finding_file(f, path, SEVERITY_ERROR, "DEF01", "def_not_utf8", "fix_utf8",
		     (const char *)NULL);
	return false;
}

static void read_file(struct reading *r, const char *path) {
	struct str text;
	const struct json *json;
	if (read_text(r, path, &text) && bundle_file_parse(r->a, r->f, path, text, &json))
		add_file(r, path, text, json);
}

static bool passed_over(const char *name) {
	size_t n = strlen(name);
	return name[0] == '.' || name[n - 1] == '~' || has_suffix(name, ".swp") ||
	       has_suffix(name, ".bak") || has_suffix(name, ".tmp");
}

static void close_dir(void *dir) { closedir(dir); }

static void read_folder(struct reading *r, const char *sub) {
	DIR *dir = opendir(arena_printf(r->a, "%s/%s", r->folder, sub));
	if (!dir) return;
	arena_defer(r->a, close_dir, dir);
	bool interpreted = bundle_kind(str_of(arena_printf(r->a, "%s/x", sub))) != NULL;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		const char *path = arena_printf(r->a, "%s/%s", sub, e->d_name);
		if (passed_over(e->d_name)) continue;
		if (r->b->n == FILES_MAX) break;
		if (!bundle_path_ok(str_of(path)) || (interpreted && !has_suffix(path, ".json")))
			finding_file(r->f, path, SEVERITY_WARNING, "DEF10", "def_unused_file",
				     "fix_unused_file", (const char *)NULL);
		else
			read_file(r, path);
	}
}

static const char *known_folder(const char *name, struct similar *near) {
	const char *folder;
	for (size_t i = 0; (folder = bundle_folder(i)) != NULL; i++) {
		if (!strcmp(folder, name)) return folder;
		similar_offer(near, str_of(folder));
	}
	return NULL;
}

/* A folder that is nearly one of the format's is most likely a slip of the pen; others are the
 * author's own affair. */
static void tell_unknown(struct reading *r, const char *name) {
	struct similar near = similar_to(str_of(name));
	struct stat st;
	if (passed_over(name) || known_folder(name, &near) || !near.best.n) return;
	if (stat(arena_printf(r->a, "%s/%s", r->folder, name), &st) || !S_ISDIR(st.st_mode)) return;
	finding_file(r->f, name, SEVERITY_WARNING, "DEF10", "def_unknown_folder", "fix_near",
		     "name", name, "near", str_dup(r->a, near.best), (const char *)NULL);
}

struct problem *bundle_read_folder(struct arena *a, const char *folder, struct findings *f,
				   struct bundle **out) {
	struct reading r = { .a = a, .f = f, .folder = folder, .b = arena_alloc(a, sizeof *r.b) };
	struct stat st;
	DIR *dir = opendir(folder);
	const char *sub;
	if (!dir) return PROBLEM(a, NOT_FOUND, "app_folder", "folder", folder);
	arena_defer(a, close_dir, dir);
	r.b->origin = arena_strdup(a, folder);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) tell_unknown(&r, e->d_name);
	if (!stat(arena_printf(a, "%s/app.json", folder), &st)) read_file(&r, "app.json");
	for (size_t i = 0; (sub = bundle_folder(i)) != NULL; i++) read_folder(&r, sub);
	bundle_sort(r.b);
	*out = r.b;
	return NULL;
}

/* ---- writing ---- */

static struct problem *cannot_write(struct arena *a, const char *path) {
	int reason = errno;
	return problem_logged(a, PROBLEM(a, INTERNAL, "bundle_write", "path", path), "write %s: %s",
			      path, strerror(reason));
}

static struct problem *write_file(struct arena *a, const char *path, struct str text) {
	const char *temporary = arena_printf(a, "%s.tmp", path);
	FILE *file = fopen(temporary, "wbe");
	if (!file) return cannot_write(a, path);
	bool good =
		fwrite(text.p, 1, text.n, file) == text.n && !fflush(file) && !fsync(fileno(file));
	if (fclose(file) || !good || rename(temporary, path)) return cannot_write(a, path);
	return NULL;
}

struct str bundle_file_text(struct arena *a, const struct bundle_file *file) {
	if (!file->json) return file->text;
	struct sb text = sb_on(a, 64 * 1024 * 1024);
	struct jw w = jw_on(&text);
	jw_pretty(&w, bundle_canonical(a, file->path, file->json), 0);
	sb_char(&text, '\n');
	sb_cstr(&text);
	return sb_str(&text);
}

struct problem *bundle_write_folder(struct arena *a, const struct bundle *b, const char *folder) {
	for (size_t i = 0; i < b->n; i++) {
		const struct bundle_file *file = &b->files[i];
		const char *path = arena_printf(a, "%s/%s", folder, file->path),
			   *slash = strrchr(file->path, '/');
		if (!bundle_path_ok(str_of(file->path)))
			return PROBLEM(a, MALFORMED, "bundle_path", "path", file->path);
		const char *parent = slash ? arena_printf(a, "%s/%.*s", folder,
							  (int)(slash - file->path), file->path)
					   : folder;
		if (mkdir(parent, 0777) && errno != EEXIST) return cannot_write(a, parent);
		TRY(write_file(a, path, bundle_file_text(a, file)));
	}
	return NULL;
}
