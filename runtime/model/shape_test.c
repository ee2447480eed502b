/* shape_test.c -- the tables of tests/NAME.json: what `tenon test` does and expects (runtime/apptest). */
#include "runtime/model/shape.h"

// clang-format off
#define TABLE(rows) .keys = (rows), .n = ARRAY_LEN(rows)

static const struct shape_key dept_keys[] = {
	{ .key = "dept", .accepts = A_TEXT, .required = true, .help = { "部门名。", "Name of the department." } },
	{ .key = "label", .accepts = A_TEXT, .help = { "显示名。", "Shown name." } },
	{ .key = "parent", .accepts = A_TEXT, .help = { "上级部门。", "The department above." } },
	{ .key = "head", .accepts = A_TEXT, .help = { "负责人的登录名。", "Login of its head." } },
};
static const struct shape dept = { .name = "test department", .help = { "测试里的部门。", "A department of the test." }, TABLE(dept_keys) };

static const struct shape_key user_keys[] = {
	{ .key = "user", .accepts = A_TEXT, .required = true, .help = { "登录名；步骤用 as 以他的身份做。", "Login; steps act as him with as." } },
	{ .key = "label", .accepts = A_TEXT, .help = { "姓名。", "The person's name." } },
	{ .key = "roles", .accepts = A_NAME, .forms = F_LIST, .help = { "在这个应用里的角色。", "Roles in this app." } },
	{ .key = "dept", .accepts = A_TEXT, .help = { "部门。", "The department." } },
	{ .key = "superior", .accepts = A_TEXT, .help = { "直属上级的登录名。", "Login of the superior." } },
};
static const struct shape user = { .name = "test user", .help = { "测试里的人；系统管理员 admin 总在。", "A person of the test; the system administrator admin is always there." }, TABLE(user_keys) };

static const struct shape_key error_keys[] = {
	{ .key = "pointer", .accepts = A_TEXT, .required = true, .help = { "出错的位置，如 /mobile、/lines/0/qty。", "Where the fault is, such as /mobile or /lines/0/qty." } },
	{ .key = "code", .accepts = A_TEXT, .required = true, .help = { "消息代码，如 required；checks 拒绝的是 check（没写 message 的是 check_unnamed）。", "Code of the message, such as required; what checks refuse has check, or check_unnamed without a message." } },
};
static const struct shape error = { .name = "expected error", .help = { "应当报的一处错误。", "A fault that must be told." }, TABLE(error_keys) };

static const struct shape_key expect_keys[] = {
	{ .key = "status", .accepts = A_INT, .help = { "HTTP 状态；不写时应当成功，写了 errors 时应为 422。", "HTTP status; without it the step must succeed, or with errors be refused with 422." } },
	{ .key = "code", .accepts = A_TEXT, .help = { "拒绝时的消息代码。", "Code of the refusal." } },
	{ .key = "errors", .accepts = A_OBJECT, .forms = F_LIST, .shape = &error, .help = { "正好这些错误，顺序不限。", "Exactly these faults, in any order." } },
	{ .key = "values", .accepts = A_ANY, .forms = F_MAP, .help = { "回答里字段（或 /指针）的值。", "Values of fields (or /pointers) of the answer." } },
	{ .key = "absent", .accepts = A_TEXT, .forms = F_LIST, .help = { "回答里没有的字段。", "Fields the answer does not have." } },
	{ .key = "count", .accepts = A_INT, .help = { "列表或历史有几条。", "How many records a list, or lines a history, has." } },
	{ .key = "records", .accepts = A_ANY, .forms = F_LIST, .help = { "列表正好是这些记录，按顺序；每条只写要看的字段。", "The list is exactly these records in this order; each gives the fields that matter." } },
	{ .key = "asked", .accepts = A_TEXT, .forms = F_LIST, .help = { "审批正好在等这些人，写成 步骤:登录名，顺序不限。", "The run asks exactly these people, as step:login, in any order." } },
	{ .key = "contains", .accepts = A_TEXT, .forms = F_LIST, .help = { "回答里有的文字（导入：出错文件里）。", "Texts in the answer (of an import: in its file of refused rows)." } },
	{ .key = "lacks", .accepts = A_TEXT, .forms = F_LIST, .help = { "回答里没有的文字。", "Texts that are not in the answer." } },
	{ .key = "read", .accepts = A_INT, .help = { "导入读了几行。", "Rows an import read." } },
	{ .key = "created", .accepts = A_INT, .help = { "导入新建了几行。", "Rows an import created." } },
	{ .key = "updated", .accepts = A_INT, .help = { "导入更新了几行。", "Rows an import updated." } },
	{ .key = "failed", .accepts = A_INT, .help = { "导入拒绝了几行。", "Rows an import refused." } },
};
static const struct shape expect = { .name = "expectation", .help = { "这一步应有的结果；被拒绝的更改另外核对数据没有变。", "What must come; that a refused change changed nothing is looked up besides." }, TABLE(expect_keys) };

#define REF_ZH "“$名称”是 save 保存的记录。"
#define REF_EN "“$name” is a record kept with save."
static const struct shape_key step_keys[] = {
	{ .key = "note", .accepts = A_TEXT, .help = { "说明。", "A remark." } },
	{ .key = "as", .accepts = A_TEXT, .help = { "谁来做；不写时同上一步，开始时是 admin。", "Who does it; without it whoever did the step before, at first admin." } },
	{ .key = "create", .accepts = A_NAME, .help = { "新建这个表单的记录。", "Creates a record of this form." } },
	{ .key = "update", .accepts = A_TEXT, .help = { "修改记录。" REF_ZH, "Changes a record. " REF_EN } },
	{ .key = "delete", .accepts = A_TEXT, .help = { "删除记录。", "Deletes a record." } },
	{ .key = "restore", .accepts = A_TEXT, .help = { "从回收站恢复。", "Brings a record back from the recycle bin." } },
	{ .key = "get", .accepts = A_TEXT, .help = { "读一条记录。", "Reads a record." } },
	{ .key = "history", .accepts = A_TEXT, .help = { "读记录的历史。", "Reads the history of a record." } },
	{ .key = "validate", .accepts = A_TEXT, .help = { "试填：表单名或记录，不保存。", "Tries values without saving: a form or a record." } },
	{ .key = "list", .accepts = A_NAME, .help = { "读列表。", "Reads a list." } },
	{ .key = "export", .accepts = A_NAME, .help = { "导出 CSV。", "Exports as CSV." } },
	{ .key = "import", .accepts = A_NAME, .help = { "导入 csv 里的行。", "Imports the rows of csv." } },
	{ .key = "button", .accepts = A_TEXT, .help = { "按下按钮字段，配合 record。", "Presses the button field of record." } },
	{ .key = "start", .accepts = A_NAME, .help = { "对 record 发起这个流程；save 记下这次审批。", "Starts this flow on record; save keeps the run." } },
	{ .key = "act", .accepts = A_TEXT, .help = { "在审批 run 中做什么：approve、reject、complete、return、resubmit、add、transfer……，处理的是做这一步的人的任务；values 是步骤里改的字段，其余（comment、to、who 等）写在 body。withdraw、terminate、jump、comment 是对整个审批。", "What is done in run: approve, reject, complete, return, resubmit, add, transfer ..., on the task it asks of who does the step; values are the fields changed with it, the rest (comment, to, who ...) stands in body. withdraw, terminate, jump and comment are about the run as a whole." } },
	{ .key = "run", .accepts = A_TEXT, .help = { "哪次审批。" , "Which run." } },
	{ .key = "request", .accepts = A_TEXT, .help = { "任意请求，如 POST /api/crm/lead/$l1/comments，正文写在 body。", "Any request, such as POST /api/crm/lead/$l1/comments, with body." } },
	{ .key = "clock", .accepts = A_TEXT, .help = { "把时间拨到，或往后拨 +30m、+2h、+3d。", "Sets the clock, or moves it on by +30m, +2h, +3d." } },
	{ .key = "record", .accepts = A_TEXT, .help = { "按钮所在、流程所审批的记录。", "The record of the button, or of the flow." } },
	{ .key = "values", .accepts = A_ANY, .forms = F_MAP, .help = { "字段的值。" REF_ZH, "Values of fields. " REF_EN } },
	{ .key = "rev", .accepts = A_INT, .help = { "If-Match 的版本号。", "Revision for If-Match." } },
	{ .key = "filter", .accepts = A_TEXT, .help = { "列表、导出的条件。", "Filter of a list or export." } },
	{ .key = "sort", .accepts = A_TEXT, .help = { "顺序。", "Its order." } },
	{ .key = "fields", .accepts = A_TEXT, .help = { "字段，用逗号分开。", "Its fields, with commas." } },
	{ .key = "q", .accepts = A_TEXT, .help = { "搜索的词。", "Words searched for." } },
	{ .key = "csv", .accepts = A_TEXT, .forms = F_LIST, .help = { "文件的行，第一行是表头。", "Lines of the file, the header first." } },
	{ .key = "map", .accepts = A_ANY, .help = { "导入的映射。", "Map of the import." } },
	{ .key = "mode", .accepts = A_CHOICE, .choices = (const char *const[]){ "create", "update", "upsert", NULL }, .usual = "create", .help = { "导入方式。", "How it imports." } },
	{ .key = "key", .accepts = A_TEXT, .help = { "导入时用来找记录的字段。", "Field by which an import finds records." } },
	{ .key = "body", .accepts = A_ANY, .help = { "request、start、act 的正文。", "Body of request, start or act." } },
	{ .key = "save", .accepts = A_NAME, .help = { "把得到的记录记作这个名称。", "Keeps the record under this name." } },
	{ .key = "expect", .accepts = A_OBJECT, .shape = &expect, .help = { "应有的结果。", "What must come." } },
};
static const struct shape step = { .name = "step", .help = { "一步，正好做一件事：create update delete restore get history validate list export import button start act request clock 之一。", "One step does exactly one thing: one of create update delete restore get history validate list export import button start act request clock." }, TABLE(step_keys) };

static const struct shape_key test_keys[] = {
	{ .key = "$schema", .accepts = A_TEXT, .help = { "编辑器用的 JSON Schema 地址。", "JSON Schema address for editors." } },
	{ .key = "test", .accepts = A_NAME, .required = true, .help = { "测试的名称，与文件名相同。", "Name of the test, the same as the file's." } },
	{ .key = "label", .accepts = A_LABEL, .help = { "它证明什么。", "What it proves." } },
	{ .key = "clock", .accepts = A_TEXT, .help = { "开始的时间，如 2026-03-01T09:00:00+08:00；时钟停在那里。", "When it begins, such as 2026-03-01T09:00:00+08:00; the clock stands still there." } },
	{ .key = "departments", .accepts = A_OBJECT, .forms = F_LIST, .shape = &dept, .help = { "部门；users 里用到而这里没有的自动建立。", "Departments; those that only users name are made besides." } },
	{ .key = "users", .accepts = A_OBJECT, .forms = F_LIST, .shape = &user, .help = { "人。", "People." } },
	{ .key = "steps", .accepts = A_OBJECT, .forms = F_LIST, .shape = &step, .required = true, .help = { "依次做的步骤，数据从空的开始（有 seed）。", "What is done in turn, on data that begins empty (but for seed)." } },
};
const struct shape shape_test = { .name = "test", .help = { "应用的测试：tenon test 在一份新数据上照着做。", "A test of the app: tenon test does it on data of its own." }, TABLE(test_keys) };
