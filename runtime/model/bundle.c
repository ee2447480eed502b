/* bundle.c -- the files of an app: read from a folder or from one JSON text, written back as
 * either.
 * 1. A bundle is sorted by path; the same files give the same canonical text whatever folder or
 * order they came from.
 * 2. Paths never lead out of the app's folder: one known folder and one plain file name.
 * 3. Canonical text: keys in the order of the format's tables, defaults left out (shape.h); export
 * -> import -> export is byte-identical. */
#include "runtime/model/bundle.h"

#include "runtime/model/shape.h"

#include <stdlib.h>

enum { BUNDLE_MAX = 64 * 1024 * 1024, FILES_MAX = 5000 };

static const struct {
	const char *folder, *kind;
} folders[] = {
	{ "calendars", "calendar" }, { "dashboards", "dashboard" }, { "demo", NULL },
	{ "enums", "enum" },         { "flows", "flow" },           { "forms", "form" },
	{ "prints", "print" },       { "reports", "report" },       { "roles", "role" },
	{ "rules", "rule" },         { "scripts", NULL },           { "seed", NULL },
	{ "tests", "test" },
};

static const char *folder_of(struct str path, const char **kind) {
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		size_t n = strlen(folders[i].folder);
		if (path.n <= n + 1 || strncmp(path.p, folders[i].folder, n) != 0 ||
		    path.p[n] != '/')
			continue;
		*kind = folders[i].kind;
		return folders[i].folder;
	}
	return NULL;
}

const char *bundle_folder(size_t i) { return i < ARRAY_LEN(folders) ? folders[i].folder : NULL; }

const char *bundle_kind(struct str path) {
	const char *kind = NULL;
	if (str_is(path, "app.json")) return "app";
	folder_of(path, &kind);
	return kind;
}

static bool file_name_ok(struct str name) {
	if (!name.n || name.n > 200 || name.p[0] == '.' || !utf8_valid(name)) return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || strchr("/\\:*?\"<>|\x7f", name.p[i]))
			return false;
	return true;
}

bool bundle_path_ok(struct str path) {
	const char *kind = NULL, *folder = folder_of(path, &kind);
	if (str_is(path, "app.json")) return true;
	if (!folder) return false;
	size_t n = strlen(folder) + 1;
	return file_name_ok((struct str){ path.p + n, path.n - n });
}

struct str bundle_base_name(struct str path) {
	const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	if (slash) path = (struct str){ slash + 1, path.n - (size_t)(slash + 1 - path.p) };
	if (path.n > 5 && !memcmp(path.p + path.n - 5, ".json", 5)) path.n -= 5;
	return path;
}

static int compare_path(const void *x, const void *y) {
	const struct bundle_file *a = x, *b = y;
	return strcmp(a->path, b->path);
}

void bundle_sort(struct bundle *b) {
	if (b->n) qsort(b->files, b->n, sizeof *b->files, compare_path);
}

static struct problem *take_member(struct arena *a, struct bundle *b, struct str path,
				   const struct json *node) {
	bool interpreted = bundle_kind(path) != NULL;
	if (!bundle_path_ok(path))
		return PROBLEM(a, MALFORMED, "bundle_path", "path", str_dup(a, path));
	if (node->kind != JSON_OBJECT && node->kind != JSON_ARRAY &&
	    (interpreted || node->kind != JSON_STRING))
		return PROBLEM(a, MALFORMED, "bundle_file", "path", str_dup(a, path));
	struct bundle_file *f = &b->files[b->n++];
	f->path = str_dup(a, path);
	if (node->kind == JSON_STRING)
		f->text = node->text;
	else
		f->json = node;
	return NULL;
}

struct problem *bundle_read_json(struct arena *a, struct str text, struct bundle **out) {
	static const struct json_limits limits = { .bytes = BUNDLE_MAX,
						   .depth = 66,
						   .keys_per_object = 20000,
						   .nodes = 4000000,
						   .string_bytes = 16 * 1024 * 1024 };
	const struct json *root;
	TRY(json_parse(a, text, &limits, &root));
	const struct json *files = json_get(root, "files");
	if (!files || files->kind != JSON_OBJECT || files->n > FILES_MAX)
		return PROBLEM(a, MALFORMED, "bundle_shape", "max", "5000");
	struct bundle *b = arena_alloc(a, sizeof *b);
	b->origin = "bundle";
	b->files = arena_array(a, files->n, sizeof *b->files);
	for (uint32_t i = 0; i < files->n; i++)
		TRY(take_member(a, b, files->keys[i].name, &files->items[i]));
	bundle_sort(b);
	*out = b;
	return NULL;
}

const struct json *bundle_canonical(struct arena *a, const char *path, const struct json *json) {
	return shape_canonical(a, shape_of(bundle_kind(str_of(path))), json);
}

void bundle_write_json(struct sb *out, const struct bundle *b) {
	struct jw w = jw_on(out);
	jw_object(&w);
	jw_key(&w, "files");
	jw_object(&w);
	for (size_t i = 0; i < b->n; i++) {
		const struct bundle_file *f = &b->files[i];
		jw_key(&w, f->path);
		if (f->json)
			jw_json(&w, bundle_canonical(out->arena, f->path, f->json));
		else
			jw_str(&w, f->text);
	}
	jw_end(&w);
	jw_end(&w);
}

const struct bundle_file *bundle_find(const struct bundle *b, const char *path) {
	for (size_t i = 0; i < b->n; i++)
		if (!strcmp(b->files[i].path, path)) return &b->files[i];
	return NULL;
}

struct bundle *bundle_interpreted(struct arena *a, const struct bundle *b) {
	struct bundle *out = arena_alloc(a, sizeof *out);
	out->origin = b->origin;
	out->files = arena_array(a, b->n + 1, sizeof *out->files);
	for (size_t i = 0; i < b->n; i++)
		if (bundle_kind(str_of(b->files[i].path))) out->files[out->n++] = b->files[i];
	return out;
}

static const struct bundle_change *change_of(const struct bundle_change *changes, size_t n,
					     const char *path) {
	for (size_t i = 0; i < n; i++)
		if (!strcmp(changes[i].path, path)) return &changes[i];
	return NULL;
}

struct bundle *bundle_overlay(struct arena *a, struct findings *f, const struct bundle *base,
			      const struct bundle_change *changes, size_t n) {
	struct bundle *b = arena_alloc(a, sizeof *b);
	b->origin = base->origin;
	b->files = arena_array(a, base->n + n + 1, sizeof *b->files);
	for (size_t i = 0; i < base->n; i++)
		if (!change_of(changes, n, base->files[i].path)) b->files[b->n++] = base->files[i];
	for (size_t i = 0; i < n; i++) {
		struct bundle_file file = { changes[i].path, changes[i].text, NULL };
		if (!changes[i].removed &&
		    bundle_file_parse(a, f, file.path, file.text, &file.json))
			b->files[b->n++] = file;
	}
	bundle_sort(b);
	return b;
}

/* Depth is bounded by the reader's limits. */
static void copy_into(struct arena *a, struct json *to, const struct json *from) {
	*to = *from;
	if (from->text.n) to->text.p = arena_copy(a, from->text.p, from->text.n);
	if (!from->n) return;
	to->items = arena_array(a, from->n, sizeof *to->items);
	if (from->kind == JSON_OBJECT) to->keys = arena_array(a, from->n, sizeof *to->keys);
	for (uint32_t i = 0; i < from->n; i++) {
		copy_into(a, &to->items[i], &from->items[i]);
		if (from->kind != JSON_OBJECT) continue;
		to->keys[i] = from->keys[i];
		to->keys[i].name.p = arena_copy(a, from->keys[i].name.p, from->keys[i].name.n);
	}
}

const struct json *json_copy(struct arena *a, const struct json *j) {
	struct json *copy = arena_alloc(a, sizeof *copy);
	copy_into(a, copy, j);
	return copy;
}
