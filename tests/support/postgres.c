#include "tests/support/postgres.h"

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "runtime/expr/expr.h"

struct postgres {
	char *folder, *data;
	const char *bin;
	pid_t server;
	PGconn *connection;
};

static const char *const bins[] = { "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin",
				    "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/14/bin",
				    "/usr/local/pgsql/bin",       "/usr/bin" };

static const char *find_bin(struct arena *a) {
	for (size_t i = 0; i < ARRAY_LEN(bins); i++) {
		bool server = access(arena_printf(a, "%s/postgres", bins[i]), X_OK) == 0;
		if (server && access(arena_printf(a, "%s/initdb", bins[i]), X_OK) == 0)
			return bins[i];
	}
	return NULL;
}

/* In the child: PostgreSQL refuses to run as root, and should die with us. */
static void become(const struct passwd *user, const char *folder) {
	if (user && (initgroups(user->pw_name, user->pw_gid) || setgid(user->pw_gid) ||
		     setuid(user->pw_uid)))
		_exit(126);
	if (chdir(folder)) _exit(126);
	prctl(PR_SET_PDEATHSIG, SIGINT);
	int log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(log, 1);
	dup2(log, 2);
}

static pid_t spawn(const struct postgres *p, const struct passwd *user, char *const *args) {
	pid_t child = fork();
	if (child != 0) return child;
	become(user, p->folder);
	execv(args[0], args);
	_exit(127);
}

static bool make_cluster(struct arena *a, struct postgres *p, const struct passwd *user) {
	int status = -1;
	char *args[] = { arena_printf(a, "%s/initdb", p->bin),
			 arena_strdup(a, "-A"),
			 arena_strdup(a, "trust"),
			 arena_strdup(a, "-U"),
			 arena_strdup(a, "tenon"),
			 arena_strdup(a, "-E"),
			 arena_strdup(a, "UTF8"),
			 arena_strdup(a, "--locale=C"),
			 arena_strdup(a, "--no-sync"),
			 arena_strdup(a, "-D"),
			 p->data,
			 NULL };
	pid_t child = spawn(p, user, args);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static bool start_server(struct arena *a, struct postgres *p, const struct passwd *user) {
	char *args[] = { arena_printf(a, "%s/postgres", p->bin),
			 arena_strdup(a, "-D"),
			 p->data,
			 arena_strdup(a, "-k"),
			 p->folder,
			 arena_strdup(a, "-h"),
			 arena_strdup(a, ""),
			 arena_strdup(a, "-F"),
			 arena_strdup(a, "-c"),
			 arena_strdup(a, "full_page_writes=off"),
			 arena_strdup(a, "-c"),
			 arena_strdup(a, "shared_buffers=16MB"),
			 arena_strdup(a, "-c"),
			 arena_strdup(a, "jit=off"),
			 NULL };
	p->server = spawn(p, user, args);
	return p->server > 0;
}

static bool connect_to(struct arena *a, struct postgres *p) {
	const char *where = arena_printf(
		a, "host=%s user=tenon dbname=postgres client_encoding=UTF8", p->folder);
	struct timespec pause = { 0, 50 * 1000 * 1000 };
	for (int i = 0; i < 400; i++) {
		p->connection = PQconnectdb(where);
		if (PQstatus(p->connection) == CONNECTION_OK) return true;
		PQfinish(p->connection);
		p->connection = NULL;
		if (waitpid(p->server, NULL, WNOHANG) == p->server) {
			p->server = 0;
			return false;
		}
		nanosleep(&pause, NULL);
	}
	return false;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw) {
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void postgres_stop(struct postgres *p) {
	if (!p) return;
	if (p->connection) PQfinish(p->connection);
	p->connection = NULL;
	if (p->server > 0 && kill(p->server, SIGINT) == 0) waitpid(p->server, NULL, 0);
	p->server = 0;
	if (p->folder) nftw(p->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	p->folder = NULL;
}

static void stop_deferred(void *arg) { postgres_stop(arg); }

static void be_quiet(void *arg, const char *message) {
	(void)arg;
	(void)message;
}

static bool prepare_folder(struct arena *a, struct postgres *p, const struct passwd *user) {
	p->folder = arena_strdup(a, "/tmp/tenon-postgres-XXXXXX");
	if (!mkdtemp(p->folder)) {
		p->folder = NULL;
		return false;
	}
	p->data = arena_printf(a, "%s/data", p->folder);
	return !user || chown(p->folder, user->pw_uid, user->pw_gid) == 0;
}

struct postgres *postgres_start(struct arena *a, const char **why_not) {
	struct postgres *p = arena_alloc(a, sizeof *p);
	const struct passwd *user = getuid() == 0 ? getpwnam("postgres") : NULL;
	p->bin = find_bin(a);
	*why_not = "PostgreSQL is not installed (apt-get install postgresql-15)";
	if (!p->bin || (getuid() == 0 && !user)) return NULL;
	*why_not = "PostgreSQL did not start";
	bool up = prepare_folder(a, p, user) && make_cluster(a, p, user) &&
		  start_server(a, p, user) && connect_to(a, p);
	if (up) {
		PQsetNoticeProcessor(p->connection, be_quiet, NULL);
		/* A server without our functions is no reason to skip, it is a fault of ours. */
		struct problem *problem = postgres_exec(p, a, str_dup(a, expr_postgres_prelude(a)));
		if (problem) fprintf(stderr, "the prelude is refused: %s\n", problem->log);
		assert(!problem);
	}
	if (!up) {
		postgres_stop(p);
		return NULL;
	}
	arena_defer(a, stop_deferred, p);
	return p;
}

PGconn *postgres_connection(struct postgres *p) { return p->connection; }

static struct problem *answer(struct arena *a, PGresult *result) {
	ExecStatusType status = PQresultStatus(result);
	struct problem *problem = NULL;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		problem = problem_logged(a, PROBLEM(a, INTERNAL, "internal"), "%s",
					 PQresultErrorMessage(result));
	PQclear(result);
	return problem;
}

struct problem *postgres_exec(struct postgres *p, struct arena *a, const char *sql) {
	return answer(a, PQexec(p->connection, sql));
}

struct problem *postgres_prepare(struct postgres *p, struct arena *a, const char *sql) {
	return answer(a, PQprepare(p->connection, "", sql, 0, NULL));
}
