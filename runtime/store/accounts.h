/* accounts.h -- people, their sessions and API tokens: everything that changes them, and who a cookie or token stands for.
 * The directory (directory.h) is how the rest of the program sees people; it follows meta.epoch.
 * Shape:    users {"user", "label", "email", "password", "dept", "superior", "roles": {app: [role]}, "admin", "active",
 *           "language"}, departments {"dept", "label", "parent", "head", "active"}, an import file {"departments": [...],
 *           "users": [...]} in any order; tables sys_user, sys_dept, sys_user_role, sys_session, sys_token, sys_login_failure.
 * Invariants:
 *  1. Every change to people, departments or roles raises the epoch in its transaction: it holds from the next request on.
 *  2. A new password or a deactivation ends the user's sessions in the same transaction (but the one that asked).
 *  3. Session and token secrets are 32 random bytes; only their SHA-256 is stored. Passwords are argon2id.
 *  4. An unknown login costs what a known one costs, and is told the same.
 *  5. Failed logins are counted before the password is looked at, so parallel guesses cannot pass the limit together.
 *  6. Sessions, tokens and limits live by the real clock, never by the test clock; one-time codes, and the rates of tokens, go by
 *     clock_now, so that tests need not wait for them.
 *  7. Who has a second step has no session before it is done: what a right password alone opens is no session to any call.
 * Threads:  functions that take a store block (the writer, the hash) and belong on the pool; those with a tx run anywhere.
 * Problems: INVALID with a fault for each wrong value, MALFORMED for unknown keys, TOO_MANY login_limited. */
#ifndef TENON_STORE_ACCOUNTS_H
#define TENON_STORE_ACCOUNTS_H

#include "runtime/model/request.h"
#include "runtime/store/apps.h"

/* ---- people ---- */

enum people_what { PEOPLE_USER, PEOPLE_DEPT, PEOPLE_IMPORT };
enum people_mode { PEOPLE_CREATE, PEOPLE_UPDATE, PEOPLE_UPSERT };
struct people_change {
	const struct request *rq;      /* who asks; actor NULL: the operator, whose passwords the policy only warns about */
	enum people_what what;
	enum people_mode mode;         /* an import is an upsert */
	bool dry_run;                  /* everything is checked and counted, nothing is kept */
	struct str name;               /* PEOPLE_UPDATE: whom; empty: the body names it */
	const struct json *body;
	const char *keep_session;      /* hash of the session that asks, or NULL */
	/* Answer */
	struct str changed_name;       /* login or department of a single change */
	struct faults warnings;        /* unknown apps and roles, weak passwords given by the operator */
	int64_t created, updated, unchanged;
	struct people_row { const char *kind, *name, *result; } *rows; size_t row_count; /* of an import: "created" "updated" "unchanged" */
};
/* Checks, hashes the passwords, writes in one transaction: all of it or nothing. */
struct problem *people_change(struct store *s, struct people_change *c) MUST_CHECK;

struct first_admin { bool made; const char *login, *password; bool given; }; /* given: the password was the caller's */
/* A store without any user gets the user admin. password NULL: a random one. */
struct problem *first_admin(struct store *s, struct arena *a, const char *password, struct first_admin *out) MUST_CHECK;
/* The actor's own password; `old` must be right (it counts as a login). The other sessions end, tokens only with end_tokens. */
struct problem *own_password(struct store *s, const struct request *rq, const char *address, const char *keep_session, bool end_tokens,
	struct str old, struct str password) MUST_CHECK;

/* ---- passwords (argon2id, 19 MiB, 2 passes; at most two at a time in the process) ---- */

enum { PASSWORD_HASH = 128, PASSWORD_MAX = 1024 };
struct problem *password_hash(struct arena *a, struct str password, char out[PASSWORD_HASH]) MUST_CHECK; /* UNAVAILABLE password_busy */
/* hash NULL: no such user or no password; costs the same and is never right. */
struct problem *password_verify(struct arena *a, const char *hash, struct str password, bool *right) MUST_CHECK;
const char *password_random(struct arena *a); /* 16 characters, none of which look alike */

/* ---- sessions ---- */

struct session {
	char hash[65];                 /* key in sys_session; empty for a token and the local socket */
	const char *csrf;              /* NULL: no cookie session */
	int32_t user_id;
	int64_t token_id;              /* 0: none */
	int64_t rate;                  /* of the token: requests a minute; 0: as many as it likes */
	struct token_scope scope;
	bool touch;                    /* used_at is over a minute old */
};
struct login { struct str login, password; const char *address, *agent; const struct request *rq; };
struct logged_in { const char *token, *csrf; int32_t user_id; const char **recovery; /* TOTP_RECOVERY codes, or NULL */ };
/* Who has a second step: UNAUTHENTICATED totp_needed, or totp_enrol (he must have one and has none), with the parameter "half". */
struct problem *login_open(struct store *s, const struct login *l, struct logged_in *out) MUST_CHECK;
/* The second step; l->login and password are not read. half: good for ten minutes. code: of the app or a recovery code; the first code
 * of a key that totp_begin_half gave confirms it. UNAUTHENTICATED totp_half, totp_wrong (counted), TOO_MANY login_limited. */
struct problem *login_finish(struct store *s, const struct login *l, struct str half, struct str code, struct logged_in *out) MUST_CHECK;
/* *found false: unknown, ended, too old or idle too long. The caller checks that the user is active. */
struct problem *session_find(struct tx *tx, struct str token, struct session *out, bool *found) MUST_CHECK;
struct problem *session_end(struct tx *tx, const struct request *rq, const char *hash) MUST_CHECK;
/* An array of {"id", "since", "seen", "address", "agent", "current"}, last seen first; current: the hash of the one that asks, or "". */
struct problem *session_list(struct tx *tx, int32_t user, const char *current, struct jw *w) MUST_CHECK;
/* Ends one by the id listed, or with id NULL all but `keep`; NOT_FOUND when there is none. */
struct problem *session_revoke(struct tx *tx, const struct request *rq, const struct user *user, const char *id, const char *keep) MUST_CHECK;
void session_touch(struct store *s, const struct session *session);   /* on the bulk lane; at most once a minute each */
bool secret_equal(struct str a, struct str b);                        /* in constant time */

/* ---- the second step: one-time codes (decision 0033) ---- */

enum { TOTP_RECOVERY = 10 };
struct totp_state {
	const char *mode;              /* the setting login.totp */
	bool on, begun;                /* a key is confirmed; there is one at all */
	bool required, off;            /* of this person; of everybody: codes are neither asked for nor set up */
	int64_t since, recovery_left;
};
struct problem *totp_read(struct tx *tx, int64_t user, struct totp_state *out) MUST_CHECK;
struct totp_new { struct arena *arena; const char *key, *uri; };      /* key: base32; both are shown once */
/* A new key in the place of one that was not confirmed. CONFLICT totp_on, FORBIDDEN totp_off, for the half session totp_half. */
struct problem *totp_begin(struct store *s, const struct request *rq, struct totp_new *out) MUST_CHECK;
struct problem *totp_begin_half(struct store *s, struct arena *a, struct str half, struct totp_new *out) MUST_CHECK;
/* The other sessions end. INVALID /code totp_wrong. */
struct problem *totp_confirm(struct store *s, const struct request *rq, const char *address, const char *keep_session, struct str code,
	const char ***recovery) MUST_CHECK;
/* With password and code, each counted as a login is; FORBIDDEN totp_required. */
struct problem *totp_disable(struct store *s, const struct request *rq, const char *address, struct str password, struct str code) MUST_CHECK;
/* By an administrator, of somebody else: his sessions end. NOT_FOUND, FORBIDDEN totp_own. */
struct problem *totp_reset(struct tx *tx, const struct request *rq, const struct user *user) MUST_CHECK;

/* ---- API tokens ---- */

struct problem *token_find(struct tx *tx, struct str token, struct session *out, bool *found) MUST_CHECK;
struct new_token { const struct request *rq; const struct json *body; const char *token; int64_t id; };
/* Body {"user", "label", "expires", "scope": {"app", "read_only"}, "rate"}; user defaults to the actor. rate: requests a minute,
 * 0: no limit, null: that of the setting token.rate, which only a system administrator may pass. */
struct problem *token_add(struct tx *tx, struct new_token *t) MUST_CHECK;
/* Body {"rate"}: NOT_FOUND, FORBIDDEN as for token_delete. */
struct problem *token_change(struct tx *tx, const struct request *rq, int64_t id, const struct json *body) MUST_CHECK;
struct problem *token_delete(struct tx *tx, const struct request *rq, int64_t id) MUST_CHECK;   /* NOT_FOUND */
/* An array, newest first; for who administers apps, of those apps only. */
struct problem *token_list(struct tx *tx, const struct request *rq, struct jw *w) MUST_CHECK;

#endif
