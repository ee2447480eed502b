/* routes_record_parts.c -- what hangs on a record or takes many of them: history, comments, batch.
 */
#include <pthread.h>
#include "engines/form/followers.h"
#include "engines/form/inside.h"
#include "engines/form/record_write.h"
#include "engines/form/versions.h"
#include "runtime/base/day.h"
#include "runtime/host/mention.h"
#include "runtime/host/code_svg.h"
#include "runtime/host/router.h"
#include "runtime/store/queries.h"

static struct problem *history(struct call *c) {
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "history");
	TRY(record_history(&c->rq, c->tx, c->form, c->id, &w));
	jw_end(&w);
	return call_ok(c, 200);
}

/* ---- versions ---- */

static struct problem *bad_revision(struct call *c, const char *pointer) {
	struct problem *p = PROBLEM(c->x->arena, MALFORMED, "bad_id", "key", "rev");
	p->pointer = pointer;
	return p;
}

static struct problem *version(struct call *c) {
	int64_t rev;
	if (!str_to_int(c->args[3], &rev) || rev < 1) return bad_revision(c, "rev");
	struct jw w = call_answer(c);
	TRY(record_version(&c->rq, c->tx, c->form, c->id, rev, &w));
	return call_ok(c, 200);
}

static struct problem *revert(struct call *c) {
	const struct json *rev = json_get(c->body, "rev");
	struct revert r = { .form = c->form, .id = c->id };
	if (!rev || c->body->n != 1)
		return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys", "rev");
	if (!json_int(rev, &r.rev) || r.rev < 1) return bad_revision(c, "/rev");
	TRY(call_if_match(c, &r.if_match));
	TRY(call_flag(c, "dry_run", &r.dry_run));
	struct jw w = call_answer(c);
	TRY(record_revert(&c->rq, c->server->store, &r, &w));
	call_etag(c, r.now);
	return call_ok(c, 200);
}

/* ---- the picture of a barcode field's value ---- */

static struct problem *code_picture(struct call *c) {
	enum { CODE_BYTES = 512 * 1024 };
	struct str name = c->args[3];
	struct record *r;
	if (name.n < 5 || memcmp(name.p + name.n - 4, ".svg", 4) != 0)
		return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	name.n -= 4;
	const struct field *f = form_field(c->form, name);
	TRY(read_record(&c->rq, c->tx, c->form, c->id, ACTION_READ, &r));
	if (!f || strcmp(f->type->name, "barcode") != 0 || r->values[f->index].kind != VALUE_TEXT)
		return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	c->x->answer = sb_on(c->x->arena, CODE_BYTES);
	if (!code_svg(&c->x->answer, barcode_format(f), r->values[f->index].as.s))
		return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	answer_json(c->x, 200);
	c->x->content_type = "image/svg+xml";
	exchange_set_header(c->x, "Content-Security-Policy", "default-src 'none'; sandbox");
	return NULL;
}

/* ---- comments: who may read the record may read and add them ---- */

enum { COMMENT_MAX = 10000, COMMENTS_SHOWN = 500 };
struct comment {
	int64_t id, at_us;
	const char *user;
	struct str text;
	struct mentions mentions;
};

static void write_comment(struct jw *w, const struct comment *m) {
	jw_object(w);
	jw_set_int(w, "id", m->id);
	jw_set_text(w, "user", m->user);
	jw_key(w, "at");
	char at[40];
	jw_str(w, (struct str){ at, datetime_text(m->at_us, at) });
	jw_set_str(w, "text", m->text);
	jw_end(w);
}

static struct problem *comments(struct call *c) {
	struct record *r;
	struct rows *rows;
	TRY(read_record(&c->rq, c->tx, c->form, c->id, ACTION_READ, &r));
	TRY(tx_query(c->tx, sql_comment_list,
		     PARAMS(value_text(str_of(c->rq.app->name)), value_text(str_of(c->form->id)),
			    value_int(c->id), value_int(COMMENTS_SHOWN)),
		     &rows));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_key(&w, "comments");
	jw_array(&w);
	for (bool have;;) {
		TRY(rows_next(rows, &have));
		if (!have) break;
		const struct user *user =
			directory_user_id(c->rq.directory, (int32_t)rows_int(rows, 1));
		write_comment(&w,
			      &(struct comment){ .id = rows_int(rows, 0),
						 .at_us = rows_int(rows, 2),
						 .user = user ? user->login : NULL,
						 .text = rows_text(rows, 3) });
	}
	jw_end(&w);
	jw_end(&w);
	return call_ok(c, 200);
}

static struct problem *comment_commit(struct tx *tx, struct call *c) {
	const struct comment *m = c->state;
	struct jw w = call_answer(c);
	write_comment(&w, m);
	TRY(tx_exec(tx, sql_comment_add,
		    PARAMS(value_int(m->id), value_text(str_of(c->rq.app->name)),
			   value_text(str_of(c->form->id)), value_int(c->id),
			   value_int(c->rq.actor ? c->rq.actor->id : 0), value_int(m->at_us),
			   value_text(m->text)),
		    NULL));
	TRY(mentions_tell(tx, c, &m->mentions, m->id, m->text));
	TRY(follow_tell_comment(&c->rq, tx, c->form, c->id, mention_excerpt(m->text), m->mentions.users,
				m->mentions.n));
	return call_once(tx, c, 201, sb_str(&c->x->answer));
}

static struct problem *created(struct call *c) { return call_ok(c, 201); }

static struct problem *readable(struct call *c, struct tx *tx, struct comment *m) {
	struct record *r;
	TRY(read_record(&c->rq, tx, c->form, c->id, ACTION_READ, &r));
	return mentions_find(c, tx, m->text, &m->mentions);
}

static struct problem *comment_add(struct call *c) {
	const struct json *text = json_get(c->body, "text");
	struct str s = str_trim(json_str(text));
	if (!text || text->kind != JSON_STRING || c->body->n != 1)
		return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys", "text");
	struct faults faults = { .arena = c->x->arena };
	if (!s.n) FAULT(&faults, "/text", "required");
	if (utf8_length(s) > COMMENT_MAX)
		FAULT(&faults, "/text", "too_large", "max",
		      arena_printf(c->x->arena, "%d", COMMENT_MAX));
	TRY(faults_problem(&faults));
	struct comment *m = arena_alloc(c->x->arena, sizeof *m);
	*m = (struct comment){ .id = store_new_id(c->server->store),
			       .at_us = c->rq.now_us,
			       .user = c->rq.actor ? c->rq.actor->login : NULL,
			       .text = s };
	struct tx *tx;
	TRY(tx_read(c->server->store, c->x->arena, &tx));
	TRY(tx_end(tx, readable(c, tx, m)));
	c->state = m;
	return call_commit(c, LANE_INTERACTIVE, comment_commit, created);
}

/* ---- followers ---- */

static struct problem *follow_get(struct call *c) {
	struct jw w = call_answer(c);
	TRY(follow_state(&c->rq, c->tx, c->form, c->id, &w));
	return call_ok(c, 200);
}

static struct problem *follow_commit(struct tx *tx, struct call *c) {
	struct jw w = call_answer(c);
	TRY(request_people(&c->rq, tx, c->server->store));
	TRY(follow_set(&c->rq, tx, c->form, c->id, c->route->method == HTTP_POST, &w));
	return call_once(tx, c, 200, sb_str(&c->x->answer));
}

static struct problem *followed(struct call *c) { return call_ok(c, 200); }

static struct problem *follow(struct call *c) {
	return call_commit(c, LANE_INTERACTIVE, follow_commit, followed);
}

/* ---- batch ----
 * atomic: one transaction. Otherwise each operation stands alone: they are prepared in windows,
 * given to the writer together so that one commit serves many, and one that rested on an earlier
 * one of its window is done again by itself. */

enum { OPERATIONS_MAX = 1000, WINDOW = 64, BATCH_ANSWER = 8 << 20 };
static const struct {
	const char *name;
	enum write_op op;
	bool id, values;
} operations[] = {
	{ "create", WRITE_CREATE, false, true },
	{ "update", WRITE_UPDATE, true, true },
	{ "delete", WRITE_DELETE, true, false },
	{ "restore", WRITE_RESTORE, true, false },
};
struct window {
	pthread_mutex_t lock;
	pthread_cond_t all;
	size_t open;
};
struct operation {
	struct write *w;
	struct member member;
	struct window *window;
	struct problem *problem;
};
struct batch {
	struct call *c;
	struct write *writes;
	struct operation *items;
	size_t n;
};

static struct problem *operation_bad(struct call *c, size_t i, const char *key) {
	struct problem *p = PROBLEM(c->x->arena, MALFORMED, "batch_operation", "key", key);
	p->pointer = arena_printf(c->x->arena, "/operations/%zu/%s", i, key);
	return p;
}

static struct problem *check_keys(struct call *c, const struct json *in, size_t i) {
	static const char *const known[] = { "op", "id", "rev", "values" };
	if (in->kind != JSON_OBJECT) return operation_bad(c, i, "op");
	for (size_t k = 0; k < in->n; k++) {
		bool ok = false;
		for (size_t j = 0; j < ARRAY_LEN(known); j++)
			ok |= str_is(in->keys[k].name, known[j]);
		if (!ok) return operation_bad(c, i, str_dup(c->x->arena, in->keys[k].name));
	}
	return NULL;
}

static struct problem *read_operation(struct call *c, const struct json *in, size_t i,
				      struct write *w) {
	size_t which = 0;
	TRY(check_keys(c, in, i));
	while (which < ARRAY_LEN(operations) &&
	       !json_is_string(json_get(in, "op"), operations[which].name))
		which++;
	if (which == ARRAY_LEN(operations)) return operation_bad(c, i, "op");
	*w = (struct write){ .op = operations[which].op,
			     .form = c->form,
			     .if_match = -1,
			     .body = json_get(in, "values"),
			     .pointer = arena_printf(c->x->arena, "/operations/%zu/values", i) };
	const struct json *rev = json_get(in, "rev");
	if (operations[which].id && (!json_int(json_get(in, "id"), &w->id) || w->id <= 0))
		return operation_bad(c, i, "id");
	if (!operations[which].id && json_get(in, "id")) return operation_bad(c, i, "id");
	if (rev && (!json_int(rev, &w->if_match) || w->if_match < 0))
		return operation_bad(c, i, "rev");
	if (operations[which].values != (w->body && w->body->kind == JSON_OBJECT))
		return operation_bad(c, i, "values");
	return NULL;
}

static void write_result(struct batch *b, struct jw *out, const struct write *w,
			 const struct problem *p) {
	struct codec codec = request_codec(&b->c->rq);
	int status = p                       ? problem_kinds[p->kind].status
		     : w->op == WRITE_CREATE ? 201
		     : w->op == WRITE_DELETE ? 204
					     : 200;
	jw_object(out);
	jw_set_int(out, "status", status);
	if (p) {
		jw_key(out, "problem");
		problem_json(out, b->c->rq.language, &codec, p, NULL);
	} else if (w->op != WRITE_DELETE && w->after) {
		jw_key(out, "record");
		record_json(out, &codec, w->after, NULL, 0);
	}
	jw_end(out);
}

static void write_results(struct batch *b) {
	struct jw out = call_answer(b->c);
	jw_object(&out);
	jw_key(&out, "results");
	jw_array(&out);
	for (size_t i = 0; i < b->n; i++) write_result(b, &out, &b->writes[i], b->items[i].problem);
	jw_end(&out);
	jw_end(&out);
}

static struct problem *also_answer(struct tx *tx, struct write *w, void *arg) {
	struct batch *b = arg;
	(void)w;
	write_results(b);
	return call_once(tx, b->c, 200, sb_str(&b->c->x->answer));
}

static struct problem *run_atomic(struct batch *b) {
	struct call *c = b->c;
	/* The last one's hook sees all of them stored. */
	b->writes[b->n - 1].also = also_answer;
	b->writes[b->n - 1].also_arg = b;
	return record_write_all(&c->rq, c->server->store, LANE_INTERACTIVE, b->writes, b->n);
}

static struct problem *commit_one(struct tx *tx, void *arg) {
	return write_commit(tx, ((struct operation *)arg)->w);
}

static void one_done(void *arg, struct problem *p) {
	struct operation *o = arg;
	o->problem = p;
	pthread_mutex_lock(&o->window->lock);
	if (--o->window->open == 0) pthread_cond_signal(&o->window->all);
	pthread_mutex_unlock(&o->window->lock);
}

static void submit(struct batch *b, struct operation *o, struct window *window) {
	o->window = window;
	o->member = (struct member){
		.commit = commit_one, .done = one_done, .arg = o, .arena = b->c->x->arena
	};
	store_submit(b->c->server->store, LANE_INTERACTIVE, &o->member);
}

/* The writer runs members one at a time and we wait: the arena has one user at any moment. */
static void run_window(struct batch *b, size_t from, size_t to) {
	struct call *c = b->c;
	struct window window = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };
	for (size_t i = from; i < to; i++) {
		b->items[i].problem = write_prepare(&c->rq, c->server->store, &b->writes[i]);
		window.open += b->items[i].problem == NULL;
	}
	pthread_mutex_lock(&window.lock);
	bool any = window.open > 0;
	for (size_t i = from; i < to; i++)
		if (!b->items[i].problem) submit(b, &b->items[i], &window);
	while (any && window.open) pthread_cond_wait(&window.all, &window.lock);
	pthread_mutex_unlock(&window.lock);
	for (size_t i = from; i < to; i++)
		if (b->items[i].problem == &write_again)
			b->items[i].problem = record_write(&c->rq, c->server->store,
							   LANE_INTERACTIVE, &b->writes[i]);
}

static struct problem *batch(struct call *c) {
	const struct json *atomic = json_get(c->body, "atomic"),
			  *list = json_get(c->body, "operations");
	if (!list || list->kind != JSON_ARRAY || c->body->n > (atomic ? 2U : 1U))
		return PROBLEM(c->x->arena, MALFORMED, "body_keys", "keys", "atomic, operations");
	if (!list->n || list->n > OPERATIONS_MAX)
		return PROBLEM(c->x->arena, MALFORMED, "batch_size", "max",
			       arena_printf(c->x->arena, "%d", OPERATIONS_MAX));
	struct batch *b = arena_alloc(c->x->arena, sizeof *b);
	*b = (struct batch){ c, arena_array(c->x->arena, list->n, sizeof *b->writes),
			     arena_array(c->x->arena, list->n, sizeof *b->items), list->n };
	for (size_t i = 0; i < b->n; i++) {
		b->items[i].w = &b->writes[i];
		TRY(read_operation(c, &list->items[i], i, &b->writes[i]));
	}
	c->x->answer.ceiling = BATCH_ANSWER;
	c->rq.door = DOOR_BATCH;
	if (json_bool(atomic)) {
		TRY(run_atomic(b));
		return call_ok(c, 200);
	}
	for (size_t i = 0; i < b->n; i += WINDOW)
		run_window(b, i, i + WINDOW < b->n ? i + WINDOW : b->n);
	write_results(b);
	return call_ok(c, 200);
}

// clang-format off
const struct route routes_record_parts[] = {
	{ HTTP_POST, "/api/{app}/{form}/batch", ROUTE_POOL | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, batch, "Many writes in one call, each for itself or all together",
		NULL, 4 << 20, NULL },
	{ HTTP_GET, "/api/{app}/{form}/{id}/history", ROUTE_READ | ROUTE_APP | ROUTE_FORM, history, "Who changed what and when", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/{form}/{id}/versions/{rev}", ROUTE_READ | ROUTE_APP | ROUTE_FORM, version, "The record as it was at a revision, and how it differs from now", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/revert", ROUTE_POOL | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, revert,
		"Go back to a revision as far as the caller may; what stays is named. dry_run=1: only what would change", NULL, 0, "dry_run" },
	{ HTTP_GET, "/api/{app}/{form}/{id}/follow", ROUTE_READ | ROUTE_APP | ROUTE_FORM, follow_get, "Whether the caller follows the record, and how many do", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/follow", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, follow, "Follow a record: be told of comments and of others' changes", NULL, 0, NULL },
	{ HTTP_DELETE, "/api/{app}/{form}/{id}/follow", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM, follow, "Follow it no longer", NULL, 0, NULL },
	{ HTTP_GET, "/api/{app}/{form}/{id}/code/{field}", ROUTE_READ | ROUTE_APP | ROUTE_FORM, code_picture, "A barcode field's value as a picture: {field} is its name and .svg", NULL, 0, "rev" },
	{ HTTP_GET, "/api/{app}/{form}/{id}/comments", ROUTE_READ | ROUTE_APP | ROUTE_FORM, comments, "Comments on a record", NULL, 0, NULL },
	{ HTTP_POST, "/api/{app}/{form}/{id}/comments", ROUTE_WRITE | ROUTE_APP | ROUTE_FORM | ROUTE_BODY, comment_add, "Add a comment", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
