/* compiler.h -- the attributes the code uses, by name. */
#ifndef TENON_BASE_COMPILER_H
#define TENON_BASE_COMPILER_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define SENTINEL __attribute__((sentinel))
/* Built with a sanitizer? gcc tells by macro, clang by feature. */
#if defined(__has_feature)
#define COMPILER_HAS(feature) __has_feature(feature)
#else
#define COMPILER_HAS(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || COMPILER_HAS(address_sanitizer)
#define WITH_ASAN 1
#else
#define WITH_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || COMPILER_HAS(thread_sanitizer)
#define WITH_TSAN 1
#else
#define WITH_TSAN 0
#endif
/* What only the server needs stays out of the browser's build (cmake/wasm.cmake): words of help, and functions that read
 * CSV, cells or write SQL. */
#ifdef TENON_BROWSER
#define SERVER_WORDS(zh, en) { NULL, NULL }
#define SERVER_ONLY(pointer) NULL
#else
#define SERVER_WORDS(zh, en) { zh, en }
#define SERVER_ONLY(pointer) pointer
#endif
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
