/* export.h -- a flow of ours as a drawing: nodes with places and flows between them (draw.c), then the XML (export.c).
 * Ids: a step's node has the step's id; what BPMN needs besides has an id with a dot, which no step has. */
#ifndef TENON_BPMN_EXPORT_H
#define TENON_BPMN_EXPORT_H

#include "runtime/base/json.h"
#include "runtime/bpmn/bpmn.h"

struct shape {
	const char *id, *element;
	const struct json *step;             /* whose note it carries; NULL: none */
	const char *note;                    /* a note that is no step's */
	const char *fallback;                /* id of the default flow */
	const struct shape *host;            /* of a timer at a step */
	bool derived;
	size_t number;
	int x, y, width, height;
};
struct arrow {
	const char *id;
	struct shape *from; const struct shape *to;
	const struct json *arm;              /* the case or branch it begins */
	size_t order;                        /* when it was drawn */
	int row;                             /* a way without steps runs along here; 0: straight */
	bool derived;
};
struct drawing {
	struct arena *a;
	const struct json *flow;
	struct shape **shapes; size_t n, room;
	struct arrow *arrows; size_t arrow_count, arrow_room;
	struct { struct str to; struct shape *gateway; } *again; size_t again_count; /* where gotos lead */
};

void drawing_make(struct drawing *d);
const char *draw_label(struct arena *a, const struct json *label); /* zh-CN, else any; NULL: none */

#endif
