/* accounts_totp.c -- the second step of a login: codes of an authenticator app (totp.h) and
 * recovery codes. Invariants:
 *  1. A right password of somebody who has a second step opens a half session only: a row of
 *     sys_session that session_find does not know, good for ten minutes and for this one thing.
 *  2. A try of a code is counted like a failed login before it is looked at, in the transaction
 * that looks, and taken back when it is right.
 *  3. A code is good once: the step of the last one is stored with its use.
 *  4. The key is stored sealed (secret.h), recovery codes as SHA-256 of 80 random bits and the
 * user. */
#include <sodium.h>
#include "runtime/base/clock.h"
#include "runtime/model/sha256.h"
#include "runtime/store/accounts_internal.h"
#include "runtime/store/backend.h"
#include "runtime/store/secret.h"
#include "runtime/store/totp.h"

enum { HALF_MINUTES = 10, RECOVERY_LENGTH = 16 };

/* ---- what there is and what is asked for ---- */

struct problem *totp_read(struct tx *tx, int64_t user, struct totp_state *out) {
	struct rows *r;
	bool have;
	char *mode;
	*out = (struct totp_state){ .mode = "optional" };
	TRY(setting_text(tx, "login.totp", &mode));
	if (mode) out->mode = mode;
	TRY(tx_query(tx, sql_totp_get, PARAMS(value_int(user)), &r));
	TRY(rows_next(r, &have));
	bool admin = have && rows_int(r, 0);
	out->begun = have && rows_cell(r, 1).kind != VALUE_NULL;
	out->on = have && rows_cell(r, 2).kind != VALUE_NULL;
	out->since = out->on ? rows_int(r, 2) : 0;
	out->recovery_left = have ? rows_int(r, 3) : 0;
	rows_close(r);
	out->off = strcmp(out->mode, "off") == 0;
	out->required =
		strcmp(out->mode, "required") == 0 || (admin && strcmp(out->mode, "admins") == 0);
	return NULL;
}

static struct problem *note(struct tx *tx, const struct request *rq, const char *act,
			    const char *login, const char *actor, const char *address) {
	struct sb detail = sb_on(tx_arena(tx), 4096);
	struct jw w = jw_on(&detail);
	jw_object(&w);
	jw_set_text(&w, "user", login);
	if (address) jw_set_text(&w, "address", address);
	jw_end(&w);
	if (!actor) return audit_note(tx, rq, act, sb_cstr(&detail));
	return audit_append(tx, &(struct audit_entry){ .actor = actor,
						       .door = door_name(rq->door),
						       .act = act,
						       .detail_json = sb_cstr(&detail) });
}

/* ---- beginning ---- */

struct beginning {
	struct totp_new *totp;
	int64_t user;
	char *sealed;
};

/* What an app shows: the company, else the program. */
static struct problem *issuer_of(struct tx *tx, struct str *out) {
	char *name;
	TRY(setting_text(tx, "company.name", &name));
	*out = name && *name ? str_of(name) : STR("Tenon");
	return NULL;
}

static struct problem *begin_commit(struct tx *tx, void *arg) {
	struct beginning *b = arg;
	struct totp_state state;
	struct str issuer;
	char *login;
	TRY(totp_read(tx, b->user, &state));
	if (state.on) return PROBLEM(tx_arena(tx), CONFLICT, "totp_on");
	if (state.off) return PROBLEM(tx_arena(tx), FORBIDDEN, "totp_off");
	TRY(issuer_of(tx, &issuer));
	TRY(tx_text(tx, sql_totp_login, PARAMS(value_int(b->user)), &login));
	b->totp->uri = totp_uri(b->totp->arena, issuer, str_of(login), b->totp->key);
	tx_allow(tx, TX_ALLOW_PEOPLE);
	return tx_exec(
		tx, sql_totp_begin,
		PARAMS(value_int(b->user), value_text(str_of(b->sealed)), value_int(clock_real())),
		NULL);
}

static struct problem *begin(struct store *s, struct totp_new *t, int64_t user) {
	unsigned char key[TOTP_KEY];
	struct beginning b = { .totp = t, .user = user };
	if (sodium_init() < 0) abort();
	randombytes_buf(key, sizeof key);
	t->key = totp_base32(t->arena, key);
	struct problem *p =
		secret_seal(s, t->arena, (struct str){ (const char *)key, sizeof key }, &b.sealed);
	sodium_memzero(key, sizeof key);
	return p ? p : store_write(s, LANE_INTERACTIVE, t->arena, begin_commit, &b);
}

struct problem *totp_begin(struct store *s, const struct request *rq, struct totp_new *out) {
	out->arena = rq->arena;
	return begin(s, out, rq->actor->id);
}

/* ---- a code ---- */

struct code_try {
	struct password_try try; /* whom and what is counted */
	struct str code;
	const struct request *rq;
	bool begun_counts;     /* a key that is not confirmed is confirmed by its code */
	bool confirmed;        /* so it was */
	const char **recovery; /* then: the recovery codes */
};

static struct str tidy(struct arena *a, struct str text) {
	struct sb out = sb_on(a, 256);
	for (size_t i = 0; i < text.n && i < 64; i++)
		if (text.p[i] != ' ' && text.p[i] != '-')
			sb_char(&out, text.p[i] >= 'A' && text.p[i] <= 'Z' ? (char)(text.p[i] + 32)
									   : text.p[i]);
	sb_cstr(&out);
	return sb_str(&out);
}

static void recovery_hash(struct arena *a, int64_t user, struct str code, char out[65]) {
	sha256_hex(str_of(arena_printf(a, "%lld:%.*s", (long long)user, (int)code.n, code.p)), out);
}

static struct problem *recovery_make(struct tx *tx, int64_t user, struct arena *a,
				     const char ***out) {
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	const char **codes = arena_array(a, TOTP_RECOVERY, sizeof *codes);
	TRY(tx_exec(tx, sql_recovery_delete_user, PARAMS(value_int(user)), NULL));
	for (int i = 0; i < TOTP_RECOVERY; i++) {
		char plain[RECOVERY_LENGTH + 1] = "", hash[65];
		for (int k = 0; k < RECOVERY_LENGTH; k++)
			plain[k] = letters[randombytes_uniform(sizeof letters - 1)];
		recovery_hash(a, user, str_of(plain), hash);
		TRY(tx_exec(tx, sql_recovery_add, PARAMS(value_int(user), value_text(str_of(hash))),
			    NULL));
		codes[i] = arena_printf(a, "%.4s-%.4s-%.4s-%.4s", plain, plain + 4, plain + 8,
					plain + 12);
	}
	*out = codes;
	return NULL;
}

static struct problem *recovery_use(struct tx *tx, struct code_try *t, struct str code) {
	char hash[65];
	int64_t used;
	recovery_hash(tx_arena(tx), t->try.user_id, code, hash);
	TRY(tx_exec(tx, sql_recovery_use,
		    PARAMS(value_int(t->try.user_id), value_text(str_of(hash))), &used));
	t->try.right = used > 0;
	return used ? note(tx, t->rq, "totp_recovery", t->try.known_login, t->try.known_login,
			   t->try.address)
		    : NULL;
}

static struct problem *confirm(struct tx *tx, struct code_try *t) {
	t->confirmed = true;
	TRY(tx_exec(tx, sql_totp_confirm,
		    PARAMS(value_int(t->try.user_id), value_int(clock_real())), NULL));
	TRY(recovery_make(tx, t->try.user_id, t->try.arena, &t->recovery));
	return note(tx, t->rq, "totp_add", t->try.known_login, t->try.known_login, t->try.address);
}

static struct problem *key_use(struct tx *tx, struct code_try *t, struct str code, bool on) {
	struct rows *r;
	bool have;
	char *key;
	TRY(tx_query(tx, sql_totp_key, PARAMS(value_int(t->try.user_id)), &r));
	TRY(rows_next(r, &have));
	char *sealed = have ? str_dup(tx_arena(tx), rows_text(r, 0)) : NULL;
	int64_t used = have ? rows_int(r, 1) : 0;
	rows_close(r);
	if (!sealed) return NULL;
	TRY(secret_open(tx->store, tx_arena(tx), str_of(sealed), &key));
	int64_t step = totp_match((const unsigned char *)key, code, clock_now(), used);
	sodium_memzero(key, TOTP_KEY);
	t->try.right = step >= 0;
	if (!t->try.right) return NULL;
	TRY(tx_exec(tx, sql_totp_used, PARAMS(value_int(t->try.user_id), value_int(step)), NULL));
	return on ? NULL : confirm(tx, t);
}

/* Is the code right? What it uses up is used up in this transaction. */
static struct problem *code_check(struct tx *tx, struct code_try *t) {
	struct totp_state state;
	struct str code = tidy(tx_arena(tx), t->code);
	TRY(totp_read(tx, t->try.user_id, &state));
	t->try.right = false;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	if (!state.on && !(t->begun_counts && state.begun)) return NULL;
	if (totp_is_code(code)) return key_use(tx, t, code, state.on);
	return state.on ? recovery_use(tx, t, code) : NULL;
}

static struct problem *code_failed(struct tx *tx, struct code_try *t) {
	return note(tx, t->rq, "totp_failed", t->try.known_login, t->try.known_login,
		    t->try.address);
}

/* ---- the second step of a login ---- */

static struct problem *half_find(struct tx *tx, const char *hash, int64_t *user, char **login) {
	struct rows *r;
	bool have;
	int64_t now = clock_real();
	TRY(tx_query(tx, sql_half_get,
		     PARAMS(value_text(str_of(hash)), value_int(now - HALF_MINUTES * MINUTE_US)),
		     &r));
	TRY(rows_next(r, &have));
	*user = have ? rows_int(r, 0) : 0;
	*login = have ? str_dup(tx_arena(tx), rows_text(r, 1)) : NULL;
	rows_close(r);
	return have ? NULL : PROBLEM(tx_arena(tx), UNAUTHENTICATED, "totp_half");
}

struct finishing {
	struct code_try code;
	char half[65];
};

static struct problem *finish_commit(struct tx *tx, void *arg) {
	struct finishing *f = arg;
	struct password_try *t = &f->code.try;
	char *login;
	TRY(half_find(tx, f->half, &t->user_id, &login));
	t->known_login = arena_strdup(t->arena, login);
	t->login = str_of(t->known_login);
	TRY(try_count(tx, t));
	TRY(code_check(tx, &f->code));
	if (!t->right) return code_failed(tx, &f->code);
	TRY(try_forget(tx, t));
	TRY(tx_exec(tx, sql_session_delete, PARAMS(value_text(str_of(f->half))), NULL));
	/* What was open before there was a second step was opened without it. */
	if (f->code.confirmed)
		TRY(tx_exec(tx, sql_session_delete_user,
			    PARAMS(value_int(t->user_id), (struct value){ .kind = VALUE_TEXT }),
			    NULL));
	return login_settle(tx, t);
}

struct problem *login_finish(struct store *s, const struct login *l, struct str half,
			     struct str code, struct logged_in *out) {
	struct arena *a = l->rq->arena;
	struct finishing f = { .code = { .try = { .arena = a, .address = l->address, .rq = l->rq },
					 .code = code,
					 .rq = l->rq,
					 .begun_counts = true } };
	struct password_try *t = &f.code.try;
	sha256_hex(half, f.half);
	t->agent = login_agent(a, l->agent);
	t->token = secret_random(a, "");
	t->csrf = secret_random(a, "");
	TRY(store_write(s, LANE_INTERACTIVE, a, finish_commit, &f));
	if (!t->right) return PROBLEM(a, UNAUTHENTICATED, "totp_wrong");
	*out = (struct logged_in){ .token = t->token,
				   .csrf = t->csrf,
				   .user_id = (int32_t)t->user_id,
				   .recovery = f.code.confirmed ? f.code.recovery : NULL };
	return NULL;
}

struct half_user {
	char hash[65];
	int64_t user;
	char *login;
};

static struct problem *half_read(struct tx *tx, struct half_user *h) {
	return half_find(tx, h->hash, &h->user, &h->login);
}

struct problem *totp_begin_half(struct store *s, struct arena *a, struct str half,
				struct totp_new *out) {
	struct half_user h;
	struct tx *tx;
	sha256_hex(half, h.hash);
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, half_read(tx, &h)));
	out->arena = a;
	return begin(s, out, h.user);
}

/* ---- one's own ---- */

struct own_totp {
	struct code_try code;
	const char *keep_session;
};

static struct own_totp own_of(const struct request *rq, const char *address, struct str code) {
	return (struct own_totp){
		.code = { .try = { .arena = rq->arena,
				   .login = str_of(rq->actor->login),
				   .known_login = arena_strdup(rq->arena, rq->actor->login),
				   .user_id = rq->actor->id,
				   .address = address,
				   .rq = rq },
			  .code = code,
			  .rq = rq }
	};
}

static struct problem *code_fault(struct arena *a) {
	struct faults faults = { .arena = a };
	FAULT(&faults, "/code", "totp_wrong");
	return faults_problem(&faults);
}

static struct problem *confirm_commit(struct tx *tx, void *arg) {
	struct own_totp *o = arg;
	struct password_try *t = &o->code.try;
	struct totp_state state;
	TRY(totp_read(tx, t->user_id, &state));
	if (state.on) return PROBLEM(tx_arena(tx), CONFLICT, "totp_on");
	if (state.off) return PROBLEM(tx_arena(tx), FORBIDDEN, "totp_off");
	TRY(try_count(tx, t));
	TRY(code_check(tx, &o->code));
	if (!t->right) return code_failed(tx, &o->code);
	TRY(try_forget(tx, t));
	struct value keep = { .kind = VALUE_TEXT, .as.s = str_of(o->keep_session) };
	return tx_exec(tx, sql_session_delete_user, PARAMS(value_int(t->user_id), keep), NULL);
}

struct problem *totp_confirm(struct store *s, const struct request *rq, const char *address,
			     const char *keep_session, struct str code, const char ***recovery) {
	struct own_totp o = own_of(rq, address, code);
	o.code.begun_counts = true;
	o.keep_session = keep_session;
	TRY(store_write(s, LANE_INTERACTIVE, rq->arena, confirm_commit, &o));
	if (!o.code.try.right) return code_fault(rq->arena);
	*recovery = o.code.recovery;
	return NULL;
}

static struct problem *totp_drop(struct tx *tx, int64_t user) {
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_exec(tx, sql_recovery_delete_user, PARAMS(value_int(user)), NULL));
	return tx_exec(tx, sql_totp_delete, PARAMS(value_int(user)), NULL);
}

/* The password's count stays when only the code is wrong, as it would at a login. */
static struct problem *off_commit(struct tx *tx, void *arg) {
	struct own_totp *o = arg;
	struct password_try *t = &o->code.try;
	struct totp_state state;
	TRY(totp_read(tx, t->user_id, &state));
	if (!t->right) return try_settle(tx, t);
	if (!state.on) return PROBLEM(tx_arena(tx), CONFLICT, "totp_none");
	if (state.required) return PROBLEM(tx_arena(tx), FORBIDDEN, "totp_required");
	TRY(code_check(tx, &o->code));
	if (!t->right) return code_failed(tx, &o->code);
	TRY(try_settle(tx, t));
	if (!t->right) return NULL;
	TRY(totp_drop(tx, t->user_id));
	return note(tx, t->rq, "totp_delete", t->known_login, NULL, t->address);
}

struct problem *totp_disable(struct store *s, const struct request *rq, const char *address,
			     struct str password, struct str code) {
	struct own_totp o = own_of(rq, address, code);
	struct password_try *t = &o.code.try;
	struct faults faults = { .arena = rq->arena };
	t->password = password;
	TRY(try_password(s, t));
	bool password_right = t->right;
	TRY(store_write(s, LANE_INTERACTIVE, rq->arena, off_commit, &o));
	if (t->right) return NULL;
	if (password_right) return code_fault(rq->arena);
	FAULT(&faults, "/password", "password_wrong");
	return faults_problem(&faults);
}

/* ---- somebody else's ---- */

struct problem *totp_reset(struct tx *tx, const struct request *rq, const struct user *user) {
	struct totp_state state;
	TRY(totp_read(tx, user->id, &state));
	if (!state.begun) return PROBLEM(tx_arena(tx), NOT_FOUND, "not_found");
	if (rq->actor && rq->actor->id == user->id)
		return PROBLEM(tx_arena(tx), FORBIDDEN, "totp_own");
	TRY(totp_drop(tx, user->id));
	TRY(tx_exec(tx, sql_session_delete_user,
		    PARAMS(value_int(user->id), (struct value){ .kind = VALUE_TEXT }), NULL));
	return note(tx, rq, "totp_reset", user->login, NULL, NULL);
}
