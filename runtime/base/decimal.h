/* decimal.h -- exact decimals: a 128-bit coefficient and a scale of 0..18 digits.
 * Rules (numbered, tests cite them):
 *  1. + and - take the larger scale; * adds the scales; above 18 digits the result is rounded to 18.
 *  2. / gives 12 digits.  3. Every rounding is half away from zero.
 *  4. A coefficient beyond 38 digits is OVERFLOW, never wrapped.  5. Equality and order ignore the scale.
 *  6. rescale, exact, floor and ceil take a scale of -18..18 (another one is DIGITS); below 0 they round
 *     before the point and the result has scale 0: 1250 at -2 is 1300.  7. *out is written only on OK.
 * Stored as a scaled INTEGER (int64) of the field's scale; shown by decimal_text with all digits of its scale. */
#ifndef TENON_BASE_DECIMAL_H
#define TENON_BASE_DECIMAL_H

#include "runtime/base/str.h"

__extension__ typedef __int128 int128;
enum { DECIMAL_MAX_SCALE = 18, DECIMAL_DIVISION_SCALE = 12, DECIMAL_TEXT_MAX = 48 };
enum decimal_status { DECIMAL_OK, DECIMAL_OVERFLOW, DECIMAL_BY_ZERO, DECIMAL_SYNTAX, DECIMAL_DIGITS };

struct decimal { int128 coefficient; int scale; };

static inline struct decimal decimal_of(int64_t n) { return (struct decimal){ n, 0 }; }
static inline struct decimal decimal_scaled(int64_t coefficient, int scale) { return (struct decimal){ coefficient, scale }; }
enum decimal_status decimal_parse(struct str text, struct decimal *out);      /* -12, 0.50, 1e3 forms of JSON; whole text */
size_t decimal_text(struct decimal d, char out[DECIMAL_TEXT_MAX]);            /* "-12.10"; NUL-terminated; returns length */
enum decimal_status decimal_add(struct decimal a, struct decimal b, struct decimal *out);
enum decimal_status decimal_sub(struct decimal a, struct decimal b, struct decimal *out);
enum decimal_status decimal_mul(struct decimal a, struct decimal b, struct decimal *out);
enum decimal_status decimal_div(struct decimal a, struct decimal b, struct decimal *out);
enum decimal_status decimal_mod(struct decimal a, struct decimal b, struct decimal *out); /* sign of a; larger scale */
enum decimal_status decimal_rescale(struct decimal a, int scale, struct decimal *out);    /* rounds when digits go */
enum decimal_status decimal_exact(struct decimal a, int scale, struct decimal *out);      /* DECIMAL_DIGITS when digits would go */
enum decimal_status decimal_floor(struct decimal a, int scale, struct decimal *out);
enum decimal_status decimal_ceil(struct decimal a, int scale, struct decimal *out);
int decimal_cmp(struct decimal a, struct decimal b);
bool decimal_to_int64(struct decimal a, int64_t *out);                        /* the coefficient, when it fits */
struct decimal decimal_reduce(struct decimal a);                              /* trailing zeros off */

#endif
