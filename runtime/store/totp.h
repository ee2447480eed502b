/* totp.h -- one-time codes of an authenticator app: pure, without store and clock.
 * Source: RFC 6238 (TOTP) over RFC 4226 (HOTP): SHA-1, 30 seconds, 6 digits, one step of grace each side. Any app knows these.
 * A step is the number of 30 seconds since 1970. */
#ifndef TENON_STORE_TOTP_H
#define TENON_STORE_TOTP_H

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

enum { TOTP_KEY = 20, TOTP_DIGITS = 6, TOTP_PERIOD_S = 30 };
int64_t totp_step(int64_t now_us);
uint32_t totp_number(const unsigned char *key, size_t key_n, uint64_t step); /* 31 bits; its last decimal digits are the code */
/* The step of now, the one before or the one after whose code this is and that comes after `used`; -1: none. */
int64_t totp_match(const unsigned char key[TOTP_KEY], struct str code, int64_t now_us, int64_t used);
bool totp_is_code(struct str text);            /* six digits; blanks as apps show them ("123 456") are taken out before */
const char *totp_base32(struct arena *a, const unsigned char key[TOTP_KEY]); /* RFC 4648, no padding */
/* otpauth://totp/ISSUER:LOGIN?secret=…&issuer=ISSUER, percent-encoded. */
const char *totp_uri(struct arena *a, struct str issuer, struct str login, const char *base32);

#endif
