/* field_people.c -- user and dept: login and department name outside, codes in the store. Without a
 * directory (checking an app alone) names are taken as they are. */
#include "runtime/model/field_kit.h"

static bool is_user(const struct field *f) { return f->type == &field_type_user; }

static bool known(const struct parse *p, const struct field *f, struct str name) {
	const struct directory *d = p->codec->directory;
	if (!d) return true;
	return is_user(f) ? directory_user(d, name) != NULL : directory_dept(d, name) != NULL;
}

static bool refuse_name(struct parse *p, const struct field *f, struct str name) {
	return REFUSE(p, is_user(f) ? "unknown_user" : "unknown_dept", "name",
		      str_dup(p->arena, name));
}

static bool read_json(struct parse *p, const struct field *f, const struct json *in,
		      struct value *out) {
	if (in->kind != JSON_STRING) return REFUSE(p, "expect_text");
	*out = value_text(in->text);
	if (!in->text.n || known(p, f, in->text)) return true;
	return refuse_name(p, f, in->text);
}

static bool has_label(const struct label *l, struct str text) {
	return str_eq(str_of(l->zh), text) || str_eq(str_of(l->en), text);
}

static const char *user_by_label(const struct directory *d, struct str label) {
	const char *found = NULL;
	for (size_t i = 0; i < d->user_count; i++) {
		const struct user *u = &d->users[i];
		if (!u->active || (!has_label(&u->name, label) && !str_eq(str_of(u->label), label)))
			continue;
		if (found) return NULL;
		found = u->login;
	}
	return found;
}

static const char *dept_by_label(const struct directory *d, struct str label) {
	const char *found = NULL;
	for (size_t i = 0; i < d->dept_count; i++) {
		if (!d->depts[i].active || !has_label(&d->depts[i].label, label)) continue;
		if (found) return NULL;
		found = d->depts[i].name;
	}
	return found;
}

static bool read_text(struct parse *p, const struct field *f, struct str in, struct value *out) {
	const struct directory *d = p->codec->directory;
	in = str_trim(in);
	*out = value_text(in);
	if (!in.n || known(p, f, in)) return true;
	const char *name = is_user(f) ? user_by_label(d, in) : dept_by_label(d, in);
	if (!name) return refuse_name(p, f, in);
	*out = value_text(str_of(name));
	return true;
}

static bool validate(struct parse *p, const struct field *f, const struct value *v) {
	const struct directory *d = p->codec->directory;
	if (!d) return true;
	if (!known(p, f, v->as.s)) return refuse_name(p, f, v->as.s);
	bool active = is_user(f) ? directory_user(d, v->as.s)->active
				 : directory_dept(d, v->as.s)->active;
	return active || REFUSE(p, is_user(f) ? "inactive_user" : "inactive_dept", "name",
				str_dup(p->arena, v->as.s));
}

static void write_text(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	const char *label = "";
	if (show && c->directory && is_user(f)) {
		const struct user *u = directory_user(c->directory, v->as.s);
		label = u ? label_text(&u->name, c->language) : "";
	} else if (show && c->directory) {
		const struct dept *d = directory_dept(c->directory, v->as.s);
		label = d ? label_text(&d->label, c->language) : "";
	}
	if (label[0])
		sb_cat(out, label);
	else
		sb_add(out, v->as.s);
}

static bool to_cell(const struct field *f, const struct codec *c, const struct value *v,
		    struct value *cell) {
	*cell = VALUE_NONE;
	if (value_is_null(v)) return true;
	const struct user *u =
		is_user(f) && c->directory ? directory_user(c->directory, v->as.s) : NULL;
	const struct dept *d =
		!is_user(f) && c->directory ? directory_dept(c->directory, v->as.s) : NULL;
	if (!u && !d) return false;
	*cell = value_int(u ? u->id : d->id);
	return true;
}

static struct value from_cell(struct arena *a, const struct field *f, const struct codec *c,
			      const struct value *cell) {
	(void)a;
	if (value_is_null(cell) || !c->directory) return VALUE_NONE;
	if (is_user(f)) {
		const struct user *u = directory_user_id(c->directory, (int32_t)cell->as.i);
		return u ? value_text(str_of(u->login)) : VALUE_NONE;
	}
	const struct dept *d = directory_dept_id(c->directory, (int32_t)cell->as.i);
	return d ? value_text(str_of(d->name)) : VALUE_NONE;
}

static struct type value_type(const struct field *f) {
	return (struct type){ .kind = is_user(f) ? TYPE_USER : TYPE_DEPT };
}

static const char *const keys[] = { "among", NULL };

#define PEOPLE_BODY                                                                                \
	.storage = STORE_INTEGER, .flags = FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_DEFAULT | FT_SET, \
	.keys = SERVER_ONLY(keys), .value_type = value_type, .read_json = read_json,               \
	.read_text = SERVER_ONLY(read_text), .validate = validate,                                 \
	.write_json = field_text_write_json, .write_text = write_text,                             \
	.to_cell = SERVER_ONLY(to_cell), .from_cell = SERVER_ONLY(from_cell)

const struct field_type field_type_user = {
	PEOPLE_BODY,
	.name = "user",
	.label = SERVER_WORDS("成员", "User"),
	.help = SERVER_WORDS(
		"一个用户，以登录名传送；导入时也认唯一的姓名。among 限定可以选谁。",
		"A user, sent as the login; an import also reads a label that is unique. among "
		"limits who may be chosen."),
};

const struct field_type field_type_dept = {
	PEOPLE_BODY,
	.name = "dept",
	.label = SERVER_WORDS("部门", "Department"),
	.help = SERVER_WORDS(
		"一个部门，以部门名传送；导入时也认唯一的显示名。among 限定可以选哪些。",
		"A department, sent as its name; an import also reads a label that is unique. "
		"among "
		"limits which may be chosen."),
};
