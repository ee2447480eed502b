#include "runtime/base/log.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/json.h"

enum { VALUE_BYTES = 2000, LINE_BYTES = 64 * 1024 };

static _Atomic int log_fd = 2;
static _Atomic int lowest_level = LOG_INFO;
static const char *const level_names[] = { "debug", "info", "warn", "error" };

void log_threshold(enum log_level lowest) { atomic_store(&lowest_level, (int)lowest); }

void log_to(int fd) { atomic_store(&log_fd, fd); }

bool log_wants(enum log_level level) {
	return atomic_load(&log_fd) >= 0 && (int)level >= atomic_load(&lowest_level);
}

static void write_time(struct jw *w) {
	int64_t us = clock_real();
	time_t seconds = us / 1000000;
	struct tm t;
	char text[40];
	gmtime_r(&seconds, &t);
	size_t n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &t);
	text[n++] = '.';
	for (int64_t left = us % 1000000, unit = 100000; unit; unit /= 10)
		text[n++] = (char)('0' + left / unit % 10);
	text[n++] = 'Z';
	jw_set_str(w, "at", (struct str){ text, n });
}

/* Whatever a value holds, the line stays valid JSON: bad bytes become U+FFFD, long values are cut.
 */
static struct str printable(struct arena *a, const char *value) {
	struct str s = { value, strnlen(value, VALUE_BYTES) };
	if (s.n < VALUE_BYTES && utf8_valid(s)) return s;
	struct sb b = sb_on(a, (size_t)4 * VALUE_BYTES);
	for (size_t i = 0, n; i < s.n; i += n ? n : 1) {
		n = utf8_sequence(s.p + i, s.n - i);
		sb_add(&b, n ? (struct str){ s.p + i, n } : STR("\xEF\xBF\xBD"));
	}
	if (s.n == VALUE_BYTES) sb_cat(&b, "…");
	return sb_str(&b);
}

static void write_whole(int fd, struct str line) {
	while (line.n) {
		ssize_t n = write(fd, line.p, line.n);
		if (n <= 0) return; /* nowhere left to complain */
		line = (struct str){ line.p + n, line.n - (size_t)n };
	}
}

void log_event(enum log_level level, const char *event, ...) {
	int fd = atomic_load(&log_fd);
	if (!log_wants(level)) return;
	struct arena *a = arena_new(0);
	struct sb line = sb_on(a, LINE_BYTES);
	struct jw w = jw_on(&line);
	jw_object(&w);
	write_time(&w);
	jw_set_text(&w, "level", level_names[level]);
	jw_set_text(&w, "event", event);
	va_list args;
	va_start(args, event);
	for (const char *name; (name = va_arg(args, const char *)) != NULL;) {
		const char *value = va_arg(args, const char *);
		jw_key(&w, name);
		if (value)
			jw_str(&w, printable(a, value));
		else
			jw_null(&w);
	}
	va_end(args);
	jw_end(&w);
	sb_char(&line, '\n');
	write_whole(fd, sb_str(&line));
	arena_free(a);
}
