/* finding.h -- how the loader and the verifier record what they find: one call finds file, line,
 * column and pointer of the place from the JSON node alone. Private to runtime/model. Codes: VRnn
 * are the rules of the verifier, DEFnn the rules of the format. Texts are catalogue codes. */
#ifndef TENON_MODEL_FINDING_H
#define TENON_MODEL_FINDING_H

#include "runtime/model/loader.h"

/* A place in a definition: a node of its tree; on_key: the key of that member rather than its
 * value; skip: code points into the text of a string (an expression's own column, 1-based; 0 = the
 * value itself). */
struct spot {
	const struct definition *definition;
	const struct json *at;
	bool on_key;
	unsigned skip;
};

/* FIND(findings, spot, ERROR, "VR01", text code, remedy code, name, value, ...)
 * The browser is given definitions that the server has verified: there is nothing to find. */
#ifdef TENON_BROWSER
#define FIND(f, spot, severity, code, ...) ((void)(f))
#define finding_params(f, ...) ((void)(f))
#define FINDS false
#else
#define FINDS true
#define FIND(f, spot, severity, code, ...)                                                         \
	finding_add((f), (spot), SEVERITY_##severity, (code), __VA_ARGS__, (const char *)NULL)
/* The same with ready parameters (of a problem). */
void finding_params(struct findings *f, struct spot at, enum severity severity, const char *code,
		    const char *text, const char *remedy, const struct param *params, size_t count);
#endif
void finding_add(struct findings *f, struct spot at, enum severity severity, const char *code,
		 const char *text, const char *remedy, ...) SENTINEL;
/* An example for the finding told last. */
void finding_example(struct findings *f, const struct json *example);
void finding_file(struct findings *f, const char *file, enum severity severity, const char *code,
		  const char *text, const char *remedy,
		  ...) SENTINEL; /* about a whole file that has no tree */
/* A problem of json_parse about a file: its own line and column. */
void finding_problem(struct findings *f, const char *file, const char *code,
		     const struct problem *p);
/* Only pointer, line and column of a place; nothing is recorded. */
void finding_locate(struct findings *f, struct spot at, struct finding *out);
const char *finding_pointer(struct arena *a, const struct json *root,
			    const struct json *node); /* RFC 6901 */

#endif
