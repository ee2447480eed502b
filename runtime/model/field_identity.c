/* field_identity.c -- idcard (GB 11643) and creditcode (GB 32100): texts that carry their own check
 * character. Blanks, hyphens and full-width forms are dropped, letters become capitals, so that
 * equal numbers compare equal. A refusal says which part is wrong:
 *  1. idcard: length, characters, region (digits 1-2), birth date (digits 7-14), check character.
 *  2. creditcode: length, characters (no I O S V Z; the region, places 3-8, is digits), check
 * character. */
#include "runtime/base/day.h"
#include "runtime/base/fold.h"
#include "runtime/model/field_kit.h"

enum { IDENTITY_LENGTH = 18, FIRST_BIRTH_YEAR = 1800 };

/* Digits and letters as they are kept; false: another character, or too many. */
static bool compact(struct str in, char out[IDENTITY_LENGTH + 1], size_t *n) {
	*n = 0;
	while (in.n) {
		uint32_t cp = fold_code_point(utf8_next(&in));
		if (cp == ' ' || cp == '-') continue;
		bool letter = cp >= 'a' && cp <= 'z', digit = cp >= '0' && cp <= '9';
		if (!letter && !digit) return false;
		if (*n < IDENTITY_LENGTH) out[*n] = (char)(letter ? cp - 'a' + 'A' : cp);
		(*n)++;
	}
	return true;
}

static bool refuse_length(struct parse *p, const char *code, size_t n) {
	return REFUSE(p, code, "n", arena_printf(p->arena, "%zu", n));
}

/* ---- idcard ---- */

static int number(const char *digits, size_t n) {
	int value = 0;
	for (size_t i = 0; i < n; i++) value = value * 10 + (digits[i] - '0');
	return value;
}

/* Provinces; 81 82 83 residence permits of Hong Kong, Macao, Taiwan; 9. of foreigners. */
static bool known_province(const char *digits) {
	static const unsigned char first[] = { 11, 21, 31, 41, 50, 61, 71, 81, 90 };
	static const unsigned char last[] = { 15, 23, 37, 46, 54, 65, 71, 83, 99 };
	int province = number(digits, 2);
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		if (province >= first[i] && province <= last[i]) return true;
	return false;
}

static bool real_date(const char *digits) {
	int year = number(digits, 4), month = number(digits + 4, 2), day = number(digits + 6, 2);
	return year >= FIRST_BIRTH_YEAR && month >= 1 && month <= 12 && day >= 1 &&
	       day <= day_month_length(year, month);
}

static char idcard_check(const char *digits) {
	static const unsigned char weights[] = {
		7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2
	};
	int sum = 0;
	for (size_t i = 0; i < ARRAY_LEN(weights); i++) sum += (digits[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

static bool read_idcard(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	char text[IDENTITY_LENGTH + 1];
	size_t n;
	*out = VALUE_NONE;
	if (!str_trim(in).n) return true;
	bool clean = compact(in, text, &n);
	if (clean && n != IDENTITY_LENGTH) return refuse_length(p, "idcard_length", n);
	for (size_t i = 0; clean && i < n; i++)
		clean = (text[i] >= '0' && text[i] <= '9') || (i == n - 1 && text[i] == 'X');
	if (!clean) return REFUSE(p, "idcard_characters");
	if (!known_province(text))
		return REFUSE(p, "idcard_region", "part", arena_printf(p->arena, "%.2s", text));
	if (!real_date(text + 6))
		return REFUSE(p, "idcard_birth", "part", arena_printf(p->arena, "%.8s", text + 6));
	if (idcard_check(text) != text[n - 1]) return REFUSE(p, "idcard_check");
	*out = value_text((struct str){ arena_copy(p->arena, text, n), n });
	return true;
}

/* ---- creditcode ---- */

static const char credit_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int credit_value(char ch) {
	const char *at = strchr(credit_alphabet, ch);
	return at ? (int)(at - credit_alphabet) : -1;
}

static bool good_credit_character(char ch, size_t i) {
	return i >= 2 && i < 8 ? ch >= '0' && ch <= '9' : credit_value(ch) >= 0;
}

/* Weights are the powers of 3 modulo 31. */
static char credit_check(const char *text) {
	int sum = 0, weight = 1;
	for (size_t i = 0; i < IDENTITY_LENGTH - 1; i++) {
		sum += credit_value(text[i]) * weight;
		weight = weight * 3 % 31;
	}
	return credit_alphabet[(31 - sum % 31) % 31];
}

static bool read_creditcode(struct parse *p, const struct field *f, struct str in,
			    struct value *out) {
	(void)f;
	char text[IDENTITY_LENGTH + 1];
	size_t n;
	*out = VALUE_NONE;
	if (!str_trim(in).n) return true;
	bool clean = compact(in, text, &n);
	if (clean && n != IDENTITY_LENGTH) return refuse_length(p, "creditcode_length", n);
	for (size_t i = 0; clean && i < n; i++)
		if (!good_credit_character(text[i], i))
			return REFUSE(p, "creditcode_place", "character",
				      arena_printf(p->arena, "%c", text[i]), "place",
				      arena_printf(p->arena, "%zu", i + 1));
	if (!clean) return REFUSE(p, "creditcode_characters");
	if (credit_check(text) != text[n - 1]) return REFUSE(p, "creditcode_check");
	*out = value_text((struct str){ arena_copy(p->arena, text, n), n });
	return true;
}

static const char *const keys[] = { NULL };

#define IDENTITY_BODY                                                                              \
	.storage = STORE_TEXT, .keys = keys, .value_type = field_text_value_type,                  \
	.flags = FT_UNIQUE | FT_SORT | FT_SEARCH | FT_DEFAULT | FT_TEXT_LIKE | FT_SET | FT_SETTLE, \
	.read_json = field_text_read_json, .validate = field_settled,                              \
	.write_json = field_text_write_json, .write_text = field_text_write_text,                  \
	.to_cell = SERVER_ONLY(field_text_to_cell), .from_cell = SERVER_ONLY(field_text_from_cell)

const struct field_type field_type_idcard = {
	IDENTITY_BODY,
	.name = "idcard",
	.label = SERVER_WORDS("身份证号", "ID card number"),
	.help = SERVER_WORDS(
		"18 位居民身份证号（GB 11643），核对地区、出生日期和校验码；空格、横线去掉，x 存成 "
		"X。",
		"18 characters after GB 11643; region, birth date and check character are "
		"verified; blanks and hyphens are dropped, x becomes X."),
	.read_text = read_idcard,
};

const struct field_type field_type_creditcode = {
	IDENTITY_BODY,
	.name = "creditcode",
	.label = SERVER_WORDS("统一社会信用代码", "Credit code"),
	.help = SERVER_WORDS(
		"18 位统一社会信用代码（GB 32100），不含 I、O、S、V、Z，核对校验码；全角、小写会"
		"转成半角大写。",
		"18 characters after GB 32100, without I O S V Z, with its check character; "
		"full-width and small letters become plain capitals."),
	.read_text = read_creditcode,
};
