/* convert.h -- one stored value of a field to what a changed definition of the field makes of it.
 * Rules (tests cite them):
 *  1. In place (the cell stays as it is): text kinds into text or longtext, decimals of equal scale, integer and duration.
 *  2. Numbers convert exactly; digits that the new scale has no room for are rounded away and count as lost.
 *  3. A date becomes the first instant of its day in the app's zone; a datetime its local day, lost when it had a time.
 *  4. Text becomes a reference when exactly one live record of the target has it as its key text, a reference becomes that
 *     text. The key text is the target's first unique text field, else its first text field.
 *  5. All else goes through text as import reads it: value texts of enumerations, logins, ISO days. What cannot be read is lost.
 *  6. Formatted text goes by its text, without tags.
 * Ownership: a converter lives in the arena given; values it answers in the scratch arena of the call. */
#ifndef TENON_STORE_CONVERT_H
#define TENON_STORE_CONVERT_H

#include "runtime/model/field_type.h"
#include "runtime/store/store.h"

struct converter;
bool convert_in_place(const struct field *from, const struct field *to);
/* dry: enumeration values without a code yet still count as readable; the cell is then meaningless. */
struct problem *converter_new(struct tx *tx, struct arena *a, const struct field *from, const struct field *to,
	const struct directory *people, bool dry, struct converter **out) MUST_CHECK;
/* in is not null. False: a value, or digits of it, are lost; *out is what remains (often null). */
bool convert_cell(const struct converter *c, struct arena *scratch, const struct value *in, struct value *out);
const char *convert_text(const struct converter *c, struct arena *scratch, const struct value *in); /* the old value, for samples */

#endif
