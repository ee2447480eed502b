/* gather.c -- rows that are added many with one statement (tx_add). Starting and ending a statement
 * costs a third of what an inserted row does.
 * 1. Nobody can tell: what is gathered is written before any other statement that touches its table
 * (the authorizer names the tables), and before the transaction commits.
 * 2. A savepoint begins and ends with nothing gathered, so what it takes back is its own; a
 * rollback forgets what is gathered.
 * 3. Rows that may be refused (a unique key) are written before their member is judged. Lines that
 * cannot be are gathered over the members of a group.
 * 4. The values belong to the member; they live until its done(). */
#include <assert.h>
#include "runtime/store/backend.h"

enum { PARAMS_MAX = 4096, TEXT_MAX = 1024 * 1024 };

struct gathered {
	const struct tx_insert *insert;
	struct value *params;
	size_t n; /* rows */
	struct gathered *next;
};

/* OR FAIL: no journal of the statement's own; what is refused is undone with its member. */
static const char *many_text(struct arena *a, const char *one, size_t rows, size_t n) {
	static const char insert[] = "INSERT ", values[] = " VALUES ";
	const char *list = strstr(one, values);
	struct sb text = sb_on(a, TEXT_MAX);
	assert(list && strncmp(one, insert, strlen(insert)) == 0);
	sb_cat(&text, "INSERT OR FAIL ");
	sb_bytes(&text, one + strlen(insert), (size_t)(list - one) - strlen(insert));
	for (size_t row = 0; row < rows; row++) {
		sb_cat(&text, row ? ", " : values);
		for (size_t i = 0; i < n; i++)
			sb_printf(&text, "%s?%zu", i ? ", " : "(", row * n + i + 1);
		sb_char(&text, ')');
	}
	return arena_strdup(a, sb_cstr(&text));
}

struct tx_insert tx_insert_of(struct arena *a, const char *table, const char *one, size_t n,
			      bool late) {
	size_t rows = n * TX_INSERT_ROWS > PARAMS_MAX ? 1 : TX_INSERT_ROWS;
	struct tx_insert insert = { one, many_text(a, one, rows, n), n, rows, late, { { 0 } } };
	table_set_add(&insert.tables, table);
	return insert;
}

static struct problem *write_out(struct tx *tx, struct gathered *g) {
	const struct tx_insert *insert = g->insert;
	size_t n = g->n;
	g->n = 0; /* first: the statement looks at what is gathered */
	if (n == insert->rows)
		return tx_exec(tx, insert->many, g->params, n * insert->columns, NULL);
	for (size_t i = 0; i < n; i++)
		TRY(tx_exec(tx, insert->one, &g->params[i * insert->columns], insert->columns,
			    NULL));
	return NULL;
}

static struct gathered *gathered_of(struct writer *w, const struct tx_insert *insert) {
	struct gathered **link = &w->gathered;
	while (*link && (*link)->insert->one != insert->one) link = &(*link)->next;
	if (*link) return *link;
	struct gathered *g = arena_alloc(w->scratch, sizeof *g);
	*g = (struct gathered){ .insert = insert };
	g->params = arena_array(w->scratch, insert->rows * insert->columns, sizeof *g->params);
	return *link = g;
}

struct problem *tx_add(struct tx *tx, const struct tx_insert *insert, const struct value *params,
		       size_t n) {
	assert(tx->write && n == insert->columns);
	struct gathered *g = gathered_of(&tx->store->writer, insert);
	memcpy(&g->params[g->n++ * n], params, n * sizeof *params);
	tables_written(tx, &insert->tables);
	return g->n < insert->rows ? NULL : write_out(tx, g);
}

struct problem *gathered_settle(struct tx *tx, bool late) {
	for (struct gathered *g = tx->store->writer.gathered; g; g = g->next)
		if (g->n && (late || !g->insert->late)) TRY(write_out(tx, g));
	return NULL;
}

struct problem *tx_settle(struct tx *tx) {
	return gathered_settle(tx, false);
}

struct problem *gathered_before(struct tx *tx, const struct table_set *touched) {
	for (struct gathered *g = tx->store->writer.gathered; g; g = g->next)
		if (g->n && table_set_meets(&g->insert->tables, touched)) TRY(write_out(tx, g));
	return NULL;
}

void gathered_forget(struct writer *w) { w->gathered = NULL; }
