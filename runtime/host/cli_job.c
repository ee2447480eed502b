/* cli_job.c -- a job of the server, watched from the command line. */
#include <stdio.h>
#include <unistd.h>
#include "runtime/host/cli.h"
#include "runtime/host/client.h"

enum { LOOK_US = 50000 };

static int64_t figure(const struct json *job, const char *key) {
	int64_t n = 0;
	return json_int(json_get(job, key), &n) ? n : 0;
}

/* One line on the terminal, written over: the share, then what the command shows of its kind. */
static void show_progress(const struct json *job, void (*show)(const struct json *job)) {
	int64_t total = figure(job, "total");
	if (!isatty(2) || !total) return;
	fprintf(stderr, "\r\033[K%3lld %%  ", (long long)(figure(job, "done") * 100 / total));
	show(job);
}

struct problem *cli_wait_job(struct client *c, struct arena *a, const char *id,
			     void (*show)(const struct json *job), struct reply *out) {
	for (;;) {
		TRY(client_call(c, "GET", arena_printf(a, "/api/jobs/%s", id), NULL,
				(struct str){ NULL, 0 }, out));
		struct str state = json_str(json_get(out->json, "state"));
		if (out->status != 200 || (!str_is(state, "waiting") && !str_is(state, "running")))
			break;
		show_progress(out->json, show);
		usleep(LOOK_US);
	}
	if (isatty(2)) fputs("\r\033[K", stderr);
	return NULL;
}

void cli_job_problem(const struct json *job) {
	struct str detail = json_str(json_get(json_get(job, "problem"), "detail"));
	if (detail.n) fprintf(stderr, "%.*s\n", (int)detail.n, detail.p);
}
