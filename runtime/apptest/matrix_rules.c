/* matrix_rules.c -- one rule of a field at every write door, and one line of history for every
 * write that was taken. The administrator writes: rules are the same for everybody. */
#include "runtime/apptest/matrix.h"
#include "runtime/model/field_type.h"

struct trying {
	struct matrix *m;
	struct arena *a;
	const struct form *form;
	int64_t id;            /* of a record that stands */
	const char *no_import; /* why rows of this form cannot be imported, or NULL */
	struct given
		given[GIVEN_MAX]; /* what a record must hold for the field to be there at all */
	size_t given_count;
	const char *file_key; /* of the last file: what tells its records apart, when it has rows;
				 else NULL */
};

static const char *path_of(struct trying *t, const char *rest) {
	return arena_printf(t->a, "/api/%s/%s%s", t->m->app->name, t->form->name, rest);
}

static struct problem *send(struct trying *t, const char *method, const char *path,
			    const char *body, struct answer *r) {
	struct ask ask = {
		.token = t->m->admin, .method = method, .path = path, .body = str_of(body)
	};
	return door_ask(t->m->doors[0], t->a, &ask, r);
}

/* ---- rows of a file ---- */

static void cell(struct sb *out, const struct field *f, const struct json *v) {
	bool way = !strcmp(f->type->name, "cascade") || !strcmp(f->type->name, "region");
	const char *between = way ? "/" : ";";
	if (v->kind == JSON_TRUE || v->kind == JSON_FALSE)
		sb_cat(out, v->kind == JSON_TRUE ? "true" : "false");
	for (size_t i = 0; i < v->text.n; i++) {
		if (v->text.p[i] == '"') sb_char(out, '"');
		sb_char(out, v->text.p[i]);
	}
	for (uint32_t i = 0; i < v->n; i++) {
		sb_cat(out, i ? between : "");
		sb_add(out, v->items[i].text);
	}
}

static void column(struct sb *header, struct sb *row, const char *name, const struct field *f,
		   const struct json *v) {
	sb_printf(header, "%s%s", header->n ? "," : "", name);
	sb_cat(row, row->n ? ",\"" : "\"");
	cell(row, f, v);
	sb_char(row, '"');
}

/* The record of a body, and the one row of its table, as a line under its header (decision 0023).
 */
static struct problem *as_csv(struct trying *t, struct str body, struct str *out) {
	const struct json *values;
	struct sb header = sb_on(t->a, MATRIX_TEXT), row = sb_on(t->a, MATRIX_TEXT);
	const char *text = "", *unique = "";
	bool rows = false;
	TRY(json_parse(t->a, body, &json_limits_definition, &values));
	for (uint32_t i = 0; i < values->n; i++) {
		const struct field *f = form_field(t->form, values->keys[i].name);
		const struct json *v = &values->items[i];
		if (!f || (f->rows && !v->n)) continue;
		if (!f->rows) {
			column(&header, &row, f->name, f, v);
			if (f->unique) unique = f->name;
			if (f->type->flags & FT_TEXT_LIKE && f->required) text = f->name;
			continue;
		}
		for (uint32_t c = 0; c < v->items[0].n; c++) {
			const struct field *in = form_field(f->rows, v->items[0].keys[c].name);
			const char *name = in ? arena_printf(t->a, "%s.%s", f->name, in->name) : "";
			if (in) column(&header, &row, name, in, &v->items[0].items[c]);
		}
		rows = true;
	}
	t->file_key = !rows ? NULL : *unique ? unique : text;
	sb_printf(&header, "\r\n%s\r\n", sb_cstr(&row));
	*out = sb_str(&header);
	return NULL;
}

static struct problem *import(struct trying *t, struct str body, struct answer *job,
			      struct str *refused) {
	struct csv csv = {
		.app = t->m->app->name, .form = t->form->name, .mode = "create", .key = ""
	};
	TRY(as_csv(t, body, &csv.text));
	if (t->file_key) csv.key = t->file_key;
	return door_import(t->m->doors[0], t->a, t->m->admin, &csv, job, refused);
}

/* ---- what is said ---- */

struct said {
	struct str code, detail;
	int status;
};

static struct said fault_in(const struct json *errors, const struct field *f, int status) {
	for (uint32_t i = 0; errors && errors->kind == JSON_ARRAY && i < errors->n; i++) {
		struct str pointer = json_str(json_get(&errors->items[i], "pointer"));
		const char *slash = pointer.n ? memrchr(pointer.p, '/', pointer.n) : NULL;
		if (!slash ||
		    !str_is((struct str){ slash + 1, pointer.n - (size_t)(slash + 1 - pointer.p) },
			    f->name))
			continue;
		return (struct said){ json_str(json_get(&errors->items[i], "code")),
				      json_str(json_get(&errors->items[i], "detail")), status };
	}
	return (struct said){ .status = status };
}

/* A body that creates a record; f NULL: with nothing but what is given. */
static struct str whole_body(struct trying *t, const struct field *f, const char *json) {
	struct given given[GIVEN_MAX + 1] = { { .field = f, .json = json } };
	size_t n = f != NULL;
	for (size_t i = 0; i < t->given_count; i++)
		if (t->given[i].field != f) given[n++] = t->given[i];
	return matrix_body_given(t->m, t->a, t->form, 0, given, n);
}

enum { DOORS = 6 };
static struct problem *at_door(struct trying *t, size_t door, const struct field *f,
			       const char *json, struct said *out) {
	struct answer r;
	const char *whole = whole_body(t, f, json).p,
		   *one = arena_printf(t->a, "{\"%s\":%s}", f->name, json),
		   *id = arena_printf(t->a, "\"id\":%lld,", (long long)t->id);
	const struct {
		const char *method, *path, *body;
	} doors[DOORS] = {
		{ "POST", path_of(t, ""), whole },
		{ "PATCH", path_of(t, arena_printf(t->a, "/%lld", (long long)t->id)), one },
		{ "POST", path_of(t, "/batch"),
		  arena_printf(t->a, "{\"operations\":[{\"op\":\"create\",\"values\":%s}]}",
			       whole) },
		{ "POST", path_of(t, "/batch"),
		  arena_printf(t->a, "{\"operations\":[{\"op\":\"update\",%s\"values\":%s}]}", id,
			       one) },
		{ "POST", path_of(t, "/validate"), arena_printf(t->a, "{\"values\":%s}", whole) },
		{ "POST", path_of(t, "/validate"),
		  arena_printf(t->a, "{%s\"values\":%s}", id, one) }
	};
	TRY(send(t, doors[door].method, doors[door].path, doors[door].body, &r));
	const struct json *result = json_at(r.json, "/results/0/problem");
	*out = fault_in(json_get(result ? result : r.json, "errors"), f, r.status);
	return NULL;
}

/* ---- fields that are there under a condition ---- */

static bool names(const struct field *const *fields, size_t n, const struct field *f) {
	for (size_t i = 0; i < n; i++)
		if (fields[i] == f) return true;
	return false;
}

/* Could the state of the page keep a value out of this field? */
static bool steered(const struct form *form, const struct field *f) {
	for (size_t i = 0; i < form->linkage_count; i++) {
		const struct linkage *l = &form->linkages[i];
		if (names(l->show, l->show_count, f) || names(l->hide, l->hide_count, f) ||
		    names(l->read_only, l->read_only_count, f))
			return true;
	}
	return false;
}

/* A reference whose options want its record in a state: one is led there first. */
static struct problem *lead_links(struct trying *t) {
	for (size_t i = 0; i < t->given_count; i++) {
		struct given *g = &t->given[i];
		bool done;
		if (!g->field->target) continue;
		TRY(matrix_reach(t->m, g->field, 0, &done));
		const char *json = matrix_small(t->m, t->a, g->field, 0, 0);
		if (json) g->json = json;
	}
	return NULL;
}

/* One rule that shows the field holds; those that hide or fix it do not. */
static bool uncover(struct trying *t, const struct field *f, const struct json *record) {
	bool shown = true;
	for (size_t i = 0; i < t->form->linkage_count; i++) {
		const struct linkage *l = &t->form->linkages[i];
		bool shows = names(l->show, l->show_count, f),
		     hides = names(l->hide, l->hide_count, f) ||
			     names(l->read_only, l->read_only_count, f);
		struct settle ask = { .when = l->when,
				      .paths = &t->form->paths,
				      .fails = hides,
				      .record = record,
				      .keep = f,
				      .out = t->given,
				      .n = &t->given_count };
		if (!shows && !hides) continue;
		bool settled = matrix_settle(t->m, t->a, &ask);
		if (hides && !settled) return false;
		if (shows && settled) return true;
		if (shows) shown = false;
	}
	return shown;
}

/* A record in which the field is there; what it is refused for besides gets other values. */
static struct problem *stand_there(struct trying *t) {
	enum { TRIES = 8 };
	for (unsigned n = 0; n < TRIES; n++) {
		struct answer r;
		TRY(send(t, "POST", path_of(t, ""), whole_body(t, NULL, NULL).p, &r));
		if (r.status == 201 && json_int(json_get(r.json, "id"), &t->id)) return NULL;
		struct str at = json_str(json_at(r.json, "/errors/0/pointer"));
		const struct field *faulty =
			at.n > 1 ? form_field(t->form, (struct str){ at.p + 1, at.n - 1 }) : NULL;
		const char *json = faulty && matrix_writable(faulty) && t->given_count < GIVEN_MAX
					   ? matrix_small(t->m, t->a, faulty, 0, 3 + 5 * n)
					   : NULL;
		if (!json) return NULL;
		size_t i = 0;
		while (i < t->given_count && t->given[i].field != faulty) i++;
		if (i == t->given_count) t->given_count++;
		t->given[i] = (struct given){ .field = faulty, .json = json };
	}
	return NULL;
}

/* The same trying where the field is there; *done false: the definitions let no such record be
 * made. */
static struct problem *brought_out(struct trying *t, const struct field *f, struct trying *out,
				   bool *done) {
	const struct json *record;
	*out = *t;
	out->id = 0;
	TRY(json_parse(t->a, whole_body(t, NULL, NULL), &json_limits_definition, &record));
	*done = steered(t->form, f) && uncover(out, f, record);
	if (!*done) return NULL;
	TRY(lead_links(out));
	TRY(stand_there(out));
	*done = out->id != 0;
	return NULL;
}

static void differ(struct trying *t, const struct field *f, const char *rule, const char *door,
		   const struct said *first, struct str came) {
	struct failure fail = {
		.where = arena_printf(t->a, "%s.%s: %s", t->form->name, f->name, rule),
		.asked = door,
		.expected = arena_printf(t->a, "%.*s", (int)first->code.n, first->code.p),
		.came = came
	};
	report_fail(t->m->t->report, &fail);
}

static struct problem *try_import(struct trying *t, const struct field *f,
				  const struct sample_fault *fault, const struct said *first) {
	struct answer job;
	struct str refused;
	int64_t failed = 0;
	if (t->no_import || !strcmp(fault->rule, "required"))
		return NULL; /* an empty cell is no value given, not null */
	TRY(import(t, whole_body(t, f, fault->json), &job, &refused));
	if (t->file_key && !strcmp(fault->rule, "unique") && !strcmp(t->file_key, f->name))
		return NULL; /* the same key means that record again */
	bool counted = json_int(json_get(job.json, "failed"), &failed) && failed == 1;
	report_check(t->m->t->report);
	if (counted && first->detail.n &&
	    memmem(refused.p, refused.n, first->detail.p, first->detail.n))
		return NULL;
	differ(t, f, fault->rule, "import", first, refused.n ? refused : job.body);
	return NULL;
}

static struct problem *try_rule(struct trying *t, const struct field *f,
				const struct sample_fault *fault) {
	static const char *const doors[DOORS] = { "POST",         "PATCH",    "batch create",
						  "batch update", "validate", "validate with id" };
	struct said first, other;
	struct trying out;
	bool done;
	TRY(at_door(t, 0, f, fault->json, &first));
	if (!first.code.n) {
		TRY(brought_out(t, f, &out, &done));
		if (done) TRY(at_door(t = &out, 0, f, fault->json, &first));
	}
	if (!first.code.n) {
		const struct param taken[] = {
			{ "value", arena_printf(t->a, "%.40s", fault->json) },
			{ "status", arena_printf(t->a, "%d", first.status) }
		};
		report_uncovered(
			t->m->t->report,
			arena_printf(t->a, "%s.%s: %s", t->form->name, f->name, fault->rule),
			steered(t->form, f) ? report_words(t->m->t->report, "test_steered")
					    : catalogue_text(t->a, t->m->t->report->language,
							     "test_taken", taken, 2));
		return NULL;
	}
	for (size_t d = 1; d < DOORS; d++) {
		TRY(at_door(t, d, f, fault->json, &other));
		report_check(t->m->t->report);
		if (!str_eq(first.code, other.code))
			differ(t, f, fault->rule, doors[d], &first,
			       str_of(arena_printf(t->a, "%d %.*s", other.status, (int)other.code.n,
						   other.code.p)));
	}
	return try_import(t, f, fault, &first);
}

static struct problem *can_import(struct trying *t) {
	struct answer job;
	struct str refused;
	int64_t created = 0;
	size_t tables = 0;
	for (size_t i = 0; i < t->form->declared_count; i++)
		tables += t->form->fields[i]->rows && matrix_based(t->m, t->form)->values[i];
	/* Rows come with their record under a key of its own (decision 0023). */
	if (tables > 1) t->no_import = report_words(t->m->t->report, "test_own_file");
	if (t->no_import) return NULL;
	TRY(matrix_renew(t->m, t->form, 0));
	TRY(import(t, matrix_body(t->m, t->a, t->form, 0, NULL, NULL), &job, &refused));
	if (t->file_key && !*t->file_key)
		t->no_import = report_words(t->m->t->report, "test_no_file_key");
	bool taken = json_int(json_get(job.json, "created"), &created) && created == 1;
	if (!taken && !t->no_import)
		t->no_import =
			arena_printf(t->a, "%.*s", refused.n ? (int)refused.n : (int)job.body.n,
				     refused.n ? refused.p : job.body.p);
	return NULL;
}

static struct problem *all_rules(struct trying *t) {
	struct sample_fault faults[SAMPLE_FAULTS_MAX + 1];
	struct answer stored;
	TRY(can_import(t));
	if (t->no_import)
		report_uncovered(t->m->t->report, arena_printf(t->a, "%s: import", t->form->name),
				 t->no_import);
	TRY(send(t, "GET",
		 path_of(t, arena_printf(t->a, "/%lld",
					 (long long)matrix_based(t->m, t->form)->ids[1])),
		 NULL, &stored));
	for (size_t i = 0; i < t->form->declared_count; i++) {
		const struct field *f = t->form->fields[i];
		if (!matrix_writable(f) || f->rows) continue;
		size_t n = sample_faults(t->a, f, faults);
		struct str taken = json_str(json_get(stored.json, f->name));
		if (f->unique && taken.n)
			faults[n++] = (struct sample_fault){
				"unique", arena_printf(t->a, "\"%.*s\"", (int)taken.n, taken.p)
			};
		for (size_t k = 0; k < n; k++) TRY(try_rule(t, f, &faults[k]));
	}
	return NULL;
}

struct problem *matrix_rules(struct matrix *m, struct arena *a, const struct form *form) {
	struct trying t = { .m = m, .a = a, .form = form, .id = matrix_based(m, form)->ids[0] };
	return all_rules(&t);
}

/* ---- history ---- */

static struct problem *lines_of(struct trying *t, const char *door, size_t *all, size_t *of_door) {
	struct answer r;
	TRY(send(t, "GET", path_of(t, arena_printf(t->a, "/%lld/history", (long long)t->id)), NULL,
		 &r));
	const struct json *lines =
		json_get(r.json, "history") ? json_get(r.json, "history") : r.json;
	*all = lines && lines->kind == JSON_ARRAY ? lines->n : 0;
	*of_door = 0;
	for (size_t i = 0; i < *all; i++)
		*of_door += json_is_string(json_get(&lines->items[i], "door"), door);
	return NULL;
}

static struct problem *write_and_count(struct trying *t, const char *what, const char *door,
				       const char *method, const char *path, const char *body) {
	struct answer r;
	size_t before, before_door, after, after_door;
	TRY(lines_of(t, door, &before, &before_door));
	TRY(send(t, method, path, body, &r));
	const struct json *status = json_at(r.json, "/results/0/status");
	if (r.status >= 300 || (status && !str_starts(status->text, STR("2")))) {
		report_uncovered(t->m->t->report,
				 arena_printf(t->a, "%s: history of %s", t->form->name, what),
				 door_said(t->a, &r));
		return NULL;
	}
	TRY(lines_of(t, door, &after, &after_door));
	report_check(t->m->t->report);
	if (after == before + 1 && after_door == before_door + 1) return NULL;
	struct failure f = {
		.where = arena_printf(t->a, "%s: one line of history for %s", t->form->name, what),
		.asked = arena_printf(t->a, "%s %s %s", method, path, body ? body : ""),
		.expected = arena_printf(t->a, "%zu (%s %zu)", before + 1, door, before_door + 1),
		.came = str_of(arena_printf(t->a, "%zu (%s %zu)", after, door, after_door))
	};
	report_fail(t->m->t->report, &f);
	return NULL;
}

static const char *changed(struct trying *t) {
	struct based *b = matrix_based(t->m, t->form);
	for (size_t i = 0; i < t->form->declared_count; i++) {
		const struct field *f = t->form->fields[i];
		if (!b->values[i] || f->rows || f->target || f->enumeration || steered(t->form, f))
			continue;
		const char *json =
			f->type->flags & FT_TEXT_LIKE ? matrix_value(t->m, t->a, f, 0) : NULL;
		if (json) return arena_printf(t->a, "{\"%s\":%s}", f->name, json);
	}
	return t->m->fresh++ % 2 ? "{\"owner\":\"m_mate\"}" : "{\"owner\":\"m_below\"}";
}

static struct problem *history_of_import(struct trying *t) {
	struct answer job, newest;
	struct str refused;
	size_t all, of_door;
	TRY(matrix_renew(t->m, t->form, 0));
	TRY(import(t, matrix_body(t->m, t->a, t->form, 0, NULL, NULL), &job, &refused));
	TRY(send(t, "GET", path_of(t, "?sort=-id&limit=1"), NULL, &newest));
	if (!json_int(json_at(newest.json, "/records/0/id"), &t->id)) return NULL;
	TRY(lines_of(t, "import", &all, &of_door));
	report_check(t->m->t->report);
	if (all == 1 && of_door == 1) return NULL;
	struct failure f = { .where = arena_printf(t->a, "%s: one line of history for an import",
						   t->form->name),
			     .asked = "import",
			     .expected = "1 (import 1)",
			     .came = str_of(arena_printf(t->a, "%zu (import %zu)", all, of_door)) };
	report_fail(t->m->t->report, &f);
	return NULL;
}

struct problem *matrix_history(struct matrix *m, struct arena *a, const struct form *form) {
	struct trying t = { .m = m, .a = a, .form = form };
	struct answer r;
	TRY(can_import(&t));
	TRY(matrix_renew(m, form, 0));
	TRY(send(&t, "POST", path_of(&t, ""), matrix_body(m, a, form, 0, NULL, NULL).p, &r));
	if (!json_int(json_get(r.json, "id"), &t.id)) {
		report_uncovered(m->t->report, arena_printf(a, "%s: history", form->name),
				 door_said(a, &r));
		return NULL;
	}
	const char *record = path_of(&t, arena_printf(a, "/%lld", (long long)t.id));
	TRY(write_and_count(&t, "a change", "api", "PATCH", record, changed(&t)));
	TRY(write_and_count(
		&t, "a batch", "batch", "POST", path_of(&t, "/batch"),
		arena_printf(a, "{\"operations\":[{\"op\":\"update\",\"id\":%lld,\"values\":%s}]}",
			     (long long)t.id, changed(&t))));
	TRY(write_and_count(&t, "a hand-over", "api", "POST",
			    arena_printf(a, "%s/transfer", record), "{\"owner\":\"m_west\"}"));
	return t.no_import ? NULL : history_of_import(&t);
}
