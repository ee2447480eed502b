/* check_name.c -- names and member chains become paths: account.region, lines.net, $user.dept,
 * $old.stage. */
#include "runtime/expr/internal.h"

struct chain {
	struct node *parts[EXPR_DEPTH +
			   1]; /* parts[0] is the OP_NAME, or any other node a member is taken of */
	size_t n;
	size_t at; /* parts taken so far */
	const void *fields[EXPR_DEPTH + 1];
	struct expr_path path;
};

static struct where part_place(struct check *c, const struct node *part) {
	return (struct where){ c->text, (uint32_t)(part->name.p - c->text.p),
			       (uint32_t)part->name.n };
}

static struct problem *unknown(struct check *c, const struct node *part, const struct suggest *s) {
	return expr_fault(c->arena, part_place(c, part),
			  s->best ? "expr_unknown_name_near" : "expr_unknown_name",
			  s->best ? "suggestion" : NULL, s->best, NULL, NULL);
}

static struct problem *unknown_of(struct check *c, const struct node *part,
				  const char *const *names) {
	struct suggest s = suggest_for(c->arena, part->name);
	for (; *names; names++) suggest_visit(&s, str_of(*names));
	return unknown(c, part, &s);
}

static struct chain chain_of(struct node *n) {
	struct chain ch = { 0 };
	size_t count = 1;
	for (struct node *at = n; at->op == OP_MEMBER; at = at->args[0]) count++;
	ch.n = count;
	for (struct node *at = n; count; at = at->op == OP_MEMBER ? at->args[0] : at)
		ch.parts[--count] = at;
	return ch;
}

static struct problem *take_field(struct check *c, struct chain *ch, const void *form,
				  struct type *type) {
	const struct expr_catalogue *names = c->scope->catalogue;
	struct node *part = ch->parts[ch->at];
	struct expr_symbol symbol;
	if (!form || !names || !names->member(form, part->name, &symbol)) {
		struct suggest s = suggest_for(c->arena, part->name);
		if (form && names) names->members(form, suggest_visit, &s);
		return unknown(c, part, &s);
	}
	bool many = type->list || type->kind == TYPE_ROWS;
	if (many && (type_is_list(symbol.type) || symbol.type.kind == TYPE_ROWS))
		return expr_fault(c->arena, part_place(c, part), "expr_list_of_lists", NULL, NULL,
				  NULL, NULL);
	size_t steps = symbol.way ? symbol.way_length : 1;
	if (ch->path.length + steps > EXPR_DEPTH)
		return expr_fault(c->arena, part_place(c, part), "expr_too_deep", NULL, NULL, NULL,
				  NULL);
	for (size_t i = 0; i < steps; i++)
		ch->fields[ch->path.length++] = symbol.way ? symbol.way[i] : symbol.field;
	ch->at++;
	*type = symbol.type;
	if (many) type->list = true;
	return NULL;
}

/* Follows fields while the value so far is a record, a reference or a sub-table. */
static struct problem *take_fields(struct check *c, struct chain *ch, struct type *type) {
	while (ch->at < ch->n &&
	       (type->kind == TYPE_REF || type->kind == TYPE_ROWS || type->kind == TYPE_RECORD))
		TRY(take_field(c, ch, type->domain, type));
	return NULL;
}

static const char *const user_members[] = { "dept", "superior", "label", "roles", "depts", NULL };

static struct problem *root_user(struct check *c, struct chain *ch, struct type *type) {
	static const bool lists[] = { false, false, false, true, true };
	static const enum type_kind kinds[] = { TYPE_DEPT, TYPE_USER, TYPE_TEXT, TYPE_TEXT,
						TYPE_DEPT };
	ch->path.root = ROOT_USER;
	*type = type_of(TYPE_USER);
	if (ch->at == ch->n) return NULL;
	for (size_t i = 0; user_members[i]; i++) {
		if (!str_is(ch->parts[ch->at]->name, user_members[i])) continue;
		ch->path.name = user_members[i];
		*type = type_of(kinds[i]);
		type->list = lists[i];
		ch->at++;
		return NULL;
	}
	return unknown_of(c, ch->parts[ch->at], user_members);
}

static struct problem *root_company(struct check *c, struct chain *ch, struct type *type) {
	ch->path.root = ROOT_COMPANY;
	*type = type_of(TYPE_RECORD);
	if (ch->at == ch->n)
		return check_fault(c, ch->parts[0], "expr_needs_member", NULL, NULL, NULL, NULL);
	ch->path.name = str_dup(c->arena, ch->parts[ch->at++]->name);
	*type = type_of(TYPE_TEXT);
	return NULL;
}

static struct problem *param_named(struct check *c, struct chain *ch, const struct node *part,
				   struct type *type) {
	struct suggest s = suggest_for(c->arena, part->name);
	ch->path.root = ROOT_PARAM;
	for (size_t i = 0; i < c->scope->param_count; i++) {
		const struct expr_param *p = &c->scope->params[i];
		suggest_visit(&s, str_of(p->name));
		if (!str_is(part->name, p->name)) continue;
		ch->path.name = p->name;
		*type = p->type;
		return NULL;
	}
	return unknown(c, part, &s);
}

static struct problem *root_param(struct check *c, struct chain *ch, struct type *type) {
	if (ch->at == ch->n)
		return check_fault(c, ch->parts[0], "expr_needs_member", NULL, NULL, NULL, NULL);
	TRY(param_named(c, ch, ch->parts[ch->at], type));
	ch->at++;
	return NULL;
}

static struct problem *root_record(struct check *c, struct chain *ch, struct type *type) {
	struct {
		const char *name;
		enum path_root root;
		const void *form;
	} roots[] = {
		{ "$record", ROOT_RECORD, c->scope->form },
		{ "$old", ROOT_OLD, c->scope->no_old ? NULL : c->scope->form },
		{ "$parent", ROOT_PARENT, c->scope->parent },
		{ "$option", ROOT_OPTION, c->scope->option },
	};
	size_t i = 0;
	while (i + 1 < ARRAY_LEN(roots) && !str_is(ch->parts[0]->name, roots[i].name)) i++;
	ch->path.root = roots[i].root;
	if (!roots[i].form)
		return expr_fault(c->arena, part_place(c, ch->parts[0]), "expr_not_here", NULL,
				  NULL, NULL, NULL);
	*type = (struct type){ .kind = TYPE_REF, .domain = roots[i].form };
	return take_fields(c, ch, type);
}

static const struct {
	const char *name;
	struct problem *(*take)(struct check *, struct chain *, struct type *);
} roots[] = {
	{ "$user", root_user },     { "$company", root_company }, { "$param", root_param },
	{ "$record", root_record }, { "$old", root_record },      { "$parent", root_record },
	{ "$option", root_record },
};

/* A record with a name of its own; the definitions see to it that no field is called so. */
static const struct expr_named *named_record(const struct check *c, struct str name) {
	for (size_t i = 0; i < c->scope->named_count; i++)
		if (str_is(name, c->scope->named[i].name)) return &c->scope->named[i];
	return NULL;
}

static struct problem *root_named(struct check *c, struct chain *ch, const struct expr_named *n,
				  struct type *type) {
	ch->path.root = ROOT_NAMED;
	ch->path.name = n->name;
	ch->at = 1;
	*type = (struct type){ .kind = TYPE_REF, .domain = n->form };
	return take_fields(c, ch, type);
}

static struct problem *take_root(struct check *c, struct chain *ch, struct type *type) {
	struct node *first = ch->parts[0];
	const struct expr_named *named = named_record(c, first->name);
	if (named) return root_named(c, ch, named, type);
	if (first->name.p[0] != '$') {
		*type = (struct type){ .kind = TYPE_RECORD, .domain = c->scope->form };
		ch->path.root = ROOT_RECORD;
		return take_fields(c, ch, type);
	}
	ch->at = 1;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (str_is(first->name, roots[i].name)) return roots[i].take(c, ch, type);
	static const char *const names[] = { "$user",   "$company", "$param", "$record", "$old",
					     "$parent", "$option",  "$now",   "$today",  NULL };
	for (size_t i = 0; i < c->scope->param_count; i++)
		if (str_is(first->name, c->scope->params[i].name))
			return param_named(c, ch, first, type);
	return unknown_of(c, first, names);
}

static struct problem *path_node(struct check *c, struct chain *ch, struct node **out) {
	struct type type;
	TRY(take_root(c, ch, &type));
	struct node *last = ch->parts[ch->at - 1];
	struct node *n = node_new(c->arena, OP_PATH, last->offset, last->length, NULL, 0);
	ch->path.fields = ch->fields;
	ch->path.type = type;
	ch->path.text = str_dup(c->arena, (struct str){ c->text.p + n->offset, n->length });
	n->type = type;
	n->path = path_slot(c, ch->path);
	struct expr_path *slot = arena_alloc(c->arena, sizeof *slot);
	*slot = c->paths->items[n->path];
	n->slot = slot;
	check_finish(n);
	*out = n;
	return NULL;
}

/* owner.dept, superior(owner).label: members of people are answered by the directory. */
static const struct {
	enum type_kind of;
	const char *member, *function;
	enum type_kind gives;
} people[] = {
	{ TYPE_USER, "dept", "dept_of", TYPE_DEPT },
	{ TYPE_USER, "superior", "superior", TYPE_USER },
	{ TYPE_USER, "label", "user_label", TYPE_TEXT },
	{ TYPE_DEPT, "head", "dept_head", TYPE_USER },
};

static struct problem *member_of_person(struct check *c, struct node *part, struct node **n) {
	static const char *const names[] = { "dept", "superior", "label", "head", NULL };
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		if (!type_is((*n)->type, people[i].of) || !str_is(part->name, people[i].member))
			continue;
		struct node **args = arena_array(c->arena, 1, sizeof(struct node *));
		args[0] = *n;
		*n = node_new(c->arena, OP_CALL, part->offset, part->length, args, 1);
		(*n)->name = str_of(people[i].function);
		(*n)->function = function_find((*n)->name);
		(*n)->type = type_of(people[i].gives);
		check_finish(*n);
		return NULL;
	}
	if ((*n)->type.list || ((*n)->type.kind != TYPE_USER && (*n)->type.kind != TYPE_DEPT)) {
		const char *found = type_words(c->arena, (*n)->type);
		return expr_fault(c->arena, part_place(c, part), "expr_no_members", "found", found,
				  NULL, NULL);
	}
	return unknown_of(c, part, names);
}

static bool is_clock(struct str name) { return str_is(name, "$now") || str_is(name, "$today"); }

struct problem *check_name(struct check *c, struct node **n) {
	struct chain ch = chain_of(*n);
	struct node *made = ch.parts[0];
	if (made->op == OP_NAME && is_clock(made->name)) {
		made->op = OP_CLOCK;
		made->today = str_is(made->name, "$today");
		made->type = type_of(made->today ? TYPE_DATE : TYPE_DATETIME);
		check_finish(made);
		ch.at = 1;
	} else if (made->op == OP_NAME) {
		TRY(path_node(c, &ch, &made));
	} else {
		TRY(check_node(c, &made));
		ch.at = 1;
	}
	for (; ch.at < ch.n; ch.at++) TRY(member_of_person(c, ch.parts[ch.at], &made));
	*n = made;
	return NULL;
}
