/* eval_convert.c -- one value into another type, and values as text. */
#include "runtime/expr/internal.h"

static void duration_text(struct sb *out, int64_t seconds) {
	static const struct {
		int64_t length;
		char unit;
	} parts[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	uint64_t left = seconds < 0 ? -(uint64_t)seconds : (uint64_t)seconds;
	if (seconds < 0) sb_char(out, '-');
	if (seconds == 0) sb_cat(out, "0m");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		uint64_t count = left / (uint64_t)parts[i].length;
		left %= (uint64_t)parts[i].length;
		if (!count) continue;
		sb_int(out, (int64_t)count);
		sb_char(out, parts[i].unit);
	}
}

static void list_text(struct sb *out, const struct type *t, const struct value *v,
		      const struct zone *zone) {
	struct type item = type_item(*t);
	for (size_t i = 0; i < v->as.list.n; i++) {
		if (i) sb_cat(out, t->kind == TYPE_CASCADE && !t->list ? " / " : ", ");
		text_value(out, &item, &v->as.list.items[i], zone);
	}
}

static void datetime_wall(struct sb *out, int64_t us, const struct zone *zone) {
	const struct expr_frame frame = { .zone = zone };
	datetime_write(out, frame_local(&frame, us), STR("YYYY-MM-DD HH:mm:ss"));
}

void text_value(struct sb *out, const struct type *t, const struct value *v,
		const struct zone *zone) {
	char text[DECIMAL_TEXT_MAX];
	switch (v->kind) {
	case VALUE_NULL: break;
	case VALUE_BOOL: sb_cat(out, v->as.i ? "true" : "false"); break;
	case VALUE_INT:
	case VALUE_REF: sb_int(out, v->as.i); break;
	case VALUE_DECIMAL: sb_bytes(out, text, decimal_text(v->as.d, text)); break;
	case VALUE_TEXT: sb_add(out, v->as.s); break;
	case VALUE_DATE: sb_bytes(out, text, day_text(v->as.i, text)); break;
	case VALUE_TIME: sb_bytes(out, text, time_text(v->as.i, text)); break;
	case VALUE_DATETIME: datetime_wall(out, v->as.i, zone); break;
	case VALUE_DURATION: duration_text(out, v->as.i); break;
	case VALUE_LIST: list_text(out, t, v, zone); break;
	}
}

/* 0.05 of type percent is shown as 5%. */
static void percent_text(struct sb *out, const struct value *v) {
	char text[DECIMAL_TEXT_MAX];
	struct decimal hundred, d = value_number(v);
	if (decimal_mul(d, decimal_of(100), &hundred) != DECIMAL_OK) hundred = d;
	hundred = decimal_reduce(hundred);
	sb_bytes(out, text, decimal_text(hundred, text));
	sb_char(out, '%');
}

static struct problem *to_text(struct eval *e, const struct node *n, const struct value *v,
			       struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	const struct type *from = &n->args[0]->type;
	const struct expr_frame *f = e->frame;
	bool shown = n->convert == CONVERT_SHOWN;
	if (shown && f->show && f->show(f->show_context, from, v, &b))
		return eval_text(e, n, &b, out);
	if (shown && from->unit == UNIT_PERCENT && !from->list)
		percent_text(&b, v);
	else
		text_value(&b, from, v, f->zone);
	return eval_text(e, n, &b, out);
}

static struct problem *to_number(struct eval *e, const struct node *n, const struct value *v,
				 struct value *out) {
	return eval_number(e, n, DECIMAL_OK, value_number(v), out);
}

static struct problem *to_start(struct eval *e, const struct node *n, const struct value *v,
				struct value *out) {
	(void)n;
	*out = value_datetime(frame_day_start(e->frame, v->as.i));
	return NULL;
}

static struct problem *to_utc(struct eval *e, const struct node *n, const struct value *v,
			      struct value *out) {
	(void)n;
	*out = value_datetime(frame_utc(e->frame, v->as.i));
	return NULL;
}

static struct problem *to_day(struct eval *e, const struct node *n, const struct value *v,
			      struct value *out) {
	(void)n;
	*out = value_date(frame_day(e->frame, v->as.i));
	return NULL;
}

static struct problem *to_list(struct eval *e, const struct node *n, const struct value *v,
			       struct value *out) {
	(void)n;
	struct value *item = arena_array(e->arena, 1, sizeof *item);
	*item = *v;
	*out = (struct value){ .kind = VALUE_LIST, .as.list = { item, 1 } };
	return NULL;
}

static struct problem *to_items(struct eval *e, const struct node *n, const struct value *v,
				struct value *out) {
	struct node list = { .type = type_item(n->args[0]->type) }, *args[] = { &list };
	struct node item = { .op = OP_CONVERT,
			     .convert = n->item,
			     .type = type_item(n->type),
			     .offset = n->offset,
			     .length = n->length,
			     .args = args,
			     .n = 1 };
	struct value *items = arena_array(e->arena, v->as.list.n, sizeof *items);
	for (size_t i = 0; i < v->as.list.n; i++) {
		items[i] = VALUE_NONE;
		if (!value_is_null(&v->as.list.items[i]))
			TRY(eval_convert(e, &item, &v->as.list.items[i], &items[i]));
	}
	*out = (struct value){ .kind = VALUE_LIST, .as.list = { items, v->as.list.n } };
	return NULL;
}

struct problem *eval_convert(struct eval *e, const struct node *n, const struct value *v,
			     struct value *out) {
	static struct problem *(*const converts[])(struct eval *, const struct node *,
						   const struct value *, struct value *) = {
		[CONVERT_NUMBER] = to_number, [CONVERT_START] = to_start, [CONVERT_LOCAL] = to_utc,
		[CONVERT_DAY] = to_day,       [CONVERT_TEXT] = to_text,   [CONVERT_SHOWN] = to_text,
		[CONVERT_LIST] = to_list,     [CONVERT_ITEMS] = to_items,
	};
	return converts[n->convert](e, n, v, out);
}
