import type { FormField } from '../../../schemas/conversation/record.ts'
import { type FieldFailure, fieldFailure } from '../../../schemas/field-failure.ts'
import { type Result, success } from '../../../schemas/result.ts'
import { plainLine } from '../shell/text.ts'

/** Asks the fields of a form one by one. */
export class FormFilling {
  readonly #fields: FormField[]
  readonly #answers: Record<string, string> = {}
  #unanswered: FormField[]

  constructor(fields: FormField[]) {
    this.#fields = fields
    this.#unanswered = [...fields]
  }

  /** The next field to ask; `undefined` once all are answered. */
  get field(): FormField | undefined {
    return this.#unanswered[0]
  }

  get answers(): Record<string, string> {
    return this.#answers
  }

  labelOf(id: string): string {
    return plainLine(this.#fields.find((field) => field.id === id)?.label ?? id)
  }

  /** Stores the answer to that field; for a select, an option or its number. */
  answer(line: string): Result<string, FieldFailure> {
    const { field } = this
    if (!field) return success(line)
    const given = line.trim()
    if (given === '') return fieldFailure('required')
    const options = field.options ?? []
    const chosen =
      options.find((option) => option.toLowerCase() === given.toLowerCase()) ?? options[Number(given) - 1]
    if (field.type === 'select' && chosen === undefined) return fieldFailure('option_unknown')
    const answer = field.type === 'select' ? (chosen as string) : line
    this.#answers[field.id] = answer
    this.#unanswered.shift()
    return success(answer)
  }

  /** Asks the refused fields again. */
  askAgain(ids: string[]): void {
    this.#unanswered = this.#fields.filter(({ id }) => ids.includes(id))
    if (this.#unanswered.length === 0) this.#unanswered = [...this.#fields]
  }
}
