#include "runtime/bpmn/graph.h"

#include <stdlib.h>
#include "runtime/base/json.h"

enum { NODES_MAX = 2000, PROCESSES_MAX = 100 };

/* Our own export writes some parts for the eyes of other programs only (a timer for `due`, the way
 * on when no case holds): they are marked, and left out of the graph. */

/* What we make of each flow element. imported: inside the subset as it stands; runs: --run can pass
 * or wait there. */
struct element {
	const char *name;
	enum node_kind kind;
	bool imported, runs;
};
static const struct element elements[] = {
	{ "startEvent", NODE_START, true, true },
	{ "endEvent", NODE_END, true, true },
	{ "userTask", NODE_TASK, true, true },
	{ "manualTask", NODE_TASK, true, true },
	{ "task", NODE_PASS, true, true },
	{ "exclusiveGateway", NODE_XOR, true, true },
	{ "parallelGateway", NODE_AND, true, true },
	{ "inclusiveGateway", NODE_OR, true, true },
	{ "intermediateCatchEvent", NODE_CATCH, true, true },
	{ "boundaryEvent", NODE_BOUNDARY, true, true },
	{ "intermediateThrowEvent", NODE_PASS, true, true },
	{ "serviceTask", NODE_PASS, false, true },
	{ "scriptTask", NODE_PASS, false, true },
	{ "sendTask", NODE_PASS, false, true },
	{ "receiveTask", NODE_PASS, false, true },
	{ "businessRuleTask", NODE_PASS, false, true },
	{ "callActivity", NODE_PASS, false, false },
	{ "subProcess", NODE_PASS, false, false },
	{ "adHocSubProcess", NODE_PASS, false, false },
	{ "transaction", NODE_PASS, false, false },
	{ "eventBasedGateway", NODE_XOR, false, false },
	{ "complexGateway", NODE_XOR, false, false },
};

/* Parts of a process that say nothing about where it goes. */
static const char *const silent[] = { "documentation",
				      "extensionElements",
				      "laneSet",
				      "textAnnotation",
				      "association",
				      "group",
				      "dataObject",
				      "dataObjectReference",
				      "dataStoreReference",
				      "ioSpecification",
				      "property",
				      "incoming",
				      "outgoing",
				      "auditing",
				      "monitoring",
				      "category",
				      "dataInputAssociation",
				      "dataOutputAssociation",
				      NULL };
static const char *const in_task[] = { "multiInstanceLoopCharacteristics",
				       "potentialOwner",
				       "humanPerformer",
				       "performer",
				       "resourceRole",
				       "rendering",
				       NULL };
static const char *const in_event[] = { "timerEventDefinition",
					"terminateEventDefinition",
					"dataOutput",
					"outputSet",
					"dataInput",
					"inputSet",
					NULL };

static bool among(const char *const *list, const char *name) {
	for (; *list; list++)
		if (!strcmp(*list, name)) return true;
	return false;
}

const char *bpmn_id(const struct xml *e) {
	for (; e; e = e->parent) {
		const char *id = xml_get(e, "id");
		if (id && *id) return id;
	}
	return "?";
}

static void add_to(struct bpmn *g, struct refusals *list, bool runs, struct problem *problem) {
	struct bpmn_refusal *r = arena_alloc(g->arena, sizeof *r);
	*r = (struct bpmn_refusal){ problem, runs, NULL };
	if (list->last)
		list->last->next = r;
	else
		list->first = r;
	list->last = r;
}

void bpmn_refuse(struct bpmn *g, bool runs, struct problem *problem) {
	add_to(g, &g->refusals, runs, problem);
}

void bpmn_hint(struct bpmn *g, struct problem *hint) { add_to(g, &g->hints, true, hint); }

static void refuse_element(struct bpmn *g, const struct xml *e, bool runs) {
	bpmn_refuse(g, runs, PROBLEM(g->arena, INVALID, "bpmn_element", BPMN_PLACE(g->arena, e)));
}

/* ---- one node ---- */

static const char *trimmed(struct arena *a, const char *text) {
	return str_dup(a, str_trim(str_of(text)));
}

static void read_timer(struct bpmn *g, struct bpmn_node *n, const struct xml *definition) {
	static const struct {
		const char *name;
		enum timer_kind kind;
	} kinds[] = { { "timeDuration", TIMER_DURATION },
		      { "timeDate", TIMER_DATE },
		      { "timeCycle", TIMER_CYCLE } };
	n->timer.kind = TIMER_DURATION;
	n->timer.text = "";
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct xml *e = xml_child(definition, BPMN_SPACE, kinds[i].name);
		if (!e) continue;
		n->timer.kind = kinds[i].kind;
		n->timer.text = trimmed(g->arena, e->text);
	}
	vendor_check(g, definition);
}

/* By whom, when and by what a run is started is the flow's own matter: by hand, by a record, by a
 * rule. */
static void read_start(struct bpmn *g, struct bpmn_node *n) {
	const struct xml *extra = xml_child(n->xml, BPMN_SPACE, "extensionElements"),
			 *trigger = NULL;
	for (const struct xml *c = n->xml->first; c; c = c->next)
		if (strstr(c->name, "EventDefinition") && !strcmp(c->space, BPMN_SPACE))
			trigger = c;
	for (const struct xml *c = extra ? extra->first : NULL; c; c = c->next)
		if (!strcmp(c->name, "eventType")) trigger = c;
	n->triggered = trigger != NULL;
	if (trigger)
		bpmn_hint(g, PROBLEM(g->arena, INVALID, "bpmn_left_start", "by", trigger->name,
				     BPMN_PLACE(g->arena, n->xml)));
}

static void read_event(struct bpmn *g, struct bpmn_node *n) {
	bool defined = n->kind == NODE_END || n->kind == NODE_PASS;
	for (const struct xml *c = n->xml->first; c; c = c->next) {
		if (strcmp(c->space, BPMN_SPACE) != 0) continue;
		if (!strcmp(c->name, "timerEventDefinition")) {
			read_timer(g, n, c);
			defined = true;
		} else if (!strcmp(c->name, "terminateEventDefinition") && n->kind == NODE_END) {
			n->terminate = true;
			vendor_check(g, c);
		} else if (!among(silent, c->name) && !among(in_event, c->name)) {
			refuse_element(g, n->xml, true);
			return;
		}
	}
	if (!defined) refuse_element(g, n->xml, true);
}

static void read_loop(struct bpmn *g, struct bpmn_node *n) {
	const struct xml *e = xml_child(n->xml, BPMN_SPACE, "multiInstanceLoopCharacteristics");
	if (!e) return;
	const struct xml *count = xml_child(e, BPMN_SPACE, "loopCardinality"),
			 *input = xml_child(e, BPMN_SPACE, "loopDataInputRef"),
			 *item = xml_child(e, BPMN_SPACE, "inputDataItem"),
			 *done = xml_child(e, BPMN_SPACE, "completionCondition");
	const char *sequential = xml_get(e, "isSequential");
	n->loop = (struct loop){
		.many = true,
		.sequential = sequential && !strcmp(sequential, "true"),
		.cardinality = count ? trimmed(g->arena, count->text) : NULL,
		.collection = input ? trimmed(g->arena, input->text) : vendor_get(e, "collection"),
		.element = item ? xml_get(item, "name") : vendor_get(e, "elementVariable"),
		.completion = done ? trimmed(g->arena, done->text) : NULL
	};
	vendor_check(g, e);
}

static void read_task(struct bpmn *g, struct bpmn_node *n) {
	for (const struct xml *c = n->xml->first; c; c = c->next)
		if (!strcmp(c->space, BPMN_SPACE) && !among(silent, c->name) &&
		    !among(in_task, c->name)) {
			refuse_element(g, c, true);
			return;
		}
	read_loop(g, n);
}

static const struct json *noted(struct bpmn *g, const struct xml *e, const char *name) {
	const struct xml *extra = xml_child(e, BPMN_SPACE, "extensionElements"),
			 *note = extra ? xml_child(extra, TENON_SPACE, name) : NULL;
	const struct json *json = NULL;
	if (!note) return NULL;
	if (json_parse(g->arena, str_of(note->text), &json_limits_definition, &json) ||
	    json->kind != JSON_OBJECT)
		bpmn_refuse(g, true,
			    PROBLEM(g->arena, INVALID, "bpmn_note", "name", name,
				    BPMN_PLACE(g->arena, e)));
	return json && json->kind == JSON_OBJECT ? json : NULL;
}

static bool is_derived(const struct xml *e) {
	for (size_t i = 0; i < e->n; i++)
		if (!strcmp(e->attributes[i].space, TENON_SPACE) &&
		    !strcmp(e->attributes[i].name, "derived"))
			return true;
	return false;
}

/* Of our own export the note says what the element is; BPMN's element is the nearest of its kinds.
 */
static void read_noted(struct bpmn_node *n) {
	const struct json *kind = json_get(n->step, "kind");
	if (json_is_string(kind, "branch"))
		n->kind = json_is_string(json_get(n->step, "pick"), "all") ? NODE_OR : NODE_XOR;
	else if (json_is_string(kind, "parallel"))
		n->kind = NODE_AND;
	else if (json_is_string(kind, "goto"))
		n->kind = NODE_PASS;
	else if (json_is_string(kind, "join"))
		n->kind = strcmp(n->xml->name, "complexGateway") ? n->kind : NODE_AND;
	else
		n->kind = NODE_TASK;
}

static void read_node(struct bpmn *g, struct bpmn_process *p, const struct xml *e,
		      const struct element *is, struct bpmn_node *n) {
	const char *cancel = xml_get(e, "cancelActivity"), *name = xml_get(e, "name");
	*n = (struct bpmn_node){ .kind = is->kind, .id = bpmn_id(e), .xml = e, .process = p };
	n->name = name && *name ? name : NULL;
	n->standard_id = xml_get(e, "default");
	n->interrupting = !cancel || strcmp(cancel, "false") != 0;
	n->step = noted(g, e, "step");
	if (n->step)
		read_noted(n);
	else if (!is->imported)
		refuse_element(g, e, is->runs);
	else if (is->kind == NODE_TASK || !strcmp(e->name, "task"))
		read_task(g, n);
	else if (is->kind == NODE_START)
		read_start(g, n);
	else if (is->kind != NODE_XOR && is->kind != NODE_AND && is->kind != NODE_OR)
		read_event(g, n);
	if (n->kind == NODE_CATCH && n->timer.kind) n->kind = NODE_TIMER;
	vendor_check(g, e);
	if (n->kind == NODE_START) {
		const char *initiator = vendor_get(e, "initiator");
		if (initiator) p->initiator = initiator;
	}
}

/* ---- a process ---- */

static const struct element *element_of(const struct xml *e) {
	if (strcmp(e->space, BPMN_SPACE) != 0) return NULL;
	for (size_t i = 0; i < ARRAY_LEN(elements); i++)
		if (!strcmp(elements[i].name, e->name)) return &elements[i];
	return NULL;
}

static int by_id(const void *a, const void *b) {
	const struct bpmn_node *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

static struct bpmn_node *find(struct bpmn_node *const *sorted, size_t n, const char *id) {
	size_t low = 0, high = n;
	while (id && low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(sorted[middle]->id, id);
		if (!order) return sorted[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static struct problem *same_ids(struct arena *a, struct bpmn_node *const *sorted, size_t n) {
	for (size_t i = 1; i < n; i++)
		if (!strcmp(sorted[i]->id, sorted[i - 1]->id))
			return PROBLEM(a, INVALID, "bpmn_same_id", BPMN_PLACE(a, sorted[i]->xml));
	return NULL;
}

static void refuse_ref(struct bpmn *g, const struct xml *e, const char *ref) {
	bpmn_refuse(g, false,
		    PROBLEM(g->arena, INVALID, "bpmn_reference", "ref", ref ? ref : "",
			    BPMN_PLACE(g->arena, e)));
}

static const char *condition_of(struct bpmn *g, const struct xml *e) {
	const struct xml *c = xml_child(e, BPMN_SPACE, "conditionExpression");
	const char *text = c ? trimmed(g->arena, c->text) : NULL;
	return text && *text ? text : NULL;
}

static void read_flow(struct bpmn *g, struct bpmn_process *p, const struct xml *e,
		      struct bpmn_node *const *sorted) {
	const char *name = xml_get(e, "name"), *source = xml_get(e, "sourceRef"),
		   *target = xml_get(e, "targetRef"), *id = xml_get(e, "id");
	struct bpmn_node *from = find(sorted, p->node_count, source),
			 *to = find(sorted, p->node_count, target);
	vendor_check(g, e);
	if (is_derived(e) && (!from || !to)) return;
	if (!from || !to) {
		refuse_ref(g, e, from ? target : source);
		return;
	}
	struct bpmn_flow *f = arena_alloc(g->arena, sizeof *f);
	*f = (struct bpmn_flow){ .id = id && *id
					       ? id
					       : arena_printf(g->arena, "%s -> %s", source, target),
				 .name = name && *name ? name : NULL,
				 .condition = condition_of(g, e),
				 .from = from,
				 .to = to,
				 .index = p->flow_count,
				 .derived = is_derived(e),
				 .note = noted(g, e, "case"),
				 .xml = e };
	if (from->standard_id && id && !strcmp(id, from->standard_id)) from->standard = f;
	p->flows[p->flow_count++] = f;
}

static void connect(struct bpmn *g, struct bpmn_process *p) {
	for (size_t i = 0; i < p->flow_count; i++) {
		p->flows[i]->from->out_count++;
		p->flows[i]->to->in_count++;
	}
	for (size_t i = 0; i < p->node_count; i++) {
		struct bpmn_node *n = p->nodes[i];
		n->in = arena_array(g->arena, n->in_count, sizeof *n->in);
		n->out = arena_array(g->arena, n->out_count, sizeof *n->out);
		n->in_count = n->out_count = 0;
	}
	for (size_t i = 0; i < p->flow_count; i++) {
		struct bpmn_flow *f = p->flows[i];
		f->from->out[f->from->out_count++] = f;
		f->to->in[f->to->in_count++] = f;
	}
}

static void attach(struct bpmn *g, struct bpmn_process *p, struct bpmn_node *const *sorted) {
	for (size_t i = 0; i < p->node_count; i++) {
		struct bpmn_node *n = p->nodes[i];
		if (n->kind != NODE_BOUNDARY) continue;
		const char *ref = xml_get(n->xml, "attachedToRef");
		n->host = find(sorted, p->node_count, ref);
		if (!n->host) refuse_ref(g, n->xml, ref);
	}
}

/* Lanes may nest: the innermost that names the node gives its name. */
static void read_lanes(struct bpmn *g, struct bpmn_process *p, const struct xml *set,
		       struct bpmn_node *const *sorted) {
	for (const struct xml *lane = set->first; lane; lane = lane->next) {
		const struct xml *inner = xml_child(lane, BPMN_SPACE, "childLaneSet");
		if (!xml_is(lane, BPMN_SPACE, "lane")) continue;
		for (const struct xml *r = lane->first; r; r = r->next) {
			struct bpmn_node *n =
				xml_is(r, BPMN_SPACE, "flowNodeRef")
					? find(sorted, p->node_count, trimmed(g->arena, r->text))
					: NULL;
			if (n) n->lane = xml_get(lane, "name");
		}
		if (inner) read_lanes(g, p, inner, sorted);
	}
}

static void read_parts(struct bpmn *g, struct bpmn_process *p) {
	for (const struct xml *e = p->xml->first; e; e = e->next) {
		const struct element *is = element_of(e);
		if (is_derived(e)) continue;
		if (is) {
			struct bpmn_node *n = arena_alloc(g->arena, sizeof *n);
			read_node(g, p, e, is, n);
			n->index = p->node_count;
			p->nodes[p->node_count++] = n;
		} else if (!xml_is(e, BPMN_SPACE, "sequenceFlow") &&
			   !(!strcmp(e->space, BPMN_SPACE) &&
			     (among(silent, e->name) || among(in_task, e->name)))) {
			refuse_element(g, e, true);
		}
	}
}

static struct problem *too_many(struct arena *a, const struct xml *e) {
	return PROBLEM(a, TOO_LARGE, "bpmn_too_large", "what", "elements", "max",
		       arena_printf(a, "%d", NODES_MAX), "line", arena_printf(a, "%u", e->line));
}

static struct problem *read_process(struct bpmn *g, const struct xml *e, struct bpmn_process *p) {
	size_t parts = 0;
	for (const struct xml *c = e->first; c; c = c->next) parts++;
	if (parts > 10 * NODES_MAX) return too_many(g->arena, e);
	*p = (struct bpmn_process){ .id = bpmn_id(e), .name = xml_get(e, "name"), .xml = e };
	p->nodes = arena_array(g->arena, parts, sizeof *p->nodes);
	p->flows = arena_array(g->arena, parts, sizeof *p->flows);
	vendor_check(g, e);
	p->flow = noted(g, e, "flow");
	read_parts(g, p);
	if (p->node_count > NODES_MAX) return too_many(g->arena, e);
	struct bpmn_node **sorted =
		arena_array(g->arena, p->node_count, sizeof(struct bpmn_node *));
	if (p->node_count) memcpy(sorted, p->nodes, p->node_count * sizeof *sorted);
	qsort(sorted, p->node_count, sizeof *sorted, by_id);
	TRY(same_ids(g->arena, sorted, p->node_count));
	for (const struct xml *c = e->first; c; c = c->next) {
		if (xml_is(c, BPMN_SPACE, "sequenceFlow")) read_flow(g, p, c, sorted);
		if (xml_is(c, BPMN_SPACE, "laneSet")) read_lanes(g, p, c, sorted);
	}
	attach(g, p, sorted);
	connect(g, p);
	return NULL;
}

static bool must_understand(const struct xml *e) {
	const char *must = xml_get(e, "mustUnderstand");
	return xml_is(e, BPMN_SPACE, "extension") && must && !strcmp(must, "true");
}

struct problem *bpmn_read(struct arena *a, struct str text, struct bpmn **out) {
	const struct xml *root;
	struct bpmn *g = arena_alloc(a, sizeof *g);
	*out = g;
	g->arena = a;
	TRY(xml_parse(a, text, &root));
	if (!xml_is(root, BPMN_SPACE, "definitions"))
		return PROBLEM(a, INVALID, "bpmn_root", "element", root->name, "space",
			       root->space);
	g->processes = arena_array(a, PROCESSES_MAX, sizeof *g->processes);
	for (const struct xml *e = root->first; e; e = e->next) {
		if (must_understand(e)) refuse_element(g, e, true);
		if (!xml_is(e, BPMN_SPACE, "process")) continue;
		if (g->process_count == PROCESSES_MAX)
			return PROBLEM(a, TOO_LARGE, "bpmn_too_large", "what", "processes", "max",
				       "100", "line", arena_printf(a, "%u", e->line));
		struct bpmn_process *p = arena_alloc(a, sizeof *p);
		TRY(read_process(g, e, p));
		if (p->node_count) g->processes[g->process_count++] = p;
	}
	if (!g->process_count) return PROBLEM(a, INVALID, "bpmn_no_process");
	return NULL;
}
