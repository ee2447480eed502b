/* finding_write.c -- findings as JSON (the shape definitions promise) and as lines for a terminal.
 */
#include "runtime/model/loader.h"

static const char *const severities[] = { "error", "warning", "info" };

static void both_languages(struct jw *w, struct arena *a, const char *key, const char *code,
			   const struct finding *f) {
	jw_key(w, key);
	jw_object(w);
	jw_set_text(w, "zh-CN", catalogue_text(a, LANGUAGE_ZH, code, f->params, f->param_count));
	jw_set_text(w, "en", catalogue_text(a, LANGUAGE_EN, code, f->params, f->param_count));
	jw_end(w);
}

static void finding_json(struct jw *w, struct arena *a, const struct finding *f) {
	jw_object(w);
	jw_set_text(w, "code", f->code);
	jw_set_text(w, "severity", severities[f->severity]);
	jw_set_text(w, "file", f->file);
	jw_set_int(w, "line", f->line);
	jw_set_int(w, "column", f->column);
	jw_set_text(w, "pointer", f->pointer);
	both_languages(w, a, "message", f->text, f);
	both_languages(w, a, "remedy", f->remedy, f);
	if (f->example) {
		jw_key(w, "example");
		jw_json(w, f->example);
	}
	jw_end(w);
}

void findings_json(struct jw *w, const struct findings *f) {
	jw_object(w);
	jw_key(w, "findings");
	jw_array(w);
	for (size_t i = 0; i < f->count; i++) finding_json(w, f->arena, &f->items[i]);
	jw_end(w);
	jw_end(w);
}

/* A definition may come from a stranger: what it quotes must not speak to the terminal. */
static void quote(struct sb *out, const char *text) { sb_visible(out, str_of(text)); }

static void finding_line(struct sb *out, struct arena *a, const struct finding *f,
			 enum language language, bool color) {
	static const char *const words[][3] = { { "错误", "警告", "提示" },
						{ "error", "warning", "info" } };
	static const char *const colors[] = { "\x1b[31m", "\x1b[33m", "\x1b[36m" };
	quote(out, f->file);
	if (f->line) sb_printf(out, ":%u:%u", f->line, f->column);
	sb_printf(out, " %s%s %s%s ", color ? colors[f->severity] : "",
		  words[language][f->severity], f->code, color ? "\x1b[0m" : "");
	quote(out, catalogue_text(a, language, f->text, f->params, f->param_count));
	if (f->pointer[0]) {
		sb_cat(out, "  (");
		quote(out, f->pointer);
		sb_char(out, ')');
	}
	sb_cat(out, "\n    → ");
	quote(out, catalogue_text(a, language, f->remedy, f->params, f->param_count));
	sb_char(out, '\n');
}

/* An app that is written in one language lacks the other everywhere: a few of these say it, the
 * count says the rest. Under --strict they are errors and each is told. */
static bool lacks_language(const struct finding *f) {
	return f->severity == SEVERITY_WARNING && !strcmp(f->code, "VR22") &&
	       !strcmp(f->text, "vr22_missing");
}

void findings_text(struct sb *out, const struct findings *f, enum language language, bool color,
		   bool all) {
	enum { TOLD = 4 };
	size_t lacking = 0;
	for (size_t i = 0; i < f->count; i++) {
		lacking += lacks_language(&f->items[i]);
		if (!all && lacks_language(&f->items[i]) && lacking > TOLD) continue;
		finding_line(out, f->arena, &f->items[i], language, color);
	}
	if (all || lacking <= TOLD) return;
	const char *count = arena_printf(f->arena, "%zu", lacking - TOLD);
	sb_cat(out, catalogue_text(f->arena, language, "vr22_more",
				   &(struct param){ "count", count }, 1));
	sb_char(out, '\n');
}
