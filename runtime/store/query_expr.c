/* query_expr.c -- how an expression's paths, codes and people read in SQL (the callbacks of
 * expr_to_sql). */
#include "runtime/store/query_sql.h"
#include "runtime/store/setting.h"

static const struct select_place *place_of(void *context) { return context; }

static const char *new_alias(struct select_builder *b) {
	return arena_printf(b->arena, "s%u", ++b->aliases);
}

/* ---- single values ---- */

/* Without joins: (SELECT s2."region" FROM "crm_account" s2 WHERE s2."id" = r."account"). */
static void scalar_path(const struct select_place *place, const struct field *const *fields,
			size_t length, struct sb *out) {
	if (!length) {
		sb_printf(out, "%s.\"id\"", place->alias);
		return;
	}
	const struct field *last = fields[length - 1];
	if (length == 1) {
		sb_printf(out, "%s.\"%s\"", place->alias, select_column_name(last));
		return;
	}
	const char *alias = new_alias(place->b);
	sb_printf(out, "(SELECT %s.\"%s\" FROM \"%s\" %s WHERE %s.\"id\" = ", alias,
		  select_column_name(last), last->form->table, alias, alias);
	scalar_path(place, fields, length - 1, out);
	sb_char(out, ')');
}

static struct problem *column(void *context, const struct expr_path *path, struct sb *out) {
	const struct select_place *place = place_of(context);
	if (place->join != SELECT_SYSTEM) return select_path(place->b, path, NULL, out);
	struct select_place from = *place;
	if (path->root == ROOT_PARENT) from.alias = place->parent;
	scalar_path(&from, (const struct field *const *)path->fields, path->length, out);
	return NULL;
}

/* ---- rows behind a list ---- */

static size_t list_at(const struct expr_path *path) {
	size_t i = 0;
	for (; i + 1 < path->length; i++) {
		enum storage storage = ((const struct field *)path->fields[i])->type->storage;
		if (storage == STORE_ROWS || storage == STORE_VALUES) break;
	}
	return i;
}

static struct problem *owner_id(const struct select_place *place, const struct expr_path *path,
				size_t hops, struct sb *out) {
	int at = place->join;
	if (place->join == SELECT_SYSTEM) {
		scalar_path(place, (const struct field *const *)path->fields, hops, out);
		return NULL;
	}
	for (size_t i = 0; i < hops; i++) TRY(select_join_of(place->b, at, path->fields[i], &at));
	sb_printf(out, "%s.\"id\"", place->b->joins[at].alias);
	return NULL;
}

/* An item of a list that leads nowhere, or where the reader does not see, is no item of it; a
 * row whose reference leads nowhere is still a row. */
static struct problem *join_in_rows(const struct select_place *place, const struct field *ref,
				    const char **alias, struct sb *out) {
	struct select_builder *b = place->b;
	const char *to = new_alias(b);
	bool item = ref->type->storage == STORE_VALUES;
	sb_printf(out, "%s JOIN \"%s\" %s ON %s.\"id\" = %s.\"%s\"", item ? "" : " LEFT",
		  ref->target->table, to, to, *alias, item ? "value" : select_column_name(ref));
	if (place->join != SELECT_SYSTEM) {
		struct sb rights = sb_on(b->arena, SELECT_TEXT_MAX);
		TRY(select_access(b, &query_view(b->q, ref->target)->access, ACTION_READ, to,
				  &rights));
		sb_printf(out, " AND %s.\"deleted_at\" IS NULL%s%s%s", to, rights.n ? " AND (" : "",
			  sb_cstr(&rights), rights.n ? ")" : "");
	}
	*alias = to;
	return NULL;
}

static struct problem *row_column(const struct select_place *place, const struct expr_path *path,
				  size_t at, const char *alias, struct sb *from, const char **out) {
	for (; at + 1 < path->length; at++)
		TRY(join_in_rows(place, path->fields[at], &alias, from));
	const char *name = at < path->length ? select_column_name(path->fields[at]) : "id";
	*out = arena_printf(place->b->arena, "%s.\"%s\"", alias, name);
	return NULL;
}

/* Behind a list of references: its ids, or a field of the records. */
static struct problem *ref_column(const struct select_place *place, const struct expr_path *path,
				  size_t at, const char *alias, struct sb *from, const char **out) {
	const struct field *refs = path->fields[at];
	TRY(join_in_rows(place, refs, &alias, from));
	return row_column(place, path, at + 1, alias, from, out);
}

/* Texts of a cascade may repeat under different parents (市辖区): a code stands for its text, so
 * each is turned into that of the first value so called, which is the one code() gives. */
static const char *value_column(const struct select_place *place, const struct field *f,
				const char *alias) {
	const struct enumeration *e = f->enumeration;
	struct sb out = sb_on(place->b->arena, SELECT_TEXT_MAX);
	bool repeats = false;
	for (size_t i = 0; e && e->cascade && i < e->n; i++) {
		const struct enum_value *first = enumeration_find(e, str_of(e->values[i].value));
		if (!first || first->code == e->values[i].code) continue;
		if (!repeats) sb_printf(&out, "CASE %s.\"value\"", alias);
		sb_printf(&out, " WHEN %d THEN %d", (int)e->values[i].code, (int)first->code);
		repeats = true;
	}
	sb_printf(&out, repeats ? " ELSE %s.\"value\" END" : "%s.\"value\"", alias);
	return sb_cstr(&out);
}

static struct problem *rows(void *context, const struct expr_path *path, struct expr_sql_rows *out,
			    const char **element) {
	const struct select_place *place = place_of(context);
	struct arena *a = place->b->arena;
	size_t at = list_at(path);
	const struct field *f = path->fields[at];
	bool values = f->type->storage == STORE_VALUES;
	const char *alias = new_alias(place->b);
	struct sb owner = sb_on(a, SELECT_TEXT_MAX), from = sb_on(a, SELECT_TEXT_MAX);
	TRY(owner_id(place, path, at, &owner));
	sb_printf(&from, "\"%s\" %s", values ? f->column : f->rows->table, alias);
	out->where = arena_printf(a, "%s.\"%s\" = %s", alias, values ? "record" : "parent",
				  sb_cstr(&owner));
	if (values && f->target)
		TRY(ref_column(place, path, at, alias, &from, element));
	else if (values)
		*element = value_column(place, f, alias);
	else
		TRY(row_column(place, path, at + 1, alias, &from, element));
	out->from = sb_cstr(&from);
	return NULL;
}

/* ---- codes ---- */

static int64_t user_code(const struct request *rq, struct str login) {
	const struct user *u = directory_user(rq->directory, login);
	return u ? u->id : -1;
}

static int64_t dept_code(const struct request *rq, struct str name) {
	const struct dept *d = directory_dept(rq->directory, name);
	return d ? d->id : -1;
}

static int64_t code(void *context, const struct type *type, struct str text) {
	const struct request *rq = place_of(context)->b->rq;
	if (type->kind == TYPE_USER) return user_code(rq, text);
	if (type->kind == TYPE_DEPT) return dept_code(rq, text);
	const struct enum_value *v = type->domain ? enumeration_find(type->domain, text) : NULL;
	return v ? v->code : -1;
}

/* Values of a cascade are texts of their own level; the store's table has only whole paths. */
static void decode_cascade(struct select_builder *b, const struct enumeration *e,
			   const char *code_sql, struct sb *out) {
	sb_printf(out, "CASE %s", code_sql);
	for (size_t i = 0; i < e->n; i++) {
		sb_printf(out, " WHEN %d THEN ", (int)e->values[i].code);
		select_bind_text(b, str_of(e->values[i].value), out);
	}
	sb_cat(out, " END");
}

struct problem *select_decode_code(struct select_builder *b, const struct type *type,
				   const char *code_sql, struct sb *out) {
	const struct enumeration *e = type->domain;
	if (type->kind == TYPE_USER)
		sb_printf(out, "(SELECT login FROM sys_user WHERE id = %s)", code_sql);
	else if (type->kind == TYPE_DEPT)
		sb_printf(out, "(SELECT name FROM sys_dept WHERE id = %s)", code_sql);
	else if (e->cascade)
		decode_cascade(b, e, code_sql, out);
	else
		sb_printf(out, "(SELECT path FROM sys_enum_value WHERE code = %s)", code_sql);
	return NULL;
}

static struct problem *decode(void *context, const struct type *type, const char *code_sql,
			      struct sb *out) {
	return select_decode_code(place_of(context)->b, type, code_sql, out);
}

static struct problem *bind(void *context, const struct value *v, struct sb *out) {
	return select_bind(place_of(context)->b, v, out);
}

/* ---- people over columns ---- */

/* Superiors follow rules a table look-up cannot tell (heads of departments and of those above), so
 * the answers of the request's own snapshot are written out. */
static void superiors(struct select_builder *b, const char *user, struct sb *out) {
	const struct directory *d = b->rq->directory;
	sb_printf(out, "CASE %s", user);
	for (size_t i = 0; d && i < d->user_count; i++) {
		const struct user *superior = directory_superior(&d->users[i]);
		if (superior)
			sb_printf(out, " WHEN %d THEN %d", (int)d->users[i].id, (int)superior->id);
	}
	sb_cat(out, " WHEN NULL THEN NULL END");
}

static const struct {
	const char *name, *pattern;
} look_ups[] = {
	{ "dept_of", "(SELECT dept FROM sys_user WHERE id = @)" },
	{ "dept_head", "(SELECT head FROM sys_dept WHERE id = @)" },
	{ "user_label",
	  "(SELECT CASE WHEN label = '' THEN login ELSE label END FROM sys_user WHERE id = @)" },
};

static void look_up(const char *pattern, const char *arg, struct sb *out) {
	const char *at = strchr(pattern, '@');
	sb_bytes(out, pattern, (size_t)(at - pattern));
	sb_cat(out, arg);
	sb_cat(out, at + 1);
}

static void has_role(struct select_builder *b, const char *const *args, struct sb *out) {
	sb_printf(out,
		  "(CASE WHEN %s IS NULL THEN NULL ELSE EXISTS (SELECT 1 FROM sys_user_role WHERE "
		  "user_id = %s AND app = ",
		  args[0], args[0]);
	select_bind_text(b, str_of(b->rq->app->name), out);
	sb_printf(out,
		  " AND role = %s) OR (%s = 'admin' AND EXISTS (SELECT 1 FROM sys_user WHERE id = "
		  "%s AND admin = 1)) END)",
		  args[1], args[1], args[0]);
}

static struct problem *directory(void *context, const char *fn, const char *const *args,
				 struct sb *out) {
	struct select_builder *b = place_of(context)->b;
	for (size_t i = 0; i < ARRAY_LEN(look_ups); i++)
		if (strcmp(look_ups[i].name, fn) == 0) {
			look_up(look_ups[i].pattern, args[0], out);
			return NULL;
		}
	if (strcmp(fn, "superior") == 0)
		superiors(b, args[0], out);
	else
		has_role(b, args, out);
	return NULL;
}

/* ---- */

static struct problem *fill_company(struct select_builder *b, const struct expr_paths *paths,
				    struct value *slots) {
	for (size_t i = 0; b->tx && i < paths->count; i++)
		if (paths->items[i].root == ROOT_COMPANY)
			TRY(setting_company(b->tx, paths->items[i].name, &slots[i]));
	return NULL;
}

static struct problem *compile(const struct select_place *place, const struct expr *e,
			       const struct expr_paths *paths, bool condition, struct sb *out) {
	struct select_place here = *place;
	const struct expr_sql target = { .dialect = place->b->dialect,
					 .roots = 1u << ROOT_RECORD |
						  (place->parent ? 1u << ROOT_PARENT : 0),
					 .context = &here,
					 .column = column,
					 .rows = rows,
					 .code = code,
					 .decode = decode,
					 .bind = bind,
					 .directory = directory };
	struct value *slots = request_slots(place->b->rq, paths);
	TRY(fill_company(place->b, paths, slots));
	const struct expr_frame frame = request_frame(place->b->rq, slots);
	if (condition) return expr_to_sql_where(place->b->arena, e, &target, &frame, out);
	return expr_to_sql(place->b->arena, e, &target, &frame, out);
}

struct problem *select_expr(const struct select_place *place, const struct expr *e,
			    const struct expr_paths *paths, struct sb *out) {
	return compile(place, e, paths, true, out);
}

struct problem *select_value(const struct select_place *place, const struct expr *e,
			     const struct expr_paths *paths, struct sb *out) {
	return compile(place, e, paths, false, out);
}
