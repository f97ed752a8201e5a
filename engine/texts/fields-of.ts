import type { Localized } from '../../schemas/configuration/localized.ts'
import type { FormField } from '../../schemas/conversation/record.ts'
import { type FieldType, fieldTypes } from '../../schemas/field-types.ts'
import type { CustomerTexts } from './customers/customer-texts.ts'

/** A detail as a company asks for it. */
type Detail =
  | 'name'
  | 'email'
  | { id: string; label: Localized; type: FieldType; options?: Localized[] | undefined }

/**
 * The fields of a form; name and e-mail have their labels in the conversation's language.
 *
 * @param choose the text for this customer
 */
export function fieldsOf(
  details: readonly Detail[],
  labels: CustomerTexts['detailLabels'],
  choose: (text: Localized) => string,
): FormField[] {
  return details.map((detail): FormField => {
    if (detail === 'name') return { id: 'name', label: labels.name, type: 'text', required: true }
    if (detail === 'email') return { id: 'email', label: labels.email, type: 'email', required: true }
    const { id, label, type, options } = detail
    return {
      id,
      label: choose(label),
      type,
      required: true,
      ...(fieldTypes[type].hasOptions && options && { options: options.map(choose) }),
    }
  })
}
