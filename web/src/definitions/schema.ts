// Reads the JSON Schemas of the server for the editor: which keys and values may stand at a place, and what a key means.
import { isChinese } from '@/i18n/t'

export interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  title?: string
  description?: string
  type?: string
  enum?: string[]
  pattern?: string
  anyOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  additionalProperties?: Schema | false
  required?: string[]
}

export type Path = (string | number)[]

/** One thing that may stand at a place; `place` is "definition.key" of the nearest key above, such as "field.enum". */
export interface Option {
  schema: Schema
  place: string
}

/** What a schema allows, its references and choices followed. `place` stays the one of the key it stands under. */
function open(root: Schema, schema: Schema, place: string, depth = 0): Option[] {
  if (depth > 12) return []
  if (schema.anyOf) return schema.anyOf.flatMap((choice) => open(root, choice, place, depth + 1))
  if (schema.$ref) {
    const name = schema.$ref.replace('#/$defs/', '')
    const target = root.$defs?.[name]
    return target ? open(root, target, target.properties ? name : place, depth + 1) : []
  }
  return [{ schema, place }]
}

function step(root: Schema, option: Option, segment: string | number): Option[] {
  const { schema, place } = option
  if (typeof segment === 'number') return schema.items ? open(root, schema.items, place) : []
  const named = schema.properties?.[segment]
  if (named) return open(root, named, place.includes('.') ? place : `${place}.${segment}`)
  if (schema.properties || !schema.additionalProperties) return []
  return open(root, schema.additionalProperties, place)
}

export function optionsAt(root: Schema, path: Path): Option[] {
  let options = open(root, root, '')
  for (const segment of path) options = options.flatMap((option) => step(root, option, segment))
  return options
}

export interface KeyInfo {
  key: string
  help: string
  required: boolean
  schema: Schema
}

/** The keys an object at this place may have. */
export function keysAt(root: Schema, path: Path): KeyInfo[] {
  const found = new Map<string, KeyInfo>()
  for (const { schema } of optionsAt(root, path)) {
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      if (!found.has(key)) found.set(key, { key, help: helpOf(value), required: schema.required?.includes(key) ?? false, schema: value })
    }
  }
  return [...found.values()]
}

/** The meaning of the key a path ends with. */
export function helpAt(root: Schema, path: Path): string {
  const key = path[path.length - 1]
  if (typeof key !== 'string') return ''
  for (const { schema } of optionsAt(root, path.slice(0, -1))) {
    const help = helpOf(schema.properties?.[key])
    if (help) return help
  }
  return ''
}

/** Descriptions hold both languages, the Chinese sentence first: "必填。 Must have a value." */
export function helpOf(schema: Schema | undefined): string {
  const text = schema?.description ?? ''
  const split = /^(.*[。？！]) (?=[\x20-\x7e“”‘’–—…]+$)(.*)$/su.exec(text)
  if (!split) return text
  return (isChinese.value ? split[1] : split[2]) ?? text
}

/** What a new key gets as its value: "" [] {} true 0. */
export function blankOf(root: Schema, schema: Schema): string {
  const first = open(root, schema, '')[0]?.schema
  if (!first) return '""'
  if (first.type === 'array') return '[]'
  if (first.type === 'object' || first.properties) return '{}'
  if (first.type === 'boolean') return 'true'
  if (first.type === 'integer' || first.type === 'number') return '0'
  return '""'
}
