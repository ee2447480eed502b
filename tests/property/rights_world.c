/* rights_world.c -- definitions, people and records by chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "runtime/base/zone.h"
#include "tests/property/rights_world.h"

enum { DEPTS = 5, ROLES = 4 };

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

unsigned rnd(unsigned n) {
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 24) % n);
}

const char *one_of(const char *const *list, size_t n) { return list[rnd((unsigned)n)]; }

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

void world_open(struct world *w, struct arena *a) {
	sample_open(&w->sample, a, random_bundle(a), rnd(2));
	w->account = sample_form(&w->sample, "account");
	w->deal = sample_form(&w->sample, "deal");
	random_people(w);
	random_records(w);
}
