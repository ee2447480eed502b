#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/support/temp_store.h"
#include "tests/support/converting.h"

// clang-format off
#define ENUM(name, values) "\"enums/" name ".json\":{\"enum\":\"" name "\",\"values\":[" values "]},"
#define VALUE(v) "{\"value\":\"" v "\"}"
#define GRANT "{\"create\":true,\"read\":\"own\",\"update\":\"own\"}"
static const char *const bundle = "{\"files\":{"
	"\"app.json\":{\"app\":\"sales\",\"version\":\"1\"},"
	ENUM("status", VALUE("new") "," VALUE("sql") "," VALUE("converted"))
	"\"forms/account.json\":{\"form\":\"account\",\"title\":\"{name}\",\"fields\":["
		"{\"name\":\"name\",\"type\":\"text\",\"required\":true,\"unique\":true},"
		"{\"name\":\"city\",\"type\":\"text\"},{\"name\":\"note\",\"type\":\"text\"},{\"name\":\"size\",\"type\":\"integer\"},"
		"{\"name\":\"leads\",\"type\":\"integer\",\"default\":0}]},"
	"\"forms/person.json\":{\"form\":\"person\",\"title\":\"{name}\",\"fields\":["
		"{\"name\":\"name\",\"type\":\"text\",\"required\":true},{\"name\":\"account\",\"type\":\"ref\",\"form\":\"account\",\"required\":true},"
		"{\"name\":\"mobile\",\"type\":\"phone\"}],"
		"\"checks\":[{\"id\":\"reach\",\"require\":\"mobile != null\",\"at\":\"mobile\",\"message\":\"no mobile\"}]},"
	"\"forms/deal.json\":{\"form\":\"deal\",\"title\":\"{name}\",\"fields\":["
		"{\"name\":\"name\",\"type\":\"text\",\"required\":true},{\"name\":\"account\",\"type\":\"ref\",\"form\":\"account\",\"required\":true},"
		"{\"name\":\"person\",\"type\":\"ref\",\"form\":\"person\",\"options\":\"$option.account == account\"},"
		"{\"name\":\"city\",\"type\":\"text\"},{\"name\":\"amount\",\"type\":\"money\"}]},"
	"\"forms/lead.json\":{\"form\":\"lead\",\"title\":\"{company}\",\"fields\":["
		"{\"name\":\"company\",\"type\":\"text\",\"required\":true},{\"name\":\"who\",\"type\":\"text\"},{\"name\":\"mobile\",\"type\":\"phone\"},"
		"{\"name\":\"city\",\"type\":\"text\"},{\"name\":\"note\",\"type\":\"text\"},{\"name\":\"size\",\"type\":\"text\"},"
		"{\"name\":\"budget\",\"type\":\"money\"},{\"name\":\"parts\",\"type\":\"integer\"},"
		"{\"name\":\"status\",\"type\":\"enum\",\"enum\":\"status\",\"default\":\"'new'\"},"
		"{\"name\":\"account\",\"type\":\"ref\",\"form\":\"account\",\"read_only\":true},"
		"{\"name\":\"log\",\"type\":\"text\",\"read_only\":true},"
		"{\"name\":\"convert\",\"type\":\"button\",\"label\":{\"zh-CN\":\"转化\",\"en\":\"Convert\"},\"when\":\"status == 'sql'\",\"confirm\":\"Convert?\",\"do\":["
			"{\"convert\":{\"form\":\"account\",\"as\":\"acc\",\"match\":[\"name\"],\"values\":{\"name\":\"company\"},\"link\":\"account\"}},"
			"{\"convert\":{\"form\":\"person\",\"as\":\"p\",\"values\":{\"name\":\"who\",\"account\":\"acc\"}}},"
			"{\"create\":{\"form\":\"deal\",\"values\":{\"name\":\"acc.name + ' ' + p.name\",\"account\":\"acc\",\"person\":\"p\",\"city\":\"account.city\",\"amount\":\"budget\"}}},"
			"{\"set\":{\"status\":\"'converted'\",\"log\":\"acc.name\"}}]},"
		"{\"name\":\"count\",\"type\":\"button\",\"do\":[{\"update\":{\"record\":\"account\",\"values\":{\"leads\":\"account.leads + 1\"}}},"
			"{\"update\":{\"record\":\"account\",\"values\":{\"leads\":\"account.leads + 1\"}}},{\"set\":{\"log\":\"'leads ' + format(account.leads, '0')\"}}]},"
		"{\"name\":\"both\",\"type\":\"button\",\"do\":[{\"set\":{\"note\":\"'first'\"}},{\"call\":\"count\"},{\"set\":{\"note\":\"note + ', then'\"}}]},"
		"{\"name\":\"share\",\"type\":\"button\",\"do\":[{\"set\":{\"log\":\"format(budget / parts, '0')\"}}]},"
		"{\"name\":\"choose\",\"type\":\"button\",\"do\":[{\"if\":\"budget > 100\",\"then\":[{\"set\":{\"note\":\"'big'\"}}],"
			"\"else\":[{\"create\":{\"form\":\"deal\",\"values\":{\"name\":\"'lost'\",\"account\":\"account\"}}},"
			"{\"fail\":{\"field\":\"budget\",\"message\":{\"zh-CN\":\"{company}的预算太少\",\"en\":\"The budget of {company} is too small\"}}}]}]},"
		"{\"name\":\"same\",\"type\":\"button\",\"do\":[{\"update\":{\"record\":\"$record\",\"values\":{\"note\":\"'self'\"}}}]},"
		"{\"name\":\"secret\",\"type\":\"button\",\"do\":[{\"set\":{\"note\":\"'x'\"}}]}],"
		"\"transitions\":[{\"field\":\"status\",\"from\":[\"new\"],\"to\":\"sql\"},"
			"{\"field\":\"status\",\"from\":[\"sql\"],\"to\":\"converted\",\"require\":[\"account\"]}]},"
	"\"roles/seller.json\":{\"role\":\"seller\",\"forms\":{\"account\":{\"create\":true,\"read\":\"all\",\"update\":\"own\",\"fields\":{\"note\":\"read\"}},"
		"\"person\":" GRANT ",\"deal\":" GRANT ",\"lead\":{\"create\":true,\"read\":\"all\",\"update\":\"own\",\"fields\":{\"city\":\"hidden\",\"secret\":\"hidden\",\"share\":\"read\"}}}},"
	"\"roles/junior.json\":{\"role\":\"junior\",\"forms\":{\"account\":" GRANT ",\"person\":" GRANT ",\"lead\":" GRANT "}},"
	"\"roles/service.json\":{\"role\":\"service\",\"forms\":{\"account\":" GRANT "}}"
	"}}";
// clang-format on

void converting_open(struct sample *s, struct arena *a) {
	sample_open(s, a, bundle, false);
	sample_people(s, "INSERT INTO sys_user (id, login, label, admin, created_at) VALUES "
			 "(1, 'root', 'Root', 1, 0), (2, 'ann', 'Ann', 0, 0), (3, 'bob', 'Bob', 0, "
			 "0), (4, 'jim', 'Jim', 0, 0), (5, 'sue', 'Sue', 0, 0);"
			 "INSERT INTO sys_user_role (user_id, app, role) VALUES (2, 'sales', "
			 "'seller'), (3, 'sales', 'seller'), (4, 'sales', 'junior'), (5, 'sales', "
			 "'service');");
}

struct press {
	struct sample *s;
	struct request *rq;
	const char *button;
	int64_t id, if_match;
	const char *answer;
};

static struct problem *press_in(struct tx *tx, void *arg) {
	struct press *p = arg;
	struct sb text = sb_on(p->rq->arena, 1 << 20);
	struct jw w = jw_on(&text);
	struct pressed done;
	TRY(button_press(tx, p->rq, p->s->store, sample_form(p->s, "lead"), str_of(p->button),
			 p->id, p->if_match, &done));
	TRY(button_answer(tx, p->rq, &done, &w));
	p->answer = arena_strdup(p->s->arena, sb_cstr(&text));
	return NULL;
}

struct problem *press_once(struct sample *s, struct request *rq, int64_t id, const char *button) {
	struct press p = { s, rq, button, id, -1, "" };
	return store_write(s->store, LANE_INTERACTIVE, rq->arena, press_in, &p);
}

struct wrote press_at(struct sample *s, const char *login, int64_t id, const char *button,
			     int64_t if_match) {
	struct press p = { s, sample_request(s, login), button, id, if_match, "null" };
	struct problem *problem =
		store_write(s->store, LANE_INTERACTIVE, p.rq->arena, press_in, &p);
	struct wrote out = { !problem, id, problem_told(s->arena, problem), p.answer };
	sample_end(p.rq);
	return out;
}

struct wrote press(struct sample *s, const char *login, int64_t id, const char *button) {
	return press_at(s, login, id, button, -1);
}

int64_t ready_lead(struct sample *s, const char *login, const char *company) {
	const char *body = arena_printf(
		s->arena,
		"{\"company\":\"%s\",\"who\":\"Kim\",\"mobile\":\"13800001234\",\"note\":\"hello\","
		"\"size\":\"7\",\"budget\":\"50\"}",
		company);
	struct wrote w = create(s, login, "lead", body);
	assert_string_equal(w.problem, "");
	assert_true(update(s, login, "lead", w.id, -1, "{\"status\":\"sql\"}").ok);
	return w.id;
}
