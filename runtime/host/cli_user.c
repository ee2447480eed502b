/* cli_user.c -- people, tokens and the audit trail from the command line. The operator of the
 * machine acts as the system. Secrets that are made here (a password, a token) are the only thing
 * on stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "runtime/host/cli.h"
#include "runtime/host/client.h"
#include "runtime/host/terminal.h"
#include "runtime/store/accounts.h"

enum { FILE_MAX_BYTES = 4 << 20, LINE_MAX_BYTES = 2048, BODY_CEILING = 8 << 20 };

/* ---- talking to the server ---- */

/* One call; *code is the exit code after an error answer has been printed. */
static struct problem *call(struct arena *a, const char *data, bool create, const char *method,
			    const char *path, struct str body, struct reply *out, int *code) {
	struct client *c;
	TRY(client_open(a, data, create, &c));
	struct problem *p =
		client_call(c, method, path, body.p ? "application/json" : NULL, body, out);
	client_close(c);
	if (!p) *code = client_report(out);
	return p;
}

static int finish(struct problem *p, int code) { return p ? cli_problem(p) : code; }

static const char *user_path(struct arena *a, const char *login) {
	return arena_printf(a, "/api/users/%s", client_quote(a, str_of(login)));
}

static void pair(struct jw *w, const char *key, const char *value) {
	if (!value) return;
	jw_set_text(w, key, value);
}

static void show_warnings(const struct reply *r) {
	const struct json *warnings = json_get(r->json, "warnings");
	for (uint32_t i = 0; warnings && i < warnings->n; i++) {
		struct str at = json_str(json_get(&warnings->items[i], "pointer"));
		struct str why = json_str(json_get(&warnings->items[i], "detail"));
		fprintf(stderr, "  %.*s: %.*s\n", (int)at.n, at.p, (int)why.n, why.p);
	}
}

/* ---- passwords ---- */

/* "-" reads a line from stdin, so that the password stands in no list of processes; none given: a
 * random one is made. */
static const char *password_of(struct arena *a, const char *given, bool *made) {
	char line[LINE_MAX_BYTES];
	*made = !given;
	if (!given) return password_random(a);
	if (strcmp(given, "-") != 0) return given;
	if (!fgets(line, sizeof line, stdin)) return "";
	line[strcspn(line, "\r\n")] = 0;
	return arena_strdup(a, line);
}

static void tell_password(const char *login, const char *password, bool made) {
	terminal_say(made ? "user_password_made" : "user_password_set", "user", login,
		     (const char *)NULL);
	if (made) printf("%s\n", password);
}

/* ---- user add ---- */

struct role_list {
	const char *items[CLI_LIST_MAX]; /* "crm:sales" */
	size_t n;
};

static bool app_before(const struct role_list *roles, size_t i, size_t colon) {
	for (size_t k = 0; k < i; k++)
		if (strncmp(roles->items[k], roles->items[i], colon + 1) == 0) return true;
	return false;
}

/* {app: [role]}: each app once, with all its roles. */
static void roles_json(struct jw *w, const struct role_list *roles) {
	jw_key(w, "roles");
	jw_object(w);
	for (size_t i = 0; i < roles->n; i++) {
		size_t colon = strcspn(roles->items[i], ":");
		if (app_before(roles, i, colon)) continue;
		jw_key_str(w, (struct str){ roles->items[i], colon });
		jw_array(w);
		for (size_t k = i; k < roles->n; k++)
			if (strncmp(roles->items[k], roles->items[i], colon + 1) == 0)
				jw_text(w, roles->items[k] + colon + 1);
		jw_end(w);
	}
	jw_end(w);
}

static bool roles_formed(const struct role_list *roles) {
	for (size_t i = 0; i < roles->n; i++) {
		const char *colon = strchr(roles->items[i], ':');
		if (colon && colon != roles->items[i] && colon[1]) continue;
		terminal_say("user_role_form", "text", roles->items[i], (const char *)NULL);
		return false;
	}
	return true;
}

static int add(struct arena *a, int argc, char **argv) {
	const char *data = "data", *login, *label = NULL, *dept = NULL, *superior = NULL;
	const char *email = NULL, *language = NULL, *given = NULL;
	struct role_list roles = { .n = 0 };
	bool admin = false, made;
	size_t n;
	int code = CLI_FAILED;
	struct reply r;
	const struct cli_option options[] = {
		{ .name = "--data", .value = &data },
		{ .name = "--label", .value = &label },
		{ .name = "--dept", .value = &dept },
		{ .name = "--superior", .value = &superior },
		{ .name = "--email", .value = &email },
		{ .name = "--language", .value = &language },
		{ .name = "--password", .value = &given },
		{ .name = "--role", .list = roles.items, .count = &roles.n },
		{ .name = "--admin", .flag = &admin },
		{ .name = NULL },
	};
	const struct command *self = cli_command("user add");
	if (!cli_parse(self, argc, argv, options, &login, 1, &n) || !n) return cli_usage(self);
	if (!roles_formed(&roles)) return CLI_USAGE;
	const char *password = password_of(a, given, &made);
	struct sb body = sb_on(a, BODY_CEILING);
	struct jw w = jw_on(&body);
	jw_object(&w);
	pair(&w, "user", login);
	pair(&w, "label", label);
	pair(&w, "dept", dept);
	pair(&w, "superior", superior);
	pair(&w, "email", email);
	pair(&w, "language", language);
	pair(&w, "password", password);
	if (admin) {
		jw_set_bool(&w, "admin", true);
	}
	if (roles.n) roles_json(&w, &roles);
	jw_end(&w);
	struct problem *p = call(a, data, true, "POST", "/api/users", sb_str(&body), &r, &code);
	if (p || code) return finish(p, code);
	show_warnings(&r);
	tell_password(login, password, made);
	return CLI_GOOD;
}

/* ---- user passwd ---- */

static int passwd(struct arena *a, int argc, char **argv) {
	const char *data = "data", *login, *given = NULL;
	bool made;
	size_t n;
	int code = CLI_FAILED;
	struct reply r;
	const struct cli_option options[] = { { .name = "--data", .value = &data },
					      { .name = "--password", .value = &given },
					      { .name = NULL } };
	const struct command *self = cli_command("user passwd");
	if (!cli_parse(self, argc, argv, options, &login, 1, &n) || !n) return cli_usage(self);
	const char *password = password_of(a, given, &made);
	struct sb body = sb_on(a, BODY_CEILING);
	struct jw w = jw_on(&body);
	jw_object(&w);
	pair(&w, "password", password);
	jw_end(&w);
	struct problem *p =
		call(a, data, false, "PATCH", user_path(a, login), sb_str(&body), &r, &code);
	if (p || code) return finish(p, code);
	show_warnings(&r);
	tell_password(login, password, made);
	return CLI_GOOD;
}

/* ---- user role ---- */

/* The user's roles as they are, with this one added or taken away. */
static void changed_roles(struct jw *w, const struct json *user, struct str app, struct str role,
			  bool take) {
	const struct json *roles = json_get(user, "roles");
	bool seen = false;
	jw_object(w);
	jw_key(w, "roles");
	jw_object(w);
	for (uint32_t i = 0; roles && i < roles->n; i++) {
		bool here = str_eq(roles->keys[i].name, app);
		seen |= here;
		jw_key_str(w, roles->keys[i].name);
		jw_array(w);
		for (uint32_t k = 0; k < roles->items[i].n; k++)
			if (!here || !str_eq(roles->items[i].items[k].text, role))
				jw_str(w, roles->items[i].items[k].text);
		if (here && !take) jw_str(w, role);
		jw_end(w);
	}
	if (!seen && !take) {
		jw_key_str(w, app);
		jw_array(w);
		jw_str(w, role);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

static int role(struct arena *a, int argc, char **argv) {
	const char *data = "data", *args[3];
	bool take = false;
	size_t n;
	int code = CLI_FAILED;
	struct reply r;
	const struct cli_option options[] = { { .name = "--data", .value = &data },
					      { .name = "--remove", .flag = &take },
					      { .name = NULL } };
	const struct command *self = cli_command("user role");
	if (!cli_parse(self, argc, argv, options, args, 3, &n) || n != 3) return cli_usage(self);
	const char *path = user_path(a, args[0]);
	struct problem *p = call(a, data, false, "GET", path, (struct str){ NULL, 0 }, &r, &code);
	if (p || code) return finish(p, code);
	struct sb body = sb_on(a, BODY_CEILING);
	struct jw w = jw_on(&body);
	changed_roles(&w, r.json, str_of(args[1]), str_of(args[2]), take);
	p = call(a, data, false, "PATCH", path, sb_str(&body), &r, &code);
	if (!p && !code) show_warnings(&r);
	return finish(p, code);
}

/* ---- user import ---- */

static struct problem *read_file(struct arena *a, const char *path, struct str *out) {
	FILE *f = fopen(path, "rb");
	char *text = arena_alloc(a, FILE_MAX_BYTES + 1);
	size_t n = f ? fread(text, 1, FILE_MAX_BYTES + 1, f) : 0;
	bool read = f && !ferror(f);
	if (f) fclose(f);
	if (!read) return PROBLEM(a, INVALID, "file_unreadable", "file", path);
	if (n > FILE_MAX_BYTES) return PROBLEM(a, TOO_LARGE, "too_large", "max", "4 MiB");
	*out = (struct str){ text, n };
	return NULL;
}

static const char *figure(struct arena *a, const struct reply *r, const char *key) {
	int64_t n = 0;
	return json_int(json_get(r->json, key), &n) ? arena_printf(a, "%lld", (long long)n) : "0";
}

static int import(struct arena *a, int argc, char **argv) {
	const char *data = "data", *path;
	size_t n;
	int code = CLI_FAILED;
	struct reply r;
	struct str text;
	const struct cli_option options[] = { { .name = "--data", .value = &data },
					      { .name = NULL } };
	const struct command *self = cli_command("user import");
	if (!cli_parse(self, argc, argv, options, &path, 1, &n) || !n) return cli_usage(self);
	struct problem *p = read_file(a, path, &text);
	if (!p) p = call(a, data, true, "POST", "/api/users/import", text, &r, &code);
	if (p || code) return finish(p, code);
	show_warnings(&r);
	terminal_say("user_imported", "created", figure(a, &r, "created"), "updated",
		     figure(a, &r, "updated"), "unchanged", figure(a, &r, "unchanged"),
		     (const char *)NULL);
	return CLI_GOOD;
}

/* ---- user totp-reset ---- */

static int totp_off(struct arena *a, int argc, char **argv) {
	const char *data = "data", *login;
	size_t n;
	int code = CLI_FAILED;
	struct reply r;
	const struct cli_option options[] = { { .name = "--data", .value = &data },
					      { .name = NULL } };
	const struct command *self = cli_command("user totp-reset");
	if (!cli_parse(self, argc, argv, options, &login, 1, &n) || !n) return cli_usage(self);
	struct problem *p = call(a, data, false, "DELETE",
				 arena_printf(a, "%s/totp", user_path(a, login)),
				 (struct str){ NULL, 0 }, &r, &code);
	return finish(p, code);
}

/* ---- user token ---- */

static int token(struct arena *a, int argc, char **argv) {
	const char *data = "data", *login, *label = NULL, *expires = NULL, *app = NULL;
	const char *rate = NULL;
	int64_t each_minute = 0;
	bool read_only = false;
	size_t n;
	int code = CLI_FAILED;
	struct reply r;
	const struct cli_option options[] = {
		{ .name = "--data", .value = &data },
		{ .name = "--label", .value = &label },
		{ .name = "--expires", .value = &expires },
		{ .name = "--app", .value = &app },
		{ .name = "--rate", .value = &rate },
		{ .name = "--read-only", .flag = &read_only },
		{ .name = NULL },
	};
	const struct command *self = cli_command("user token");
	if (!cli_parse(self, argc, argv, options, &login, 1, &n) || !n) return cli_usage(self);
	if (rate && !str_to_int(str_of(rate), &each_minute)) return cli_usage(self);
	struct sb body = sb_on(a, BODY_CEILING);
	struct jw w = jw_on(&body);
	jw_object(&w);
	pair(&w, "user", login);
	pair(&w, "label", label);
	pair(&w, "expires", expires);
	if (rate) jw_set_int(&w, "rate", each_minute);
	jw_key(&w, "scope");
	jw_object(&w);
	pair(&w, "app", app);
	if (read_only) {
		jw_set_bool(&w, "read_only", true);
	}
	jw_end(&w);
	jw_end(&w);
	struct problem *p = call(a, data, false, "POST", "/api/tokens", sb_str(&body), &r, &code);
	if (p || code) return finish(p, code);
	struct str secret = json_str(json_get(r.json, "token"));
	printf("%.*s\n", (int)secret.n, secret.p);
	return CLI_GOOD;
}

/* ---- audit verify ---- */

static int audit(struct arena *a, int argc, char **argv) {
	const char *data = "data", *none;
	size_t n;
	int code = CLI_FAILED;
	struct reply r;
	const struct cli_option options[] = { { .name = "--data", .value = &data },
					      { .name = NULL } };
	const struct command *self = cli_command("audit verify");
	if (!cli_parse(self, argc, argv, options, &none, 0, &n)) return cli_usage(self);
	struct problem *p = call(a, data, false, "GET", "/api/audit/verify", (struct str){ NULL, 0 }, &r, &code);
	if (p || code) return finish(p, code);
	const struct json *broken = json_get(r.json, "broken");
	if (broken && broken->kind == JSON_OBJECT) {
		struct reply inner = { .json = broken };
		terminal_say("audit_broken", "seq", figure(a, &inner, "seq"), "reason",
			     str_dup(a, json_str(json_get(broken, "reason"))), (const char *)NULL);
		return CLI_FAILED;
	}
	const struct json *run = json_get(r.json, "broken_run");
	if (run && run->kind == JSON_OBJECT) {
		struct reply inner = { .json = run };
		terminal_say("audit_run_broken", "run", figure(a, &inner, "run"), "seq",
			     figure(a, &inner, "seq"), (const char *)NULL);
		return CLI_FAILED;
	}
	terminal_say("audit_holds", "rows", figure(a, &r, "rows"), "seq", figure(a, &r, "head_seq"),
		     "hash", str_dup(a, json_str(json_get(r.json, "head_hash"))),
		     (const char *)NULL);
	terminal_say("audit_runs_hold", "runs", figure(a, &r, "runs"), (const char *)NULL);
	return CLI_GOOD;
}

// clang-format off
const struct command commands_people[] = {
	{ "user add", "LOGIN [--label TEXT] [--dept DEPT] [--superior LOGIN] [--email MAIL] [--language zh-CN|en] [--role APP:ROLE]... [--admin] [--password TEXT|-] [--data DIR]",
		{ "新建用户", "Add a user" }, add,
		"  --password  - 表示从标准输入读一行；不写则随机生成并显示一次\n",
		"  --password  - reads a line from stdin; without it a random one is made and shown once\n" },
	{ "user passwd", "LOGIN [--password TEXT|-] [--data DIR]", { "重设密码，并结束该用户的所有登录", "Set a password; ends the user's sessions" }, passwd,
		"  --password  - 表示从标准输入读一行；不写则随机生成并显示一次\n",
		"  --password  - reads a line from stdin; without it a random one is made and shown once\n" },
	{ "user role", "LOGIN APP ROLE [--remove] [--data DIR]", { "授予或收回角色", "Give a role, or take it back" }, role, NULL, NULL },
	{ "user import", "FILE.json [--data DIR]", { "导入部门与用户，全部成功或全部不做", "Import departments and users, all or nothing" }, import,
		"  {\"departments\": [{\"dept\", \"label\", \"parent\", \"head\"}], \"users\": [{\"user\", \"label\", \"password\", \"dept\", \"superior\", \"roles\": {应用: [角色]}}]}，顺序不限\n",
		"  {\"departments\": [{\"dept\", \"label\", \"parent\", \"head\"}], \"users\": [{\"user\", \"label\", \"password\", \"dept\", \"superior\", \"roles\": {app: [role]}}]}, in any order\n" },
	{ "user token", "LOGIN [--label TEXT] [--expires DATE] [--app APP] [--rate REQUESTS_A_MINUTE] [--read-only] [--data DIR]", { "新建访问令牌并显示一次", "Make an API token and print it, once" }, token, NULL, NULL },
	{ "user totp-reset", "LOGIN [--data DIR]", { "取消某人的两步登录，并结束该用户的所有登录", "Take away somebody's two-step login; ends the user's sessions" }, totp_off, NULL, NULL },
	{ "audit verify", "[--data DIR]", { "检验审计记录的哈希链", "Check the hash chain of the audit trail" }, audit, NULL, NULL },
	{ .name = NULL },
};
// clang-format on
