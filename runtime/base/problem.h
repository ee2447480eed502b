/* problem.h -- the one error type. Every fallible function returns struct problem *; NULL is success.
 * A problem has a kind (HTTP status, URI), a code (translation key, see catalogue.h) with text parameters and
 * optionally a list of faults (one per bad field; RFC 6901 pointer, code, parameters).
 * Ownership: it lives in the arena it was made in. `log` is for the log only and never leaves the process.
 * Source: RFC 9457. Text is rendered in one place: catalogue.h (words) and host/problem_http.c (JSON). */
#ifndef TENON_BASE_PROBLEM_H
#define TENON_BASE_PROBLEM_H

#include "runtime/base/str.h"

/* kind, status, URI suffix, title zh-CN, title en */
#define PROBLEM_KINDS(X)                                                                            \
	X(MALFORMED, 400, "malformed", "请求无法读懂", "The request cannot be understood")           \
	X(UNAUTHENTICATED, 401, "unauthenticated", "请先登录", "Please log in")                      \
	X(FORBIDDEN, 403, "forbidden", "没有权限", "You may not do this")                            \
	X(NOT_FOUND, 404, "not-found", "没有找到", "Not found")                                      \
	X(METHOD, 405, "method", "此地址不支持该方法", "This address does not take that method")      \
	X(CONFLICT, 409, "conflict", "与当前数据冲突", "This conflicts with the current data")        \
	X(STALE, 412, "stale", "别人已先修改", "Someone else changed it first")                      \
	X(TOO_LARGE, 413, "too-large", "内容太大", "This is too large")                              \
	X(MEDIA_TYPE, 415, "media-type", "不支持的内容类型", "Unsupported content type")              \
	X(INVALID, 422, "invalid", "有内容需要修改", "Some fields need attention")                    \
	X(NEED_MATCH, 428, "need-match", "需要版本号", "A revision is required")                     \
	X(TOO_MANY, 429, "too-many", "请求太频繁", "Too many requests")                              \
	X(INTERNAL, 500, "internal", "服务器内部错误", "Something went wrong on the server")          \
	X(UNAVAILABLE, 503, "unavailable", "暂时无法服务", "Not available at the moment")

enum problem_kind {
#define X(kind, status, uri, zh, en) PROBLEM_##kind,
	PROBLEM_KINDS(X)
#undef X
	PROBLEM_KIND_COUNT
};
struct problem_kind_info { int status; const char *uri, *zh, *en; };
extern const struct problem_kind_info problem_kinds[PROBLEM_KIND_COUNT];

struct param { const char *name, *value; };
struct fault { const char *pointer, *code; const struct param *params; size_t param_count; struct fault *next; const char *words; /* instead of the catalogue's, or NULL */ };
struct problem {
	enum problem_kind kind;
	const char *code;
	const struct param *params;
	size_t param_count;
	const char *pointer;        /* "" or a place in the input, e.g. the expression's parameter name */
	const struct fault *faults; /* in the order found */
	const char *log;            /* detail for the log, or NULL */
	const void *extra;          /* kind STALE: struct stale (engines/form); else NULL */
	long retry_after_s;         /* TOO_MANY, UNAVAILABLE: Retry-After; 0 = none */
	const char *file;
	int line;
};

#define TRY(call)                                                                                   \
	do {                                                                                        \
		struct problem *try_problem = (call);                                               \
		if (try_problem) return try_problem;                                                \
	} while (0)

/* PROBLEM(a, INVALID, "too_long", "max", "20"): code, then name/value pairs (const char *). Code and names are literals
 * (borrowed), values are copied; at most 16 pairs; a NULL value reads as "" and ends the list. */
#define PROBLEM(a, kind, ...) problem_new((a), PROBLEM_##kind, __FILE__, __LINE__, __VA_ARGS__, (const char *)NULL)
struct problem *problem_new(struct arena *a, enum problem_kind kind, const char *file, int line, const char *code, ...) SENTINEL;
struct problem *problem_logged(struct arena *a, struct problem *p, const char *format, ...) PRINTF_LIKE(3, 4); /* sets p->log, returns p */
struct problem *problem_copy(struct arena *a, const struct problem *p); /* deep, into another arena; extra is left out, its owner copies it */

struct faults { struct arena *arena; struct fault *first, *last; size_t count, limit; }; /* all are counted, the first `limit` kept (0 = 100) */
#define FAULT(faults, pointer, ...) faults_add((faults), (pointer), __VA_ARGS__, (const char *)NULL)
void faults_add(struct faults *f, const char *pointer, const char *code, ...) SENTINEL;
struct fault *faults_newest(const struct faults *f); /* NULL: none, or beyond the limit */
struct problem *faults_problem(struct faults *f); /* NULL when there are none, else one INVALID */
const char *pointer_join(struct arena *a, const char *parent, struct str key); /* RFC 6901 escapes */
const char *pointer_index(struct arena *a, const char *parent, size_t index);

#endif
