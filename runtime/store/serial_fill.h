/* serial_fill.h -- numbers for the records that were there before their serial field was. */
#ifndef TENON_STORE_SERIAL_FILL_H
#define TENON_STORE_SERIAL_FILL_H

#include "runtime/model/form.h"
#include "runtime/store/store.h"

/* Numbers the records of a form whose serials are empty though due, in the order they were created and by the day they
 * were, in slices of the bulk lane. Records created meanwhile draw from the same counter. */
struct problem *serial_fill(struct store *s, struct arena *a, const struct form *form) MUST_CHECK;

#endif
