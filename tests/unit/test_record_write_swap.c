/* A new version of the app is published while writes are under way: they are carried over to it by
 * the ids of form and fields, follow its rules, and are refused when what they name is gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

#define APP(fields)                                                                                \
	"{\"files\":{\"app.json\":{\"app\":\"swap\",\"version\":\"1\",\"languages\":[\"en\"],"     \
	"\"timezone\":\"UTC\"},"                                                                   \
	"\"forms/doc.json\":{\"form\":\"doc\",\"fields\":[" fields "]}}}"

static const char first[] =
	APP("{\"name\":\"title\",\"type\":\"text\"},{\"name\":\"count\",\"type\":\"integer\"}");
static const char renamed[] =
	APP("{\"id\":\"title\",\"name\":\"heading\",\"type\":\"text\",\"max_length\":5},"
	    "{\"name\":\"count\",\"type\":\"integer\",\"default\":\"7\"}");
static const char retyped[] =
	APP("{\"name\":\"title\",\"type\":\"text\"},{\"name\":\"count\",\"type\":\"text\"}");

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct sample *s = arena_alloc(a, sizeof *s);
	sample_open(s, a, first, false);
	apps_swap(s->store, s->app);
	*state = s;
	return 0;
}

static int teardown(void **state) {
	struct sample *s = *state;
	struct arena *a = s->arena;
	sample_close(s);
	arena_free(a);
	return 0;
}

static struct input one_value(struct request *rq, const struct form *form, const char *name,
			      struct value v) {
	struct input_field *f = arena_alloc(rq->arena, sizeof *f);
	*f = (struct input_field){ .field = form_field(form, str_of(name)),
				   .value = v,
				   .pointer = arena_printf(rq->arena, "/%s", name) };
	assert_non_null(f->field);
	return (struct input){ f, 1 };
}

static struct problem *commit(struct tx *tx, void *w) { return write_commit(tx, w); }

static void swap(struct sample *s, const char *bundle) {
	struct app *next = sample_app(s, bundle);
	apps_swap(s->store, next);
	app_release(next);
}

static void typed_values_follow_their_field(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, NULL);
	struct write w = { .op = WRITE_CREATE, .form = sample_form(s, "doc"), .if_match = -1 };
	struct input input = one_value(rq, w.form, "title", value_text(STR("abc")));
	w.input = &input;
	assert_ok(write_prepare(rq, s->store, &w));
	swap(s, renamed);
	assert_ptr_equal(store_write(s->store, LANE_INTERACTIVE, rq->arena, commit, &w),
			 &write_again);
	assert_ok(record_write(rq, s->store, LANE_INTERACTIVE, &w));
	assert_string_equal(w.form->fields[0]->name, "heading");
	assert_true(str_is(w.after->values[0].as.s, "abc"));
	assert_int_equal(w.after->values[1].as.i, 7);
	sample_end(rq);
}

static void new_rules_hold_for_it(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, NULL);
	struct write w = { .op = WRITE_CREATE, .form = sample_form(s, "doc"), .if_match = -1 };
	struct input input = one_value(rq, w.form, "title", value_text(STR("much too long")));
	w.input = &input;
	swap(s, renamed);
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &w);
	assert_string_equal(problem_told(rq->arena, p), "422 invalid; /heading too_long");
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM swap_doc"), 0);
	sample_end(rq);
}

static void bodies_are_read_again(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, NULL);
	struct write w = { .op = WRITE_CREATE, .form = sample_form(s, "doc"), .if_match = -1 };
	assert_ok(json_parse(rq->arena, STR("{\"title\":\"abc\"}"), &json_limits_request, &w.body));
	swap(s, renamed);
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &w);
	assert_string_equal(problem_told(rq->arena, p), "400 unknown_field /title");
	sample_end(rq);
}

static void a_value_of_another_type_is_refused(void **state) {
	struct sample *s = *state;
	struct request *rq = sample_request(s, NULL);
	struct write w = { .op = WRITE_CREATE, .form = sample_form(s, "doc"), .if_match = -1 };
	struct input input = one_value(rq, w.form, "count", value_int(3));
	w.input = &input;
	swap(s, retyped);
	struct problem *p = record_write(rq, s->store, LANE_INTERACTIVE, &w);
	assert_string_equal(problem_told(rq->arena, p), "409 app_changed");
	assert_int_equal(temp_store_int(s->store, "SELECT count(*) FROM swap_doc"), 0);
	sample_end(rq);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
	const struct CMUnitTest tests[] = {
		TEST(typed_values_follow_their_field),
		TEST(new_rules_hold_for_it),
		TEST(bodies_are_read_again),
		TEST(a_value_of_another_type_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
