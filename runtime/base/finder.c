#include "runtime/base/finder.h"

#include <string.h>
#include "runtime/base/fold.h"
#include "runtime/base/pinyin.h"

enum { TEXT_MAX = 1 << 16 };

static struct str folded(struct arena *a, struct str s) {
	struct sb out = sb_on(a, TEXT_MAX);
	fold_add(&out, s);
	return sb_str(&out);
}

struct finder finder_of(struct arena *a, struct str typed) {
	struct finder f = { .arena = a, .wanted = folded(a, typed) };
	struct sb letters = sb_on(a, TEXT_MAX);
	struct str rest = f.wanted;
	while (rest.n) {
		uint32_t cp = utf8_next(&rest);
		if (!utf8_blank(cp)) sb_code_point(&letters, cp);
	}
	if (pinyin_is_term(sb_str(&letters))) f.letters = sb_str(&letters);
	return f;
}

bool finder_finds(const struct finder *f, const char *text) {
	if (!text) return false;
	struct arena_mark mark = arena_mark(f->arena);
	struct str in = folded(f->arena, str_of(text));
	bool found = in.n >= f->wanted.n && memmem(in.p, in.n, f->wanted.p, f->wanted.n) != NULL;
	if (!found && f->letters.n) found = pinyin_found(in, f->letters);
	arena_reset(f->arena, mark);
	return found;
}
