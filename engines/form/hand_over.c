/* hand_over.c -- what a person holds, and giving it to others (hand_over.h). Records:
 * hand_over_records.c. */
#include "engines/form/hand_over_internal.h"

#include "runtime/model/permission.h"
#include "runtime/store/audit.h"
#include "runtime/store/due.h"
#include "runtime/store/people.h"
#include "runtime/store/queries.h"

enum { DETAIL_MAX = 64 * 1024 };

/* ---- what there is besides records ---- */

/* ?1 who goes, ?2 who gets it. Without a move it ends, and only when he leaves. */
static const struct holding {
	const char *kind, *count, *move[2];
	bool ends;
} holdings[] = {
	{ "heads", sql_hold_heads, { sql_hold_heads_move }, false },
	{ "reports", sql_hold_reports, { sql_hold_reports_move }, false },
	{ "collaborations",
	  sql_hold_shared,
	  { sql_hold_shared_move, sql_hold_shared_drop },
	  false },
	{ "tasks", sql_hold_tasks, { sql_hold_tasks_move }, false },
	{ "proxies", sql_hold_proxies, { sql_hold_proxies_move, sql_hold_proxies_end }, false },
	{ "administers", sql_hold_apps, { sql_hold_apps_end }, true },
	{ "tokens", sql_hold_tokens, { sql_hold_tokens_end }, true },
	{ "sessions", sql_hold_sessions, { sql_hold_sessions_end }, true },
};

static struct problem *count_of(struct tx *tx, const struct holding *h, const struct user *from,
				int64_t *out) {
	return tx_int(tx, h->count, PARAMS(value_int(from->id)), out, NULL);
}

/* ---- reading ---- */

static const struct user *receiver(const struct request *rq, struct faults *f, const char *at,
				   const struct user *from, const struct json *login) {
	const struct user *u = directory_user(rq->directory, json_str(login));
	if (!json_str(login).n)
		FAULT(f, at, "required");
	else if (!u || !u->active)
		FAULT(f, at, "unknown_user", "name", str_dup(rq->arena, json_str(login)));
	else if (u == from)
		FAULT(f, at, "hand_over_self");
	return u;
}

static bool form_known(struct hand_forms *all, struct str key) {
	for (size_t i = 0; i < all->n; i++)
		if (str_is(key, all->items[i].key)) return true;
	return false;
}

static struct problem *check_forms(struct request *rq, struct store *s, struct hand_over *h,
				   struct faults *f) {
	struct hand_forms all;
	if (!h->forms) return NULL;
	if (h->forms->kind != JSON_OBJECT) {
		FAULT(f, "/forms", "expect_object");
		return NULL;
	}
	hand_forms_of(rq->arena, s, &all);
	for (uint32_t i = 0; i < h->forms->n; i++) {
		struct str key = h->forms->keys[i].name;
		const char *at = pointer_join(rq->arena, "/forms", key);
		if (!form_known(&all, key))
			FAULT(f, at, "unknown_form", "form", str_dup(rq->arena, key));
		else
			receiver(rq, f, at, h->from, &h->forms->items[i]);
	}
	return NULL;
}

struct problem *hand_over_read(struct request *rq, struct store *s, const struct user *from,
			       const struct json *body, struct hand_over *out) {
	struct faults faults = { .arena = rq->arena };
	static const struct json none = { .kind = JSON_NULL };
	const struct json *to = json_get(body, "to");
	*out = (struct hand_over){ .from = from,
				   .forms = json_get(body, "forms"),
				   .disable = json_bool(json_get(body, "disable")) };
	out->to = receiver(rq, &faults, "/to", from, to ? to : &none);
	TRY(check_forms(rq, s, out, &faults));
	return faults_problem(&faults);
}

const struct user *hand_over_to(const struct request *rq, const struct hand_over *h,
				const char *key) {
	const struct json *login = h->forms ? json_get(h->forms, key) : NULL;
	return login ? directory_user(rq->directory, json_str(login)) : h->to;
}

/* ---- telling ---- */

static bool knows(const struct request *rq, const struct hand_form *f, const struct user *to) {
	struct request as = *rq;
	struct access ac;
	as.actor = to;
	as.app = f->form->app;
	as.scope = (struct token_scope){ NULL, false };
	return !access_of(&as, f->form, &ac) && access_may(&ac, ACTION_READ);
}

static void form_json(struct request *rq, const struct hand_over *h, const struct hand_form *f,
		      int64_t n, struct jw *w) {
	const struct user *to = h->to ? hand_over_to(rq, h, f->key) : NULL;
	jw_object(w);
	jw_set_text(w, "app", f->form->app->name);
	jw_set_text(w, "form", f->form->name);
	jw_set_text(w, "label", label_text(&f->form->label, rq->language));
	jw_set_int(w, "records", n);
	jw_set_text(w, "to", to ? to->login : NULL);
	jw_set_bool(w, "knows", to && knows(rq, f, to));
	jw_end(w);
}

static struct problem *others_json(struct tx *tx, const struct user *from, struct jw *w) {
	jw_key(w, "others");
	jw_array(w);
	for (size_t i = 0; i < ARRAY_LEN(holdings); i++) {
		int64_t n;
		TRY(count_of(tx, &holdings[i], from, &n));
		jw_object(w);
		jw_set_text(w, "kind", holdings[i].kind);
		jw_set_int(w, "count", n);
		jw_set_bool(w, "moves", !holdings[i].ends);
		jw_end(w);
	}
	jw_end(w);
	return NULL;
}

struct problem *hand_over_json(struct request *rq, struct store *s, struct tx *tx,
			       const struct hand_over *h, struct jw *w) {
	struct hand_forms all;
	int64_t total = 0;
	hand_forms_of(rq->arena, s, &all);
	jw_set_text(w, "user", h->from->login);
	jw_key(w, "forms");
	jw_array(w);
	for (size_t i = 0; i < all.n; i++) {
		int64_t n;
		TRY(record_owned_count(tx, all.items[i].form, h->from->id, &n));
		if (n) form_json(rq, h, &all.items[i], n, w);
		total += n;
	}
	jw_end(w);
	jw_set_int(w, "records", total);
	return others_json(tx, h->from, w);
}

/* ---- doing ---- */

struct links {
	struct request *rq;
	const struct hand_over *h;
};

static struct problem *note(struct tx *tx, const struct links *l) {
	struct sb text = sb_on(tx_arena(tx), DETAIL_MAX);
	struct jw w = jw_on(&text);
	jw_object(&w);
	jw_set_text(&w, "user", l->h->from->login);
	jw_set_text(&w, "to", l->h->to->login);
	jw_set_bool(&w, "disable", l->h->disable);
	jw_end(&w);
	return audit_note(tx, l->rq, "hand_over", sb_cstr(&text));
}

static struct problem *move(struct tx *tx, const struct links *l, const struct holding *h) {
	for (size_t i = 0; i < ARRAY_LEN(h->move) && h->move[i]; i++)
		TRY(tx_exec(tx, h->move[i],
			    PARAMS(value_int(l->h->from->id), value_int(l->h->to->id)), NULL));
	tx_due(tx,
	       l->rq->now_us); /* tasks are handed on, stand-ins told, from the rows just written */
	return NULL;
}

static struct problem *links_commit(struct tx *tx, void *arg) {
	struct links *l = arg;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	/* Who reports to him, however far down, and gets his people now, comes to stand in his
	 * place. */
	if (directory_subordinate(l->h->to, l->h->from))
		TRY(tx_exec(tx, sql_hold_place,
			    PARAMS(value_int(l->h->from->id), value_int(l->h->to->id)), NULL));
	for (size_t i = 0; i < ARRAY_LEN(holdings); i++) {
		const struct holding *h = &holdings[i];
		if (h->ends && !l->h->disable) continue;
		TRY(move(tx, l, h));
	}
	TRY(note(tx, l));
	return people_changed(tx);
}

struct problem *hand_over_links(struct request *rq, struct store *s, const struct hand_over *h) {
	struct links l = { rq, h };
	return store_write(s, LANE_INTERACTIVE, rq->arena, links_commit, &l);
}
