/* backup_manifest.c -- manifest.json of a backup: writing it last, reading it first. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/base/json.h"
#include "runtime/store/backup_internal.h"

enum { MANIFEST_CEILING = 256 * 1024 * 1024 };

static const struct json_limits manifest_limits = { .bytes = MANIFEST_CEILING,
						    .depth = 8,
						    .keys_per_object = 100,
						    .nodes = 8 * 1000 * 1000,
						    .string_bytes = 64 * 1024 };

static void files_json(struct jw *w, const struct backup_files *files) {
	jw_key(w, "files");
	jw_array(w);
	for (size_t i = 0; i < files->n; i++) {
		jw_object(w);
		jw_key(w, "path"), jw_text(w, files->items[i].path);
		jw_key(w, "size"), jw_int(w, files->items[i].size);
		jw_key(w, "sha256"), jw_text(w, files->items[i].sha256);
		jw_end(w);
	}
	jw_end(w);
}

static void tables_json(struct jw *w, const struct manifest *m) {
	jw_key(w, "tables");
	jw_array(w);
	for (size_t i = 0; i < m->table_count; i++) {
		jw_object(w);
		jw_key(w, "table"), jw_text(w, m->tables[i].name);
		jw_key(w, "rows"), jw_int(w, m->tables[i].rows);
		jw_end(w);
	}
	jw_end(w);
}

static void manifest_json(struct jw *w, const struct manifest *m) {
	jw_object(w);
	jw_key(w, "made_by"), jw_text(w, "tenon");
	jw_key(w, "version"), jw_text(w, TENON_VERSION);
	jw_key(w, "at"), jw_int(w, m->at_us);
	jw_key(w, "schema"), jw_int(w, m->schema);
	files_json(w, &m->files);
	tables_json(w, m);
	jw_key(w, "audit");
	jw_object(w);
	jw_key(w, "rows"), jw_int(w, m->audit.rows);
	jw_key(w, "head_seq"), jw_int(w, m->audit.head_seq);
	jw_key(w, "head_hash"), jw_text(w, m->audit.head_hash);
	jw_end(w);
	jw_end(w);
}

struct problem *manifest_write(struct arena *a, const char *folder, const struct manifest *m) {
	struct sb text = sb_on(a, MANIFEST_CEILING);
	struct jw w = jw_on(&text);
	manifest_json(&w, m);
	sb_char(&text, '\n');
	if (text.overflow) return PROBLEM(a, TOO_LARGE, "too_large", "max", "256 MiB");
	const char *path = arena_printf(a, "%s/manifest.json", folder);
	FILE *f = fopen(path, "wxe");
	bool good = f && fwrite(text.p, 1, text.n, f) == text.n && fflush(f) == 0 &&
		    fsync(fileno(f)) == 0;
	struct problem *p = good ? NULL : backup_folder_problem(a, path);
	if (f) fclose(f);
	return p;
}

static struct problem *text_read(struct arena *a, const char *folder, struct str *out) {
	const char *path = arena_printf(a, "%s/manifest.json", folder);
	FILE *f = fopen(path, "re");
	if (!f && errno == ENOENT) return PROBLEM(a, NOT_FOUND, "backup_absent", "folder", folder);
	if (!f) return backup_folder_problem(a, path);
	struct sb text = sb_on(a, MANIFEST_CEILING);
	char block[16384];
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) sb_bytes(&text, block, n);
	bool good = !ferror(f) && !text.overflow;
	fclose(f);
	*out = sb_str(&text);
	return good ? NULL
		    : PROBLEM(a, INVALID, "backup_damaged", "folder", folder, "what",
			      "manifest.json");
}

static int64_t int_of(const struct json *object, const char *key) {
	int64_t n = -1;
	const struct json *j = json_get(object, key);
	return j && json_int(j, &n) ? n : -1;
}

static bool file_read(struct arena *a, const struct json *j, struct manifest *m) {
	struct str path = json_str(json_get(j, "path")), sha256 = json_str(json_get(j, "sha256"));
	bool inside = path.n && path.p[0] != '/' && !strstr(str_dup(a, path), "..");
	if (!inside || sha256.n != 64) return false;
	struct backup_file f = { .path = str_dup(a, path), .size = int_of(j, "size") };
	memcpy(f.sha256, sha256.p, sha256.n);
	backup_files_add(a, &m->files, &f);
	return true;
}

static bool manifest_of(struct arena *a, const struct json *root, struct manifest *m) {
	const struct json *files = json_get(root, "files"), *tables = json_get(root, "tables"),
			  *audit = json_get(root, "audit");
	if (!json_is_string(json_get(root, "made_by"), "tenon") || !files || !tables || !audit)
		return false;
	for (size_t i = 0; i < files->n; i++)
		if (!file_read(a, &files->items[i], m)) return false;
	m->at_us = int_of(root, "at");
	m->schema = int_of(root, "schema");
	m->tables = arena_array(a, tables->n, sizeof *m->tables);
	m->table_count = tables->n;
	for (size_t i = 0; i < tables->n; i++)
		m->tables[i] = (struct backup_table){
			.name = str_dup(a, json_str(json_get(&tables->items[i], "table"))),
			.rows = int_of(&tables->items[i], "rows")
		};
	m->audit.rows = int_of(audit, "rows");
	m->audit.head_seq = int_of(audit, "head_seq");
	snprintf(m->audit.head_hash, sizeof m->audit.head_hash, "%s",
		 str_dup(a, json_str(json_get(audit, "head_hash"))));
	return true;
}

struct problem *manifest_read(struct arena *a, const char *folder, struct manifest *out) {
	struct str text;
	const struct json *root;
	TRY(text_read(a, folder, &text));
	*out = (struct manifest){ 0 };
	if (json_parse(a, text, &manifest_limits, &root) || !manifest_of(a, root, out))
		return PROBLEM(a, INVALID, "backup_damaged", "folder", folder, "what",
			       "manifest.json");
	return NULL;
}

struct problem *backup_figures(struct arena *a, const char *folder, struct backup_figures *out) {
	struct manifest m;
	TRY(manifest_read(a, folder, &m));
	*out = (struct backup_figures){ m.at_us, m.files.bytes };
	return NULL;
}
