/* field_time.c -- date, datetime, time, duration. A date is a day without a zone; a datetime is an
 * instant in UTC, read and shown in the app's zone when it carries no offset of its own. */
#include "runtime/base/day.h"
#include "runtime/model/field_kit.h"

static const int64_t longest_duration_s = INT64_C(100) * 366 * 86400;

static struct value of_kind(enum value_kind kind, int64_t i) {
	return (struct value){ .kind = kind, .as.i = i };
}

static bool by_format(const struct parse *p, struct str in, int64_t *local_us) {
	return p->format && datetime_read(in, str_of(p->format), local_us);
}

static int64_t day_of_local(int64_t local_us) {
	int64_t day = local_us / DAY_US;
	return local_us % DAY_US < 0 ? day - 1 : day;
}

static bool read_date(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	int64_t day, us;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (p->format) {
		if (!by_format(p, in, &us))
			return REFUSE(p, "bad_date_format", "format", p->format);
		day = day_of_local(us);
	} else if (!day_parse(in, &day)) {
		return REFUSE(p, "bad_date");
	}
	*out = value_date(day);
	return true;
}

static bool read_datetime(struct parse *p, const struct field *f, struct str in,
			  struct value *out) {
	(void)f;
	int64_t us, day;
	bool has_offset = false;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (p->format) {
		if (!by_format(p, in, &us))
			return REFUSE(p, "bad_date_format", "format", p->format);
	} else if (day_parse(in, &day)) {
		us = day * DAY_US;
	} else if (!datetime_parse(in, &us, &has_offset)) {
		return REFUSE(p, "bad_datetime");
	}
	*out = value_datetime(has_offset || !p->codec->zone ? us : zone_to_utc(p->codec->zone, us));
	return true;
}

static bool read_time(struct parse *p, const struct field *f, struct str in, struct value *out) {
	(void)f;
	int64_t seconds;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (!time_parse(in, &seconds)) return REFUSE(p, "bad_time");
	*out = of_kind(VALUE_TIME, seconds);
	return true;
}

/* "5400" seconds, "1:30" hours and minutes, "1:30:15"; a sign before. */
static bool parse_duration(struct str in, int64_t *seconds) {
	int64_t parts[3] = { 0 };
	size_t n = 0;
	bool minus = in.n && in.p[0] == '-';
	if (minus) in.p++, in.n--;
	for (struct str rest = in;; n++) {
		const char *colon = rest.n ? memchr(rest.p, ':', rest.n) : NULL;
		struct str part = { rest.p, colon ? (size_t)(colon - rest.p) : rest.n };
		if (n == 3 || !part.n || part.n > 10 || part.p[0] == '-' || part.p[0] == '+')
			return false;
		if (!str_to_int(part, &parts[n]) || (n && parts[n] > 59)) return false;
		if (!colon) break;
		rest = (struct str){ colon + 1, rest.n - part.n - 1 };
	}
	*seconds = n ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0];
	if (minus) *seconds = -*seconds;
	return true;
}

static bool take_duration(struct parse *p, int64_t seconds, struct value *out) {
	if (seconds > longest_duration_s || seconds < -longest_duration_s)
		return REFUSE(p, "number_out_of_range");
	*out = of_kind(VALUE_DURATION, seconds);
	return true;
}

static bool read_duration(struct parse *p, const struct field *f, struct str in,
			  struct value *out) {
	(void)f;
	int64_t seconds;
	in = str_trim(in);
	*out = VALUE_NONE;
	if (!in.n) return true;
	if (!parse_duration(in, &seconds)) return REFUSE(p, "bad_duration");
	return take_duration(p, seconds, out);
}

static bool json_duration(struct parse *p, const struct field *f, const struct json *in,
			  struct value *out) {
	int64_t seconds;
	if (in->kind == JSON_STRING) return read_duration(p, f, in->text, out);
	if (in->kind != JSON_NUMBER || !json_int(in, &seconds)) return REFUSE(p, "bad_duration");
	return take_duration(p, seconds, out);
}

static void write_date(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	(void)f, (void)c, (void)show;
	char text[16];
	sb_bytes(out, text, day_text(v->as.i, text));
}

static void write_datetime(struct sb *out, const struct field *f, const struct codec *c,
			   const struct value *v, bool show) {
	(void)f;
	char text[40];
	if (!show) {
		sb_bytes(out, text, datetime_text(v->as.i, text));
		return;
	}
	datetime_write(out, c->zone ? zone_to_local(c->zone, v->as.i) : v->as.i,
		       STR("YYYY-MM-DD HH:mm"));
}

static void write_time(struct sb *out, const struct field *f, const struct codec *c,
		       const struct value *v, bool show) {
	(void)f, (void)c, (void)show;
	char text[16];
	sb_bytes(out, text, time_text(v->as.i, text));
}

static void write_duration(struct sb *out, const struct field *f, const struct codec *c,
			   const struct value *v, bool show) {
	(void)f, (void)c;
	int64_t s = v->as.i < 0 ? -v->as.i : v->as.i;
	if (!show) {
		sb_int(out, v->as.i);
		return;
	}
	sb_printf(out, "%s%lld:%02d", v->as.i < 0 ? "-" : "", (long long)(s / 3600),
		  (int)(s / 60 % 60));
	if (s % 60) sb_printf(out, ":%02d", (int)(s % 60));
}

static void write_json_text(struct jw *w, const struct field *f, const struct codec *c,
			    const struct value *v) {
	char text[40];
	size_t n;
	(void)c;
	if (f->type == &field_type_date)
		n = day_text(v->as.i, text);
	else if (f->type == &field_type_time)
		n = time_text(v->as.i, text);
	else
		n = datetime_text(v->as.i, text);
	jw_str(w, (struct str){ text, n });
}

static void write_json_duration(struct jw *w, const struct field *f, const struct codec *c,
				const struct value *v) {
	(void)f, (void)c;
	jw_int(w, v->as.i);
}

static enum value_kind kind_of(const struct field *f) {
	if (f->type == &field_type_date) return VALUE_DATE;
	if (f->type == &field_type_datetime) return VALUE_DATETIME;
	return f->type == &field_type_time ? VALUE_TIME : VALUE_DURATION;
}

static struct value from_cell(struct arena *a, const struct field *f, const struct codec *c,
			      const struct value *cell) {
	(void)a, (void)c;
	return value_is_null(cell) ? VALUE_NONE : of_kind(kind_of(f), cell->as.i);
}

static struct type value_type(const struct field *f) {
	static const enum type_kind kinds[] = { [VALUE_DATE] = TYPE_DATE,
						[VALUE_DATETIME] = TYPE_DATETIME,
						[VALUE_TIME] = TYPE_TIME,
						[VALUE_DURATION] = TYPE_DURATION };
	return (struct type){ .kind = kinds[kind_of(f)] };
}

static const char *const keys[] = { "min", "max", NULL };

#define TIME_BODY                                                                                  \
	.storage = STORE_INTEGER,                                                                  \
	.flags = FT_UNIQUE | FT_SORT | FT_COMPUTE | FT_DEFAULT | FT_RANGE | FT_SET, .keys = keys,  \
	.value_type = value_type, .validate = field_range_validate,                                \
	.to_cell = SERVER_ONLY(field_int_to_cell), .from_cell = SERVER_ONLY(from_cell)

const struct field_type field_type_date = {
	TIME_BODY,
	.name = "date",
	.label = SERVER_WORDS("日期", "Date"),
	.help = SERVER_WORDS("没有时区的一天，如 \"2026-11-22\"。",
			     "A day without a zone, such as \"2026-11-22\"."),
	.read_json = field_text_read_json,
	.read_text = read_date,
	.write_json = write_json_text,
	.write_text = write_date,
};

const struct field_type field_type_datetime = {
	TIME_BODY,
	.name = "datetime",
	.label = SERVER_WORDS("日期时间", "Date and time"),
	.help = SERVER_WORDS(
		"一个时刻，以 UTC 传送（RFC 3339）；不带时差的输入按应用的时区理解。",
		"An instant, sent in UTC (RFC 3339); input without offset is in the app's "
		"zone."),
	.read_json = field_text_read_json,
	.read_text = read_datetime,
	.write_json = write_json_text,
	.write_text = write_datetime,
};

const struct field_type field_type_time = {
	TIME_BODY,
	.name = "time",
	.label = SERVER_WORDS("时间", "Time of day"),
	.help = SERVER_WORDS("一天中的时间，如 \"09:30\"。", "A time of day such as \"09:30\"."),
	.read_json = field_text_read_json,
	.read_text = read_time,
	.write_json = write_json_text,
	.write_text = write_time,
};

const struct field_type field_type_duration = {
	TIME_BODY,
	.name = "duration",
	.label = SERVER_WORDS("时长", "Duration"),
	.help = SERVER_WORDS("时长，以秒传送；也可输入 \"1:30\"（1 小时 30 分）。",
			     "Seconds; \"1:30\" (1 h 30 min) is read too."),
	.read_json = json_duration,
	.read_text = read_duration,
	.write_json = write_json_duration,
	.write_text = write_duration,
};
