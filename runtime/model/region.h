/* region.h -- provinces, cities and districts of China as an enumeration every app may use, and
 * reading them off the head of an address.
 * Shape:  values are GB/T 2260 codes of 2, 4 and 6 digits, a cascade; named REGION_ENUM, which no
 * app can name an enumeration of its own.
 * Source: region_table.inc, written by tools/regions.mjs. */
#ifndef TENON_MODEL_REGION_H
#define TENON_MODEL_REGION_H

#include "runtime/base/json.h"
#include "runtime/model/enumeration.h"

#define REGION_ENUM "$region"
enum { REGION_LEVELS = 3 };

const struct json *region_definition(struct arena *a); /* as enums/NAME.json is written */
/* The deepest region whose names stand at the head of the text: "广东省深圳市南山区", "北京朝阳区"
 * (省, 市, 自治区 may be missing; 市辖区 and the like always may). NULL: none. */
const struct enum_value *region_at_head(const struct enumeration *e, struct str text, size_t *used);
void region_write(struct sb *out, const struct enum_value *v); /* 广东省深圳市南山区 */

#endif
