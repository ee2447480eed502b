/* vectors.c -- the results of a file of tests/vectors as text, one line a case, the same program
 * native and as WebAssembly: the two must agree to the byte (vectors.mjs). Native: `vectors
 * FILE...`. In the browser: vectors_room(n), n bytes of
 * {"zones": {name: {"first","at","offset"}}, "file": …}, vectors_run(n), vectors_answer(). */
#include <stdio.h>
#include <stdlib.h>
#include "runtime/base/zone_tzif.h"
#include "tests/support/vector_run.h"

enum { ANSWER_MAX = 8 * 1024 * 1024 };

static void write_problem(struct jw *w, const struct problem *p) {
	jw_key(w, "code");
	jw_text(w, p->code);
	for (size_t i = 0; i < p->param_count; i++) {
		jw_key(w, p->params[i].name);
		jw_text(w, p->params[i].value);
	}
}

static void write_case(struct sb *out, struct vector_run *r) {
	struct jw w = jw_on(out);
	struct type type;
	struct value v;
	struct problem *p = vector_eval(r, &type, &v);
	jw_object(&w);
	if (p) {
		write_problem(&w, p);
	} else {
		jw_key(&w, "type");
		jw_text(&w, type_name(type.kind));
		jw_key(&w, "scale");
		jw_int(&w, type.scale);
		jw_key(&w, "value");
		vector_write(&w, type, &v);
	}
	jw_end(&w);
	sb_char(out, '\n');
}

static void write_file(struct arena *a, const struct json *file, struct sb *out) {
	const struct json *cases = json_get(file, "cases");
	struct vector_run r = { .arena = a, .defaults = file };
	vector_forget();
	for (size_t i = 0; i < cases->n; i++) {
		r.test = &cases->items[i];
		write_case(out, &r);
	}
}

#ifdef TENON_BROWSER
#define EXPORT(name) __attribute__((export_name(#name))) name

static struct arena *call;
static char *room;
static struct sb answer;
static const struct json *zones;

/* The zones are those the page has found out (web/src/rules/zone.ts). */
struct problem *zone_load(struct arena *a, const char *name, const struct zone **out) {
	const struct json *given = json_get(zones, name), *at = json_get(given, "at"),
			  *offset = json_get(given, "offset");
	int64_t n = 0;
	if (!at || !offset) return PROBLEM(a, INVALID, "zone_unknown", "zone", name);
	int64_t *times = arena_array(a, at->n + 1, sizeof *times);
	int32_t *offsets = arena_array(a, at->n + 1, sizeof *offsets);
	for (size_t i = 0; i < at->n; i++) {
		json_int(&at->items[i], &times[i]);
		json_int(&offset->items[i], &n);
		offsets[i] = (int32_t)n;
	}
	json_int(json_get(given, "first"), &n);
	struct zone *z = arena_alloc(a, sizeof *z);
	*z = (struct zone){ .name = name,
			    .count = at->n,
			    .at = times,
			    .offset = offsets,
			    .first_offset = (int32_t)n };
	*out = z;
	return NULL;
}

char *EXPORT(vectors_room)(size_t n);
size_t EXPORT(vectors_run)(size_t n);
const char *EXPORT(vectors_answer)(void);

char *vectors_room(size_t n) {
	arena_free(call);
	call = arena_new(0);
	answer = sb_on(call, ANSWER_MAX);
	room = arena_alloc(call, n + 1);
	return room;
}

size_t vectors_run(size_t n) {
	const struct json *in;
	struct problem *p = json_parse(call, (struct str){ room, n }, &json_limits_definition, &in);
	if (p) {
		sb_cat(&answer, p->code);
	} else {
		zones = json_get(in, "zones");
		write_file(call, json_get(in, "file"), &answer);
	}
	return answer.n;
}

const char *vectors_answer(void) { return sb_cstr(&answer); }
#else
static struct str read_file(struct arena *a, const char *path) {
	struct sb b = sb_on(a, 1 << 24);
	char part[4096];
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) sb_bytes(&b, part, n);
	fclose(f);
	return sb_str(&b);
}

int main(int count, char **files) {
	for (int i = 1; i < count; i++) {
		struct arena *a = arena_new(0);
		struct sb out = sb_on(a, ANSWER_MAX);
		const struct json *file;
		struct problem *p =
			json_parse(a, read_file(a, files[i]), &json_limits_definition, &file);
		if (p) {
			fprintf(stderr, "%s: %s\n", files[i], problem_text(a, LANGUAGE_EN, p));
			return 1;
		}
		write_file(a, file, &out);
		fwrite(out.p, 1, out.n, stdout);
		arena_free(a);
	}
	return 0;
}
#endif
