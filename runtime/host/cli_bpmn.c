/* cli_bpmn.c -- `tenon bpmn`: diagrams of other programs in, flows of ours out. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "runtime/bpmn/bpmn.h"
#include "runtime/host/cli.h"
#include "runtime/host/terminal.h"
#include "runtime/model/bundle.h"

enum { TEXT_MAX = 64 << 20 };

struct asked {
	const char *args[2], *form, *export_folder;
	bool run;
};

/* One byte more than is allowed is enough to refuse the file. */
static struct problem *read_file(struct arena *a, const char *path, struct str *out) {
	FILE *f = fopen(path, "rb");
	char *text = arena_alloc(a, xml_limits.bytes + 2);
	size_t n = f ? fread(text, 1, xml_limits.bytes + 1, f) : 0;
	bool failed = !f || ferror(f);
	int reason = errno;
	if (f) fclose(f);
	if (failed)
		return PROBLEM(a, NOT_FOUND, "bpmn_file", "file", path, "reason", strerror(reason));
	*out = (struct str){ text, n };
	return NULL;
}

static struct problem *import(struct arena *a, const struct asked *q, struct sb *out, int *code) {
	struct str text;
	struct bpmn *g;
	const struct bpmn_options options = { q->form };
	TRY(read_file(a, q->args[0], &text));
	TRY(bpmn_read(a, text, &g));
	struct problem *refused = bpmn_import(g, &options, out);
	for (const struct bpmn_refusal *h = refused ? NULL : g->hints.first; h; h = h->next)
		terminal_problem(h->problem);
	if (!q->run) return refused;
	/* A diagram we do not take over can still be played. */
	if (refused) terminal_problem(refused);
	*code = CLI_GOOD;
	return bpmn_run(g, q->args[0], out);
}

static struct problem *export(struct arena *a, const struct asked *q, struct sb *out) {
	struct findings findings = { .arena = a };
	struct bundle *bundle;
	TRY(bundle_read_folder(a, q->export_folder, &findings, &bundle));
	const char *path = arena_printf(a, "flows/%s.json", q->args[0]);
	const struct bundle_file *file = bundle ? bundle_find(bundle, path) : NULL;
	if (!file || !file->json)
		return PROBLEM(a, NOT_FOUND, "bpmn_flow_unknown", "folder", q->export_folder, "flow",
			       q->args[0]);
	return bpmn_export(a, file->json, out);
}

static int bpmn(struct arena *a, int argc, char **argv) {
	struct asked q = { .form = "record" };
	size_t n;
	const struct cli_option options[] = { { "--form", &q.form, NULL, NULL, NULL },
					      { "--run", NULL, &q.run, NULL, NULL },
					      { "--export", &q.export_folder, NULL, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("bpmn");
	if (!cli_parse(self, argc, argv, options, q.args, 1, &n)) return CLI_USAGE;
	if (n != 1 || (q.run && q.export_folder)) return cli_usage(self);
	struct sb out = sb_on(a, TEXT_MAX);
	int code = CLI_GOOD;
	struct problem *p = q.export_folder ? export(a, &q, &out) : import(a, &q, &out, &code);
	if (p) return cli_problem(p);
	terminal_text(1, sb_str(&out));
	return code;
}

// clang-format off
const struct command commands_bpmn[] = {
	{ "bpmn", "FILE.bpmn [--form NAME] [--run] | --export APP_DIR FLOW",
		{ "读入 BPMN 2.0 图，写成流程定义；或把流程导出为 BPMN", "Read a BPMN 2.0 diagram as a flow definition; or export a flow as BPMN" }, bpmn,
		"  --form NAME        流程所属的表单（默认 record）\n  --run              模拟：每次完成名称最小的待办，最后一行是每步之后的待办\n  --export APP_DIR   把该应用的流程 FLOW 写成 BPMN 2.0\n\n可导入：开始、结束、用户与手工任务、排他/并行/包容网关、顺序流（变量与常量的简单比较，可用 and、or、not 连接）、多实例、终止、定时器、泳道。\n图要能折叠成嵌套的块；往回的连线成为 goto。不在范围内的、含义不明的扩展，按元素的标识拒绝，退出码为 1。详见 docs/bpmn.md。\n导出的文件再导入，得到同一流程。\n",
		"  --form NAME        the form the flow is of (record)\n  --run              simulate: complete the waiting task that is first by name, again and again; the last line has what waits after each\n  --export APP_DIR   write the flow FLOW of that app as BPMN 2.0\n\nImported are start, end, user and manual tasks, exclusive, parallel and inclusive gateways, sequence flows (plain comparisons of a variable with a value, joined by and, or, not), multiple instances, terminate, timers, lanes.\nThe diagram must fold into nested blocks; ways back become a goto. What lies outside, and extensions of unknown meaning, are refused by the element's id, exit code 1. See docs/bpmn.md.\nAn exported file imported again gives the same flow.\n" },
	{ .name = NULL },
};
// clang-format on
