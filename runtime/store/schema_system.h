/* schema_system.h -- the tables every store has: what the store counts, definitions, people, audit, work.
 * Form tables, their history and their indexes are schema_form.c's. schema_system_ddl is declared in plan.h.
 * The list of tables and columns is the table at the head of schema_system.c. */
#ifndef TENON_STORE_SCHEMA_SYSTEM_H
#define TENON_STORE_SCHEMA_SYSTEM_H

#include "runtime/store/plan.h"

enum { SCHEMA_SYSTEM_VERSION = 13 };                       /* meta.schema of this program */
struct problem *schema_system_create(struct tx *tx) MUST_CHECK; /* in an empty database, on the writer */
struct problem *schema_system_upgrade(struct tx *tx) MUST_CHECK; /* in one of an earlier program, on the writer: adds what it lacks */

#endif
