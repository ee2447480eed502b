/* assets.h -- the pages: files that the build put into the program (cmake/web.cmake), or, with --web DIR, a folder on disk.
 * Every GET outside the reserved prefixes that no file answers gets index.html: the page's own router knows what it means.
 * Names under /assets/ hold a hash of their content and may be kept for ever; what is not there any more is 404, so that an
 * old page does not take a new one for its script.
 * Threads: constant. Nothing here asks who the caller is. */
#ifndef TENON_HOST_ASSETS_H
#define TENON_HOST_ASSETS_H

#include "runtime/host/http.h"

struct asset {
	const char *path, *type, *etag;
	size_t offset, length;         /* in assets_bytes, as stored */
	size_t plain;                  /* its size unpacked */
	bool gz;                       /* stored as gzip */
};
/* Generated; sorted by path. */
extern const struct asset assets_table[];
extern const size_t assets_count;
extern const unsigned char assets_bytes[];

/* The answer to a GET or HEAD that no route takes, once the request is whole. folder: serve from there instead, or NULL. false: not a page's path. */
bool assets_serve(struct exchange *x, const char *folder);

#endif
