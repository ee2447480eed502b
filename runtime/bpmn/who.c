/* who.c -- the people of a task: vendors' attributes and BPMN's performers as our who-rules. */
#include "runtime/base/json.h"
#include "runtime/bpmn/plain.h"

struct people {
	struct bpmn *g;
	const struct bpmn_node *n; /* NULL: of a process */
	const struct bpmn_process *p;
	long at;
	struct jw *w;
	size_t count;
	const char *seen[200];
};

/* Who is asked does not change the way of a flow: the person who imports it is told, and the
 * starter picks. */
static void not_plain(struct people *p, const char *text) {
	const struct xml *e = p->n ? p->n->xml : p->p->xml;
	bpmn_hint(p->g, PROBLEM(p->g->arena, INVALID, "bpmn_left_who", "text", text,
				BPMN_PLACE(p->g->arena, e)));
}

static bool new_one(struct people *p, const char *key) {
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->seen[i], key)) return false;
	if (p->count == ARRAY_LEN(p->seen)) return false;
	p->seen[p->count++] = key;
	return true;
}

static void put_word(struct people *p, const char *word) {
	if (new_one(p, word)) jw_text(p->w, word);
}

static void put_field(struct people *p, const char *field) {
	if (!new_one(p, arena_printf(p->g->arena, "{%s", field))) return;
	jw_object(p->w);
	jw_set_text(p->w, "field", field);
	jw_end(p->w);
}

static void variable(struct people *p, const char *name, const char *text) {
	struct arena *a = p->g->arena;
	const struct loop *loop = p->n ? &p->n->loop : NULL;
	if (p->p->initiator && !strcmp(name, p->p->initiator)) {
		put_word(p, "starter");
		return;
	}
	const char *inside = loop && loop->collection ? plain_inside(a, loop->collection) : NULL;
	if (loop && loop->element && loop->collection && !strcmp(name, loop->element))
		name = inside ? inside : loop->collection;
	const char *field = plain_variable(name) ? plain_name(a, name) : "";
	if (*field)
		put_field(p, field);
	else
		not_plain(p, text);
}

/* "kermit_${loopCounter}" of a loop of known length. */
static const char *counted(struct people *p, const char *text) {
	static const char *const counters[] = { "${loopCounter}", "#{loopCounter}",
						"${loopValueIndex}" };
	for (size_t i = 0; i < ARRAY_LEN(counters) && p->at >= 0; i++) {
		const char *at = strstr(text, counters[i]);
		if (at)
			return arena_printf(p->g->arena, "%.*s%ld%s", (int)(at - text), text, p->at,
					    at + strlen(counters[i]));
	}
	return text;
}

static bool login(const char *text) {
	size_t n = strlen(text);
	return n && n <= 100 &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@-") ==
		       n;
}

static void one(struct people *p, const char *text, bool group) {
	struct arena *a = p->g->arena;
	text = counted(p, text);
	const char *inside = plain_inside(a, text), *name = group ? plain_name(a, text) : text;
	if (inside)
		variable(p, inside, text);
	else if (!strcmp(text, "$INITIATOR"))
		put_word(p, "starter");
	else if (strpbrk(text, "${}()") || (group ? !*name : !login(text)))
		not_plain(p, text);
	else
		put_word(p, arena_printf(a, "%s:%s", group ? "role" : "user", name));
}

/* The end of the part that begins here: a comma outside of brackets. */
static size_t part_length(const char *text) {
	size_t n = 0, depth = 0;
	for (; text[n] && (text[n] != ',' || depth); n++) {
		if (text[n] == '(' || text[n] == '{') depth++;
		if ((text[n] == ')' || text[n] == '}') && depth) depth--;
	}
	return n;
}

/* "a, b" also written as ${'a, b'}; in a performer also user(a) and group(b). */
static void list(struct people *p, const char *text, bool group, bool marked) {
	struct arena *a = p->g->arena;
	const char *inside = plain_inside(a, text);
	size_t n = inside ? strlen(inside) : 0;
	if (n > 2 && inside[0] == '\'' && strchr(inside + 1, '\'') == inside + n - 1)
		text = arena_copy(a, inside + 1, n - 2);
	while (*text) {
		size_t length = part_length(text);
		const char *part = str_dup(a, str_trim((struct str){ text, length }));
		size_t k = strlen(part);
		text += length + (text[length] == ',');
		if (marked && k > 6 && !strncmp(part, "user(", 5) && part[k - 1] == ')')
			one(p, arena_copy(a, part + 5, k - 6), false);
		else if (marked && k > 7 && !strncmp(part, "group(", 6) && part[k - 1] == ')')
			one(p, arena_copy(a, part + 6, k - 7), true);
		else if (k)
			one(p, part, group);
	}
}

static void performers(struct people *p, const struct xml *task) {
	for (const struct xml *c = task->first; c; c = c->next) {
		bool one_person =
			!strcmp(c->name, "humanPerformer") || !strcmp(c->name, "performer");
		if (strcmp(c->space, BPMN_SPACE) != 0 ||
		    !(one_person || !strcmp(c->name, "potentialOwner")))
			continue;
		const struct xml *by = xml_child(c, BPMN_SPACE, "resourceAssignmentExpression"),
				 *text = by ? xml_child(by, BPMN_SPACE, "formalExpression") : NULL;
		if (text)
			list(p, str_dup(p->g->arena, str_trim(str_of(text->text))), !one_person,
			     true);
	}
}

/* One instance an item of the collection is one a person only when the item is the person asked, or
 * nobody else is named. */
bool plain_people(struct bpmn *g, const struct bpmn_node *n) {
	static const char *const names[] = { "assignee", "candidateUsers", "candidateGroups" };
	const char *inside = plain_inside(g->arena, n->loop.collection);
	bool named = false;
	if (!plain_variable(inside ? inside : n->loop.collection)) return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *text = vendor_get(n->xml, names[i]),
			   *item = text ? plain_inside(g->arena, text) : NULL;
		if (item && n->loop.element && !strcmp(item, n->loop.element)) return true;
		named |= text != NULL;
	}
	return !named && n->loop.element && n->loop.collection;
}

void plain_who(struct bpmn *g, const struct bpmn_node *n, long at, struct jw *w) {
	struct people *p = arena_alloc(g->arena, sizeof *p);
	*p = (struct people){ .g = g, .n = n, .p = n->process, .at = at, .w = w };
	const char *assignee = vendor_get(n->xml, "assignee"),
		   *users = vendor_get(n->xml, "candidateUsers"),
		   *groups = vendor_get(n->xml, "candidateGroups");
	if (assignee) list(p, assignee, false, false);
	if (!p->count) {
		if (users) list(p, users, false, false);
		if (groups) list(p, groups, true, false);
		performers(p, n->xml);
	}
	if (!p->count && n->loop.collection && plain_people(g, n)) {
		const char *inside = plain_inside(g->arena, n->loop.collection),
			   *name = inside ? inside : n->loop.collection;
		variable(p, name, n->loop.collection);
	}
	const char *lane = n->lane ? plain_name(g->arena, n->lane) : "";
	if (!p->count && *lane) put_word(p, arena_printf(g->arena, "role:%s", lane));
	if (!p->count) put_word(p, "starter_picks");
}

bool plain_starters(struct bpmn *g, const struct bpmn_process *process, struct jw *w) {
	struct people *p = arena_alloc(g->arena, sizeof *p);
	*p = (struct people){ .g = g, .p = process, .at = -1, .w = w };
	const char *users = vendor_get(process->xml, "candidateStarterUsers"),
		   *groups = vendor_get(process->xml, "candidateStarterGroups");
	if (users) list(p, users, false, false);
	if (groups) list(p, groups, true, false);
	return p->count > 0;
}
