/* accounts_sessions.c -- browser sessions: found by the hash of their cookie, alive while used. */
#include <stdatomic.h>
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/model/sha256.h"
#include "runtime/store/accounts_internal.h"

/* idle, days: the settings as they are stored. */
static bool alive(int64_t created, int64_t used, struct str idle_json, struct str days_json,
		  int64_t now) {
	int64_t idle = setting_integer_of(idle_json, "session.idle_hours");
	int64_t days = setting_integer_of(days_json, "session.max_days");
	return now < used + idle * HOUR_US && now < created + days * 24 * HOUR_US;
}

struct problem *session_find(struct tx *tx, struct str token, struct session *out, bool *found) {
	struct rows *r;
	bool have;
	int64_t now = clock_real();
	*out = (struct session){ .user_id = 0 };
	*found = false;
	sha256_hex(token, out->hash);
	TRY(tx_query(tx, sql_session_get, PARAMS(value_text(str_of(out->hash))), &r));
	TRY(rows_next(r, &have));
	if (have && alive(rows_int(r, 2), rows_int(r, 3), rows_text(r, 4), rows_text(r, 5), now)) {
		*found = true;
		out->user_id = (int32_t)rows_int(r, 0);
		out->csrf = str_dup(tx_arena(tx), rows_text(r, 1));
		out->touch = now - rows_int(r, 3) > MINUTE_US;
	}
	rows_close(r);
	return NULL;
}

struct problem *session_end(struct tx *tx, const struct request *rq, const char *hash) {
	int64_t changes;
	TRY(tx_exec(tx, sql_session_delete, PARAMS(value_text(str_of(hash))), &changes));
	return changes ? audit_note(tx, rq, "logout", NULL) : NULL;
}

/* ---- for people ---- */

enum {
	SESSION_ID = 16
}; /* of the hash's digits: enough to tell one's own apart, too few to find a token by */

static void moment(struct jw *w, const char *key, int64_t us) {
	char text[40];
	datetime_text(us, text);
	jw_set_text(w, key, text);
}

static void session_json(struct jw *w, const struct rows *r, const char *current) {
	struct str hash = rows_text(r, 0);
	jw_object(w);
	jw_set_str(w, "id", (struct str){ hash.p, SESSION_ID });
	moment(w, "since", rows_int(r, 1));
	moment(w, "seen", rows_int(r, 2));
	jw_set_str(w, "address", rows_text(r, 5));
	jw_set_str(w, "agent", rows_text(r, 6));
	jw_set_bool(w, "current", str_is(hash, current));
	jw_end(w);
}

struct problem *session_list(struct tx *tx, int32_t user, const char *current, struct jw *w) {
	struct rows *r;
	int64_t now = clock_real();
	TRY(tx_query(tx, sql_session_list, PARAMS(value_int(user)), &r));
	jw_array(w);
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) break;
		if (alive(rows_int(r, 1), rows_int(r, 2), rows_text(r, 3), rows_text(r, 4), now))
			session_json(w, r, current);
	}
	jw_end(w);
	return NULL;
}

struct problem *session_revoke(struct tx *tx, const struct request *rq, const struct user *user,
			       const char *id, const char *keep) {
	struct arena *a = tx_arena(tx);
	struct value kept = { .kind = VALUE_TEXT, .as.s = str_of(keep) };
	struct sb detail = sb_on(a, 4096);
	struct jw w = jw_on(&detail);
	int64_t changes;
	if (id)
		TRY(tx_exec(tx, sql_session_delete_one,
			    PARAMS(value_int(user->id), value_text(str_of(id))), &changes));
	else
		TRY(tx_exec(tx, sql_session_delete_user, PARAMS(value_int(user->id), kept),
			    &changes));
	if (id && !changes) return PROBLEM(a, NOT_FOUND, "not_found");
	jw_object(&w);
	jw_set_text(&w, "user", user->login);
	jw_set_int(&w, "sessions", changes);
	jw_end(&w);
	return changes ? audit_note(tx, rq, "session_end", sb_cstr(&detail)) : NULL;
}

/* ---- when it was last used ---- */

struct touch {
	struct member member;
	struct session session;
	int64_t at;
};

static struct problem *touch_commit(struct tx *tx, void *arg) {
	struct touch *t = arg;
	if (!t->session.token_id)
		return tx_exec(tx, sql_session_used,
			       PARAMS(value_text(str_of(t->session.hash)), value_int(t->at)), NULL);
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return tx_exec(tx, sql_token_used, PARAMS(value_int(t->session.token_id), value_int(t->at)),
		       NULL);
}

static void touch_done(void *arg, struct problem *p) {
	(void)p; /* the next request tries again */
	struct touch *t = arg;
	arena_free(t->member.arena);
}

/* One write a minute and session, however many requests see that it is due: the slot of a session
 * holds its mark of this minute once somebody has taken it on. */
static bool take_turn(const struct session *s, int64_t now) {
	enum { SLOTS = 1024 };
	static atomic_ullong slots[SLOTS];
	uint64_t who = s->token_id ? (uint64_t)s->token_id * UINT64_C(0x9E3779B97F4A7C15)
				   : str_hash(str_of(s->hash));
	unsigned long long mark = who ^ (unsigned long long)(now / MINUTE_US);
	return atomic_exchange(&slots[who % SLOTS], mark) != mark;
}

void session_touch(struct store *s, const struct session *session) {
	int64_t now = clock_real();
	if (!session->touch || !take_turn(session, now)) return;
	struct arena *a = arena_new(0);
	struct touch *t = arena_alloc(a, sizeof *t);
	*t = (struct touch){ .session = *session, .at = now };
	t->member =
		(struct member){ .commit = touch_commit, .done = touch_done, .arg = t, .arena = a };
	store_submit(s, LANE_BULK, &t->member);
}
