/* totp.c -- HMAC-SHA-1 is nettle's (libsodium has none); the rest are the few lines of the RFCs. */
#include <nettle/hmac.h>
#include <stdio.h>
#include "runtime/store/accounts.h"
#include "runtime/store/totp.h"

int64_t totp_step(int64_t now_us) { return now_us / (TOTP_PERIOD_S * INT64_C(1000000)); }

/* RFC 4226 section 5.3: four bytes from where the last half byte says, without the sign. */
uint32_t totp_number(const unsigned char *key, size_t key_n, uint64_t step) {
	struct hmac_sha1_ctx hmac;
	uint8_t counter[8], mac[SHA1_DIGEST_SIZE];
	for (int i = 0; i < 8; i++) counter[i] = (uint8_t)(step >> (56 - 8 * i));
	hmac_sha1_set_key(&hmac, key_n, key);
	hmac_sha1_update(&hmac, sizeof counter, counter);
	hmac_sha1_digest(&hmac, sizeof mac, mac);
	const uint8_t *at = mac + (mac[SHA1_DIGEST_SIZE - 1] & 15);
	return (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

bool totp_is_code(struct str text) {
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9') return false;
	return text.n == TOTP_DIGITS;
}

/* All three are looked at, whichever is right. */
int64_t totp_match(const unsigned char key[TOTP_KEY], struct str code, int64_t now_us,
		   int64_t used) {
	int64_t now = totp_step(now_us), found = -1;
	if (!totp_is_code(code)) return -1;
	for (int64_t step = now - 1; step <= now + 1; step++) {
		char text[TOTP_DIGITS + 1];
		snprintf(text, sizeof text, "%06u",
			 totp_number(key, TOTP_KEY, (uint64_t)step) % 1000000);
		if (secret_equal(code, str_of(text)) && step > used) found = step;
	}
	return found;
}

const char *totp_base32(struct arena *a, const unsigned char key[TOTP_KEY]) {
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *out = arena_alloc(a, TOTP_KEY * 8 / 5 + 1);
	for (size_t i = 0; i < TOTP_KEY * 8 / 5; i++) {
		size_t bit = 5 * i, byte = bit / 8;
		unsigned two = (unsigned)key[byte] << 8 | (byte + 1 < TOTP_KEY ? key[byte + 1] : 0);
		out[i] = letters[two >> (11 - bit % 8) & 31];
	}
	return out;
}

static void encoded(struct sb *out, struct str text) {
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] && strchr(plain, text.p[i]))
			sb_char(out, text.p[i]);
		else
			sb_printf(out, "%%%02X", (unsigned)(unsigned char)text.p[i]);
}

const char *totp_uri(struct arena *a, struct str issuer, struct str login, const char *base32) {
	struct sb out = sb_on(a, 8192);
	sb_cat(&out, "otpauth://totp/");
	encoded(&out, issuer);
	sb_char(&out, ':');
	encoded(&out, login);
	sb_printf(&out, "?secret=%s&issuer=", base32);
	encoded(&out, issuer);
	return sb_cstr(&out);
}
