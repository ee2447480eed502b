/* setting.c -- reading and changing organisation settings. */
#include <assert.h>
#include "runtime/store/setting.h"
#include "runtime/base/clock.h"
#include "runtime/store/audit.h"
#include "runtime/store/backend.h"
#include "runtime/store/pictures.h"
#include "runtime/store/queries.h"
#include "runtime/store/secret.h"

enum { VALUE_CEILING = 64 * 1024 };

/* ---- reading ---- */

static struct problem *stored(struct tx *tx, const char *key, const struct json **out) {
	char *text;
	*out = NULL;
	TRY(tx_text(tx, sql_setting_get, PARAMS(value_text(str_of(key))), &text));
	return text ? json_parse(tx_arena(tx), str_of(text), &json_limits_definition, out) : NULL;
}

struct problem *setting_company(struct tx *tx, const char *name, struct value *out) {
	struct arena *a = tx_arena(tx);
	char *text;
	const struct json *json = NULL;
	*out = VALUE_NONE;
	TRY(tx_text(tx, sql_setting_get,
		    PARAMS(value_text(str_of(arena_printf(a, "company.%s", name)))), &text));
	if (!text) return NULL;
	TRY(json_parse(a, str_of(text), &json_limits_definition, &json));
	*out = value_text(json->kind == JSON_STRING ? json->text : str_of(text));
	return NULL;
}

int64_t setting_integer_of(struct str json, const char *key) {
	const struct setting_row *row = setting_find(str_of(key));
	int64_t n;
	return json.n && str_to_int(json, &n) && n >= row->min && n <= row->max ? n : row->usual;
}

struct problem *setting_integer(struct tx *tx, const char *key, int64_t *out) {
	char *text;
	TRY(tx_text(tx, sql_setting_get, PARAMS(value_text(str_of(key))), &text));
	*out = setting_integer_of(str_of(text), key);
	return NULL;
}

struct problem *setting_text(struct tx *tx, const char *key, char **out) {
	const struct json *json;
	TRY(stored(tx, key, &json));
	*out = json ? str_dup(tx_arena(tx), json_str(json)) : NULL;
	return NULL;
}

struct problem *setting_secret(struct tx *tx, const char *key, char **out) {
	char *sealed;
	*out = NULL;
	TRY(setting_text(tx, key, &sealed));
	return sealed ? secret_open(tx->store, tx_arena(tx), str_of(sealed), out) : NULL;
}

/* ---- answering ---- */

static struct str group_of(const char *key) { return (struct str){ key, strcspn(key, ".") }; }
static const char *name_of(const char *key) { return strchr(key, '.') + 1; }

static void usual_json(struct jw *w, const struct setting_row *row) {
	if (row->kind == SETTING_INTEGER)
		jw_int(w, row->usual);
	else if (row->kind == SETTING_CHOICE)
		jw_str(w, (struct str){ row->choices, strcspn(row->choices, " ") });
	else
		jw_null(w);
}

static struct problem *row_json(struct tx *tx, struct jw *w, const struct setting_row *row) {
	const struct json *json;
	TRY(stored(tx, row->key, &json));
	jw_key(w, name_of(row->key));
	if (!json)
		usual_json(w, row);
	else if (row->kind == SETTING_SECRET)
		jw_raw(w, STR("{\"set\":true}"));
	else
		jw_json(w, json);
	return NULL;
}

struct problem *settings_json(struct tx *tx, struct jw *w) {
	struct str group = STR("");
	jw_object(w);
	for (const struct setting_row *row = setting_rows; row->key; row++) {
		if (!str_eq(group, group_of(row->key))) {
			if (group.n) jw_end(w);
			group = group_of(row->key);
			jw_key_str(w, group);
			jw_object(w);
		}
		TRY(row_json(tx, w, row));
	}
	jw_end(w);
	jw_end(w);
	return NULL;
}

static void label_json(struct jw *w, const char *key, const struct label *l) {
	if (!l->zh) return;
	jw_key(w, key);
	jw_object(w);
	jw_set_text(w, "zh-CN", l->zh);
	jw_set_text(w, "en", l->en);
	jw_end(w);
}

static void choices_json(struct jw *w, const char *choices) {
	jw_key(w, "choices");
	jw_array(w);
	for (const char *at = choices; *at; at += strcspn(at, " "), at += *at == ' ')
		jw_str(w, (struct str){ at, strcspn(at, " ") });
	jw_end(w);
}

void settings_schema_json(struct jw *w) {
	static const char *const kinds[] = { "text",   "integer", "choice",
					     "secret", "rates",   "picture" };
	jw_array(w);
	for (const struct setting_row *row = setting_rows; row->key; row++) {
		jw_object(w);
		jw_set_text(w, "key", row->key);
		jw_set_text(w, "type", kinds[row->kind]);
		if (row->kind == SETTING_INTEGER) {
			jw_set_int(w, "min", row->min);
		}
		if (row->max) {
			jw_set_int(w, row->kind == SETTING_INTEGER ? "max" : "max_length",
				   row->max);
		}
		if (row->choices) choices_json(w, row->choices);
		jw_key(w, "default");
		usual_json(w, row);
		label_json(w, "label", &row->label);
		label_json(w, "help", &row->help);
		jw_end(w);
	}
	jw_end(w);
}

/* ---- changing ---- */

struct patch {
	struct tx *tx;
	const struct request *rq;
	struct arena *arena;
	struct faults faults;
	bool malformed;
	const struct setting_row *rows[64]; /* given, with their values */
	const struct json *values[64];
	size_t n;
	struct sb changed; /* blank-separated keys, for the trail */
};

static bool choice_ok(const char *choices, struct str s) {
	for (const char *at = choices; *at; at += strcspn(at, " "), at += *at == ' ')
		if (str_eq(s, (struct str){ at, strcspn(at, " ") })) return true;
	return false;
}

static bool text_ok(struct str s, int64_t max) {
	if (utf8_length(s) > (size_t)max) return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F) return false;
	return true;
}

static void check_text(struct patch *p, const char *pointer, const struct setting_row *row,
		       const struct json *v) {
	if (v->kind != JSON_STRING)
		FAULT(&p->faults, pointer, "expect_text");
	else if (!text_ok(v->text, row->max))
		FAULT(&p->faults, pointer, "setting_text", "max",
		      arena_printf(p->arena, "%lld", (long long)row->max));
}

static void check_integer(struct patch *p, const char *pointer, const struct setting_row *row,
			  const struct json *v) {
	int64_t n;
	if (json_int(v, &n) && n >= row->min && n <= row->max) return;
	FAULT(&p->faults, pointer, "setting_integer", "min",
	      arena_printf(p->arena, "%lld", (long long)row->min), "max",
	      arena_printf(p->arena, "%lld", (long long)row->max));
}

static void check_choice(struct patch *p, const char *pointer, const struct setting_row *row,
			 const struct json *v) {
	if (v->kind != JSON_STRING || !choice_ok(row->choices, v->text))
		FAULT(&p->faults, pointer, "setting_choice", "known", row->choices);
}

/* {"set": true} is what we answer for a secret: sent back it changes nothing. */
static bool is_echo(const struct setting_row *row, const struct json *v) {
	return row->kind == SETTING_SECRET && v->kind == JSON_OBJECT &&
	       json_bool(json_get(v, "set"));
}

static void check_secret(struct patch *p, const char *pointer, const struct setting_row *row,
			 const struct json *v) {
	if (!is_echo(row, v)) check_text(p, pointer, row, v);
}

static bool is_currency(struct str code) {
	for (size_t i = 0; i < code.n; i++)
		if (code.p[i] < 'A' || code.p[i] > 'Z') return false;
	return code.n == 3;
}

static bool is_rate(const struct json *v) {
	struct decimal rate;
	return (v->kind == JSON_STRING || v->kind == JSON_NUMBER) &&
	       decimal_parse(v->text, &rate) == DECIMAL_OK && rate.coefficient > 0;
}

static void check_rates(struct patch *p, const char *pointer, const struct setting_row *row,
			const struct json *v) {
	(void)row;
	bool good = v->kind == JSON_OBJECT;
	for (uint32_t i = 0; i < v->n && good; i++)
		good = is_currency(v->keys[i].name) && is_rate(&v->items[i]);
	if (!good) FAULT(&p->faults, pointer, "setting_rates");
}

/* It must have been uploaded; that is asked in the transaction of the change. */
static void check_picture(struct patch *p, const char *pointer, const struct setting_row *row,
			  const struct json *v) {
	(void)row;
	struct stored_file f;
	int64_t id;
	bool good = v->kind == JSON_STRING && str_to_int(v->text, &id) && id > 0 &&
		    !file_find(p->tx, id, &f);
	if (v->kind == JSON_STRING && !v->text.n) return; /* empty: none */
	if (!good) FAULT(&p->faults, pointer, "setting_picture");
}

static void (*const checks[])(struct patch *, const char *, const struct setting_row *,
			      const struct json *) = {
	[SETTING_TEXT] = check_text,     [SETTING_INTEGER] = check_integer,
	[SETTING_CHOICE] = check_choice, [SETTING_SECRET] = check_secret,
	[SETTING_RATES] = check_rates,   [SETTING_PICTURE] = check_picture,
};

static const char *known_names(struct arena *a, struct str group) {
	struct sb out = sb_on(a, 4096);
	for (const struct setting_row *row = setting_rows; row->key; row++) {
		bool first_of_group =
			row == setting_rows || !str_eq(group_of(row[-1].key), group_of(row->key));
		if (group.n ? !str_eq(group_of(row->key), group) : !first_of_group) continue;
		if (out.n) sb_cat(&out, ", ");
		if (group.n)
			sb_cat(&out, name_of(row->key));
		else
			sb_add(&out, group_of(row->key));
	}
	return sb_cstr(&out);
}

static void unknown(struct patch *p, const char *pointer, struct str key, struct str group) {
	p->malformed = true;
	FAULT(&p->faults, pointer, "unknown_key", "name", str_dup(p->arena, key), "known",
	      known_names(p->arena, group));
}

static void read_group(struct patch *p, struct str group, const struct json *values) {
	const char *parent = pointer_join(p->arena, "", group);
	const char *known = known_names(p->arena, group);
	if (!*known || values->kind != JSON_OBJECT) {
		if (!*known)
			unknown(p, parent, group, STR(""));
		else
			FAULT(&p->faults, parent, "expect_object");
		return;
	}
	for (uint32_t i = 0; i < values->n; i++) {
		const char *pointer = pointer_join(p->arena, parent, values->keys[i].name);
		const char *key = arena_printf(p->arena, "%s.%s", str_dup(p->arena, group),
					       str_dup(p->arena, values->keys[i].name));
		const struct setting_row *row = setting_find(str_of(key));
		if (!row) {
			unknown(p, pointer, values->keys[i].name, group);
			continue;
		}
		if (values->items[i].kind != JSON_NULL)
			checks[row->kind](p, pointer, row, &values->items[i]);
		assert(p->n < ARRAY_LEN(p->rows)); /* a key stands once in a body */
		p->rows[p->n] = row;
		p->values[p->n++] = &values->items[i];
	}
}

static bool given(const struct patch *p, const char *key) {
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->rows[i]->key, key) == 0) return !is_echo(p->rows[i], p->values[i]);
	return false;
}

static struct problem *value_text_of(struct patch *p, const struct setting_row *row,
				     const struct json *v, const char **out) {
	struct sb text = sb_on(p->arena, VALUE_CEILING);
	struct jw w = jw_on(&text);
	char *sealed;
	int64_t n;
	if (row->kind == SETTING_SECRET) {
		TRY(secret_seal(p->tx->store, p->arena, v->text, &sealed));
		jw_text(&w, sealed);
	} else if (row->kind == SETTING_INTEGER && json_int(v, &n)) {
		jw_int(&w, n);
	} else {
		jw_json(&w, v);
	}
	*out = sb_cstr(&text);
	return text.overflow ? PROBLEM(p->arena, TOO_LARGE, "too_large", "max", "64 KiB") : NULL;
}

static void changed(struct patch *p, const char *key) {
	if (p->changed.n) sb_char(&p->changed, ' ');
	sb_cat(&p->changed, key);
}

static struct problem *clear(struct patch *p, const char *key) {
	int64_t changes;
	TRY(tx_exec(p->tx, sql_setting_delete, PARAMS(value_text(str_of(key))), &changes));
	if (changes) changed(p, key);
	return NULL;
}

static struct problem *clear_bound(struct patch *p, const char *key) {
	for (const struct setting_row *row = setting_rows; row->key; row++)
		if (row->bound_to && strcmp(row->bound_to, key) == 0 && !given(p, row->key))
			TRY(clear(p, row->key));
	return NULL;
}

static struct problem *store_one(struct patch *p, const struct setting_row *row,
				 const struct json *v) {
	const char *text;
	char *former;
	bool empty = v->kind == JSON_NULL || (v->kind == JSON_STRING && !v->text.n);
	TRY(tx_text(p->tx, sql_setting_get, PARAMS(value_text(str_of(row->key))), &former));
	if (empty) {
		if (former) TRY(clear_bound(p, row->key));
		return clear(p, row->key);
	}
	TRY(value_text_of(p, row, v, &text));
	if (former && strcmp(former, text) == 0) return NULL;
	changed(p, row->key);
	TRY(tx_exec(p->tx, sql_setting_set,
		    PARAMS(value_text(str_of(row->key)), value_text(str_of(text)),
			   value_int(clock_real()),
			   p->rq->actor ? value_int(p->rq->actor->id) : VALUE_NONE),
		    NULL));
	return clear_bound(p, row->key);
}

static struct problem *note(struct patch *p) {
	struct sb detail = sb_on(p->arena, VALUE_CEILING);
	struct jw w = jw_on(&detail);
	jw_object(&w);
	jw_set_str(&w, "keys", sb_str(&p->changed));
	jw_end(&w);
	return audit_note(p->tx, p->rq, "settings_change", sb_cstr(&detail));
}

struct problem *settings_patch(struct tx *tx, const struct request *rq, const struct json *body) {
	struct arena *a = tx_arena(tx);
	struct patch p = { .tx = tx,
			   .rq = rq,
			   .arena = a,
			   .faults = { .arena = a },
			   .changed = sb_on(a, VALUE_CEILING) };
	for (uint32_t i = 0; i < body->n; i++) read_group(&p, body->keys[i].name, &body->items[i]);
	struct problem *refused = faults_problem(&p.faults);
	if (refused && p.malformed) refused->kind = PROBLEM_MALFORMED;
	TRY(refused);
	for (size_t i = 0; i < p.n; i++)
		if (!is_echo(p.rows[i], p.values[i])) TRY(store_one(&p, p.rows[i], p.values[i]));
	return p.changed.n ? note(&p) : NULL;
}
