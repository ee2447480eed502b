/* package.h -- the zip of a workbook and the XML of its parts. Nobody outside xlsx*.c includes
 * it. */
#ifndef TENON_XLSX_PACKAGE_H
#define TENON_XLSX_PACKAGE_H

#include "runtime/xlsx/xlsx.h"

struct package;
struct problem *package_open(struct arena *a, int fd, struct package **out) MUST_CHECK;

/* One part's elements, by their names without a prefix. A handler that finds a fault leaves it in
 * `problem`: the reading ends. */
struct part_reader {
	void (*start)(struct part_reader *r, const char *name, const char **attributes);
	void (*end)(struct part_reader *r, const char *name);
	void (*text)(struct part_reader *r, struct str text);
	struct problem *problem;
	int64_t done, total; /* bytes of the part */
};
struct problem *package_read(struct package *p, const char *part, struct part_reader *r) MUST_CHECK;
const char *part_attribute(const char **attributes, const char *name); /* NULL: not there */
/* Of what is kept as it is read: NULL too when it is longer than anybody writes. */
const char *part_attribute_kept(const char **attributes, const char *name);
struct problem *package_damaged(struct package *p, const char *part, const char *reason);
struct problem *package_too_large(struct arena *a, const char *part, uint64_t max);

#endif
