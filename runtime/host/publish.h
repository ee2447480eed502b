/* publish.h -- from a bundle of definitions to the running app: what serve, --dev, the API and the commands share.
 * Loading takes the store's memory of ids; verifying takes its people; a plan is made of what loads without errors.
 * Ownership: everything is in the arena given. Problems: store problems; findings are not problems. */
#ifndef TENON_HOST_PUBLISH_H
#define TENON_HOST_PUBLISH_H

#include "runtime/host/server.h"
#include "runtime/store/plan.h"

struct publication {
	bool past;                        /* set before: the bundle was published before, its ids come back from the trash */
	struct bundle *bundle;            /* NULL: the folder could not be read at all (findings say why) */
	struct findings findings;
	struct app *app;                  /* NULL: findings hold errors */
	struct plan *plan;                /* NULL without app, or when no plan was asked for */
};
const char *bundle_app(struct arena *a, const struct bundle *b); /* the name app.json gives; "" when there is none */
struct problem *publish_look(struct store *s, struct arena *a, struct bundle *bundle, bool plan, struct publication *out) MUST_CHECK;
struct problem *publish_folder(struct store *s, struct arena *a, const char *folder, bool plan, struct publication *out) MUST_CHECK;

/* At boot: an app folder meets what is published ("Where definitions live"). Says what it does on the terminal.
 * *served false: nothing of that folder can run. name: the app's, or NULL. */
struct problem *folder_boot(struct server *s, const char *folder, bool *served, const char **name) MUST_CHECK;
void folder_changed(struct server *s, const char *folder);  /* --dev: applies what is lossless, tells the rest on the terminal */
/* --dev: a version published through the API goes back into the folder of its app. */
void folder_write_back(struct server *s, const char *app, const struct bundle *b);

#endif
