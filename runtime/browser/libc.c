/* libc.c -- the little of the C library that the browser's module needs besides string functions.
 * wasi-libc's own malloc and printf would be a quarter of the module and bring files and locales
 * with them.
 *  1. malloc serves arenas only: few blocks, freed all together. Freed blocks wait in one list by
 * size class (powers of two).
 *  2. Formats are those the code uses: %s %.*s %d %u %x %X %c %zu %lld %llu, width, zero fill.
 *  3. Running out of memory ends the call with a trap; the host then falls back to the server. */
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

enum { HEADER = 16, CLASS_FIRST = 6, CLASSES = 26, PAGE = 65536 };
struct block {
	size_t class;
	struct block *next;
};
extern unsigned char __heap_base;
static struct block *freed[CLASSES];
static uintptr_t top;

static struct block *fresh(size_t size) {
	if (!top) top = ((uintptr_t)&__heap_base + HEADER - 1) & ~(uintptr_t)(HEADER - 1);
	uintptr_t at = top, have = (uintptr_t)__builtin_wasm_memory_size(0) * PAGE;
	if (size > UINT32_MAX - at) return NULL;
	if (at + size > have &&
	    __builtin_wasm_memory_grow(0, (at + size - have + PAGE - 1) / PAGE) == SIZE_MAX)
		return NULL;
	top = at + size;
	return (struct block *)at;
}

void *malloc(size_t n) {
	size_t class = 0;
	while (class < CLASSES && ((size_t)1 << (class + CLASS_FIRST)) < n + HEADER) class ++;
	if (class == CLASSES) return NULL;
	struct block *b = freed[class];
	if (b)
		freed[class] = b->next;
	else
		b = fresh((size_t)1 << (class + CLASS_FIRST));
	if (!b) return NULL;
	b->class = class;
	return (char *)b + HEADER;
}

void free(void *p) {
	if (!p) return;
	struct block *b = (struct block *)((char *)p - HEADER);
	b->next = freed[b->class];
	freed[b->class] = b;
}

void *realloc(void *p, size_t n) {
	void *q = malloc(n);
	if (!q || !p) return q;
	size_t had = ((size_t)1 << (((struct block *)((char *)p - HEADER))->class + CLASS_FIRST)) -
		     HEADER;
	memcpy(q, p, had < n ? had : n);
	free(p);
	return q;
}

_Noreturn void abort(void) { __builtin_trap(); }

int fputs(const char *restrict text, FILE *restrict file) {
	(void)text;
	(void)file;
	return 0;
}

/* ---- text ---- */

struct out {
	char *at;
	size_t room, n;
};

static void put(struct out *o, const char *text, size_t n, int width, char fill) {
	for (int i = (int)n; i < width; i++, o->n++)
		if (o->n + 1 < o->room) o->at[o->n] = fill;
	for (size_t i = 0; i < n; i++, o->n++)
		if (o->n + 1 < o->room) o->at[o->n] = text[i];
}

struct spec {
	char fill;
	int width, precision, longs;
};

static int number(const char **f, va_list *args) {
	int n = 0;
	if (**f == '*') {
		(*f)++;
		return va_arg(*args, int);
	}
	while (**f >= '0' && **f <= '9') n = n * 10 + *(*f)++ - '0';
	return n;
}

static struct spec read_spec(const char **f, va_list *args) {
	struct spec s = { ' ', 0, -1, 0 };
	if (**f == '0') {
		s.fill = '0';
		(*f)++;
	}
	s.width = number(f, args);
	if (**f == '.') {
		(*f)++;
		s.precision = number(f, args);
	}
	for (; **f == 'l' || **f == 'z' || **f == 'j'; (*f)++)
		s.longs += **f == 'j' ? 2 : **f == 'l';
	return s;
}

static void put_number(struct out *o, const struct spec *s, uint64_t n, unsigned base,
		       bool negative) {
	char text[24], *at = text + sizeof text;
	do *--at = "0123456789ABCDEF"[n % base];
	while (n /= base);
	if (negative) *--at = '-';
	put(o, at, (size_t)(text + sizeof text - at), s->width, s->fill);
}

static void put_value(struct out *o, char kind, const struct spec *s, va_list *args) {
	if (kind == 's') {
		const char *text = va_arg(*args, const char *);
		size_t n = s->precision < 0 ? strlen(text) : strnlen(text, (size_t)s->precision);
		put(o, text, n, s->width, ' ');
	} else if (kind == 'c') {
		char ch = (char)va_arg(*args, int);
		put(o, &ch, 1, s->width, ' ');
	} else if (kind == 'd') {
		int64_t n = s->longs > 1 ? va_arg(*args, long long) : va_arg(*args, int);
		put_number(o, s, n < 0 ? -(uint64_t)n : (uint64_t)n, 10, n < 0);
	} else if (kind == 'u' || kind == 'X') {
		uint64_t n =
			s->longs > 1 ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned);
		put_number(o, s, n, kind == 'X' ? 16 : 10, false);
	} else {
		put(o, &kind, 1, 0, ' ');
	}
}

int vsnprintf(char *restrict at, size_t room, const char *restrict format, va_list args) {
	struct out o = { at, room, 0 };
	const char *f = format;
	va_list rest;
	va_copy(rest, args);
	while (*f) {
		if (*f != '%') {
			put(&o, f++, 1, 0, ' ');
			continue;
		}
		f++;
		struct spec s = read_spec(&f, &rest);
		if (*f) put_value(&o, *f++, &s, &rest);
	}
	va_end(rest);
	if (room) at[o.n < room ? o.n : room - 1] = '\0';
	return (int)o.n;
}

int snprintf(char *restrict at, size_t room, const char *restrict f, ...) {
	va_list args;
	va_start(args, f);
	int n = vsnprintf(at, room, f, args);
	va_end(args);
	return n;
}
