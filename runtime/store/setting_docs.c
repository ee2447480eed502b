/* setting_docs.c -- the settings page of the manual and of `tenon help settings`, written from
 * setting_rows. */
#include "runtime/store/setting.h"

static const char opening[] = "# 组织设置 · Organisation settings\n\n"
			      "<!-- Written by the program from its own tables (tenon help); edit "
			      "the tables, not this page. -->\n\n"
			      "管理员用 `GET /api/settings` 读取，用 `PATCH /api/settings` "
			      "修改其中任何一部分；null 恢复默认值。每次修改都记入审计。\n"
			      "An administrator reads them with `GET /api/settings` and changes "
			      "any part with `PATCH /api/settings`; null puts one back\n"
			      "to its default. Every change is in the audit trail.\n\n"
	"密码类设置用数据目录中的 `secret.key` 加密；备份中不含这个密钥，请另存一份。\n"
	"Secrets are sealed with `secret.key` in the data folder; backups do not hold that key, so keep a copy of it elsewhere.\n\n"
			      "| key | value | default | 说明 | meaning |\n|---|---|---|---|---|\n";

static void value_kind(struct sb *out, const struct setting_row *row) {
	static const char *const kinds[] = { "text", "integer", "one of", "secret", "object",
					     "picture" };
	sb_cat(out, kinds[row->kind]);
	if (row->kind == SETTING_INTEGER)
		sb_printf(out, ", %lld–%lld", (long long)row->min, (long long)row->max);
	else if (row->max)
		sb_printf(out, ", ≤ %lld", (long long)row->max);
	if (row->choices) sb_printf(out, " `%s`", row->choices);
}

static void usual_text(struct sb *out, const struct setting_row *row) {
	if (row->kind == SETTING_INTEGER) sb_int(out, row->usual);
	if (row->kind == SETTING_CHOICE)
		sb_add(out, (struct str){ row->choices, strcspn(row->choices, " ") });
}

static void words(struct sb *out, const char *label, const char *help) {
	sb_cat(out, label);
	if (help) sb_printf(out, ": %s", help);
}

void settings_docs(struct sb *out) {
	sb_cat(out, opening);
	for (const struct setting_row *row = setting_rows; row->key; row++) {
		sb_printf(out, "| `%s` | ", row->key);
		value_kind(out, row);
		sb_cat(out, " | ");
		usual_text(out, row);
		sb_cat(out, " | ");
		words(out, row->label.zh, row->help.zh);
		sb_cat(out, " | ");
		words(out, row->label.en, row->help.en);
		sb_cat(out, " |\n");
	}
}
