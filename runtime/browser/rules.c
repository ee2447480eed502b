/* rules.c -- the rules of forms in the browser: expressions and field values, by the same files as
 * the server.
 *
 * The module holds one app (its effective definition) and the expressions compiled against it.
 * Every call takes one JSON text and answers one: the caller asks rules_room(n) where to put n
 * bytes of UTF-8, calls, and reads rules_answer() for as many bytes as the call returned, before
 * its next call. What the module is not told it does not know: no clock, no files, no people but
 * through the values it is given.
 *   rules_load     {"app","forms","enums","zone":{"first","at":[…],"offset":[…]}} -> {}
 *                  forgets all that was compiled
 *   rules_compile  [{"form","table","option","of","template","text","field" or nothing: a condition}]
 *                  -> [{"id","clock","reads":[{"root","path":[…],"rows"}]} or {"code","params"}]
 *   rules_eval     {"now","calls":[[id,[value of each read]]]} -> [value or {"code","params"}]
 *   rules_check    [{"form","table","field","value"}]
 *                  -> [{"read","value","errors":[{"code","params"}]}]
 * Values are the wire forms of their fields; `read` false: it is no value of its type at all.
 * `rows`: the path goes through a sub-table, its value is the list of what stands at its end; the
 * host follows paths, the module never sees a record. A field (of the form "of", else of the same
 * form) gives its type to the result; without one it is true, false or null.
 * Memory: the app has an arena of its own, each call one that ends with the next. */
#include "runtime/base/day.h"
#include "runtime/base/zone_tzif.h"
#include "runtime/model/field_kit.h"
#include "runtime/model/loader.h"

enum { ANSWER_MAX = 16 * 1024 * 1024 };

struct rule {
	const struct expr *expr;
	const struct field *field; /* what the result is for; NULL: a condition */
	struct expr_paths paths;
};
static struct {
	struct arena *arena, *call;
	struct app *app;
	struct zone zone;
	struct codec codec;
	struct rule **rules;
	size_t rule_count, rule_room;
	char *input;
	struct sb answer;
} rules;

#define EXPORT(name) __attribute__((export_name(#name))) name

char *EXPORT(rules_room)(size_t n);
const char *EXPORT(rules_answer)(void);
size_t EXPORT(rules_load)(size_t n);
size_t EXPORT(rules_compile)(size_t n);
size_t EXPORT(rules_eval)(size_t n);
size_t EXPORT(rules_check)(size_t n);

/* ---- calls ---- */

char *rules_room(size_t n) {
	arena_free(rules.call);
	rules.call = arena_new(0);
	rules.input = arena_alloc(rules.call, n + 1);
	rules.answer = sb_on(rules.call, ANSWER_MAX);
	return rules.input;
}

const char *rules_answer(void) { return sb_cstr(&rules.answer); }

static const struct json_limits limits = { 64 * 1024 * 1024, 64, 20000, 4000000, 1024 * 1024 };

static void write_params(struct jw *w, const char *code, const struct param *params, size_t n) {
	jw_key(w, "code");
	jw_text(w, code);
	jw_key(w, "params");
	jw_object(w);
	for (size_t i = 0; i < n; i++) {
		jw_key(w, params[i].name);
		jw_text(w, params[i].value);
	}
	jw_end(w);
}

static void write_problem(struct jw *w, const struct problem *p) {
	jw_object(w);
	write_params(w, p->code, p->params, p->param_count);
	jw_end(w);
}

/* Runs one call over what stands in the room. */
static size_t answer(size_t n, void (*run)(struct jw *w, const struct json *in)) {
	struct jw w = jw_on(&rules.answer);
	const struct json *in;
	struct problem *p = json_parse(rules.call, (struct str){ rules.input, n }, &limits, &in);
	if (p)
		write_problem(&w, p);
	else
		run(&w, in);
	return rules.answer.n;
}

static void each(struct jw *w, const struct json *list,
		 void (*run)(struct jw *w, const struct json *in)) {
	jw_array(w);
	for (uint32_t i = 0; i < list->n; i++) run(w, &list->items[i]);
	jw_end(w);
}

/* ---- load ---- */

static void load_zone(struct arena *a, const struct json *in) {
	const struct json *at = json_get(in, "at"), *offset = json_get(in, "offset");
	size_t n = at && offset && at->n == offset->n ? at->n : 0;
	int64_t *times = arena_array(a, n + 1, sizeof *times), first = 0, seconds = 0;
	int32_t *offsets = arena_array(a, n + 1, sizeof *offsets);
	json_int(json_get(in, "first"), &first);
	for (size_t i = 0; i < n; i++) {
		json_int(&at->items[i], &times[i]);
		json_int(&offset->items[i], &seconds);
		offsets[i] = (int32_t)seconds;
	}
	rules.zone = (struct zone){ "", n, times, offsets, (int32_t)first, .has_rule = false };
}

/* The definition's text stays: names and values are read out of it. */
static struct problem *load(struct str text) {
	const struct json *view;
	arena_free(rules.arena);
	rules.arena = arena_new(0);
	rules.app = NULL;
	rules.rules = NULL;
	rules.rule_count = rules.rule_room = 0;
	text.p = arena_copy(rules.arena, text.p, text.n);
	TRY(json_parse(rules.arena, text, &limits, &view));
	load_zone(rules.arena, json_get(view, "zone"));
	rules.app = app_known(rules.arena, view, &rules.zone);
	rules.codec = (struct codec){ rules.app, NULL, &rules.zone, LANGUAGE_ZH };
	return NULL;
}

size_t rules_load(size_t n) {
	struct jw w = jw_on(&rules.answer);
	struct problem *p = load((struct str){ rules.input, n });
	if (p)
		write_problem(&w, p);
	else
		jw_raw(&w, STR("{}"));
	return rules.answer.n;
}

/* ---- compile ---- */

static const struct form *form_of(const struct json *in) {
	const struct form *form = app_form(rules.app, json_str(json_get(in, "form")));
	const struct json *table = json_get(in, "table");
	const struct field *rows = form && table ? form_field(form, json_str(table)) : NULL;
	return rows ? rows->rows : form;
}

static bool through_rows(const struct expr_path *path) {
	const struct field *const *fields = (const struct field *const *)path->fields;
	for (size_t i = 0; i < path->length; i++)
		if (fields[i]->rows) return true;
	return false;
}

static void write_read(struct jw *w, const struct expr_path *path) {
	static const char *const roots[] = {
		[ROOT_RECORD] = "record", [ROOT_OLD] = "old",     [ROOT_PARENT] = "parent",
		[ROOT_OPTION] = "option", [ROOT_USER] = "user",   [ROOT_COMPANY] = "company",
		[ROOT_PARAM] = "param",   [ROOT_NAMED] = "named",
	};
	jw_object(w);
	jw_key(w, "root");
	jw_text(w, roots[path->root]);
	jw_key(w, "path");
	jw_array(w);
	if (path->name) jw_text(w, path->name);
	for (size_t i = 0; i < path->length; i++)
		jw_text(w, ((const struct field *)path->fields[i])->name);
	jw_end(w);
	jw_key(w, "rows");
	jw_bool(w, through_rows(path));
	jw_end(w);
}

static void write_rule(struct jw *w, const struct rule *rule, size_t id) {
	jw_object(w);
	jw_key(w, "id");
	jw_int(w, (int64_t)id);
	jw_key(w, "clock");
	jw_bool(w, expr_reads_clock(rule->expr));
	jw_key(w, "reads");
	jw_array(w);
	for (size_t i = 0; i < rule->paths.count; i++) write_read(w, &rule->paths.items[i]);
	jw_end(w);
	jw_end(w);
}

static size_t keep(struct rule *rule) {
	if (rules.rule_count == rules.rule_room) {
		size_t room = rules.rule_room ? rules.rule_room * 2 : 64;
		rules.rules =
			arena_grow(rules.arena, rules.rules, rules.rule_count * sizeof *rules.rules,
				   room * sizeof *rules.rules);
		rules.rule_room = room;
	}
	rules.rules[rules.rule_count] = rule;
	return rules.rule_count++;
}

static void compile(struct jw *w, const struct json *in) {
	const struct form *form = form_of(in);
	const struct json *name = json_get(in, "field"), *of = json_get(in, "of");
	const struct form *target = of ? app_form(rules.app, json_str(of)) : form;
	struct expr_scope scope = { .catalogue = &model_catalogue,
				    .form = form,
				    .parent = form ? form->parent : NULL,
				    .option =
					    app_form(rules.app, json_str(json_get(in, "option"))) };
	struct rule *rule = arena_alloc(rules.arena, sizeof *rule);
	struct type want = { .kind = TYPE_BOOL };
	*rule = (struct rule){ .field = target && name ? form_field(target, json_str(name)) : NULL,
			       .paths = { .arena = rules.arena } };
	if (rule->field) want = rule->field->value_type;
	struct str text = json_str(json_get(in, "text"));
	text.p = arena_copy(rules.arena, text.p, text.n);
	struct problem *p =
		json_get(in, "template")
			? expr_template(rules.arena, text, &scope, &rule->paths, &rule->expr)
			: expr_compile(rules.arena, text, &scope, &want, &rule->paths, &rule->expr);
	if (p)
		write_problem(w, p);
	else if (expr_asks(rule->expr)) /* neither the people nor the calendar is here: the server's */
		write_problem(w, PROBLEM(rules.call, MALFORMED, "expect_object"));
	else
		write_rule(w, rule, keep(rule));
}

static void compile_all(struct jw *w, const struct json *in) { each(w, in, compile); }

size_t rules_compile(size_t n) { return answer(n, compile_all); }

/* ---- values ---- */

/* A value that its field cannot read counts as empty here: its own fault is said by rules_check. */
static struct value read_field(const struct field *f, const struct json *in) {
	struct faults ignored = { .arena = rules.call };
	struct parse p = { rules.call, &rules.codec, &ignored, "", false, NULL };
	struct value v = VALUE_NONE;
	if (in->kind == JSON_NULL || !f->type->read_json || !f->type->read_json(&p, f, in, &v))
		return VALUE_NONE;
	return v;
}

/* Rows and records: by id; a row that is not stored yet has none, but counts. */
static struct value read_id(const struct json *in) {
	int64_t id = 0;
	return in->kind == JSON_NULL || json_int(in, &id) ? value_ref(id) : VALUE_NONE;
}

/* $user and $company have no fields: their texts are what they say. */
static struct value read_plain(const struct expr_path *path, const struct json *in) {
	if (path->root == ROOT_USER || path->root == ROOT_COMPANY) return value_text(json_str(in));
	return in->kind == JSON_NULL ? VALUE_NONE : read_id(in);
}

static struct value read_item(const struct expr_path *path, const struct json *in) {
	const struct field *last = path->length ? path->fields[path->length - 1] : NULL;
	if (last && last->rows) return read_id(in);
	return last ? read_field(last, in) : read_plain(path, in);
}

/* Tags at the end of a path through rows are single items; a cascade is one value. */
static size_t flatten(const struct expr_path *path, struct value v, struct value *out) {
	bool spread = v.kind == VALUE_LIST && path->type.kind != TYPE_CASCADE;
	if (!spread) *out = v;
	for (size_t i = 0; spread && i < v.as.list.n; i++) out[i] = v.as.list.items[i];
	return spread ? v.as.list.n : 1;
}

static struct value read_list(const struct expr_path *path, const struct json *in) {
	struct value *read = arena_array(rules.call, in->n + 1, sizeof *read), *items;
	size_t room = 0, n = 0;
	for (uint32_t i = 0; i < in->n; i++) {
		read[i] = read_item(path, &in->items[i]);
		room += read[i].kind == VALUE_LIST ? read[i].as.list.n + 1 : 1;
	}
	items = arena_array(rules.call, room + 1, sizeof *items);
	for (uint32_t i = 0; i < in->n; i++) n += flatten(path, read[i], &items[n]);
	return (struct value){ .kind = VALUE_LIST, .as.list = { items, n } };
}

static struct value read_slot(const struct expr_path *path, const struct json *in) {
	bool list = in->kind == JSON_ARRAY && (through_rows(path) || !path->length || path->name);
	return list ? read_list(path, in) : read_item(path, in);
}

/* A text takes the form its field keeps; what has none stays and is refused by rules_check. */
static void write_settled(struct jw *w, const struct field *f, const struct value *v) {
	struct faults untold = { .arena = rules.call };
	struct parse p = { rules.call, &rules.codec, &untold, "", false, NULL };
	struct value kept = *v;
	field_write_json(w, f, &rules.codec, field_settle(&p, f, &kept) ? &kept : v);
}

static void write_value(struct jw *w, const struct rule *rule, const struct value *v) {
	if (rule->field)
		write_settled(w, rule->field, v);
	else if (v->kind == VALUE_BOOL)
		jw_bool(w, v->as.i != 0);
	else if (v->kind == VALUE_TEXT)
		jw_str(w, v->as.s);
	else
		jw_null(w);
}

/* ---- eval ---- */

static int64_t now_us;

static void eval(struct jw *w, const struct json *in) {
	int64_t id = -1;
	const struct json *slots = in->n == 2 ? &in->items[1] : NULL;
	if (!slots || !json_int(&in->items[0], &id) || id < 0 || (size_t)id >= rules.rule_count ||
	    slots->n != rules.rules[id]->paths.count) {
		write_problem(w, PROBLEM(rules.call, MALFORMED, "expect_object"));
		return;
	}
	const struct rule *rule = rules.rules[id];
	struct value *values = arena_array(rules.call, slots->n + 1, sizeof *values),
		     v = VALUE_NONE;
	for (uint32_t i = 0; i < slots->n; i++)
		values[i] = read_slot(&rule->paths.items[i], &slots->items[i]);
	struct expr_frame frame = { .slots = values,
				    .now_us = now_us,
				    .zone = &rules.zone,
				    .app = str_of(rules.app->name) };
	struct problem *p = expr_eval(rules.call, rule->expr, &frame, &v);
	if (p)
		write_problem(w, p);
	else
		write_value(w, rule, &v);
}

static void eval_all(struct jw *w, const struct json *in) {
	bool offset;
	const struct json *calls = json_get(in, "calls");
	datetime_parse(json_str(json_get(in, "now")), &now_us, &offset);
	if (calls) each(w, calls, eval);
}

size_t rules_eval(size_t n) { return answer(n, eval_all); }

/* ---- check ---- */

/* The value as it would be stored, and what is wrong with it. */
static void check(struct jw *w, const struct json *in) {
	const struct form *form = form_of(in);
	const struct field *f = form ? form_field(form, json_str(json_get(in, "field"))) : NULL;
	const struct json *given = json_get(in, "value");
	struct faults faults = { .arena = rules.call };
	struct parse p = { rules.call, &rules.codec, &faults, "", false, NULL };
	struct value v = VALUE_NONE;
	bool reads = f && given && given->kind != JSON_NULL && f->type->read_json;
	bool good = reads && f->type->read_json(&p, f, given, &v);
	if (good && !value_is_null(&v) && f->type->validate) f->type->validate(&p, f, &v);
	jw_object(w);
	jw_key(w, "read");
	jw_bool(w, good || !reads);
	jw_key(w, "value");
	if (good)
		field_write_json(w, f, &rules.codec, &v);
	else if (reads)
		jw_json(w, given);
	else
		jw_null(w);
	jw_key(w, "errors");
	jw_array(w);
	for (const struct fault *fault = faults.first; fault; fault = fault->next) {
		jw_object(w);
		write_params(w, fault->code, fault->params, fault->param_count);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

static void check_all(struct jw *w, const struct json *in) { each(w, in, check); }

size_t rules_check(size_t n) { return answer(n, check_all); }
