/* cli_help.h -- `tenon help`: the commands, and any field type, function or message code by its name. */
#ifndef TENON_HOST_CLI_HELP_H
#define TENON_HOST_CLI_HELP_H

#include "runtime/base/arena.h"

int help_run(struct arena *a, int argc, char **argv);

#endif
