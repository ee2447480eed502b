/* shape_form_table.c -- the tables of forms: fields, checks, linkage, transitions, layout, views,
 * entries, duplicates. */
#include "runtime/model/shape.h"

// clang-format off
#define TABLE(rows) .keys = (rows), .n = ARRAY_LEN(rows)
#define LABEL_KEY { .key = "label", .accepts = A_LABEL, .help = { "显示名：一段文字，或按语言 {\"zh-CN\", \"en\"}。", "Shown name: one text, or one per language {\"zh-CN\", \"en\"}." } }

static const char *const resets[] = { "never", "day", "week", "month", "year", NULL };
static const char *const overflows[] = { "grow", "restart", "refuse", NULL };
static const char *const serial_checks[] = { "luhn", "mod97", NULL };
static const struct shape_key part_keys[] = {
	{ .key = "date", .accepts = A_TEXT, .help = { "编号当天的日期，如 YYYYMM。", "The day it is given, such as YYYYMM." } },
	{ .key = "field", .accepts = A_NAME, .help = { "取一个字段的值。", "The value of a field." } },
	{ .key = "counter", .accepts = A_INT, .help = { "计数器的位数，1–15。", "Digits of the counter, 1–15." } },
	{ .key = "reset", .accepts = A_CHOICE, .choices = resets, .usual = "never", .help = { "何时从头计数；编号中须带有相应的日期。", "When it begins again; the text must carry that period." } },
	{ .key = "start", .accepts = A_INT, .usual = "1", .help = { "第一个号码。", "The first number." } },
	{ .key = "overflow", .accepts = A_CHOICE, .choices = overflows, .usual = "grow", .help = { "号码超出位数时：grow 加长、restart 从头（编号里须有年月日）、refuse 拒绝保存。", "When the digits hold no more: grow longer, restart (the text must show year, month and day), or refuse to save." } },
	{ .key = "gapless", .accepts = A_BOOL, .usual = "false", .help = { "不跳号：在保存的那一刻才编号。", "Without gaps: given at the moment of saving." } },
	{ .key = "check", .accepts = A_CHOICE, .choices = serial_checks, .help = { "校验位，由前面各段算出：luhn 一位（只看数字），mod97 两位（ISO 7064，字母也算）。", "Check digits over the parts before it: luhn one (digits only), mod97 two (ISO 7064, letters count)." } },
};
static const struct shape serial_part = { .name = "serial part", .help = { "流水号的一段：文字、日期、字段、计数器或校验位。", "A part of a serial: a text, a date, a field, the counter or check digits." }, TABLE(part_keys) };

static const char *const deletes[] = { "restrict", "cascade", "set_null", NULL };
static const char *const hiddens[] = { "keep", "empty", "recalculate", NULL };
static const char *const styles[] = { "plain", "primary", "danger", NULL };
static const char *const collates[] = { "pinyin", NULL };
static const struct shape_key messages_keys[] = {
	{ .key = "required", .accepts = A_LABEL, .help = { "没有填写时。", "When it has no value." } },
	{ .key = "length", .accepts = A_LABEL, .help = { "太短或太长时。", "When it is too short or too long." } },
	{ .key = "range", .accepts = A_LABEL, .help = { "小于 min、大于 max，或子表行数不对时。", "When it is below min or above max, or a sub-table has too few or too many rows." } },
	{ .key = "pattern", .accepts = A_LABEL, .help = { "写法不对时：pattern、电话、邮箱、网址。", "When it is not written as it must be: pattern, phone, email, url." } },
	{ .key = "unique", .accepts = A_LABEL, .help = { "与别的记录或别的行重复时。", "When another record or row has the same." } },
	{ .key = "one_of", .accepts = A_LABEL, .help = { "不是可选的值或记录时。", "When it is none of the values or records to choose from." } },
};
static const struct shape field_messages = { .name = "field messages", .help = { "字段各条规则自己的提示，界面、接口、导入中都用它。", "A field's own words for its rules; said by page, API and import alike." }, TABLE(messages_keys) };

static const char *const region_levels[] = { "province", "city", "district", NULL };
static const char *const code_formats[] = { "qr", "code128", "ean13", NULL };
static const char *const rollup_aggs[] = { "sum", "count", "min", "max", "avg", "count_distinct", NULL };
static const struct shape_key field_keys[] = {
	{ .key = "name", .accepts = A_NAME, .required = true, .help = { "字段名，用在表达式、接口里。", "Its name in expressions and API." } },
	{ .key = "id", .accepts = A_NAME, .help = { "固定不变的标识，默认是首次发布的名称；改名时保留它，数据就不动。", "Stable id, by default the first published name; keep it when renaming and no data moves." } },
	LABEL_KEY,
	{ .key = "type", .accepts = A_NAME, .required = true, .help = { "字段类型，见 fields.md。", "Field type, see fields.md." } },
	{ .key = "help", .accepts = A_LABEL, .help = { "填写提示。", "A hint for who fills it in." } },
	{ .key = "required", .accepts = A_BOOL, .usual = "false", .help = { "必填。", "Must have a value." } },
	{ .key = "unique", .accepts = A_BOOL | A_NAME, .forms = F_ONE | F_LISTS, .usual = "false", .help = { "值不可重复；子表上为行内不可重复的字段组合。", "No two records share the value; on a sub-table lists of fields unique within the rows." } },
	{ .key = "index", .accepts = A_BOOL, .usual = "false", .help = { "建索引，加快按它筛选和排序。", "Indexed, for filters and sorting." } },
	{ .key = "default", .accepts = A_EXPR, .help = { "新建时的默认值（表达式）。", "Value of a new record (an expression)." } },
	{ .key = "remember", .accepts = A_BOOL, .usual = "false", .help = { "新建时先填上此人上次新建时填的值（记在他的浏览器里）。", "A new record begins with what the same person gave the last one (kept in that browser)." } },
	{ .key = "formula", .accepts = A_EXPR, .help = { "由表达式算出并存储，不能手工修改。", "Computed from an expression and stored; nobody writes it." } },
	{ .key = "read_only", .accepts = A_BOOL, .usual = "false", .help = { "界面和接口都不能修改。", "Nobody may write it through form or API." } },
	{ .key = "hidden_value", .accepts = A_CHOICE, .choices = hiddens, .usual = "keep", .help = { "被联动隐藏时：keep 保留、empty 清空、recalculate 重新取默认值或公式。", "While a linkage hides it: keep, empty, or recalculate from default or formula." } },
	{ .key = "messages", .accepts = A_OBJECT, .shape = &field_messages, .help = { "不合规则时说的话，按规则分别写；没写的用系统的。", "What is said when a rule is broken, rule by rule; the system's words where missing." } },
	{ .key = "search", .accepts = A_BOOL, .help = { "进入全文搜索；文字、流水号、电话、邮箱默认进入。", "Part of the search; texts, serials, phones and addresses are by default." } },
	{ .key = "min", .accepts = A_NUMBER | A_TEXT, .help = { "最小值，写法与该字段的值相同。", "Least value, written as the field's values are." } },
	{ .key = "max", .accepts = A_NUMBER | A_TEXT, .help = { "最大值。", "Largest value." } },
	{ .key = "labels", .accepts = A_LABEL, .forms = F_LIST, .help = { "评分：从 1 分起每一分的说法。", "Ratings: what each of them is called, from 1." } },
	{ .key = "level", .accepts = A_CHOICE, .choices = region_levels, .usual = "district", .help = { "省市区：选到哪一级为止。", "Regions: how deep they go." } },
	{ .key = "format", .accepts = A_CHOICE, .choices = code_formats, .usual = "qr", .help = { "条码：画成哪种码。", "Barcodes: which code is drawn." } },
	{ .key = "min_length", .accepts = A_INT, .help = { "最少字数。", "Least number of characters." } },
	{ .key = "max_length", .accepts = A_INT, .help = { "最多字数。", "Largest number of characters." } },
	{ .key = "pattern", .accepts = A_TEXT | A_OBJECT, .forms = F_ONE | F_LIST, .shape = &serial_part, .help = { "文字：必须整体匹配的正则表达式；流水号：各段的列表。", "Texts: a regular expression for the whole value; serials: the list of parts." } },
	{ .key = "collate", .accepts = A_CHOICE, .choices = collates, .help = { "pinyin：按拼音排序，先字母后汉字；不写则按字符编码。子表的行保持原有次序。", "pinyin: sorted by pinyin, letters before Chinese; by code point if missing. Rows of a sub-table keep their order." } },
	{ .key = "at", .accepts = A_TEXT, .usual = "create", .help = { "流水号何时编号：create，或某次流转的目标值。", "When a serial is given: create, or the target value of a transition." } },
	{ .key = "scale", .accepts = A_INT, .help = { "小数位数。", "Digits after the point." } },
	{ .key = "currency", .accepts = A_TEXT, .help = { "金额的币种，或存放币种的字段；子表中没有这个字段时取所属记录的。", "Currency of an amount, or the field that holds it; a row that has no such field goes with its record's." } },
	{ .key = "enum", .accepts = A_NAME, .help = { "选项来自哪个枚举。", "The enumeration of its values." } },
	{ .key = "from", .accepts = A_PATH, .help = { "他表字段：从关联到字段的路径，如 account.region。", "Lookup: the path over a reference to the field, such as account.region." } },
	{ .key = "freeze", .accepts = A_BOOL, .usual = "false", .help = { "他表字段：选定关联时抄下，以后不随对方变化；只能抄单个值，列表（标签、级联、多选关联）不行。", "Lookup: a copy taken when the reference is set; it follows no change. Single values only, no lists (tags, cascades, lists of references)." } },
	{ .key = "form", .accepts = A_NAME, .help = { "指向哪个表单。", "The form it refers to." } },
	{ .key = "on_delete", .accepts = A_CHOICE, .choices = deletes, .usual = "restrict", .help = { "被引用的记录删除时：restrict 不许删，cascade 一起删，set_null 清空。", "When the record it names is deleted: restrict refuses, cascade deletes too, set_null clears." } },
	{ .key = "options", .accepts = A_EXPR, .help = { "可选记录的条件，$option 是候选记录。", "Condition on the candidates; $option is the candidate." } },
	{ .key = "among", .accepts = A_TEXT, .forms = F_LIST, .help = { "成员、部门：只能从这些里选，符合其一即可：dept:x 此部门及下级，role:x 本应用的角色，user:x 某人，my_dept 操作者自己的部门及下级；已选的不因规则改变而失效。", "Users, departments: chosen among these, any of them: dept:x with those below it, role:x of this app, user:x, my_dept (the department of whoever chooses, with those below it); who is chosen already stays." } },
	{ .key = "fill", .accepts = A_EXPR, .forms = F_MAP, .help = { "选定后带出：字段 → 表达式。", "Taken along once chosen: field → expression." } },
	{ .key = "of", .accepts = A_PATH, .help = { "汇总哪个表单的记录，或哪个子表的行（order.lines）。", "The form whose records are gathered, or the sub-table whose rows are (order.lines)." } },
	{ .key = "by", .accepts = A_NAME, .help = { "其中指向本表单的关联字段。", "Their reference to this form." } },
	{ .key = "agg", .accepts = A_CHOICE, .choices = rollup_aggs, .help = { "怎样汇总。", "How they are gathered." } },
	{ .key = "field", .accepts = A_NAME, .help = { "汇总哪个字段；count 不写则数记录。不能是他表字段：对方变了，这里没有写入；冻结的可以汇总一个读它的公式字段。", "The field that is gathered; count without one counts the records. No lookup: what it shows changes without a write here; of a frozen one gather a formula that reads it." } },
	{ .key = "filter", .accepts = A_EXPR, .help = { "只汇总符合条件的；只能用被汇总记录自己的字段，子表行还可用 $parent。", "Only those that satisfy it; it reads the gathered record's own fields, of a row those of $parent too." } },
	{ .key = "do", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_action, .help = { "按钮：依次做的动作，全部成功或全部不做。", "Button: its actions in order, all of them or none." } },
	{ .key = "when", .accepts = A_EXPR, .help = { "按钮：成立时才能按；不成立时不显示，写了 message 则变灰并说明原因。", "Button: it may be pressed only while this holds; else it is hidden, or dimmed with the reason where there is a message." } },
	{ .key = "message", .accepts = A_TEMPLATE, .help = { "按钮：when 不成立时说的原因，如“先推进到‘已确认’”；可含 {表达式}，同 checks。", "Button: the reason while when does not hold, as “confirm the lead first”; may hold {expressions}, as in checks." } },
	{ .key = "confirm", .accepts = A_LABEL, .help = { "按钮：按前问的话。", "Button: what is asked before." } },
	{ .key = "style", .accepts = A_CHOICE, .choices = styles, .usual = "plain", .help = { "按钮的样子：plain 普通，primary 主要，danger 危险。", "Button: plain, primary or danger." } },
	{ .key = "min_rows", .accepts = A_INT, .help = { "子表最少行数。", "Least number of rows." } },
	{ .key = "max_rows", .accepts = A_INT, .help = { "子表最多行数。", "Largest number of rows." } },
	{ .key = "fields", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_field, .help = { "子表每行的字段。", "Fields of a row." } },
	{ .key = "linkage", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_linkage, .help = { "子表行内的联动。", "Linkage within a row." } },
	{ .key = "checks", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_check_rule, .help = { "子表行内的校验。", "Checks within a row." } },
};
const struct shape shape_field = { .name = "field", .help = { "表单的一个字段。", "A field of a form." }, TABLE(field_keys) };

static const struct shape_key check_keys[] = {
	{ .key = "id", .accepts = A_NAME, .help = { "校验的名称。", "Name of the check." } },
	{ .key = "when", .accepts = A_EXPR, .help = { "什么情况下校验；不写为总是。", "When it applies; always if missing." } },
	{ .key = "require", .accepts = A_EXPR, .required = true, .help = { "必须成立的条件；结果为空时通过。", "The condition that must hold; null passes." } },
	{ .key = "at", .accepts = A_NAME, .help = { "错误显示在哪个字段。", "The field the fault is shown at." } },
	{ .key = "message", .accepts = A_TEMPLATE, .help = { "不成立时的提示；可含 {表达式}，如“只剩 {stock} 件”；看不到其中的字段的人看到“…”。", "What is said when it fails; may hold {expressions}, as in “only {stock} left”; who may not see a field of them reads “…”." } },
};
const struct shape shape_check_rule = { .name = "check", .help = { "保存前的校验。", "A check before saving." }, TABLE(check_keys) };

static const struct shape_key linkage_keys[] = {
	{ .key = "when", .accepts = A_EXPR, .help = { "条件；不写为总是。", "Condition; always if missing." } },
	{ .key = "show", .accepts = A_NAME, .forms = F_LIST, .help = { "成立时才显示这些字段。", "Fields shown only while it holds." } },
	{ .key = "hide", .accepts = A_NAME, .forms = F_LIST, .help = { "成立时隐藏这些字段。", "Fields hidden while it holds." } },
	{ .key = "require", .accepts = A_NAME, .forms = F_LIST, .help = { "成立时必填的字段。", "Fields required while it holds." } },
	{ .key = "read_only", .accepts = A_NAME, .forms = F_LIST, .help = { "成立时不能改的字段。", "Fields read-only while it holds." } },
	{ .key = "set", .accepts = A_EXPR, .forms = F_MAP, .help = { "成立时写入：字段 → 表达式。", "Values written while it holds: field → expression." } },
	{ .key = "options", .accepts = A_EXPR, .forms = F_MAP, .help = { "成立时限定关联字段的候选：字段 → 条件。", "Candidates of references while it holds: field → condition." } },
};
const struct shape shape_linkage = { .name = "linkage", .help = { "字段联动，在浏览器、子表行和服务器上作用相同。", "Rules between fields; they act alike in browser, rows and server." }, TABLE(linkage_keys) };

static const struct shape_key transition_keys[] = {
	{ .key = "field", .accepts = A_NAME, .required = true, .help = { "受控的枚举字段。", "The enum field it governs." } },
	{ .key = "from", .accepts = A_TEXT, .forms = F_LIST, .help = { "从哪些值；不写为任何值。", "From which values; any if missing." } },
	{ .key = "to", .accepts = A_TEXT, .required = true, .help = { "到哪个值。", "To which value." } },
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { "谁可以；不写为有修改权的人；flow 表示只由审批流程移动。", "Who may; anyone who may update if missing; flow: only an approval moves it." } },
	{ .key = "when", .accepts = A_EXPR, .help = { "前提条件。", "Condition for the move." } },
	{ .key = "require", .accepts = A_NAME, .forms = F_LIST, .help = { "流转时必须有值的字段。", "Fields that must have a value." } },
	{ .key = "message", .accepts = A_TEMPLATE, .help = { "前提条件不成立时的提示：保存时和还没点之前都这样说；可含 {表达式}，同 checks。", "What is said where the condition does not hold: on saving, and before anybody clicks; may hold {expressions}, as in checks." } },
};
static const struct shape transition = { .name = "transition", .help = { "允许的一种流转；字段一旦有流转规则，就只能这样变。", "An allowed move; a field with any moves only so." }, TABLE(transition_keys) };

static const char *const tones[] = { "info", "warning", NULL };
static const struct shape_key layout_keys[] = {
	{ .key = "section", .accepts = A_LABEL, .help = { "分组标题。", "Title of a section." } },
	{ .key = "tab", .accepts = A_LABEL, .help = { "页签标题。", "Title of a tab." } },
	{ .key = "columns", .accepts = A_INT, .help = { "每行几栏。", "Columns of the section." } },
	{ .key = "collapsed", .accepts = A_BOOL, .usual = "false", .help = { "默认收起。", "Folded at first." } },
	{ .key = "fields", .accepts = A_NAME, .forms = F_LIST, .help = { "按次序放的字段。", "Fields in order." } },
	{ .key = "heading", .accepts = A_TEMPLATE, .help = { "小标题；可含 {表达式}，与 text、notice 一样不存储。", "A heading; may hold {expressions}, as text and notice may; never stored." } },
	{ .key = "text", .accepts = A_TEMPLATE, .help = { "静态说明，可含 {表达式}。", "A static text; may hold {expressions}." } },
	{ .key = "notice", .accepts = A_TEMPLATE, .help = { "带底色的提示，可含 {表达式}。", "A notice that stands out; may hold {expressions}." } },
	{ .key = "tone", .accepts = A_CHOICE, .choices = tones, .usual = "info", .help = { "提示的语气。", "How loud the notice is." } },
	{ .key = "divider", .accepts = A_BOOL, .usual = "false", .help = { "在它上面画一条线。", "A line above it." } },
	{ .key = "when", .accepts = A_EXPR, .help = { "成立时才显示这一块（或这个页签），填写时随时生效；有错误的字段总会显示。", "The block (or tab) is shown only while it holds, live while one types; a field with a fault is always shown." } },
};
static const struct shape layout = { .name = "layout block", .help = { "表单页面的一块。", "A block of the form's page." }, TABLE(layout_keys) };

static const char *const view_kinds[] = { "table", "kanban", "calendar", "gantt", "cards", "tree", NULL };
static const struct shape_key view_keys[] = {
	{ .key = "view", .accepts = A_NAME, .required = true, .help = { "视图的名称。", "Name of the view." } },
	LABEL_KEY,
	{ .key = "kind", .accepts = A_CHOICE, .choices = view_kinds, .usual = "table", .help = { "视图种类。", "Kind of view." } },
	{ .key = "columns", .accepts = A_PATH, .forms = F_LIST, .help = { "显示的字段或路径。", "Fields or paths shown." } },
	{ .key = "filter", .accepts = A_EXPR, .help = { "只列出符合条件的记录。", "Only records that satisfy it." } },
	{ .key = "sort", .accepts = A_PATH, .forms = F_LIST, .help = { "排序，- 开头为降序。", "Order; - before a name is descending." } },
	{ .key = "group", .accepts = A_PATH, .help = { "看板按哪个字段分列。", "The field a board is grouped by." } },
	{ .key = "sum", .accepts = A_PATH, .help = { "分组合计哪个字段。", "The field summed by group." } },
	{ .key = "date", .accepts = A_PATH, .help = { "日历用的日期字段。", "The date of a calendar." } },
	{ .key = "start", .accepts = A_PATH, .help = { "甘特图的开始字段。", "The start of a bar." } },
	{ .key = "end", .accepts = A_PATH, .help = { "甘特图的结束字段。", "The end of a bar." } },
	{ .key = "color", .accepts = A_PATH, .help = { "按哪个字段着色。", "The field that gives the colour." } },
	{ .key = "parent", .accepts = A_PATH, .help = { "树的上级字段。", "The field that names the parent in a tree." } },
	{ .key = "title", .accepts = A_PATH, .help = { "卡片标题字段。", "The field shown as title of a card." } },
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { "谁能看到。", "Who sees it." } },
};
static const struct shape view = { .name = "view", .help = { "记录的一种列法。", "A way to list the records." }, TABLE(view_keys) };

static const struct shape_key entry_keys[] = {
	{ .key = "entry", .accepts = A_NAME, .required = true, .help = { "入口的名称。", "Name of the entry." } },
	LABEL_KEY,
	{ .key = "public", .accepts = A_BOOL, .usual = "false", .help = { "不登录也能填写。", "Open without login." } },
	{ .key = "fields", .accepts = A_NAME, .forms = F_LIST, .required = true, .help = { "可填的字段。", "Fields that may be filled in." } },
	{ .key = "required", .accepts = A_NAME, .forms = F_LIST, .help = { "此入口必填的字段。", "Fields required here." } },
	{ .key = "set", .accepts = A_EXPR, .forms = F_MAP, .help = { "固定写入的值。", "Values always written." } },
	{ .key = "from", .accepts = A_TEXT, .help = { "开始日期。", "First day it is open." } },
	{ .key = "until", .accepts = A_TEXT, .help = { "结束日期。", "Last day it is open." } },
	{ .key = "limit", .accepts = A_INT, .help = { "最多收几份。", "Largest number of answers." } },
	{ .key = "message", .accepts = A_TEMPLATE, .help = { "提交后的致谢。", "Shown after sending." } },
};
static const struct shape entry = { .name = "entry", .help = { "按来源区分的录入入口。", "An entry page of its own, by source." }, TABLE(entry_keys) };

static const char *const match_as[] = { "exact", "phone", "email", "company_name", NULL };
static const struct shape_key match_keys[] = {
	{ .key = "field", .accepts = A_NAME, .required = true, .help = { "比较的字段。", "The field compared." } },
	{ .key = "as", .accepts = A_CHOICE, .choices = match_as, .usual = "exact", .help = { "怎样算相同。", "What counts as the same." } },
};
static const struct shape match = { .name = "match", .help = { "查重的一个条件。", "One comparison." }, TABLE(match_keys) };
static const char *const levels[] = { "block", "warn", NULL };
static const char *const outsides[] = { "none", "exists", "owner", NULL };
static const struct shape_key duplicate_keys[] = {
	{ .key = "match", .accepts = A_OBJECT, .forms = F_LIST, .shape = &match, .required = true, .help = { "同时相同才算重复。", "All must be the same." } },
	{ .key = "level", .accepts = A_CHOICE, .choices = levels, .usual = "block", .help = { "block 阻止，warn 只提示。", "block refuses, warn only tells." } },
	{ .key = "when", .accepts = A_EXPR, .help = { "什么情况下查重。", "When it applies." } },
	{ .key = "outside", .accepts = A_CHOICE, .choices = outsides, .usual = "none", .help = { "重复的记录录入人无权查看时提示什么：none 不提示，exists 只说已有，owner 还说出负责人。",
		"What is told of records the person may not see: none nothing, exists that there are some, owner also whose they are." } },
};
static const struct shape duplicate = { .name = "duplicate rule", .help = { "录入时的查重提示。", "A hint about possible duplicates." }, TABLE(duplicate_keys) };

static const struct shape_key script_keys[] = {
	{ .key = "before_save", .accepts = A_TEXT, .help = { "保存前运行的脚本。", "Script run before saving." } },
	{ .key = "after_save", .accepts = A_TEXT, .help = { "保存后运行的脚本。", "Script run after saving." } },
	{ .key = "validate", .accepts = A_TEXT, .help = { "校验时运行的脚本。", "Script run while checking." } },
};
static const struct shape scripts = { .name = "scripts", .help = { "表单的脚本。", "Scripts of the form." }, TABLE(script_keys) };

/* Drawings the front end has; web/src/ui/TnIcon.ts holds the same names (a test compares). */
static const char *const icons[] = { "archive", "book-open", "building-2", "calculator", "calendar", "calendar-clock", "clock", "contact",
	"file-pen", "file-text", "flag", "handshake", "history", "inbox", "kanban", "lightbulb", "list-todo", "lock", "magnet", "mail",
	"megaphone", "message-square", "message-warning", "package", "phone", "receipt", "scale", "send", "shield", "shopping-cart",
	"stamp", "star", "swords", "tag", "target", "tree", "undo", "user", "users", "wallet", "waves", NULL };
static const struct shape_key form_keys[] = {
	{ .key = "$schema", .accepts = A_TEXT, .help = { "编辑器用的 JSON Schema 地址。", "JSON Schema address for editors." } },
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "表单的名称，与文件名相同。", "Name of the form, the same as the file's." } },
	{ .key = "id", .accepts = A_NAME, .help = { "固定不变的标识，默认是首次发布的名称。", "Stable id, by default the first published name." } },
	LABEL_KEY,
	{ .key = "icon", .accepts = A_CHOICE, .choices = icons, .usual = "file-text", .help = { "菜单和标题旁的图标。", "The drawing beside its name." } },
	{ .key = "title", .accepts = A_TEMPLATE, .help = { "记录的标题，如 {number} {account}。", "Title of a record, such as {number} {account}." } },
	{ .key = "fields", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_field, .required = true, .help = { "字段，按次序。", "Its fields in order." } },
	{ .key = "unique", .accepts = A_NAME, .forms = F_LISTS, .help = { "不可重复的字段组合。", "Combinations of fields no two records share." } },
	{ .key = "checks", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_check_rule, .help = { "保存前的校验。", "Checks before saving." } },
	{ .key = "linkage", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_linkage, .help = { "字段联动。", "Rules between fields." } },
	{ .key = "transitions", .accepts = A_OBJECT, .forms = F_LIST, .shape = &transition, .help = { "状态流转。", "Allowed moves of enum fields." } },
	{ .key = "layout", .accepts = A_OBJECT, .forms = F_LIST, .shape = &layout, .help = { "页面布局。", "Layout of the page." } },
	{ .key = "views", .accepts = A_OBJECT, .forms = F_LIST, .shape = &view, .help = { "列表、看板等视图。", "Lists, boards and other views." } },
	{ .key = "url_defaults", .accepts = A_NAME, .forms = F_LIST, .help = { "新建页面的网址可以带来初值的字段，如 …/new?d.source=web；别的字段不理会。", "Fields the address of the page for a new record may give first values, such as …/new?d.source=web; others are ignored." } },
	{ .key = "search", .accepts = A_NAME, .forms = F_LIST, .help = { "搜索哪些字段。", "Fields the search covers." } },
	{ .key = "entries", .accepts = A_OBJECT, .forms = F_LIST, .shape = &entry, .help = { "按来源的录入入口。", "Entry pages by source." } },
	{ .key = "duplicates", .accepts = A_OBJECT, .forms = F_LIST, .shape = &duplicate, .help = { "查重规则。", "Rules about duplicates." } },
	{ .key = "scripts", .accepts = A_OBJECT, .shape = &scripts, .help = { "脚本。", "Scripts." } },
};
const struct shape shape_form = { .name = "form", .help = { "一种记录：字段、规则、布局和视图。", "A kind of record: its fields, rules, layout and views." }, TABLE(form_keys) };
// clang-format on
