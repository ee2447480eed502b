/* The read path against a naive reference (naive_rights.h): random roles, people, records and
 * queries. Rows, order, pages, values, masks, counts and refusals must be equal. A refusal
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
#include "tests/property/naive_rights.h"
#include "tests/support/temp_store.h"

enum { WORLDS = 25, QUERIES = 600 };

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

/* ---- comparing ---- */

static void check_column(struct viewer *v, const struct query *q, const struct read_page *page,
			 size_t row, size_t column, const struct record *r) {
	const struct expr_path *path = &q->paths.items[q->columns[column].path];
	unsigned right;
	struct value want =
		naive_shown(v, r, (const struct field *const *)path->fields, path->length, &right);
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
		known |= f && naive_allowed(v, f, NEED_ALWAYS);
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
	size_t at = path->root == ROOT_RECORD ? naive_refused(v, path, filters) : path->length;
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
	struct value key = naive_value(v->w, v, v->rq->arena, first, by);
	const struct read_group *group = group_of(page, &key);
	struct decimal sum = decimal_of(0);
	int64_t count = 0;
	bool any = false;
	for (size_t i = 0; i < want->n; i++) {
		struct value other = naive_value(v->w, v, v->rq->arena, want->rows[i], by);
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
	bool allowed = naive_allowed(v, by, NEED_ALWAYS) &&
		       naive_allowed(v, form_field(v->w->deal, STR("amount")), NEED_ALWAYS);
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
	if (!naive_grants(&v, w->deal, grants)) {
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
		struct expected want = naive_list(&v, q, filter, &paths);
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
	assert_int_equal(p == NULL, naive_sees(&v, r));
	for (size_t i = 0; !p && i < w->deal->field_count; i++) {
		const struct field *f = w->deal->fields[i];
		const struct field *const *way = f->lookup ? f->lookup : &f;
		unsigned right;
		struct value want =
			naive_shown(&v, r, way, f->lookup ? f->lookup_length : 1, &right);
		for (size_t k = 0; f->lookup && k < f->lookup_length; k++)
			if (!naive_allowed(&v, way[k],
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
	world_open(w, a);
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
