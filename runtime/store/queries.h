/* queries.h -- the SQL of the system tables, by name: sql_user_list and so on. Rows: queries.tbl.
 * Both dialects run the same text (?1 becomes $1 on PostgreSQL). Form tables are query_sql.c's and record_sql.c's. */
#ifndef TENON_STORE_QUERIES_H
#define TENON_STORE_QUERIES_H

#define QUERY(name, text) extern const char sql_##name[];
#include "runtime/store/queries.tbl"
#undef QUERY

#endif
