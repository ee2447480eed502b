/* fault.c -- the fault shim: makes the n-th store call fail, so that tests can try every place a
 * write may break at.
 * 1. Every begin, query, step, exec, savepoint and commit of every connection counts as one call.
 * 2. A fault strikes once; afterwards the shim is off.
 * 3. Kind 2 waits for the first commit at or after the n-th call: only there an answer can be lost.
 */
#include "runtime/store/backend.h"

int64_t store_fault_at(struct store *s, int64_t n, int kind) {
	struct fault_shim *f = &s->fault;
	atomic_store(&f->at, 0);
	atomic_store(&f->kind, kind);
	int64_t calls = atomic_exchange(&f->calls, 0);
	atomic_store(&f->at, n);
	return calls;
}

static bool strikes(struct fault_shim *f, long long call) {
	long long at = atomic_load_explicit(&f->at, memory_order_relaxed);
	return at > 0 && call == at && atomic_load(&f->kind) != FAULT_LOST_ANSWER &&
	       atomic_compare_exchange_strong(&f->at, &at, 0);
}

struct problem *fault_call(struct connection *c) {
	struct fault_shim *f = &c->store->fault;
	long long call = atomic_fetch_add_explicit(&f->calls, 1, memory_order_relaxed) + 1;
	if (!strikes(f, call)) return NULL;
	if (atomic_load(&f->kind) == FAULT_IO) return &store_io;
	/* As SQLite itself does on a full disk: the whole transaction is gone. */
	if (c->kind == CONNECTION_WRITER) connection_step(c, CONTROL_ROLLBACK);
	return &store_full;
}

bool fault_lost_answer(struct connection *c) {
	struct fault_shim *f = &c->store->fault;
	long long at = atomic_load(&f->at);
	return at > 0 && atomic_load(&f->kind) == FAULT_LOST_ANSWER &&
	       atomic_load(&f->calls) >= at && atomic_compare_exchange_strong(&f->at, &at, 0);
}
