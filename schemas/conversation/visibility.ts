import { z } from 'zod'

/**
 * Whether the inspector shows an event's field unasked. A field of a customer's or an agent's event without an entry is
 * `typed`.
 *
 * - `shown`: as it is;
 * - `chosen`: as it is once the event was applied: then it is the company's own text;
 * - `hidden`: not here, though the same text may be shown elsewhere;
 * - `typed`: nowhere, since a customer may have typed it: the text is masked wherever it comes up.
 */
export type Visibility = 'shown' | 'chosen' | 'hidden' | 'typed'

const visibilities = z.registry<{ visibility: Visibility }>()

/** Marks a field; a copy of the schema, which others may use for a field of another visibility. */
export function visible<S extends z.ZodType>(visibility: Visibility, schema: S): S {
  const marked = schema.clone()
  visibilities.add(marked, { visibility })
  return marked as S
}

export function visibilityIn(fields: Record<string, z.ZodType>, field: string): Visibility {
  const schema = Object.hasOwn(fields, field) ? fields[field] : undefined
  return (schema && visibilities.get(schema)?.visibility) ?? 'typed'
}
