#include "runtime/host/assets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "runtime/host/problem_http.h"

static const char *const reserved[] = { "/api",     "/p",      "/mcp",    "/openapi.json",
					"/healthz", "/readyz", "/metrics" };

static bool below(struct str path, const char *prefix) {
	size_t n = strlen(prefix);
	return str_starts(path, str_of(prefix)) && (path.n == n || path.p[n] == '/');
}

static bool is_page(struct str path) {
	for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
		if (below(path, reserved[i])) return false;
	return true;
}

static bool is_hashed(struct str path) { return str_starts(path, STR("/assets/")); }

/* ---- heads ---- */

/* No script but our own files; wasm for the rule engine; styles may be set by script (Element Plus
 * places its layers so). */
static const struct {
	const char *name, *value;
} page_headers[] = {
	{ "Content-Security-Policy",
	  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' "
	  "'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
	  "form-action 'self'; frame-ancestors 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(self), microphone=(), geolocation=(self), payment=(), usb=()" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
};

static void head(struct exchange *x, int status, const char *type, const char *keep) {
	x->status = status;
	x->content_type = type;
	for (size_t i = 0; i < ARRAY_LEN(page_headers); i++)
		exchange_set_header(x, page_headers[i].name, page_headers[i].value);
	exchange_set_header(x, "Cache-Control", keep);
}

static const char *keep_for(struct str path) {
	return is_hashed(path) ? "public, max-age=31536000, immutable" : "no-cache";
}

/* RFC 9110 section 13.1.2: a list of tags, or "*"; the comparison is weak. */
static bool client_has(const struct exchange *x, const char *etag) {
	struct str list = exchange_header(x, "If-None-Match");
	if (!list.n) return false;
	return str_is(str_trim(list), "*") || strstr(list.p, etag + 2) != NULL;
}

/* ---- content coding ---- */

/* RFC 9110 section 12.5.3: "gzip", "*" or "gzip;q=0.5", but not "gzip;q=0". */
static bool takes_gzip(const struct exchange *x) {
	struct str header = exchange_header(x, "Accept-Encoding");
	const char *at = header.n ? strcasestr(header.p, "gzip") : NULL;
	if (!at) at = header.n ? strchr(header.p, '*') : NULL;
	if (!at) return false;
	const char *q = strcasestr(at, "q="), *comma = strchr(at, ',');
	return !q || (comma && comma < q) || strtod(q + 2, NULL) > 0;
}

static bool inflate_into(struct exchange *x, const struct asset *a) {
	char *out = arena_alloc(x->arena, a->plain + 1);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)(assets_bytes + a->offset),
		       .avail_in = (uInt)a->length,
		       .next_out = (Bytef *)out,
		       .avail_out = (uInt)a->plain };
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) return false;
	bool whole = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == a->plain;
	inflateEnd(&z);
	x->answer.p = out;
	x->answer.n = a->plain;
	return whole;
}

/* ---- from the program ---- */

static int compare(const void *key, const void *row) {
	return strcmp(key, ((const struct asset *)row)->path);
}

static const struct asset *find(const char *path) {
	return bsearch(path, assets_table, assets_count, sizeof *assets_table, compare);
}

static void answer_asset(struct exchange *x, const struct asset *a) {
	bool had = client_has(x, a->etag);
	head(x, had ? 304 : 200, had ? NULL : a->type, keep_for(str_of(a->path)));
	exchange_set_header(x, "ETag", a->etag);
	if (a->gz) exchange_set_header(x, "Vary", "Accept-Encoding");
	if (had) return;
	if (a->gz && !takes_gzip(x)) {
		bool whole = inflate_into(x, a);
		if (!whole)
			answer_problem(x, LANGUAGE_ZH, NULL,
				       PROBLEM(x->arena, INTERNAL, "internal"));
		return;
	}
	if (a->gz) exchange_set_header(x, "Content-Encoding", "gzip");
	x->answer.p = (char *)(uintptr_t)(assets_bytes + a->offset);
	x->answer.n = a->length;
}

static bool serve_embedded(struct exchange *x, const char *path) {
	const struct asset *a = find(path);
	if (!a && !is_hashed(str_of(path))) a = find("/index.html");
	if (!a) return false;
	answer_asset(x, a);
	return true;
}

/* ---- from a folder, while developing ---- */

static const char *type_of(const char *path) {
	static const struct {
		const char *extension, *type;
	} types[] = { { ".html", "text/html; charset=utf-8" },
		      { ".js", "text/javascript; charset=utf-8" },
		      { ".css", "text/css; charset=utf-8" },
		      { ".svg", "image/svg+xml" },
		      { ".wasm", "application/wasm" },
		      { ".json", "application/json" },
		      { ".woff2", "font/woff2" },
		      { ".png", "image/png" } };
	const char *dot = strrchr(path, '.');
	for (size_t i = 0; dot && i < ARRAY_LEN(types); i++)
		if (!strcmp(dot, types[i].extension)) return types[i].type;
	return "application/octet-stream";
}

enum { FILE_MAX = 16 << 20 };

static bool read_file(struct exchange *x, const char *folder, const char *path) {
	int fd = open(arena_printf(x->arena, "%s%s", folder, path),
		      O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat about;
	if (fd < 0) return false;
	bool ok = !fstat(fd, &about) && S_ISREG(about.st_mode) && about.st_size <= FILE_MAX;
	size_t size = ok ? (size_t)about.st_size : 0;
	char *bytes = arena_alloc(x->arena, size + 1);
	for (ssize_t n; ok && x->answer.n < size; x->answer.n += (size_t)n)
		ok = (n = read(fd, bytes + x->answer.n, size - x->answer.n)) > 0;
	close(fd);
	x->answer.p = bytes;
	if (ok) head(x, 200, type_of(path), "no-cache");
	return ok;
}

static bool serve_folder(struct exchange *x, const char *folder, const char *path) {
	return read_file(x, folder, path) ||
	       (!is_hashed(str_of(path)) && read_file(x, folder, "/index.html"));
}

/* ---- neither: this build has no pages ---- */

static bool answer_absent(struct exchange *x) {
	struct sb text = sb_on(x->arena, 4096);
	for (enum language l = LANGUAGE_ZH; l <= LANGUAGE_EN; l++)
		sb_printf(&text, "%s\n", catalogue_text(x->arena, l, "web_absent", NULL, 0));
	x->answer = text;
	head(x, 404, "text/plain; charset=utf-8", "no-cache");
	return true;
}

bool assets_serve(struct exchange *x, const char *folder) {
	if (!is_page(x->path)) return false;
	const char *path = str_dup(x->arena, x->path);
	if (folder) return serve_folder(x, folder, path);
	if (assets_count) return serve_embedded(x, path);
	return path[1] ? false : answer_absent(x);
}
