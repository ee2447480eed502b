#include "engines/flow/taken.h"

enum { REASON_MAX = 16384 };

/* ---- writing ---- */

static void key_text(struct jw *w, const char *key, const char *text) {
	if (!text) return;
	jw_key(w, key);
	jw_text(w, text);
}

static void write_case(const struct step_list *list, struct jw *w) {
	const struct json *when = list->when ? json_get(list->json, "when") : NULL;
	jw_object(w);
	key_text(w, "zh", list->label.zh);
	key_text(w, "en", list->label.en);
	if (when) jw_key(w, "when"), jw_str(w, json_str(when));
	jw_end(w);
}

/* The first to be taken ends the search: what later cases ask was not looked at. */
static bool asks(const struct step *branch, uint64_t lists, size_t path) {
	for (size_t i = 0; i < branch->list_count; i++) {
		const struct expr *when = branch->lists[i]->when;
		if (when && expr_uses(when, path)) return true;
		if (!branch->all && (lists >> i & 1)) return false;
	}
	return false;
}

static void write_values(struct flow_world *fw, const struct subject *s, const struct step *branch,
			 uint64_t lists, struct jw *w) {
	const struct expr_paths *paths = &fw->run->flow->paths;
	const struct codec codec = request_codec(fw->rq);
	bool more = false;
	jw_key(w, "values");
	jw_array(w);
	for (size_t i = 0; i < paths->count; i++) {
		const struct expr_path *p = &paths->items[i];
		if (!asks(branch, lists, i)) continue;
		if (p->root != ROOT_RECORD || p->length != 1) {
			more = true;
			continue;
		}
		const struct field *f = p->fields[0];
		jw_object(w);
		key_text(w, "field", f->id);
		jw_key(w, "value");
		field_write_json(w, f, &codec, subject_value(s, f));
		jw_end(w);
	}
	jw_end(w);
	if (more) jw_key(w, "more"), jw_bool(w, true);
}

struct problem *flow_taken(void *context, const struct step *branch, uint64_t lists,
			   const char **out) {
	struct flow_world *fw = context;
	struct sb text = sb_on(fw->rq->arena, REASON_MAX);
	struct jw w = jw_on(&text);
	struct subject *s;
	TRY(flow_subject(fw, &s));
	jw_object(&w);
	jw_key(&w, "cases");
	jw_array(&w);
	for (size_t i = 0; i < branch->list_count; i++)
		if (lists >> i & 1) write_case(branch->lists[i], &w);
	jw_end(&w);
	write_values(fw, s, branch, lists, &w);
	jw_end(&w);
	*out = text.overflow ? NULL : str_dup(fw->rq->arena, sb_str(&text));
	return NULL;
}

/* ---- reading ---- */

static const char *text_of(struct arena *a, const struct json *of, const char *key) {
	const struct json *one = json_get(of, key);
	return one ? str_dup(a, json_str(one)) : NULL;
}

/* Whether everything the conditions ask may be seen. */
static bool read_values(const struct run *run, const struct json *kept, field_sight *sight,
			const void *context, struct jw *w) {
	const struct json *values = json_get(kept, "values");
	bool all = !json_get(kept, "more");
	jw_key(w, "values");
	jw_array(w);
	for (uint32_t i = 0; values && i < values->n; i++) {
		const struct json *one = &values->items[i];
		const struct json *value = json_get(one, "value");
		const struct field *f =
			form_field_by_id(run->flow->form, json_str(json_get(one, "field")));
		bool seen = f && value && sight(context, f) >= RIGHT_READ;
		all = all && seen;
		if (!seen) continue;
		jw_object(w);
		key_text(w, "field", f->name);
		jw_key(w, "value");
		jw_json(w, value);
		jw_end(w);
	}
	jw_end(w);
	return all;
}

void flow_taken_json(struct request *rq, const struct run *run, struct str reason,
		     field_sight *sight, const void *context, struct jw *w) {
	const struct json *kept;
	if (json_parse(rq->arena, reason, &json_limits_request, &kept)) return;
	const struct json *cases = json_get(kept, "cases");
	jw_key(w, "taken");
	jw_object(w);
	bool all = read_values(run, kept, sight, context, w);
	jw_key(w, "cases");
	jw_array(w);
	for (uint32_t i = 0; cases && i < cases->n; i++) {
		const struct json *one = &cases->items[i];
		struct label label = { .zh = text_of(rq->arena, one, "zh"),
				       .en = text_of(rq->arena, one, "en") };
		jw_object(w);
		key_text(w, "label",
			 label.zh || label.en ? label_text(&label, rq->language) : NULL);
		if (all) key_text(w, "when", text_of(rq->arena, one, "when"));
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
}
