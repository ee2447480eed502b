/* concurrent: also runs under TSan */
/* The writer's invariants (writer.h 1-6): order, groups, one member's failure, rollback of
 * everything, I/O errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include "runtime/base/clock.h"
#include "runtime/base/log.h"
#include "runtime/store/backend.h"
#include "tests/support/temp_store.h"

enum { JOBS = 2 * GROUP_MEMBERS + 8, BEYOND_US = 10000 };

/* The clock by which the writer measures its groups; 0: it goes. */
static atomic_llong stands;
int64_t __real_clock_mono(void);
int64_t __wrap_clock_mono(void);
int64_t __wrap_clock_mono(void) {
	int64_t at = atomic_load(&stands);
	return at ? at : __real_clock_mono();
}

struct fixture;
struct job {
	struct fixture *f;
	struct member member;
	struct arena *arena;
	int number, runs, order,
		published;   /* order, published: place among all answered, from 1; 0 not yet */
	int64_t busy_us;     /* works this long */
	int rows;            /* inserts so many */
	bool fail_late;      /* refuses after its insert */
	bool swallow;        /* goes on after a failed statement */
	struct job *submits; /* submitted by this one while it runs */
	int again;           /* submits itself so often when answered */
	struct problem *answer;
};
struct fixture {
	struct arena *a;
	struct store *s;
	char *folder;
	struct job jobs[JOBS];
	atomic_int answered, published;
	sem_t gate, done;
};

static int setup_in(void **state, const char *parent) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	f->a = a;
	f->folder = parent ? temp_folder_on(a, parent) : temp_folder(a);
	f->s = temp_store(a, f->folder);
	temp_store_ddl(f->s, "CREATE TABLE crm_row (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, "
			     "fill TEXT) STRICT");
	sem_init(&f->gate, 0, 0);
	sem_init(&f->done, 0, 0);
	for (int i = 0; i < JOBS; i++)
		f->jobs[i] = (struct job){ .f = f, .number = i, .rows = 1, .arena = arena_new(0) };
	*state = f;
	return 0;
}

static int setup(void **state) { return setup_in(state, NULL); }

static int teardown(void **state) {
	struct fixture *f = *state;
	store_close(f->s);
	for (int i = 0; i < JOBS; i++) arena_free(f->jobs[i].arena);
	arena_free(f->a);
	return 0;
}

static void job_published(void *arg) {
	struct job *j = arg;
	assert_int_equal(j->order, 0);
	j->published = atomic_fetch_add(&j->f->published, 1) + 1;
}

static void job_submit(struct job *j, enum lane lane);

static struct problem *job_commit(struct tx *tx, void *arg) {
	struct job *j = arg;
	j->runs++;
	int64_t until = clock_mono() + j->busy_us;
	if (atomic_load(&stands)) atomic_fetch_add(&stands, j->busy_us);
	while (clock_mono() < until) continue;
	if (j->submits) job_submit(j->submits, LANE_INTERACTIVE);
	j->submits = NULL;
	for (int i = 0; i < j->rows; i++) {
		struct problem *p = tx_exec(
			tx, "INSERT INTO crm_row (job, fill) VALUES (?1, hex(zeroblob(1000)))",
			PARAMS(value_int(j->number)), NULL);
		if (p && !j->swallow) return p;
	}
	tx_after_commit(tx, job_published, j);
	return j->fail_late ? PROBLEM(tx_arena(tx), INVALID, "required") : NULL;
}

static void job_done(void *arg, struct problem *p) {
	struct job *j = arg;
	j->answer = p;
	j->order = atomic_fetch_add(&j->f->answered, 1) + 1;
	if (j->again-- > 0) {
		j->order = 0;
		job_submit(j, LANE_INTERACTIVE);
	} else {
		sem_post(&j->f->done);
	}
}

static void job_submit(struct job *j, enum lane lane) {
	j->member = (struct member){
		.commit = job_commit, .done = job_done, .arg = j, .arena = j->arena
	};
	store_submit(j->f->s, lane, &j->member);
}

static void wait_for(struct fixture *f, int n) {
	for (int i = 0; i < n; i++)
		while (sem_wait(&f->done) != 0) continue;
	atomic_store(&stands, 0);
}

/* Holds the writer until gate_open, beyond the end of its group: what is submitted meanwhile forms
 * the next one. From its entry on the clock stands, until what was submitted is answered: how long
 * a group lasts is then what the jobs say, however busy the machine is. */
struct gate {
	struct member member;
	sem_t entered, open, done;
	bool passed;
};
static struct problem *gate_commit(struct tx *tx, void *arg) {
	struct gate *g = arg;
	if (g->passed) return NULL; /* replayed */
	g->passed = true;
	atomic_store(&stands, clock_mono());
	sem_post(&g->entered);
	while (sem_wait(&g->open) != 0) continue;
	int64_t slice = tx_slice_us(tx);
	atomic_fetch_add(&stands, (slice > 0 ? slice : 0) + BEYOND_US);
	return NULL;
}

static void gate_done(void *arg, struct problem *p) {
	(void)p; /* a fault may strike the gate's own end */
	sem_post(&((struct gate *)arg)->done);
}

static struct gate *gate_close(struct fixture *f) {
	struct gate *g = arena_alloc(f->a, sizeof *g);
	sem_init(&g->entered, 0, 0);
	sem_init(&g->open, 0, 0);
	sem_init(&g->done, 0, 0);
	g->member = (struct member){
		.commit = gate_commit, .done = gate_done, .arg = g, .arena = f->a
	};
	store_submit(f->s, LANE_INTERACTIVE, &g->member);
	while (sem_wait(&g->entered) != 0) continue;
	return g;
}

static void gate_open(struct gate *g) {
	sem_post(&g->open);
	while (sem_wait(&g->done) != 0) continue;
}

static int64_t rows_of(struct fixture *f, int job) {
	return temp_store_int(
		f->s, arena_printf(f->a, "SELECT count(*) FROM crm_row WHERE job = %d", job));
}

static void assert_answers_match_rows(struct fixture *f, int n) {
	for (int i = 0; i < n; i++)
		assert_int_equal(rows_of(f, i), f->jobs[i].answer ? 0 : f->jobs[i].rows);
}

static void one_members_failure_is_its_own(void **state) {
	struct fixture *f = *state;
	f->jobs[7].fail_late = true;
	struct gate *g = gate_close(f);
	int64_t groups = store_writer_stats(f->s).groups;
	for (int i = 0; i < 20; i++) job_submit(&f->jobs[i], LANE_INTERACTIVE);
	gate_open(g);
	wait_for(f, 20);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(f->jobs[i].order, i + 1);
		assert_int_equal(f->jobs[i].runs, i < 7 ? 2 : 1); /* again, in savepoints */
		assert_int_equal(f->jobs[i].published, i == 7 ? 0 : i < 7 ? i + 1 : i);
	}
	assert_answers_match_rows(f, 20);
	assert_string_equal(f->jobs[7].answer->code, "required");
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM crm_row"), 19);
	/* The gate's own group and ours. */
	assert_int_equal(store_writer_stats(f->s).groups - groups, 2);
}

static void interactive_goes_first_and_order_holds(void **state) {
	struct fixture *f = *state;
	struct gate *g = gate_close(f);
	for (int i = 0; i < 10; i++) job_submit(&f->jobs[i], LANE_BULK);
	for (int i = 10; i < 20; i++) job_submit(&f->jobs[i], LANE_INTERACTIVE);
	gate_open(g);
	wait_for(f, 20);
	for (int i = 10; i < 20; i++)
		assert_true(f->jobs[i].order <= 11); /* one aged bulk member may lead */
	for (int i = 1; i < 10; i++) assert_true(f->jobs[i - 1].order < f->jobs[i].order);
	for (int i = 11; i < 20; i++) assert_true(f->jobs[i - 1].order < f->jobs[i].order);
}

static void bulk_delays_interactive_by_a_slice(void **state) {
	struct fixture *f = *state;
	for (int i = 0; i < 20; i++) f->jobs[i].busy_us = 4000;
	f->jobs[3].submits = &f->jobs[100];
	struct gate *g = gate_close(f);
	for (int i = 0; i < 20; i++) job_submit(&f->jobs[i], LANE_BULK);
	gate_open(g);
	wait_for(f, 21);
	/* Submitted while bulk member 3 ran: it joins that group, and is the next to run and be
	 * answered. */
	assert_int_equal(f->jobs[100].order, f->jobs[3].order + 1);
	assert_answers_match_rows(f, 20);
}

/* A refused person costs an import's long group nothing, nor does he wait for it to run again. */
static void a_person_who_joins_and_fails_repeats_nobody(void **state) {
	struct fixture *f = *state;
	for (int i = 0; i < 8; i++) f->jobs[i].busy_us = 2000;
	f->jobs[3].submits = &f->jobs[100];
	f->jobs[100].fail_late = true;
	struct gate *g = gate_close(f);
	for (int i = 0; i < 8; i++) job_submit(&f->jobs[i], LANE_BULK);
	gate_open(g);
	wait_for(f, 9);
	assert_int_equal(f->jobs[100].runs, 1);
	assert_string_equal(f->jobs[100].answer->code, "required");
	assert_int_equal(rows_of(f, 100), 0);
	for (int i = 0; i < 8; i++) assert_int_equal(f->jobs[i].runs, 1);
	assert_answers_match_rows(f, 8);
}

static void bulk_is_not_starved(void **state) {
	struct fixture *f = *state;
	for (int i = 0; i < 8; i++) {
		f->jobs[i].busy_us = 1000;
		f->jobs[i].again = 60;
		job_submit(&f->jobs[i], LANE_INTERACTIVE);
	}
	job_submit(&f->jobs[100], LANE_BULK);
	wait_for(f, 9);
	assert_true(f->jobs[100].order > 0 && f->jobs[100].order < 8 * 60);
}

static void a_group_has_a_largest_size(void **state) {
	struct fixture *f = *state;
	struct gate *g = gate_close(f);
	int64_t groups = store_writer_stats(f->s).groups;
	for (int i = 0; i < JOBS; i++) job_submit(&f->jobs[i], LANE_INTERACTIVE);
	struct writer_stats waiting = store_writer_stats(f->s);
	assert_int_equal(waiting.queue_interactive, JOBS);
	assert_true(waiting.oldest_us >= 0);
	gate_open(g);
	wait_for(f, JOBS);
	assert_true(store_writer_stats(f->s).groups - groups >= 1 + 3);
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM crm_row"), JOBS);
}

/* Every call of a group of three fails once, in each way; what was answered is what is there, and
 * writing goes on. */
static void every_call_fails_once(void **state, int kind) {
	struct fixture *f = *state;
	bool struck = true;
	int n = 0, failed = 0;
	while (struck) {
		n++;
		struct gate *g = gate_close(f);
		for (int i = 0; i < 3; i++) {
			f->jobs[i].answer = NULL;
			f->jobs[i].order = 0;
			job_submit(&f->jobs[i], LANE_INTERACTIVE);
		}
		store_fault_at(f->s, n, kind);
		gate_open(g);
		wait_for(f, 3);
		struck = store_fault_at(f->s, 0, 0) >= n;
		for (int i = 0; i < 3; i++) {
			if (f->jobs[i].answer)
				assert_true(f->jobs[i].answer == &store_io ||
					    f->jobs[i].answer == &store_full);
			assert_int_equal(rows_of(f, i), !f->jobs[i].answer);
			failed += f->jobs[i].answer != NULL;
		}
		temp_store_ddl(f->s, "DELETE FROM crm_row"); /* writing goes on */
		assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM crm_row"), 0);
	}
	assert_true(n >
		    12); /* the gate's end, begin, three times savepoint, insert, release, commit */
	/* An I/O error costs its member, at begin and commit the group. A full disk costs only at
	 * begin: elsewhere the members are replayed, and by then there is room again. */
	assert_in_range(failed, kind == FAULT_IO ? 3 * 3 + 2 * 3 : 0,
			kind == FAULT_IO ? 3 * 3 + 3 * 3 : 3);
}

static void every_call_fails_once_with_an_io_error(void **state) {
	every_call_fails_once(state, FAULT_IO);
}

static void every_call_fails_once_with_a_full_disk(void **state) {
	every_call_fails_once(state, FAULT_FULL);
}

static void a_lost_answer_is_not_a_lost_write(void **state) {
	struct fixture *f = *state;
	struct gate *g = gate_close(f);
	for (int i = 0; i < 3; i++) job_submit(&f->jobs[i], LANE_INTERACTIVE);
	store_fault_at(f->s, 6, FAULT_LOST_ANSWER); /* past the gate's own commit */
	gate_open(g);
	wait_for(f, 3);
	for (int i = 0; i < 3; i++) {
		assert_ptr_equal(f->jobs[i].answer, &store_io);
		assert_int_equal(f->jobs[i].published, 0);
		assert_int_equal(rows_of(f, i), 1);
	}
	job_submit(&f->jobs[3], LANE_INTERACTIVE);
	wait_for(f, 1);
	assert_null(f->jobs[3].answer);
	assert_int_equal(temp_store_int(f->s, "SELECT value FROM meta WHERE key = 'probe'"), 1);
}

/* PRAGMA max_page_count makes a disk that really is full; only the writer's own thread may touch
 * its connection. */
struct pages {
	int64_t limit;
};
static struct problem *pages_commit(struct tx *tx, void *arg) {
	const struct pages *pages = arg;
	char *sql =
		arena_printf(tx_arena(tx), "PRAGMA max_page_count = %lld", (long long)pages->limit);
	return connection_script(tx->c, tx_arena(tx), sql);
}

static void pages_set(struct fixture *f, int64_t limit) {
	struct arena *a = arena_new(0);
	assert_ok(store_write(f->s, LANE_INTERACTIVE, a, pages_commit, &(struct pages){ limit }));
	arena_free(a);
}

static void big_among_small(struct fixture *f) {
	struct gate *g = gate_close(f);
	f->jobs[4].rows = 3000; /* about 6 MB */
	for (int i = 0; i < 10; i++) job_submit(&f->jobs[i], LANE_INTERACTIVE);
	gate_open(g);
	wait_for(f, 10);
	for (int i = 0; i < 10; i++)
		assert_ptr_equal(f->jobs[i].answer, i == 4 ? &store_full : NULL);
	assert_answers_match_rows(f, 10);
	assert_true(f->jobs[0].runs >= 1 && f->jobs[4].runs >= 1);
}

static void a_full_database_refuses_only_what_does_not_fit(void **state) {
	struct fixture *f = *state;
	pages_set(f, temp_store_int(f->s, "SELECT 200 + (SELECT count(*) FROM sqlite_schema)"));
	big_among_small(f);
	pages_set(f, 1 << 20);
	f->jobs[4].answer = NULL;
	f->jobs[4].order = 0;
	job_submit(&f->jobs[4], LANE_INTERACTIVE);
	wait_for(f, 1);
	assert_answers_match_rows(f, 10);
}

/* A real disk of 4 MB, where the machine lets us mount one. */
static char disk[] = "/tmp/tenon-disk-XXXXXX";
static int setup_small_disk(void **state) {
	*state = NULL;
	if (!mkdtemp(disk)) return -1;
	if (mount("tenon-test", disk, "tmpfs", 0, "size=4m") == 0) return setup_in(state, disk);
	rmdir(disk);
	return 0;
}

static int teardown_small_disk(void **state) {
	if (!*state) return 0;
	int rc = teardown(state);
	umount(disk);
	rmdir(disk);
	return rc;
}

static void a_full_disk_refuses_only_what_does_not_fit(void **state) {
	if (!*state) {
		print_message("skipped: this machine does not let the test mount a small disk\n");
		skip();
	}
	struct fixture *f = *state;
	big_among_small(f);
	temp_store_ddl(f->s, "DELETE FROM crm_row WHERE job = 0");
	assert_int_equal(rows_of(f, 0), 0);
	assert_int_equal(rows_of(f, 9), 1);
}

/* A member that takes no notice of a full disk must not write outside of any transaction. */
static void a_member_cannot_outlive_its_transaction(void **state) {
	struct fixture *f = *state;
	struct gate *g = gate_close(f);
	f->jobs[1].swallow = true;
	f->jobs[1].rows = 5;
	for (int i = 0; i < 3; i++) job_submit(&f->jobs[i], LANE_INTERACTIVE);
	store_fault_at(f->s, 5, FAULT_FULL); /* gate: commit; begin; 0: insert; 1: insert, insert */
	gate_open(g);
	wait_for(f, 3);
	assert_int_equal(f->jobs[1].runs, 2);
	assert_int_equal(f->jobs[0].runs, 2);
	assert_answers_match_rows(f, 3);
	for (int i = 0; i < 3; i++) assert_null(f->jobs[i].answer);
}

static void closing_finishes_what_is_queued(void **state) {
	struct fixture *f = *state;
	for (int i = 0; i < JOBS; i++)
		job_submit(&f->jobs[i], i % 2 ? LANE_BULK : LANE_INTERACTIVE);
	store_close(f->s);
	wait_for(f, JOBS);
	f->s = temp_store(f->a, f->folder);
	assert_answers_match_rows(f, JOBS);
}

/* Clients that write and read at once, some of whose writes fail; under the thread sanitizer too.
 */
enum { CLIENTS = 8, WRITES = 60 };
struct client {
	struct fixture *f;
	int number;
	int landed;
};
static struct problem *client_commit(struct tx *tx, void *arg) {
	const struct client *c = arg;
	int64_t id = store_new_id(c->f->s);
	TRY(tx_exec(tx, "INSERT INTO crm_row (id, job) VALUES (?1, ?2)",
		    PARAMS(value_int(id), value_int(c->number)), NULL));
	return id % 7 == 0 ? PROBLEM(tx_arena(tx), INVALID, "required") : NULL;
}

static void *client_main(void *arg) {
	struct client *c = arg;
	for (int i = 0; i < WRITES; i++) {
		struct arena *a = arena_new(0);
		if (!store_write(c->f->s, i % 5 ? LANE_INTERACTIVE : LANE_BULK, a, client_commit,
				 c))
			c->landed++;
		struct tx *tx;
		int64_t n = 0;
		struct problem *p = tx_read(c->f->s, a, &tx);
		if (!p)
			p = tx_end(tx, tx_int(tx, "SELECT count(*) FROM crm_row WHERE job = ?1",
					      PARAMS(value_int(c->number)), &n, NULL));
		if (p || n != c->landed) abort();
		arena_free(a);
	}
	return NULL;
}

static void many_clients_see_their_own_writes(void **state) {
	struct fixture *f = *state;
	pthread_t threads[CLIENTS];
	struct client clients[CLIENTS];
	int64_t landed = 0;
	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){ .f = f, .number = i };
		assert_int_equal(pthread_create(&threads[i], NULL, client_main, &clients[i]), 0);
	}
	for (int i = 0; i < CLIENTS; i++) {
		pthread_join(threads[i], NULL);
		landed += clients[i].landed;
	}
	assert_int_equal(temp_store_int(f->s, "SELECT count(*) FROM crm_row"), landed);
	struct writer_stats stats = store_writer_stats(f->s);
	assert_int_equal(stats.members + stats.failed,
			 CLIENTS * WRITES + 2); /* and the two of the fixture */
	assert_int_equal(stats.failed, CLIENTS * WRITES - landed);
}

/* After 60 MB of writing the WAL, which may hold some 32, has been begun from the front, though
 * writing never stops. */
static void the_wal_is_begun_from_the_front(void **state) {
	struct fixture *f = *state;
	for (int i = 0; i < 60; i++) {
		f->jobs[i].rows = 500; /* about 1 MB */
		job_submit(&f->jobs[i], LANE_BULK);
	}
	wait_for(f, 60);
	int small = 60;
	while (atomic_load(&f->s->checkpoint.frames) > 40 * 1024 * 1024 / 4096 && small < JOBS) {
		job_submit(&f->jobs[small++], LANE_INTERACTIVE);
		wait_for(f, 1);
		usleep(50000);
	}
	assert_true(small < JOBS);
	assert_answers_match_rows(f, small);
}

int main(void) {
	log_to(-1);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_members_failure_is_its_own),
		TEST(interactive_goes_first_and_order_holds),
		TEST(bulk_delays_interactive_by_a_slice),
		TEST(a_person_who_joins_and_fails_repeats_nobody),
		TEST(bulk_is_not_starved),
		TEST(a_group_has_a_largest_size),
		TEST(every_call_fails_once_with_an_io_error),
		TEST(every_call_fails_once_with_a_full_disk),
		TEST(a_lost_answer_is_not_a_lost_write),
		TEST(a_full_database_refuses_only_what_does_not_fit),
		cmocka_unit_test_setup_teardown(a_full_disk_refuses_only_what_does_not_fit,
						setup_small_disk, teardown_small_disk),
		TEST(a_member_cannot_outlive_its_transaction),
		TEST(closing_finishes_what_is_queued),
		TEST(many_clients_see_their_own_writes),
		TEST(the_wal_is_begun_from_the_front),
	};
	return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
