/* compiler.h -- the attributes the code uses, by name. */
#ifndef TENON_BASE_COMPILER_H
#define TENON_BASE_COMPILER_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define SENTINEL __attribute__((sentinel))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
