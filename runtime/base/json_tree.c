/* json_tree.c -- looking into a tree: members, pointers, integers, equality, places. */
#include "runtime/base/json.h"

const struct json *json_member(const struct json *object, struct str key) {
	if (!object || object->kind != JSON_OBJECT) return NULL;
	for (uint32_t i = 0; i < object->n; i++)
		if (str_eq(object->keys[i].name, key)) return &object->items[i];
	return NULL;
}

const struct json *json_get(const struct json *object, const char *key) {
	return json_member(object, str_of(key));
}

/* One reference token against a key: ~0 is ~, ~1 is /. */
static bool token_is(struct str token, struct str key) {
	size_t i = 0, k = 0;
	for (; i < token.n && k < key.n; i++, k++) {
		char c = token.p[i];
		if (c == '~' && i + 1 < token.n && (token.p[i + 1] == '0' || token.p[i + 1] == '1'))
			c = token.p[++i] == '0' ? '~' : '/';
		if (c != key.p[k]) return false;
	}
	return i == token.n && k == key.n;
}

static const struct json *array_at(const struct json *array, struct str token) {
	uint64_t index = 0;
	if (!token.n || token.n > 10 || (token.n > 1 && token.p[0] == '0')) return NULL;
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] < '0' || token.p[i] > '9') return NULL;
		index = index * 10 + (uint64_t)(token.p[i] - '0');
	}
	return index < array->n ? &array->items[index] : NULL;
}

static const struct json *child_at(const struct json *parent, struct str token) {
	if (parent->kind == JSON_ARRAY) return array_at(parent, token);
	for (uint32_t i = 0; i < parent->n; i++)
		if (token_is(token, parent->keys[i].name)) return &parent->items[i];
	return NULL;
}

const struct json *json_at(const struct json *root, const char *pointer) {
	while (root && *pointer == '/') {
		size_t n = strcspn(pointer + 1, "/");
		root = child_at(root, (struct str){ pointer + 1, n });
		pointer += 1 + n;
	}
	return *pointer ? NULL : root;
}

bool json_is_string(const struct json *j, const char *text) {
	return j && j->kind == JSON_STRING && str_is(j->text, text);
}

bool json_bool(const struct json *j) { return j && j->kind == JSON_TRUE; }

struct str json_str(const struct json *j) {
	return j && j->kind == JSON_STRING ? j->text : (struct str){ 0 };
}

/* A number's text taken apart: coefficient x 10^exponent, the coefficient without zeros at its end.
 */
struct digits {
	uint64_t coefficient;
	int64_t exponent, zeros;
	bool too_big;
};

#define LARGEST ((UINT64_C(1) << 53) - 1)

static void add_digit(struct digits *d, int digit) {
	if (digit == 0) {
		d->zeros += d->coefficient != 0;
		return;
	}
	for (; d->zeros >= 0 && !d->too_big; d->zeros--) {
		d->coefficient *= 10;
		d->too_big = d->coefficient > LARGEST;
	}
	d->zeros = 0;
	d->coefficient += (uint64_t)digit;
	d->too_big |= d->coefficient > LARGEST;
}

enum { EXPONENT_LARGEST = 1000000 };

static int64_t read_exponent(const char *p, const char *end) {
	if (p == end) return 0;
	bool negative = *++p == '-';
	int64_t value = 0;
	for (p += *p == '-' || *p == '+'; p < end && value < EXPONENT_LARGEST; p++)
		value = value * 10 + (*p - '0');
	return negative ? -value : value;
}

static struct digits take_apart(struct str number) {
	struct digits d = { 0 };
	const char *p = number.p, *end = p + number.n;
	int64_t decimals = 0;
	bool point = false;
	for (p += *p == '-'; p < end && (*p | 32) != 'e' && !d.too_big; p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		add_digit(&d, *p - '0');
		decimals += point;
	}
	if (!d.too_big) d.exponent = read_exponent(p, end) - decimals + d.zeros;
	return d;
}

bool json_int(const struct json *j, int64_t *out) {
	if (!j || j->kind != JSON_NUMBER) return false;
	struct digits d = take_apart(j->text);
	if (d.too_big || (d.coefficient && d.exponent < 0)) return false;
	for (; d.coefficient && d.exponent > 0; d.exponent--) {
		d.coefficient *= 10;
		if (d.coefficient > LARGEST) return false;
	}
	*out = j->text.p[0] == '-' ? -(int64_t)d.coefficient : (int64_t)d.coefficient;
	return true;
}

/* The member usually stands at the same place in both. */
static const struct json *counterpart(const struct json *object, struct str key, uint32_t hint) {
	return str_eq(object->keys[hint].name, key) ? &object->items[hint]
						    : json_member(object, key);
}

bool json_equal(const struct json *a, const struct json *b) {
	if (a->kind != b->kind || a->n != b->n) return false;
	if (a->kind == JSON_NUMBER || a->kind == JSON_STRING) return str_eq(a->text, b->text);
	for (uint32_t i = 0; i < a->n; i++) {
		const struct json *other =
			a->kind == JSON_OBJECT ? counterpart(b, a->keys[i].name, i) : &b->items[i];
		if (!other || !json_equal(&a->items[i], other)) return false;
	}
	return true;
}

struct json_place json_place(struct str text, uint32_t offset) {
	struct str before = { text.p, offset < text.n ? offset : text.n };
	struct json_place place = { 1, 1 };
	if (!before.n) return place;
	for (size_t i = 0; i < before.n; i++) place.line += before.p[i] == '\n';
	const char *last = memrchr(before.p, '\n', before.n), *line = last ? last + 1 : before.p;
	place.column +=
		(unsigned)utf8_length((struct str){ line, (size_t)(before.p + before.n - line) });
	return place;
}
