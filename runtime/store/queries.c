/* queries.c -- the texts of queries.tbl. */
#include "runtime/store/queries.h"

#define QUERY(name, text) const char sql_##name[] = text;
#include "runtime/store/queries.tbl"
#undef QUERY
