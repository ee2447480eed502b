/* field_code.h -- which code a barcode field draws. */
#ifndef TENON_MODEL_FIELD_CODE_H
#define TENON_MODEL_FIELD_CODE_H

#include "runtime/model/field_type.h"

enum barcode_format { BARCODE_QR, BARCODE_128, BARCODE_EAN13 };
enum barcode_format barcode_format(const struct field *f);

#endif
