import type { FormField } from '../../../schemas/conversation/record.ts'
import type { FieldError } from '../../../schemas/field-types.ts'
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

  /** Stores the answer to that field; for a select, an option or its number. Returns the error, or `null`. */
  answer(line: string): FieldError | null {
    const { field } = this
    if (!field) return null
    const given = line.trim()
    if (given === '') return 'required'
    const options = field.options ?? []
    const chosen =
      options.find((option) => option.toLowerCase() === given.toLowerCase()) ?? options[Number(given) - 1]
    if (field.type === 'select' && chosen === undefined) return 'option_unknown'
    this.#answers[field.id] = field.type === 'select' ? (chosen as string) : line
    this.#unanswered.shift()
    return null
  }

  /** Asks the refused fields again. */
  askAgain(ids: string[]): void {
    this.#unanswered = this.#fields.filter(({ id }) => ids.includes(id))
    if (this.#unanswered.length === 0) this.#unanswered = [...this.#fields]
  }
}
