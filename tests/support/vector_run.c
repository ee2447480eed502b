#include "tests/support/vector_run.h"

#include <assert.h>
#include "runtime/base/day.h"
#include "tests/support/expr_world.h"

const struct json *vector_of(const struct vector_run *r, const char *key) {
	const struct json *own = json_get(r->test, key);
	return own ? own : json_get(r->defaults, key);
}

static struct expr_scope scope_of(struct vector_run *r) {
	struct arena *a = r->arena;
	const struct json *params = json_get(r->test, "error") ? NULL : vector_of(r, "params");
	struct expr_scope scope = { .catalogue = &vector_catalogue,
				    .form = vector_form(a, vector_of(r, "fields")),
				    .parent = vector_form(a, vector_of(r, "parent")),
				    .option = vector_form(a, vector_of(r, "option")) };
	struct expr_param *list = arena_array(a, params ? params->n : 0, sizeof *list);
	for (size_t i = 0; params && i < params->n; i++) {
		struct vector_field field;
		list[i].name = str_dup(a, params->keys[i].name);
		list[i].type = vector_type(a, json_get(&params->items[i], "type"), &field);
	}
	scope.params = list;
	scope.param_count = params ? params->n : 0;
	return scope;
}

static struct value user_value(struct vector_run *r, const struct expr_path *path) {
	const struct json *wire = vector_of(r, path->name ? path->name : "user");
	return vector_value(r->arena, path->type, wire, NULL);
}

static struct value slot_of(struct vector_run *r, const struct expr_path *path) {
	static const char *const records[] = { [ROOT_RECORD] = "record",
					       [ROOT_OLD] = "old",
					       [ROOT_PARENT] = "parent_record",
					       [ROOT_OPTION] = "option_record" };
	if (path->root == ROOT_USER) return user_value(r, path);
	if (path->root == ROOT_COMPANY)
		return vector_value(r->arena, path->type,
				    json_get(vector_of(r, "company"), path->name), NULL);
	if (path->root == ROOT_PARAM)
		return vector_value(r->arena, path->type,
				    json_get(json_get(vector_of(r, "params"), path->name), "value"),
				    r->zone);
	const struct json *record = vector_of(r, records[path->root]);
	if (path->length == 0) return vector_value(r->arena, path->type, record, r->zone);
	return vector_path(r->arena, record, path->fields, path->length, r->zone);
}

static void read_spans(struct arena *a, struct work_calendar *c, size_t day,
		       const struct json *spans) {
	struct work_interval *items = arena_array(a, spans->n, sizeof *items);
	for (size_t i = 0; i < spans->n; i++) {
		int64_t from = 0, to = 0;
		bool ok = time_parse(spans->items[i].items[0].text, &from) &&
			  time_parse(spans->items[i].items[1].text, &to);
		assert(ok);
		items[i] = (struct work_interval){ (int32_t)from, (int32_t)to };
	}
	c->week[day].spans = items;
	c->week[day].n = spans->n;
}

static int64_t *read_days(struct arena *a, const struct json *days, size_t *n) {
	*n = days ? days->n : 0;
	int64_t *list = arena_array(a, *n, sizeof *list);
	for (size_t i = 0; i < *n; i++) {
		bool ok = day_parse(days->items[i].text, &list[i]);
		assert(ok);
	}
	return list;
}

static const struct work_calendar *calendar_of(struct vector_run *r) {
	static const char *const names[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
	const struct json *json = vector_of(r, "calendar");
	if (!json) return NULL;
	struct work_calendar *c = arena_alloc(r->arena, sizeof *c);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (json_get(json, names[i])) read_spans(r->arena, c, i, json_get(json, names[i]));
	c->holidays = read_days(r->arena, json_get(json, "holidays"), &c->holiday_count);
	c->workdays = read_days(r->arena, json_get(json, "workdays"), &c->workday_count);
	return c;
}

static struct expr_frame frame_of(struct vector_run *r) {
	struct expr_frame frame = world_frame(r->zone);
	const struct json *now = vector_of(r, "now");
	bool offset;
	struct value *slots = arena_array(r->arena, r->paths.count + 1, sizeof *slots);
	for (size_t i = 0; i < r->paths.count; i++) slots[i] = slot_of(r, &r->paths.items[i]);
	bool ok = !now || datetime_parse(now->text, &frame.now_us, &offset);
	assert(ok);
	frame.slots = slots;
	frame.calendar = calendar_of(r);
	return frame;
}

struct problem *vector_eval(struct vector_run *r, struct type *type, struct value *v) {
	const struct json *zone = vector_of(r, "zone");
	r->zone = NULL;
	r->paths = (struct expr_paths){ .arena = r->arena };
	if (zone) TRY(zone_load(r->arena, str_dup(r->arena, zone->text), &r->zone));
	struct expr_scope scope = scope_of(r);
	const struct json *template = json_get(r->test, "template"), *as = json_get(r->test, "as");
	const struct expr *e;
	struct vector_field field;
	struct type want =
		as ? vector_type(r->arena, as, &field) : (struct type){ .kind = TYPE_NULL };
	if (template)
		TRY(expr_template(r->arena, template->text, &scope, &r->paths, &e));
	else
		TRY(expr_compile(r->arena, json_str(json_get(r->test, "expr")), &scope,
				 as ? &want : NULL, &r->paths, &e));
	struct expr_frame frame = frame_of(r);
	*type = expr_type(e);
	return expr_eval(r->arena, e, &frame, v);
}
