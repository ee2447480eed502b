/* due.h -- what flows have to do at a moment: due rules of tasks, ends of waits (store/due.h). */
#ifndef TENON_FLOW_DUE_H
#define TENON_FLOW_DUE_H

#include "runtime/store/due.h"

/* flow_wakes: waits that a record written may have ended; flow_strays: tasks of people who have left;
 * flow_returns: what a standing proxy that has ended brought and is still open. */
extern const struct due_source flow_due, flow_wakes, flow_strays, flow_returns;

#endif
