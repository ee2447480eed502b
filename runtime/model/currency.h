/* currency.h -- how an amount is written for people: sign of the currency, digits in groups of three.
 * The pages have the same signs (web/src/format/value.ts). */
#ifndef TENON_MODEL_CURRENCY_H
#define TENON_MODEL_CURRENCY_H

#include "runtime/base/str.h"

/* digits: "-1234.50"; code: ISO 4217, or empty where it is not known. "-US$1,234.50", "CHF 5.00". */
void currency_amount(struct sb *out, struct str digits, struct str code);

#endif
