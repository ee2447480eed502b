import { parse } from 'jsonc-parser'
import { describe, expect, it } from 'vitest'
import { afterTaking, insert, move, put, take } from './text'

const FLOW = `{
  "flow": "f",
  "form": "order",
  "x_unknown": {"kept": [1,2 ]},
  "steps": [
    {"id": "a", "kind": "approve", "who": ["role:x"],   "strange": 1},
    {
      "id": "b",
      "kind": "branch",
      "cases": [
        {"when": "amount > 1", "steps": []},
        {"else": true, "steps": [{"id": "c", "kind": "cc", "who": []}]}
      ]
    }
  ]
}
`
/** Lines of the first text that are not in the second, and the other way round. */
const changed = (before: string, after: string) => {
  const [a, b] = [before.split('\n'), after.split('\n')]
  return { gone: a.filter((line) => !b.includes(line)), come: b.filter((line) => !a.includes(line)) }
}

describe('edits of a definition as text', () => {
  it('sets a value and leaves every other line as it was typed', () => {
    const next = put(FLOW, ['steps', 0, 'who'], ['role:y'])
    expect(changed(FLOW, next)).toEqual({ gone: ['    {"id": "a", "kind": "approve", "who": ["role:x"],   "strange": 1},'], come: ['    {"id": "a", "kind": "approve", "who": ["role:y"],   "strange": 1},'] })
  })
  it('is the same text when the value is the same', () => {
    expect(put(FLOW, ['x_unknown'], { kept: [1, 2] })).toBe(FLOW)
    expect(take(FLOW, ['nothing'])).toBe(FLOW)
  })
  it('puts a new key where keys of its kind stand, in the manner of its object', () => {
    expect(put(FLOW, ['steps', 0, 'mode'], 'all')).toContain('"who": ["role:x"], "mode": "all",   "strange": 1')
    expect(put(FLOW, ['steps', 1, 'pick'], 'all')).toContain('"kind": "branch",\n      "pick": "all",\n      "cases"')
    expect(put(FLOW, ['label'], 'F')).toContain('"form": "order",\n  "label": "F",\n  "x_unknown"')
  })
  it('makes the parents that are missing', () => {
    expect(parse(put(FLOW, ['settings', 'on_self'], 'skip')).settings).toEqual({ on_self: 'skip' })
    expect(parse(put('{}', ['start', 'fields', 'amount'], 'edit'))).toEqual({ start: { fields: { amount: 'edit' } } })
  })
  it('takes keys and items away with their commas, wherever they stand', () => {
    for (const path of [['flow'], ['x_unknown'], ['steps'], ['steps', 0], ['steps', 1], ['steps', 1, 'cases', 1], ['steps', 1, 'cases', 1, 'steps', 0]]) {
      const next = take(FLOW, path)
      const errors: never[] = []
      parse(next, errors)
      expect(errors).toEqual([])
      expect(next).not.toBe(FLOW)
    }
  })
  it('inserts into an empty list, before, between and after', () => {
    for (const [path, index] of [[['steps', 1, 'cases', 0, 'steps'], 0], [['steps'], 0], [['steps'], 1], [['steps'], 2]] as const) {
      const next = insert(FLOW, [...path], index, { id: 'n', kind: 'act', do: [] })
      let list = parse(next)
      for (const part of path) list = list[part]
      expect(list[index]).toEqual({ id: 'n', kind: 'act', do: [] })
      expect(changed(FLOW, next).gone.length).toBeLessThanOrEqual(1)
    }
  })
  it('moves an item as it is typed', () => {
    const { text, path } = move(FLOW, ['steps', 0], ['steps', 1, 'cases', 0, 'steps'], 0)
    expect(path).toEqual(['steps', 0, 'cases', 0, 'steps', 0])
    expect(text).toContain('"who": ["role:x"],   "strange": 1}')
    expect(parse(text).steps[0].cases[0].steps[0].id).toBe('a')
    const back = move(text, path, ['steps'], 0)
    expect(parse(back.text)).toEqual(parse(FLOW))
  })
  it('does not move a block into itself', () => {
    expect(move(FLOW, ['steps', 1], ['steps', 1, 'cases', 0, 'steps'], 0).text).toBe(FLOW)
  })
  it('knows where a place is once another is gone', () => {
    expect(afterTaking(['steps', 2, 'who'], ['steps', 0])).toEqual(['steps', 1, 'who'])
    expect(afterTaking(['steps', 0], ['steps', 2])).toEqual(['steps', 0])
    expect(afterTaking(['steps', 2, 'cases', 0], ['steps', 2])).toBeNull()
    expect(afterTaking(['states'], ['steps', 2])).toEqual(['states'])
  })
  it('sets an object over several lines once its one line has grown too long', () => {
    const next = put(FLOW, ['steps', 0, 'fields'], Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`field_number_${i}`, 'edit'])))
    expect(Math.max(...next.split('\n').map((line) => line.length))).toBeLessThan(160)
    expect(parse(next).steps[0].strange).toBe(1)
  })
})

// Random edits against the same edits of the value: the text always says what the value says.
describe('edits of text and of the value agree', () => {
  let seed = 7
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % n
  }
  type Json = Record<string, unknown> | unknown[]
  const paths = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
    typeof value === 'object' && value !== null ? [path, ...(Array.isArray(value) ? value.map((v, i) => [i, v] as const) : Object.entries(value)).flatMap(([k, v]) => paths(v, [...path, k]))] : [path]
  const follow = (value: unknown, path: (string | number)[]): unknown => path.reduce<unknown>((v, k) => (v as Record<string | number, unknown>)[k], value)

  it('through 3,000 steps', () => {
    let text = FLOW
    let value = parse(FLOW) as Json
    for (let n = 0; n < 3000; n++) {
      const all = paths(value).filter((p) => p.length > 0)
      const path = all[random(all.length)]
      if (!path || text.length > 4000) {
        text = FLOW
        value = parse(FLOW) as Json
        continue
      }
      const [outer, key] = [follow(value, path.slice(0, -1)) as Record<string | number, unknown>, path[path.length - 1] as string | number]
      const fresh = [1, 'x', { id: `n${n}`, who: ['a'] }, []][random(4)]
      const act = random(3)
      if (act === 0) {
        text = put(text, path, fresh)
        outer[key] = structuredClone(fresh)
      } else if (act === 1) {
        text = take(text, path)
        if (Array.isArray(outer)) outer.splice(key as number, 1)
        else delete outer[key]
      } else if (Array.isArray(outer)) {
        text = insert(text, path.slice(0, -1), key as number, fresh)
        outer.splice(key as number, 0, structuredClone(fresh))
      } else {
        text = put(text, [...path.slice(0, -1), `k${n % 5}`], fresh)
        outer[`k${n % 5}`] = structuredClone(fresh)
      }
      const errors: never[] = []
      expect(parse(text, errors)).toEqual(value)
      expect(errors).toEqual([])
    }
  })
})
