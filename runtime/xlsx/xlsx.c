/* xlsx.c -- opening a workbook: its parts by their relations, sheets, styles, shared texts. */
#include <stdlib.h>
#include <unistd.h>
#include "runtime/xlsx/book.h"

enum {
	SHEETS_TOLD = 20,
	PATH_MAX_BYTES = 1024,
	STYLES_MAX = 100000,
	CUSTOM_MAX = 4000,
	PARTS_MAX = 10000,
	DIRECTORY_AT = 48,
	SECTOR = 512,
	DIRECTORY_BYTES = 4096
};

/* ---- what kind of file ---- */

enum xlsx_kind xlsx_kind_of(int fd) {
	static const char zip[] = "PK\x03\x04", old[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
	char head[8] = { 0 };
	if (pread(fd, head, sizeof head, 0) < 4) return XLSX_NONE;
	if (!memcmp(head, zip, 4)) return XLSX_WORKBOOK;
	return memcmp(head, old, sizeof head) ? XLSX_NONE : XLSX_OLD;
}

/* A workbook with a password lies inside the old kind of file, under this name, in its list of
 * streams. */
static bool is_locked(int fd) {
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	unsigned char at[4], list[DIRECTORY_BYTES];
	if (pread(fd, at, sizeof at, DIRECTORY_AT) != sizeof at) return false;
	uint32_t sector = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
			  (uint32_t)at[3] << 24;
	ssize_t n = pread(fd, list, sizeof list, ((off_t)sector + 1) * SECTOR);
	for (ssize_t i = 0; i + (ssize_t)sizeof name <= n; i++)
		if (!memcmp(list + i, name, sizeof name)) return true;
	return false;
}

/* ---- relations between parts ---- */

struct relation {
	const char *id, *type, *target;
	struct relation *next;
};
struct relations {
	struct part_reader reader;
	struct arena *arena;
	const char *folder; /* of the part they are of */
	struct relation *first;
	size_t n;
};

/* "xl/" and "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml"; ".." takes a folder off. */
static const char *resolve(struct arena *a, const char *folder, const char *target) {
	struct sb out = sb_on(a, PATH_MAX_BYTES);
	struct str rest = str_of(target), piece;
	if (target[0] != '/') sb_cat(&out, folder);
	for (bool more = true; more;) {
		const char *slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
		piece = (struct str){ rest.p, slash ? (size_t)(slash - rest.p) : rest.n };
		more = slash != NULL;
		if (more) rest = (struct str){ slash + 1, rest.n - piece.n - 1 };
		if (str_is(piece, "..")) {
			if (out.n) out.n--;
			while (out.n && out.p[out.n - 1] != '/') out.n--;
		} else if (piece.n && !str_is(piece, ".")) {
			sb_add(&out, piece);
			if (more) sb_char(&out, '/');
		}
	}
	return sb_cstr(&out);
}

static void relation_start(struct part_reader *reader, const char *name, const char **attributes) {
	struct relations *r = (struct relations *)reader;
	const char *id = part_attribute_kept(attributes, "Id"),
		   *type = part_attribute_kept(attributes, "Type");
	const char *target = part_attribute_kept(attributes, "Target"),
		   *mode = part_attribute(attributes, "TargetMode");
	if (strcmp(name, "Relationship") != 0 || !id || !type || !target ||
	    (mode && !strcmp(mode, "External")) || r->n == PARTS_MAX)
		return;
	struct relation *one = arena_alloc(r->arena, sizeof *one);
	const char *last = strrchr(type, '/');
	*one = (struct relation){ arena_strdup(r->arena, id),
				  arena_strdup(r->arena, last ? last + 1 : type),
				  resolve(r->arena, r->folder, target), r->first };
	r->first = one;
	r->n++;
}

/* Of "xl/workbook.xml" they stand in "xl/_rels/workbook.xml.rels". */
static struct problem *relations_of(struct xlsx *x, const char *part, struct relations *out) {
	const char *slash = strrchr(part, '/'), *name = slash ? slash + 1 : part;
	const char *folder = arena_copy(x->arena, part, (size_t)(name - part));
	*out = (struct relations){ .reader = { .start = relation_start },
				   .arena = x->arena,
				   .folder = folder };
	return package_read(x->package, arena_printf(x->arena, "%s_rels/%s.rels", folder, name),
			    &out->reader);
}

static const char *related(const struct relations *r, const char *type) {
	for (const struct relation *one = r->first; one; one = one->next)
		if (!strcmp(one->type, type)) return one->target;
	return NULL;
}

/* ---- the workbook ---- */

struct book_reader {
	struct part_reader reader;
	struct xlsx *x;
	const struct relations *relations;
};

static const struct relation *relation_by_id(const struct relations *r, const char *id) {
	const struct relation *one = r->first;
	while (one && (!id || strcmp(one->id, id) != 0)) one = one->next;
	return one;
}

static void add_sheet(struct xlsx *x, const char *name, const char *state, const char *part) {
	size_t n = x->sheet_count;
	if ((n & (n - 1)) == 0)
		x->sheets = arena_grow(x->arena, x->sheets, n * sizeof *x->sheets,
				       (n ? 2 * n : 1) * sizeof *x->sheets);
	x->sheets[x->sheet_count++] = (struct xlsx_sheet){ arena_strdup(x->arena, name), part,
							   state && strcmp(state, "visible") != 0 };
}

/* Sheets of charts have no rows. */
static void book_start(struct part_reader *reader, const char *name, const char **attributes) {
	struct book_reader *r = (struct book_reader *)reader;
	if (!strcmp(name, "workbookPr")) {
		const char *since = part_attribute(attributes, "date1904");
		r->x->since_1904 = since && (!strcmp(since, "1") || !strcmp(since, "true"));
	}
	if (strcmp(name, "sheet") != 0) return;
	const char *title = part_attribute_kept(attributes, "name");
	const struct relation *to = relation_by_id(r->relations, part_attribute(attributes, "id"));
	if (title && to && !strcmp(to->type, "worksheet") && r->x->sheet_count < PARTS_MAX)
		add_sheet(r->x, title, part_attribute_kept(attributes, "state"), to->target);
}

/* ---- the looks of numbers ---- */

struct custom {
	int64_t id;
	enum number_look look;
	struct custom *next;
};
struct style_reader {
	struct part_reader reader;
	struct xlsx *x;
	struct custom *custom;
	size_t custom_count;
	bool cells; /* inside cellXfs */
	size_t room;
};

static void add_custom(struct style_reader *r, const char **attributes) {
	const char *id = part_attribute(attributes, "numFmtId"),
		   *code = part_attribute_kept(attributes, "formatCode");
	int64_t n;
	if (!id || !code || !str_to_int(str_of(id), &n) || r->custom_count == CUSTOM_MAX) return;
	struct custom *one = arena_alloc(r->x->arena, sizeof *one);
	*one = (struct custom){ n, xlsx_look_of(str_of(code)), r->custom };
	r->custom = one;
	r->custom_count++;
}

static enum number_look look_of_id(const struct style_reader *r, int64_t id) {
	for (const struct custom *one = r->custom; one; one = one->next)
		if (one->id == id) return one->look;
	return xlsx_look_builtin(id);
}

static void add_style(struct style_reader *r, const char **attributes) {
	struct xlsx *x = r->x;
	const char *id = part_attribute(attributes, "numFmtId");
	int64_t n = 0;
	if (x->look_count == STYLES_MAX) return; /* Excel itself takes 65,490 */
	if (x->look_count == r->room) {
		size_t room = r->room ? 2 * r->room : 64;
		x->looks = arena_grow(x->arena, x->looks, r->room * sizeof *x->looks,
				      room * sizeof *x->looks);
		r->room = room;
	}
	if (id && !str_to_int(str_of(id), &n)) n = 0;
	x->looks[x->look_count++] = look_of_id(r, n);
}

static void style_start(struct part_reader *reader, const char *name, const char **attributes) {
	struct style_reader *r = (struct style_reader *)reader;
	if (!strcmp(name, "numFmt")) add_custom(r, attributes);
	if (!strcmp(name, "cellXfs")) r->cells = true;
	if (r->cells && !strcmp(name, "xf")) add_style(r, attributes);
}

static void style_end(struct part_reader *reader, const char *name) {
	if (!strcmp(name, "cellXfs")) ((struct style_reader *)reader)->cells = false;
}

/* ---- shared texts ---- */

struct shared_reader {
	struct part_reader reader;
	struct xlsx *x;
	struct sb one;         /* the text in work */
	struct arena *scratch; /* reset with each text */
	struct arena_mark start;
	bool in_text;
	int phonetic; /* how a name is read is no part of it */
};

static void free_shared(void *arg) {
	struct xlsx *x = arg;
	free(x->shared.text);
	free(x->shared.ends);
}

static void *roomier(void *block, size_t *room, size_t need, size_t size) {
	if (need <= *room) return block;
	while (*room < need) *room = *room ? 2 * *room : 4096;
	block = realloc(block, *room * size);
	if (!block) abort();
	return block;
}

static struct problem *shared_full(struct xlsx *x) {
	return PROBLEM(x->arena, TOO_LARGE, "xlsx_shared", "max",
		       arena_printf(x->arena, "%zu", xlsx_limits.shared_bytes >> 20));
}

static struct problem *add_shared(struct xlsx *x, struct str text) {
	size_t used = x->shared.n + text.n + (x->shared.count + 1) * sizeof *x->shared.ends;
	if (used > xlsx_limits.shared_bytes) return shared_full(x);
	x->shared.text = roomier(x->shared.text, &x->shared.room, x->shared.n + text.n, 1);
	x->shared.ends = roomier(x->shared.ends, &x->shared.end_room, x->shared.count + 1,
				 sizeof *x->shared.ends);
	if (text.n) memcpy(x->shared.text + x->shared.n, text.p, text.n);
	x->shared.n += text.n;
	x->shared.ends[x->shared.count++] = (uint32_t)x->shared.n;
	return NULL;
}

static void shared_start(struct part_reader *reader, const char *name, const char **attributes) {
	struct shared_reader *r = (struct shared_reader *)reader;
	(void)attributes;
	if (!strcmp(name, "rPh")) r->phonetic++;
	if (!strcmp(name, "t")) r->in_text = !r->phonetic;
	if (strcmp(name, "si") != 0) return;
	arena_reset(r->scratch, r->start);
	r->one = sb_on(r->scratch, xlsx_limits.cell_bytes);
}

static void shared_text(struct part_reader *reader, struct str text) {
	struct shared_reader *r = (struct shared_reader *)reader;
	if (!r->in_text) return;
	sb_add(&r->one, text);
	if (r->one.overflow) reader->problem = shared_full(r->x);
}

static void shared_end(struct part_reader *reader, const char *name) {
	struct shared_reader *r = (struct shared_reader *)reader;
	if (!strcmp(name, "rPh") && r->phonetic) r->phonetic--;
	if (!strcmp(name, "t")) r->in_text = false;
	if (!strcmp(name, "si"))
		reader->problem = add_shared(r->x, xlsx_unescape(r->scratch, sb_str(&r->one)));
}

static struct problem *read_shared(struct xlsx *x, const char *part) {
	struct shared_reader r = {
		.reader = { .start = shared_start, .end = shared_end, .text = shared_text }, .x = x
	};
	arena_defer(x->arena, free_shared, x);
	r.scratch = arena_new(0);
	r.start = arena_mark(r.scratch);
	r.one = sb_on(r.scratch, xlsx_limits.cell_bytes);
	struct problem *p = package_read(x->package, part, &r.reader);
	arena_free(r.scratch);
	return p;
}

bool xlsx_shared(const struct xlsx *x, int64_t i, struct str *out) {
	if (i < 0 || (uint64_t)i >= x->shared.count) return false;
	size_t from = i ? x->shared.ends[i - 1] : 0;
	*out = (struct str){ x->shared.text ? x->shared.text + from : "",
			     x->shared.ends[i] - from };
	return true;
}

/* ---- opening ---- */

static struct problem *read_parts(struct xlsx *x, const char *book) {
	struct relations relations;
	TRY(relations_of(x, book, &relations));
	struct book_reader sheets = { { .start = book_start }, x, &relations };
	TRY(package_read(x->package, book, &sheets.reader));
	const char *styles = related(&relations, "styles"),
		   *shared = related(&relations, "sharedStrings");
	struct style_reader looks = { .reader = { .start = style_start, .end = style_end },
				      .x = x };
	if (styles) TRY(package_read(x->package, styles, &looks.reader));
	return shared ? read_shared(x, shared) : NULL;
}

struct problem *xlsx_open(struct arena *a, int fd, struct xlsx **out) {
	struct relations root;
	struct xlsx *x = arena_alloc(a, sizeof *x);
	x->arena = a;
	if (xlsx_kind_of(fd) == XLSX_OLD)
		return PROBLEM(a, MALFORMED, is_locked(fd) ? "xlsx_encrypted" : "xlsx_old");
	TRY(package_open(a, fd, &x->package));
	TRY(relations_of(x, "", &root));
	const char *book = related(&root, "officeDocument");
	if (!book) return package_damaged(x->package, "_rels/.rels", "officeDocument");
	TRY(read_parts(x, book));
	*out = x;
	return x->sheet_count ? NULL : package_damaged(x->package, book, "no worksheet");
}

static const char *names_of(const struct xlsx *x) {
	struct sb out = sb_on(x->arena, 4096);
	for (size_t i = 0; i < x->sheet_count && i < SHEETS_TOLD; i++) {
		if (i) sb_cat(&out, ", ");
		sb_cat(&out, x->sheets[i].name);
	}
	if (x->sheet_count > SHEETS_TOLD) sb_cat(&out, ", …");
	return sb_cstr(&out);
}

struct problem *xlsx_choose(struct xlsx *x, struct str name) {
	for (size_t i = 0; i < x->sheet_count && !x->chosen; i++)
		if (name.n ? str_is(name, x->sheets[i].name) : !x->sheets[i].hidden)
			x->chosen = &x->sheets[i];
	if (x->chosen) return NULL;
	return PROBLEM(x->arena, MALFORMED, "xlsx_sheet", "sheet", str_dup(x->arena, name),
		       "sheets", names_of(x));
}

const char *xlsx_chosen(const struct xlsx *x) { return x->chosen->name; }

const char *xlsx_sheet(const struct xlsx *x, size_t i, bool *hidden) {
	if (i >= x->sheet_count) return NULL;
	*hidden = x->sheets[i].hidden;
	return x->sheets[i].name;
}
