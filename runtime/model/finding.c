/* finding.c -- findings with their places.
 * 1. A node lies inside its parent's [offset, offset + length): the pointer is found by descending,
 * nobody carries it.
 * 2. A file of a folder keeps its own text. A file inside a published bundle has none: its
 * canonical text is written when the first finding needs a place, because most loads have no
 * findings. */
#include "runtime/model/finding.h"

#include <stdlib.h>

enum { FINDINGS_KEPT = 1000, FILE_TEXT_MAX = 16 * 1024 * 1024 };

static bool within(const struct json *outer, const struct json *inner) {
	return inner->offset >= outer->offset &&
	       (uint64_t)inner->offset + inner->length <= (uint64_t)outer->offset + outer->length;
}

static const struct json *step_down(struct arena *a, const struct json *from,
				    const struct json *node, const char **pointer) {
	for (size_t i = 0; i < from->n; i++) {
		const struct json *item = &from->items[i];
		if (item != node && !within(item, node)) continue;
		*pointer = from->kind == JSON_OBJECT ? pointer_join(a, *pointer, from->keys[i].name)
						     : pointer_index(a, *pointer, i);
		return item;
	}
	return NULL;
}

const char *finding_pointer(struct arena *a, const struct json *root, const struct json *node) {
	const char *pointer = "";
	for (const struct json *at = root; at && at != node;) at = step_down(a, at, node, &pointer);
	return pointer;
}

static const struct json *parent_of(const struct json *root, const struct json *node,
				    size_t *index) {
	for (const struct json *at = root; at;) {
		const struct json *next = NULL;
		for (size_t i = 0; i < at->n && !next; i++) {
			if (&at->items[i] == node) return *index = i, at;
			if (within(&at->items[i], node)) next = &at->items[i];
		}
		at = next;
	}
	return NULL;
}

/* Text and tree the place is looked up in: the file's own, or the canonical ones written now. */
static void readable(struct findings *f, const struct definition *d) {
	if (f->shown.of == d) return;
	f->shown.of = d;
	f->shown.text = d->source;
	f->shown.root = d->json;
	if (d->source.n) return;
	struct sb text = sb_on(f->arena, FILE_TEXT_MAX);
	struct jw w = jw_on(&text);
	jw_pretty(&w, d->json, 0);
	f->shown.text = str_of(sb_cstr(&text));
	f->shown.root = NULL;
	if (text.overflow ||
	    json_parse(f->arena, f->shown.text, &json_limits_definition, &f->shown.root))
		f->shown.root = NULL;
}

void finding_locate(struct findings *f, struct spot at, struct finding *out) {
	readable(f, at.definition);
	out->pointer = finding_pointer(f->arena, at.definition->json, at.at);
	const struct json *root = f->shown.root, *node = root ? json_at(root, out->pointer) : NULL;
	size_t index;
	if (!node) return;
	uint32_t offset = node->offset;
	const struct json *parent = at.on_key ? parent_of(root, node, &index) : NULL;
	if (parent && parent->kind == JSON_OBJECT) offset = parent->keys[index].offset;
	struct json_place place = json_place(f->shown.text, offset);
	out->line = place.line;
	out->column = place.column + at.skip;
}

static struct finding *room_for(struct findings *f, enum severity severity) {
	if (severity == SEVERITY_ERROR) f->errors++;
	if (severity == SEVERITY_WARNING) f->warnings++;
	if (f->count == FINDINGS_KEPT) return NULL;
	if (f->count == f->room) {
		size_t room = f->room ? 2 * f->room : 16;
		f->items = arena_grow(f->arena, f->items, f->room * sizeof *f->items,
				      room * sizeof *f->items);
		f->room = room;
	}
	f->items[f->count] = (struct finding){ .severity = severity, .pointer = "" };
	return &f->items[f->count++];
}

static const struct param *copy_params(struct arena *a, const struct param *params, size_t count) {
	struct param *copy = arena_array(a, count, sizeof *copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = (struct param){ arena_strdup(a, params[i].name),
					  arena_strdup(a, params[i].value) };
	return copy;
}

static void say(struct findings *f, struct finding *out, const char *code, const char *text,
		const char *remedy, const struct param *params, size_t count) {
	out->code = code;
	out->text = text;
	out->remedy = remedy;
	out->params = copy_params(f->arena, params, count);
	out->param_count = count;
}

void finding_params(struct findings *f, struct spot at, enum severity severity, const char *code,
		    const char *text, const char *remedy, const struct param *params,
		    size_t count) {
	struct finding *out = room_for(f, severity);
	if (!out) return;
	out->file = arena_strdup(f->arena, at.definition->file);
	finding_locate(f, at, out);
	say(f, out, code, text, remedy, params, count);
}

enum { PARAMS_MAX = 12 };

static size_t gather(struct param params[PARAMS_MAX], va_list args) {
	size_t n = 0;
	for (const char *name; n < PARAMS_MAX && (name = va_arg(args, const char *)) != NULL; n++)
		params[n] = (struct param){ name, va_arg(args, const char *) };
	return n;
}

void finding_add(struct findings *f, struct spot at, enum severity severity, const char *code,
		 const char *text, const char *remedy, ...) {
	struct param params[PARAMS_MAX];
	va_list args;
	va_start(args, remedy);
	size_t n = gather(params, args);
	va_end(args);
	finding_params(f, at, severity, code, text, remedy, params, n);
}

void finding_example(struct findings *f, const struct json *example) {
	if (f->count) f->items[f->count - 1].example = example;
}

void finding_file(struct findings *f, const char *file, enum severity severity, const char *code,
		  const char *text, const char *remedy, ...) {
	struct param params[PARAMS_MAX];
	va_list args;
	va_start(args, remedy);
	size_t n = gather(params, args);
	va_end(args);
	struct finding *out = room_for(f, severity);
	if (!out) return;
	out->file = arena_strdup(f->arena, file);
	say(f, out, code, text, remedy, params, n);
}

void finding_problem(struct findings *f, const char *file, const char *code,
		     const struct problem *p) {
	struct finding *out = room_for(f, SEVERITY_ERROR);
	if (!out) return;
	out->file = arena_strdup(f->arena, file);
	say(f, out, code, arena_strdup(f->arena, p->code), "fix_json", p->params, p->param_count);
	for (size_t i = 0; i < p->param_count; i++) {
		if (!strcmp(p->params[i].name, "line"))
			out->line = (unsigned)strtoul(p->params[i].value, NULL, 10);
		if (!strcmp(p->params[i].name, "column"))
			out->column = (unsigned)strtoul(p->params[i].value, NULL, 10);
	}
}
