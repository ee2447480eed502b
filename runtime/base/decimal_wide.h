/* decimal_wide.h -- unsigned 256-bit integers for the inside of decimal.c; no other file includes
 * this. Bounds: every value decimal.c makes is below 10^68 < 2^226 (38 digits times at most 10^30),
 * so sums, doublings and products by a power of ten never reach 2^256; decimal_wide.c asserts it all the
 * same. */
#ifndef TENON_BASE_DECIMAL_WIDE_H
#define TENON_BASE_DECIMAL_WIDE_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 uint128;

struct wide {
	uint64_t limb[4];
}; /* least significant first */

struct wide wide_of(uint128 n);
bool wide_fits(struct wide a, uint128 limit, uint128 *out); /* a <= limit */
int wide_cmp(struct wide a, struct wide b);
struct wide wide_add(struct wide a, struct wide b);
struct wide wide_sub(struct wide a, struct wide b); /* a >= b */
struct wide wide_mul(uint128 a, uint128 b);         /* exact: 128 x 128 bits = 256 */
struct wide wide_times(struct wide a, uint64_t n);
struct wide wide_divide(struct wide a, struct wide b, struct wide *rest); /* b is not 0 */

#endif
