// Levels of an enumeration, searched as one flat list of paths: 2,978 regions answer within a few milliseconds.
import type { EnumValue, FieldDef } from '@/api/types'
import { labelOf } from '@/i18n/t'

export interface Leaf {
  path: string[]
  words: string[]
  text: string
}

export const JOIN = ' / '

/** The enumeration a field chooses from; regions are built in. */
export function enumNameOf(field: FieldDef): string {
  return field.type === 'region' || field.type === 'address' ? '$region' : (field.enum ?? '')
}

/** How deep a path of the field may go. */
export function levelsOf(field: FieldDef): number {
  return field.type === 'region' ? { province: 1, city: 2, district: 3 }[field.level ?? 'district'] : Infinity
}

export function flatten(values: EnumValue[], path: string[] = [], words: string[] = []): Leaf[] {
  return values.flatMap((v) => {
    if (v.retired) return []
    const here = [...path, v.value]
    const said = [...words, labelOf(v.label, v.value)]
    const own: Leaf = { path: here, words: said, text: said.join(JOIN).toLowerCase() }
    return v.children?.length ? [own, ...flatten(v.children, here, said)] : [own]
  })
}

/** Children of a level; undefined when the path leads nowhere. */
export function levelAt(values: EnumValue[], path: string[]): EnumValue[] | undefined {
  return path.reduce<EnumValue[] | undefined>((level, value) => level?.find((v) => v.value === value)?.children, values)
}

/** In the language shown; `own`: as the definition's first language says it, where texts are stored. */
export function wordsAt(values: EnumValue[], path: string[], own = false): string[] {
  const words: string[] = []
  let level: EnumValue[] | undefined = values
  for (const value of path) {
    const found: EnumValue | undefined = level?.find((v) => v.value === value)
    words.push((own && typeof found?.label === 'object' && found.label['zh-CN']) || labelOf(found?.label, value))
    level = found?.children
  }
  return words
}

/** Every word of the question in the path, those whose last level matches first. */
export function searchLeaves(leaves: Leaf[], q: string, limit = 60): Leaf[] {
  const needles = q.toLowerCase().split(/[\s/]+/).filter(Boolean)
  const hits = leaves.filter((leaf) => needles.every((needle) => leaf.text.includes(needle)))
  const last = needles[needles.length - 1] ?? ''
  const own = (leaf: Leaf) => (leaf.words[leaf.words.length - 1]!.toLowerCase().includes(last) ? 0 : 1)
  return hits.sort((a, b) => own(a) - own(b) || a.path.length - b.path.length).slice(0, limit)
}
