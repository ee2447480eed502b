/* answer_internal.h -- what the answers about one task (answer.c) and about many (inbox.c) are made of. */
#ifndef TENON_FLOW_ANSWER_INTERNAL_H
#define TENON_FLOW_ANSWER_INTERNAL_H

#include "engines/flow/answer.h"

void flow_set_time(struct jw *w, const char *key, int64_t us);           /* 0: null */
const char *flow_login(const struct request *rq, int64_t id);
void flow_set_person(struct jw *w, const struct request *rq, const char *key, int64_t id);

void flow_task_keys(struct request *rq, const struct run *run, const struct task *t, const char *title, struct jw *w);
void flow_open_keys(struct request *rq, const struct run *run, struct jw *w); /* "open": who has it now */
struct task flow_whole(const struct run *run);                      /* the run as the task of its start */

#endif
