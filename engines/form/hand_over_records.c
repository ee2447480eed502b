/* hand_over_records.c -- the records of a hand-over: by form, by id, some at a time in one
 * transaction; where one is refused its companions are tried one by one, and it is told with its
 * reason. */
#include "engines/form/hand_over_internal.h"

#include <unistd.h>
#include "engines/form/csv.h"

enum { AT_ONCE = 50, LINE_MAX = 64 * 1024 };

/* ---- forms ---- */

static void add_forms(struct arena *a, const struct app *app, struct hand_forms *out) {
	for (size_t i = 0; i < app->form_count; i++) {
		const struct form *form = app->forms[i];
		if (!form->table) continue;
		const char *key = arena_printf(a, "%s/%s", app->name, form->name);
		out->items[out->n++] = (struct hand_form){ key, form };
	}
}

void hand_forms_of(struct arena *a, struct store *s, struct hand_forms *out) {
	struct app_list apps = apps_list(s, a);
	size_t room = 0;
	for (size_t i = 0; i < apps.n; i++) room += apps.items[i]->form_count;
	*out = (struct hand_forms){ arena_array(a, room + 1, sizeof *out->items), 0 };
	for (size_t i = 0; i < apps.n; i++) add_forms(a, apps.items[i], out);
}

/* ---- one go ---- */

struct going {
	struct request *base;
	struct store *store;
	const struct hand_over_run *run;
	struct import_result *result;
	int64_t total;
	bool stopped;
};
/* Some records of one form; its request lives as long as they do. */
struct portion {
	struct going *g;
	struct request rq;
	const struct form *form;
	const struct json *body;
	int64_t *ids;
	size_t n;
};

static const struct json *owner_body(struct arena *a, const struct user *to) {
	struct json *body = arena_alloc(a, sizeof *body);
	struct json_key *key = arena_alloc(a, sizeof *key);
	struct json *value = arena_alloc(a, sizeof *value);
	*key = (struct json_key){ .name = STR("owner") };
	*value = (struct json){ .kind = JSON_STRING, .text = str_of(to->login) };
	*body = (struct json){ .kind = JSON_OBJECT, .n = 1 };
	body->keys = key;
	body->items = value;
	return body;
}

static struct write write_of(const struct portion *p, size_t i) {
	return (struct write){ .op = WRITE_UPDATE,
			       .form = p->form,
			       .id = p->ids[i],
			       .if_match = -1,
			       .body = p->body };
}

static void tell_refused(const struct portion *p, int64_t id, const struct problem *why) {
	struct sb line = sb_on(p->rq.arena, LINE_MAX);
	const char *text = problem_text(p->rq.arena, p->rq.language, why);
	csv_field(&line, str_of(p->form->app->name), true, true);
	csv_field(&line, str_of(p->form->name), false, true);
	csv_field(&line, str_of(arena_printf(p->rq.arena, "%lld", (long long)id)), false, true);
	csv_field(&line, str_of(text), false, true);
	sb_char(&line, '\n');
	/* A disk that is full takes a reason away, not the count. */
	ssize_t written = write(p->g->run->errors_fd, sb_cstr(&line), line.n);
	(void)written;
}

/* A record that is gone or has changed hands meanwhile is nobody's failure. */
static void one(struct portion *p, size_t i) {
	struct write w = write_of(p, i);
	struct problem *refused = record_write(&p->rq, p->g->store, LANE_BULK, &w);
	p->g->result->read++;
	if (!refused)
		p->g->result->updated++;
	else if (refused->kind == PROBLEM_NOT_FOUND)
		p->g->result->skipped++;
	else {
		p->g->result->failed++;
		tell_refused(p, p->ids[i], refused);
	}
}

static void together(struct portion *p) {
	struct write *writes = arena_array(p->rq.arena, p->n, sizeof *writes);
	for (size_t i = 0; i < p->n; i++) writes[i] = write_of(p, i);
	if (record_write_all(&p->rq, p->g->store, LANE_BULK, writes, p->n)) {
		for (size_t i = 0; i < p->n; i++) one(p, i);
		return;
	}
	p->g->result->read += (int64_t)p->n;
	p->g->result->updated += (int64_t)p->n;
}

static bool go_on(struct going *g) {
	const struct hand_over_run *run = g->run;
	int64_t done = g->result->read < g->total ? g->result->read : g->total;
	g->stopped = !run->progress(run->progress_arg, done, g->total, g->result);
	return !g->stopped;
}

/* *after: the last id dealt with. */
static struct problem *some(struct going *g, const struct hand_form *f, struct arena *a,
			    int64_t *after, bool *more) {
	const struct hand_over *h = &g->run->what;
	struct portion p = { .g = g, .rq = *g->base, .form = f->form };
	struct tx *tx;
	p.rq.arena = a;
	p.rq.app = f->form->app;
	TRY(tx_read(g->store, a, &tx));
	TRY(tx_end(tx, record_owned(tx, f->form, h->from->id, *after, AT_ONCE, &p.ids, &p.n)));
	*more = p.n == AT_ONCE;
	if (!p.n) return NULL;
	*after = p.ids[p.n - 1];
	p.body = owner_body(a, hand_over_to(g->base, h, f->key));
	together(&p);
	return NULL;
}

static struct problem *form_records(struct going *g, const struct hand_form *f) {
	int64_t after = 0;
	bool more = true;
	while (more && go_on(g)) {
		struct arena *a = arena_new(0);
		struct problem *p = some(g, f, a, &after, &more);
		if (p) p = problem_copy(g->base->arena, p);
		arena_free(a);
		if (p) return p;
	}
	return NULL;
}

static struct problem *count_all(struct going *g, const struct hand_forms *all) {
	struct tx *tx;
	struct problem *p = NULL;
	TRY(tx_read(g->store, g->base->arena, &tx));
	for (size_t i = 0; i < all->n && !p; i++) {
		int64_t n = 0;
		p = record_owned_count(tx, all->items[i].form, g->run->what.from->id, &n);
		g->total += n;
	}
	return tx_end(tx, p);
}

struct problem *hand_over_records(struct request *rq, struct store *s,
				  const struct hand_over_run *run, struct import_result *out) {
	struct going g = { .base = rq, .store = s, .run = run, .result = out };
	struct hand_forms all;
	hand_forms_of(rq->arena, s, &all);
	TRY(count_all(&g, &all));
	for (size_t i = 0; i < all.n && !g.stopped; i++) TRY(form_records(&g, &all.items[i]));
	return g.stopped ? PROBLEM(rq->arena, CONFLICT, "job_cancelled") : NULL;
}
