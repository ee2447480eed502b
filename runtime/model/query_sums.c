/* query_sums.c -- sums over the whole filtered set, and the field they are grouped by: named like a
 * filter's fields, so each must be readable on every row the query may touch; else it is unknown.
 */
#include "runtime/model/query.h"

static struct problem *refused(struct query *q, const char *parameter, struct problem *p) {
	(void)q;
	p->pointer = parameter;
	return p;
}

static bool can_be_summed(const struct field *f) {
	enum type_kind kind = f->value_type.kind;
	return f->type->storage == STORE_INTEGER && !f->value_type.list &&
	       (kind == TYPE_INT || kind == TYPE_DECIMAL || kind == TYPE_DURATION);
}

/* Money of a currency that each record names cannot be added up, unless each group has one. */
static bool mixed_currency(const struct query *q, const struct field *f, struct str group) {
	if (!f->currency_from) return false;
	return f->form != q->form || !str_is(group, f->currency);
}

static struct problem *add_sum(struct query *q, struct str name, struct str group) {
	const struct field **fields;
	size_t length;
	TRY(query_resolve(q, name, "sums", true, &fields, &length));
	const struct field *f = fields[length - 1];
	const char *code = !can_be_summed(f)   ? "sum_type"
			   : mixed_currency(q, f, group) ? "sum_currency"
					       : NULL;
	if (code)
		return refused(q, "sums",
			       problem_new(q->arena, PROBLEM_MALFORMED, __FILE__, __LINE__, code,
					   "field", str_dup(q->arena, name), (const char *)NULL));
	q->sums[q->sum_count++] =
		(struct query_column){ .path = query_path(q, fields, length),
					.key = str_dup(q->arena, name) };
	return NULL;
}

static struct problem *read_group(struct query *q, struct str name) {
	const struct field **fields;
	size_t length;
	if (!name.n) return NULL;
	TRY(query_resolve(q, name, "group", true, &fields, &length));
	const struct field *f = fields[length - 1];
	if (f->type->storage != STORE_INTEGER && f->type->storage != STORE_TEXT)
		return refused(q, "group",
			       PROBLEM(q->arena, MALFORMED, "group_type", "field",
				       str_dup(q->arena, name)));
	q->grouped = true;
	q->group = query_path(q, fields, length);
	return NULL;
}

struct problem *query_read_sums(struct query *q, struct str sums, struct str group) {
	q->sums = arena_array(q->arena, QUERY_SUMS_MAX, sizeof *q->sums);
	while (sums.n) {
		const char *comma = memchr(sums.p, ',', sums.n);
		size_t n = comma ? (size_t)(comma - sums.p) : sums.n;
		if (q->sum_count == QUERY_SUMS_MAX)
			return refused(q, "sums",
				       PROBLEM(q->arena, MALFORMED, "sums_many", "max",
					       arena_printf(q->arena, "%d", QUERY_SUMS_MAX)));
		TRY(add_sum(q, str_trim((struct str){ sums.p, n }), str_trim(group)));
		sums = comma ? (struct str){ comma + 1, sums.n - n - 1 } : (struct str){ NULL, 0 };
	}
	return read_group(q, group);
}
