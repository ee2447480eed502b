export interface Option {
  key: string
  label: string
  /** grey second line */
  second?: string
  color?: string
  group?: string
  disabled?: boolean
  /** opens the next level instead of being chosen */
  deeper?: boolean
  /** stands apart at the end: 新建 … */
  verb?: boolean
}

/** What was chosen before its list had come: `text` was typed, `answer` is what it means; null: nothing. */
export interface Later<T = Option> {
  text: string
  answer: Promise<T | null>
}

export interface Placing {
  left: number
  width: number
  top?: number
  bottom?: number
  height: number
}

const GAP = 4
const WANTED = 320

/** Below the box when there is room, else above; never wider than the window. */
export function placeBy(box: DOMRect, least: number): Placing {
  const below = window.innerHeight - box.bottom - GAP * 2
  const above = box.top - GAP * 2
  const width = Math.min(Math.max(box.width, least), window.innerWidth - GAP * 4)
  const left = Math.max(GAP * 2, Math.min(box.left, window.innerWidth - width - GAP * 2))
  const down = below >= Math.min(WANTED, above) || below >= 200
  const height = Math.min(WANTED, down ? below : above)
  return down ? { left, width, height, top: box.bottom + GAP } : { left, width, height, bottom: window.innerHeight - box.top + GAP }
}
