/* sqlite_functions.h -- the SQL functions of expr (tenon_add ...) on an SQLite connection.
 * Ownership: the functions live as long as the connection; each call works in an arena that is reset after it.
 * Threads:   as the connection. Errors: a fault fails the statement with the message "tenon:CODE:COLUMN". */
#ifndef TENON_STORE_SQLITE_FUNCTIONS_H
#define TENON_STORE_SQLITE_FUNCTIONS_H

#include <sqlite3.h>

int sqlite_functions_register(sqlite3 *db); /* SQLITE_OK or SQLite's own code */

#endif
