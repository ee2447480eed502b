#include "runtime/host/mention.h"

#include <ctype.h>
#include "runtime/store/notifications.h"
#include "runtime/store/read.h"

enum { EXCERPT = 200 };

static bool in_login(char c) {
	return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '-';
}

/* The login after the next @ of the text, which is moved past it; an address (a@b) is none. */
static bool next_login(struct str text, size_t *at, struct str *out) {
	for (; *at < text.n; (*at)++) {
		if (text.p[*at] != '@' || (*at && in_login(text.p[*at - 1]))) continue;
		size_t start = *at + 1, end = start;
		while (end < text.n && in_login(text.p[end])) end++;
		*at = end;
		while (end > start && !isalnum((unsigned char)text.p[end - 1])) end--;
		*out = (struct str){ text.p + start, end - start };
		if (out->n) return true;
	}
	return false;
}

static bool among(const struct mentions *m, const struct user *u) {
	for (size_t i = 0; i < m->n; i++)
		if (m->users[i] == u) return true;
	return false;
}

static struct problem *may_read(struct call *c, struct tx *tx, const struct user *u, bool *out) {
	struct request rq = c->rq;
	struct record *r;
	rq.actor = u;
	rq.scope = (struct token_scope){ NULL, false };
	struct problem *p = read_record(&rq, tx, c->form, c->id, ACTION_READ, &r);
	*out = p == NULL;
	bool refused = p && (p->kind == PROBLEM_NOT_FOUND || p->kind == PROBLEM_FORBIDDEN);
	return refused ? NULL : p;
}

struct problem *mentions_find(struct call *c, struct tx *tx, struct str text,
			      struct mentions *out) {
	struct str login;
	*out = (struct mentions){ .n = 0 };
	for (size_t at = 0; out->n < MENTIONS_MAX && next_login(text, &at, &login);) {
		const struct user *u = directory_user(c->rq.directory, login);
		bool reads;
		if (!u || !u->active || u == c->rq.actor || among(out, u)) continue;
		TRY(may_read(c, tx, u, &reads));
		if (reads) out->users[out->n++] = u;
	}
	return NULL;
}

struct str mention_excerpt(struct str text) {
	return (struct str){ text.p, utf8_prefix(text, EXCERPT) };
}

struct problem *mentions_tell(struct tx *tx, struct call *c, const struct mentions *m,
			      int64_t comment, struct str text) {
	const char *cause = arena_printf(c->x->arena, "mentioned/%lld", (long long)comment);
	for (size_t i = 0; i < m->n; i++) {
		struct notification n = { .kind = "mentioned",
					  .app = c->rq.app->name,
					  .form = c->form->id,
					  .record = c->id,
					  .user = m->users[i]->id,
					  .actor = c->rq.actor ? c->rq.actor->id : 0,
					  .at_us = c->rq.now_us,
					  .text = mention_excerpt(text) };
		TRY(notification_add(tx, &n, str_of(cause)));
	}
	return NULL;
}
