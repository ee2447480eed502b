/* shaky_disk.h -- a disk under SQLite that fails on request and forgets what was not synced when the power goes.
 * It is an SQLite VFS over the system's, the default one once installed. It watches files below one folder: for each it keeps
 * what is durable (as of the last sync) and the writes since. A power cut makes a folder of what a machine would find
 * after it: the durable bytes and any of the unsynced writes, chosen at random, each whole. Threads: any. */
#ifndef TESTS_SUPPORT_SHAKY_DISK_H
#define TESTS_SUPPORT_SHAKY_DISK_H

#include <stdbool.h>
#include <stdint.h>

void shaky_disk_install(void);
void shaky_disk_watch(const char *folder);          /* forgets what it knew; before the store there is opened */
/* The n-th write, truncate or sync of a watched file from now fails once with this SQLite code; 0: none.
 * Returns the calls since the last call of this. */
int64_t shaky_disk_fail_at(int64_t n, int code);
/* Stops all writing, lets `note` look (may be NULL), and writes the files as they would be found into the folder `to`. */
void shaky_disk_power_cut(const char *to, unsigned seed, void (*note)(void *context), void *context);

#endif
