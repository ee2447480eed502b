/* run_internal.h -- what advance.c and tasks.c share. */
#ifndef TENON_FLOW_RUN_INTERNAL_H
#define TENON_FLOW_RUN_INTERNAL_H

#include "engines/flow/run.h"

struct token *run_put(struct run *run, const struct step *step);       /* a new entry, with the next round */
void run_take(struct run *run, const struct step *step);               /* its token, and what is still asked there */
struct choice *run_choice(struct run *run, const struct step *branch); /* made when there is none */

#endif
