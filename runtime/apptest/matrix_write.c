/* matrix_write.c -- what may not be changed or linked to, the same rule at every write door, one
 * line of history a write. In one world only, when the two need not be alike any more. */
#include "runtime/apptest/matrix.h"
#include "runtime/model/field_type.h"

static const char *path_of(struct matrix *m, struct arena *a, const struct form *form,
			   const char *rest) {
	return arena_printf(a, "/api/%s/%s%s", m->app->name, form->name, rest);
}

static struct problem *send(struct matrix *m, struct arena *a, const char *token,
			    const char *method, const char *path, struct str body,
			    struct answer *r) {
	return door_ask(
		m->doors[0], a,
		&(struct ask){ .token = token, .method = method, .path = path, .body = body }, r);
}

static struct problem *read_record(struct matrix *m, struct arena *a, const struct form *form,
				   int64_t id, struct answer *r) {
	return send(m, a, m->admin, "GET",
		    path_of(m, a, form, arena_printf(a, "/%lld", (long long)id)),
		    (struct str){ NULL, 0 }, r);
}

static void wrong(struct matrix *m, const char *where, const char *asked, const char *expected,
		  struct str came) {
	report_fail(m->t->report, &(struct failure){ where, asked, expected, came });
}

/* ---- read-only ---- */

struct attempt {
	const char *door, *method, *path;
	struct str body;
};

static size_t attempts(struct role_form *rf, size_t k, const struct field *f, const char *json,
		       struct attempt *out) {
	struct arena *a = rf->arena;
	long long id = (long long)rf->based->ids[k];
	out[0] = (struct attempt){ "PATCH", "PATCH",
				   path_of(rf->m, a, rf->form, arena_printf(a, "/%lld", id)),
				   str_of(arena_printf(a, "{\"%s\":%s}", f->name, json)) };
	out[1] = (struct attempt){
		"batch", "POST", path_of(rf->m, a, rf->form, "/batch"),
		str_of(arena_printf(
			a,
			"{\"operations\":[{\"op\":\"update\",\"id\":%lld,\"values\":{\"%s\":%s}}]}",
			id, f->name, json))
	};
	out[2] = (struct attempt){ "atomic batch", "POST", out[1].path,
				   str_of(arena_printf(
					   a,
					   "{\"atomic\":true,\"operations\":[{\"op\":\"update\","
					   "\"id\":%lld,\"values\":{\"%s\":%s}}]}",
					   id, f->name, json)) };
	return 3;
}

static struct problem *try_change(struct role_form *rf, size_t k, const struct field *f,
				  const char *json) {
	struct attempt all[4];
	size_t n = attempts(rf, k, f, json, all);
	for (size_t i = 0; i < n; i++) {
		struct answer before, after, r;
		TRY(read_record(rf->m, rf->arena, rf->form, rf->based->ids[k], &before));
		TRY(send(rf->m, rf->arena, rf->me->token, all[i].method, all[i].path, all[i].body,
			 &r));
		TRY(read_record(rf->m, rf->arena, rf->form, rf->based->ids[k], &after));
		report_check(rf->m->t->report);
		if (str_eq(before.body, after.body) && r.status < 500) continue;
		wrong(rf->m,
		      arena_printf(rf->arena, "%s.%s is not for %s to change (%s)", rf->form->name,
				   f->name, rf->me->role->name, all[i].door),
		      arena_printf(rf->arena, "%s: %s %s %s", rf->me->login, all[i].method,
				   all[i].path, all[i].body.p),
		      str_dup(rf->arena, before.body), after.body);
	}
	return NULL;
}

static const char *other_value(struct role_form *rf, const struct field *f, size_t k) {
	if (f->system == SYSTEM_OWNER) return "\"m_west\"";
	if (f->system == SYSTEM_DEPT) return "\"m_west\"";
	if (f->system == SYSTEM_ID || f->system == SYSTEM_REV) return "987654321";
	if (f->system == SYSTEM_CREATED_BY || f->system == SYSTEM_UPDATED_BY) return "\"m_west\"";
	return matrix_value(rf->m, rf->arena, f, k);
}

struct problem *matrix_read_only(struct role_form *rf) {
	size_t k = (size_t)(rf->me - rf->m->people), people = rf->m->people_count;
	for (size_t i = 0; !matrix_updates(rf, k) && i <= people; i++) k = i;
	if (!matrix_updates(rf, k) || !matrix_sees(rf, k)) return NULL;
	for (size_t i = 0; i < rf->form->field_count; i++) {
		const struct field *f = rf->form->fields[i];
		bool fixed = f->system && f->system != SYSTEM_OWNER && f->system != SYSTEM_STATE;
		bool derived = field_is_made(f);
		if (f->rows || !field_has_value(f) ||
		    (!fixed && !derived && matrix_edits(rf, f, k) == RIGHT_EDIT))
			continue;
		const char *json = other_value(rf, f, k);
		if (!json && derived) json = "\"x\""; /* whatever it is, nobody writes it */
		if (json)
			TRY(try_change(rf, k, f, json));
		else
			report_uncovered(rf->m->t->report,
					 arena_printf(rf->arena, "%s %s.%s", rf->me->role->name,
						      rf->form->name, f->name),
					 report_words(rf->m->t->report, "test_no_value"));
	}
	return NULL;
}

/* ---- what does not exist for him ---- */

static struct str without_number(struct arena *a, struct str text, int64_t id) {
	const char *number = arena_printf(a, "%lld", (long long)id);
	struct sb out = sb_on(a, MATRIX_TEXT);
	size_t n = strlen(number);
	text = matrix_neutral(a, text);
	for (size_t i = 0; i < text.n; i++) {
		bool here = text.n - i >= n && !memcmp(text.p + i, number, n);
		sb_char(&out, here ? '#' : text.p[i]);
		if (here) i += n - 1;
	}
	sb_cstr(&out);
	return sb_str(&out);
}

static const char *numbered(struct arena *a, const char *text, int64_t id) {
	struct sb out = sb_on(a, MATRIX_TEXT);
	for (; text && *text; text++) {
		if (*text == '#')
			sb_int(&out, id);
		else
			sb_char(&out, *text);
	}
	return sb_cstr(&out);
}

/* The same request about the record and about one that never was (# is its number): but for the
 * number the answers are one. */
static struct problem *as_nothing(struct role_form *rf, const char *what, const char *method,
				  const char *path, const char *body, int64_t id) {
	struct arena *a = rf->arena;
	int64_t ids[2] = { id, id - 7 };
	struct str texts[2];
	struct answer r;
	int status[2];
	for (size_t i = 0; i < 2; i++) {
		TRY(send(rf->m, a, rf->me->token, method, numbered(a, path, ids[i]),
			 str_of(body ? numbered(a, body, ids[i]) : NULL), &r));
		texts[i] = without_number(a, r.body, ids[i]);
		status[i] = r.status;
	}
	report_check(rf->m->t->report);
	if (status[0] == status[1] && status[0] < 500 && str_eq(texts[0], texts[1])) return NULL;
	wrong(rf->m, what,
	      arena_printf(a, "%s: %s %s %s", rf->me->login, method, path, body ? body : ""),
	      arena_printf(a, "%d %s", status[1], texts[1].p),
	      str_of(arena_printf(a, "%d %s", status[0], texts[0].p)));
	return NULL;
}

static struct problem *ask_as_nothing(struct role_form *rf, int64_t id) {
	static const struct {
		const char *method, *rest, *body;
	} asked[] = { { "GET", "/#?titles=1", NULL },
		      { "GET", "/#/history", NULL },
		      { "GET", "/#/comments", NULL },
		      { "GET", "/#/collaborators", NULL },
		      { "POST", "/#/collaborators", "{\"who\":\"user:m_mate\"}" },
		      { "GET", "/#/buttons", NULL },
		      { "POST", "/#/comments", "{\"text\":\"x\"}" },
		      { "PATCH", "/#", "{}" },
		      { "DELETE", "/#", NULL },
		      { "POST", "/#/restore", NULL },
		      { "POST", "/#/transfer", "{\"owner\":\"m_mate\"}" },
		      { "POST", "/validate", "{\"id\":#,\"values\":{}}" },
		      { "GET", "?count=exact&filter=id%20==%20#", NULL },
		      { "POST", "/batch",
			"{\"operations\":[{\"op\":\"update\",\"id\":#,\"values\":{}},{\"op\":"
			"\"delete\",\"id\":#}]}" } };
	for (size_t i = 0; i < ARRAY_LEN(asked); i++)
		TRY(as_nothing(rf, matrix_unseen_name(rf), asked[i].method,
			       path_of(rf->m, rf->arena, rf->form, asked[i].rest), asked[i].body,
			       id));
	return NULL;
}

static struct problem *link_to_nothing(struct role_form *rf, int64_t id) {
	const struct app *app = rf->m->app;
	size_t me = (size_t)(rf->me - rf->m->people);
	for (size_t i = 0; i < app->form_count; i++)
		for (size_t k = 0; k < app->forms[i]->declared_count; k++) {
			const struct field *link = app->forms[i]->fields[k];
			if (link->target != rf->form || !matrix_writable(link) ||
			    rf->m->based[i].why)
				continue;
			const char *json = strcmp(link->type->name, "refs") ? "#" : "[#]";
			struct str body =
				matrix_body(rf->m, rf->arena, app->forms[i], me, link, json);
			TRY(as_nothing(
				rf,
				arena_printf(rf->arena, "%s.%s links to a %s that %s does not see",
					     app->forms[i]->name, link->name, rf->form->name,
					     rf->me->role->name),
				"POST", path_of(rf->m, rf->arena, app->forms[i], ""), body.p, id));
		}
	return NULL;
}

struct problem *matrix_unlinked(struct role_form *rf) {
	for (size_t k = 0; k <= rf->m->people_count; k++) {
		if (matrix_sees(rf, k)) continue;
		TRY(ask_as_nothing(rf, rf->based->ids[k]));
		return link_to_nothing(rf, rf->based->ids[k]);
	}
	return NULL;
}
