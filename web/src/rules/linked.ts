// Records that are referred to, read when a rule first needs one; each arrival runs the rules again.
import type { Fetch, Wire } from './types'

export class Linked {
  private readonly known = new Map<string, Record<string, Wire> | null>()
  private readonly asked = new Set<string>()

  constructor(
    private readonly fetch: Fetch,
    private readonly wait: (open: boolean) => void,
    private readonly arrived: () => void
  ) {}

  /** How many are known by now. */
  get count(): number {
    return this.known.size
  }

  has(form: string, id: number): boolean {
    return this.known.has(`${form}/${id}`)
  }

  record(form: string, id: number): Record<string, Wire> | null | undefined {
    const key = `${form}/${id}`
    if (!this.known.has(key)) this.ask(key, form, id)
    return this.known.get(key)
  }

  title(form: string, id: number, field: string): string | undefined {
    const titles = this.known.get(`${form}/${id}`)?.titles as Record<string, string> | undefined
    return titles?.[field]
  }

  private ask(key: string, form: string, id: number): void {
    if (this.asked.has(key)) return
    this.asked.add(key)
    this.wait(true)
    this.fetch(form, id, [])
      .then((record) => this.known.set(key, record))
      // Unreachable: rules that read it see nothing, the server decides on saving; the next change asks again.
      .catch(() => this.asked.delete(key))
      .finally(() => {
        if (this.known.has(key)) this.arrived()
        this.wait(false)
      })
  }
}
