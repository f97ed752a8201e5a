import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'
import { advanced, type Speed } from './playback.ts'

interface Tape extends ReactiveControllerHost {
  readonly steps: readonly InspectedStep[]
  /** The index of the step that is shown. */
  readonly index: number
}

/** Plays recorded steps in order, at their original pace or faster. */
export class Player implements ReactiveController {
  isPlaying = false
  speed: Speed = '10'
  readonly #tape: Tape
  readonly #choose: (index: number) => void
  #frame = 0
  #dueAt = 0

  constructor(tape: Tape, choose: (index: number) => void) {
    this.#tape = tape
    this.#choose = choose
    tape.addController(this)
  }

  hostDisconnected(): void {
    cancelAnimationFrame(this.#frame)
  }

  playOrPause = (): void => {
    if (this.isPlaying) {
      this.pause()
      return
    }
    if (this.#tape.index >= this.#tape.steps.length - 1) return
    this.isPlaying = true
    this.#dueAt = performance.now()
    this.#frame = requestAnimationFrame(this.#play)
    this.#tape.requestUpdate()
  }

  pause(): void {
    cancelAnimationFrame(this.#frame)
    this.isPlaying = false
    this.#tape.requestUpdate()
  }

  setSpeed = ({ detail }: CustomEvent<Speed>): void => {
    this.speed = detail
    this.#dueAt = performance.now()
    this.#tape.requestUpdate()
  }

  #play = (now: number): void => {
    const { steps, index: shown } = this.#tape
    const { index, dueAt } = advanced(steps, { index: shown, dueAt: this.#dueAt }, now, this.speed)
    this.#dueAt = dueAt
    if (index !== shown) this.#choose(index)
    if (index >= steps.length - 1) this.pause()
    else this.#frame = requestAnimationFrame(this.#play)
  }
}
