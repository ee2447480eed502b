#include "runtime/host/lan.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <qrencode.h>
#include "runtime/host/terminal.h"

enum { TEXT_MAX = 64 * 1024, QUIET = 2 };

const char *lan_listen(struct arena *a, const char *listen) {
	const char *colon = strrchr(listen, ':');
	return arena_printf(a, "0.0.0.0%s", colon ? colon : ":8080");
}

/* ---- the code, two modules a character: upper and lower half ---- */

static bool dark(const QRcode *q, int x, int y) {
	return x >= 0 && y >= 0 && x < q->width && y < q->width && (q->data[y * q->width + x] & 1);
}

/* Terminals are dark on light or light on dark: with colours the code sets its own, without it
 * draws the light modules, as most are dark. */
static void draw(struct sb *out, const QRcode *q, bool color) {
	static const char *const halves[] = { " ", "▄", "▀", "█" };
	for (int y = -QUIET; y < q->width + QUIET; y += 2) {
		sb_cat(out, color ? "  \033[38;5;231;48;5;16m" : "  ");
		for (int x = -QUIET; x < q->width + QUIET; x++)
			sb_cat(out, halves[2 * !dark(q, x, y) + !dark(q, x, y + 1)]);
		sb_cat(out, color ? "\033[0m\n" : "\n");
	}
}

void lan_code(struct sb *out, const char *url, bool color) {
	QRcode *q = QRcode_encodeString8bit(url, 0, QR_ECLEVEL_L);
	if (!q) return;
	draw(out, q, color);
	QRcode_free(q);
}

/* ---- addresses ---- */

static bool reachable(const struct ifaddrs *i) {
	return i->ifa_addr && i->ifa_addr->sa_family == AF_INET && i->ifa_flags & IFF_UP &&
	       !(i->ifa_flags & IFF_LOOPBACK);
}

static const char *url_of(const struct server *s, const struct ifaddrs *i) {
	char host[NI_MAXHOST];
	if (getnameinfo(i->ifa_addr, sizeof(struct sockaddr_in), host, sizeof host, NULL, 0,
			NI_NUMERICHOST) != 0)
		return NULL;
	return arena_printf(s->arena, "%s://%s:%u", s->options.tls_cert ? "https" : "http", host,
			    http_port(s->http));
}

static void say(struct sb *out, const char *code) {
	for (enum language l = LANGUAGE_ZH; l <= LANGUAGE_EN; l++)
		sb_printf(out, "%s\n", catalogue_text(out->arena, l, code, NULL, 0));
}

void lan_say(const struct server *s) {
	struct arena *a = arena_new(0);
	struct sb out = sb_on(a, TEXT_MAX);
	struct ifaddrs *all = NULL;
	const char *first = NULL;
	if (!s->options.tls_cert) say(&out, "lan_insecure");
	say(&out, "lan_open");
	if (getifaddrs(&all)) all = NULL;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		const char *url = reachable(i) ? url_of(s, i) : NULL;
		if (!url) continue;
		sb_printf(&out, "  %s  (%s)\n", url, i->ifa_name);
		if (!first) first = url;
	}
	if (all) freeifaddrs(all);
	if (first)
		lan_code(&out, first, terminal_color(2));
	else
		say(&out, "lan_none");
	terminal_text(2, sb_str(&out));
	arena_free(a);
}
