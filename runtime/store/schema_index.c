/* Which indexes an app needs, told from its definitions alone:
 *   unique keys; references; `index` fields; multi-values by value; rows by parent; the keys of
 * duplicate rules; owner and
 * department where a role's scope asks for them; one index a saved view: fields compared with ==,
 * then the sort field, then a range field. An index whose columns begin another one of the same
 * table is left out. */
#include "runtime/store/schema.h"

enum { VIEW_COLUMNS_MAX = 4, TERMS_MAX = 16 };

static const char *index_name(struct arena *a, const char *table, const char *const *columns,
			      size_t n) {
	struct sb b = sb_on(a, 4096);
	sb_printf(&b, "i_%s", table);
	for (size_t i = 0; i < n; i++) sb_printf(&b, "__%s", columns[i]);
	return schema_name(a, sb_cstr(&b));
}

static bool begins(const struct schema_index *shorter, const struct schema_index *longer) {
	if (strcmp(shorter->table, longer->table) != 0 || shorter->n > longer->n) return false;
	if (shorter->unique || shorter->live != longer->live) return false;
	for (size_t i = 0; i < shorter->n; i++)
		if (strcmp(shorter->columns[i], longer->columns[i]) != 0) return false;
	return true;
}

static void index_append(struct schema_indexes *out, struct schema_index index) {
	if (out->n == out->room) {
		size_t room = out->room ? out->room * 2 : 16, size = sizeof *out->items;
		out->items = arena_grow(out->arena, out->items, out->n * size, room * size);
		out->room = room;
	}
	out->items[out->n++] = index;
}

static void index_add(struct schema_indexes *out, struct schema_index index) {
	for (size_t i = 0; i < out->n; i++)
		if (begins(&index, &out->items[i])) return;
	size_t kept = 0;
	for (size_t i = 0; i < out->n; i++)
		if (!begins(&out->items[i], &index)) out->items[kept++] = out->items[i];
	out->n = kept;
	index_append(out, index);
}

static void index_on(struct schema_indexes *out, const char *table, bool live,
		     const char *const *columns, size_t n) {
	const char **copy = arena_array(out->arena, n, sizeof *copy);
	for (size_t i = 0; i < n; i++) copy[i] = columns[i];
	index_add(out, (struct schema_index){ .name = index_name(out->arena, table, columns, n),
					      .table = table,
					      .columns = copy,
					      .n = n,
					      .live = live });
}

static void unique_indexes(struct schema_indexes *out, const struct form *form) {
	for (size_t i = 0; i < form->unique_count && !form->parent; i++) {
		const struct unique_key *key = &form->uniques[i];
		const char **columns = arena_array(out->arena, key->n, sizeof *columns);
		for (size_t k = 0; k < key->n; k++) columns[k] = key->fields[k]->column;
		index_append(out, (struct schema_index){ .name = key->index,
							 .table = form->table,
							 .columns = columns,
							 .n = key->n,
							 .unique = true,
							 .live = true });
	}
}

static void field_indexes(struct schema_indexes *out, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (f->type->storage == STORE_VALUES)
			index_on(out, f->column, false, (const char *const[]){ "value", "record" },
				 2);
		else if (schema_is_column(f) && (f->target || f->indexed))
			index_on(out, form->table, !form->parent, &f->column, 1);
		if (f->indexed && f->sort_column)
			index_on(out, form->table, true, &f->sort_column, 1);
	}
}

/* What sums cannot be kept up by adding: the least, the most, the mean and how many different ones
 * are read from an index alone. */
static void rollup_indexes(struct schema_indexes *out, const struct form *form) {
	for (size_t i = 0; i < form->feed_count; i++) {
		const struct rollup *r = form->feeds[i]->rollup;
		if (r->agg == ROLLUP_SUM || r->agg == ROLLUP_COUNT) continue;
		index_on(out, r->of->table, !r->of->parent,
			 (const char *const[]){ r->by->column, r->field->column }, 2);
	}
}

/* What a duplicate rule looks for, the key of each of its fields. */
static void duplicate_indexes(struct schema_indexes *out, const struct form *form) {
	for (size_t i = 0; i < form->duplicate_count; i++) {
		const struct duplicate_rule *rule = &form->duplicates[i];
		const char **columns = arena_array(out->arena, rule->n, sizeof *columns);
		for (size_t k = 0; k < rule->n; k++) columns[k] = match_column(&rule->matches[k]);
		index_on(out, form->table, true, columns, rule->n);
	}
}

static bool scope_asks_dept(enum scope s) { return s == SCOPE_DEPT || s == SCOPE_DEPT_TREE; }

static bool scope_asks_owner(enum scope s) { return s == SCOPE_OWN || s == SCOPE_SUBORDINATES; }

static void role_indexes(struct schema_indexes *out, const struct form *form) {
	bool owner = false, dept = false;
	for (size_t i = 0; form->app && i < form->app->role_count; i++) {
		const struct role *role = form->app->roles[i];
		for (size_t k = 0; k < role->grant_count; k++) {
			if (role->grants[k].form != form) continue;
			owner = owner || scope_asks_owner(role->grants[k].read);
			dept = dept || scope_asks_dept(role->grants[k].read);
		}
	}
	if (owner) index_on(out, form->table, true, (const char *const[]){ "owner" }, 1);
	if (dept) index_on(out, form->table, true, (const char *const[]){ "dept" }, 1);
}

struct columns {
	const char *items[VIEW_COLUMNS_MAX];
	size_t n;
};

static void columns_put(struct columns *c, const char *column) {
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->items[i], column) == 0) return;
	if (c->n < VIEW_COLUMNS_MAX) c->items[c->n++] = column;
}

/* The stored column of a path that is one field of the record itself, or NULL. */
static const char *path_column(const struct form *form, size_t path) {
	const struct expr_path *p = &form->paths.items[path];
	if (p->root != ROOT_RECORD || p->length != 1) return NULL;
	const struct field *f = p->fields[0];
	bool stored = f->type->storage == STORE_INTEGER || f->type->storage == STORE_TEXT;
	return stored && f->form == form && f->system != SYSTEM_ID ? f->column : NULL;
}

static void filter_columns(struct columns *c, const struct view *view, const struct form *form,
			   bool range) {
	struct expr_term terms[TERMS_MAX];
	size_t n = view->filter ? expr_terms(view->filter, terms, TERMS_MAX) : 0;
	for (size_t i = 0; i < n && i < TERMS_MAX; i++) {
		if (range ? terms[i].kind != TERM_RANGE : terms[i].kind != TERM_EQ) continue;
		const char *column = path_column(form, terms[i].path);
		if (column) columns_put(c, column);
	}
}

static void sort_column(struct columns *c, const struct view *view, const struct form *form) {
	const struct json *sort = json_get(view->json, "sort");
	if (!sort || sort->kind != JSON_ARRAY || !sort->n) return;
	struct str name = json_str(&sort->items[0]);
	if (name.n && name.p[0] == '-') name = (struct str){ name.p + 1, name.n - 1 };
	const struct field *f = form_field(form, name);
	if (!f || f->system == SYSTEM_ID || f->system == SYSTEM_DELETED_AT) return;
	if (f->type->storage == STORE_INTEGER || f->type->storage == STORE_TEXT)
		columns_put(c, f->sort_column ? f->sort_column : f->column);
}

static void view_indexes(struct schema_indexes *out, const struct form *form) {
	for (size_t i = 0; i < form->view_count; i++) {
		struct columns c = { .n = 0 };
		filter_columns(&c, &form->views[i], form, false);
		sort_column(&c, &form->views[i], form);
		if (c.n < VIEW_COLUMNS_MAX) filter_columns(&c, &form->views[i], form, true);
		if (c.n) index_on(out, form->table, true, c.items, c.n);
	}
}

static void rows_indexes(struct schema_indexes *out, const struct form *form) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct form *rows = form->fields[i]->rows;
		if (!rows) continue;
		index_on(out, rows->table, false, (const char *const[]){ "parent", "pos" }, 2);
		field_indexes(out, rows);
	}
}

void schema_form_indexes(struct schema_indexes *out, const struct form *form) {
	unique_indexes(out, form);
	field_indexes(out, form);
	duplicate_indexes(out, form);
	role_indexes(out, form);
	view_indexes(out, form);
	rows_indexes(out, form);
	rollup_indexes(out, form);
}

const char *schema_index_ddl(struct arena *a, const struct schema_index *index,
			     enum dialect dialect) {
	struct sb b = sb_on(a, 8192);
	sb_printf(&b, "CREATE %sINDEX \"%s\" ON \"%s\" (", index->unique ? "UNIQUE " : "",
		  index->name, index->table);
	for (size_t i = 0; i < index->n; i++)
		sb_printf(&b, "%s\"%s\"", i ? ", " : "", index->columns[i]);
	/* Lists page by the sort field and then by id; SQLite's indexes end with the id anyway. */
	if (dialect == DIALECT_POSTGRES && index->live && !index->unique) sb_cat(&b, ", \"id\"");
	sb_cat(&b, index->live ? ") WHERE \"deleted_at\" IS NULL" : ")");
	return arena_strdup(a, sb_cstr(&b));
}
