/* search_query.c -- a search text to conditions on the index, under the reader's rights.
 *
 * A form that is searched in its own texts only is driven by the index: one MATCH of all terms,
 * newest first, so that a list of 50 stops after 50 hits. With references among the search fields
 * each term is found here or in the title of the linked record, and the index is asked by
 * semi-joins. Only fields the reader may filter by take part, on the linked form under his row
 * rights there: what he may not see he cannot find by. */
#include "runtime/base/fold.h"
#include "runtime/store/search.h"
#include "runtime/store/search_sql.h"
#include "runtime/store/search_tokenizer.h"

enum { TERMS_MAX = 100 };
struct terms {
	struct str items[TERMS_MAX];
	size_t n;
};

static struct terms split(struct arena *a, struct str text) {
	struct terms out = { .n = 0 };
	struct sb folded = sb_on(a, text.n * 4 + 16);
	fold_add(&folded, text);
	struct str rest = sb_str(&folded);
	const char *start = NULL;
	while (rest.n && out.n < TERMS_MAX) {
		const char *at = rest.p;
		bool blank = utf8_blank(utf8_next(&rest));
		if (!blank && !start) start = at;
		if (start && (blank || !rest.n)) {
			out.items[out.n++] =
				(struct str){ start, (size_t)((blank ? at : rest.p) - start) };
			start = NULL;
		}
	}
	return out;
}

/* ---- the MATCH language of FTS5 ---- */

static void match_columns(struct sb *out, const struct field *const *fields, size_t n) {
	sb_char(out, '{');
	for (size_t i = 0; i < n; i++) sb_printf(out, "%s\"c_%s\"", i ? " " : "", fields[i]->id);
	sb_cat(out, "} : ");
}

static void match_term(struct sb *out, struct str term) {
	sb_cat(out, "(\"");
	for (size_t i = 0; i < term.n; i++) {
		if (term.p[i] == '"') sb_char(out, '"');
		sb_char(out, term.p[i]);
	}
	sb_cat(out, utf8_length(term) == 1 ? "\" *" : "\"");
	search_pinyin(term, out);
	sb_char(out, ')');
}

static struct str match_text(struct arena *a, const struct field *const *fields, size_t n,
			     const struct str *terms, size_t count) {
	struct sb out = sb_on(a, 64 * 1024);
	for (size_t i = 0; i < count; i++) {
		sb_cat(&out, i ? " AND " : "");
		match_columns(&out, fields, n);
		match_term(&out, terms[i]);
	}
	return sb_str(&out);
}

/* ---- which fields ---- */

static size_t own_fields(const struct select_builder *b, const struct field **out) {
	const struct form *form = b->q->form;
	const struct field *const *columns;
	size_t n = 0, count = search_columns(form, &columns);
	for (size_t i = 0; i < form->search_count; i++)
		for (size_t k = 0; k < count; k++)
			if (columns[k] == form->search[i] &&
			    access_filters_for(b->q->access, columns[k], b->q->action))
				out[n++] = columns[k];
	return n;
}

static size_t own_references(const struct select_builder *b, const struct field **out) {
	const struct form *form = b->q->form;
	size_t n = 0;
	for (size_t i = 0; i < form->search_count; i++)
		if (form->search[i]->target &&
		    access_filters_for(b->q->access, form->search[i], b->q->action))
			out[n++] = form->search[i];
	return n;
}

static size_t title_fields(struct select_builder *b, const struct form *target,
			   const struct field ***out) {
	struct query_view *view = query_view(b->q, target);
	size_t n = 0, count = view->known ? search_title_fields(b->arena, target, out) : 0;
	for (size_t i = 0; i < count; i++)
		if (access_filters(&view->access, (*out)[i])) (*out)[n++] = (*out)[i];
	return n;
}

/* ---- conditions ---- */

void search_begin(struct select_builder *b) {
	const struct form *form = b->q->form;
	const struct field **fields = arena_array(b->arena, form->field_count + 1, sizeof *fields);
	if (!b->q->search.n || own_references(b, fields) || !own_fields(b, fields) ||
	    !split(b->arena, b->q->search).n)
		return;
	b->search_table = search_table(b->arena, form);
}

static void match_here(struct select_builder *b, const struct field *const *fields, size_t n,
		       struct str term, struct sb *out) {
	const char *table = search_table(b->arena, b->q->form);
	sb_printf(out, "r.\"id\" IN (SELECT rowid FROM \"%s\" WHERE \"%s\" MATCH ", table, table);
	select_bind_text(b, match_text(b->arena, fields, n, &term, 1), out);
	sb_char(out, ')');
}

static struct problem *match_there(struct select_builder *b, const struct field *ref,
				   struct str term, struct sb *out) {
	const struct field **fields;
	size_t n = title_fields(b, ref->target, &fields);
	if (!n) {
		sb_cat(out, "1 = 0");
		return NULL;
	}
	const char *table = search_table(b->arena, ref->target),
		   *alias = arena_printf(b->arena, "s%u", ++b->aliases);
	struct sb rights = sb_on(b->arena, SELECT_TEXT_MAX);
	TRY(select_access(b, &query_view(b->q, ref->target)->access, ACTION_READ, alias, &rights));
	sb_printf(out,
		  "r.\"%s\" IN (SELECT %s.\"id\" FROM \"%s\" f CROSS JOIN \"%s\" %s ON %s.\"id\" = "
		  "f.rowid WHERE f.\"%s\" MATCH ",
		  select_column_name(ref), alias, table, ref->target->table, alias, alias, table);
	select_bind_text(b, match_text(b->arena, fields, n, &term, 1), out);
	sb_printf(out, " AND %s.\"deleted_at\" IS NULL", alias);
	if (rights.n) sb_printf(out, " AND (%s)", sb_cstr(&rights));
	sb_char(out, ')');
	return NULL;
}

static struct problem *match_anywhere(struct select_builder *b, struct str term, struct sb *out) {
	size_t room = b->q->form->field_count + 1;
	const struct field **fields = arena_array(b->arena, room, sizeof *fields);
	const struct field **refs = arena_array(b->arena, room, sizeof *refs);
	size_t n = own_fields(b, fields), ref_count = own_references(b, refs);
	sb_cat(out, " AND (");
	if (n) match_here(b, fields, n, term, out);
	for (size_t i = 0; i < ref_count; i++) {
		sb_cat(out, n || i ? " OR " : "");
		TRY(match_there(b, refs[i], term, out));
	}
	sb_cat(out, n || ref_count ? ")" : "1 = 0)");
	return NULL;
}

struct problem *search_sql(struct select_builder *b, struct sb *out) {
	struct terms terms = split(b->arena, b->q->search);
	if (b->search_table) {
		const struct field **fields =
			arena_array(b->arena, b->q->form->field_count + 1, sizeof *fields);
		size_t n = own_fields(b, fields);
		sb_printf(out, " AND f.\"%s\" MATCH ", b->search_table);
		select_bind_text(b, match_text(b->arena, fields, n, terms.items, terms.n), out);
		return NULL;
	}
	for (size_t i = 0; i < terms.n; i++) TRY(match_anywhere(b, terms.items[i], out));
	return NULL;
}
