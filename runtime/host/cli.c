#include "runtime/host/cli.h"

#include <stdio.h>
#include "runtime/base/str.h"
#include "runtime/host/terminal.h"

enum { FAMILY_MAX = 1 << 16 };

const struct command *const command_tables[] = { commands_core, commands_people, commands_io,
						 commands_store, commands_test,
						 commands_bpmn, NULL };

/* How many leading arguments the name takes; 0: it is not this one. */
static int words_match(const char *name, int argc, char **argv) {
	const char *blank = strchr(name, ' ');
	size_t first = blank ? (size_t)(blank - name) : strlen(name);
	if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], name, first) != 0) return 0;
	if (!blank) return 1;
	return argc > 1 && !strcmp(argv[1], blank + 1) ? 2 : 0;
}

static const struct command *find(int argc, char **argv, int *words) {
	const struct command *found = NULL;
	*words = 0;
	for (size_t t = 0; command_tables[t]; t++)
		for (const struct command *c = command_tables[t]; c->name; c++) {
			int n = words_match(c->name, argc, argv);
			if (n > *words) {
				found = c;
				*words = n;
			}
		}
	return found;
}

const struct command *cli_command(const char *name) {
	for (size_t t = 0; command_tables[t]; t++)
		for (const struct command *c = command_tables[t]; c->name; c++)
			if (!strcmp(c->name, name)) return c;
	return NULL;
}

bool cli_family(struct sb *out, enum language language, const char *first) {
	size_t n = strlen(first);
	bool any = false;
	for (size_t t = 0; command_tables[t]; t++)
		for (const struct command *c = command_tables[t]; c->name; c++) {
			if (strncmp(c->name, first, n) != 0 || c->name[n] != ' ') continue;
			sb_printf(out, "tenon %s %s\n  %s\n", c->name, c->usage,
				  label_text(&c->summary, language));
			any = true;
		}
	return any;
}

int cli_usage(const struct command *c) {
	fprintf(stderr, "tenon %s%s%s\n  %s\n", c->name, *c->usage ? " " : "", c->usage,
		label_text(&c->summary, terminal_language()));
	return CLI_USAGE;
}

int cli_problem(const struct problem *p) {
	terminal_problem(p);
	return CLI_FAILED;
}

/* ---- options ---- */

static const struct cli_option *option_named(const struct cli_option *options, const char *text,
					     size_t n) {
	for (const struct cli_option *o = options; o && o->name; o++)
		if (strlen(o->name) == n && !strncmp(o->name, text, n)) return o;
	return NULL;
}

static bool give(const struct cli_option *o, const char *value) {
	if (o->value) *o->value = value;
	if (!o->list) return true;
	if (*o->count == CLI_LIST_MAX) return false;
	o->list[(*o->count)++] = value;
	return true;
}

static bool take_option(const struct command *c, const struct cli_option *options, int argc,
			char **argv, int *i) {
	const char *text = argv[*i], *equals = strchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : strlen(text);
	const struct cli_option *o = option_named(options, text, n);
	if (!o || (o->flag && equals)) {
		terminal_say("cli_option", "option", text, "command", c->name, (const char *)NULL);
		return false;
	}
	if (o->flag) {
		*o->flag = true;
		return true;
	}
	const char *value = equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
	if (value && give(o, value)) return true;
	terminal_say("cli_value", "option", o->name, (const char *)NULL);
	return false;
}

bool cli_parse(const struct command *c, int argc, char **argv, const struct cli_option *options,
	       const char **args, size_t room, size_t *n) {
	bool only_args = false;
	*n = 0;
	for (int i = 0; i < argc; i++) {
		if (!only_args && !strcmp(argv[i], "--"))
			only_args = true;
		else if (!only_args && argv[i][0] == '-' && argv[i][1] == '-') {
			if (!take_option(c, options, argc, argv, &i)) return false;
		} else if (*n < room)
			args[(*n)++] = argv[i];
		else {
			terminal_say("cli_argument", "argument", argv[i], (const char *)NULL);
			return false;
		}
	}
	return true;
}

/* ---- main ---- */

static void offer(struct sb *best, size_t *distance, struct str wanted, const char *name) {
	size_t d = str_distance(wanted, str_of(name), 3);
	if (d >= *distance) return;
	*distance = d;
	best->n = 0;
	sb_cat(best, name);
}

static int unknown(struct arena *a, const char *name) {
	struct sb family = sb_on(a, FAMILY_MAX);
	if (cli_family(&family, terminal_language(), name)) {
		terminal_say("cli_command_more", "command", name, (const char *)NULL);
		terminal_text(2, sb_str(&family));
		return CLI_USAGE;
	}
	struct sb near = sb_on(a, 100);
	size_t distance = 4;
	for (size_t t = 0; command_tables[t]; t++)
		for (const struct command *c = command_tables[t]; c->name; c++)
			offer(&near, &distance, str_of(name), c->name);
	if (near.n)
		terminal_say("cli_command_near", "command", name, "near", sb_cstr(&near),
			     (const char *)NULL);
	else
		terminal_say("cli_command", "command", name, (const char *)NULL);
	return CLI_USAGE;
}

int cli_main(int argc, char **argv) {
	struct arena *a = arena_new(0);
	static char help[] = "help";
	char *fallback[] = { help };
	int words, count = argc > 1 ? argc - 1 : 1;
	char **rest = argc > 1 ? argv + 1 : fallback;
	if (!strcmp(rest[0], "--help") || !strcmp(rest[0], "-h")) rest = fallback, count = 1;
	if (!strcmp(rest[0], "--version")) rest[0] += 2;
	const struct command *c = find(count, rest, &words);
	bool asks = c && count > words &&
		    (!strcmp(rest[words], "--help") || !strcmp(rest[words], "-h"));
	int code = CLI_GOOD;
	if (!c)
		code = unknown(a, rest[0]);
	else if (asks)
		cli_usage(c);
	else
		code = c->run(a, count - words, rest + words);
	arena_free(a);
	return code;
}
