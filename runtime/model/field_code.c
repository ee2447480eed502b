/* field_code.c -- barcode: a line of text that is drawn as a QR code, Code 128 or EAN-13. What the
 * format cannot hold is refused when it is given, not when it is printed. */
#include "runtime/model/field_code.h"
#include "runtime/model/field_kit.h"

enum { QR_BYTES = 1800, CODE128_MAX = 80, EAN_LENGTH = 13 };

enum barcode_format barcode_format(const struct field *f) {
	struct str format = json_str(json_get(f->json, "format"));
	return str_is(format, "code128") ? BARCODE_128
	       : str_is(format, "ean13") ? BARCODE_EAN13
					 : BARCODE_QR;
}

static bool read_code(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	struct str clean;
	if (!field_clean_text(p, in, false, &clean)) return false;
	*out = value_text(clean);
	return true;
}

static bool check_128(struct parse *p, struct str s) {
	if (s.n > CODE128_MAX) return REFUSE(p, "too_long", "max", "80");
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~') return REFUSE(p, "code128_characters");
	return true;
}

/* Weights 1 and 3 in turn from the left. */
static bool check_ean(struct parse *p, struct str s) {
	int sum = 0;
	bool digits = s.n == EAN_LENGTH;
	for (size_t i = 0; i < s.n; i++) digits = digits && s.p[i] >= '0' && s.p[i] <= '9';
	if (!digits) return REFUSE(p, "ean13_digits");
	for (size_t i = 0; i < EAN_LENGTH - 1; i++) sum += (s.p[i] - '0') * (i % 2 ? 3 : 1);
	int want = (10 - sum % 10) % 10;
	if (s.p[EAN_LENGTH - 1] - '0' == want) return true;
	return REFUSE(p, "ean13_check", "digit", arena_printf(p->arena, "%d", want));
}

static bool validate_code(struct parse *p, const struct field *f, const struct value *v) {
	struct str s = v->as.s;
	if (!field_text_validate(p, f, v)) return false;
	switch (barcode_format(f)) {
	case BARCODE_128: return check_128(p, s);
	case BARCODE_EAN13: return check_ean(p, s);
	case BARCODE_QR: break;
	}
	return s.n <= QR_BYTES || REFUSE(p, "too_long", "max", "600");
}

static const char *const keys[] = { "min_length", "max_length", "pattern", "format", NULL };

const struct field_type field_type_barcode = {
	.name = "barcode",
	.label = SERVER_WORDS("条码", "Barcode"),
	.help = SERVER_WORDS(
		"一行文字，显示为码：format 为 qr（二维码，默认）、code128 或 ean13（13 "
		"位数字，核对"
		"校验位）；手机上可用摄像头扫入。",
		"A line of text drawn as a code: format is qr (usual), code128 or ean13 (13 digits "
		"with check digit); a camera can scan it in."),
	.storage = STORE_TEXT,
	.flags = FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_SEARCH | FT_DEFAULT | FT_LENGTH |
		 FT_TEXT_LIKE | FT_SET,
	.keys = SERVER_ONLY(keys),
	.value_type = field_text_value_type,
	.read_json = field_text_read_json,
	.read_text = read_code,
	.validate = validate_code,
	.write_json = field_text_write_json,
	.write_text = field_text_write_text,
	.to_cell = SERVER_ONLY(field_text_to_cell),
	.from_cell = SERVER_ONLY(field_text_from_cell),
};
