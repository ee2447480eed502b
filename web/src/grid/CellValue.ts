// One value of a record among other words: a card of the board, a row on a phone.
import { type FunctionalComponent, h } from 'vue'
import type { FieldDef, RecordData } from '@/api/types'
import { cellOf, type CellContext } from './cell'
import { drawCell } from './drawCell'

const BARE = new Set(['chip', 'user', 'yes'])
const CellValue: FunctionalComponent<CellContext & { field: FieldDef; name: string; record: RecordData }> = ({ field, name, record, ...context }) => {
  const cell = cellOf(field, name, record, context)
  const drawn = drawCell(cell)
  return BARE.has(cell.kind) ? drawn : h('span', { class: cell.kind === 'nothing' ? 'tn-3' : 'tn-ell tn-tab', title: cell.hint }, drawn)
}
CellValue.props = { field: { type: Object, required: true }, name: { type: String, required: true }, record: { type: Object, required: true }, app: { type: String, required: true }, zone: { type: String, required: true }, currency: String, chip: Boolean } as never
export default CellValue
