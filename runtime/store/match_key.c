/* match_key.c -- see the header. Whoever changes what a key is raises the number in its kind. */
#include "runtime/store/match_key.h"

#include "runtime/base/fold.h"
#include "runtime/model/field_kit.h"

enum { KEY_MAX = 4096 };

static bool is_digit(uint32_t cp) { return cp >= '0' && cp <= '9'; }

/* Letters, digits and everything that is no mark: of ASCII and of the punctuation of CJK texts. */
static bool is_wording(uint32_t cp) {
	if (cp < 0x80) return is_digit(cp) || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
	bool mark = cp <= 0xbf || cp == 0xd7 || cp == 0xf7 || (cp >= 0x2000 && cp <= 0x206f) ||
		    (cp >= 0x3000 && cp <= 0x3020 && cp != 0x3005 && cp != 0x3007) ||
		    cp == 0x30fb || (cp >= 0xfe10 && cp <= 0xfe6f) || cp == 0xfeff;
	return !mark;
}

static void add_code_points(struct sb *out, struct str text, bool (*wanted)(uint32_t cp)) {
	while (text.n) {
		const char *from = text.p;
		uint32_t cp = utf8_next(&text);
		if (wanted(cp)) sb_bytes(out, from, (size_t)(text.p - from));
	}
}

static struct str folded(struct arena *a, struct str text) {
	struct sb out = sb_on(a, KEY_MAX);
	fold_add(&out, str_trim(text));
	return str_of(str_dup(a, sb_str(&out)));
}

static struct str phone_key(struct arena *a, struct str text) {
	struct faults ignored = { .arena = a };
	struct parse p = { a, NULL, &ignored, "", false, NULL };
	struct value v = VALUE_NONE;
	struct sb digits = sb_on(a, KEY_MAX);
	if (field_type_phone.read_text(&p, NULL, text, &v) && v.kind == VALUE_TEXT) return v.as.s;
	add_code_points(&digits, folded(a, text), is_digit);
	return sb_str(&digits);
}

/* Longest first: of 股份有限公司 nothing shall stay. */
static const char *const legal_forms[] = {
	"股份有限公司", "有限责任公司", "有限合伙企业", "有限公司",    "总公司",
	"公司",         "有限合伙",     "incorporated", "corporation", "companylimited",
	"limited",      "coltd",        "gmbh",         "corp",        "ltd",
	"inc",          "llc",          "plc",
};

static bool drop_ending(struct str *name) {
	for (size_t i = 0; i < ARRAY_LEN(legal_forms); i++) {
		size_t n = strlen(legal_forms[i]);
		if (name->n <= n || memcmp(name->p + name->n - n, legal_forms[i], n) != 0) continue;
		name->n -= n;
		return true;
	}
	return false;
}

static struct str company_key(struct arena *a, struct str text) {
	struct sb out = sb_on(a, KEY_MAX);
	add_code_points(&out, folded(a, text), is_wording);
	struct str name = sb_str(&out);
	drop_ending(&name);
	return name;
}

static struct str email_key(struct arena *a, struct str text) { return folded(a, text); }

static const struct {
	const char *kind;
	struct str (*key)(struct arena *a, struct str text);
} ways[] = {
	[MATCH_PHONE] = { "match:phone:1", phone_key },
	[MATCH_EMAIL] = { "match:email:1", email_key },
	[MATCH_COMPANY_NAME] = { "match:company_name:1", company_key },
};

const char *match_key_kind(const struct field *f) { return ways[f->match_as].kind; }

struct value match_key_of(struct arena *a, const struct field *f, struct str text) {
	struct str key = ways[f->match_as].key(a, text);
	return key.n ? value_text(str_of(str_dup(a, key))) : VALUE_NONE;
}
