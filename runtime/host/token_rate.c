/* token_rate.c -- the buckets. 1. A bucket is the moment at which it is full; it is moved by
 * compare-and-swap alone, so two loops never count one request for both.
 * 2. Tokens have their bucket by their number. Only two tokens alive at once that were made 65,536
 * tokens apart would share one.
 * 3. The moment stands in 52 bits (until the year 2112); the 12 below tell the rate it was reckoned
 * with: another rate begins with a full bucket. */
#include <stdatomic.h>
#include <stdlib.h>
#include "runtime/base/clock.h"
#include "runtime/host/token_rate.h"

enum { BUCKETS = 1 << 16, MARK_BITS = 12, MARKS = 4093 };
#define SECOND_US INT64_C(1000000)
#define WINDOW_US (60 * SECOND_US)

struct token_rates {
	atomic_llong refused;
	atomic_ullong buckets[BUCKETS]; /* pages that no token uses are never touched */
};

struct token_rates *token_rates_new(struct arena *a) {
	struct token_rates *rates = calloc(1, sizeof *rates);
	if (!rates) abort();
	arena_defer(a, free, rates);
	return rates;
}

int64_t token_rates_refused(const struct token_rates *rates) {
	return atomic_load_explicit(&rates->refused, memory_order_relaxed);
}

struct rate_verdict token_rates_take(struct token_rates *rates, int64_t token, int64_t rate,
				     int64_t now_us) {
	atomic_ullong *bucket = &rates->buckets[token % BUCKETS];
	int64_t each = WINDOW_US / rate, room = each * rate;
	unsigned long long mark = (unsigned long long)(rate % MARKS);
	unsigned long long was = atomic_load_explicit(bucket, memory_order_relaxed);
	for (;;) {
		bool same = (was & ((1U << MARK_BITS) - 1)) == mark;
		int64_t full = same ? (int64_t)(was >> MARK_BITS) : 0;
		/* Further ahead than a bucket is deep: the clock was set back. */
		int64_t from = full < now_us || full > now_us + WINDOW_US ? now_us : full;
		int64_t next = from + each, over = next - now_us - room;
		if (over > 0) {
			atomic_fetch_add_explicit(&rates->refused, 1, memory_order_relaxed);
			return (struct rate_verdict){ false, 0, over };
		}
		if (atomic_compare_exchange_weak_explicit(
			    bucket, &was, (unsigned long long)next << MARK_BITS | mark,
			    memory_order_relaxed, memory_order_relaxed))
			return (struct rate_verdict){ true, -over / each, next - now_us };
	}
}

static long seconds(int64_t us) { return (long)((us + SECOND_US - 1) / SECOND_US); }

struct problem *token_rate_ask(struct exchange *x, const struct session *session) {
	const struct server *server = exchange_context(x);
	struct call *c = x->context;
	if (!session->rate || !c) return NULL;
	if (!c->rate_asked) {
		struct rate_verdict v = token_rates_take(server->token_rates, session->token_id,
							 session->rate, clock_now());
		long wait = seconds(v.wait_us);
		c->rate_asked = true;
		c->rate_wait_s = v.allowed ? 0 : wait;
		exchange_set_header(
			x, "RateLimit-Policy",
			arena_printf(x->arena, "\"token\";q=%lld;w=60", (long long)session->rate));
		exchange_set_header(x, "RateLimit",
				    arena_printf(x->arena, "\"token\";r=%lld;t=%ld",
						 (long long)v.remaining, wait));
	}
	if (!c->rate_wait_s) return NULL;
	struct problem *p = PROBLEM(x->arena, TOO_MANY, "token_rate", "rate",
				    arena_printf(x->arena, "%lld", (long long)session->rate),
				    "seconds", arena_printf(x->arena, "%ld", c->rate_wait_s));
	p->retry_after_s = c->rate_wait_s;
	return p;
}
