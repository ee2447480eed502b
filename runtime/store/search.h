/* search.h -- substring search by our own bigram index (FTS5 with our tokenizer, one index a form).
 * Rules (a property test holds them equal to brute force): the query is folded (fold.h) and split at blanks into terms;
 * a record matches when every term is a substring of some readable search field's folded text; a field's text is
 * its folded text. Titles, and one-line texts whose definition allows 64 characters at most, are also found by letters when
 * they are written in Chinese and typed so (pinyin_found; texts of up to 64 characters): zs and zhangsan find a name. Bigrams
 * are taken over all characters but blanks, so Chinese words, digit fragments of phone numbers and mid-word Latin are found
 * alike; a one-character term is a prefix query on the bigrams. References are searched
 * by semi-join over the target's title fields the reader may read.
 *
 * Shape: "<table>__search", contentless, rowid = record id, one column "c_<field id>" a text field of the form's search list
 * and of its title (others search through references by it). Only records that are alive stand in it.
 * Since it is contentless, a row leaves it only by its exact former texts: search_write needs the record as stored. */
#ifndef TENON_STORE_SEARCH_H
#define TENON_STORE_SEARCH_H

#include "runtime/store/store.h"

/* The text fields in the index: of the search list, then of the title; *out lives with the app. 0: the form has no index. */
size_t search_columns(const struct form *form, const struct field *const **out);
/* Text fields a record's title is made of. */
size_t search_title_fields(struct arena *a, const struct form *form, const struct field ***out);
const char *search_table(struct arena *a, const struct form *form);
/* CREATE of the index and its settings, several statements for tx_script (empty when the form has none). A changed list of columns needs DROP, this, search_rebuild. */
void search_ddl(const struct form *form, struct sb *out);
struct problem *search_write(struct tx *tx, const struct form *form, int64_t id, const struct value *before, const struct value *after) MUST_CHECK;
	/* values by field index; before NULL: new record; after NULL: gone */
/* What the values give the index, worked out beforehand, on any thread: it counts where the values written are still these.
 * NULL: nothing changes in the index. */
struct search_ready;
struct search_ready *search_ready(struct arena *a, const struct form *form, const struct value *before, const struct value *after);
/* search_write at the end of the group (tx_before_commit), which costs a third of it; the values must stay until then. ready:
 * of `after`, or NULL. */
void search_write_later(struct tx *tx, const struct form *form, int64_t id, const struct value *before, const struct value *after,
	const struct search_ready *ready);
/* Adds the records after *after_id, in slices; *after_id 0 at the end. Harmless for records indexed meanwhile. */
struct problem *search_rebuild(struct tx *tx, const struct form *form, int64_t *after_id, int slice_ms) MUST_CHECK;
/* At a start: empties the indexes that an older Tenon made otherwise and notes that they are owed (apply_pay_debts). */
struct problem *search_renew(struct store *s, struct arena *a, const struct app *app) MUST_CHECK;
/* One bounded piece of merging the index's segments, for idle time; *more false when nothing is left to do. */
struct problem *search_merge(struct tx *tx, const struct form *form, int pages, bool *more) MUST_CHECK;

#endif
