/* docs.c -- Markdown from the tables: kinds of objects (shape.h), field types, functions, texts of
 * problems. */
#include "runtime/model/docs.h"

#include "runtime/model/field_type.h"
#include "runtime/model/names.h"
#include "runtime/model/shape.h"

enum { SHAPES_MAX = 64 };

struct topic {
	const char *name;
	void (*write)(struct sb *out, const char *name);
	struct label title;
};

static void write_kind(struct sb *out, const char *name);
static void write_fields(struct sb *out, const char *name);
static void write_expressions(struct sb *out, const char *name);
static void write_findings(struct sb *out, const char *name);
static void write_problems(struct sb *out, const char *name);

static const struct topic topics[] = {
	{ "app", write_kind, { "应用", "app.json" } },
	{ "calendar", write_kind, { "工作日历", "Calendars" } },
	{ "dashboard", write_kind, { "仪表盘", "Dashboards" } },
	{ "enum", write_kind, { "枚举", "Enumerations" } },
	{ "expressions", write_expressions, { "表达式", "Expressions" } },
	{ "fields", write_fields, { "字段类型", "Field types" } },
	{ "findings", write_findings, { "检查规则", "Findings" } },
	{ "flow", write_kind, { "流程", "Flows" } },
	{ "form", write_kind, { "表单", "Forms" } },
	{ "print", write_kind, { "打印模板", "Prints" } },
	{ "problems", write_problems, { "提示与错误", "Messages" } },
	{ "report", write_kind, { "报表", "Reports" } },
	{ "role", write_kind, { "角色", "Roles" } },
	{ "rule", write_kind, { "规则", "Rules" } },
	{ "test", write_kind, { "应用的测试", "App tests" } },
};

const char *docs_topic(size_t index) {
	return index < ARRAY_LEN(topics) ? topics[index].name : NULL;
}

struct str docs_similar(struct str topic) {
	struct similar near = similar_to(topic);
	for (size_t i = 0; i < ARRAY_LEN(topics); i++) similar_offer(&near, str_of(topics[i].name));
	return near.best;
}

bool docs_write(struct sb *out, struct str topic) {
	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		if (!str_is(topic, topics[i].name)) continue;
		sb_printf(out, "# %s · %s\n\n", topics[i].title.zh, topics[i].title.en);
		sb_cat(out, "<!-- Written by the program from its own tables (tenon help); edit "
			    "the tables, not this page. -->\n\n");
		topics[i].write(out, topics[i].name);
		return true;
	}
	return false;
}

/* "|" would end a table's cell. */
static void cell(struct sb *out, const char *text) {
	for (; *text; text++) {
		if (*text == '|') sb_char(out, '\\');
		sb_char(out, *text);
	}
}

/* ---- kinds of objects ---- */

static void add_word(struct sb *out, size_t start, const char *word) {
	if (out->n > start) sb_cat(out, ", ");
	sb_cat(out, word);
}

static void write_accepts(struct sb *out, const struct shape_key *k) {
	static const struct {
		unsigned accept;
		const char *word;
	} words[] = { { A_LABEL, "label" },     { A_TEMPLATE, "template" },
		      { A_EXPR, "expression" }, { A_NAME, "name" },
		      { A_PATH, "path" },       { A_TEXT, "text" },
		      { A_BOOL, "bool" },       { A_INT, "integer" },
		      { A_NUMBER, "number" },   { A_ANY, "any" },
		      { A_WHO, "who" } };
	size_t start = out->n;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (k->accepts & words[i].accept) add_word(out, start, words[i].word);
	if (k->accepts & A_OBJECT) add_word(out, start, k->shape->name);
	for (size_t i = 0; k->accepts & A_CHOICE && k->choices[i]; i++) {
		add_word(out, start, "");
		sb_printf(out, "`%s`", k->choices[i]);
	}
}

static void write_forms(struct sb *out, const struct shape_key *k) {
	static const struct {
		unsigned form;
		const char *word;
	} words[] = { { F_LIST, " (list)" },
		      { F_LISTS, " (list of lists)" },
		      { F_MAP, " (by name)" },
		      { F_MAP_LIST, " (by name, one or a list)" } };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (k->forms & words[i].form) sb_cat(out, words[i].word);
	if (k->usual) sb_printf(out, "; `%s`", k->usual);
	if (k->required) sb_cat(out, "; **required**");
}

static void write_shape(struct sb *out, const struct shape *s) {
	sb_printf(out, "## %s\n\n%s %s\n\n", s->name, s->help.zh, s->help.en);
	sb_cat(out, "| key | value | 说明 | meaning |\n|---|---|---|---|\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct shape_key *k = &s->keys[i];
		sb_printf(out, "| `%s` | ", k->key);
		write_accepts(out, k);
		write_forms(out, k);
		sb_cat(out, " | ");
		cell(out, k->help.zh);
		sb_cat(out, " | ");
		cell(out, k->help.en);
		sb_cat(out, " |\n");
	}
	sb_char(out, '\n');
}

static void write_tree(struct sb *out, const struct shape *s, const struct shape **seen,
		       size_t *n) {
	if (!s || *n == SHAPES_MAX) return;
	for (size_t i = 0; i < *n; i++)
		if (seen[i] == s) return;
	seen[(*n)++] = s;
	write_shape(out, s);
	for (size_t i = 0; i < s->n; i++) write_tree(out, s->keys[i].shape, seen, n);
}

static void write_kind(struct sb *out, const char *name) {
	const struct shape *seen[SHAPES_MAX];
	size_t n = 0;
	write_tree(out, shape_of(name), seen, &n);
}

/* ---- field types ---- */

static void write_flags(struct sb *out, unsigned flags) {
	static const struct {
		unsigned flag;
		const char *word;
	} words[] = { { FT_UNIQUE, "unique" },
		      { FT_SORT, "sort" },
		      { FT_COMPUTE, "formula" },
		      { FT_SEARCH, "search" },
		      { FT_DEFAULT, "default" } };
	size_t start = out->n;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (flags & words[i].flag) add_word(out, start, words[i].word);
}

static void write_keys(struct sb *out, const char *const *keys) {
	size_t start = out->n;
	for (size_t i = 0; keys[i]; i++) {
		add_word(out, start, "");
		sb_printf(out, "`%s`", keys[i]);
	}
}

static void write_fields(struct sb *out, const char *name) {
	size_t n;
	const struct field_type *const *types = field_types(&n);
	(void)name;
	sb_cat(out, "每个字段都可以有 form.md 中 field 的公共键；下表是各类型自己的键和能力。\n"
		    "Every field takes the common keys (field in form.md); the table lists the "
		    "keys of each type and what it can do.\n\n");
	sb_cat(out,
	       "| type | 名称 | own keys | can be | 说明 | meaning |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < n; i++) {
		sb_printf(out, "| `%s` | %s, %s | ", types[i]->name, types[i]->label.zh,
			  types[i]->label.en);
		write_keys(out, types[i]->keys);
		sb_cat(out, " | ");
		write_flags(out, types[i]->flags);
		sb_cat(out, " | ");
		cell(out, types[i]->help.zh);
		sb_cat(out, " | ");
		cell(out, types[i]->help.en);
		sb_cat(out, " |\n");
	}
}

/* ---- expressions ---- */

static const char expression_rules[] =
	"优先级从低到高：`or` · `and` · `not` · `== != < <= > >= in`（不能连写）· `+ -` · `* /` · "
	"负号。`%` 只能紧跟数字（`20%` 即 0.2）。\n"
	"Precedence, low to high: `or` · `and` · `not` · `== != < <= > >= in` (no chaining) · `+ "
	"-` · `* /` · unary `-`. `%` only after a number (`20%` is 0.2).\n\n"
	"取值：字段名；`account.region` 沿关联；`lines.net` 是明细的列；`$user` `$today` `$now` "
	"`$old.字段` `$record` `$parent` `$option` `$param.x` `$company`。\n"
	"Values: field names; `account.region` follows a reference; `lines.net` is a column of "
	"rows; `$user` `$today` `$now` `$old.field` `$record` `$parent` `$option` `$param.x` "
	"`$company`.\n\n"
	"空值：`==`、`!=` 总有结果；比较大小和算术遇空为空；条件为空算不成立；校验的 require "
	"为空算通过。\n"
	"Null: `==` and `!=` always answer; ordering and arithmetic with null give null; a null "
	"condition does not hold; a check whose require is null passes.\n\n";

static void write_expressions(struct sb *out, const char *name) {
	const struct expr_function_info *one;
	(void)name;
	sb_cat(out, expression_rules);
	sb_cat(out, "## 函数 · Functions\n\n| function | 说明 | meaning | examples "
		    "|\n|---|---|---|---|\n");
	for (size_t i = 0; (one = expr_function_at(i)) != NULL; i++) {
		sb_cat(out, "| `");
		cell(out, one->signature);
		sb_cat(out, "` | ");
		cell(out, one->help.zh);
		sb_cat(out, " | ");
		cell(out, one->help.en);
		sb_cat(out, " |");
		for (size_t k = 0; k < one->example_count; k++) {
			sb_cat(out, k ? "<br>`" : " `");
			cell(out, one->examples[k].text);
			sb_cat(out, "` = `");
			cell(out, one->examples[k].result);
			sb_char(out, '`');
		}
		sb_cat(out, " |\n");
	}
}

/* ---- findings ---- */

// clang-format off
static const struct { const char *code, *severity; struct label help; } findings_table[] = {
	{ "DEF01", "error", { "文件读不懂：不是 JSON，或不是 UTF-8", "A file that cannot be understood: no JSON, or no UTF-8" } },
	{ "DEF02", "error", { "不认识的键", "A key the format does not know" } },
	{ "DEF03", "error", { "缺少必需的键", "A key that is missing" } },
	{ "DEF04", "error", { "值的种类不对，或不在可用的词里", "A value of the wrong kind, or not among the words allowed" } },
	{ "DEF05", "error", { "不合规则的名称或枚举值", "Something that cannot be a name or an enum value" } },
	{ "DEF06", "error", { "名称重复", "A name that occurs twice" } },
	{ "DEF07", "error", { "名称与文件名不一致", "An object named unlike its file" } },
	{ "DEF08", "error", { "系统保留的名称", "A reserved name" } },
	{ "DEF09", "error", { "当前版本还没有的字段类型", "A field type this version does not have yet" } },
	{ "DEF10", "error, warning", { "文件缺失、读不了或没有用到", "A file that is missing, unreadable or not used" } },
	{ "DEF11", "error", { "超出数量或大小的限制", "More or larger than the limits allow" } },
	{ "DEF12", "error", { "互相矛盾或不适用的设置", "Settings that contradict each other or do not apply" } },
	{ "DEF13", "warning", { "目录里没有的用户或部门", "A user or department the directory does not have" } },
	{ "VR01", "error", { "引用了不存在的表单、字段、枚举值、角色等", "A reference to a form, field, enum value, role ... that does not exist" } },
	{ "VR02", "error", { "公式、条件、默认值或筛选的类型错误，或单位混用", "A type error in a formula, condition, default or filter; mixed units" } },
	{ "VR03", "error", { "公式、默认值、带出、汇总、他表字段或按钮互相绕圈", "A cycle of formulas, defaults, fills, rollups, lookups or buttons" } },
	{ "VR04", "error", { "标识被重用或改动，数据会错位", "An id reused or changed, so that data would go astray" } },
	{ "VR05", "error", { "必填字段对能新建的角色不可写", "A required field that a role that creates cannot write" } },
	{ "VR06", "warning", { "两条可能同时成立的联动互相冲突", "Two linkage rules that can hold together and disagree" } },
	{ "VR07", "warning", { "联动隐藏必填字段，却没有说明隐藏时它的值怎么办", "A linkage hides a required field that does not say what becomes of its value" } },
	{ "VR08", "warning", { "子表的默认值或写入取自主表字段，而那个字段又来自子表", "A default or set of a sub-table reads a field of the record that comes from those rows" } },
	{ "VR16", "warning", { "公式、带出、默认值或汇总把角色看不到的内容放进它看得到的字段", "A formula, fill, default or rollup that puts what a role may not see into a field it sees" } },
	{ "VR19", "error", { "流水号会重复", "A serial whose numbers would repeat" } },
	{ "VR20", "warning", { "唯一字段可以留空，或写法不统一", "A unique field that may be empty or has no fixed spelling" } },
	{ "VR21", "warning", { "默认视图或角色条件用不上索引", "A default view or a role's condition that no index serves" } },
	{ "VR22", "warning; error under --strict", { "显示名缺少语言，或在同一表单中重复", "A label missing in a language, or the same twice in a form" } },
	{ "VR23", "error", { "还在使用已删除或已停用的枚举值", "An enum value that was removed or retired but is still used" } },
	{ "VR25", "warning", { "没有一个角色可以使用的表单", "A form that no role may use" } },
	{ "F101", "error; warning where only empty or retired values are left over", { "流程：某些记录没有任何分支成立，并给出一例", "Flow: records for which no case of a branch holds, with an example" } },
	{ "F102", "error; warning for an else with steps", { "流程：永远不会走到的分支", "Flow: a case that is never taken" } },
	{ "F103", "warning", { "流程：两个分支同时成立，只走前一个，并给出一例", "Flow: two cases hold at once and only the first is taken, with an example" } },
	{ "F104", "warning", { "流程：条件太多，没有全部核对完", "Flow: too many conditions to check them all" } },
	{ "F201", "error; warning where actions may end it", { "流程：没有人参与的循环", "Flow: a loop without people or waiting" } },
	{ "F202", "error", { "流程：到不了的步骤", "Flow: a step that is never reached" } },
	{ "F203", "error", { "流程：goto 或退回的目标不在前面的同层或外层", "Flow: goto or return_to names no earlier step of the same or an outer list" } },
	{ "F204", "error", { "流程：从并行的一路跳出", "Flow: a goto out of one of several branches at once" } },
	{ "F205", "error", { "流程：永远到不了终点", "Flow: its end is never reached" } },
	{ "F206", "error", { "流程：子流程互相绕圈", "Flow: flows inside each other in a circle" } },
	{ "F207", "warning", { "流程：两个流程由同一件事发起，条件还重叠，并给出一例", "Flow: two flows are for the same thing and their conditions overlap, with an example" } },
	{ "F301", "warning", { "流程：某些人发起时没有人审批，以及将怎样处理", "Flow: starters for whom nobody is found, and what happens then" } },
	{ "F302", "warning", { "流程：发起人会审批自己的申请", "Flow: starters who approve their own request" } },
	{ "F303", "warning", { "流程：上级绕成一圈", "Flow: superiors in a circle" } },
	{ "F304", "warning", { "流程：指定的人已停用或不存在", "Flow: somebody named who has left or was never there" } },
	{ "F305", "error", { "流程：由上一步选人，但之前没有人工步骤", "Flow: picked by the step before, where none stands before" } },
	{ "F401", "warning", { "流程：超时转给上级，但没有上级", "Flow: a late step goes to a superior who is not there" } },
	{ "F402", "warning", { "流程：两件到期处理在同一时刻", "Flow: two things at one moment when a step is due" } },
	{ "F403", "warning", { "流程：在已有结果之后的到期处理", "Flow: something planned for after the step is decided" } },
	{ "F404", "error", { "流程：工作日历没有工作时间", "Flow: working time that the calendar does not have" } },
	{ "F405", "error", { "流程：等待不可能成立的条件", "Flow: a wait for what can never hold" } },
	{ "F501", "warning", { "流程：必填字段之前没有人可以填写", "Flow: a field required before anybody may fill it in" } },
	{ "F502", "warning", { "流程：决定分支的字段之后还能改", "Flow: a field that chose the case may be changed afterwards" } },
	{ "F701", "warning", { "流程：未结束的审批还在用的旧版本，用到了将不在的内容", "Flow: an earlier version with open runs names what will be gone" } },
	{ "F503", "warning", { "流程：审批人看不到要凭它判断的字段", "Flow: a field hidden from who decides by it" } },
	{ "F601", "info", { "流程：整体情况", "Flow: how it looks as a whole" } },
};
// clang-format on

static void write_findings(struct sb *out, const char *name) {
	(void)name;
	sb_cat(out, "`tenon check` 和每次发布都按这些规则检查；错误会阻止发布，警告不会。\n"
		    "`tenon check` and every publish apply these rules; errors stop a publish, "
		    "warnings do not.\n\n");
	sb_cat(out, "| code | severity | 说明 | meaning |\n|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(findings_table); i++)
		sb_printf(out, "| %s | %s | %s | %s |\n", findings_table[i].code,
			  findings_table[i].severity, findings_table[i].help.zh,
			  findings_table[i].help.en);
}

/* ---- problems ---- */

static void write_problems(struct sb *out, const char *name) {
	size_t n;
	const struct text_row *rows = catalogue_rows(&n);
	(void)name;
	sb_cat(out, "每条提示都有一个固定的代码，接口的错误和 `tenon check` 的发现都带着它。\n"
		    "Every message has a code that never changes; errors of the API and findings "
		    "of `tenon check` carry it.\n\n");
	sb_cat(out, "| code | 中文 | English |\n|---|---|---|\n");
	for (size_t i = 0; i < n; i++) {
		sb_printf(out, "| `%s` | ", rows[i].code);
		cell(out, rows[i].zh);
		sb_cat(out, " | ");
		cell(out, rows[i].en);
		sb_cat(out, " |\n");
	}
}
