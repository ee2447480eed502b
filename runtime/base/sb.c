/* sb.c -- the capped text builder of str.h.
 * 1. room is 0 or >= n + 1: a NUL always fits.
 * 2. Growth doubles, is charged to the arena's budget, and never passes ceiling + 1 bytes.
 * 3. Once overflow is set nothing changes any more. */
#include "runtime/base/str.h"

#include <assert.h>
#include <stdio.h>

enum { SMALLEST_ROOM = 128 };

struct sb sb_on(struct arena *a, size_t ceiling) {
	return (struct sb){ .arena = a, .ceiling = ceiling < SIZE_MAX ? ceiling : SIZE_MAX - 1 };
}

/* Doubled room where the budget allows it, else just enough. */
static bool charge_growth(struct sb *b, size_t least, size_t *room) {
	size_t wanted = b->room ? 2 * b->room : SMALLEST_ROOM;
	if (wanted < least) wanted = least;
	if (wanted > b->ceiling + 1) wanted = b->ceiling + 1;
	*room = wanted;
	if (arena_charge(b->arena, wanted - b->room)) return true;
	*room = least;
	return arena_charge(b->arena, least - b->room);
}

bool sb_grow(struct sb *b, size_t n) {
	size_t room;
	if (b->overflow) return false;
	if (n > b->ceiling - b->n || !charge_growth(b, b->n + n + 1, &room)) {
		b->overflow = true;
		return false;
	}
	b->p = arena_grow(b->arena, b->p, b->room, room);
	b->room = room;
	return true;
}

void sb_bytes(struct sb *b, const void *p, size_t n) {
	if (!n || !sb_room(b, n)) return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void sb_add(struct sb *b, struct str s) { sb_bytes(b, s.p, s.n); }

void sb_cat(struct sb *b, const char *s) { sb_bytes(b, s, strlen(s)); }

void sb_char(struct sb *b, char c) {
	if (sb_room(b, 1)) b->p[b->n++] = c;
}

void sb_int(struct sb *b, int64_t n) {
	char digits[20], *end = digits + sizeof digits, *p = end;
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
	do *--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (n < 0) *--p = '-';
	sb_bytes(b, p, (size_t)(end - p));
}

void sb_printf(struct sb *b, const char *format, ...) {
	char small[256];
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(small, sizeof small, format, args);
	assert(n >= 0);
	if ((size_t)n < sizeof small) {
		sb_bytes(b, small, (size_t)n);
	} else if (sb_room(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(args);
}

void sb_code_point(struct sb *b, uint32_t cp) {
	char bytes[4];
	sb_bytes(b, bytes, utf8_encode(cp, bytes));
}

/* C1 (U+0080 to U+009F) as well: terminals that read UTF-8 obey them like ESC and what follows. */
void sb_visible(struct sb *b, struct str s) {
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool c1 = c == 0xC2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xA0;
		if (!c1 && c != 0x7F && (c >= 0x20 || c == '\n' || c == '\t')) continue;
		sb_bytes(b, s.p + from, i - from);
		sb_code_point(b, 0xFFFD);
		i += c1;
		from = i + 1;
	}
	sb_bytes(b, s.p + from, s.n - from);
}

const char *sb_cstr(struct sb *b) {
	if (!b->p) return "";
	b->p[b->n] = '\0';
	return b->p;
}

struct str sb_str(struct sb *b) {
	return (struct str){ b->p, b->n };
}
