/* pictures.c -- what a picture is and how large, read from its head alone: PNG (IHDR), JPEG (the
 * frame header), WebP (VP8, VP8L, VP8X). Sources: ISO 15948, ITU-T T.81, RFC 9649. */
#include "runtime/store/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/model/sha256.h"
#include "runtime/store/queries.h"

static int64_t big(const unsigned char *p, size_t n) {
	int64_t v = 0;
	for (size_t i = 0; i < n; i++) v = v << 8 | p[i];
	return v;
}

static int64_t little(const unsigned char *p, size_t n) {
	int64_t v = 0;
	for (size_t i = n; i > 0; i--) v = v << 8 | p[i - 1];
	return v;
}

static bool png(const unsigned char *p, size_t n, struct picture *out) {
	if (n < 33 || memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0 || memcmp(p + 12, "IHDR", 4) != 0)
		return false;
	*out = (struct picture){ "image/png", big(p + 16, 4), big(p + 20, 4) };
	return true;
}

/* SOF0..SOF15, without the tables that share their range. */
static bool is_frame(unsigned char marker) {
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
	       marker != 0xCC;
}

static bool jpeg(const unsigned char *p, size_t n, struct picture *out) {
	if (n < 4 || p[0] != 0xFF || p[1] != 0xD8) return false;
	for (size_t at = 2; at + 9 < n;) {
		if (p[at] != 0xFF) return false;
		if (p[at + 1] == 0xFF) {
			at++;
			continue;
		}
		if (is_frame(p[at + 1])) {
			*out = (struct picture){ "image/jpeg", big(p + at + 7, 2),
						 big(p + at + 5, 2) };
			return true;
		}
		at += 2 + (size_t)big(p + at + 2, 2);
	}
	return false;
}

static bool webp(const unsigned char *p, size_t n, struct picture *out) {
	if (n < 30 || memcmp(p, "RIFF", 4) != 0 || memcmp(p + 8, "WEBP", 4) != 0) return false;
	*out = (struct picture){ "image/webp", 0, 0 };
	if (!memcmp(p + 12, "VP8X", 4)) {
		out->width = 1 + little(p + 24, 3);
		out->height = 1 + little(p + 27, 3);
	} else if (!memcmp(p + 12, "VP8L", 4) && p[20] == 0x2F) {
		int64_t bits = little(p + 21, 4);
		out->width = 1 + (bits & 0x3FFF);
		out->height = 1 + (bits >> 14 & 0x3FFF);
	} else if (!memcmp(p + 12, "VP8 ", 4) && !memcmp(p + 23, "\x9d\x01\x2a", 3)) {
		out->width = little(p + 26, 2) & 0x3FFF;
		out->height = little(p + 28, 2) & 0x3FFF;
	}
	return true;
}

bool picture_sniff(struct str bytes, struct picture *out) {
	static bool (*const kinds[])(const unsigned char *, size_t, struct picture *) = { png, jpeg,
											  webp };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (bytes.n && kinds[i]((const unsigned char *)bytes.p, bytes.n, out))
			return out->width > 0 && out->height > 0;
	return false;
}

/* ---- bytes ---- */

static struct problem *failed(struct arena *a, const char *path) {
	int reason = errno;
	return problem_logged(a, PROBLEM(a, UNAVAILABLE, "store_io"), "%s: %s", path,
			      strerror(reason));
}

static bool sync_folder(const char *folder) {
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0) close(fd);
	return good;
}

static bool write_file(const char *path, struct str bytes) {
	FILE *f = fopen(path, "we");
	bool good =
		f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && !fflush(f) && !fsync(fileno(f));
	return f && !fclose(f) && good;
}

struct problem *file_keep(struct store *s, struct arena *a, struct str bytes, const char **sha256) {
	char *hash = arena_alloc(a, 65);
	const char *folder = arena_printf(a, "%s/files", store_folder(s));
	sha256_hex(bytes, hash);
	*sha256 = hash;
	const char *path = arena_printf(a, "%s/%s", folder, hash);
	const char *part =
		arena_printf(a, "%s.%llx.part", path, (long long unsigned)store_new_id(s));
	if (mkdir(folder, 0700) && errno != EEXIST) return failed(a, folder);
	if (!access(path, F_OK)) return NULL;
	if (write_file(part, bytes) && !rename(part, path) && sync_folder(folder)) return NULL;
	struct problem *p = failed(a, path);
	unlink(part);
	return p;
}

struct problem *file_add(struct tx *tx, const struct request *rq, struct stored_file *f) {
	return tx_exec(
		tx, sql_file_add,
		PARAMS(value_int(f->id), value_text(str_of(f->sha256)), value_text(str_of(f->name)),
		       value_int(f->size), value_text(str_of(f->type)),
		       rq->actor ? value_int(rq->actor->id) : VALUE_NONE, value_int(rq->now_us)),
		NULL);
}

struct problem *file_find(struct tx *tx, int64_t id, struct stored_file *out) {
	struct arena *a = tx_arena(tx);
	struct rows *r;
	bool have;
	TRY(tx_query(tx, sql_file_get, PARAMS(value_int(id)), &r));
	TRY(rows_next(r, &have));
	if (have)
		*out = (struct stored_file){ .id = id,
					     .sha256 = str_dup(a, rows_text(r, 0)),
					     .name = str_dup(a, rows_text(r, 1)),
					     .size = rows_int(r, 2),
					     .type = str_dup(a, rows_text(r, 3)) };
	rows_close(r);
	return have ? NULL : PROBLEM(a, NOT_FOUND, "not_found");
}

struct problem *file_bytes(struct store *s, struct arena *a, const struct stored_file *f,
			   struct sb *out) {
	const char *path = arena_printf(a, "%s/files/%s", store_folder(s), f->sha256);
	char block[16384];
	FILE *file = fopen(path, "re");
	if (!file) return failed(a, path);
	for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;) sb_bytes(out, block, n);
	bool good = !ferror(file) && !out->overflow && (int64_t)out->n == f->size;
	fclose(file);
	return good ? NULL : failed(a, path);
}
