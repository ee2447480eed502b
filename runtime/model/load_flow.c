/* load_flow.c -- flows/NAME.json: its start, settings and states; the steps are load_flow_step.c's,
 * people load_flow_who.c's. */
#include "runtime/model/load_flow.h"
#include "runtime/model/sha256.h"
#include "runtime/model/field_kit.h"

const char *const verdict_names[VERDICTS] = { "approve", "reject", "complete", "return",
					      "resubmit" };

struct expr_scope load_flow_scope(const struct flow_loading *fl) {
	return load_scope(fl->flow->form, NULL);
}

const struct expr *load_never(struct flow_loading *fl, struct expr_paths *paths) {
	static const struct type condition = { .kind = TYPE_BOOL };
	struct expr_scope scope = load_flow_scope(fl);
	const struct expr *never = NULL;
	if (expr_compile(fl->l.arena, STR("false"), &scope, &condition, paths, &never)) return NULL;
	return never;
}

const struct expr *load_flow_condition(struct flow_loading *fl, const struct json *at) {
	static const struct type condition = { .kind = TYPE_BOOL };
	struct expr_scope scope = load_flow_scope(fl);
	if (!at) return NULL;
	const struct expr *e = load_expr(&fl->l, fl->d, at, &scope, &condition, &fl->flow->paths);
	return e ? e : load_never(fl, &fl->flow->paths);
}

int load_word(struct flow_loading *fl, const struct json *at, const char *key, struct str word,
	      const char *const *words) {
	struct sb known = sb_on(fl->l.findings->arena, 1024);
	for (int i = 0; words[i]; i++) {
		if (str_is(word, words[i])) return i;
		sb_printf(&known, "%s%s", i ? " " : "", words[i]);
	}
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF04", "def_choice", "fix_choice", "key",
	     key, "value", str_dup(fl->l.arena, word), "known", sb_cstr(&known));
	return -1;
}

/* A word that shape_flow.c has as a choice: what else stands there was found by shape_check. */
static int choice(const struct json *in, const char *key, const char *const *words, int usual) {
	const struct json *at = json_get(in, key);
	for (int i = 0; words[i]; i++)
		if (json_is_string(at, words[i])) return i;
	return usual;
}

/* ---- start ---- */

static void load_move(struct flow_loading *fl, const struct json *on) {
	const struct json *at = json_get(on, "move"), *to = json_get(on, "to");
	const struct field *f = load_field_ref(&fl->l, fl->d, fl->flow->form, at);
	if (!f) return;
	if (f->type != &field_type_enum || !f->enumeration) {
		FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "VR02", "flow_move_type",
		     "fix_flow_move_type", "name", f->name, "type", f->type->name);
		return;
	}
	const struct enum_value *value = load_enum_value(&fl->l, fl->d, f, to);
	if (to && !value) return;
	fl->flow->start.field = f;
	fl->flow->start.to = value;
	fl->flow->start.on = START_MOVE;
}

static void load_start_on(struct flow_loading *fl, const struct json *on) {
	static const char *const words[] = { "created", "change", "delete", NULL };
	static const enum start_on kinds[] = { START_CREATED, START_CHANGE, START_DELETE };
	if (!on) return;
	if (on->kind == JSON_OBJECT) {
		load_move(fl, on);
		return;
	}
	for (size_t i = 0; words[i]; i++)
		if (json_is_string(on, words[i])) fl->flow->start.on = kinds[i];
}

static void load_start(struct flow_loading *fl, const struct json *start) {
	fl->flow->start.who = load_who_list(fl, json_get(start, "who"), WHO_OF_START);
	fl->flow->start.when = load_flow_condition(fl, json_get(start, "when"));
	fl->flow->start.fields = load_step_fields(fl, json_get(start, "fields"));
	load_start_on(fl, json_get(start, "on"));
}

/* ---- settings and states ---- */

static void load_settings(struct flow_loading *fl, const struct json *settings) {
	static const char *const withdraws[] = { "until_first_action", "always", "never", NULL },
				 *const resubmits[] = { "from_target", "to_returner", NULL };
	load_policies(fl, settings, &fl->policies);
	fl->flow->withdraw = (enum withdraw)choice(settings, "withdraw", withdraws, 0);
	fl->flow->to_returner = choice(settings, "resubmit", resubmits, 0) == 1;
}

static void load_states(struct flow_loading *fl, const struct json *states) {
	static const char *const keys[FLOW_STATES] = {
		[FLOW_STARTED] = "start",       [FLOW_APPROVED] = "approved",
		[FLOW_REJECTED] = "rejected",   [FLOW_RETURNED] = "returned",
		[FLOW_WITHDRAWN] = "withdrawn", [FLOW_TERMINATED] = "terminated",
	};
	const struct form *form = fl->flow->form;
	if (!load_count(states, JSON_OBJECT)) return;
	const struct json *named = json_get(states, "field");
	const struct field *f = named ? load_field_ref(&fl->l, fl->d, form, named) : form->state;
	if (named && !f) return;
	if (!f || !f->enumeration) {
		if (!fl->l.broken)
			FIND(fl->l.findings, spot_at(fl->d, named ? named : states), ERROR, "VR02",
			     "flow_no_state", "fix_flow_no_state", "form", form->name);
		return;
	}
	fl->flow->state = f;
	for (size_t i = 0; i < FLOW_STATES; i++)
		fl->flow->states[i] = load_enum_value(&fl->l, fl->d, f, json_get(states, keys[i]));
}

/* ---- the whole ---- */

static const struct form *form_of(struct flow_loading *fl) {
	const struct json *at = json_get(fl->d->json, "form");
	const struct form *form = app_form(fl->l.app, json_str(at));
	if (!form && at && at->kind == JSON_STRING)
		load_unknown(&fl->l, spot_at(fl->d, at), "form", at->text,
			     load_near_form(&fl->l, at->text));
	return form;
}

enum { TEXT_CEILING = 4 * 1024 * 1024 };

static void take_text(struct flow *flow) {
	struct sb text = sb_on(flow->arena, TEXT_CEILING);
	struct jw w = jw_on(&text);
	jw_json(&w, flow->definition->json);
	flow->text = sb_str(&text);
	sha256_hex(flow->text, flow->hash);
}

static const struct flow *compile(struct flow_loading *fl) {
	struct arena *a = fl->l.arena;
	const struct definition *d = fl->d;
	const struct json *steps = json_get(d->json, "steps");
	struct flow *flow = arena_alloc(a, sizeof *flow);
	const struct form *form = form_of(fl);
	if (!form) return NULL;
	*flow = (struct flow){ .arena = a,
			       .app = fl->l.app,
			       .definition = d,
			       .name = d->name,
			       .id = d->id,
			       .label = load_label(&fl->l, json_get(d->json, "label"), d->name),
			       .form = form,
			       .paths = { .arena = a } };
	if (!d->label.zh && !d->label.en)
		flow->label = load_label(&fl->l, json_get(d->json, "label"), d->name);
	fl->flow = flow;
	fl->room = load_count_steps(steps);
	fl->steps = arena_array(a, fl->room + 1, sizeof *fl->steps);
	flow->steps = fl->steps;
	names_init(&flow->ids, a, fl->room);
	load_start(fl, json_get(d->json, "start"));
	load_settings(fl, json_get(d->json, "settings"));
	load_states(fl, json_get(d->json, "states"));
	load_steps(fl, &flow->root, steps);
	take_text(flow);
	return fl->unusable ? NULL : flow;
}

const struct flow *flow_compile(struct arena *a, const struct app *app, const struct definition *d,
				struct findings *f) {
	static const struct id_memory nothing = { .context = NULL };
	struct flow_loading fl = { .l = { .app = (struct app *)(uintptr_t)app, /* only read */
					  .arena = a,
					  .findings = f,
					  .memory = &nothing },
				   .d = d };
	return compile(&fl);
}

const struct flow *app_flow(const struct app *app, struct str name) {
	for (size_t i = 0; i < app->flow_count; i++)
		if (str_is(name, app->flows[i]->name)) return app->flows[i];
	return NULL;
}

const struct flow *app_flow_by_id(const struct app *app, struct str id) {
	for (size_t i = 0; i < app->flow_count; i++)
		if (str_is(id, app->flows[i]->id)) return app->flows[i];
	return NULL;
}

const struct step *flow_step(const struct flow *flow, struct str id) {
	return names_find(&flow->ids, id);
}

/* ---- the flows of the app being loaded ---- */

static void list_of_form(struct loading *l, struct form *form) {
	const struct flow **flows = arena_array(l->arena, l->app->flow_count, sizeof *flows);
	for (size_t i = 0; i < l->app->flow_count; i++)
		if (l->app->flows[i]->form == form) flows[form->flow_count++] = l->app->flows[i];
	form->flows = flows;
}

void load_flows(struct loading *l) {
	struct app *app = l->app;
	const struct flow **flows = arena_array(l->arena, app->definition_count, sizeof *flows);
	for (size_t i = 0; i < app->definition_count; i++) {
		struct flow_loading fl = { .l = *l, .d = app->definitions[i] };
		if (strcmp(fl.d->kind, "flow") != 0) continue;
		const struct flow *flow = compile(&fl);
		if (flow) flows[app->flow_count++] = flow;
	}
	app->flows = flows;
	app->kept = flow_kept_new(l->arena);
	for (size_t i = 0; app->flow_count && i < app->form_count; i++)
		list_of_form(l, app->forms[i]);
}
