/* converting.h -- a small sales app whose leads have buttons: `convert` makes an account, a person and a deal of one.
 * People: root (admin), ann and bob (seller), jim (junior: no right on deals), sue (service: does not know leads). */
#ifndef TESTS_SUPPORT_CONVERTING_H
#define TESTS_SUPPORT_CONVERTING_H

#include "engines/action/button.h"
#include "tests/support/writing.h"

void converting_open(struct sample *s, struct arena *a);
/* The answer in record: {"record","created","taken"}. */
struct wrote press(struct sample *s, const char *login, int64_t id, const char *button);
struct wrote press_at(struct sample *s, const char *login, int64_t id, const char *button, int64_t if_match);
struct problem *press_once(struct sample *s, struct request *rq, int64_t id, const char *button) MUST_CHECK;
/* A lead that may be converted. */
int64_t ready_lead(struct sample *s, const char *login, const char *company);

#endif
