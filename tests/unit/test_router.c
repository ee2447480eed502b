/* Which route a request means, and that the tables themselves make sense. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "runtime/host/router.h"

static const char *found(enum http_method method, const char *path) {
	static struct str args[CALL_ARGS];
	struct arena *a = arena_new(0);
	size_t n;
	const char *allow;
	const struct route *r = route_find(route_tree_new(a), method, str_of(path), args, &n, &allow);
	arena_free(a);
	return r ? r->pattern : "";
}

static void literal_segments_win(void **state) {
	(void)state;
	assert_string_equal(found(HTTP_GET, "/api/crm/lead"), "/api/{app}/{form}");
	assert_string_equal(found(HTTP_GET, "/api/crm/definition"), "/api/{app}/definition");
	assert_string_equal(found(HTTP_GET, "/api/crm/lead/12"), "/api/{app}/{form}/{id}");
	assert_string_equal(found(HTTP_POST, "/api/crm/lead/batch"), "/api/{app}/{form}/batch");
	assert_string_equal(found(HTTP_POST, "/api/apps/crm/check"), "/api/apps/{app}/check");
	assert_string_equal(found(HTTP_GET, "/api/users"), "/api/users");
	assert_string_equal(found(HTTP_HEAD, "/healthz"), "/healthz");
	/* Nothing below "apps" takes it: back to the other kinds of segment. */
	assert_string_equal(found(HTTP_GET, "/api/apps/crm/12"), "/api/{app}/{form}/{id}");
}

static void ids_are_plain_numbers(void **state) {
	static const char *const none[] = { "/api/crm/lead/0",
					    "/api/crm/lead/-1",
					    "/api/crm/lead/012",
					    "/api/crm/lead/1a",
					    "/api/crm/lead/",
					    "/api/crm/lead/99999999999999999",
					    "/api/crm/lead/12/",
					    "/api/crm/lead/12/nothing",
					    "/api",
					    "/",
					    "",
					    "/api//lead",
					    "/healthz/" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		assert_string_equal(found(HTTP_GET, none[i]), "");
}

static void other_methods_are_named(void **state) {
	struct arena *a = arena_new(0);
	struct str args[CALL_ARGS];
	size_t n;
	const char *allow;
	const struct route_tree *tree = route_tree_new(a);
	(void)state;
	assert_null(route_find(tree, HTTP_PUT, STR("/api/crm/lead/12"), args, &n, &allow));
	assert_string_equal(allow, "GET, HEAD, PATCH, DELETE");
	assert_null(route_find(tree, HTTP_GET, STR("/nowhere"), args, &n, &allow));
	assert_null(allow);
	assert_non_null(route_find(tree, HTTP_GET, STR("/api/crm/lead/12"), args, &n, &allow));
	assert_int_equal(n, 3);
	assert_true(str_is(args[0], "crm") && str_is(args[1], "lead") && str_is(args[2], "12"));
	arena_free(a);
}

static void check_route(const struct route *r) {
	unsigned how = r->flags & (ROUTE_READ | ROUTE_WRITE | ROUTE_POOL);
	assert_true(how == ROUTE_READ || how == ROUTE_WRITE || how == ROUTE_POOL);
	assert_true(r->run && r->summary && r->pattern[0] == '/');
	if (r->flags & ROUTE_FORM)
		assert_true(r->flags & ROUTE_APP && !strncmp(r->pattern, "/api/{app}/{form}", 17));
	if (r->flags & ROUTE_READ)
		assert_int_equal(r->method, HTTP_GET); /* may be run twice: no effects */
	if (r->flags & ROUTE_BODY) assert_int_not_equal(r->method, HTTP_GET);
	if (r->flags & ROUTE_PUBLIC) assert_false(r->flags & ROUTE_ADMIN);
}

static void tables_make_sense(void **state) {
	(void)state;
	for (size_t t = 0; route_tables[t]; t++)
		for (const struct route *r = route_tables[t]; r->pattern; r++) {
			check_route(r);
			for (size_t u = 0; route_tables[u]; u++)
				for (const struct route *o = route_tables[u]; o->pattern; o++)
					assert_true(o == r || o->method != r->method ||
						    strcmp(o->pattern, r->pattern) != 0);
		}
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(literal_segments_win),
					    cmocka_unit_test(ids_are_plain_numbers),
					    cmocka_unit_test(other_methods_are_named),
					    cmocka_unit_test(tables_make_sense) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
