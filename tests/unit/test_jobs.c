/* jobs.h, of backups: made beside the work, proved, told; one that its process did not live to see is not gone on with; a failed or
 * cancelled one leaves nothing; it leaves a line in the trail only when it is there (L14). Imports: tests/http/import.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/host/jobs.h"
#include "runtime/store/backup.h"
#include "tests/support/people.h"

struct world {
	struct people *people;
	struct arena *arena;
	struct store *store;
	struct jobs *jobs;
	struct request *rq;
};

static int setup(void **state) {
	struct people *f;
	if (people_setup((void **)&f)) return -1;
	struct world *w = arena_alloc(f->arena, sizeof *w);
	*w = (struct world){ .people = f, .arena = f->arena, .store = f->store, .rq = &f->operator };
	*state = w;
	return 0;
}

static int teardown(void **state) {
	struct world *w = *state;
	jobs_free(w->jobs);
	return people_teardown((void **)&w->people);
}

static void start(struct world *w) { assert_ok(jobs_new(w->arena, w->store, &w->jobs)); }

static const char *folder_of(struct world *w, const char *name) { return arena_printf(w->arena, "%s/%s", store_folder(w->store), name); }

static bool is_there(struct world *w, const char *name) { return access(folder_of(w, name), F_OK) == 0; }

static struct job_view ended(struct world *w, int64_t id) {
	struct job_view v;
	for (int i = 0;; i++) {
		assert_ok(jobs_view(w->jobs, w->rq, id, &v));
		if (strcmp(v.state, "waiting") != 0 && strcmp(v.state, "running") != 0) return v;
		assert_true(i < 12000);
		usleep(5000);
	}
}

static void a_backup_is_made_and_proved(void **state) {
	struct world *w = *state;
	struct backup_report proved;
	int64_t id, other;
	start(w);
	assert_ok(jobs_backup(w->jobs, w->rq, folder_of(w, "one"), true, &id));
	struct job_view v = ended(w, id);
	assert_string_equal(v.state, "done");
	assert_null(v.problem);
	assert_non_null(strstr(v.own, "\"audit_head\":\""));
	assert_true(v.total > 0 && v.done == v.total);
	assert_true(is_there(w, "one.verified"));
	assert_ok(store_restore_verify(w->arena, folder_of(w, "one"), &proved));
	assert_false(jobs_find(w->jobs, "backup", &other));
	assert_int_equal(people_number(w->people, "SELECT count(*) FROM audit WHERE act = 'backup'"), 1);
	/* The same folder again is refused, and the first one is left alone. */
	assert_ok(jobs_backup(w->jobs, w->rq, folder_of(w, "one"), true, &id));
	v = ended(w, id);
	assert_string_equal(v.state, "failed");
	assert_string_equal(v.problem->code, "backup_exists");
	assert_ok(store_restore_verify(w->arena, folder_of(w, "one"), &proved));
	assert_int_equal(people_number(w->people, "SELECT count(*) FROM audit WHERE act = 'backup'"), 1);
}

/* Killed while it copied: the row says running, half a folder is there. */
static void what_a_killed_process_left_is_thrown_away(void **state) {
	struct world *w = *state;
	assert_int_equal(mkdir(folder_of(w, "two.part"), 0700), 0);
	FILE *half = fopen(folder_of(w, "two.part/tenon.db"), "w");
	assert_non_null(half);
	fputs("half", half);
	fclose(half);
	people_sql(w->people, "INSERT INTO job (id, kind, state, due_at, created_at, attempts, detail_json) VALUES "
			      "(77, 'backup', 'running', 0, 0, 1, '{\"path\": \"@/two\", \"form\": \"\", \"errors\": \"@/tmp/x\", \"login\": \"system\"}')");
	start(w);
	struct job_view v = ended(w, 77);
	assert_string_equal(v.state, "interrupted");
	assert_string_equal(v.problem->code, "backup_interrupted");
	assert_false(is_there(w, "two") || is_there(w, "two.part"));
	assert_int_equal(people_number(w->people, "SELECT count(*) FROM audit WHERE act = 'backup'"), 0);
}

/* Every store call of the job fails once: the folder is whole or not there, the job says which. */
static void store_calls_that_fail_leave_nothing_half(void **state) {
	struct world *w = *state;
	bool reached = true;
	int failed = 0;
	start(w);
	for (int n = 3; reached && n < 80; n++) {
		struct backup_report proved;
		const char *name = arena_printf(w->arena, "fault%d", n);
		int64_t id;
		store_fault_at(w->store, n, 0);
		struct problem *p = jobs_backup(w->jobs, w->rq, folder_of(w, name), true, &id);
		struct job_view v = p ? (struct job_view){ .state = "failed" } : ended(w, id);
		reached = store_fault_at(w->store, 0, 0) >= n;
		failed += strcmp(v.state, "done") != 0;
		assert_false(is_there(w, arena_printf(w->arena, "%s.part", name)));
		if (strcmp(v.state, "done") == 0) assert_ok(store_restore_verify(w->arena, folder_of(w, name), &proved));
		usleep(20000); /* the writer may need its probe */
	}
	assert_false(reached);
	assert_true(failed > 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = { TEST(a_backup_is_made_and_proved), TEST(what_a_killed_process_left_is_thrown_away),
					    TEST(store_calls_that_fail_leave_nothing_half) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
