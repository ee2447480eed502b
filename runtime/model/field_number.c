/* field_number.c -- integer, rating, decimal, money, percent. Never a binary float: text or exact
 * JSON numbers in, text out.
 * 1. More digits than the scale is a fault unless the import asked for rounding.
 * 2. A stored decimal is its coefficient at the field's scale; it keeps 18 digits, so that it fits
 * an INTEGER. */
#include "runtime/model/field_kit.h"

static const int64_t largest_integer = (INT64_C(1) << 53) - 1;
static const int64_t largest_coefficient = INT64_C(999999999999999999);
enum { NUMBER_TEXT_MAX = 64 };

static bool fits(struct decimal d) {
	return d.coefficient <= largest_coefficient &&
	       d.coefficient >= -(int128)largest_coefficient;
}

static bool take_scale(struct parse *p, const struct field *f, struct decimal d,
		       struct value *out) {
	struct decimal kept;
	enum decimal_status s =
		p->round ? decimal_rescale(d, f->scale, &kept) : decimal_exact(d, f->scale, &kept);
	if (s == DECIMAL_DIGITS)
		return REFUSE(p, "too_many_digits", "scale",
			      arena_printf(p->arena, "%d", f->scale));
	if (s != DECIMAL_OK || !fits(kept)) return REFUSE(p, "number_out_of_range");
	*out = value_decimal(kept);
	return true;
}

static bool parse_decimal(struct parse *p, struct str in, struct decimal *d) {
	enum decimal_status s = decimal_parse(in, d);
	if (s == DECIMAL_OVERFLOW) return REFUSE(p, "number_out_of_range");
	return s == DECIMAL_OK || REFUSE(p, "bad_number");
}

/* "1,265,793.29" -> "1265793.29"; false when a comma does not stand before exactly three digits. */
static bool drop_commas(struct str in, char out[NUMBER_TEXT_MAX], struct str *plain) {
	size_t n = 0, run = 0;
	bool grouped = false, fraction = false;
	if (in.n >= NUMBER_TEXT_MAX) return false;
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == ',') {
			if (fraction || run == 0 || run > 3 || (grouped && run != 3)) return false;
			grouped = true;
			run = 0;
			continue;
		}
		if (in.p[i] == '.') {
			if (grouped && run != 3) return false;
			fraction = true;
		}
		if (in.p[i] >= '0' && in.p[i] <= '9') run++;
		out[n++] = in.p[i];
	}
	*plain = (struct str){ out, n };
	return !grouped || fraction || run == 3;
}

static struct str drop_sign_of_money(struct str in) {
	static const char *const signs[] = { "¥", "￥", "$", "€", "£" };
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		struct str sign = str_of(signs[i]);
		if (str_starts(in, sign))
			return str_trim((struct str){ in.p + sign.n, in.n - sign.n });
	}
	return in;
}

static bool read_decimal(struct parse *p, const struct field *f, struct str in, struct value *out) {
	char buffer[NUMBER_TEXT_MAX];
	struct str plain;
	struct decimal d;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (f->type == &field_type_money) in = drop_sign_of_money(in);
	if (!drop_commas(in, buffer, &plain)) return REFUSE(p, "bad_number");
	return parse_decimal(p, plain, &d) && take_scale(p, f, d, out);
}

static bool read_percent(struct parse *p, const struct field *f, struct str in, struct value *out) {
	struct decimal d;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	bool sign = in.p[in.n - 1] == '%';
	if (sign) in = str_trim((struct str){ in.p, in.n - 1 });
	if (!parse_decimal(p, in, &d)) return false;
	if (!sign) return take_scale(p, f, d, out);
	if (decimal_mul(d, decimal_scaled(1, 2), &d) != DECIMAL_OK)
		return REFUSE(p, "number_out_of_range");
	return take_scale(p, f, d, out);
}

static bool json_decimal(struct parse *p, const struct field *f, const struct json *in,
			 struct value *out) {
	struct decimal d;
	*out = VALUE_NONE;
	if (in->kind == JSON_NUMBER)
		return parse_decimal(p, in->text, &d) && take_scale(p, f, d, out);
	if (in->kind != JSON_STRING) return REFUSE(p, "expect_number");
	if (f->type == &field_type_percent) return read_percent(p, f, in->text, out);
	if (!in->text.n) return true;
	return parse_decimal(p, in->text, &d) && take_scale(p, f, d, out);
}

static bool json_integer(struct parse *p, const struct field *f, const struct json *in,
			 struct value *out) {
	(void)f;
	int64_t n;
	struct decimal d;
	if (in->kind != JSON_NUMBER) return REFUSE(p, "expect_integer");
	if (json_int(in, &n)) return *out = value_int(n), true;
	if (!parse_decimal(p, in->text, &d)) return false;
	if (decimal_exact(d, 0, &d) == DECIMAL_DIGITS) return REFUSE(p, "expect_integer");
	return REFUSE(p, "number_out_of_range");
}

static bool read_integer(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	char buffer[NUMBER_TEXT_MAX];
	struct str plain;
	struct decimal d;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (!drop_commas(in, buffer, &plain)) return REFUSE(p, "expect_integer");
	if (!parse_decimal(p, plain, &d)) return false;
	enum decimal_status s = p->round ? decimal_rescale(d, 0, &d) : decimal_exact(d, 0, &d);
	if (s == DECIMAL_DIGITS) return REFUSE(p, "expect_integer");
	if (s != DECIMAL_OK || d.coefficient > largest_integer || d.coefficient < -largest_integer)
		return REFUSE(p, "number_out_of_range");
	*out = value_int((int64_t)d.coefficient);
	return true;
}

/* A value of any scale (integer formulas too) as the field's own. */
static struct decimal at_scale(const struct field *f, const struct value *v) {
	struct decimal d = v->kind == VALUE_DECIMAL ? v->as.d : decimal_of(v->as.i), out;
	return decimal_rescale(d, f->scale, &out) == DECIMAL_OK ? out : d;
}

static void write_decimal_json(struct jw *w, const struct field *f, const struct codec *c,
			       const struct value *v) {
	(void)c;
	char text[DECIMAL_TEXT_MAX];
	size_t n = decimal_text(at_scale(f, v), text);
	jw_str(w, (struct str){ text, n });
}

static void write_decimal(struct sb *out, const struct field *f, const struct codec *c,
			  const struct value *v, bool show) {
	(void)c, (void)show;
	char text[DECIMAL_TEXT_MAX];
	size_t n = decimal_text(at_scale(f, v), text);
	sb_bytes(out, text, n);
}

static void write_money(struct sb *out, const struct field *f, const struct codec *c,
			const struct value *v, bool show) {
	(void)c;
	char text[DECIMAL_TEXT_MAX];
	size_t n = decimal_text(at_scale(f, v), text), start = text[0] == '-',
	       whole = strcspn(text, ".");
	for (size_t i = 0; i < n; i++) {
		if (show && i > start && i < whole && (whole - i) % 3 == 0) sb_char(out, ',');
		sb_char(out, text[i]);
	}
}

/* 0.05 is shown as 5%, 0.0525 as 5.25%. */
static void write_percent(struct sb *out, const struct field *f, const struct codec *c,
			  const struct value *v, bool show) {
	struct decimal d = at_scale(f, v);
	char text[DECIMAL_TEXT_MAX];
	if (!show || decimal_mul(d, decimal_of(100), &d) != DECIMAL_OK) {
		write_decimal(out, f, c, v, false);
		return;
	}
	size_t n = decimal_text(decimal_reduce(d), text);
	sb_bytes(out, text, n);
	sb_char(out, '%');
}

static void write_integer_json(struct jw *w, const struct field *f, const struct codec *c,
			       const struct value *v) {
	(void)f, (void)c;
	jw_int(w, v->as.i);
}

static void write_integer(struct sb *out, const struct field *f, const struct codec *c,
			  const struct value *v, bool show) {
	(void)f, (void)c, (void)show;
	sb_int(out, v->as.i);
}

static bool decimal_to_cell(const struct field *f, const struct codec *c, const struct value *v,
			    struct value *cell) {
	(void)c;
	*cell = VALUE_NONE;
	if (value_is_null(v)) return true;
	struct decimal d = at_scale(f, v);
	if (d.scale != f->scale || !fits(d)) return false;
	*cell = value_int((int64_t)d.coefficient);
	return true;
}

static struct value decimal_from_cell(struct arena *a, const struct field *f, const struct codec *c,
				      const struct value *cell) {
	(void)a, (void)c;
	if (value_is_null(cell)) return VALUE_NONE;
	return value_decimal(decimal_scaled(cell->as.i, f->scale));
}

static struct value integer_from_cell(struct arena *a, const struct field *f, const struct codec *c,
				      const struct value *cell) {
	(void)a, (void)f, (void)c;
	return *cell;
}

static struct type integer_type(const struct field *f) {
	(void)f;
	return (struct type){ .kind = TYPE_INT };
}

static struct type decimal_type(const struct field *f) {
	uint8_t unit = f->type == &field_type_money     ? UNIT_MONEY
		       : f->type == &field_type_percent ? UNIT_PERCENT
							: UNIT_NONE;
	return (struct type){ .kind = TYPE_DECIMAL, .scale = (uint8_t)f->scale, .unit = unit };
}

static const char *const rating_keys[] = { "max", "labels", NULL };
static const char *const integer_keys[] = { "min", "max", NULL };
static const char *const decimal_keys[] = { "min", "max", "scale", NULL };
static const char *const rollup_keys[] = { "of",     "by",    "agg",      "field",
					   "filter", "scale", "currency", NULL };
static const char *const money_keys[] = { "min", "max", "scale", "currency", NULL };

#define NUMBER_FLAGS (FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_DEFAULT | FT_RANGE | FT_SET)
#define INTEGER_BODY                                                                               \
	.storage = STORE_INTEGER, .value_type = integer_type, .read_json = json_integer,           \
	.read_text = SERVER_ONLY(read_integer), .validate = field_range_validate,                  \
	.write_json = write_integer_json, .write_text = write_integer,                             \
	.to_cell = SERVER_ONLY(field_int_to_cell), .from_cell = SERVER_ONLY(integer_from_cell)
#define DECIMAL_BODY                                                                               \
	.storage = STORE_INTEGER, .flags = NUMBER_FLAGS, .value_type = decimal_type,               \
	.read_json = json_decimal, .validate = field_range_validate,                               \
	.write_json = write_decimal_json, .to_cell = SERVER_ONLY(decimal_to_cell),                 \
	.from_cell = SERVER_ONLY(decimal_from_cell)

const struct field_type field_type_integer = {
	INTEGER_BODY,
	.name = "integer",
	.label = SERVER_WORDS("整数", "Integer"),
	.help = SERVER_WORDS("整数，绝对值小于 2^53。", "A whole number below 2^53."),
	.flags = NUMBER_FLAGS,
	.keys = SERVER_ONLY(integer_keys),
};

const struct field_type field_type_rating = {
	INTEGER_BODY,
	.name = "rating",
	.label = SERVER_WORDS("评分", "Rating"),
	.help = SERVER_WORDS(
		"1 到 max 的整数，max 为 2–10，默认 5；labels 依次给出每一分的说法。",
		"A whole number from 1 to max (2–10, 5 unless told); labels names each of them in "
		"order."),
	.flags = NUMBER_FLAGS,
	.keys = SERVER_ONLY(rating_keys),
};

const struct field_type field_type_decimal = {
	DECIMAL_BODY,
	.name = "decimal",
	.label = SERVER_WORDS("小数", "Decimal"),
	.help = SERVER_WORDS(
		"精确小数，scale 给出小数位数，默认 2；以文字传送，如 \"12.10\"。",
		"An exact decimal; scale gives its digits after the point, 2 unless told; "
		"travels as text such as \"12.10\"."),
	.keys = SERVER_ONLY(decimal_keys),
	.read_text = SERVER_ONLY(read_decimal),
	.write_text = write_decimal,
};

const struct field_type field_type_money = {
	DECIMAL_BODY,
	.name = "money",
	.label = SERVER_WORDS("金额", "Money"),
	.help = SERVER_WORDS(
		"金额，默认两位小数；币种为应用的 currency，也可在字段上另定。",
		"An amount with 2 digits unless told, in the app's currency or the one named by "
		"currency."),
	.keys = SERVER_ONLY(money_keys),
	.read_text = SERVER_ONLY(read_decimal),
	.write_text = write_money,
};

const struct field_type field_type_percent = {
	DECIMAL_BODY,
	.name = "percent",
	.label = SERVER_WORDS("百分比", "Percent"),
	.help = SERVER_WORDS(
		"百分比，存为小数（0.05 即 5%），scale 为小数位数，默认 4；也可输入 \"5%\"。",
		"Kept as a fraction (0.05 is 5%); scale counts digits of the fraction, 4 unless "
		"told; \"5%\" is read too."),
	.keys = SERVER_ONLY(decimal_keys),
	.read_text = SERVER_ONLY(read_percent),
	.write_text = write_percent,
};

/* As written in a definition: once it is known what it gathers, the field has the type of that
 * (load_rollup.c). */
const struct field_type field_type_rollup = {
	INTEGER_BODY,
	.name = "rollup",
	.label = SERVER_WORDS("汇总", "Rollup"),
	.help = SERVER_WORDS(
		"汇总指向本记录的其他记录或子表行（of、by），agg 取 sum、count、min、max、avg 或 "
		"count_"
		"distinct；随它们的每次保存一起更新，类型即所汇总的值的类型。没有可汇总的内容时为空"
		"，"
		"count 和 count_distinct 为 0。",
		"Gathers from the records or rows that point at this one (of, by): agg is sum, "
		"count, min, max, avg or count_distinct. It changes in the same commit as they do "
		"and has the type of what it gathers; null while there is nothing to gather, 0 for "
		"count and count_distinct."),
	.flags = FT_SORT,
	.keys = SERVER_ONLY(rollup_keys),
};
