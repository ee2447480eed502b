/* Indexes, the search index and reporting views: nothing in them is a value, so they simply follow
 * the definitions. An index whose statement changed is built under another name before the swap and
 * the old one is dropped after it; a unique index that is no longer wanted goes at the swap itself,
 * because the new app's writes must not meet it. */
#include "runtime/store/migration.h"
#include "runtime/store/search.h"

enum { INDEX_US_PER_ROW = 2 }; /* 1.0-1.7 s a million rows, measured; rounded up */

static bool name_in_use(const struct migration *m, const char *name) {
	for (size_t i = 0; i < m->base->n; i++)
		if (strcmp(m->base->items[i].place, name) == 0) return true;
	return false;
}

static const char *free_name(struct migration *m, const char *name) {
	const char *place = schema_name(m->arena, name);
	for (int i = 1; name_in_use(m, place); i++)
		place = schema_name(m->arena, arena_printf(m->arena, "%s__v%lld_%d", name,
							   (long long)m->version, i));
	return arena_strdup(m->next->arena, place);
}

static const char *columns_text(struct arena *a, const struct schema_index *index) {
	struct sb b = sb_on(a, 8192);
	for (size_t i = 0; i < index->n; i++)
		sb_printf(&b, "%s%s", i ? ", " : "", index->columns[i]);
	return arena_strdup(a, sb_cstr(&b));
}

/* The statement without the index's own name: two indexes alike in it are the same. */
static const char *index_shape(struct arena *a, const struct schema_index *index) {
	struct schema_index nameless = *index;
	nameless.name = "";
	return schema_index_ddl(a, &nameless, DIALECT_SQLITE);
}

static struct problem *build_step(struct migration *m, const struct form *form,
				  const struct schema_index *index) {
	struct plan_step *step = step_add(m, index->unique ? "add_unique" : "add_index", STEP_SAFE,
					  form->name, NULL);
	int64_t rows;
	step_param(m, step, "columns", columns_text(m->arena, index));
	TRY(count_rows(m, index->table, &rows));
	step->rows = rows;
	step->wait_ms = rows * INDEX_US_PER_ROW / 1000;
	if (step->wait_ms > 50) step->risk = STEP_SLOW;
	return NULL;
}

/* A key over columns that this plan makes cannot be counted yet: its index refuses when it is
 * built. */
static bool columns_exist(const struct migration *m, const struct schema_index *index) {
	for (size_t i = 0; i < index->n; i++) {
		bool old = false;
		for (size_t k = 0; k < m->base->n; k++)
			old = old || strcmp(m->base->items[k].place, index->columns[i]) == 0;
		if (!old) return false;
	}
	return true;
}

static struct problem *unique_step(struct migration *m, const struct schema_index *index) {
	struct plan_step *step = &m->plan->steps[m->plan->n - 1];
	if (!columns_exist(m, index)) return NULL;
	step->rows = 0;
	return count_duplicates(m, index, step);
}

static void build_add(struct migration *m, const struct schema_index *index) {
	struct schema_indexes *b = &m->build;
	if (b->n == b->room) {
		size_t room = b->room ? b->room * 2 : 16, size = sizeof *b->items;
		b->items = arena_grow(m->arena, b->items, b->n * size, room * size);
		b->room = room;
	}
	b->items[b->n++] = *index;
}

static void use_unique_name(struct form *form, const char *wanted, const char *name) {
	for (size_t i = 0; i < form->unique_count; i++)
		if (strcmp(form->uniques[i].index, wanted) == 0) form->uniques[i].index = name;
}

static struct problem *diff_index(struct migration *m, struct form *form,
				  struct schema_index index) {
	const char *shape = index_shape(m->arena, &index), *wanted = index.name;
	const struct known *k = registry_live(m->base, "index", wanted);
	if (k && strcmp(k->type, shape) == 0) {
		if (index.unique)
			use_unique_name(form, wanted, arena_strdup(m->next->arena, k->place));
		known_keep(m, k, wanted, shape);
		return NULL;
	}
	index.name = free_name(m, wanted);
	if (index.unique) use_unique_name(form, wanted, index.name);
	known_add(m, "index", wanted, wanted, shape, index.name);
	if (table_is_fresh(m, index.table)) {
		statements_add(&m->expand, schema_index_ddl(m->arena, &index, DIALECT_SQLITE));
		return NULL;
	}
	build_add(m, &index);
	TRY(build_step(m, form, &index));
	return index.unique ? unique_step(m, &index) : NULL;
}

static bool is_unique_shape(const char *shape) { return strncmp(shape, "CREATE UNIQUE", 13) == 0; }

static void drop_step(struct migration *m, const struct known *k) {
	bool unique = is_unique_shape(k->type);
	step_param(m, step_add(m, unique ? "drop_unique" : "drop_index", STEP_SAFE, NULL, NULL),
		   "index", k->place);
	statements_printf(unique ? &m->drop : &m->contract, "DROP INDEX IF EXISTS \"%s\"",
			  k->place);
}

/* ---- views and search ---- */

/* Two apps may want the same name: crm with form a_b, crm_a with form b. */
static const char *view_place(struct migration *m, const char *name) {
	for (size_t i = 0; i < m->base->other_count; i++)
		if (strcmp(m->base->others[i], name) == 0)
			return schema_name(m->arena,
					   arena_printf(m->arena, "%s__%s", name, m->next->name));
	return name;
}

static void diff_view(struct migration *m, const struct form *form) {
	const char *name = schema_view_name(m->arena, form);
	const struct known *k = registry_live(m->base, "view", name);
	const char *place = k ? k->place : view_place(m, name),
		   *ddl = schema_view_ddl(m->arena, form, place, DIALECT_SQLITE);
	if (k && strcmp(k->type, ddl) == 0) {
		known_keep(m, k, name, ddl);
		return;
	}
	known_add(m, "view", name, name, ddl, place);
	statements_add(&m->create_views, ddl);
}

static void diff_views(struct migration *m, const struct form *form) {
	diff_view(m, form);
	for (size_t i = 0; i < form->declared_count; i++)
		if (form->fields[i]->rows) diff_view(m, form->fields[i]->rows);
}

static void search_add(struct migration *m, const struct form *form) {
	note_form(m, &m->searches, &m->search_count, form);
}

static void statements_split(struct statements *out, const char *script) {
	for (const char *end; (end = strstr(script, ";\n")) != NULL; script = end + 2)
		statements_printf(out, "%.*s", (int)(end - script), script);
	if (*script) statements_add(out, script);
}

/* Formulas are computed past the index, which then has to be made anew. */
static bool computes_searched(const struct migration *m, const struct form *form) {
	const struct field *const *columns = NULL;
	size_t n = plan_computes(m, form) ? search_columns(form, &columns) : 0;
	for (size_t i = 0; i < n; i++)
		if (columns[i]->formula) return true;
	return false;
}

static struct problem *diff_search(struct migration *m, const struct form *form) {
	struct sb ddl = sb_on(m->arena, 1 << 20);
	search_ddl(form, &ddl);
	if (!ddl.n) return NULL;
	const char *text = arena_strdup(m->arena, sb_cstr(&ddl)),
		   *table = search_table(m->arena, form);
	const struct known *k = registry_live(m->base, "search", form->id);
	if (k && strcmp(k->type, text) == 0 && !computes_searched(m, form)) {
		known_keep(m, k, form->name, text);
		return NULL;
	}
	known_add(m, "search", form->id, form->name, text, table);
	if (k) m->fates[k - m->base->items] = FATE_REPLACED;
	if (k) statements_printf(&m->drop, "DROP TABLE IF EXISTS \"%s\"", k->place);
	if (table_is_fresh(m, form->table)) {
		statements_split(&m->expand, text);
		return NULL;
	}
	statements_split(&m->create_views, text);
	search_add(m, form);
	struct plan_step *step = step_add(m, "rebuild_search", STEP_SAFE, form->name, NULL);
	TRY(count_rows(m, form->table, &step->rows));
	if (step->rows) step->risk = STEP_SLOW;
	return NULL;
}

static struct problem *diff_form_indexes(struct migration *m, struct form *form) {
	struct schema_indexes wanted = { .arena = m->arena };
	schema_form_indexes(&wanted, form);
	for (size_t i = 0; i < wanted.n; i++) TRY(diff_index(m, form, wanted.items[i]));
	diff_views(m, form);
	return diff_search(m, form);
}

struct problem *plan_diff_indexes(struct migration *m) {
	for (size_t i = 0; i < m->next->form_count; i++)
		TRY(diff_form_indexes(m, m->next->forms[i]));
	for (size_t i = 0; i < m->base->n; i++) {
		const struct known *k = &m->base->items[i];
		if (m->fates[i] != FATE_LEFT) continue;
		if (strcmp(k->owner, "index") == 0) drop_step(m, k);
		if (strcmp(k->owner, "view") == 0)
			statements_printf(&m->drop_views, "DROP VIEW IF EXISTS \"%s\"", k->place);
		if (strcmp(k->owner, "search") == 0)
			statements_printf(&m->contract, "DROP TABLE IF EXISTS \"%s\"", k->place);
	}
	return NULL;
}
