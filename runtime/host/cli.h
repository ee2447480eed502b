/* cli.h -- the command line: one table of commands. Exit codes: 0 good, 1 findings or failure, 2 usage.
 * A command reads its arguments with cli_parse (one table of options a command), works through client.h, and tells people
 * what happened through terminal.h. Machine-readable results go to stdout, everything else to stderr. */
#ifndef TENON_HOST_CLI_H
#define TENON_HOST_CLI_H

#include "runtime/base/catalogue.h"
#include "runtime/base/json.h"

enum { CLI_GOOD = 0, CLI_FAILED = 1, CLI_USAGE = 2 };
struct command {
	const char *name;                        /* "user add": two words are two arguments */
	const char *usage;                       /* what follows the name */
	struct label summary;                    /* one line */
	int (*run)(struct arena *a, int argc, char **argv); /* argv[0] is the first argument after the name */
	const char *help_zh, *help_en;           /* more lines for `tenon help NAME`, or NULL */
};
extern const struct command commands_core[], commands_people[], commands_io[], commands_store[], commands_test[], commands_bpmn[]; /* end with name NULL */
extern const struct command *const command_tables[];

/* Options of a command. A value option takes the next argument or what follows "=". */
struct cli_option { const char *name; const char **value; bool *flag; const char **list; size_t *count; };
enum { CLI_LIST_MAX = 64 };
/* Puts what is no option into args (at most room); prints what is wrong and gives false. */
bool cli_parse(const struct command *c, int argc, char **argv, const struct cli_option *options, const char **args, size_t room,
	size_t *n);
const struct command *cli_command(const char *name);
bool cli_family(struct sb *out, enum language language, const char *first); /* lines of the commands of two words that begin so */
int cli_usage(const struct command *c);          /* prints the command's usage, gives CLI_USAGE */
int cli_problem(const struct problem *p);        /* prints it, gives CLI_FAILED */
/* cli_job.c: until the job has ended; show adds to the line of its progress on a terminal. *out: the job. */
struct client;
struct reply;
struct problem *cli_wait_job(struct client *c, struct arena *a, const char *id, void (*show)(const struct json *job), struct reply *out) MUST_CHECK;
void cli_job_problem(const struct json *job);    /* why it failed, to stderr; nothing when it did not */
int cli_main(int argc, char **argv);

#endif
