/* verify.c -- the rules that need the whole app; those found while loading (VR01-VR04, VR19) are
 * already in. */
#include "runtime/model/verify.h"

void app_verify(const struct app *app, const struct directory *people, struct findings *f) {
	static void (*const rules[])(struct verifying *) = { verify_rights,  verify_linkage,
							     verify_hidden,  verify_row_rules,
							     verify_copies,  verify_unique,  verify_unused,
							     verify_indexes, verify_labels,
							     verify_values,  verify_people,
							     verify_flows,   verify_tests };
	struct verifying v = { app, people, f };
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) rules[i](&v);
}
