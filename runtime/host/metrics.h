/* metrics.h -- what the server counts about itself, as Prometheus text; and the one log line of each request.
 * Labels are route templates, methods and status codes, never values from a request. Threads: any (atomics). */
#ifndef TENON_HOST_METRICS_H
#define TENON_HOST_METRICS_H

#include "runtime/host/server.h"

struct metrics *metrics_new(struct arena *a);
void request_done(const struct exchange *x);                  /* counts it and logs it */
void metrics_write(struct sb *out, const struct server *s);   /* text format 0.0.4 */

#endif
