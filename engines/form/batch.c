/* batch.c -- several writes as one transaction. Each is prepared on a snapshot like any other; one
 * that turns out to rest on a record that an earlier write of the same batch has changed is
 * prepared again on the writer, on top of it. A stale preparation for any other reason sends the
 * whole batch back. */
#include "engines/form/prepare.h"
#include "engines/form/rebind.h"

enum { TRIES = 3 };

struct batch {
	struct request *rq;
	struct store *store;
	struct write *writes;
	size_t n;
	struct prepared *
		*first; /* as prepared on a snapshot: where every run of the commit starts */
};

static struct problem *commit_one(struct tx *tx, struct batch *b, size_t i) {
	b->writes[i].prepared = b->first[i];
	struct problem *p = write_commit(tx, &b->writes[i]);
	if (p != &write_again || i == 0) return p;
	TRY(prepare_on(tx, b->rq, b->store, &b->writes[i]));
	return write_commit(tx, &b->writes[i]);
}

static struct problem *commit_all(struct tx *tx, void *arg) {
	struct batch *b = arg;
	for (size_t i = 0; i < b->n; i++) TRY(commit_one(tx, b, i));
	return NULL;
}

static struct problem *prepare_all(struct batch *b) {
	for (size_t i = 0; i < b->n; i++) {
		struct write *w = &b->writes[i];
		if (!w->pointer)
			w->pointer = arena_printf(b->rq->arena, "/operations/%zu/values", i);
		TRY(write_prepare(b->rq, b->store, w));
		b->first[i] = w->prepared;
	}
	return NULL;
}

struct problem *record_write_all(struct request *rq, struct store *s, enum lane lane,
				 struct write *w, size_t n) {
	struct batch b = { rq, s, w, n, arena_array(rq->arena, n + 1, sizeof *b.first) };
	for (int i = 0; i < TRIES; i++) {
		struct problem *p = prepare_all(&b);
		if (!p) p = store_write(s, lane, rq->arena, commit_all, &b);
		if (p != &write_again) return p;
		TRY(write_rebind(rq, s, w, n));
	}
	return PROBLEM(rq->arena, CONFLICT, "write_conflict");
}
