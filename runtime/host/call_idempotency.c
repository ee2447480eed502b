/* call_idempotency.c -- Idempotency-Key on every changing call. The table holds the keys in flight
 * in this process (one process writes a store); answers of the last 24 h lie in the database
 * (engines/form/idempotency.h).
 * 1. At most one call with a user's key runs; its twins wait suspended in its list and start over
 * when it has answered.
 * 2. A stored answer is looked for in a snapshot that began after the key was taken: the twin
 * before it may have committed between our snapshot and our turn.
 * 3. Only answers of success are kept: a refused call changed nothing, so it may be sent again.
 * Threads: the table has one lock; waiting calls belong to it from key_park to exchange_resume. */
#include <pthread.h>
#include "runtime/host/call.h"
#include "runtime/model/sha256.h"

struct problem call_parked = { .kind = PROBLEM_CONFLICT, .code = "conflict" };

enum { BUCKETS = 256, KEY_MAX = 200 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct call
	*in_flight[BUCKETS]; /* by next_twin: first all holders of the bucket, each with waiters */

static struct call **bucket(const struct call *c) {
	return &in_flight[str_hash(str_of(c->once->key)) % BUCKETS];
}

static struct call *holder(const struct call *c) {
	for (struct call *h = *bucket(c); h; h = h->next_holder)
		if (h->key_user == c->key_user && !strcmp(h->once->key, c->once->key) &&
		    h->server == c->server)
			return h;
	return NULL;
}

static void claim(struct call *c) {
	pthread_mutex_lock(&lock);
	struct call *h = holder(c);
	if (!h) {
		c->next_holder = *bucket(c);
		*bucket(c) = c;
		c->holds_key = true;
	}
	pthread_mutex_unlock(&lock);
}

bool key_park(struct call *c, bool on_loop) {
	if (c->holds_key) return false;
	pthread_mutex_lock(&lock);
	struct call *h = holder(c);
	if (h) {
		if (on_loop) exchange_suspend(c->x);
		c->next_twin = h->twins;
		h->twins = c;
	}
	pthread_mutex_unlock(&lock);
	return h != NULL;
}

void key_release(struct call *c) {
	if (!c->holds_key) return;
	c->holds_key = false;
	pthread_mutex_lock(&lock);
	struct call **at = bucket(c);
	while (*at != c) at = &(*at)->next_holder;
	*at = c->next_holder;
	struct call *twin = c->twins;
	c->twins = NULL;
	pthread_mutex_unlock(&lock);
	while (twin) {
		struct call *next = twin->next_twin;
		exchange_resume(twin->x);
		twin = next;
	}
}

static bool usable(struct str key) {
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] > '~') return false;
	return key.n <= KEY_MAX;
}

/* What makes it the same call: method, path, query and body. */
static const char *fingerprint(const struct call *c) {
	const struct exchange *x = c->x;
	struct sb text = sb_on(x->arena, 4 << 20);
	char hash[65];
	sb_printf(&text, "%s\n%.*s\n", x->method_name, (int)x->path.n, x->path.p);
	for (size_t i = 0; i < x->query_count; i++) {
		sb_add(&text, x->query[i].name);
		sb_char(&text, '=');
		sb_add(&text, x->query[i].value);
		sb_char(&text, '\n');
	}
	sb_add(&text, x->body);
	sha256_hex(sb_str(&text), hash);
	return arena_strdup(x->arena, hash);
}

static void replay(struct call *c, const struct idempotency_answer *answer) {
	struct exchange *x = c->x;
	x->answer = sb_on(x->arena, 1 << 20);
	sb_add(&x->answer, answer->body);
	if (answer->body.n)
		answer_json(x, answer->status);
	else
		answer_headers(x);
	x->status = answer->status;
	exchange_set_header(x, "Idempotency-Replayed", "true");
	const struct json *body;
	int64_t rev;
	if (answer->body.n && !json_parse(x->arena, answer->body, &json_limits_request, &body) &&
	    json_int(json_get(body, "rev"), &rev))
		call_etag(c, rev);
}

static struct problem *look_up(struct call *c, struct tx *tx, bool *done) {
	struct idempotency_answer answer;
	TRY(idempotency_find(&c->rq, tx, c->once, &answer));
	*done = answer.found;
	if (answer.found) replay(c, &answer);
	return NULL;
}

struct problem *key_open(struct call *c, struct tx *tx, bool *done) {
	if (c->x->method == HTTP_GET || c->x->method == HTTP_HEAD || c->route->flags & ROUTE_PUBLIC)
		return NULL;
	if (!c->once) {
		struct str key = exchange_header(c->x, "Idempotency-Key");
		if (!key.n) return NULL;
		if (!usable(key))
			return PROBLEM(c->x->arena, MALFORMED, "idempotency_key", "max", "200");
		c->key_user = c->rq.actor ? c->rq.actor->id : 0;
		c->once = arena_alloc(c->x->arena, sizeof *c->once);
		*c->once = (struct idempotency){ .key = str_dup(c->x->arena, key),
						 .hash = fingerprint(c) };
	}
	if (c->holds_key) return look_up(c, tx, done);
	claim(c);
	return &call_parked;
}

struct problem *call_once(struct tx *tx, struct call *c, int status, struct str body) {
	if (!c->once) return NULL;
	struct idempotency_answer answer = { .found = true, .status = status, .body = body };
	c->stored = true;
	return idempotency_store(&c->rq, tx, c->once, &answer);
}

static struct problem *store_answer(struct tx *tx, void *arg) {
	struct call *c = arg;
	return call_once(tx, c, c->x->status, sb_str(&c->x->answer));
}

struct problem *key_store_after(struct call *c) {
	if (!c->once || c->stored || c->x->status >= 300 || c->x->produce) return NULL;
	return store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, store_answer, c);
}
