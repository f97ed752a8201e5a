import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { ask } from './ask.ts'

/** The pause while the gateway still reads. */
const soonMs = 400
const laterMsDefault = 5_000

/**
 * The gateway's answer to a question, asked again and again, so that the page shows the present state. A hidden page
 * does not ask.
 */
export class Polling<Answer extends object> implements ReactiveController {
  answer: Answer | undefined
  /** Why the last question failed, in the gateway's words. */
  failure = ''
  /** The time of the last answer, in epoch milliseconds. */
  now = Date.now()
  readonly #host: ReactiveControllerHost
  readonly #path: () => string
  readonly #laterMs: number
  #asked = ''
  #timer = 0
  #round = 0

  /**
   * @param path returns the question; a question that an update has changed is asked at once
   * @param laterMs the pause between questions
   */
  constructor(host: ReactiveControllerHost, path: () => string, laterMs: number = laterMsDefault) {
    this.#laterMs = laterMs
    this.#host = host
    this.#path = path
    host.addController(this)
  }

  hostUpdate(): void {
    if (this.#path() !== this.#asked) this.start()
  }

  hostDisconnected(): void {
    this.#stop()
  }

  /** Asks at once, and drops the question before. */
  start(): void {
    this.#stop()
    this.#asked = this.#path()
    void this.#poll(this.#round)
  }

  #stop(): void {
    this.#round++
    clearTimeout(this.#timer)
  }

  async #poll(round: number): Promise<void> {
    const answer = await ask<Answer>('GET', this.#asked)
    if (round !== this.#round) return
    this.failure = answer.ok ? '' : answer.error.message
    if (answer.ok) this.answer = answer.value
    this.now = Date.now()
    this.#host.requestUpdate()
    const isPartial = answer.ok && 'progress' in answer.value && answer.value.progress !== undefined
    this.#timer = setTimeout(() => this.#pollWhenVisible(round), isPartial ? soonMs : this.#laterMs)
  }

  #pollWhenVisible(round: number): void {
    if (document.visibilityState === 'visible') void this.#poll(round)
    else this.#timer = setTimeout(() => this.#pollWhenVisible(round), this.#laterMs)
  }
}
