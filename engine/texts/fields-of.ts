import type { FormField } from '../../schemas/conversation/record.ts'
import type { Texts } from './texts.ts'

/** A detail as a company asks for it. */
type Detail =
  | 'name'
  | 'email'
  | { id: string; label: string; type: FormField['type']; options?: string[] | undefined }

/** The fields of a form; those that everybody knows have their labels in the conversation's language. */
export function fieldsOf(details: readonly Detail[], texts: Texts): FormField[] {
  return details.map((detail): FormField => {
    if (detail === 'name') return { id: 'name', label: texts.name, type: 'text', required: true }
    if (detail === 'email') return { id: 'email', label: texts.email, type: 'email', required: true }
    const { id, label, type, options } = detail
    return { id, label, type, required: true, ...(type === 'select' && options && { options }) }
  })
}
