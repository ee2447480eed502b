#include <errno.h>
#include <iconv.h>
#include <strings.h>
#include <unistd.h>
#include "engines/form/encoding.h"

enum { PIECE = 1 << 16, TAIL = 8 /* longer than any character of any encoding we meet */, NAME = 40 };

struct decoder {
	struct arena *arena;
	iconv_t convert;
	char tail[TAIL];        /* the beginning of a character cut by a piece's border */
	size_t tail_n;
	uint64_t offset;        /* of the first byte not yet converted */
	char out[PIECE];
};

static bool valid_so_far(const char *bytes, size_t n, size_t *used)
{
	struct str s = { bytes, n };
	if (utf8_valid(s)) {
		*used = n;
		return true;
	}
	/* Perhaps only cut at the end: a character has at most four bytes. */
	for (size_t cut = 1; cut <= 3 && cut < n; cut++) {
		if (!utf8_valid((struct str){ bytes, n - cut })) continue;
		unsigned char lead = (unsigned char)bytes[n - cut];
		*used = n - cut;
		return lead >= 0xC2 && lead <= 0xF4 && cut < (lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : 2U);
	}
	return false;
}

struct problem *encoding_detect(struct arena *a, int fd, const char **name)
{
	char *buffer = arena_alloc(a, PIECE + TAIL);
	size_t held = 0;
	*name = "utf-8";
	if (lseek(fd, 0, SEEK_SET) < 0) return PROBLEM(a, UNAVAILABLE, "file_read", "reason", strerror(errno));
	for (;;) {
		ssize_t got = read(fd, buffer + held, PIECE);
		if (got < 0) return PROBLEM(a, UNAVAILABLE, "file_read", "reason", strerror(errno));
		if (got == 0) break;
		size_t n = held + (size_t)got, used = 0;
		if (!valid_so_far(buffer, n, &used)) {
			held = 1;
			break;
		}
		held = n - used;
		memmove(buffer, buffer + used, held);
	}
	if (held) *name = "gb18030"; /* not UTF-8, or cut in the middle of a character */
	lseek(fd, 0, SEEK_SET);
	return NULL;
}

static void decoder_close(void *arg)
{
	struct decoder *d = arg;
	iconv_close(d->convert);
}

/* A plain name: iconv reads suffixes such as //IGNORE, which drops what it cannot convert without a word. */
static bool is_name(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:");
	return n > 0 && n <= NAME && !s[n];
}

struct problem *decoder_new(struct arena *a, const char *name, struct decoder **out)
{
	if (!is_name(name)) return PROBLEM(a, MALFORMED, "encoding_unknown", "encoding", name);
	/* GBK files in the wild hold characters of its superset. */
	bool gb = !strcasecmp(name, "gbk") || !strcasecmp(name, "gb2312");
	iconv_t convert = iconv_open("UTF-8", gb ? "GB18030" : name);
	if (convert == (iconv_t)-1) return PROBLEM(a, MALFORMED, "encoding_unknown", "encoding", name);
	struct decoder *d = arena_alloc(a, sizeof *d);
	d->arena = a;
	d->convert = convert;
	arena_defer(a, decoder_close, d);
	*out = d;
	return NULL;
}

static struct problem *bad_bytes(struct decoder *d)
{
	return PROBLEM(d->arena, MALFORMED, "encoding_bytes", "offset", arena_printf(d->arena, "%llu", (unsigned long long)d->offset));
}

/* Converts as much of [*in, *in + *left) as is whole; EINVAL leaves a cut character there. */
static struct problem *convert_run(struct decoder *d, char **in, size_t *left,
	struct problem *(*take)(void *arg, const char *text, size_t n), void *arg)
{
	while (*left) {
		char *out = d->out;
		size_t room = sizeof d->out, before = *left;
		size_t rc = iconv(d->convert, in, left, &out, &room);
		int why = errno;
		d->offset += before - *left;
		if (out > d->out) TRY(take(arg, d->out, (size_t)(out - d->out)));
		if (rc != (size_t)-1 || why == E2BIG) continue;
		return why == EINVAL ? NULL : bad_bytes(d);
	}
	return NULL;
}

/* First completes the character cut by the last border, a byte at a time. */
static struct problem *finish_tail(struct decoder *d, const char **bytes, size_t *n,
	struct problem *(*take)(void *arg, const char *text, size_t n), void *arg)
{
	while (d->tail_n && *n) {
		if (d->tail_n == TAIL) return bad_bytes(d);
		d->tail[d->tail_n++] = *(*bytes)++;
		(*n)--;
		char *in = d->tail;
		size_t left = d->tail_n;
		TRY(convert_run(d, &in, &left, take, arg));
		memmove(d->tail, in, left);
		d->tail_n = left;
	}
	return NULL;
}

struct problem *decoder_push(struct decoder *d, const char *bytes, size_t n, bool last,
	struct problem *(*take)(void *arg, const char *text, size_t n), void *arg)
{
	TRY(finish_tail(d, &bytes, &n, take, arg));
	while (n) {
		char piece[4096];
		size_t size = n < sizeof piece ? n : sizeof piece;
		memcpy(piece, bytes, size); /* iconv takes its input without const */
		char *in = piece;
		size_t left = size;
		TRY(convert_run(d, &in, &left, take, arg));
		if (left && size == n) {
			if (left > TAIL) return bad_bytes(d);
			memcpy(d->tail, in, left);
			d->tail_n = left;
			n = 0;
			break;
		}
		bytes += size - left;
		n -= size - left;
	}
	return last && d->tail_n ? bad_bytes(d) : NULL;
}
