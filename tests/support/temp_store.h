/* temp_store.h -- a store in a folder of its own (in memory where /dev/shm is), removed at the end; problems end the test. */
#ifndef TESTS_SUPPORT_TEMP_STORE_H
#define TESTS_SUPPORT_TEMP_STORE_H

#include "runtime/store/writer.h"

char *temp_folder(struct arena *a);                            /* a new empty one; removed with the arena */
char *temp_folder_on(struct arena *a, const char *parent);
struct store *temp_store(struct arena *a, const char *folder); /* opened or created there; the test closes it */
int64_t temp_store_int(struct store *s, const char *sql);      /* first cell of a read of its own */
void temp_store_ddl(struct store *s, const char *sql);         /* a script with TX_ALLOW_SCHEMA */
void assert_ok(struct problem *p);                             /* prints code and log of a problem and fails the test */

#endif
