#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/planning.h"

int planning_setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	*f = (struct fixture){ a, NULL, temp_folder(a) };
	f->s = temp_store(a, f->folder);
	*state = f;
	return 0;
}

int planning_teardown(void **state) {
	struct fixture *f = *state;
	store_close(f->s);
	arena_free(f->a);
	return 0;
}

void insert_leads(struct fixture *f, const char *column, const char *const *values, size_t n) {
	for (size_t i = 0; i < n; i++)
		run_sql(f->s,
			arena_printf(f->a,
				     "INSERT INTO t_lead (id, rev, created_at, updated_at, \"%s\")"
				     " VALUES (%zu, 1, 0, 0, %s)",
				     column, i + 1, values[i]));
}

const char *lead_cell(struct fixture *f, const char *column, int id) {
	const char *text = temp_store_text(
		f->s, f->a,
		arena_printf(f->a, "SELECT CAST(\"%s\" AS TEXT) FROM t_lead WHERE id = %d", column,
			     id));
	return text ? text : "null";
}

const char *lead_column(struct fixture *f, const char *name) {
	struct app *app = apps_take(f->s, STR("t"));
	const struct field *field = form_field(app_form(app, STR("lead")), str_of(name));
	const char *column = arena_strdup(f->a, field->column);
	app_release(app);
	return column;
}
