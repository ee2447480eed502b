// Asks the server once nobody has typed for a while. Only the answer to the last question counts.
import { ApiProblem } from '@/api/client'
import type { ServerAnswer } from './validate'

const ASK_AFTER_MS = 300

export class Asking {
  private timer: ReturnType<typeof setTimeout> | undefined
  private question = 0
  private awaited = false
  private stopped = false

  /** `done`: an answer has come, or none will; `isLast`: nothing else has been asked since. */
  constructor(
    private readonly send: () => Promise<ServerAnswer>,
    private readonly take: (answer: ServerAnswer) => void,
    private readonly done: (isLast: boolean) => void,
    private readonly wait: (open: boolean) => void
  ) {}

  /** Who saves waits for answers that give values, not for those that only judge one: saving asks the same itself. */
  later(givesValues: boolean): void {
    clearTimeout(this.timer)
    this.question++
    if (givesValues && !this.awaited) this.wait((this.awaited = true))
    this.timer = setTimeout(() => void this.ask(), ASK_AFTER_MS)
  }

  private async ask(): Promise<void> {
    this.timer = undefined
    const question = this.question
    const isLast = () => question === this.question
    try {
      const answer = await this.send()
      if (isLast() && !this.stopped) this.take(answer)
    } catch (cause) {
      if (!(cause instanceof ApiProblem)) console.warn('validate:', cause)
    } finally {
      if (!this.stopped) this.done(isLast())
      if (this.awaited && this.timer === undefined) this.wait((this.awaited = false))
    }
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
  }
}
