#include "tests/support/expr_world.h"

#include <assert.h>
#include "runtime/base/day.h"

#define DECIMAL(s, u)                                                                              \
	{ .kind = TYPE_DECIMAL, .scale = (s), .unit = (u) }
static const char stage[] = "stage", color[] = "color", the_form[] = "form", the_rows[] = "rows";
static const char *const stage_values[] = { "draft", "sent", "won", "失败" };
static const char *const color_values[] = { "red", "green" };
static const char *const people[] = { "zhang", "li", "wang" };
static const char *const superiors[] = { "li", "wang", NULL };
static const char *const depts[] = { "east", "west", "hq" };

const struct world_field world_fields[WORLD_FIELDS] = {
	{ "a", "bigint", { .kind = TYPE_INT } },
	{ "b", "bigint", { .kind = TYPE_INT } },
	{ "m", "bigint", DECIMAL(2, UNIT_MONEY) },
	{ "m2", "bigint", DECIMAL(2, UNIT_MONEY) },
	{ "q", "bigint", DECIMAL(6, UNIT_NONE) },
	{ "k", "bigint", DECIMAL(0, UNIT_NONE) },
	{ "p", "bigint", DECIMAL(4, UNIT_PERCENT) },
	{ "s", "text", { .kind = TYPE_TEXT } },
	{ "t", "text", { .kind = TYPE_TEXT } },
	{ "d", "bigint", { .kind = TYPE_DATE } },
	{ "e", "bigint", { .kind = TYPE_DATE } },
	{ "at", "bigint", { .kind = TYPE_DATETIME } },
	{ "ut", "bigint", { .kind = TYPE_DATETIME } },
	{ "tm", "bigint", { .kind = TYPE_TIME } },
	{ "du", "bigint", { .kind = TYPE_DURATION } },
	{ "f", "boolean", { .kind = TYPE_BOOL } },
	{ "g", "boolean", { .kind = TYPE_BOOL } },
	{ "st", "bigint", { .kind = TYPE_ENUM, .domain = stage } },
	{ "st2", "bigint", { .kind = TYPE_ENUM, .domain = stage } },
	{ "co", "bigint", { .kind = TYPE_ENUM, .domain = color } },
	{ "u", "bigint", { .kind = TYPE_USER } },
	{ "dp", "bigint", { .kind = TYPE_DEPT } },
	{ "ref", "bigint", { .kind = TYPE_REF, .domain = the_form } },
	{ "lines", NULL, { .kind = TYPE_ROWS, .domain = the_rows } },
};
const struct world_field world_row_fields[WORLD_ROW_FIELDS] = {
	{ "x", "bigint", { .kind = TYPE_INT } },
	{ "y", "bigint", DECIMAL(2, UNIT_MONEY) },
	{ "z", "text", { .kind = TYPE_TEXT } },
	{ "w", "bigint", { .kind = TYPE_ENUM, .domain = stage } },
};

static const struct world_field *fields_of(const void *form, size_t *n) {
	*n = form == the_rows ? WORLD_ROW_FIELDS : WORLD_FIELDS;
	return form == the_rows ? world_row_fields : world_fields;
}

static bool member(const void *form, struct str name, struct expr_symbol *out) {
	size_t n;
	const struct world_field *fields = fields_of(form, &n);
	for (size_t i = 0; i < n; i++) {
		if (!str_is(name, fields[i].name)) continue;
		*out = (struct expr_symbol){ .type = fields[i].type, .field = &fields[i] };
		return true;
	}
	return false;
}

static void members(const void *form, void (*visit)(void *arg, struct str name), void *arg) {
	size_t n;
	const struct world_field *fields = fields_of(form, &n);
	for (size_t i = 0; i < n; i++) visit(arg, str_of(fields[i].name));
}

static const char *const *texts_of(const struct type *type, size_t *n) {
	if (type->kind == TYPE_USER || type->kind == TYPE_DEPT) {
		*n = 3;
		return type->kind == TYPE_USER ? people : depts;
	}
	*n = type->domain == color ? 2 : 4;
	return type->domain == color ? color_values : stage_values;
}

static bool enum_has(const void *enumeration, struct str value) {
	struct type type = { .kind = TYPE_ENUM, .domain = enumeration };
	return world_code(&type, value) >= 0;
}

static void enum_values(const void *enumeration, void (*visit)(void *arg, struct str value),
			void *arg) {
	struct type type = { .kind = TYPE_ENUM, .domain = enumeration };
	size_t n;
	const char *const *texts = texts_of(&type, &n);
	for (size_t i = 0; i < n; i++) visit(arg, str_of(texts[i]));
}

static const struct expr_catalogue catalogue = { member, members, enum_has, enum_values };
static const struct expr_param params[] = { { "n", { .kind = TYPE_INT } },
					    { "s", { .kind = TYPE_TEXT } } };
const struct expr_scope world_scope = { .catalogue = &catalogue,
					.form = the_form,
					.params = params,
					.param_count = 2,
					.no_old = true };

uint64_t random_next(struct random *r, uint64_t below) {
	uint64_t z = (r->state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return below ? (z ^ (z >> 31)) % below : z ^ (z >> 31);
}

static int64_t random_number(struct random *r) {
	static const int64_t edges[] = { 0,
					 0,
					 1,
					 -1,
					 2,
					 3,
					 7,
					 10,
					 100,
					 -100,
					 5,
					 50,
					 12345,
					 -99999,
					 INT64_MAX,
					 INT64_MIN + 1,
					 INT64_C(9007199254740991) };
	if (random_next(r, 2)) return edges[random_next(r, ARRAY_LEN(edges))];
	int64_t n = (int64_t)random_next(r, 2000000);
	return n - 1000000;
}

static struct str random_text(struct arena *a, struct random *r) {
	static const char *const pieces[] = { "a", "B", "中", "文",   "Ａ", "1", "-", "ß",
					      "é", "'", "ab", "深圳", " ",  "%", "_", "0" };
	struct sb b = sb_on(a, 256);
	for (uint64_t n = random_next(r, 5); n > 0; n--)
		sb_cat(&b, pieces[random_next(r, ARRAY_LEN(pieces))]);
	return sb_str(&b);
}

static int64_t random_day(struct random *r) {
	static const int64_t edges[] = { DAY_FIRST, DAY_LAST, -1, 0, 20779, 20780, 20878, 19782 };
	return random_next(r, 3) == 0 ? edges[random_next(r, ARRAY_LEN(edges))]
				      : 20000 + (int64_t)random_next(r, 1000);
}

/* Often the days of 2025 on which Berlin's clocks change, 30 March and 26 October. */
static int64_t random_instant(struct random *r) {
	int64_t day = random_next(r, 3) == 0 ? 20177 + (int64_t)random_next(r, 2) * 210
					     : 19000 + (int64_t)random_next(r, 2500);
	int64_t step = random_next(r, 2) ? 1800 : 1;
	return day * DAY_US + (int64_t)random_next(r, 48) * 1800 * DAY_US_PER_S +
	       step * (int64_t)random_next(r, 3) * 500000;
}

static struct value random_value(struct arena *a, struct random *r, const struct type *type) {
	struct value v = VALUE_NONE;
	size_t n;
	const char *const *texts;
	if (random_next(r, 5) == 0) return v;
	switch (type->kind) {
	case TYPE_INT: return value_int(random_number(r));
	case TYPE_DECIMAL: return value_decimal(decimal_scaled(random_number(r), type->scale));
	case TYPE_TEXT: return value_text(random_text(a, r));
	case TYPE_DATE: return value_date(random_day(r));
	case TYPE_DATETIME: return value_datetime(random_instant(r));
	case TYPE_TIME:
		return (struct value){ .kind = VALUE_TIME, .as.i = (int64_t)random_next(r, 86400) };
	case TYPE_DURATION:
		return (struct value){ .kind = VALUE_DURATION,
				       .as.i = (int64_t)random_next(r, 400000) - 200000 };
	case TYPE_BOOL: return value_bool(random_next(r, 2));
	case TYPE_REF: return value_ref((int64_t)random_next(r, 5) + 1);
	case TYPE_ENUM:
	case TYPE_USER:
	case TYPE_DEPT:
		texts = texts_of(type, &n);
		return value_text(str_of(texts[random_next(r, n)]));
	case TYPE_NULL:
	case TYPE_CASCADE:
	case TYPE_ROWS:
	case TYPE_RECORD: break;
	}
	return v;
}

struct world_record world_record(struct arena *a, struct random *r) {
	struct world_record record = { .row_count = (size_t)random_next(r, WORLD_ROWS_MAX + 1) };
	for (size_t i = 0; i + 1 < WORLD_FIELDS; i++)
		record.values[i] = random_value(a, r, &world_fields[i].type);
	for (size_t row = 0; row < record.row_count; row++)
		for (size_t i = 0; i < WORLD_ROW_FIELDS; i++)
			record.rows[row][i] = random_value(a, r, &world_row_fields[i].type);
	return record;
}

static struct value rows_value(struct arena *a, const struct world_record *record,
			       const struct expr_path *path) {
	struct value *items = arena_array(a, record->row_count, sizeof *items);
	for (size_t i = 0; i < record->row_count; i++) {
		const struct world_field *field = path->length > 1 ? path->fields[1] : NULL;
		items[i] = field ? record->rows[i][field - world_row_fields]
				 : value_int((int64_t)i + 1);
	}
	if (!record->row_count) return VALUE_NONE;
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, record->row_count } };
}

static struct value slot_value(struct arena *a, const struct world_record *record,
			       const struct expr_path *path) {
	if (path->root == ROOT_PARAM)
		return path->name[0] == 'n' ? value_int(7) : value_text(STR("中"));
	if (path->root == ROOT_USER) return value_text(path->name ? STR("east") : STR("zhang"));
	const struct world_field *field = path->fields[0];
	size_t index = (size_t)(field - world_fields);
	return index + 1 == WORLD_FIELDS ? rows_value(a, record, path) : record->values[index];
}

struct value *world_slots(struct arena *a, const struct expr_paths *paths,
			  const struct world_record *record) {
	struct value *slots = arena_array(a, paths->count + 1, sizeof *slots);
	for (size_t i = 0; i < paths->count; i++)
		slots[i] = slot_value(a, record, &paths->items[i]);
	return slots;
}

static struct str superior(const void *snapshot, struct str login) {
	(void)snapshot;
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		if (str_is(login, people[i])) return str_of(superiors[i]);
	return STR("");
}

static struct str dept_of(const void *snapshot, struct str login) {
	(void)snapshot;
	for (size_t i = 0; i < ARRAY_LEN(people); i++)
		if (str_is(login, people[i])) return str_of(depts[i]);
	return STR("");
}

static struct str dept_head(const void *snapshot, struct str dept) {
	(void)snapshot;
	for (size_t i = 0; i < ARRAY_LEN(depts); i++)
		if (str_is(dept, depts[i])) return str_of(people[i]);
	return STR("");
}

static bool has_role(const void *snapshot, struct str login, struct str role) {
	(void)snapshot;
	return str_is(login, "zhang") && str_is(role, "sales");
}

static struct str user_label(const void *snapshot, struct str login) {
	(void)snapshot;
	return str_is(login, "zhang") ? STR("张三")
	       : str_is(login, "li")  ? STR("李四")
				      : STR("王五");
}

struct expr_frame world_frame(const struct zone *zone) {
	static const struct expr_directory directory = { NULL,      superior, dept_of,
							 dept_head, has_role, user_label };
	return (struct expr_frame){ .now_us = INT64_C(1795338000000000),
				    .zone = zone,
				    .directory = &directory,
				    .app = STR("crm") };
}

int64_t world_code(const struct type *type, struct str text) {
	size_t n;
	const char *const *texts = texts_of(type, &n);
	for (size_t i = 0; i < n; i++)
		if (str_is(text, texts[i])) return (int64_t)i + 1;
	return -1;
}

static void create_table(struct sb *out, const char *name, const struct world_field *fields,
			 size_t n, enum dialect dialect) {
	sb_printf(out, "create table %s (id bigint, parent bigint", name);
	for (size_t i = 0; i < n; i++) {
		if (!fields[i].sql) continue;
		bool sqlite = dialect == DIALECT_SQLITE;
		sb_printf(out, ", %s %s", fields[i].name,
			  !sqlite                              ? fields[i].sql
			  : strcmp(fields[i].sql, "text") == 0 ? "text"
							       : "integer");
	}
	sb_cat(out, ");\n");
}

static void create_codes(struct sb *out, const struct type *type, const char *set) {
	size_t n;
	const char *const *texts = texts_of(type, &n);
	for (size_t i = 0; i < n; i++)
		sb_printf(out, "insert into codes values ('%s', %d, '%s');\n", set, (int)i + 1,
			  texts[i]);
}

void world_schema(struct sb *out, enum dialect dialect) {
	struct type types[] = { { .kind = TYPE_ENUM, .domain = stage },
				{ .kind = TYPE_ENUM, .domain = color },
				{ .kind = TYPE_USER },
				{ .kind = TYPE_DEPT } };
	static const char *const sets[] = { "stage", "color", "user", "dept" };
	create_table(out, "r", world_fields, WORLD_FIELDS, dialect);
	create_table(out, "lines", world_row_fields, WORLD_ROW_FIELDS, dialect);
	sb_cat(out, "create table codes (of text, code bigint, name text);\n");
	for (size_t i = 0; i < ARRAY_LEN(types); i++) create_codes(out, &types[i], sets[i]);
	sb_cat(out, "create table people (code bigint, superior bigint, dept bigint, head bigint, "
		    "label text);\n"
		    "insert into people values (1, 2, 1, 1, '张三'), (2, 3, 2, 2, '李四'), (3, "
		    "null, 3, 3, '王五');\n");
}

static void write_value(struct sb *out, const struct type *type, const struct value *v) {
	sb_cat(out, ", ");
	if (v->kind == VALUE_NULL) {
		sb_cat(out, "null");
	} else if (v->kind == VALUE_BOOL) {
		sb_cat(out, v->as.i ? "true" : "false");
	} else if (v->kind == VALUE_DECIMAL) {
		sb_int(out, (int64_t)v->as.d.coefficient);
	} else if (v->kind != VALUE_TEXT) {
		sb_int(out, v->as.i);
	} else if (type->kind != TYPE_TEXT) {
		sb_int(out, world_code(type, v->as.s));
	} else {
		sb_char(out, '\'');
		for (size_t i = 0; i < v->as.s.n; i++) {
			if (v->as.s.p[i] == '\'') sb_char(out, '\'');
			sb_char(out, v->as.s.p[i]);
		}
		sb_char(out, '\'');
	}
}

void world_insert(struct sb *out, const struct world_record *record, int64_t id) {
	sb_printf(out, "insert into r values (%d, null", (int)id);
	for (size_t i = 0; i + 1 < WORLD_FIELDS; i++)
		write_value(out, &world_fields[i].type, &record->values[i]);
	sb_cat(out, ");\n");
	for (size_t row = 0; row < record->row_count; row++) {
		sb_printf(out, "insert into lines values (%d, %d", (int)row + 1, (int)id);
		for (size_t i = 0; i < WORLD_ROW_FIELDS; i++)
			write_value(out, &world_row_fields[i].type, &record->rows[row][i]);
		sb_cat(out, ");\n");
	}
}

static struct problem *sql_column(void *context, const struct expr_path *path, struct sb *out) {
	(void)context;
	if (path->length == 0) {
		sb_cat(out, "r.id");
		return NULL;
	}
	const struct world_field *field = path->fields[0];
	sb_printf(out, "r.%s", field->name);
	return NULL;
}

static struct problem *sql_lines(void *context, const struct expr_path *path,
				 struct expr_sql_rows *out, const char **column) {
	struct world_binds *binds = context;
	const struct world_field *field = path->length > 1 ? path->fields[1] : NULL;
	*out = (struct expr_sql_rows){ "lines l", "l.parent = r.id" };
	*column = field ? arena_printf(binds->arena, "l.%s", field->name) : NULL;
	return NULL;
}

static int64_t sql_code(void *context, const struct type *type, struct str text) {
	(void)context;
	return world_code(type, text);
}

static struct problem *sql_decode(void *context, const struct type *type, const char *code,
				  struct sb *out) {
	(void)context;
	const char *set = type->kind == TYPE_USER   ? "user"
			  : type->kind == TYPE_DEPT ? "dept"
			  : type->domain == color   ? "color"
						    : "stage";
	sb_printf(out, "(select name from codes where of = '%s' and code = %s)", set, code);
	return NULL;
}

static struct problem *sql_bind(void *context, const struct value *v, struct sb *out) {
	struct world_binds *binds = context;
	assert(v->kind == VALUE_INT || v->kind == VALUE_TEXT);
	assert(binds->n < (int)ARRAY_LEN(binds->values));
	binds->is_text[binds->n] = v->kind == VALUE_TEXT;
	if (v->kind == VALUE_TEXT)
		binds->values[binds->n] = str_dup(binds->arena, v->as.s);
	else
		binds->values[binds->n] = arena_printf(binds->arena, "%lld", (long long)v->as.i);
	sb_printf(out, "%c%d", binds->dialect == DIALECT_SQLITE ? '?' : '$', ++binds->n);
	return NULL;
}

static struct problem *sql_directory(void *context, const char *fn, const char *const *args,
				     struct sb *out) {
	(void)context;
	if (strcmp(fn, "has_role") == 0)
		sb_printf(out, "(%s = 1 and %s = 'sales')", args[0], args[1]);
	else if (strcmp(fn, "dept_head") == 0)
		sb_printf(out, "(select head from people where dept = %s)", args[0]);
	else
		sb_printf(out, "(select %s from people where code = %s)",
			  strcmp(fn, "dept_of") == 0      ? "dept"
			  : strcmp(fn, "user_label") == 0 ? "label"
							  : "superior",
			  args[0]);
	return NULL;
}

struct expr_sql world_sql(struct world_binds *binds) {
	return (struct expr_sql){ .dialect = binds->dialect,
				  .context = binds,
				  .column = sql_column,
				  .rows = sql_lines,
				  .code = sql_code,
				  .decode = sql_decode,
				  .bind = sql_bind,
				  .directory = sql_directory };
}
