/* server_run.c -- the main thread of `tenon serve`: waits for SIGTERM or SIGINT, with --dev for
 * changed files, and every ten minutes keeps the house (house.h). Signals are blocked in every
 * thread (the mask is set before any starts) and read here. */
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/host/house.h"
#include "runtime/host/publish.h"
#include "runtime/host/terminal.h"
#include "runtime/host/watch.h"

static const int64_t house_us = INT64_C(600) * 1000000, soon_us = 1000000;

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
	for (size_t folder; watch_take(w, &folder);)
		folder_changed(s, s->options.app_folders[folder]);
}

/* Milliseconds until there is something to do without being called. */
static int wait_ms(const struct watch *w, int64_t next_us) {
	int64_t house = (next_us - clock_mono()) / 1000 + 1;
	int files = w ? watch_wait_ms(w) : -1;
	return files >= 0 && files < house ? files : house > 0 ? (int)house : 0;
}

int server_run(struct server *s) {
	struct watch *w = NULL;
	struct problem *p = s->options.dev ? watch_new(s->arena, s->options.app_folders,
						       s->options.app_count, &w)
					   : NULL;
	if (p) terminal_problem(p);
	struct pollfd fds[2] = { { .fd = signal_fd(), .events = POLLIN },
				 { .fd = w ? watch_fd(w) : -1, .events = POLLIN } };
	int64_t next_us = clock_mono() + house_us;
	while (!(fds[0].revents & POLLIN)) {
		if (poll(fds, 2, wait_ms(w, next_us)) < 0) continue;
		if (w) apply_changes(s, w);
		if (clock_mono() < next_us) continue;
		next_us = house_keep(s->store) ? soon_us : house_us;
		next_us += clock_mono();
	}
	close(fds[0].fd);
	terminal_say("serve_stopping", (const char *)NULL);
	return 0;
}
