/* draw.c -- lays a flow out from left to right, branches below one another. */
#include "runtime/bpmn/export.h"

#include <stdlib.h>

enum { STEP = 150, ROW = 120, DEPTH_MAX = 40 };

/* Where the next shape goes, and the arrow that will lead to it. */
struct pen {
	struct shape *from; /* NULL: the way has ended in a goto */
	const struct json *arm;
	bool derived;
	int x, y, bottom;
	int row; /* of a way without a shape of its own; 0: straight on */
	unsigned depth;
};

const char *draw_label(struct arena *a, const struct json *label) {
	const struct json *zh = json_get(label, "zh-CN");
	if (!label) return NULL;
	if (label->kind == JSON_OBJECT && label->n) label = zh ? zh : &label->items[0];
	return label->kind == JSON_STRING ? str_dup(a, label->text) : NULL;
}

static struct shape *put(struct drawing *d, const char *id, const char *element) {
	struct shape *s = arena_alloc(d->a, sizeof *s);
	bool task = strstr(element, "ask") || !strcmp(element, "callActivity");
	*s = (struct shape){ .id = id, .element = element };
	s->width = task ? 100 : strstr(element, "Gateway") ? 50 : 36;
	s->height = task ? 80 : s->width;
	if (d->n == d->room) {
		size_t room = d->room ? d->room * 2 : 64;
		d->shapes = arena_grow(d->a, d->shapes, d->n * sizeof *d->shapes,
				       room * sizeof *d->shapes);
		d->room = room;
	}
	s->number = d->n;
	d->shapes[d->n++] = s;
	return s;
}

static struct arrow *join(struct drawing *d, struct shape *from, const struct shape *to) {
	if (d->arrow_count == d->arrow_room) {
		size_t room = d->arrow_room ? d->arrow_room * 2 : 64;
		d->arrows = arena_grow(d->a, d->arrows, d->arrow_count * sizeof *d->arrows,
				       room * sizeof *d->arrows);
		d->arrow_room = room;
	}
	struct arrow *w = &d->arrows[d->arrow_count++];
	*w = (struct arrow){ .from = from, .to = to, .order = d->arrow_count };
	return w;
}

static void lead(struct drawing *d, struct pen *p, struct shape *to) {
	struct arrow *w = join(d, p->from, to);
	w->arm = p->arm;
	w->derived = p->derived;
	w->row = p->row;
	p->arm = NULL;
	p->derived = false;
	p->row = 0;
	p->from = to;
}

static struct shape *place(struct drawing *d, struct pen *p, const char *id, const char *element) {
	struct shape *s = put(d, id, element);
	s->x = p->x + (100 - s->width) / 2;
	s->y = p->y + (80 - s->height) / 2;
	p->x += STEP;
	if (p->y + ROW > p->bottom) p->bottom = p->y + ROW;
	if (p->from) lead(d, p, s);
	p->from = s;
	return s;
}

static const char *text_of(struct drawing *d, const struct json *j) {
	return str_dup(d->a, json_str(j));
}

/* The time of a step: a timer at it whose way says what happens, for other programs to see. */
static void due(struct drawing *d, struct shape *host, const struct json *step) {
	if (!json_get(step, "due")) return;
	struct shape *timer = put(d, arena_printf(d->a, "%s.due", host->id), "boundaryEvent"),
		     *end = put(d, arena_printf(d->a, "%s.due.end", host->id), "endEvent");
	timer->derived = end->derived = true;
	timer->host = host;
	timer->step = step;
	timer->x = host->x + 64;
	timer->y = host->y + 62;
	end->x = timer->x + 60;
	end->y = timer->y + 14;
	join(d, timer, end)->derived = true;
}

static void steps(struct drawing *d, struct pen *p, const struct json *list);

static const char *element_of(const struct json *step) {
	static const char *const kinds[][2] = { { "approve", "userTask" },
						{ "handle", "userTask" },
						{ "cc", "sendTask" },
						{ "act", "serviceTask" },
						{ "sub", "callActivity" },
						{ "wait", "intermediateCatchEvent" },
						{ "goto", "intermediateThrowEvent" } };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (json_is_string(json_get(step, "kind"), kinds[i][0])) return kinds[i][1];
	return "task";
}

/* A split, its arms below one another, and the join that takes the open ones. */
static void block(struct drawing *d, struct pen *p, const struct json *step, const char *id,
		  const char *open, const char *close, const struct json *arms) {
	struct shape *split = place(d, p, id, open);
	struct pen after = *p;
	bool branch = json_is_string(json_get(step, "kind"), "branch"), otherwise = !branch;
	uint32_t n = arms && arms->kind == JSON_ARRAY ? arms->n : 0;
	struct pen *ends = arena_array(d->a, n + 1, sizeof *ends);
	int y = p->y, x = p->x;
	split->step = step;
	for (uint32_t i = 0; i < n; i++) {
		struct pen one = { .from = split,
				   .arm = &arms->items[i],
				   .x = x,
				   .y = y,
				   .bottom = y + ROW,
				   .depth = p->depth + 1 };
		otherwise |= json_bool(json_get(one.arm, "else"));
		steps(d, &one, json_get(&arms->items[i], "steps"));
		if (one.from == split) one.row = y + 40;
		ends[i] = one;
		y = one.bottom;
		if (one.x > after.x) after.x = one.x;
	}
	ends[n] = (struct pen){ .from = otherwise ? NULL : split, .derived = true, .row = y + 40 };
	if (!otherwise) y += ROW;
	bool any = false;
	for (uint32_t i = 0; i <= n; i++) any |= ends[i].from != NULL;
	*p = after;
	p->from = NULL;
	if (y > p->bottom) p->bottom = y;
	if (!any) return;
	struct shape *end = place(d, p, arena_printf(d->a, "%s.join", id), close);
	end->note = "{\"kind\":\"join\"}";
	for (uint32_t i = 0; i <= n; i++)
		if (ends[i].from) lead(d, &ends[i], end);
}

static void again(struct drawing *d, struct pen *p, struct str id) {
	for (size_t i = 0; i < d->again_count; i++)
		if (str_eq(d->again[i].to, id) && !d->again[i].gateway)
			d->again[i].gateway =
				place(d, p, arena_printf(d->a, "%.*s.again", (int)id.n, id.p),
				      "exclusiveGateway");
}

static void jump(struct drawing *d, struct pen *p, const struct json *step) {
	struct str to = json_str(json_get(step, "to"));
	for (size_t i = 0; i < d->again_count; i++)
		if (str_eq(d->again[i].to, to) && d->again[i].gateway) {
			lead(d, p, d->again[i].gateway);
			break;
		}
	p->from = NULL;
}

static void one_step(struct drawing *d, struct pen *p, const struct json *step) {
	const char *id = text_of(d, json_get(step, "id"));
	const struct json *kind = json_get(step, "kind");
	again(d, p, json_str(json_get(step, "id")));
	if (json_is_string(kind, "branch")) {
		const char *g = json_is_string(json_get(step, "pick"), "all") ? "inclusiveGateway"
									      : "exclusiveGateway";
		block(d, p, step, id, g, g, json_get(step, "cases"));
	} else if (json_is_string(kind, "parallel")) {
		const struct json *wait = json_get(step, "wait");
		bool some = wait && !json_is_string(wait, "all");
		block(d, p, step, id, "parallelGateway",
		      some ? "complexGateway" : "parallelGateway", json_get(step, "branches"));
	} else {
		struct shape *s = place(d, p, id, element_of(step));
		s->step = step;
		due(d, s, step);
		if (json_is_string(kind, "goto")) jump(d, p, step);
	}
}

static void steps(struct drawing *d, struct pen *p, const struct json *list) {
	if (!list || list->kind != JSON_ARRAY || p->depth > DEPTH_MAX) return;
	for (uint32_t i = 0; i < list->n && p->from; i++) one_step(d, p, &list->items[i]);
}

static void find_gotos(struct drawing *d, const struct json *j) {
	if (j->kind == JSON_OBJECT && json_is_string(json_get(j, "kind"), "goto")) {
		struct str to = json_str(json_get(j, "to"));
		for (size_t i = 0; i < d->again_count; i++)
			if (str_eq(d->again[i].to, to)) return;
		d->again = arena_grow(d->a, d->again, d->again_count * sizeof *d->again,
				      (d->again_count + 1) * sizeof *d->again);
		d->again[d->again_count].to = to;
		d->again[d->again_count++].gateway = NULL;
	}
	for (uint32_t i = 0; i < j->n; i++) find_gotos(d, &j->items[i]);
}

/* By where they begin; those of a split in the order of its cases, which lie in one array. */
static int in_order(const void *a, const void *b) {
	const struct arrow *x = a, *y = b;
	if (x->from != y->from) return x->from->number < y->from->number ? -1 : 1;
	if (x->derived != y->derived) return x->derived ? 1 : -1;
	if (x->arm && y->arm && x->arm != y->arm) return x->arm < y->arm ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static void name_arrows(struct drawing *d) {
	qsort(d->arrows, d->arrow_count, sizeof *d->arrows, in_order);
	for (size_t i = 0; i < d->arrow_count; i++) {
		struct arrow *w = &d->arrows[i];
		bool otherwise = w->derived || (w->arm && json_bool(json_get(w->arm, "else")));
		w->id = arena_printf(d->a, "flow.%zu", i + 1);
		if (otherwise && strstr(w->from->element, "Gateway")) w->from->fallback = w->id;
	}
}

void drawing_make(struct drawing *d) {
	const struct json *list = json_get(d->flow, "steps");
	struct pen p = { .x = 100, .y = 80, .bottom = 80 + ROW };
	if (list) find_gotos(d, list);
	place(d, &p, "start.event", "startEvent");
	steps(d, &p, list);
	if (p.from) place(d, &p, "end.event", "endEvent");
	if (d->arrow_count) name_arrows(d);
}
