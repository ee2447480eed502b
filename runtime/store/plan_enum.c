/* Enumerations and all other definitions: values get codes that are never given twice; a value that
 * is no longer defined stays readable while records hold it. Definitions of other kinds have no
 * data: the plan only names what changed. */
#include "runtime/model/bundle.h"
#include "runtime/store/migration.h"

static void value_add(struct migration *m, struct enum_change change) {
	if (m->value_count == m->value_room) {
		size_t room = m->value_room ? m->value_room * 2 : 64, size = sizeof *m->values;
		m->values = arena_grow(m->arena, m->values, m->value_count * size, room * size);
		m->value_room = room;
	}
	m->values[m->value_count++] = change;
}

static bool same_text(const char *a, const char *b) {
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

static bool same_label(const struct label *a, const struct label *b) {
	return same_text(a->zh, b->zh) && same_text(a->en, b->en);
}

/* Values of next that are new, back again, or shown in another way. */
static size_t values_defined(struct migration *m, const struct enumeration *e,
			     struct names *defined) {
	size_t added = 0;
	for (size_t i = 0; i < e->n; i++) {
		const struct enum_value *v = &e->values[i];
		const char *path = enum_path(m->arena, v);
		const struct known_value *k = registry_value(m->base, e->id, str_of(path));
		if (v->removed) continue;
		names_add(defined, str_of(path), e->values);
		added += !k || k->removed;
		if (k && !k->removed && same_label(&k->label, &v->label)) continue;
		value_add(m, (struct enum_change){ e->id, path, v->label, 0, k != NULL });
	}
	return added;
}

static const char *shown_path(struct arena *a, const char *path) {
	char *text = arena_strdup(a, path);
	for (char *at = text; *at; at++)
		if (*at == '\x1f') *at = '/';
	return text;
}

static struct problem *value_gone(struct migration *m, const char *name,
				  const struct known_value *k) {
	struct plan_step *step = step_add(m, "remove_enum_value", STEP_SAFE, NULL, NULL);
	step_param(m, step, "enum", name);
	step_param(m, step, "value", shown_path(m->arena, k->path));
	TRY(count_enum_uses(m, k, &step->rows));
	step->losses = step->rows;
	if (step->rows) step->risk = STEP_LOSSY;
	value_add(m, (struct enum_change){ k->enumeration, k->path, k->label, step->rows ? 2 : 1,
					   true });
	return NULL;
}

static struct problem *values_gone(struct migration *m, const char *id, const char *name,
				   const struct names *defined) {
	for (size_t i = 0; i < m->base->value_count; i++) {
		const struct known_value *k = &m->base->values[i];
		if (strcmp(k->enumeration, id) != 0 || k->removed) continue;
		if (!defined || !names_find(defined, str_of(k->path))) TRY(value_gone(m, name, k));
	}
	return NULL;
}

static struct problem *diff_enum(struct migration *m, const struct enumeration *e) {
	struct names defined;
	names_init(&defined, m->arena, e->n);
	const struct known *k = registry_live(m->base, "enum", e->id);
	const struct known *former = k ? k : registry_trash(m->base, "enum", e->id, NULL);
	if (k && strcmp(k->name, e->name) != 0)
		step_param(m, step_add(m, "rename_enum", STEP_SAFE, e->name, NULL), "from",
			   k->name);
	if (former)
		known_keep(m, former, e->name, former->type);
	else
		known_add(m, "enum", e->id, e->name, "enum", "");
	size_t added = values_defined(m, e, &defined);
	if (added) {
		struct plan_step *step = step_add(m, "add_enum_values", STEP_SAFE, NULL, NULL);
		step_param(m, step, "enum", e->name);
		step_param(m, step, "n", arena_printf(m->arena, "%zu", added));
	}
	return values_gone(m, e->id, e->name, &defined);
}

struct problem *plan_diff_enums(struct migration *m) {
	for (size_t i = 0; i < m->next->enumeration_count; i++)
		TRY(diff_enum(m, m->next->enumerations[i]));
	for (size_t i = 0; i < m->base->n; i++) {
		const struct known *k = &m->base->items[i];
		if (strcmp(k->owner, "enum") != 0 || k->trash || m->fates[i] == FATE_KEPT) continue;
		step_param(m, step_add(m, "remove_enum", STEP_SAFE, NULL, NULL), "enum", k->name);
		TRY(values_gone(m, k->id, k->name, NULL));
	}
	return NULL;
}

/* ---- the files ---- */

static const struct definition *definition_of(const struct app *app, const char *file) {
	for (size_t i = 0; app && i < app->definition_count; i++)
		if (strcmp(app->definitions[i]->file, file) == 0) return app->definitions[i];
	return NULL;
}

static void file_step(struct migration *m, const char *code, const struct definition *d) {
	step_param(m, step_add(m, code, STEP_SAFE, NULL, NULL), "file", d->file);
}

static void register_definition(struct migration *m, const struct definition *d) {
	if (!d->kind || !*d->kind || !d->id || !*d->id) return; /* seed, scripts, tests */
	if (strcmp(d->kind, "form") == 0 || strcmp(d->kind, "enum") == 0) return;
	const struct known *k = registry_live(m->base, d->kind, d->id);
	if (!k) k = registry_trash(m->base, d->kind, d->id, NULL);
	if (k)
		known_keep(m, k, d->name, k->type);
	else
		known_add(m, d->kind, d->id, d->name, d->kind, "");
}

/* As they would be published: a folder's order of keys and spelt-out defaults are no change. */
static bool same_definition(struct arena *a, const struct definition *x,
			    const struct definition *y) {
	if (json_equal(x->json, y->json)) return true;
	return x->json && y->json &&
	       json_equal(bundle_canonical(a, x->file, x->json),
			  bundle_canonical(a, y->file, y->json));
}

void plan_diff_definitions(struct migration *m) {
	for (size_t i = 0; i < m->next->definition_count; i++) {
		const struct definition *d = m->next->definitions[i],
					*old = definition_of(m->old, d->file);
		register_definition(m, d);
		if (!m->old) continue;
		if (!old)
			file_step(m, "add_definition", d);
		else if (!same_definition(m->arena, old, d))
			file_step(m, "change_definition", d);
	}
	for (size_t i = 0; m->old && i < m->old->definition_count; i++)
		if (!definition_of(m->next, m->old->definitions[i]->file))
			file_step(m, "remove_definition", m->old->definitions[i]);
}
