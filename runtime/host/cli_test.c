/* cli_test.c -- `tenon test APP_DIR`: checks the folder's definitions, then has its tests and its
 * door matrix carried out against this very program (runtime/apptest). */
#include <stdio.h>
#include <unistd.h>
#include "runtime/apptest/apptest.h"
#include "runtime/host/cli.h"
#include "runtime/host/publish.h"
#include "runtime/host/terminal.h"

enum { TEXT_MAX = 64 << 20, PATH_ROOM = 4096 };

static struct problem *load(struct arena *a, const char *folder, struct findings *f,
			    struct app **out) {
	struct bundle *bundle;
	*out = NULL;
	TRY(bundle_read_folder(a, folder, f, &bundle));
	if (!bundle || f->errors) return NULL;
	TRY(app_load(bundle, NULL, f, out));
	if (*out) app_verify(*out, NULL, f);
	return NULL;
}

static void say_findings(struct arena *a, const struct findings *f) {
	struct sb text = sb_on(a, TEXT_MAX);
	findings_text(&text, f, terminal_language(), terminal_color(2), false);
	terminal_text(2, sb_str(&text));
}

static struct problem *this_program(struct arena *a, const char **out) {
	char *path = arena_alloc(a, PATH_ROOM);
	ssize_t n = readlink("/proc/self/exe", path, PATH_ROOM - 1);
	*out = path;
	return n > 0 ? NULL
		     : PROBLEM(a, UNAVAILABLE, "test_not_served", "reason", "/proc/self/exe");
}

static int carry_out(struct arena *a, struct apptest *t, bool json) {
	struct report report;
	report_open(&report, a, stdout, terminal_language(), json);
	t->report = &report;
	struct problem *p = this_program(a, &t->program);
	if (!p) p = apptest_run(a, t);
	if (p) return cli_problem(p);
	report_close(&report);
	return report.failed ? CLI_FAILED : CLI_GOOD;
}

static int test(struct arena *a, int argc, char **argv) {
	struct apptest t = { 0 };
	struct findings findings = { .arena = a };
	struct app *app;
	bool json = false;
	size_t n;
	const struct cli_option options[] = { { "--only", &t.only, NULL, NULL, NULL },
					      { "--json", NULL, &json, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("test");
	if (!cli_parse(self, argc, argv, options, &t.folder, 1, &n) || !n) return cli_usage(self);
	struct problem *p = load(a, t.folder, &findings, &app);
	if (p) return cli_problem(p);
	if (findings.errors || !app) say_findings(a, &findings);
	t.app = app;
	int code = findings.errors || !app ? CLI_FAILED : carry_out(a, &t, json);
	app_release(app);
	return code;
}

// clang-format off
const struct command commands_test[] = {
	{ "test", "APP_DIR [--only NAME] [--json]",
		{ "运行应用的测试，并在每个入口检查权限与规则", "Run an app's tests, and check rights and rules at every door" }, test,
		"  --only   只运行这个测试；doors 是由定义生成的入口矩阵\n  --json   结果为一个 JSON 文档\n\n测试写在 APP_DIR/tests/*.json（tenon help test），每个在一份临时的新数据上运行。\n入口矩阵对每个角色、表单、字段检查：隐藏的值在任何回答中都看不到、猜不出；只读的值改不了；范围外的数据等于不存在；同一条规则在每个写入口给出同样的拒绝；每次写入正好留下一条历史。\n最后一行是 N passed, N failed；有失败时退出码为 1。\n",
		"  --only   runs only this test; doors is the door matrix made from the definitions\n  --json   gives one JSON document\n\nTests are APP_DIR/tests/*.json (tenon help test); each runs on new data of its own, thrown away afterwards.\nThe door matrix checks for every role, form and field: hidden values are in no answer and cannot be guessed; read-only values never change; rows outside the scope do not exist; one rule refuses alike at every write door; every write leaves exactly one line of history.\nThe last line is N passed, N failed; exit code 1 when anything failed.\n" },
	{ .name = NULL },
};
// clang-format on
