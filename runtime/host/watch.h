/* watch.h -- tells when files of folders (and of their subfolders) change: inotify, gathered until they rest.
 * Threads: one. */
#ifndef TENON_HOST_WATCH_H
#define TENON_HOST_WATCH_H

#include "runtime/base/problem.h"

struct watch;
struct problem *watch_new(struct arena *a, const char *const *folders, size_t n, struct watch **out) MUST_CHECK;
int watch_fd(const struct watch *w);                 /* for poll */
void watch_read(struct watch *w);                    /* takes what is there; notes which folders changed and when */
int watch_wait_ms(const struct watch *w);            /* until a changed folder has rested; -1: nothing has changed */
bool watch_take(struct watch *w, size_t *folder);    /* a folder that changed and has rested for 100 ms */

#endif
