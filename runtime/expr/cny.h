/* cny.h -- an amount in Chinese capitals: 1002.50 is 壹仟零贰元伍角整. Rounded to 分; OVERFLOW from
 * 1,0000 万亿 on. */
#ifndef TENON_EXPR_CNY_H
#define TENON_EXPR_CNY_H

#include "runtime/base/decimal.h"

#define CNY_MAX_CENTS INT64_C(999999999999999999) /* 9999 万亿 9999 亿 … .99 */
enum decimal_status cny_upper(struct decimal amount, struct sb *out);

#endif
