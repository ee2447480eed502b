#include "runtime/host/people_csv.h"
#include "engines/form/csv.h"

enum { COLUMNS = 64, BODY_MAX = 16 << 20 };

static const struct {
	const char *key, *names; /* blank-separated */
} columns[] = {
	{ "user", "login user 账号 登录名" },
	{ "label", "label name 姓名" },
	{ "dept", "dept department 部门" },
	{ "superior", "superior 上级" },
	{ "roles", "roles 角色" },
	{ "password", "password 密码" },
	{ "email", "email 邮箱" },
};

struct reading {
	struct arena *a;
	struct jw w;
	const char *keys[COLUMNS];
	size_t n;
	bool begun;
};

static bool is_name(const char *names, struct str name) {
	while (*names) {
		size_t n = strcspn(names, " ");
		if (str_eq((struct str){ names, n }, name)) return true;
		names += n + (names[n] == ' ');
	}
	return false;
}

static struct problem *read_head(struct reading *r, const struct str *fields, size_t n) {
	if (n > COLUMNS) n = COLUMNS;
	for (size_t i = 0; i < n; i++) {
		struct str name = str_trim(fields[i]);
		for (size_t k = 0; k < ARRAY_LEN(columns) && !r->keys[i]; k++)
			if (is_name(columns[k].names, name)) r->keys[i] = columns[k].key;
		for (size_t k = 0; k < i; k++)
			if (r->keys[i] && r->keys[k] == r->keys[i]) r->keys[i] = NULL;
		if (!r->keys[i])
			return PROBLEM(r->a, MALFORMED, "people_column", "name",
				       str_dup(r->a, name), "known",
				       "login, label, dept, superior, roles, password, email");
	}
	r->n = n;
	r->begun = true;
	return NULL;
}

/* One "app:role" of the cell; false: there is none left. */
static bool next_role(struct str *rest, struct str *app, struct str *role) {
	while (rest->n && strchr(" ,;", *rest->p)) *rest = (struct str){ rest->p + 1, rest->n - 1 };
	size_t n = 0;
	while (n < rest->n && !strchr(" ,;", rest->p[n])) n++;
	if (!n) return false;
	const char *colon = memchr(rest->p, ':', n);
	size_t app_n = colon ? (size_t)(colon - rest->p) : 0;
	*app = (struct str){ rest->p, app_n };
	*role = (struct str){ rest->p + app_n + (colon != NULL), n - app_n - (colon != NULL) };
	*rest = (struct str){ rest->p + n, rest->n - n };
	return true;
}

static bool seen_before(struct str cell, struct str app) {
	struct str rest = cell, other, role;
	while (next_role(&rest, &other, &role) && other.p != app.p)
		if (str_eq(other, app)) return true;
	return false;
}

static void roles_json(struct jw *w, struct str cell) {
	struct str rest = cell, app, role;
	jw_object(w);
	while (next_role(&rest, &app, &role)) {
		struct str more = cell, other, name;
		if (seen_before(cell, app)) continue;
		jw_key_str(w, app);
		jw_array(w);
		while (next_role(&more, &other, &name))
			if (str_eq(other, app)) jw_str(w, name);
		jw_end(w);
	}
	jw_end(w);
}

static struct problem *row(void *arg, const struct str *fields, size_t n, unsigned line) {
	struct reading *r = arg;
	(void)line;
	for (size_t i = 0; i < n; i++)
		if (!utf8_valid(fields[i]))
			return PROBLEM(r->a, MALFORMED, "bad_text", "parameter", "csv");
	if (!r->begun) return read_head(r, fields, n);
	jw_object(&r->w);
	for (size_t i = 0; i < n && i < r->n; i++) {
		struct str cell = csv_unguard(str_trim(fields[i]));
		if (!cell.n) continue;
		jw_key(&r->w, r->keys[i]);
		if (!strcmp(r->keys[i], "roles"))
			roles_json(&r->w, cell);
		else
			jw_str(&r->w, cell);
	}
	jw_end(&r->w);
	return NULL;
}

struct problem *people_csv(struct arena *a, struct str text, const struct json **body) {
	struct sb out = sb_on(a, BODY_MAX);
	struct reading r = { .a = a, .w = jw_on(&out) };
	struct csv *csv = csv_new(a, &csv_limits_default, ',', row, &r);
	jw_object(&r.w);
	jw_key(&r.w, "users");
	jw_array(&r.w);
	TRY(csv_push(csv, text.p, text.n));
	TRY(csv_end(csv));
	jw_end(&r.w);
	jw_end(&r.w);
	if (out.overflow) return PROBLEM(a, TOO_LARGE, "too_large", "max", "16 MiB");
	return json_parse(a, sb_str(&out), &json_limits_definition, body);
}
