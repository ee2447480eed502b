/* message.c -- which rule a fault belongs to, and the field's words for it.
 * web/src/rules/messages.ts holds the same rows; the doors' test compares what both say. */
#include "runtime/model/message.h"

static const struct {
	const char *code;
	enum field_rule rule;
} rules[] = {
	{ "required", RULE_REQUIRED },
	{ "too_long", RULE_LENGTH },
	{ "too_short", RULE_LENGTH },
	{ "below_min", RULE_RANGE },
	{ "above_max", RULE_RANGE },
	{ "too_few_rows", RULE_RANGE },
	{ "too_many_rows", RULE_RANGE },
	{ "pattern_mismatch", RULE_PATTERN },
	{ "address_no_region", RULE_PATTERN },
	{ "address_region", RULE_PATTERN },
	{ "bad_geo", RULE_PATTERN },
	{ "code128_characters", RULE_PATTERN },
	{ "creditcode_characters", RULE_PATTERN },
	{ "creditcode_check", RULE_PATTERN },
	{ "creditcode_length", RULE_PATTERN },
	{ "creditcode_place", RULE_PATTERN },
	{ "ean13_check", RULE_PATTERN },
	{ "ean13_digits", RULE_PATTERN },
	{ "geo_lat", RULE_PATTERN },
	{ "geo_lng", RULE_PATTERN },
	{ "idcard_birth", RULE_PATTERN },
	{ "idcard_characters", RULE_PATTERN },
	{ "idcard_check", RULE_PATTERN },
	{ "idcard_length", RULE_PATTERN },
	{ "idcard_region", RULE_PATTERN },
	{ "region_city", RULE_PATTERN },
	{ "region_province", RULE_PATTERN },
	{ "bad_phone", RULE_PATTERN },
	{ "bad_email", RULE_PATTERN },
	{ "bad_url", RULE_PATTERN },
	{ "unique", RULE_UNIQUE },
	{ "unique_together", RULE_UNIQUE },
	{ "row_not_unique", RULE_UNIQUE },
	{ "not_in_list", RULE_ONE_OF },
	{ "not_in_list_near", RULE_ONE_OF },
	{ "retired_value", RULE_ONE_OF },
	{ "not_an_option", RULE_ONE_OF },
};

/* The field's own words for a fault with this code, or NULL. */
static const char *words_for(const struct field *f, const char *code, enum language language) {
	for (size_t i = 0; f->messages && i < ARRAY_LEN(rules); i++) {
		if (strcmp(rules[i].code, code) != 0) continue;
		const char *words = label_text(&f->messages[rules[i].rule], language);
		return *words ? words : NULL;
	}
	return NULL;
}

void field_say(struct faults *faults, const struct field *f, enum language language) {
	struct fault *newest = faults_newest(faults);
	if (newest) newest->words = words_for(f, newest->code, language);
}
