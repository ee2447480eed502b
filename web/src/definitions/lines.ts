// Hunks of a difference as rows of two columns: what went beside what came in its place.
import type { Hunk } from './api'

export interface Side {
  line: number
  text: string
}

export interface Row {
  kind: 'same' | 'changed' | 'removed' | 'added'
  left?: Side
  right?: Side
}

export function rowsOf(hunk: Hunk): Row[] {
  const rows: Row[] = []
  let [from, to] = [hunk.from, hunk.to]
  let gone: Side[] = []
  let come: Side[] = []
  const pair = () => {
    for (let i = 0; i < Math.max(gone.length, come.length); i++) {
      const [left, right] = [gone[i], come[i]]
      rows.push({ kind: left && right ? 'changed' : left ? 'removed' : 'added', left, right })
    }
    gone = []
    come = []
  }
  for (const line of hunk.lines) {
    const text = line.slice(1)
    if (line[0] === '-') gone.push({ line: from++, text })
    else if (line[0] === '+') come.push({ line: to++, text })
    else {
      pair()
      rows.push({ kind: 'same', left: { line: from++, text }, right: { line: to++, text } })
    }
  }
  pair()
  return rows
}

/** The same in one column, removed lines before added ones. */
export function inlineRows(hunk: Hunk): { kind: Row['kind']; line: number; mark: string; text: string }[] {
  let [from, to] = [hunk.from, hunk.to]
  return hunk.lines.map((line) => {
    const text = line.slice(1)
    if (line[0] === '-') return { kind: 'removed', line: from++, mark: '−', text }
    if (line[0] === '+') return { kind: 'added', line: to++, mark: '+', text }
    from++
    return { kind: 'same', line: to++, mark: '', text }
  })
}
