/* The read path against a naive reference: random roles, people, records and queries. The reference
 * below knows grants only as definitions.md words them, walks records in memory and evaluates
 * expressions in C; rows, order, pages, values, masks, counts and refusals must be equal. A refusal
 * must not tell a hidden field from one that does not exist. TENON_DEPTH multiplies the number of
 * worlds (25 worlds of 600 lists and as many single reads).
 * Ledger: P01, P02, P03, P08; F14 (lists of references), F15 (lookups are their paths). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "runtime/base/zone.h"
#include "tests/support/sample.h"
#include "tests/support/temp_store.h"

enum {
	WORLDS = 25,
	QUERIES = 600,
	USERS = 8,
	DEPTS = 5,
	ACCOUNTS = 12,
	DEALS = 40,
	ROLES = 4,
	SHARED = 14,
	TEXT_MAX = 4096
};

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static unsigned rnd(unsigned n) {
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 24) % n);
}

static const char *one_of(const char *const *list, size_t n) { return list[rnd((unsigned)n)]; }
#define ONE_OF(list) one_of((list), ARRAY_LEN(list))

/* P06: who works on a record besides its owner. days: from today on; who: 0 a user, 1 a department,
 * 2 a role. */
struct shared {
	const struct form *form;
	int64_t record;
	unsigned who, id;
	bool ends;
	int days;
};

struct world {
	struct shared shared[SHARED];
	struct sample sample;
	const struct form *account, *deal;
	struct record *accounts[ACCOUNTS], *deals[DEALS];
};

/* ---- random definitions ---- */

static const char *const scopes[] = { "all", "dept_tree", "dept", "subordinates",
				      "own", "none",      "all" };
static const char *const rights[] = { "hidden", "mask", "read", "edit" };
static const char *const deal_fields[] = { "subject",    "account",   "stage", "amount",
					   "close_date", "hot",       "tags",  "place",
					   "keeper",     "note",      "lines", "owner",
					   "partners",   "created_at" };
static const char *const account_fields[] = { "name",   "region",  "phone", "level",
					      "secret", "holding", "owner" };
static const char *const deal_where[] = { "stage == 'won'",
					  "amount > 50",
					  "account.region == 'south'",
					  "account.holding.level > 1",
					  "count(lines) > 1",
					  "owner == null or hot",
					  "keeper == $user",
					  "'east' in tags" };
static const char *const account_where[] = { "region == 'south'", "level < 4",
					     "holding.region != 'east'", "owner.dept == $user.dept",
					     "owner.dept in $user.depts" };

static void random_grant(struct sb *out, const char *const *fields, size_t n,
			 const char *const *where, size_t where_count) {
	sb_printf(out, "{\"read\": \"%s\"", ONE_OF(scopes));
	if (rnd(3) == 0) sb_printf(out, ", \"where\": \"%s\"", one_of(where, where_count));
	sb_cat(out, ", \"fields\": {");
	unsigned from = rnd((unsigned)n), count = rnd(5);
	for (unsigned i = 0; i < count; i++)
		sb_printf(out, "%s\"%s\": \"%s\"", i ? ", " : "", fields[(from + i) % n],
			  ONE_OF(rights));
	sb_cat(out, "}}");
}

static void random_grants(struct sb *out, const char *form, const char *const *fields, size_t n,
			  const char *const *where, size_t where_count) {
	sb_printf(out, "\"%s\": [", form);
	random_grant(out, fields, n, where, where_count);
	if (rnd(2)) {
		sb_cat(out, ", ");
		random_grant(out, fields, n, where, where_count);
	}
	sb_char(out, ']');
}

static void random_role(struct sb *out, int i) {
	sb_printf(out, ", \"roles/r%d.json\": {\"role\": \"r%d\", \"label\": \"R\", \"forms\": {",
		  i, i);
	random_grants(out, "deal", deal_fields, ARRAY_LEN(deal_fields), deal_where,
		      ARRAY_LEN(deal_where));
	if (rnd(5)) {
		sb_cat(out, ", ");
		random_grants(out, "account", account_fields, ARRAY_LEN(account_fields),
			      account_where, ARRAY_LEN(account_where));
	}
	sb_cat(out, "}}");
}

static void add_file(struct sb *out, const char *path) {
	char text[TEXT_MAX * 2];
	FILE *f = fopen(arena_printf(out->arena, "tests/fixtures/reading/%s", path), "r");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	sb_printf(out, "%s\"%s\": ", out->n > 12 ? ", " : "", path);
	sb_bytes(out, text, n);
}

static const char *random_bundle(struct arena *a) {
	static const char *const files[] = { "app.json",           "enums/stage.json",
					     "enums/region.json",  "enums/place.json",
					     "forms/account.json", "forms/deal.json" };
	struct sb out = sb_on(a, 1 << 18);
	sb_cat(&out, "{\"files\": {");
	for (size_t i = 0; i < ARRAY_LEN(files); i++) add_file(&out, files[i]);
	for (int i = 0; i < ROLES; i++) random_role(&out, i);
	sb_cat(&out, "}}");
	return sb_cstr(&out);
}

/* ---- random people and records ---- */

static void random_shared(struct world *w, struct sb *sql) {
	static const char *const kinds[] = { "user:", "dept:", "role:r" };
	static const unsigned many[] = { USERS, DEPTS, ROLES };
	/* The day of sample_request. */
	int64_t today = zone_day(w->sample.app->zone, INT64_C(1795000000000000));
	/* Some worlds share nothing. */
	for (size_t i = 0; i < SHARED && rnd(8); i++) {
		struct shared *s = &w->shared[i];
		bool deal = rnd(3);
		*s = (struct shared){ deal ? w->deal : w->account,
				      deal ? 100 + rnd(DEALS) : 1 + rnd(ACCOUNTS),
				      rnd(3),
				      0,
				      rnd(2),
				      (int)rnd(4) - 2 };
		s->id = s->who == 2 ? rnd(ROLES) : 1 + rnd(many[s->who]);
		sb_printf(sql,
			  "INSERT OR REPLACE INTO sys_collaborator (app, form, record, who, "
			  "may_edit, until, at) VALUES ('shop', '%s', %lld, '%s%u', %u, %s, 0);\n",
			  s->form->id, (long long)s->record, kinds[s->who], s->id, rnd(2),
			  s->ends ? arena_printf(sql->arena, "%lld", (long long)(today + s->days))
				  : "NULL");
		/* The same once more replaces the former. */
		for (size_t k = 0; k < i; k++)
			if (w->shared[k].form == s->form && w->shared[k].record == s->record &&
			    w->shared[k].who == s->who && w->shared[k].id == s->id)
				w->shared[k].form = NULL;
	}
}

static void random_people(struct world *w) {
	struct sb sql = sb_on(w->sample.arena, 1 << 16);
	for (unsigned i = 1; i <= DEPTS; i++)
		sb_printf(&sql,
			  "INSERT INTO sys_dept (id, name, parent, head) VALUES (%u, 'd%u', %s, "
			  "%u);\n",
			  i, i, i > 1 ? arena_printf(sql.arena, "%u", 1 + rnd(i - 1)) : "NULL",
			  1 + rnd(USERS));
	for (unsigned i = 1; i <= USERS; i++) {
		sb_printf(&sql,
			  "INSERT INTO sys_user (id, login, label, dept, superior, created_at) "
			  "VALUES (%u, 'u%u', 'U%u', ",
			  i, (i * 5) % 9, i);
		sb_printf(&sql, "%s, %s, 0);\n",
			  rnd(6) ? arena_printf(sql.arena, "%u", 1 + rnd(DEPTS)) : "NULL",
			  rnd(2) ? arena_printf(sql.arena, "%u", 1 + rnd(USERS)) : "NULL");
		/* P05: departments besides the main one. */
		for (unsigned d = 1; d <= DEPTS; d++)
			if (rnd(6) == 0)
				sb_printf(&sql,
					  "INSERT INTO sys_user_dept (user_id, dept, at) VALUES "
					  "(%u, %u, 0);\n",
					  i, d);
		for (unsigned r = 0; r < ROLES; r++)
			if (rnd(5) < 2)
				sb_printf(&sql,
					  "INSERT INTO sys_user_role (user_id, app, role) VALUES "
					  "(%u, 'shop', 'r%u');\n",
					  i, r);
	}
	random_shared(w, &sql);
	sample_people(&w->sample, sb_cstr(&sql));
}

static void text_or_null(struct sb *out, const char *key, const char *value) {
	if (rnd(5)) sb_printf(out, ", \"%s\": \"%s\"", key, value);
}

static void random_owner(struct sb *out) {
	if (rnd(6)) sb_printf(out, ", \"owner\": \"u%u\"", (1 + rnd(USERS)) * 5 % 9);
	if (rnd(6)) sb_printf(out, ", \"dept\": \"d%u\"", 1 + rnd(DEPTS));
}

static const char *const names[] = { "alpha", "beta", "深圳科技", "华为", "gamma" };
static const char *const regions[] = { "south", "east", "north" };
static const char *const stages[] = { "open", "offer", "won", "lost" };
static const char *const dates[] = { "2026-01-05", "2026-02-20", "2026-03-31" };
static const char *const places[] = { "[\"广东省\"]",
				      "[\"广东省\", \"深圳市\"]",
				      "[\"广东省\", \"深圳市\", \"南山区\"]",
				      "[\"浙江省\", \"杭州市\"]",
				      "[\"浙江省\", \"市辖区\"]",
				      "[\"广东省\", \"市辖区\"]" };

static const char *random_account(struct arena *a) {
	struct sb out = sb_on(a, TEXT_MAX);
	sb_printf(&out, "{\"level\": %u", rnd(6));
	text_or_null(&out, "name", ONE_OF(names));
	text_or_null(&out, "region", ONE_OF(regions));
	text_or_null(&out, "phone", "13812345678");
	text_or_null(&out, "secret", rnd(2) ? "s1" : "s2");
	if (rnd(2)) sb_printf(&out, ", \"holding\": %u", 1 + rnd(ACCOUNTS));
	random_owner(&out);
	sb_char(&out, '}');
	return sb_cstr(&out);
}

static void random_lines(struct sb *out) {
	unsigned n = rnd(4);
	sb_cat(out, ", \"lines\": [");
	for (unsigned i = 0; i < n; i++) {
		sb_printf(out, "%s{\"qty\": %u", i ? ", " : "", rnd(6));
		text_or_null(out, "product", ONE_OF(names));
		if (rnd(3)) sb_printf(out, ", \"maker\": %u", 1 + rnd(ACCOUNTS));
		sb_char(out, '}');
	}
	sb_char(out, ']');
}

static const char *random_deal(struct arena *a) {
	struct sb out = sb_on(a, TEXT_MAX);
	sb_printf(&out, "{\"hot\": %s", rnd(2) ? "true" : "false");
	text_or_null(&out, "subject", ONE_OF(names));
	text_or_null(&out, "stage", ONE_OF(stages));
	text_or_null(&out, "close_date", ONE_OF(dates));
	text_or_null(&out, "note", rnd(2) ? "a b" : "x");
	if (rnd(5)) sb_printf(&out, ", \"amount\": \"%u.%02u\"", rnd(120), rnd(100));
	if (rnd(5)) sb_printf(&out, ", \"account\": %u", 1 + rnd(ACCOUNTS));
	if (rnd(2)) sb_printf(&out, ", \"tags\": [\"%s\"]", ONE_OF(regions));
	if (rnd(2)) sb_printf(&out, ", \"place\": %s", ONE_OF(places));
	if (rnd(2)) sb_printf(&out, ", \"keeper\": \"u%u\"", (1 + rnd(USERS)) * 5 % 9);
	if (rnd(2))
		sb_printf(&out, ", \"partners\": [%u, %u]", 1 + rnd(ACCOUNTS / 2),
			  1 + ACCOUNTS / 2 + rnd(ACCOUNTS / 2));
	random_lines(&out);
	random_owner(&out);
	sb_char(&out, '}');
	return sb_cstr(&out);
}

static void random_records(struct world *w) {
	struct arena *a = w->sample.arena;
	for (int i = 0; i < ACCOUNTS; i++) {
		const char *json = random_account(a);
		w->accounts[i] = sample_record(&w->sample, a, w->account, i + 1, json);
		sample_insert(&w->sample, w->account, i + 1, json);
	}
	for (int i = 0; i < DEALS; i++) {
		const char *json = random_deal(a);
		w->deals[i] = sample_record(&w->sample, a, w->deal, 100 + i, json);
		sample_insert(&w->sample, w->deal, 100 + i, json);
	}
}

/* ---- the reference: paths ---- */

struct viewer {
	struct world *w;
	struct request *rq;
};

static bool sees(struct viewer *v, const struct record *r);

static const struct record *account_by_id(const struct world *w, int64_t id) {
	return id >= 1 && id <= ACCOUNTS ? w->accounts[id - 1] : NULL;
}

struct gathered {
	struct value items[64];
	size_t n;
};

static void walk(struct world *w, struct viewer *v, const struct record *r,
		 const struct expr_path *path, size_t at, struct gathered *out);

/* An item one does not see is no item. */
static void walk_refs(struct world *w, struct viewer *v, const struct value *list,
		      const struct expr_path *path, size_t at, struct gathered *out) {
	for (size_t i = 0; i < list->as.list.n; i++) {
		const struct value *item = &list->as.list.items[i];
		const struct record *next = account_by_id(w, item->as.i);
		if (!next || (v && !sees(v, next))) continue;
		if (at + 1 == path->length)
			out->items[out->n++] = *item;
		else
			walk(w, v, next, path, at + 1, out);
	}
}

/* v NULL: with the system's eyes. */
static void walk(struct world *w, struct viewer *v, const struct record *r,
		 const struct expr_path *path, size_t at, struct gathered *out) {
	const struct field *f = path->fields[at];
	if (f->rows) {
		for (size_t i = 0; i < r->rows[f->index].n; i++) {
			const struct record *row = r->rows[f->index].items[i];
			if (at + 1 == path->length)
				out->items[out->n++] = value_ref(row->id);
			else
				walk(w, v, row, path, at + 1, out);
		}
		return;
	}
	const struct value *value = &r->values[f->index];
	if (f->target && value->kind == VALUE_LIST) {
		walk_refs(w, v, value, path, at, out);
		return;
	}
	if (f->target && f->type->storage == STORE_VALUES) return;
	if (at + 1 == path->length) {
		for (size_t i = 0; value->kind == VALUE_LIST && i < value->as.list.n; i++)
			out->items[out->n++] = value->as.list.items[i];
		if (value->kind != VALUE_LIST) out->items[out->n++] = *value;
		return;
	}
	const struct record *next = value->kind == VALUE_REF ? account_by_id(w, value->as.i) : NULL;
	if (!next || (v && !sees(v, next)))
		out->items[out->n++] = VALUE_NONE;
	else
		walk(w, v, next, path, at + 1, out);
}

static struct value path_value(struct world *w, struct viewer *v, struct arena *a,
			       const struct record *r, const struct expr_path *path) {
	struct gathered g = { .n = 0 };
	if (!path->length) return value_ref(r->id);
	walk(w, v, r, path, 0, &g);
	if (!path->type.list && path->type.kind != TYPE_CASCADE && path->type.kind != TYPE_ROWS)
		return g.n ? g.items[0] : VALUE_NONE;
	struct value list = { .kind = VALUE_LIST, .as.list = { g.items, g.n } };
	bool none = g.n == 1 && g.items[0].kind == VALUE_NULL &&
		    ((const struct field *)path->fields[path->length - 1])->type->storage ==
			    STORE_VALUES;
	return none ? VALUE_NONE : value_copy(a, &list);
}

static bool holds(struct viewer *v, bool system, const struct expr *e,
		  const struct expr_paths *paths, const struct record *r) {
	struct arena *a = v->rq->arena;
	struct value *slots = request_slots(v->rq, paths);
	for (size_t i = 0; i < paths->count; i++)
		if (paths->items[i].root == ROOT_RECORD && expr_uses(e, i))
			slots[i] = path_value(v->w, system ? NULL : v, a, r, &paths->items[i]);
	struct expr_frame frame = request_frame(v->rq, slots);
	bool out = false;
	assert_ok(expr_test(a, e, &frame, &out));
	return out;
}

/* ---- the reference: grants ---- */

static const struct user *user_of(const struct viewer *v, const struct record *r,
				  enum system_field which) {
	const struct value *value = &r->values[form_system(r->form, which)->index];
	return value->kind == VALUE_TEXT ? directory_user(v->rq->directory, value->as.s) : NULL;
}

static bool reports_to(const struct user *u, const struct user *me) {
	for (int i = 0; u && i < 40; i++) {
		const struct user *up = u->superior;
		for (const struct dept *d = u->dept; !up && d; d = d->parent)
			up = d->head != u ? d->head : NULL;
		if (up == me) return true;
		u = up;
	}
	return false;
}

static bool in_dept(const struct viewer *v, unsigned id) {
	const struct user *me = v->rq->actor;
	bool in = false;
	for (const struct dept *d = me->dept; d; d = d->parent) in |= d->id == (int32_t)id;
	for (size_t i = 0; i < me->also_count; i++)
		for (const struct dept *d = me->also[i]; d; d = d->parent)
			in |= d->id == (int32_t)id;
	return in;
}

static bool is_one(const struct viewer *v, const struct shared *s) {
	const struct user *me = v->rq->actor;
	if (s->who == 0) return me->id == (int32_t)s->id;
	if (s->who == 1) return in_dept(v, s->id);
	for (size_t i = 0; i < me->role_count; i++)
		if (me->roles[i].role[1] == (char)('0' + s->id)) return true;
	return false;
}

static bool collaborates(const struct viewer *v, const struct record *r) {
	for (size_t i = 0; i < SHARED; i++) {
		const struct shared *s = &v->w->shared[i];
		if (s->form == r->form && s->record == r->id && (!s->ends || s->days >= 0) &&
		    is_one(v, s))
			return true;
	}
	return false;
}

static bool in_scope(const struct viewer *v, enum scope scope, const struct record *r) {
	const struct user *me = v->rq->actor, *owner = user_of(v, r, SYSTEM_OWNER);
	const struct value *dept = &r->values[form_system(r->form, SYSTEM_DEPT)->index];
	const struct dept *d =
		dept->kind == VALUE_TEXT ? directory_dept(v->rq->directory, dept->as.s) : NULL;
	if (scope == SCOPE_ALL || scope == SCOPE_NONE) return scope == SCOPE_ALL;
	if (owner == me || collaborates(v, r)) return true;
	if (scope == SCOPE_SUBORDINATES) return owner && reports_to(owner, me);
	bool same = false, tree = false;
	for (bool own = true; d; d = d->parent, own = false) {
		bool mine = d == me->dept;
		for (size_t i = 0; i < me->also_count; i++) mine |= d == me->also[i];
		same |= mine && own;
		tree |= mine;
	}
	return scope == SCOPE_DEPT ? same : scope == SCOPE_DEPT_TREE && tree;
}

static size_t read_grants(const struct viewer *v, const struct form *form,
			  const struct role_grant **out) {
	const struct user *me = v->rq->actor;
	size_t n = 0;
	for (size_t i = 0; i < me->role_count; i++) {
		const struct role *role = app_role(v->rq->app, str_of(me->roles[i].role));
		for (size_t k = 0; k < role->grant_count; k++)
			if (role->grants[k].form == form && role->grants[k].read != SCOPE_NONE)
				out[n++] = &role->grants[k];
	}
	return n;
}

static bool covers(struct viewer *v, const struct role_grant *g, const struct record *r) {
	return in_scope(v, g->read, r) &&
	       (!g->where || holds(v, true, g->where, &r->form->paths, r));
}

static bool sees(struct viewer *v, const struct record *r) {
	const struct role_grant *grants[32];
	size_t n = read_grants(v, r->form, grants);
	for (size_t i = 0; i < n; i++)
		if (covers(v, grants[i], r)) return true;
	return false;
}

static unsigned field_right(const struct role_grant *g, const struct field *f) {
	if (!f->form->parent) return g->fields[f->index];
	unsigned table = g->fields[f->form->parent_field->index];
	return table < RIGHT_READ ? RIGHT_HIDDEN
				  : table; /* the worlds say nothing about single row fields */
}

static unsigned right_on(struct viewer *v, const struct record *r, const struct field *f) {
	const struct role_grant *grants[32];
	size_t n = read_grants(v, r->form, grants);
	unsigned best = RIGHT_HIDDEN;
	for (size_t i = 0; i < n; i++)
		if (covers(v, grants[i], r) && field_right(grants[i], f) > best)
			best = field_right(grants[i], f);
	return best;
}

enum need { NEED_ALWAYS, NEED_SEEN, NEED_FOLLOWED };

static bool field_allowed(const struct viewer *v, const struct field *f, enum need need) {
	const struct role_grant *grants[32];
	size_t n = read_grants(v, f->form->parent ? f->form->parent : f->form, grants);
	bool all = n > 0, some = false, unmasked = false;
	for (size_t i = 0; i < n; i++) {
		all &= field_right(grants[i], f) >= RIGHT_READ;
		some |= field_right(grants[i], f) >= RIGHT_MASK;
		unmasked |= field_right(grants[i], f) >= RIGHT_READ;
	}
	return need == NEED_ALWAYS ? all : need == NEED_SEEN ? some : unmasked;
}

/* Place of the first field on the path that may not be named, or length. */
static size_t refused_at(const struct viewer *v, const struct expr_path *path, bool filters) {
	for (size_t i = 0; i < path->length; i++) {
		enum need need = filters                 ? NEED_ALWAYS
				 : i + 1 == path->length ? NEED_SEEN
							 : NEED_FOLLOWED;
		if (!field_allowed(v, path->fields[i], need)) return i;
	}
	return path->length;
}

/* ---- random queries ---- */

struct asked {
	char filter[TEXT_MAX], sort[TEXT_MAX], fields[TEXT_MAX];
};

static const char *const conditions[] = { "stage == 'won'",
					  "stage in ['open', 'lost']",
					  "amount > 50",
					  "amount + 1 <= 20.5",
					  "account.region == 'south'",
					  "account.level >= 3",
					  "account.secret == 's1'",
					  "account.holding.level < 3",
					  "contains(note, 'a')",
					  "close_date < '2026-03-01'",
					  "hot",
					  "keeper == $user",
					  "owner == $user",
					  "sum(lines.qty) > 5",
					  "count(lines) > 1",
					  "max(lines.maker.level) > 2",
					  "'south' in tags",
					  "account == null",
					  "note == null",
					  "dept == $user.dept",
					  "len(subject) > 4",
					  "created_at > '1970-01-01T00:02:00Z'",
					  "'深圳市' in place",
					  "'市辖区' in place",
					  "account.name < 'b'",
					  "keeper != 'u5'",
					  "subject != 'alpha'",
					  "lines.product == null or hot",
					  "id > 110",
					  "count_distinct(lines.product) == 1",
					  "account_region == 'south'",
					  "account_secret == 's1' or hot",
					  "account_holding_level < 3",
					  "count(partners) > 1",
					  "3 in partners",
					  "max(partners.level) > 2",
					  "'south' in partners.region",
					  "partners == null" };
static const char *const sorts[] = { "stage",
				     "amount",
				     "close_date",
				     "account.name",
				     "account.region",
				     "keeper",
				     "owner",
				     "hot",
				     "created_at",
				     "subject",
				     "account.holding.level",
				     "account",
				     "account_region",
				     "account_holding_level" };
static const char *const columns[] = { "stage",
				       "amount",
				       "close_date",
				       "account.name",
				       "account.phone",
				       "account.secret",
				       "account.holding.name",
				       "keeper",
				       "owner",
				       "subject",
				       "note",
				       "account",
				       "hot",
				       "dept",
				       "created_at",
				       "account.owner",
				       "account_region",
				       "account_secret",
				       "account_holding_level",
				       "partners" };

static void random_filter(struct asked *q) {
	unsigned n = rnd(4);
	size_t at = 0;
	q->filter[0] = 0;
	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(q->filter + at, sizeof q->filter - at, "%s%s(%s)",
				       i ? (rnd(3) ? " and " : " or ") : "", rnd(5) ? "" : "not ",
				       ONE_OF(conditions));
}

static void random_list(char *out, size_t room, const char *const *list, size_t n, unsigned max,
			bool signs) {
	unsigned count = rnd(max + 1);
	size_t at = 0;
	out[0] = 0;
	for (unsigned i = 0; i < count; i++)
		at += (size_t)snprintf(out + at, room - at, "%s%s%s", i ? "," : "",
				       signs && rnd(2) ? "-" : "", one_of(list, n));
}

/* ---- the reference: a list ---- */

struct expected {
	const struct record *rows[DEALS];
	size_t n;
};

static int compare_null_last(const struct value *a, const struct value *b, bool *decided) {
	*decided = a->kind == VALUE_NULL || b->kind == VALUE_NULL;
	return (a->kind == VALUE_NULL) - (b->kind == VALUE_NULL);
}

static int compare_values(const struct field *f, const struct value *a, const struct value *b) {
	if (f->value_type.kind == TYPE_ENUM) {
		uint32_t x = enumeration_find(f->enumeration, a->as.s)->index,
			 y = enumeration_find(f->enumeration, b->as.s)->index;
		return (x > y) - (x < y);
	}
	if (a->kind == VALUE_TEXT) return str_cmp(a->as.s, b->as.s);
	if (a->kind == VALUE_DECIMAL) return decimal_cmp(a->as.d, b->as.d);
	return (a->as.i > b->as.i) - (a->as.i < b->as.i);
}

static int compare_rows(struct viewer *v, const struct query *q, const struct record *a,
			const struct record *b) {
	for (size_t i = 0; i < q->sort_count; i++) {
		const struct expr_path *path = &q->paths.items[q->sort[i].path];
		struct value x = path_value(v->w, v, v->rq->arena, a, path),
			     y = path_value(v->w, v, v->rq->arena, b, path);
		bool decided;
		int order = compare_null_last(&x, &y, &decided);
		if (!decided) {
			order = compare_values(path->fields[path->length - 1], &x, &y);
			order = q->sort[i].descending ? -order : order;
		}
		if (order) return order;
	}
	return 0;
}

static struct expected reference(struct viewer *v, const struct query *q, const struct expr *filter,
				 const struct expr_paths *paths) {
	struct expected out = { .n = 0 };
	for (size_t i = 0; i < DEALS; i++) {
		const struct record *r = v->w->deals[i];
		if (!sees(v, r) || (filter && !holds(v, false, filter, paths, r))) continue;
		size_t at = out.n++;
		for (; at > 0 && compare_rows(v, q, r, out.rows[at - 1]) < 0; at--)
			out.rows[at] = out.rows[at - 1];
		out.rows[at] = r;
	}
	return out;
}

/* ---- comparing ---- */

/* What the reader gets at the end of a path, and what it is worth. */
static struct value shown_at(struct viewer *v, const struct record *r,
			     const struct field *const *fields, size_t length, unsigned *right) {
	const struct codec codec = request_codec(v->rq);
	bool there = true;
	*right = right_on(v, r, fields[0]);
	for (size_t i = 1; i < length && there; i++) {
		const struct value *id = &r->values[fields[i - 1]->index];
		if (*right < RIGHT_READ) *right = RIGHT_HIDDEN;
		r = id->kind == VALUE_REF ? account_by_id(v->w, id->as.i) : NULL;
		there = *right != RIGHT_HIDDEN && r && sees(v, r);
		*right = there ? right_on(v, r, fields[i]) : *right;
	}
	const struct field *f = fields[length - 1];
	struct value want = there && *right != RIGHT_HIDDEN ? r->values[f->index] : VALUE_NONE;
	if (f->target && want.kind == VALUE_LIST) {
		const void *handle = f;
		const struct expr_path path = { .fields = &handle, .length = 1 };
		struct gathered g = { .n = 0 };
		walk_refs(v->w, v, &want, &path, 0, &g);
		struct value list = { .kind = VALUE_LIST, .as.list = { g.items, g.n } };
		want = g.n ? value_copy(v->rq->arena, &list) : VALUE_NONE;
	}
	return *right == RIGHT_MASK ? field_mask(v->rq->arena, f, &codec, &want) : want;
}

static void check_column(struct viewer *v, const struct query *q, const struct read_page *page,
			 size_t row, size_t column, const struct record *r) {
	const struct expr_path *path = &q->paths.items[q->columns[column].path];
	unsigned right;
	struct value want =
		shown_at(v, r, (const struct field *const *)path->fields, path->length, &right);
	assert_int_equal(page->column_rights[row][column] == RIGHT_HIDDEN, right == RIGHT_HIDDEN);
	assert_true(value_same(&page->columns[row][column], &want));
}

static void compare_pages(struct viewer *v, struct tx *tx, const struct form *form,
			  struct query_text text, const struct expected *want) {
	size_t seen = 0;
	for (;;) {
		struct query *q;
		struct read_page page;
		assert_ok(query_parse(v->rq, form, &text, &q));
		assert_ok(read_page(v->rq, tx, q, &page));
		if (page.counted) assert_int_equal(page.count, want->n);
		for (size_t i = 0; i < page.n; i++, seen++) {
			assert_true(seen < want->n);
			assert_int_equal(page.records[i]->id, want->rows[seen]->id);
			for (size_t k = 0; k < q->column_count; k++)
				check_column(v, q, &page, i, k, want->rows[seen]);
		}
		if (!page.next.n) break;
		assert_int_equal(page.n, text.limit);
		text.cursor = page.next;
	}
	assert_int_equal(seen, want->n);
}

/* ---- refusals ---- */

static void replace_word(char *text, const char *word, size_t n) {
	for (char *at = strstr(text, word); at; at = strstr(at + n, word)) memset(at, 'q', n);
}

static struct problem *parse(struct viewer *v, const struct asked *asked, struct query **q) {
	const struct query_text text = { .filter = str_of(asked->filter),
					 .sort = str_of(asked->sort),
					 .fields = str_of(asked->fields) };
	return query_parse(v->rq, v->w->deal, &text, q);
}

static const char *param(const struct problem *p, const char *name) {
	for (size_t i = 0; i < p->param_count; i++)
		if (strcmp(p->params[i].name, name) == 0) return p->params[i].value;
	return NULL;
}

/* "Did you mean" compares spellings, so a twin spelt otherwise may get another or none; but it
 * never tells a hidden name. */
static bool suggests(struct viewer *v, const struct problem *p) {
	const char *name = param(p, "suggestion");
	const struct form *forms[] = { v->w->deal, v->w->account,
				       form_field(v->w->deal, STR("lines"))->rows };
	bool known = false;
	for (size_t i = 0; name && i < ARRAY_LEN(forms); i++) {
		const struct field *f = form_field(forms[i], str_of(name));
		known |= f && field_allowed(v, f, NEED_ALWAYS);
	}
	assert_true(!name || known);
	return name;
}

/* Elsewhere the same name may be allowed: as a column, say, but not to sort by. */
static void replace_in_path(char *text, const char *path, const char *word) {
	char *at = strstr(text, path);
	while (at && at > text && at[-1] != ',' && at[-1] != '-') at = strstr(at + 1, path);
	assert_non_null(at);
	char after = at[strlen(path)];
	at[strlen(path)] = 0;
	replace_word(at, word, strlen(word));
	at[strlen(path)] = after;
}

/* The same question with a name nobody has in place of the hidden one gets the same answer. */
static void compare_twin(struct viewer *v, const struct asked *asked, const struct problem *p,
			 const char *word) {
	struct asked twin = *asked;
	struct query *q;
	size_t n = strlen(word);
	if (strcmp(p->pointer, "filter") == 0)
		replace_word(twin.filter, word, n);
	else
		replace_in_path(strcmp(p->pointer, "sort") == 0 ? twin.sort : twin.fields,
				param(p, "field"), word);
	struct problem *t = parse(v, &twin, &q);
	assert_non_null(t);
	assert_int_equal(t->kind, p->kind);
	if (suggests(v, p) || suggests(v, t)) return;
	assert_string_equal(t->code, p->code);
	assert_int_equal(t->param_count, p->param_count);
	for (size_t i = 0; i < p->param_count; i++) {
		char *value = arena_strdup(v->rq->arena, p->params[i].value);
		replace_word(value, word, n);
		assert_string_equal(t->params[i].value, value);
	}
}

static const char *refused_word(struct viewer *v, const struct expr_path *path, bool filters) {
	size_t at = path->root == ROOT_RECORD ? refused_at(v, path, filters) : path->length;
	return at == path->length ? NULL : ((const struct field *)path->fields[at])->name;
}

/* The name that must be refused, or NULL. asked: the query as the system parsed it. */
static const char *must_refuse(struct viewer *v, const struct query *asked,
			       const struct expr *filter, const struct expr_paths *paths) {
	const char *word = NULL;
	for (size_t i = 0; !word && asked->named && i < asked->column_count; i++)
		word = refused_word(v, &asked->paths.items[asked->columns[i].path], false);
	for (size_t i = 0; !word && i + 1 < asked->sort_count; i++)
		word = refused_word(v, &asked->paths.items[asked->sort[i].path], true);
	for (size_t i = 0; !word && filter && i < paths->count; i++)
		if (expr_uses(filter, i)) word = refused_word(v, &paths->items[i], true);
	return word;
}

/* ---- sums and groups ---- */

static size_t summed, sums_refused;

static const struct read_group *group_of(const struct read_page *page, const struct value *key) {
	for (size_t i = 0; i < page->group_count; i++)
		if (value_same(&page->groups[i].value, key)) return &page->groups[i];
	return NULL;
}

static void compare_group(struct viewer *v, const struct query *q, const struct read_page *page,
			  const struct expected *want, const struct record *first) {
	const struct expr_path *by = &q->paths.items[q->group];
	const struct field *amount = form_field(v->w->deal, STR("amount"));
	struct value key = path_value(v->w, v, v->rq->arena, first, by);
	const struct read_group *group = group_of(page, &key);
	struct decimal sum = decimal_of(0);
	int64_t count = 0;
	bool any = false;
	for (size_t i = 0; i < want->n; i++) {
		struct value other = path_value(v->w, v, v->rq->arena, want->rows[i], by);
		const struct value *one = &want->rows[i]->values[amount->index];
		if (!value_same(&key, &other)) continue;
		count++;
		if (value_is_null(one)) continue;
		assert_int_equal(decimal_add(sum, one->as.d, &sum), DECIMAL_OK);
		any = true;
	}
	assert_non_null(group);
	assert_int_equal(group->count, count);
	assert_int_equal(value_is_null(&group->sums[0]), !any);
	if (any) assert_int_equal(decimal_cmp(group->sums[0].as.d, sum), 0);
}

/* Amounts by group over exactly the rows the reference gives; refused where a plain name would be.
 */
static void check_sums(struct viewer *v, struct tx *tx, const struct asked *asked,
		       const struct expected *want) {
	static const char *const groups[] = { "stage", "hot", "keeper", "owner", "close_date" };
	const struct field *by = form_field(v->w->deal, str_of(ONE_OF(groups)));
	const struct query_text text = { .filter = str_of(asked->filter),
					 .sums = STR("amount"),
					 .group = str_of(by->name),
					 .limit = 1 };
	bool allowed = field_allowed(v, by, NEED_ALWAYS) &&
		       field_allowed(v, form_field(v->w->deal, STR("amount")), NEED_ALWAYS);
	struct query *q;
	struct read_page page;
	struct problem *p = query_parse(v->rq, v->w->deal, &text, &q);
	assert_int_equal(p == NULL, allowed);
	if (p) {
		assert_string_equal(p->code, "unknown_field");
		sums_refused++;
		return;
	}
	assert_ok(read_page(v->rq, tx, q, &page));
	int64_t total = 0;
	for (size_t i = 0; i < page.group_count; i++) total += page.groups[i].count;
	assert_int_equal(total, want->n);
	for (size_t i = 0; i < want->n; i++) compare_group(v, q, &page, want, want->rows[i]);
	summed++;
}

/* ---- one case ---- */

static size_t answered, refused;

static void check_query(struct world *w, struct tx *tx, const char *login,
			const struct asked *asked) {
	struct request *rq = sample_request(&w->sample, login),
		       *system = sample_request(&w->sample, NULL);
	struct viewer v = { w, rq }, all = { w, system };
	struct query *whole, *q = NULL;
	const struct expr *filter = NULL;
	struct expr_paths paths = { .arena = rq->arena };
	const struct role_grant *grants[32];
	const struct expr_scope scope = { .catalogue = &model_catalogue,
					  .form = w->deal,
					  .no_old = true };
	const struct type condition = { .kind = TYPE_BOOL };
	assert_ok(parse(&all, asked, &whole));
	if (asked->filter[0])
		assert_ok(expr_compile(rq->arena, str_of(asked->filter), &scope, &condition, &paths,
				       &filter));
	const char *word = must_refuse(&v, whole, filter, &paths);
	struct problem *p = parse(&v, asked, &q);
	if (!read_grants(&v, w->deal, grants)) {
		assert_non_null(p);
	} else if (word) {
		assert_non_null(p);
		compare_twin(&v, asked, p, word);
		refused++;
	} else {
		if (p)
			fail_msg("%s refused %s: filter %s sort %s fields %s", login,
				 param(p, "field"), asked->filter, asked->sort, asked->fields);
		const struct query_text text = { .filter = str_of(asked->filter),
						 .sort = str_of(asked->sort),
						 .fields = str_of(asked->fields),
						 .limit = 3 + rnd(20),
						 .count = rnd(2) ? STR("1") : STR("exact") };
		struct expected want = reference(&v, q, filter, &paths);
		compare_pages(&v, tx, w->deal, text, &want);
		check_sums(&v, tx, asked, &want);
		answered++;
	}
	sample_end(rq);
	sample_end(system);
}

static void check_record(struct world *w, struct tx *tx, const char *login) {
	struct request *rq = sample_request(&w->sample, login);
	struct viewer v = { w, rq };
	const struct record *r = w->deals[rnd(DEALS)];
	struct record *got;
	struct problem *p = read_record(rq, tx, w->deal, r->id, ACTION_READ, &got);
	assert_int_equal(p == NULL, sees(&v, r));
	for (size_t i = 0; !p && i < w->deal->field_count; i++) {
		const struct field *f = w->deal->fields[i];
		const struct field *const *way = f->lookup ? f->lookup : &f;
		unsigned right;
		struct value want = shown_at(&v, r, way, f->lookup ? f->lookup_length : 1, &right);
		for (size_t k = 0; f->lookup && k < f->lookup_length; k++)
			if (!field_allowed(&v, way[k],
					   k + 1 < f->lookup_length ? NEED_FOLLOWED : NEED_SEEN))
				right = RIGHT_HIDDEN, want = VALUE_NONE;
		assert_int_equal(got->rights[i] == RIGHT_HIDDEN, right == RIGHT_HIDDEN);
		if (!f->lookup) assert_int_equal(got->rights[i], right);
		if (!f->rows)
			assert_true(value_same(&got->values[i], &want));
		else
			assert_int_equal(got->rows[i].n, right >= RIGHT_READ ? r->rows[i].n : 0);
	}
	sample_end(rq);
}

/* Each case on a snapshot of its own: none may live long. */
static void one_case(struct world *w) {
	struct arena *a = arena_new(0);
	struct asked asked;
	struct tx *tx;
	const char *login = arena_printf(a, "u%u", (1 + rnd(USERS)) * 5 % 9);
	random_filter(&asked);
	random_list(asked.sort, sizeof asked.sort, sorts, ARRAY_LEN(sorts), 2, true);
	random_list(asked.fields, sizeof asked.fields, columns, ARRAY_LEN(columns), 3, false);
	assert_ok(tx_read(w->sample.store, a, &tx));
	check_query(w, tx, login, &asked);
	check_record(w, tx, login);
	assert_ok(tx_end(tx, NULL));
	arena_free(a);
}

static void one_world(void) {
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	sample_open(&w->sample, a, random_bundle(a), rnd(2));
	w->account = sample_form(&w->sample, "account");
	w->deal = sample_form(&w->sample, "deal");
	random_people(w);
	random_records(w);
	for (int i = 0; i < QUERIES; i++) one_case(w);
	sample_close(&w->sample);
	arena_free(a);
}

static void reads_equal_the_reference(void **state) {
	(void)state;
	const char *depth = getenv("TENON_DEPTH");
	int worlds = WORLDS * (depth && atoi(depth) > 0 ? atoi(depth) : 1);
	for (int i = 0; i < worlds; i++) one_world();
	print_message("%zu lists answered, %zu refused\n", answered, refused);
	print_message("%zu sums answered, %zu refused\n", summed, sums_refused);
	assert_true(answered > 1000 && refused > 1000);
	assert_true(summed > 1000 && sums_refused > 1000);
	assert_true(answered + refused + summed + sums_refused >= 10000);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(reads_equal_the_reference) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
