/* terminal.h -- what commands and the starting server tell the person at the terminal: catalogue texts in the language of
 * LC_ALL, LC_MESSAGES or LANG (zh* is Chinese, anything else English). Threads: any; a text is one write. */
#ifndef TENON_HOST_TERMINAL_H
#define TENON_HOST_TERMINAL_H

#include "runtime/base/catalogue.h"

enum language terminal_language(void);
bool terminal_color(int fd);                     /* a terminal, and NO_COLOR is not set */
void terminal_say(const char *code, ...) SENTINEL;  /* code, then name/value pairs, NULL; a line on stderr */
void terminal_problem(const struct problem *p);  /* its text, faults one a line, on stderr */
void terminal_text(int fd, struct str text);

#endif
