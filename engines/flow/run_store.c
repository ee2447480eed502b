#include "engines/flow/run_store.h"

#include <stdio.h>
#include "engines/flow/run_internal.h"
#include "runtime/model/sha256.h"
#include "runtime/store/due.h"
#include "runtime/store/queries.h"

enum { MARKING_MAX = 4 * 1024 * 1024, LINE_MAX_BYTES = 2 * 1024 * 1024 };

/* ---- words ---- */

static size_t word_of(struct str text, const char *const *words, size_t n) {
	size_t i = 0;
	while (i < n && !str_is(text, words[i])) i++;
	return i < n ? i : 0;
}

static const char *id_of(const struct step *step) { return step ? step->id : "start"; }

static const struct step *step_of(const struct run *run, struct str id) {
	return str_is(id, "start") ? NULL : flow_step(run->flow, id);
}

/* Of a step that was there before the run was moved to another version. */
static bool step_gone(const struct run *run, struct str id) {
	return !str_is(id, "start") && !flow_step(run->flow, id);
}

static struct value text_or_null(const char *s) {
	return s && *s ? value_text(str_of(s)) : VALUE_NONE;
}
static struct value int_or_null(int64_t n) { return n ? value_int(n) : VALUE_NONE; }

/* ---- the marking ---- */

static void write_tokens(struct jw *w, const struct token *tokens, size_t n) {
	jw_key(w, "at");
	jw_array(w);
	for (size_t i = 0; i < n; i++) {
		jw_array(w);
		jw_text(w, id_of(tokens[i].step));
		jw_int(w, tokens[i].round);
		jw_end(w);
	}
	jw_end(w);
}

static void write_back(struct jw *w, const char *key, int64_t task, const struct way_back *back) {
	if (!back->n) return;
	jw_key(w, key);
	jw_object(w);
	if (task) jw_key(w, "task"), jw_int(w, task);
	write_tokens(w, back->tokens, back->n);
	jw_key(w, "tasks");
	jw_array(w);
	for (size_t i = 0; i < back->task_count; i++) {
		jw_array(w);
		jw_int(w, back->tasks[i].task);
		jw_text(w, task_state_names[back->tasks[i].state]);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}

static void write_choices(struct jw *w, const struct run *run) {
	jw_key(w, "cases");
	jw_object(w);
	for (size_t i = 0; i < run->choice_count; i++) {
		jw_key(w, run->choices[i].step->id);
		jw_array(w);
		for (size_t k = 0; k < 64; k++)
			if (run->choices[i].lists >> k & 1) jw_int(w, (int64_t)k);
		jw_end(w);
	}
	jw_end(w);
}

static const char *marking_of(const struct run *run) {
	struct sb out = sb_on(run->arena, MARKING_MAX);
	struct jw w = jw_on(&out);
	jw_object(&w);
	write_tokens(&w, run->tokens, run->token_count);
	if (run->choice_count) write_choices(&w, run);
	jw_key(&w, "rounds");
	jw_int(&w, run->rounds);
	if (run->returned) jw_key(&w, "returned"), jw_bool(&w, true);
	if (run->acted) jw_key(&w, "acted"), jw_bool(&w, true);
	write_back(&w, "back", 0, &run->back);
	write_back(&w, "undo", run->undo.task, &run->undo.back);
	if (run->picks) jw_key(&w, "picks"), jw_json(&w, run->picks);
	if (run->changes) jw_key(&w, "changes"), jw_json(&w, run->changes);
	jw_end(&w);
	return sb_cstr(&out);
}

static uint32_t items_of(const struct json *j) { return j && j->kind == JSON_ARRAY ? j->n : 0; }

static int64_t int_of(const struct json *j) {
	int64_t n = 0;
	return json_int(j, &n) ? n : 0;
}

static size_t read_tokens(struct run *run, const struct json *list, struct token **out) {
	*out = arena_array(run->arena, items_of(list) + 1, sizeof **out);
	for (uint32_t i = 0; i < items_of(list); i++) {
		const struct json *at = &list->items[i];
		(*out)[i] = (struct token){ step_of(run, json_str(&at->items[0])),
					    int_of(&at->items[1]) };
	}
	return items_of(list);
}

static void read_back(struct run *run, const struct json *in, struct way_back *out) {
	const struct json *tasks = json_get(in, "tasks");
	if (!in) return;
	out->n = read_tokens(run, json_get(in, "at"), &out->tokens);
	out->tasks = arena_array(run->arena, items_of(tasks) + 1, sizeof *out->tasks);
	for (uint32_t i = 0; i < items_of(tasks); i++)
		out->tasks[out->task_count++] = (struct kept_task){
			int_of(&tasks->items[i].items[0]),
			(enum task_state)word_of(json_str(&tasks->items[i].items[1]),
						 task_state_names, TASK_STATES)
		};
}

static void read_choices(struct run *run, const struct json *in) {
	for (uint32_t i = 0; in && i < in->n; i++) {
		const struct step *step = flow_step(run->flow, in->keys[i].name);
		for (uint32_t k = 0; step && k < items_of(&in->items[i]); k++)
			run_choice(run, step)->lists |= (uint64_t)1
							<< int_of(&in->items[i].items[k]);
	}
}

static struct problem *read_marking(struct run *run, struct str text) {
	const struct json *j;
	TRY(json_parse(run->arena, text, &json_limits_definition, &j));
	run->token_count = run->token_room = read_tokens(run, json_get(j, "at"), &run->tokens);
	read_choices(run, json_get(j, "cases"));
	run->rounds = int_of(json_get(j, "rounds"));
	run->returned = json_bool(json_get(j, "returned"));
	run->acted = json_bool(json_get(j, "acted"));
	read_back(run, json_get(j, "back"), &run->back);
	run->undo.task = int_of(json_get(json_get(j, "undo"), "task"));
	read_back(run, json_get(j, "undo"), &run->undo.back);
	run->picks = json_get(j, "picks");
	run->changes = json_get(j, "changes");
	return NULL;
}

/* ---- loading ---- */

struct run_head run_head_of(struct arena *a, const struct rows *r, int c, bool whole) {
	return (struct run_head){
		.id = rows_int(r, c),
		.app = str_dup(a, rows_text(r, c + 1)),
		.flow = str_dup(a, rows_text(r, c + 2)),
		.version = rows_int(r, c + 3),
		.hash = str_dup(a, rows_text(r, c + 4)),
		.record = rows_int(r, c + 5),
		.starter = (int32_t)rows_int(r, c + 6),
		.state = (enum run_state)word_of(rows_text(r, c + 7), run_state_names, RUN_STATES),
		.rev = rows_int(r, c + 8),
		.marking = whole ? str_dup(a, rows_text(r, c + 9)) : NULL,
		.started_us = rows_int(r, c + 10),
		.ended_us = rows_int(r, c + 11),
		.parent = rows_int(r, c + 12),
		.parent_task = rows_int(r, c + 13),
		.log_seq = rows_int(r, c + 14),
		.log_hash = str_dup(a, rows_text(r, c + 15)),
		.form = str_dup(a, rows_text(r, c + 16)),
	};
}

struct problem *run_head(struct tx *tx, int64_t id, struct run_head *out, bool *have) {
	struct rows *r;
	TRY(tx_query(tx, sql_flow_run_head, PARAMS(value_int(id)), &r));
	TRY(rows_next(r, have));
	if (*have) *out = run_head_of(tx_arena(tx), r, 0, true);
	rows_close(r);
	return NULL;
}

static struct problem *take_head(struct run *run, const struct run_head *h) {
	run->id = h->id;
	run->record = h->record;
	run->starter = h->starter;
	run->state = h->state;
	run->rev = h->rev;
	run->version = h->version;
	run->started_us = h->started_us;
	run->ended_us = h->ended_us;
	run->parent = h->parent;
	run->parent_task = h->parent_task;
	run->log_seq = h->log_seq;
	snprintf(run->log_hash, sizeof run->log_hash, "%s", h->log_hash);
	return read_marking(run, str_of(h->marking));
}

static void read_task(struct run *run, const struct rows *r, struct task *t) {
	*t = (struct task){
		.n = rows_int(r, 0),
		.step = step_of(run, rows_text(r, 1)),
		.round = rows_int(r, 2),
		.kind = (enum task_kind)word_of(rows_text(r, 3), task_kind_names, TASK_KINDS),
		.state = (enum task_state)word_of(rows_text(r, 4), task_state_names, TASK_STATES),
		.origin = (enum task_origin)word_of(rows_text(r, 5), task_origin_names, ORIGINS),
		.actor = (int32_t)rows_int(r, 6),
		.for_whom = (int32_t)rows_int(r, 7),
		.weight = rows_int(r, 8),
		.place = rows_int(r, 9),
		.parent = rows_int(r, 10),
		.verdict = NO_VERDICT,
		.opened_us = rows_int(r, 12),
		.closed_us = rows_int(r, 13),
		.due_us = rows_int(r, 14),
		.next_us = rows_int(r, 15),
		.next = (size_t)rows_int(r, 16),
		.child = rows_int(r, 17),
		.skipped = rows_int(r, 18),
	};
	for (int i = 0; i < VERDICTS; i++)
		if (str_is(rows_text(r, 11), verdict_names[i])) t->verdict = i;
	if (step_gone(run, rows_text(r, 1))) t->kind = TASK_CC; /* it counts for nothing any more */
}

static struct problem *load_tasks(struct tx *tx, struct run *run) {
	struct rows *r;
	TRY(tx_query(tx, sql_flow_task_of_run, PARAMS(value_int(run->id)), &r));
	for (bool have;;) {
		TRY(rows_next(r, &have));
		if (!have) return NULL;
		struct task *t = run_open(run, NULL, 0, TASK_CC, NULL);
		read_task(run, r, t);
	}
}

struct problem *run_load(struct tx *tx, struct arena *a, const struct flow *flow,
			 const struct run_head *head, struct run **out) {
	struct run *run = arena_alloc(a, sizeof *run);
	*run = (struct run){ .arena = a, .flow = flow };
	TRY(take_head(run, head));
	TRY(load_tasks(tx, run));
	*out = run;
	return NULL;
}

/* ---- saving ---- */

/* Where it stands in somebody's inbox (sys_flow_task.sort_at). */
static int64_t asked_at(const struct task *t) {
	enum { NOT_ASKED = -1, NOT_READ = -2 };
	static const int64_t far_away = 9000000000000000;
	if (t->state != TASK_OPEN || !t->actor) return NOT_ASKED;
	if (t->kind == TASK_CC) return NOT_READ;
	return t->due_us ? t->due_us : far_away;
}

static struct problem *save_task(struct tx *tx, const struct run *run, struct task *t) {
	bool asked = t->state == TASK_OPEN;
	struct value cells[] = {
		value_int(run->id),
		value_int(t->n),
		value_text(str_of(run->flow->app->name)),
		value_text(str_of(run->flow->id)),
		value_text(str_of(id_of(t->step))),
		value_int(t->round),
		value_text(str_of(task_kind_names[t->kind])),
		value_text(str_of(task_state_names[t->state])),
		value_text(str_of(task_origin_names[t->origin])),
		int_or_null(t->actor),
		int_or_null(t->for_whom),
		value_int(t->weight),
		value_int(t->place),
		int_or_null(t->parent),
		text_or_null(t->verdict == NO_VERDICT ? NULL : verdict_names[t->verdict]),
		value_int(t->opened_us),
		int_or_null(t->closed_us),
		int_or_null(t->due_us),
		asked ? int_or_null(t->next_us) : VALUE_NONE,
		value_int((int64_t)t->next),
		int_or_null(t->child),
		value_bool(t->skipped),
		value_int(asked_at(t)),
	};
	t->changed = false;
	if (asked && t->next_us) tx_due(tx, t->next_us);
	return tx_exec(tx, sql_flow_task_put, cells, ARRAY_LEN(cells), NULL);
}

/* Every part of a line with its length, after the hash before: no two lines read alike. */
static struct problem *line_text(struct arena *a, const char *before, const struct value *cells,
				 size_t n, struct str *out) {
	struct sb text = sb_on(a, LINE_MAX_BYTES);
	sb_cat(&text, before);
	for (size_t i = 0; i < n; i++) {
		if (cells[i].kind == VALUE_NULL)
			sb_cat(&text, "|-");
		else if (cells[i].kind == VALUE_TEXT)
			sb_printf(&text, "|%zu:%.*s", cells[i].as.s.n, (int)cells[i].as.s.n,
				  cells[i].as.s.p);
		else
			sb_printf(&text, "|%lld", (long long)cells[i].as.i);
	}
	if (text.overflow) return PROBLEM(a, TOO_LARGE, "too_large", "max", "2 MiB");
	*out = sb_str(&text);
	return NULL;
}

enum { HASH_DIGITS = 64 };

/* A line's hash in as many characters as `like` has: some lines of before 0.1 have 43. */
static struct problem *line_hash(struct arena *a, const char *before, const struct value *cells,
				 size_t n, size_t like, char out[65]) {
	struct str text;
	TRY(line_text(a, before, cells, n, &text));
	if (like == HASH_DIGITS)
		sha256_hex(text, out);
	else
		sha256_short(text, out);
	return NULL;
}

enum { LINE_CELLS = 15 };

static struct value hash_bytes(struct arena *a, const char *digits) {
	char *bytes = arena_alloc(a, HASH_DIGITS / 2);
	sha256_unhex(digits, bytes);
	return value_text((struct str){ bytes, HASH_DIGITS / 2 });
}

static struct problem *save_line(struct tx *tx, struct run *run, const struct log_line *line,
				 const struct run_seal *seal) {
	char hash[65];
	struct value cells[LINE_CELLS + 1] = {
		value_int(run->id),
		value_int(run->log_seq + 1),
		value_int(run->now_us),
		int_or_null(line->who),
		int_or_null(line->for_whom),
		value_text(str_of(id_of(line->step))),
		value_int(line->round),
		value_text(str_of(line->act)),
		text_or_null(line->note),
		text_or_null(line->reason),
		int_or_null(line->task),
		int_or_null(seal->rev),
		text_or_null(seal->content),
		seal->signature.n && line->task ? value_text(seal->signature) : VALUE_NONE,
		text_or_null(run->log_hash),
	};
	TRY(line_hash(run->arena, run->log_hash, cells, LINE_CELLS - 1, HASH_DIGITS, hash));
	cells[LINE_CELLS - 1] = hash_bytes(run->arena, hash);
	memcpy(run->log_hash, hash, sizeof hash);
	run->log_seq++;
	return tx_exec(tx, sql_flow_log_add, cells, LINE_CELLS, NULL);
}

/* hash: of the last line, when this command wrote one; or null. */
static struct problem *save_run_row(struct tx *tx, struct run *run, struct value hash) {
	int64_t changed;
	struct value marking = value_text(str_of(marking_of(run)));
	struct value state = value_text(str_of(run_state_names[run->state]));
	if (!run->rev)
		TRY(tx_exec(tx, sql_flow_run_add,
			    PARAMS(value_int(run->id), value_text(str_of(run->flow->app->name)),
				   value_text(str_of(run->flow->id)), value_int(run->version),
				   value_text(str_of(run->flow->form->id)), value_int(run->record),
				   value_int(run->starter), state, marking,
				   value_int(run->started_us), int_or_null(run->ended_us),
				   int_or_null(run->parent), int_or_null(run->parent_task),
				   value_int(run->log_seq), hash),
			    &changed));
	else
		TRY(tx_exec(tx, sql_flow_run_set,
			    PARAMS(value_int(run->id), value_int(run->rev), state, marking,
				   int_or_null(run->ended_us), value_int(run->log_seq), hash,
				   value_int(run->version)),
			    &changed));
	run->rev++;
	return changed == 1 ? NULL : PROBLEM(run->arena, CONFLICT, "flow_changed");
}

struct problem *run_save(struct tx *tx, struct run *run, const struct run_seal *seal) {
	for (size_t i = 0; i < run->task_count; i++)
		if (run->tasks[i].changed) TRY(save_task(tx, run, &run->tasks[i]));
	for (size_t i = 0; i < run->log_count; i++) TRY(save_line(tx, run, &run->log[i], seal));
	struct value hash = run->log_count ? hash_bytes(run->arena, run->log_hash) : VALUE_NONE;
	run->log_count = 0;
	return save_run_row(tx, run, hash);
}

/* ---- the chain ---- */

/* Lines cut off the end: the run's row knows its last one. */
static struct problem *verify_ends(struct tx *tx, int64_t *bad_run, int64_t *bad_seq) {
	bool have;
	TRY(tx_int(tx, sql_flow_log_torn, NO_PARAMS, bad_run, &have));
	if (!have) *bad_run = 0;
	*bad_seq = 0;
	return NULL;
}

struct problem *run_log_verify(struct tx *tx, int64_t *runs, int64_t *bad_run, int64_t *bad_seq) {
	struct arena *a = tx_arena(tx);
	char before[65] = "", hash[65];
	int64_t run = 0, seq = 0;
	struct rows *r;
	*runs = *bad_run = *bad_seq = 0;
	TRY(tx_query(tx, sql_flow_log_all, NO_PARAMS, &r));
	for (bool have;;) {
		struct value cells[LINE_CELLS];
		struct arena_mark mark = arena_mark(a);
		TRY(rows_next(r, &have));
		if (!have) return verify_ends(tx, bad_run, bad_seq);
		for (int i = 0; i < LINE_CELLS; i++) cells[i] = rows_cell(r, i);
		if (cells[0].as.i != run) {
			run = cells[0].as.i;
			seq = 0;
			before[0] = '\0';
			++*runs;
		}
		TRY(line_hash(a, before, cells, LINE_CELLS - 1, cells[LINE_CELLS - 1].as.s.n,
			      hash));
		if (cells[1].as.i != ++seq || !str_is(cells[LINE_CELLS - 1].as.s, hash)) {
			*bad_run = run;
			*bad_seq = seq;
			rows_close(r);
			return NULL;
		}
		snprintf(before, sizeof before, "%s", hash);
		arena_reset(a, mark);
	}
}
