/* token_rate.h -- how many requests a minute each API token may send, counted over all loops and threads.
 * A bucket of one minute's requests that fills evenly, kept as one number a token: the moment its bucket is full again
 * (the generic cell rate algorithm), by the settable clock. What a token has used is not stored: a restart fills the buckets.
 * Answers carry RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10); a refusal is 429 with Retry-After.
 * Problems: TOO_MANY token_rate. Threads: any, without locks. */
#ifndef TENON_HOST_TOKEN_RATE_H
#define TENON_HOST_TOKEN_RATE_H

#include "runtime/host/router.h"
#include "runtime/store/accounts.h"

struct token_rates *token_rates_new(struct arena *a);
/* Counts the request of this exchange once, however often it is opened. Nothing for sessions and tokens without a rate. */
struct problem *token_rate_ask(struct exchange *x, const struct session *session) MUST_CHECK;
int64_t token_rates_refused(const struct token_rates *rates);

/* The bucket alone. rate: requests a minute, above 0. */
struct rate_verdict { bool allowed; int64_t remaining, wait_us; }; /* wait_us: allowed: until the bucket is full; else until the next request */
struct rate_verdict token_rates_take(struct token_rates *rates, int64_t token, int64_t rate, int64_t now_us);

#endif
