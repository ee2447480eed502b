/* accounts_password.c -- argon2id hashes of passwords.
 * 1. At most HASHING run at a time in the process: each takes 19 MiB and about 25 ms of a core. Up
 * to WAITING callers queue behind them, the next is told to come again.
 * 2. A login without a password of its own is verified against a hash nobody knows the password of,
 * so that the answer takes as long. */
#include <pthread.h>
#include <sodium.h>
#include "runtime/store/accounts_internal.h"

enum { HASHING = 2, WAITING = 64 };
static const unsigned long long passes = 2;
static const size_t memory_bytes = (size_t)19 * 1024 * 1024;

_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "a hash fits");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char nobodys[PASSWORD_HASH];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int running, waiting;

static bool hash_into(struct str password, char out[PASSWORD_HASH]) {
	return crypto_pwhash_str(out, password.p, password.n, passes, memory_bytes) == 0;
}

static void prepare(void) {
	char secret[32];
	if (sodium_init() < 0) abort();
	randombytes_buf(secret, sizeof secret);
	if (!hash_into((struct str){ secret, sizeof secret }, nobodys)) abort();
	sodium_memzero(secret, sizeof secret);
}

static struct problem *busy(struct arena *a) {
	struct problem *p = PROBLEM(a, UNAVAILABLE, "password_busy");
	p->retry_after_s = 1;
	return p;
}

static struct problem *enter(struct arena *a) {
	pthread_once(&once, prepare);
	pthread_mutex_lock(&mutex);
	bool room = waiting < WAITING;
	if (room) {
		waiting++;
		while (running == HASHING) pthread_cond_wait(&freed, &mutex);
		waiting--;
		running++;
	}
	pthread_mutex_unlock(&mutex);
	return room ? NULL : busy(a);
}

static void leave(void) {
	pthread_mutex_lock(&mutex);
	running--;
	pthread_cond_signal(&freed);
	pthread_mutex_unlock(&mutex);
}

struct problem *password_hash(struct arena *a, struct str password, char out[PASSWORD_HASH]) {
	TRY(enter(a));
	bool done = hash_into(password, out);
	leave();
	return done ? NULL : busy(a); /* no memory for it at the moment */
}

struct problem *password_verify(struct arena *a, const char *hash, struct str password,
				bool *right) {
	bool usable = hash && *hash && password.n <= PASSWORD_MAX;
	struct str given = password.n <= PASSWORD_MAX ? password : STR("");
	TRY(enter(a));
	int same =
		crypto_pwhash_str_verify(usable ? hash : nobodys, given.p ? given.p : "", given.n);
	leave();
	*right = usable && same == 0;
	return NULL;
}

const char *password_random(struct arena *a) {
	static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	char *out = arena_alloc(a, 17);
	if (sodium_init() < 0) abort();
	for (int i = 0; i < 16; i++) out[i] = letters[randombytes_uniform(sizeof letters - 1)];
	return out;
}

const char *secret_random(struct arena *a, const char *prefix) {
	unsigned char bytes[32];
	char text[64];
	if (sodium_init() < 0) abort();
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return arena_printf(a, "%s%s", prefix, text);
}

bool secret_equal(struct str a, struct str b) {
	return a.n == b.n && (!a.n || sodium_memcmp(a.p, b.p, a.n) == 0);
}
