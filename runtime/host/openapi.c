/* openapi.c -- one path item a pattern; patterns with a form are written once for each form the
 * caller may know of, with the fields he may read or write. Nothing else of a form shows here, so a
 * hidden field and one that does not exist look alike. */
#include "runtime/host/openapi.h"
#include "runtime/model/permission.h"

static const char *const verbs[] = {
	"get", "head", "post", "patch", "put", "delete", "options", ""
};

static void reference(struct jw *w, const char *path) {
	jw_object(w);
	jw_set_text(w, "$ref", path);
	jw_end(w);
}

/* ---- schemas of forms ---- */

static const struct {
	const char *type, *format;
} of_kind[] = {
	[TYPE_BOOL] = { "boolean", NULL },        [TYPE_INT] = { "integer", NULL },
	[TYPE_DECIMAL] = { "string", "decimal" }, [TYPE_TEXT] = { "string", NULL },
	[TYPE_DATE] = { "string", "date" },       [TYPE_DATETIME] = { "string", "date-time" },
	[TYPE_TIME] = { "string", "time" },       [TYPE_DURATION] = { "integer", NULL },
	[TYPE_REF] = { "integer", NULL },
};

static void field_schema(struct jw *w, const struct access *ac, const struct field *f);

static void object_schema(struct jw *w, const struct access *ac, const struct form *form) {
	jw_object(w);
	jw_set_text(w, "type", "object");
	jw_key(w, "properties");
	jw_object(w);
	for (size_t i = 0; i < form->field_count; i++) {
		const struct field *f = form->fields[i];
		if (!field_has_value(f)) continue;
		if (!ac->everything && access_right(ac, f) == RIGHT_HIDDEN) continue;
		jw_key(w, f->name);
		field_schema(w, ac, f);
	}
	jw_end(w);
	jw_end(w);
}

static void enum_values(struct jw *w, const struct enumeration *e) {
	jw_key(w, "enum");
	jw_array(w);
	for (size_t i = 0; i < e->n; i++) jw_text(w, e->values[i].value);
	jw_null(w);
	jw_end(w);
}

static void scalar_schema(struct jw *w, const struct field *f, bool nullable) {
	enum type_kind kind = f->value_type.kind;
	bool known = kind < ARRAY_LEN(of_kind) && of_kind[kind].type;
	const char *type = known ? of_kind[kind].type : "string";
	jw_key(w, "type");
	if (nullable) {
		jw_array(w);
		jw_text(w, type);
		jw_text(w, "null");
		jw_end(w);
	} else {
		jw_text(w, type);
	}
	if (known && of_kind[kind].format) jw_set_text(w, "format", of_kind[kind].format);
	if (nullable && f->enumeration && !f->value_type.list) enum_values(w, f->enumeration);
}

static void field_schema(struct jw *w, const struct access *ac, const struct field *f) {
	jw_object(w);
	if (f->rows) {
		jw_set_text(w, "type", "array");
		jw_key(w, "items");
		object_schema(w, ac, f->rows);
	} else if (f->value_type.list) {
		jw_set_text(w, "type", "array");
		jw_key(w, "items");
		jw_object(w);
		scalar_schema(w, f, false);
		jw_end(w);
	} else {
		scalar_schema(w, f, true);
	}
	if (f->label.en || f->label.zh) jw_set_text(w, "title", label_text(&f->label, LANGUAGE_EN));
	if (field_is_made(f) || f->read_only || (f->system && f->system != SYSTEM_OWNER)) {
		jw_set_bool(w, "readOnly", true);
	}
	jw_end(w);
}

/* ---- operations ---- */

static void parameter(struct jw *w, struct str name, const char *in, const char *type) {
	jw_object(w);
	jw_set_str(w, "name", name);
	jw_set_text(w, "in", in);
	jw_set_bool(w, "required", !strcmp(in, "path"));
	jw_key(w, "schema");
	jw_object(w);
	jw_set_text(w, "type", type);
	jw_end(w);
	jw_end(w);
}

static void path_parameters(struct jw *w, const char *path) {
	for (const char *at = path; (at = strchr(at, '{')) != NULL; at++) {
		struct str name = { at + 1, strcspn(at + 1, "}") };
		parameter(w, name, "path", str_is(name, "id") ? "integer" : "string");
	}
}

static void query_parameters(struct jw *w, const char *known) {
	while (known && *known) {
		size_t n = strcspn(known, " ");
		if (n && known[n - 1] != '*')
			parameter(w, (struct str){ known, n }, "query",
				  n == 5 && !memcmp(known, "limit", 5) ? "integer" : "string");
		known += n + (known[n] == ' ');
	}
}

static void parameters(struct jw *w, const struct route *r, const char *path) {
	jw_key(w, "parameters");
	jw_array(w);
	path_parameters(w, path);
	query_parameters(w, r->params);
	if (r->flags & (ROUTE_READ | ROUTE_SEEN_AS) && !(r->flags & (ROUTE_ADMIN | ROUTE_APP_ADMIN)))
		parameter(w, STR("as"), "query", "string");
	if (r->method != HTTP_GET) {
		reference(w, "#/components/parameters/csrf");
		reference(w, "#/components/parameters/idempotency_key");
	}
	if (r->method == HTTP_PATCH || r->method == HTTP_DELETE)
		reference(w, "#/components/parameters/if_match");
	jw_end(w);
}

static void content(struct jw *w, const char *media, const char *schema) {
	jw_key(w, "content");
	jw_object(w);
	jw_key(w, media);
	jw_object(w);
	jw_key(w, "schema");
	reference(w, schema);
	jw_end(w);
	jw_end(w);
}

static bool takes_record(const struct route *r) {
	return !strcmp(r->pattern, "/api/{app}/{form}") ||
	       !strcmp(r->pattern, "/api/{app}/{form}/{id}");
}

static const char *answer_schema(struct call *c, const struct route *r, const struct form *form) {
	if (!form || !takes_record(r)) return "#/components/schemas/any";
	bool list = r->method == HTTP_GET && !strstr(r->pattern, "{id}");
	return arena_printf(c->x->arena, "#/components/schemas/%s_%s%s", c->rq.app->name,
			    form->name, list ? "__list" : "");
}

static void responses(struct jw *w, struct call *c, const struct route *r,
		      const struct form *form) {
	bool empty = r->method == HTTP_DELETE;
	const char *good =
		empty ? "204"
		: r->method == HTTP_POST && (takes_record(r) || strstr(r->pattern, "comments"))
			? "201"
			: "200";
	jw_key(w, "responses");
	jw_object(w);
	jw_key(w, good);
	jw_object(w);
	jw_set_text(w, "description", empty ? "Done" : "The answer");
	if (!empty) content(w, "application/json", answer_schema(c, r, form));
	jw_end(w);
	jw_key(w, "default");
	reference(w, "#/components/responses/problem");
	jw_end(w);
}

static void operation(struct jw *w, struct call *c, const struct route *r, const char *path,
		      const struct form *form) {
	jw_key(w, verbs[r->method]);
	jw_object(w);
	jw_set_text(w, "summary", r->summary);
	parameters(w, r, path);
	if (r->flags & (ROUTE_BODY | ROUTE_MAY_BODY)) {
		jw_key(w, "requestBody");
		jw_object(w);
		jw_set_bool(w, "required", r->flags & ROUTE_BODY);
		content(w, "application/json",
			form && takes_record(r) ? answer_schema(c, r, form)
						: "#/components/schemas/any");
		jw_end(w);
	} else if (r->flags & ROUTE_UPLOAD) {
		jw_key(w, "requestBody");
		jw_object(w);
		content(w, "multipart/form-data", "#/components/schemas/any");
		jw_end(w);
	}
	if (r->flags & ROUTE_PUBLIC) {
		jw_key(w, "security");
		jw_array(w);
		jw_end(w);
	}
	responses(w, c, r, form);
	jw_end(w);
}

/* ---- paths ---- */

static bool shown(const struct call *c, const struct route *r) {
	if (r->flags & ROUTE_APP_ADMIN && c->rq.actor && c->rq.actor->administers_count) return true;
	return !(r->flags & (ROUTE_ADMIN | ROUTE_APP_ADMIN)) || request_is_admin(&c->rq);
}

static bool same_pattern(const struct route *a, const struct route *b) {
	return !strcmp(a->pattern, b->pattern);
}

/* Is an earlier row of the tables, already written, of the same pattern? */
static bool written(const struct call *c, const struct route *r) {
	for (size_t t = 0; route_tables[t]; t++)
		for (const struct route *o = route_tables[t]; o->pattern; o++) {
			if (o == r) return false;
			if (same_pattern(o, r) && shown(c, o)) return true;
		}
	return false;
}

static void path_item(struct jw *w, struct call *c, const struct route *first, const char *path,
		      const struct form *form) {
	jw_key(w, path);
	jw_object(w);
	for (size_t t = 0; route_tables[t]; t++)
		for (const struct route *r = route_tables[t]; r->pattern; r++)
			if (same_pattern(r, first) && shown(c, r)) operation(w, c, r, path, form);
	jw_end(w);
}

static const char *form_path(struct call *c, const struct route *r, const struct form *form) {
	const char *rest = r->pattern + strlen("/api/{app}/{form}");
	return arena_printf(c->x->arena, "/api/%s/%s%s", c->rq.app->name, form->name, rest);
}

static void paths_of_app(struct jw *w, struct call *c) {
	for (size_t i = 0; i < c->rq.app->form_count; i++) {
		struct access ac;
		if (access_of(&c->rq, c->rq.app->forms[i], &ac)) continue;
		for (size_t t = 0; route_tables[t]; t++)
			for (const struct route *r = route_tables[t]; r->pattern; r++)
				if (r->flags & ROUTE_FORM && !written(c, r))
					path_item(w, c, r, form_path(c, r, ac.form), ac.form);
	}
}

static void schemas_of_app(struct jw *w, struct call *c) {
	for (size_t i = 0; i < c->rq.app->form_count; i++) {
		struct access ac;
		if (access_of(&c->rq, c->rq.app->forms[i], &ac)) continue;
		const char *name =
			arena_printf(c->x->arena, "%s_%s", c->rq.app->name, ac.form->name);
		jw_key(w, name);
		object_schema(w, &ac, ac.form);
		jw_key(w, arena_printf(c->x->arena, "%s__list", name));
		jw_object(w);
		jw_set_text(w, "type", "object");
		jw_key(w, "properties");
		jw_object(w);
		jw_key(w, "records");
		jw_object(w);
		jw_set_text(w, "type", "array");
		jw_key(w, "items");
		reference(w, arena_printf(c->x->arena, "#/components/schemas/%s", name));
		jw_end(w);
		jw_end(w);
		jw_end(w);
	}
}

static void each_app(struct jw *w, struct call *c, void (*write)(struct jw *w, struct call *c)) {
	struct app_list apps = apps_list(c->server->store, c->x->arena);
	for (size_t i = 0; i < apps.n; i++) {
		if (c->rq.scope.app && strcmp(c->rq.scope.app, apps.items[i]->name) != 0) continue;
		c->rq.app = apps.items[i];
		write(w, c);
	}
	c->rq.app = NULL;
}

static void general_paths(struct jw *w, struct call *c) {
	for (size_t t = 0; route_tables[t]; t++)
		for (const struct route *r = route_tables[t]; r->pattern; r++)
			if (!(r->flags & ROUTE_FORM) && shown(c, r) && !written(c, r))
				path_item(w, c, r, r->pattern, NULL);
}

/* ---- the rest of the document ---- */

static const char fixed_parts[] =
	"\"parameters\":{"
	"\"csrf\":{\"name\":\"X-CSRF-Token\",\"in\":\"header\",\"schema\":{\"type\":\"string\"},"
	"\"description\":\"With the session cookie; not with a token\"},"
	"\"idempotency_key\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"schema\":{\"type\":"
	"\"string\",\"maxLength\":200}},"
	"\"if_match\":{\"name\":\"If-Match\",\"in\":\"header\",\"schema\":{\"type\":\"string\"},"
	"\"description\":\"The revision seen, as in ETag\"}},"
	"\"responses\":{\"problem\":{\"description\":\"RFC "
	"9457\",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/"
	"schemas/problem\"}}}}},"
	"\"securitySchemes\":{\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"tenon\"}"
	",\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}},";
static const char problem_schema[] =
	"{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"code\"],\"properties\":"
	"{\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
	"\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"code\":{\"type\":"
	"\"string\"},\"instance\":{\"type\":\"string\"},"
	"\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"pointer\":"
	"{\"type\":\"string\"},\"code\":{\"type\":\"string\"},"
	"\"detail\":{\"type\":\"string\"},\"params\":{\"type\":\"object\"}}}}}}";

static void components(struct jw *w, struct call *c) {
	jw_key(w, "components");
	jw_object(w);
	/* Members as text: the writer's comma state goes on with the next key. */
	sb_bytes(w->out, fixed_parts, sizeof fixed_parts - 1);
	jw_key(w, "schemas");
	jw_object(w);
	jw_key(w, "any");
	jw_object(w);
	jw_end(w);
	jw_key(w, "problem");
	jw_raw(w, (struct str){ problem_schema, sizeof problem_schema - 1 });
	each_app(w, c, schemas_of_app);
	jw_end(w);
	jw_end(w);
}

static void security(struct jw *w) {
	static const char *const ways[] = { "cookie", "bearer" };
	jw_key(w, "security");
	jw_array(w);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		jw_object(w);
		jw_key(w, ways[i]);
		jw_array(w);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

void openapi_write(struct jw *w, struct call *c) {
	jw_object(w);
	jw_set_text(w, "openapi", "3.1.0");
	jw_key(w, "info");
	jw_object(w);
	jw_set_text(w, "title", "Tenon");
	jw_set_text(w, "version", TENON_VERSION);
	jw_end(w);
	security(w);
	jw_key(w, "paths");
	jw_object(w);
	general_paths(w, c);
	each_app(w, c, paths_of_app);
	jw_end(w);
	components(w, c);
	jw_end(w);
}
