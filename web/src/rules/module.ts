// The browser's side of runtime/browser/rules.c: one app, its compiled expressions, JSON texts in and out.
import type { AppDefinition } from '@/api/types'
import type { Wire } from './types'
import { zoneOf } from './zone'

export interface Read {
  root: 'record' | 'old' | 'parent' | 'option' | 'user' | 'company' | 'param'
  path: string[]
  /** the path goes through a sub-table: its value is a list */
  rows: boolean
}
export interface Rule {
  id: number
  clock: boolean
  reads: Read[]
}
export interface Refusal {
  code: string
  params: Record<string, string>
}
export interface RuleText {
  form: string
  table?: string
  option?: string
  /** what the result is for; absent: a condition */
  field?: string
  /** the form of that field when it is another one */
  of?: string
  /** a text with {expressions} */
  template?: true
  text: string
}
/** A value as it would be stored and what is wrong with it; `read` false: it is no value of its type at all. */
export interface Checked {
  read: boolean
  value: Wire
  errors: Refusal[]
}
export interface Place {
  form: string
  table?: string
  field: string
}

interface Exports {
  memory: WebAssembly.Memory
  _initialize(): void
  rules_room(n: number): number
  rules_answer(): number
  rules_load(n: number): number
  rules_compile(n: number): number
  rules_eval(n: number): number
  rules_check(n: number): number
}

export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer) && 'code' in answer && 'params' in answer
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export class RuleModule {
  private constructor(private readonly wasm: Exports) {}

  static async of(module: WebAssembly.Module, definition: AppDefinition): Promise<RuleModule> {
    let wasm: Exports | undefined
    // The seed of the hash tables; the module asks for nothing else.
    const random_get = (at: number, n: number): number => {
      crypto.getRandomValues(new Uint8Array(wasm!.memory.buffer, at, n))
      return 0
    }
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: { random_get } })
    wasm = instance.exports as unknown as Exports
    wasm._initialize()
    const rules = new RuleModule(wasm)
    const { app, forms, enums } = definition
    const problem = rules.call('rules_load', { app, forms, enums, zone: zoneOf(app.timezone ?? 'Asia/Shanghai') })
    if (isRefusal(problem)) throw new Error(problem.code)
    return rules
  }

  compile(texts: RuleText[]): (Rule | Refusal)[] {
    return this.call('rules_compile', texts) as (Rule | Refusal)[]
  }

  /** `now` is an instant in RFC 3339; each call gives the values of what the rule reads, in that order. */
  eval(now: string, calls: [rule: number, values: Wire[]][]): (Wire | Refusal)[] {
    return this.call('rules_eval', { now, calls }) as (Wire | Refusal)[]
  }

  check(values: (Place & { value: Wire })[]): Checked[] {
    return this.call('rules_check', values) as Checked[]
  }

  private call(name: 'rules_load' | 'rules_compile' | 'rules_eval' | 'rules_check', input: unknown): unknown {
    const bytes = encoder.encode(JSON.stringify(input))
    const at = this.wasm.rules_room(bytes.length)
    new Uint8Array(this.wasm.memory.buffer, at, bytes.length).set(bytes)
    const n = this.wasm[name](bytes.length)
    return JSON.parse(decoder.decode(new Uint8Array(this.wasm.memory.buffer, this.wasm.rules_answer(), n)))
  }
}
