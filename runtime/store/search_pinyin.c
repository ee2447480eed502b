/* search_pinyin.c -- letters to phrases of the index: zs and zhangsan find names written in
 * Chinese.
 *
 * A way of typing is whole syllables, then initials, then any beginning of a syllable (pinyin.h).
 * Each way is one phrase of the tokens that search_tokenizer.h gives beside a character: a syllable
 * is a token; an initial is one with the initial after it; the last piece is found by its
 * beginning. Terms of many ways (anananan) keep the first WAYS_MAX, those of the most syllables. */
#include "runtime/base/pinyin.h"
#include "runtime/store/search_sql.h"
#include "runtime/store/search_tokenizer.h"

enum { WAYS_MAX = 96, PHRASE_MAX = PINYIN_TERM_MAX * 3 + 16 };

struct ways {
	struct str term;
	size_t n;
	struct sb *out;
	char phrase[PHRASE_MAX]; /* the syllables so far, each behind its mark */
};

static void add_syllable(char *phrase, size_t *length, struct str syllable) {
	phrase[(*length)++] = SEARCH_SYLLABLE;
	memcpy(phrase + *length, syllable.p, syllable.n);
	*length += syllable.n;
}

static void finish(struct ways *w, size_t length, bool beginning) {
	if (w->n++ >= WAYS_MAX) return;
	sb_cat(w->out, " OR \"");
	sb_bytes(w->out, w->phrase, length);
	sb_cat(w->out, beginning ? "\" *" : "\"");
}

/* The letters from `at` are initials but for the last piece, which begins at `last`. */
static void end_with(struct ways *w, size_t length, size_t at, size_t last) {
	const char *term = w->term.p;
	struct str piece = { term + last, w->term.n - last };
	for (size_t i = at; i < last; i++) {
		w->phrase[length++] = SEARCH_INITIALS;
		w->phrase[length++] = term[i];
		w->phrase[length++] = term[i + 1];
	}
	bool said = piece.n == 1 && last > at; /* by the pair before it */
	if (!said) add_syllable(w->phrase, &length, piece);
	finish(w, length, !said);
}

static void ends_from(struct ways *w, size_t length, size_t at) {
	for (size_t last = at; last < w->term.n; last++) {
		struct str piece = { w->term.p + last, w->term.n - last };
		if (pinyin_is_prefix(piece)) end_with(w, length, at, last);
		if (!pinyin_is_initial(w->term.p[last])) return;
	}
}

static void ways_from(struct ways *w, size_t length, size_t at) {
	size_t most = w->term.n - at - 1;
	if (most > PINYIN_SYLLABLE_MAX) most = PINYIN_SYLLABLE_MAX;
	for (size_t n = most; n > 0 && w->n < WAYS_MAX; n--) {
		struct str syllable = { w->term.p + at, n };
		size_t longer = length;
		if (!pinyin_is_syllable(syllable)) continue;
		add_syllable(w->phrase, &longer, syllable);
		ways_from(w, longer, at + n);
	}
	ends_from(w, length, at);
}

void search_pinyin(struct str term, struct sb *out) {
	struct ways w = { .term = term, .out = out };
	if (pinyin_is_term(term)) ways_from(&w, 0, 0);
}
