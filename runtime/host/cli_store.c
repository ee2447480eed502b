/* cli_store.c -- the commands that look after a data folder: backup, restore, doctor. */
#include "runtime/host/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include "runtime/host/client.h"
#include "runtime/host/terminal.h"
#include "runtime/store/audit.h"
#include "runtime/store/backup.h"
#include "runtime/store/writer.h"

static const char *number(struct arena *a, int64_t n) {
	return arena_printf(a, "%lld", (long long)n);
}

static int64_t figure(const struct json *j, const char *key) {
	int64_t n = 0;
	return json_int(json_get(j, key), &n) ? n : 0;
}

static void backup_said(struct arena *a, const char *code, const char *folder,
			const struct backup_report *r) {
	terminal_say(code, "folder", folder, "bytes", number(a, r->database_bytes + r->file_bytes),
		     "files", number(a, r->files), "rows", number(a, r->rows), "head",
		     r->audit.head_hash, "seq", number(a, r->audit.head_seq), "ms",
		     number(a, r->took_ms), (const char *)NULL);
}

static void show_bytes(const struct json *job) {
	fprintf(stderr, "%lld / %lld MB", (long long)(figure(job, "done") / 1000000),
		(long long)(figure(job, "total") / 1000000));
}

static struct problem *backup_run(struct client *c, struct arena *a, struct str body,
				  struct reply *r) {
	TRY(client_call(c, "POST", "/api/backup", "application/json", body, r));
	if (r->status != 202) return NULL;
	return cli_wait_job(c, a, str_dup(a, json_str(json_get(r->json, "id"))), show_bytes, r);
}

static int backup_over(struct arena *a, const char *folder, const struct json *job) {
	const struct json *made = json_get(job, "result");
	cli_job_problem(job);
	if (!made) return CLI_FAILED;
	struct backup_report report = { .database_bytes = figure(made, "bytes"),
					.files = figure(made, "files"),
					.rows = figure(made, "rows"),
					.took_ms = figure(made, "ms"),
					.audit = { .head_seq = figure(made, "audit_seq") } };
	struct str head = json_str(json_get(made, "audit_head"));
	memcpy(report.audit.head_hash, head.n ? head.p : "", head.n < 64 ? head.n : 64);
	backup_said(a, "backup_done", folder, &report);
	return CLI_GOOD;
}

static struct problem *backup_call(struct arena *a, const char *data, const char *folder,
				   int *code) {
	struct client *c;
	struct reply r;
	struct sb body = sb_on(a, 1 << 16);
	struct jw w = jw_on(&body);
	char *full = realpath(".", NULL);
	jw_object(&w);
	jw_key(&w, "folder");
	jw_text(&w,
		folder[0] == '/' ? folder : arena_printf(a, "%s/%s", full ? full : ".", folder));
	jw_end(&w);
	free(full);
	TRY(client_open(a, data, false, &c));
	struct problem *p = backup_run(c, a, sb_str(&body), &r);
	if (!p) *code = client_report(&r);
	if (!p && !*code) *code = backup_over(a, folder, r.json);
	client_close(c);
	return p;
}

static int backup(struct arena *a, int argc, char **argv) {
	const char *data = "data", *folder;
	size_t n;
	int code = CLI_FAILED;
	const struct cli_option options[] = { { "--data", &data, NULL, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("backup");
	if (!cli_parse(self, argc, argv, options, &folder, 1, &n) || !n) return cli_usage(self);
	struct problem *p = backup_call(a, data, folder, &code);
	return p ? cli_problem(p) : code;
}

static struct problem *restore_entry(struct tx *tx, void *arg) {
	(void)arg;
	return audit_append(tx, &(struct audit_entry){ .actor = "system",
						       .door = door_name(DOOR_CLI),
						       .act = "restore" });
}

/* The restored trail goes on with the fact that it was restored. */
static struct problem *note_restore(struct arena *a, const char *data) {
	struct store *s;
	TRY(store_open(a, &(struct store_options){ .folder = data }, &s));
	struct problem *p = store_write(s, LANE_INTERACTIVE, a, restore_entry, NULL);
	store_close(s);
	return p;
}

static int restore(struct arena *a, int argc, char **argv) {
	const char *data = NULL, *folder;
	size_t n;
	bool verify = false;
	struct backup_report report;
	const struct cli_option options[] = { { "--data", &data, NULL, NULL, NULL },
					      { "--verify", NULL, &verify, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	const struct command *self = cli_command("restore");
	if (!cli_parse(self, argc, argv, options, &folder, 1, &n) || !n || (!verify && !data))
		return cli_usage(self);
	struct problem *p = verify ? store_restore_verify(a, folder, &report)
				   : store_restore(a, folder, data, &report);
	if (!p && !verify) p = note_restore(a, data);
	if (p) return cli_problem(p);
	backup_said(a, verify ? "restore_verified" : "restore_done", verify ? folder : data,
		    &report);
	return CLI_GOOD;
}

/* ---- doctor ---- */

static bool show_check(struct sb *out, const struct json *check) {
	bool good = json_bool(json_get(check, "ok"));
	struct str text = json_str(json_get(check, "text"));
	sb_printf(out, "  %s  ", good ? "ok" : "!!");
	sb_add(out, text);
	sb_char(out, '\n');
	return good;
}

static int doctor(struct arena *a, int argc, char **argv) {
	const char *data = "data", *none;
	size_t n;
	struct client *c;
	struct reply r;
	const struct cli_option options[] = { { "--data", &data, NULL, NULL, NULL },
					      { NULL, NULL, NULL, NULL, NULL } };
	if (!cli_parse(cli_command("doctor"), argc, argv, options, &none, 0, &n)) return CLI_USAGE;
	struct problem *p = client_open(a, data, false, &c);
	if (p) return cli_problem(p);
	p = client_call(c, "GET", "/api/doctor", NULL, (struct str){ NULL, 0 }, &r);
	client_close(c);
	if (p) return cli_problem(p);
	int code = client_report(&r);
	const struct json *checks = json_get(r.json, "checks");
	struct sb out = sb_on(a, 1 << 20);
	for (uint32_t i = 0; !code && checks && i < checks->n; i++)
		code |= !show_check(&out, &checks->items[i]);
	terminal_text(1, sb_str(&out));
	return code ? CLI_FAILED : CLI_GOOD;
}

// clang-format off
const struct command commands_store[] = {
	{ "backup", "FOLDER [--data DIR]", { "在线备份到新文件夹", "Back up into a new folder, while serving" }, backup, NULL, NULL },
	{ "restore", "FOLDER --data DIR | FOLDER --verify", { "从备份恢复；--verify 只检验备份", "Restore a backup; --verify only proves that it is good" }, restore, NULL, NULL },
	{ "doctor", "[--data DIR]", { "检查数据、审计、磁盘、缺少的索引", "Check data, audit trail, disk, missing indexes" }, doctor, NULL, NULL },
	{ .name = NULL },
};
// clang-format on
