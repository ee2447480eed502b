/* graph.h -- a BPMN 2.0 diagram as a plain graph: processes, nodes, sequence flows.
 *  1. Every node and flow of a process is in the graph, also those we do not import: what stands against importing the
 *     diagram is listed in `refusals`, each with the id of its element, in the order of the document.
 *  2. A flow's ends are nodes of the same process; a flow that names none is a refusal and not in the graph.
 * Ownership: the arena given to bpmn_read. */
#ifndef TENON_BPMN_GRAPH_H
#define TENON_BPMN_GRAPH_H

#include "runtime/bpmn/xml.h"

#define BPMN_SPACE "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define TENON_SPACE "urn:tenon:bpmn:1"

enum node_kind { NODE_START, NODE_END, NODE_TASK, NODE_PASS, NODE_XOR, NODE_AND, NODE_OR, NODE_TIMER, NODE_CATCH, NODE_BOUNDARY, NODE_KINDS };
enum timer_kind { TIMER_NONE, TIMER_DURATION, TIMER_DATE, TIMER_CYCLE };
struct timer { enum timer_kind kind; const char *text; };
struct loop { bool many, sequential; const char *cardinality, *collection, *element, *completion; };
struct bpmn_node;
struct bpmn_flow {
	const char *id, *name, *condition;           /* condition NULL: none */
	struct bpmn_node *from, *to;
	size_t index;                                /* in the order of the document */
	bool derived;                                /* of our own export: the way on when no case holds */
	const struct json *note;                     /* the case or branch, as our own export noted it; NULL: none */
	const struct xml *xml;
};
struct bpmn_node {
	enum node_kind kind;
	const char *id, *name;
	size_t index;
	const struct xml *xml;
	struct bpmn_flow **in, **out; size_t in_count, out_count;
	const struct bpmn_flow *standard;            /* the default flow */
	const char *standard_id;
	bool terminate;
	bool interrupting; struct bpmn_node *host;   /* NODE_BOUNDARY */
	struct timer timer;                          /* NODE_TIMER, NODE_BOUNDARY, NODE_START */
	bool triggered;                              /* NODE_START: by time, a message or the like */
	struct loop loop;                            /* NODE_TASK */
	const char *lane;
	const struct json *step;                     /* what our own export noted; NULL: none */
	const struct bpmn_process *process;
};
struct bpmn_process {
	const char *id, *name;
	const struct xml *xml;
	struct bpmn_node **nodes; size_t node_count;
	struct bpmn_flow **flows; size_t flow_count;
	const char *initiator;                       /* the vendors' variable that holds the starter */
	const struct json *flow;                     /* what our own export noted of the flow */
};
/* runs: --run can play the diagram all the same. */
struct bpmn_refusal { struct problem *problem; bool runs; struct bpmn_refusal *next; };
struct refusals { struct bpmn_refusal *first, *last; };
struct bpmn {
	struct arena *arena;
	struct bpmn_process **processes; size_t process_count;
	struct refusals refusals;
	struct refusals hints;                       /* what an import leaves out and a person has to see to; it stands against nothing */
};

struct problem *bpmn_read(struct arena *a, struct str xml, struct bpmn **out) MUST_CHECK;
/* Refusals name the element: bpmn_id gives its id, or that of the nearest around it that has one. */
const char *bpmn_id(const struct xml *e);
void bpmn_refuse(struct bpmn *g, bool runs, struct problem *problem);
void bpmn_hint(struct bpmn *g, struct problem *hint);
/* The vendors' attribute of this name, whoever the vendor is; NULL: none. */
const char *vendor_get(const struct xml *e, const char *name);
/* Looks at foreign attributes and extension elements of e: what has a meaning we do not carry over is refused. */
void vendor_check(struct bpmn *g, const struct xml *e);
#define BPMN_PLACE(a, e) "id", bpmn_id(e), "element", (e)->name, "line", arena_printf((a), "%u", (e)->line)

#endif
