/* A plan for people (one line a step, samples beneath) and for programs. Both depend on the plan
 * alone. */
#include "runtime/store/migration.h"

static const char *const risk_names[] = { "safe", "slow", "lossy", "blocked" };
static const char *const risk_codes[] = { "plan_risk_safe", "plan_risk_slow", "plan_risk_lossy",
					  "plan_risk_blocked" };
enum { HASH_SHOWN = 12 };

static const char *number(struct arena *a, int64_t n) {
	return arena_printf(a, "%lld", (long long)n);
}

static const char *step_text(struct arena *a, const struct plan_step *s, enum language language) {
	struct param *params = arena_array(a, s->param_count + 4, sizeof *params);
	size_t n = 0;
	params[n++] = (struct param){ "form", s->form ? s->form : "" };
	params[n++] = (struct param){ "field", s->field ? s->field : "" };
	params[n++] = (struct param){ "rows", number(a, s->rows) };
	params[n++] = (struct param){ "losses", number(a, s->losses) };
	for (size_t i = 0; i < s->param_count; i++) params[n++] = s->params[i];
	return catalogue_text(a, language, arena_printf(a, "plan_%s", s->code), params, n);
}

static void text_line(struct sb *out, enum language language, const char *code, const char *name,
		      const char *value) {
	struct param p = { name, value };
	sb_printf(out, "           %s\n", catalogue_text(out->arena, language, code, &p, 1));
}

static void step_lines(struct sb *out, const struct plan_step *s, enum language language) {
	struct arena *a = out->arena;
	sb_printf(out, "  %-8s %s", catalogue_text(a, language, risk_codes[s->risk], NULL, 0),
		  step_text(a, s, language));
	if (s->risk == STEP_LOSSY) sb_printf(out, "  [%s]", s->code);
	sb_char(out, '\n');
	for (size_t i = 0; i < s->sample_count; i++)
		text_line(out, language, "plan_sample", "text", s->samples[i]);
	if (s->risk == STEP_SLOW && s->wait_ms)
		text_line(out, language, "plan_wait", "ms", number(a, s->wait_ms));
}

void plan_text(struct sb *out, const struct plan *p, enum language language) {
	struct arena *a = out->arena;
	struct param heading[] = { { "app", p->app },
				   { "from", number(a, p->base_version) },
				   { "to", number(a, p->base_version + 1) },
				   { "hash", arena_printf(a, "%.*s", HASH_SHOWN, p->hash) } };
	if (!p->n) {
		sb_printf(out, "%s\n", catalogue_text(a, language, "plan_empty", NULL, 0));
		return;
	}
	sb_printf(out, "%s\n",
		  catalogue_text(a, language, "plan_heading", heading, ARRAY_LEN(heading)));
	for (size_t i = 0; i < p->n; i++) step_lines(out, &p->steps[i], language);
}

static void json_texts(struct jw *w, const struct plan_step *s) {
	struct arena *a = w->out->arena;
	jw_key(w, "message");
	jw_object(w);
	jw_set_text(w, "zh-CN", step_text(a, s, LANGUAGE_ZH));
	jw_set_text(w, "en", step_text(a, s, LANGUAGE_EN));
	jw_end(w);
}

/* What a step is to who reads the list: something new, something else, something gone. */
enum effect { EFFECT_ADD, EFFECT_CHANGE, EFFECT_DESTROY };
static const char *const effect_names[] = { "add", "change", "destroy" };

static enum effect effect_of(const struct plan_step *s) {
	static const struct {
		const char *prefix;
		enum effect effect;
	} effects[] = { { "add_", EFFECT_ADD },
			{ "undelete_", EFFECT_ADD },
			{ "trash_", EFFECT_DESTROY },
			{ "remove_", EFFECT_DESTROY },
			{ "drop_", EFFECT_DESTROY } };
	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (!strncmp(s->code, effects[i].prefix, strlen(effects[i].prefix)))
			return effects[i].effect;
	return EFFECT_CHANGE;
}

static void json_step(struct jw *w, const struct plan_step *s) {
	jw_object(w);
	jw_set_text(w, "code", s->code);
	jw_set_text(w, "effect", effect_names[effect_of(s)]);
	jw_set_text(w, "risk", risk_names[s->risk]);
	jw_set_text(w, "form", s->form);
	jw_set_text(w, "field", s->field);
	jw_set_int(w, "rows", s->rows);
	jw_set_int(w, "losses", s->losses);
	jw_set_int(w, "wait_ms", s->wait_ms);
	jw_key(w, "samples");
	jw_array(w);
	for (size_t i = 0; i < s->sample_count; i++) jw_text(w, s->samples[i]);
	jw_end(w);
	jw_key(w, "params");
	jw_object(w);
	for (size_t i = 0; i < s->param_count; i++)
		jw_set_text(w, s->params[i].name, s->params[i].value);
	jw_end(w);
	json_texts(w, s);
	jw_end(w);
}

static void json_summary(struct jw *w, const struct plan *p) {
	int64_t counts[ARRAY_LEN(effect_names)] = { 0 }, wait_ms = 0;
	for (size_t i = 0; i < p->n; i++) {
		counts[effect_of(&p->steps[i])]++;
		wait_ms += p->steps[i].wait_ms;
	}
	for (size_t i = 0; i < ARRAY_LEN(effect_names); i++)
		jw_set_int(w, effect_names[i], counts[i]);
	jw_set_int(w, "wait_ms", wait_ms);
}

void plan_json(struct jw *w, const struct plan *p) {
	jw_object(w);
	jw_set_text(w, "app", p->app);
	jw_set_int(w, "base_version", p->base_version);
	jw_set_text(w, "base_hash", p->base_hash);
	jw_set_text(w, "hash", p->hash);
	jw_set_int(w, "lossy", (int64_t)p->lossy);
	jw_set_int(w, "blocked", (int64_t)p->blocked);
	json_summary(w, p);
	jw_key(w, "steps");
	jw_array(w);
	for (size_t i = 0; i < p->n; i++) json_step(w, &p->steps[i]);
	jw_end(w);
	jw_end(w);
}
