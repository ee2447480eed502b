#include "runtime/store/setting.h"

#include "runtime/base/json.h"

struct problem *setting_company(struct tx *tx, const char *name, struct value *out) {
	struct arena *a = tx_arena(tx);
	const char *key = arena_printf(a, "company.%s", name);
	const struct json *json = NULL;
	char *text = NULL;
	*out = VALUE_NONE;
	TRY(tx_text(tx, "SELECT value_json FROM setting WHERE key = ?1",
		    PARAMS(value_text(str_of(key))), &text));
	if (!text) return NULL;
	TRY(json_parse(a, str_of(text), &json_limits_definition, &json));
	*out = value_text(json->kind == JSON_STRING ? json->text : str_of(text));
	return NULL;
}
