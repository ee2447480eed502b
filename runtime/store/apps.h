/* apps.h -- which app versions this process runs: take the current one, publish the next.
 * Threads: any; apps_take is a short critical section. */
#ifndef TENON_STORE_APPS_H
#define TENON_STORE_APPS_H

#include "runtime/store/writer.h"
#include "runtime/model/loader.h"

struct problem *apps_boot(struct store *s, struct arena *a) MUST_CHECK;          /* loads the published version of every app */
struct app *apps_take(struct store *s, struct str name);                         /* retained; NULL: no such app */
struct app_list { struct app **items; size_t n; };
struct app_list apps_list(struct store *s, struct arena *a);                     /* all of them, kept until the arena ends */
void apps_swap(struct store *s, struct app *next);                               /* publishes: replaces the one of its name */
struct directory *people_take(struct store *s, struct tx *tx, struct problem **p); /* snapshot at tx's epoch, retained; cached */

#endif
