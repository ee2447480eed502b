/* apps.h -- which app versions this process runs: take the current one, publish the next.
 * Threads: any; apps_take is a short critical section. */
#ifndef TENON_STORE_APPS_H
#define TENON_STORE_APPS_H

#include "runtime/store/writer.h"
#include "runtime/model/loader.h"

struct problem *apps_boot(struct store *s, struct arena *a) MUST_CHECK;          /* loads the published version of every app */
struct app *apps_take(struct store *s, struct str name);                         /* retained; NULL: no such app */
size_t apps_list(struct store *s, struct app **out, size_t room);                /* retained each */
void apps_swap(struct store *s, struct app *next);                               /* publishes: replaces the one of its name */
struct directory *people_take(struct store *s, struct tx *tx, struct problem **p); /* snapshot at tx's epoch, retained; cached */

#endif
