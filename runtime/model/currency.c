/* currency.c -- amounts with the sign of their currency. */
#include "runtime/model/currency.h"
#include <string.h>
#include "runtime/base/compiler.h"

static const struct {
	const char *code, *sign;
} signs[] = {
	{ "CNY", "¥" },   { "USD", "US$" }, { "EUR", "€" },
	{ "HKD", "HK$" }, { "JPY", "JP¥" }, { "GBP", "£" },
};

static void write_sign(struct sb *out, struct str code) {
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (str_is(code, signs[i].code)) {
			sb_cat(out, signs[i].sign);
			return;
		}
	if (!code.n) return;
	sb_add(out, code);
	sb_char(out, ' ');
}

void currency_amount(struct sb *out, struct str digits, struct str code) {
	bool below = digits.n && digits.p[0] == '-';
	const char *point = digits.n ? memchr(digits.p, '.', digits.n) : NULL;
	size_t whole = point ? (size_t)(point - digits.p) : digits.n;
	if (below) sb_char(out, '-');
	write_sign(out, code);
	for (size_t i = below; i < digits.n; i++) {
		if (i > below && i < whole && (whole - i) % 3 == 0) sb_char(out, ',');
		sb_char(out, digits.p[i]);
	}
}
