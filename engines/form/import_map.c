#include "engines/form/import_map.h"
#include "engines/form/input.h"

static struct problem *bad(struct request *rq, const char *code, const char *name, const char *value)
{
	return PROBLEM(rq->arena, MALFORMED, code, name, value);
}

/* A name the actor may not see is an unknown one. */
static const struct field *find(const struct access *ac, const struct form *form, struct str name)
{
	const struct field *f = form_field(form, name);
	if (f && !field_has_value(f)) f = NULL;
	return f && (ac->everything || form->parent || access_reads(ac, f)) ? f : NULL;
}

struct reading { struct request *rq; struct import_map *m; struct access access; };

/* "lines.qty": the table's part of the name, or nothing. */
static struct str table_part(struct str name)
{
	struct str first, rest;
	return str_cut(name, '.', &first, &rest) ? first : (struct str){ NULL, 0 };
}

static struct str row_part(struct str name)
{
	struct str first, rest;
	return str_cut(name, '.', &first, &rest) && first.n ? rest : name;
}

/* bare: what a name without a table means: a field of the rows, or of the record. */
static struct problem *field_of(struct reading *r, struct str name, bool bare, const struct field **out, bool *row)
{
	struct str table = table_part(name);
	bool fits = !table.n || (r->m->table && str_is(table, r->m->table->name));
	*row = table.n || bare;
	*out = fits ? find(&r->access, *row ? r->m->table->rows : r->m->form, *row ? row_part(name) : name) : NULL;
	return *out ? NULL : bad(r->rq, "import_unknown_field", "field", str_dup(r->rq->arena, name));
}

/* With rows_of alone the columns are the rows' but for the key; a map that says "lines.qty" names both in full. */
static bool bare_is_row(const struct import_map *m) { return m->table && !m->whole; }

/* ---- the map ---- */

static struct problem *read_names(struct reading *r, const struct json *list, bool row, const char *what, const struct field ***out, size_t *n)
{
	if (!list) return NULL;
	if (list->kind != JSON_ARRAY) return bad(r->rq, "import_map_shape", "key", what);
	*out = arena_array(r->rq->arena, list->n ? list->n : 1, sizeof **out);
	for (*n = 0; *n < list->n; (*n)++) {
		if (list->items[*n].kind != JSON_STRING) return bad(r->rq, "import_map_shape", "key", what);
		bool is_row;
		TRY(field_of(r, list->items[*n].text, row, &(*out)[*n], &is_row));
		if (is_row != row) return bad(r->rq, "import_unknown_field", "field", str_dup(r->rq->arena, list->items[*n].text));
	}
	return NULL;
}

static bool is_key(const struct import_map *m, struct str name)
{
	for (size_t i = 0; i < m->key_count; i++)
		if (str_is(name, m->key[i]->name)) return true;
	return false;
}

/* The unique field of the form a reference leads to. One the actor may not filter by is none: else a file could ask what it holds. */
static const struct field *unique_of(struct request *rq, const struct field *reference, struct str name)
{
	struct access ac;
	const struct field *f = reference->target ? form_field(reference->target, name) : NULL;
	if (!f || !f->unique || access_of(rq, reference->target, &ac)) return NULL;
	return ac.everything || access_filters(&ac, f) ? f : NULL;
}

static struct problem *read_by(struct reading *r, struct import_column *c, const struct json *by)
{
	if (!by) return NULL;
	c->by = by->kind == JSON_STRING ? unique_of(r->rq, c->field, by->text) : NULL;
	if (c->by) return NULL;
	return PROBLEM(r->rq->arena, MALFORMED, "import_by", "field", c->field->name, "by", str_dup(r->rq->arena, json_str(by)));
}

static struct problem *check_shapes(struct reading *r, const struct json *column)
{
	static const struct { const char *key; enum json_kind kind; } shapes[] = { { "round", JSON_TRUE }, { "trim", JSON_TRUE },
		{ "lower", JSON_TRUE }, { "format", JSON_STRING }, { "by", JSON_STRING }, { "values", JSON_OBJECT } };
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const struct json *given = json_get(column, shapes[i].key);
		bool fits = !given || given->kind == shapes[i].kind || (shapes[i].kind == JSON_TRUE && given->kind == JSON_FALSE);
		if (!fits) return bad(r->rq, "import_map_shape", "key", shapes[i].key);
	}
	const struct json *values = json_get(column, "values");
	for (size_t i = 0; values && i < values->n; i++)
		if (values->items[i].kind != JSON_STRING) return bad(r->rq, "import_map_shape", "key", "values");
	return NULL;
}

static struct problem *read_column(struct reading *r, struct str header, const struct json *j, struct import_column *c)
{
	static const char *const keys[] = { "field", "by", "format", "round", "values", "trim", "lower" };
	struct str name = j->kind == JSON_STRING ? j->text : json_str(json_get(j, "field"));
	*c = (struct import_column){ .header = str_dup(r->rq->arena, header), .trim = true };
	if (!name.n) return bad(r->rq, "import_map_shape", "key", c->header);
	for (size_t i = 0; j->kind == JSON_OBJECT && i < j->n; i++) {
		bool known = false;
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) known = known || str_is(j->keys[i].name, keys[k]);
		if (!known) return bad(r->rq, "import_map_key", "key", str_dup(r->rq->arena, j->keys[i].name));
	}
	c->key = is_key(r->m, name);
	TRY(field_of(r, name, !c->key && bare_is_row(r->m), &c->field, &c->row));
	if (j->kind != JSON_OBJECT) return NULL;
	TRY(check_shapes(r, j));
	const struct json *trim = json_get(j, "trim"), *format = json_get(j, "format"), *values = json_get(j, "values");
	c->round = json_bool(json_get(j, "round"));
	c->lower = json_bool(json_get(j, "lower"));
	if (trim) c->trim = json_bool(trim);
	if (format) c->format = str_dup(r->rq->arena, json_str(format));
	c->values = values;
	return read_by(r, c, json_get(j, "by"));
}

static struct problem *read_columns(struct reading *r, const struct json *columns)
{
	if (!columns || columns->kind != JSON_OBJECT || !columns->n) return bad(r->rq, "import_map_shape", "key", "columns");
	r->m->columns = arena_array(r->rq->arena, columns->n, sizeof *r->m->columns);
	for (; r->m->n < columns->n; r->m->n++)
		TRY(read_column(r, columns->keys[r->m->n].name, &columns->items[r->m->n], &r->m->columns[r->m->n]));
	return NULL;
}

static struct problem *read_constants(struct reading *r, const struct json *constants)
{
	if (!constants) return NULL;
	if (constants->kind != JSON_OBJECT) return bad(r->rq, "import_map_shape", "key", "constants");
	r->m->constants = arena_array(r->rq->arena, constants->n ? constants->n : 1, sizeof *r->m->constants);
	for (size_t i = 0; i < constants->n; i++) {
		struct import_constant *c = &r->m->constants[r->m->constant_count++];
		c->value = &constants->items[i];
		TRY(field_of(r, constants->keys[i].name, bare_is_row(r->m), &c->field, &c->row));
	}
	return NULL;
}

static struct problem *read_empty(struct reading *r, const struct json *empty)
{
	struct import_map *m = r->m;
	m->empty = arena_array(r->rq->arena, empty && empty->n ? empty->n : 1, sizeof *m->empty);
	m->empty_said = empty != NULL;
	if (!empty) {
		m->empty[m->empty_count++] = (struct str){ "", 0 };
		return NULL;
	}
	if (empty->kind != JSON_ARRAY) return bad(r->rq, "import_map_shape", "key", "empty");
	for (size_t i = 0; i < empty->n; i++) {
		if (empty->items[i].kind != JSON_STRING) return bad(r->rq, "import_map_shape", "key", "empty");
		m->empty[m->empty_count++] = json_str(&empty->items[i]);
	}
	return NULL;
}

static struct problem *take_table(struct reading *r, struct str name)
{
	const struct field *f = find(&r->access, r->m->form, name);
	if (!f || !f->rows) return bad(r->rq, "import_rows_of", "field", str_dup(r->rq->arena, name));
	if (r->m->table && r->m->table != f) return bad(r->rq, "import_tables", "field", f->name);
	r->m->table = f;
	return NULL;
}

/* "rows_of", or the first column named "lines.qty" says so. */
static struct problem *read_table(struct reading *r, const struct json *map)
{
	const struct json *rows_of = json_get(map, "rows_of"), *columns = json_get(map, "columns");
	if (rows_of) TRY(take_table(r, json_str(rows_of)));
	for (size_t i = 0; columns && columns->kind == JSON_OBJECT && i < columns->n; i++) {
		const struct json *c = &columns->items[i];
		struct str table = table_part(c->kind == JSON_STRING ? c->text : json_str(json_get(c, "field")));
		if (!table.n) continue;
		TRY(take_table(r, table));
		r->m->whole = true;
	}
	return NULL;
}

static struct problem *check_keys(struct reading *r, const struct json *map)
{
	static const char *const keys[] = { "$schema", "columns", "constants", "empty", "key", "rows_of", "row_key", "encoding" };
	if (map->kind != JSON_OBJECT) return bad(r->rq, "import_map_shape", "key", "columns");
	for (size_t i = 0; i < map->n; i++) {
		bool known = false;
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) known = known || str_is(map->keys[i].name, keys[k]);
		if (!known) return bad(r->rq, "import_map_key", "key", str_dup(r->rq->arena, map->keys[i].name));
	}
	return NULL;
}

static struct problem *read_map(struct reading *r, const struct json *map)
{
	TRY(check_keys(r, map));
	r->m->listed = true;
	TRY(read_table(r, map));
	TRY(read_names(r, json_get(map, "key"), false, "key", &r->m->key, &r->m->key_count));
	if (r->m->table) TRY(read_names(r, json_get(map, "row_key"), true, "row_key", &r->m->row_key, &r->m->row_key_count));
	TRY(read_columns(r, json_get(map, "columns")));
	TRY(read_constants(r, json_get(map, "constants")));
	r->m->merge = r->m->row_key_count != 0;
	const struct json *encoding = json_get(map, "encoding");
	if (encoding && encoding->kind != JSON_STRING) return bad(r->rq, "import_map_shape", "key", "encoding");
	if (encoding) r->m->encoding = str_dup(r->rq->arena, json_str(encoding));
	return NULL;
}

static struct problem *key_option(struct reading *r, struct str key)
{
	if (!key.n) return NULL;
	r->m->key = arena_array(r->rq->arena, 1, sizeof *r->m->key);
	r->m->key_count = 1;
	bool row;
	return field_of(r, key, false, &r->m->key[0], &row);
}

struct problem *import_map_read(struct request *rq, const struct import_options *o, struct import_map **out)
{
	struct import_map *m = arena_alloc(rq->arena, sizeof *m);
	struct reading r = { .rq = rq, .m = m };
	m->form = o->form;
	TRY(access_of(rq, o->form, &r.access));
	if (!access_may(&r.access, ACTION_IMPORT)) return PROBLEM(rq->arena, FORBIDDEN, "forbidden");
	if (o->map) TRY(read_map(&r, o->map));
	TRY(read_empty(&r, o->map ? json_get(o->map, "empty") : NULL));
	TRY(key_option(&r, o->key));
	if (m->table && !m->key_count) return bad(rq, "import_rows_key", "field", m->table->name);
	if (o->mode != IMPORT_CREATE && !m->key_count) return PROBLEM(rq->arena, MALFORMED, "import_needs_key");
	*out = m;
	return NULL;
}

/* ---- the file's header ---- */

static bool same_header(struct str a, struct str b)
{
	return str_eq(str_trim(a), str_trim(b));
}

static struct problem *bind_listed(struct request *rq, struct import_map *m, const struct str *header, size_t n)
{
	for (size_t i = 0; i < m->n; i++) {
		size_t at = 0;
		while (at < n && !same_header(header[at], str_of(m->columns[i].header))) at++;
		if (at == n) return bad(rq, "import_column_missing", "column", m->columns[i].header);
		for (size_t k = at + 1; k < n; k++)
			if (same_header(header[k], header[at])) return bad(rq, "import_column_twice", "column", m->columns[i].header);
		m->columns[i].at = at;
	}
	return NULL;
}

static const struct field *by_header(const struct access *ac, const struct form *form, struct str header)
{
	const struct field *f = find(ac, form, header);
	for (size_t i = 0; !f && i < form->field_count; i++) {
		const struct label *l = &form->fields[i]->label;
		if (!field_has_value(form->fields[i])) continue;
		if ((l->zh && str_is(header, l->zh)) || (l->en && str_is(header, l->en))) f = form->fields[i];
	}
	return f && (ac->everything || access_reads(ac, f)) ? f : NULL;
}

/* "customer", or "customer.code": a reference and the unique field of its form that names the record. */
static const struct field *reference_by_header(struct request *rq, const struct access *ac, const struct form *form, struct str header, const struct field **by)
{
	const struct field *f = by_header(ac, form, header);
	if (f || !table_part(header).n) return f;
	f = by_header(ac, form, table_part(header));
	*by = f ? unique_of(rq, f, row_part(header)) : NULL;
	return *by ? f : NULL;
}

/* "lines.qty", or both parts by their labels; "lines.product.number". */
static const struct field *row_by_header(struct request *rq, const struct access *ac, const struct form *form, struct str header, struct import_column *c,
	const struct field **table)
{
	*table = table_part(header).n ? by_header(ac, form, table_part(header)) : NULL;
	if (!*table || !(*table)->rows) return NULL;
	return reference_by_header(rq, ac, (*table)->rows, row_part(header), &c->by);
}

bool import_map_guess(struct request *rq, const struct access *ac, const struct form *form, struct str header, struct import_column *out, const struct field **table)
{
	*out = (struct import_column){ .header = str_dup(rq->arena, header), .trim = true };
	*table = NULL;
	out->field = reference_by_header(rq, ac, form, header, &out->by);
	if (!out->field) out->field = row_by_header(rq, ac, form, header, out, table);
	if (!out->field) *table = NULL;
	out->row = *table != NULL;
	return out->field != NULL;
}

/* A column of the rows: the file has records with their rows. */
static struct problem *bind_row(struct request *rq, struct import_map *m, const struct field *table)
{
	if (m->table && m->table != table) return bad(rq, "import_tables", "field", table->name);
	m->table = table;
	m->whole = true;
	return m->key_count ? NULL : bad(rq, "import_rows_key", "field", table->name);
}

/* Names of the columns that are no field, at most a few. */
static struct problem *unknown_headers(struct request *rq, const struct str *header, size_t n, const bool *known)
{
	struct sb names = sb_on(rq->arena, 2000);
	for (size_t i = 0; i < n; i++) {
		if (known[i]) continue;
		if (names.n) sb_cat(&names, ", ");
		sb_add(&names, header[i]);
	}
	return names.n ? bad(rq, "import_unknown_columns", "columns", sb_cstr(&names)) : NULL;
}

/* Without a map: names or labels. What our own exports add (system and computed columns) and the reason column of an error
 * file are passed over, so that both can be read back as they are. */
static struct problem *bind_named(struct request *rq, struct import_map *m, const struct str *header, size_t n)
{
	struct access ac;
	TRY(access_of(rq, m->form, &ac));
	m->columns = arena_array(rq->arena, n ? n : 1, sizeof *m->columns);
	bool *known = arena_array(rq->arena, n ? n : 1, sizeof *known);
	for (size_t i = 0; i < n; i++) {
		struct str name = str_trim(header[i]);
		struct import_column *c = &m->columns[m->n];
		const struct field *table, *f;
		known[i] = import_map_guess(rq, &ac, m->form, name, c, &table) || !name.n || str_is(name, "错误原因") || str_is(name, "Reason");
		f = c->field;
		if (table) TRY(bind_row(rq, m, table));
		bool key = f && !table && is_key(m, str_of(f->name));
		if (!f || f->rows || (!input_may_set(f) && !key)) continue;
		c->at = i;
		c->key = key;
		m->n++;
	}
	TRY(unknown_headers(rq, header, n, known));
	return m->n ? NULL : PROBLEM(rq->arena, MALFORMED, "import_no_columns");
}

static const struct field *set_by(const struct import_map *m, size_t i)
{
	return i < m->n ? m->columns[i].field : m->constants[i - m->n].field;
}

/* Which of two values for a field counts would be a guess. */
static struct problem *check_once(struct request *rq, const struct import_map *m)
{
	for (size_t i = 0; i < m->n + m->constant_count; i++)
		for (size_t k = 0; k < i; k++)
			if (set_by(m, i) == set_by(m, k)) return bad(rq, "import_field_twice", "field", set_by(m, i)->name);
	return NULL;
}

static bool has_row_column(const struct import_map *m, const struct field *f)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->columns[i].field == f) return true;
	return false;
}

/* Which stored row a line is about, when nobody said: the one with the same unique values. */
static void own_row_key(struct import_map *m)
{
	const struct form *rows = m->whole && !m->merge ? m->table->rows : NULL;
	for (size_t i = 0; rows && !m->row_key_count && i < rows->unique_count; i++) {
		size_t found = 0;
		for (size_t k = 0; k < rows->uniques[i].n; k++) found += has_row_column(m, rows->uniques[i].fields[k]);
		if (found < rows->uniques[i].n) continue;
		m->row_key = rows->uniques[i].fields;
		m->row_key_count = found;
	}
}

struct problem *import_map_bind(struct request *rq, struct import_map *m, const struct str *header, size_t n)
{
	m->file_columns = n;
	TRY(m->listed ? bind_listed(rq, m, header, n) : bind_named(rq, m, header, n));
	TRY(check_once(rq, m));
	own_row_key(m);
	for (size_t i = 0; i < m->n; i++) {
		const char *name = m->columns[i].field->name;
		if (m->whole && m->columns[i].row) name = arena_printf(rq->arena, "%s.%s", m->table->name, name);
		m->columns[i].pointer = pointer_join(rq->arena, "", str_of(name));
	}
	for (size_t k = 0; k < m->key_count; k++) {
		bool there = false;
		for (size_t i = 0; i < m->n; i++) there = there || m->columns[i].field == m->key[k];
		for (size_t i = 0; i < m->constant_count; i++) there = there || m->constants[i].field == m->key[k];
		if (!there) return bad(rq, "import_key_missing", "field", m->key[k]->name);
	}
	return NULL;
}
