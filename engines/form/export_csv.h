/* export_csv.h -- an export as CSV text: a byte order mark, values as they travel, formulas guarded
 * (csv.h). Nobody outside engines/form includes it. */
#ifndef TENON_FORM_EXPORT_CSV_H
#define TENON_FORM_EXPORT_CSV_H

#include "engines/form/export_sink.h"

struct export_csv {
	struct export_sink sink;
	struct sb *out;
	size_t column;
};
struct export_csv export_csv_to(struct sb *out);

#endif
