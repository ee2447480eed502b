/* field_contact.c -- phone, email, url: texts in one normal form, so that equal ones compare equal.
 * Phone normal forms:
 *  1. CN mobile: 11 digits, 13812345678 (+86, 0086 and 86 before it are dropped).
 *  2. CN landline: area code with its 0 and number, 075512345678; an extension follows as x802.
 *  3. CN service numbers: 400/800 and 7 digits; 95 and 12 short numbers of 5 or 6 digits; local
 * numbers of 7 or 8.
 *  4. Elsewhere: + country code and number, 6 to 15 digits (ITU-T E.164); 00 before it means +. */
#include "runtime/base/fold.h"
#include "runtime/model/field_kit.h"

enum { PHONE_MAX = 40, EMAIL_MAX = 254, LOCAL_PART_MAX = 64, URL_MAX = 2000 };

struct digits {
	char text[PHONE_MAX];
	size_t n;
	bool plus;
	char extension[8];
	size_t extension_n;
};

/* "转802" "ext. 802" "x802" "#802": where the extension begins, or the end. */
static bool begins_extension(struct str rest) {
	static const char *const marks[] = { "转", "ext", "EXT", "Ext", "x", "X", "#" };
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (str_starts(rest, str_of(marks[i]))) return true;
	return false;
}

static bool read_extension(struct str rest, struct digits *d) {
	for (; rest.n; rest.p++, rest.n--) {
		if (*rest.p < '0' || *rest.p > '9') {
			if (d->extension_n) return false;
		} else if (d->extension_n == 6) {
			return false;
		} else {
			d->extension[d->extension_n++] = *rest.p;
		}
	}
	return d->extension_n > 0;
}

static bool read_digits(struct str in, struct digits *d) {
	static const char blanks[] = " -.()/";
	while (in.n) {
		if (d->n && begins_extension(in)) return read_extension(in, d);
		uint32_t cp = fold_code_point(utf8_next(&in));
		if (cp == '+' && !d->n && !d->plus)
			d->plus = true;
		else if (cp >= '0' && cp <= '9' && d->n < sizeof d->text - 1)
			d->text[d->n++] = (char)cp;
		else if (cp >= 0x80 || !strchr(blanks, (int)cp))
			return false;
	}
	d->text[d->n] = '\0';
	return d->n > 0;
}

static void drop(struct digits *d, size_t count) {
	memmove(d->text, d->text + count, d->n - count + 1);
	d->n -= count;
}

static bool is_mobile(const struct digits *d) {
	return d->n == 11 && d->text[0] == '1' && d->text[1] >= '3';
}

static bool is_service(const struct digits *d) {
	if (d->n == 10) return !strncmp(d->text, "400", 3) || !strncmp(d->text, "800", 3);
	if (d->n == 5 || d->n == 6)
		return !strncmp(d->text, "95", 2) || !strncmp(d->text, "12", 2) ||
		       !strncmp(d->text, "10", 2);
	return false;
}

/* 0 + area code of 2 (10, 2x) or 3 digits + 7 or 8 digits. */
static bool is_landline(const struct digits *d) {
	if (d->text[0] != '0' || d->text[1] == '0') return false;
	bool two = d->text[1] == '1' || d->text[1] == '2';
	return two ? d->n == 11 || d->n == 10 : d->n == 11 || d->n == 12;
}

static bool is_local(const struct digits *d) {
	return (d->n == 7 || d->n == 8) && d->text[0] >= '2';
}

static bool chinese(struct digits *d, bool abroad) {
	if (is_mobile(d) || is_service(d) || is_landline(d)) return true;
	if (!abroad) return is_local(d);
	if (d->n + 1 >= sizeof d->text) return false;
	memmove(d->text + 1, d->text,
		d->n + 1); /* +86 755 1234 5678: the area code's 0 was left out */
	d->text[0] = '0';
	d->n++;
	return is_landline(d);
}

static bool normal_form(struct digits *d) {
	if (!d->plus && d->n > 4 && !strncmp(d->text, "00", 2)) {
		d->plus = true;
		drop(d, 2);
	}
	bool china = !strncmp(d->text, "86", 2) && (d->plus || d->n == 13);
	if (china) {
		d->plus = false;
		drop(d, 2);
		return chinese(d, true);
	}
	if (d->plus) return d->n >= 6 && d->n <= 15 && d->text[0] != '0';
	return chinese(d, false);
}

static bool read_phone(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	struct digits d = { .n = 0 };
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (!read_digits(in, &d) || !normal_form(&d)) return REFUSE(p, "bad_phone");
	const char *text = arena_printf(p->arena, "%s%s%s%.*s", d.plus ? "+" : "", d.text,
					d.extension_n ? "x" : "", (int)d.extension_n, d.extension);
	*out = value_text(str_of(text));
	return true;
}

static bool good_local_part(struct str local) {
	if (!local.n || local.n > LOCAL_PART_MAX || local.p[0] == '.' ||
	    local.p[local.n - 1] == '.')
		return false;
	for (size_t i = 0; i < local.n; i++) {
		unsigned char c = (unsigned char)local.p[i];
		if (c <= ' ' || c == 0x7f || strchr("()<>[]:;,\\\"@", c)) return false;
		if (c == '.' && local.p[i - 1] == '.') return false;
	}
	return true;
}

/* Labels of letters, digits, hyphens and non-ASCII, at least two of them. */
static bool good_domain(struct str domain) {
	size_t label = 0, dots = 0;
	for (size_t i = 0; i < domain.n; i++) {
		unsigned char c = (unsigned char)domain.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
		if (c == '.' && label)
			label = 0, dots++;
		else if (word || (c == '-' && label))
			label++;
		else
			return false;
		if (c == '-' && (i + 1 == domain.n || domain.p[i + 1] == '.')) return false;
	}
	return dots > 0 && label > 1;
}

static void lower_ascii(char *p, size_t n) {
	for (size_t i = 0; i < n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] + ('a' - 'A'));
}

static bool read_email(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	char *text = arena_copy(p->arena, in.p, in.n), *at = strrchr(text, '@');
	if (!at || in.n > EMAIL_MAX || strlen(text) != in.n) return REFUSE(p, "bad_email");
	struct str local = { text, (size_t)(at - text) }, domain = { at + 1, in.n - local.n - 1 };
	lower_ascii(at + 1, domain.n);
	if (!good_local_part(local) || !good_domain(domain)) return REFUSE(p, "bad_email");
	*out = value_text((struct str){ text, in.n });
	return true;
}

static size_t scheme_length(const char *text) {
	return !strncmp(text, "http://", 7) ? 7 : !strncmp(text, "https://", 8) ? 8 : 0;
}

static bool read_url(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (in.n > URL_MAX) return REFUSE(p, "too_long", "max", "2000");
	char *text = arena_copy(p->arena, in.p, in.n);
	const char *colon = strchr(text, ':');
	if (colon) lower_ascii(text, (size_t)(colon - text));
	size_t scheme = scheme_length(text);
	if (!scheme || !text[scheme] || strchr("/?#:@", text[scheme])) return REFUSE(p, "bad_url");
	for (size_t i = 0; i < in.n; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f ||
		    strchr("<>\"\\^`{}|", text[i]))
			return REFUSE(p, "bad_url");
	*out = value_text((struct str){ text, in.n });
	return true;
}

/* 138 1234 5678 is how people read a mobile number. */
static void show_phone(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	struct str s = v->as.s;
	if (!show || s.n != 11 || s.p[0] != '1') {
		field_text_write_text(out, f, c, v, show);
		return;
	}
	sb_bytes(out, s.p, 3);
	sb_char(out, ' ');
	sb_bytes(out, s.p + 3, 4);
	sb_char(out, ' ');
	sb_bytes(out, s.p + 7, 4);
}

static const char *const keys[] = { "min_length", "max_length", "pattern", NULL };

#define CONTACT_BODY                                                                               \
	.storage = STORE_TEXT, .keys = keys, .value_type = field_text_value_type,                  \
	.flags = FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_SEARCH | FT_DEFAULT | FT_LENGTH |           \
		 FT_TEXT_LIKE | FT_SET,                                                            \
	.read_json = field_text_read_json, .validate = field_text_validate,                        \
	.write_json = field_text_write_json, .to_cell = SERVER_ONLY(field_text_to_cell),           \
	.from_cell = SERVER_ONLY(field_text_from_cell)

const struct field_type field_type_phone = {
	CONTACT_BODY,
	.name = "phone",
	.label = SERVER_WORDS("电话", "Phone"),
	.help = SERVER_WORDS(
		"国内手机、座机（可带分机 x802），国外以 + 开头；空格、横线、括号和 +86 "
		"会去掉，存成统一写法。",
		"Chinese mobile or landline (extension as x802), others with +; blanks, dashes, "
		"brackets and +86 are dropped."),
	.read_text = read_phone,
	.write_text = show_phone,
};

const struct field_type field_type_email = {
	CONTACT_BODY,
	.name = "email",
	.label = SERVER_WORDS("邮箱", "E-mail"),
	.help = SERVER_WORDS("邮箱地址，域名部分存成小写。",
			     "An address; its domain is kept in lower case."),
	.read_text = read_email,
	.write_text = field_text_write_text,
};

const struct field_type field_type_url = {
	CONTACT_BODY,
	.name = "url",
	.label = SERVER_WORDS("网址", "URL"),
	.help = SERVER_WORDS("以 http:// 或 https:// 开头的网址。",
			     "An address that begins with http:// or https://."),
	.read_text = read_url,
	.write_text = field_text_write_text,
};
