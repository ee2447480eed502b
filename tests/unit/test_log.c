/* concurrent: also runs under TSan */
/* Log lines are whole JSON objects whatever their values hold, one write each; the clock can be
 * set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <pthread.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/json.h"
#include "runtime/base/log.h"

static struct arena *a;
static int ends[2];

static int open_pipe(void **state) {
	(void)state;
	a = arena_new(0);
	if (pipe(ends) != 0) return -1;
	log_to(ends[1]);
	log_threshold(LOG_INFO);
	return 0;
}

static int close_pipe(void **state) {
	(void)state;
	log_to(-1);
	close(ends[0]);
	close(ends[1]);
	arena_free(a);
	return 0;
}

static const struct json *next_line(void) {
	char line[20000];
	ssize_t n = read(ends[0], line, sizeof line);
	assert_true(n > 0 && line[n - 1] == '\n');
	const struct json *out;
	struct str text = { arena_copy(a, line, (size_t)n), (size_t)n };
	assert_null(json_parse(a, text, &json_limits_request, &out));
	return out;
}

static void a_line_has_time_level_event_and_values(void **state) {
	(void)state;
	LOG(INFO, "listening", "address", "127.0.0.1:8080", "none", NULL);
	const struct json *line = next_line();
	assert_true(json_is_string(json_get(line, "level"), "info"));
	assert_true(json_is_string(json_get(line, "event"), "listening"));
	assert_true(json_is_string(json_get(line, "address"), "127.0.0.1:8080"));
	assert_int_equal(json_get(line, "none")->kind, JSON_NULL);
	struct str at = json_str(json_get(line, "at"));
	assert_int_equal(at.n, strlen("2026-11-22T08:00:00.000000Z"));
	assert_true(at.p[10] == 'T' && at.p[19] == '.' && at.p[26] == 'Z');
}

static void hostile_values_stay_inside_their_line(void **state) {
	(void)state;
	LOG(WARN, "odd", "text", "a\"b\\\n\x01{}", "gbk", "\xD6\xD0", "cut", "ok\xE4\xB8");
	const struct json *line = next_line();
	assert_true(json_is_string(json_get(line, "text"), "a\"b\\\n\x01{}"));
	assert_true(json_is_string(json_get(line, "gbk"), "\xEF\xBF\xBD\xEF\xBF\xBD"));
	assert_true(json_is_string(json_get(line, "cut"), "ok\xEF\xBF\xBD\xEF\xBF\xBD"));
}

static void a_long_value_is_cut(void **state) {
	(void)state;
	char *text = arena_alloc(a, 9001);
	for (int i = 0; i < 3000; i++) memcpy(text + 3 * i, "中", 3);
	LOG(ERROR, "long", "value", text);
	struct str value = json_str(json_get(next_line(), "value"));
	assert_in_range(value.n, 1900, 2100);
	assert_true(utf8_valid(value));
}

static void the_threshold_holds(void **state) {
	(void)state;
	LOG(DEBUG, "hidden");
	LOG(INFO, "first");
	log_threshold(LOG_ERROR);
	LOG(WARN, "hidden");
	LOG(ERROR, "second");
	log_threshold(LOG_INFO);
	char lines[4000];
	ssize_t n = read(ends[0], lines, sizeof lines - 1);
	assert_true(n > 0);
	lines[n] = '\0';
	assert_null(strstr(lines, "hidden"));
	assert_non_null(strstr(lines, "first"));
	assert_non_null(strstr(lines, "second"));
}

static void *many_lines(void *arg) {
	for (int i = 0; i < 50; i++)
		LOG(INFO, "thread", "name", arg, "fill",
		    "0123456789012345678901234567890123456789");
	return NULL;
}

static void threads_do_not_mix_lines(void **state) {
	(void)state;
	char names[4][2] = { "a", "b", "c", "d" };
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, many_lines, names[i]), 0);
	for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
	static char all[65536];
	ssize_t n = read(ends[0], all, sizeof all);
	int lines = 0;
	for (char *at = all, *end; at < all + n; at = end + 1, lines++) {
		end = memchr(at, '\n', (size_t)(all + n - at));
		assert_non_null(end);
		const struct json *line;
		assert_null(json_parse(a, (struct str){ at, (size_t)(end - at) },
				       &json_limits_request, &line));
		assert_true(json_is_string(json_get(line, "event"), "thread"));
	}
	assert_int_equal(lines, 200);
}

static void the_clock_stands_where_it_is_set(void **state) {
	(void)state;
	int64_t before = clock_real();
	assert_true(clock_now() >= before);
	clock_set(INT64_C(1763798400000000));
	assert_true(clock_now() == INT64_C(1763798400000000));
	usleep(2000);
	assert_true(clock_now() == INT64_C(1763798400000000));
	assert_true(clock_real() >= before);
	clock_release();
	assert_true(clock_now() >= before);
	int64_t mono = clock_mono();
	usleep(1000);
	assert_true(clock_mono() >= mono + 1000);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_time_level_event_and_values),
		cmocka_unit_test(hostile_values_stay_inside_their_line),
		cmocka_unit_test(a_long_value_is_cut),
		cmocka_unit_test(the_threshold_holds),
		cmocka_unit_test(threads_do_not_mix_lines),
		cmocka_unit_test(the_clock_stands_where_it_is_set),
	};
	return cmocka_run_group_tests(tests, open_pipe, close_pipe);
}
