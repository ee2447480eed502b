/* One-time codes against the tables of RFC 4226 and RFC 6238, and the window around now.
 * Ledger: P09. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "runtime/base/compiler.h"
#include "runtime/store/totp.h"

static const unsigned char key[] = "12345678901234567890";

/* RFC 4226 appendix D. */
static void counters_give_the_codes_of_rfc_4226(void **state) {
	static const uint32_t codes[] = { 755224, 287082, 359152, 969429, 338314,
					  254676, 287922, 162583, 399871, 520489 };
	(void)state;
	for (uint64_t i = 0; i < ARRAY_LEN(codes); i++)
		assert_int_equal(totp_number(key, TOTP_KEY, i) % 1000000, codes[i]);
}

/* RFC 6238 appendix B, the rows of SHA-1: eight digits there, six here. */
static const struct {
	int64_t seconds;
	uint32_t code;
} moments[] = {
	{ 59, 94287082 },         { 1111111109, 7081804 },  { 1111111111, 14050471 },
	{ 1234567890, 89005924 }, { 2000000000, 69279037 }, { 20000000000, 65353130 },
};

static void moments_give_the_codes_of_rfc_6238(void **state) {
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		int64_t now = moments[i].seconds * 1000000;
		char code[8];
		snprintf(code, sizeof code, "%06u", moments[i].code % 1000000);
		assert_int_equal(totp_number(key, TOTP_KEY, (uint64_t)totp_step(now)) % 100000000,
				 moments[i].code);
		assert_int_equal(totp_match(key, str_of(code), now, -1), totp_step(now));
	}
}

static void one_step_each_side_and_no_more(void **state) {
	static const int64_t step = INT64_C(30000000), now = INT64_C(1111111109000000);
	(void)state;
	int64_t at = totp_step(now);
	for (int64_t away = -3; away <= 3; away++)
		assert_int_equal(totp_match(key, STR("081804"), now + away * step, -1),
				 away >= -1 && away <= 1 ? at : -1);
}

static void a_code_that_was_used_is_none(void **state) {
	static const int64_t now = INT64_C(1111111109000000);
	(void)state;
	int64_t at = totp_step(now);
	assert_int_equal(totp_match(key, STR("081804"), now, at - 1), at);
	assert_int_equal(totp_match(key, STR("081804"), now, at), -1);
	assert_int_equal(totp_match(key, STR("081804"), now, at + 1), -1);
}

static void only_six_digits_are_a_code(void **state) {
	static const char *const none[] = { "",       "81804",   "0818040",     "08180a",
					    "-81804", "081 804", "０８１８０４" };
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_false(totp_is_code(str_of(none[i])));
		assert_int_equal(totp_match(key, str_of(none[i]), INT64_C(1111111109000000), -1),
				 -1);
	}
	assert_int_equal(totp_match(key, STR("081805"), INT64_C(1111111109000000), -1), -1);
}

/* RFC 4648: the key of the tables as people type it. */
static void the_key_and_its_address_as_apps_read_them(void **state) {
	struct arena *a = arena_new(0);
	(void)state;
	const char *text = totp_base32(a, key);
	assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_string_equal(totp_uri(a, STR("卯 & Co"), STR("li@x"), text),
			    "otpauth://totp/%E5%8D%AF%20%26%20Co:li%40x?secret="
			    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%8D%AF%20%26%20Co");
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_give_the_codes_of_rfc_4226),
		cmocka_unit_test(moments_give_the_codes_of_rfc_6238),
		cmocka_unit_test(one_step_each_side_and_no_more),
		cmocka_unit_test(a_code_that_was_used_is_none),
		cmocka_unit_test(only_six_digits_are_a_code),
		cmocka_unit_test(the_key_and_its_address_as_apps_read_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
