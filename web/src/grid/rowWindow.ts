// Which rows of a long list are in the page. All rows are equally high, so this is arithmetic: nothing is measured and nothing
// is kept for each row. Chromium clips an element at 33,554,428 px: a list that would be higher is scrolled in proportion.
const HEIGHT_LIMIT = 30_000_000
/** Rows drawn beyond those in sight: more where the scroll goes to. */
const AHEAD = 8
const BEHIND = 2
/** A window moved by more rows than this keeps its elements and changes their words; by fewer, only what is new is made. */
const STEP = 4

export interface Sight {
  scrollTop: number
  /** the room rows have: without the head */
  height: number
  rowHeight: number
  total: number
  down: boolean
}

export interface RowWindow {
  from: number
  /** one key for each row drawn: the element that shows it */
  keys: number[]
  /** where the first of them stands in the body */
  top: number
}

const fits = ({ rowHeight, total }: Pick<Sight, 'rowHeight' | 'total'>) => Math.min(total, Math.floor(HEIGHT_LIMIT / rowHeight))
const scrollable = (at: Sight) => Math.max(1, fits(at) * at.rowHeight - at.height)
const inSight = (at: Sight) => Math.ceil(at.height / at.rowHeight)

export function bodyHeight(rowHeight: number, total: number): number {
  return fits({ rowHeight, total }) * rowHeight
}

function firstOf(at: Sight): number {
  if (fits(at) === at.total) return Math.floor(at.scrollTop / at.rowHeight)
  return Math.floor(Math.min(1, at.scrollTop / scrollable(at)) * (at.total - inSight(at)))
}

/** Where to scroll to so that a row is wholly in sight; null when it is. */
export function revealed(at: Sight, index: number): number | null {
  if (fits(at) < at.total) {
    const first = firstOf(at)
    if (index > first && index < first + inSight(at) - 1) return null
    return Math.ceil((Math.max(0, index - 1) / (at.total - inSight(at))) * scrollable(at))
  }
  const top = index * at.rowHeight
  if (top < at.scrollTop) return top
  return top + at.rowHeight > at.scrollTop + at.height ? top + at.rowHeight - at.height : null
}

/** The rows to draw, in their order; `steady` where an element must go on showing its row (something is typed into it). */
export function windowAt(at: Sight, before: RowWindow, steady: boolean, key: () => number): RowWindow {
  const first = firstOf(at)
  const from = Math.max(0, first - (at.down ? BEHIND : AHEAD))
  const to = Math.min(at.total, first + inSight(at) + 1 + (at.down ? AHEAD : BEHIND))
  const top = Math.floor(at.scrollTop / at.rowHeight - (first - from)) * at.rowHeight
  const moved = from - before.from
  const keys = Array.from({ length: Math.max(0, to - from) }, (_, i) => before.keys[steady || Math.abs(moved) <= STEP ? i + moved : i] ?? key())
  return { from, keys, top: fits(at) === at.total ? from * at.rowHeight : top }
}
