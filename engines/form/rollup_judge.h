/* rollup_judge.h -- may a record be as its rollups have made it? Used by rollup.c. */
#ifndef TENON_FORM_ROLLUP_JUDGE_H
#define TENON_FORM_ROLLUP_JUDGE_H

#include "engines/form/write.h"

/* Faults of the parent q into its own write. adds: it gets something, rather than only losing. */
struct problem *rollup_judge(struct prepared *q, bool adds) MUST_CHECK;
/* What is wrong with the parent q, told to who wrote p at the pointer; NULL: nothing is. */
struct problem *rollup_refuse(struct prepared *p, struct prepared *q, const char *pointer) MUST_CHECK;

#endif
