// A block copied from a spreadsheet, put into the cells from the active one on: text becomes values by the type of the
// column; what does not fit is told with its row and column, never guessed.
import { get } from '@/api/client'
import type { EnumValue, FieldDef, RecordPage } from '@/api/types'
import { addressText } from '@/fields/address'
import { enumNameOf, flatten, JOIN, levelsOf } from '@/fields/cascade'
import { cleanNumber, isNumber, readDuration, readNumber, textToPercent } from '@/fields/number'
import { allDepts, findPeople } from '@/fields/people'
import { titleFields, titleOf } from '@/fields/title'
import { labelOf } from '@/i18n/t'
import { enumOf, formOf } from '@/session'
import type { Wire } from '@/rules/types'

export interface Read {
  value: Wire
  title?: string
}

/** Cells of a copied block; quotes hold line breaks and tabs together as spreadsheets write them. */
export function parseBlock(text: string): string[][] {
  const rows: string[][] = [[]]
  const token = /"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*)/y
  let at = 0
  const clean = text.replace(/\r\n?/g, '\n').replace(/\n$/, '')
  for (;;) {
    token.lastIndex = at
    const found = token.exec(clean)
    const cell = found?.[1] !== undefined ? found[1].replace(/""/g, '"') : (found?.[2] ?? '')
    rows[rows.length - 1]!.push(cell.trim())
    at = token.lastIndex
    if (at >= clean.length) return rows
    if (clean[at] === '\n') rows.push([])
    at += 1
  }
}

/** 5% is 5 %, 0.05 a fraction as spreadsheets keep it, 5 what a person means by it. */
function readPercent(text: string): Wire | undefined {
  const bare = cleanNumber(text)
  if (bare.endsWith('%')) return isNumber(bare.slice(0, -1)) ? textToPercent(bare) : undefined
  if (!isNumber(bare)) return undefined
  return /^-?(0(\.\d+)?|1(\.0+)?)$/.test(bare) ? bare : textToPercent(bare)
}

const two = (n: string) => n.padStart(2, '0')

export function readDate(text: string): string | undefined {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s.*)?$/.exec(text)
  if (!found) return undefined
  const date = `${found[1]}-${two(found[2]!)}-${two(found[3]!)}`
  const real = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(real.getTime()) && real.toISOString().startsWith(date) ? date : undefined
}

function readMoment(text: string): string | undefined {
  const date = readDate(text)
  const time = /\s(\d{1,2}):(\d{2})/.exec(text)
  return date ? `${date}T${time ? `${two(time[1]!)}:${time[2]}` : '00:00'}:00` : undefined
}

const TRUE = ['true', '1', 'yes', 'y', '是', '√', '✓']
const FALSE = ['false', '0', 'no', 'n', '否', '×']

function readBool(text: string): boolean | undefined {
  const word = text.toLowerCase()
  if (TRUE.includes(word)) return true
  return FALSE.includes(word) ? false : undefined
}

function readMember(values: EnumValue[], text: string): Read | undefined {
  const found = values.find((v) => !v.retired && (v.value === text || labelOf(v.label, v.value) === text || Object.values(v.label ?? {}).includes(text)))
  return found && { value: found.value, title: labelOf(found.label, found.value) }
}

const numberIn = (type: string) => (text: string) => {
  const value = readNumber(type, text)
  return value !== null && isNumber(String(value)) ? { value } : undefined
}
const as = (value: Wire | undefined): Read | undefined => (value === undefined ? undefined : { value })

type Reader = (text: string, field: FieldDef, app: string) => Read | undefined | Promise<Read | undefined>

const READERS: Record<string, Reader> = {
  integer: numberIn('integer'),
  decimal: numberIn('decimal'),
  money: numberIn('money'),
  percent: (text) => as(readPercent(text)),
  duration: (text) => {
    const seconds = readDuration(text)
    return typeof seconds === 'number' ? { value: seconds } : undefined
  },
  bool: (text) => as(readBool(text)),
  date: (text) => as(readDate(text)),
  datetime: (text) => as(readMoment(text)),
  time: (text) => as(/^\d{1,2}:\d{2}/.test(text) ? two(text.slice(0, text.indexOf(':'))) + text.slice(text.indexOf(':'), text.indexOf(':') + 3) : undefined),
  enum: (text, field, app) => readMember(enumOf(app, field.enum ?? '')?.values ?? [], text),
  cascade: (text, field, app) => {
    const wanted = text.replace(/\s*[/>]\s*/g, ' / ').toLowerCase()
    const leaf = flatten(enumOf(app, field.enum ?? '')?.values ?? []).find((l) => l.text === wanted)
    return leaf && { value: leaf.path, title: leaf.words.join(' / ') }
  },
  rating: (text, field) => {
    const stars = /^[★⭐]+$/u.test(text) ? [...text].length : readNumber('integer', text)
    return typeof stars === 'number' && Number.isInteger(stars) && stars >= 1 && stars <= (Number(field.max) || 5) ? { value: stars } : undefined
  },
  idcard: (text) => as(text.replace(/[\s-]/g, '').toUpperCase()),
  creditcode: (text) => as(text.replace(/[\s-]/g, '').toUpperCase()),
  richtext: (text) => as(text.split(/\n+/).map((line) => `<p>${line.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')}</p>`).join('')),
  region: (text, field, app) => readRegion(text, field, app),
  address: (text, field, app) => as(readAddress(text, field, app)),
  geo: (text) => {
    const found = /^(-?\d+(?:\.\d+)?)\s*[,，;\s]\s*(-?\d+(?:\.\d+)?)$/.exec(text)
    return found && Math.abs(Number(found[1])) <= 180 && Math.abs(Number(found[2])) <= 90 ? { value: { lng: found[1]!, lat: found[2]! } } : undefined
  },
  tags: (text) => as(text.split(/[;；,，、]/).map((one) => one.trim()).filter(Boolean)),
  ref: readReference,
  refs: async (text, field, app) => {
    const found = await Promise.all(text.split(/[;；、]/).map((one) => one.trim()).filter(Boolean).map((one) => readReference(one, field, app)))
    if (found.some((one) => !one)) return undefined
    const ids = [...new Set(found.map((one) => one!.value as number))]
    return { value: ids, title: found.map((one) => one!.title).join('、') }
  },
  user: async (text) => {
    const found = (await findPeople(text)).filter((p) => p.label === text || p.user === text)
    return found.length === 1 ? { value: found[0]!.user, title: found[0]!.label } : undefined
  },
  dept: async (text) => {
    const found = (await allDepts()).filter((d) => d.label === text || d.dept === text)
    return found.length === 1 ? { value: found[0]!.dept, title: found[0]!.label } : undefined
  }
}

/** "广东省 / 深圳市", "广东省深圳市": levels by name, written apart or not, no deeper than the field goes. */
function readRegion(text: string, field: FieldDef, app: string): Read | undefined {
  const bare = (words: string) => words.replace(/[\s/>-]/g, '').toLowerCase()
  const leaf = flatten(enumOf(app, enumNameOf(field))?.values ?? []).find((l) => l.path.length <= levelsOf(field) && bare(l.text) === bare(text))
  return leaf && { value: leaf.path, title: leaf.words.join(JOIN) }
}

/** The deepest region whose names stand at the head of the line; the rest is the detail. A region there must be. */
function readAddress(text: string, field: FieldDef, app: string): Wire | undefined {
  const regions = enumOf(app, enumNameOf(field))?.values ?? []
  let best: { path: string[]; used: number } | undefined
  for (const leaf of flatten(regions)) {
    const head = addressText({ region: leaf.path, detail: null }, regions)
    if (head && text.startsWith(head) && head.length >= (best?.used ?? 0)) best = { path: leaf.path, used: head.length }
  }
  return best && { region: best.path, detail: text.slice(best.used).trim() || null }
}

/** The one record of exactly this title, or of which a searched field is exactly this. */
async function readReference(text: string, field: FieldDef, app: string): Promise<Read | undefined> {
  const form = formOf(app, field.form ?? '')
  if (!form) return undefined
  const exact = [...new Set([...titleFields(form), ...(form.search ?? [])])]
  const { records } = await get<RecordPage>(`/api/${app}/${form.form}`, { q: text, fields: exact.join(','), limit: 20, titles: 1 })
  const same = records.filter((r) => titleOf(form, r, 'UTC') === text || exact.some((name) => r[name] === text))
  return same.length === 1 ? { value: same[0]!.id, title: titleOf(form, same[0]!, 'UTC') } : undefined
}

/** The value a text stands for in a column; undefined when it stands for none. */
export async function readCell(field: FieldDef, text: string, app: string): Promise<Read | undefined> {
  if (text === '') return { value: null }
  const reader = READERS[field.type]
  return reader ? reader(text, field, app) : { value: text }
}
