import { describe, expect, it } from 'vitest'
import { addressText } from './address'
import { cleanHtml, plainText } from './richtext'

// F22: what is shown and pasted has passed the same list as on the server.
describe('rich text in the page', () => {
  it('keeps the known elements without their attributes', () => {
    expect(cleanHtml('<div class="x"><b>甲</b> <i style="color:red">乙</i></div>')).toBe('<p><strong>甲</strong> <em>乙</em></p>')
    expect(cleanHtml('<a href="https://example.com" onclick="x()">乙</a>')).toBe('<a href="https://example.com" rel="noopener">乙</a>')
  })
  it.each(['<img src=x onerror=alert(1)>', '<script>alert(1)</script>', '<svg><script>1</script></svg>', '<iframe srcdoc="x"></iframe>', '<style>p{}</style>'])('drops %s', (html) => {
    expect(cleanHtml(html)).toBe('')
  })
  it.each(['javascript:alert(1)', 'java\tscript:alert(1)', ' data:text/html,x', '/relative'])('unlinks %s', (href) => {
    expect(cleanHtml(`<a href="${href}">x</a>`)).toBe('x')
  })
  it('says its words in one line', () => {
    expect(plainText('<h1>题目</h1><p>甲<strong>乙</strong> &amp; 丙<br>丁</p><ul><li>&lt;一&gt;</li></ul>')).toBe('题目 甲乙 & 丙 丁 <一>')
  })
})

describe('an address', () => {
  const regions = [{ value: '11', label: { 'zh-CN': '北京市', en: 'Beijing' }, children: [{ value: '1101', label: '市辖区', children: [{ value: '110105', label: '朝阳区' }] }] }]
  it('is one line, as the server writes it', () => {
    expect(addressText({ region: ['11', '1101', '110105'], detail: '1 号' }, regions)).toBe('北京市朝阳区 1 号')
    expect(addressText({ region: ['11'], detail: null }, regions)).toBe('北京市')
    expect(addressText('***', regions)).toBe('***')
  })
})
