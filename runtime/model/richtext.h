/* richtext.h -- the one place where HTML from outside becomes the HTML that is kept.
 * What is kept is written anew from a list of elements; nothing of the input is copied but text
 * and the addresses of links. Pure: no forms, no storage.
 * Source: the tree construction rules of HTML, simplified; rules at the head of richtext.c. */
#ifndef TENON_MODEL_RICHTEXT_H
#define TENON_MODEL_RICHTEXT_H

#include "runtime/base/str.h"

void richtext_clean(struct arena *a, struct str html, struct sb *out); /* nothing: there is no text in it */
void richtext_plain(struct str clean, struct sb *out); /* its text, a line a block */

#endif
