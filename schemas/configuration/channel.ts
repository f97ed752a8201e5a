import { Duration } from 'luxon'
import { z } from 'zod'
import { channelFieldTypeNames, type FieldType, fieldTypes } from '../field-types.ts'
import { attributesMax, configuredTextLengthMax, labelLengthMax } from '../limits.ts'
import { localized } from '../localized-field.ts'
import { zodIssue } from '../problem.ts'
import { shortText, token } from '../token.ts'
import { forChannelTexts } from './channel-texts.ts'
import { type ConversationText, conversationTextNames } from './conversation-texts.ts'
import { type Localized, languagesIn, textIn } from './localized.ts'
import { origin, originsMax, widgetLook } from './look.ts'

export const customerDetailsMax = 20
export const optionsMax = 100
/** The largest form, in bytes of JSON: every record carries the form while it is open. */
export const formBytesMax = 8 * 1024
export const idleStepsMax = 10
/** The longest timeout, in days. */
export const timeoutDaysMax = 366

/** The longest retention, in days. */
export const retentionDaysMax = 36_525

/** An ISO 8601 duration above zero, such as `PT2M`. */
export const durationUpTo = (daysMax: number) =>
  z
    .string()
    .refine(
      (text) => {
        const milliseconds = Duration.fromISO(text).toMillis()
        return milliseconds > 0 && milliseconds <= daysMax * 86_400_000
      },
      zodIssue('not_a_duration', { daysMax }),
    )
    .describe(`An ISO 8601 duration such as PT2M, above zero and at most ${daysMax} days.`)

export const duration = durationUpTo(timeoutDaysMax)

export function durationMs(text: string): number {
  return Duration.fromISO(text).toMillis()
}

export const label = shortText(labelLengthMax).refine((text) => text.trim() !== '', zodIssue('empty'))

const fieldId = token.refine((id) => id !== '__proto__', zodIssue('reserved_name'))

/**
 * A list of details to ask a customer for: `name` and `email` by their names, others with a label.
 *
 * @param field `z.strictObject` if unknown keys of a field are an error
 */
export function details<T extends FieldType>(
  types: readonly T[],
  max: number,
  field: typeof z.object | typeof z.strictObject = z.object,
) {
  const customField = field({
    id: fieldId,
    label: localized(label),
    type: z.enum(types),
    options: z.array(localized(label)).min(1).max(optionsMax).optional(),
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
      (details) => formsOf(details).every((form) => new TextEncoder().encode(form).length <= formBytesMax),
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

interface CustomDetail {
  label: Localized
  options?: Localized[] | undefined
}

/** The JSON of the form in each language that it is in. */
function formsOf(details: readonly (string | CustomDetail)[]): string[] {
  const custom = details.flatMap((detail) => (typeof detail === 'string' ? [] : [detail]))
  const languages = languagesIn(custom.flatMap(({ label, options = [] }) => [label, ...options]))
  return (languages.length > 0 ? languages : [undefined]).map((language) =>
    JSON.stringify(
      details.map((detail) =>
        typeof detail === 'string'
          ? detail
          : {
              ...detail,
              label: textIn(detail.label, language),
              options: detail.options?.map((option) => textIn(option, language)),
            },
      ),
    ),
  )
}

const customerDetails = details(channelFieldTypeNames, customerDetailsMax)

/** The texts and questions of a channel. An empty text is unset: the default in the conversation's language. */
const response = z.object({
  ...forChannelTexts(() => localized(shortText(configuredTextLengthMax)).optional()),
  customerDetails: customerDetails.optional(),
})
export type Response = z.infer<typeof response>

/** The most characters of a text of the conversation: each record carries those that are set. */
export const conversationTextLengthMax = 500

/** The channel's own texts instead of the built-in ones. An empty text is unset. */
const texts = z.object(
  Object.fromEntries(
    conversationTextNames.map((name) => [name, localized(shortText(conversationTextLengthMax)).optional()]),
  ) as Record<ConversationText, z.ZodOptional<z.ZodType<Localized>>>,
)

const ascending = (steps: string[]) => {
  const milliseconds = steps.map(durationMs)
  return milliseconds.every((step, index) => index === 0 || step > (milliseconds[index - 1] as number))
}

const agentTimeouts = z
  .strictObject({ remind: duration.nullable().optional(), release: duration.nullable().optional() })
  .refine(
    ({ remind, release }) => !remind || !release || durationMs(remind) < durationMs(release),
    zodIssue('not_ascending'),
  )

const timeouts = z.object({
  unanswered: duration.nullable().optional().describe('From the request to the reminder; `null`: never.'),
  escalate: duration.nullable().optional().describe('From the request to the escalation; `null`: never.'),
  idleCustomer: z
    .array(duration)
    .max(idleStepsMax)
    .refine(ascending, zodIssue('not_ascending'))
    .optional()
    .describe(
      'From the agent’s first unanswered message: reminders, of which the last ends the conversation; `[]`: never.',
    ),
  abandoned: duration
    .nullable()
    .optional()
    .describe('From the last sign of life of a visitor who has made no request; `null`: never.'),
  /**
   * From the customer's first message that the agent has not answered, within the opening hours: the agent is reminded,
   * and later the request goes back to the queue; `null`: never.
   */
  agent: agentTimeouts.nullable().optional(),
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
  texts: texts.optional(),
  timeouts: timeouts.optional(),
  rating: z
    .boolean()
    .optional()
    .describe('Whether customers are asked to rate a conversation after its end; absent: yes.'),
  /** How long an ended conversation is kept after its last record, before it is erased; `null`: for ever. */
  retention: durationUpTo(retentionDaysMax).nullable().optional(),
  attributes: z
    .array(fieldId)
    .max(attributesMax)
    .optional()
    .describe('Claims of the customer’s JWT, and attributes that the page sends, which agents see.'),
  look: widgetLook.optional(),
  origins: z
    .array(origin)
    .max(originsMax)
    .optional()
    .describe(
      'Origins whose pages may use this channel, besides those that the gateway lets in to all channels.',
    ),
})
export type Channel = z.infer<typeof channel>

/** The values of fields that are not set. */
export const channelDefaults = {
  workspace: 'main',
  timeouts: {
    unanswered: 'PT2M',
    escalate: 'PT10M',
    idleCustomer: ['PT5M', 'PT10M', 'PT11M'],
    abandoned: 'P1D',
    agent: { remind: 'PT5M', release: 'PT15M' },
  },
} as const
