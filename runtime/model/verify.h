/* verify.h -- the rules of the verifier that look at a whole loaded app (ledger 9b). Private to
 * runtime/model. */
#ifndef TENON_MODEL_VERIFY_H
#define TENON_MODEL_VERIFY_H

#include "runtime/model/finding.h"

struct verifying {
	const struct app *app;
	const struct directory *people; /* or NULL */
	struct findings *f;
};
void verify_rights(struct verifying *v);  /* VR05 */
void verify_linkage(struct verifying *v); /* VR06 */
void verify_hidden(struct verifying *v);  /* VR07 */
void verify_row_rules(struct verifying *v); /* VR08 */
void verify_copies(struct verifying *v);  /* VR16 */
void verify_unique(struct verifying *v);  /* VR20 */
void verify_unused(struct verifying *v);  /* VR25 */
void verify_indexes(struct verifying *v); /* VR21 */
void verify_labels(struct verifying *v);  /* VR22 */
void verify_values(struct verifying *v);  /* VR23 */
void verify_people(
	struct verifying *v); /* users and departments named in who-rules; warnings only */

void verify_flows(struct verifying *v); /* F1xx .. F6xx */
/* VR01, DEF12 of tests/NAME.json */
void verify_tests(struct verifying *v);

#endif
