/* secret.c -- the key file, and values sealed with it: base64 of nonce and box. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include "runtime/store/secret.h"

enum { KEY = crypto_secretbox_KEYBYTES, NONCE = crypto_secretbox_NONCEBYTES };
enum { BOX = crypto_secretbox_MACBYTES, VARIANT = sodium_base64_VARIANT_ORIGINAL };

static struct problem *no_key(struct arena *a, const char *path, const char *why) {
	return problem_logged(a, PROBLEM(a, INTERNAL, "secret_key", "file", path), "%s: %s", path,
			      why);
}

/* Two that make it at once: O_EXCL lets one through, the other reads. */
static bool key_make(const char *path) {
	unsigned char key[KEY];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) return errno == EEXIST;
	randombytes_buf(key, KEY);
	bool written = write(fd, key, KEY) == KEY && fsync(fd) == 0;
	sodium_memzero(key, KEY);
	if (!written) unlink(path);
	return close(fd) == 0 && written;
}

static struct problem *key_read(struct store *s, struct arena *a, bool make,
				unsigned char key[KEY]) {
	const char *path = arena_printf(a, "%s/secret.key", store_folder(s));
	if (sodium_init() < 0) return no_key(a, path, "libsodium");
	if (make && !key_make(path)) return no_key(a, path, strerror(errno));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) return no_key(a, path, strerror(errno));
	ssize_t n = read(fd, key, KEY);
	close(fd);
	return n == KEY ? NULL : no_key(a, path, "it is too short");
}

struct problem *secret_seal(struct store *s, struct arena *a, struct str plain, char **sealed) {
	unsigned char key[KEY], *box = arena_alloc(a, NONCE + BOX + plain.n);
	TRY(key_read(s, a, true, key));
	randombytes_buf(box, NONCE);
	crypto_secretbox_easy(box + NONCE, (const unsigned char *)plain.p, plain.n, box, key);
	sodium_memzero(key, KEY);
	size_t room = sodium_base64_encoded_len(NONCE + BOX + plain.n, VARIANT);
	*sealed = arena_alloc(a, room);
	sodium_bin2base64(*sealed, room, box, NONCE + BOX + plain.n, VARIANT);
	return NULL;
}

struct problem *secret_open(struct store *s, struct arena *a, struct str sealed, char **plain) {
	unsigned char key[KEY], *box = arena_alloc(a, sealed.n + 1);
	size_t n = 0;
	TRY(key_read(s, a, false, key));
	bool opened = sodium_base642bin(box, sealed.n, sealed.p, sealed.n, NULL, &n, NULL,
					VARIANT) == 0 &&
		      n >= NONCE + BOX;
	if (opened) {
		*plain = arena_alloc(a, n - NONCE - BOX + 1);
		opened = crypto_secretbox_open_easy((unsigned char *)*plain, box + NONCE, n - NONCE,
						    box, key) == 0;
	}
	sodium_memzero(key, KEY);
	return opened ? NULL : no_key(a, "secret.key", "a sealed value does not open with it");
}
