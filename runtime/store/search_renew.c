/* search_renew.c -- an index of an older Tenon, which gave other tokens: it is emptied and made
 * anew as after a publish. */
#include "runtime/store/journal.h"
#include "runtime/store/registry.h"
#include "runtime/store/search.h"

enum { SCRIPT_MAX = 1 << 20 };

struct renewal {
	const struct app *app;
	const struct form *form;
	const char *script;
};

static struct problem *commit_renewal(struct tx *tx, void *arg) {
	const struct renewal *r = arg;
	struct arena *a = tx_arena(tx);
	const struct journal j = { r->app->name, r->app->version };
	const char *drop = arena_printf(a, "DROP TABLE IF EXISTS \"%s\"", search_table(a, r->form));
	tx_allow(tx, TX_ALLOW_SCHEMA);
	TRY(tx_exec(tx, drop, NO_PARAMS, NULL));
	TRY(tx_script(tx, r->script));
	TRY(tx_exec(tx,
		    "UPDATE sys_definition SET type = ?3 WHERE app = ?1 AND owner = 'search' AND "
		    "id = ?2 AND state = 'live'",
		    PARAMS(value_text(str_of(r->app->name)), value_text(str_of(r->form->id)),
			   value_text(str_of(r->script))),
		    NULL));
	return journal_add(tx, &j, JOURNAL_SEARCH, r->form->id);
}

static struct problem *renew_form(struct store *s, struct arena *a, const struct registry *known,
				  const struct app *app, const struct form *form) {
	const struct known *k = registry_live(known, "search", form->id);
	struct sb script = sb_on(a, SCRIPT_MAX);
	search_ddl(form, &script);
	if (!k || strcmp(k->type, sb_cstr(&script)) == 0) return NULL;
	struct renewal r = { app, form, sb_cstr(&script) };
	return journal_member(s, a, LANE_BULK, commit_renewal, &r);
}

struct problem *search_renew(struct store *s, struct arena *a, const struct app *app) {
	struct registry *known;
	struct tx *tx;
	TRY(tx_read(s, a, &tx));
	TRY(tx_end(tx, registry_load(tx, a, app->name, &known)));
	for (size_t i = 0; i < app->form_count; i++)
		TRY(renew_form(s, a, known, app, app->forms[i]));
	return NULL;
}
