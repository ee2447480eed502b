/* Plans over random pairs of definitions with random data. For each pair A, B of one app:
 *   1. no value of a field that keeps its id and shape changes;
 *   2. a changed type loses no more values than its step counted, and none when it counted none;
 *   3. B -> A gives every value of A back exactly;
 *   4. a store call that fails anywhere in the apply leaves A or B, whole, after the next start; A
 * can then become B. Depth: pairs = 2,000 x TENON_DEPTH; seed: TENON_SEED.
 * Ledger: D03. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "tests/support/publish.h"

enum {
	PAIRS = 2000,
	PAIRS_A_STORE = 12,
	FIELDS_MAX = 9,
	ROWS_MAX = 3,
	VALUES_MAX = 8,
	FORMS = 2,
	GONE_MAX = 400,
	ROW_COUNT = 5
};

/* ---- chance ---- */

static uint64_t chance_state;
static uint64_t chance(uint64_t n) {
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return chance_state % n;
}

/* ---- definitions ---- */

struct kind {
	const char *name, *json;
};
static const struct kind kinds[] = {
	{ "text", "'type': 'text'" },
	{ "longtext", "'type': 'longtext'" },
	{ "integer", "'type': 'integer'" },
	{ "decimal:0", "'type': 'decimal', 'scale': 0" },
	{ "decimal:2", "'type': 'decimal', 'scale': 2" },
	{ "decimal:4", "'type': 'decimal', 'scale': 4" },
	{ "money:2", "'type': 'money'" },
	{ "percent:4", "'type': 'percent'" },
	{ "bool", "'type': 'bool'" },
	{ "date", "'type': 'date'" },
	{ "datetime", "'type': 'datetime'" },
	{ "time", "'type': 'time'" },
	{ "duration", "'type': 'duration'" },
	{ "enum:e0", "'type': 'enum', 'enum': 'e0'" },
	{ "enum:e1", "'type': 'enum', 'enum': 'e1'" },
	{ "tags:e0", "'type': 'tags', 'enum': 'e0'" },
	{ "tags", "'type': 'tags'" },
	{ "phone", "'type': 'phone'" },
	{ "email", "'type': 'email'" },
	{ "url", "'type': 'url'" },
	{ "user", "'type': 'user'" },
	{ "dept", "'type': 'dept'" },
	{ "serial", "'type': 'serial', 'pattern': ['N', {'counter': 4}]" },
	{ "ref", "'type': 'ref', 'form': 'f0'" },
};

struct def_field {
	int id, name, kind;
	bool required, unique;
};
struct def_fields {
	struct def_field items[FIELDS_MAX];
	int n;
};
struct def_form {
	bool there, has_rows;
	struct def_fields fields, rows;
};
struct def {
	struct def_form forms[FORMS];
	int values[2][VALUES_MAX], value_count[2];
};
/* Fields taken away in earlier versions of this store, to come back; and the numbers never used
 * twice. */
struct gone {
	int form, rows;
	struct def_field field;
};
static struct gone gone[GONE_MAX];
static int gone_count, next_id, next_value;

static struct def_field field_new(void) {
	int id = next_id++;
	return (struct def_field){ id, id, (int)chance(ARRAY_LEN(kinds)), chance(8) == 0, false };
}

static void fields_fill(struct def_fields *f, int n) {
	for (f->n = 0; f->n < n;) f->items[f->n++] = field_new();
}

static struct def def_first(void) {
	struct def d = { .value_count = { 3, 3 } };
	gone_count = 0;
	for (int e = 0; e < 2; e++)
		for (int i = 0; i < 3; i++) d.values[e][i] = next_value++;
	for (int i = 0; i < FORMS; i++) {
		d.forms[i] = (struct def_form){ .there = true, .has_rows = chance(2) };
		fields_fill(&d.forms[i].fields, 2 + (int)chance(4));
		fields_fill(&d.forms[i].rows, 1 + (int)chance(2));
	}
	return d;
}

static void field_removed(struct def_fields *f, int at, int form, bool rows) {
	if (gone_count < GONE_MAX) gone[gone_count++] = (struct gone){ form, rows, f->items[at] };
	f->items[at] = f->items[--f->n];
}

static bool has_id(const struct def_fields *f, int id) {
	for (int i = 0; i < f->n; i++)
		if (f->items[i].id == id) return true;
	return false;
}

/* was: the fields before; what is taken away in this version does not come back in it. */
static void field_back(struct def_fields *f, const struct def_fields *was, int form, bool rows) {
	if (!gone_count || f->n == FIELDS_MAX) return;
	struct gone *g = &gone[chance((uint64_t)gone_count)];
	if (g->form != form || g->rows != rows || has_id(was, g->field.id)) return;
	f->items[f->n++] = g->field;
}

static void mutate_fields(struct def_fields *f, int form, bool rows) {
	const struct def_fields was = *f;
	int limit = rows ? ROWS_MAX : FIELDS_MAX;
	for (int i = f->n - 1; i >= 0; i--) {
		uint64_t what = chance(14);
		if (what == 0)
			f->items[i].name = next_id++;
		else if (what <= 3)
			f->items[i].kind = (int)chance(ARRAY_LEN(kinds));
		else if (what == 4)
			f->items[i].required = !f->items[i].required;
		else if (what == 5 && f->n > 1)
			field_removed(f, i, form, rows);
		else if (what == 6 && chance(4) == 0 && !rows && f->items[i].kind < 3)
			f->items[i].unique = !f->items[i].unique;
	}
	if (f->n < limit && chance(3) == 0) f->items[f->n++] = field_new();
	if (f->n < limit && chance(2) == 0) field_back(f, &was, form, rows);
}

static struct def def_next(const struct def *was) {
	struct def d = *was;
	for (int e = 0; e < 2; e++) {
		if (chance(4) == 0 && d.value_count[e] < VALUES_MAX)
			d.values[e][d.value_count[e]++] = next_value++;
		if (chance(5) != 0 || d.value_count[e] == 1) continue;
		uint64_t at = chance((uint64_t)d.value_count[e]--);
		d.values[e][at] = d.values[e][d.value_count[e]];
	}
	for (int i = 0; i < FORMS; i++) {
		mutate_fields(&d.forms[i].fields, i, false);
		mutate_fields(&d.forms[i].rows, i, true);
		if (chance(9) == 0) d.forms[i].has_rows = !d.forms[i].has_rows;
	}
	if (chance(12) == 0)
		d.forms[1].there = !d.forms[1].there; /* f0 stays: references need it */
	return d;
}

static void fields_text(struct sb *b, const struct def_fields *f, bool rows) {
	for (int i = 0; i < f->n; i++) {
		const struct def_field *x = &f->items[i];
		const struct kind *k =
			&kinds[rows && strcmp(kinds[x->kind].name, "serial") == 0 ? 0 : x->kind];
		bool unique = x->unique && strncmp(k->name, "tags", 4) != 0 &&
			      strcmp(k->name, "longtext") != 0;
		sb_printf(b, "%s{'name': 'n%d', 'id': 'i%d', %s%s%s}", i ? ", " : "", x->name,
			  x->id, k->json, x->required ? ", 'required': true" : "",
			  unique && x->kind < 3 ? ", 'unique': true" : "");
	}
}

static const char *def_text(struct arena *a, const struct def *d) {
	struct sb b = sb_on(a, 1 << 20);
	sb_cat(&b, "'app.json': {'app': 't', 'version': '1', 'timezone': 'Asia/Shanghai'}");
	for (int e = 0; e < 2; e++) {
		sb_printf(&b, ", 'enums/e%d.json': {'enum': 'e%d', 'values': [", e, e);
		for (int i = 0; i < d->value_count[e]; i++)
			sb_printf(&b, "%s'%d'", i ? ", " : "", d->values[e][i]);
		sb_cat(&b, "]}");
	}
	for (int i = 0; i < FORMS; i++) {
		if (!d->forms[i].there) continue;
		sb_printf(&b, ", 'forms/f%d.json': {'form': 'f%d', 'id': 'f%d', 'fields': [", i, i,
			  i);
		fields_text(&b, &d->forms[i].fields, false);
		if (d->forms[i].has_rows) {
			sb_cat(&b,
			       ", {'name': 'lines', 'id': 'lines', 'type': 'table', 'fields': [");
			fields_text(&b, &d->forms[i].rows, true);
			sb_cat(&b, "]}");
		}
		sb_cat(&b, "]}");
	}
	return sb_cstr(&b);
}

/* ---- data ---- */

static const char *random_text(const struct field *f) {
	static const char *const texts[] = { "12",           "-3.50",       "0.1234",
					     "true",         "2026-11-22",  "2026-11-22T08:00:00Z",
					     "09:30",        "上海",        "a b",
					     "007",          "13800138000", "x@y.cn",
					     "https://y.cn", "3",           "1" };
	const char *type = f->type->name;
	if (strcmp(type, "phone") == 0) return chance(2) ? "13800138000" : "13900139000";
	if (strcmp(type, "email") == 0) return chance(2) ? "x@y.cn" : "li@example.com";
	if (strcmp(type, "url") == 0) return "https://y.cn";
	return texts[chance(ARRAY_LEN(texts))];
}

static int64_t random_integer(const struct field *f) {
	int64_t small = (int64_t)chance(300) - 100;
	enum type_kind k = f->value_type.kind;
	if (k == TYPE_BOOL) return (int64_t)chance(2);
	if (k == TYPE_DATE) return 20000 + (int64_t)chance(2000);
	if (k == TYPE_DATETIME)
		return (20000 + (int64_t)chance(2000)) * INT64_C(86400000000) +
		       (chance(2) ? -8 * INT64_C(3600000000) : (int64_t)chance(1000) * 1000000);
	if (k == TYPE_TIME) return (int64_t)chance(1440) * 60;
	if (k == TYPE_DECIMAL && chance(2)) return small * 10000;
	if (k == TYPE_REF) return 1 + (int64_t)chance(ROW_COUNT);
	return small;
}

/* The SQL of a random stored cell, or NULL for none. */
static const char *random_cell(struct arena *a, const struct field *f) {
	if (chance(4) == 0 || f->value_type.kind == TYPE_USER || f->value_type.kind == TYPE_DEPT)
		return NULL;
	if (f->enumeration) {
		const struct enum_value *v = &f->enumeration->values[chance(f->enumeration->n)];
		return v->retired ? NULL : arena_printf(a, "%d", v->code);
	}
	if (f->type->storage == STORE_INTEGER)
		return arena_printf(a, "%lld", (long long)random_integer(f));
	return arena_printf(a, "'%s'", random_text(f));
}

static void insert_cells(struct arena *a, struct sb *sql, const struct form *form,
			 const char *columns, const char *values) {
	struct sb names = sb_on(a, 1 << 16), cells = sb_on(a, 1 << 16);
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->type->storage != STORE_INTEGER && f->type->storage != STORE_TEXT) continue;
		const char *cell = f->unique ? NULL : random_cell(a, f);
		if (!cell) continue;
		sb_printf(&names, ", \"%s\"", f->column);
		sb_printf(&cells, ", %s", cell);
	}
	sb_printf(sql, "INSERT OR IGNORE INTO \"%s\" (%s%s) VALUES (%s%s);\n", form->table, columns,
		  sb_cstr(&names), values, sb_cstr(&cells));
}

static void insert_children(struct arena *a, struct sb *sql, const struct form *form,
			    int64_t record, int64_t *row) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		const char *cell = f->type->storage == STORE_VALUES ? random_cell(a, f) : NULL;
		if (cell)
			sb_printf(sql,
				  "INSERT OR IGNORE INTO \"%s\" (record, pos, value) VALUES (%lld, "
				  "0, %s);\n",
				  f->column, (long long)record, cell);
		for (uint64_t k = 0; f->rows && k < chance(3); k++) {
			int64_t id = ++*row;
			insert_cells(a, sql, f->rows, "id, parent, pos",
				     arena_printf(a, "%lld, %lld, %d", (long long)id,
						  (long long)record, (int)k));
			insert_children(a, sql, f->rows, id, row);
		}
	}
}

static int64_t last_row;

static void fill(struct store *s, struct arena *a, int64_t first) {
	struct app *app = apps_take(s, STR("t"));
	struct sb sql = sb_on(a, 1 << 22);
	for (size_t i = 0; i < app->form_count; i++)
		for (int64_t id = first; id < first + ROW_COUNT; id++) {
			insert_cells(a, &sql, app->forms[i], "id, rev, created_at, updated_at",
				     arena_printf(a, "%lld, 1, 0, 0", (long long)id));
			insert_children(a, &sql, app->forms[i], id, &last_row);
		}
	temp_store_ddl(s, sb_cstr(&sql));
	app_release(app);
}

/* ---- what is stored ---- */

struct seen {
	const char *path, *shape;
	char **cells;
	size_t n, given;
};
struct seens {
	struct arena *arena;
	struct seen items[FORMS * (FIELDS_MAX + ROWS_MAX + 2)];
	size_t n;
};

static char *cell_text(struct arena *a, const struct rows *r) {
	struct value v = rows_cell(r, 1);
	if (v.kind == VALUE_NULL) return arena_printf(a, "%lld=", (long long)rows_int(r, 0));
	if (v.kind == VALUE_TEXT)
		return arena_printf(a, "%lld=t%.*s", (long long)rows_int(r, 0), (int)v.as.s.n,
				    v.as.s.p);
	return arena_printf(a, "%lld=%lld", (long long)rows_int(r, 0), (long long)v.as.i);
}

static void see_field(struct seens *out, struct tx *tx, const struct form *form, const char *path,
		      const struct field *f) {
	struct arena *a = out->arena;
	bool values = f->type->storage == STORE_VALUES;
	struct seen *s = &out->items[out->n++];
	struct rows *rows;
	*s = (struct seen){ .path = path };
	s->shape = f->value_type.kind == TYPE_DECIMAL
			   ? arena_printf(a, "%s:%d", f->type->name, f->value_type.scale)
			   : arena_printf(a, "%s:%s", f->type->name,
					  f->enumeration ? f->enumeration->id : "");
	const char *sql =
		values ? arena_printf(a, "SELECT record, value FROM \"%s\" ORDER BY record, pos",
				      f->column)
		       : arena_printf(a, "SELECT id, \"%s\" FROM \"%s\" ORDER BY id", f->column,
				      form->table);
	assert_ok(tx_query(tx, sql, NO_PARAMS, &rows));
	for (bool have;;) {
		assert_ok(rows_next(rows, &have));
		if (!have) return;
		s->cells =
			arena_grow(a, s->cells, s->n * sizeof(char *), (s->n + 1) * sizeof(char *));
		s->cells[s->n++] = cell_text(a, rows);
		s->given += s->cells[s->n - 1][strlen(s->cells[s->n - 1]) - 1] != '=';
	}
}

static void see_form(struct seens *out, struct tx *tx, const struct form *form, const char *path) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		const char *at = arena_printf(out->arena, "%s/%s", path, f->id);
		if (f->rows)
			see_form(out, tx, f->rows, at);
		else
			see_field(out, tx, form, at, f);
	}
}

static struct seens *see(struct store *s, struct arena *a) {
	struct seens *out = arena_alloc(a, sizeof *out);
	struct app *app = apps_take(s, STR("t"));
	struct tx *tx;
	out->arena = a;
	assert_ok(tx_read(s, a, &tx));
	for (size_t i = 0; i < app->form_count; i++)
		see_form(out, tx, app->forms[i], app->forms[i]->id);
	assert_ok(tx_end(tx, NULL));
	app_release(app);
	return out;
}

static const struct seen *seen_at(const struct seens *s, const char *path) {
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->items[i].path, path) == 0) return &s->items[i];
	return NULL;
}

/* A serial that was taken away and comes back numbers the records that have no number. */
static bool numbered(const struct seen *s, const char *before, const char *after) {
	size_t n = strlen(before);
	return !strcmp(s->shape, "serial:") && before[n - 1] == '=' && !strncmp(before, after, n);
}

static void assert_same_cells(const struct seen *a, const struct seen *b) {
	if (a->n != b->n) fail_msg("%s: %zu cells became %zu", a->path, a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->cells[i], b->cells[i]) != 0 &&
		    !numbered(a, a->cells[i], b->cells[i]))
			fail_msg("%s (%s): %s became %s", a->path, a->shape, a->cells[i],
				 b->cells[i]);
}

static void assert_same_state(const struct seens *a, const struct seens *b) {
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct seen *other = seen_at(b, a->items[i].path);
		if (!other) {
			fail_msg("%s is gone", a->items[i].path);
			return;
		}
		assert_string_equal(a->items[i].shape, other->shape);
		assert_same_cells(&a->items[i], other);
	}
}

/* ---- the properties ---- */

static int64_t losses_told(const struct plan *p) {
	int64_t n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->steps[i].code, "change_type") == 0) n += p->steps[i].losses;
	return n;
}

static void check_kept(const struct seens *before, const struct seens *after,
		       const struct plan *plan) {
	int64_t lost = 0;
	for (size_t i = 0; i < before->n; i++) {
		const struct seen *was = &before->items[i], *now = seen_at(after, was->path);
		if (!now) continue;
		if (strcmp(was->shape, now->shape) == 0)
			assert_same_cells(was, now);
		else if (now->given < was->given)
			lost += (int64_t)(was->given - now->given);
	}
	if (lost > losses_told(plan))
		fail_msg("%lld values lost, %lld told", (long long)lost,
			 (long long)losses_told(plan));
}

static struct problem *apply_def(struct store *s, struct arena *a, const struct def *d,
				 struct plan **plan) {
	return try_publish(s, a, bundle_of(a, def_text(a, d)), "*", plan);
}

static struct store *restart(struct store *s, struct arena *a, const char *folder) {
	store_close(s);
	s = temp_store(a, folder);
	assert_ok(apps_boot(s, a));
	return s;
}

static int64_t version_of(struct store *s) {
	return temp_store_int(s, "SELECT version FROM sys_app_version WHERE state = 'published'");
}

/* The n-th store call of the apply fails. Returns whether B was reached nevertheless. */
static struct store *interrupted(struct store *s, struct arena *a, const char *folder,
				 const struct def *b, const struct seens *before) {
	struct plan *plan;
	int64_t version = version_of(s);
	store_fault_at(s, 1 + (int64_t)chance(250), (int)chance(3));
	struct problem *p = apply_def(s, a, b, &plan);
	store_fault_at(s, 0, 0);
	s = restart(s, a, folder);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM journal"), 0);
	assert_int_equal(temp_store_int(s, "SELECT count(*) FROM sys_dirty"), 0);
	assert_int_equal(
		temp_store_int(s, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"), 0);
	struct seens *after = see(s, a);
	if (version_of(s) == version)
		assert_same_state(before, after);
	else if (plan)
		check_kept(before, after, plan);
	if (p && strcmp(p->code, "plan_blocked") != 0 && p->kind != PROBLEM_UNAVAILABLE &&
	    p->kind != PROBLEM_CONFLICT)
		fail_msg("%s %s", p->code, p->log ? p->log : "");
	return s;
}

struct tallies {
	int64_t pairs, steps, lossy, blocked, interrupted, rolled_back;
};

static struct store *one_pair(struct store *s, struct arena *a, const char *folder, struct def *d,
			      struct tallies *t) {
	struct def next = def_next(d);
	struct plan *plan, *back;
	struct apply_options all = { .allow = (const char *[]){ "*" }, .allow_count = 1 };
	int64_t version = version_of(s);
	struct seens *before = see(s, a);
	t->pairs++;
	if (chance(4) == 0) {
		s = interrupted(s, a, folder, &next, before);
		t->interrupted++;
	}
	struct problem *p = apply_def(s, a, &next, &plan);
	if (p &&
	    (strcmp(p->code, "plan_blocked") == 0 || strcmp(p->code, "plan_unique_refused") == 0)) {
		assert_same_state(before, see(s, a));
		t->blocked++;
		return s;
	}
	assert_ok(p);
	t->steps += (int64_t)plan->n;
	t->lossy += (int64_t)plan->lossy;
	if (plan->n) check_kept(before, see(s, a), plan);
	if (chance(2) == 0) {
		p = plan_rollback(s, a, "t", version, &all, NULL, &back);
		assert_ok(p);
		assert_same_state(before, see(s, a));
		t->rolled_back++;
		if (chance(2) == 0) return s;
		assert_ok(apply_def(s, a, &next, &plan));
	}
	*d = next;
	return s;
}

static void run_store(struct tallies *t) {
	struct arena *a = arena_new(0);
	char *folder = temp_folder(a);
	struct store *s = temp_store(a, folder);
	struct def d = def_first();
	struct plan *plan;
	assert_ok(apply_def(s, a, &d, &plan));
	for (int i = 0; i < PAIRS_A_STORE; i++) {
		struct arena *pair = arena_new(0);
		if (i % 3 == 0) fill(s, pair, 1 + i * ROW_COUNT);
		s = one_pair(s, pair, folder, &d, t);
		arena_free(pair);
	}
	store_close(s);
	arena_free(a);
}

static void pairs_of_definitions(void **state) {
	(void)state;
	const char *depth = getenv("TENON_DEPTH"), *seed = getenv("TENON_SEED");
	int64_t pairs = PAIRS * (depth ? strtoll(depth, NULL, 10) : 1);
	struct tallies t = { 0 };
	chance_state = (seed ? strtoull(seed, NULL, 10) : 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	while (t.pairs < pairs) run_store(&t);
	print_message("%lld pairs, %lld steps, %lld lossy, %lld blocked, %lld interrupted, %lld "
		      "rolled back\n",
		      (long long)t.pairs, (long long)t.steps, (long long)t.lossy,
		      (long long)t.blocked, (long long)t.interrupted, (long long)t.rolled_back);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(pairs_of_definitions) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
