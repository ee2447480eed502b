/* follow.h -- telling those who follow a record. In the transaction of what is told, on the writer.
 *  1. Told is who may read the record, and of a change only who may read something of what changed.
 *  2. Of one record there is one unread notice, whatever happens to it meanwhile.
 *  3. Who did it is not told, nor who is told of it otherwise (mentioned).
 * Not told of: deletions, and changes nobody made (the system's own, rollups of other records' writes). */
#ifndef TENON_FORM_FOLLOW_H
#define TENON_FORM_FOLLOW_H

#include "engines/form/write.h"

struct problem *follow_tell_change(struct prepared *p, const struct record *old, const struct record *now) MUST_CHECK;

#endif
