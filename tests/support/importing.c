#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "tests/support/importing.h"
#include "tests/support/publish.h"

enum { TOLD_MAX = 1 << 24 };

static int file_of(struct str text) {
	char path[] = "/tmp/tenon-import-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	return fd;
}

static const char *text_in(struct arena *a, int fd) {
	struct sb out = sb_on(a, TOLD_MAX);
	char piece[4096];
	lseek(fd, 0, SEEK_SET);
	for (ssize_t got; (got = read(fd, piece, sizeof piece)) > 0;)
		sb_bytes(&out, piece, (size_t)got);
	const char *text = sb_cstr(&out);
	return str_starts(sb_str(&out), STR("\xEF\xBB\xBF")) ? text + 3 : text;
}

static const char *told(struct arena *a, const struct problem *p) {
	struct sb out = sb_on(a, TOLD_MAX);
	if (p) sb_printf(&out, "%d %s", problem_kinds[p->kind].status, p->code);
	for (size_t i = 0; p && i < p->param_count; i++)
		sb_printf(&out, " %s=%s", p->params[i].name, p->params[i].value);
	return sb_cstr(&out);
}

struct imported importing(struct sample *s, const char *login, const char *form, struct str file,
			  const char *map, struct import_options o) {
	struct request *rq = sample_request(s, login);
	struct imported out = { .counts = "" };
	o.form = sample_form(s, form);
	o.fd = file_of(file);
	o.errors_fd = file_of(STR(""));
	if (map)
		assert_ok(json_parse(rq->arena, str_of(quotes(rq->arena, map)),
				     &json_limits_request, &o.map));
	out.problem = told(s->arena, import_run(rq, s->store, &o, &out.result));
	const struct import_result *r = &out.result;
	out.counts = arena_printf(s->arena, "%d/%d/%d/%d/%d", (int)r->read, (int)r->created,
				  (int)r->updated, (int)r->skipped, (int)r->failed);
	out.errors = text_in(s->arena, o.errors_fd);
	close(o.fd);
	close(o.errors_fd);
	sample_end(rq);
	return out;
}

static void value_told(struct sb *out, const struct json *v) {
	if (v->kind == JSON_ARRAY)
		for (size_t i = 0; i < v->n; i++) {
			if (i) sb_char(out, '+');
			value_told(out, &v->items[i]);
		}
	else if (v->kind == JSON_STRING)
		sb_add(out, v->text);
	else if (v->kind != JSON_NULL) {
		struct jw w = jw_on(out);
		jw_json(&w, v);
	}
}

const char *listed(struct sample *s, const char *form, const char *filter, const char *fields) {
	struct request *rq = sample_request(s, NULL);
	struct query_text text = {
		.filter = str_of(filter), .sort = STR("id"), .fields = str_of(fields), .limit = 1000
	};
	const struct json *page;
	struct sb out = sb_on(s->arena, TOLD_MAX);
	const char *answer = sample_list(s, rq, form, &text);
	if (*answer != '{') fail_msg("%s", answer);
	assert_ok(json_parse(rq->arena, str_of(answer), &json_limits_request, &page));
	const struct json *records = json_get(page, "records");
	for (size_t i = 0; i < records->n; i++) {
		const struct json *r = &records->items[i];
		struct str left = str_of(fields);
		while (left.n) {
			const char *comma = memchr(left.p, ',', left.n);
			struct str name = { left.p, comma ? (size_t)(comma - left.p) : left.n };
			const struct json *v = json_member(r, name);
			if (name.p != fields) sb_char(&out, '|');
			if (v) value_told(&out, v);
			left = (struct str){ name.p + name.n + (comma != NULL),
					     left.n - name.n - (comma != NULL) };
		}
		sb_char(&out, ';');
	}
	sample_end(rq);
	return sb_cstr(&out);
}
