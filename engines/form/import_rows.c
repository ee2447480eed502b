#include "engines/form/import_rows.h"
#include "runtime/xlsx/xlsx.h"
#include "runtime/base/day.h"
#include "runtime/base/fold.h"
#include "runtime/model/field_type.h"
#include "runtime/model/message.h"

enum { CACHE_MAX = 200000 };

struct entry { uint64_t hash; struct str key; int64_t id; };
struct id_cache { struct arena *arena; struct entry *entries; size_t room, n; };

struct id_cache *id_cache_new(struct arena *a)
{
	struct id_cache *c = arena_alloc(a, sizeof *c);
	c->arena = a;
	c->room = 1024;
	c->entries = arena_array(a, c->room, sizeof *c->entries);
	return c;
}

static struct entry *slot(const struct id_cache *c, struct str key, uint64_t hash)
{
	size_t i = hash & (c->room - 1);
	while (c->entries[i].id && !(c->entries[i].hash == hash && str_eq(c->entries[i].key, key))) i = (i + 1) & (c->room - 1);
	return &c->entries[i];
}

static void cache_grow(struct id_cache *c)
{
	struct id_cache bigger = { .arena = c->arena, .room = c->room * 2, .n = c->n };
	bigger.entries = arena_array(c->arena, bigger.room, sizeof *bigger.entries);
	for (size_t i = 0; i < c->room; i++)
		if (c->entries[i].id) *slot(&bigger, c->entries[i].key, c->entries[i].hash) = c->entries[i];
	*c = bigger;
}

static void cache_put(struct id_cache *c, struct str key, int64_t id)
{
	if (c->n >= CACHE_MAX) return;
	if (c->n * 2 >= c->room) cache_grow(c);
	uint64_t hash = str_hash(key);
	struct entry *e = slot(c, key, hash);
	if (e->id) return;
	*e = (struct entry){ hash, { str_dup(c->arena, key), key.n }, id };
	c->n++;
}

/* ---- one cell ---- */

static bool is_empty(const struct import_map *m, struct str cell)
{
	for (size_t i = 0; i < m->empty_count; i++)
		if (str_eq(cell, m->empty[i])) return true;
	return false;
}

static struct str lower(struct arena *a, struct str s)
{
	struct sb out = sb_on(a, 1 << 21);
	while (s.n) sb_code_point(&out, fold_lower(utf8_next(&s)));
	return sb_str(&out);
}

/* The cell as the field's type reads it; empty when it stands for nothing. `empty` and `values` name cells as in the file,
 * `values` lower-cased ones too. */
static struct str clean(struct request *rq, const struct import_map *m, const struct import_column *c, const struct import_line *line)
{
	struct str cell = c->at < line->n ? line->cells[c->at] : (struct str){ "", 0 };
	if (c->trim) cell = str_trim(cell);
	if (is_empty(m, cell)) return (struct str){ "", 0 };
	const struct json *mapped = c->values ? json_member(c->values, cell) : NULL;
	if (c->lower && !mapped) {
		cell = lower(rq->arena, cell);
		mapped = c->values ? json_member(c->values, cell) : NULL;
	}
	return mapped ? json_str(mapped) : cell;
}

/* Days that are days in a workbook come as "2026-11-22", whatever pattern those written as text have. */
static const char *format_of(const struct import_map *m, const struct import_column *c, struct str cell)
{
	int64_t day;
	bool iso = m->workbook && cell.n >= 10 && day_parse((struct str){ cell.p, 10 }, &day);
	return iso ? NULL : c->format;
}

static struct problem *look_up(struct request *rq, struct tx *tx, const struct import_column *c, struct id_cache *cache, struct parse *p,
	struct str cell, struct value *out, bool *fine)
{
	struct sb key = sb_on(rq->arena, 1 << 21);
	sb_printf(&key, "%p=", (const void *)c->by);
	sb_add(&key, cell);
	struct str name = sb_str(&key);
	const struct entry *e = slot(cache, name, str_hash(name));
	int64_t id = e->id;
	struct value v;
	if (!id) {
		*fine = c->by->type->read_text(p, c->by, cell, &v);
		if (!*fine) return NULL;
		TRY(read_by_unique(rq, tx, c->by, &v, &id));
		if (id) cache_put(cache, name, id);
	}
	*fine = id != 0;
	if (*fine) *out = value_ref(id);
	else FAULT(p->faults, p->pointer, "import_no_match", "value", str_dup(rq->arena, cell), "by", label_text(&c->by->label, rq->language));
	return NULL;
}

/* "a;b": each piece is looked up. A comma may be part of what a record is found by; here it parts nothing. */
static struct problem *look_up_all(struct request *rq, struct tx *tx, const struct import_column *c, struct id_cache *cache, struct parse *p,
	struct str cell, struct value *out, bool *fine)
{
	struct str pieces[FIELD_REFS_MAX];
	int n = field_split(rq->arena, cell, ";；", pieces, FIELD_REFS_MAX);
	struct value *items = arena_array(rq->arena, (size_t)(n < 0 ? 0 : n) + 1, sizeof *items);
	size_t kept = 0;
	*fine = n >= 0;
	if (!*fine) FAULT(p->faults, p->pointer, "too_many_items", "max", arena_printf(rq->arena, "%d", FIELD_REFS_MAX));
	for (int i = 0; *fine && i < n; i++) {
		struct value one;
		bool twice = false;
		TRY(look_up(rq, tx, c, cache, p, pieces[i], &one, fine));
		for (size_t k = 0; *fine && k < kept; k++) twice = twice || items[k].as.i == one.as.i;
		if (*fine && !twice) items[kept++] = one;
	}
	if (*fine && kept) *out = (struct value){ .kind = VALUE_LIST, .as.list = { items, kept } };
	return NULL;
}

static struct problem *read_cell(struct request *rq, struct tx *tx, const struct import_map *m, const struct import_column *c,
	struct id_cache *cache, struct import_line *line, struct value *out, bool *fine)
{
	struct codec codec = request_codec(rq);
	struct parse p = { .arena = rq->arena, .codec = &codec, .faults = &line->faults, .pointer = c->pointer, .round = c->round };
	struct str cell = clean(rq, m, c, line);
	p.format = format_of(m, c, cell);
	*out = VALUE_NONE;
	*fine = true;
	if (!cell.n) return NULL;
	if (m->workbook && xlsx_is_error(cell)) {
		FAULT(p.faults, p.pointer, "import_cell_error", "value", str_dup(rq->arena, cell));
		*fine = false;
		return NULL;
	}
	if (c->by && c->field->type->storage == STORE_VALUES) return look_up_all(rq, tx, c, cache, &p, cell, out, fine);
	if (c->by) return look_up(rq, tx, c, cache, &p, cell, out, fine);
	*fine = c->field->type->read_text(&p, c->field, cell, out);
	if (!*fine) field_say(&line->faults, c->field, rq->language);
	return NULL;
}

/* ---- the key ---- */

/* "1" and "1.0", "1.3.2026" and "01.03.2026": what reads as the same value is the same key. */
static struct str key_text(struct request *rq, const struct import_map *m, const struct import_column *c, const struct import_line *line)
{
	struct str cell = clean(rq, m, c, line);
	if (!cell.n || c->by) return cell;
	struct codec codec = request_codec(rq);
	struct faults ignored = { .arena = rq->arena, .limit = 1 };
	struct parse p = { .arena = rq->arena, .codec = &codec, .faults = &ignored, .pointer = "", .round = c->round, .format = format_of(m, c, cell) };
	struct value v;
	if (!c->field->type->read_text(&p, c->field, cell, &v)) return cell;
	if (v.kind == VALUE_TEXT) return v.as.s;
	struct sb out = sb_on(rq->arena, 1 << 21);
	field_write_text(&out, c->field, &codec, &v, false);
	return sb_str(&out);
}

uint64_t import_key_hash(struct request *rq, const struct import_map *m, const struct import_line *line)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < m->n; i++)
		if (m->columns[i].key) hash = hash * 31 + str_hash(key_text(rq, m, &m->columns[i], line));
	return hash;
}

/* ---- one line ---- */

static void give(struct import_values *to, const struct field *f, const char *pointer, const struct value *v, bool fine)
{
	to->input.fields[to->input.n++] = (struct input_field){ .field = f, .value = *v, .refused = !fine, .pointer = pointer };
}

static void give_key(const struct import_map *m, struct import_line *line, const struct field *f, const struct value *v)
{
	for (size_t i = 0; i < m->key_count; i++)
		if (m->key[i] == f) line->key[i] = *v;
}

static void read_constant(struct request *rq, const struct import_map *m, const struct import_constant *k, struct import_line *line)
{
	struct codec codec = request_codec(rq);
	struct parse p = { .arena = rq->arena, .codec = &codec, .faults = &line->faults, .pointer = pointer_join(rq->arena, "", str_of(k->field->name)) };
	struct value v = VALUE_NONE;
	bool fine = k->value->kind == JSON_NULL || k->field->type->read_json(&p, k->field, k->value, &v);
	give(k->row ? &line->row : &line->record, k->field, p.pointer, &v, fine);
	if (!k->row) give_key(m, line, k->field, &v);
}

static struct problem *read_cells(struct request *rq, struct tx *tx, const struct import_map *m, struct id_cache *cache, struct import_line *line)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct import_column *c = &m->columns[i];
		struct value v;
		bool fine;
		TRY(read_cell(rq, tx, m, c, cache, line, &v, &fine));
		if (c->key) give_key(m, line, c->field, &v);
		if (c->row) give(&line->row, c->field, c->pointer, &v, fine);
		else if (!m->table || m->whole) give(&line->record, c->field, c->pointer, &v, fine);
	}
	line->record.given = line->record.input.n;
	line->row.given = line->row.input.n;
	return NULL;
}

/* Cells that no column of the header is above. */
static void check_width(struct request *rq, const struct import_map *m, struct import_line *line)
{
	size_t i = m->file_columns;
	while (i < line->n && !line->cells[i].n) i++;
	if (i >= line->n) return;
	const char *count = arena_printf(rq->arena, "%zu", line->n), *max = arena_printf(rq->arena, "%zu", m->file_columns);
	if (m->workbook) FAULT(&line->faults, "", "import_cells_beside", "count", count, "max", max);
	else FAULT(&line->faults, "", "import_cells", "count", count, "max", max);
}

struct problem *import_line_read(struct request *rq, struct tx *tx, const struct import_map *m, struct id_cache *cache, struct import_line *line)
{
	check_width(rq, m, line);
	line->record.input.fields = arena_array(rq->arena, m->n + m->constant_count + 1, sizeof(struct input_field)); /* and the rows */
	line->row.input.fields = arena_array(rq->arena, m->n + m->constant_count, sizeof(struct input_field));
	line->key = arena_array(rq->arena, m->key_count ? m->key_count : 1, sizeof *line->key);
	TRY(read_cells(rq, tx, m, cache, line));
	for (size_t i = 0; i < m->constant_count; i++) read_constant(rq, m, &m->constants[i], line);
	bool keyed = !m->key_count;
	for (size_t k = 0; k < m->key_count; k++) keyed = keyed || !value_is_null(&line->key[k]);
	if (!keyed && !line->faults.count) FAULT(&line->faults, pointer_join(rq->arena, "", str_of(m->key[0]->name)), "import_key_empty");
	if (line->again) FAULT(&line->faults, pointer_join(rq->arena, "", str_of(m->key[0]->name)), "import_record_again");
	return NULL;
}

void import_forget_empty(const struct import_map *m, struct import_values *values)
{
	struct input *in = &values->input;
	size_t kept = 0, given = values->given;
	for (size_t i = 0; i < in->n; i++) {
		bool forget = i < given && !m->empty_said && value_is_null(&in->fields[i].value) && !in->fields[i].refused;
		if (forget) values->given--;
		else in->fields[kept++] = in->fields[i];
	}
	in->n = kept;
}

bool import_has_row(const struct import_line *line)
{
	for (size_t i = 0; i < line->row.given; i++)
		if (!value_is_null(&line->row.input.fields[i].value) || line->row.input.fields[i].refused) return true;
	return false;
}

/* ---- sub-rows ---- */

static bool same_row(const struct import_map *m, const struct record *stored, const struct input *row)
{
	for (size_t k = 0; k < m->row_key_count; k++) {
		const struct value *given = NULL;
		for (size_t i = 0; i < row->n; i++)
			if (row->fields[i].field == m->row_key[k]) given = &row->fields[i].value;
		if (!given || !value_same(given, &stored->values[m->row_key[k]->index])) return false;
	}
	return true;
}

int64_t import_row_id(const struct import_map *m, const struct record *parent, const struct input *row)
{
	const struct record_rows *rows = &parent->rows[m->table->index];
	for (size_t r = 0; r < rows->n && m->row_key_count; r++)
		if (same_row(m, rows->items[r], row)) return rows->items[r]->id;
	return 0;
}
