/* accounts_login.c -- proving a password, and the limits on trying. One try is three steps:
 * 1. on the writer: refused when the account or the address is over its limit, else counted as a
 * failure;
 * 2. the hash, off the writer;
 * 3. on the writer: a right password takes its own count back and opens what it was for, a wrong
 * one is written to the audit trail. The trail names only logins that exist: people type passwords
 * into the wrong box. */
#include <arpa/inet.h>
#include <stdio.h>
#include "runtime/base/clock.h"
#include "runtime/base/fold.h"
#include "runtime/model/sha256.h"
#include "runtime/store/accounts_internal.h"

enum { PER_ACCOUNT = 10, PER_ADDRESS = 50, LOGIN_MAX = 256 };
static const int64_t window_us = 15 * MINUTE_US;

/* ---- who is counted ---- */

static const char *account_subject(struct arena *a, struct str login) {
	struct sb folded = sb_on(a, 4 * LOGIN_MAX);
	char hash[65];
	fold_add(&folded, (struct str){ login.p, login.n < LOGIN_MAX ? login.n : LOGIN_MAX });
	sha256_hex(sb_str(&folded), hash);
	return arena_printf(a, "account:%.32s", hash);
}

/* An IPv6 customer has a /64: all its addresses count as one. IPv4 written as IPv6 is IPv4. */
static const char *address_subject(struct arena *a, const char *address) {
	struct in6_addr v6;
	if (!address || inet_pton(AF_INET6, address, &v6) != 1)
		return arena_printf(a, "address:%s", address ? address : "");
	const uint8_t *b = v6.s6_addr;
	if (IN6_IS_ADDR_V4MAPPED(&v6))
		return arena_printf(a, "address:%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
	return arena_printf(a, "address:%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", b[0], b[1], b[2],
			    b[3], b[4], b[5], b[6], b[7]);
}

static struct problem *limited(struct arena *a, int64_t oldest, int64_t now) {
	long seconds = (long)((oldest + window_us - now) / 1000000) + 1;
	struct problem *p = PROBLEM(a, TOO_MANY, "login_limited", "minutes",
				    arena_printf(a, "%ld", (seconds + 59) / 60));
	p->retry_after_s = seconds;
	return p;
}

/* The limit-th newest failure, when there is one, is when the next try becomes free. */
static struct problem *count_failure(struct tx *tx, struct password_try *t, const char *subject,
				     int limit, int64_t now) {
	int64_t oldest;
	bool full;
	TRY(tx_int(tx, sql_failure_nth, PARAMS(value_text(str_of(subject)), value_int(limit - 1)),
		   &oldest, &full));
	if (full) return limited(tx_arena(tx), oldest, now);
	return tx_int(tx, sql_failure_add, PARAMS(value_text(str_of(subject)), value_int(now)),
		      &t->seqs[t->seq_count++], NULL);
}

static struct problem *find_user(struct tx *tx, struct password_try *t) {
	struct rows *r;
	bool have;
	TRY(tx_query(tx, sql_user_login, PARAMS(value_text(t->login)), &r));
	TRY(rows_next(r, &have));
	t->user_id = have && rows_int(r, 2) ? rows_int(r, 0) : 0;
	t->known_login = have ? str_dup(t->arena, rows_text(r, 1)) : NULL;
	t->hash = t->user_id && rows_text(r, 3).n ? str_dup(t->arena, rows_text(r, 3)) : NULL;
	rows_close(r);
	return NULL;
}

struct problem *try_count(struct tx *tx, struct password_try *t) {
	int64_t now = clock_real();
	t->seq_count = 0;
	TRY(tx_exec(tx, sql_failure_purge, PARAMS(value_int(now - window_us)), NULL));
	TRY(count_failure(tx, t, account_subject(t->arena, t->login), PER_ACCOUNT, now));
	return t->address ? count_failure(tx, t, address_subject(t->arena, t->address), PER_ADDRESS,
					  now)
			  : NULL;
}

static struct problem *admit(struct tx *tx, void *arg) {
	TRY(try_count(tx, arg));
	return find_user(tx, arg);
}

struct problem *try_forget(struct tx *tx, struct password_try *t) {
	for (size_t i = 0; i < t->seq_count; i++)
		TRY(tx_exec(tx, sql_failure_delete, PARAMS(value_int(t->seqs[i])), NULL));
	return NULL;
}

static struct problem *forget(struct tx *tx, void *arg) { return try_forget(tx, arg); }

struct problem *try_password(struct store *s, struct password_try *t) {
	TRY(store_write(s, LANE_INTERACTIVE, t->arena, admit, t));
	struct problem *p = password_verify(t->arena, t->hash, t->password, &t->right);
	if (p) TRY(store_write(s, LANE_INTERACTIVE, t->arena, forget, t));
	return p;
}

static struct problem *note(struct tx *tx, const struct password_try *t, const char *act) {
	struct sb detail = sb_on(tx_arena(tx), 4096);
	struct jw w = jw_on(&detail);
	jw_object(&w);
	jw_set_text(&w, "user", t->known_login);
	jw_set_text(&w, "address", t->address);
	jw_end(&w);
	struct audit_entry e = { .actor = t->known_login ? t->known_login : "?",
				 .door = door_name(t->rq->door),
				 .act = act,
				 .detail_json = sb_cstr(&detail) };
	return audit_append(tx, &e);
}

/* The user may have been deactivated, or got another password, while we were hashing. */
static struct problem *still_so(struct tx *tx, struct password_try *t) {
	struct password_try now = *t;
	now.arena = tx_arena(tx);
	TRY(find_user(tx, &now));
	t->right =
		now.user_id == t->user_id && now.hash && t->hash && strcmp(now.hash, t->hash) == 0;
	return NULL;
}

struct problem *try_settle(struct tx *tx, struct password_try *t) {
	if (t->right) TRY(still_so(tx, t));
	if (!t->right) return note(tx, t, "login_failed");
	return try_forget(tx, t);
}

/* ---- logging in ---- */

static struct problem *purge_sessions(struct tx *tx, int64_t now) {
	int64_t hours, days;
	TRY(setting_integer(tx, "session.idle_hours", &hours));
	TRY(setting_integer(tx, "session.max_days", &days));
	return tx_exec(
		tx, sql_session_purge,
		PARAMS(value_int(now - hours * HOUR_US), value_int(now - days * 24 * HOUR_US)),
		NULL);
}

/* half: a second step is still to come (accounts_totp.c). */
static struct problem *session_add(struct tx *tx, const struct password_try *t, bool half) {
	char hash[65];
	int64_t now = clock_real();
	sha256_hex(str_of(t->token), hash);
	TRY(purge_sessions(tx, now));
	/* Bound as text even when empty: the columns are NOT NULL. */
	struct value address = { .kind = VALUE_TEXT, .as.s = str_of(t->address ? t->address : "") };
	struct value agent = { .kind = VALUE_TEXT, .as.s = str_of(t->agent ? t->agent : "") };
	return tx_exec(tx, sql_session_add,
		       PARAMS(value_text(str_of(hash)), value_int(t->user_id),
			      value_text(str_of(t->csrf)), value_int(now), address, agent,
			      half ? value_int(1) : VALUE_NONE),
		       NULL);
}

static struct problem *login_commit(struct tx *tx, void *arg) {
	struct password_try *t = arg;
	TRY(try_settle(tx, t));
	if (!t->right) return NULL;
	struct totp_state totp;
	TRY(totp_read(tx, t->user_id, &totp));
	t->second = totp.off  ? SECOND_NONE
		    : totp.on ? SECOND_CODE
			      : (totp.required ? SECOND_ENROL : SECOND_NONE);
	return t->second ? session_add(tx, t, true) : login_settle(tx, t);
}

struct problem *login_settle(struct tx *tx, struct password_try *t) {
	TRY(session_add(tx, t, false));
	return note(tx, t, "login");
}

const char *login_agent(struct arena *a, const char *agent) {
	struct str s = str_of(agent);
	return utf8_valid(s) ? str_dup(a, (struct str){ s.p, utf8_prefix(s, 200) }) : "";
}

struct problem *login_open(struct store *s, const struct login *l, struct logged_in *out) {
	struct arena *a = l->rq->arena;
	struct password_try t = { .arena = a,
				  .login = l->login,
				  .password = l->password,
				  .address = l->address,
				  .rq = l->rq,
				  .agent = login_agent(a, l->agent) };
	TRY(try_password(s, &t));
	t.token = secret_random(a, "");
	t.csrf = secret_random(a, "");
	TRY(store_write(s, LANE_INTERACTIVE, a, login_commit, &t));
	if (!t.right) return PROBLEM(a, UNAUTHENTICATED, "login_failed");
	if (t.second)
		return PROBLEM(a, UNAUTHENTICATED,
			       t.second == SECOND_CODE ? "totp_needed" : "totp_enrol", "half",
			       t.token);
	*out = (struct logged_in){ .token = t.token, .csrf = t.csrf, .user_id = (int32_t)t.user_id };
	return NULL;
}

/* ---- one's own password ---- */

static struct problem *own_commit(struct tx *tx, void *arg) {
	struct password_try *t = arg;
	TRY(try_settle(tx, t));
	if (!t->right) return NULL;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_exec(tx, sql_user_password,
		    PARAMS(value_int(t->user_id), value_text(str_of(t->new_hash)),
			   value_int(clock_real())),
		    NULL));
	struct value keep = { .kind = VALUE_TEXT, .as.s = str_of(t->keep_session) };
	TRY(tx_exec(tx, sql_session_delete_user, PARAMS(value_int(t->user_id), keep), NULL));
	if (t->end_tokens)
		TRY(tx_exec(tx, sql_token_delete_user, PARAMS(value_int(t->user_id)), NULL));
	TRY(people_changed(tx));
	return note(tx, t, "password_change");
}

static struct problem *own_policy(struct store *s, const struct request *rq, struct str password) {
	struct tx *tx;
	int64_t min;
	struct faults faults = { .arena = rq->arena };
	TRY(tx_read(s, rq->arena, &tx));
	TRY(tx_end(tx, setting_integer(tx, "password.min_length", &min)));
	password_fits(&faults, "/password", min, str_of(rq->actor->login), password);
	return faults_problem(&faults);
}

struct problem *own_password(struct store *s, const struct request *rq, const char *address,
			     const char *keep_session, bool end_tokens, struct str old,
			     struct str password) {
	char hash[PASSWORD_HASH];
	TRY(own_policy(s, rq, password));
	struct password_try t = { .arena = rq->arena,
				  .login = str_of(rq->actor->login),
				  .password = old,
				  .address = address,
				  .rq = rq,
				  .new_hash = hash,
				  .keep_session = keep_session ? keep_session : "",
				  .end_tokens = end_tokens };
	TRY(try_password(s, &t));
	if (t.right) TRY(password_hash(rq->arena, password, hash));
	TRY(store_write(s, LANE_INTERACTIVE, rq->arena, own_commit, &t));
	if (t.right) return NULL;
	struct faults faults = { .arena = rq->arena };
	FAULT(&faults, "/old", "password_wrong");
	return faults_problem(&faults);
}
