/* jansson_reads.h -- what an independent JSON reader makes of a text; the oracle of prop_json.c. */
#ifndef TENON_TESTS_PROPERTY_JANSSON_READS_H
#define TENON_TESTS_PROPERTY_JANSSON_READS_H

#include <stdbool.h>
#include <stddef.h>

enum verdict { VERDICT_REFUSED, VERDICT_ACCEPTED, VERDICT_NUMBER_TOO_BIG };

/* Accepted texts are also given to `add`, flattened: one mark for each value, strings and keys with
 * their NUL. */
enum verdict jansson_reads(const char *text, size_t n, void (*add)(void *, const char *, size_t),
			   void *to);

#endif
