/* serial.c -- see the header. */
#include "runtime/model/serial.h"

#include "runtime/base/day.h"

/* ---- the counter's period ---- */

static void add_week(struct sb *key, int64_t local_us) {
	int year, week;
	int64_t day = local_us / DAY_US - (local_us % DAY_US < 0);
	day_iso_week(day, &year, &week);
	sb_printf(key, "%04d-W%02d", year, week);
}

const char *serial_counter_key(struct arena *a, const struct field *f, int64_t local_us) {
	static const char *const patterns[] = {
		[RESET_NEVER] = "",        [RESET_DAY] = "YYYY-MM-DD", [RESET_WEEK] = NULL,
		[RESET_MONTH] = "YYYY-MM", [RESET_YEAR] = "YYYY",
	};
	struct sb key = sb_on(a, SERIAL_TEXT_MAX);
	const char *pattern = patterns[f->serial->reset];
	/* Neither the table nor the id changes with a rename. */
	sb_printf(&key, "%s/%s/", f->form->table, f->id);
	if (pattern)
		datetime_write(&key, local_us, str_of(pattern));
	else
		add_week(&key, local_us);
	return sb_cstr(&key);
}

/* ---- the number ---- */

static const struct serial_part *counter_of(const struct serial *s) {
	for (size_t i = 0; i < s->n; i++)
		if (s->parts[i].kind == SERIAL_COUNTER) return &s->parts[i];
	return NULL;
}

bool serial_counts(const struct serial *s) { return counter_of(s) != NULL; }

static int64_t power_of_ten(int digits) {
	int64_t n = 1;
	while (digits-- > 0) n *= 10;
	return n;
}

bool serial_number(const struct serial *s, int64_t counted, int64_t *shown) {
	const struct serial_part *part = counter_of(s);
	int64_t room = part ? power_of_ten(part->digits) : 0;
	*shown = counted;
	if (!part || counted < room || s->overflow == OVERFLOW_GROW) return true;
	if (s->overflow == OVERFLOW_REFUSE) return false;
	*shown = s->start + (counted - s->start) % (room - s->start);
	return true;
}

/* ---- check digits ---- */

static char luhn(struct str text) {
	int sum = 0;
	bool twice = true;
	for (size_t i = text.n; i-- > 0;) {
		if (text.p[i] < '0' || text.p[i] > '9') continue;
		int digit = text.p[i] - '0';
		if (twice) digit = digit * 2 - (digit > 4 ? 9 : 0);
		sum += digit;
		twice = !twice;
	}
	return (char)('0' + (10 - sum % 10) % 10);
}

static int mod97(struct str text) {
	int rest = 0;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c >= '0' && c <= '9') rest = (rest * 10 + (c - '0')) % 97;
		if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
		if (c >= 'A' && c <= 'Z') rest = (rest * 100 + (c - 'A' + 10)) % 97;
	}
	return 98 - rest * 100 % 97;
}

static void add_check(struct sb *out, enum serial_check check) {
	if (check == CHECK_LUHN)
		sb_printf(out, "%c", luhn(sb_str(out)));
	else
		sb_printf(out, "%02d", mod97(sb_str(out)));
}

/* ---- the text ---- */

struct str serial_text(struct arena *a, const struct serial *s, const struct codec *c,
		       const struct value *values, int64_t local_us, int64_t shown) {
	struct sb out = sb_on(a, SERIAL_TEXT_MAX);
	for (size_t i = 0; i < s->n; i++) {
		const struct serial_part *part = &s->parts[i];
		const struct field *f = part->field;
		switch (part->kind) {
		case SERIAL_TEXT: sb_cat(&out, part->text); break;
		case SERIAL_DATE: datetime_write(&out, local_us, str_of(part->text)); break;
		case SERIAL_FIELD: field_write_text(&out, f, c, &values[f->index], false); break;
		case SERIAL_COUNTER:
			sb_printf(&out, "%0*lld", part->digits, (long long)shown);
			break;
		case SERIAL_CHECK: add_check(&out, part->check); break;
		}
	}
	return sb_str(&out);
}

/* ---- when ---- */

bool serial_due(const struct field *f, const struct value *old, const struct value *now) {
	const struct serial *s = f->serial;
	if (old && !value_is_null(&old[f->index])) return false;
	if (!s->at) return !old;
	const struct value *stands = &now[s->at->index];
	return stands->kind == VALUE_TEXT && str_is(stands->as.s, s->at_value);
}
