/* accounts_input.c -- a body about people as typed edits: which keys there are and what each may
 * hold. What needs the database (does the department exist?) is asked on the writer. Every mistake
 * is a fault at its pointer. */
#include "runtime/base/fold.h"
#include "runtime/model/names.h"
#include "runtime/store/accounts_internal.h"

enum { LOGIN_MAX = 64, DEPT_MAX = 48, LABEL_MAX = 100, EMAIL_MAX = 254 };

/* ---- single values ---- */

static const char *number(struct arena *a, int64_t n) {
	return arena_printf(a, "%lld", (long long)n);
}

/* Printable, not blank at the ends. A '/' would not fit into an address, a ':' would end "user:" in
 * a who-rule. */
static bool name_ok(struct str s, size_t max) {
	if (!s.n || utf8_length(s) > max || !str_eq(str_trim(s), s)) return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F || strchr("/:\\\"", s.p[i]))
			return false;
	return true;
}

static bool text_clean(struct str s) {
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F) return false;
	return true;
}

static bool read_text(struct people_edit *e, const char *pointer, const struct json *v, size_t max,
		      struct str *out) {
	*out = STR("");
	if (v->kind == JSON_NULL) return true;
	if (v->kind != JSON_STRING)
		FAULT(&e->faults, pointer, "expect_text");
	else if (utf8_length(v->text) > max || !text_clean(v->text))
		FAULT(&e->faults, pointer, "text_long", "max", number(e->arena, (int64_t)max));
	else
		*out = str_trim(v->text);
	return v->kind == JSON_STRING;
}

static void read_name(struct people_edit *e, const char *pointer, const struct json *v, size_t max,
		      struct str *out) {
	*out = STR("");
	if (v->kind != JSON_STRING || !v->text.n)
		FAULT(&e->faults, pointer, "required");
	else if (!name_ok(v->text, max))
		FAULT(&e->faults, pointer, "account_name", "max", number(e->arena, (int64_t)max));
	else
		*out = v->text;
}

static void read_bool(struct people_edit *e, const char *pointer, const struct json *v, bool *out) {
	*out = v->kind == JSON_TRUE;
	if (v->kind != JSON_TRUE && v->kind != JSON_FALSE)
		FAULT(&e->faults, pointer, "expect_bool");
}

/* A string serves all languages; an object has one text for each. */
static void read_label(struct people_edit *e, const char *pointer, const struct json *v,
		       struct str *zh, struct str *en) {
	*en = STR("");
	if (v->kind != JSON_OBJECT) {
		read_text(e, pointer, v, LABEL_MAX, zh);
		return;
	}
	*zh = STR("");
	for (uint32_t i = 0; i < v->n; i++) {
		const char *at = pointer_join(e->arena, pointer, v->keys[i].name);
		if (str_is(v->keys[i].name, "zh-CN"))
			read_text(e, at, &v->items[i], LABEL_MAX, zh);
		else if (str_is(v->keys[i].name, "en"))
			read_text(e, at, &v->items[i], LABEL_MAX, en);
		else
			FAULT(&e->faults, at, "expect_label");
	}
}

/* ---- passwords ---- */

static struct str folded(struct arena *a, struct str s) {
	struct sb out = sb_on(a, 64 * 1024);
	fold_add(&out, s);
	return sb_str(&out);
}

bool password_fits(struct faults *f, const char *pointer, int64_t min, struct str login,
		   struct str password) {
	size_t before = f->count;
	if (password.n > PASSWORD_MAX)
		FAULT(f, pointer, "password_long", "max", number(f->arena, PASSWORD_MAX));
	else if (utf8_length(password) < (size_t)min)
		FAULT(f, pointer, "password_short", "min", number(f->arena, min));
	else if (str_eq(folded(f->arena, password), folded(f->arena, login)))
		FAULT(f, pointer, "password_is_login");
	return f->count == before;
}

/* The operator of the machine is told about a weak password, everybody else is refused. */
static void check_password(struct people_edit *e, struct user_edit *u) {
	bool operator= !e->change->rq->actor;
	struct faults *f = operator&& u->password.n && u->password.n <= PASSWORD_MAX ? &e->weak
										     : & e->faults;
	if (u->given & USER_PASSWORD && u->password.p)
		password_fits(f, pointer_join(e->arena, u->pointer, STR("password")),
			      e->password_min, u->login, u->password);
}

/* ---- users ---- */

static void take_label(struct people_edit *e, struct user_edit *u, const char *at,
		       const struct json *v) {
	struct str en;
	read_label(e, at, v, &u->label, &en);
	if (!u->label.n) u->label = en;
}

static void take_email(struct people_edit *e, struct user_edit *u, const char *at,
		       const struct json *v) {
	read_text(e, at, v, EMAIL_MAX, &u->email);
	if (u->email.n && !memchr(u->email.p, '@', u->email.n))
		FAULT(&e->faults, at, "account_email");
}

/* null takes the password away: nobody logs in with it. */
static void take_password(struct people_edit *e, struct user_edit *u, const char *at,
			  const struct json *v) {
	u->password = v->kind == JSON_STRING ? v->text : (struct str){ NULL, 0 };
	if (v->kind == JSON_STRING && !u->password.p) u->password = STR("");
	if (v->kind != JSON_STRING && v->kind != JSON_NULL) FAULT(&e->faults, at, "expect_text");
}

static void take_dept(struct people_edit *e, struct user_edit *u, const char *at,
		      const struct json *v) {
	read_text(e, at, v, DEPT_MAX, &u->dept);
}

static void take_superior(struct people_edit *e, struct user_edit *u, const char *at,
			  const struct json *v) {
	read_text(e, at, v, LOGIN_MAX, &u->superior);
}

static void take_names(struct people_edit *e, const char *at, const struct json *v,
		       const struct json **out) {
	bool good = v->kind == JSON_ARRAY;
	for (uint32_t i = 0; i < v->n && good; i++)
		good = v->items[i].kind == JSON_STRING && name_ok(v->items[i].text, DEPT_MAX);
	*out = v;
	if (!good) FAULT(&e->faults, at, "expect_names");
}

static void take_depts(struct people_edit *e, struct user_edit *u, const char *at,
		       const struct json *v) {
	take_names(e, at, v, &u->depts);
}

static void take_administers(struct people_edit *e, struct user_edit *u, const char *at,
			     const struct json *v) {
	take_names(e, at, v, &u->administers);
}

static void check_role_list(struct people_edit *e, const char *at, const struct json *list) {
	if (list->kind == JSON_NULL) return;
	bool good = list->kind == JSON_ARRAY;
	for (uint32_t i = 0; i < list->n && good; i++)
		good = list->items[i].kind == JSON_STRING && name_ok(list->items[i].text, DEPT_MAX);
	if (!good) FAULT(&e->faults, at, "expect_roles");
}

static void take_roles(struct people_edit *e, struct user_edit *u, const char *at,
		       const struct json *v) {
	u->roles = v;
	if (v->kind != JSON_OBJECT) FAULT(&e->faults, at, "expect_roles");
	for (uint32_t i = 0; v->kind == JSON_OBJECT && i < v->n; i++)
		check_role_list(e, pointer_join(e->arena, at, v->keys[i].name), &v->items[i]);
}

static void take_admin(struct people_edit *e, struct user_edit *u, const char *at,
		       const struct json *v) {
	read_bool(e, at, v, &u->admin);
}

static void take_active(struct people_edit *e, struct user_edit *u, const char *at,
			const struct json *v) {
	read_bool(e, at, v, &u->active);
}

static void take_language(struct people_edit *e, struct user_edit *u, const char *at,
			  const struct json *v) {
	u->language = json_str(v);
	if (!str_is(u->language, "zh-CN") && !str_is(u->language, "en"))
		FAULT(&e->faults, at, "account_language");
}

static const struct user_key {
	const char *key;
	enum user_part part;
	void (*read)(struct people_edit *e, struct user_edit *u, const char *at,
		     const struct json *v);
} user_keys[] = {
	{ "label", USER_LABEL, take_label },          { "email", USER_EMAIL, take_email },
	{ "password", USER_PASSWORD, take_password }, { "dept", USER_DEPT, take_dept },
	{ "superior", USER_SUPERIOR, take_superior }, { "roles", USER_ROLES, take_roles },
	{ "admin", USER_ADMIN, take_admin },          { "active", USER_ACTIVE, take_active },
	{ "language", USER_LANGUAGE, take_language }, { "depts", USER_DEPTS, take_depts },
	{ "administers", USER_ADMINISTERS, take_administers },
};

static void unknown(struct people_edit *e, const char *at, struct str key, const char *known) {
	e->malformed = true;
	FAULT(&e->faults, at, "unknown_key", "name", str_dup(e->arena, key), "known", known);
}

static void read_user_key(struct people_edit *e, struct user_edit *u, struct str key,
			  const struct json *v) {
	const char *at = pointer_join(e->arena, u->pointer, key);
	for (size_t i = 0; i < ARRAY_LEN(user_keys); i++) {
		if (!str_is(key, user_keys[i].key)) continue;
		u->given |= user_keys[i].part;
		user_keys[i].read(e, u, at, v);
		return;
	}
	unknown(e, at, key,
		"user, label, email, password, dept, depts, superior, roles, admin, administers, "
		"active, language");
}

/* Whom: by the key user, or by the address of the call; both must agree. */
static void read_whom(struct people_edit *e, const char *pointer, const char *key,
		      const struct json *body, size_t max, struct str *out) {
	const char *at = pointer_join(e->arena, pointer, str_of(key));
	const struct json *v = json_get(body, key);
	struct str named = e->change->what == PEOPLE_IMPORT ? STR("") : e->change->name;
	*out = named;
	if (!named.n && v)
		read_name(e, at, v, max, out);
	else if (!named.n)
		FAULT(&e->faults, at, "required");
	else if (v && !str_eq(json_str(v), named))
		FAULT(&e->faults, at, "read_only");
}

static void read_user(struct people_edit *e, struct user_edit *u, const char *pointer,
		      const struct json *body) {
	u->pointer = pointer;
	if (body->kind != JSON_OBJECT) {
		FAULT(&e->faults, pointer, "expect_object");
		return;
	}
	read_whom(e, pointer, "user", body, LOGIN_MAX, &u->login);
	for (uint32_t i = 0; i < body->n; i++)
		if (!str_is(body->keys[i].name, "user"))
			read_user_key(e, u, body->keys[i].name, &body->items[i]);
	check_password(e, u);
}

/* ---- departments ---- */

static void read_dept_key(struct people_edit *e, struct dept_edit *d, struct str key,
			  const struct json *v) {
	const char *at = pointer_join(e->arena, d->pointer, key);
	if (str_is(key, "label")) {
		d->given |= DEPT_LABEL;
		read_label(e, at, v, &d->label_zh, &d->label_en);
	} else if (str_is(key, "parent")) {
		d->given |= DEPT_PARENT;
		read_text(e, at, v, DEPT_MAX, &d->parent);
	} else if (str_is(key, "head")) {
		d->given |= DEPT_HEAD;
		read_text(e, at, v, LOGIN_MAX, &d->head);
	} else if (str_is(key, "active")) {
		d->given |= DEPT_ACTIVE;
		read_bool(e, at, v, &d->active);
	} else if (str_is(key, "position")) {
		d->given |= DEPT_POSITION;
		if (!json_int(v, &d->position) || d->position < 0)
			FAULT(&e->faults, at, "dept_position");
	} else {
		unknown(e, at, key, "dept, label, parent, head, active, position");
	}
}

static void read_dept(struct people_edit *e, struct dept_edit *d, const char *pointer,
		      const struct json *body) {
	d->pointer = pointer;
	if (body->kind != JSON_OBJECT) {
		FAULT(&e->faults, pointer, "expect_object");
		return;
	}
	read_whom(e, pointer, "dept", body, DEPT_MAX, &d->name);
	for (uint32_t i = 0; i < body->n; i++)
		if (!str_is(body->keys[i].name, "dept"))
			read_dept_key(e, d, body->keys[i].name, &body->items[i]);
}

/* ---- a whole body ---- */

static const struct json *list_of(struct people_edit *e, const char *key) {
	static const struct json empty = { .kind = JSON_ARRAY };
	const struct json *list = json_get(e->change->body, key);
	if (!list) return &empty;
	if (list->kind == JSON_ARRAY) return list;
	FAULT(&e->faults, pointer_join(e->arena, "", str_of(key)), "expect_array");
	return &empty;
}

static void name_once(struct people_edit *e, struct names *seen, struct str name,
		      const char *pointer, const char *key) {
	if (name.n && !names_add(seen, name, e))
		FAULT(&e->faults, pointer_join(e->arena, pointer, str_of(key)), "named_twice");
}

static void read_import(struct people_edit *e) {
	const struct json *body = e->change->body, *users = list_of(e, "users");
	const struct json *depts = list_of(e, "departments");
	for (uint32_t i = 0; i < body->n; i++)
		if (!str_is(body->keys[i].name, "users") &&
		    !str_is(body->keys[i].name, "departments"))
			unknown(e, pointer_join(e->arena, "", body->keys[i].name),
				body->keys[i].name, "departments, users");
	e->users = arena_array(e->arena, users->n, sizeof *e->users);
	e->depts = arena_array(e->arena, depts->n, sizeof *e->depts);
	e->user_count = users->n;
	e->dept_count = depts->n;
	struct names logins, names;
	names_init(&logins, e->arena, users->n);
	names_init(&names, e->arena, depts->n);
	for (uint32_t i = 0; i < users->n; i++) {
		struct user_edit *u = &e->users[i];
		read_user(e, u, pointer_index(e->arena, "/users", i), &users->items[i]);
		name_once(e, &logins, u->login, u->pointer, "user");
	}
	for (uint32_t i = 0; i < depts->n; i++) {
		struct dept_edit *d = &e->depts[i];
		read_dept(e, d, pointer_index(e->arena, "/departments", i), &depts->items[i]);
		name_once(e, &names, d->name, d->pointer, "dept");
	}
}

void people_read(struct people_edit *e) {
	if (e->change->what == PEOPLE_IMPORT) {
		read_import(e);
	} else if (e->change->what == PEOPLE_USER) {
		e->users = arena_alloc(e->arena, sizeof *e->users);
		e->user_count = 1;
		read_user(e, e->users, "", e->change->body);
	} else {
		e->depts = arena_alloc(e->arena, sizeof *e->depts);
		e->dept_count = 1;
		read_dept(e, e->depts, "", e->change->body);
	}
}

struct problem *people_faults(struct people_edit *e) {
	struct problem *p = faults_problem(&e->faults);
	if (p && e->malformed && e->change->what != PEOPLE_IMPORT) p->kind = PROBLEM_MALFORMED;
	return p;
}
