/* setting_rows.c -- the organisation settings there are: storage, validation, the settings page and the documentation
 * follow this table. */
#include "runtime/store/setting.h"

// clang-format off
const struct setting_row setting_rows[] = {
	{ "company.name", SETTING_TEXT, .max = 200, .label = { "公司名称", "Company name" },
	  .help = { "用于打印件与模板：$company.name", "Shown in prints and templates: $company.name" } },
	{ "company.tax_no", SETTING_TEXT, .max = 40, .label = { "纳税人识别号", "Tax number" } },
	{ "company.address", SETTING_TEXT, .max = 300, .label = { "地址", "Address" } },
	{ "company.phone", SETTING_TEXT, .max = 50, .label = { "电话", "Phone" } },
	{ "company.bank", SETTING_TEXT, .max = 200, .label = { "开户行及账号", "Bank and account" } },
	{ "company.logo", SETTING_PICTURE, .label = { "标志", "Logo" },
	  .help = { "PNG、JPEG 或 WebP 图片，最大 512 KiB，用 `PUT /api/settings/company.logo` 上传；值是它的文件编号", "A PNG, JPEG or WebP picture of at most 512 KiB, uploaded with `PUT /api/settings/company.logo`; the value is its file's id" } },
	{ "company.seal", SETTING_PICTURE, .label = { "印章", "Seal" },
	  .help = { "PNG、JPEG 或 WebP 图片，最大 512 KiB，用 `PUT /api/settings/company.seal` 上传；值是它的文件编号", "A PNG, JPEG or WebP picture of at most 512 KiB, uploaded with `PUT /api/settings/company.seal`; the value is its file's id" } },
	{ "currency.rates", SETTING_RATES, .label = { "汇率", "Currency rates" },
	  .help = { "每种货币折合应用货币的数额，如 {\"USD\": \"7.10\"}", "What one unit of each currency is worth in the app's, as {\"USD\": \"7.10\"}" } },
	{ "mail.host", SETTING_TEXT, .max = 253, .label = { "发信服务器", "Mail server" } },
	{ "mail.port", SETTING_INTEGER, .min = 1, .max = 65535, .usual = 587, .label = { "端口", "Port" } },
	{ "mail.security", SETTING_CHOICE, .choices = "starttls tls none", .label = { "加密方式", "Encryption" } },
	{ "mail.user", SETTING_TEXT, .max = 254, .label = { "发信账号", "User" } },
	{ "mail.password", SETTING_SECRET, .max = 1024, .bound_to = "mail.host", .label = { "发信密码", "Password" },
	  .help = { "加密保存，不再显示；换服务器后须重新填写", "Stored encrypted and never shown again; to be given anew when the server changes" } },
	{ "mail.from", SETTING_TEXT, .max = 254, .label = { "发件人地址", "Sender" } },
	{ "login.totp", SETTING_CHOICE, .choices = "optional off admins required", .label = { "登录的第二步", "Second step of a login" },
	  .help = { "身份验证应用的一次性代码：optional 自愿，off 不用，admins 系统管理员必须，required 人人必须；必须而还没有的人，下次登录时先设置。访问令牌与命令行不受影响",
		"One-time codes of an authenticator app: optional, off, admins (system administrators must), required (everybody must); who must and has none sets it up at the next login. API tokens and the command line are not affected" } },
	{ "password.min_length", SETTING_INTEGER, .min = 6, .max = 128, .usual = 8, .label = { "密码最短长度", "Shortest password" } },
	{ "session.idle_hours", SETTING_INTEGER, .min = 1, .max = 720, .usual = 12, .label = { "闲置多少小时后退出", "Hours of rest until logged out" } },
	{ "session.max_days", SETTING_INTEGER, .min = 1, .max = 365, .usual = 30, .label = { "最多多少天后须重新登录", "Days until one must log in again" } },
	{ "token.rate", SETTING_INTEGER, .min = 0, .max = TOKEN_RATE_MAX, .usual = 6000, .label = { "每个访问令牌每分钟的请求数", "Requests a minute of each API token" },
	  .help = { "令牌没有另设速率时适用；0 表示不限。超过时回答 429 并说明多久后再试", "For tokens without a rate of their own; 0 means no limit. Beyond it the answer is 429 and says when to try again" } },
	{ "trash.days", SETTING_INTEGER, .min = 1, .max = 3650, .usual = 30, .label = { "移除的字段与表单保留多少天", "Days removed fields and forms are kept" },
	  .help = { "过后连同数据永久删除，不能再恢复", "After that they are dropped with their data and cannot be brought back" } },
	{ "trash.record_days", SETTING_INTEGER, .min = 0, .max = 3650, .usual = 0, .label = { "删除的记录保留多少天", "Days deleted records are kept" },
	  .help = { "0 表示一直保留；过后连同明细、评论和历史永久删除，不能再恢复；上传的文件仍留在数据文件夹里", "0 keeps them for good; after that they go with their rows, comments and history and cannot be brought back; uploaded files stay in the data folder" } },
	{ .key = NULL },
};
// clang-format on

const struct setting_row *setting_find(struct str key) {
	for (const struct setting_row *row = setting_rows; row->key; row++)
		if (str_is(key, row->key)) return row;
	return NULL;
}
