import { Duration } from 'luxon'
import { z } from 'zod'
import { channelFieldTypeNames, type FieldType, fieldTypes } from '../field-types.ts'
import { configuredTextLengthMax, labelLengthMax } from '../limits.ts'
import { zodIssue } from '../problem.ts'
import { shortText, token } from '../token.ts'
import { forChannelTexts } from './channel-texts.ts'

export const customerDetailsMax = 20
export const optionsMax = 100
/** The largest form, in bytes of JSON: every record carries it while it is open. */
export const formBytesMax = 8 * 1024
export const idleStepsMax = 10
/** The longest time-out, in days. */
export const timeoutDaysMax = 366

/** An ISO 8601 duration of more than nothing, such as `PT2M`. */
export const duration = z.string().refine(
  (text) => {
    const milliseconds = Duration.fromISO(text).toMillis()
    return milliseconds > 0 && milliseconds <= timeoutDaysMax * 86_400_000
  },
  zodIssue('not_a_duration', { daysMax: timeoutDaysMax }),
)

export function durationMs(text: string): number {
  return Duration.fromISO(text).toMillis()
}

export const label = shortText(labelLengthMax).refine((text) => text.trim() !== '', zodIssue('empty'))

const fieldId = token.refine((id) => id !== '__proto__', zodIssue('reserved_name'))

/**
 * Details to ask a customer for, at most `max`: a known one by its name, others with a label.
 *
 * @param field `z.strictObject` where a field may have nothing else
 */
export function details<T extends FieldType>(
  types: readonly T[],
  max: number,
  field: typeof z.object | typeof z.strictObject = z.object,
) {
  const customField = field({
    id: fieldId,
    label,
    type: z.enum(types),
    options: z.array(label).min(1).max(optionsMax).optional(),
  }).refine((field) => !fieldTypes[field.type as FieldType].hasOptions || field.options, {
    path: ['options'],
    ...zodIssue('select_without_options'),
  })
  const names = types.map((type) => `"${type}"`)
  const type = [names.slice(0, -1).join(', '), names.at(-1)].join(' or ')
  return z
    .array(
      z.union([z.enum(['name', 'email']), customField], {
        error: `must be "name", "email" or {id, label, type: ${type}, options?}`,
      }),
    )
    .max(max)
    .refine(
      (details) => new TextEncoder().encode(JSON.stringify(details)).length <= formBytesMax,
      zodIssue('too_large', { max: formBytesMax }),
    )
    .superRefine((details, ctx) => {
      const seen = new Set<string>()
      details.forEach((detail, index) => {
        const id = typeof detail === 'string' ? detail : detail.id
        const reserved = typeof detail !== 'string' && (id === 'name' || id === 'email')
        if (seen.has(id) || reserved)
          ctx.addIssue({ code: 'custom', path: [index], ...zodIssue('asked_twice', { id }) })
        seen.add(id)
      })
    })
}

const customerDetails = details(channelFieldTypeNames, customerDetailsMax)

/** What a channel says and asks. An empty text is unset: the default in the conversation's language. */
const response = z.object({
  ...forChannelTexts(() => shortText(configuredTextLengthMax).optional()),
  customerDetails: customerDetails.optional(),
})
export type Response = z.infer<typeof response>

const ascending = (steps: string[]) => {
  const milliseconds = steps.map(durationMs)
  return milliseconds.every((step, index) => index === 0 || step > (milliseconds[index - 1] as number))
}

const timeouts = z.object({
  /** From the request to the reminder; `null`: never. */
  unanswered: duration.nullable().optional(),
  /** From the request to the escalation; `null`: never. */
  escalate: duration.nullable().optional(),
  /** From the agent's first unanswered message: reminders, and the last one ends; `[]`: never. */
  idleCustomer: z.array(duration).max(idleStepsMax).refine(ascending, zodIssue('not_ascending')).optional(),
  /** From the last sign of a visitor who does not come as far as a request; `null`: never. */
  abandoned: duration.nullable().optional(),
})

/** `channel.<id>` in the configuration. Everything but `id` is optional. */
export const channel = z.object({
  id: token,
  type: z.enum(['web', 'mobile']).optional(),
  name: shortText(labelLengthMax).optional(),
  workspace: token.optional(),
  schedule: z
    .union([token, z.literal('')])
    .nullable()
    .optional(),
  bot: z
    .union([token, z.literal('')])
    .nullable()
    .optional(),
  locale: shortText(labelLengthMax).optional(),
  duringHours: response.optional(),
  outsideHours: response.optional(),
  timeouts: timeouts.optional(),
})
export type Channel = z.infer<typeof channel>

/** What a channel has that nobody set. */
export const channelDefaults = {
  workspace: 'main',
  timeouts: {
    unanswered: 'PT2M',
    escalate: 'PT10M',
    idleCustomer: ['PT5M', 'PT10M', 'PT11M'],
    abandoned: 'P1D',
  },
} as const
