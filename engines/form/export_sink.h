/* export_sink.h -- one kind of file an export can become. The exporter says what stands in which
 * cell, in order; how it is written is the sink's. A sink that fails keeps the first problem (in
 * the arena of the page) and ignores what follows; the exporter looks once a page. */
#ifndef TENON_FORM_EXPORT_SINK_H
#define TENON_FORM_EXPORT_SINK_H

#include "runtime/model/field_type.h"

struct export_head {
	const char *name;          /* the column's header */
	const struct field *field; /* whose values stand in it */
};
struct export_cell {
	struct arena *arena; /* of the page */
	const struct codec *codec;
	const struct field *field;
	const struct value *value; /* NULL: nothing to be seen */
	int64_t record;
};
struct export_sink {
	void (*head)(struct export_sink *to, struct arena *a, const struct export_head *columns,
		     size_t n);
	void (*cell)(struct export_sink *to, const struct export_cell *cell);
	void (*end_line)(struct export_sink *to);
	struct problem *problem;
};

#endif
