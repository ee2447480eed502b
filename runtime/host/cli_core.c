/* cli_core.c -- the commands that serve and that bring definitions in: serve, check, plan, apply,
 * new, schema, help, version. */
#include "runtime/host/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/day.h"
#include "runtime/base/log.h"
#include "runtime/host/cli_help.h"
#include "runtime/host/client.h"
#include "runtime/host/lan.h"
#include "runtime/host/publish.h"
#include "runtime/host/terminal.h"

enum { TEXT_MAX = 64 << 20, FOLDERS = 32 };

/* ---- serve ---- */

static const char *name_of(const struct server *s) {
	const char *listen = s->options.listen, *scheme = s->options.tls_cert ? "https" : "http";
	const char *colon = strrchr(listen, ':');
	return arena_printf(s->arena, "%s://%.*s:%u", scheme, (int)(colon - listen), listen,
			    http_port(s->http));
}

/* TENON_TEST_CLOCK, with --test-clock: where the clock stands from the start, so that demo data is that day's. */
static struct problem *set_clock(struct arena *a, const char *text) {
	int64_t now;
	bool has_offset;
	if (!text) return NULL;
	if (!datetime_parse(str_of(text), &now, &has_offset) || !has_offset)
		return PROBLEM(a, INVALID, "test_time", "value", text);
	clock_set(now);
	return NULL;
}

/* TENON_LOG: debug, info (default), warn or error. */
static void set_log(const char *level) {
	static const char *const names[] = { "debug", "info", "warn", "error" };
	for (size_t i = 0; level && i < ARRAY_LEN(names); i++)
		if (!strcmp(level, names[i])) log_threshold((enum log_level)i);
}

static int serve(struct arena *a, int argc, char **argv) {
	struct server_options o = { .data = "data", .listen = "127.0.0.1:8080" };
#ifdef TENON_WEB_DIR
	o.web = TENON_WEB_DIR;
#endif
	const char *folders[FOLDERS];
	bool lan = false;
	const struct cli_option options[] = { { "--data", &o.data, NULL, NULL, NULL },
					      { "--listen", &o.listen, NULL, NULL, NULL },
					      { "--public-url", &o.public_url, NULL, NULL, NULL },
					      { "--tls-cert", &o.tls_cert, NULL, NULL, NULL },
					      { "--tls-key", &o.tls_key, NULL, NULL, NULL },
					      { "--web", &o.web, NULL, NULL, NULL },
					      { "--insecure-http", NULL, &o.insecure_http, NULL,
						NULL },
					      { "--lan", NULL, &lan, NULL, NULL },
					      { "--dev", NULL, &o.dev, NULL, NULL },
					      { "--demo", NULL, &o.demo, NULL, NULL },
					      { "--test-clock", NULL, &o.test_clock, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("serve");
	if (!cli_parse(self, argc, argv, options, folders, FOLDERS, &o.app_count)) return CLI_USAGE;
	o.app_folders = folders;
	if (lan) {
		o.listen = lan_listen(a, o.listen);
		o.insecure_http = true;
	}
	struct server *s;
	set_log(getenv("TENON_LOG"));
	server_block_signals();
	struct problem *p = o.test_clock ? set_clock(a, getenv("TENON_TEST_CLOCK")) : NULL;
	if (!p) p = server_start(a, &o, &s);
	if (p) return cli_problem(p);
	terminal_say("serve_listening", "url", o.public_url ? o.public_url : name_of(s), "data",
		     o.data, (const char *)NULL);
	if (lan) lan_say(s);
	int code = server_run(s);
	server_stop(s);
	return code;
}

/* ---- check ---- */

struct checked {
	struct bundle *bundle;
	struct findings findings;
	struct app *app;
};

static struct problem *load_folder(struct arena *a, const char *folder, struct checked *out) {
	*out = (struct checked){ .findings = { .arena = a } };
	TRY(bundle_read_folder(a, folder, &out->findings, &out->bundle));
	if (!out->bundle || out->findings.errors) return NULL;
	TRY(app_load(out->bundle, NULL, &out->findings, &out->app));
	if (out->app) app_verify(out->app, NULL, &out->findings);
	return NULL;
}

static void print_findings(struct arena *a, const struct findings *f, bool json, bool all) {
	struct sb text = sb_on(a, TEXT_MAX);
	struct jw w = jw_on(&text);
	if (json) {
		findings_json(&w, f);
		sb_char(&text, '\n');
	} else {
		findings_text(&text, f, terminal_language(), terminal_color(1), all);
	}
	terminal_text(1, sb_str(&text));
}

static int check(struct arena *a, int argc, char **argv) {
	const char *folder = NULL;
	size_t n;
	bool strict = false, json = false;
	const struct cli_option options[] = { { "--strict", NULL, &strict, NULL, NULL },
					      { "--json", NULL, &json, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("check");
	if (!cli_parse(self, argc, argv, options, &folder, 1, &n) || !n) return cli_usage(self);
	struct checked c;
	struct problem *p = load_folder(a, folder, &c);
	if (p) return cli_problem(p);
	print_findings(a, &c.findings, json, strict);
	terminal_say("check_done", "errors", arena_printf(a, "%zu", c.findings.errors), "warnings",
		     arena_printf(a, "%zu", c.findings.warnings), (const char *)NULL);
	bool failed = c.findings.errors || !c.app || (strict && c.findings.warnings);
	app_release(c.app);
	return failed ? CLI_FAILED : CLI_GOOD;
}

/* ---- plan, apply ---- */

struct publishing {
	const char *folder, *data, *version, *allow[CLI_LIST_MAX];
	size_t allow_count;
	bool json;
};

static bool publishing_read(struct publishing *p, const struct command *self, int argc,
			    char **argv) {
	const struct cli_option options[] = { { "--data", &p->data, NULL, NULL, NULL },
					      { "--version", &p->version, NULL, NULL, NULL },
					      { "--allow-loss", NULL, NULL, p->allow,
						&p->allow_count },
					      { "--json", NULL, &p->json, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	size_t n;
	p->data = "data";
	if (!cli_parse(self, argc, argv, options, &p->folder, 1, &n)) return false;
	if (n) return true;
	cli_usage(self);
	return false;
}

/* {"files": {…}, "allow": […], "note": "folder"} or {"version": N, …}. */
static struct str publishing_body(struct arena *a, const struct publishing *p,
				  const struct bundle *bundle) {
	struct sb files = sb_on(a, TEXT_MAX), body = sb_on(a, TEXT_MAX);
	struct jw w = jw_on(&body);
	int64_t version;
	jw_object(&w);
	if (p->version && str_to_int(str_of(p->version), &version)) {
		jw_set_int(&w, "version", version);
	} else {
		bundle_write_json(&files, bundle);
		/* The canonical text is {"files":{…}}: its one member. */
		jw_key(&w, "files");
		jw_raw(&w, (struct str){ files.p + 9, files.n - 10 });
	}
	jw_key(&w, "allow");
	jw_array(&w);
	for (size_t i = 0; i < p->allow_count; i++) jw_text(&w, p->allow[i]);
	jw_end(&w);
	jw_set_text(&w, "note", "folder");
	jw_end(&w);
	return sb_str(&body);
}

static void print_reply(const struct reply *r, bool json) {
	struct str text = json_str(json_get(r->json, "text"));
	terminal_text(1, json ? r->body : text);
	if (json) terminal_text(1, STR("\n"));
}

/* A plan changes nothing, a data folder that is not there included. */
static struct problem *open_store(struct arena *a, const struct publishing *p, const char *call,
				  struct client **out) {
	bool looks_only = !strcmp(call, "plan") && access(p->data, F_OK) != 0;
	return looks_only ? client_open_nowhere(a, out) : client_open(a, p->data, true, out);
}

static struct problem *publish(struct arena *a, const struct publishing *p,
			       const struct bundle *bundle, const char *call, int *code) {
	struct client *c;
	struct reply r;
	TRY(open_store(a, p, call, &c));
	struct problem *problem = client_call(
		c, "POST", arena_printf(a, "/api/apps/%s/%s", bundle_app(a, bundle), call),
		"application/json", publishing_body(a, p, bundle), &r);
	if (!problem && json_get(r.json, "plan")) {
		const struct json *steps = json_get(json_get(r.json, "plan"), "steps");
		print_reply(&r, p->json);
		*code = r.status < 300 ? CLI_GOOD : CLI_FAILED;
		if (json_bool(json_get(r.json, "applied")) && steps && steps->n)
			terminal_say("apply_done", "app", bundle_app(a, bundle),
				     (const char *)NULL);
	} else if (!problem) {
		*code = client_report(&r);
	}
	client_close(c);
	return problem;
}

static int publishing_run(struct arena *a, const char *name, int argc, char **argv) {
	struct publishing p = { 0 };
	struct checked c;
	int code = CLI_FAILED;
	if (!publishing_read(&p, cli_command(name), argc, argv)) return CLI_USAGE;
	struct problem *problem = load_folder(a, p.folder, &c);
	if (problem) return cli_problem(problem);
	if (!c.bundle || (!c.app && !p.version)) {
		print_findings(a, &c.findings, false, false);
		return CLI_FAILED;
	}
	problem = publish(a, &p, c.bundle, name, &code);
	app_release(c.app);
	if (problem) return cli_problem(problem);
	return code;
}

static int plan(struct arena *a, int argc, char **argv) {
	return publishing_run(a, "plan", argc, argv);
}
static int apply(struct arena *a, int argc, char **argv) {
	return publishing_run(a, "apply", argc, argv);
}

/* ---- new ---- */

static struct problem *write_new(struct arena *a, const char *path, const char *text) {
	FILE *f = fopen(path, "wx");
	if (!f && errno == EEXIST) return PROBLEM(a, CONFLICT, "file_exists", "file", path);
	if (!f)
		return PROBLEM(a, CONFLICT, "file_not_made", "file", path, "reason",
			       strerror(errno));
	fputs(text, f);
	fclose(f);
	terminal_say("file_made", "file", path, (const char *)NULL);
	return NULL;
}

static struct problem *new_form(struct arena *a, const char *folder, const char *name) {
	const char *forms = arena_printf(a, "%s/forms", folder);
	mkdir(forms, 0777);
	return write_new(
		a, arena_printf(a, "%s/%s.json", forms, name),
		arena_printf(
			a,
			"{\n  \"form\": \"%s\",\n  \"label\": {\"zh-CN\": \"%s\", \"en\": "
			"\"%s\"},\n  \"title\": \"{name}\",\n  \"fields\": [\n"
			"    {\"name\": \"name\", \"type\": \"text\", \"label\": {\"zh-CN\": "
			"\"名称\", \"en\": \"Name\"}, \"required\": true, \"max_length\": 100},\n"
			"    {\"name\": \"note\", \"type\": \"longtext\", \"label\": {\"zh-CN\": "
			"\"备注\", \"en\": \"Note\"}}\n  ]\n}\n",
			name, name, name));
}

static struct problem *new_app(struct arena *a, const char *name) {
	const char *roles = arena_printf(a, "%s/roles", name);
	if (!access(name, F_OK)) return PROBLEM(a, CONFLICT, "file_exists", "file", name);
	if (mkdir(name, 0777) || mkdir(roles, 0777))
		return PROBLEM(a, CONFLICT, "file_not_made", "file", name, "reason",
			       strerror(errno));
	TRY(write_new(a, arena_printf(a, "%s/app.json", name),
		      arena_printf(a,
				   "{\n  \"app\": \"%s\",\n  \"version\": \"0.1.0\",\n  \"label\": "
				   "{\"zh-CN\": \"%s\", \"en\": \"%s\"},\n  \"languages\": "
				   "[\"zh-CN\", \"en\"],\n"
				   "  \"timezone\": \"Asia/Shanghai\",\n  \"currency\": \"CNY\",\n"
				   "  \"menu\": [{\"label\": {\"zh-CN\": \"数据\", \"en\": "
				   "\"Data\"}, \"items\": [{\"form\": \"item\"}]}]\n}\n",
				   name, name, name)));
	TRY(new_form(a, name, "item"));
	return write_new(a, arena_printf(a, "%s/member.json", roles),
			 "{\n  \"role\": \"member\",\n  \"label\": {\"zh-CN\": \"成员\", \"en\": "
			 "\"Member\"},\n  \"forms\": {\n"
			 "    \"item\": {\"create\": true, \"read\": \"all\", \"update\": \"own\", "
			 "\"delete\": \"own\"}\n  }\n}\n");
}

static bool plain_name(const char *s) {
	if (*s < 'a' || *s > 'z') return false;
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return !s[n] && n <= 48;
}

static int new_(struct arena *a, int argc, char **argv) {
	const char *args[2], *folder = ".";
	size_t n;
	const struct cli_option options[] = { { "--app", &folder, NULL, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("new");
	if (!cli_parse(self, argc, argv, options, args, 2, &n) || n != 2) return cli_usage(self);
	bool app = !strcmp(args[0], "app");
	if (!app && strcmp(args[0], "form") != 0) return cli_usage(self);
	if (!plain_name(args[1])) {
		terminal_say("cli_name", "name", args[1], (const char *)NULL);
		return CLI_USAGE;
	}
	if (!app && access(arena_printf(a, "%s/app.json", folder), F_OK)) {
		terminal_say("cli_no_app_here", "folder", folder, (const char *)NULL);
		return CLI_USAGE;
	}
	struct problem *p = app ? new_app(a, args[1]) : new_form(a, folder, args[1]);
	if (p) return cli_problem(p);
	terminal_say(app ? "cli_new_app_next" : "cli_new_form_next", "name", args[1], "folder",
		     folder, (const char *)NULL);
	return CLI_GOOD;
}

/* ---- schema ---- */

static int schema(struct arena *a, int argc, char **argv) {
	const char *folder;
	size_t n, count;
	const struct command *self = cli_command("schema");
	if (!cli_parse(self, argc, argv, NULL, &folder, 1, &n) || !n) return cli_usage(self);
	const char *const *kinds = schema_kinds(&count);
	mkdir(folder, 0777);
	for (size_t i = 0; i < count; i++) {
		struct sb text = sb_on(a, TEXT_MAX);
		const char *path = arena_printf(a, "%s/%s.schema.json", folder, kinds[i]);
		schema_write(&text, kinds[i]);
		FILE *f = fopen(path, "w");
		if (!f)
			return cli_problem(PROBLEM(a, CONFLICT, "file_not_made", "file", path,
						   "reason", strerror(errno)));
		fwrite(text.p, 1, text.n, f);
		fclose(f);
	}
	terminal_say("schema_written", "n", arena_printf(a, "%zu", count), "folder", folder,
		     (const char *)NULL);
	return CLI_GOOD;
}

static int version(struct arena *a, int argc, char **argv) {
	(void)a;
	(void)argc;
	(void)argv;
	puts("tenon " TENON_VERSION);
	return CLI_GOOD;
}

// clang-format off
const struct command commands_core[] = {
	{ "serve", "APP_DIR... [--data DIR] [--listen 127.0.0.1:8080] [--public-url URL] [--tls-cert F --tls-key F] [--insecure-http] [--lan] [--web DIR] [--dev] [--demo] [--test-clock]",
		{ "启动服务，应用文件夹有改动时发布（不丢数据时）", "Serve apps; publishes the folders' changes when nothing is lost" }, serve,
		"  --dev         监视文件夹，改动一秒内生效，问题显示在终端\n  --demo        装入演示数据\n  --lan         本地网络都能访问：监听 0.0.0.0，显示地址和二维码（不加密）\n  --web         从文件夹提供网页，代替内置的\n  --test-clock  允许测试设定时间（POST /api/test/clock；环境变量 TENON_TEST_CLOCK 是开始的时间）\n  --listen      非本机地址需要 TLS、https 的 --public-url，或 --insecure-http\n  环境变量 TENON_LOG=debug|info|warn|error 设定日志级别，TENON_ADMIN_PASSWORD 设定首个管理员的密码\n",
		"  --dev         watches the folders: changes run within a second, findings show in the terminal\n  --demo        loads the demo data\n  --lan         open to the local network: listens on 0.0.0.0, shows addresses and a QR code (not encrypted)\n  --web         serves the pages of a folder instead of the built-in ones\n  --test-clock  lets tests set the time (POST /api/test/clock; TENON_TEST_CLOCK is the time to begin with)\n  --listen      beyond this machine needs TLS, an https --public-url, or --insecure-http\n  TENON_LOG=debug|info|warn|error sets the log level, TENON_ADMIN_PASSWORD the first administrator's password\n" },
	{ "check", "APP_DIR [--strict] [--json]", { "检查定义，列出问题", "Check definitions and list the findings" }, check, NULL, NULL },
	{ "plan", "APP_DIR [--data DIR] [--json]", { "发布会做什么，影响多少数据", "What publishing would do, with counts" }, plan, NULL, NULL },
	{ "apply", "APP_DIR [--data DIR] [--allow-loss CODE] [--version N] [--json]", { "发布定义，或恢复到以前的版本", "Publish definitions, or go back to an earlier version" }, apply, NULL, NULL },
	{ "new", "app|form NAME [--app DIR]", { "新建应用文件夹或表单", "Make a new app folder or form" }, new_,
		"  new app shop              建立文件夹 shop：app.json、一个表单、一个角色\n  new form order --app shop  在应用 shop 里加 forms/order.json；不写 --app 就加在当前文件夹的应用里\n新表单还须写进 app.json 的 menu 和角色的 forms，才看得见。\n",
		"  new app shop              makes the folder shop: app.json, one form, one role\n  new form order --app shop  adds forms/order.json to the app shop; without --app to the app in this folder\nA new form is seen once the menu of app.json and the forms of a role name it.\n" },
	{ "schema", "DIR", { "写出各类定义的 JSON Schema（供编辑器使用）", "Write the JSON Schemas of all definitions, for editors" }, schema, NULL, NULL },
	{ "help", "[TOPIC]", { "帮助：命令、字段类型、函数或消息代码", "Help on a command, field type, function or message code" }, help_run, NULL, NULL },
	{ "version", "", { "显示版本", "Show the version" }, version, NULL, NULL },
	{ .name = NULL },
};
// clang-format on
