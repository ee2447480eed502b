/* routes_draft.c -- the files of an app for editing: what is published, what the draft changes
 * (draft.h), usages of a form or field, and the schemas an editor completes by. */
#include "runtime/base/day.h"
#include "runtime/host/bundle_diff.h"
#include "runtime/host/draft.h"
#include "runtime/host/publish.h"
#include "runtime/host/router.h"
#include "runtime/model/usages.h"

enum { FILE_BODY = 16 << 20, FILES_ANSWER = 16 << 20, BUNDLE_BODY = 16 << 20 };

static void moment(struct jw *w, const char *key, int64_t us) {
	char at[40];
	datetime_text(us, at);
	jw_set_text(w, key, at);
}

static char *app_of(struct call *c) { return str_dup(c->x->arena, c->args[0]); }

/* "app.json" or "forms/lead.json": one segment of the address or two. */
static struct problem *path_of(struct call *c, const char **out) {
	struct arena *a = c->x->arena;
	*out = c->arg_count == 3
		       ? arena_printf(a, "%s/%s", str_dup(a, c->args[1]), str_dup(a, c->args[2]))
		       : str_dup(a, c->args[1]);
	if (bundle_path_ok(str_of(*out))) return NULL;
	return PROBLEM(a, NOT_FOUND, "not_found");
}

/* ---- the tree ---- */

struct figures {
	int64_t errors, warnings;
};

static struct figures figures_of(const struct findings *f, const char *path) {
	struct figures n = { 0, 0 };
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->items[i].file, path) != 0) continue;
		n.errors += f->items[i].severity == SEVERITY_ERROR;
		n.warnings += f->items[i].severity == SEVERITY_WARNING;
	}
	return n;
}

static const char *name_of(struct arena *a, const char *path) {
	return str_dup(a, bundle_base_name(str_of(path)));
}

static void change_members(struct jw *w, struct arena *a, const struct draft *d,
			   const struct draft_file *f) {
	const char *change = f ? draft_change(a, d, f) : NULL;
	jw_set_text(w, "change", change);
	if (!change) return;
	jw_set_bool(w, "stale", draft_stale(a, d, f));
	jw_set_text(w, "by", f->by);
	moment(w, "at", f->at_us);
}

static void file_json(struct jw *w, struct arena *a, const struct draft *d, const char *path,
		      const struct findings *findings) {
	const struct draft_file *f = draft_file(d, path);
	const struct bundle_file *published = bundle_find(d->base, path);
	struct findings none = { .arena = a };
	bool there;
	struct str text = draft_published(a, d, path, &there);
	const struct json *json = published ? published->json : NULL, *label;
	if (f && !f->removed && bundle_file_parse(a, &none, path, f->text, &json)) text = f->text;
	const char *kind = bundle_kind(str_of(path));
	struct figures n = figures_of(findings, path);
	jw_object(w);
	jw_set_text(w, "path", path);
	jw_set_text(w, "kind", kind);
	jw_set_text(w, "name", name_of(a, path));
	label = kind ? json_get(json, "label") : NULL;
	jw_key(w, "label");
	if (label)
		jw_json(w, label);
	else
		jw_null(w);
	jw_set_int(w, "size", (int64_t)(f && !f->removed ? f->text.n : text.n));
	jw_set_text(w, "sha", f ? f->sha : draft_sha(a, text, !there));
	jw_set_int(w, "errors", n.errors);
	jw_set_int(w, "warnings", n.warnings);
	change_members(w, a, d, f);
	jw_end(w);
}

/* Published files and those only the draft has, in order of their paths. */
static void files_json(struct jw *w, struct arena *a, const struct draft *d,
		       const struct findings *findings) {
	size_t i = 0, k = 0;
	jw_array(w);
	while (i < d->base->n || k < d->n) {
		int order = i == d->base->n ? 1
			    : k == d->n     ? -1
					    : strcmp(d->base->files[i].path, d->files[k].path);
		file_json(w, a, d, order <= 0 ? d->base->files[i].path : d->files[k].path,
			  findings);
		i += order <= 0;
		k += order >= 0;
	}
	jw_end(w);
}

static struct problem *open_apart(struct call *c, struct draft *d) {
	struct tx *tx;
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	return tx_end(tx, draft_open(c->server->store, tx, app_of(c), false, d));
}

static struct problem *look_at(struct call *c, const struct draft *d, struct findings *f) {
	struct publication p = { .findings = *f };
	struct bundle *b;
	TRY(draft_bundle(c->x->arena, d, NULL, &p.findings, &b));
	if (!p.findings.errors)
		TRY(publish_look(c->server->store, c->x->arena, bundle_interpreted(c->x->arena, b),
				 false, &p));
	*f = p.findings;
	return NULL;
}

static struct problem *list_files(struct call *c) {
	struct findings findings = { .arena = c->x->arena };
	struct draft d;
	TRY(open_apart(c, &d));
	TRY(look_at(c, &d, &findings));
	c->x->answer.ceiling = FILES_ANSWER;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "version", d.version);
	jw_set_text(&w, "hash", d.hash);
	jw_set_int(&w, "errors", (int64_t)findings.errors);
	jw_set_int(&w, "warnings", (int64_t)findings.warnings);
	jw_key(&w, "files");
	files_json(&w, c->x->arena, &d, &findings);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- one file ---- */

static void tag(struct call *c, const char *sha) {
	exchange_set_header(c->x, "ETag", arena_printf(c->x->arena, "\"%s\"", sha));
}

static void begin_file(struct jw *w, const char *path, struct str text, bool there,
		       const char *sha) {
	jw_object(w);
	jw_set_text(w, "path", path);
	jw_set_text(w, "kind", bundle_kind(str_of(path)));
	jw_key(w, "text");
	if (there)
		jw_str(w, text);
	else
		jw_null(w);
	jw_set_text(w, "sha", sha);
}

static struct problem *published_file(struct call *c) {
	struct draft d;
	const char *path;
	bool there;
	TRY(path_of(c, &path));
	TRY(draft_open(c->server->store, c->tx, app_of(c), false, &d));
	struct str text = draft_published(c->x->arena, &d, path, &there);
	if (!there) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	c->x->answer.ceiling = FILES_ANSWER;
	struct jw w = call_answer(c);
	begin_file(&w, path, text, true, draft_sha(c->x->arena, text, false));
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *draft_answer(struct call *c, const struct draft *d, const char *path) {
	struct arena *a = c->x->arena;
	const struct draft_file *f = draft_file(d, path);
	bool there;
	struct str text = draft_published(a, d, path, &there);
	const char *published = draft_sha(a, text, !there);
	if (!f && !there) return PROBLEM(a, NOT_FOUND, "not_found");
	c->x->answer.ceiling = FILES_ANSWER;
	struct jw w = call_answer(c);
	begin_file(&w, path, f ? f->text : text, f ? !f->removed : there, f ? f->sha : published);
	jw_set_text(&w, "published_sha", published);
	jw_set_text(&w, "base_sha", f ? f->base_sha : published);
	change_members(&w, a, d, f);
	jw_end(&w);
	tag(c, f ? f->sha : published);
	return call_ok(c, 200);
}

static struct problem *drafted_file(struct call *c) {
	struct draft d;
	const char *path;
	TRY(path_of(c, &path));
	TRY(draft_open(c->server->store, c->tx, app_of(c), false, &d));
	return draft_answer(c, &d, path);
}

/* ---- saving ---- */

struct save {
	struct call *call;
	const char *app, *path;
	struct draft_file file;
	const char *published_sha, *if_match, *base; /* NULL: not given */
	bool there;                                  /* published */
	bool drop;
};

static struct problem *moved(struct call *c, const struct draft_file *now) {
	char at[40] = "";
	if (now) datetime_text(now->at_us, at);
	return PROBLEM(c->x->arena, STALE, "draft_moved", "by", now ? now->by : "", "at", at);
}

static struct problem *check_match(const struct save *s, const struct draft_file *now) {
	const char *sha = now ? now->sha : s->published_sha;
	if (s->if_match && strcmp(s->if_match, sha) != 0) return moved(s->call, now);
	return NULL;
}

static struct problem *save_commit(struct tx *tx, void *arg) {
	struct save *s = arg;
	struct draft d = { .app = s->app };
	TRY(draft_list(tx, s->app, &d.files, &d.n));
	const struct draft_file *now = draft_file(&d, s->path);
	TRY(check_match(s, now));
	if (s->drop) return draft_drop(tx, s->app, s->path, NULL, NULL);
	if (now && !s->base) {
		s->file.base_sha = now->base_sha;
		s->file.base_version = now->base_version;
	}
	return draft_put(tx, s->app, &s->file);
}

/* If-Match: the sha of the text the change was made on, in quotes; of no text: "". */
static void read_match(struct call *c, struct save *s) {
	struct str t = str_trim(exchange_header(c->x, "If-Match"));
	if (!t.n || str_is(t, "*")) return;
	if (t.n >= 2 && t.p[0] == '"' && t.p[t.n - 1] == '"') t = (struct str){ t.p + 1, t.n - 2 };
	s->if_match = str_dup(c->x->arena, t);
}

static struct problem *begin_save(struct call *c, bool fresh, struct save *s, struct draft *d) {
	struct arena *a = c->x->arena;
	struct tx *tx;
	*s = (struct save){ .call = c, .app = app_of(c) };
	TRY(path_of(c, &s->path));
	TRY(tx_read(c->server->store, a, &tx));
	TRY(tx_end(tx, draft_open(c->server->store, tx, s->app, fresh, d)));
	struct str text = draft_published(a, d, s->path, &s->there);
	s->published_sha = draft_sha(a, text, !s->there);
	read_match(c, s);
	s->file = (struct draft_file){ .path = s->path,
				       .base_sha = s->published_sha,
				       .base_version = d->version,
				       .at_us = c->rq.now_us,
				       .by = c->rq.actor ? c->rq.actor->login : "system" };
	return NULL;
}

/* {"text": text or null, "base": sha}: null takes the file away; base tells that the published text
 * of that sha was seen, which a stale file needs. */
static struct problem *read_save(struct call *c, struct save *s) {
	struct arena *a = c->x->arena;
	const struct json *text = json_get(c->body, "text"), *base = json_get(c->body, "base");
	for (uint32_t i = 0; i < c->body->n; i++)
		if (!names_hold("text base", c->body->keys[i].name))
			return PROBLEM(a, MALFORMED, "unknown_key", "name",
				       str_dup(a, c->body->keys[i].name), "known", "text, base");
	if (!text || (text->kind != JSON_STRING && text->kind != JSON_NULL))
		return PROBLEM(a, MALFORMED, "draft_text");
	if (base && !str_is(json_str(base), s->published_sha)) return moved(c, NULL);
	s->base = base ? s->published_sha : NULL;
	s->file.text = text->text;
	s->file.removed = text->kind == JSON_NULL;
	s->file.sha = draft_sha(a, text->text, s->file.removed);
	s->drop = !strcmp(s->file.sha, s->published_sha) && s->file.removed == !s->there;
	return NULL;
}

static struct problem *answer_saved(struct call *c, const struct save *s) {
	struct draft d;
	struct tx *tx;
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, draft_open(c->server->store, tx, s->app, true, &d)));
	if (!draft_file(&d, s->path) && !bundle_find(d.base, s->path)) return call_empty(c);
	return draft_answer(c, &d, s->path);
}

static struct problem *save_file(struct call *c) {
	struct save s;
	struct draft d;
	TRY(begin_save(c, true, &s, &d));
	TRY(read_save(c, &s));
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, save_commit, &s));
	return answer_saved(c, &s);
}

static struct problem *discard_file(struct call *c) {
	struct save s;
	struct draft d;
	TRY(begin_save(c, false, &s, &d));
	if (!draft_file(&d, s.path)) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	s.drop = true;
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, save_commit, &s));
	return call_empty(c);
}

/* ---- the whole draft ---- */

static struct problem *show_draft(struct call *c) {
	struct arena *a = c->x->arena;
	struct draft d;
	bool stale = false;
	TRY(draft_open(c->server->store, c->tx, app_of(c), false, &d));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "version", d.version);
	jw_key(&w, "files");
	jw_array(&w);
	for (size_t i = 0; i < d.n; i++) {
		if (!draft_differs(a, &d, &d.files[i])) continue;
		jw_object(&w);
		jw_set_text(&w, "path", d.files[i].path);
		jw_set_text(&w, "kind", bundle_kind(str_of(d.files[i].path)));
		jw_set_text(&w, "sha", d.files[i].sha);
		jw_set_int(&w, "base_version", d.files[i].base_version);
		jw_set_int(&w, "size", (int64_t)d.files[i].text.n);
		change_members(&w, a, &d, &d.files[i]);
		jw_end(&w);
		stale |= draft_stale(a, &d, &d.files[i]);
	}
	jw_end(&w);
	jw_set_bool(&w, "stale", stale);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *draft_diff(struct call *c) {
	struct arena *a = c->x->arena;
	struct draft d;
	TRY(draft_open(c->server->store, c->tx, app_of(c), false, &d));
	c->x->answer.ceiling = FILES_ANSWER;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "version", d.version);
	jw_key(&w, "files");
	bundle_diff_json(&w, d.base, draft_shown(a, &d));
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *discard_commit(struct tx *tx, void *arg) {
	return draft_drop(tx, arg, NULL, NULL, NULL);
}

static struct problem *discard_draft(struct call *c) {
	struct draft d;
	TRY(open_apart(c, &d));
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, discard_commit,
			app_of(c)));
	return call_empty(c);
}

/* ---- a bundle into the draft ---- */

struct upload {
	struct call *call;
	const char *app;
	struct draft_file *files;
	size_t n;
	bool replace;
};

static struct problem *upload_commit(struct tx *tx, void *arg) {
	struct upload *u = arg;
	struct draft d = { .app = u->app };
	TRY(draft_list(tx, u->app, &d.files, &d.n));
	if (d.n && !u->replace)
		return PROBLEM(tx_arena(tx), CONFLICT, "draft_there", "n",
			       arena_printf(tx_arena(tx), "%zu", d.n), "by", d.files[0].by);
	TRY(draft_drop(tx, u->app, NULL, NULL, NULL));
	for (size_t i = 0; i < u->n; i++) TRY(draft_put(tx, u->app, &u->files[i]));
	return NULL;
}

static void add_upload(struct upload *u, const struct draft *d, const char *path, struct str text,
		       bool removed) {
	struct call *c = u->call;
	struct arena *a = c->x->arena;
	bool there;
	struct str published = draft_published(a, d, path, &there);
	if (there && !removed && str_eq(published, text)) return;
	u->files[u->n++] = (struct draft_file){ .path = path,
						.text = text,
						.removed = removed,
						.sha = draft_sha(a, text, removed),
						.base_sha = draft_sha(a, published, !there),
						.base_version = d->version,
						.at_us = c->rq.now_us,
						.by = c->rq.actor ? c->rq.actor->login : "system" };
}

static struct problem *upload_bundle(struct call *c) {
	struct arena *a = c->x->arena;
	struct upload u = { .call = c,
			    .app = app_of(c),
			    .replace = json_bool(json_get(c->body, "replace")) };
	struct bundle *b;
	struct draft d;
	struct tx *tx;
	TRY(bundle_read_json(a, c->x->body, &b));
	const struct bundle_file *app = bundle_find(b, "app.json");
	if (!app || !str_is(json_str(json_get(app->json, "app")), u.app))
		return PROBLEM(a, INVALID, "bundle_app", "app", u.app);
	TRY(tx_read(c->server->store, a, &tx));
	TRY(tx_end(tx, draft_open(c->server->store, tx, u.app, true, &d)));
	u.files = arena_array(a, b->n + d.base->n + 1, sizeof *u.files);
	for (size_t i = 0; i < b->n; i++)
		add_upload(&u, &d, b->files[i].path, bundle_file_text(a, &b->files[i]), false);
	for (size_t i = 0; i < d.base->n; i++)
		if (!bundle_find(b, d.base->files[i].path))
			add_upload(&u, &d, d.base->files[i].path, STR(""), true);
	TRY(store_write(c->server->store, LANE_INTERACTIVE, a, upload_commit, &u));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_int(&w, "changed", (int64_t)u.n);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- usages ---- */

static void usage_json(struct jw *w, const struct usage *u) {
	jw_object(w);
	jw_set_text(w, "file", u->file);
	jw_set_text(w, "kind", u->kind);
	jw_set_text(w, "name", u->name);
	jw_set_text(w, "key", u->key);
	jw_set_text(w, "pointer", u->pointer);
	jw_set_int(w, "line", u->line);
	jw_set_int(w, "column", u->column);
	jw_key(w, "text");
	if (u->text.n)
		jw_str(w, u->text);
	else
		jw_null(w);
	jw_end(w);
}

static struct problem *unknown_name(struct call *c, const char *parameter, const char *code) {
	struct arena *a = c->x->arena;
	struct problem *p =
		problem_new(a, PROBLEM_MALFORMED, __FILE__, __LINE__, code, parameter,
			    str_dup(a, exchange_query(c->x, parameter)), (const char *)NULL);
	p->pointer = parameter;
	return p;
}

/* A field of a sub-table: lines.qty. */
static const struct field *field_named(const struct form *form, struct str name) {
	struct str first, rest;
	bool dotted = str_cut(name, '.', &first, &rest);
	const struct field *f = form_field(form, first);
	if (!dotted) return f;
	return f && f->rows ? form_field(f->rows, rest) : NULL;
}

static struct problem *find_usages(struct call *c, struct usages *found) {
	struct str name = exchange_query(c->x, "field"), list = exchange_query(c->x, "enum");
	if (list.n && !exchange_has_query(c->x, "form")) {
		usages_of_enum(c->x->arena, c->rq.app, str_dup(c->x->arena, list), found);
		return NULL;
	}
	const struct form *form = app_form(c->rq.app, exchange_query(c->x, "form"));
	const struct field *field = form && name.n ? field_named(form, name) : NULL;
	if (!form) return unknown_name(c, "form", "unknown_form");
	if (name.n && !field) return unknown_name(c, "field", "unknown_field");
	usages_find(c->x->arena, c->rq.app, form, field, found);
	return NULL;
}

static struct problem *usages(struct call *c) {
	struct usages found;
	TRY(find_usages(c, &found));
	c->x->answer.ceiling = FILES_ANSWER;
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "usages");
	jw_array(&w);
	for (size_t i = 0; i < found.n; i++) usage_json(&w, &found.items[i]);
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- schemas ---- */

static struct problem *schema(struct call *c) {
	struct arena *a = c->x->arena;
	const char *kind = str_dup(a, c->args[0]);
	size_t n = strlen(kind), count;
	const char *const *kinds = schema_kinds(&count);
	if (n < 6 || strcmp(kind + n - 5, ".json") != 0) return PROBLEM(a, NOT_FOUND, "not_found");
	kind = str_dup(a, (struct str){ kind, n - 5 });
	for (size_t i = 0; i < count; i++) {
		if (strcmp(kinds[i], kind) != 0) continue;
		c->x->answer = sb_on(a, FILES_ANSWER);
		schema_write(&c->x->answer, kind);
		return call_ok(c, 200);
	}
	return PROBLEM(a, NOT_FOUND, "not_found");
}

// clang-format off
const struct route routes_draft[] = {
	{ HTTP_GET, "/api/apps/{app}/files", ROUTE_POOL | ROUTE_APP_ADMIN, list_files, "The files of an app, with what the draft changes and how many findings", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps/{app}/files/{file}", ROUTE_READ | ROUTE_APP_ADMIN, published_file, "A published file as text", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps/{app}/files/{folder}/{file}", ROUTE_READ | ROUTE_APP_ADMIN, published_file, "A published file as text", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps/{app}/draft", ROUTE_READ | ROUTE_APP_ADMIN, show_draft, "What the draft changes", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/apps/{app}/draft", ROUTE_POOL | ROUTE_APP_ADMIN, discard_draft, "Discard the whole draft", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps/{app}/draft/diff", ROUTE_READ | ROUTE_APP_ADMIN, draft_diff, "What the draft changes, line by line", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps/{app}/draft/{file}", ROUTE_READ | ROUTE_APP_ADMIN, drafted_file, "A file as the draft has it", NULL, 0, NULL },
	{ HTTP_GET, "/api/apps/{app}/draft/{folder}/{file}", ROUTE_READ | ROUTE_APP_ADMIN, drafted_file, "A file as the draft has it", NULL, 0, NULL },
	{ HTTP_PUT, "/api/apps/{app}/draft/{file}", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, save_file, "Save a file into the draft; text null removes it", NULL, FILE_BODY, NULL },
	{ HTTP_PUT, "/api/apps/{app}/draft/{folder}/{file}", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, save_file, "Save a file into the draft; text null removes it", NULL, FILE_BODY, NULL },
	{ HTTP_DELETE, "/api/apps/{app}/draft/{file}", ROUTE_POOL | ROUTE_APP_ADMIN, discard_file, "Discard the draft of a file", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/apps/{app}/draft/{folder}/{file}", ROUTE_POOL | ROUTE_APP_ADMIN, discard_file, "Discard the draft of a file", NULL, 0, NULL },
	{ HTTP_POST, "/api/apps/{app}/bundle", ROUTE_POOL | ROUTE_APP_ADMIN | ROUTE_BODY, upload_bundle, "Put a bundle into the draft", NULL, BUNDLE_BODY, NULL },
	{ HTTP_GET, "/api/apps/{app}/usages", ROUTE_READ | ROUTE_APP_ADMIN | ROUTE_APP, usages, "Where the definitions name a form, a field or a list of values", NULL, 0, "form field enum" },
	{ HTTP_GET, "/api/schema/{kind}", ROUTE_READ | ROUTE_APP_ADMIN, schema, "JSON Schema of a kind of definition, such as form.json", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
