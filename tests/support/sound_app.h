/* sound_app.h -- is a loaded app whole? What every engine relies on, checked field by field; the
 * property test of random edits and the fuzz target of definitions use it. NULL, or what is broken.
 */
#ifndef TESTS_SUPPORT_SOUND_APP_H
#define TESTS_SUPPORT_SOUND_APP_H

#include "runtime/model/app.h"

const char *app_unsound(struct arena *a, const struct app *app);

#endif
