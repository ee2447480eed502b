// The only file that calls fetch for the API: adds language and CSRF token, turns refusals into ApiProblem.
import type { ProblemBody } from './types'
import { lang } from '@/i18n/t'

export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly body: ProblemBody
  ) {
    super(body.detail ?? body.title)
  }
  get code(): string {
    return this.body.code
  }
  get faults() {
    return this.body.errors ?? []
  }
}

/** The server could not be reached at all: what was typed is still on the page. */
export class Unreachable extends Error {}

let csrf = ''
let onSignedOut: () => void = () => {}

export function setCsrf(token: string): void {
  csrf = token
}
/** Called when the session has ended (401 on anything but the login itself). */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback
}

/** Whose eyes an administrator looks through ("user:zhang", "role:crm.sales"), for this tab only. */
const AS = 'tenon.as'
export interface SeenAs {
  as: string
  label: string
}
function storedSeenAs(): SeenAs | null {
  const text = sessionStorage.getItem(AS)
  return text ? (JSON.parse(text) as SeenAs) : null
}
export let seenAs = storedSeenAs()
export function setSeenAs(next: SeenAs | null): void {
  seenAs = next
  if (next) sessionStorage.setItem(AS, JSON.stringify(next))
  else sessionStorage.removeItem(AS)
}

export interface CallOptions {
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  /** a body that is not JSON: a form with files, a picture */
  raw?: BodyInit
  type?: string
  ifMatch?: number | string
  idempotencyKey?: string
  signal?: AbortSignal
}

export function urlOf(path: string, query?: CallOptions['query']): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

function headersOf(method: string, options: CallOptions): Headers {
  const headers = new Headers({ 'Accept-Language': lang.value })
  if (method !== 'GET' && csrf) headers.set('X-CSRF-Token', csrf)
  if (options.body !== undefined) headers.set('Content-Type', 'application/json')
  if (options.type) headers.set('Content-Type', options.type)
  if (options.ifMatch !== undefined) headers.set('If-Match', `"${options.ifMatch}"`)
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey)
  return headers
}

async function problemOf(response: Response): Promise<ApiProblem> {
  let body: ProblemBody
  try {
    body = (await response.json()) as ProblemBody
  } catch {
    body = { type: 'about:blank', title: response.statusText || String(response.status), status: response.status, code: 'http' }
  }
  return new ApiProblem(response.status, body)
}

export async function request(method: string, path: string, options: CallOptions = {}): Promise<Response> {
  let response: Response
  try {
    // Changes carry it too, so that the server refuses them: nothing is done in somebody's stead.
    const as = seenAs && path !== '/api/session' ? { as: seenAs.as } : {}
    response = await fetch(urlOf(path, { ...options.query, ...as }), {
      method,
      headers: headersOf(method, options),
      body: options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
      credentials: 'same-origin'
    })
  } catch (cause) {
    if ((cause as Error).name === 'AbortError') throw cause
    throw new Unreachable('unreachable')
  }
  if (response.ok || response.status === 304) return response
  const problem = await problemOf(response)
  if (response.status === 401 && path !== '/api/session' && path !== '/api/session/totp') onSignedOut()
  throw problem
}

export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const response = await request(method, path, options)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

export const get = <T>(path: string, query?: CallOptions['query'], signal?: AbortSignal) => call<T>('GET', path, { query, signal })
export const post = <T>(path: string, body?: unknown, options: CallOptions = {}) => call<T>('POST', path, { ...options, body })
export const patch = <T>(path: string, body: unknown, options: CallOptions = {}) => call<T>('PATCH', path, { ...options, body })
export const put = <T>(path: string, body: unknown, options: CallOptions = {}) => call<T>('PUT', path, { ...options, body })
export const del = <T>(path: string, options: CallOptions = {}) => call<T>('DELETE', path, options)
