/* log.h -- structured log, one JSON object a line on stderr (or the file set). Never bodies, tokens or field values.
 * LOG(INFO, "listening", "address", text): event, then name/value text pairs. Threads: any; a line is one write. */
#ifndef TENON_BASE_LOG_H
#define TENON_BASE_LOG_H

#include <stdbool.h>
#include "runtime/base/compiler.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
#define LOG(level, ...) log_event(LOG_##level, __VA_ARGS__, (const char *)0)
void log_event(enum log_level level, const char *event, ...) SENTINEL;
bool log_wants(enum log_level level); /* for values that cost something to make */
void log_threshold(enum log_level lowest);
void log_to(int fd);              /* default 2; -1 = silent */

#endif
