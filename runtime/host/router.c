/* router.c -- from a request's head to its call; which route it means: route_tree.c. */
#include "runtime/host/assets.h"
#include "runtime/host/call.h"

const struct route *const route_tables[] = {
	routes_ops,          routes_store, routes_apps,     routes_publish,       routes_draft,
	routes_rights,       routes_org,   routes_pictures, routes_regions, routes_search,        routes_records,
	routes_record_parts, routes_io,    routes_people,   routes_totp, routes_notifications, routes_events,
	routes_views,        routes_sharing, routes_merge, routes_hand_over, routes_buttons, routes_flows, routes_flow_check, routes_proxies,
	routes_audit,        NULL
};

static void refuse(struct exchange *x, struct problem *p) {
	answer_problem(x, language_of(exchange_header(x, "Accept-Language")), NULL, p);
}

void router_headers(struct exchange *x) {
	struct server *server = exchange_context(x);
	struct str args[CALL_ARGS];
	size_t n;
	const char *allow;
	const struct route *route =
		route_find(server->routes, x->method, x->path, args, &n, &allow);
	if (!route && allow) {
		refuse(x, PROBLEM(x->arena, METHOD, "method", "method", x->method_name, "allowed",
				  allow));
		exchange_set_header(x, "Allow", allow);
		return;
	}
	bool reads = x->method == HTTP_GET || x->method == HTTP_HEAD;
	if (!route && reads) return; /* a page, perhaps; an answer given now would end the connection */
	if (!route) {
		refuse(x, PROBLEM(x->arena, NOT_FOUND, "not_found"));
		return;
	}
	struct call *c = arena_alloc(x->arena, sizeof *c);
	*c = (struct call){ .x = x, .server = server, .route = route, .arg_count = n, .id = -1 };
	memcpy(c->args, args, sizeof args);
	x->route = route;
	x->context = c;
	x->on_resume = call_resumed;
	if (route->body_limit) x->body_limit = route->body_limit;
	if (route->flags & ROUTE_UPLOAD) call_begin(c);
}

void router_request(struct exchange *x) {
	const struct server *server = exchange_context(x);
	if (x->context)
		call_start(x->context);
	else if (!assets_serve(x, server->options.web))
		refuse(x, PROBLEM(x->arena, NOT_FOUND, "not_found"));
}

void router_done(struct exchange *x) {
	struct call *c = x->context;
	if (c) call_ended(c);
	request_done(x);
}

/* ---- lists of names ---- */

bool names_hold(const char *list, struct str name) {
	while (list && *list) {
		size_t n = strcspn(list, " ");
		struct str word = { list, n };
		bool prefix = n && list[n - 1] == '*';
		if (prefix ? name.n >= n && !memcmp(name.p, list, n - 1) : str_eq(word, name))
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

const char *names_shown(struct arena *a, const char *list) {
	struct sb out = sb_on(a, 4096);
	for (; list && *list; list++)
		if (*list == ' ')
			sb_cat(&out, ", ");
		else
			sb_char(&out, *list);
	return out.n ? sb_cstr(&out) : "-";
}
