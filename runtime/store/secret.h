/* secret.h -- sealing what must be readable again (a mail password): XSalsa20-Poly1305 with the key in <data>/secret.key.
 * The key is 32 random bytes in a file of mode 0600 that the first sealing makes; without it (a copy of the database alone)
 * sealed values cannot be opened. Problems: INTERNAL secret_key (the file is missing, short or of another key). */
#ifndef TENON_STORE_SECRET_H
#define TENON_STORE_SECRET_H

#include "runtime/store/store.h"

struct problem *secret_seal(struct store *s, struct arena *a, struct str plain, char **sealed) MUST_CHECK; /* base64 */
struct problem *secret_open(struct store *s, struct arena *a, struct str sealed, char **plain) MUST_CHECK;

#endif
