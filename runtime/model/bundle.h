/* bundle.h -- the files of an app as one thing, beyond what loader.h offers: for the loader and for
 * who edits the files one by one. */
#ifndef TENON_MODEL_BUNDLE_H
#define TENON_MODEL_BUNDLE_H

#include "runtime/model/loader.h"

/* "forms/lead.json" -> "form"; "app.json" -> "app"; seed, demo, scripts: NULL (kept, not
 * interpreted). */
const char *bundle_kind(struct str path);
bool bundle_path_ok(
	struct str path); /* app.json or KNOWN_FOLDER/file name; no way out of the folder */
struct str bundle_base_name(struct str path); /* "forms/lead.json" -> "lead" */
struct str
bundle_file_text(struct arena *a,
		 const struct bundle_file *file); /* as it is written to disk, canonical */
void bundle_sort(struct bundle *b);
const struct bundle_file *bundle_find(const struct bundle *b, const char *path); /* NULL: not there */
/* Its tree as it is published: defaults left out, keys in the format's order. */
const struct json *bundle_canonical(struct arena *a, const char *path, const struct json *json);
/* Only the files the loader and the verifier look into: without seed data, demo data. */
struct bundle *bundle_interpreted(struct arena *a, const struct bundle *b);
/* The tree of a .json file's text (NULL for others); false: a finding says what is wrong. */
bool bundle_file_parse(struct arena *a, struct findings *f, const char *path, struct str text,
		       const struct json **json);
/* Changed texts laid over a bundle; what cannot be parsed is a finding and is left out. */
struct bundle_change {
	const char *path;
	struct str text;
	bool removed;
};
struct bundle *bundle_overlay(struct arena *a, struct findings *f, const struct bundle *base,
			      const struct bundle_change *changes, size_t n);
const char *bundle_folder(size_t i); /* the known folders one by one; NULL after the last */
const struct json *json_copy(struct arena *a, const struct json *j); /* deep, positions kept */

#endif
