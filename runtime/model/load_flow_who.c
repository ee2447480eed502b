/* load_flow_who.c -- who does a step: rules, how several decide, until when, and what happens when
 * nobody, the starter or the same person would be asked. */
#include "runtime/expr/worktime.h"
#include "runtime/model/load_flow.h"
#include "runtime/model/field_kit.h"
#include "runtime/model/principal.h"

enum { LEVELS_MAX = 20, WEIGHT_MAX = 1000000 };

/* ---- one rule ---- */

static const enum who_kind named[PRINCIPAL_KINDS] = {
	[PRINCIPAL_USER] = WHO_USER,
	[PRINCIPAL_DEPT] = WHO_DEPT,
	[PRINCIPAL_ROLE] = WHO_ROLE,
};
/* None of them says who may start a run. */
static const struct {
	const char *word;
	enum who_kind kind;
} words[] = {
	{ "starter", WHO_STARTER },
	{ "starter_picks", WHO_STARTER_PICKS },
	{ "previous_picks", WHO_PREVIOUS_PICKS },
};

/* false: no such rule, or one whose role there is not */
static bool read_word(struct flow_loading *fl, const struct json *at, struct str text,
		      struct who *out) {
	static const char *const known[] = { "user:LOGIN", "role:NAME",     "dept:NAME",
					     "starter",    "starter_picks", "previous_picks",
					     NULL };
	struct principal p = principal_of(text);
	if (p.kind && p.name.n) {
		out->kind = named[p.kind];
		out->name = str_dup(fl->l.arena, p.name);
		return out->kind != WHO_ROLE || load_need_role(&fl->l, fl->d, at, p.name);
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_is(text, words[i].word)) continue;
		out->kind = words[i].kind;
		return true;
	}
	load_word(fl, at, "who", text, known);
	return false;
}

static bool level_of(struct flow_loading *fl, const struct json *at, const char *key, int *out) {
	int64_t n = 0;
	if (json_int(at, &n) && n >= 1 && n <= LEVELS_MAX) {
		*out = (int)n;
		return true;
	}
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF12", "flow_level", "fix_flow_level",
	     "key", key);
	return false;
}

static bool read_superior(struct flow_loading *fl, const struct json *at, struct who *out) {
	out->kind = WHO_SUPERIOR;
	return level_of(fl, at, "superior", &out->level);
}

static bool read_superiors_to(struct flow_loading *fl, const struct json *at, struct who *out) {
	out->kind = WHO_SUPERIORS_TO;
	if (at->kind != JSON_STRING) return level_of(fl, at, "superiors_to", &out->level);
	struct str role = at->text;
	str_after(role, STR("role:"), &role);
	out->name = str_dup(fl->l.arena, role);
	return load_need_role(&fl->l, fl->d, at, role);
}

/* A path of the record that leads to people or, where one is allowed, to a department. */
static bool read_path(struct flow_loading *fl, const struct json *at, bool users, struct who *out) {
	struct expr_scope scope = load_flow_scope(fl);
	if (at->kind != JSON_STRING || !load_path_ok(&fl->l, fl->d, fl->flow->form, at, at->text))
		return false;
	out->path = load_expr(&fl->l, fl->d, at, &scope, NULL, &fl->flow->paths);
	if (!out->path) return false;
	enum type_kind kind = expr_type(out->path).kind;
	if (kind == TYPE_DEPT || (users && kind == TYPE_USER)) return true;
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "VR02",
	     users ? "flow_no_people" : "flow_no_dept",
	     users ? "fix_flow_no_people" : "fix_flow_no_dept", "path",
	     str_dup(fl->l.arena, at->text), "found", type_name(kind));
	out->path = NULL;
	return false;
}

static bool read_dept_head(struct flow_loading *fl, const struct json *at, struct who *out) {
	out->kind = WHO_DEPT_HEAD;
	return read_path(fl, at, false, out);
}

static bool read_field(struct flow_loading *fl, const struct json *at, struct who *out) {
	out->kind = WHO_FIELD;
	return read_path(fl, at, true, out);
}

static const struct field *taken(struct flow_loading *fl, const struct json *in,
				 const struct form *form) {
	const struct json *at = json_get(in, "take");
	if (!at) return form_system(form, SYSTEM_OWNER);
	const struct field *f = load_field_ref(&fl->l, fl->d, form, at);
	if (!f || f->value_type.kind == TYPE_USER || f->value_type.kind == TYPE_DEPT) return f;
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "VR02", "flow_no_people",
	     "fix_flow_no_people", "path", f->name, "found", type_name(f->value_type.kind));
	return NULL;
}

static bool read_query(struct flow_loading *fl, const struct json *at, struct who *out) {
	static const struct type condition = { .kind = TYPE_BOOL };
	const struct json *in = json_get(at, "form"), *where = json_get(at, "where");
	struct expr_scope scope = load_flow_scope(fl);
	struct who_query *q = arena_alloc(fl->l.arena, sizeof *q);
	*q = (struct who_query){ .form = app_form(fl->l.app, json_str(in)),
				 .paths = { .arena = fl->l.arena } };
	out->kind = WHO_QUERY;
	out->query = q;
	if (!q->form && in && in->kind == JSON_STRING)
		load_unknown(&fl->l, spot_at(fl->d, in), "form", in->text,
			     load_near_form(&fl->l, in->text));
	if (!q->form) return false;
	scope.form = q->form;
	scope.parent = fl->flow->form;
	q->where = load_expr(&fl->l, fl->d, where, &scope, &condition, &q->paths);
	q->take = taken(fl, at, q->form);
	return q->take && (q->where || !where);
}

/* One row a key of an object rule. */
static const struct {
	const char *key;
	bool (*read)(struct flow_loading *fl, const struct json *at, struct who *out);
	bool starts;
} rules[] = {
	{ "superior", read_superior, false },  { "superiors_to", read_superiors_to, false },
	{ "dept_head", read_dept_head, true }, { "field", read_field, true },
	{ "query", read_query, true },
};

static bool refused_at_start(struct flow_loading *fl, const struct json *at) {
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF12", "flow_who_start",
	     "fix_flow_who_start");
	return false;
}

static bool read_object(struct flow_loading *fl, const struct json *in, int of, struct who *out) {
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct json *at = json_get(in, rules[i].key);
		if (!at) continue;
		if (in->n > 1) break;
		if (of == WHO_OF_START && !rules[i].starts) return refused_at_start(fl, in);
		return rules[i].read(fl, at, out);
	}
	FIND(fl->l.findings, spot_at(fl->d, in), ERROR, json_get(in, "script") ? "DEF09" : "DEF12",
	     json_get(in, "script") ? "flow_later_who" : "flow_who_rule", "fix_flow_who_rule");
	return false;
}

static int weight_of(struct flow_loading *fl, const struct json *at) {
	int64_t n = 1;
	if (!at || (json_int(at, &n) && n >= 1 && n <= WEIGHT_MAX)) return (int)n;
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF12", "flow_weight", "fix_flow_weight");
	return 1;
}

static bool load_who(struct flow_loading *fl, const struct json *at, int of, struct who *out) {
	const struct json *inner = json_get(at, "who");
	*out = (struct who){ .weight = 1, .json = at };
	if (inner) {
		out->weight = weight_of(fl, json_get(at, "weight"));
		at = inner;
	}
	if (at->kind == JSON_OBJECT) return read_object(fl, at, of, out);
	if (at->kind != JSON_STRING || !read_word(fl, at, at->text, out)) return false;
	return of != WHO_OF_START || out->name || refused_at_start(fl, at);
}

struct who_list load_who_list(struct flow_loading *fl, const struct json *at, int of) {
	bool list = at && at->kind == JSON_ARRAY;
	uint32_t n = !at ? 0 : list ? at->n : 1;
	struct who *items = arena_array(fl->l.arena, n + 1, sizeof *items);
	struct who_list out = { .items = items };
	for (uint32_t i = 0; i < n; i++)
		if (load_who(fl, list ? &at->items[i] : at, of, &items[out.n])) out.n++;
	if (list && !n && of == WHO_OF_STEP)
		FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF12", "flow_who_empty",
		     "fix_flow_who_empty");
	return out;
}

/* ---- several people ---- */

static bool digits(struct str *s, int64_t *n, int64_t *scale) {
	size_t at = 0;
	for (; at < s->n && s->p[at] >= '0' && s->p[at] <= '9'; at++) {
		*n = *n * 10 + (s->p[at] - '0');
		if (scale) *scale *= 10;
		if (*n > 1000000000 || (scale && *scale > 1000000)) return false;
	}
	*s = (struct str){ s->p + at, s->n - at };
	return at > 0;
}

/* "2/3", "50%", "66.7%", "0.5", "2" */
static bool read_bound(struct str s, struct mode *m) {
	m->denominator = 1;
	if (!digits(&s, &m->numerator, NULL)) return false;
	if (str_after(s, STR("/"), &s)) {
		m->denominator = 0;
		return digits(&s, &m->denominator, NULL) && m->denominator && !s.n;
	}
	if (str_after(s, STR("."), &s)) {
		int64_t whole = m->numerator, part = 0;
		if (!digits(&s, &part, &m->denominator)) return false;
		m->numerator = whole * m->denominator + part;
	}
	if (str_after(s, STR("%"), &s)) m->denominator *= 100;
	return !s.n;
}

static bool read_vote(struct str text, struct mode *m) {
	static const struct {
		const char *word;
		enum vote_kind kind;
	} kinds[] = { { "count", MODE_COUNT }, { "share", MODE_SHARE }, { "weight", MODE_WEIGHT } };
	struct str rest = str_trim(text);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!str_after(rest, str_of(kinds[i].word), &rest)) continue;
		m->kind = kinds[i].kind;
		rest = str_trim(rest);
		m->or_equal = str_after(rest, STR(">="), &rest);
		if (!m->or_equal && !str_after(rest, STR(">"), &rest)) return false;
		return read_bound(str_trim(rest), m) &&
		       (m->kind != MODE_COUNT || m->denominator == 1);
	}
	return false;
}

/* Nobody's yes would be enough, or everybody's is not. */
static const char *senseless(const struct mode *m) {
	if (m->or_equal && m->numerator == 0) return "flow_vote_always";
	bool part = m->kind != MODE_COUNT;
	if (part &&
	    (m->numerator > m->denominator || (m->numerator == m->denominator && !m->or_equal)))
		return "flow_vote_never";
	return NULL;
}

void load_mode(struct flow_loading *fl, const struct json *at, struct mode *out) {
	static const char *const names[] = { "any", "all", "order" };
	const struct json *vote = json_get(at, "vote");
	struct mode m = { .kind = MODE_ANY };
	*out = m;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (json_is_string(at, names[i])) out->kind = (enum vote_kind)i;
	if (!vote || vote->kind != JSON_STRING) return;
	const char *text = str_dup(fl->l.arena, vote->text);
	const char *fault = read_vote(vote->text, &m) ? senseless(&m) : "flow_vote";
	if (!fault)
		*out = m;
	else
		FIND(fl->l.findings, spot_at(fl->d, vote), ERROR, "VR02", fault, "fix_flow_vote",
		     "text", text);
}

/* ---- time ---- */

/* Without a sign: no time runs backwards here. */
static bool is_span(struct str text) {
	struct time_span span;
	bool sign = text.n && (text.p[0] == '-' || text.p[0] == '+');
	return !sign && time_span_parse(text, &span);
}

const char *load_span(struct flow_loading *fl, const struct json *at) {
	if (!at || at->kind != JSON_STRING) return NULL;
	if (is_span(at->text)) return str_dup(fl->l.arena, at->text);
	FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "VR02", "flow_span", "fix_flow_span",
	     "text", str_dup(fl->l.arena, at->text));
	return NULL;
}

static bool transfer_to(struct flow_loading *fl, const struct json *at, struct str who,
			struct due_rule *out) {
	out->act = DUE_TRANSFER;
	out->who = (struct who){ .weight = 1, .json = at, .level = 1, .kind = WHO_SUPERIOR };
	if (str_is(who, "superior")) return true;
	out->who.kind = WHO_DEPT_HEAD;
	return str_is(who, "dept_head") || read_word(fl, at, who, &out->who);
}

/* "1d" -> "-1d" (before), "+1d" -> "1d" */
static const char *offset_of(struct flow_loading *fl, struct str text) {
	struct str rest = text;
	bool later = str_after(text, STR("+"), &rest);
	if (!is_span(rest)) return NULL;
	return later ? str_dup(fl->l.arena, rest)
		     : arena_printf(fl->l.arena, "-%s", str_dup(fl->l.arena, rest));
}

/* ACT or ACT:WHO, and perhaps @SPAN (before) or @+SPAN (after the due moment). */
static bool read_due_rule(struct flow_loading *fl, const struct json *at, struct due_rule *out) {
	static const char *const acts[] = { "remind", "pass", "reject", NULL, "escalate" };
	const char *sign = at->text.n ? memchr(at->text.p, '@', at->text.n) : NULL;
	struct str act = { at->text.p, sign ? (size_t)(sign - at->text.p) : at->text.n }, who;
	out->offset = sign ? offset_of(fl, (struct str){ sign + 1, at->text.n - act.n - 1 }) : "";
	if (!out->offset) return false;
	if (str_after(act, STR("transfer:"), &who)) return transfer_to(fl, at, who, out);
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		if (!acts[i] || !str_is(act, acts[i])) continue;
		out->act = (enum due_act)i;
		return true;
	}
	return false;
}

void load_due_rules(struct flow_loading *fl, const struct json *list, struct step *out) {
	uint32_t n = load_count(list, JSON_ARRAY);
	struct due_rule *rules_made = arena_array(fl->l.arena, n + 1, sizeof *rules_made);
	out->on_due = rules_made;
	if (n && !json_get(out->json, "due"))
		FIND(fl->l.findings, spot_at(fl->d, list), ERROR, "DEF12", "flow_no_due",
		     "fix_flow_no_due", "step", out->id);
	for (uint32_t i = 0; i < n; i++) {
		const struct json *at = &list->items[i];
		size_t before = fl->l.findings->errors;
		struct due_rule *rule = &rules_made[out->on_due_count];
		*rule = (struct due_rule){ .act = DUE_REMIND };
		if (at->kind != JSON_STRING) continue;
		if (read_due_rule(fl, at, rule))
			out->on_due_count++;
		else if (fl->l.findings->errors == before)
			FIND(fl->l.findings, spot_at(fl->d, at), ERROR, "DEF12", "flow_on_due",
			     "fix_flow_on_due", "text", str_dup(fl->l.arena, at->text));
	}
}

/* ---- nobody, the starter himself, the same person again ---- */

static void load_on_nobody(struct flow_loading *fl, const struct json *at, struct policies *io) {
	static const char *const known[] = { "admin",        "pass",       "reject",
					     "refuse_start", "user:LOGIN", NULL };
	if (!at || at->kind != JSON_STRING) return;
	struct principal p = principal_of(at->text);
	if (p.kind == PRINCIPAL_USER && p.name.n) {
		io->on_nobody = ON_NOBODY_USER;
		io->nobody_user = str_dup(fl->l.arena, p.name);
		return;
	}
	int word = load_word(fl, at, "on_nobody", at->text, known);
	if (word >= 0 && word < ON_NOBODY_USER) io->on_nobody = (enum on_nobody)word;
}

void load_policies(struct flow_loading *fl, const struct json *in, struct policies *io) {
	static const char *const selves[] = { "self", "skip", "superior", "dept_head" },
				 *const repeats[] = { "off", "once", "consecutive" };
	const struct json *self = json_get(in, "on_self"), *repeat = json_get(in, "on_repeat");
	for (size_t i = 0; i < ARRAY_LEN(selves); i++)
		if (json_is_string(self, selves[i])) io->on_self = (enum on_self)i;
	for (size_t i = 0; i < ARRAY_LEN(repeats); i++)
		if (json_is_string(repeat, repeats[i])) io->on_repeat = (enum on_repeat)i;
	load_on_nobody(fl, json_get(in, "on_nobody"), io);
}
