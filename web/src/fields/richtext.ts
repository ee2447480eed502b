// HTML as richtext fields keep it (runtime/model/richtext.c is the law; the server cleans whatever it is given). Here the same
// list guards what is shown, pasted and sent: parsed in an inert document, then built anew from known elements.
const WRITTEN: Record<string, string> = {
  p: 'p', div: 'p', br: 'br', hr: 'hr', strong: 'strong', b: 'strong', em: 'em', i: 'em', u: 'u', ins: 'u', s: 's', del: 's', strike: 's',
  h1: 'h1', h2: 'h2', h3: 'h3', h4: 'h3', h5: 'h3', h6: 'h3', ul: 'ul', ol: 'ol', li: 'li', blockquote: 'blockquote', code: 'code', pre: 'pre',
  a: 'a', table: 'table', thead: 'thead', tbody: 'tbody', tr: 'tr', th: 'th', td: 'td'
}
const NO_TEXT = new Set([
  'script', 'style', 'svg', 'math', 'iframe', 'object', 'template', 'title', 'textarea', 'noscript', 'select', 'noembed', 'noframes', 'xmp',
  'audio', 'video', 'canvas', 'applet', 'plaintext'
])
const ADDRESS = /^(https?:\/\/|mailto:)[^\s\\]+$/i
const BLOCKS = /<(?:\/?(?:p|h[1-3]|ul|ol|li|blockquote|pre|table|thead|tbody|tr|td|th)|br|hr)>/g
const SIGNS: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

function copyInto(target: Element | DocumentFragment, source: Node, doc: Document): void {
  for (const node of source.childNodes) {
    if (node.nodeType === 3) target.appendChild(doc.createTextNode(node.nodeValue ?? ''))
    if (node.nodeType !== 1) continue
    const name = (node as Element).tagName.toLowerCase()
    if (NO_TEXT.has(name)) continue
    const href = name === 'a' ? ((node as Element).getAttribute('href') ?? '').trim() : ''
    const written = name === 'a' && !ADDRESS.test(href) ? undefined : WRITTEN[name]
    if (!written) {
      copyInto(target, node, doc)
      continue
    }
    const copy = doc.createElement(written)
    if (href) {
      copy.setAttribute('href', href)
      copy.setAttribute('rel', 'noopener')
    }
    copyInto(copy, node, doc)
    target.appendChild(copy)
  }
}

export function cleanHtml(html: string): string {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  const out = parsed.createElement('div')
  copyInto(out, parsed.body, parsed)
  return out.innerHTML
}

/** The words of kept HTML in one line, for lists. */
export function plainText(html: string): string {
  return html.replace(BLOCKS, ' ').replace(/<[^>]*>/g, '').replace(/&(?:amp|lt|gt|quot);/g, (sign) => SIGNS[sign]!).replace(/\s+/g, ' ').trim()
}
