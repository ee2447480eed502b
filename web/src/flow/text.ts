// Edits of a definition as text: what is not touched stays as it was typed, keys it does not know included. Every function
// takes a text and gives the next one; paths are those of jsonc-parser.
import { findNodeAtLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser'
import { flat } from '@/definitions/insert'

export type Path = (string | number)[]

const LINE = 110
const LONG = 160

/** A value in the manner of hand-written files: on one line while it is short, else its parts each on a line of their own. */
export function print(value: unknown, lead = ''): string {
  const line = flat(value)
  if (line.length + lead.length <= LINE || typeof value !== 'object' || value === null) return line
  const inner = `${lead}  `
  if (Array.isArray(value)) return `[\n${value.map((v) => inner + print(v, inner)).join(',\n')}\n${lead}]`
  return `{\n${Object.entries(value).map(([k, v]) => `${inner}${JSON.stringify(k)}: ${print(v, inner)}`).join(',\n')}\n${lead}}`
}

/** Where keys stand that are not there yet; those it does not name come last. */
const ORDER = [
  '$schema', 'flow', 'id', 'form', 'when', 'else', 'kind', 'label', 'who', 'weight', 'mode', 'on_self', 'on_repeat', 'on_nobody', 'withdraw', 'resubmit', 'due', 'on_due', 'fields', 'require', 'allow', 'return_to', 'pick', 'cases',
  'wait', 'branches', 'for', 'until', 'do', 'record', 'to', 'start', 'approved', 'rejected', 'returned', 'withdrawn', 'terminated', 'settings', 'states', 'steps'
]
const rank = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length)

const at = (text: string, path: Path): Node | undefined => {
  const root = parseTree(text)
  return root && findNodeAtLocation(root, path)
}
const cut = (text: string, from: number, to: number, next: string) => text.slice(0, from) + next + text.slice(to)
const indentOf = (text: string, offset: number) => /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, offset))?.[1] ?? ''
const lineLead = (text: string, offset: number) => /\n([ \t]*)$/.exec(text.slice(0, offset))
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** An object kept on one line that has grown too long is set over several lines. */
function unfold(text: string, path: Path): string {
  const node = at(text, path)
  if (!node || node.length <= LONG || text.slice(node.offset, node.offset + node.length).includes('\n')) return text
  return cut(text, node.offset, node.offset + node.length, print(getNodeValue(node), indentOf(text, node.offset)))
}

function addKey(text: string, parent: Node, key: string, value: unknown): string {
  const known = parent.children ?? []
  const keyOf = (p: Node) => String(p.children?.[0]?.value)
  const after = known.filter((p) => rank(keyOf(p)) <= rank(key)).at(-1)
  const beside = after ?? known[0]
  if (!beside) return cut(text, parent.offset, parent.offset + parent.length, `{${JSON.stringify(key)}: ${print(value, indentOf(text, parent.offset))}}`)
  const lead = lineLead(text, beside.offset)
  const item = `${JSON.stringify(key)}: ${lead ? print(value, lead[1]) : flat(value)}`
  const gap = lead ? lead[0] : ' '
  const end = beside.offset + beside.length
  return after ? cut(text, end, end, `,${gap}${item}`) : cut(text, beside.offset, beside.offset, `${item},${gap}`)
}

/** Sets the value at `path`; undefined takes the key away. Parents that are missing come with it. */
export function put(text: string, path: Path, value: unknown): string {
  if (value === undefined) return take(text, path)
  const node = at(text, path)
  if (node) {
    if (same(getNodeValue(node), value)) return text
    const next = cut(text, node.offset, node.offset + node.length, print(value, indentOf(text, node.offset)))
    return unfold(next, path.slice(0, -1))
  }
  const key = path[path.length - 1]
  const outer = path.slice(0, -1)
  const parent = at(text, outer)
  if (typeof key === 'number') return insert(text, outer, key, value)
  if (key === undefined) return text
  if (parent?.type !== 'object') return put(text, outer, { [key]: value })
  return unfold(addKey(text, parent, key, value), outer)
}

/** Takes away a key or an item of a list. */
export function take(text: string, path: Path): string {
  const node = at(text, path)
  const one = node?.parent?.type === 'property' ? node.parent : node
  const all = one?.parent?.children
  if (!one || !all || !one.parent) return text
  const i = all.indexOf(one)
  const [before, after] = [all[i - 1], all[i + 1]]
  if (after) return cut(text, one.offset, after.offset, '')
  if (before) return cut(text, before.offset + before.length, one.offset + one.length, '')
  return cut(text, one.parent.offset + 1, one.parent.offset + one.parent.length - 1, '')
}

/** The item as it is typed, set in by `lead`. */
function reset(raw: string, lead: string): string {
  const lines = raw.split('\n')
  const old = /^[ \t]*/.exec(lines[lines.length - 1] ?? '')?.[0] ?? ''
  return lines.map((line, i) => (i && line.startsWith(old) ? lead + line.slice(old.length) : line)).join('\n')
}

function insertText(text: string, list: Path, index: number, item: (lead: string) => string): string {
  const node = at(text, list)
  if (!node) return text
  const items = node.children ?? []
  const lead = indentOf(text, node.offset)
  if (!items.length) return cut(text, node.offset, node.offset + node.length, `[\n${lead}  ${item(`${lead}  `)}\n${lead}]`)
  const near = items[Math.max(0, Math.min(index, items.length) - 1)] as Node
  const own = lineLead(text, near.offset)
  const gap = own ? own[0] : ' '
  const end = near.offset + near.length
  const words = item(own ? (own[1] ?? '') : lead)
  return index <= 0 ? cut(text, near.offset, near.offset, `${words},${gap}`) : cut(text, end, end, `,${gap}${words}`)
}

/** Puts an item into the list at `list` in the manner of its neighbours. */
export function insert(text: string, list: Path, index: number, value: unknown): string {
  if (!at(text, list)) return put(text, list, [value])
  return insertText(text, list, index, (lead) => print(value, lead))
}

/** Where `path` is once `removed`, an item of a list, is gone; null when it went with it. */
export function afterTaking(path: Path, removed: Path): Path | null {
  const depth = removed.length - 1
  const inside = removed.slice(0, -1).every((part, i) => path[i] === part)
  const place = path[depth]
  const gone = removed[depth]
  if (!inside || typeof place !== 'number' || typeof gone !== 'number' || place < gone) return path
  if (place > gone) return [...path.slice(0, depth), place - 1, ...path.slice(depth + 1)]
  return path.length > depth ? null : path
}

/** Moves an item, as it is typed, to place `index` of a list; the place counts as it is before the move. */
export function move(text: string, from: Path, list: Path, index: number): { text: string; path: Path } {
  const node = at(text, from)
  const target = afterTaking([...list, index], from)
  const kept = afterTaking(list, from)
  if (!node || !kept) return { text, path: from }
  const raw = text.slice(node.offset, node.offset + node.length)
  const place = target ? (target[target.length - 1] as number) : index
  return { text: insertText(take(text, from), kept, place, (lead) => reset(raw, lead)), path: [...kept, place] }
}
