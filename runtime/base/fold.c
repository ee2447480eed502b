/* Case and width, one code point to one. Surprises, by Unicode's simple mappings and on purpose:
 *  - sharp s stays sharp s (its upper form is two letters); capital sharp s folds to it;
 *  - dotless i and dotted capital I fold to themselves: which i they equal depends on the language;
 *  - final sigma folds to sigma;
 *  - half-width katakana fold to full width, a separate voicing mark stays separate. */
#include "runtime/base/fold.h"
#include "runtime/base/fold_table.inc"

static unsigned row_of(uint32_t cp) {
	return cp > FOLD_LAST ? 0 : blocks[block_of[cp / FOLD_BLOCK]][cp % FOLD_BLOCK];
}

static uint32_t moved(uint32_t cp, int32_t by) { return (uint32_t)((int64_t)cp + by); }

uint32_t fold_code_point(uint32_t cp) { return moved(cp, moves[row_of(cp)].fold); }

uint32_t fold_upper(uint32_t cp) { return moved(cp, moves[row_of(cp)].upper); }

uint32_t fold_lower(uint32_t cp) { return moved(cp, moves[row_of(cp)].lower); }

/* Runs that fold to themselves (Chinese text above all) are appended in one piece. */
void fold_add(struct sb *out, struct str s) {
	if (s.n == 0) return;
	const char *same = s.p;
	while (s.n > 0) {
		const char *at = s.p;
		uint32_t cp = utf8_next(&s), folded = fold_code_point(cp);
		if (folded == cp) continue;
		sb_bytes(out, same, (size_t)(at - same));
		sb_code_point(out, folded);
		same = s.p;
	}
	sb_bytes(out, same, (size_t)(s.p - same));
}
