/* F22: HTML from outside is written anew. Every row is also clean already: cleaning the result
 * changes nothing, and nothing that could run is left of the attacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/model/richtext.h"

static const char *clean(struct arena *a, const char *html) {
	struct sb out = sb_on(a, 1 << 20);
	richtext_clean(a, str_of(html), &out);
	return arena_strdup(a, sb_cstr(&out));
}

static void becomes(void **state) {
	static const char *const rows[][2] = {
		{ "<p>你好 <b>世界</b></p>", "<p>你好 <strong>世界</strong></p>" },
		{ "<P CLASS=x onclick='a()'>A<BR/>B</P>", "<p>A<br>B</p>" },
		{ "第一行\n第二行 a<3 & b", "<p>第一行</p><p>第二行 a&lt;3 &amp; b</p>" },
		{ "第一行\n\n第二行", "<p>第一行</p><p>第二行</p>" },
		{ "text <i>only</i>", "<p>text <em>only</em></p>" },
		{ "<div>a</div><div>b</div>", "<p>a</p><p>b</p>" },
		{ "<p>a<p>b", "<p>a</p><p>b</p>" },
		{ "<h5>t</h5>", "<h3>t</h3>" },
		{ "<strong>a<p>b</p></strong>", "<p><strong>a</strong></p><p>b</p>" },
		{ "<b>a<b>b</b>c</b>", "<p><strong>ab</strong>c</p>" },
		{ "<ul><li>a<li>b<ul><li>c</ul></ul>",
		  "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>" },
		{ "<li>alone</li>", "<p>alone</p>" },
		{ "<ul>text</ul>", "<ul><li>text</li></ul>" },
		{ "<table><tr><td>a<td>b<tr><th>c</table>",
		  "<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>" },
		{ "<table><thead><tr><th>h</th></tr></thead><tbody><td>x</tbody></table>",
		  "<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>x</td></tr></tbody></"
		  "table>" },
		{ "<td>alone</td>", "<p>alone</p>" },
		{ "<blockquote>q</blockquote>", "<blockquote><p>q</p></blockquote>" },
		{ "<pre>a\n  b</pre>", "<pre>a\n  b</pre>" },
		{ "a<hr>b", "<p>a</p><hr><p>b</p>" },
		{ "<p>&lt;b&gt; &amp;amp; &nbsp;&#20320;&#x597D;&unknown;</p>",
		  "<p>&lt;b&gt; &amp;amp; \xc2\xa0你好&amp;unknown;</p>" },
		{ "<a href=\"https://example.com/?a=1&amp;b=2\" target=_top>x</a>",
		  "<p><a href=\"https://example.com/?a=1&amp;b=2\" rel=\"noopener\">x</a></p>" },
		{ "<a href=mailto:li@example.com>x</a>",
		  "<p><a href=\"mailto:li@example.com\" rel=\"noopener\">x</a></p>" },
		{ "<a href='https://a.cn/\"x'>x</a>",
		  "<p><a href=\"https://a.cn/&quot;x\" rel=\"noopener\">x</a></p>" },
		{ "<a href='/relative'>x</a>", "<p>x</p>" },
		{ "<a name=x>x</a>", "<p>x</p>" },
		{ "<p>a<!-- no --><span style='x'>b</span><?php c ?></p>", "<p>ab</p>" },
		{ "<p>a < b <3 </p>", "<p>a &lt; b &lt;3 </p>" },
		{ "<p>a\x01\x7f"
		  "b</p>",
		  "<p>ab</p>" },
		{ "<p></p><p>x</p>", "<p></p><p>x</p>" },
		{ "<hr>", "<hr>" },
		{ "<p><br></p>", "" },
		{ "<p> \n </p>", "" },
		{ "", "" },
		{ "   ", "" },
		{ "<script>alert(1)</script>", "" },
	};
	(void)state;
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = clean(a, rows[i][0]);
		if (strcmp(got, rows[i][1]) != 0)
			fail_msg("%s: got %s, want %s", rows[i][0], got, rows[i][1]);
		assert_string_equal(clean(a, got), got);
	}
	arena_free(a);
}

/* Attacks of the usual collections; what is left is text, or a link that leads nowhere harmful. */
static void nothing_runs(void **state) {
	static const char *const attacks[] = {
		"<img src=x onerror=alert(1)>",
		"<IMG SRC=\"javascript:alert('XSS');\">",
		"<svg/onload=alert(1)>",
		"<svg><script>alert&#40;1)</script></svg>",
		("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 "
		"onerror=alert(1)&gt;\">"),
		"<a href=\"javascript:alert(1)\">x</a>",
		"<a href=\"java\tscript:alert(1)\">x</a>",
		"<a href=\" &#14; javascript:alert(1)\">x</a>",
		"<a href=\"&#106;avascript&colon;alert(1)\">x</a>",
		"<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
		"<a href=\"vbscript:msgbox(1)\">x</a>",
		"<a href='https://a.cn' onmouseover=alert(1)>x</a>",
		"<a href=https://a.cn/\"onclick=alert(1)>x</a>",
		"<a href=\"https://a.cn\" href=\"javascript:alert(1)\">x</a>",
		"<scr<script>ipt>alert(1)</scr</script>ipt>",
		"<<script>alert(1);//<</script>",
		"<script <b>>alert(1)</script >",
		"<style>@import'http://x';</style>",
		"<iframe srcdoc='<script>alert(1)</script>'></iframe>",
		"<object data=x></object><embed src=x><base href=//x>",
		"<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</form>",
		"<input autofocus onfocus=alert(1)>",
		"<details open ontoggle=alert(1)>x</details>",
		"<marquee onstart=alert(1)>x</marquee>",
		"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
		"<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
		"<template><img src=x onerror=alert(1)></template>",
		"<p style=\"background:url(javascript:alert(1))\">x</p>",
		"<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
		"<link rel=stylesheet href=javascript:alert(1)>",
		"<p><![CDATA[<img src=x onerror=alert(1)>]]></p>",
		"<!--><img src=x onerror=alert(1)>-->",
		"<p title='><img src=x onerror=alert(1)>'>x",
		"<p/onclick=alert(1)/>x",
		"<b \"<script>alert(1)</script>\">x</b>",
		"<plaintext><script>alert(1)</script>",
		"&lt;script&gt;alert(1)&lt;/script&gt;",
		"<a href=\"https://a.cn\x5c@evil\">x</a>",
		"<video><source onerror=alert(1)></video>",
		"<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
	};
	(void)state;
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ARRAY_LEN(attacks); i++) {
		const char *got = clean(a, attacks[i]);
		assert_string_equal(clean(a, got), got);
		for (const char *tag = strchr(got, '<'); tag; tag = strchr(tag + 1, '<')) {
			const char *end = strchr(tag, '>');
			assert_non_null(end);
			bool link = strncmp(tag, "<a href=\"https://a.cn", 21) == 0;
			size_t name = strspn(tag + 1, "/abcdefghijklmnopqrstuvwxyz123");
			if (!link && tag + 1 + name != end) fail_msg("%s: %s", attacks[i], got);
			if (link && (size_t)(end - tag) > 60) fail_msg("%s: %s", attacks[i], got);
		}
	}
	arena_free(a);
}

static void plain(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb out = sb_on(a, 1000);
	richtext_plain(STR("<h1>题目</h1><p>甲<strong>乙</strong> &amp; 丙<br>丁</p><ul><li>一</"
			   "li><li>二</li></ul>"),
		       &out);
	assert_string_equal(sb_cstr(&out), "题目\n甲乙 & 丙\n丁\n一\n二");
	arena_free(a);
}

/* Deep nesting is flattened, not refused, and the result is still closed. */
static void deep(void **state) {
	(void)state;
	struct arena *a = arena_new(0);
	struct sb in = sb_on(a, 1 << 20);
	for (int i = 0; i < 5000; i++) sb_cat(&in, "<ul><li><blockquote>");
	sb_cat(&in, "x");
	const char *got = clean(a, sb_cstr(&in));
	assert_non_null(strstr(got, "x"));
	assert_true(strlen(got) < in.n);
	assert_string_equal(clean(a, got), got);
	arena_free(a);
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(becomes),
		cmocka_unit_test(nothing_runs),
		cmocka_unit_test(plain),
		cmocka_unit_test(deep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
