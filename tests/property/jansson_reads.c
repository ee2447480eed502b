/* In its own file because the library's names and ours are the same. */
#include <jansson.h>
#include <string.h>

#include "tests/property/jansson_reads.h"

static void flatten(json_t *j, void (*add)(void *, const char *, size_t), void *to) {
	static const char *const marks[] = {
		[JSON_OBJECT] = "{", [JSON_ARRAY] = "[", [JSON_STRING] = "s", [JSON_INTEGER] = "n",
		[JSON_REAL] = "n",   [JSON_TRUE] = "t",  [JSON_FALSE] = "f",  [JSON_NULL] = "0",
	};
	add(to, marks[json_typeof(j)], 1);
	if (json_is_string(j)) add(to, json_string_value(j), json_string_length(j) + 1);
	for (size_t i = 0; i < json_array_size(j); i++) flatten(json_array_get(j, i), add, to);
	for (void *at = json_object_iter(j); at; at = json_object_iter_next(j, at)) {
		const char *key = json_object_iter_key(at);
		add(to, key, strlen(key) + 1);
		flatten(json_object_iter_value(at), add, to);
	}
	if (json_is_array(j) || json_is_object(j)) add(to, ".", 1);
}

enum verdict jansson_reads(const char *text, size_t n, void (*add)(void *, const char *, size_t),
			   void *to) {
	json_error_t error;
	json_t *j = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!j)
		return json_error_code(&error) == json_error_numeric_overflow
			       ? VERDICT_NUMBER_TOO_BIG
			       : VERDICT_REFUSED;
	flatten(j, add, to);
	json_decref(j);
	return VERDICT_ACCEPTED;
}
