/* routes_records.c -- lists and single records over HTTP: the doors API of read.h and
 * record_write.h. */
#include "engines/form/record_write.h"
#include "runtime/host/router.h"

/* ---- reading ---- */

static struct problem *read_number(struct call *c, const char *name, int64_t least, int64_t most,
				   const char *code, int64_t *out) {
	*out = 0;
	if (!exchange_has_query(c->x, name)) return NULL;
	if (str_to_int(exchange_query(c->x, name), out) && *out >= least && *out <= most)
		return NULL;
	struct problem *p = PROBLEM(c->x->arena, MALFORMED, code, "max",
				    arena_printf(c->x->arena, "%lld", (long long)most));
	p->pointer = name;
	return p;
}

static struct problem *list(struct call *c) {
	const struct exchange *x = c->x;
	struct query_text text = { .filter = exchange_query(x, "filter"),
				   .sort = exchange_query(x, "sort"),
				   .fields = exchange_query(x, "fields"),
				   .cursor = exchange_query(x, "cursor"),
				   .q = exchange_query(x, "q"),
				   .count = exchange_query(x, "count"),
				   .sums = exchange_query(x, "sums"),
				   .group = exchange_query(x, "group") };
	struct query *q;
	struct read_page page;
	TRY(read_number(c, "limit", 1, QUERY_LIMIT_MAX, "bad_limit", &text.limit));
	TRY(read_number(c, "offset", 0, QUERY_OFFSET_MAX, "bad_offset", &text.offset));
	TRY(call_flag(c, "titles", &text.titles));
	TRY(query_parse(&c->rq, c->form, &text, &q));
	TRY(call_flag(c, "deleted", &q->deleted));
	TRY(call_flag(c, "shared", &q->shared));
	TRY(call_flag(c, "followed", &q->followed));
	TRY(read_page(&c->rq, c->tx, q, &page));
	struct jw w = call_answer(c);
	read_page_json(&w, &c->rq, q, &page);
	return call_ok(c, 200);
}

static void write_record(struct call *c, struct jw *w, const struct record *r) {
	struct codec codec = request_codec(&c->rq);
	record_json(w, &codec, r, NULL, 0);
}

static struct problem *get(struct call *c) {
	struct record *r;
	struct access ac;
	struct read_use use;
	bool titles, rights;
	TRY(call_flag(c, "titles", &titles));
	TRY(call_flag(c, "rights", &rights));
	TRY(read_record(&c->rq, c->tx, c->form, c->id, ACTION_READ, &r));
	if (titles) TRY(read_record_titles(&c->rq, c->tx, r));
	if (rights) {
		TRY(access_of(&c->rq, c->form, &ac));
		TRY(read_use_of(&c->rq, c->tx, &ac, c->id, &use));
	}
	struct jw w = call_answer(c);
	struct codec codec = request_codec(&c->rq);
	jw_object(&w);
	record_members_json(&w, &codec, r);
	if (rights) read_use_json(&w, &use, c->form);
	jw_end(&w);
	call_etag(c, r->rev);
	return call_ok(c, 200);
}

/* ---- writing ---- */

static void write_answer(struct call *c, const struct write *w) {
	struct jw out = call_answer(c);
	if (w->op != WRITE_DELETE && w->after) write_record(c, &out, w->after);
}

/* With an Idempotency-Key the answer is made in the write's transaction: what is kept is exactly
 * what the first caller got. Without one the writer has better to do. */
static struct problem *make_answer(struct tx *tx, struct write *w, void *arg) {
	struct call *c = arg;
	int status = w->op == WRITE_CREATE ? 201 : w->op == WRITE_DELETE ? 204 : 200;
	if (!c->once) return NULL;
	write_answer(c, w);
	return call_once(tx, c, status, sb_str(&c->x->answer));
}

static struct problem *commit(struct tx *tx, struct call *c) { return write_commit(tx, c->state); }

static struct problem *finish(struct call *c) {
	const struct write *w = c->state;
	if (w->op == WRITE_DELETE) return call_empty(c);
	if (!c->once) write_answer(c, w);
	if (w->after) call_etag(c, w->after->rev);
	if (w->op == WRITE_CREATE)
		exchange_set_header(c->x, "Location",
				    arena_printf(c->x->arena, "/api/%s/%s/%lld", c->rq.app->name,
						 c->form->name, (long long)w->id));
	return call_ok(c, w->op == WRITE_CREATE ? 201 : 200);
}

static struct problem *write_one(struct call *c, enum write_op op, const struct json *body) {
	struct write *w = arena_alloc(c->x->arena, sizeof *w);
	*w = (struct write){ .op = op,
			     .form = c->form,
			     .id = op == WRITE_CREATE ? 0 : c->id,
			     .body = body,
			     .last_try = call_last_try(c),
			     .also = make_answer,
			     .also_arg = c };
	TRY(call_if_match(c, &w->if_match));
	TRY(write_prepare(&c->rq, c->server->store, w));
	c->state = w;
	return call_commit(c, LANE_INTERACTIVE, commit, finish);
}

static struct problem *create(struct call *c) { return write_one(c, WRITE_CREATE, c->body); }
static struct problem *patch(struct call *c) { return write_one(c, WRITE_UPDATE, c->body); }
static struct problem *delete_(struct call *c) { return write_one(c, WRITE_DELETE, NULL); }
static struct problem *restore(struct call *c) { return write_one(c, WRITE_RESTORE, NULL); }

/* {"owner": "li"} and nothing else: an update like any other, with its rights, checks and history.
 */
static struct problem *transfer(struct call *c) {
	const struct json *owner = json_get(c->body, "owner");
	if (!owner || c->body->n != 1)
		return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys", "owner");
	return write_one(c, WRITE_UPDATE, c->body);
}

/* {"id": 7, "values": {…}}: what somebody is typing, of a record that is there or of a new one. */
static struct problem *read_typed(struct call *c, int64_t *record, const struct json **values) {
	const struct json *id = json_get(c->body, "id");
	*record = 0;
	*values = json_get(c->body, "values");
	if (id && id->kind != JSON_NULL && (!json_int(id, record) || *record <= 0))
		return PROBLEM(c->x->arena, MALFORMED, "bad_id", "key", "id");
	if (!*values || (*values)->kind != JSON_OBJECT || c->body->n > (id ? 2U : 1U))
		return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys", "id, values");
	return NULL;
}

static struct problem *validate(struct call *c) {
	const struct json *values;
	int64_t id;
	TRY(read_typed(c, &id, &values));
	struct jw w = call_answer(c);
	TRY(record_validate(&c->rq, c->server->store, c->form, id, values, &w));
	return call_ok(c, 200);
}

static struct problem *duplicates(struct call *c) {
	const struct json *values;
	int64_t id;
	TRY(read_typed(c, &id, &values));
	struct jw w = call_answer(c);
	TRY(record_duplicates(&c->rq, c->server->store, c->form, id, values, &w));
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_records[] = {
	{ HTTP_GET, "/api/{app}/{form}", ROUTE_READ | ROUTE_APP | ROUTE_FORM, list, "List, filter, sort, search records", NULL, 0,
		"filter sort fields limit cursor offset q count titles deleted shared followed sums group" },
	{ HTTP_POST, "/api/{app}/{form}", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, create, "Create a record", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/{form}/{id}", ROUTE_READ | ROUTE_APP | ROUTE_FORM, get, "Read one record with its rows; rights=1: and where the person's rights on its fields differ from the form's", NULL, 0, "titles rights" },
	{ HTTP_PATCH, "/api/{app}/{form}/{id}", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, patch, "Change a record", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/{app}/{form}/{id}", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, delete_, "Move a record to the recycle bin", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/restore", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, restore, "Bring a record back from the recycle bin", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/transfer", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, transfer, "Give a record another owner", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/validate", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, validate, "What saving would say, without saving", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/duplicates", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, duplicates, "Records that the form's duplicate rules take for the same as these values, as far as the person may know", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
