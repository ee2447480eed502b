/* search_tokenizer.h -- the FTS5 tokenizer "bigram": overlapping pairs of folded characters.
 * Rules: a run is characters between blanks (search_blank). A text gives for each run its pairs and at last the run's last
 * character alone; a query gives the pairs only, or the single character. So a phrase of pairs is exactly a substring, and
 * a prefix query of one character finds it wherever it stands.
 * Register it on every connection that touches a store, also in tools that repair or copy one. */
#ifndef TENON_STORE_SEARCH_TOKENIZER_H
#define TENON_STORE_SEARCH_TOKENIZER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

int search_tokenizer_register(sqlite3 *db);   /* an SQLite result code */
bool search_blank(uint32_t code_point);

#endif
