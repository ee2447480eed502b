/* planning.h -- a store of its own, a form lead with values, and where they are after a plan was applied. */
#ifndef TENON_TESTS_SUPPORT_PLANNING_H
#define TENON_TESTS_SUPPORT_PLANNING_H

#include "tests/support/publish.h"

struct fixture {
	struct arena *a;
	struct store *s;
	char *folder;
};
int planning_setup(void **state);
int planning_teardown(void **state);

#define APP "'app.json': {'app': 't', 'version': '1'}"
#define LEAD(fields) APP ", 'forms/lead.json': {'form': 'lead', 'fields': [" fields "]}"
#define NAME "{'name': 'name', 'type': 'text'}"
/* Leads 1, 2, ... with these values (SQL) in that column. */
void insert_leads(struct fixture *f, const char *column, const char *const *values, size_t n);
#define LEADS(f, column, ...)                                                                      \
	insert_leads((f), (column), (const char *const[]){ __VA_ARGS__ },                          \
		     ARRAY_LEN(((const char *const[]){ __VA_ARGS__ })))
const char *lead_cell(struct fixture *f, const char *column, int id);     /* as text, "null" */
const char *lead_column(struct fixture *f, const char *name);             /* of the field in the app that runs */

#define TEST(name) cmocka_unit_test_setup_teardown(name, planning_setup, planning_teardown)

#endif
