/* book.h -- what a workbook says beside its sheets: which there are, the texts their cells
 * share, the looks of numbers. Nobody outside runtime/xlsx includes it. */
#ifndef TENON_XLSX_BOOK_H
#define TENON_XLSX_BOOK_H

#include "runtime/xlsx/package.h"
#include "runtime/xlsx/cell.h"

struct xlsx_sheet {
	const char *name, *part;
	bool hidden;
};
struct xlsx {
	struct arena *arena;
	struct package *package;
	bool since_1904;
	struct xlsx_sheet *sheets;
	size_t sheet_count;
	const struct xlsx_sheet *chosen;
	enum number_look *looks;
	size_t look_count; /* by a cell's style */
	struct {
		char *text;
		size_t n, room;
		uint32_t *ends;
		size_t count, end_room;
	} shared;
};
/* Text number i of the shared ones; false: there is none. */
bool xlsx_shared(const struct xlsx *x, int64_t i, struct str *out);

#endif
