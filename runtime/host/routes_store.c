/* routes_store.c -- the operator's calls behind `tenon backup` and `tenon doctor`. Paths of the
 * machine are taken only from the local socket. */
#include <sys/statvfs.h>
#include "runtime/host/job_view.h"
#include "runtime/store/audit.h"
#include "runtime/store/read.h"
#include "runtime/store/rollup.h"

static struct problem *backup(struct call *c) {
	struct arena *a = c->x->arena;
	struct str folder = json_str(json_get(c->body, "folder"));
	int64_t job;
	if (!c->x->local) return PROBLEM(a, FORBIDDEN, "local_only");
	if (!folder.n || folder.p[0] != '/' || c->body->n != 1)
		return PROBLEM(a, MALFORMED, "body_keys", "keys", "folder");
	TRY(jobs_backup(c->server->jobs, &c->rq, str_dup(a, folder), false, &job));
	return job_answer(c, job, 202);
}

/* ---- doctor ---- */

struct examination {
	struct call *c;
	struct tx *tx;
	struct jw w;
};

static void say(struct examination *e, const char *check, bool ok, const char *code,
		const struct param *params, size_t n) {
	jw_object(&e->w);
	jw_set_text(&e->w, "check", check);
	jw_set_bool(&e->w, "ok", ok);
	jw_set_text(&e->w, "text",
		    catalogue_text(e->c->x->arena, e->c->rq.language, code, params, n));
	jw_end(&e->w);
}

static const char *text_of(struct examination *e, int64_t n) {
	return arena_printf(e->c->x->arena, "%lld", (long long)n);
}

static struct problem *examine_audit(struct examination *e) {
	struct audit_report r;
	TRY(audit_verify(e->tx, &r));
	struct param params[] = { { "rows", text_of(e, r.rows) },
				  { "seq", text_of(e, r.reason ? r.bad_seq : r.head_seq) },
				  { "head", r.head_hash },
				  { "reason", r.reason ? r.reason : "" } };
	say(e, "audit", !r.reason, r.reason ? "doctor_audit_broken" : "doctor_audit", params,
	    ARRAY_LEN(params));
	return NULL;
}

static void examine_disk(struct examination *e) {
	struct statvfs v;
	if (statvfs(e->c->server->options.data, &v) || !v.f_blocks) return;
	int64_t percent = (int64_t)(v.f_bavail * 100 / v.f_blocks);
	struct param params[] = { { "percent", text_of(e, percent) },
				  { "mib", text_of(e, (int64_t)(v.f_bavail * v.f_frsize >> 20)) } };
	say(e, "disk", percent >= 5, percent >= 5 ? "doctor_disk" : "doctor_disk_low", params,
	    ARRAY_LEN(params));
}

static void examine_writer(struct examination *e) {
	struct writer_stats s = store_writer_stats(e->c->server->store);
	struct param params[] = { { "groups", text_of(e, s.groups) },
				  { "failed", text_of(e, s.failed) },
				  { "ms", text_of(e, s.commit_us_max / 1000) } };
	say(e, "writer", true, "doctor_writer", params, ARRAY_LEN(params));
}

static struct str sort_of(struct arena *a, const struct json *view) {
	const struct json *sort = json_get(view, "sort");
	struct sb out = sb_on(a, 4096);
	for (uint32_t i = 0; sort && sort->kind == JSON_ARRAY && i < sort->n; i++) {
		sb_cat(&out, i ? "," : "");
		sb_add(&out, json_str(&sort->items[i]));
	}
	return sb_str(&out);
}

/* What index each saved view lacks, by the plan of its statement; no view is run. */
static struct problem *examine_view(struct examination *e, const struct form *form,
				    const struct view *view) {
	struct call *c = e->c;
	struct query *q;
	const char *advice;
	struct query_text text = { .filter = json_str(json_get(view->json, "filter")),
				   .sort = sort_of(c->x->arena, view->json) };
	struct problem *p = query_parse(&c->rq, form, &text, &q);
	if (p) return NULL; /* a view that does not parse is the verifier's finding */
	TRY(read_advice(&c->rq, e->tx, q, &advice));
	if (!advice) return NULL;
	struct param params[] = { { "app", c->rq.app->name },
				  { "form", form->name },
				  { "view", view->name },
				  { "columns", advice } };
	say(e, "index", false, "doctor_index", params, ARRAY_LEN(params));
	return NULL;
}

/* Whether what is stored of rollups is what a count of everything gives. */
static struct problem *examine_rollups(struct examination *e, const struct app *app) {
	struct rollup_audit audit;
	struct request rq = e->c->rq;
	rq.app = app;
	TRY(rollup_verify(&rq, e->tx, &audit));
	const struct field *f = audit.first;
	struct param params[] = { { "app", app->name },
				  { "checked", text_of(e, audit.checked) },
				  { "wrong", text_of(e, audit.wrong) },
				  { "form", f ? f->form->name : "" },
				  { "field", f ? f->name : "" },
				  { "id", text_of(e, audit.first_id) } };
	if (audit.checked)
		say(e, "rollups", !f, f ? "doctor_rollups_differ" : "doctor_rollups", params,
		    ARRAY_LEN(params));
	return NULL;
}

static struct problem *examine_app(struct examination *e, const struct app *app) {
	struct param params[] = { { "app", app->name },
				  { "version", text_of(e, app->version) },
				  { "forms", text_of(e, (int64_t)app->form_count) } };
	say(e, "app", true, "doctor_app", params, ARRAY_LEN(params));
	e->c->rq.app = app;
	for (size_t i = 0; i < app->form_count; i++)
		for (size_t k = 0; k < app->forms[i]->view_count; k++)
			TRY(examine_view(e, app->forms[i], &app->forms[i]->views[k]));
	return examine_rollups(e, app);
}

static struct problem *examine(struct examination *e) {
	struct app_list apps = apps_list(e->c->server->store, e->c->x->arena);
	tx_patient(e->tx);
	examine_disk(e);
	examine_writer(e);
	TRY(examine_audit(e));
	for (size_t i = 0; i < apps.n; i++) TRY(examine_app(e, apps.items[i]));
	return NULL;
}

static struct problem *doctor(struct call *c) {
	struct examination e = { .c = c, .w = call_answer(c) };
	TRY(tx_read(c->server->store, c->x->arena, &e.tx));
	jw_object(&e.w);
	jw_key(&e.w, "checks");
	jw_array(&e.w);
	TRY(tx_end(e.tx, examine(&e)));
	jw_end(&e.w);
	jw_end(&e.w);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_store[] = {
	{ HTTP_POST, "/api/backup", ROUTE_POOL | ROUTE_ADMIN | ROUTE_BODY, backup, "Back up into a folder of the server's machine: a job (local socket only)", NULL, 0, NULL },
	{ HTTP_GET, "/api/doctor", ROUTE_POOL | ROUTE_ADMIN, doctor, "Data, audit trail, disk, missing indexes", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
