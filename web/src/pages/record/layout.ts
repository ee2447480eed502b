// The layout of a form as tabs of blocks. A block with `tab` opens a tab, what follows it stands in that tab; fields that no
// block names stand at the end of the first one, so that nothing can be required and out of sight.
import type { FieldDef, FormDef, Label, LayoutBlock } from '@/api/types'
import { labelOf } from '@/i18n/t'

export interface Block {
  key: string
  /** where it stands in the definition's layout; -1: fields that no block names */
  place: number
  label: string
  heading: string
  text: string
  notice: string
  tone: 'info' | 'warning'
  divider: boolean
  columns: number
  collapsed: boolean
  fields: FieldDef[]
  /** names of buttons that stand here */
  buttons?: string[]
}
export interface Tab {
  key: string
  /** place of the block that opens it; -1: the first tab */
  place: number
  label: string
  blocks: Block[]
}

type Written = LayoutBlock & { collapsed?: boolean }

function blockOf(form: FormDef, written: Written, at: number): Block {
  const fields = (written.fields ?? []).map((name) => form.fields.find((f) => f.name === name)).filter((f): f is FieldDef => Boolean(f))
  const buttons = (written.fields ?? []).filter((name) => form.buttons?.some((one) => one.name === name))
  const { tone = 'info', divider = false } = written
  const words = { label: labelOf(written.section), heading: labelOf(written.heading), text: labelOf(written.text), notice: labelOf(written.notice) }
  return { key: `b${at}`, place: at, ...words, tone, divider, columns: Math.min(written.columns ?? 1, 4), collapsed: written.collapsed ?? false, fields, buttons }
}

/** Does it show something besides fields? */
export function isStatic(block: Block): boolean {
  return Boolean(block.heading || block.text || block.notice || block.divider)
}

/** A tab of these fields alone. */
export function plainTab(fields: FieldDef[], columns: number): Tab {
  return { key: 'main', place: -1, label: '', blocks: [{ key: 'rest', place: -1, label: '', heading: '', text: '', notice: '', tone: 'info', divider: false, columns, collapsed: false, fields }] }
}

export function tabsOf(form: FormDef, first: Label): Tab[] {
  const tabs: Tab[] = [{ key: 'main', place: -1, label: labelOf(first), blocks: [] }]
  const named = new Set<string>()
  ;((form.layout ?? []) as Written[]).forEach((written, at) => {
    if (written.tab) tabs.push({ key: `t${at}`, place: at, label: labelOf(written.tab), blocks: [] })
    const block = blockOf(form, written, at)
    block.fields.forEach((f) => named.add(f.name))
    if (block.fields.length || isStatic(block) || block.buttons?.length) tabs[tabs.length - 1]!.blocks.push(block)
  })
  const rest = form.fields.filter((f) => !named.has(f.name))
  if (rest.length) tabs[0]!.blocks.push(...plainTab(rest, 2).blocks)
  return tabs.filter((tab) => tab.blocks.length)
}

/** Names of the fields on a tab, to send focus and to count faults. */
export function fieldsOn(tab: Tab): string[] {
  return tab.blocks.flatMap((b) => b.fields.map((f) => f.name))
}

/** "/lines/1/qty" → the field of the form it stands in. */
export function rootOf(pointer: string): string {
  return pointer.split('/')[1] ?? ''
}
