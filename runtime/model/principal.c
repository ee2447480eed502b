/* principal.c -- the only table of the three words. */
#include "runtime/model/principal.h"

struct principal principal_of(struct str text) {
	static const struct str words[PRINCIPAL_KINDS] = {
		[PRINCIPAL_USER] = { "user:", 5 },
		[PRINCIPAL_DEPT] = { "dept:", 5 },
		[PRINCIPAL_ROLE] = { "role:", 5 },
	};
	struct principal out = { PRINCIPAL_NONE, text };
	for (int i = PRINCIPAL_USER; i < PRINCIPAL_KINDS && !out.kind; i++)
		if (str_after(text, words[i], &out.name)) out.kind = (enum principal_kind)i;
	return out;
}
