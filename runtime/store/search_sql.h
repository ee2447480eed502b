/* search_sql.h -- q of a query as SQL; used by query_*.c only. */
#ifndef TENON_STORE_SEARCH_SQL_H
#define TENON_STORE_SEARCH_SQL_H

#include "runtime/store/query_sql.h"

/* Before anything else of a statement: decides whether the index drives it (b->search_table is set then, alias "f"). */
void search_begin(struct select_builder *b);
struct problem *search_sql(struct select_builder *b, struct sb *out) MUST_CHECK; /* appends " AND ..." */

/* ---- search_pinyin.c ---- */
/* Appends " OR <phrase>" for each way the letters of a folded term may have been typed for Chinese characters. */
void search_pinyin(struct str term, struct sb *out);

#endif
