/* routes_io.c -- import and export over HTTP, and the jobs imports run as. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "engines/form/export.h"
#include "engines/form/export_book.h"
#include "runtime/host/job_view.h"
#include "runtime/host/multipart.h"
#include "runtime/host/router.h"
#include "runtime/model/permission.h"
#include "runtime/store/audit.h"

#define CSV_TYPE "text/csv; charset=utf-8"
#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

enum { UPLOAD_MAX = 1 << 30, FIELD_MAX = 1 << 20 };

/* ---- import ---- */

/* An upload on its way to data/tmp; the small parts are kept as text. */
struct upload {
	struct call *call;
	struct multipart *multipart;     /* NULL: the body is the file itself */
	char *path;
	int fd;
	bool handed_over;                /* a job has the file now */
	struct sb text;                  /* of the small part being read */
	const char *part;
	struct str map, mode, key, sheet, dry_run, all_or_nothing;
};

static void upload_close(void *arg)
{
	struct upload *u = arg;
	if (u->fd >= 0) close(u->fd);
	if (u->path && !u->handed_over) unlink(u->path);
}

static struct problem *upload_open(struct upload *u)
{
	struct call *c = u->call;
	u->path = arena_printf(c->x->arena, "%s/tmp/upload-XXXXXX", store_folder(c->server->store));
	u->fd = mkostemp(u->path, O_CLOEXEC);
	return u->fd < 0 ? PROBLEM(c->x->arena, UNAVAILABLE, "file_write", "reason", strerror(errno)) : NULL;
}

static struct problem *upload_bytes(struct upload *u, const char *bytes, size_t n)
{
	while (n) {
		ssize_t put = write(u->fd, bytes, n);
		if (put <= 0) return PROBLEM(u->call->x->arena, UNAVAILABLE, "file_write", "reason", strerror(errno));
		bytes += put;
		n -= (size_t)put;
	}
	return NULL;
}

static struct str *small_part(struct upload *u, struct str name)
{
	const struct { const char *name; struct str *to; } parts[] = { { "map", &u->map }, { "mode", &u->mode }, { "key", &u->key },
		{ "sheet", &u->sheet }, { "dry_run", &u->dry_run }, { "all_or_nothing", &u->all_or_nothing } };
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (str_is(name, parts[i].name)) return parts[i].to;
	return NULL;
}

static struct problem *part_begin(void *arg, const struct part *part)
{
	struct upload *u = arg;
	u->part = str_dup(u->call->x->arena, part->name);
	u->text = sb_on(u->call->x->arena, FIELD_MAX);
	if (str_is(part->name, "file")) return u->path ? PROBLEM(u->call->x->arena, MALFORMED, "upload_twice") : upload_open(u);
	return small_part(u, part->name) ? NULL : PROBLEM(u->call->x->arena, MALFORMED, "upload_part", "name", u->part);
}

static struct problem *part_data(void *arg, const char *bytes, size_t n)
{
	struct upload *u = arg;
	if (!strcmp(u->part, "file")) return upload_bytes(u, bytes, n);
	sb_bytes(&u->text, bytes, n);
	return u->text.overflow ? PROBLEM(u->call->x->arena, TOO_LARGE, "too_large", "max", "1 MiB") : NULL;
}

static struct problem *part_end(void *arg)
{
	struct upload *u = arg;
	struct str *to = small_part(u, str_of(u->part));
	if (to) *to = sb_str(&u->text);
	return NULL;
}

static struct problem *sink(struct exchange *x, const char *bytes, size_t n)
{
	struct upload *u = ((struct call *)x->context)->state;
	return u->multipart ? multipart_push(u->multipart, bytes, n) : upload_bytes(u, bytes, n);
}

static bool type_is(struct str type, const char *name)
{
	return type.n >= strlen(name) && str_starts(type, str_of(name));
}

static struct problem *import_begin(struct call *c)
{
	struct access access;
	TRY(access_of(&c->rq, c->form, &access));
	if (!access_may(&access, ACTION_IMPORT)) return PROBLEM(c->x->arena, FORBIDDEN, "forbidden");
	struct str type = exchange_header(c->x, "Content-Type");
	if (c->x->local && type_is(type, "application/json")) return NULL;
	int64_t length = 0;
	if (!str_to_int(exchange_header(c->x, "Content-Length"), &length)) length = 0; /* counted when it is there */
	TRY(jobs_room(c->server->jobs, &c->rq, length));
	struct upload *u = arena_alloc(c->x->arena, sizeof *u);
	*u = (struct upload){ .call = c, .fd = -1 };
	arena_defer(c->x->arena, upload_close, u);
	c->state = u;
	c->x->sink = sink;
	if (type_is(type, "text/csv") || type_is(type, XLSX_TYPE)) return upload_open(u);
	struct multipart_sink parts = { part_begin, part_data, part_end, u };
	if (!type_is(type, "multipart/form-data"))
		return PROBLEM(c->x->arena, MEDIA_TYPE, "media_type", "type", type.n && utf8_valid(type) ? str_dup(c->x->arena, type) : "?", "expected",
			"multipart/form-data, text/csv, " XLSX_TYPE);
	return multipart_new(c->x->arena, type, &parts, &u->multipart);
}

static bool truth(struct str s) { return str_is(s, "1") || str_is(s, "true"); }

static struct problem *read_mode(struct call *c, struct str mode, enum import_mode *out)
{
	*out = IMPORT_CREATE;
	if (!mode.n || import_mode_of(mode, out)) return NULL;
	return PROBLEM(c->x->arena, MALFORMED, "import_mode", "mode", str_dup(c->x->arena, mode));
}

static struct problem *from_upload(struct call *c, struct upload *u, struct job_import *out)
{
	if (u->multipart) TRY(multipart_end(u->multipart));
	if (!u->path) return PROBLEM(c->x->arena, MALFORMED, "upload_no_file");
	const struct { const char *name; struct str *to; } query[] = { { "mode", &u->mode }, { "key", &u->key }, { "sheet", &u->sheet }, { "dry_run", &u->dry_run },
		{ "all_or_nothing", &u->all_or_nothing } };
	for (size_t i = 0; i < ARRAY_LEN(query); i++)
		if (!query[i].to->n) *query[i].to = exchange_query(c->x, query[i].name);
	close(u->fd);
	u->fd = -1;
	*out = (struct job_import){ .path = u->path, .remove_file = true, .map = u->map, .key = u->key, .sheet = u->sheet, .dry_run = truth(u->dry_run),
		.all_or_nothing = truth(u->all_or_nothing) };
	return read_mode(c, u->mode, &out->mode);
}

/* The machine's operator names files instead of sending them (the command line does). */
static struct problem *from_operator(struct call *c, struct job_import *out)
{
	struct arena *a = c->x->arena;
	const struct json *j, *map;
	TRY(json_parse(a, c->x->body, &json_limits_definition, &j));
	map = json_get(j, "map");
	if (map && map->kind == JSON_OBJECT) {
		struct sb text = sb_on(a, json_limits_definition.bytes);
		struct jw w = jw_on(&text);
		jw_json(&w, map);
		out->map = sb_str(&text);
	}
	struct str path = json_str(json_get(j, "path")), errors = json_str(json_get(j, "errors"));
	if (!path.n) return PROBLEM(a, MALFORMED, "upload_no_file");
	out->path = str_dup(a, path);
	out->errors_path = errors.n ? str_dup(a, errors) : NULL;
	out->key = json_str(json_get(j, "key"));
	out->sheet = json_str(json_get(j, "sheet"));
	out->as = json_str(json_get(j, "as"));
	out->dry_run = json_bool(json_get(j, "dry_run"));
	out->all_or_nothing = json_bool(json_get(j, "all_or_nothing"));
	return read_mode(c, json_str(json_get(j, "mode")), &out->mode);
}

static void preview_column(struct jw *w, const struct import_preview_column *column)
{
	jw_object(w);
	jw_set_text(w, "header", column->header);
	jw_set_text(w, "field", column->field);
	jw_set_text(w, "by", column->by);
	jw_set_bool(w, "only_key", column->only_key);
	jw_key(w, "samples");
	jw_array(w);
	for (size_t i = 0; i < IMPORT_SAMPLES && column->samples[i]; i++) {
		jw_text(w, column->samples[i]);
	}
	jw_end(w);
	jw_end(w);
}

static struct problem *preview_answer(struct call *c, const struct import_preview *seen)
{
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "encoding", seen->encoding);
	jw_set_text(&w, "sheet", seen->sheet);
	jw_key(&w, "sheets");
	jw_array(&w);
	for (size_t i = 0; i < seen->sheet_count; i++) {
		jw_object(&w);
		jw_set_text(&w, "name", seen->sheets[i].name);
		jw_set_bool(&w, "hidden", seen->sheets[i].hidden);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "columns");
	jw_array(&w);
	for (size_t i = 0; i < seen->n; i++) {
		preview_column(&w, &seen->columns[i]);
	}
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

/* ?preview=1: what the file begins with, at once and without a job. */
static struct problem *preview(struct call *c, const struct job_import *what)
{
	struct import_preview seen;
	struct import_options o = { .form = c->form, .sheet = what->sheet, .errors_fd = -1 };
	if (what->map.n) TRY(json_parse(c->x->arena, what->map, &json_limits_definition, &o.map));
	o.fd = open(what->path, O_RDONLY | O_CLOEXEC);
	if (o.fd < 0) return PROBLEM(c->x->arena, UNAVAILABLE, "file_read", "reason", strerror(errno));
	struct problem *p = import_preview(&c->rq, &o, &seen);
	close(o.fd);
	return p ? p : preview_answer(c, &seen);
}

static struct problem *import(struct call *c)
{
	struct upload *u = c->state;
	struct job_import what = { 0 };
	TRY(u ? from_upload(c, u, &what) : from_operator(c, &what));
	if (u && truth(exchange_query(c->x, "preview"))) return preview(c, &what);
	what.app = c->rq.app->name;
	what.form = c->form->name;
	int64_t id;
	TRY(jobs_import(c->server->jobs, &c->rq, &what, &id));
	if (u) u->handed_over = true;
	exchange_set_header(c->x, "Location", arena_printf(c->x->arena, "/api/jobs/%lld", (long long)id));
	return job_answer(c, id, 202);
}

static struct problem *job_get(struct call *c) { return job_answer(c, c->id, 200); }

static struct problem *job_cancel(struct call *c)
{
	TRY(jobs_cancel(c->server->jobs, &c->rq, c->id));
	return call_empty(c);
}

static struct problem *job_undo(struct call *c)
{
	int64_t id;
	TRY(jobs_undo(c->server->jobs, &c->rq, c->id, truth(exchange_query(c->x, "dry_run")), &id));
	exchange_set_header(c->x, "Location", arena_printf(c->x->arena, "/api/jobs/%lld", (long long)id));
	return job_answer(c, id, 202);
}

/* ---- files as answers ---- */

struct download { int fd; };

static void download_close(void *arg) { close(((struct download *)arg)->fd); }

static struct problem *read_piece(struct exchange *x, bool *more)
{
	struct download *d = ((struct call *)x->context)->state;
	char piece[65536];
	ssize_t n = read(d->fd, piece, sizeof piece);
	if (n < 0) return PROBLEM(x->arena, UNAVAILABLE, "file_read", "reason", strerror(errno));
	sb_bytes(&x->answer, piece, (size_t)n);
	*more = n > 0;
	return NULL;
}

static void head(struct call *c, const char *type, const char *name)
{
	c->x->status = 200;
	c->x->content_type = type;
	exchange_set_header(c->x, "Content-Disposition", arena_printf(c->x->arena, "attachment; filename=\"%s\"", name));
	answer_headers(c->x);
}

static struct problem *job_errors(struct call *c)
{
	struct job_view v;
	TRY(jobs_view(c->server->jobs, &c->rq, c->id, &v));
	struct download *d = arena_alloc(c->x->arena, sizeof *d);
	d->fd = v.errors_file ? open(v.errors_file, O_RDONLY | O_CLOEXEC) : -1;
	if (d->fd < 0) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	arena_defer(c->x->arena, download_close, d);
	c->state = d;
	c->x->produce = read_piece;
	head(c, CSV_TYPE, "errors.csv");
	return NULL;
}

/* ---- export ---- */

static struct problem *export_piece(struct exchange *x, bool *more)
{
	struct call *c = x->context;
	return export_next(c->state, &x->answer, more);
}

struct exported { struct call *call; struct sb detail; };

static struct problem *note_export(struct tx *tx, void *arg)
{
	struct exported *e = arg;
	return audit_append(tx, &(struct audit_entry){ .actor = e->call->rq.actor ? e->call->rq.actor->login : "system", .door = door_name(e->call->rq.door),
		.act = "export", .app = e->call->rq.app->name, .form = e->call->form->name, .detail_json = sb_cstr(&e->detail) });
}

/* An export as the address asks for it, checked and noted in the audit trail: a bad filter is an answer of its own. */
static struct problem *export_begin(struct call *c, struct export **out)
{
	const struct exchange *x = c->x;
	struct query_text text = { .filter = exchange_query(x, "filter"), .sort = exchange_query(x, "sort"), .fields = exchange_query(x, "fields"),
		.q = exchange_query(x, "q"), .rows = exchange_query(x, "rows") };
	TRY(export_new(&c->rq, c->server->store, c->form, &text, out));
	TRY(export_refs(*out, exchange_query(x, "refs")));
	struct exported note = { .call = c, .detail = sb_on(c->x->arena, FIELD_MAX) };
	struct jw w = jw_on(&note.detail);
	jw_object(&w);
	jw_set_str(&w, "filter", text.filter);
	jw_set_str(&w, "fields", text.fields);
	jw_set_str(&w, "rows", text.rows);
	jw_end(&w);
	TRY(export_check(*out));
	return store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, note_export, &note);
}

static struct problem *export_csv(struct call *c)
{
	struct export *e;
	TRY(export_begin(c, &e));
	c->state = e;
	c->x->answer = sb_on(c->x->arena, 64 << 20);
	c->x->produce = export_piece;
	head(c, CSV_TYPE, arena_printf(c->x->arena, "%s.csv", c->form->name));
	return NULL;
}

/* A workbook is whole before its first byte is sent (the list of its parts stands at its end), so whatever goes wrong is an answer
 * of its own. */
struct book_export { struct export *export; struct export_book *book; };

enum { TURN_PAGES = 8 };

static struct problem *send_book(struct call *c, struct export_book *book)
{
	struct download *d = arena_alloc(c->x->arena, sizeof *d);
	TRY(export_book_end(book, &d->fd));
	c->state = d;
	c->x->produce = read_piece;
	head(c, XLSX_TYPE, arena_printf(c->x->arena, "%s.xlsx", c->form->name));
	return NULL;
}

/* Some pages, then others have their turn on the pool. */
static struct problem *fill_book(struct call *c)
{
	struct book_export *b = c->state;
	bool more = true;
	for (int page = 0; more && page < TURN_PAGES; page++) TRY(export_page(b->export, export_book_sink(b->book), &more));
	if (!more) return send_book(c, b->book);
	c->again = fill_book;
	return NULL;
}

static struct problem *export_xlsx(struct call *c)
{
	struct book_export *b = arena_alloc(c->x->arena, sizeof *b);
	TRY(export_begin(c, &b->export));
	TRY(export_book_new(&c->rq, c->form, arena_printf(c->x->arena, "%s/tmp", store_folder(c->server->store)), EXPORT_BOOK_ROWS, &b->book));
	c->state = b;
	return fill_book(c);
}

// clang-format off
const struct route routes_io[] = {
	{ HTTP_POST, "/api/{app}/{form}/import", ROUTE_POOL | ROUTE_APP | ROUTE_FORM | ROUTE_UPLOAD, import, "Import a CSV file or a workbook (.xlsx) as a job", import_begin, UPLOAD_MAX,
		"mode key sheet dry_run all_or_nothing preview" },
	{ HTTP_GET, "/api/{app}/{form}/export.csv", ROUTE_POOL | ROUTE_APP | ROUTE_FORM, export_csv, "Export records as CSV", NULL, 0, "filter sort fields q rows refs" },
	{ HTTP_GET, "/api/{app}/{form}/export.xlsx", ROUTE_POOL | ROUTE_APP | ROUTE_FORM, export_xlsx, "Export records as a workbook (.xlsx)", NULL, 0, "filter sort fields q rows refs" },
	{ HTTP_GET, "/api/jobs/{id}", ROUTE_POOL, job_get, "A job's progress and result", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/jobs/{id}", ROUTE_POOL, job_cancel, "Cancel a job", NULL, 0, NULL },
	{ HTTP_POST, "/api/jobs/{id}/undo", ROUTE_POOL, job_undo, "Take a whole import back, as a job: what it created goes to the trash, what it changed goes back; what others changed since stays and is named. dry_run only counts", NULL, 0, "dry_run" },
	{ HTTP_GET, "/api/jobs/{id}/errors.csv", ROUTE_POOL, job_errors, "The rows an import refused, or what an undo left, with reasons", NULL, 0, NULL },
	{ 0 },
};
