/* workbook.h -- workbooks made by hand, good ones and hostile ones. */
#ifndef TESTS_SUPPORT_WORKBOOK_H
#define TESTS_SUPPORT_WORKBOOK_H

#include "runtime/base/str.h"

struct part {
	const char *name;
	struct str bytes;
};
/* A zip of the parts, packed or as they are. */
struct str zip_of(struct arena *a, const struct part *parts, size_t n, bool packed);
/* What every workbook has, around the given ones: one that is given takes the place of its own. The
 * sheets are "Items" (xl/worksheets/sheet1.xml), "Second" (sheet2.xml) and, hidden, "Notes"
 * (sheet3.xml). */
struct str workbook_with(struct arena *a, const struct part *parts, size_t n);
/* One sheet with these rows (the inside of sheetData). */
struct str workbook_of(struct arena *a, const char *rows);
/* The bytes as a file of no name. */
int workbook_file(struct str bytes);

#endif
