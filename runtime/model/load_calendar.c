/* load_calendar.c -- calendars/NAME.json into working time.
 * 1. The hours of a day are in order and do not overlap: what touches is fine (09:00-12:00,
 * 12:00-18:00). "24:00" ends a day.
 * 2. Days are sorted, each of them once, none both a holiday and a day worked in exchange.
 * 3. Some weekday has hours: without any, every working span would be without an end. */
#include <stdlib.h>
#include "runtime/base/day.h"
#include "runtime/model/loading.h"

enum { DAY_SECONDS = 86400, DAYS_MAX = 5000, HOURS_MAX = 24 };

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

struct calendar_load {
	struct loading *l;
	const struct definition *d;
	struct calendar *c;
};

/* ---- hours ---- */

static bool read_second(struct str text, int32_t *out) {
	int64_t seconds = DAY_SECONDS;
	if (!str_eq(text, STR("24:00")) && !time_parse(text, &seconds)) return false;
	*out = (int32_t)seconds;
	return true;
}

static bool read_interval(struct calendar_load *x, const struct json *at,
			  struct work_interval *out) {
	bool pair = at->kind == JSON_ARRAY && at->n == 2 && at->items[0].kind == JSON_STRING &&
		    at->items[1].kind == JSON_STRING;
	if (pair && read_second(at->items[0].text, &out->from_s) &&
	    read_second(at->items[1].text, &out->to_s) && out->from_s < out->to_s)
		return true;
	FIND(x->l->findings, spot_at(x->d, at), ERROR, "DEF04", "def_calendar_hours",
	     "fix_calendar_hours");
	return false;
}

static int by_start(const void *left, const void *right) {
	const struct work_interval *a = left, *b = right;
	return (a->from_s > b->from_s) - (a->from_s < b->from_s);
}

static void load_day(struct calendar_load *x, size_t weekday, const struct json *list) {
	struct work_interval *items = arena_array(x->l->arena, HOURS_MAX, sizeof *items);
	uint32_t count = load_count(list, JSON_ARRAY);
	size_t n = 0;
	if (count > HOURS_MAX)
		FIND(x->l->findings, spot_at(x->d, list), ERROR, "DEF11", "def_calendar_many",
		     "fix_limit", "max", "24");
	for (uint32_t i = 0; i < count && i < HOURS_MAX; i++)
		n += read_interval(x, &list->items[i], &items[n]);
	qsort(items, n, sizeof *items, by_start);
	for (size_t i = 1; i < n; i++)
		if (items[i].from_s < items[i - 1].to_s)
			FIND(x->l->findings, spot_at(x->d, list), ERROR, "DEF12",
			     "def_calendar_overlap", "fix_calendar_overlap");
	x->c->work.week[weekday].spans = items;
	x->c->work.week[weekday].n = n;
}

static void load_week(struct calendar_load *x) {
	const struct json *days = json_get(x->d->json, "days");
	size_t hours = 0;
	for (size_t i = 0; i < ARRAY_LEN(weekdays); i++) {
		load_day(x, i, json_get(days, weekdays[i]));
		hours += load_count(json_get(days, weekdays[i]), JSON_ARRAY);
	}
	if (days && !hours)
		FIND(x->l->findings, spot_at(x->d, days), ERROR, "DEF12", "def_calendar_empty",
		     "fix_calendar_empty");
}

/* ---- days ---- */

struct dated {
	int64_t day;
	const struct json *at;
};

static int by_day(const void *left, const void *right) {
	const struct dated *a = left, *b = right;
	if (a->day != b->day) return (a->day > b->day) - (a->day < b->day);
	return (a->at > b->at) - (a->at < b->at);
}

static void load_days(struct calendar_load *x, const char *key, const int64_t **out,
		      size_t *count) {
	const struct json *list = json_get(x->d->json, key);
	uint32_t all = load_count(list, JSON_ARRAY);
	struct dated *read = arena_array(x->l->arena, all + 1, sizeof *read);
	int64_t *days = arena_array(x->l->arena, all + 1, sizeof *days);
	size_t n = 0;
	for (uint32_t i = 0; i < all; i++) {
		read[n].at = &list->items[i];
		if (list->items[i].kind != JSON_STRING) continue; /* said by its shape */
		if (day_parse(list->items[i].text, &read[n].day))
			n++;
		else
			FIND(x->l->findings, spot_at(x->d, &list->items[i]), ERROR, "DEF04",
			     "def_calendar_day", "fix_calendar_day", "text",
			     str_dup(x->l->arena, list->items[i].text));
	}
	if (all > DAYS_MAX)
		FIND(x->l->findings, spot_at(x->d, list), ERROR, "DEF11", "def_calendar_many",
		     "fix_limit", "max", "5000");
	qsort(read, n, sizeof *read, by_day);
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && read[i].day == read[i - 1].day)
			FIND(x->l->findings, spot_at(x->d, read[i].at), ERROR, "DEF06",
			     "def_calendar_twice", "fix_twice", "text",
			     str_dup(x->l->arena, read[i].at->text));
		else
			days[(*count)++] = read[i].day;
	}
	*out = days;
}

/* Both lists are sorted. */
static void check_both(struct calendar_load *x) {
	const struct work_calendar *w = &x->c->work;
	size_t h = 0;
	for (size_t i = 0; i < w->workday_count; i++) {
		char text[16];
		while (h < w->holiday_count && w->holidays[h] < w->workdays[i]) h++;
		if (h == w->holiday_count || w->holidays[h] != w->workdays[i]) continue;
		day_text(w->workdays[i], text);
		FIND(x->l->findings, spot_at(x->d, json_get(x->d->json, "workdays")), ERROR,
		     "DEF12", "def_calendar_both", "fix_calendar_both", "text",
		     arena_strdup(x->l->arena, text));
	}
}

static struct calendar *load_calendar(struct loading *l, const struct definition *d) {
	struct calendar *c = arena_alloc(l->arena, sizeof *c);
	struct calendar_load x = { l, d, c };
	*c = (struct calendar){ .name = d->name, .id = d->id, .label = d->label, .definition = d };
	load_week(&x);
	load_days(&x, "holidays", &c->work.holidays, &c->work.holiday_count);
	load_days(&x, "workdays", &c->work.workdays, &c->work.workday_count);
	check_both(&x);
	return c;
}

/* ---- which one ---- */

static const struct calendar *default_calendar(struct loading *l) {
	const struct app *app = l->app;
	const struct json *named = json_get(app->definition->json, "calendar");
	if (named && named->kind == JSON_STRING) {
		const struct calendar *c = app_calendar(app, named->text);
		if (!c)
			load_unknown(l, spot_at(app->definition, named), "calendar", named->text,
				     load_near_calendar(l, named->text));
		return c;
	}
	const struct calendar *work = app_calendar(app, STR("work"));
	if (work || app->calendar_count == 0) return work;
	if (app->calendar_count > 1)
		FIND(l->findings, spot_at(app->definition, app->definition->json), ERROR, "DEF12",
		     "def_calendar_which", "fix_calendar_which");
	return app->calendars[0];
}

void load_calendars(struct loading *l) {
	struct app *app = l->app;
	names_init(&app->calendar_names, l->arena, app->definition_count);
	app->calendars =
		arena_array(l->arena, app->definition_count + 1, sizeof(struct calendar *));
	for (size_t i = 0; i < app->definition_count; i++) {
		const struct definition *d = app->definitions[i];
		if (strcmp(d->kind, "calendar") != 0) continue;
		struct calendar *c = load_calendar(l, d);
		if (names_add(&app->calendar_names, str_of(c->name), c))
			app->calendars[app->calendar_count++] = c;
	}
	app->calendar = default_calendar(l);
}
