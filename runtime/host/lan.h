/* lan.h -- `serve --lan`: everybody in the house may open the pages, a phone by its camera. Speaks both languages: whoever
 * holds the phone is not always who typed the command. */
#ifndef TENON_HOST_LAN_H
#define TENON_HOST_LAN_H

#include "runtime/host/server.h"

/* "0.0.0.0:PORT" of the given address, whose host no longer counts. */
const char *lan_listen(struct arena *a, const char *listen);
void lan_code(struct sb *out, const char *url, bool color); /* the code alone */
void lan_say(const struct server *s); /* the warning, the addresses of this machine, a QR code of the first; on stderr */

#endif
