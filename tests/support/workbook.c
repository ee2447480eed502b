#include "tests/support/workbook.h"

#include <minizip/zip.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PARTS = 64, ZIP_MAX = 64 << 20 };

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>"
#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define SHEET                                                                                      \
	"<worksheet "                                                                              \
	"xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData/></"       \
	"worksheet>"

static const struct {
	const char *name, *bytes;
} usual[] = {
	{ "[Content_Types].xml", XML "<Types/>" },
	{ "_rels/.rels", XML "<Relationships><Relationship Id=\"rId1\" Type=\"" TYPE
			     "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>" },
	{ "xl/workbook.xml", XML "<workbook xmlns:r=\"r\"><workbookPr/><sheets><sheet "
				 "name=\"Items\" sheetId=\"1\" r:id=\"rId1\"/>"
				 "<sheet name=\"Second\" sheetId=\"2\" r:id=\"rId2\"/>"
				 "<sheet name=\"Notes\" sheetId=\"3\" state=\"hidden\" "
				 "r:id=\"rId3\"/></sheets></workbook>" },
	{ "xl/_rels/workbook.xml.rels",
	  XML "<Relationships><Relationship Id=\"rId1\" Type=\"" TYPE
	      "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
	      "<Relationship Id=\"rId2\" Type=\"" TYPE
	      "worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
	      "<Relationship Id=\"rId3\" Type=\"" TYPE
	      "worksheet\" Target=\"../xl/./worksheets/sheet3.xml\"/>"
	      "<Relationship Id=\"rId4\" Type=\"" TYPE "styles\" Target=\"styles.xml\"/>"
	      "<Relationship Id=\"rId5\" Type=\"" TYPE
	      "sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>" },
	/* styles: 0 general, 1 a built-in day, 2 day and time, 3 time, 4 a custom day, 5 hours
	   counted on, 6 percent, 7 red numbers */
	{ "xl/styles.xml",
	  XML "<styleSheet><numFmts count=\"3\"><numFmt numFmtId=\"164\" "
	      "formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@\"/>"
	      "<numFmt numFmtId=\"165\" formatCode=\"[h]:mm:ss\"/><numFmt numFmtId=\"166\" "
	      "formatCode=\"[Red]#,##0.00\"/></numFmts>"
	      "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf "
	      "numFmtId=\"14\"/><xf numFmtId=\"22\"/>"
	      "<xf numFmtId=\"21\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf "
	      "numFmtId=\"10\"/><xf numFmtId=\"166\"/></cellXfs></styleSheet>" },
	{ "xl/sharedStrings.xml",
	  XML "<sst><si><t>code</t></si><si><t>name</t></si><si><r><t>Pen</t></r><r><t "
	      "xml:space=\"preserve\">, blue</t></r>"
	      "<rPh sb=\"0\" "
	      "eb=\"1\"><t>hidden</t></rPh></si><si><t>第一_x000A_行</t></si><si/></sst>" },
	{ "xl/worksheets/sheet1.xml", XML SHEET },
	{ "xl/worksheets/sheet2.xml", XML SHEET },
	{ "xl/worksheets/sheet3.xml", XML SHEET },
};

int workbook_file(struct str bytes) {
	int fd = memfd_create("workbook", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n) abort();
	return fd;
}

struct str zip_of(struct arena *a, const struct part *parts, size_t n, bool packed) {
	int fd = memfd_create("zip", MFD_CLOEXEC);
	zipFile zip =
		fd < 0 ? NULL
		       : zipOpen64(arena_printf(a, "/proc/self/fd/%d", fd), APPEND_STATUS_CREATE);
	if (!zip) abort();
	for (size_t i = 0; i < n; i++) {
		int e = zipOpenNewFileInZip(zip, parts[i].name, NULL, NULL, 0, NULL, 0, NULL,
					    packed ? Z_DEFLATED : 0, packed ? 9 : 0);
		if (!e) e = zipWriteInFileInZip(zip, parts[i].bytes.p, (unsigned)parts[i].bytes.n);
		if (!e) e = zipCloseFileInZip(zip);
		if (e) abort();
	}
	if (zipClose(zip, NULL)) abort();
	size_t size = (size_t)lseek(fd, 0, SEEK_END);
	char *bytes = arena_alloc(a, size + 1);
	if (size > ZIP_MAX || pread(fd, bytes, size, 0) != (ssize_t)size) abort();
	close(fd);
	return (struct str){ bytes, size };
}

struct str workbook_with(struct arena *a, const struct part *parts, size_t n) {
	struct part all[PARTS];
	size_t count = 0;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		bool given = false;
		for (size_t k = 0; k < n; k++)
			given = given || !strcmp(parts[k].name, usual[i].name);
		if (!given) all[count++] = (struct part){ usual[i].name, str_of(usual[i].bytes) };
	}
	for (size_t k = 0; k < n && count < PARTS; k++) all[count++] = parts[k];
	return zip_of(a, all, count, true);
}

struct str workbook_of(struct arena *a, const char *rows) {
	const char *sheet = arena_printf(
		a, "<x:worksheet xmlns:x=\"m\"><x:sheetData>%s</x:sheetData></x:worksheet>", rows);
	struct part one = { "xl/worksheets/sheet1.xml", str_of(sheet) };
	return workbook_with(a, &one, 1);
}
