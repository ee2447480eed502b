// One event stream per browser: HTTP/1.1 allows six connections a host. The tab that holds the lock reads the stream and
// passes every event on through a BroadcastChannel; when it closes, the next tab in line takes over.
export interface RecordEvent {
  app: string
  form: string
  id: number
  rev: number
}

type Kind = 'record' | 'task' | 'notification' | 'definition' | 'findings' | 'reset'
type Listener = (data: unknown) => void

const KINDS: Kind[] = ['record', 'task', 'notification', 'definition', 'findings', 'reset']
const listeners = new Map<Kind, Set<Listener>>(KINDS.map((kind) => [kind, new Set()]))
let channel: BroadcastChannel | undefined
let stop: (() => void) | undefined

function tell(kind: Kind, data: unknown): void {
  for (const listener of listeners.get(kind) ?? []) listener(data)
}

function open(): EventSource {
  const source = new EventSource('/api/events')
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      const data: unknown = JSON.parse((event as MessageEvent<string>).data || 'null')
      tell(kind, data)
      channel?.postMessage({ kind, data })
    })
  }
  return source
}

/** Starts once after login; `endEvents` before logging out. */
export function startEvents(): void {
  if (stop) return
  const abort = new AbortController()
  let source: EventSource | undefined
  channel = new BroadcastChannel('tenon.events')
  channel.onmessage = (message: MessageEvent<{ kind: Kind; data: unknown }>) => tell(message.data.kind, message.data.data)
  const lead = () =>
    new Promise<void>((resolve) => {
      source = open()
      abort.signal.addEventListener('abort', () => resolve())
    })
  // Without the lock (plain http on a network address) each tab reads a stream of its own.
  if (navigator.locks) navigator.locks.request('tenon.events', { signal: abort.signal }, lead).catch(() => undefined)
  else void lead()
  stop = () => {
    abort.abort()
    source?.close()
    channel?.close()
    channel = undefined
  }
}

export function endEvents(): void {
  stop?.()
  stop = undefined
}

export function on(kind: Kind, listener: Listener): () => void {
  listeners.get(kind)?.add(listener)
  return () => listeners.get(kind)?.delete(listener)
}
