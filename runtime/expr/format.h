/* format.h -- numbers by a pattern: #,##0.00 (thousands), 0.0% (percent), 000 (leading zeros), #.##
 * (digits that may miss); text before and after stands for itself. Rounded half away from zero. */
#ifndef TENON_EXPR_FORMAT_H
#define TENON_EXPR_FORMAT_H

#include "runtime/base/decimal.h"

struct number_pattern {
	struct str before, after;
	int least_whole; /* zeros before the point */
	int least, most; /* digits after the point */
	bool thousands, percent;
};
bool number_pattern_parse(struct str text,
			  struct number_pattern *out); /* false: no digit place in it */
enum decimal_status number_format(struct decimal d, const struct number_pattern *p, struct sb *out);

#endif
