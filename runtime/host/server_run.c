/* server_run.c -- the main thread of `tenon serve`: waits for SIGTERM or SIGINT, and with --dev for changed files. Signals are
 * blocked in every thread (the mask is set before any starts) and read here. */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "runtime/host/publish.h"
#include "runtime/host/terminal.h"
#include "runtime/host/watch.h"

void server_block_signals(void) {
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static int signal_fd(void) {
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void apply_changes(struct server *s, struct watch *w) {
	watch_read(w);
	for (size_t folder; watch_take(w, &folder);) folder_changed(s, s->options.app_folders[folder]);
}

int server_run(struct server *s) {
	struct watch *w = NULL;
	struct problem *p = s->options.dev ? watch_new(s->arena, s->options.app_folders, s->options.app_count, &w) : NULL;
	if (p) terminal_problem(p);
	struct pollfd fds[2] = { { .fd = signal_fd(), .events = POLLIN }, { .fd = w ? watch_fd(w) : -1, .events = POLLIN } };
	while (!(fds[0].revents & POLLIN)) {
		if (poll(fds, 2, w ? watch_wait_ms(w) : -1) < 0) continue;
		if (w) apply_changes(s, w);
	}
	close(fds[0].fd);
	terminal_say("serve_stopping", (const char *)NULL);
	return 0;
}
