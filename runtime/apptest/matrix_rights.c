/* matrix_rights.c -- what the definitions give a role's person, in the words of definitions.md and
 * nothing of the program's own permission code: grants unite, `own` is in every scope, a where is
 * asked of the data as a filter by the administrator. */
#include "runtime/apptest/matrix.h"

static const struct person *owner_of(const struct role_form *rf, size_t k) {
	return k < rf->m->people_count ? &rf->m->people[k] : NULL;
}

static bool reports_to(const struct matrix *m, const struct person *p, const struct person *me) {
	for (int depth = 0; p && p->superior && depth < 10; depth++) {
		const struct person *up = NULL;
		for (size_t i = 0; i < m->people_count; i++)
			if (!strcmp(m->people[i].login, p->superior)) up = &m->people[i];
		if (up == me) return true;
		p = up;
	}
	return false;
}

/* The records' dept follows their owner; m_below is below m_east, where the roles' people are. */
static bool in_scope(const struct role_form *rf, enum scope scope, size_t k) {
	const struct person *owner = owner_of(rf, k);
	if (scope == SCOPE_ALL || scope == SCOPE_NONE) return scope == SCOPE_ALL;
	if (!owner) return false;
	if (owner == rf->me) return true;
	if (scope == SCOPE_SUBORDINATES) return reports_to(rf->m, owner, rf->me);
	if (scope == SCOPE_DEPT) return !strcmp(owner->dept, rf->me->dept);
	return scope == SCOPE_DEPT_TREE &&
	       (!strcmp(owner->dept, rf->me->dept) || !strcmp(owner->dept, "m_below"));
}

static bool covers(const struct role_form *rf, size_t grant, enum scope scope, size_t k) {
	return in_scope(rf, scope, k) && (!rf->within[grant] || rf->within[grant][k]);
}

bool matrix_gives(const struct role_form *rf, size_t grant) {
	bool any = !rf->within[grant];
	for (size_t k = 0; k <= rf->m->people_count && !any; k++) any = rf->within[grant][k];
	return any;
}

bool matrix_sees(const struct role_form *rf, size_t k) {
	for (size_t g = 0; g < rf->grant_count; g++)
		if (covers(rf, g, rf->grants[g]->read, k)) return true;
	return false;
}

enum field_right matrix_reads(const struct role_form *rf, const struct field *f, size_t k) {
	enum field_right best = RIGHT_HIDDEN;
	for (size_t g = 0; g < rf->grant_count; g++)
		if (covers(rf, g, rf->grants[g]->read, k) && rf->grants[g]->fields[f->index] > best)
			best = rf->grants[g]->fields[f->index];
	return best;
}

bool matrix_updates(const struct role_form *rf, size_t k) {
	for (size_t g = 0; g < rf->grant_count; g++)
		if (covers(rf, g, rf->grants[g]->update, k)) return true;
	return false;
}

enum field_right matrix_edits(const struct role_form *rf, const struct field *f, size_t k) {
	enum field_right best = RIGHT_HIDDEN;
	for (size_t g = 0; g < rf->grant_count; g++)
		if (covers(rf, g, rf->grants[g]->update, k) &&
		    rf->grants[g]->fields[f->index] > best)
			best = rf->grants[g]->fields[f->index];
	return best;
}

/* ---- where ---- */

static const char *where_text(struct arena *a, const struct role *role, const struct form *form,
			      size_t nth) {
	const struct json *grants = json_get(json_get(role->definition->json, "forms"), form->name);
	if (grants && grants->kind == JSON_ARRAY)
		grants = nth < grants->n ? &grants->items[nth] : NULL;
	struct str text = json_str(json_get(grants, "where"));
	return text.n ? str_dup(a, text) : NULL;
}

/* The person by name in place of $user: the administrator asks. NULL: it uses more of the person
 * than that. */
static const char *by_name(struct arena *a, const char *where, const struct person *me) {
	static const char dept[] = "$user.dept", user[] = "$user";
	struct sb out = sb_on(a, MATRIX_TEXT);
	for (const char *p = where; *p;) {
		bool whole = !strncmp(p, user, sizeof user - 1);
		if (!strncmp(p, dept, sizeof dept - 1)) {
			sb_printf(&out, "'%s'", me->dept);
			p += sizeof dept - 1;
		} else if (whole && p[sizeof user - 1] == '.') {
			return NULL;
		} else if (whole) {
			sb_printf(&out, "'%s'", me->login);
			p += sizeof user - 1;
		} else {
			sb_char(&out, *p++);
		}
	}
	return sb_cstr(&out);
}

static struct problem *ask_where(struct role_form *rf, size_t grant) {
	const char *text = by_name(rf->arena, rf->where[grant], rf->me);
	struct answer r = { 0 };
	rf->within[grant] = arena_array(rf->arena, PEOPLE_MAX + 1, sizeof(bool));
	if (text)
		TRY(door_ask(rf->m->doors[0], rf->arena,
			     &(struct ask){ .token = rf->m->admin,
					    .method = "GET",
					    .path = arena_printf(
						    rf->arena,
						    "/api/%s/%s?fields=id&limit=1000&filter=%s",
						    rf->m->app->name, rf->form->name,
						    door_quote(rf->arena, str_of(text))) },
			     &r));
	if (r.status != 200) rf->unclear = rf->where[grant];
	const struct json *records = json_get(r.json, "records");
	for (uint32_t i = 0; records && i < records->n; i++)
		for (size_t k = 0; k <= rf->m->people_count; k++) {
			int64_t id;
			if (json_int(json_get(&records->items[i], "id"), &id) &&
			    id == rf->based->ids[k])
				rf->within[grant][k] = true;
		}
	return NULL;
}

struct problem *matrix_role_form(struct role_form *rf) {
	const struct role *role = rf->me->role;
	size_t nth = 0;
	rf->grant_count = 0;
	rf->based = matrix_based(rf->m, rf->form);
	for (size_t i = 0; i < role->grant_count && rf->grant_count < GRANTS_MAX; i++) {
		if (role->grants[i].form != rf->form) continue;
		size_t g = rf->grant_count++;
		rf->grants[g] = &role->grants[i];
		rf->within[g] = NULL;
		rf->where[g] = where_text(rf->arena, role, rf->form, nth++);
		if (rf->where[g]) TRY(ask_where(rf, g));
	}
	return NULL;
}

const char *matrix_unseen_name(const struct role_form *rf) {
	const struct report *r = rf->m->t->report;
	const struct param params[] = { { "form", rf->form->name },
					{ "role", rf->me->role->name } };
	return catalogue_text(rf->arena, r->language, "test_unseen_record", params, 2);
}
