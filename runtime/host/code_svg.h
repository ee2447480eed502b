/* code_svg.h -- a QR code, Code 128 or EAN-13 as SVG: black on white, its quiet zone around it, one
 * module a unit. Sources: ISO/IEC 15417, 15420; QR by libqrencode. */
#ifndef TENON_HOST_CODE_SVG_H
#define TENON_HOST_CODE_SVG_H

#include "runtime/model/field_code.h"

bool code_svg(struct sb *out, enum barcode_format format, struct str value); /* false: it does not fit */
/* The bars as widths, a bar first; for tests. */
const char *code_128_widths(struct arena *a, struct str value);
const char *code_ean_widths(struct arena *a, struct str digits);

#endif
