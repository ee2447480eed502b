#include "runtime/host/code_svg.h"

#include <qrencode.h>

enum { QR_QUIET = 4, BAR_QUIET = 10, BAR_HEIGHT = 40, WIDTHS_MAX = 1024 };
enum { START_B = 104, START_C = 105, STOP = 106, CHECK_MODULO = 103 };

static void begin(struct sb *out, int width, int height) {
	sb_printf(out,
		  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
		  "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path "
		  "d=\"",
		  width, height, width, height);
}

static void dark_run(struct sb *out, int x, int y, int width, int height) {
	sb_printf(out, "M%d %dh%dv%dh-%dz", x, y, width, height, width);
}

/* ---- QR ---- */

static void draw_row(struct sb *out, const QRcode *q, int y) {
	const unsigned char *row = q->data + (size_t)y * (size_t)q->width;
	for (int x = 0, end; x < q->width; x = end + 1) {
		for (end = x; end < q->width && (row[end] & 1);) end++;
		if (end > x) dark_run(out, x + QR_QUIET, y + QR_QUIET, end - x, 1);
	}
}

static bool draw_qr(struct sb *out, struct str value) {
	char *text = str_dup(out->arena, value);
	QRcode *q = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (!q) return false;
	begin(out, q->width + 2 * QR_QUIET, q->width + 2 * QR_QUIET);
	for (int y = 0; y < q->width; y++) draw_row(out, q, y);
	QRcode_free(q);
	return true;
}

/* ---- Code 128: pairs of digits in set C, else set B ---- */

static const char code_128[][8] = {
	"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
	"221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
	"223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
	"312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
	"112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
	"113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
	"311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
	"111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
	"122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
	"121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
	"214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
	"113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112"
};

struct symbol {
	struct sb widths;
	int sum, place;
};

static void add_128(struct symbol *s, int code) {
	sb_cat(&s->widths, code_128[code]);
	s->sum += code * (s->place ? s->place : 1);
	s->place++;
}

static bool pairs_of_digits(struct str value) {
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < '0' || value.p[i] > '9') return false;
	return value.n > 0 && value.n % 2 == 0;
}

const char *code_128_widths(struct arena *a, struct str value) {
	struct symbol s = { .widths = sb_on(a, WIDTHS_MAX) };
	bool pairs = pairs_of_digits(value);
	add_128(&s, pairs ? START_C : START_B);
	for (size_t i = 0; i < value.n; i += pairs ? 2 : 1) {
		if (value.p[i] < ' ' || value.p[i] > '~') return NULL;
		int code = value.p[i] - ' ';
		add_128(&s, pairs ? (value.p[i] - '0') * 10 + (value.p[i + 1] - '0') : code);
	}
	sb_cat(&s.widths, code_128[s.sum % CHECK_MODULO]);
	sb_cat(&s.widths, code_128[STOP]);
	return s.widths.overflow ? NULL : sb_cstr(&s.widths);
}

/* ---- EAN-13: the first digit is the pattern of the left half ---- */

static void add_ean(struct sb *out, int digit, bool mirrored) {
	static const char widths[][5] = { "3211", "2221", "2122", "1411", "1132",
					  "1231", "1114", "1312", "1213", "3112" };
	for (size_t i = 0; i < 4; i++) sb_char(out, widths[digit][mirrored ? 3 - i : i]);
}

const char *code_ean_widths(struct arena *a, struct str digits) {
	static const char mirrored[][7] = { "000000", "001011", "001101", "001110", "010011",
					    "011001", "011100", "010101", "010110", "011010" };
	struct sb out = sb_on(a, WIDTHS_MAX);
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9') return NULL;
	if (digits.n != 13) return NULL;
	const char *left = mirrored[digits.p[0] - '0'];
	sb_cat(&out, "111");
	for (size_t i = 1; i < 7; i++) add_ean(&out, digits.p[i] - '0', left[i - 1] == '1');
	sb_cat(&out, "11111");
	for (size_t i = 7; i < 13; i++) add_ean(&out, digits.p[i] - '0', false);
	sb_cat(&out, "111");
	return sb_cstr(&out);
}

static bool draw_bars(struct sb *out, const char *widths) {
	int total = 2 * BAR_QUIET, x = BAR_QUIET;
	if (!widths) return false;
	for (size_t i = 0; widths[i]; i++) total += widths[i] - '0';
	begin(out, total, BAR_HEIGHT + 2);
	for (size_t i = 0; widths[i]; x += widths[i++] - '0')
		if (i % 2 == 0) dark_run(out, x, 1, widths[i] - '0', BAR_HEIGHT);
	return true;
}

bool code_svg(struct sb *out, enum barcode_format format, struct str value) {
	bool drawn = format == BARCODE_QR    ? draw_qr(out, value)
		     : format == BARCODE_128 ? draw_bars(out, code_128_widths(out->arena, value))
					     : draw_bars(out, code_ean_widths(out->arena, value));
	sb_cat(out, "\"/></svg>");
	return drawn && !out->overflow;
}
