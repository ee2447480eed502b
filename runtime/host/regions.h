/* regions.h -- the built-in regions as a file of its own, named by what it says, so that a browser reads it once and not with
 * every definition. Made at the first call, kept for the life of the process; any thread. */
#ifndef TENON_HOST_REGIONS_H
#define TENON_HOST_REGIONS_H

#include "runtime/base/str.h"

struct str regions_text(void);           /* {"enum":"$region","label":…,"values":[…]} */
const char *regions_address(void);       /* "/api/files/regions/<sha256>" */

#endif
