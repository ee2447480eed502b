/* load_flow_step.c -- the steps of a flow: one row a kind. A list is loaded in the order it is
 * written, so that what a step may name (an earlier step) is there when it is named. */
#include "runtime/model/load_flow.h"
#include "runtime/model/field_kit.h"

static struct spot at_key(const struct flow_loading *fl, const struct json *at) {
	struct spot spot = spot_at(fl->d, at);
	spot.on_key = true;
	return spot;
}

/* ---- field rights and what a verdict needs ---- */

/* By hand: neither computed nor the system's own, but owner. */
static bool editable(const struct field *f) {
	return f->system ? f->system == SYSTEM_OWNER : field_takes_value(f);
}

static void load_right(struct flow_loading *fl, struct str name, const struct json *at,
		       uint8_t *rights) {
	const struct form *form = fl->flow->form;
	const struct field *f = form_field(form, name), *near = form_similar(form, name);
	enum field_right right = load_field_right(at);
	if (!f && !fl->l.broken)
		load_unknown(&fl->l, at_key(fl, at), "right", name,
			     str_of(near ? near->name : NULL));
	else if (f && right == RIGHT_EDIT && !editable(f))
		FIND(fl->l.findings, at_key(fl, at), ERROR, "DEF12", "def_not_writable",
		     "fix_not_writable", "name", f->name);
	else if (f)
		rights[f->index] = (uint8_t)right;
}

const uint8_t *load_step_fields(struct flow_loading *fl, const struct json *in) {
	uint32_t n = load_count(in, JSON_OBJECT);
	if (!n) return NULL;
	uint8_t *rights = arena_array(fl->l.arena, fl->flow->form->field_count, 1);
	memset(rights, STEP_FIELD_UNNAMED, fl->flow->form->field_count);
	for (uint32_t i = 0; i < n; i++) load_right(fl, in->keys[i].name, &in->items[i], rights);
	return rights;
}

static void require_one(struct flow_loading *fl, const struct json *at, struct requirement *out,
			const struct field **fields) {
	if (json_is_string(at, "comment")) {
		out->comment = true;
	} else if (json_is_string(at, "signature")) {
		out->signature = true;
	} else {
		const struct field *f = load_field_ref(&fl->l, fl->d, fl->flow->form, at);
		if (f) fields[out->n++] = f;
	}
}

static void load_requirement(struct flow_loading *fl, const struct json *in,
			     struct requirement *out) {
	bool list = in->kind == JSON_ARRAY;
	const struct field **fields =
		arena_array(fl->l.arena, (list ? in->n : 1) + 1, sizeof *fields);
	out->fields = fields;
	if (!list) require_one(fl, in, out, fields);
	for (uint32_t i = 0; list && i < in->n; i++) require_one(fl, &in->items[i], out, fields);
}

/* A plain list is what finishing the step well needs: approve, or complete. */
static void load_require(struct flow_loading *fl, const struct json *in, struct step *step) {
	static const char *const verdicts[][4] = { { "approve", "reject", "return", NULL },
						   { "complete", "return", NULL } };
	bool handle = step->kind == STEP_HANDLE;
	if (in && in->kind != JSON_OBJECT)
		load_requirement(fl, in,
				 &step->require[handle ? VERDICT_COMPLETE : VERDICT_APPROVE]);
	for (uint32_t i = 0; i < load_count(in, JSON_OBJECT); i++) {
		struct str word = in->keys[i].name;
		if (load_word(fl, &in->items[i], "require", word, verdicts[handle]) < 0) continue;
		for (size_t k = 0; k < VERDICTS; k++)
			if (str_is(word, verdict_names[k]))
				load_requirement(fl, &in->items[i], &step->require[k]);
	}
}

/* ---- steps that name steps ---- */

/* The step of list's way up (the step itself or a block it stands in) that stands in `in`; NULL:
 * none. */
static const struct step *ancestor_in(const struct step *step, const struct step_list *in) {
	while (step && step->in != in) step = step->in->owner;
	return step;
}

/* Every case at once, or every branch: what stands in it runs beside others. */
static bool runs_beside(const struct step *block) {
	return block->kind == STEP_PARALLEL || (block->kind == STEP_BRANCH && block->all);
}

static bool leaves_parallel(const struct step *step, const struct step_list *to) {
	for (const struct step_list *in = step->in; in != to && in->owner; in = in->owner->in)
		if (runs_beside(in->owner)) return true;
	return false;
}

static struct str near_step(const struct flow_loading *fl, struct str name) {
	struct similar near = similar_to(name);
	for (size_t i = 0; i < fl->flow->step_count; i++)
		similar_offer(&near, str_of(fl->steps[i]->id));
	return near.best;
}

/* An earlier step of the same or an outer list (invariant 2 of flow.h), or NULL with a finding. A
 * step of people, one after the other, may also be the block around: that one begins anew. */
static const struct step *earlier_step(struct flow_loading *fl, const struct json *at,
				       const struct step *from) {
	const struct step *to = flow_step(fl->flow, json_str(at));
	if (!to) {
		load_unknown(&fl->l, spot_at(fl->d, at), "step", json_str(at),
			     near_step(fl, json_str(at)));
		return NULL;
	}
	const struct step *beside = ancestor_in(from, to->in);
	if (to != from && beside && to->place <= beside->place) return to;
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "F203", "f203_place", "fix_f203_place",
	     "step", from->id, "to", to->id);
	return NULL;
}

static void load_return_to(struct flow_loading *fl, const struct json *list, struct step *step) {
	uint32_t n = load_count(list, JSON_ARRAY);
	struct return_place *places = arena_array(fl->l.arena, n + 1, sizeof *places);
	step->return_to = places;
	if (!list) places[step->return_count++] = (struct return_place){ RETURN_START, NULL };
	for (uint32_t i = 0; i < n; i++) {
		const struct json *at = &list->items[i];
		struct return_place place = { RETURN_STEP, NULL };
		if (at->kind != JSON_STRING) continue;
		if (json_is_string(at, "start"))
			place.kind = RETURN_START;
		else if (json_is_string(at, "previous"))
			place.kind = RETURN_PREVIOUS;
		else if ((place.step = earlier_step(fl, at, step)) == NULL)
			continue;
		places[step->return_count++] = place;
	}
}

static void load_goto(struct flow_loading *fl, const struct json *j, struct step *step) {
	const struct json *at = json_get(j, "to");
	step->to = at && at->kind == JSON_STRING ? earlier_step(fl, at, step) : NULL;
	if (step->to && leaves_parallel(step, step->to->in)) {
		FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "F204", "f204_parallel",
		     "fix_f204_parallel", "step", step->id, "to", step->to->id);
		step->to = NULL;
	}
	fl->unusable = fl->unusable || !step->to;
}

/* ---- one function a kind ---- */

static unsigned load_allow(const struct json *list) {
	static const struct {
		const char *word;
		enum allow bit;
	} words[] = { { "add_before", ALLOW_ADD_BEFORE },
		      { "add_after", ALLOW_ADD_AFTER },
		      { "add_parallel", ALLOW_ADD_PARALLEL },
		      { "remove", ALLOW_REMOVE },
		      { "transfer", ALLOW_TRANSFER },
		      { "delegate", ALLOW_DELEGATE },
		      { "return", ALLOW_RETURN },
		      { "cc", ALLOW_CC },
		      { "take_back", ALLOW_TAKE_BACK } };
	unsigned allow = 0;
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++)
		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			if (json_is_string(&list->items[i], words[k].word)) allow |= words[k].bit;
	return allow;
}

static void load_cc(struct flow_loading *fl, const struct json *j, struct step *step) {
	step->who = load_who_list(fl, json_get(j, "who"), WHO_OF_STEP);
	step->fields = load_step_fields(fl, json_get(j, "fields"));
}

static void load_people(struct flow_loading *fl, const struct json *j, struct step *step) {
	load_cc(fl, j, step);
	load_mode(fl, json_get(j, "mode"), &step->mode);
	load_policies(fl, j, &step->policies);
	step->due = load_span(fl, json_get(j, "due"));
	load_due_rules(fl, json_get(j, "on_due"), step);
	load_require(fl, json_get(j, "require"), step);
	step->allow = load_allow(json_get(j, "allow"));
	load_return_to(fl, json_get(j, "return_to"), step);
}

static struct step_list *add_list(struct flow_loading *fl, struct step *block,
				  struct step_list **lists, const struct json *in) {
	struct step_list *list = arena_alloc(fl->l.arena, sizeof *list);
	*list = (struct step_list){ .owner = block, .place = block->list_count, .json = in };
	if (json_get(in, "label")) list->label = load_label(&fl->l, json_get(in, "label"), "");
	lists[block->list_count++] = list;
	return list;
}

/* A case has a condition or is the rest. */
static void load_case(struct flow_loading *fl, const struct json *in, struct step_list *list) {
	const struct json *when = json_get(in, "when");
	bool rest = json_bool(json_get(in, "else"));
	if (!when == !rest)
		FIND(fl->l.findings, spot_at(fl->d, in), ERROR, "DEF12", "flow_case",
		     "fix_flow_case", "step", list->owner->id);
	list->when = rest ? NULL : load_flow_condition(fl, when);
	if (!rest && !list->when) list->when = load_never(fl, &fl->flow->paths);
}

static void load_block(struct flow_loading *fl, const struct json *list, struct step *step,
		       bool cases) {
	uint32_t n = load_count(list, JSON_ARRAY);
	struct step_list **lists = arena_array(fl->l.arena, n + 1, sizeof *lists);
	step->lists = (const struct step_list *const *)lists;
	for (uint32_t i = 0; i < n; i++) {
		if (list->items[i].kind != JSON_OBJECT) continue;
		struct step_list *made = add_list(fl, step, lists, &list->items[i]);
		if (cases) load_case(fl, &list->items[i], made);
		load_steps(fl, made, json_get(&list->items[i], "steps"));
	}
	fl->unusable = fl->unusable || !step->list_count;
}

static void load_branch(struct flow_loading *fl, const struct json *j, struct step *step) {
	step->all = json_is_string(json_get(j, "pick"), "all");
	load_block(fl, json_get(j, "cases"), step, true);
}

static void load_parallel(struct flow_loading *fl, const struct json *j, struct step *step) {
	const struct json *at = json_get(j, "wait");
	int64_t n = 0, most = load_count(json_get(j, "branches"), JSON_ARRAY);
	if (json_is_string(at, "any")) n = 1;
	if (at && json_int(at, &n) && (n < 1 || n > most)) {
		FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF12", "flow_wait_count",
		     "fix_flow_wait_count", "step", step->id, "most",
		     arena_printf(fl->l.arena, "%d", (int)most));
		n = 0;
	}
	step->wait = (size_t)n;
	load_block(fl, json_get(j, "branches"), step, false);
}

static void load_until(struct flow_loading *fl, const struct json *in, struct step *step) {
	static const struct type condition = { .kind = TYPE_BOOL };
	const struct json *at = json_get(in, "form");
	struct expr_scope scope = load_flow_scope(fl);
	const struct form *form = at ? app_form(fl->l.app, json_str(at)) : fl->flow->form;
	step->until_paths = (struct expr_paths){ .arena = fl->l.arena };
	step->until_form = form ? form : fl->flow->form;
	step->until = load_never(fl, &step->until_paths);
	if (!form && at->kind == JSON_STRING)
		load_unknown(&fl->l, spot_at(fl->d, at), "form", at->text,
			     load_near_form(&fl->l, at->text));
	if (!form) return;
	if (form != fl->flow->form) scope.parent = fl->flow->form;
	scope.form = form;
	const struct expr *e = load_expr(&fl->l, fl->d, json_get(in, "when"), &scope, &condition,
					 &step->until_paths);
	if (e) step->until = e;
}

static void load_wait(struct flow_loading *fl, const struct json *j, struct step *step) {
	const struct json *span = json_get(j, "for"), *until = json_get(j, "until");
	if (!span == !until)
		FIND(fl->l.findings, spot_at(fl->d, j), ERROR, "DEF12", "flow_wait",
		     "fix_flow_wait", "step", step->id);
	if (span) step->span = load_span(fl, span);
	if (until) load_until(fl, until, step);
	fl->unusable = fl->unusable || (!step->span && !step->until);
}

static void load_act(struct flow_loading *fl, const struct json *j, struct step *step) {
	size_t before = fl->l.findings->errors;
	const struct program *p = load_program(&fl->l, fl->d, fl->flow->form, json_get(j, "do"));
	step->program = fl->l.findings->errors == before ? p : NULL;
}

/* The form of the flow inside, from its definition: flows may name each other in any order. */
static const struct form *form_inside(const struct flow_loading *fl, struct str flow) {
	const struct definition *d = app_definition(fl->l.app, "flow", flow);
	return d ? app_form(fl->l.app, json_str(json_get(d->json, "form"))) : NULL;
}

static void load_sub(struct flow_loading *fl, const struct json *j, struct step *step) {
	const struct json *at = json_get(j, "flow"), *record = json_get(j, "record");
	const struct form *inside = form_inside(fl, json_str(at)), *given = fl->flow->form;
	struct expr_scope scope = load_flow_scope(fl);
	load_need_object(&fl->l, fl->d, at, "flow");
	step->flow = str_dup(fl->l.arena, json_str(at));
	if (record) {
		step->record = load_expr(&fl->l, fl->d, record, &scope, NULL, &fl->flow->paths);
		struct type type = step->record ? expr_type(step->record) : (struct type){ 0 };
		given = type.kind == TYPE_REF && !type.list ? type.domain : NULL;
		if (!step->record) return;
	}
	if (inside && given != inside)
		FIND(fl->l.findings, spot_at(fl->d, record ? record : at), ERROR, "VR02",
		     "flow_sub_form", "fix_flow_sub_form", "flow", step->flow, "form",
		     inside->name);
}

static const struct {
	const char *name, *keys; /* beyond id, kind and label */
	const char *needs;
	void (*load)(struct flow_loading *fl, const struct json *j, struct step *step);
} kinds[STEP_KINDS] = {
	[STEP_APPROVE] = { "approve",
			   " who mode due on_due fields require allow return_to on_self on_repeat "
			   "on_nobody ",
			   "who", load_people },
	[STEP_HANDLE] = { "handle",
			  " who mode due on_due fields require allow return_to on_self on_repeat "
			  "on_nobody ",
			  "who", load_people },
	[STEP_CC] = { "cc", " who fields ", "who", load_cc },
	[STEP_BRANCH] = { "branch", " pick cases ", "cases", load_branch },
	[STEP_PARALLEL] = { "parallel", " wait branches ", "branches", load_parallel },
	[STEP_WAIT] = { "wait", " for until ", NULL, load_wait },
	[STEP_ACT] = { "act", " do ", "do", load_act },
	[STEP_SUB] = { "sub", " flow record ", "flow", load_sub },
	[STEP_GOTO] = { "goto", " to ", "to", load_goto },
};

static size_t kind_of(const struct json *at) {
	size_t i = 0;
	while (i < STEP_KINDS && !json_is_string(at, kinds[i].name)) i++;
	return i;
}

static void check_keys(struct flow_loading *fl, const struct json *j, enum step_kind kind) {
	struct arena *a = fl->l.findings->arena;
	for (uint32_t i = 0; i < j->n; i++) {
		const char *key = str_dup(a, j->keys[i].name);
		if (strstr(" id kind label ", arena_printf(a, " %s ", key)) ||
		    strstr(kinds[kind].keys, arena_printf(a, " %s ", key)))
			continue;
		FIND(fl->l.findings, at_key(fl, &j->items[i]), ERROR, "DEF12", "flow_step_key",
		     "fix_flow_step_key", "key", key, "kind", kinds[kind].name, "known",
		     str_dup(a, str_trim(str_of(kinds[kind].keys))));
	}
	if (kinds[kind].needs && !json_get(j, kinds[kind].needs))
		FIND(fl->l.findings, spot_at(fl->d, j), ERROR, "DEF03", "def_missing_key",
		     "fix_missing_key", "key", kinds[kind].needs);
}

static void name_step(struct flow_loading *fl, struct step *step) {
	const struct json *id = json_get(step->json, "id");
	const struct json *at = id ? id : step->json;
	bool reserved = !strcmp(step->id, "start") || !strcmp(step->id, "previous");
	if (reserved)
		FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF08", "flow_step_reserved",
		     "fix_other_name", "name", step->id);
	else if (!names_add(&fl->flow->ids, str_of(step->id), step))
		FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF06", "flow_step_twice",
		     "fix_other_name", "name", step->id);
}

static struct step *load_step(struct flow_loading *fl, const struct step_list *list,
			      const struct json *j) {
	struct step *step = arena_alloc(fl->l.arena, sizeof *step);
	size_t kind = kind_of(json_get(j, "kind"));
	if (kind == STEP_KINDS) {
		fl->unusable = true; /* shape_check said so */
		return NULL;
	}
	*step = (struct step){ .kind = (enum step_kind)kind,
			       .index = fl->flow->step_count,
			       .id = str_dup(fl->l.arena, json_str(json_get(j, "id"))),
			       .in = list,
			       .place = list->n,
			       .policies = fl->policies,
			       .json = j };
	step->label = load_label(&fl->l, json_get(j, "label"), step->id);
	fl->steps[fl->flow->step_count++] = step;
	name_step(fl, step);
	check_keys(fl, j, step->kind);
	return step;
}

void load_steps(struct flow_loading *fl, struct step_list *list, const struct json *array) {
	uint32_t n = load_count(array, JSON_ARRAY);
	const struct step **steps = arena_array(fl->l.arena, n + 1, sizeof *steps);
	list->steps = steps;
	if (!list->json) list->json = array;
	for (uint32_t i = 0; i < n; i++) {
		if (array->items[i].kind != JSON_OBJECT) continue;
		struct step *step = load_step(fl, list, &array->items[i]);
		if (!step) continue;
		steps[list->n++] = step;
		kinds[step->kind].load(fl, step->json, step);
	}
}

size_t load_count_steps(const struct json *array) {
	size_t n = 0;
	for (uint32_t i = 0; i < load_count(array, JSON_ARRAY); i++) {
		const struct json *in = &array->items[i];
		const struct json *lists[] = { json_get(in, "cases"), json_get(in, "branches") };
		n++;
		for (size_t k = 0; k < ARRAY_LEN(lists); k++)
			for (uint32_t m = 0; m < load_count(lists[k], JSON_ARRAY); m++)
				n += load_count_steps(json_get(&lists[k]->items[m], "steps"));
	}
	return n;
}
