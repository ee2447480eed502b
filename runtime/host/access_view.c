#include "runtime/host/access_view.h"

static const char *const scope_names[] = { [SCOPE_NONE] = "none",
					   [SCOPE_OWN] = "own",
					   [SCOPE_SUBORDINATES] = "subordinates",
					   [SCOPE_DEPT] = "dept",
					   [SCOPE_DEPT_TREE] = "dept_tree",
					   [SCOPE_ALL] = "all" };

static void label_json(struct jw *w, const struct label *l, const char *name) {
	const char *zh = label_text(l, LANGUAGE_ZH), *en = label_text(l, LANGUAGE_EN);
	jw_key(w, "label");
	jw_object(w);
	jw_set_text(w, "zh-CN", zh && *zh ? zh : name);
	jw_set_text(w, "en", en && *en ? en : name);
	jw_end(w);
}

/* ---- the matrix ---- */

static void fields_json(struct jw *w, const struct form *form) {
	jw_key(w, "fields");
	jw_array(w);
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		jw_object(w);
		jw_set_text(w, "name", f->name);
		label_json(w, &f->label, f->name);
		jw_set_bool(w, "system", f->system != SYSTEM_NONE && f->system != SYSTEM_STATE);
		if (f->rows) fields_json(w, f->rows);
		jw_end(w);
	}
	jw_end(w);
}

static void forms_json(struct jw *w, const struct app *app) {
	jw_key(w, "forms");
	jw_array(w);
	for (size_t i = 0; i < app->form_count; i++) {
		jw_object(w);
		jw_set_text(w, "form", app->forms[i]->name);
		label_json(w, &app->forms[i]->label, app->forms[i]->name);
		fields_json(w, app->forms[i]);
		jw_end(w);
	}
	jw_end(w);
}

static void field_rights_json(struct jw *w, const struct role_grant *g, const struct form *form) {
	jw_object(w);
	for (size_t i = 0; i < form->field_count; i++)
		jw_set_text(w, form->fields[i]->name,
			    field_right_names[grant_right(g, form->fields[i])]);
	jw_end(w);
}

static void row_rights_json(struct jw *w, const struct role_grant *g) {
	jw_key(w, "rows");
	jw_object(w);
	for (size_t i = 0; i < g->form->field_count; i++) {
		if (!g->form->fields[i]->rows) continue;
		jw_key(w, g->form->fields[i]->name);
		field_rights_json(w, g, g->form->fields[i]->rows);
	}
	jw_end(w);
}

static void grant_json(struct jw *w, const struct role_grant *g, const struct json *j) {
	struct str where = json_str(json_get(j, "where"));
	jw_object(w);
	jw_set_bool(w, "create", g->create);
	jw_set_text(w, "read", scope_names[g->read]);
	jw_set_text(w, "update", scope_names[g->update]);
	jw_set_text(w, "delete", scope_names[g->delete_]);
	jw_set_bool(w, "import", g->import);
	jw_set_bool(w, "export", g->export);
	jw_set_bool(w, "print", g->print);
	jw_key(w, "where");
	if (where.n)
		jw_str(w, where);
	else
		jw_null(w);
	jw_key(w, "fields");
	field_rights_json(w, g, g->form);
	row_rights_json(w, g);
	jw_end(w);
}

/* The file's own object of the i-th grant of a form: one object or a list. */
static const struct json *grant_source(const struct role *role, const struct form *form, size_t i) {
	const struct json *j = json_get(json_get(role->definition->json, "forms"), form->name);
	return j && j->kind == JSON_ARRAY ? (i < j->n ? &j->items[i] : NULL) : j;
}

static void role_form_json(struct jw *w, const struct role *role, const struct form *form) {
	size_t index = 0;
	for (size_t i = 0; i < role->grant_count; i++) {
		if (role->grants[i].form != form) continue;
		if (!index) {
			jw_object(w);
			jw_set_text(w, "form", form->name);
			jw_key(w, "grants");
			jw_array(w);
		}
		grant_json(w, &role->grants[i], grant_source(role, form, index++));
	}
	if (!index) return;
	jw_end(w);
	jw_end(w);
}

static void role_users_json(struct jw *w, const struct request *rq, const struct role *role) {
	jw_key(w, "users");
	jw_array(w);
	for (size_t i = 0; i < rq->directory->user_count; i++) {
		const struct user *u = &rq->directory->users[i];
		if (u->active && directory_has_role(u, rq->app->name, str_of(role->name)))
			jw_text(w, u->login);
	}
	jw_end(w);
}

void rights_matrix_json(struct jw *w, const struct request *rq) {
	jw_object(w);
	forms_json(w, rq->app);
	jw_key(w, "roles");
	jw_array(w);
	for (size_t i = 0; i < rq->app->role_count; i++) {
		const struct role *role = rq->app->roles[i];
		jw_object(w);
		jw_set_text(w, "role", role->name);
		label_json(w, &role->label, role->name);
		jw_set_text(w, "file", role->definition->file);
		role_users_json(w, rq, role);
		jw_key(w, "forms");
		jw_array(w);
		for (size_t k = 0; k < rq->app->form_count; k++)
			role_form_json(w, role, rq->app->forms[k]);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

/* ---- one record ---- */

static const char *text_of(const struct read_access *ac, struct arena *a, enum system_field which) {
	const struct value *v = &ac->record->values[form_system(ac->record->form, which)->index];
	return v->kind == VALUE_TEXT ? str_dup(a, v->as.s) : NULL;
}

/* Which of the reasons holds: catalogue codes access_given_<scope>, access_missed_<scope>, _where,
 * _none. */
static const char *reason_of(const struct request *rq, const struct read_access *ac,
			     const struct grant_verdict *v, enum action action) {
	struct arena *a = rq->arena;
	enum scope scope = grant_scope(v->grant, action);
	const char *owner = text_of(ac, a, SYSTEM_OWNER);
	bool mine = owner && !strcmp(owner, rq->actor->login) && scope != SCOPE_ALL;
	if (scope == SCOPE_NONE) return "access_missed_none";
	if (!v->in_scope[action]) return arena_printf(a, "access_missed_%s", scope_names[scope]);
	if (!v->covers[action]) return "access_missed_where";
	return arena_printf(a, "access_given_%s", mine ? "own" : scope_names[scope]);
}

static void action_json(struct jw *w, const struct request *rq, const struct read_access *ac,
			const struct grant_verdict *v, const char *key, enum action action) {
	struct arena *a = rq->arena;
	const char *code = reason_of(rq, ac, v, action), *owner = text_of(ac, a, SYSTEM_OWNER),
		   *dept = text_of(ac, a, SYSTEM_DEPT);
	struct str where =
		json_str(json_get(grant_source(v->role, v->grant->form, v->index), "where"));
	struct param params[] = { { "owner", owner ? owner : "-" },
				  { "dept", dept ? dept : "-" },
				  { "user", rq->actor->login },
				  { "mine", rq->actor->dept ? rq->actor->dept->name : "-" },
				  { "where", str_dup(a, where) } };
	jw_key(w, key);
	jw_object(w);
	jw_set_text(w, "scope", scope_names[grant_scope(v->grant, action)]);
	jw_set_bool(w, "given", v->covers[action]);
	jw_set_text(w, "code", code);
	jw_key(w, "reason");
	jw_object(w);
	jw_set_text(w, "zh-CN", catalogue_text(a, LANGUAGE_ZH, code, params, ARRAY_LEN(params)));
	jw_set_text(w, "en", catalogue_text(a, LANGUAGE_EN, code, params, ARRAY_LEN(params)));
	jw_end(w);
	jw_end(w);
}

static void verdict_json(struct jw *w, const struct request *rq, const struct read_access *ac,
			 const struct grant_verdict *v) {
	struct str where =
		json_str(json_get(grant_source(v->role, v->grant->form, v->index), "where"));
	jw_object(w);
	jw_set_text(w, "role", v->role->name);
	label_json(w, &v->role->label, v->role->name);
	jw_set_int(w, "grant", (int64_t)v->index);
	jw_set_text(w, "where", where.n ? str_dup(rq->arena, where) : NULL);
	action_json(w, rq, ac, v, "read", ACTION_READ);
	action_json(w, rq, ac, v, "update", ACTION_UPDATE);
	action_json(w, rq, ac, v, "delete", ACTION_DELETE);
	jw_end(w);
}

static void field_json(struct jw *w, const struct read_access *ac, const struct field *f) {
	enum field_right right;
	const struct grant_verdict *from = read_access_field(ac, f, &right);
	jw_object(w);
	jw_set_text(w, "name", f->name);
	label_json(w, &f->label, f->name);
	jw_set_text(w, "right", field_right_names[right]);
	jw_set_text(w, "role", from ? from->role->name : NULL);
	jw_key(w, "grant");
	if (from)
		jw_int(w, (int64_t)from->index);
	else
		jw_null(w);
	jw_end(w);
}

static void record_members(struct jw *w, const struct request *rq, const struct read_access *ac) {
	jw_key(w, "record");
	jw_object(w);
	jw_set_int(w, "id", ac->record->id);
	jw_set_text(w, "owner", text_of(ac, rq->arena, SYSTEM_OWNER));
	jw_set_text(w, "dept", text_of(ac, rq->arena, SYSTEM_DEPT));
	jw_end(w);
}

void read_access_json(struct jw *w, const struct request *rq, const struct read_access *ac) {
	const struct form *form = ac->record->form;
	jw_object(w);
	jw_set_text(w, "user", rq->actor->login);
	jw_set_text(w, "label", directory_label(rq->actor));
	jw_set_text(w, "dept", rq->actor->dept ? rq->actor->dept->name : NULL);
	jw_set_bool(w, "admin", ac->access.everything);
	record_members(w, rq, ac);
	jw_set_bool(w, "read", ac->may[ACTION_READ]);
	jw_set_bool(w, "update", ac->may[ACTION_UPDATE]);
	jw_set_bool(w, "delete", ac->may[ACTION_DELETE]);
	jw_key(w, "grants");
	jw_array(w);
	for (size_t i = 0; i < ac->n; i++) verdict_json(w, rq, ac, &ac->grants[i]);
	jw_end(w);
	jw_key(w, "fields");
	jw_array(w);
	for (size_t i = 0; i < form->field_count; i++) field_json(w, ac, form->fields[i]);
	jw_end(w);
	jw_end(w);
}
