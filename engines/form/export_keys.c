#include "engines/form/export_keys.h"

#include "runtime/model/field_type.h"

enum { IDS_AT_ONCE = 200, FIELDS_MAX = 1 << 16 };

const struct field *export_key_of(const struct request *rq, const struct field *reference)
{
	struct access ac;
	const struct form *target = reference->target;
	if (!target || reference->type->storage == STORE_VALUES || access_of(rq, target, &ac)) return NULL;
	for (size_t i = 0; i < target->declared_count; i++) {
		const struct field *f = target->fields[i];
		if (f->unique && field_has_value(f) && (ac.everything || access_filters(&ac, f))) return f;
	}
	return NULL;
}

struct str export_key_fields(struct request *rq, const struct query *q)
{
	struct sb out = sb_on(rq->arena, FIELDS_MAX);
	for (size_t c = 0; c < q->column_count; c++) {
		const struct expr_path *path = &q->paths.items[q->columns[c].path];
		const struct field *own = path->length == 1 ? path->fields[0] : NULL, *key = own ? export_key_of(rq, own) : NULL;
		sb_printf(&out, "%s%s", c ? "," : "", q->columns[c].key);
		if (key) sb_printf(&out, ".%s", key->name);
	}
	return sb_str(&out);
}

static struct problem *read_some(struct request *rq, struct tx *tx, const struct form *target, const int64_t *ids, size_t n, struct export_keys *out)
{
	struct sb filter = sb_on(rq->arena, FIELDS_MAX);
	struct query *q;
	struct read_page page;
	for (size_t i = 0; i < n; i++) {
		sb_cat(&filter, i ? ", " : "id in [");
		sb_int(&filter, ids[i]);
	}
	sb_cat(&filter, "]");
	struct query_text text = { .filter = sb_str(&filter), .fields = str_of(out->key->name), .limit = IDS_AT_ONCE };
	TRY(query_parse(rq, target, &text, &q));
	TRY(read_page(rq, tx, q, &page));
	for (size_t i = 0; i < page.n; i++) {
		out->ids[out->n] = page.records[i]->id;
		out->values[out->n++] = page.columns[i][0];
	}
	return NULL;
}

struct problem *export_keys_read(struct request *rq, struct tx *tx, const struct field *reference, const struct field *key, const int64_t *ids, size_t n,
	struct export_keys *out)
{
	int64_t *each = arena_array(rq->arena, n + 1, sizeof *each);
	size_t kinds = 0;
	*out = (struct export_keys){ key, arena_array(rq->arena, n + 1, sizeof *out->ids), arena_array(rq->arena, n + 1, sizeof *out->values), 0 };
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < kinds && each[k] != ids[i]) k++;
		if (k == kinds) each[kinds++] = ids[i];
	}
	for (size_t at = 0; at < kinds; at += IDS_AT_ONCE)
		TRY(read_some(rq, tx, reference->target, each + at, kinds - at < IDS_AT_ONCE ? kinds - at : IDS_AT_ONCE, out));
	return NULL;
}

const struct value *export_keys_find(const struct export_keys *keys, int64_t id)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->ids[i] == id) return &keys->values[i];
	return NULL;
}
