/* migrate.h -- running cases of earlier versions onto the flow as it is now: asked for by an administrator, tried first.
 *  1. A run moves as a whole or stays: every place it stands at must be a step of the same kind in the new version, by the same
 *     id or by the map; places side by side must stand in branches of one block there too.
 *  2. Tasks go on as they are: people, due moments (what is left of them), votes. Nothing is decided by moving.
 *  3. What was done at steps that are gone stays in the story and counts for nothing any more.
 * Threads: the writer; a dry run anywhere. */
#ifndef TENON_FLOW_MIGRATE_H
#define TENON_FLOW_MIGRATE_H

#include "engines/flow/engine.h"

struct migration_wish { const struct flow *flow; int64_t from; /* 0: all earlier ones */ int64_t after; /* a run; 0: from the first */ const struct json *map; bool dry_run; };
/* {"to","runs","moved","stuck":[{"run","record","version","at":[{"step","label","who"}],"why"}],"stuck_count","next"}; dry_run may be on any transaction.
 * A thousand runs a call, so that nobody who writes waits long; next: the last of them when there may be more, to be sent as `after`. */
struct problem *flow_migrate(struct tx *tx, struct request *rq, struct store *s, const struct migration_wish *wish, struct jw *w) MUST_CHECK;

#endif
