#include "runtime/host/regions.h"

#include <pthread.h>
#include <stdlib.h>
#include "runtime/base/arena.h"
#include "runtime/host/router.h"
#include "runtime/model/region.h"
#include "runtime/model/sha256.h"

enum { TEXT_MAX = 512 * 1024 };

static const char folder[] = "/api/files/regions/";
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct { struct str text; char address[sizeof folder + 64]; } made;

static void make(void)
{
	struct arena *a = arena_new(0);
	struct sb text = sb_on(a, TEXT_MAX);
	struct jw w = jw_on(&text);
	jw_json(&w, region_definition(a));
	char *kept = malloc(text.n + 1);
	if (!kept) abort();
	memcpy(kept, sb_cstr(&text), text.n + 1);
	made.text = (struct str){ kept, text.n };
	memcpy(made.address, folder, sizeof folder);
	sha256_hex(made.text, made.address + sizeof folder - 1);
	arena_free(a);
}

struct str regions_text(void)
{
	pthread_once(&once, make);
	return made.text;
}

const char *regions_address(void)
{
	pthread_once(&once, make);
	return made.address;
}

static struct problem *get_regions(struct call *c)
{
	if (!str_is(c->args[0], regions_address() + sizeof folder - 1)) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	c->x->answer.ceiling = TEXT_MAX;
	(void)call_answer(c);
	sb_add(&c->x->answer, regions_text());
	TRY(call_ok(c, 200));
	exchange_set_header(c->x, "Cache-Control", "private, max-age=31536000, immutable");
	return NULL;
}

// clang-format off
const struct route routes_regions[] = {
	{ HTTP_GET, "/api/files/regions/{key}", ROUTE_READ, get_regions, "Provinces, cities and districts, at the address a definition names", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
