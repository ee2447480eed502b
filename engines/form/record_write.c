/* record_write.c -- both stages with the retries. When what a write rests on has changed under it,
 * it is prepared again from the start, with the app and the people as they are by then; the third
 * time on the writer. Who is overtaken by new apps three times is told. */
#include "engines/form/record_write.h"

#include "engines/form/rebind.h"

enum { TRIES = 3 };

static struct problem *commit(struct tx *tx, void *arg) { return write_commit(tx, arg); }

static struct problem *try_once(struct request *rq, struct store *s, enum lane lane,
				struct write *w) {
	TRY(write_prepare(rq, s, w));
	return w->dry_run ? NULL : store_write(s, lane, rq->arena, commit, w);
}

struct problem *record_write(struct request *rq, struct store *s, enum lane lane, struct write *w) {
	for (int i = 0; i < TRIES; i++) {
		w->last_try = i + 1 == TRIES;
		struct problem *p = try_once(rq, s, lane, w);
		if (p != &write_again) return p;
		TRY(write_rebind(rq, s, w, 1));
	}
	return PROBLEM(rq->arena, CONFLICT, "write_conflict");
}
