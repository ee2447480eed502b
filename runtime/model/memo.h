/* memo.h -- what rooms further right derive from a form once and keep as long as its app lives (SQL texts, plans).
 * build runs at most once a form and kind, in an arena that dies with the app; its result is immutable afterwards.
 * Threads: any; a known memo costs one atomic load. */
#ifndef TENON_MODEL_MEMO_H
#define TENON_MODEL_MEMO_H

#include "runtime/model/app.h"

enum form_memo { FORM_MEMO_RECORD_SQL, FORM_MEMO_WRITE_PLAN, FORM_MEMO_SEARCH, FORM_MEMO_COUNT };
const void *form_memo(const struct form *f, enum form_memo which,
	const void *(*build)(struct arena *a, const struct form *f));

#endif
