import { z } from 'zod'
import { callMethods, callTimeoutMsMax, variableLengthMax } from '../conversation/call.ts'
import { fieldTypeNames } from '../field-types.ts'
import { configuredTextLengthMax, labelLengthMax, tagLengthMax, tagsMax } from '../limits.ts'
import { localized } from '../localized-field.ts'
import { zodIssue } from '../problem.ts'
import { shallow, shortText, token } from '../token.ts'
import { details, duration, durationMs, label } from './channel.ts'
import { languagesIn, textIn } from './localized.ts'

export const answersMax = 100
/** The most steps of one answer. */
export const stepsMax = 200
/** The most options of one step. */
export const botOptionsMax = 10
/** The most fields of one form. */
export const botFieldsMax = 8
/** The most cases of one branch step, and conditions of one case. */
export const casesMax = 20
export const conditionsMax = 10
/** The most headers of one call, and values that it saves. */
export const headersMax = 20
export const savedMax = 20
/** The largest body of a call, in bytes of JSON before placeholders are filled in. */
export const callBodyBytesMax = 8 * 1024
/** The most levels of a call's body. Its readers, such as the administration's YAML parser, are recursive. */
export const callBodyLevelsMax = 32
export const callUrlLengthMax = 2_000

const oneText = shortText(configuredTextLengthMax).refine((text) => text.trim() !== '', zodIssue('empty'))
const text = localized(oneText)
const name = token.refine((name) => name !== '__proto__', zodIssue('reserved_name'))
/** The id of the next answer. */
const goTo = token

/** A field of every step: the author's name for it, unique in its answer. */
const named = { name: name.optional() }

/** Says a text. */
const messageStep = z.strictObject({ type: z.literal('message'), ...named, text })

/** Lets the customer choose. Typed text leads to `freeText`; without it, the options are offered again. */
const optionsStep = z.strictObject({
  type: z.literal('options'),
  ...named,
  text,
  options: z
    .array(z.strictObject({ label: localized(label), goTo }))
    .min(1)
    .max(botOptionsMax)
    .refine((options) => {
      const labels = options.map((option) => option.label)
      return [undefined, ...languagesIn(labels)].every(
        (language) =>
          new Set(labels.map((label) => textIn(label, language).trim().toLowerCase())).size === labels.length,
      )
    }, zodIssue('duplicate_label')),
  freeText: z.strictObject({ goTo, variable: name.optional() }).optional(),
})

/** Asks for the details that are not known yet; all are required. */
const detailsStep = z.strictObject({
  type: z.literal('details'),
  ...named,
  text: text.optional(),
  fields: details(fieldTypeNames, botFieldsMax, z.strictObject).min(1),
})

/** A comparison with a value: `customer.email`, `details.topic`, `variables.plan`, `option.topic`, `locale`. */
const condition = z
  .strictObject({
    value: z.string(),
    is: localized(shortText(configuredTextLengthMax)).optional(),
    isNot: localized(shortText(configuredTextLengthMax)).optional(),
    contains: text.optional(),
    startsWith: text.optional(),
    isKnown: z.boolean().optional(),
  })
  .refine(
    ({ value: _, ...comparisons }) =>
      Object.values(comparisons).filter((operand) => operand !== undefined).length === 1,
    zodIssue('not_one_comparison'),
  )
export type Condition = z.infer<typeof condition>

/** Leads to the first case whose conditions all hold, else to `otherwise`. */
const branchStep = z.strictObject({
  type: z.literal('branch'),
  ...named,
  cases: z
    .array(z.strictObject({ when: z.array(condition).min(1).max(conditionsMax), goTo }))
    .min(1)
    .max(casesMax),
  otherwise: goTo,
})

/** Leads on by whether a schedule is open at this moment; without a name, the channel's schedule. */
const hoursStep = z.strictObject({
  type: z.literal('hours'),
  ...named,
  schedule: name.optional(),
  open: goTo,
  closed: goTo,
})

const setStep = z.strictObject({
  type: z.literal('set'),
  ...named,
  variable: name,
  value: shortText(variableLengthMax),
})

/** Calls an API, and leads on by whether it succeeded. */
const apiStep = z.strictObject({
  type: z.literal('api'),
  ...named,
  method: z.enum(callMethods).default('GET'),
  url: shortText(callUrlLengthMax).refine(
    (url) =>
      /^https?:\/\/[^\s{}/?#@]+([/?#]|$)/.test(url) && URL.canParse(url.replace(/\{\{[^{}]*\}\}/g, 'x')),
    zodIssue('not_an_api_url'),
  ),
  headers: z
    .record(
      z.string().refine((header) => /^[A-Za-z0-9-]{1,64}$/.test(header), zodIssue('not_a_header_name')),
      shortText(labelLengthMax).refine(
        (value) => /^[\t\x20-\x7E]*$/.test(value),
        zodIssue('not_a_header_value'),
      ),
    )
    .refine((headers) => Object.keys(headers).length <= headersMax, zodIssue('too_many', { max: headersMax }))
    .optional(),
  body: shallow(callBodyLevelsMax)
    .pipe(z.json())
    .refine(
      (body) => new TextEncoder().encode(JSON.stringify(body)).length <= callBodyBytesMax,
      zodIssue('too_large', { max: callBodyBytesMax }),
    )
    .optional(),
  timeout: duration
    .refine(
      (timeout) => {
        const ms = durationMs(timeout)
        return Number.isNaN(ms) || (ms <= callTimeoutMsMax && Number.isInteger(ms))
      },
      zodIssue('not_a_call_timeout', { secondsMax: callTimeoutMsMax / 1000 }),
    )
    .default('PT10S'),
  save: z
    .record(
      name,
      z.string().refine((path) => /^[^.\s]+(\.[^.\s]+)*$/.test(path), zodIssue('not_a_result_path')),
    )
    .refine((save) => Object.keys(save).length <= savedMax, zodIssue('too_many', { max: savedMax }))
    .optional(),
  success: goTo,
  failure: goTo,
})

/** Asks whether the customer's request is resolved; a yes ends the conversation unless it leads elsewhere. */
const resolvedStep = z.strictObject({
  type: z.literal('resolved'),
  ...named,
  text: text.optional(),
  yes: goTo.optional(),
  no: goTo,
})

const linkStep = z.strictObject({ type: z.literal('link'), ...named, goTo })

/** Queues the conversation for an agent. */
const transferStep = z.strictObject({
  type: z.literal('transfer'),
  ...named,
  duringHours: text.optional(),
  outsideHours: text.optional(),
  tags: z.array(shortText(tagLengthMax).min(1)).max(tagsMax).optional(),
})

const endStep = z.strictObject({ type: z.literal('end'), ...named, text: text.optional() })

const step = z.discriminatedUnion('type', [
  messageStep,
  optionsStep,
  detailsStep,
  branchStep,
  hoursStep,
  setStep,
  apiStep,
  resolvedStep,
  linkStep,
  transferStep,
  endStep,
])
export type BotStep = z.infer<typeof step>
export type ApiStep = Extract<BotStep, { type: 'api' }>

/** The fields of every kind of bot. */
export const botNames = { id: token, name: shortText(labelLengthMax).optional() }

/** A bot as data: the first answer begins. The steps of an answer run in turn, and the last leads elsewhere. */
export const botFlow = z.strictObject({
  kind: z.literal('bot').optional(),
  ...botNames,
  greeting: text.optional().describe('The first message.'),
  answers: z
    .array(z.strictObject({ id: name, steps: z.array(step).min(1).max(stepsMax) }))
    .min(1)
    .max(answersMax),
})
export type BotFlow = z.infer<typeof botFlow>

/** The name of a step: its author's, else its place and type. */
export function stepName(step: { name?: unknown; type?: unknown } | null, index: number): string {
  if (isName(step?.name)) return step.name
  return typeof step?.type === 'string' ? `${index + 1}-${step.type}` : `${index + 1}`
}

/** The name of an answer: its author's id, else its place. */
export function answerName(answer: { id?: unknown } | null | undefined, index: number): string {
  return isName(answer?.id) ? answer.id : `${index + 1}`
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name.trim() !== ''
}
