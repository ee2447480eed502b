/* routes_pictures.c -- logo and seal of the organisation: put into a setting, read by their file's
 * id. The logo is for everybody who is logged in, the seal for administrators. */
#include "runtime/host/router.h"
#include "runtime/store/pictures.h"
#include "runtime/store/setting.h"

static const char *const picture_settings[] = { "company.logo", "company.seal" };

struct keeping {
	struct call *call;
	const char *key;
	struct stored_file file;
};

/* {"company": {"logo": "<id>"}} through the one way settings change. */
static struct problem *set(struct tx *tx, const struct keeping *k) {
	const char *text = arena_printf(tx_arena(tx), "{\"company\":{\"%s\":\"%lld\"}}",
					strchr(k->key, '.') + 1, (long long)k->file.id);
	const struct json *body;
	TRY(json_parse(tx_arena(tx), str_of(text), &json_limits_request, &body));
	return settings_patch(tx, &k->call->rq, body);
}

static struct problem *keep_commit(struct tx *tx, void *arg) {
	struct keeping *k = arg;
	TRY(file_add(tx, &k->call->rq, &k->file));
	return set(tx, k);
}

static struct problem *check_picture(struct call *c, struct picture *out) {
	struct arena *a = c->x->arena;
	if (!picture_sniff(c->x->body, out)) return PROBLEM(a, MEDIA_TYPE, "picture_type");
	if (out->width <= PICTURE_SIDE && out->height <= PICTURE_SIDE) return NULL;
	return PROBLEM(a, INVALID, "picture_size", "max", arena_printf(a, "%d", PICTURE_SIDE));
}

static struct problem *put_picture(struct call *c) {
	struct keeping k = { .call = c };
	struct picture picture;
	for (size_t i = 0; i < ARRAY_LEN(picture_settings); i++)
		if (str_is(c->args[0], picture_settings[i])) k.key = picture_settings[i];
	if (!k.key) return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
	TRY(check_picture(c, &picture));
	k.file = (struct stored_file){ .id = store_new_id(c->server->store),
				       .name = k.key,
				       .type = picture.type,
				       .size = (int64_t)c->x->body.n };
	TRY(file_keep(c->server->store, c->x->arena, c->x->body, &k.file.sha256));
	TRY(store_write(c->server->store, LANE_INTERACTIVE, c->x->arena, keep_commit, &k));
	struct jw w = call_answer(c);
	jw_object(&w);
	jw_set_text(&w, "id", arena_printf(c->x->arena, "%lld", (long long)k.file.id));
	jw_set_text(&w, "type", picture.type);
	jw_set_int(&w, "size", k.file.size);
	jw_set_int(&w, "width", picture.width);
	jw_set_int(&w, "height", picture.height);
	jw_set_text(&w, "sha256", k.file.sha256);
	jw_end(&w);
	return call_ok(c, 200);
}

/* Is it the logo, or for an administrator the seal? Anything else is not there. */
static struct problem *may_read(struct call *c) {
	const char *id = arena_printf(c->x->arena, "%lld", (long long)c->id);
	size_t n = request_is_admin(&c->rq) ? ARRAY_LEN(picture_settings) : 1;
	for (size_t i = 0; i < n; i++) {
		char *now;
		TRY(setting_text(c->tx, picture_settings[i], &now));
		if (now && !strcmp(now, id)) return NULL;
	}
	return PROBLEM(c->x->arena, NOT_FOUND, "not_found");
}

static struct problem *get_file(struct call *c) {
	struct stored_file f;
	TRY(may_read(c));
	TRY(file_find(c->tx, c->id, &f));
	c->x->answer = sb_on(c->x->arena, PICTURE_BYTES + 1);
	TRY(file_bytes(c->server->store, c->x->arena, &f, &c->x->answer));
	answer_json(c->x, 200);
	c->x->content_type = f.type;
	exchange_set_header(c->x, "Content-Security-Policy", "default-src 'none'; sandbox");
	exchange_set_header(c->x, "Cache-Control", "private, max-age=86400, immutable");
	return NULL;
}

// clang-format off
const struct route routes_pictures[] = {
	{ HTTP_PUT, "/api/settings/{key}", ROUTE_POOL | ROUTE_ADMIN, put_picture, "Upload the logo (company.logo) or seal (company.seal): PNG, JPEG or WebP", NULL, PICTURE_BYTES, NULL },
	{ HTTP_GET, "/api/files/{id}", ROUTE_READ, get_file, "A picture of the organisation", NULL, 0, NULL },
	{ .pattern = NULL },
};
// clang-format on
