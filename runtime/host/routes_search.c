/* routes_search.c -- one box over everything: the newest matches of each form the caller may read,
 * as titles. */
#include "runtime/host/router.h"
#include "runtime/store/read.h"

enum { MATCHES = 5 };

struct search {
	struct call *c;
	struct jw w;
	struct str q;
};

static struct problem *titles_of(struct search *s, const struct form *form,
				 const struct read_page *page, const char ***out) {
	struct arena *a = s->c->x->arena;
	int64_t *ids = arena_array(a, page->n, sizeof *ids);
	*out = arena_array(a, page->n, sizeof **out);
	for (size_t i = 0; i < page->n; i++) ids[i] = page->records[i]->id;
	return read_titles(&s->c->rq, s->c->tx, form, ids, page->n, *out);
}

static void write_matches(struct search *s, const struct form *form, const struct read_page *page,
			  const char **titles) {
	for (size_t i = 0; i < page->n; i++) {
		jw_object(&s->w);
		jw_set_text(&s->w, "app", s->c->rq.app->name);
		jw_set_text(&s->w, "form", form->name);
		jw_set_int(&s->w, "id", page->records[i]->id);
		jw_set_text(&s->w, "title", titles[i]);
		jw_end(&s->w);
	}
}

static struct problem *search_form(struct search *s, const struct form *form) {
	struct access access;
	struct query *q;
	struct read_page page;
	const char **titles;
	if (!form->search_count || access_of(&s->c->rq, form, &access) ||
	    !access_may(&access, ACTION_READ))
		return NULL;
	struct query_text text = { .q = s->q, .limit = MATCHES, .fields = STR("id") };
	TRY(query_parse(&s->c->rq, form, &text, &q));
	TRY(read_page(&s->c->rq, s->c->tx, q, &page));
	if (!page.n) return NULL;
	TRY(titles_of(s, form, &page, &titles));
	write_matches(s, form, &page, titles);
	return NULL;
}

static struct problem *search_app(struct search *s, const struct app *app) {
	s->c->rq.app = app;
	for (size_t i = 0; i < app->form_count; i++) TRY(search_form(s, app->forms[i]));
	return NULL;
}

static struct problem *search_all(struct search *s, struct app_list apps) {
	for (size_t i = 0; s->q.n && i < apps.n; i++)
		if (!s->c->rq.scope.app || !strcmp(s->c->rq.scope.app, apps.items[i]->name))
			TRY(search_app(s, apps.items[i]));
	return NULL;
}

/* On the pool: the apps are taken before the snapshot (call.c, invariant 3). */
static struct problem *search(struct call *c) {
	struct app_list apps = apps_list(c->server->store, c->x->arena);
	struct search s = { c, call_answer(c), str_trim(exchange_query(c->x, "q")) };
	jw_object(&s.w);
	jw_key(&s.w, "matches");
	jw_array(&s.w);
	TRY(tx_read(c->server->store, c->x->arena, &c->tx));
	TRY(tx_end(c->tx, search_all(&s, apps)));
	jw_end(&s.w);
	jw_end(&s.w);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_search[] = {
	{ HTTP_GET, "/api/search", ROUTE_POOL | ROUTE_SEEN_AS, search, "Search every form I may read", NULL, 0, "q" },
	{ .pattern = NULL },
};
// clang-format on
