/* seeding.h -- the records an app brings along: seed/ once after its first apply, demo/ (people first, then records) once with
 * --demo. What has been loaded is remembered in the store, so records that were deleted do not come back. What could not be
 * loaded is told on the terminal and never stops a start. */
#ifndef TENON_HOST_SEEDING_H
#define TENON_HOST_SEEDING_H

#include "runtime/host/server.h"

struct problem *seeding_seed(struct server *s, const char *app) MUST_CHECK;
struct problem *seeding_demo(struct server *s, const char *app) MUST_CHECK;

#endif
