/* matrix_world.c -- the data the matrix works on: people, and for each form one record for each of
 * them as owner. Values are derived from the definitions; what the program refuses is tried with
 * other values until it is taken or given up. */
#include <stdlib.h>
#include "runtime/apptest/matrix.h"
#include "runtime/base/day.h"
#include "runtime/model/field_type.h"

enum { TRIES = 40, STEP = 101, SPREAD = 37, DROP_AFTER = 2, GIVE_UP_AFTER = 9 };
static const char standstill[] = "2030-01-02T03:04:05Z";

int64_t matrix_now(void) {
	int64_t us = 0;
	bool has_offset;
	return datetime_parse(str_of(standstill), &us, &has_offset) ? us : 0;
}

/* ---- people ---- */

static void add_person(struct matrix *m, const char *login, const char *dept, const char *superior,
		       const struct role *role) {
	if (m->people_count == PEOPLE_MAX) return;
	m->people[m->people_count++] =
		(struct person){ .login = login, .dept = dept, .superior = superior, .role = role };
}

static void cast(struct matrix *m) {
	add_person(m, "m_mate", "m_east", NULL, NULL);
	add_person(m, "m_below", "m_below", NULL, NULL);
	add_person(m, "m_west", "m_west", NULL, NULL);
	for (size_t i = 0; i < m->app->role_count; i++)
		add_person(m, arena_printf(m->arena, "r_%s", m->app->roles[i]->name), "m_east",
			   NULL, m->app->roles[i]);
	if (m->app->role_count) m->people[0].superior = m->people[3].login;
}

static void write_person(struct jw *w, const struct person *p, const char *app) {
	const struct {
		const char *key, *text;
	} texts[] = { { "user", p->login },
		      { "label", p->login },
		      { "dept", p->dept },
		      { "superior", p->superior } };
	jw_object(w);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (!texts[i].text) continue;
		jw_set_text(w, texts[i].key, texts[i].text);
	}
	if (p->role) {
		jw_key(w, "roles");
		jw_object(w);
		jw_key(w, app);
		jw_array(w);
		jw_text(w, p->role->name);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

static struct problem *make_people(struct matrix *m) {
	struct sb text = sb_on(m->arena, MATRIX_TEXT);
	struct jw w = jw_on(&text);
	jw_object(&w);
	jw_key(&w, "departments");
	jw_raw(&w, STR("[{\"dept\":\"m_top\"},{\"dept\":\"m_east\",\"parent\":\"m_top\"},{\"dept\":"
		       "\"m_below\",\"parent\":\"m_east\"},"
		       "{\"dept\":\"m_west\",\"parent\":\"m_top\"}]"));
	jw_key(&w, "users");
	jw_array(&w);
	for (size_t i = 0; i < m->people_count; i++) write_person(&w, &m->people[i], m->app->name);
	jw_end(&w);
	jw_end(&w);
	TRY(door_people(m->doors[0], m->arena, sb_str(&text)));
	for (size_t i = 0; i < m->people_count; i++)
		if (m->people[i].role)
			TRY(door_token(m->doors[0], m->arena, m->people[i].login,
				       &m->people[i].token));
	return door_token(m->doors[0], m->arena, "admin", &m->admin);
}

/* ---- values ---- */

bool matrix_writable(const struct field *f) {
	return !f->system && !f->read_only && field_takes_value(f);
}

struct place {
	struct matrix *m;
	size_t k;
};

/* Rows of a sub-table have none: they live in their record. */
static struct based *based_or_none(struct matrix *m, const struct form *form) {
	for (size_t i = 0; i < m->app->form_count; i++)
		if (m->app->forms[i] == form) return &m->based[i];
	return NULL;
}

static int64_t record_at(void *arg, const struct field *link) {
	const struct place *p = arg;
	const struct based *own = based_or_none(p->m, link->form);
	const int64_t *twins = own && own->twins ? own->twins[link->index] : NULL;
	const struct based *target = based_or_none(p->m, link->target);
	if (twins && twins[p->k]) return twins[p->k];
	return target ? target->ids[p->k] : 0;
}

static const char *sampled(struct matrix *m, struct arena *a, const struct field *f, size_t k,
			   unsigned n) {
	struct place place = { m, k };
	struct sample_context c = { m->people[n % m->people_count].login,
				    n % 2 ? "m_east" : "m_west", record_at, &place };
	struct sb text = sb_on(a, MATRIX_TEXT);
	struct jw w = jw_on(&text);
	return sample_value(&w, &c, f, n) ? sb_cstr(&text) : NULL;
}

const char *matrix_small(struct matrix *m, struct arena *a, const struct field *f, size_t k,
			 unsigned n) {
	return sampled(m, a, f, k, n);
}

const char *matrix_value(struct matrix *m, struct arena *a, const struct field *f, size_t k) {
	return sampled(m, a, f, k, 5000 + STEP * m->fresh++ + (unsigned)f->index);
}

struct based *matrix_based(struct matrix *m, const struct form *form) {
	struct based *b = based_or_none(m, form);
	if (!b) abort(); /* rows have none, and nobody asks */
	return b;
}

static const char *value_of(struct matrix *m, struct arena *a, const struct form *form, size_t k,
			    const struct field *f) {
	unsigned tries = matrix_based(m, form)->tries[f->index];
	bool small = tries > DROP_AFTER && tries % 2; /* where a bound holds it down */
	return sampled(m, a, f, k,
		       small ? (tries - DROP_AFTER) / 2
			     : (unsigned)(k * SPREAD + f->index) + STEP * tries);
}

static bool is_given(const struct field *f, const struct given *given, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (given[i].field == f) return true;
	return false;
}

/* One plain field of a form's own unique key is enough to tell its records apart. */
static bool tells_apart(const struct form *form, const struct field *f) {
	for (size_t i = 0; i < form->unique_count; i++)
		for (size_t c = 0; c < form->uniques[i].n; c++) {
			const struct field *part = form->uniques[i].fields[c];
			if (part->target || part->enumeration || !matrix_writable(part)) continue;
			if (part == f) return true;
			break;
		}
	return false;
}

static void write_given(struct jw *w, const struct given *given) {
	jw_key(w, given->field->name);
	jw_raw(w, str_of(given->json));
}

struct str matrix_given(struct arena *a, const struct given *given, size_t n) {
	struct sb text = sb_on(a, MATRIX_TEXT);
	struct jw w = jw_on(&text);
	jw_object(&w);
	for (size_t i = 0; i < n; i++) write_given(&w, &given[i]);
	jw_end(&w);
	sb_cstr(&text);
	return sb_str(&text);
}

struct str matrix_body(struct matrix *m, struct arena *a, const struct form *form, size_t k,
		       const struct field *with, const char *json) {
	const struct given given = { .field = with, .json = json };
	return matrix_body_given(m, a, form, k, &given, with && json);
}

struct str matrix_body_given(struct matrix *m, struct arena *a, const struct form *form, size_t k,
			     const struct given *given, size_t n) {
	struct based *b = matrix_based(m, form);
	struct sb text = sb_on(a, MATRIX_TEXT);
	struct jw w = jw_on(&text);
	jw_object(&w);
	for (size_t g = 0; g < n; g++) write_given(&w, &given[g]);
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		const char *value = b->values[i];
		if (is_given(f, given, n))
			value = NULL;
		else if (value && (f->unique || tells_apart(form, f)))
			value = matrix_value(m, a, f, k);
		else if (value && f->target)
			value = value_of(m, a, form, k, f);
		if (!value) continue;
		jw_key(&w, f->name);
		jw_raw(&w, str_of(value));
	}
	jw_end(&w);
	sb_cstr(&text);
	return sb_str(&text);
}

/* ---- records ---- */

static struct str body_of(struct matrix *m, struct arena *a, const struct form *form, size_t k) {
	struct based *b = matrix_based(m, form);
	struct sb text = sb_on(a, MATRIX_TEXT);
	struct jw w = jw_on(&text);
	jw_object(&w);
	for (size_t i = 0; i < form->declared_count; i++) {
		const char *value = b->values[i] ? value_of(m, a, form, k, form->fields[i]) : NULL;
		if (!value) continue;
		jw_key(&w, form->fields[i]->name);
		jw_raw(&w, str_of(value));
	}
	jw_set_text(&w, "owner", k < m->people_count ? m->people[k].login : NULL);
	jw_end(&w);
	sb_cstr(&text);
	return sb_str(&text);
}

/* The field a fault points at, the table for a fault in its rows. */
static const struct field *field_at(const struct form *form, struct str pointer) {
	if (pointer.n < 2) return NULL;
	const char *slash = memchr(pointer.p + 1, '/', pointer.n - 1);
	size_t n = slash ? (size_t)(slash - pointer.p) - 1 : pointer.n - 1;
	return form_field(form, (struct str){ pointer.p + 1, n });
}

/* A reference that its options refuse: its record is led where they want it. */
static struct problem *lead(struct matrix *m, const struct form *form, size_t k,
			    const struct json *errors, bool *done) {
	*done = false;
	for (uint32_t i = 0; errors && errors->kind == JSON_ARRAY && i < errors->n; i++) {
		const struct field *f =
			field_at(form, json_str(json_get(&errors->items[i], "pointer")));
		bool led = false;
		if (!f || !f->target ||
		    !json_is_string(json_get(&errors->items[i], "code"), "not_an_option"))
			continue;
		TRY(matrix_reach(m, f, k, &led));
		*done |= led;
	}
	return NULL;
}

/* Other values where something was refused; false: nothing more to try. */
static bool mend(struct matrix *m, struct arena *a, const struct form *form, size_t k,
		 const struct json *errors) {
	struct based *b = matrix_based(m, form);
	bool tried = false;
	for (uint32_t i = 0; errors && errors->kind == JSON_ARRAY && i < errors->n; i++) {
		const struct field *f =
			field_at(form, json_str(json_get(&errors->items[i], "pointer")));
		if (!f || f->system || !matrix_writable(f) || b->tries[f->index] > GIVE_UP_AFTER)
			continue;
		b->tries[f->index]++;
		bool drop = b->values[f->index] && !f->required && f->min_rows < 1 &&
			    b->tries[f->index] > DROP_AFTER;
		b->values[f->index] = drop ? NULL : value_of(m, a, form, k, f);
		if (b->values[f->index])
			b->values[f->index] = arena_strdup(m->arena, b->values[f->index]);
		tried = true;
	}
	return tried;
}

/* Why a record could not be made, in words where the answer alone says nothing. */
static const char *why_not(struct matrix *m, const struct form *form, const struct answer *r) {
	const struct json *fault = json_at(r->json, "/errors/0");
	const struct field *f = field_at(form, json_str(json_get(fault, "pointer")));
	if (!f || !json_is_string(json_get(fault, "code"), "not_an_option"))
		return door_said(m->arena, r);
	const struct param params[] = { { "field", f->name } };
	return catalogue_text(m->arena, m->t->report->language, "test_not_led", params, 1);
}

static struct problem *make_record(struct matrix *m, const struct form *form, size_t k) {
	struct based *b = matrix_based(m, form);
	struct arena *a = arena_new(0);
	struct answer r = { 0 };
	struct problem *p = NULL;
	for (int i = 0; !p && i < TRIES; i++) {
		struct ask ask = { .token = m->admin,
				   .method = "POST",
				   .path = arena_printf(a, "/api/%s/%s", m->app->name, form->name),
				   .body = body_of(m, a, form, k) };
		p = door_ask(m->doors[0], a, &ask, &r);
		const struct json *errors = json_get(r.json, "errors");
		bool led = false;
		if (!p && r.status == 422) p = lead(m, form, k, errors, &led);
		if (p || r.status != 422 || (!led && !mend(m, a, form, k, errors))) break;
	}
	if (!p && (r.status != 201 || !json_int(json_get(r.json, "id"), &b->ids[k])))
		b->why = why_not(m, form, &r);
	if (p) p = problem_copy(m->arena, p);
	arena_free(a);
	return p;
}

static bool targets_made(struct matrix *m, const struct form *form, bool optional_too) {
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		const struct form *in = f->rows ? f->rows : form;
		size_t from = f->rows ? 0 : i, to = f->rows ? f->rows->declared_count : i + 1;
		for (size_t c = from; c < to; c++) {
			const struct field *link = in->fields[c];
			if (link->target && link->target != form &&
			    (link->required || optional_too) &&
			    !matrix_based(m, link->target)->made)
				return false;
		}
	}
	return true;
}

static struct problem *make_form(struct matrix *m, const struct form *form) {
	struct based *b = matrix_based(m, form);
	b->made = true;
	b->values = arena_array(m->arena, form->field_count, sizeof *b->values);
	b->tries = arena_array(m->arena, form->field_count, sizeof *b->tries);
	b->twins = arena_array(m->arena, form->field_count, sizeof *b->twins);
	for (size_t i = 0; i < form->declared_count; i++) {
		const struct field *f = form->fields[i];
		if (!matrix_writable(f) || f->target == form || (f->default_value && !f->required))
			continue;
		if (f->default_value && !f->unique) continue;
		if (f->rows && !f->required && f->min_rows < 1) continue;
		b->values[i] = value_of(m, m->arena, form, 0, f);
	}
	for (size_t k = 0; k <= m->people_count && !b->why; k++) TRY(make_record(m, form, k));
	return NULL;
}

/* Forms whose references can be filled first; then those with required ones only; what is left
 * refers in a circle. */
static struct problem *make_records(struct matrix *m) {
	for (int optional = 1; optional >= 0; optional--)
		for (bool more = true; more;) {
			more = false;
			for (size_t i = 0; i < m->app->form_count; i++) {
				if (m->based[i].made ||
				    !targets_made(m, m->app->forms[i], optional))
					continue;
				TRY(make_form(m, m->app->forms[i]));
				more = true;
			}
		}
	for (size_t i = 0; i < m->app->form_count; i++)
		if (!m->based[i].made) m->based[i].why = report_words(m->t->report, "test_circle");
	return NULL;
}

/* Where a role's rows are told by a where that no record fulfils, the record of its person is led
 * there; for a further one nobody's. */
static struct problem *give_rows(struct matrix *m, const struct person *me,
				 const struct form *form) {
	struct role_form rf = { .m = m, .arena = arena_new(0), .me = me, .form = form };
	size_t k = (size_t)(me - m->people);
	struct problem *p = matrix_role_form(&rf);
	for (size_t g = 0; !p && g < rf.grant_count; g++) {
		if (matrix_gives(&rf, g)) continue;
		p = matrix_bring(m, form, k, me, rf.where[g]);
		k = m->people_count;
	}
	if (p) p = problem_copy(m->arena, p);
	arena_free(rf.arena);
	return p;
}

static struct problem *give_all_rows(struct matrix *m) {
	for (size_t i = 0; i < m->people_count; i++)
		for (size_t f = 0; m->people[i].role && f < m->app->form_count; f++)
			if (!m->based[f].why) TRY(give_rows(m, &m->people[i], m->app->forms[f]));
	return NULL;
}

/* ---- two worlds ---- */

static struct problem *serve(struct arena *a, struct served *s, struct door **door) {
	TRY(served_start(a, s));
	TRY(door_open(a, s, door));
	return door_clock(*door, a, standstill);
}

struct problem *matrix_build(struct matrix *m) {
	cast(m);
	m->based = arena_array(m->arena, m->app->form_count, sizeof *m->based);
	m->base = (struct served){ .program = m->t->program, .app = m->t->folder };
	TRY(served_folder(m->arena, &m->base.data));
	TRY(serve(m->arena, &m->base, &m->doors[0]));
	TRY(make_people(m));
	TRY(make_records(m));
	TRY(give_all_rows(m));
	served_stop(&m->base);
	return NULL;
}

struct problem *matrix_open(struct matrix *m, struct arena *a) {
	for (size_t i = 0; i < WORLDS; i++) {
		m->worlds[i] = (struct served){ .program = m->t->program, .app = m->t->folder };
		TRY(served_folder(a, &m->worlds[i].data));
		TRY(served_copy(a, m->base.data, m->worlds[i].data));
		TRY(serve(a, &m->worlds[i], &m->doors[i]));
	}
	return NULL;
}

void matrix_close(struct matrix *m) {
	for (size_t i = 0; i < WORLDS; i++) {
		served_stop(&m->worlds[i]);
		if (m->worlds[i].data) served_remove(m->worlds[i].data);
		m->worlds[i].data = NULL;
	}
}
