#include "runtime/xlsx/package.h"

#include <expat.h>
#include <minizip/unzip.h>
#include <unistd.h>

enum {
	PIECE = 1 << 16,
	TOKEN_MAX = 1 << 20,
	NAME_MAX_BYTES = 512,
	RATIO_FROM = 1 << 20,
	DEPTH_MAX = 64, /* expat keeps every tag that is open; sheets have some ten */
	KEPT_MAX = 1024,
	MATCH_CASE = 1
};
enum { ENCRYPTED = 1 }; /* bit of an entry's flags */

const struct xlsx_limits xlsx_limits = {
	.entries = 10000,
	.bytes = UINT64_C(2) << 30,
	.ratio = 200,
	.shared_bytes = 128 << 20,
	.cell_bytes = 1 << 20,
	.columns = 2000,
};

struct package {
	struct arena *arena;
	unzFile zip;
};

struct problem *package_damaged(struct package *p, const char *part, const char *reason) {
	return PROBLEM(p->arena, MALFORMED, "xlsx_damaged", "part", part, "reason", reason);
}

struct problem *package_too_large(struct arena *a, const char *part, uint64_t max) {
	return PROBLEM(a, TOO_LARGE, "xlsx_too_large", "part", part, "max",
		       arena_printf(a, "%llu", (unsigned long long)max));
}

static void close_package(void *arg) {
	struct package *p = arg;
	if (p->zip) unzClose(p->zip);
}

/* An entry says how much it will unpack to, and minizip unpacks no more than that. */
static struct problem *check_entry(struct package *p, uint64_t *bytes) {
	unz_file_info64 info;
	char name[NAME_MAX_BYTES] = "";
	if (unzGetCurrentFileInfo64(p->zip, &info, name, sizeof name - 1, NULL, 0, NULL, 0) !=
	    UNZ_OK)
		return package_damaged(p, "zip", "entry");
	if (!utf8_valid(str_of(name))) return package_damaged(p, "zip", "name");
	if (info.flag & ENCRYPTED) return PROBLEM(p->arena, MALFORMED, "xlsx_encrypted");
	*bytes += info.uncompressed_size;
	if (info.uncompressed_size > xlsx_limits.bytes || *bytes > xlsx_limits.bytes)
		return package_too_large(p->arena, name, xlsx_limits.bytes);
	bool bomb = info.uncompressed_size > RATIO_FROM &&
		    info.uncompressed_size / xlsx_limits.ratio > info.compressed_size;
	return bomb ? PROBLEM(p->arena, MALFORMED, "xlsx_bomb", "part", name, "max",
			      arena_printf(p->arena, "%llu", (unsigned long long)xlsx_limits.ratio))
		    : NULL;
}

static struct problem *check_entries(struct package *p) {
	unz_global_info64 all;
	uint64_t bytes = 0;
	if (unzGetGlobalInfo64(p->zip, &all) != UNZ_OK)
		return package_damaged(p, "zip", "directory");
	if (all.number_entry > xlsx_limits.entries)
		return package_too_large(p->arena, "zip", xlsx_limits.entries);
	int e = unzGoToFirstFile(p->zip);
	for (; e == UNZ_OK; e = unzGoToNextFile(p->zip)) TRY(check_entry(p, &bytes));
	return e == UNZ_END_OF_LIST_OF_FILE ? NULL : package_damaged(p, "zip", "directory");
}

struct problem *package_open(struct arena *a, int fd, struct package **out) {
	struct package *p = arena_alloc(a, sizeof *p);
	p->arena = a;
	p->zip = unzOpen64(
		arena_printf(a, "/proc/self/fd/%d", fd)); /* with a place of its own in the file */
	if (!p->zip) return package_damaged(p, "zip", "directory");
	arena_defer(a, close_package, p);
	*out = p;
	return check_entries(p);
}

/* ---- XML ---- */

struct parsing {
	struct package *package;
	const char *part;
	XML_Parser parser;
	struct part_reader *reader;
	int depth;
};

/* What a handler says after the end came from what expat still had: it is not called any more. */
static bool stopped(struct parsing *ps) {
	if (ps->reader->problem) XML_StopParser(ps->parser, XML_FALSE);
	return ps->reader->problem != NULL;
}

static const char *local(const char *name) {
	const char *colon = strchr(name, ':');
	return colon ? colon + 1 : name;
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes) {
	struct parsing *ps = user;
	if (!stopped(ps) && ++ps->depth > DEPTH_MAX)
		ps->reader->problem = package_damaged(ps->package, ps->part, "nested too deep");
	if (!stopped(ps)) ps->reader->start(ps->reader, local(name), attributes);
	stopped(ps);
}

static void XMLCALL on_end(void *user, const char *name) {
	struct parsing *ps = user;
	ps->depth--;
	if (!stopped(ps) && ps->reader->end) ps->reader->end(ps->reader, local(name));
	stopped(ps);
}

static void XMLCALL on_text(void *user, const char *text, int n) {
	struct parsing *ps = user;
	if (!stopped(ps) && ps->reader->text)
		ps->reader->text(ps->reader, (struct str){ text, (size_t)n });
	stopped(ps);
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
			       int internal) {
	struct parsing *ps = user;
	(void)name, (void)system, (void)public, (void)internal;
	ps->reader->problem =
		PROBLEM(ps->package->arena, MALFORMED, "xlsx_doctype", "part", ps->part);
	stopped(ps);
}

/* Expat keeps what it has no end of yet: a tag or comment of any length would be memory of any
 * size. */
static struct problem *feed(struct parsing *ps, const char *bytes, int n) {
	enum XML_Status status = XML_Parse(ps->parser, bytes, n, n == 0);
	if (ps->reader->problem) return ps->reader->problem;
	if (status != XML_STATUS_OK)
		return package_damaged(ps->package, ps->part,
				       XML_ErrorString(XML_GetErrorCode(ps->parser)));
	if (ps->reader->done - (int64_t)XML_GetCurrentByteIndex(ps->parser) > TOKEN_MAX)
		return package_damaged(ps->package, ps->part, "token too long");
	return NULL;
}

static struct problem *unpack(struct parsing *ps) {
	char *piece = arena_alloc(ps->package->arena, PIECE);
	for (;;) {
		int n = unzReadCurrentFile(ps->package->zip, piece, PIECE);
		if (n < 0) return package_damaged(ps->package, ps->part, "packed data");
		ps->reader->done += n;
		TRY(feed(ps, piece, n));
		if (!n) return NULL;
	}
}

static struct problem *parse_part(struct parsing *ps) {
	ps->parser = XML_ParserCreate(NULL);
	if (!ps->parser) abort();
	XML_SetUserData(ps->parser, ps);
	XML_SetElementHandler(ps->parser, on_start, on_end);
	XML_SetCharacterDataHandler(ps->parser, on_text);
	XML_SetStartDoctypeDeclHandler(ps->parser, on_doctype);
	struct problem *p = unpack(ps);
	XML_ParserFree(ps->parser);
	return p;
}

struct problem *package_read(struct package *p, const char *part, struct part_reader *r) {
	unz_file_info64 info;
	struct parsing ps = { .package = p, .part = part, .reader = r };
	r->problem = NULL;
	r->done = 0;
	if (unzLocateFile(p->zip, part, MATCH_CASE) != UNZ_OK ||
	    unzGetCurrentFileInfo64(p->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
		return package_damaged(p, part, "missing");
	if (unzOpenCurrentFile(p->zip) != UNZ_OK) return package_damaged(p, part, "packed data");
	r->total = (int64_t)info.uncompressed_size;
	struct problem *problem = parse_part(&ps);
	int closed = unzCloseCurrentFile(p->zip); /* compares the checksum, when all was read */
	if (!problem && (closed != UNZ_OK || r->done != r->total))
		problem = package_damaged(p, part, "checksum");
	return problem;
}

const char *part_attribute(const char **attributes, const char *name) {
	for (; *attributes; attributes += 2)
		if (!strcmp(local(attributes[0]), name)) return attributes[1];
	return NULL;
}

const char *part_attribute_kept(const char **attributes, const char *name) {
	const char *value = part_attribute(attributes, name);
	return value && strlen(value) <= KEPT_MAX ? value : NULL;
}
