/* shape_report.c -- the tables of reports, dashboards and prints. */
#include "runtime/model/shape.h"

// clang-format off
#define TABLE(rows) .keys = (rows), .n = ARRAY_LEN(rows)
#define SCHEMA_KEY { .key = "$schema", .accepts = A_TEXT, .help = { "编辑器用的 JSON Schema 地址。", "JSON Schema address for editors." } }
#define ID_KEY { .key = "id", .accepts = A_NAME, .help = { "固定不变的标识，默认是首次发布的名称。", "Stable id, by default the first published name." } }
#define LABEL_KEY { .key = "label", .accepts = A_LABEL, .help = { "显示名。", "Shown name." } }

static const struct shape_key param_keys[] = {
	{ .key = "name", .accepts = A_NAME, .required = true, .help = { "参数名，表达式里写 $param.名称。", "Its name, $param.name in expressions." } },
	{ .key = "type", .accepts = A_NAME, .required = true, .help = { "参数的类型。", "Its type." } },
	LABEL_KEY,
	{ .key = "default", .accepts = A_EXPR, .help = { "默认值。", "Its default." } },
	{ .key = "enum", .accepts = A_NAME, .help = { "枚举参数的枚举。", "Enumeration of an enum parameter." } },
};
static const struct shape param = { .name = "parameter", .help = { "报表的参数。", "A parameter of the report." }, TABLE(param_keys) };

static const char *const by_words[] = { "year", "quarter", "month", "week", "day", "hour", "weekday", NULL };
static const struct shape_key bands_keys[] = { { .key = "bands", .accepts = A_NUMBER, .forms = F_LIST, .required = true, .help = { "分段的边界。", "Borders of the bands." } } };
static const struct shape bands = { .name = "bands", .help = { "数值分段。", "Bands of numbers." }, TABLE(bands_keys) };
static const struct shape_key dimension_keys[] = {
	{ .key = "field", .accepts = A_PATH, .required = true, .help = { "按哪个字段或路径分组。", "Field or path grouped by." } },
	{ .key = "by", .accepts = A_CHOICE | A_OBJECT, .choices = by_words, .shape = &bands, .help = { "日期按年、季、月等；数值按分段。", "Dates by year, quarter, month ...; numbers by bands." } },
	LABEL_KEY,
};
static const struct shape dimension = { .name = "dimension", .help = { "分组的维度。", "A dimension." }, TABLE(dimension_keys) };

static const char *const aggs[] = { "count", "count_distinct", "sum", "avg", "min", "max", "median", "percentile", NULL };
static const struct shape_key measure_keys[] = {
	{ .key = "name", .accepts = A_NAME, .required = true, .help = { "指标名。", "Its name." } },
	LABEL_KEY,
	{ .key = "agg", .accepts = A_CHOICE, .choices = aggs, .help = { "怎样汇总。", "How it is aggregated." } },
	{ .key = "field", .accepts = A_PATH, .help = { "汇总哪个字段。", "What is aggregated." } },
	{ .key = "p", .accepts = A_NUMBER, .help = { "百分位。", "The percentile." } },
	{ .key = "filter", .accepts = A_EXPR, .help = { "只算符合条件的记录。", "Only records that satisfy it." } },
	{ .key = "formula", .accepts = A_EXPR, .help = { "由其他指标算出。", "Computed from other measures." } },
	{ .key = "type", .accepts = A_NAME, .help = { "显示的类型。", "Type it is shown as." } },
};
static const struct shape measure = { .name = "measure", .help = { "指标。", "A measure." }, TABLE(measure_keys) };

static const struct shape_key chart_keys[] = {
	{ .key = "kind", .accepts = A_CHOICE, .choices = (const char *const[]){ "bar", "line", "area", "pie", "funnel", "number", "table", "scatter", NULL }, .required = true, .help = { "图表种类。", "Kind of chart." } },
	{ .key = "stacked", .accepts = A_BOOL, .usual = "false", .help = { "堆叠。", "Stacked." } },
	{ .key = "horizontal", .accepts = A_BOOL, .usual = "false", .help = { "横向。", "Horizontal." } },
};
static const struct shape chart = { .name = "chart", .help = { "图表。", "A chart." }, TABLE(chart_keys) };

static const struct shape_key report_keys[] = {
	SCHEMA_KEY,
	{ .key = "report", .accepts = A_NAME, .required = true, .help = { "报表的名称，与文件名相同。", "Name of the report, the same as the file's." } },
	ID_KEY, LABEL_KEY,
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "统计哪个表单。", "The form it is about." } },
	{ .key = "kind", .accepts = A_CHOICE, .choices = (const char *const[]){ "pivot", "list", "funnel", "cohort", NULL }, .usual = "pivot", .help = { "报表种类。", "Kind of report." } },
	{ .key = "params", .accepts = A_OBJECT, .forms = F_LIST, .shape = &param, .help = { "参数。", "Parameters." } },
	{ .key = "filter", .accepts = A_EXPR, .help = { "只统计符合条件的记录。", "Only records that satisfy it." } },
	{ .key = "rows", .accepts = A_OBJECT, .forms = F_LIST, .shape = &dimension, .help = { "行维度。", "Row dimensions." } },
	{ .key = "columns", .accepts = A_OBJECT | A_PATH, .forms = F_LIST, .shape = &dimension, .help = { "列维度；清单报表为显示的字段。", "Column dimensions; the fields of a list." } },
	{ .key = "measures", .accepts = A_OBJECT, .forms = F_LIST, .shape = &measure, .help = { "指标。", "Measures." } },
	{ .key = "sort", .accepts = A_PATH, .forms = F_LIST, .help = { "排序。", "Order." } },
	{ .key = "limit", .accepts = A_INT, .help = { "最多几行。", "Largest number of rows." } },
	{ .key = "totals", .accepts = A_CHOICE, .choices = (const char *const[]){ "rows", "columns", "grand", NULL }, .forms = F_LIST, .help = { "合计。", "Totals." } },
	{ .key = "chart", .accepts = A_OBJECT, .shape = &chart, .help = { "图表。", "Chart." } },
	{ .key = "stages", .accepts = A_TEXT, .forms = F_LIST, .help = { "漏斗的阶段。", "Stages of a funnel." } },
};
const struct shape shape_report = { .name = "report", .help = { "统计报表。", "A report." }, TABLE(report_keys) };

static const struct shape_key card_keys[] = {
	{ .key = "report", .accepts = A_NAME, .help = { "显示哪个报表。", "The report shown." } },
	{ .key = "text", .accepts = A_TEMPLATE, .help = { "文字。", "A text." } },
	LABEL_KEY,
	{ .key = "x", .accepts = A_INT, .help = { "列位置。", "Column." } },
	{ .key = "y", .accepts = A_INT, .help = { "行位置。", "Row." } },
	{ .key = "w", .accepts = A_INT, .help = { "宽。", "Width." } },
	{ .key = "h", .accepts = A_INT, .help = { "高。", "Height." } },
};
static const struct shape card = { .name = "card", .help = { "仪表盘的一块。", "A card of a dashboard." }, TABLE(card_keys) };
static const struct shape_key board_filter_keys[] = { { .key = "field", .accepts = A_PATH, .required = true, .help = { "按哪个字段筛选。", "The field filtered by." } }, LABEL_KEY };
static const struct shape board_filter = { .name = "dashboard filter", .help = { "仪表盘的筛选。", "A filter of a dashboard." }, TABLE(board_filter_keys) };
static const struct shape_key dashboard_keys[] = {
	SCHEMA_KEY,
	{ .key = "dashboard", .accepts = A_NAME, .required = true, .help = { "仪表盘的名称，与文件名相同。", "Name of the dashboard, the same as the file's." } },
	ID_KEY, LABEL_KEY,
	{ .key = "who", .accepts = A_TEXT, .forms = F_LIST, .help = { "谁能看到。", "Who sees it." } },
	{ .key = "cards", .accepts = A_OBJECT, .forms = F_LIST, .shape = &card, .required = true, .help = { "卡片。", "Cards." } },
	{ .key = "filters", .accepts = A_OBJECT, .forms = F_LIST, .shape = &board_filter, .help = { "筛选。", "Filters." } },
};
const struct shape shape_dashboard = { .name = "dashboard", .help = { "一页报表。", "A page of reports." }, TABLE(dashboard_keys) };

extern const struct shape shape_block;
static const struct shape_key column_keys[] = {
	{ .key = "head", .accepts = A_LABEL, .help = { "表头。", "Head." } },
	{ .key = "text", .accepts = A_TEMPLATE, .help = { "内容。", "Content." } },
	{ .key = "width", .accepts = A_TEXT | A_NUMBER, .help = { "宽度，毫米或百分比。", "Width in mm or percent." } },
	{ .key = "align", .accepts = A_CHOICE, .choices = (const char *const[]){ "left", "center", "right", NULL }, .help = { "对齐。", "Alignment." } },
	{ .key = "image", .accepts = A_TEXT, .help = { "图片。", "Image." } },
	{ .key = "height", .accepts = A_NUMBER, .help = { "高度，毫米。", "Height in mm." } },
	{ .key = "size", .accepts = A_NUMBER, .help = { "字号或边长。", "Size." } },
	{ .key = "style", .accepts = A_TEXT, .help = { "样式。", "Style." } },
};
static const struct shape print_column = { .name = "print column", .help = { "打印的一栏。", "A column in print." }, TABLE(column_keys) };
static const struct shape_key block_keys[] = {
	{ .key = "text", .accepts = A_TEMPLATE, .help = { "文字。", "Text." } },
	{ .key = "style", .accepts = A_TEXT, .help = { "样式。", "Style." } },
	{ .key = "align", .accepts = A_CHOICE, .choices = (const char *const[]){ "left", "center", "right", NULL }, .help = { "对齐。", "Alignment." } },
	{ .key = "size", .accepts = A_NUMBER, .help = { "字号（点）或边长（毫米）。", "Size in pt, or mm of a code." } },
	{ .key = "grid", .accepts = A_TEMPLATE, .forms = F_LISTS, .help = { "表格：标题与值。", "A grid of captions and values." } },
	{ .key = "table", .accepts = A_PATH, .help = { "子表明细。", "Rows of a sub-table." } },
	{ .key = "repeat_header", .accepts = A_BOOL, .usual = "false", .help = { "换页时重复表头。", "Repeats the head on each page." } },
	{ .key = "columns", .accepts = A_OBJECT, .forms = F_LIST, .shape = &print_column, .help = { "各栏。", "Columns." } },
	{ .key = "footer", .accepts = A_TEMPLATE, .forms = F_LISTS, .help = { "表尾。", "Foot of the table." } },
	{ .key = "if", .accepts = A_EXPR, .help = { "成立时才打印。", "Printed only while it holds." } },
	{ .key = "watermark", .accepts = A_TEMPLATE, .help = { "水印。", "Watermark." } },
	{ .key = "qr", .accepts = A_TEMPLATE, .help = { "二维码。", "QR code." } },
	{ .key = "barcode", .accepts = A_TEMPLATE, .help = { "条形码。", "Barcode." } },
	{ .key = "signature", .accepts = A_PATH, .help = { "签名。", "Signature." } },
	{ .key = "image", .accepts = A_TEXT, .help = { "图片。", "Image." } },
	{ .key = "height", .accepts = A_NUMBER, .help = { "高度，毫米。", "Height in mm." } },
	{ .key = "clauses", .accepts = A_PATH, .help = { "条款。", "Clauses." } },
	{ .key = "number", .accepts = A_TEXT, .help = { "条款编号。", "Numbering of clauses." } },
	{ .key = "body", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_block, .help = { "里面的块。", "Blocks inside." } },
};
const struct shape shape_block = { .name = "print block", .help = { "打印的一块。", "A block in print." }, TABLE(block_keys) };
static const struct shape_key page_keys[] = {
	{ .key = "size", .accepts = A_TEXT, .usual = "A4", .help = { "纸张。", "Paper." } },
	{ .key = "landscape", .accepts = A_BOOL, .usual = "false", .help = { "横向。", "Landscape." } },
	{ .key = "margin", .accepts = A_NUMBER, .forms = F_LIST, .help = { "上右下左边距，毫米。", "Margins top, right, bottom, left in mm." } },
};
static const struct shape page = { .name = "page", .help = { "纸张。", "The paper." }, TABLE(page_keys) };
static const struct shape_key print_keys[] = {
	SCHEMA_KEY,
	{ .key = "print", .accepts = A_NAME, .required = true, .help = { "打印模板的名称，与文件名相同。", "Name of the template, the same as the file's." } },
	ID_KEY,
	{ .key = "form", .accepts = A_NAME, .required = true, .help = { "打印哪个表单的记录。", "The form it prints." } },
	LABEL_KEY,
	{ .key = "page", .accepts = A_OBJECT, .shape = &page, .help = { "纸张。", "The paper." } },
	{ .key = "when", .accepts = A_EXPR, .help = { "什么情况下能打印。", "When it may be printed." } },
	{ .key = "header", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_block, .help = { "页眉。", "Header." } },
	{ .key = "footer", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_block, .help = { "页脚。", "Footer." } },
	{ .key = "body", .accepts = A_OBJECT, .forms = F_LIST, .shape = &shape_block, .required = true, .help = { "正文。", "Body." } },
};
const struct shape shape_print = { .name = "print", .help = { "打印模板。", "A template for printing." }, TABLE(print_keys) };
// clang-format on
