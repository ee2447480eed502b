/* plain.h -- the small texts inside a diagram, put into our words: names, durations, conditions, people. What is not plain
 * gives false; the caller refuses the element. */
#ifndef TENON_BPMN_PLAIN_H
#define TENON_BPMN_PLAIN_H

#include "runtime/bpmn/graph.h"

struct jw;

enum { PLAIN_NAME_MAX = 48 };
/* "vacationApproved" -> "vacation_approved": a name of ours, "" when no letter or digit is left. */
const char *plain_name(struct arena *a, const char *text);
/* The inside of ${...} or #{...}, trimmed; NULL: not one such expression as a whole. */
const char *plain_inside(struct arena *a, const char *text);
bool plain_variable(const char *text);                       /* letters, digits and underscores, no digit first */

bool plain_span(struct arena *a, const char *iso, const char **span);        /* "PT36H" -> "36h" */
bool plain_condition(struct arena *a, const char *text, const char **expr);
bool plain_count(struct arena *a, const char *text, long *count);            /* "3", "${5-2}" */
/* What ends a loop over several people: all of them (both 0), so many, or a share in hundredths of a percent. */
struct enough { long count, share; bool more; };             /* more: > instead of >= */
bool plain_enough(struct arena *a, const char *text, struct enough *out);

/* Who is asked, as who-rules: assignee, candidates, performers, else the lane. `at` is the place in a loop of known length, -1
 * outside of one. */
void plain_who(struct bpmn *g, const struct bpmn_node *n, long at, struct jw *w);
bool plain_people(struct bpmn *g, const struct bpmn_node *n); /* the collection of its loop holds the people */
bool plain_starters(struct bpmn *g, const struct bpmn_process *p, struct jw *w); /* false: nobody is named */

#endif
