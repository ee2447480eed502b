/* serial.h -- the text of a serial number: what a pattern makes of a day, a record's values and a counter.
 * Pure. Who counts is store/counter.h; who asks when is engines/form/serial.c and store/serial_fill.c.
 * Sources: Luhn: ISO/IEC 7812-1 annex B; mod 97-10: ISO/IEC 7064 (letters count 10 to 35). Ledger F12. */
#ifndef TENON_MODEL_SERIAL_H
#define TENON_MODEL_SERIAL_H

#include "runtime/model/field_type.h"

enum { SERIAL_TEXT_MAX = 2000 };

/* The key of the field's counter for the period the local time (microseconds since 1970, in the app's zone) lies in. */
const char *serial_counter_key(struct arena *a, const struct field *f, int64_t local_us);
bool serial_counts(const struct serial *s);
/* The number shown for the counter's value; false: the digits hold no more and the pattern refuses to grow. */
bool serial_number(const struct serial *s, int64_t counted, int64_t *shown);
/* values: a record's, by field->index. */
struct str serial_text(struct arena *a, const struct serial *s, const struct codec *c, const struct value *values,
	int64_t local_us, int64_t shown);
/* Does a record with these values, which had `old` before (NULL: it is new), get its number now? */
bool serial_due(const struct field *f, const struct value *old, const struct value *now);

#endif
