/* load_serial.c -- the pattern of a serial field.
 * VR19: a counter that resets needs the period it resets by in the text, or numbers would repeat.
 */
#include "runtime/model/field_kit.h"
#include "runtime/model/loading.h"

enum { PARTS_MAX = 20, DIGITS_MAX = 15 };

struct serial_load {
	struct loading *l;
	const struct definition *d;
	struct form *form;
	struct field *field;
	struct serial *serial;
	const struct json *counter;
};

/* A number that cannot be written in the digits would be over the edge from the first. */
static void check_start(struct serial_load *x, const struct json *part, int64_t digits,
			int64_t start) {
	int64_t room = 1;
	for (int64_t i = 0; i < digits; i++) room *= 10;
	if (x->serial->overflow == OVERFLOW_GROW || start < room) return;
	FIND(x->l->findings, spot_at(x->d, json_get(part, "start")), ERROR, "DEF11",
	     "def_out_of_range", "fix_range", "min", "0", "max",
	     arena_printf(x->l->arena, "%lld", (long long)room - 1));
}

static bool load_counter(struct serial_load *x, const struct json *part, struct serial_part *out) {
	static const struct {
		const char *word;
		struct serial as;
	} resets[] = { { "never", { .reset = RESET_NEVER } },
		       { "day", { .reset = RESET_DAY } },
		       { "week", { .reset = RESET_WEEK } },
		       { "month", { .reset = RESET_MONTH } },
		       { "year", { .reset = RESET_YEAR } } };
	struct loading *l = x->l;
	int64_t digits = 0, start = 1;
	if (x->counter) {
		FIND(l->findings, spot_at(x->d, part), ERROR, "DEF12", "def_two_counters",
		     "fix_two_counters", "name", x->field->name);
		return false;
	}
	x->counter = part;
	if (!json_int(json_get(part, "counter"), &digits) || digits < 1 || digits > DIGITS_MAX) {
		FIND(l->findings, spot_at(x->d, part), ERROR, "DEF11", "def_out_of_range",
		     "fix_range", "min", "1", "max", "15");
		digits = 1;
	}
	if (json_get(part, "start") && (!json_int(json_get(part, "start"), &start) || start < 0))
		FIND(l->findings, spot_at(x->d, part), ERROR, "DEF11", "def_out_of_range",
		     "fix_range", "min", "0", "max", "9007199254740991");
	x->serial->start = start;
	x->serial->gapless = json_bool(json_get(part, "gapless"));
	for (size_t i = 0; i < ARRAY_LEN(resets); i++)
		if (json_is_string(json_get(part, "reset"), resets[i].word))
			x->serial->reset = resets[i].as.reset;
	if (json_is_string(json_get(part, "overflow"), "restart"))
		x->serial->overflow = OVERFLOW_RESTART;
	if (json_is_string(json_get(part, "overflow"), "refuse"))
		x->serial->overflow = OVERFLOW_REFUSE;
	check_start(x, part, digits, start);
	*out = (struct serial_part){ .kind = SERIAL_COUNTER, .digits = (int)digits };
	return true;
}

static bool load_part(struct serial_load *x, const struct json *part, struct serial_part *out) {
	const struct json *date = json_get(part, "date"), *field = json_get(part, "field");
	if (part->kind == JSON_STRING) {
		*out = (struct serial_part){ .kind = SERIAL_TEXT,
					     .text = str_dup(x->l->arena, part->text) };
		return true;
	}
	if (json_get(part, "counter")) return load_counter(x, part, out);
	if (json_get(part, "check")) {
		bool luhn = json_is_string(json_get(part, "check"), "luhn");
		*out = (struct serial_part){ .kind = SERIAL_CHECK,
					     .check = luhn ? CHECK_LUHN : CHECK_MOD97 };
		return true;
	}
	if (date && date->kind == JSON_STRING) {
		*out = (struct serial_part){ .kind = SERIAL_DATE,
					     .text = str_dup(x->l->arena, date->text) };
		return true;
	}
	const struct field *f = load_field_ref(x->l, x->d, x->form, field);
	if (!f) return false;
	if (f->type->storage != STORE_TEXT && f->type->storage != STORE_INTEGER) {
		FIND(x->l->findings, spot_at(x->d, field), ERROR, "DEF12", "def_serial_field",
		     "fix_serial_field", "name", f->name);
		return false;
	}
	*out = (struct serial_part){ .kind = SERIAL_FIELD, .field = f };
	return true;
}

/* Which of year, month, day the date parts show. */
struct shown {
	bool year, month, day;
};

static struct shown shown_by(const struct serial *s) {
	struct shown shown = { false, false, false };
	for (size_t i = 0; i < s->n; i++) {
		if (s->parts[i].kind != SERIAL_DATE) continue;
		shown.year |= strstr(s->parts[i].text, "YY") != NULL;
		shown.month |= strchr(s->parts[i].text, 'M') != NULL;
		shown.day |= strchr(s->parts[i].text, 'D') != NULL;
	}
	return shown;
}

static void check_reset(struct serial_load *x) {
	struct shown shown = shown_by(x->serial);
	bool day = shown.year && shown.month && shown.day;
	bool enough[] = { [RESET_NEVER] = true,
			  [RESET_DAY] = day,
			  [RESET_WEEK] = day,
			  [RESET_MONTH] = shown.year && shown.month,
			  [RESET_YEAR] = shown.year };
	static const char *const patterns[] = { "", "YYYYMMDD", "YYYYMMDD", "YYYYMM", "YYYY" };
	if (!enough[x->serial->reset])
		FIND(x->l->findings, spot_at(x->d, x->counter), ERROR, "VR19", "vr19_reset",
		     "fix_vr19_reset", "name", x->field->name, "reset",
		     str_dup(x->l->arena, json_str(json_get(x->counter, "reset"))), "date",
		     patterns[x->serial->reset]);
	else if (x->serial->overflow == OVERFLOW_RESTART && !day)
		FIND(x->l->findings, spot_at(x->d, x->counter), ERROR, "VR19", "vr19_restart",
		     "fix_vr19_restart", "name", x->field->name);
}

/* "at": "create", or the target of a transition of the form: then the number is given when the
 * field that moves there has that value. Two fields with such a target need to be told apart. */
static void load_at(struct serial_load *x) {
	const struct json *at = json_get(x->field->json, "at"),
			  *list = json_get(x->form->json, "transitions");
	struct similar near = similar_to(json_str(at));
	struct serial *s = x->serial;
	if (!at || at->kind != JSON_STRING || str_is(at->text, "create")) return;
	for (uint32_t i = 0; i < load_count(list, JSON_ARRAY); i++) {
		struct str to = json_str(json_get(&list->items[i], "to"));
		const struct field *moved =
			form_field(x->form, json_str(json_get(&list->items[i], "field")));
		similar_offer(&near, to);
		if (!moved || !str_eq(to, at->text)) continue;
		if (s->at && s->at != moved)
			FIND(x->l->findings, spot_at(x->d, at), ERROR, "DEF12", "def_serial_at",
			     "fix_serial_at", "name", x->field->name, "value",
			     str_dup(x->l->arena, to), "first", s->at->name, "second", moved->name);
		s->at = moved;
		s->at_value = str_dup(x->l->arena, to);
	}
	if (!s->at) load_unknown(x->l, spot_at(x->d, at), "target", at->text, near.best);
}

void load_serial(struct loading *l, struct form *form, struct field *f) {
	const struct json *list = json_get(f->json, "pattern");
	uint32_t n = load_count(list, JSON_ARRAY);
	struct serial_load x = { .l = l, .d = form->definition, .form = form, .field = f };
	x.serial = arena_alloc(l->arena, sizeof *x.serial);
	x.serial->parts = arena_array(l->arena, n, sizeof *x.serial->parts);
	if (form->parent) {
		FIND(l->findings, spot_at(x.d, f->json), ERROR, "DEF12", "def_serial_in_rows",
		     "fix_serial_in_rows", "name", f->name);
		return;
	}
	if (n > PARTS_MAX) {
		FIND(l->findings, spot_at(x.d, list), ERROR, "DEF11", "def_serial_parts",
		     "fix_limit", "max", "20");
		n = 0;
	}
	for (uint32_t i = 0; i < n; i++)
		if (load_part(&x, &list->items[i], &x.serial->parts[x.serial->n])) x.serial->n++;
	f->serial = x.serial;
	load_at(&x);
	if (x.counter)
		check_reset(&x);
	else
		FIND(l->findings, spot_at(x.d, list ? list : f->json), ERROR, "DEF12",
		     "def_no_counter", "fix_no_counter", "name", f->name);
}
