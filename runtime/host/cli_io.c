/* cli_io.c -- import and export on the command line: an import is a job of the server, watched from here. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>
#include "runtime/host/cli.h"
#include "runtime/host/client.h"
#include "runtime/host/terminal.h"

enum { MAP_MAX = 4 << 20 };

struct importing {
	const char *app, *form, *file, *data, *map, *mode, *key, *sheet, *errors, *as;
	bool dry_run, all_or_nothing;
};

static const char *absolute(struct arena *a, const char *path)
{
	if (path[0] == '/') return path;
	char *here = getcwd(NULL, 0);
	const char *full = arena_printf(a, "%s/%s", here ? here : ".", path);
	free(here);
	return full;
}

static struct problem *read_map(struct arena *a, const char *path, const struct json **out)
{
	char *text = arena_alloc(a, MAP_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, MAP_MAX);
	int why = errno;
	if (fd >= 0) close(fd);
	if (n < 0) return PROBLEM(a, NOT_FOUND, "cannot_open", "file", path, "reason", strerror(why));
	return json_parse(a, (struct str){ text, (size_t)n }, &json_limits_definition, out);
}

static struct str import_body(struct arena *a, const struct importing *im, const struct json *map)
{
	struct sb body = sb_on(a, 2 * MAP_MAX);
	struct jw w = jw_on(&body);
	const struct { const char *name, *text; } texts[] = { { "path", absolute(a, im->file) }, { "mode", im->mode }, { "key", im->key }, { "sheet", im->sheet }, { "as", im->as },
		{ "errors", im->errors ? absolute(a, im->errors) : NULL } };
	jw_object(&w);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!texts[i].text) continue;
		jw_set_text(&w, texts[i].name, texts[i].text);
	}
	jw_set_bool(&w, "dry_run", im->dry_run);
	jw_set_bool(&w, "all_or_nothing", im->all_or_nothing);
	if (map) {
		jw_key(&w, "map");
		jw_json(&w, map);
	}
	jw_end(&w);
	return sb_str(&body);
}

static int64_t figure(const struct json *j, const char *key)
{
	int64_t n = 0;
	return json_int(json_get(j, key), &n) ? n : 0;
}

/* Rows, rate, time left. */
static void show_rows(const struct json *job)
{
	int64_t left = figure(job, "seconds_left");
	fprintf(stderr, "%lld rows  %lld/s  %lld:%02lld", (long long)figure(job, "read"), (long long)figure(job, "rows_per_s"), (long long)(left / 60),
		(long long)(left % 60));
}

/* The figures, on stdout, in English for every reader: programs read this line (docs/definitions/import.md). Then where the
 * reasons are, when rows were refused and nobody asked for them. */
static void say_figures(struct arena *a, const struct json *job, bool errors_asked)
{
	static const char *const names[] = { "read", "created", "updated", "skipped", "failed" };
	struct param params[ARRAY_LEN(names)];
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		params[i] = (struct param){ names[i], arena_printf(a, "%lld", (long long)figure(job, names[i])) };
	puts(catalogue_text(a, LANGUAGE_EN, "import_figures", params, ARRAY_LEN(names)));
	fflush(stdout);
	if (figure(job, "failed") && !errors_asked) terminal_say("import_errors_where", (const char *)NULL);
}

static int import_said(struct arena *a, const struct json *job, bool errors_asked)
{
	struct str state = json_str(json_get(job, "state"));
	cli_job_problem(job);
	say_figures(a, job, errors_asked);
	return str_is(state, "done") && !figure(job, "failed") ? CLI_GOOD : CLI_FAILED;
}

static struct problem *run_import(struct client *c, struct arena *a, const struct importing *im, int *code)
{
	const struct json *map = NULL;
	struct reply r;
	if (im->map) TRY(read_map(a, im->map, &map));
	TRY(client_call(c, "POST", arena_printf(a, "/api/%s/%s/import", client_quote(a, str_of(im->app)), client_quote(a, str_of(im->form))), "application/json",
		import_body(a, im, map), &r));
	*code = client_report(&r);
	if (*code) return NULL;
	TRY(cli_wait_job(c, a, str_dup(a, json_str(json_get(r.json, "id"))), show_rows, &r));
	*code = client_report(&r);
	if (!*code) *code = import_said(a, r.json, im->errors);
	return NULL;
}

static int import(struct arena *a, int argc, char **argv)
{
	struct importing im = { .data = "data" };
	const char *args[3];
	size_t n;
	const struct cli_option options[] = { { "--data", &im.data, NULL, NULL, NULL }, { "--map", &im.map, NULL, NULL, NULL },
		{ "--mode", &im.mode, NULL, NULL, NULL }, { "--key", &im.key, NULL, NULL, NULL }, { "--sheet", &im.sheet, NULL, NULL, NULL }, { "--errors", &im.errors, NULL, NULL, NULL },
		{ "--as", &im.as, NULL, NULL, NULL }, { "--dry-run", NULL, &im.dry_run, NULL, NULL }, { "--all-or-nothing", NULL, &im.all_or_nothing, NULL, NULL },
		{ NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("import");
	if (!cli_parse(self, argc, argv, options, args, 3, &n) || n != 3) return cli_usage(self);
	im.app = args[0];
	im.form = args[1];
	im.file = args[2];
	if (im.key && !im.mode) terminal_say("import_key_create", (const char *)NULL);
	struct client *c;
	int code = CLI_FAILED;
	struct problem *p = client_open(a, im.data, false, &c);
	if (p) return cli_problem(p);
	p = run_import(c, a, &im, &code);
	client_close(c);
	return p ? cli_problem(p) : code;
}

/* ---- export ---- */

struct exporting { const char *data, *filter, *fields, *sort, *rows, *refs; };

/* By its name; "-" is CSV. */
static bool is_workbook(const char *path)
{
	size_t n = strlen(path);
	return n >= 5 && !strcasecmp(path + n - 5, ".xlsx");
}

static const char *export_path(struct arena *a, const char *app, const char *form, const char *out, const struct exporting *e)
{
	const struct { const char *name, *text; } params[] = { { "filter", e->filter }, { "fields", e->fields }, { "sort", e->sort }, { "rows", e->rows }, { "refs", e->refs } };
	struct sb path = sb_on(a, 1 << 16);
	sb_printf(&path, "/api/%s/%s/export.%s", client_quote(a, str_of(app)), client_quote(a, str_of(form)), is_workbook(out) ? "xlsx" : "csv");
	char mark = '?';
	for (size_t i = 0; i < ARRAY_LEN(params); i++) {
		if (!params[i].text) continue;
		sb_printf(&path, "%c%s=%s", mark, params[i].name, client_quote(a, str_of(params[i].text)));
		mark = '&';
	}
	return sb_cstr(&path);
}

/* What the server said instead of a file. */
static void read_refusal(struct arena *a, int fd, struct reply *r)
{
	char *text = arena_alloc(a, 1 << 16);
	ssize_t got = pread(fd, text, 1 << 16, 0);
	r->body = (struct str){ text, got > 0 ? (size_t)got : 0 };
	if (json_parse(a, r->body, &json_limits_request, &r->json)) r->json = NULL;
}

static struct problem *copy_out(struct arena *a, int fd)
{
	char *piece = arena_alloc(a, 1 << 16);
	ssize_t got;
	for (off_t at = 0; (got = pread(fd, piece, 1 << 16, at)) > 0; at += got)
		if (fwrite(piece, 1, (size_t)got, stdout) != (size_t)got) break;
	return got == 0 && !fflush(stdout) ? NULL : PROBLEM(a, UNAVAILABLE, "file_write", "reason", strerror(errno));
}

/* Into a file beside the wanted one, which takes its place only when it is whole; for "-" into a nameless one, so that
 * stdout, too, gets a whole file or nothing. */
static struct problem *run_export(struct client *c, struct arena *a, const char *path, const char *out, int *code)
{
	struct reply r;
	bool to_stdout = !strcmp(out, "-");
	const char *folder = getenv("TMPDIR"), *part = arena_printf(a, "%s.part", out);
	int fd = to_stdout ? open(folder ? folder : "/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600) : open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) return PROBLEM(a, UNAVAILABLE, "cannot_open", "file", to_stdout ? "TMPDIR" : part, "reason", strerror(errno));
	struct problem *p = client_download(c, path, fd, &r);
	if (!p && r.status != 200) read_refusal(a, fd, &r);
	*code = p ? CLI_FAILED : client_report(&r);
	if (!*code && to_stdout) p = copy_out(a, fd);
	close(fd);
	if (!to_stdout && (*code || rename(part, out))) unlink(part);
	return p;
}

static int export(struct arena *a, int argc, char **argv)
{
	struct exporting e = { .data = "data" };
	const char *args[3];
	size_t n;
	const struct cli_option options[] = { { "--data", &e.data, NULL, NULL, NULL }, { "--filter", &e.filter, NULL, NULL, NULL },
		{ "--fields", &e.fields, NULL, NULL, NULL }, { "--sort", &e.sort, NULL, NULL, NULL }, { "--rows", &e.rows, NULL, NULL, NULL },
		{ "--refs", &e.refs, NULL, NULL, NULL }, { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("export");
	if (!cli_parse(self, argc, argv, options, args, 3, &n) || n != 3) return cli_usage(self);
	struct client *c;
	int code = CLI_FAILED;
	struct problem *p = client_open(a, e.data, false, &c);
	if (p) return cli_problem(p);
	p = run_export(c, a, export_path(a, args[0], args[1], args[2], &e), args[2], &code);
	client_close(c);
	return p ? cli_problem(p) : code;
}

// clang-format off
const struct command commands_io[] = {
	{ "import", "APP FORM FILE.csv|FILE.xlsx [--data DIR] [--map MAP.json] [--mode create|update|upsert] [--key FIELD] [--sheet NAME] [--dry-run] [--all-or-nothing] [--errors OUT.csv] [--as LOGIN]",
		{ "导入 CSV（UTF-8 或 GBK）或 Excel（.xlsx）文件", "Import a CSV file (UTF-8 or GBK) or a workbook (.xlsx)" }, import,
		"  --map       哪一列进哪个字段（没有时表头就是字段名或标签；引用也可写作 customer.code，按对方的唯一字段找）\n  --mode      create 新建（默认）、update 只更新、upsert 有则更新\n  --key       用来找到已有数据的字段\n  --sheet     工作簿里的哪个工作表（没有时为第一个没有隐藏的）\n  --dry-run   只检查，不写入\n  --errors    出错的行连同原因写到这个文件（总是 CSV）\n  --as        以这个用户的权限导入\n\n映射是一个 JSON 文件：\n  {\"columns\": {\"客户编码\": {\"field\": \"customer\", \"by\": \"code\"}, \"日期\": {\"field\": \"day\", \"format\": \"YYYY/MM/DD\"}, \"备注\": \"note\"},\n   \"key\": [\"number\"], \"empty\": [\"\", \"NULL\"]}\n  columns 表头对应字段；by 按对方的唯一字段找引用；values 把文字换成值；round、trim、lower 为 true 时取舍位数、去空白、转小写\n  key 用来找到已有数据；empty 当作空值的文字；rows_of 各行导入已有数据的哪个明细，row_key 用来找到已有的明细行；constants 每行相同的值；encoding 文件编码\n\n数据连同明细在一个文件里：表头（或映射里的字段）写作 明细.字段，如 lines.qty；连续的、关键字段相同的行是一条数据，一起写入；\n任一行有错，整条数据不写入。没有写 row_key 时，文件里的行就是全部明细行，多余的会删除。tenon export --rows lines 写出这样的文件\n",
		"  --map       which column goes into which field (without it headers are names or labels; a reference may be named customer.code: by that unique field)\n  --mode      create (default), update only, or upsert\n  --key       the field that finds existing records\n  --sheet     which sheet of the workbook (without it the first that is not hidden)\n  --dry-run   checks only, writes nothing\n  --errors    rows that failed, with the reason, go to this file (always CSV)\n  --as        with this user's rights\n\nA map is a JSON file:\n  {\"columns\": {\"Customer code\": {\"field\": \"customer\", \"by\": \"code\"}, \"Date\": {\"field\": \"day\", \"format\": \"YYYY/MM/DD\"}, \"Remark\": \"note\"},\n   \"key\": [\"number\"], \"empty\": [\"\", \"NULL\"]}\n  columns: header to field; by: finds a reference by a unique field of its form; values: text to value; round, trim, lower: true rounds, trims, lowers\n  key: finds existing records; empty: texts that mean no value; rows_of: the sub-table of existing records the rows go into, row_key: finds its existing rows; constants: the same in every row; encoding: of the file\n\nRecords with their rows in one file: a header (or a field in the map) is named table.field, as lines.qty; consecutive lines with the same key\nare one record and are written together; a fault in one line refuses the whole record. Without row_key the lines are all the rows there are:\nstored rows beyond them are deleted. tenon export --rows lines writes such a file\n" },
	{ "export", "APP FORM OUT.csv|OUT.xlsx|- [--data DIR] [--filter EXPR] [--fields LIST] [--sort LIST] [--rows TABLE] [--refs key]",
		{ "导出为 CSV 或 Excel 文件（看扩展名）", "Export as a CSV file or a workbook, by the file's name" }, export,
		"  --rows      带上这个明细：每个明细行一行，前面重复所属数据的列，后面是 明细.字段；这样的文件可以原样导入\n  --refs key  引用写成对方的唯一字段（表头如 customer.code），换一个系统也能导入；看不到的引用留空\n",
		"  --rows      with this sub-table: one line a row, the record's columns repeated, then table.field; import reads such a file as it is\n  --refs key  references by the unique field of their form (headers such as customer.code), for another system too; one you may not see stays empty\n" },
	{ .name = NULL },
};
// clang-format on
