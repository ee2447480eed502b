#include "runtime/base/problem.h"

const struct problem_kind_info problem_kinds[PROBLEM_KIND_COUNT] = {
#define X(kind, status, uri, zh, en) [PROBLEM_##kind] = { status, uri, zh, en },
	PROBLEM_KINDS(X)
#undef X
};

enum { FAULTS_KEPT = 100 };

struct params {
	const struct param *items;
	size_t n;
};

/* Names are the caller's literals; values are copied. A NULL value reads as "" and ends the list.
 */
static struct params params_read(struct arena *a, va_list args) {
	struct param found[16];
	size_t n = 0;
	for (const char *name;
	     n < ARRAY_LEN(found) && (name = va_arg(args, const char *)) != NULL;) {
		const char *value = va_arg(args, const char *);
		found[n++] = (struct param){ name, value ? arena_strdup(a, value) : "" };
		if (!value) break;
	}
	struct param *items = arena_array(a, n, sizeof *items);
	if (n) memcpy(items, found, n * sizeof *items);
	return (struct params){ items, n };
}

struct problem *problem_new(struct arena *a, enum problem_kind kind, const char *file, int line,
			    const char *code, ...) {
	va_list args;
	va_start(args, code);
	struct params params = params_read(a, args);
	va_end(args);
	struct problem *p = arena_alloc(a, sizeof *p);
	*p = (struct problem){ .kind = kind,
			       .code = code,
			       .params = params.items,
			       .param_count = params.n,
			       .pointer = "",
			       .file = file,
			       .line = line };
	return p;
}

struct problem *problem_logged(struct arena *a, struct problem *p, const char *format, ...) {
	va_list args;
	va_start(args, format);
	p->log = arena_vprintf(a, format, args);
	va_end(args);
	return p;
}

static const struct param *params_copy(struct arena *a, const struct param *params, size_t n) {
	struct param *copy = arena_array(a, n, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = (struct param){ arena_strdup(a, params[i].name),
					  arena_strdup(a, params[i].value) };
	return copy;
}

static struct fault *fault_copy(struct arena *a, const struct fault *f) {
	struct fault *copy = arena_alloc(a, sizeof *copy);
	*copy = (struct fault){ .pointer = arena_strdup(a, f->pointer),
				.code = arena_strdup(a, f->code),
				.params = params_copy(a, f->params, f->param_count),
				.param_count = f->param_count,
				.words = f->words ? arena_strdup(a, f->words) : NULL };
	return copy;
}

struct problem *problem_copy(struct arena *a, const struct problem *p) {
	if (!p) return NULL;
	struct problem *copy = arena_alloc(a, sizeof *copy);
	*copy = *p;
	copy->code = arena_strdup(a, p->code);
	copy->params = params_copy(a, p->params, p->param_count);
	copy->pointer = arena_strdup(a, p->pointer);
	copy->log = arena_strdup(a, p->log);
	copy->faults = NULL;
	copy->extra = NULL;
	struct faults list = { .arena = a };
	for (const struct fault *f = p->faults; f; f = f->next) {
		struct fault *one = fault_copy(a, f);
		if (list.last)
			list.last->next = one;
		else
			copy->faults = one;
		list.last = one;
	}
	return copy;
}

void faults_add(struct faults *f, const char *pointer, const char *code, ...) {
	if (f->count++ >= (f->limit ? f->limit : FAULTS_KEPT)) return;
	va_list args;
	va_start(args, code);
	struct params params = params_read(f->arena, args);
	va_end(args);
	struct fault *one = arena_alloc(f->arena, sizeof *one);
	*one = (struct fault){ .pointer = arena_strdup(f->arena, pointer),
			       .code = code,
			       .params = params.items,
			       .param_count = params.n };
	if (f->last)
		f->last->next = one;
	else
		f->first = one;
	f->last = one;
}

struct fault *faults_newest(const struct faults *f) {
	return f->count <= (f->limit ? f->limit : FAULTS_KEPT) ? f->last : NULL;
}

struct problem *faults_problem(struct faults *f) {
	if (!f->count) return NULL;
	struct problem *p = PROBLEM(f->arena, INVALID, "invalid", "count",
				    arena_printf(f->arena, "%zu", f->count));
	p->faults = f->first;
	return p;
}

const char *pointer_join(struct arena *a, const char *parent, struct str key) {
	size_t n = strlen(parent), escapes = 0;
	for (size_t i = 0; i < key.n; i++) escapes += key.p[i] == '~' || key.p[i] == '/';
	char *text = arena_alloc(a, n + 1 + key.n + escapes + 1), *at = text + n;
	memcpy(text, parent, n);
	*at++ = '/';
	for (size_t i = 0; i < key.n; i++) {
		bool escape = key.p[i] == '~' || key.p[i] == '/';
		*at++ = escape ? '~' : key.p[i];
		if (escape) *at++ = key.p[i] == '~' ? '0' : '1';
	}
	return text;
}

const char *pointer_index(struct arena *a, const char *parent, size_t index) {
	return arena_printf(a, "%s/%zu", parent, index);
}
