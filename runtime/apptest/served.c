#include "runtime/apptest/served.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/base/clock.h"

enum { ARGS_MAX = 24, LOG_MAX = 1 << 16, START_S = 60, LOOK_US = 5000 };

struct problem *served_folder(struct arena *a, const char **out) {
	const char *parent = getenv("TMPDIR");
	char *folder = arena_printf(a, "%s/tenon-test-XXXXXX", parent ? parent : "/tmp");
	if (!mkdtemp(folder))
		return PROBLEM(a, UNAVAILABLE, "store_folder", "folder", folder, "reason",
			       strerror(errno));
	*out = folder;
	return NULL;
}

/* The server's first line is read in English, whatever the terminal speaks. */
static void become(const char *program, const char *const *args, const char *log) {
	char *argv[ARGS_MAX + 2] = { (char *)(uintptr_t)program };
	int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	sigset_t none;
	for (size_t i = 0; args[i] && i < ARGS_MAX; i++) argv[i + 1] = (char *)(uintptr_t)args[i];
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) _exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setenv("LC_ALL", "C", 1);
	setenv("TENON_LOG", "warn", 1);
	execv(program, argv);
	_exit(127);
}

static struct problem *spawn(struct arena *a, const char *program, const char *const *args,
			     const char *log, pid_t *out) {
	*out = fork();
	if (*out == 0) become(program, args, log);
	return *out > 0 ? NULL
			: PROBLEM(a, UNAVAILABLE, "test_not_served", "reason", strerror(errno));
}

static struct str read_log(struct arena *a, const char *path) {
	char *text = arena_alloc(a, LOG_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, LOG_MAX - 1);
	if (fd >= 0) close(fd);
	return (struct str){ text, n > 0 ? (size_t)n : 0 };
}

static const char *url_in(struct arena *a, struct str log) {
	const char *at = log.n ? strstr(log.p, "http://127.0.0.1:") : NULL;
	size_t n = at ? strcspn(at, " \n") : 0;
	return n && at[n] ? str_dup(a, (struct str){ at, n }) : NULL;
}

static struct problem *wait_until_served(struct arena *a, struct served *s, const char *log) {
	int64_t until = clock_mono() + (int64_t)START_S * 1000000;
	while (clock_mono() < until) {
		struct arena_mark mark = arena_mark(a);
		const char *url = url_in(a, read_log(a, log));
		if (url) {
			s->url = url;
			return NULL;
		}
		arena_reset(a, mark);
		if (waitpid(s->pid, NULL, WNOHANG) == s->pid) {
			s->pid = 0;
			break;
		}
		usleep(LOOK_US);
	}
	served_stop(s);
	return PROBLEM(a, UNAVAILABLE, "test_not_served", "reason", read_log(a, log).p);
}

struct problem *served_start(struct arena *a, struct served *s) {
	const char *args[] = { "serve",    s->app,        "--data",       s->data,
			       "--listen", "127.0.0.1:0", "--test-clock", NULL };
	const char *log = arena_printf(a, "%s/test.log", s->data);
	s->socket = arena_printf(a, "%s/tenon.sock", s->data);
	unlink(log); /* of an earlier start: it names another port */
	TRY(spawn(a, s->program, args, log, &s->pid));
	return wait_until_served(a, s, log);
}

void served_stop(struct served *s) {
	if (s->pid <= 0) return;
	kill(s->pid, SIGTERM);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR) {
	}
	s->pid = 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void served_remove(const char *folder) { nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS); }

/* Runs `program args...` (NULL at the end) to its end; what it says goes into the file `log`. */
static struct problem *run(struct arena *a, const char *program, const char *const *args,
			   const char *log, int *code) {
	pid_t pid;
	int status = 0;
	TRY(spawn(a, program, args, log, &pid));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : 127;
	return NULL;
}

struct problem *served_copy(struct arena *a, const char *from, const char *to) {
	const char *args[] = { "-R", arena_printf(a, "%s/.", from), to, NULL };
	int code;
	TRY(run(a, "/bin/cp", args, arena_printf(a, "%s/copy.log", to), &code));
	return code ? PROBLEM(a, UNAVAILABLE, "store_folder", "folder", to, "reason", "cp") : NULL;
}
