/* events_round.c -- one pass of the hub. The streams are copied under the lock, all questions are
 * asked in one snapshot without it, and the answers are handed over under it again to the streams
 * that are still there. Rights: by form first (most listeners may read all of it or nothing); the
 * rest is one query a form and person, the same read path as a list, and one of the recycle bin
 * where something was deleted. */
#include "runtime/host/events_internal.h"

#include <assert.h>
#include <stdlib.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/store/accounts.h"
#include "runtime/store/notifications.h"
#include "runtime/store/queries.h"
#include "runtime/store/read.h"

struct happening {
	int64_t seq, record;
	bool deleted;
	const struct app *app;
	const struct form *form; /* NULL: gone since, or a task */
	int32_t only;            /* a task of an approval: whose; else 0 */
	struct str text;
};
struct viewer { /* streams of one person with the same scope share the answers */
	int32_t user;
	const char *app;
	const struct user *who;
	bool present, admin;
	bool *sees;  /* by happening */
	bool *knows; /* by app, of those that were published */
};
struct listener {
	struct listening who;
	int64_t id;
	bool ask, beat, over;
	struct viewer *viewer;
};
struct round {
	struct events *e;
	struct arena *a;
	struct listener *listeners;
	size_t n;
	struct viewer *viewers;
	size_t viewer_count;
	struct announcement *announcements;
	struct app_list apps;
	struct str *published; /* by app: text, or empty */
	const struct directory *people;
	struct happening *happenings;
	size_t happening_count;
	struct notification *notifications;
	struct str *notification_texts;
	size_t notification_count;
};

static void release_people(void *people) { directory_release(people); }

/* ---- under the lock: who listens ---- */

static bool take_listeners(struct round *r) {
	struct events *e = r->e;
	int64_t now = clock_mono();
	pthread_mutex_lock(&e->lock);
	bool all = e->sessions;
	e->dirty = e->sessions = false;
	r->announcements = e->announcements;
	e->announcements = NULL;
	r->listeners = arena_array(r->a, e->count + 1, sizeof *r->listeners);
	for (struct stream *s = e->first; s; s = s->next) {
		struct listener *l = &r->listeners[r->n++];
		bool beat = now - s->told_us >= e->heartbeat_us;
		*l = (struct listener){
			.who = s->who, .id = s->id, .ask = all || beat, .beat = beat
		};
		/* The stream may end meanwhile. */
		if (s->who.secret) l->who.secret = arena_strdup(r->a, s->who.secret);
		if (s->who.app) l->who.app = arena_strdup(r->a, s->who.app);
	}
	pthread_mutex_unlock(&e->lock);
	return r->n > 0;
}

/* ---- apps ---- */

/* Each publication of an app has a serial of its own. */
static bool is_known(const struct events *e, const struct app *app) {
	for (size_t i = 0; i < e->known_count; i++)
		if (e->known[i] == app->serial) return true;
	return false;
}

static void know(struct events *e, struct app_list apps) {
	e->known = realloc(e->known, (apps.n + 1) * sizeof *e->known);
	assert(e->known);
	for (size_t i = 0; i < apps.n; i++) e->known[i] = apps.items[i]->serial;
	e->known_count = apps.n;
}

static void find_published(struct round *r) {
	r->apps = apps_list(r->e->store, r->a);
	r->published = arena_array(r->a, r->apps.n + 1, sizeof *r->published);
	for (size_t i = 0; i < r->apps.n; i++) {
		const struct app *app = r->apps.items[i];
		if (is_known(r->e, app)) continue;
		r->published[i] = str_of(arena_printf(
			r->a, "event: definition\ndata: {\"app\":\"%s\",\"version\":%lld}\n\n",
			app->name, (long long)app->version));
	}
	know(r->e, r->apps);
}

void events_known_apps(struct events *e) {
	struct arena *a = arena_new(0);
	know(e, apps_list(e->store, a));
	arena_free(a);
}

/* ---- what happened ---- */

static void find_form(struct round *r, struct happening *h, struct str app, struct str form) {
	for (size_t i = 0; i < r->apps.n; i++)
		if (str_is(app, r->apps.items[i]->name)) h->app = r->apps.items[i];
	h->form = app_form_by_id(h->app, form);
}

/* Something about a task of his has changed; 0: about a run he started. */
static void read_task(struct round *r, struct happening *h, const struct rows *rows) {
	struct str app = rows_text(rows, 1);
	h->only = (int32_t)rows_int(rows, 6);
	for (size_t i = 0; i < r->apps.n; i++)
		if (str_is(app, r->apps.items[i]->name)) h->app = r->apps.items[i];
	h->text = str_of(arena_printf(
		r->a, "id: %lld\nevent: task\ndata: {\"app\":\"%.*s\",\"id\":\"%lld-%lld\"}\n\n",
		(long long)h->seq, (int)app.n, app.p, (long long)h->record,
		(long long)rows_int(rows, 4)));
}

static void read_happening(struct round *r, const struct rows *rows) {
	struct happening *h = &r->happenings[r->happening_count++];
	struct str kind = rows_text(rows, 5);
	struct sb text = sb_on(r->a, 4096);
	*h = (struct happening){ .seq = rows_int(rows, 0),
				 .record = rows_int(rows, 3),
				 .deleted = str_is(kind, "delete") };
	if (str_is(kind, "task")) {
		read_task(r, h, rows);
		return;
	}
	find_form(r, h, rows_text(rows, 1), rows_text(rows, 2));
	if (h->form)
		sb_printf(&text,
			  "id: %lld\nevent: record\ndata: "
			  "{\"app\":\"%s\",\"form\":\"%s\",\"id\":%lld,\"rev\":%lld,\"kind\":\"%.*"
			  "s\"}\n\n",
			  (long long)h->seq, h->app->name, h->form->name, (long long)h->record,
			  (long long)rows_int(rows, 4), (int)kind.n, kind.p);
	h->text = sb_str(&text);
}

static struct problem *read_happenings(struct round *r, struct tx *tx) {
	int64_t from = INT64_MAX;
	struct rows *rows;
	for (size_t i = 0; i < r->n; i++)
		if (r->listeners[i].who.event < from) from = r->listeners[i].who.event;
	r->happenings = arena_array(r->a, EVENTS_BATCH, sizeof *r->happenings);
	TRY(tx_query(tx, sql_event_after, PARAMS(value_int(from), value_int(EVENTS_BATCH)), &rows));
	for (bool have; r->happening_count < EVENTS_BATCH;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		read_happening(r, rows);
	}
	rows_close(rows);
	return NULL;
}

static struct problem *read_notifications(struct round *r, struct tx *tx) {
	int64_t from = INT64_MAX;
	for (size_t i = 0; i < r->n; i++)
		if (r->listeners[i].who.notification < from)
			from = r->listeners[i].who.notification;
	TRY(notification_after(tx, from, EVENTS_BATCH, &r->notifications, &r->notification_count));
	r->notification_texts = arena_array(r->a, r->notification_count + 1, sizeof(struct str));
	for (size_t i = 0; i < r->notification_count; i++) {
		const struct notification *n = &r->notifications[i];
		struct sb text = sb_on(r->a, 4096);
		sb_printf(&text,
			  "event: notification\ndata: "
			  "{\"id\":%lld,\"kind\":\"%s\",\"app\":\"%s\"}\n\n",
			  (long long)n->id, n->kind, n->app);
		r->notification_texts[i] = sb_str(&text);
	}
	return NULL;
}

/* ---- who may know ---- */

static struct request request_of(const struct round *r, const struct viewer *v,
				 const struct app *app) {
	return (struct request){ .arena = r->a,
				 .actor = v->who,
				 .scope = { v->app, true },
				 .language = LANGUAGE_ZH,
				 .now_us = clock_now(),
				 .app = app,
				 .directory = r->people,
				 .door = DOOR_API };
}

static bool reads_all(const struct access *ac) {
	for (size_t i = 0; i < ac->grant_count; i++)
		if (grant_scope(ac->grants[i], ACTION_READ) == SCOPE_ALL && !ac->grants[i]->where)
			return true;
	return ac->everything;
}

struct asking { /* of one person, about one form */
	struct round *r;
	struct tx *tx;
	struct viewer *v;
	struct request rq;
	const struct form *form;
	size_t *places, n; /* of the happenings that are asked about */
	bool any_deleted;
};

static int64_t *ids_of(const struct asking *k, size_t *count) {
	int64_t *ids = arena_array(k->r->a, k->n + 1, sizeof *ids);
	*count = 0;
	for (size_t i = 0; i < k->n; i++) {
		int64_t id = k->r->happenings[k->places[i]].record;
		size_t at = 0;
		while (at < *count && ids[at] != id) at++;
		if (at == *count) ids[(*count)++] = id;
	}
	return ids;
}

/* Which of these records he may read now; deleted: among those in the recycle bin. */
static struct problem *ask_rows(struct asking *k, bool deleted) {
	struct query_text text = { .fields = STR("id"), .limit = EVENTS_BATCH };
	struct query *q;
	struct read_page page;
	TRY(query_parse(&k->rq, k->form, &text, &q));
	q->ids = ids_of(k, &q->id_count);
	q->deleted = deleted;
	TRY(read_page(&k->rq, k->tx, q, &page));
	for (size_t i = 0; i < k->n; i++)
		for (size_t row = 0; row < page.n; row++)
			if (page.records[row]->id == k->r->happenings[k->places[i]].record)
				k->v->sees[k->places[i]] = true;
	return NULL;
}

/* All happenings of the form of the first one. */
static struct problem *ask_form(struct asking *k, size_t first, bool *asked) {
	struct round *r = k->r;
	struct access ac;
	k->form = r->happenings[first].form;
	k->rq = request_of(r, k->v, r->happenings[first].app);
	k->places = arena_array(r->a, r->happening_count, sizeof *k->places);
	bool other = k->v->app && strcmp(k->v->app, k->rq.app->name) != 0;
	bool any = !other && !access_of(&k->rq, k->form, &ac) && access_may(&ac, ACTION_READ);
	for (size_t i = first; i < r->happening_count; i++) {
		if (r->happenings[i].form != k->form) continue;
		asked[i] = true;
		k->v->sees[i] = any && reads_all(&ac);
		k->any_deleted |= r->happenings[i].deleted;
		if (any && !k->v->sees[i]) k->places[k->n++] = i;
	}
	if (k->n) TRY(ask_rows(k, false));
	return k->n && k->any_deleted ? ask_rows(k, true) : NULL;
}

static struct problem *ask_viewer(struct round *r, struct tx *tx, struct viewer *v) {
	bool *asked = arena_array(r->a, r->happening_count + 1, sizeof *asked);
	v->sees = arena_array(r->a, r->happening_count + 1, sizeof *v->sees);
	for (size_t i = 0; i < r->happening_count; i++)
		if (r->happenings[i].form && !asked[i])
			TRY(ask_form(&(struct asking){ .r = r, .tx = tx, .v = v }, i, asked));
	v->knows = arena_array(r->a, r->apps.n + 1, sizeof *v->knows);
	for (size_t i = 0; i < r->apps.n; i++) {
		struct request rq = request_of(r, v, r->apps.items[i]);
		if (r->published[i].n) v->knows[i] = access_app(&rq, r->apps.items[i]);
	}
	return NULL;
}

static struct viewer *viewer_of(struct round *r, const struct listening *who) {
	for (size_t i = 0; i < r->viewer_count; i++) {
		struct viewer *v = &r->viewers[i];
		bool same_app = v->app ? who->app && !strcmp(v->app, who->app) : !who->app;
		if (v->user == who->user && same_app) return v;
	}
	struct viewer *v = &r->viewers[r->viewer_count++];
	const struct user *u = directory_user_id(r->people, who->user);
	*v = (struct viewer){ .user = who->user, .app = who->app, .who = u };
	v->present = !who->user || (u && u->active);
	v->admin = !who->app && (!who->user || (u && u->admin));
	return v;
}

/* ---- the questions, in one snapshot ---- */

static struct problem *ask_session(struct tx *tx, struct listener *l) {
	struct session session;
	bool found = true;
	struct str secret = str_of(l->who.secret);
	if (l->ask && secret.n)
		TRY(l->who.token ? token_find(tx, secret, &session, &found)
				 : session_find(tx, secret, &session, &found));
	l->over = !found;
	return NULL;
}

static struct problem *ask_people(struct round *r, struct tx *tx) {
	struct problem *p = NULL;
	struct directory *people = people_take(r->e->store, tx, &p);
	if (p) return p;
	arena_defer(r->a, release_people, people);
	r->people = people;
	r->viewers = arena_array(r->a, r->n + 1, sizeof *r->viewers);
	for (size_t i = 0; i < r->n; i++) {
		struct listener *l = &r->listeners[i];
		TRY(ask_session(tx, l));
		l->viewer = viewer_of(r, &l->who);
		l->over |= !l->viewer->present;
	}
	return NULL;
}

static struct problem *ask_all(struct round *r, struct tx *tx) {
	tx_patient(tx);
	TRY(ask_people(r, tx));
	TRY(read_happenings(r, tx));
	TRY(read_notifications(r, tx));
	for (size_t i = 0; i < r->viewer_count; i++)
		if (r->viewers[i].present) TRY(ask_viewer(r, tx, &r->viewers[i]));
	return NULL;
}

static struct problem *ask(struct round *r) {
	struct tx *tx;
	TRY(tx_read(r->e->store, r->a, &tx));
	return tx_end(tx, ask_all(r, tx));
}

/* ---- under the lock again: telling ---- */

static void tell_happenings(const struct round *r, const struct listener *l, struct stream *s) {
	for (size_t i = 0; i < r->happening_count; i++) {
		const struct happening *h = &r->happenings[i];
		bool his = h->only && h->only == l->who.user && h->app &&
			   (!l->who.app || !strcmp(l->who.app, h->app->name));
		if (h->seq > s->who.event && (his || l->viewer->sees[i])) events_say(s, h->text);
	}
	if (r->happening_count) s->who.event = r->happenings[r->happening_count - 1].seq;
}

static void tell_notifications(const struct round *r, const struct listener *l, struct stream *s) {
	for (size_t i = 0; i < r->notification_count; i++) {
		const struct notification *n = &r->notifications[i];
		bool mine = n->user == l->who.user && (!l->who.app || !strcmp(l->who.app, n->app));
		if (n->id > s->who.notification && mine) events_say(s, r->notification_texts[i]);
	}
	if (r->notification_count)
		s->who.notification = r->notifications[r->notification_count - 1].id;
}

static void tell(const struct round *r, const struct listener *l, struct stream *s) {
	s->over |= l->over;
	if (!l->over) {
		tell_happenings(r, l, s);
		tell_notifications(r, l, s);
		for (size_t i = 0; i < r->apps.n; i++)
			if (l->viewer->knows[i]) events_say(s, r->published[i]);
		for (const struct announcement *n = r->announcements; n && l->viewer->admin;
		     n = n->next)
			events_say(s, n->text);
	}
	/* Finds out whether somebody is still there, keeps proxies from closing, and tells how far
	 * he is: without data it is no event. */
	if (l->beat && !s->pending.n)
		events_say(s, str_of(arena_printf(r->a, "id: %lld\n\n", (long long)s->who.event)));
	if (s->pending.n) s->told_us = clock_mono();
	events_flush(s);
}

/* Both lists are in the order of their ids; streams may have come and gone meanwhile. */
static void hand_over(const struct round *r) {
	struct events *e = r->e;
	size_t at = 0;
	pthread_mutex_lock(&e->lock);
	for (struct stream *s = e->first; s; s = s->next) {
		while (at < r->n && r->listeners[at].id < s->id) at++;
		if (at < r->n && r->listeners[at].id == s->id) tell(r, &r->listeners[at], s);
	}
	/* A full batch: there is more. */
	bool more = r->happening_count == EVENTS_BATCH || r->notification_count == EVENTS_BATCH;
	e->dirty |= more;
	pthread_mutex_unlock(&e->lock);
}

void events_round(struct events *e, struct arena *a) {
	struct round r = { .e = e, .a = a };
	if (take_listeners(&r)) {
		find_published(&r); /* before the snapshot: call.c, invariant 3 */
		struct problem *p = ask(&r);
		if (p)
			LOG(WARN, "events_failed", "code", p->code, "log", p->log ? p->log : "");
		else
			hand_over(&r);
	}
	for (struct announcement *n = r.announcements, *next; n; n = next) {
		next = n->next;
		arena_free(n->arena);
	}
}
