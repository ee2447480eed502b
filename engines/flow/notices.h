/* notices.h -- who is told what a command did: notices for those it now asks or who should know (notifications.h), and an event
 * for everybody whose tasks changed, so that counts and lists that are open follow. In the command's own transaction. */
#ifndef TENON_FLOW_NOTICES_H
#define TENON_FLOW_NOTICES_H

#include "engines/flow/world.h"

struct problem *flow_notices(struct flow_world *fw) MUST_CHECK; /* before run_save: it looks at what changed */
/* CONFLICT remind_soon: a run is reminded of at most three times a day, half an hour apart. */
struct problem *flow_remind_limit(struct flow_world *fw) MUST_CHECK;
struct problem *flow_comment_limit(struct flow_world *fw) MUST_CHECK; /* so many of one person on one run */

/* A task goes back from who stood in: before it does. Once a proxy, with how many. */
struct proxy;
struct problem *flow_notice_ended(struct flow_world *fw, const struct task *t, const struct proxy *ended) MUST_CHECK;

#endif
