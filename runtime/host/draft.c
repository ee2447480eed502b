#include "runtime/host/draft.h"

enum { CHANGES_MAX = 5000 };

static bool name_ok(const char *app) {
	size_t n = strlen(app);
	if (n < 1 || n > 48 || app[0] < 'a' || app[0] > 'z') return false;
	return strspn(app, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* The files of the running app, in their canonical form: nothing is parsed anew. false: it is not
 * the version asked for. */
static bool running(struct store *s, struct arena *a, struct draft *d) {
	struct app *app = apps_take(s, str_of(d->app));
	if (!app) return false;
	app_keep(a, app);
	if (app->version != d->version) return false;
	d->base->files = arena_array(a, app->definition_count + 1, sizeof *d->base->files);
	for (size_t i = 0; i < app->definition_count; i++) {
		const struct definition *f = app->definitions[i];
		d->base->files[d->base->n++] = (struct bundle_file){
			.path = f->file,
			.text = f->json ? STR("") : f->source,
			.json = f->json ? bundle_canonical(a, f->file, f->json) : NULL
		};
	}
	return true;
}

static struct problem *published(struct store *s, struct tx *tx, struct draft *d) {
	struct arena *a = tx_arena(tx);
	d->base = arena_alloc(a, sizeof *d->base);
	d->base->origin = "bundle";
	TRY(app_current(tx, d->app, &d->version, &d->hash));
	if (!d->version) return NULL;
	return running(s, a, d) ? NULL : app_bundle(tx, a, d->app, 0, &d->base);
}

struct problem *draft_open(struct store *s, struct tx *tx, const char *app, bool fresh,
			   struct draft *out) {
	*out = (struct draft){ .app = app };
	TRY(published(s, tx, out));
	TRY(draft_list(tx, app, &out->files, &out->n));
	if (out->version || out->n || (fresh && name_ok(app))) return NULL;
	return PROBLEM(tx_arena(tx), NOT_FOUND, "not_found");
}

const struct draft_file *draft_file(const struct draft *d, const char *path) {
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->files[i].path, path)) return &d->files[i];
	return NULL;
}

struct str draft_published(struct arena *a, const struct draft *d, const char *path, bool *there) {
	const struct bundle_file *file = bundle_find(d->base, path);
	*there = file != NULL;
	return file ? bundle_file_text(a, file) : (struct str){ NULL, 0 };
}

/* Compared as they would be published: layout, defaults and the order of keys do not count. */
static struct str canonical(struct arena *a, const struct draft_file *f) {
	struct findings none = { .arena = a };
	struct bundle_file file = { f->path, f->text, NULL };
	return bundle_file_parse(a, &none, f->path, f->text, &file.json)
		       ? bundle_file_text(a, &file)
		       : f->text;
}

bool draft_differs(struct arena *a, const struct draft *d, const struct draft_file *f) {
	bool there;
	struct str text = draft_published(a, d, f->path, &there);
	if (f->removed || !there) return f->removed == there;
	return !str_eq(f->text, text) && !str_eq(canonical(a, f), text);
}

bool draft_stale(struct arena *a, const struct draft *d, const struct draft_file *f) {
	bool there;
	struct str text = draft_published(a, d, f->path, &there);
	return strcmp(f->base_sha, draft_sha(a, text, !there)) != 0 && draft_differs(a, d, f);
}

const char *draft_change(struct arena *a, const struct draft *d, const struct draft_file *f) {
	if (!draft_differs(a, d, f)) return NULL;
	if (f->removed) return "removed";
	return bundle_find(d->base, f->path) ? "changed" : "added";
}

/* ---- as a bundle ---- */

static struct problem *add_more(struct arena *a, const struct json *more,
				struct bundle_change *changes, size_t *n) {
	if (more->kind != JSON_OBJECT || more->n > CHANGES_MAX)
		return PROBLEM(a, MALFORMED, "draft_changes");
	for (uint32_t i = 0; i < more->n; i++) {
		const struct json *text = &more->items[i];
		const char *path = str_dup(a, more->keys[i].name);
		size_t at = 0;
		if (!bundle_path_ok(str_of(path)))
			return PROBLEM(a, MALFORMED, "bundle_path", "path", path);
		if (text->kind != JSON_STRING && text->kind != JSON_NULL)
			return PROBLEM(a, MALFORMED, "draft_changes");
		while (at < *n && strcmp(changes[at].path, path) != 0) at++;
		changes[at] = (struct bundle_change){ path, text->text, text->kind == JSON_NULL };
		if (at == *n) ++*n;
	}
	return NULL;
}

struct problem *draft_bundle(struct arena *a, const struct draft *d, const struct json *more,
			     struct findings *f, struct bundle **out) {
	size_t n = d->n;
	struct bundle_change *changes =
		arena_array(a, d->n + (more ? more->n : 0) + 1, sizeof *changes);
	for (size_t i = 0; i < d->n; i++)
		changes[i] = (struct bundle_change){ d->files[i].path, d->files[i].text,
						     d->files[i].removed };
	if (more) TRY(add_more(a, more, changes, &n));
	*out = bundle_overlay(a, f, d->base, changes, n);
	return NULL;
}

/* A file that cannot be parsed yet is shown as it was typed. */
struct bundle *draft_shown(struct arena *a, const struct draft *d) {
	struct findings none = { .arena = a };
	struct bundle_change *away = arena_array(a, d->n + 1, sizeof *away);
	for (size_t i = 0; i < d->n; i++)
		away[i] = (struct bundle_change){ .path = d->files[i].path, .removed = true };
	struct bundle *b = bundle_overlay(a, &none, d->base, away, d->n);
	struct bundle_file *files = arena_array(a, b->n + d->n + 1, sizeof *files);
	if (b->n) memcpy(files, b->files, b->n * sizeof *files);
	for (size_t i = 0; i < d->n; i++)
		if (!d->files[i].removed)
			files[b->n++] = (struct bundle_file){ d->files[i].path,
							      canonical(a, &d->files[i]), NULL };
	b->files = files;
	bundle_sort(b);
	return b;
}
