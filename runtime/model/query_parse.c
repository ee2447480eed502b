/* query_parse.c -- the parameters of a list (definitions.md "HTTP API") to a query. */
#include "runtime/model/query.h"

enum { FIELDS_MAX = 200, SEARCH_MAX_CHARACTERS = 100 };

static struct problem *malformed(struct query *q, const char *parameter, const char *code,
				 const char *name, const char *value) {
	struct problem *p = PROBLEM(q->arena, MALFORMED, code, name, value, "parameter", parameter);
	p->pointer = parameter;
	return p;
}

static struct str take_part(struct str *rest) {
	const char *comma = rest->n ? memchr(rest->p, ',', rest->n) : NULL;
	size_t n = comma ? (size_t)(comma - rest->p) : rest->n;
	struct str part = str_trim((struct str){ rest->p, n });
	*rest = comma ? (struct str){ comma + 1, rest->n - n - 1 } : (struct str){ NULL, 0 };
	return part;
}

/* ---- filter ---- */

static struct problem *parse_filter(struct query *q, struct str text) {
	if (!str_trim(text).n) return NULL;
	const struct expr_scope scope = { .catalogue = &query_catalogue,
					  .form = query_view(q, q->form),
					  .no_old = true };
	const struct type condition = { .kind = TYPE_BOOL };
	struct problem *p = expr_compile(q->arena, text, &scope, &condition, &q->paths, &q->filter);
	if (p) p->pointer = "filter";
	return p;
}

/* ---- sort ---- */

static struct problem *parse_sort_key(struct query *q, struct str part) {
	const struct field **fields;
	size_t length;
	bool descending = str_starts(part, STR("-"));
	struct str path = descending ? (struct str){ part.p + 1, part.n - 1 } : part;
	TRY(query_resolve(q, path, "sort", true, &fields, &length));
	if (!(fields[length - 1]->type->flags & FT_SORT))
		return malformed(q, "sort", "not_sortable", "field", str_dup(q->arena, path));
	q->sort[q->sort_count++] = (struct query_sort){ query_path(q, fields, length), descending };
	return NULL;
}

static struct problem *parse_sort(struct query *q, struct str text) {
	if (!str_trim(text).n) return NULL;
	for (struct str rest = text; rest.p;) {
		if (q->sort_count == QUERY_SORT_MAX)
			return malformed(q, "sort", "too_many_sort_keys", "max",
					 arena_printf(q->arena, "%d", QUERY_SORT_MAX));
		TRY(parse_sort_key(q, take_part(&rest)));
	}
	return NULL;
}

/* ---- fields ---- */

static bool has_column(const struct query *q, const struct query_column *c) {
	for (size_t i = 0; i < q->column_count; i++)
		if (q->columns[i].path == c->path && q->columns[i].lookup == c->lookup) return true;
	return false;
}

static void add_table(struct query *q, const struct field *f) {
	for (size_t i = 0; i < q->table_count; i++)
		if (q->tables[i] == f) return;
	q->tables[q->table_count++] = f;
}

static struct problem *parse_field(struct query *q, struct str part) {
	const struct field **fields;
	size_t length;
	TRY(query_resolve(q, part, "fields", false, &fields, &length));
	const struct field *last = fields[length - 1];
	enum storage storage = last->type->storage;
	const struct field *own = form_field(q->form, part);
	bool lookup = own && field_is_alias(own);
	if (length > 1 && (storage == STORE_ROWS || (storage == STORE_VALUES && !lookup)))
		return malformed(q, "fields", "list_behind_reference", "field",
				 str_dup(q->arena, part));
	if (length == 1 && (last->system == SYSTEM_ID || last->system == SYSTEM_REV))
		return NULL; /* they always come */
	if (storage == STORE_ROWS) {
		add_table(q, last);
		return NULL;
	}
	struct query_column c = { query_path(q, fields, length), NULL, NULL };
	c.key = own ? own->name : str_dup(q->arena, part);
	if (lookup) c.lookup = own;
	if (!has_column(q, &c)) q->columns[q->column_count++] = c;
	return NULL;
}

static struct problem *parse_fields(struct query *q, struct str text) {
	if (!str_trim(text).n) return NULL;
	q->named = true;
	q->columns = arena_array(q->arena, FIELDS_MAX, sizeof *q->columns);
	q->tables = arena_array(q->arena, FIELDS_MAX + 1, sizeof *q->tables);
	size_t n = 0;
	for (struct str rest = text; rest.p;) {
		if (n++ == FIELDS_MAX)
			return malformed(q, "fields", "too_many_fields", "max",
					 arena_printf(q->arena, "%d", FIELDS_MAX));
		TRY(parse_field(q, take_part(&rest)));
	}
	return NULL;
}

/* A name that is no sub-table the actor may know of is an unknown one. */
static struct problem *parse_rows(struct query *q, struct str name) {
	const struct field **fields;
	size_t length;
	if (!name.n) return NULL;
	TRY(query_resolve(q, name, "rows", false, &fields, &length));
	if (length > 1 || fields[0]->type->storage != STORE_ROWS)
		return malformed(q, "rows", "import_rows_of", "field", str_dup(q->arena, name));
	if (!q->tables) q->tables = arena_array(q->arena, 1, sizeof *q->tables);
	add_table(q, fields[0]);
	q->table_rows = fields[0];
	return NULL;
}

/* ---- the rest ---- */

static struct problem *parse_limit(struct query *q, int64_t limit) {
	if (limit < 0 || limit > QUERY_LIMIT_MAX)
		return malformed(q, "limit", "bad_limit", "max",
				 arena_printf(q->arena, "%d", QUERY_LIMIT_MAX));
	q->limit = limit ? limit : QUERY_LIMIT_DEFAULT;
	return NULL;
}

/* A cursor already says where to go on: an offset beside it would count from nowhere. */
static struct problem *parse_offset(struct query *q, int64_t offset) {
	if (offset < 0 || offset > QUERY_OFFSET_MAX || (offset && q->after))
		return malformed(q, "offset", "bad_offset", "max",
				 arena_printf(q->arena, "%d", QUERY_OFFSET_MAX));
	q->offset = offset;
	return NULL;
}

static const struct {
	const char *word;
	enum query_count count;
} count_words[] = {
	{ "", COUNT_NONE },
	{ "0", COUNT_NONE },
	{ "1", COUNT_CAPPED },
	{ "exact", COUNT_EXACT },
};

static struct problem *parse_count(struct query *q, struct str text) {
	for (size_t i = 0; i < ARRAY_LEN(count_words); i++)
		if (str_is(text, count_words[i].word)) {
			q->count = count_words[i].count;
			return NULL;
		}
	return malformed(q, "count", "bad_count", "value", str_dup(q->arena, text));
}

static struct problem *parse_search(struct query *q, struct str text) {
	if (!utf8_valid(text)) return malformed(q, "q", "bad_text", "value", "");
	if (utf8_length(text) > SEARCH_MAX_CHARACTERS)
		return malformed(q, "q", "search_too_long", "max",
				 arena_printf(q->arena, "%d", SEARCH_MAX_CHARACTERS));
	q->search = (struct str){ str_dup(q->arena, text), text.n };
	return NULL;
}

struct problem *query_parse(struct request *rq, const struct form *form,
			    const struct query_text *text, struct query **out) {
	struct query *q = query_new(rq, form);
	q->action = text->action;
	if (!query_view(q, form)->known) return PROBLEM(q->arena, NOT_FOUND, "not_found");
	if (!access_may(&query_view(q, form)->access, q->action))
		return PROBLEM(q->arena, FORBIDDEN, "forbidden");
	TRY(parse_limit(q, text->limit));
	TRY(parse_count(q, text->count));
	TRY(parse_search(q, text->q));
	TRY(parse_fields(q, text->fields));
	TRY(parse_rows(q, text->rows));
	TRY(parse_sort(q, text->sort));
	TRY(parse_filter(q, text->filter));
	TRY(query_read_sums(q, text->sums, text->group));
	q->titles = text->titles;
	TRY(permission_query(rq, q, q->action));
	if (text->cursor.n) TRY(query_read_cursor(q, text->cursor));
	TRY(parse_offset(q, text->offset));
	*out = q;
	return NULL;
}
