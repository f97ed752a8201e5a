import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import type { HoursAnswer } from '../../../../schemas/protocol/admin.ts'
import { ask } from '../../base/ask.ts'
import { locale, words } from '../language.ts'
import { verdictOf } from './verdict.ts'

const againMs = 30_000
const typingMs = 250

/** Polls the engine for whether schedules are open, by their ids: every half minute, and when they change. */
export class HoursWatch implements ReactiveController {
  /** Answers by schedule. A schedule that the engine cannot read has none. */
  answers: ReadonlyMap<string, HoursAnswer> = new Map()
  readonly #host: ReactiveControllerHost
  #schedules: ReadonlyMap<string, Schedule> = new Map()
  #asked = ''
  #question = 0
  #typingTimer = 0
  #pollTimer = 0

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {
    this.#pollTimer = setInterval(() => this.#ask(), againMs)
  }

  hostDisconnected(): void {
    clearInterval(this.#pollTimer)
    clearTimeout(this.#typingTimer)
  }

  /** @param calendars those that the schedules may name: the engine is asked again where one has changed */
  follow(
    schedules: ReadonlyMap<string, Schedule>,
    calendars?: ReadonlyMap<string, { revision: number }>,
  ): void {
    const revisions = [...(calendars ?? [])].map(([id, { revision }]) => [id, revision])
    const asked = JSON.stringify([...schedules, ...revisions])
    if (asked === this.#asked) return
    // The first answer at once; while somebody edits, when they pause.
    const pause = this.#asked === '' ? 0 : typingMs
    this.#asked = asked
    this.#schedules = schedules
    clearTimeout(this.#typingTimer)
    this.#typingTimer = setTimeout(() => this.#ask(), pause)
  }

  /** The verdict on a schedule, for a line of a list. */
  mark(schedule: string) {
    const hours = this.answers.get(schedule)
    if (!hours) return nothing
    return html`<span class="state ${hours.open ? 'open' : 'closed'}">${verdictOf(hours, words, locale)}</span>`
  }

  async #ask(): Promise<void> {
    const question = ++this.#question
    const answers = await Promise.all(
      [...this.#schedules].map(async ([id, schedule]) => {
        // A new holiday has no date yet.
        if (
          schedule.holidays?.some((entry) => typeof entry !== 'string' && !(entry.startDate && entry.endDate))
        )
          return []
        const answer = await ask<HoursAnswer>('POST', '/v1/admin/hours', { body: { schedule } })
        return answer.ok ? ([[id, answer.value]] as const) : []
      }),
    )
    if (question !== this.#question) return
    this.answers = new Map(answers.flat())
    this.#host.requestUpdate()
  }
}
