#include "runtime/host/terminal.h"

#include <stdlib.h>
#include <unistd.h>

enum { PARAMS_MAX = 8, LINE_MAX_BYTES = 64 * 1024 };

enum language terminal_language(void) {
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);
		if (value && *value)
			return strncmp(value, "zh", 2) == 0 ? LANGUAGE_ZH : LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

bool terminal_color(int fd) { return isatty(fd) && !getenv("NO_COLOR"); }

void terminal_text(int fd, struct str text) {
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n <= 0) return; /* nobody is listening any more */
		text = (struct str){ text.p + n, text.n - (size_t)n };
	}
}

void terminal_say(const char *code, ...) {
	struct arena *a = arena_new(0);
	struct param params[PARAMS_MAX];
	struct sb line = sb_on(a, LINE_MAX_BYTES);
	size_t n = 0;
	va_list args;
	va_start(args, code);
	for (const char *name; n < PARAMS_MAX && (name = va_arg(args, const char *)) != NULL; n++)
		params[n] = (struct param){ name, va_arg(args, const char *) };
	va_end(args);
	sb_visible(&line, str_of(catalogue_text(a, terminal_language(), code, params, n)));
	sb_char(&line, '\n');
	terminal_text(2, sb_str(&line));
	arena_free(a);
}

void terminal_problem(const struct problem *p) {
	struct arena *a = arena_new(0);
	enum language language = terminal_language();
	struct sb text = sb_on(a, LINE_MAX_BYTES), seen = sb_on(a, LINE_MAX_BYTES);
	sb_printf(&text, "tenon: %s\n", problem_text(a, language, p));
	for (const struct fault *f = p->faults; f; f = f->next)
		sb_printf(&text, "  %s: %s\n", f->pointer, fault_text(a, language, f));
	if (p->log) sb_printf(&text, "  (%s)\n", p->log);
	sb_visible(&seen, sb_str(&text));
	terminal_text(2, sb_str(&seen));
	arena_free(a);
}
