/* field_button.c -- a button: no value, only something to press. What it does is in field->button
 * (action.h); here is what keeps values away from it: FT_NO_VALUE, which expressions, queries and
 * input ask for. */
#include "runtime/model/field_kit.h"

static struct type value_type(const struct field *f) {
	(void)f;
	return (struct type){ .kind = TYPE_NULL };
}

static const char *const keys[] = { "do", "when", "message", "confirm", "style", NULL };

const struct field_type field_type_button = {
	.name = "button",
	.label = SERVER_WORDS("按钮", "Button"),
	.help = SERVER_WORDS(
		"不存值；按下时以按的人的权限做 do 中的动作，全部成功或全部不做。when "
		"不成立时不"
		"能按：不显示，或变灰并说出 message；confirm 是按前的确认。能修改该记录、且对此字段有 edit 权的人能按："
		"POST /api/{app}/{form}/{id}/buttons/{field}。",
		"Holds no value; pressing it does the actions of do with the rights of who "
		"presses, all of "
		"them or none. While when does not hold it is refused, and hidden or dimmed with its "
		"message; confirm is asked first. Who may update the record and has edit on this field may press it: "
		"POST /api/{app}/{form}/{id}/buttons/{field}."),
	.storage = STORE_NONE,
	.flags = FT_NO_VALUE,
	.keys = SERVER_ONLY(keys),
	.value_type = value_type,
};
