/* folder.c -- an app folder beside the store. The database holds what runs; the folder is applied
 * when
 *   - its app is new, or
 *   - it changed since it was last applied, the last publish came from a folder (not from the
 * browser), and no step loses data. Else what is published is served and the difference is shown.
 * Versions that came from a folder carry the note "folder". */
#include "runtime/host/publish.h"
#include "runtime/host/events.h"
#include "runtime/host/seeding.h"
#include "runtime/host/terminal.h"
#include "runtime/model/bundle.h"

#include <unistd.h>

static const char note_folder[] = "folder";
enum { TEXT_MAX = 1 << 20, CANONICAL_MAX = 64 << 20 };

static void show_findings(struct arena *a, const struct findings *f) {
	struct sb text = sb_on(a, TEXT_MAX);
	findings_text(&text, f, terminal_language(), terminal_color(2), false);
	terminal_text(2, sb_str(&text));
}

static void show_plan(struct arena *a, const struct plan *p) {
	struct sb text = sb_on(a, TEXT_MAX);
	plan_text(&text, p, terminal_language());
	terminal_text(2, sb_str(&text));
}

struct past {
	const char *last_note, *last_hash, *folder_hash;
	int64_t version;
};

static struct problem *read_past(struct server *s, struct arena *a, const char *app,
				 struct past *out) {
	struct tx *tx;
	struct app_version *versions;
	size_t n;
	*out = (struct past){ .version = 0 };
	TRY(tx_read(s->store, a, &tx));
	TRY(tx_end(tx, app_versions(tx, app, &versions, &n)));
	if (n)
		*out = (struct past){ versions[0].note, versions[0].hash, NULL,
				      versions[0].version };
	for (size_t i = 0; i < n && !out->folder_hash; i++)
		if (!strcmp(versions[i].note, note_folder)) out->folder_hash = versions[i].hash;
	return NULL;
}

static struct problem *apply(struct server *s, struct arena *a, const struct publication *p) {
	struct apply_options options = { .expect_hash = p->plan->hash,
					 .by = "system",
					 .note = note_folder };
	struct findings findings = { .arena = a };
	struct plan *done;
	TRY(plan_apply(s->store, a, p->bundle, &options, &findings, &done));
	TRY(seeding_seed(s, p->app->name));
	terminal_say("folder_applied", "app", p->app->name, "steps",
		     arena_printf(a, "%zu", p->plan->n), (const char *)NULL);
	return NULL;
}

/* One folder, once: *served tells whether its app runs afterwards. */
static struct problem *bring_in(struct server *s, struct arena *a, const char *folder, bool *served,
				const char **name) {
	struct publication p;
	struct past past;
	TRY(publish_folder(s->store, a, folder, true, &p));
	if (p.findings.errors || p.findings.warnings) show_findings(a, &p.findings);
	if (s->events && p.findings.errors)
		events_findings(s->events, p.bundle ? bundle_app(a, p.bundle) : "", &p.findings);
	*served = false;
	if (!p.app) {
		terminal_say("folder_findings", "folder", folder, "errors",
			     arena_printf(a, "%zu", p.findings.errors), (const char *)NULL);
		*name = p.bundle ? bundle_app(a, p.bundle) : "";
		TRY(read_past(s, a, *name, &past));
		*served = past.version > 0;
		return NULL;
	}
	*name = p.app->name;
	TRY(read_past(s, a, p.app->name, &past));
	*served = past.version > 0;
	bool unchanged =
		past.version && (!strcmp(past.last_hash, p.app->hash) ||
				 (past.folder_hash && !strcmp(past.folder_hash, p.app->hash)));
	if (unchanged) return NULL;
	/* With --dev the folder holds what the browser published, too. */
	bool ours = !past.version || s->options.dev || !strcmp(past.last_note, note_folder);
	if (ours && !p.plan->lossy && !p.plan->blocked) {
		TRY(apply(s, a, &p));
		*served = true;
		return NULL;
	}
	show_plan(a, p.plan);
	terminal_say(ours ? "folder_lossy" : "folder_behind", "app", p.app->name, "folder", folder,
		     "data", s->options.data, (const char *)NULL);
	return NULL;
}

struct problem *folder_boot(struct server *s, const char *folder, bool *served, const char **name) {
	struct arena *a = arena_new(0);
	*name = NULL;
	struct problem *p = bring_in(s, a, folder, served, name);
	if (p) p = problem_copy(s->arena, p);
	*name = arena_strdup(s->arena, *name);
	arena_free(a);
	return p;
}

void folder_changed(struct server *s, const char *folder) {
	struct arena *a = arena_new(0);
	const char *name = NULL;
	bool served;
	struct problem *p = bring_in(s, a, folder, &served, &name);
	if (!p && served) p = seeding_seed(s, name);
	if (p) terminal_problem(p);
	arena_free(a);
}

/* Compared as they are published: defaults left out, keys in the format's order. */
static struct str canonical(struct arena *a, const struct bundle_file *file) {
	struct bundle_file copy = *file;
	struct bundle one = { .files = &copy, .n = 1 };
	struct sb text = sb_on(a, CANONICAL_MAX);
	bundle_write_json(&text, &one);
	return sb_str(&text);
}

static bool same_file(struct arena *a, const struct bundle_file *x, const struct bundle_file *y) {
	return x && y && str_eq(canonical(a, x), canonical(a, y));
}

static struct bundle *folder_of_app(struct arena *a, const char *folder, const char *app) {
	struct findings findings = { .arena = a };
	struct bundle *b = NULL;
	if (bundle_read_folder(a, folder, &findings, &b) || !b) return NULL;
	const struct bundle_file *file = bundle_find(b, "app.json");
	return file && json_is_string(json_get(file->json, "app"), app) ? b : NULL;
}

/* Only what differs is written, so that the rest keeps its author's layout; files that are gone are
 * removed. */
static struct problem *write_differences(struct arena *a, const struct bundle *published,
					 const struct bundle *here, const char *folder) {
	struct bundle changed = { .files =
					  arena_array(a, published->n + 1, sizeof *changed.files) };
	for (size_t i = 0; i < published->n; i++)
		if (!same_file(a, &published->files[i],
			       bundle_find(here, published->files[i].path)))
			changed.files[changed.n++] = published->files[i];
	for (size_t i = 0; i < here->n; i++)
		if (!bundle_find(published, here->files[i].path))
			unlink(arena_printf(a, "%s/%s", folder, here->files[i].path));
	return bundle_write_folder(a, &changed, folder);
}

void folder_write_back(struct server *s, const char *app, const struct bundle *b) {
	if (!s->options.dev) return;
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < s->options.app_count; i++) {
		const char *folder = s->options.app_folders[i];
		const struct bundle *here = folder_of_app(a, folder, app);
		if (!here) continue;
		struct problem *p = write_differences(a, b, here, folder);
		if (p)
			terminal_problem(p);
		else
			terminal_say("folder_written", "app", app, "folder", folder,
				     (const char *)NULL);
	}
	arena_free(a);
}
