import { Unanswered } from '../../diagram/worker-thread.ts'

/** Questions of which only the newest of each person is answered: an answer to an older one is of no use any more. */
export class NewestQuestions {
  readonly #asked = new Map<string, AbortController>()

  /**
   * Answers the newest question of a person. Throws Unanswered, `aborted`, where a newer one took its place.
   *
   * @param answer is passed the signal that it is no longer the newest
   */
  async answer<T>(person: string, answer: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#asked.get(person)?.abort()
    const question = new AbortController()
    this.#asked.set(person, question)
    try {
      const answered = await answer(question.signal)
      if (question.signal.aborted) throw superseded()
      return answered
    } catch (error) {
      throw question.signal.aborted ? superseded() : error
    } finally {
      if (this.#asked.get(person) === question) this.#asked.delete(person)
    }
  }
}

function superseded(): Unanswered {
  return new Unanswered('aborted', 'a newer question took its place')
}
