/* read_rights.c -- field rights on rows that were read: hidden values leave the record here, masked
 * ones are replaced, so that no later code can show them by mistake. */
#include "runtime/store/read_internal.h"

enum field_right rights_best(const struct role_grant *const *grants, const bool *covered, size_t n,
			     const struct field *f) {
	enum field_right best = RIGHT_HIDDEN;
	for (size_t i = 0; i < n; i++) {
		if (covered && !covered[i]) continue;
		enum field_right right = grant_right(grants[i], f);
		best = right > best ? right : best;
	}
	return best;
}

struct value rights_value(struct arena *a, const struct field *f, const struct codec *c,
			  enum field_right right, struct value v) {
	if (right == RIGHT_HIDDEN) return VALUE_NONE;
	return right == RIGHT_MASK ? field_mask(a, f, c, &v) : v;
}

void rights_apply(struct request *rq, struct record *r, const struct role_grant *const *grants,
		  const bool *covered, size_t n) {
	const struct codec codec = request_codec(rq);
	r->rights = arena_array(rq->arena, r->form->field_count + 1, 1);
	for (size_t i = 0; i < r->form->field_count; i++) {
		const struct field *f = r->form->fields[i];
		enum field_right right = rights_best(grants, covered, n, f);
		r->rights[i] = (uint8_t)right;
		r->values[i] = rights_value(rq->arena, f, &codec, right, r->values[i]);
		if (right < RIGHT_READ) r->rows[i] = (struct record_rows){ NULL, 0 };
		for (size_t k = 0; k < r->rows[i].n; k++)
			rights_apply(rq, r->rows[i].items[k], grants, covered, n);
	}
}
