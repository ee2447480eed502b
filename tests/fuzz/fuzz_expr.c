/* Any text as an expression and as a template over a fixed form: it is refused with a text in both
 * languages, or it is evaluated over a full and an empty record and written as SQL for both
 * databases. The first byte chooses the type wanted. */
#include <stdint.h>
#include <stdlib.h>

#include "runtime/expr/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
	if (!holds) abort();
}

static const char form[] = "form", rows[] = "rows", stage[] = "stage";
static const struct {
	const char *name;
	struct type type;
} fields[] = {
	{ "a", { .kind = TYPE_INT } },
	{ "m", { .kind = TYPE_DECIMAL, .scale = 2, .unit = UNIT_MONEY } },
	{ "p", { .kind = TYPE_DECIMAL, .scale = 4, .unit = UNIT_PERCENT } },
	{ "s", { .kind = TYPE_TEXT } },
	{ "d", { .kind = TYPE_DATE } },
	{ "at", { .kind = TYPE_DATETIME } },
	{ "t", { .kind = TYPE_TIME } },
	{ "h", { .kind = TYPE_DURATION } },
	{ "b", { .kind = TYPE_BOOL } },
	{ "st", { .kind = TYPE_ENUM, .domain = stage } },
	{ "tags", { .kind = TYPE_ENUM, .list = true, .domain = stage } },
	{ "c", { .kind = TYPE_CASCADE, .domain = stage } },
	{ "u", { .kind = TYPE_USER } },
	{ "r", { .kind = TYPE_REF, .domain = form } },
	{ "lines", { .kind = TYPE_ROWS, .domain = rows } },
};

static bool member(const void *of, struct str name, struct expr_symbol *out) {
	for (size_t i = 0; i < ARRAY_LEN(fields) - (of == rows); i++) {
		if (!str_is(name, fields[i].name)) continue;
		*out = (struct expr_symbol){ .type = fields[i].type, .field = &fields[i] };
		return true;
	}
	return false;
}

static void members(const void *of, void (*visit)(void *arg, struct str name), void *arg) {
	(void)of;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) visit(arg, str_of(fields[i].name));
}

static bool enum_has(const void *enumeration, struct str value) {
	(void)enumeration;
	return str_is(value, "won") || str_is(value, "失败");
}

static void enum_values(const void *enumeration, void (*visit)(void *arg, struct str value),
			void *arg) {
	(void)enumeration;
	visit(arg, STR("won"));
	visit(arg, STR("失败"));
}

static const struct expr_catalogue catalogue = { member, members, enum_has, enum_values };
static const struct expr_param params[] = { { "n", { .kind = TYPE_INT } } };
static const struct expr_scope scope = { .catalogue = &catalogue,
					 .form = form,
					 .parent = form,
					 .option = form,
					 .params = params,
					 .param_count = 1 };

static struct value sample(struct arena *a, struct type type) {
	static const struct value values[] = {
		[TYPE_BOOL] = { .kind = VALUE_BOOL, .as.i = 1 },
		[TYPE_INT] = { .kind = VALUE_INT, .as.i = INT64_MAX },
		[TYPE_DECIMAL] = { .kind = VALUE_DECIMAL, .as.d = { 123456, 2 } },
		[TYPE_TEXT] = { .kind = VALUE_TEXT, .as.s = { "中a", 4 } },
		[TYPE_DATE] = { .kind = VALUE_DATE, .as.i = 20779 },
		[TYPE_DATETIME] = { .kind = VALUE_DATETIME, .as.i = INT64_C(1795338000000000) },
		[TYPE_TIME] = { .kind = VALUE_TIME, .as.i = 34200 },
		[TYPE_DURATION] = { .kind = VALUE_DURATION, .as.i = -5400 },
		[TYPE_ENUM] = { .kind = VALUE_TEXT, .as.s = { "won", 3 } },
		[TYPE_CASCADE] = { .kind = VALUE_TEXT, .as.s = { "won", 3 } },
		[TYPE_USER] = { .kind = VALUE_TEXT, .as.s = { "li", 2 } },
		[TYPE_DEPT] = { .kind = VALUE_TEXT, .as.s = { "hq", 2 } },
		[TYPE_REF] = { .kind = VALUE_REF, .as.i = 5 },
		[TYPE_ROWS] = { .kind = VALUE_REF, .as.i = 5 },
		[TYPE_RECORD] = { .kind = VALUE_NULL },
	};
	if (!type.list && type.kind != TYPE_CASCADE && type.kind != TYPE_ROWS)
		return values[type.kind];
	struct value *items = arena_array(a, 2, sizeof *items);
	items[0] = values[type.kind];
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, 2 } };
}

static struct problem *column(void *context, const struct expr_path *path, struct sb *out) {
	(void)context;
	(void)path;
	sb_cat(out, "r.x");
	return NULL;
}

static struct problem *from_rows(void *context, const struct expr_path *path,
				 struct expr_sql_rows *out, const char **name) {
	(void)context;
	(void)path;
	*out = (struct expr_sql_rows){ "l", "l.p = r.id" };
	*name = "l.x";
	return NULL;
}

static int64_t code(void *context, const struct type *type, struct str text) {
	(void)context;
	(void)type;
	return text.n ? 1 : -1;
}

static struct problem *decode(void *context, const struct type *type, const char *sql,
			      struct sb *out) {
	(void)context;
	(void)type;
	sb_printf(out, "d(%s)", sql);
	return NULL;
}

static struct problem *bind(void *context, const struct value *v, struct sb *out) {
	(void)context;
	must(v->kind == VALUE_INT || v->kind == VALUE_TEXT);
	sb_cat(out, "?");
	return NULL;
}

static struct problem *directory(void *context, const char *fn, const char *const *args,
				 struct sb *out) {
	(void)context;
	sb_printf(out, "%s(%s)", fn, args[0]);
	return NULL;
}

static void check_refusal(struct arena *a, const struct problem *p) {
	must(catalogue_find(p->code) != NULL);
	must(utf8_valid(str_of(problem_text(a, LANGUAGE_ZH, p))));
	must(utf8_valid(str_of(problem_text(a, LANGUAGE_EN, p))));
}

static void check_sql(struct arena *a, const struct expr *e, const struct expr_frame *frame) {
	for (int dialect = DIALECT_SQLITE; dialect <= DIALECT_POSTGRES; dialect++) {
		const struct expr_sql target = { .dialect = (enum dialect)dialect,
						 .column = column,
						 .rows = from_rows,
						 .code = code,
						 .decode = decode,
						 .bind = bind,
						 .directory = directory };
		struct sb exact = sb_on(a, 1 << 22), where = sb_on(a, 1 << 22);
		struct problem *p = expr_to_sql(a, e, &target, frame, &exact);
		if (p) check_refusal(a, p);
		p = expr_to_sql_where(a, e, &target, frame, &where);
		if (p) check_refusal(a, p);
	}
}

static void check_expr(struct arena *a, const struct expr *e, const struct expr_paths *paths) {
	for (int full = 0; full < 2; full++) {
		struct value *slots = arena_array(a, paths->count + 1, sizeof *slots), v;
		for (size_t i = 0; full && i < paths->count; i++)
			slots[i] = sample(a, paths->items[i].type);
		const struct expr_frame frame = { .slots = slots,
						  .now_us = INT64_C(1795338000000000) };
		struct problem *p = expr_eval(a, e, &frame, &v);
		if (p) check_refusal(a, p);
		must(p || v.kind != VALUE_TEXT || (v.as.s.n && utf8_valid(v.as.s)));
		check_sql(a, e, &frame);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	if (size == 0) return 0;
	struct arena *a = arena_new(64 << 20);
	struct expr_paths paths = { .arena = a };
	struct str text = { (const char *)data + 1, size - 1 };
	const struct expr *e;
	size_t kind = data[0] % (ARRAY_LEN(fields) + 2);
	const struct type *want = kind < ARRAY_LEN(fields) - 1 ? &fields[kind].type : NULL;
	struct problem *p = kind == ARRAY_LEN(fields) + 1
				    ? expr_template(a, text, &scope, &paths, &e)
				    : expr_compile(a, text, &scope, want, &paths, &e);
	if (p)
		check_refusal(a, p);
	else
		check_expr(a, e, &paths);
	arena_free(a);
	return 0;
}
