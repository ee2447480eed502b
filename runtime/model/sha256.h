/* sha256.h -- SHA-256 of a text as 64 hexadecimal digits: identity of a bundle, tail of shortened
 * names, what a random secret is found by (decision 0008). Not for passwords. Source: FIPS 180-4.
 * Threads: any. */
#ifndef TENON_MODEL_SHA256_H
#define TENON_MODEL_SHA256_H

#include "runtime/base/str.h"

void sha256_hex(struct str text, char out[65]);
void sha256_unhex(const char hex[65], char out[32]); /* as bytes */
/* The same in 43 characters (base64url), where a table has one in every row. */
enum { SHA256_SHORT = 43 };
void sha256_short(struct str text, char out[SHA256_SHORT + 1]);

#endif
