/* openapi.h -- the API's description (OpenAPI 3.1) from the route tables and the forms the caller may know of. */
#ifndef TENON_HOST_OPENAPI_H
#define TENON_HOST_OPENAPI_H

#include "runtime/host/router.h"

void openapi_write(struct jw *w, struct call *c);

#endif
