/* matrix_reach.c -- a reference whose `options` want its record in a certain state ($option.status
 * in ['active', 'archived']): a further record of that form, for each owner, is led there along the
 * form's own transitions, through an approval where only a flow makes the move. */
#include "runtime/apptest/matrix.h"

enum { HOPS = 5, MENDS = 4, TARGETS_MAX = 32 };

struct reaching {
	struct matrix *m;
	struct arena *a;
	const struct form *form;
	const struct field *field; /* the one that must change */
	size_t k;
	int64_t id;
	const char *tried[TARGETS_MAX]; /* values on the way, so that it does not go in circles */
	size_t tried_count;
};

static const char *path_of(struct reaching *r, int64_t id) {
	const char *form = arena_printf(r->a, "/api/%s/%s", r->m->app->name, r->form->name);
	return id ? arena_printf(r->a, "%s/%lld", form, (long long)id) : form;
}

/* The conditions of the moves to this value, where the record does not meet them yet. */
static struct problem *meet(struct reaching *r, const struct stand *at) {
	for (size_t i = 0; i < r->form->transition_count; i++) {
		const struct transition *t = &r->form->transitions[i];
		if (t->field == r->field && !strcmp(t->to->value, at->value) && t->when)
			TRY(matrix_fulfil(r->m, r->a, at, t->when, &r->form->paths));
	}
	return NULL;
}

/* Sets the value, and whatever the transition asks for besides. */
static struct problem *set(struct reaching *r, const char *value, bool *done) {
	const struct stand at = { r->form, r->id, r->k, r->field, value };
	const struct field *more[MENDS] = { NULL };
	bool met = false;
	struct answer answer;
	*done = false;
	for (size_t n = 0; n <= MENDS; n++) {
		struct sb body = sb_on(r->a, MATRIX_TEXT);
		sb_printf(&body, "{\"%s\":\"%s\"", r->field->name, value);
		for (size_t i = 0; i < n; i++) {
			const char *json = more[i] ? matrix_small(r->m, r->a, more[i], r->k,
								  (unsigned)more[i]->index)
						   : NULL;
			if (json) sb_printf(&body, ",\"%s\":%s", more[i]->name, json);
		}
		sb_char(&body, '}');
		sb_cstr(&body);
		struct ask ask = { .token = r->m->admin,
				   .method = "PATCH",
				   .path = path_of(r, r->id),
				   .body = sb_str(&body) };
		TRY(door_ask(r->m->doors[0], r->a, &ask, &answer));
		*done = answer.status == 200;
		struct str where = json_str(json_at(answer.json, "/errors/0/pointer"));
		if (!met &&
		    json_is_string(json_at(answer.json, "/errors/0/code"), "transition_when")) {
			TRY(meet(r, &at));
			met = true;
			n--;
			continue;
		}
		if (*done || where.n < 2 || n == MENDS) return NULL;
		more[n] = form_field(r->form, (struct str){ where.p + 1, where.n - 1 });
		if (!more[n] || more[n] == r->field || !matrix_writable(more[n])) return NULL;
	}
	return NULL;
}

static bool on_the_way(const struct reaching *r, const char *value) {
	for (size_t i = 0; i < r->tried_count; i++)
		if (!strcmp(r->tried[i], value)) return true;
	return r->tried_count == TARGETS_MAX;
}

/* By hand where a person may move it there, else through an approval. */
static struct problem *move(struct reaching *r, const char *value, bool *done) {
	const struct stand at = { r->form, r->id, r->k, r->field, value };
	return matrix_by_flow(r->field, value) ? matrix_approve(r->m, r->a, &at, done)
					       : set(r, value, done);
}

static struct problem *go(struct reaching *r, const char *value, int hops, bool *done) {
	TRY(move(r, value, done));
	if (*done || !hops || on_the_way(r, value) || matrix_by_flow(r->field, value)) return NULL;
	r->tried[r->tried_count++] = value;
	for (size_t i = 0; i < r->form->transition_count && !*done; i++) {
		const struct transition *t = &r->form->transitions[i];
		if (t->field != r->field || strcmp(t->to->value, value) != 0) continue;
		for (size_t f = 0; f < t->from_count && !*done; f++) {
			TRY(go(r, t->from[f]->value, hops - 1, done));
			if (*done) TRY(move(r, value, done));
		}
	}
	return NULL;
}

/* The texts after the name ("$option.status", "status") up to the next `and`/`or`, of == and in;
 * those left over for != and not in. */
static size_t wanted(struct arena *a, const char *text, const char *name, const struct field *f,
		     const char **out) {
	const char *at = strstr(text, name);
	const char *end = at ? strstr(at, " and ") : NULL;
	bool except = false;
	size_t n = 0;
	struct str part = { at, at ? (end ? (size_t)(end - at) : strlen(at)) : 0 };
	if (!at || !f->enumeration) return 0;
	const char *piece = str_dup(a, part);
	except = strstr(piece, "!=") || strstr(piece, "not in");
	for (size_t i = 0; i < f->enumeration->n && n < TARGETS_MAX; i++) {
		const char *value = f->enumeration->values[i].value;
		bool named = strstr(piece, arena_printf(a, "'%s'", value)) != NULL;
		if (named != except && !f->enumeration->values[i].retired) out[n++] = value;
	}
	return n;
}

static struct problem *twin(struct reaching *r, const char *const *values, size_t n, bool *done) {
	struct answer answer;
	struct given owner = { .field = form_system(r->form, SYSTEM_OWNER) };
	bool owned = r->k < r->m->people_count;
	if (owned) owner.json = arena_printf(r->a, "\"%s\"", r->m->people[r->k].login);
	struct ask ask = { .token = r->m->admin,
			   .method = "POST",
			   .path = path_of(r, 0),
			   .body = matrix_body_given(r->m, r->a, r->form, r->k, &owner, owned) };
	*done = false;
	TRY(door_ask(r->m->doors[0], r->a, &ask, &answer));
	if (answer.status != 201 || !json_int(json_get(answer.json, "id"), &r->id)) return NULL;
	for (size_t i = 0; i < n && !*done; i++) {
		r->tried_count = 0;
		TRY(go(r, values[i], HOPS, done));
	}
	return NULL;
}

static void mean(struct matrix *m, const struct field *link, size_t k, int64_t id) {
	int64_t **twins = &matrix_based(m, link->form)->twins[link->index];
	if (!*twins) *twins = arena_array(m->arena, PEOPLE_MAX + 1, sizeof **twins);
	(*twins)[k] = id;
}

/* "$option.contract == contract": the record's own reference means what the one chosen points at.
 */
static struct problem *agree(struct reaching *r, const struct field *link, const char *text) {
	struct answer answer;
	struct ask ask = { .token = r->m->admin, .method = "GET", .path = path_of(r, r->id) };
	TRY(door_do(r->m->doors[0], r->a, &ask, &answer));
	for (size_t i = 0; i < r->form->declared_count; i++) {
		const struct field *theirs = r->form->fields[i];
		const char *start = arena_printf(r->a, "$option.%s == ", theirs->name),
			   *at = theirs->target ? strstr(text, start) : NULL;
		if (!at) continue;
		at += strlen(start);
		const struct field *mine =
			form_field(link->form, (struct str){ at, strcspn(at, " ()") });
		int64_t id;
		if (mine && mine->target == theirs->target &&
		    json_int(json_get(answer.json, theirs->name), &id))
			mean(r->m, mine, r->k, id);
	}
	return NULL;
}

struct problem *matrix_reach(struct matrix *m, const struct field *link, size_t k, bool *done) {
	const char *text = str_dup(m->arena, json_str(json_get(link->json, "options"))),
		   *values[TARGETS_MAX];
	struct based *own = matrix_based(m, link->form);
	*done = false;
	if (!link->target || matrix_based(m, link->target)->why || !*text) return NULL;
	if (own->twins[link->index] && own->twins[link->index][k]) return NULL;
	for (size_t i = 0; i < link->target->declared_count && !*done; i++) {
		struct reaching r = { .m = m,
				      .a = m->arena,
				      .form = link->target,
				      .field = link->target->fields[i],
				      .k = k };
		const char *name = arena_printf(m->arena, "$option.%s", r.field->name);
		size_t n = wanted(m->arena, text, name, r.field, values);
		if (n) TRY(twin(&r, values, n, done));
		if (!*done) continue;
		mean(m, link, k, r.id);
		TRY(agree(&r, link, text));
	}
	return NULL;
}

/* ---- a record that a role's rows are to hold ---- */

/* "person == $user", "team == $user.dept": what the field is for that person; NULL: it asks none of
 * it. */
static const char *of_person(struct arena *a, const char *where, const struct field *f,
			     const struct person *me) {
	const char *start = arena_printf(a, "%s == $user", f->name), *at = strstr(where, start);
	if (!at) return NULL;
	at += strlen(start);
	bool dept = !strncmp(at, ".dept", 5);
	return dept ? me->dept : *at == '.' ? NULL : me->login;
}

static bool shows(const struct linkage *l, const struct field *f) {
	for (size_t i = 0; i < l->show_count; i++)
		if (l->show[i] == f) return true;
	return false;
}

/* The field is the person's, with what the record must hold for the field to be there. */
static struct problem *give(struct reaching *r, const struct field *f, const char *who) {
	struct given given[GIVEN_MAX + 1] = { { .field = f,
						.json = arena_printf(r->a, "\"%s\"", who) } };
	size_t n = 0;
	struct answer answer;
	struct ask ask = { .token = r->m->admin, .method = "GET", .path = path_of(r, r->id) };
	TRY(door_do(r->m->doors[0], r->a, &ask, &answer));
	for (size_t i = 0; i < r->form->linkage_count; i++) {
		const struct linkage *l = &r->form->linkages[i];
		const struct settle settle = { .when = l->when,
					       .paths = &r->form->paths,
					       .record = answer.json,
					       .k = r->k,
					       .keep = f,
					       .out = given + 1,
					       .n = &n };
		if (shows(l, f)) (void)matrix_settle(r->m, r->a, &settle);
	}
	ask = (struct ask){ .token = r->m->admin,
			    .method = "PATCH",
			    .path = path_of(r, r->id),
			    .body = matrix_given(r->a, given, n + 1) };
	return door_ask(r->m->doors[0], r->a, &ask, &answer);
}

/* What goes by who made it is made by the person. */
static struct problem *make_as(struct reaching *r, const struct person *me) {
	struct answer answer;
	struct ask ask = { .token = me->token,
			   .method = "POST",
			   .path = path_of(r, 0),
			   .body = matrix_body(r->m, r->a, r->form, r->k, NULL, NULL) };
	int64_t id;
	TRY(door_ask(r->m->doors[0], r->a, &ask, &answer));
	if (answer.status == 201 && json_int(json_get(answer.json, "id"), &id))
		matrix_based(r->m, r->form)->ids[r->k] = r->id = id;
	return NULL;
}

static struct problem *give_all(struct matrix *m, const struct form *form, size_t k,
				const struct person *me, const char *where) {
	struct reaching r = { .m = m, .a = m->arena, .form = form, .k = k };
	r.id = matrix_based(m, form)->ids[k];
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		const char *who = of_person(m->arena, where, f, me);
		if (who && f->system == SYSTEM_CREATED_BY)
			TRY(make_as(&r, me));
		else if (who && matrix_writable(f))
			TRY(give(&r, f, who));
	}
	return NULL;
}

struct problem *matrix_bring(struct matrix *m, const struct form *form, size_t k,
			     const struct person *me, const char *where) {
	const char *values[TARGETS_MAX];
	bool done = false;
	TRY(give_all(m, form, k, me, where));
	for (size_t i = 0; i < form->declared_count && !done; i++) {
		struct reaching r = { .m = m,
				      .a = m->arena,
				      .form = form,
				      .field = form->fields[i],
				      .k = k,
				      .id = matrix_based(m, form)->ids[k] };
		size_t n = wanted(m->arena, where, r.field->name, r.field, values);
		for (size_t v = 0; v < n && !done; v++) {
			r.tried_count = 0;
			TRY(go(&r, values[v], HOPS, &done));
		}
	}
	return NULL;
}

/* ---- a further record, where references alone tell records apart ---- */

static bool tells_apart(const struct unique_key *key, const struct based *b) {
	for (size_t i = 0; i < key->n; i++) {
		const struct field *f = key->fields[i];
		if (!f->target && !f->enumeration && b->values[f->index]) return true;
	}
	return false;
}

/* The reference means another record of the same kind from here on. */
static struct problem *renew(struct matrix *m, const struct field *link, size_t k) {
	struct reaching r = { .m = m, .a = m->arena, .form = link->target, .k = k };
	int64_t *twins = matrix_based(m, link->form)->twins[link->index];
	bool led = twins && twins[k], done;
	if (twins) twins[k] = 0;
	if (led) TRY(matrix_reach(m, link, k, &done));
	if (led && done) return NULL;
	TRY(twin(&r, NULL, 0, &done));
	if (r.id) mean(m, link, k, r.id);
	return NULL;
}

struct problem *matrix_renew(struct matrix *m, const struct form *form, size_t k) {
	const struct based *b = matrix_based(m, form);
	for (size_t i = 0; i < form->unique_count; i++) {
		const struct unique_key *key = &form->uniques[i];
		const struct field *link = NULL;
		for (size_t c = 0; c < key->n; c++) {
			const struct field *f = key->fields[c];
			if (f->target && f->target != form && b->values[f->index]) link = f;
		}
		if (link && !tells_apart(key, b)) TRY(renew(m, link, k));
	}
	return NULL;
}
