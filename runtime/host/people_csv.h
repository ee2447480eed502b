/* people_csv.h -- a list of people as CSV, made into the body of an import ({"users": [...]}): one row a user, an empty cell
 * changes nothing. Columns by name, English or Chinese, in any order: login label dept superior roles password email.
 * Roles: "crm:sales crm:marketing", parted by blanks, commas or semicolons. Row i of the file is /users/i-2.
 * Problems: MALFORMED csv_*, people_column. */
#ifndef TENON_HOST_PEOPLE_CSV_H
#define TENON_HOST_PEOPLE_CSV_H

#include "runtime/base/json.h"

struct problem *people_csv(struct arena *a, struct str text, const struct json **body) MUST_CHECK;

#endif
