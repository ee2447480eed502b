#include "runtime/host/cli_help.h"

#include "runtime/expr/expr.h"
#include "runtime/host/cli.h"
#include "runtime/host/terminal.h"
#include "runtime/model/docs.h"
#include "runtime/model/field_type.h"
#include "runtime/store/setting.h"

enum { HELP_MAX = 1 << 20 };

static const char *words(enum language language, const char *zh, const char *en) {
	return language == LANGUAGE_ZH ? zh : en;
}

static void overview(struct sb *out, enum language l) {
	sb_printf(out, "tenon %s\n\n", TENON_VERSION);
	for (size_t t = 0; command_tables[t]; t++)
		for (const struct command *c = command_tables[t]; c->name; c++)
			sb_printf(out, "  %-14s %s\n", c->name, label_text(&c->summary, l));
	sb_cat(out, words(l, "\n定义手册：", "\nPages on definitions:"));
	for (size_t i = 0; docs_topic(i); i++) sb_printf(out, " %s", docs_topic(i));
	sb_cat(out,
	       words(l,
		     "\n\n退出码：0 成功，1 有问题或失败，2 用法不对\n更多：tenon help "
		     "命令、字段类型、函数或消息代码；tenon help types；tenon help "
		     "functions；tenon help settings\n",
		     "\n\nExit codes: 0 good, 1 findings or failure, 2 usage\nMore: tenon help "
		     "COMMAND, a field type, a function or a message code; tenon help types; tenon "
		     "help functions; tenon help settings\n"));
}

static bool of_command(struct sb *out, enum language l, const char *topic) {
	const struct command *c = cli_command(topic);
	if (!c) return false;
	sb_printf(out, "tenon %s%s%s\n  %s\n", c->name, *c->usage ? " " : "", c->usage,
		  label_text(&c->summary, l));
	const char *more = words(l, c->help_zh, c->help_en);
	if (more) sb_cat(out, more);
	/* "test" is a page of the handbook too. */
	struct sb page = sb_on(out->arena, HELP_MAX);
	if (docs_write(&page, str_of(topic))) {
		sb_cat(out, "\n");
		sb_add(out, sb_str(&page));
	}
	return true;
}

static bool all_types(struct sb *out, enum language l, const char *topic) {
	size_t n;
	const struct field_type *const *types = field_types(&n);
	if (strcmp(topic, "types") != 0) return false;
	for (size_t i = 0; i < n; i++)
		sb_printf(out, "  %-12s %s\n", types[i]->name, label_text(&types[i]->label, l));
	return true;
}

static bool of_type(struct sb *out, enum language l, const char *topic) {
	const struct field_type *t = field_type_find(str_of(topic));
	if (!t) return false;
	sb_printf(out, "%s: %s\n  %s\n", t->name, label_text(&t->label, l),
		  label_text(&t->help, l));
	for (size_t i = 0; t->keys && t->keys[i]; i++)
		sb_printf(out, "%s%s", i ? ", " : "  + ", t->keys[i]);
	sb_cat(out, t->keys && t->keys[0] ? "\n" : "");
	return true;
}

/* The pages of docs/definitions: form, fields, enum, role, expressions, findings ... "enum" is a
 * field type too. */
static bool of_page(struct sb *out, enum language l, const char *topic) {
	if (!docs_write(out, str_of(topic))) return false;
	of_type(out, l, topic);
	return true;
}

/* "user": every command that begins so, before the field type of the same name. */
static bool of_family(struct sb *out, enum language l, const char *topic) {
	if (!cli_family(out, l, topic)) return false;
	of_type(out, l, topic);
	return true;
}

static bool all_functions(struct sb *out, enum language l, const char *topic) {
	if (strcmp(topic, "functions") != 0) return false;
	for (size_t i = 0; expr_function_at(i); i++) {
		const struct expr_function_info *f = expr_function_at(i);
		sb_printf(out, "  %-40s %s\n", f->signature, label_text(&f->help, l));
	}
	return true;
}

static bool of_function(struct sb *out, enum language l, const char *topic) {
	for (size_t i = 0; expr_function_at(i); i++) {
		const struct expr_function_info *f = expr_function_at(i);
		if (strcmp(f->name, topic) != 0) continue;
		sb_printf(out, "%s\n  %s\n", f->signature, label_text(&f->help, l));
		for (size_t k = 0; k < f->example_count; k++)
			sb_printf(out, "  %s  =  %s\n", f->examples[k].text, f->examples[k].result);
		return true;
	}
	return false;
}

static bool of_settings(struct sb *out, enum language l, const char *topic) {
	(void)l;
	if (strcmp(topic, "settings") != 0) return false;
	settings_docs(out);
	return true;
}

static bool of_code(struct sb *out, enum language l, const char *topic) {
	const struct text_row *row = catalogue_find(topic);
	(void)l;
	if (!row) return false;
	sb_printf(out, "%s\n  %s\n  %s\n", row->code, row->zh, row->en);
	return true;
}

int help_run(struct arena *a, int argc, char **argv) {
	static bool (*const looks[])(struct sb * out, enum language l, const char *topic) = {
		of_command,    of_family,   of_page,     all_types, of_type,
		all_functions, of_function, of_settings, of_code,
	};
	struct sb out = sb_on(a, HELP_MAX);
	enum language l = terminal_language();
	if (!argc) overview(&out, l);
	const char *topic = argc > 1 ? arena_printf(a, "%s %s", argv[0], argv[1])
			    : argc   ? argv[0]
				     : NULL;
	bool found = !topic;
	for (size_t i = 0; !found && i < ARRAY_LEN(looks); i++) found = looks[i](&out, l, topic);
	terminal_text(1, sb_str(&out));
	if (found) return CLI_GOOD;
	struct str near = docs_similar(str_of(topic));
	terminal_say(near.n ? "cli_topic_near" : "cli_topic", "topic", topic, "near",
		     str_dup(a, near), (const char *)NULL);
	return CLI_USAGE;
}
