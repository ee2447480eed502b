/* Search equals brute force: random mixtures of Chinese, Latin of both widths, digits, signs and
 * blanks are written, changed and deleted; every so often random pieces, or letters as somebody
 * types Chinese, are searched, by people with different rights, and the answer must be what
 * comparing folded texts one by one gives, and reading their characters one by one.
 * TENON_DEPTH multiplies the rounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include "runtime/base/fold.h"
#include "runtime/base/pinyin.h"
#include "runtime/store/search_tokenizer.h"
#include "tests/support/sample.h"
#include "tests/support/temp_store.h"

enum { ROUNDS = 300, QUERIES = 12, ACCOUNTS = 8, DEALS = 60, TEXT_MAX = 1024 };

static uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);

static unsigned rnd(unsigned n) {
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 24) % n);
}

static const char *const pieces[] = { "深圳", "科技",   "深",     "圳科", "有限公司", "Abc",
				      "ABC",  "ａｂｃ", "１３８", "138",  "0013",     "8",
				      "x",    "-",      "é",      "É",    "ß",        "*",
				      "(",    "'",      "😀",      "NEAR", "AND",      "OR",
				      "{",    ":",      "^",      "𠮷",   "%",        "_",
				      "重庆", "长单",   "安娜",   "先",   "西安",     "zs" };
static const char *const blanks[] = { " ", "　", "  " };

static void random_text(struct sb *out, unsigned most) {
	unsigned n = rnd(most + 1);
	for (unsigned i = 0; i < n; i++)
		sb_cat(out,
		       rnd(6) ? pieces[rnd(ARRAY_LEN(pieces))] : blanks[rnd(ARRAY_LEN(blanks))]);
	if (rnd(40) == 0) sb_char(out, '"');
}

/* ---- what is stored, as the reference knows it ---- */

struct shadow {
	bool alive;
	const char *name, *note;
	unsigned account;
	bool south;
};
struct world {
	struct sample sample;
	const struct form *deal, *account;
	struct shadow deals[DEALS], accounts[ACCOUNTS];
	struct arena *texts;
};

static const char *json_text(struct arena *a, const char *text) {
	struct sb out = sb_on(a, TEXT_MAX * 4);
	struct jw w = jw_on(&out);
	jw_text(&w, *text ? text : NULL);
	return sb_cstr(&out);
}

static const char *new_text(struct world *w, unsigned most) {
	struct sb out = sb_on(w->texts, TEXT_MAX);
	random_text(&out, most);
	struct str trimmed = str_trim(sb_str(&out));
	return str_dup(w->texts, trimmed);
}

static void write_account(struct world *w, unsigned i) {
	struct shadow *s = &w->accounts[i];
	void (*put)(struct sample *, const struct form *, int64_t, const char *) =
		s->alive ? sample_update : sample_insert;
	*s = (struct shadow){ .alive = true, .name = new_text(w, 4), .south = rnd(2) };
	const char *json = arena_printf(w->texts, "{\"name\": %s, \"region\": \"%s\"}",
					json_text(w->texts, s->name), s->south ? "south" : "east");
	put(&w->sample, w->account, i + 1, json);
}

static void write_deal(struct world *w, unsigned i) {
	struct shadow *s = &w->deals[i];
	void (*put)(struct sample *, const struct form *, int64_t, const char *) =
		s->alive ? sample_update : sample_insert;
	*s = (struct shadow){ .alive = true,
			      .name = new_text(w, 6),
			      .note = new_text(w, 12),
			      .account = rnd(ACCOUNTS + 1) };
	const char *account = s->account ? arena_printf(w->texts, "%u", s->account) : "null";
	const char *json =
		arena_printf(w->texts, "{\"subject\": %s, \"note\": %s, \"account\": %s}",
			     json_text(w->texts, s->name), json_text(w->texts, s->note), account);
	put(&w->sample, w->deal, 100 + i, json);
}

static void change(struct world *w) {
	unsigned i = rnd(DEALS);
	if (rnd(8) == 0) {
		write_account(w, rnd(ACCOUNTS));
	} else if (w->deals[i].alive && rnd(6) == 0) {
		sample_delete(&w->sample, w->deal, 100 + i);
		/* the id stays taken: a deleted record is never written again here */
		w->deals[i].alive = false;
		w->deals[i].name = NULL;
	} else if (w->deals[i].alive || !w->deals[i].note) {
		write_deal(w, i);
	}
}

/* ---- the reference ---- */

/* all: the system; "plain" may not read note; "south" sees only accounts of the south and not their
 * names otherwise. */
struct reader {
	const char *login;
	bool note, accounts, all_accounts;
};
static const struct reader readers[] = { { NULL, true, true, true },
					 { "plain", false, true, true },
					 { "south", true, true, false },
					 { "alone", true, false, false } };

static bool has(struct arena *a, const char *text, struct str term, bool name) {
	struct sb folded = sb_on(a, TEXT_MAX * 4);
	if (!text) return false;
	fold_add(&folded, str_of(text));
	if (memmem(sb_cstr(&folded), folded.n, term.p, term.n)) return true;
	return name && pinyin_is_term(term) && utf8_length(str_of(text)) <= SEARCH_PINYIN_MAX &&
	       pinyin_found(sb_str(&folded), term);
}

static bool found(struct world *w, struct arena *a, const struct reader *r, const struct shadow *s,
		  struct str term) {
	const struct shadow *account = s->account ? &w->accounts[s->account - 1] : NULL;
	bool visible = account && r->accounts && (r->all_accounts || account->south);
	return has(a, s->name, term, true) || (r->note && has(a, s->note, term, false)) ||
	       (visible && has(a, account->name, term, true));
}

static bool matches(struct world *w, struct arena *a, const struct reader *r,
		    const struct shadow *s, const char *query) {
	struct sb folded = sb_on(a, TEXT_MAX * 4);
	fold_add(&folded, str_of(query));
	struct str rest = sb_str(&folded), term = { rest.p, 0 };
	while (rest.n) {
		const char *at = rest.p;
		if (!utf8_blank(utf8_next(&rest))) {
			term.n = (size_t)(rest.p - term.p);
			if (rest.n) continue;
			at = rest.p;
		}
		term.n = (size_t)(at - term.p);
		if (term.n && !found(w, a, r, s, term)) return false;
		term.p = rest.p;
	}
	return true;
}

/* ---- searching ---- */

/* One way of typing some characters of a text in letters. */
static void type_letters(struct sb *out, struct str from) {
	unsigned style = rnd(3), left = 1 + rnd(4);
	while (from.n && left) {
		const char *readings[PINYIN_READINGS_MAX];
		size_t n = pinyin_readings(utf8_next(&from), readings);
		if (!n) continue;
		const char *syllable = readings[rnd((unsigned)n)];
		left--;
		if (style == 1 || (style == 2 && left == 0)) style = rnd(3);
		if (style == 0)
			sb_cat(out, syllable);
		else
			sb_bytes(out, syllable, left ? 1 : 1 + rnd((unsigned)strlen(syllable)));
	}
	if (rnd(20) == 0) sb_cat(out, rnd(2) ? "a" : "Z");
}

/* Mostly a piece cut out of a stored text, so that there is something to find. */
static const char *random_query(struct world *w, struct arena *a) {
	struct sb out = sb_on(a, TEXT_MAX);
	for (unsigned n = 1 + rnd(2); n; n--) {
		const struct shadow *s =
			rnd(4) ? &w->deals[rnd(DEALS)] : &w->accounts[rnd(ACCOUNTS)];
		const char *text = s->note && rnd(2) ? s->note : s->name;
		if (!text || !*text || rnd(5) == 0) {
			random_text(&out, 2);
			continue;
		}
		struct str from = str_of(text);
		size_t length = utf8_length(from), start = utf8_prefix(from, rnd((unsigned)length));
		struct str cut = { from.p + start, from.n - start };
		if (rnd(3)) {
			cut.n = utf8_prefix(cut, 1 + rnd(5));
			sb_add(&out, cut);
		} else {
			type_letters(&out, cut);
		}
		if (n > 1) sb_char(&out, ' ');
	}
	return sb_cstr(&out);
}

static void check_row(const char *query, const struct reader *r, const int64_t *ids, size_t n,
		      size_t *at, int64_t id, bool want) {
	bool got = *at < n && ids[*at] == id;
	if (want != got)
		fail_msg("q=[%s] as %s: record %lld is %s", query, r->login ? r->login : "system",
			 (long long)id, want ? "missing" : "too much");
	*at += got;
}

/* All pages of the list, newest first. */
static size_t search(struct world *w, struct request *rq, const struct form *form,
		     const char *query, int64_t *ids) {
	struct query_text text = {
		.q = str_of(query), .fields = STR("id"), .limit = 1 + rnd(20), .count = STR("exact")
	};
	struct tx *tx;
	struct query *q;
	struct read_page page;
	size_t n = 0;
	assert_ok(tx_read(w->sample.store, rq->arena, &tx));
	do {
		assert_ok(query_parse(rq, form, &text, &q));
		assert_ok(read_page(rq, tx, q, &page));
		for (size_t i = 0; i < page.n; i++) ids[n++] = page.records[i]->id;
		text.cursor = page.next;
	} while (text.cursor.n);
	assert_ok(tx_end(tx, NULL));
	assert_int_equal(page.count, n);
	return n;
}

/* A search of deals goes through their references too; one of accounts is a walk of the index
 * alone. */
static void compare(struct world *w, const struct reader *r, const char *query, bool accounts) {
	struct request *rq = sample_request(&w->sample, r->login);
	int64_t ids[DEALS];
	size_t n = search(w, rq, accounts ? w->account : w->deal, query, ids), at = 0;
	for (size_t i = ACCOUNTS; accounts && i > 0; i--) {
		const struct shadow *s = &w->accounts[i - 1];
		check_row(query, r, ids, n, &at, (int64_t)i,
			  (r->all_accounts || s->south) && matches(w, rq->arena, r, s, query));
	}
	for (size_t i = DEALS; !accounts && i > 0; i--) {
		const struct shadow *s = &w->deals[i - 1];
		check_row(query, r, ids, n, &at, (int64_t)(100 + i - 1),
			  s->alive && matches(w, rq->arena, r, s, query));
	}
	assert_int_equal(at, n);
	sample_end(rq);
}

static const char *const roles =
	"\"roles/plain.json\": {\"role\": \"plain\", \"forms\": {\"deal\": {\"read\": \"all\", "
	"\"fields\": {\"note\": \"hidden\"}}, \"account\": {\"read\": \"all\"}}},"
	"\"roles/south.json\": {\"role\": \"south\", \"forms\": {\"deal\": {\"read\": \"all\"}, "
	"\"account\": {\"read\": \"all\", \"where\": \"region == 'south'\"}}},"
	"\"roles/alone.json\": {\"role\": \"alone\", \"forms\": {\"deal\": {\"read\": \"all\"}}}";

static const char *bundle(struct arena *a) {
	return arena_printf(
		a,
		"{\"files\": {\"app.json\": {\"app\": \"find\", \"version\": \"1.0.0\"},"
		"\"enums/region.json\": {\"enum\": \"region\", \"values\": [{\"value\": "
		"\"south\"}, {\"value\": \"east\"}]},"
		"\"forms/account.json\": {\"form\": \"account\", \"title\": \"{name}\", "
		"\"fields\": [{\"name\": \"name\", \"type\": \"text\"},"
		"{\"name\": \"region\", \"type\": \"enum\", \"enum\": \"region\"}]},"
		"\"forms/deal.json\": {\"form\": \"deal\", \"fields\": [{\"name\": \"subject\", "
		"\"type\": \"text\"}, {\"name\": \"note\", \"type\": \"longtext\"},"
		"{\"name\": \"account\", \"type\": \"ref\", \"form\": \"account\"}], \"search\": "
		"[\"subject\", \"note\", \"account\"]}, %s}}",
		roles);
}

static const char *const people = "INSERT INTO sys_user (id, login, label, created_at) VALUES (1, "
				  "'plain', '', 0), (2, 'south', '', 0), (3, 'alone', '', 0);"
				  "INSERT INTO sys_user_role (user_id, app, role) VALUES (1, "
				  "'find', 'plain'), (2, 'find', 'south'), (3, 'find', 'alone');";

static struct problem *merge(struct tx *tx, void *form) {
	bool more;
	return search_merge(tx, form, 50, &more);
}

static void search_equals_brute_force(void **state) {
	(void)state;
	const char *depth = getenv("TENON_DEPTH");
	int rounds = ROUNDS * (depth && atoi(depth) > 0 ? atoi(depth) : 1);
	struct arena *a = arena_new(0);
	struct world *w = arena_alloc(a, sizeof *w);
	w->texts = a;
	sample_open(&w->sample, a, bundle(a), false);
	sample_people(&w->sample, people);
	w->deal = sample_form(&w->sample, "deal");
	w->account = sample_form(&w->sample, "account");
	for (unsigned i = 0; i < ACCOUNTS; i++) write_account(w, i);
	for (int i = 0; i < rounds; i++) {
		struct arena *round = arena_new(0);
		for (int k = 0; k < 6; k++) change(w);
		if (i % 50 == 49)
			assert_ok(store_write(w->sample.store, LANE_BULK, round, merge,
					      (void *)(uintptr_t)w->deal));
		for (int k = 0; k < QUERIES; k++)
			compare(w, &readers[rnd(ARRAY_LEN(readers))], random_query(w, round),
				false);
		compare(w, &readers[rnd(3)], random_query(w, round), true);
		arena_free(round);
	}
	sample_close(&w->sample);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = { cmocka_unit_test(search_equals_brute_force) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
