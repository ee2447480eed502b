/* search_tokenizer.h -- the FTS5 tokenizer "bigram": overlapping pairs of folded characters, and beside them how Chinese is typed.
 * Rules: a run is characters between blanks (utf8_blank). A text gives for each run its pairs and at last the run's last
 * character alone; a query gives the pairs only, or the single character. So a phrase of pairs is exactly a substring, and
 * a prefix query of one character finds it wherever it stands.
 * A text that is typed, of at most SEARCH_PINYIN_MAX characters (names, titles), also gives, at the place of each Chinese
 * character, its syllables and, when one follows (blanks left out), the pairs of initials of both, each behind its mark.
 * Blanks take no place, so that a phrase of such tokens is what pinyin_found says. A query behind a mark is a row of them.
 * What is written into the index are packed tokens, made beforehand by search_tokens: the writer's thread, of which there is
 * one, only hands them on.
 * A change to what a text gives needs a new number behind the name in search_ddl, so that stores build their indexes anew.
 * Register it on every connection that touches a store, also in tools that repair or copy one. */
#ifndef TENON_STORE_SEARCH_TOKENIZER_H
#define TENON_STORE_SEARCH_TOKENIZER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include "runtime/base/str.h"

enum { SEARCH_SYLLABLE = 1, SEARCH_INITIALS = 2, SEARCH_TOKENS = 3 /* marks; in texts they are blanks */, SEARCH_PINYIN_MAX = 64 };

struct str search_tokens(struct arena *a, struct str text, bool typed);

int search_tokenizer_register(sqlite3 *db);   /* an SQLite result code */

#endif
