/* house.h -- what a running server throws away after its time: answers under Idempotency-Keys (a day), old notifications,
 * removed fields and forms (setting trash.days), deleted records (trash.record_days). */
#ifndef TENON_HOST_HOUSE_H
#define TENON_HOST_HOUSE_H

#include "runtime/store/store.h"

/* Once; blocks for the writer; what fails is logged and tried again next time. True: there is more than is thrown away at once. */
bool house_keep(struct store *s);

#endif
