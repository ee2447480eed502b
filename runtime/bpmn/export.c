/* export.c -- the XML of a drawing. What BPMN cannot say stands beside it as JSON, in elements of
 * our namespace: flow (all but the steps), step (all but what it holds), case (all but its steps).
 * Read again they give the same flow, byte for byte. */
#include "runtime/bpmn/export.h"

#include "runtime/bpmn/plain.h"

struct page {
	struct arena *a;
	struct sb *out;
	const struct drawing *d;
};

static void attribute(struct sb *out, const char *name, const char *value) {
	if (!value) return;
	sb_printf(out, " %s=\"", name);
	xml_escape(out, value);
	sb_char(out, '"');
}

static void element(struct sb *out, const char *indent, const char *name, const char *text) {
	sb_printf(out, "%s<%s>", indent, name);
	xml_escape(out, text);
	sb_printf(out, "</%s>\n", name);
}

/* ---- notes ---- */

static bool among(struct str name, const char *const *list) {
	for (; *list; list++)
		if (str_is(name, *list)) return true;
	return false;
}

static const char *json_without(struct arena *a, const struct json *j, const char *const *leave) {
	struct sb text = sb_on(a, 1 << 20);
	struct jw w = jw_on(&text);
	jw_object(&w);
	for (uint32_t i = 0; i < j->n; i++) {
		if (among(j->keys[i].name, leave)) continue;
		jw_key_str(&w, j->keys[i].name);
		jw_json(&w, &j->items[i]);
	}
	jw_end(&w);
	return sb_cstr(&text);
}

static void note(struct page *p, const char *name, const char *json) {
	sb_cat(p->out, "      <bpmn:extensionElements>\n");
	element(p->out, "        ", name, json);
	sb_cat(p->out, "      </bpmn:extensionElements>\n");
}

/* ---- what other programs understand of a step ---- */

static void people(struct page *p, const struct json *who) {
	struct sb text = sb_on(p->a, 1 << 16);
	uint32_t n = !who ? 0 : who->kind == JSON_ARRAY ? who->n : 1;
	for (uint32_t i = 0; i < n; i++) {
		const struct json *one = who->kind == JSON_ARRAY ? &who->items[i] : who;
		struct str name = json_str(one);
		bool user = str_after(name, STR("user:"), &name);
		if (!user && !str_after(name, STR("role:"), &name)) continue;
		if (text.n) sb_cat(&text, ", ");
		sb_printf(&text, "%s(%.*s)", user ? "user" : "group", (int)name.n, name.p);
	}
	if (!text.n) return;
	sb_cat(p->out,
	       "      <bpmn:potentialOwner>\n        <bpmn:resourceAssignmentExpression>\n");
	element(p->out, "          ", "bpmn:formalExpression", sb_cstr(&text));
	sb_cat(p->out,
	       "        </bpmn:resourceAssignmentExpression>\n      </bpmn:potentialOwner>\n");
}

static void instances(struct page *p, const struct json *mode) {
	struct str vote = json_str(json_get(mode, "vote"));
	if (!mode || json_is_string(mode, "any")) return;
	sb_printf(p->out, "      <bpmn:multiInstanceLoopCharacteristics isSequential=\"%s\"",
		  json_is_string(mode, "order") ? "true" : "false");
	if (!vote.n) {
		sb_cat(p->out, " />\n");
		return;
	}
	sb_cat(p->out, ">\n");
	element(p->out, "        ", "bpmn:completionCondition", str_dup(p->a, vote));
	sb_cat(p->out, "      </bpmn:multiInstanceLoopCharacteristics>\n");
}

/* "2d" -> "P2D", "3h" -> "PT3H", "5m" -> "PT5M"; working time has no word in ISO 8601 and stays as
 * it is. */
static const char *iso(struct arena *a, const char *span) {
	size_t n = strspn(span, "0123456789");
	if (!n || strlen(span) != n + 1) return span;
	if (span[n] == 'd') return arena_printf(a, "P%.*sD", (int)n, span);
	if (span[n] == 'h') return arena_printf(a, "PT%.*sH", (int)n, span);
	return span[n] == 'm' ? arena_printf(a, "PT%.*sM", (int)n, span) : span;
}

static void timer(struct page *p, const struct json *span) {
	sb_cat(p->out, "      <bpmn:timerEventDefinition>\n");
	element(p->out, "        ", "bpmn:timeDuration", iso(p->a, str_dup(p->a, json_str(span))));
	sb_cat(p->out, "      </bpmn:timerEventDefinition>\n");
}

static void waiting(struct page *p, const struct json *step) {
	const struct json *span = json_get(step, "for"), *until = json_get(step, "until");
	if (span) timer(p, span);
	if (!until) return;
	sb_cat(p->out, "      <bpmn:conditionalEventDefinition>\n");
	element(p->out, "        ", "bpmn:condition",
		str_dup(p->a, json_str(json_get(until, "when"))));
	sb_cat(p->out, "      </bpmn:conditionalEventDefinition>\n");
}

/* ---- nodes and flows ---- */

static bool ends_it(const struct json *step) {
	const struct json *list = json_get(step, "on_due");
	for (uint32_t i = 0; list && i < list->n; i++)
		if (json_is_string(&list->items[i], "pass") ||
		    json_is_string(&list->items[i], "reject"))
			return true;
	return false;
}

static void ways(struct page *p, const struct shape *s) {
	for (size_t i = 0; i < p->d->arrow_count; i++)
		if (p->d->arrows[i].to == s)
			element(p->out, "      ", "bpmn:incoming", p->d->arrows[i].id);
	for (size_t i = 0; i < p->d->arrow_count; i++)
		if (p->d->arrows[i].from == s)
			element(p->out, "      ", "bpmn:outgoing", p->d->arrows[i].id);
}

static void node(struct page *p, const struct shape *s) {
	static const char *const held[] = { "cases", "branches", "to", NULL };
	sb_printf(p->out, "    <bpmn:%s", s->element);
	attribute(p->out, "id", s->id);
	if (!s->derived) attribute(p->out, "name", draw_label(p->a, json_get(s->step, "label")));
	if (s->host) {
		attribute(p->out, "attachedToRef", s->host->id);
		attribute(p->out, "cancelActivity", ends_it(s->step) ? "true" : "false");
	}
	attribute(p->out, "default", s->fallback);
	if (s->derived) attribute(p->out, "tenon:derived", "true");
	sb_cat(p->out, ">\n");
	if (s->step && !s->derived)
		note(p, "tenon:step", json_without(p->a, s->step, held));
	else if (s->note)
		note(p, "tenon:step", s->note);
	ways(p, s);
	if (s->host) timer(p, json_get(s->step, "due"));
	if (!strcmp(s->element, "userTask")) {
		people(p, json_get(s->step, "who"));
		instances(p, json_get(s->step, "mode"));
	}
	if (!strcmp(s->element, "intermediateCatchEvent")) waiting(p, s->step);
	sb_printf(p->out, "    </bpmn:%s>\n", s->element);
}

static void flow(struct page *p, const struct arrow *w) {
	static const char *const held[] = { "steps", NULL };
	sb_cat(p->out, "    <bpmn:sequenceFlow");
	attribute(p->out, "id", w->id);
	attribute(p->out, "name", draw_label(p->a, json_get(w->arm, "label")));
	attribute(p->out, "sourceRef", w->from->id);
	attribute(p->out, "targetRef", w->to->id);
	if (w->derived) attribute(p->out, "tenon:derived", "true");
	if (!w->arm) {
		sb_cat(p->out, " />\n");
		return;
	}
	sb_cat(p->out, ">\n");
	note(p, "tenon:case", json_without(p->a, w->arm, held));
	struct str when = json_str(json_get(w->arm, "when"));
	if (when.n) element(p->out, "      ", "bpmn:conditionExpression", str_dup(p->a, when));
	sb_cat(p->out, "    </bpmn:sequenceFlow>\n");
}

/* ---- the picture ---- */

static void point(struct page *p, int x, int y) {
	sb_printf(p->out, "        <di:waypoint x=\"%d\" y=\"%d\" />\n", x, y);
}

/* Right-angled: beside the gateway it begins or ends at; back below both. */
static void waypoints(struct page *p, const struct arrow *w) {
	const struct shape *from = w->from, *to = w->to;
	int right = from->x + from->width, middle = from->y + from->height / 2,
	    target = to->y + to->height / 2, low = from->y + from->height,
	    to_low = to->y + to->height,
	    turn = strstr(from->element, "Gateway") ? right + 20 : to->x - 20;
	if (to->x < right && !from->host) {
		int below = (low > to_low ? low : to_low) + 20;
		point(p, from->x + from->width / 2, low);
		point(p, from->x + from->width / 2, below);
		point(p, to->x + to->width / 2, below);
		point(p, to->x + to->width / 2, to_low);
		return;
	}
	point(p, right, middle);
	if (w->row && w->row != middle) {
		point(p, turn, middle);
		point(p, turn, w->row);
		point(p, to->x - 20, w->row);
		point(p, to->x - 20, target);
	} else if (middle != target) {
		point(p, turn, middle);
		point(p, turn, target);
	}
	point(p, to->x, target);
}

static void picture(struct page *p, const char *process) {
	const struct drawing *d = p->d;
	sb_cat(p->out, "  <bpmndi:BPMNDiagram id=\"diagram\">\n    <bpmndi:BPMNPlane id=\"plane\"");
	attribute(p->out, "bpmnElement", process);
	sb_cat(p->out, ">\n");
	for (size_t i = 0; i < d->n; i++) {
		const struct shape *s = d->shapes[i];
		sb_cat(p->out, "      <bpmndi:BPMNShape");
		attribute(p->out, "id", arena_printf(p->a, "%s.shape", s->id));
		attribute(p->out, "bpmnElement", s->id);
		sb_printf(p->out,
			  ">\n        <dc:Bounds x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" />\n",
			  s->x, s->y, s->width, s->height);
		sb_cat(p->out, "      </bpmndi:BPMNShape>\n");
	}
	for (size_t i = 0; i < d->arrow_count; i++) {
		const struct arrow *w = &d->arrows[i];
		sb_cat(p->out, "      <bpmndi:BPMNEdge");
		attribute(p->out, "id", arena_printf(p->a, "%s.edge", w->id));
		attribute(p->out, "bpmnElement", w->id);
		sb_cat(p->out, ">\n");
		waypoints(p, w);
		sb_cat(p->out, "      </bpmndi:BPMNEdge>\n");
	}
	sb_cat(p->out, "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n");
}

struct problem *bpmn_export(struct arena *a, const struct json *flow_json, struct sb *out) {
	static const char *const held[] = { "steps", "$schema", NULL };
	struct drawing d = { .a = a, .flow = flow_json };
	struct page p = { a, out, &d };
	const char *id =
		arena_printf(a, "process.%s", str_dup(a, json_str(json_get(flow_json, "flow"))));
	drawing_make(&d);
	sb_cat(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<bpmn:definitions xmlns:bpmn=\"" BPMN_SPACE "\""
		    " xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\""
		    " xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\""
		    " xmlns:di=\"http://www.omg.org/spec/DD/20100524/DI\""
		    " xmlns:tenon=\"" TENON_SPACE "\""
		    " id=\"definitions\" targetNamespace=\"" TENON_SPACE "\" exporter=\"Tenon\">\n"
		    "  <bpmn:process");
	attribute(out, "id", id);
	attribute(out, "name", draw_label(a, json_get(flow_json, "label")));
	sb_cat(out, " isExecutable=\"true\">\n");
	note(&p, "tenon:flow", json_without(a, flow_json, held));
	for (size_t i = 0; i < d.n; i++) node(&p, d.shapes[i]);
	for (size_t i = 0; i < d.arrow_count; i++) flow(&p, &d.arrows[i]);
	sb_cat(out, "  </bpmn:process>\n");
	picture(&p, id);
	sb_cat(out, "</bpmn:definitions>\n");
	if (!out->overflow) return NULL;
	return PROBLEM(a, TOO_LARGE, "bpmn_too_large", "what", "bytes", "max",
		       arena_printf(a, "%zu", out->ceiling), "line", "1");
}
