/* cny.c -- amounts in Chinese capitals, as on cheques and contracts (支付结算办法附一:
 * 正确填写票据和结算凭证的基本规定). Rules: 1. digits 零壹贰叁肆伍陆柒捌玖, units
 * 拾佰仟万亿元角分. 2. a run of zeros inside is one 零, at the end of a group none.
 * 3. 整 closes an amount without 分. 4. 零 stands between 元 and 分 when 角 is 0. 5. below zero 负
 * comes first. */
#include "runtime/expr/cny.h"

static const char *const digits[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };

/* Four digits with their units; the zero before the group is the caller's. */
static void group_text(struct sb *out, unsigned n) {
	static const struct {
		unsigned size;
		const char *unit;
	} places[] = { { 1000, "仟" }, { 100, "佰" }, { 10, "拾" }, { 1, "" } };
	bool started = false, zero = false;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		unsigned digit = n / places[i].size % 10;
		if (digit == 0) {
			zero = started;
			continue;
		}
		if (zero) sb_cat(out, digits[0]);
		sb_cat(out, digits[digit]);
		sb_cat(out, places[i].unit);
		started = true;
		zero = false;
	}
}

/* Groups of four from the left: 万亿, 亿, 万, and the last. */
static void whole_text(struct sb *out, uint64_t n) {
	static const struct {
		uint64_t size;
		const char *unit;
	} groups[] = {
		{ UINT64_C(1000000000000), "万" }, { 100000000, "亿" }, { 10000, "万" }, { 1, "" }
	};
	bool started = false, zero = false;
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		unsigned group = (unsigned)(n / groups[i].size % 10000);
		/* 壹万亿 keeps its 亿 when the group of 亿 itself is empty. */
		bool hundred_millions = i == 1 && started && group == 0;
		if (group == 0) {
			if (hundred_millions) sb_cat(out, "亿");
			zero = started;
			continue;
		}
		if (zero || (started && group < 1000)) sb_cat(out, digits[0]);
		group_text(out, group);
		sb_cat(out, groups[i].unit);
		started = true;
		zero = false;
	}
}

static void cents_text(struct sb *out, unsigned cents, bool whole) {
	unsigned tenths = cents / 10, hundredths = cents % 10;
	if (tenths) {
		sb_cat(out, digits[tenths]);
		sb_cat(out, "角");
	} else if (hundredths && whole) {
		sb_cat(out, digits[0]);
	}
	if (hundredths) {
		sb_cat(out, digits[hundredths]);
		sb_cat(out, "分");
	} else {
		sb_cat(out, "整");
	}
}

enum decimal_status cny_upper(struct decimal amount, struct sb *out) {
	struct decimal cents;
	enum decimal_status status = decimal_rescale(amount, 2, &cents);
	if (status != DECIMAL_OK) return status;
	bool negative = cents.coefficient < 0;
	int128 n = negative ? -cents.coefficient : cents.coefficient;
	if (n > (int128)CNY_MAX_CENTS) return DECIMAL_OVERFLOW;
	uint64_t whole = (uint64_t)(n / 100);
	if (negative) sb_cat(out, "负");
	if (whole) whole_text(out, whole);
	if (whole || n == 0) sb_cat(out, whole ? "元" : "零元");
	cents_text(out, (unsigned)(n % 100), whole != 0);
	return DECIMAL_OK;
}
