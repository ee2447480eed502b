/* match_key.h -- a text as duplicate rules compare it: what people write differently of the same thing is left out.
 *   phone         the one normal form of phone fields, else its digits
 *   email         width and case folded
 *   company_name  width and case folded; blanks, brackets and other marks left out; then the words of its legal form at the end
 *                 (股份有限公司, Co., Ltd.), as long as something is left. 集团 stays: a group and its daughter are two companies.
 * A text of which nothing is left has no key. */
#ifndef TENON_STORE_MATCH_KEY_H
#define TENON_STORE_MATCH_KEY_H

#include "runtime/model/form.h"

struct value match_key_of(struct arena *a, const struct field *f, struct str text);
/* "match:phone:1": keys of another way, or of an earlier recipe, are made anew when the app is next published. */
const char *match_key_kind(const struct field *f);

#endif
