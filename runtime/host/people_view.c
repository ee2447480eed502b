/* people_view.c -- answers about people, from the directory of the request. */
#include "runtime/base/finder.h"
#include "runtime/host/people_view.h"
#include "runtime/model/among.h"

/* Roles come sorted by app. */
void user_roles_json(struct jw *w, const struct user *u) {
	jw_object(w);
	for (size_t i = 0; i < u->role_count; i++) {
		bool first = i == 0 || strcmp(u->roles[i - 1].app, u->roles[i].app) != 0;
		if (first) {
			if (i) jw_end(w);
			jw_key(w, u->roles[i].app);
			jw_array(w);
		}
		jw_text(w, u->roles[i].role);
	}
	if (u->role_count) jw_end(w);
	jw_end(w);
}

void user_depts_json(struct jw *w, const struct user *u) {
	const struct dept *d;
	jw_key(w, "depts");
	jw_array(w);
	for (size_t i = 0; (d = directory_dept_of(u, i)); i++) jw_text(w, d->name);
	jw_end(w);
}

void user_administers_json(struct jw *w, const struct user *u) {
	jw_key(w, "administers");
	jw_array(w);
	for (size_t i = 0; i < u->administers_count; i++) jw_text(w, u->administers[i]);
	jw_end(w);
}

void user_members_json(struct jw *w, const struct user *u, bool admin) {
	jw_set_text(w, "user", u->login);
	jw_set_text(w, "label", directory_label(u));
	jw_set_text(w, "dept", u->dept ? u->dept->name : NULL);
	user_depts_json(w, u);
	if (!admin) return;
	user_administers_json(w, u);
	jw_set_text(w, "email", u->email);
	jw_set_text(w, "superior", u->superior ? u->superior->login : NULL);
	jw_key(w, "roles");
	user_roles_json(w, u);
	jw_set_bool(w, "admin", u->admin);
	jw_set_bool(w, "active", u->active);
	jw_set_text(w, "language", u->language == LANGUAGE_ZH ? "zh-CN" : "en");
}

static void label_json(struct jw *w, const struct label *l, const char *name) {
	jw_key(w, "label");
	if (!l->zh || !l->en || strcmp(l->zh, l->en) == 0) {
		const char *text = label_text(l, LANGUAGE_ZH);
		jw_text(w, *text ? text : name);
		return;
	}
	jw_object(w);
	jw_set_text(w, "zh-CN", l->zh);
	jw_set_text(w, "en", l->en);
	jw_end(w);
}

void dept_members_json(struct jw *w, const struct dept *d, bool admin) {
	jw_set_text(w, "dept", d->name);
	label_json(w, &d->label, d->name);
	jw_set_text(w, "parent", d->parent ? d->parent->name : NULL);
	jw_set_text(w, "head", d->head ? d->head->login : NULL);
	jw_set_int(w, "position", d->position);
	if (admin) jw_set_bool(w, "active", d->active);
}

void recovery_json(struct jw *w, const char **codes) {
	jw_key(w, "recovery");
	jw_array(w);
	for (int i = 0; i < TOTP_RECOVERY; i++) jw_text(w, codes[i]);
	jw_end(w);
}

/* ---- pages ---- */

/* Who is not active cannot be chosen, whoever asks. */
static bool may_be_chosen(const struct people_page *page, const char *name, bool active) {
	return !page->field || (active && among_admits(page->rq, page->field, str_of(name)));
}

static bool user_fits(const struct finder *m, const struct people_page *page,
		      const struct user *u) {
	if (!page->admin && !u->active) return false;
	if (page->cursor.n && str_cmp(str_of(u->login), page->cursor) <= 0) return false;
	if (m->wanted.n && !finder_finds(m, u->login) && !finder_finds(m, u->label)) return false;
	return may_be_chosen(page, u->login, u->active);
}

static bool dept_fits(const struct finder *m, const struct people_page *page,
		      const struct dept *d) {
	if (!page->admin && !d->active) return false;
	if (page->cursor.n && str_cmp(str_of(d->name), page->cursor) <= 0) return false;
	if (m->wanted.n && !finder_finds(m, d->name) && !finder_finds(m, d->label.zh) &&
	    !finder_finds(m, d->label.en))
		return false;
	return may_be_chosen(page, d->name, d->active);
}

/* A page being written: the names that fit, up to the limit, and whether there are more. */
struct page_run {
	struct jw *w;
	int64_t limit, n;
	const char *last;
	bool more;
};

static struct page_run page_begin(struct jw *w, const char *key, const struct people_page *page) {
	jw_object(w);
	jw_key(w, key);
	jw_array(w);
	return (struct page_run){ .w = w, .limit = page->limit };
}

/* Opens the object of the next one; false: the page is full. */
static bool page_take(struct page_run *r, const char *name) {
	r->more = r->n++ == r->limit;
	if (r->more) return false;
	r->last = name;
	jw_object(r->w);
	return true;
}

static void page_end(struct page_run *r) {
	jw_end(r->w);
	jw_set_text(r->w, "next", r->more ? r->last : NULL);
	jw_end(r->w);
}

void users_page_json(struct jw *w, struct arena *scratch, const struct directory *d,
		     const struct people_page *page) {
	struct finder m = finder_of(scratch, page->q);
	struct page_run run = page_begin(w, "users", page);
	for (size_t i = 0; i < d->user_count && !run.more; i++) {
		const struct user *u = &d->users[i];
		if (!user_fits(&m, page, u) || !page_take(&run, u->login)) continue;
		user_members_json(w, u, page->admin);
		jw_end(w);
	}
	page_end(&run);
}

void depts_page_json(struct jw *w, struct arena *scratch, const struct directory *d,
		     const struct people_page *page) {
	struct finder m = finder_of(scratch, page->q);
	struct page_run run = page_begin(w, "depts", page);
	for (size_t i = 0; i < d->dept_count && !run.more; i++) {
		const struct dept *dept = &d->depts[i];
		if (!dept_fits(&m, page, dept) || !page_take(&run, dept->name)) continue;
		dept_members_json(w, dept, page->admin);
		jw_end(w);
	}
	page_end(&run);
}
