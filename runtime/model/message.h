/* message.h -- the words a definition gives to the faults of a field: "messages": {"pattern":
 * {"zh-CN": ..., "en": ...}}. The code stays what it is; only what people read is the field's own.
 * They are said wherever the fault is found: page, API, batch, import. */
#ifndef TENON_MODEL_MESSAGE_H
#define TENON_MODEL_MESSAGE_H

#include "runtime/model/form.h"

/* Gives the newest fault the field's own words, if it has some for it. */
void field_say(struct faults *faults, const struct field *f, enum language language);

#endif
