// One row of the grid. It is a component so that a turn of the wheel draws only rows that show another record, and a function
// rather than a template because its element outlives its record: words change in place, no element is made or thrown away.
import { defineComponent, h, type PropType, type Slot, type VNode } from 'vue'
import { t } from '@/i18n/t'
import { TnIcon } from '@/ui/TnIcon'
import type { Cell } from './cell'
import { drawCell } from './drawCell'
import type { GridColumn } from './DataGrid.vue'

type Row = { id: number }

export default defineComponent({
  name: 'GridRow',
  props: {
    index: { type: Number, required: true },
    /** undefined while it is on its way */
    row: Object as PropType<Row>,
    columns: { type: Array as PropType<GridColumn[]>, required: true },
    cellsOf: { type: Function as PropType<(row: never) => readonly Cell[]>, required: true },
    titleOf: { type: Function as PropType<(row: never) => string>, required: true },
    hrefOf: { type: Function as PropType<(row: never) => string>, required: true },
    lockOf: Function as PropType<(key: string) => string | null>,
    /** the column the cursor is in, or -1 */
    cursor: { type: Number, required: true },
    editing: { type: Number, required: true },
    selectable: Boolean,
    selected: Boolean,
    phone: Boolean,
    card: Function as PropType<Slot>,
    editor: Function as PropType<Slot>
  },
  setup(props) {
    const first = () => (props.selectable ? 2 : 1)
    const at = (c: number) => ({ role: 'gridcell', 'aria-colindex': c + first(), tabindex: props.cursor === c ? 0 : -1, 'data-cursor': props.cursor === c })

    function tick(row: Row | undefined): VNode {
      const box = row && h('button', {
        type: 'button', role: 'checkbox', class: props.selected ? 'box on' : 'box', tabindex: -1, 'aria-checked': props.selected, 'aria-label': t('list.selectRow', { what: props.titleOf(row as never) })
      }, props.selected ? [h(TnIcon, { name: 'check', size: 12 })] : [])
      return h('div', { role: 'gridcell', class: 'tick', 'aria-colindex': 1 }, [box])
    }

    function cell(column: GridColumn, c: number, row: Row, said: Cell | undefined): VNode {
      const lock = props.lockOf?.(column.key) ?? undefined
      const kind = said?.kind ?? 'nothing'
      const drawn = props.editing === c ? props.editor?.({ row, column, index: props.index }) : said && drawCell(said, kind === 'link' ? props.hrefOf(row as never) : '')
      return h('div', {
        ...at(c), key: column.key, class: `${kind}${column.numeric ? ' num' : ''}${c === 0 ? ' first' : ''}${props.editing === c ? ' edited' : ''}`,
        title: lock ?? said?.hint, 'aria-readonly': lock ? true : undefined, 'aria-description': lock
      }, drawn)
    }

    function cells(row: Row): VNode[] {
      if (props.phone) return [h('div', { ...at(0), class: 'card' }, props.card?.({ row, index: props.index }))]
      const said = props.cellsOf(row as never)
      return props.columns.map((column, c) => cell(column, c, row, said[c]))
    }
    const awaited = () => (props.phone ? props.columns.slice(0, 1) : props.columns).map((column) => h('div', { role: 'gridcell', key: column.key, class: column.numeric ? 'wait num' : 'wait' }))

    return () => {
      const { row, index, selectable, selected, editing } = props
      return h('div', {
        class: `row${selected ? ' sel' : ''}${editing >= 0 ? ' editing' : ''}`, role: 'row', 'aria-rowindex': index + 2, 'aria-selected': row && selectable ? selected : undefined, 'aria-busy': row ? undefined : true
      }, [selectable ? tick(row) : null, ...(row ? cells(row) : awaited())])
    }
  }
})
