/* pinyin.h: readings, what letters find, and in which order texts stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "runtime/base/pinyin.h"

static void characters_have_readings(void **state) {
	(void)state;
	static const struct {
		const char *character, *readings;
	} rows[] = {
		{ "张", "zhang" },
		{ "重", "zhong chong" },
		{ "单", "dan shan chan" },
		{ "的", "de di" },
		{ "吕", "lv" },
		{ "〇", "ling" },
		{ "嗯", "en" },
		{ "𬭎", "hong" },
		{ "圳", "zhen" },
		{ "a", "" },
		{ "，", "" },
		{ "あ", "" },
		{ "😀", "" },
	};
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str character = str_of(rows[i].character);
		const char *readings[PINYIN_READINGS_MAX];
		struct sb got = sb_on(a, 200);
		size_t n = pinyin_readings(utf8_next(&character), readings);
		for (size_t k = 0; k < n; k++) sb_printf(&got, "%s%s", k ? " " : "", readings[k]);
		assert_string_equal(sb_cstr(&got), rows[i].readings);
	}
	arena_free(a);
}

static void every_common_character_has_one(void **state) {
	(void)state;
	const char *readings[PINYIN_READINGS_MAX];
	size_t without = 0;
	for (uint32_t cp = 0x4e00; cp <= 0x9fa5; cp++) {
		size_t n = pinyin_readings(cp, readings);
		without += n == 0;
		for (size_t i = 0; i < n; i++) {
			assert_true(pinyin_is_syllable(str_of(readings[i])));
			assert_true(pinyin_is_initial(readings[i][0]));
		}
	}
	assert_in_range(without, 0, 100);
}

static void syllables_are_known(void **state) {
	(void)state;
	assert_true(pinyin_is_syllable(STR("zhuang")));
	assert_true(pinyin_is_syllable(STR("a")));
	assert_false(pinyin_is_syllable(STR("zh")));
	assert_false(pinyin_is_syllable(STR("zhuangs")));
	assert_true(pinyin_is_prefix(STR("zh")));
	assert_true(pinyin_is_prefix(STR("zuo")));
	assert_false(pinyin_is_prefix(STR("vi")));
	assert_false(pinyin_is_prefix(STR("zz")));
}

static void terms_are_letters(void **state) {
	(void)state;
	assert_true(pinyin_is_term(STR("zs")));
	assert_true(pinyin_is_term(STR("abcdefghijklmnopqrstuvwxyzabcdef")));
	assert_false(pinyin_is_term(STR("abcdefghijklmnopqrstuvwxyzabcdefg")));
	assert_false(pinyin_is_term(STR("")));
	assert_false(pinyin_is_term(STR("z3")));
	assert_false(pinyin_is_term(STR("张")));
}

static void letters_find_characters(void **state) {
	(void)state;
	static const struct {
		const char *text, *term;
		bool found;
	} rows[] = {
		{ "张三", "zs", true },
		{ "张三", "zhangsan", true },
		{ "张三", "zhangs", true },
		{ "张三", "zhangsa", true },
		{ "张三", "zh", true },
		{ "张三", "z", true },
		{ "张三", "zsan", true },
		{ "张三", "s", true },
		{ "张三", "san", true },
		{ "张三", "zhangsane", false },
		{ "张三", "sz", false },
		{ "张三", "zss", false },
		{ "张三", "hang", false },
		{ "张三", "zhans", false },
		{ "张 三", "zs", true },
		{ "张　三", "zhangsan", true },
		{ "张·三", "zs", false },
		{ "张A三", "zs", false },
		{ "深圳云岭", "szyl", true },
		{ "深圳云岭", "yunling", true },
		{ "深圳云岭", "zhenyl", true },
		{ "刘德华", "liudh", true },
		{ "刘德华", "liudehua", true },
		{ "刘德华", "ldhua", true },
		{ "刘德华", "ldehua", false },
		{ "重庆", "chongqing", true },
		{ "重庆", "zhongqing", true },
		{ "重庆", "cq", true },
		{ "单县", "shanx", true },
		{ "单县", "danxian", true },
		{ "西安", "xian", true },
		{ "先", "xian", true },
		{ "方案", "fangan", true },
		{ "反感", "fangan", true },
		{ "吕布", "lvbu", true },
		{ "abc", "abc", false },
		{ "", "a", false },
		{ " ", "a", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (pinyin_found(str_of(rows[i].text), str_of(rows[i].term)) != rows[i].found)
			fail_msg("%s by %s", rows[i].text, rows[i].term);
}

static void texts_sort_as_in_a_dictionary(void **state) {
	(void)state;
	static const char *const order[] = { "",     " ",    "12",   "Abc",  "abd",  "Ｚ",
					     "阿宝", "阿明", "白A",  "白云", "陈一", "李四",
					     "吕布", "妈",   "麻",   "马",   "骂",   "吗",
					     "张",   "张A",  "张三", "章二", "😀" };
	struct arena *a = arena_new(0);
	const char *last = "";
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		struct sb key = sb_on(a, 1000);
		pinyin_sort_key(&key, str_of(order[i]));
		assert_true(utf8_valid(sb_str(&key)));
		if (i && strcmp(last, sb_cstr(&key)) >= 0) fail_msg("%s too early", order[i]);
		last = sb_cstr(&key);
	}
	arena_free(a);
}

static void long_keys_end(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb text = sb_on(a, 1000), key = sb_on(a, 1000);
	for (int i = 0; i < 100; i++) sb_cat(&text, "张");
	pinyin_sort_key(&key, sb_str(&text));
	assert_int_equal(key.n, 64 * 6);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_readings),
		cmocka_unit_test(every_common_character_has_one),
		cmocka_unit_test(syllables_are_known),
		cmocka_unit_test(terms_are_letters),
		cmocka_unit_test(letters_find_characters),
		cmocka_unit_test(texts_sort_as_in_a_dictionary),
		cmocka_unit_test(long_keys_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
