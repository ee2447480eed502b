/* Published versions of an app: listing them, reading a bundle back. */
#include "runtime/store/plan.h"
#include "runtime/store/queries.h"

static struct app_version version_of(struct arena *a, const struct rows *r) {
	return (struct app_version){ .version = rows_int(r, 0),
				     .hash = str_dup(a, rows_text(r, 1)),
				     .by = str_dup(a, rows_text(r, 2)),
				     .note = str_dup(a, rows_text(r, 3)),
				     .at_us = rows_int(r, 4) };
}

struct problem *app_versions(struct tx *tx, const char *app, struct app_version **out, size_t *n) {
	struct arena *a = tx_arena(tx);
	struct app_version *list = NULL;
	struct rows *rows;
	size_t count = 0, room = 0;
	TRY(tx_query(tx,
		     "SELECT version, hash, actor, note, at FROM sys_app_version WHERE app = ?1 "
		     "ORDER BY version DESC",
		     PARAMS(value_text(str_of(app))), &rows));
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		if (count == room) {
			list = arena_grow(a, list, count * sizeof *list,
					  (room ? room * 2 : 16) * sizeof *list);
			room = room ? room * 2 : 16;
		}
		list[count++] = version_of(a, rows);
	}
	*out = list;
	*n = count;
	return NULL;
}

/* Not by app_versions: what stands behind a bundle in its row costs the way through it. */
struct problem *app_current(struct tx *tx, const char *app, int64_t *version, const char **hash) {
	const struct value name = value_text(str_of(app));
	bool have;
	char *text;
	*version = 0;
	TRY(tx_int(tx, sql_version_current, &name, 1, version, &have));
	TRY(tx_text(tx, sql_version_hash, &name, 1, &text));
	if (!have) *version = 0;
	*hash = text ? text : "";
	return NULL;
}

struct problem *app_bundle(struct tx *tx, struct arena *a, const char *app, int64_t version,
			   struct bundle **out) {
	char *text;
	TRY(tx_text(tx,
		    "SELECT bundle FROM sys_app_version WHERE app = ?1 AND (version = ?2 OR (?2 = "
		    "0 AND state = 'published'))",
		    PARAMS(value_text(str_of(app)), value_int(version)), &text));
	if (!text)
		return PROBLEM(a, NOT_FOUND, "app_version_unknown", "app", app, "version",
			       arena_printf(a, "%lld", (long long)version));
	return bundle_read_json(a, str_of(arena_strdup(a, text)), out);
}
