/* The parameters of a list, from anybody: parsed, permitted and compiled for both dialects, as an administrator and as somebody
 * with few rights. Whatever a query that was let through names, it must become SQL; a hidden field's name must not
 * come into it. Input: filter, sort, fields, cursor, q, count, one a line. */
#include <assert.h>
#include <string.h>
#include "runtime/model/loader.h"
#include "runtime/store/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char definitions[] =
	"{\"files\": {\"app.json\": {\"app\": \"f\", \"version\": \"1.0.0\"},"
	"\"enums/stage.json\": {\"enum\": \"stage\", \"values\": [{\"value\": \"open\"}, {\"value\": \"won\", \"children\": [{\"value\": \"early\"}]}]},"
	"\"enums/tag.json\": {\"enum\": \"tag\", \"values\": [{\"value\": \"a\"}, {\"value\": \"b\"}]},"
	"\"forms/account.json\": {\"form\": \"account\", \"fields\": [{\"name\": \"name\", \"type\": \"text\"}, {\"name\": \"closed\", \"type\": \"text\"},"
	"{\"name\": \"holding\", \"type\": \"ref\", \"form\": \"account\"}], \"search\": [\"name\", \"closed\"]},"
	"\"forms/deal.json\": {\"form\": \"deal\", \"fields\": [{\"name\": \"subject\", \"type\": \"text\"}, {\"name\": \"account\", \"type\": \"ref\", \"form\": \"account\"},"
	"{\"name\": \"place\", \"type\": \"cascade\", \"enum\": \"stage\"}, {\"name\": \"tags\", \"type\": \"tags\", \"enum\": \"tag\"},"
	"{\"name\": \"kind\", \"type\": \"enum\", \"enum\": \"tag\"}, {\"name\": \"amount\", \"type\": \"money\"}, {\"name\": \"day\", \"type\": \"date\"},"
	"{\"name\": \"hot\", \"type\": \"bool\"}, {\"name\": \"closed\", \"type\": \"text\"},"
	"{\"name\": \"lines\", \"type\": \"table\", \"fields\": [{\"name\": \"qty\", \"type\": \"integer\"}, {\"name\": \"maker\", \"type\": \"ref\", \"form\": \"account\"}]}],"
	"\"search\": [\"subject\", \"account\"]},"
	"\"roles/few.json\": {\"role\": \"few\", \"forms\": {\"deal\": [{\"read\": \"own\", \"fields\": {\"closed\": \"hidden\"}},"
	"{\"read\": \"all\", \"where\": \"hot and account.name != null\", \"fields\": {\"closed\": \"hidden\", \"amount\": \"mask\"}}],"
	"\"account\": {\"read\": \"dept_tree\", \"fields\": {\"closed\": \"hidden\"}}}}}}";

static struct dept dept = { .id = 1, .name = "d", .active = true };
static const struct user_role few = { "f", "few" };
static struct user users[] = { { .id = 1, .login = "boss", .active = true, .admin = true },
			       { .id = 2, .login = "few", .active = true, .dept = &dept, .roles = &few, .role_count = 1 } };
static const struct user *by_id[] = { &users[0], &users[1] };
static const struct dept *depts_by_id[] = { &dept };
static struct directory people = { .epoch = 1, .users = users, .user_count = 2, .depts = &dept, .dept_count = 1,
				   .users_by_id = by_id, .depts_by_id = depts_by_id };

static const struct app *load(void)
{
	static struct app *app;
	if (app)
		return app;
	struct arena *a = arena_new(0); /* lives as long as the process */
	struct findings findings = { .arena = a };
	struct bundle *bundle = NULL;
	struct problem *p = bundle_read_json(a, str_of(definitions), &bundle);
	if (!p)
		p = app_load(bundle, NULL, &findings, &app);
	assert(!p && app);
	return app;
}

static struct str take_line(struct str *rest)
{
	const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
	size_t n = end ? (size_t)(end - rest->p) : rest->n;
	struct str line = { rest->p, n };
	*rest = end ? (struct str){ end + 1, rest->n - n - 1 } : (struct str){ NULL, 0 };
	return line;
}

static void compile(struct request *rq, struct query *q, enum dialect dialect)
{
	struct sb sql = sb_on(rq->arena, 1 << 20);
	struct value *params;
	size_t n;
	if (q->search.n && dialect == DIALECT_POSTGRES)
		return; /* the index is SQLite's */
	struct problem *p = query_sql(rq, q, dialect, &sql, &params, &n);
	assert(p || rq->actor->admin || !strstr(sb_cstr(&sql), "closed"));
}

static void ask(const struct user *actor, const struct query_text *text)
{
	struct arena *a = arena_new(64 << 20);
	struct request rq = { .arena = a, .actor = actor, .app = load(), .directory = &people, .now_us = 1, .id = "fuzz" };
	struct query *q;
	if (!query_parse(&rq, app_form(rq.app, STR("deal")), text, &q)) {
		compile(&rq, q, DIALECT_SQLITE);
		compile(&rq, q, DIALECT_POSTGRES);
	}
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size };
	struct query_text text = { .filter = take_line(&rest) };
	text.sort = take_line(&rest);
	text.fields = take_line(&rest);
	text.cursor = take_line(&rest);
	text.q = take_line(&rest);
	text.count = take_line(&rest);
	ask(&users[0], &text);
	ask(&users[1], &text);
	return 0;
}
