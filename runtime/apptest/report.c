#include "runtime/apptest/report.h"

#include "runtime/base/clock.h"

enum { TEXT_MAX = 64 << 20, CAME_MAX = 1500, FAILURES_SHOWN = 10 };

void report_open(struct report *r, struct arena *a, FILE *out, enum language language, bool json) {
	*r = (struct report){ .arena = a, .out = out, .language = language, .json = json };
	r->text = sb_on(a, TEXT_MAX);
	r->w = jw_on(&r->text);
	jw_object(&r->w);
	jw_key(&r->w, "cases");
	jw_array(&r->w);
}

void report_begin(struct report *r, const char *kind, const char *name) {
	r->kind = kind;
	r->name = arena_strdup(r->arena, name);
	r->case_checks = r->case_failures = 0;
	r->failures = sb_on(r->arena, TEXT_MAX);
	r->started_us = clock_mono();
	jw_object(&r->w);
	jw_set_text(&r->w, "kind", kind);
	jw_set_text(&r->w, "case", r->name);
	jw_key(&r->w, "failures");
	jw_array(&r->w);
}

void report_check(struct report *r) {
	r->case_checks++;
	r->checks++;
}

static struct str shortened(struct str s) {
	if (s.n > CAME_MAX) s.n = CAME_MAX;
	while (s.n && !utf8_valid(s)) s.n--;
	return s;
}

static void line(struct report *r, const char *code, struct str value) {
	if (!value.n) return;
	sb_printf(&r->failures, "        %s", report_words(r, code));
	sb_visible(&r->failures, shortened(value));
	sb_char(&r->failures, '\n');
}

void report_fail(struct report *r, const struct failure *f) {
	const struct {
		const char *key, *code;
		struct str value;
	} parts[] = { { "where", "test_where", str_of(f->where) },
		      { "asked", "test_asked", str_of(f->asked) },
		      { "expected", "test_expected", str_of(f->expected) },
		      { "came", "test_came", f->came } };
	r->case_failures++;
	if (r->case_failures > FAILURES_SHOWN) return;
	jw_object(&r->w);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		line(r, parts[i].code, parts[i].value);
		jw_set_str(&r->w, parts[i].key, shortened(parts[i].value));
	}
	jw_end(&r->w);
}

void report_end(struct report *r) {
	int64_t ms = (clock_mono() - r->started_us) / 1000;
	bool good = !r->case_failures;
	jw_end(&r->w);
	jw_set_bool(&r->w, "passed", good);
	jw_set_int(&r->w, "checks", (int64_t)r->case_checks);
	jw_set_int(&r->w, "failed", (int64_t)r->case_failures);
	jw_end(&r->w);
	*(good ? &r->passed : &r->failed) += 1;
	if (r->json) return;
	fprintf(r->out, "%s  %-5s  %s  (%zu, %lld ms)\n%s", good ? "ok    " : "FAILED", r->kind,
		r->name, r->case_checks, (long long)ms, sb_cstr(&r->failures));
	fflush(r->out);
}

const char *report_words(const struct report *r, const char *code) {
	return catalogue_text(r->arena, r->language, code, NULL, 0);
}

void report_uncovered(struct report *r, const char *what, const char *why) {
	r->uncovered++;
	if (r->json) {
		jw_object(&r->w);
		jw_set_text(&r->w, "not_covered", what);
		jw_set_text(&r->w, "why", why);
		jw_end(&r->w);
		return;
	}
	struct param params[] = { { "what", what }, { "why", why } };
	fprintf(r->out, "-       %s\n",
		catalogue_text(r->arena, r->language, "test_uncovered", params, 2));
}

void report_close(struct report *r) {
	const struct {
		const char *key;
		size_t n;
	} totals[] = { { "checks", r->checks },
		       { "uncovered", r->uncovered },
		       { "passed", r->passed },
		       { "failed", r->failed } };
	jw_end(&r->w);
	for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
		jw_set_int(&r->w, totals[i].key, (int64_t)totals[i].n);
	}
	jw_end(&r->w);
	if (r->json)
		fprintf(r->out, "%s\n", sb_cstr(&r->text));
	else
		fprintf(r->out, "%zu passed, %zu failed\n", r->passed, r->failed);
	fflush(r->out);
}
