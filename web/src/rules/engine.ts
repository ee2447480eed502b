// Loads the expression module once, when the first form opens, and gives each definition its own instance. Without it (a build
// without WITH_WASM, a browser that refuses) forms ask the server instead: the answer is null, and that is no error.
import wasmUrl from 'virtual:rules-wasm'
import type { AppDefinition } from '@/api/types'
import { compileForm, type CompiledForm } from './compile'
import { RuleModule } from './module'

let module: Promise<WebAssembly.Module> | undefined
const instances = new WeakMap<AppDefinition, Promise<RuleModule | null>>()
const forms = new WeakMap<RuleModule, Map<string, CompiledForm>>()

async function fetchModule(): Promise<WebAssembly.Module> {
  if (!wasmUrl) throw new Error('built without the module')
  const response = await fetch(wasmUrl)
  if (!response.ok) throw new Error(`${wasmUrl}: ${response.status}`)
  return WebAssembly.compile(await response.arrayBuffer())
}

/** For tests and scripts that have the bytes already. */
export function useModule(bytes: BufferSource): void {
  module = WebAssembly.compile(bytes)
}

export function rulesOf(definition: AppDefinition): Promise<RuleModule | null> {
  let rules = instances.get(definition)
  if (!rules) {
    module ??= fetchModule()
    rules = module.then((compiled) => RuleModule.of(compiled, definition)).catch((cause: unknown) => {
      console.warn('rules run on the server:', cause)
      return null
    })
    instances.set(definition, rules)
  }
  return rules
}

/** The rules of one form, compiled on first use. */
export function formRules(rules: RuleModule, definition: AppDefinition, form: string): CompiledForm {
  let known = forms.get(rules)
  if (!known) forms.set(rules, (known = new Map()))
  let compiled = known.get(form)
  if (!compiled) known.set(form, (compiled = compileForm(rules, definition, form)))
  return compiled
}
