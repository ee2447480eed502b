/* matrix_read.c -- what may not be seen: the two worlds are made to differ in it, and every door
 * must answer alike. */
#include "runtime/apptest/matrix.h"
#include "runtime/model/field_type.h"

enum { PROBES_MAX = 400 };

static struct problem *patch(struct role_form *rf, size_t world, size_t k, struct str body,
			     int *status, struct answer *r) {
	struct ask ask = { .token = rf->m->admin,
			   .method = "PATCH",
			   .path = arena_printf(rf->arena, "/api/%s/%s/%lld", rf->m->app->name,
						rf->form->name, (long long)rf->based->ids[k]),
			   .body = body };
	TRY(door_ask(rf->m->doors[world], rf->arena, &ask, r));
	*status = r->status;
	return NULL;
}

static struct str one(struct arena *a, const struct field *f, const char *json) {
	return str_of(arena_printf(a, "{\"%s\":%s}", f->name, json));
}

static const char *words(const struct role_form *rf, const char *code) {
	return report_words(rf->m->t->report, code);
}

static void uncovered(struct role_form *rf, const struct field *f, const char *why) {
	report_uncovered(rf->m->t->report,
			 arena_printf(rf->arena, "%s %s%s%s", rf->me->role->name, rf->form->name,
				      f ? "." : "", f ? f->name : ""),
			 why);
}

/* Different values in the two worlds; *done false: the program did not take both, and the worlds
 * are alike again; *why says what it said. */
static struct problem *part(struct role_form *rf, size_t k, struct str a, struct str b, bool *done,
			    const char **why) {
	struct answer r;
	int status[WORLDS] = { 0, 0 };
	TRY(patch(rf, 0, k, a, &status[0], &r));
	if (status[0] == 200) TRY(patch(rf, 1, k, b, &status[1], &r));
	*done = status[0] == 200 && status[1] == 200;
	*why = door_said(rf->arena, &r);
	return status[0] == 200 && status[1] != 200 ? patch(rf, 1, k, a, &status[1], &r) : NULL;
}

/* A field the person reads that follows from the hidden one: the definitions show it on purpose
 * (VR16 warns). */
static struct problem *follows(struct role_form *rf, size_t k, const struct field *hidden,
			       const char **name) {
	struct answer r[WORLDS];
	for (size_t i = 0; i < WORLDS; i++) {
		struct ask ask = { .token = rf->m->admin,
				   .method = "GET",
				   .path = arena_printf(rf->arena, "/api/%s/%s/%lld",
							rf->m->app->name, rf->form->name,
							(long long)rf->based->ids[k]) };
		TRY(door_do(rf->m->doors[i], rf->arena, &ask, &r[i]));
	}
	for (size_t i = 0; i < rf->form->field_count; i++) {
		const struct field *f = rf->form->fields[i];
		const struct json *x = json_get(r[0].json, f->name),
				  *y = json_get(r[1].json, f->name);
		if (f == hidden || !x || !y || json_equal(x, y)) continue;
		if (matrix_reads(rf, f, k) > RIGHT_HIDDEN) *name = f->name;
	}
	return NULL;
}

static bool mentioned(const char *text, const char *name) {
	size_t n = strlen(name);
	for (const char *p = text; p && (p = strstr(p, name)) != NULL; p++) {
		char after = p[n], before = p == text ? ' ' : p[-1];
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_", after ? after : ' ') &&
		    !strchr("abcdefghijklmnopqrstuvwxyz0123456789_.", before))
			return true;
	}
	return false;
}

static const char *decides(const struct role_form *rf, const struct field *f) {
	for (size_t g = 0; g < rf->grant_count; g++)
		if (mentioned(rf->where[g], f->name)) return rf->where[g];
	return NULL;
}

/* What the record holds: a value that changes nothing would leave the revisions of the worlds
 * apart. */
static const struct json *stored_value(struct role_form *rf, const struct field *f, size_t k) {
	struct answer r;
	struct ask ask = { .token = rf->m->admin,
			   .method = "GET",
			   .path = arena_printf(rf->arena, "/api/%s/%s/%lld", rf->m->app->name,
						rf->form->name, (long long)rf->based->ids[k]) };
	return door_ask(rf->m->doors[0], rf->arena, &ask, &r) ? NULL : json_get(r.json, f->name);
}

/* Two values for the worlds, and a third that brings them together: a change in both. */
static bool three_values(struct role_form *rf, const struct field *f, size_t k, bool small,
			 const char **v) {
	enum { GUESSES = 40 };
	size_t n = 0;
	const struct json *stored = stored_value(rf, f, k), *tree;
	for (int i = 0; matrix_writable(f) && n <= WORLDS && i < GUESSES; i++) {
		const char *next = small ? matrix_small(rf->m, rf->arena, f, k, (unsigned)i)
					 : matrix_value(rf->m, rf->arena, f, k);
		bool fresh = next != NULL;
		for (size_t old = 0; fresh && old < n; old++) fresh = strcmp(v[old], next) != 0;
		if (fresh && !json_parse(rf->arena, str_of(next), &json_limits_definition, &tree))
			fresh = !stored || !json_equal(tree, stored);
		if (fresh) v[n++] = next;
	}
	if (n == WORLDS && !f->required) v[n++] = "null";
	return n == WORLDS + 1;
}

static struct problem *try_field(struct role_form *rf, const struct field *f, size_t k,
				 bool masked) {
	struct arena *a = rf->arena;
	struct probe probes[PROBES_MAX];
	const char *v[WORLDS + 1], *why = decides(rf, f), *name = NULL;
	bool done;
	if (why) {
		uncovered(rf, f, arena_printf(a, "%s%s", words(rf, "test_decides"), why));
		return NULL;
	}
	if (!three_values(rf, f, k, false, v)) {
		uncovered(rf, f,
			  words(rf, matrix_writable(f) ? "test_no_values" : "test_computed"));
		return NULL;
	}
	TRY(part(rf, k, one(a, f, v[0]), one(a, f, v[1]), &done, &why));
	if (!done && three_values(rf, f, k, true, v))
		TRY(part(rf, k, one(a, f, v[0]), one(a, f, v[1]), &done, &why));
	if (done) TRY(follows(rf, k, f, &name));
	if (!done)
		uncovered(rf, f, why);
	else if (name)
		rf->mixed[k] = true,
		uncovered(rf, f, arena_printf(a, "%s follows from it and is readable", name));
	else
		TRY(matrix_same(rf,
				arena_printf(a, "%s.%s is %s for %s", rf->form->name, f->name,
					     masked ? "masked" : "hidden", rf->me->role->name),
				probes, matrix_probes(rf, k, f, v[0], probes, PROBES_MAX)));
	return part(rf, k, one(a, f, v[2]), one(a, f, v[2]), &done, &why);
}

static bool mask_alike(const struct field *f) { return !strcmp(f->type->name, "phone"); }

struct problem *matrix_hidden(struct role_form *rf) {
	for (size_t g = 0; g < rf->grant_count; g++)
		if (!matrix_gives(rf, g))
			uncovered(rf, NULL,
				  arena_printf(rf->arena, "%s%s", words(rf, "test_no_rows"),
					       rf->where[g]));
	for (size_t i = 0; i < rf->form->declared_count; i++) {
		const struct field *f = rf->form->fields[i];
		for (size_t k = 0; k <= rf->m->people_count; k++) {
			enum field_right right =
				matrix_sees(rf, k) ? matrix_reads(rf, f, k) : RIGHT_EDIT;
			if (right > RIGHT_MASK || !field_has_value(f)) continue;
			if (f->rows)
				uncovered(rf, f, words(rf, "test_whole_table"));
			else if (right == RIGHT_MASK && !mask_alike(f))
				uncovered(rf, f, words(rf, "test_mask_shows"));
			else
				TRY(try_field(rf, f, k, right == RIGHT_MASK));
			break;
		}
	}
	return NULL;
}

/* ---- records he does not see ---- */

static const struct field *first_text(const struct role_form *rf) {
	const struct field *any = NULL;
	for (size_t i = 0; i < rf->form->declared_count; i++) {
		const struct field *f = rf->form->fields[i];
		if (!matrix_writable(f) || f->rows || f->target || decides(rf, f)) continue;
		if (f->type->flags & FT_TEXT_LIKE && rf->based->values[i]) return f;
		if (!any && rf->based->values[i] && f->enumeration == NULL) any = f;
	}
	return any;
}

static struct problem *try_row(struct role_form *rf, size_t k) {
	struct arena *a = rf->arena;
	const struct field *f = first_text(rf);
	struct probe probes[PROBES_MAX];
	const char *v[WORLDS + 1], *why;
	bool done;
	if (!f || !three_values(rf, f, k, false, v)) {
		uncovered(rf, NULL, words(rf, "test_all_alike"));
		return NULL;
	}
	TRY(part(rf, k, one(a, f, v[0]), one(a, f, v[1]), &done, &why));
	if (!done)
		uncovered(rf, f, why);
	else
		TRY(matrix_same(rf, matrix_unseen_name(rf), probes,
				matrix_probes(rf, k, f, v[0], probes, PROBES_MAX)));
	return part(rf, k, one(a, f, v[2]), one(a, f, v[2]), &done, &why);
}

struct problem *matrix_rows(struct role_form *rf) {
	for (size_t k = 0; k <= rf->m->people_count; k++)
		if (!matrix_sees(rf, k)) return try_row(rf, k);
	return NULL;
}
