/* proxies.c -- invariants stand in the header. */
#include "runtime/store/proxies.h"

#include "runtime/base/day.h"
#include "runtime/store/notifications.h"
#include "runtime/store/queries.h"
#include "runtime/store/writer.h"

enum { LIST_MAX = 1000 };

static struct value until_value(const struct proxy *p) {
	return p->until == PROXY_OPEN ? VALUE_NONE : value_int(p->until);
}

static struct proxy read_row(struct arena *a, const struct rows *r) {
	bool open = rows_cell(r, 5).kind == VALUE_NULL;
	return (struct proxy){ .id = rows_int(r, 0),
			       .from = (int32_t)rows_int(r, 1),
			       .to = (int32_t)rows_int(r, 2),
			       .by = (int32_t)rows_int(r, 3),
			       .since = rows_int(r, 4),
			       .until = open ? PROXY_OPEN : rows_int(r, 5),
			       .begins_us = rows_int(r, 6),
			       .at_us = rows_int(r, 7),
			       .flows = str_dup(a, rows_text(r, 8)) };
}

static struct problem *read_rows(struct tx *tx, struct rows *rows, struct proxy **out, size_t *n) {
	*out = arena_array(tx_arena(tx), LIST_MAX, sizeof **out);
	*n = 0;
	for (bool have; *n < LIST_MAX;) {
		TRY(rows_next(rows, &have));
		if (!have) return NULL;
		(*out)[(*n)++] = read_row(tx_arena(tx), rows);
	}
	rows_close(rows);
	return NULL;
}

struct problem *proxy_list(struct tx *tx, int32_t from, int32_t to, struct proxy **out, size_t *n) {
	struct rows *rows;
	TRY(tx_query(tx, sql_proxy_list,
		     PARAMS(from ? value_int(from) : VALUE_NONE, to ? value_int(to) : VALUE_NONE,
			    value_int(LIST_MAX)),
		     &rows));
	return read_rows(tx, rows, out, n);
}

struct problem *proxy_get(struct tx *tx, int64_t id, struct proxy *out, bool *found) {
	struct rows *rows;
	TRY(tx_query(tx, sql_proxy_get, PARAMS(value_int(id)), &rows));
	TRY(rows_next(rows, found));
	if (!*found) return NULL;
	*out = read_row(tx_arena(tx), rows);
	rows_close(rows);
	return NULL;
}

/* ---- ending ---- */

struct problem *proxy_end(struct tx *tx, int64_t id, int64_t now_us) {
	tx_due(tx, now_us);
	return tx_exec(tx, sql_proxy_end, PARAMS(value_int(id), value_int(now_us)), NULL);
}

struct problem *proxy_returns_next(struct tx *tx, int64_t *at_us) {
	bool have;
	TRY(tx_int(tx, sql_proxy_returns_next, NO_PARAMS, at_us, &have));
	if (!have || !*at_us) *at_us = INT64_MAX;
	return NULL;
}

struct problem *proxy_returns(struct tx *tx, int64_t now_us, struct proxy *out, bool *found) {
	struct rows *rows;
	TRY(tx_query(tx, sql_proxy_returns, PARAMS(value_int(now_us)), &rows));
	TRY(rows_next(rows, found));
	if (*found)
		*out = (struct proxy){ .id = rows_int(rows, 0),
				       .from = (int32_t)rows_int(rows, 1),
				       .to = (int32_t)rows_int(rows, 2) };
	rows_close(rows);
	return NULL;
}

struct problem *proxy_returned(struct tx *tx, int64_t id) {
	TRY(tx_exec(tx, sql_proxy_gone, PARAMS(value_int(id)), NULL));
	return tx_exec(tx, sql_proxy_returned, PARAMS(value_int(id)), NULL);
}

/* ---- adding ---- */

/* A flow of one list stands in the other; none named on both sides: all of both. */
static bool same_flows(struct arena *a, const char *left, const char *right) {
	if (!*left || !*right) return !*left && !*right;
	for (const char *at = left + 1; *at;) {
		size_t n = strcspn(at, " ");
		if (strstr(right, arena_printf(a, " %.*s ", (int)n, at))) return true;
		at += n + 1;
	}
	return false;
}

struct problem *proxy_add(struct tx *tx, const struct proxy *p, enum proxy_refusal *out) {
	struct proxy *others;
	size_t n;
	TRY(proxy_list(tx, p->from, 0, &others, &n));
	*out = n >= PROXIES_MAX ? PROXY_MANY : PROXY_FINE;
	for (size_t i = 0; i < n; i++)
		if (others[i].since <= p->until && p->since <= others[i].until &&
		    same_flows(tx_arena(tx), p->flows, others[i].flows))
			*out = PROXY_OVERLAPS;
	if (*out != PROXY_FINE) return NULL;
	tx_due(tx, p->begins_us);
	if (p->ends_us) tx_due(tx, p->ends_us);
	return tx_exec(tx, sql_proxy_add,
		       PARAMS(value_int(p->id), value_int(p->from), value_int(p->to),
			      p->by ? value_int(p->by) : VALUE_NONE, value_int(p->since),
			      until_value(p), value_int(p->begins_us), value_int(p->at_us),
			      value_text(str_of(p->flows)),
			      p->ends_us ? value_int(p->ends_us) : VALUE_NONE),
		       NULL);
}

/* ---- whose turn it is ---- */

static bool is_in(const struct proxy_answer *r, const struct user *u) {
	for (size_t i = 0; i < r->n; i++)
		if (r->chain[i] == u) return true;
	return false;
}

static struct problem *stands_in(struct tx *tx, const struct directory *people,
				 const struct user *user, struct str flow, int64_t day,
				 const struct user **out) {
	int64_t id;
	bool have;
	TRY(tx_int(tx, sql_proxy_of, PARAMS(value_int(user->id), value_int(day), value_text(flow)),
		   &id, &have));
	*out = have ? directory_user_id(people, (int32_t)id) : NULL;
	return NULL;
}

struct problem *proxy_resolve(struct tx *tx, const struct directory *people,
			      const struct user *user, const char *flow, int64_t day,
			      struct proxy_answer *out) {
	struct str key = str_of(arena_printf(tx_arena(tx), " %s ", flow));
	*out = (struct proxy_answer){ .chain = arena_array(tx_arena(tx), PROXY_CHAIN_MAX,
							   sizeof *out->chain) };
	for (const struct user *next = user; next;) {
		out->loop = out->n == PROXY_CHAIN_MAX || is_in(out, next);
		if (out->loop) return NULL;
		out->chain[out->n++] = next;
		TRY(stands_in(tx, people, next, key, day, &next));
	}
	for (size_t i = out->n; i-- > 0 && !out->asked;)
		if (out->chain[i]->active) out->asked = out->chain[i];
	return NULL;
}

/* ---- the first day ---- */

static struct problem *next_begin(struct tx *tx, int64_t *at_us) {
	bool have;
	TRY(tx_int(tx, sql_proxy_next, NO_PARAMS, at_us, &have));
	if (!have) *at_us = INT64_MAX;
	return NULL;
}

static const char *days_of(struct arena *a, const struct proxy *p) {
	char since[16], until[16] = "";
	day_text(p->since, since);
	if (p->until != PROXY_OPEN) day_text(p->until, until);
	return p->until == p->since ? arena_strdup(a, since)
				    : arena_printf(a, "%s – %s", since, until);
}

struct beginning {
	int64_t id, now_us;
	bool told;
};

static struct problem *tell_commit(struct tx *tx, void *arg) {
	struct beginning *b = arg;
	struct arena *a = tx_arena(tx);
	struct proxy p;
	int64_t changes;
	TRY(proxy_get(tx, b->id, &p, &b->told));
	if (!b->told) return NULL;
	tx_allow(tx, TX_ALLOW_PEOPLE);
	TRY(tx_exec(tx, sql_proxy_told, PARAMS(value_int(b->id)), &changes));
	if (!changes) return NULL;
	struct notification n = { .kind = "proxy",
				  .app = NOTIFICATION_NO_APP,
				  .form = NOTIFICATION_NO_APP,
				  .user = p.to,
				  .actor = p.from,
				  .at_us = b->now_us,
				  .text = str_of(days_of(a, &p)) };
	return notification_add(tx, &n, str_of(arena_printf(a, "proxy/%lld", (long long)p.id)));
}

static struct problem *tell_begun(struct store *s, struct arena *a, int64_t now_us, size_t limit,
				  size_t *done) {
	for (*done = 0; *done < limit; (*done)++) {
		struct beginning b = { .now_us = now_us };
		struct tx *tx;
		bool have;
		TRY(tx_read(s, a, &tx));
		TRY(tx_end(tx,
			   tx_int(tx, sql_proxy_begun, PARAMS(value_int(now_us)), &b.id, &have)));
		if (!have) return NULL;
		TRY(store_write(s, LANE_BULK, a, tell_commit, &b));
	}
	return NULL;
}

const struct due_source proxy_due = { "proxies", next_begin, tell_begun };
