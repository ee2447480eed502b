/* stock.h -- the app tests/fixtures/apps/stock, full of rollups, with people: root (admin), ann (clerk). In formats ' stands for ". */
#ifndef TESTS_SUPPORT_STOCK_H
#define TESTS_SUPPORT_STOCK_H

#include "tests/support/writing.h"

void stock_open(struct sample *s, struct arena *a);
int64_t stock_make(struct sample *s, const char *form, const char *body, ...) PRINTF_LIKE(3, 4); /* as root; must succeed */
void stock_change(struct sample *s, const char *form, int64_t id, const char *body, ...) PRINTF_LIKE(4, 5);
/* What is said of it: "" or "422 invalid; /lines/0/product check". */
const char *stock_try(struct sample *s, const char *login, const char *form, const char *body, ...) PRINTF_LIKE(4, 5);
const char *stock_try_change(struct sample *s, const char *login, const char *form, int64_t id, const char *body, ...) PRINTF_LIKE(5, 6);
void stock_sql(struct sample *s, const char *sql);
/* Fields and the text of their stored values, alternating, ended by NULL. */
void stock_expect(struct sample *s, const char *form, int64_t id, const char *const *values);
/* Every rollup of every record is what a count of everything gives; returns how many were compared. */
int64_t stock_agree(struct sample *s);

#endif
