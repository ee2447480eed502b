/* fn_format.c -- format(): dates by day.h's patterns, numbers by format.h's. */
#include "runtime/expr/format.h"
#include "runtime/expr/functions.h"

bool number_pattern_parse(struct str text, struct number_pattern *out) {
	struct number_pattern p = { .least_whole = 0 };
	size_t from = 0, at;
	while (from < text.n && text.p[from] != '0' && text.p[from] != '#') from++;
	bool point = false;
	for (at = from; at < text.n && strchr("0#,.", text.p[at]) && text.p[at]; at++) {
		char c = text.p[at];
		if (c == '.' && (point || at + 1 == text.n || !strchr("0#", text.p[at + 1]))) break;
		point = point || c == '.';
		p.thousands = p.thousands || c == ',';
		if (c == '0' && !point) p.least_whole++;
		if (c == '0' && point) p.least = p.most + 1;
		if ((c == '0' || c == '#') && point) p.most++;
	}
	if (from == text.n || p.most > DECIMAL_MAX_SCALE || p.least_whole > 18) return false;
	p.percent = at < text.n && text.p[at] == '%';
	p.before = (struct str){ text.p, from };
	p.after = (struct str){ text.p + at, text.n - at };
	*out = p;
	return true;
}

/* The digits before the point, grouped by three. */
static void write_whole(struct sb *out, struct str digits, const struct number_pattern *p) {
	size_t least = (size_t)p->least_whole, width = digits.n > least ? digits.n : least;
	if (p->least_whole == 0 && digits.n == 1 && digits.p[0] == '0') return;
	for (size_t i = 0; i < width; i++) {
		size_t left = width - i;
		if (i && p->thousands && left % 3 == 0) sb_char(out, ',');
		sb_char(out, left > digits.n ? '0' : digits.p[digits.n - left]);
	}
}

enum decimal_status number_format(struct decimal d, const struct number_pattern *p,
				  struct sb *out) {
	char text[DECIMAL_TEXT_MAX];
	struct decimal r;
	enum decimal_status status = p->percent ? decimal_mul(d, decimal_of(100), &d) : DECIMAL_OK;
	if (status == DECIMAL_OK) status = decimal_rescale(d, p->most, &r);
	if (status != DECIMAL_OK) return status;
	bool negative = r.coefficient < 0;
	if (negative) r.coefficient = -r.coefficient;
	size_t n = decimal_text(r, text), whole = p->most ? n - (size_t)p->most - 1 : n, end = n;
	while (p->most && end > whole + 1 + (size_t)p->least && text[end - 1] == '0') end--;
	if (end == whole + 1) end = whole;
	if (negative) sb_char(out, '-');
	sb_add(out, p->before);
	write_whole(out, (struct str){ text, whole }, p);
	sb_bytes(out, text + whole, end - whole);
	sb_add(out, p->after);
	return DECIMAL_OK;
}

struct problem *check_format(struct check *c, struct node *n) {
	struct node *x = n->args[0], *literal = n->args[1];
	struct number_pattern p;
	if (x->constant && type_is(x->type, TYPE_TEXT))
		return check_mismatch(c, x, "date or number");
	if (x->type.kind == TYPE_NULL) x->type = type_of(TYPE_INT);
	bool number = type_is_number(x->type);
	if (!number && !type_is(x->type, TYPE_DATE) && !type_is(x->type, TYPE_DATETIME))
		return check_mismatch(c, x, "date or number");
	struct str pattern = literal->value.kind == VALUE_TEXT ? literal->value.as.s : STR("");
	if (number && !number_pattern_parse(pattern, &p))
		return check_fault(c, literal, "expr_bad_literal", "type", "number pattern",
				   "example", "'#,##0.00'");
	return NULL;
}

struct problem *fn_format(struct eval *e, const struct node *n, const struct value *args,
			  struct value *out) {
	struct sb b = sb_on(e->arena, EXPR_RESULT_MAX);
	struct number_pattern p;
	if (args[0].kind == VALUE_DATE)
		datetime_write(&b, args[0].as.i * DAY_US, args[1].as.s);
	else if (args[0].kind == VALUE_DATETIME)
		datetime_write(&b, frame_local(e->frame, args[0].as.i), args[1].as.s);
	else if (number_pattern_parse(args[1].as.s, &p))
		TRY(eval_status(e, n, number_format(value_number(&args[0]), &p, &b)));
	return eval_text(e, n, &b, out);
}
