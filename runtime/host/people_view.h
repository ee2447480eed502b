/* people_view.h -- users and departments as answers. Everybody who is logged in sees login, label and department of active
 * people; an admin sees all of everybody. Passwords and their hashes are never part of an answer. */
#ifndef TENON_HOST_PEOPLE_VIEW_H
#define TENON_HOST_PEOPLE_VIEW_H

#include "runtime/host/router.h"
#include "runtime/store/accounts.h"

void user_depts_json(struct jw *w, const struct user *u);          /* "depts": the main one first */
void user_administers_json(struct jw *w, const struct user *u);    /* "administers": apps */
void user_roles_json(struct jw *w, const struct user *u);          /* {app: [role]} */
void user_members_json(struct jw *w, const struct user *u, bool admin); /* into an open object */
void dept_members_json(struct jw *w, const struct dept *d, bool admin);

void recovery_json(struct jw *w, const char **codes);              /* "recovery": the codes, shown once */

/* A page of those whose login or label holds q (case and width do not count) or is typed so in letters (pinyin.h), in order of
 * their logins. */
struct people_page {
	struct str q, cursor;
	int64_t limit;
	bool admin;
	const struct field *field;   /* only whom it lets the actor choose (among.h); NULL: all */
	const struct request *rq;
};
void users_page_json(struct jw *w, struct arena *scratch, const struct directory *d, const struct people_page *page);
void depts_page_json(struct jw *w, struct arena *scratch, const struct directory *d, const struct people_page *page);

#endif
