/* clock.h -- the one clock. clock_now is what business rules see and tests may set; clock_real feeds ids, sessions,
 * limits; clock_mono measures. All int64, microseconds. Threads: any. */
#ifndef TENON_BASE_CLOCK_H
#define TENON_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_now(void);          /* UTC us; stands still after clock_set */
int64_t clock_real(void);
int64_t clock_mono(void);
void clock_set(int64_t utc_us);   /* test clock only */
void clock_release(void);         /* runs normally again */

#endif
