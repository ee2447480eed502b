/* accounts_internal.h -- shared by the files accounts_*.c only. */
#ifndef TENON_STORE_ACCOUNTS_INTERNAL_H
#define TENON_STORE_ACCOUNTS_INTERNAL_H

#include "runtime/store/accounts.h"
#include "runtime/store/audit.h"
#include "runtime/store/people.h"
#include "runtime/store/queries.h"
#include "runtime/store/setting.h"

#define MINUTE_US INT64_C(60000000)
#define HOUR_US (60 * MINUTE_US)

/* accounts_password.c */
const char *secret_random(struct arena *a, const char *prefix); /* 32 random bytes as base64url */

/* accounts_login.c -- one try of a password, counted as a failure until it has proved right. */
struct password_try {
	struct arena *arena;
	struct str login, password;
	const char *address;           /* NULL: not counted by address */
	const struct request *rq;
	int64_t seqs[2];               /* its lines in sys_login_failure */
	size_t seq_count;
	int64_t user_id;               /* 0: unknown or inactive */
	char *known_login, *hash;
	bool right;
	const char *token, *csrf, *agent; /* login_open's session to be */
	const char *new_hash, *keep_session; /* own_password's */
	bool end_tokens;
	enum { SECOND_NONE, SECOND_CODE, SECOND_ENROL } second; /* login_open's: what is still to come */
};
struct problem *try_password(struct store *s, struct password_try *t) MUST_CHECK;
struct problem *try_count(struct tx *tx, struct password_try *t) MUST_CHECK;  /* TOO_MANY login_limited; else counted as a failure */
struct problem *try_forget(struct tx *tx, struct password_try *t) MUST_CHECK; /* it was none */
struct problem *login_settle(struct tx *tx, struct password_try *t) MUST_CHECK; /* opens the session and writes the trail */
const char *login_agent(struct arena *a, const char *agent);
struct problem *try_settle(struct tx *tx, struct password_try *t) MUST_CHECK; /* right: its lines go; else the trail */

/* accounts_input.c -- what a body says, before the writer. */
enum user_part {
	USER_LABEL = 1, USER_EMAIL = 2, USER_PASSWORD = 4, USER_DEPT = 8, USER_SUPERIOR = 16, USER_ROLES = 32, USER_ADMIN = 64,
	USER_ACTIVE = 128, USER_LANGUAGE = 256, USER_DEPTS = 512, USER_ADMINISTERS = 1024
};
struct user_edit {
	const char *pointer;           /* of its object in the body: "" or "/users/3" */
	struct str login;
	unsigned given;                /* enum user_part */
	struct str label, email, password, dept, superior, language;
	bool admin, active;
	const struct json *roles, *depts, *administers;
	char hash[PASSWORD_HASH];      /* "" : no password */
	int64_t id;                    /* from here on the writer's */
	bool fresh;
	const char *result;            /* "created" "updated" "unchanged" */
};
enum dept_part { DEPT_LABEL = 1, DEPT_PARENT = 2, DEPT_HEAD = 4, DEPT_ACTIVE = 8, DEPT_POSITION = 16 };
struct dept_edit {
	const char *pointer;
	struct str name;
	unsigned given;                /* enum dept_part */
	struct str label_zh, label_en, parent, head;
	bool active;
	int64_t position;
	int64_t id;
	bool fresh;
	const char *result;
};
struct people_edit {
	struct people_change *change;
	struct store *store;
	struct arena *arena;
	int64_t password_min;
	struct faults faults, weak;    /* weak: passwords the policy would refuse, given by the operator */
	bool malformed;                /* a fault is an unknown key */
	struct user_edit *users; size_t user_count;
	struct dept_edit *depts; size_t dept_count;
	bool rights_lowered;           /* somebody may have ceased to be an admin */
};
void people_read(struct people_edit *e);
struct problem *people_faults(struct people_edit *e);           /* NULL: none */
bool password_fits(struct faults *f, const char *pointer, int64_t min, struct str login, struct str password);

/* accounts_users.c, accounts_depts.c -- on the writer: first every row is made, then what it says, since rows name each other. */
struct problem *dept_id(struct tx *tx, struct str name, int64_t *out) MUST_CHECK;   /* 0: unknown */
struct problem *user_id(struct tx *tx, struct str login, int64_t *out) MUST_CHECK;
struct problem *users_make(struct tx *tx, struct people_edit *e) MUST_CHECK;
struct problem *users_fill(struct tx *tx, struct people_edit *e) MUST_CHECK;
struct problem *depts_make(struct tx *tx, struct people_edit *e) MUST_CHECK;
struct problem *depts_fill(struct tx *tx, struct people_edit *e) MUST_CHECK;
struct problem *depts_left(struct tx *tx, struct people_edit *e) MUST_CHECK; /* after the users: nobody is left in one that is closed */
/* accounts_roles.c. *changed and *admin are only ever set to true. */
struct problem *roles_fill(struct tx *tx, struct people_edit *e, struct user_edit *u, bool *changed, bool *admin) MUST_CHECK;
/* accounts_lists.c -- depts and administers, when given. main: the main department as it will be. */
struct problem *lists_fill(struct tx *tx, struct people_edit *e, struct user_edit *u, int64_t main, bool *changed) MUST_CHECK;
struct problem *roles_json(struct tx *tx, int64_t user, struct jw *w) MUST_CHECK;   /* {app: [role]} */

#endif
