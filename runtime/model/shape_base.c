/* shape_base.c -- the tables of app.json, enums, roles and calendars. */
#include "runtime/model/shape.h"

// clang-format off
#define SCHEMA_KEY { .key = "$schema", .accepts = A_TEXT, .help = { "编辑器用的 JSON Schema 地址。", "JSON Schema address for editors." } }
#define ID_KEY { .key = "id", .accepts = A_NAME, .help = { "固定不变的标识，默认是首次发布的名称；改名时保留它，数据就不动。", "Stable id, by default the first published name; keep it when renaming and no data moves." } }
#define LABEL_KEY { .key = "label", .accepts = A_LABEL, .help = { "显示名：一段文字，或按语言 {\"zh-CN\", \"en\"}。", "Shown name: one text, or one per language {\"zh-CN\", \"en\"}." } }
#define TABLE(rows) .keys = (rows), .n = ARRAY_LEN(rows)

static const struct shape_key menu_item_keys[] = {
	LABEL_KEY,
	{ .key = "form", .accepts = A_NAME, .help = { "打开的表单。", "Form to open." } },
	{ .key = "view", .accepts = A_NAME, .help = { "打开表单的哪个视图。", "Which of the form's views." } },
	{ .key = "report", .accepts = A_NAME, .help = { "打开的报表。", "Report to open." } },
	{ .key = "dashboard", .accepts = A_NAME, .help = { "打开的仪表盘。", "Dashboard to open." } },
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { "谁能看到。", "Who sees it." } },
};
static const struct shape menu_item = { .name = "menu item", .help = { "菜单中的一项。", "One entry of the menu." }, TABLE(menu_item_keys) };

static const struct shape_key menu_keys[] = {
	LABEL_KEY,
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { "谁能看到这一组。", "Who sees the group." } },
	{ .key = "items", .accepts = A_OBJECT, .forms = F_LIST, .shape = &menu_item, .required = true, .help = { "组内的菜单项。", "Its entries." } },
};
static const struct shape menu = { .name = "menu group", .help = { "菜单的一组。", "A group of the menu." }, TABLE(menu_keys) };

static const struct shape_key verb_create_keys[] = {
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "新建哪个表单的记录。", "Form of the new record." } },
	{ .key = "values", .accepts = A_EXPR, .forms = F_MAP, .help = { "字段与表达式；$record 是这条待办的记录。", "Fields and expressions; $record is the record of the entry." } },
};
static const struct shape verb_create = { .name = "verb create", .help = { "打开一条填好几个字段的新记录。", "Opens a new record with some fields filled in." }, TABLE(verb_create_keys) };

static const struct shape_key verb_keys[] = {
	LABEL_KEY,
	{ .key = "set", .accepts = A_EXPR, .forms = F_MAP, .help = { "把这条记录的字段改成表达式的值，不离开首页。", "Sets fields of the record to the expressions' values without leaving the page." } },
	{ .key = "create", .accepts = A_OBJECT, .shape = &verb_create, .help = { "新建一条有关的记录。", "Begins a record about it." } },
};
static const struct shape verb = { .name = "verb", .help = { "待办旁的按钮；不写就打开记录。", "The button beside an entry; without one it opens the record." }, TABLE(verb_keys) };

#define HOME_LIST_KEYS(what_zh, what_en) \
	LABEL_KEY, \
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "哪个表单的记录。", "Form of the records." } }, \
	{ .key = "filter", .accepts = A_EXPR, .help = { "算哪些记录，如 owner == $user。", "Which records, such as owner == $user." } }, \
	{ .key = "view", .accepts = A_NAME, .help = { "点开后进入表单的哪个视图。", "The form's view it opens." } }, \
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { what_zh, what_en } }

static const struct shape_key todo_keys[] = {
	HOME_LIST_KEYS("谁能看到这一类待办。", "Who sees entries of this kind."),
	{ .key = "due", .accepts = A_PATH, .required = true, .help = { "到期的日期或时间字段；按它排序，过了就是超时。", "The date or time field that says when it is due: the order, and what is late." } },
	{ .key = "verb", .accepts = A_OBJECT, .shape = &verb, .help = { "下一步。", "What to do about it." } },
};
static const struct shape todo = { .name = "to-do list", .help = { "首页“接下来做什么”中的一类记录。", "One kind of record in “what next” on the home page." }, TABLE(todo_keys) };

static const struct shape_key figure_keys[] = {
	HOME_LIST_KEYS("谁能看到这个数字。", "Who sees the figure."),
	{ .key = "agg", .accepts = A_CHOICE, .choices = (const char *const[]){ "count", "sum", NULL }, .usual = "count", .help = { "记录数，或一个字段的合计。", "How many records, or the sum of a field." } },
	{ .key = "field", .accepts = A_PATH, .help = { "合计哪个字段（agg 为 sum 时必填）。", "The field summed; agg sum needs it." } },
};
static const struct shape figure = { .name = "figure", .help = { "首页上的一个数字。", "A figure of the home page." }, TABLE(figure_keys) };

static const struct shape_key board_keys[] = {
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "哪个表单的看板。", "Form of the board." } },
	{ .key = "view", .accepts = A_NAME, .required = true, .help = { "它的看板视图；按 group 分列，合计 sum。", "Its kanban view: bars by group, as long as sum." } },
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { "谁能看到。", "Who sees it." } },
};
static const struct shape board = { .name = "home board", .help = { "首页上自己负责的各阶段合计。", "One's own sums by stage on the home page." }, TABLE(board_keys) };

static const struct shape_key home_keys[] = {
	{ .key = "figures", .accepts = A_OBJECT, .forms = F_LIST, .shape = &figure, .help = { "顶上的几个数字。", "The figures on top." } },
	{ .key = "board", .accepts = A_OBJECT, .shape = &board, .help = { "待办旁边的阶段条形图。", "Bars of the stages beside the to-dos." } },
	{ .key = "todo", .accepts = A_OBJECT, .forms = F_LIST, .shape = &todo, .help = { "“接下来做什么”由哪些记录组成。", "What “what next” is made of." } },
};
static const struct shape home = { .name = "home", .help = { "工作台首页。", "The home page." }, TABLE(home_keys) };

static const struct shape_key app_keys[] = {
	SCHEMA_KEY,
	{ .key = "app", .accepts = A_NAME, .required = true, .help = { "应用的名称，出现在网址和表名里。", "Name of the app, part of addresses and table names." } },
	{ .key = "version", .accepts = A_TEXT, .help = { "应用自己的版本号。", "The app's own version." } },
	LABEL_KEY,
	{ .key = "languages", .accepts = A_CHOICE, .choices = (const char *const[]){ "zh-CN", "en", NULL }, .forms = F_LIST, .help = { "界面语言，默认两种都有。", "Languages of the app; both by default." } },
	{ .key = "timezone", .accepts = A_TEXT, .help = { "应用的时区，默认 Asia/Shanghai。", "Time zone of the app, Asia/Shanghai by default." } },
	{ .key = "calendar", .accepts = A_NAME, .help = { "工作时间按哪个工作日历计算（表达式的 workdays_between、add_worktime，流程的 2wd）；默认 calendars/work.json，没有时用唯一的那个日历，一个也没有则周一至周五 09:00–18:00。", "Calendar that working time goes by (workdays_between and add_worktime of expressions, 2wd of flows); by default calendars/work.json, else the only calendar, and without any Monday to Friday 09:00–18:00." } },
	{ .key = "currency", .accepts = A_TEXT, .help = { "金额的币种，默认 CNY。", "Currency of amounts, CNY by default." } },
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { "谁能看到这个应用，如 role:sales、dept:service；默认所有人。", "Who sees the app, such as role:sales, dept:service; everyone by default." } },
	{ .key = "menu", .accepts = A_OBJECT, .forms = F_LIST, .shape = &menu, .help = { "左侧菜单。", "The menu." } },
	{ .key = "home", .accepts = A_OBJECT, .shape = &home, .help = { "工作台首页上的待办和数字。", "To-do lists and figures of the home page." } },
};
const struct shape shape_app = { .name = "app", .help = { "应用的总设置，每个应用一个 app.json。", "The settings of the app as a whole, one app.json each." }, TABLE(app_keys) };

extern const struct shape shape_enum_value;
static const struct shape_key value_keys[] = {
	{ .key = "value", .accepts = A_TEXT, .required = true, .help = { "存储和接口中的值，1–100 个字。", "The value in data and API, 1–100 characters." } },
	LABEL_KEY,
	{ .key = "color", .accepts = A_TEXT, .help = { "标签颜色。", "Colour of its tag." } },
	{ .key = "children", .accepts = A_OBJECT | A_TEXT, .forms = F_LIST, .shape = &shape_enum_value, .help = { "下一级的值；有下级就成为级联。", "Values below it; they make the enumeration a cascade." } },
	{ .key = "retired", .accepts = A_BOOL, .usual = "false", .help = { "停用：仍显示，不能再选。", "Retired: still shown, no longer selectable." } },
};
const struct shape shape_enum_value = { .name = "enum value", .help = { "枚举的一个值。", "One value of an enumeration." }, TABLE(value_keys) };

static const struct shape_key enum_keys[] = {
	SCHEMA_KEY,
	{ .key = "enum", .accepts = A_NAME, .required = true, .help = { "枚举的名称，与文件名相同。", "Name of the enumeration, the same as the file's." } },
	ID_KEY, LABEL_KEY,
	{ .key = "values", .accepts = A_OBJECT | A_TEXT, .forms = F_LIST, .shape = &shape_enum_value, .required = true, .help = { "按显示次序列出的值；只写文字等于 {\"value\": 文字}。", "Values in the order shown; a bare text stands for {\"value\": text}." } },
};
const struct shape shape_enum = { .name = "enum", .help = { "一组可选的值，多个表单可以共用。", "A list of values that several forms may share." }, TABLE(enum_keys) };

static const char *const scopes[] = { "all", "dept_tree", "dept", "subordinates", "own", "none", NULL };
static const char *const rights[] = { "hidden", "read", "mask", "edit", NULL };
static const struct shape_key grant_keys[] = {
	{ .key = "create", .accepts = A_BOOL, .usual = "false", .help = { "可以新建。", "May create." } },
	{ .key = "read", .accepts = A_CHOICE, .choices = scopes, .usual = "none", .help = { "能看哪些记录。", "Which records may be read." } },
	{ .key = "update", .accepts = A_CHOICE, .choices = scopes, .usual = "none", .help = { "能改哪些记录。", "Which records may be changed." } },
	{ .key = "delete", .accepts = A_CHOICE, .choices = scopes, .usual = "none", .help = { "能删哪些记录。", "Which records may be deleted." } },
	{ .key = "import", .accepts = A_BOOL, .usual = "false", .help = { "可以导入。", "May import." } },
	{ .key = "export", .accepts = A_BOOL, .usual = "false", .help = { "可以导出。", "May export." } },
	{ .key = "print", .accepts = A_BOOL, .usual = "false", .help = { "可以打印。", "May print." } },
	{ .key = "where", .accepts = A_EXPR, .help = { "再用条件收窄，写入前后都要成立。", "Narrows the records by a condition that holds before and after a write." } },
	{ .key = "fields", .accepts = A_CHOICE, .choices = rights, .forms = F_MAP, .help = { "字段权限；未列出的可编辑，系统字段可读；子表字段写作 lines.price。", "Rights by field; edit unless listed, system fields read; fields of rows as lines.price." } },
};
static const struct shape grant = { .name = "grant", .help = { "对一个表单的授权；多条授权取并集。", "Rights on one form; several unite." }, TABLE(grant_keys) };

static const struct shape_key role_keys[] = {
	SCHEMA_KEY,
	{ .key = "role", .accepts = A_NAME, .required = true, .help = { "角色的名称，与文件名相同。", "Name of the role, the same as the file's." } },
	ID_KEY, LABEL_KEY,
	{ .key = "reports", .accepts = A_NAME, .forms = F_LIST, .help = { "能看的报表。", "Reports it may see." } },
	{ .key = "flows", .accepts = A_NAME, .forms = F_LIST, .help = { "菜单中列出的流程。", "Flows listed in its menu." } },
	{ .key = "forms", .accepts = A_OBJECT, .forms = F_MAP_LIST, .shape = &grant, .help = { "按表单授权：一条或多条；未列出的表单没有任何权限。", "Grants by form, one or a list; a form not listed gives nothing." } },
};
const struct shape shape_role = { .name = "role", .help = { "一种岗位能看什么、改什么。", "What a kind of user may see and change." }, TABLE(role_keys) };

static const struct shape_key days_keys[] = {
#define DAY(name, zh, en) { .key = name, .accepts = A_TEXT, .forms = F_LISTS, .help = { zh "的上班时段，如 [[\"09:00\", \"12:00\"], [\"13:00\", \"18:00\"]]；24:00 为一天的终点，跨夜的班分写在两天。", "Working hours of " en ", such as [[\"09:00\", \"12:00\"], [\"13:00\", \"18:00\"]]; 24:00 ends a day, a shift over midnight is written on both days." } }
	DAY("mon", "周一", "Monday"), DAY("tue", "周二", "Tuesday"), DAY("wed", "周三", "Wednesday"), DAY("thu", "周四", "Thursday"),
	DAY("fri", "周五", "Friday"), DAY("sat", "周六", "Saturday"), DAY("sun", "周日", "Sunday"),
#undef DAY
};
static const struct shape days = { .name = "days", .help = { "一周每天的上班时段。", "Working spans by weekday." }, TABLE(days_keys) };

static const struct shape_key calendar_keys[] = {
	SCHEMA_KEY,
	{ .key = "calendar", .accepts = A_NAME, .required = true, .help = { "日历的名称，与文件名相同。", "Name of the calendar, the same as the file's." } },
	ID_KEY, LABEL_KEY,
	{ .key = "days", .accepts = A_OBJECT, .shape = &days, .required = true, .help = { "一周每天的上班时段。", "Working spans by weekday." } },
	{ .key = "holidays", .accepts = A_TEXT, .forms = F_LIST, .help = { "不上班的日期，如 2026-10-01。", "Days without work, such as 2026-10-01." } },
	{ .key = "workdays", .accepts = A_TEXT, .forms = F_LIST, .help = { "调休上班的日期；按一周中第一个有上班时段的日子上班。", "Days worked in exchange, with the hours of the first weekday that has any." } },
};
const struct shape shape_calendar = { .name = "calendar", .help = { "工作日历，用于工作时长。", "Working time, for durations such as 2wh." }, TABLE(calendar_keys) };
// clang-format on
