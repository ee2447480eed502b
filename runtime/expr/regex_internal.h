/* regex_internal.h -- the tree between the regular expression's parser, compiler and printer.
 * Internal to regex*.c. */
#ifndef TENON_EXPR_REGEX_INTERNAL_H
#define TENON_EXPR_REGEX_INTERNAL_H

#include "runtime/expr/regex.h"

enum {
	REGEX_PATTERN_MAX = 1000,
	REGEX_STATES_MAX = 2000,
	REGEX_DEPTH = 32,
	REGEX_COUNT_MAX = 255,
	REGEX_NO_LIMIT = -1
};
struct range {
	uint32_t low, high;
};
struct class {
	struct range *ranges;
	size_t n, room;
	bool negated;
};
enum piece {
	PIECE_EMPTY,
	PIECE_CLASS,
	PIECE_START,
	PIECE_END,
	PIECE_SEQUENCE,
	PIECE_CHOICE,
	PIECE_REPEAT
};
struct tree {
	enum piece piece;
	struct class class;        /* PIECE_CLASS */
	struct tree *left, *right; /* SEQUENCE, CHOICE; REPEAT: left */
	int least, most;           /* REPEAT; most REGEX_NO_LIMIT: any number */
};
struct problem *regex_parse(struct arena *a, struct str pattern, struct tree **out) MUST_CHECK;
bool class_has(const struct class *c, uint32_t cp);

#endif
