// The elements of one cell's words: as few as can be, since a list draws hundreds of cells for a turn of the wheel.
import { createTextVNode, h, type VNode } from 'vue'
import { avatarColour, avatarText } from '@/ui/avatar'
import { TnIcon } from '@/ui/TnIcon'
import type { Cell } from './cell'

const words = (text: string) => h('span', { class: 'tn-ell' }, text)

const DRAWN: Record<Cell['kind'], (cell: Cell, href: string) => VNode[]> = {
  text: (cell) => [createTextVNode(cell.text)],
  nothing: (cell) => [createTextVNode(cell.text)],
  link: (cell, href) => [h('a', { class: 'title', href }, [createTextVNode(cell.text)])],
  chip: (cell) => [h('span', { class: `tn-chip tn-c-${cell.colour ?? 'gray'}` }, [words(cell.text)])],
  user: (cell) => [h('span', { class: `tn-avatar small tn-c-${avatarColour(cell.login || cell.text)}`, 'aria-hidden': 'true' }, avatarText(cell.text)), words(cell.text)],
  yes: (cell) => [h(TnIcon, { name: 'check', size: 14 }), h('span', { class: 'tn-sr' }, cell.text)]
}

export function drawCell(cell: Cell, href = ''): VNode[] {
  return DRAWN[cell.kind](cell, href)
}
