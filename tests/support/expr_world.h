/* expr_world.h -- a small world for tests of expressions: one form with a field of every type and a
 * sub-table, random records of it, the frame the evaluator needs and the same records as SQL
 * tables. Decimal texts, dates at the ends of the calendar, the largest integers and nulls are
 * frequent on purpose. */
#ifndef TENON_TESTS_SUPPORT_EXPR_WORLD_H
#define TENON_TESTS_SUPPORT_EXPR_WORLD_H

#include "runtime/expr/expr.h"

enum { WORLD_FIELDS = 24, WORLD_ROW_FIELDS = 4, WORLD_ROWS_MAX = 3 };
struct world_field {
	const char *name, *sql;
	struct type type;
};
extern const struct world_field
	world_fields[WORLD_FIELDS]; /* of the form; the last one is the sub-table "lines" */
extern const struct world_field world_row_fields[WORLD_ROW_FIELDS]; /* of a line */
extern const struct expr_scope world_scope; /* with $param.n (integer) and $param.s (text) */

struct world_record {
	struct value values[WORLD_FIELDS]; /* without the sub-table */
	struct value rows[WORLD_ROWS_MAX][WORLD_ROW_FIELDS];
	size_t row_count;
};
struct random {
	uint64_t state;
};
uint64_t random_next(struct random *r, uint64_t below);
struct world_record world_record(struct arena *a, struct random *r);
/* Slots of the paths for one record. */
struct value *world_slots(struct arena *a, const struct expr_paths *paths,
			  const struct world_record *record);
struct expr_frame world_frame(const struct zone *zone);
int64_t world_code(const struct type *type, struct str text); /* as in the column; -1: none */
/* create table and insert statements for both dialects. */
void world_schema(struct sb *out, enum dialect dialect);
void world_insert(struct sb *out, const struct world_record *record, int64_t id);
/* The target for expr_to_sql: the record is table r, bound values are gathered as text. */
struct world_binds {
	struct arena *arena;
	const char *values[512];
	bool is_text[512];
	int n;
	enum dialect dialect;
};
struct expr_sql world_sql(struct world_binds *binds);

#endif
