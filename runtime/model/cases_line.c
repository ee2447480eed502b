/* cases_line.c -- places on a line are counted in steps of the smallest unit (a cent, a day, a
 * microsecond), doubled: an even place is a value, an odd one lies between two (a constant finer
 * than the scale). */
#include "runtime/model/cases_line.h"

#include <stdlib.h>

#include "runtime/base/day.h"

static const struct {
	enum type_kind kind;
	enum value_kind value;
	int64_t least, most;
} lines[] = {
	{ TYPE_INT, VALUE_INT, -INT64_C(9007199254740991), INT64_C(9007199254740991) },
	{ TYPE_DECIMAL, VALUE_DECIMAL, -INT64_C(999999999999999999), INT64_C(999999999999999999) },
	{ TYPE_DATE, VALUE_DATE, DAY_FIRST, DAY_LAST },
	{ TYPE_DATETIME, VALUE_DATETIME, DAY_FIRST *DAY_US, (DAY_LAST + 1) * DAY_US - 1 },
	{ TYPE_TIME, VALUE_TIME, 0, 86399 },
	{ TYPE_DURATION, VALUE_DURATION, -INT64_C(9007199254740991), INT64_C(9007199254740991) },
};

static size_t row_of(struct type t) {
	size_t i = 0;
	while (i < ARRAY_LEN(lines) && lines[i].kind != t.kind) i++;
	return t.list ? ARRAY_LEN(lines) : i;
}

bool line_of(struct type t) { return row_of(t) < ARRAY_LEN(lines); }

static int128 floor_half(int128 place) { return place >= 0 ? place / 2 : -((1 - place) / 2); }

/* Twice the steps; odd when it lies between two steps. */
static bool place_of(struct type t, const struct value *v, int128 *out) {
	struct decimal d = v->kind == VALUE_DECIMAL ? v->as.d : decimal_of(v->as.i), low;
	int scale = t.kind == TYPE_DECIMAL ? t.scale : 0;
	if (decimal_floor(d, scale, &low) != DECIMAL_OK ||
	    decimal_rescale(low, scale, &low) != DECIMAL_OK)
		return false;
	*out = 2 * low.coefficient + (decimal_cmp(low, d) != 0);
	return true;
}

static struct value value_at(struct type t, int128 step) {
	if (t.kind == TYPE_DECIMAL) return value_decimal((struct decimal){ step, t.scale });
	return (struct value){ .kind = lines[row_of(t)].value, .as.i = (int64_t)step };
}

static int by_place(const void *x, const void *y) {
	const int128 *a = x, *b = y;
	return (*a > *b) - (*a < *b);
}

struct line {
	struct type type;
	int128 least, most; /* steps */
	struct value *out;
	size_t n;
};

static void bounds(struct line *l, const struct field *f) {
	int128 place;
	l->least = lines[row_of(l->type)].least;
	l->most = lines[row_of(l->type)].most;
	if (f && f->has_min && place_of(l->type, &f->min, &place)) l->least = floor_half(place + 1);
	if (f && f->has_max && place_of(l->type, &f->max, &place)) l->most = floor_half(place);
}

/* The steps strictly between two places, as far as the bounds let: one stands for them. */
static void between(struct line *l, int128 low, int128 high, bool from_above) {
	int128 first = floor_half(low) + 1, last = floor_half(high - 1);
	if (first < l->least) first = l->least;
	if (last > l->most) last = l->most;
	if (first <= last) l->out[l->n++] = value_at(l->type, from_above ? last : first);
}

size_t line_cells(struct arena *a, const struct variable *v, struct value **out) {
	int128 *places = arena_array(a, v->cut_count + 1, sizeof *places);
	struct line l = { .type = v->type,
			  .out = arena_array(a, 2 * v->cut_count + 1, sizeof *l.out) };
	size_t n = 0;
	bounds(&l, v->path == SIZE_MAX ? NULL : v->field);
	for (size_t i = 0; i < v->cut_count; i++)
		if (place_of(v->type, &v->cuts[i], &places[n])) n++;
	if (n > 1) qsort(places, n, sizeof *places, by_place);
	int128 before = 2 * l.least - 1;
	for (size_t i = 0; i < n; i++) {
		if (i && places[i] == places[i - 1]) continue;
		between(&l, before, places[i], i == 0);
		if (places[i] % 2 == 0) between(&l, places[i] - 1, places[i] + 1, false);
		before = places[i];
	}
	if (!n || 2 * l.most + 1 > before) between(&l, before, 2 * l.most + 1, false);
	*out = l.out;
	return l.n;
}

void line_text(struct sb *out, struct type t, const struct value *v) {
	char text[DECIMAL_TEXT_MAX];
	if (v->kind == VALUE_DECIMAL) {
		decimal_text(v->as.d, text);
		sb_cat(out, text);
	} else if (t.kind == TYPE_DATE) {
		day_text(v->as.i, text);
		sb_cat(out, text);
	} else {
		sb_int(out, v->as.i);
	}
}
