/* A record as it was and the way back to it (versions.h): what goes back, what stays and is named,
 * what nobody learns who may not; and random edits of an order with lines: going back to any
 * revision gives what was stored then.
 * Ledger: B21. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "engines/form/versions.h"
#include "tests/support/temp_store.h"
#include "tests/support/writing.h"

enum { ANSWER_MAX = 1 << 20, EDITS = 24, RETURNS = 12 };

struct fixture {
	struct sample s;
	int64_t pen, ink, acme, zeta;
};

static int64_t made(struct sample *s, const char *form, const char *body) {
	struct wrote w = create(s, "root", form, body);
	assert_string_equal(w.problem, "");
	return w.id;
}

static int setup(void **state) {
	struct arena *a = arena_new(0);
	struct fixture *f = arena_alloc(a, sizeof *f);
	struct sample *s = &f->s;
	writing_open(s, a);
	f->pen = made(s, "product", "{\"name\":\"pen\",\"price\":\"2.50\"}");
	f->ink = made(s, "product", "{\"name\":\"ink\",\"price\":\"8\"}");
	f->acme = made(s, "account", "{\"name\":\"Acme\",\"region\":\"east\"}");
	f->zeta = made(s, "account", "{\"name\":\"Zeta\"}");
	*state = f;
	return 0;
}

static int teardown(void **state) {
	struct fixture *f = *state;
	struct arena *a = f->s.arena;
	sample_close(&f->s);
	arena_free(a);
	return 0;
}

/* ---- asking ---- */

static struct wrote told(struct sample *s, struct request *rq, struct problem *p,
			 const struct sb *text) {
	struct wrote out = { .ok = !p, .problem = problem_told(s->arena, p), .record = "null" };
	if (!p) out.record = arena_strdup(s->arena, sb_cstr((struct sb *)(uintptr_t)text));
	sample_end(rq);
	return out;
}

static struct wrote go_back(struct sample *s, const char *login, const char *form, int64_t id,
			    int64_t rev, int64_t if_match, bool dry_run) {
	struct request *rq = sample_request(s, login);
	struct sb text = sb_on(rq->arena, ANSWER_MAX);
	struct jw w = jw_on(&text);
	struct revert r = { .form = sample_form(s, form),
			    .id = id,
			    .rev = rev,
			    .if_match = if_match,
			    .dry_run = dry_run };
	return told(s, rq, record_revert(rq, s->store, &r, &w), &text);
}

static struct wrote version(struct sample *s, const char *login, const char *form, int64_t id,
			    int64_t rev) {
	struct request *rq = sample_request(s, login);
	struct sb text = sb_on(rq->arena, ANSWER_MAX);
	struct jw w = jw_on(&text);
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	struct problem *p = tx_end(tx, record_version(rq, tx, sample_form(s, form), id, rev, &w));
	return told(s, rq, p, &text);
}

static const char *history(struct sample *s, const char *form, int64_t id) {
	struct request *rq = sample_request(s, NULL);
	struct sb text = sb_on(rq->arena, ANSWER_MAX);
	struct jw w = jw_on(&text);
	struct tx *tx;
	assert_ok(tx_read(s->store, rq->arena, &tx));
	return told(s, rq, tx_end(tx, record_history(rq, tx, sample_form(s, form), id, &w)), &text)
		.record;
}

#define REFUSED(s, call, text)                                                                     \
	do {                                                                                       \
		const char *before_call = whole_state(s);                                          \
		struct wrote refused = (call);                                                     \
		assert_string_equal(refused.problem, (text));                                      \
		assert_string_equal(whole_state(s), before_call);                                  \
	} while (0)

static void must(const struct wrote *w, const char *text) {
	if (!strstr(w->record, text)) fail_msg("%s is not in %s", text, w->record);
}

static void must_not(const struct wrote *w, const char *text) {
	if (strstr(w->record, text)) fail_msg("%s is in %s", text, w->record);
}

static int64_t new_order(struct fixture *f, const char *login, const char *more) {
	struct sample *s = &f->s;
	struct wrote w = create(
		s, login, "order",
		arena_printf(s->arena,
			     "{\"account\":%lld,\"lines\":[{\"product\":%lld,\"qty\":\"2\"},"
			     "{\"product\":%lld,\"qty\":\"1\"}]%s}",
			     (long long)f->acme, (long long)f->pen, (long long)f->ink, more));
	assert_string_equal(w.problem, "");
	return w.id;
}

static struct wrote change(struct sample *s, const char *login, int64_t id, const char *body) {
	struct wrote w = update(s, login, "order", id, -1, body);
	assert_string_equal(w.problem, "");
	return w;
}

/* ---- scenes ---- */

static void a_record_goes_back_with_its_rows(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t id = new_order(f, "root", ",\"note\":\"first\"");
	struct wrote first = { .record = stored(s, "order", id) };
	const char *row = part(s, &first, "/lines/0/id");
	change(s, "root", id,
	       arena_printf(s->arena,
			    "{\"note\":null,\"customer_no\":\"C1\",\"lines\":{\"delete\":[%s]}}",
			    row));
	change(s, "root", id,
	       arena_printf(s->arena, "{\"account\":%lld,\"lines\":{\"set\":[{\"product\":%lld}]}}",
			    (long long)f->zeta, (long long)f->pen));
	struct wrote was = version(s, "root", "order", id, 1);
	assert_string_equal(part(s, &was, "/record/note"), "first");
	assert_string_equal(part(s, &was, "/record/customer_no"), "null");
	assert_string_equal(part(s, &was, "/record/lines/1/id"), row);
	assert_string_equal(part(s, &was, "/unreadable"), "[]");

	const char *before = whole_state(s);
	struct wrote dry = go_back(s, "root", "order", id, 1, -1, true);
	assert_string_equal(whole_state(s), before);
	assert_string_equal(part(s, &dry, "/kept"), "[]");
	assert_string_equal(part(s, &dry, "/rev"), "3");
	must(&dry, "{\"field\":\"note\",\"old\":null,\"new\":\"first\"}");
	must(&dry, "\"op\":\"add\"");
	must(&dry, "\"op\":\"delete\"");

	REFUSED(s, go_back(s, "root", "order", id, 1, -1, false), "428 need_match");
	REFUSED(s, go_back(s, "root", "order", id, 1, 2, false), "412 stale");
	struct wrote back = go_back(s, "root", "order", id, 1, 3, false);
	assert_string_equal(back.problem, "");
	assert_string_equal(part(s, &back, "/rev"), "4");
	struct wrote now = { .record = stored(s, "order", id) };
	assert_string_equal(part(s, &now, "/note"), "first");
	assert_string_equal(part(s, &now, "/customer_no"), "null");
	assert_string_equal(part(s, &now, "/number"), part(s, &first, "/number"));
	assert_string_equal(part(s, &now, "/total"), part(s, &first, "/total"));
	assert_string_equal(part(s, &now, "/lines/1/qty"), "2.00");
	assert_string_equal(part(s, &now, "/lines/2"), "");
	must(&(struct wrote){ .record = history(s, "order", id) }, "\"rev\":4,\"back_to\":1");

	struct wrote again = go_back(s, "root", "order", id, 1, 4, false);
	assert_string_equal(part(s, &again, "/changes"), "[]");
	assert_string_equal(part(s, &again, "/rev"), "4");
	struct wrote undone = go_back(s, "root", "order", id, 3, 4, false);
	assert_string_equal(part(s, &undone, "/record/customer_no"), "C1");
	assert_string_equal(part(s, &undone, "/record/note"), "null");
}

/* What the person may not change, and what no longer fits, stays and is named. */
static void what_stays_is_named(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t id = new_order(f, "ann", "");
	change(s, "root", id, "{\"note\":\"by root\",\"customer_no\":\"C7\"}");
	change(s, "ann", id, "{\"stage\":\"sent\"}");
	struct wrote dry = go_back(s, "ann", "order", id, 1, -1, true);
	must(&dry, "{\"field\":\"note\",\"code\":\"read_only\"");
	must(&dry, "{\"field\":\"stage\",\"code\":\"transition");
	struct wrote back = go_back(s, "ann", "order", id, 1, 3, false);
	assert_string_equal(back.problem, "");
	struct wrote now = { .record = stored(s, "order", id) };
	assert_string_equal(part(s, &now, "/customer_no"), "null");
	assert_string_equal(part(s, &now, "/note"), "by root");
	assert_string_equal(part(s, &now, "/stage"), "sent");
}

static void a_reference_that_is_gone_stays_out(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t gone = made(s, "account", "{\"name\":\"Gone\"}");
	int64_t id =
		made(s, "account",
		     arena_printf(s->arena, "{\"name\":\"Sub\",\"level\":\"vip\",\"parent\":%lld}",
				  (long long)gone));
	assert_true(update(s, "root", "account", id, -1,
			   "{\"parent\":null,\"level\":\"normal\",\"region\":\"x\"}")
			    .ok);
	assert_true(delete (s, "root", "account", gone).ok);
	struct wrote back = go_back(s, "root", "account", id, 1, 2, false);
	assert_string_equal(back.problem, "");
	must(&back, "{\"field\":\"parent\",\"code\":\"reference_absent\"");
	assert_string_equal(part(s, &back, "/record/parent"), "null");
	assert_string_equal(part(s, &back, "/record/level"), "vip");
	assert_string_equal(part(s, &back, "/record/region"), "null");
}

static int64_t with_past_level(struct sample *s, const char *name, const char *level) {
	int64_t id = made(s, "account",
			  arena_printf(s->arena, "{\"name\":\"%s\",\"region\":\"n\"}", name));
	assert_true(
		update(s, "root", "account", id, -1, "{\"level\":\"vip\",\"region\":\"s\"}").ok);
	temp_store_ddl(s->store,
		       arena_printf(s->arena,
				    "UPDATE sales_account__history SET changes = "
				    "replace(changes, 'normal', '%s') WHERE record = %lld",
				    level, (long long)id));
	return id;
}

static void level_stays(struct sample *s, int64_t id, const char *kept) {
	struct wrote back = go_back(s, "root", "account", id, 1, 2, false);
	assert_string_equal(back.problem, "");
	must(&back, kept);
	assert_string_equal(part(s, &back, "/record/level"), "vip");
	assert_string_equal(part(s, &back, "/record/region"), "n");
}

static void a_value_of_former_definitions_stays_out(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t retired = with_past_level(s, "Vera", "old"),
		gone = with_past_level(s, "Vito", "gold");
	struct wrote was = version(s, "root", "account", retired, 1);
	assert_string_equal(part(s, &was, "/record/level"), "old");
	was = version(s, "root", "account", gone, 1);
	must(&was, "\"unreadable\":[{\"field\":\"level\",\"value\":\"gold\",\"code\":");
	level_stays(s, retired, "{\"field\":\"level\",\"code\":\"retired_value\"");
	level_stays(s, gone, "{\"field\":\"level\",\"code\":\"not_in_list\"");
}

/* ann sees credit masked and secret not at all. */
static void what_is_hidden_is_not_learned(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	struct wrote w = create(s, "ann", "account", "{\"name\":\"Hid\",\"region\":\"a\"}");
	assert_string_equal(w.problem, "");
	assert_true(update(s, "root", "account", w.id, -1,
			   "{\"secret\":\"plan-b\",\"credit\":\"777.77\",\"region\":\"b\"}")
			    .ok);
	assert_true(update(s, "root", "account", w.id, -1,
			   "{\"secret\":\"plan-c\",\"credit\":\"888.88\",\"region\":\"c\"}")
			    .ok);
	struct wrote was = version(s, "ann", "account", w.id, 2);
	assert_string_equal(part(s, &was, "/record/region"), "b");
	must_not(&was, "secret");
	must_not(&was, "plan");
	must_not(&was, "777.77");
	struct wrote dry = go_back(s, "ann", "account", w.id, 2, -1, true);
	must_not(&dry, "secret");
	must_not(&dry, "777");
	must(&dry, "{\"field\":\"credit\",\"code\":\"version_masked\"");
	struct wrote back = go_back(s, "ann", "account", w.id, 2, 3, false);
	assert_string_equal(back.problem, "");
	must_not(&back, "plan");
	struct wrote now = { .record = stored(s, "account", w.id) };
	assert_string_equal(part(s, &now, "/region"), "b");
	assert_string_equal(part(s, &now, "/secret"), "plan-c");
	assert_string_equal(part(s, &now, "/credit"), "888.88");
}

static void others_find_nothing_and_change_nothing(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	int64_t id = new_order(f, "ann", "");
	change(s, "ann", id, "{\"customer_no\":\"C2\"}");
	REFUSED(s, version(s, "cal", "order", id, 1), "404 not_found");
	REFUSED(s, go_back(s, "cal", "order", id, 1, 2, false), "404 not_found");
	REFUSED(s, go_back(s, "cal", "order", id, 99, 2, true), "404 not_found");
	REFUSED(s, go_back(s, "bob", "order", id, 1, 2, false), "403 forbidden");
	REFUSED(s, go_back(s, "ann", "order", id, 3, 2, false), "404 version_unknown");
	REFUSED(s, version(s, "ann", "order", id, 3), "404 version_unknown");
	assert_true(delete (s, "ann", "order", id).ok);
	REFUSED(s, go_back(s, "ann", "order", id, 1, 3, false), "404 not_found");
	assert_true(restore(s, "ann", "order", id).ok);
	assert_string_equal(go_back(s, "ann", "order", id, 1, 4, false).problem, "");
}

/* ---- random edits ---- */

static const char *random_edit(struct fixture *f, unsigned *seed, int64_t id) {
	struct sample *s = &f->s;
	struct wrote now = { .record = stored(s, "order", id) };
	const char *row = part(s, &now, "/lines/0/id");
	bool two = *part(s, &now, "/lines/1/id");
	bool pen =
		strstr(now.record, arena_printf(s->arena, "\"product\":%lld", (long long)f->pen));
	switch (rand_r(seed) % 7) {
	case 0: return arena_printf(s->arena, "{\"note\":\"n%d\"}", rand_r(seed) % 9);
	case 1: return "{\"note\":null,\"customer_no\":null}";
	case 2: return arena_printf(s->arena, "{\"customer_no\":\"C%d\"}", rand_r(seed) % 9);
	case 3:
		return arena_printf(s->arena, "{\"account\":%lld}",
				    (long long)(rand_r(seed) % 2 ? f->acme : f->zeta));
	case 4:
		return arena_printf(s->arena, "{\"owner\":\"%s\",\"rush\":%s,\"rush_fee\":\"%d\"}",
				    rand_r(seed) % 2 ? "ann" : "root",
				    rand_r(seed) % 2 ? "true" : "false", 1 + rand_r(seed) % 9);
	case 5:
		if (two) return arena_printf(s->arena, "{\"lines\":{\"delete\":[%s]}}", row);
		return arena_printf(s->arena,
				    "{\"lines\":{\"set\":[{\"product\":%lld,\"qty\":\"%d\"}]}}",
				    (long long)(pen ? f->ink : f->pen), 1 + rand_r(seed) % 9);
	default:
		return arena_printf(
			s->arena,
			"{\"lines\":{\"set\":[{\"id\":%s,\"qty\":\"%d\",\"price\":\"%d\"}]}}", row,
			1 + rand_r(seed) % 9, 1 + rand_r(seed) % 9);
	}
}

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All a person can change and what is computed from it; rows by what they hold: one that came back
 * is another one and stands last. */
static const char *content(struct sample *s, const char *record) {
	static const char *const fields[] = { "number",      "account", "contact",     "mobile",
					      "customer_no", "stage",   "valid_until", "rush",
					      "rush_fee",    "keeper",  "total",       "heading",
					      "note",        "owner",   "dept" };
	static const char *const columns[] = { "product",  "qty",      "price",
					       "discount", "tax_rate", "net" };
	struct wrote w = { .record = record };
	struct sb out = sb_on(s->arena, ANSWER_MAX);
	const char *rows[4] = { "", "", "", "" };
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		sb_printf(&out, "%s=%s ", fields[i],
			  part(s, &w, arena_printf(s->arena, "/%s", fields[i])));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t k = 0; k < ARRAY_LEN(columns); k++)
			rows[i] = arena_printf(
				s->arena, "%s %s", rows[i],
				part(s, &w,
				     arena_printf(s->arena, "/lines/%zu/%s", i, columns[k])));
	qsort(rows, ARRAY_LEN(rows), sizeof rows[0], by_text);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) sb_printf(&out, "[%s]", rows[i]);
	return sb_cstr(&out);
}

static void back_to_any_revision(void **state) {
	struct fixture *f = *state;
	struct sample *s = &f->s;
	const char *told_then[EDITS + RETURNS + 2] = { NULL };
	unsigned seed = 20261123;
	int64_t id = new_order(f, "root", ""), rev = 1;
	told_then[1] = content(s, stored(s, "order", id));
	for (int i = 0; i < EDITS; i++) {
		struct wrote w = update(s, "root", "order", id, -1, random_edit(f, &seed, id));
		assert_string_equal(w.problem, "");
		rev = strtoll(part(s, &w, "/rev"), NULL, 10);
		told_then[rev] = content(s, stored(s, "order", id));
	}
	for (int i = 0; i < RETURNS; i++) {
		int64_t to = 1 + rand_r(&seed) % rev;
		struct wrote was = version(s, "root", "order", id, to);
		struct wrote w = go_back(s, "root", "order", id, to, rev, false);
		assert_string_equal(w.problem, "");
		assert_string_equal(part(s, &w, "/kept"), "[]");
		assert_string_equal(content(s, stored(s, "order", id)), told_then[to]);
		assert_string_equal(part(s, &w, "/record/note"), part(s, &was, "/record/note"));
		rev = strtoll(part(s, &w, "/rev"), NULL, 10);
		told_then[rev] = told_then[to];
	}
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_record_goes_back_with_its_rows),
		TEST(what_stays_is_named),
		TEST(a_reference_that_is_gone_stays_out),
		TEST(a_value_of_former_definitions_stays_out),
		TEST(what_is_hidden_is_not_learned),
		TEST(others_find_nothing_and_change_nothing),
		TEST(back_to_any_revision),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
