/* shape_flow.c -- the tables of flows, rules and the actions both share. */
#include "runtime/model/shape.h"

// clang-format off
#define TABLE(rows) .keys = (rows), .n = ARRAY_LEN(rows)
#define SCHEMA_KEY { .key = "$schema", .accepts = A_TEXT, .help = { "编辑器用的 JSON Schema 地址。", "JSON Schema address for editors." } }
#define ID_KEY { .key = "id", .accepts = A_NAME, .help = { "固定不变的标识，默认是首次发布的名称。", "Stable id, by default the first published name." } }
#define LABEL_KEY { .key = "label", .accepts = A_LABEL, .help = { "显示名。", "Shown name." } }
#define WHO_KEY(name, zh, en) { .key = name, .accepts = A_WHO, .forms = F_ONE | F_LIST, .shape = &shape_who, .help = { zh, en } }

static const struct shape_key query_keys[] = {
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "查哪个表单。", "The form asked." } },
	{ .key = "where", .accepts = A_EXPR, .help = { "条件。", "Condition." } },
	{ .key = "take", .accepts = A_PATH, .help = { "取哪个字段。", "The field taken." } },
	{ .key = "sort", .accepts = A_PATH, .forms = F_LIST, .help = { "排序。", "Order." } },
	{ .key = "limit", .accepts = A_INT, .help = { "最多几条。", "Largest number." } },
	{ .key = "as", .accepts = A_NAME, .help = { "结果的名字。", "Name of the result." } },
};
static const struct shape_key who_query_keys[] = {
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "查哪个表单。", "The form asked." } },
	{ .key = "where", .accepts = A_EXPR, .help = { "条件：字段名指被查的表单，$parent 指流程的记录。", "Condition: names are fields of that form, $parent is the record of the flow." } },
	{ .key = "take", .accepts = A_NAME, .usual = "owner", .help = { "取哪个成员或部门字段（部门取其负责人）。", "The user field taken, or a department field (its head)." } },
};
const struct shape shape_who_query = { .name = "people query", .help = { "查出来的人。", "People found by a query." }, TABLE(who_query_keys) };
static const struct shape query = { .name = "query", .help = { "查记录。", "A query for records." }, TABLE(query_keys) };

static const struct shape_key who_keys[] = {
	{ .key = "who", .accepts = A_WHO, .shape = &shape_who, .help = { "带权重的人选。", "The people a weight is given to." } },
	{ .key = "weight", .accepts = A_INT, .usual = "1", .help = { "权重。", "Their weight." } },
	{ .key = "superior", .accepts = A_INT, .help = { "发起人的第几级上级。", "The starter's superior, so many levels up." } },
	{ .key = "superiors_to", .accepts = A_INT | A_TEXT, .help = { "逐级上级，到某级或某角色。", "Superiors one by one up to a level or role." } },
	{ .key = "dept_head", .accepts = A_PATH, .help = { "某部门的负责人。", "Head of a department." } },
	{ .key = "field", .accepts = A_PATH, .help = { "记录中的成员字段，或部门字段（取其负责人）。", "A user field of the record, or a department field (its head)." } },
	{ .key = "query", .accepts = A_OBJECT, .shape = &shape_who_query, .help = { "查出来的人。", "People found by a query." } },
	{ .key = "script", .accepts = A_TEXT, .help = { "脚本给出的人。", "People a script gives." } },
};
const struct shape shape_who = { .name = "who", .help = { "人选：user:x role:x dept:x starter starter_picks previous_picks，或下列之一。", "People: user:x role:x dept:x starter starter_picks previous_picks, or one of these." }, TABLE(who_keys) };

static const struct shape_key write_keys[] = {
	{ .key = "form", .accepts = A_NAME, .help = { "写哪个表单。", "The form written." } },
	{ .key = "as", .accepts = A_NAME, .help = { "给这条记录起名，后面可引用。", "Name of the record for later actions." } },
	{ .key = "record", .accepts = A_EXPR, .help = { "哪条记录。", "Which record." } },
	{ .key = "where", .accepts = A_EXPR, .help = { "条件。", "Condition." } },
	{ .key = "key", .accepts = A_NAME, .forms = F_LIST, .help = { "按哪些字段认同一条。", "Fields that identify a record." } },
	{ .key = "values", .accepts = A_EXPR, .forms = F_MAP, .help = { "写入的值：字段 → 表达式。", "Values: field → expression." } },
	{ .key = "limit", .accepts = A_INT, .help = { "最多几条。", "Largest number." } },
};
static const struct shape write = { .name = "write action", .help = { "写记录的动作。", "An action that writes records." }, TABLE(write_keys) };

static const struct shape_key convert_keys[] = {
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "转成哪个表单的记录。", "The form it becomes a record of." } },
	{ .key = "as", .accepts = A_NAME, .help = { "给得到的记录起名，后面可引用。", "Name of that record for later actions." } },
	{ .key = "match", .accepts = A_NAME, .forms = F_LIST, .help = { "这些字段都相同的已有记录就用它，不新建；有多条则拒绝。", "A record that has the same values in these fields is taken instead of a new one; several are refused." } },
	{ .key = "copy", .accepts = A_NAME | A_CHOICE, .forms = F_ONE | F_LIST, .choices = (const char *const[]){ "same_name", NULL }, .usual = "same_name", .help = { "照抄哪些字段：same_name 为所有同名同类型的，或字段列表；子表按同名的列逐行照抄。按的人看不到的不抄。", "Fields taken over: same_name (all of the same name and type) or a list; rows of a sub-table with their columns of the same name. What who presses may not see stays out." } },
	{ .key = "values", .accepts = A_EXPR, .forms = F_MAP, .help = { "另外写入的值：字段 → 表达式，优先于照抄。", "Further values: field → expression; they win over what is copied." } },
	{ .key = "link", .accepts = A_NAME, .help = { "本记录中记下它的关联字段；已有值就用那条记录，不再新建。", "The reference of this record that keeps it; if it has one already, that record is taken and none created." } },
};
static const struct shape convert = { .name = "convert", .help = { "把本记录转成另一种记录。", "Makes another record out of this one." }, TABLE(convert_keys) };

static const struct shape_key assign_keys[] = {
	{ .key = "field", .accepts = A_NAME, .required = true, .help = { "写到哪个成员字段。", "The user field written." } },
	{ .key = "from", .accepts = A_NAME, .required = true, .help = { "分配表。", "The form that holds the assignments." } },
	{ .key = "match", .accepts = A_EXPR, .forms = F_MAP, .help = { "分配表的字段 → 本记录的表达式。", "Its field → expression of this record." } },
	{ .key = "take", .accepts = A_NAME, .help = { "取分配表的哪个成员字段。", "Its user field taken." } },
	{ .key = "pick", .accepts = A_CHOICE, .choices = (const char *const[]){ "first", "round_robin", "least_open", NULL }, .usual = "first", .help = { "多人时怎么选。", "How one of several is chosen." } },
};
static const struct shape assign = { .name = "assign", .help = { "按分配表分派。", "Assignment by a table." }, TABLE(assign_keys) };

static const struct shape_key message_keys[] = {
	WHO_KEY("to", "发给谁。", "Who gets it."),
	{ .key = "title", .accepts = A_TEMPLATE, .help = { "标题。", "Title." } },
	{ .key = "body", .accepts = A_TEMPLATE, .help = { "内容。", "Body." } },
	{ .key = "attach", .accepts = A_TEXT, .forms = F_LIST, .help = { "附件。", "Attachments." } },
};
static const struct shape message = { .name = "message", .help = { "通知或邮件。", "A notice or mail." }, TABLE(message_keys) };

static const struct shape_key fail_keys[] = {
	{ .key = "field", .accepts = A_NAME, .help = { "错误显示在哪个字段。", "The field it is shown at." } },
	{ .key = "message", .accepts = A_TEMPLATE, .required = true, .help = { "提示。", "What is said." } },
};
static const struct shape fail = { .name = "fail", .help = { "拒绝保存。", "Refuses the save." }, TABLE(fail_keys) };

static const struct shape_key action_keys[] = {
	{ .key = "set", .accepts = A_EXPR, .forms = F_MAP, .help = { "改本记录：字段 → 表达式。", "Changes this record: field → expression." } },
	{ .key = "create", .accepts = A_OBJECT, .shape = &write, .help = { "新建记录。", "Creates a record." } },
	{ .key = "update", .accepts = A_OBJECT, .shape = &write, .help = { "修改符合条件的记录。", "Changes records." } },
	{ .key = "upsert", .accepts = A_OBJECT, .shape = &write, .help = { "有则改，无则建。", "Changes or creates." } },
	{ .key = "delete", .accepts = A_OBJECT, .shape = &write, .help = { "删除记录。", "Deletes records." } },
	{ .key = "query", .accepts = A_OBJECT, .shape = &query, .help = { "查记录，供后面使用。", "Finds records for later actions." } },
	{ .key = "each", .accepts = A_ANY, .help = { "对每一条做 do。", "Runs do for each one." } },
	{ .key = "if", .accepts = A_EXPR, .help = { "条件成立做 then，否则做 else。", "Runs then while it holds, else otherwise." } },
	{ .key = "then", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_action, .help = { "成立时的动作。", "Actions while it holds." } },
	{ .key = "else", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_action, .help = { "否则的动作。", "Actions otherwise." } },
	{ .key = "do", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_action, .help = { "each 的动作。", "Actions of each." } },
	{ .key = "assign", .accepts = A_OBJECT, .shape = &assign, .help = { "分派给人。", "Assigns to somebody." } },
	{ .key = "notify", .accepts = A_OBJECT, .shape = &message, .help = { "站内通知。", "A notice." } },
	{ .key = "mail", .accepts = A_OBJECT, .shape = &message, .help = { "邮件。", "A mail." } },
	{ .key = "webhook", .accepts = A_ANY, .help = { "调用外部地址。", "Calls an outside address." } },
	{ .key = "start_flow", .accepts = A_ANY, .help = { "发起流程。", "Starts a flow." } },
	{ .key = "print", .accepts = A_NAME, .help = { "打印成 PDF 存到记录。", "Prints to a PDF kept with the record." } },
	{ .key = "script", .accepts = A_TEXT, .help = { "运行脚本。", "Runs a script." } },
	{ .key = "convert", .accepts = A_OBJECT, .shape = &convert, .help = { "转成另一种记录，如线索转客户。", "Converts into another record, such as a lead into an account." } },
	{ .key = "merge", .accepts = A_ANY, .help = { "合并记录。", "Merges records." } },
	{ .key = "delay", .accepts = A_TEXT, .help = { "等待一段时间，如 2wh。", "Waits, such as 2wh." } },
	{ .key = "call", .accepts = A_NAME, .help = { "做另一个按钮（规则里：另一条规则）的动作。", "Does the actions of another button (in a rule: of another rule)." } },
	{ .key = "fail", .accepts = A_OBJECT, .shape = &fail, .help = { "拒绝，一切不做；规则里仅用于 before。", "Refuses, and nothing is done; in rules only with before." } },
};
const struct shape shape_action = { .name = "action", .help = { "规则、按钮、流程共用的动作。", "Actions that rules, buttons and flows share." }, TABLE(action_keys) };

static const char *const event_words[] = { "created", "updated", "deleted", "changed", NULL };
static const struct shape_key on_keys[] = {
	{ .key = "event", .accepts = A_CHOICE, .choices = event_words, .help = { "记录的事件。", "What happens to a record." } },
	{ .key = "form", .accepts = A_NAME, .help = { "哪个表单。", "Which form." } },
	{ .key = "fields", .accepts = A_NAME, .forms = F_LIST, .help = { "这些字段变了才算。", "Only when these fields change." } },
	{ .key = "schedule", .accepts = A_TEXT, .help = { "按 cron 时间。", "Times as in cron." } },
	{ .key = "missed", .accepts = A_CHOICE, .choices = (const char *const[]){ "once", "skip", "all", NULL }, .usual = "once", .help = { "停机错过的怎么办。", "What becomes of runs missed." } },
	{ .key = "date", .accepts = A_TEXT, .help = { "某个日期字段到期，如 contract.end。", "A date field falls due, such as contract.end." } },
	{ .key = "offset", .accepts = A_TEXT, .help = { "提前或推后，如 -30d。", "Before or after it, such as -30d." } },
	{ .key = "idle", .accepts = A_TEXT, .help = { "多久没有动静，如 2wh。", "Nothing happened for, such as 2wh." } },
	{ .key = "until", .accepts = A_EXPR, .help = { "条件成立就不再等。", "Waiting ends when it holds." } },
	{ .key = "signal", .accepts = A_NAME, .help = { "外部事件。", "An outside event." } },
	{ .key = "button", .accepts = A_TEXT, .help = { "按钮，如 lead.call。", "A button, such as lead.call." } },
	{ .key = "webhook", .accepts = A_ANY, .help = { "外部调用。", "A call from outside." } },
	{ .key = "flow", .accepts = A_NAME, .help = { "哪个流程。", "A flow." } },
	{ .key = "on", .accepts = A_TEXT, .help = { "approved、rejected、withdrawn 或 step:名称。", "approved, rejected, withdrawn or step:name." } },
};
static const struct shape on = { .name = "trigger", .help = { "什么时候触发。", "When a rule fires." }, TABLE(on_keys) };

static const struct shape_key rule_keys[] = {
	SCHEMA_KEY,
	{ .key = "rule", .accepts = A_NAME, .required = true, .help = { "规则的名称，与文件名相同。", "Name of the rule, the same as the file's." } },
	ID_KEY, LABEL_KEY,
	{ .key = "on", .accepts = A_OBJECT, .shape = &on, .required = true, .help = { "什么时候触发。", "When it fires." } },
	{ .key = "before", .accepts = A_BOOL, .usual = "false", .help = { "在保存之前同步运行，可以拒绝保存。", "Runs within the save and may refuse it." } },
	{ .key = "when", .accepts = A_EXPR, .help = { "条件。", "Condition." } },
	{ .key = "do", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_action, .required = true, .help = { "动作。", "Actions." } },
	{ .key = "as", .accepts = A_TEXT, .help = { "以谁的身份运行。", "In whose name it runs." } },
	{ .key = "enabled", .accepts = A_BOOL, .usual = "true", .help = { "是否启用。", "Whether it runs." } },
};
const struct shape shape_rule = { .name = "rule", .help = { "自动化：何时、在什么条件下、做什么。", "Automation: when, under which condition, what." }, TABLE(rule_keys) };

extern const struct shape shape_step;
static const struct shape_key case_keys[] = {
	LABEL_KEY,
	{ .key = "when", .accepts = A_EXPR, .help = { "条件。", "Condition." } },
	{ .key = "else", .accepts = A_BOOL, .help = { "其余情况。", "All other cases." } },
	{ .key = "steps", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_step, .required = true, .help = { "步骤。", "Steps." } },
};
static const struct shape branch_case = { .name = "case", .help = { "分支的一种情况。", "A case of a branch." }, TABLE(case_keys) };
static const struct shape_key branch_keys[] = {
	LABEL_KEY,
	{ .key = "steps", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_step, .required = true, .help = { "步骤。", "Steps." } },
};
static const struct shape branch = { .name = "parallel branch", .help = { "并行的一路。", "One of several branches at once." }, TABLE(branch_keys) };
static const struct shape_key until_keys[] = {
	{ .key = "form", .accepts = A_NAME, .help = { "等哪个表单的记录，默认就是流程的记录。", "The form whose record is awaited, by default the record of the flow itself." } },
	{ .key = "when", .accepts = A_EXPR, .required = true, .help = { "条件；等别的表单时 $parent 指流程的记录。", "Condition; where another form is awaited, $parent is the record of the flow." } },
};
const struct shape shape_until = { .name = "until", .help = { "等待的条件。", "What is waited for." }, TABLE(until_keys) };
static const struct shape_key vote_keys[] = { { .key = "vote", .accepts = A_TEXT, .required = true, .help = { "同意达到多少算通过：count >= 2（人数）、share > 50%（人数比例）、weight > 2/3（权重比例）。", "How much consent passes: count >= 2 (people), share > 50% (of people), weight > 2/3 (of weight)." } } };
static const struct shape vote = { .name = "vote", .help = { "表决。", "A vote." }, TABLE(vote_keys) };

#define POLICY_ROW(name, usual_text, accepted, words, zh, en) { .key = name, .accepts = accepted, .choices = words, .usual = usual_text, .help = { zh, en } }
#define POLICIES(self, repeat, nobody) \
	POLICY_ROW("on_self", self, A_CHOICE, self_words, "审批人是发起人自己时：照常、跳过、改由上级、改由部门负责人。", "When the starter would approve: as usual, skipped, the superior or the head of the department instead."), \
	POLICY_ROW("on_repeat", repeat, A_CHOICE, repeat_words, "同一人重复审批时：照常、只审一次、连续时跳过；有过退回之后不再跳过。", "When somebody would approve again: as usual, once only, not twice in a row; after a return nobody is skipped."), \
	POLICY_ROW("on_nobody", nobody, A_TEXT, NULL, "找不到审批人时：admin（管理员）、pass、reject、refuse_start 或 user:x。", "When nobody is found: admin, pass, reject, refuse_start or user:x.")
static const char *const self_words[] = { "self", "skip", "superior", "dept_head", NULL };
static const char *const repeat_words[] = { "off", "once", "consecutive", NULL };
#define POLICY_KEYS POLICIES(NULL, NULL, NULL) /* of a step: the flow's unless told */
#define POLICY_KEYS_USUAL POLICIES("self", "off", "admin")
static const char *const step_kinds[] = { "approve", "handle", "cc", "branch", "parallel", "wait", "act", "sub", "goto", NULL };
static const char *const allows[] = { "add_before", "add_after", "add_parallel", "remove", "transfer", "delegate", "return", "cc", "take_back", NULL };
static const struct shape_key step_keys[] = {
	{ .key = "id", .accepts = A_NAME, .required = true, .help = { "步骤的标识。", "Id of the step." } },
	{ .key = "kind", .accepts = A_CHOICE, .choices = step_kinds, .required = true, .help = { "步骤的种类。", "Kind of step." } },
	LABEL_KEY,
	WHO_KEY("who", "谁来处理。", "Who acts."),
	{ .key = "mode", .accepts = A_CHOICE | A_OBJECT, .choices = (const char *const[]){ "any", "all", "order", NULL }, .shape = &vote, .usual = "any", .help = { "多人时：任一、全部、依次，或表决。一人一票：被问到两次、又代别人的，也只有一票。", "With several: any, all, in order, or a vote. One person, one vote, also when named twice or standing in for another." } },
	{ .key = "due", .accepts = A_TEXT, .help = { "期限，如 2wd（两个工作日）、8h。", "Due, such as 2wd (two working days) or 8h." } },
	{ .key = "on_due", .accepts = A_TEXT, .forms = F_LIST, .help = { "到期前后做什么：remind、pass、reject、escalate、transfer:superior、transfer:dept_head、transfer:user:x、transfer:role:x、transfer:dept:x；加 @1d 为提前一天，@+1d 为过期一天后。", "What happens around it: remind, pass, reject, escalate, transfer:superior, transfer:dept_head, transfer:user:x, transfer:role:x, transfer:dept:x; with @1d a day before, @+1d a day after." } },
	{ .key = "fields", .accepts = A_CHOICE, .choices = (const char *const[]){ "hidden", "read", "mask", "edit", NULL }, .forms = F_MAP, .help = { "此步骤的字段权限。", "Field rights of this step." } },
	{ .key = "require", .accepts = A_NAME, .forms = F_LIST | F_MAP_LIST, .help = { "做出某种处理（approve、reject、complete、return）时必填的内容：comment、signature 或字段；直接写列表指通过（完成）时。", "What a verdict (approve, reject, complete, return) needs: comment, signature or fields; a plain list counts for approve (or complete)." } },
	{ .key = "allow", .accepts = A_CHOICE, .choices = allows, .forms = F_LIST, .help = { "允许的操作。转办、委派、加签不能给这一轮里已被问到或已表态的人。", "What its people may do. A task is not transferred or delegated to, and nobody added who is asked in this round already or has decided in it." } },
	{ .key = "return_to", .accepts = A_TEXT, .forms = F_LIST, .usual = "[\"start\"]", .help = { "可以退回到哪里：start（发起人）、previous（上一步）或同一层、外层中在前的步骤。", "Where it may be returned to: start (the starter), previous, or an earlier step of the same or an outer list." } },
	POLICY_KEYS,
	{ .key = "pick", .accepts = A_CHOICE, .choices = (const char *const[]){ "first", "all", NULL }, .usual = "first", .help = { "分支取第一个还是全部。", "First or all cases that hold." } },
	{ .key = "cases", .accepts = A_OBJECT, .forms = F_LIST, .shape = &branch_case, .help = { "分支的各种情况。", "Cases of a branch." } },
	{ .key = "wait", .accepts = A_CHOICE | A_INT, .choices = (const char *const[]){ "all", "any", NULL }, .usual = "all", .help = { "并行等几路。", "How many branches are awaited." } },
	{ .key = "branches", .accepts = A_OBJECT, .forms = F_LIST, .shape = &branch, .help = { "并行的各路。", "Branches at once." } },
	{ .key = "for", .accepts = A_TEXT, .help = { "等多久。", "How long to wait." } },
	{ .key = "until", .accepts = A_OBJECT, .shape = &shape_until, .help = { "等到什么。", "What to wait for." } },
	{ .key = "do", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_action, .help = { "动作。", "Actions." } },
	{ .key = "flow", .accepts = A_NAME, .help = { "子流程。", "A flow inside." } },
	{ .key = "record", .accepts = A_PATH, .help = { "子流程的记录。", "The record of the flow inside." } },
	{ .key = "to", .accepts = A_NAME, .help = { "跳到哪个步骤。", "The step gone to." } },
};
const struct shape shape_step = { .name = "step", .help = { "流程的一步。", "A step of a flow." }, TABLE(step_keys) };

static const struct shape_key move_keys[] = {
	{ .key = "move", .accepts = A_NAME, .required = true, .help = { "哪个枚举字段（阶段）。", "The enum field (stage) moved." } },
	{ .key = "to", .accepts = A_TEXT, .help = { "到哪个值，默认任意值。", "The value it is moved to, by default any." } },
};
static const struct shape move = { .name = "move", .help = { "阶段变动。", "A move of the stage." }, TABLE(move_keys) };
static const struct shape_key start_keys[] = {
	{ .key = "on", .accepts = A_CHOICE | A_OBJECT, .choices = (const char *const[]){ "created", "change", "delete", NULL }, .shape = &move, .help = { "自动发起：新建后（created）；修改、删除或阶段变动先审批、通过后才生效（change、delete、{\"move\": 字段, \"to\": 值}），各步骤的条件和人选按改动后的记录判断。默认由人发起。", "Starts by itself: once created; a change, deletion or move of the stage is done only after approval (change, delete, {\"move\": field, \"to\": value}); conditions and people of its steps go by the record as it would be. By default somebody starts it." } },
	WHO_KEY("who", "谁能发起。", "Who may start it."),
	{ .key = "when", .accepts = A_EXPR, .help = { "什么情况下能发起；要审批的改动按改动前的记录判断。", "When it may be started; for a change by the record as it was." } },
	{ .key = "fields", .accepts = A_CHOICE, .choices = (const char *const[]){ "hidden", "read", "mask", "edit", NULL }, .forms = F_MAP, .help = { "发起时的字段权限。", "Field rights at the start." } },
};
static const struct shape start = { .name = "start", .help = { "怎样发起。", "How a run begins." }, TABLE(start_keys) };
static const struct shape_key settings_keys[] = {
	POLICY_KEYS_USUAL,
	{ .key = "withdraw", .accepts = A_CHOICE, .choices = (const char *const[]){ "until_first_action", "always", "never", NULL }, .usual = "until_first_action", .help = { "何时能撤回。", "When it may be withdrawn." } },
	{ .key = "resubmit", .accepts = A_CHOICE, .choices = (const char *const[]){ "from_target", "to_returner", NULL }, .usual = "from_target", .help = { "退回发起人后从哪里继续。", "Where it goes on after a return to the start." } },
};
static const struct shape settings = { .name = "flow settings", .help = { "流程的设置。", "Settings of the flow." }, TABLE(settings_keys) };
static const struct shape_key states_keys[] = {
	{ .key = "field", .accepts = A_NAME, .usual = "state", .help = { "写到哪个枚举字段；这个字段有 transitions 时，流程也只能照它们走，写 \"who\": [\"flow\"] 的流转只留给流程。", "The enum field written; where it has transitions the flow moves it by them too, and those with \"who\": [\"flow\"] are left to flows." } },
	{ .key = "start", .accepts = A_TEXT, .help = { "发起后的状态。", "State once started." } },
	{ .key = "approved", .accepts = A_TEXT, .help = { "通过后的状态。", "State once approved." } },
	{ .key = "rejected", .accepts = A_TEXT, .help = { "驳回后的状态。", "State once rejected." } },
	{ .key = "returned", .accepts = A_TEXT, .help = { "退回后的状态。", "State once returned." } },
	{ .key = "withdrawn", .accepts = A_TEXT, .help = { "撤回后的状态。", "State once withdrawn." } },
	{ .key = "terminated", .accepts = A_TEXT, .help = { "终止后的状态。", "State once terminated." } },
};
static const struct shape states = { .name = "flow states", .help = { "流程各阶段的记录状态。", "The record's state by stage of the run." }, TABLE(states_keys) };

static const struct shape_key flow_keys[] = {
	SCHEMA_KEY,
	{ .key = "flow", .accepts = A_NAME, .required = true, .help = { "流程的名称，与文件名相同。", "Name of the flow, the same as the file's." } },
	ID_KEY,
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "审批哪个表单的记录。", "The form whose records it handles." } },
	LABEL_KEY,
	{ .key = "start", .accepts = A_OBJECT, .shape = &start, .help = { "怎样发起。", "How a run begins." } },
	{ .key = "settings", .accepts = A_OBJECT, .shape = &settings, .help = { "设置。", "Settings." } },
	{ .key = "states", .accepts = A_OBJECT, .shape = &states, .help = { "各阶段的状态。", "States by stage." } },
	{ .key = "steps", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_step, .required = true, .help = { "步骤。", "Steps." } },
};
const struct shape shape_flow = { .name = "flow", .help = { "审批流程。", "An approval flow." }, TABLE(flow_keys) };
// clang-format on
