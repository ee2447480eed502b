/* bundle.h -- the files of an app as one thing, beyond what loader.h offers. Private to
 * runtime/model. */
#ifndef TENON_MODEL_BUNDLE_H
#define TENON_MODEL_BUNDLE_H

#include "runtime/model/loader.h"

/* "forms/lead.json" -> "form"; "app.json" -> "app"; seed, demo, tests, scripts: NULL (kept, not
 * interpreted). */
const char *bundle_kind(struct str path);
bool bundle_path_ok(
	struct str path); /* app.json or KNOWN_FOLDER/file name; no way out of the folder */
struct str bundle_base_name(struct str path); /* "forms/lead.json" -> "lead" */
struct str
bundle_file_text(struct arena *a,
		 const struct bundle_file *file); /* as it is written to disk, canonical */
void bundle_sort(struct bundle *b);
const char *bundle_folder(size_t i); /* the known folders one by one; NULL after the last */
const struct json *json_copy(struct arena *a, const struct json *j); /* deep, positions kept */

#endif
