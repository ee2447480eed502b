// Places of a definition: pointer ↔ offset, and what the cursor stands on.
import { findNodeAtLocation, findNodeAtOffset, getNodePath, type Node, parseTree } from 'jsonc-parser'
import type { Label } from '@/api/types'
import { placeOf } from './names'
import type { Path } from './schema'

export function pathOfPointer(pointer: string): Path {
  return pointer.split('/').slice(1).map((part) => {
    const plain = part.replace(/~1/g, '/').replace(/~0/g, '~')
    return /^\d+$/.test(plain) ? Number(plain) : plain
  })
}

export interface Range {
  from: number
  to: number
}

/** Where a pointer stands in the text; a key that is missing stands at the object it is missing from. */
export function rangeOf(root: Node | undefined, pointer: string): Range | null {
  if (!root) return null
  const path = pathOfPointer(pointer)
  for (let n = path.length; n >= 0; n--) {
    const node = findNodeAtLocation(root, path.slice(0, n))
    if (!node) continue
    if (n === path.length && node.type !== 'object' && node.type !== 'array') return { from: node.offset, to: node.offset + node.length }
    return { from: node.offset, to: node.offset + 1 }
  }
  return null
}

/** Line and column as findings have them, from 1, columns in characters. */
export function offsetOf(text: string, line: number, column: number): number {
  let at = 0
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', at)
    if (next < 0) return text.length
    at = next + 1
  }
  for (let i = 1; i < column && at < text.length && text[at] !== '\n'; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return at
}

export function pathAt(text: string, offset: number): Path {
  const root = parseTree(text)
  const node = root && findNodeAtOffset(root, offset, true)
  return node ? getNodePath(node) : []
}

export interface Subject {
  form?: string
  field?: string
  enum?: string
}

/** What "used by" is asked about: the field around the cursor, or the form or enumeration of the file. */
export function subjectAt(file: string, text: string, offset: number): Subject | null {
  const { kind, name } = placeOf(file)
  if (kind === 'enum') return { enum: name }
  if (kind !== 'form') return null
  const root = parseTree(text)
  const path = pathAt(text, offset)
  const nameOf = (at: Path): string => {
    const node = root && findNodeAtLocation(root, [...at, 'name'])
    return typeof node?.value === 'string' ? node.value : ''
  }
  if (path[0] !== 'fields' || typeof path[1] !== 'number') return { form: name }
  const outer = nameOf(path.slice(0, 2))
  const inner = path[2] === 'fields' && typeof path[3] === 'number' ? nameOf(path.slice(0, 4)) : ''
  return outer ? { form: name, field: inner ? `${outer}.${inner}` : outer } : { form: name }
}

export interface OutlineItem {
  key: string
  name: string
  label?: Label
  offset: number
  depth: number
}

const NAME_KEYS = ['name', 'view', 'id', 'value', 'entry', 'field', 'section', 'tab', 'when', 'step', 'report', 'form']

function plain(node: Node): string | Label | undefined {
  if (node.type === 'string') return node.value as string
  if (node.type !== 'object') return undefined
  return Object.fromEntries((node.children ?? []).map((p) => [String(p.children?.[0]?.value), String(p.children?.[1]?.value ?? '')])) as Label
}

function itemName(item: Node): { name: string; label?: Label } {
  if (item.type !== 'object') return { name: String(item.value ?? '') }
  for (const key of NAME_KEYS) {
    const node = findNodeAtLocation(item, [key])
    const value = node && plain(node)
    if (value) return { name: typeof value === 'string' ? value : '', label: labelNode(item) ?? (typeof value === 'string' ? undefined : value) }
  }
  return { name: '', label: labelNode(item) }
}

function labelNode(item: Node): Label | undefined {
  const node = findNodeAtLocation(item, ['label'])
  return node ? plain(node) : undefined
}

/** The parts of a definition: its keys, and the named things in its lists. */
export function outlineOf(text: string): OutlineItem[] {
  const items: OutlineItem[] = []
  for (const property of parseTree(text)?.children ?? []) {
    const [key, value] = property.children ?? []
    if (!key || !value) continue
    items.push({ key: String(key.value), name: '', offset: key.offset, depth: 0 })
    for (const child of value.type === 'array' ? (value.children ?? []) : []) {
      if (child.type === 'object') items.push({ key: '', ...itemName(child), offset: child.offset, depth: 1 })
    }
    for (const child of value.type === 'object' && key.value !== 'label' ? (value.children ?? []) : []) {
      const inner = child.children?.[0]
      if (inner) items.push({ key: '', name: String(inner.value), offset: inner.offset, depth: 1 })
    }
  }
  return items
}
