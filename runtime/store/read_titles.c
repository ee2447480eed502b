/* read_titles.c -- the text a person sees for a value that is a code or an id: titles of linked
 * records by their form's template, labels of enum values, people and departments. Templates are
 * read with the reader's rights: what he may not see of a linked record is left out of its title,
 * and a record he may not see has none. */
#include "runtime/model/currency.h"
#include "runtime/store/read_internal.h"

enum { TITLE_DEPTH = 3, TITLE_MAX = 4096 };

struct titling {
	struct request *rq;
	struct tx *tx;
	int depth;
};

/* ids: as ids_once leaves them. */
static struct problem *titles_of(const struct titling *t, const struct form *form,
				 const int64_t *ids, size_t n, const char **titles);

static bool titled(const struct field *f) {
	enum type_kind kind = f->value_type.kind;
	return f->target || f->enumeration || kind == TYPE_USER || kind == TYPE_DEPT ||
	       f->type->flags & FT_HTML;
}

static const char *shown(struct request *rq, const struct field *f, const struct value *v) {
	const struct codec codec = request_codec(rq);
	struct sb text = sb_on(rq->arena, TITLE_MAX);
	field_write_text(&text, f, &codec, v, true);
	return sb_cstr(&text);
}

/* ---- ids of one field over many rows, each asked once ---- */

/* titles[i] of ids[i], where ids may repeat and be 0. */
static struct problem *titles_over(const struct titling *t, const struct form *form,
				   const int64_t *ids, size_t n, const char **titles) {
	struct arena *a = t->rq->arena;
	int64_t *once = arena_array(a, n + 1, sizeof *once);
	for (size_t i = 0; i < n; i++) once[i] = ids[i];
	size_t count = ids_once(once, n);
	const char **texts = arena_array(a, count + 1, sizeof *texts);
	TRY(titles_of(t, form, once, count, texts));
	for (size_t i = 0; i < n; i++)
		if (ids[i]) titles[i] = texts[ids_place(once, count, ids[i])];
	return NULL;
}

/* ---- the template ---- */

static const struct field *first_text(const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->type->storage == STORE_TEXT) return form->fields[i];
	return NULL;
}

static bool single(const struct expr_path *path) {
	const struct field *last = path->length ? path->fields[path->length - 1] : NULL;
	return path->root == ROOT_RECORD && last && !path->type.list &&
	       path->type.kind != TYPE_ROWS && last->type->storage != STORE_VALUES;
}

static bool may_ask(struct query *q, const struct expr_path *path) {
	const struct field **fields;
	size_t length;
	struct sb text = sb_on(q->arena, TITLE_MAX);
	for (size_t i = 0; i < path->length; i++)
		sb_printf(&text, "%s%s", i ? "." : "",
			  ((const struct field *)path->fields[i])->name);
	return !query_resolve(q, sb_str(&text), "title", false, &fields, &length);
}

static void ask_path(struct query *q, const struct expr_path *path) {
	if (!single(path) || !may_ask(q, path)) return;
	size_t at = query_path(q, (const struct field *const *)path->fields, path->length);
	q->columns[q->column_count++] = (struct query_column){ .path = at, .key = path->text };
}

/* The field that names the currency of an amount, or NULL. */
static const struct field *currency_field(const struct expr_path *path) {
	const struct field *f = path->length ? path->fields[path->length - 1] : NULL;
	return f ? f->currency_from : NULL;
}

/* The path of that field, beside the amount's; a lookup stands for its own path. */
static struct expr_path beside_it(struct arena *a, const struct expr_path *path) {
	const struct field *named = currency_field(path);
	size_t n = path->length - 1, more = field_is_alias(named) ? named->lookup_length : 1;
	const void **fields = arena_array(a, n + more, sizeof *fields);
	for (size_t i = 0; i < n; i++) fields[i] = path->fields[i];
	for (size_t i = 0; i < more; i++)
		fields[n + i] = field_is_alias(named) ? named->lookup[i] : named;
	return (struct expr_path){ .root = ROOT_RECORD,
				   .fields = fields,
				   .length = n + more,
				   .type = named->value_type,
				   .text = named->name };
}

/* An amount is read with the currency its record names. */
static void ask_currency(struct query *q, const struct expr_path *path) {
	if (single(path) && currency_field(path)) {
		const struct expr_path beside = beside_it(q->arena, path);
		ask_path(q, &beside);
	}
}

static struct query *title_query(const struct titling *t, const struct form *form,
				 const int64_t *ids, size_t n) {
	struct query *q = query_new(t->rq, form);
	q->named = true;
	q->ids = ids;
	q->id_count = n;
	q->limit = (int64_t)n;
	q->columns = arena_array(q->arena, 2 * form->paths.count + 1, sizeof *q->columns);
	for (size_t i = 0; form->title && i < form->paths.count; i++)
		if (expr_uses(form->title, i)) ask_path(q, &form->paths.items[i]);
	for (size_t i = 0; form->title && i < form->paths.count; i++)
		if (expr_uses(form->title, i)) ask_currency(q, &form->paths.items[i]);
	const struct field *text = form->title ? NULL : first_text(form);
	const void *handle = text;
	if (text)
		ask_path(q, &(struct expr_path){ .root = ROOT_RECORD,
						 .fields = &handle,
						 .length = 1,
						 .text = text->name });
	return q;
}

/* Codes in a template are shown as people read them. */
static struct problem *show_column(const struct titling *t, const struct query *q, size_t column,
				   struct read_page *page) {
	const struct expr_path *path = &q->paths.items[q->columns[column].path];
	const struct field *f = path->fields[path->length - 1];
	int64_t *ids = arena_array(t->rq->arena, page->n + 1, sizeof *ids);
	const char **titles = arena_array(t->rq->arena, page->n + 1, sizeof *titles);
	if (!titled(f)) return NULL;
	for (size_t i = 0; i < page->n; i++) {
		struct value *v = &page->columns[i][column];
		if (v->kind == VALUE_REF)
			ids[i] = v->as.i;
		else if (v->kind != VALUE_NULL)
			titles[i] = shown(t->rq, f, v);
	}
	const struct titling deeper = { t->rq, t->tx, t->depth + 1 };
	if (f->target && deeper.depth < TITLE_DEPTH)
		TRY(titles_over(&deeper, f->target, ids, page->n, titles));
	for (size_t i = 0; i < page->n; i++)
		page->columns[i][column] = value_text(str_of(titles[i]));
	return NULL;
}

static bool same_fields(const struct expr_path *a, const struct expr_path *b) {
	bool same = a->root == b->root && a->length == b->length;
	for (size_t i = 0; same && i < a->length; i++) same = a->fields[i] == b->fields[i];
	return same;
}

/* The code an amount's record names, as far as the reader sees it; else the one of the field. */
static struct str code_of(const struct titling *t, const struct query *q,
			  const struct expr_path *path, const struct value *row) {
	const struct field *named = currency_field(path),
			   *f = path->fields[path->length - 1];
	if (!named) return str_of(f->currency);
	const struct expr_path beside = beside_it(t->rq->arena, path);
	for (size_t i = 0; i < q->column_count; i++) {
		const struct value *v = &row[i];
		if (v->kind == VALUE_NULL ||
		    !same_fields(&beside, &q->paths.items[q->columns[i].path]))
			continue;
		const struct codec codec = request_codec(t->rq);
		struct sb text = sb_on(t->rq->arena, TITLE_MAX);
		field_write_text(&text, beside.fields[beside.length - 1], &codec, v, false);
		return str_of(sb_cstr(&text));
	}
	return (struct str){ NULL, 0 };
}

static bool is_amount(const struct query *q, size_t column) {
	const struct expr_path *path = &q->paths.items[q->columns[column].path];
	const struct type *t = &((const struct field *)path->fields[path->length - 1])->value_type;
	return t->kind == TYPE_DECIMAL && t->unit == UNIT_MONEY && !t->list;
}

/* What all amounts of a template are in; nothing where they differ. */
static struct str common_code(const struct titling *t, const struct query *q,
			      const struct value *row) {
	struct str common = { NULL, 0 };
	bool first = true;
	for (size_t i = 0; i < q->column_count; i++) {
		if (!is_amount(q, i)) continue;
		struct str code = code_of(t, q, &q->paths.items[q->columns[i].path], row);
		if (!first && !str_eq(code, common)) return (struct str){ NULL, 0 };
		common = code;
		first = false;
	}
	return common;
}

/* expr_frame.show: amounts, their currency being *context. */
static bool show_amount(const void *context, const struct type *type, const struct value *v,
			struct sb *out) {
	const struct str *code = context;
	char digits[DECIMAL_TEXT_MAX];
	struct decimal d;
	if (type->unit != UNIT_MONEY || type->list || v->kind == VALUE_NULL) return false;
	d = v->kind == VALUE_DECIMAL ? v->as.d : decimal_of(v->as.i);
	if (d.scale < type->scale && decimal_rescale(d, type->scale, &d) != DECIMAL_OK) return false;
	size_t n = decimal_text(d, digits);
	currency_amount(out, (struct str){ digits, n }, *code);
	return true;
}

static const char *by_template(struct request *rq, const struct form *form, const struct query *q,
			       const struct value *columns, const struct str *code) {
	struct value *slots = request_slots(rq, &form->paths), out = VALUE_NONE;
	for (size_t i = 0; i < form->paths.count; i++)
		for (size_t k = 0; k < q->column_count; k++)
			if (same_fields(&form->paths.items[i], &q->paths.items[q->columns[k].path]))
				slots[i] = columns[k];
	struct expr_frame frame = request_frame(rq, slots);
	frame.show = show_amount;
	frame.show_context = code;
	if (expr_eval(rq->arena, form->title, &frame, &out) || out.kind != VALUE_TEXT)
		return NULL; /* a template that cannot be computed shows the id */
	/* A part that is empty, or not to be seen, leaves no blank at the edge. */
	return str_dup(rq->arena, str_trim(out.as.s));
}

static const char *title_of(struct request *rq, const struct form *form, const struct query *q,
			    const struct read_page *page, size_t row, const struct str *code) {
	const char *text = NULL;
	if (form->title)
		text = by_template(rq, form, q, page->columns[row], code);
	else if (q->column_count && page->columns[row][0].kind == VALUE_TEXT)
		text = str_dup(rq->arena, page->columns[row][0].as.s);
	return text && *text ? text
			     : arena_printf(rq->arena, "%lld", (long long)page->records[row]->id);
}

static struct problem *titles_of(const struct titling *t, const struct form *form,
				 const int64_t *ids, size_t n, const char **titles) {
	struct read_page page;
	struct query *q = title_query(t, form, ids, n);
	if (!n || !query_view(q, form)->known ||
	    !access_may(&query_view(q, form)->access, ACTION_READ))
		return NULL;
	TRY(permission_query(t->rq, q, ACTION_READ));
	TRY(read_page(t->rq, t->tx, q, &page));
	/* Before the columns say what the currency is called. */
	struct str *codes = arena_array(t->rq->arena, page.n + 1, sizeof *codes);
	for (size_t i = 0; i < page.n; i++) codes[i] = common_code(t, q, page.columns[i]);
	for (size_t i = 0; i < q->column_count; i++) TRY(show_column(t, q, i, &page));
	for (size_t i = 0; i < page.n; i++)
		titles[ids_place(ids, n, page.records[i]->id)] =
			title_of(t->rq, form, q, &page, i, &codes[i]);
	return NULL;
}

struct problem *read_titles(struct request *rq, struct tx *tx, const struct form *form,
			    const int64_t *ids, size_t n, const char **titles) {
	const struct titling t = { rq, tx, 0 };
	memset(titles, 0, n * sizeof *titles);
	return titles_over(&t, form, ids, n, titles);
}

/* ---- titles of a page's own fields ---- */

static struct problem *linked_titles(struct request *rq, struct tx *tx, const struct field *f,
				     struct record **records, size_t n) {
	int64_t *ids = arena_array(rq->arena, n + 1, sizeof *ids);
	const char **titles = arena_array(rq->arena, n + 1, sizeof *titles);
	for (size_t i = 0; i < n; i++)
		if (records[i]->values[f->index].kind == VALUE_REF)
			ids[i] = records[i]->values[f->index].as.i;
	TRY(read_titles(rq, tx, f->target, ids, n, titles));
	for (size_t i = 0; i < n; i++) records[i]->titles[f->index] = titles[i];
	return NULL;
}

/* Of a list: a title an item, and all of them as one text. */
static void items_titles(struct request *rq, const struct field *f, struct record *r,
			 const char **titles) {
	size_t n = r->values[f->index].as.list.n;
	struct sb text = sb_on(rq->arena, TITLE_MAX * (n + 1));
	for (size_t i = 0; i < n; i++)
		sb_printf(&text, "%s%s", !i ? "" : rq->language == LANGUAGE_ZH ? "、" : ", ",
			  titles[i] ? titles[i] : "");
	if (!r->item_titles)
		r->item_titles =
			arena_array(rq->arena, r->form->field_count, sizeof *r->item_titles);
	r->item_titles[f->index] = titles;
	r->titles[f->index] = sb_cstr(&text);
}

static struct value_list list_in(const struct record *r, const struct field *f) {
	static const struct value_list none;
	const struct value *v = &r->values[f->index];
	return v->kind == VALUE_LIST ? v->as.list : none;
}

/* The items of all records are asked for at once. */
static struct problem *lists_titles(struct request *rq, struct tx *tx, const struct field *f,
				    struct record **records, size_t n) {
	size_t count = 0, at = 0;
	for (size_t i = 0; i < n; i++) count += list_in(records[i], f).n;
	int64_t *ids = arena_array(rq->arena, count + 1, sizeof *ids);
	const char **titles = arena_array(rq->arena, count + 1, sizeof *titles);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list_in(records[i], f).n; k++)
			ids[at++] = list_in(records[i], f).items[k].as.i;
	TRY(read_titles(rq, tx, f->target, ids, count, titles));
	for (size_t i = 0, from = 0; i < n; from += list_in(records[i++], f).n)
		if (list_in(records[i], f).n) items_titles(rq, f, records[i], titles + from);
	return NULL;
}

/* A record's own title stands at its id. Rows of a sub-table have none. */
static struct problem *own_titles(struct request *rq, struct tx *tx, struct record **records,
				  size_t n) {
	int64_t *ids = arena_array(rq->arena, n + 1, sizeof *ids);
	const char **titles = arena_array(rq->arena, n + 1, sizeof *titles);
	if (!n || records[0]->form->parent) return NULL;
	const struct form *form = records[0]->form;
	for (size_t i = 0; i < n; i++) ids[i] = records[i]->id;
	TRY(read_titles(rq, tx, form, ids, n, titles));
	for (size_t i = 0; i < n; i++)
		records[i]->titles[form_system(form, SYSTEM_ID)->index] = titles[i];
	return NULL;
}

struct problem *read_page_titles(struct request *rq, struct tx *tx,
				 const struct field *const *fields, size_t count,
				 struct record **records, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (!records[i]->titles)
			records[i]->titles = arena_array(rq->arena, records[i]->form->field_count,
							 sizeof *records[i]->titles);
	for (size_t k = 0; k < count; k++) {
		const struct field *f = fields[k];
		if (f->target && f->value_type.list)
			TRY(lists_titles(rq, tx, f, records, n));
		else if (f->target)
			TRY(linked_titles(rq, tx, f, records, n));
		for (size_t i = 0; titled(f) && !f->target && i < n; i++)
			if (!value_is_null(&records[i]->values[f->index]))
				records[i]->titles[f->index] =
					shown(rq, f, &records[i]->values[f->index]);
	}
	return own_titles(rq, tx, records, n);
}

static struct problem *rows_titles(struct request *rq, struct tx *tx, const struct field *table,
				   struct record **records, size_t n) {
	struct record_rows all = read_all_rows(rq->arena, table, records, n);
	if (!all.n) return NULL;
	return read_page_titles(rq, tx, (const struct field *const *)table->rows->fields,
				table->rows->declared_count, all.items, all.n);
}

struct problem *read_tables_titles(struct request *rq, struct tx *tx,
				   const struct field *const *tables, size_t count,
				   struct record **records, size_t n) {
	for (size_t i = 0; i < count; i++)
		if (tables[i]->rows) TRY(rows_titles(rq, tx, tables[i], records, n));
	return NULL;
}

struct problem *read_record_titles(struct request *rq, struct tx *tx, struct record *r) {
	const struct field *const *fields = (const struct field *const *)r->form->fields;
	TRY(read_page_titles(rq, tx, fields, r->form->field_count, &r, 1));
	return read_tables_titles(rq, tx, fields, r->form->declared_count, &r, 1);
}
