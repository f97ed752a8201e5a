import type { ZodType, z } from 'zod'
import { type Failure, failure, type Result, success } from './result.ts'

/** A field that cannot be accepted; the document as a whole where the path is empty. */
export interface Problem {
  path: readonly (string | number)[]
  /** Stable. */
  code: ProblemCode
  /** The figures and names in the message, as the code has them in `messages`. */
  params?: object
  /** English. */
  message: string
  /** In a bot: its author's names of the answer and the step that have the field. */
  answer?: string
  step?: string
}

/** A document, a body or a query in which some fields cannot be accepted. */
export interface Invalid<P extends Problem = Problem> extends Failure {
  code: 'invalid'
  problems: readonly P[]
}

/** JSON's names of types, and `integer`. */
export type ValueType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null'
type Literal = string | number | boolean | null

interface Limit {
  max: number
}
interface Excess extends Limit {
  count: number
}
interface Name {
  name: string
}
/** English. */
interface Reason {
  reason: string
}

/** All codes of problems with their parameters, and the English for HTTP clients and the command line. */
const messages = {
  required: () => 'is missing',
  wrong_type: ({ expected }: { expected: ValueType }) => `must be ${typeNames[expected]}`,
  not_one_of: ({ values }: { values: readonly Literal[] }) =>
    values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`,
  /** The value has none of the allowed values and types. */
  no_variant: ({ values, types }: { values: readonly Literal[]; types: readonly ValueType[] }) =>
    `must be ${[...values.map((value) => JSON.stringify(value)), ...types.map((type) => typeNames[type])].join(' or ')}`,
  /** The `type` of an object is not one of these. */
  unknown_type: ({ types }: { types: readonly Literal[] }) => `must be one of ${types.join(', ')}`,
  unknown_field: ({ field }: { field: string }) => `Unrecognized key: "${field}"`,
  reserved_name: () => 'must not be __proto__',
  invalid: () => 'is not valid',

  // Limits: texts are measured in characters (Unicode code points), lists in entries, documents in bytes of JSON.
  empty: () => 'must not be empty',
  too_long: ({ max }: Limit) => `must have at most ${max} characters`,
  too_few: ({ min }: { min: number }) => `must have at least ${min} ${min === 1 ? 'entry' : 'entries'}`,
  too_many: ({ max }: Limit) => `must have at most ${max} entries`,
  too_low: ({ min }: { min: number }) => `must be at least ${min}`,
  too_high: ({ max }: Limit) => `must be at most ${max}`,
  too_large: ({ max, bytes }: { max: number; bytes?: number }) =>
    bytes === undefined
      ? `must have at most ${max} bytes of JSON`
      : `has ${bytes} bytes; the limit is ${max}`,
  too_deep: ({ levels, max }: { levels: number; max: number }) => `has ${levels} levels; the limit is ${max}`,

  not_a_token: () => 'must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -',
  not_a_date: () => 'must be a date that exists, written YYYY-MM-DD',
  not_an_instant: () => 'must be a time in ISO 8601, such as 2026-06-05T15:00:00Z',
  not_a_duration: ({ daysMax }: { daysMax: number }) =>
    `must be an ISO 8601 duration such as PT2M, longer than nothing and at most ${daysMax} days`,
  not_a_time_zone: () => 'must be a zone of the tz database that exists, such as "Europe/Paris" or "UTC"',

  // Documents of the configuration.
  not_a_language: () => 'must be the tag of a language, such as fr or pt-BR',
  unknown_text: ({ name, names }: { name: string; names: readonly string[] }) =>
    `there is no text "${name}"; there are ${names.join(', ')}`,
  unknown_kind: ({ kind, kinds }: { kind: string; kinds: readonly string[] }) =>
    `there is no kind ${kind}; there are ${kinds.join(', ')}`,
  other_id: ({ id }: { id: string }) => `must be ${id}, as in the address`,
  select_without_options: () => 'a select needs options',
  asked_twice: ({ id }: { id: string }) => `"${id}" is asked twice`,
  not_ascending: () => 'each must be longer than the one before',
  not_after: ({ field }: { field: string }) => `must be after ${field}`,
  before: ({ field }: { field: string }) => `must not be before ${field}`,
  longer_than_a_year: () => 'must be less than a year after startDate: it comes back every year',
  not_a_calendar: () => 'must be a holiday or "calendar.<id>"',
  too_many_calendars: ({ max }: Limit) => `must have at most ${max} calendars`,
  not_an_origin: () => 'must be an origin such as https://www.example.com, without a path and without *',
  not_a_colour: () => 'must be a colour such as #0f6f68',
  not_an_image_url: () => 'must be an https address of an image',
  not_a_webhook_url: () => 'must be an http or https address without a user and without #',
  own_overflow: () => 'must be another workspace',

  // The fields of a bot's steps.
  duplicate_label: () => 'two options have the same label',
  not_one_comparison: () => 'must have one of is, isNot, contains, startsWith, isKnown',
  not_an_api_url: () => 'must be an http or https address whose host has no {{…}}, and no user',
  not_a_header_name: () => 'must be the name of a header',
  not_a_header_value: () => 'must be ASCII, on one line',
  not_a_result_path: () => 'must be a path such as order.items.0.name',
  not_a_call_timeout: ({ secondsMax }: { secondsMax: number }) =>
    `must be whole milliseconds, at most ${secondsMax} seconds`,

  // A bot as a whole.
  duplicate_answer: ({ answer }: { answer: string }) => `there are two answers "${answer}"`,
  duplicate_step: ({ step }: { step: string }) => `there are two steps "${step}" in this answer`,
  unreachable_step: ({ after }: { after: string }) => `is never reached: the step "${after}" leads elsewhere`,
  unreachable_answer: () => 'is never reached: nothing leads to its answer',
  dead_end: () => 'is a dead end: nothing follows; add a step such as link, transfer or end',
  unknown_answer: ({ answer }: { answer: string }) => `there is no answer "${answer}" to go to`,
  endless_circle: () =>
    'only leads round in a circle: the customer is asked nothing new, and no agent or end is reached',
  circle_too_large: ({ bytes, max }: { bytes: number; max: number }) =>
    `says ${bytes} bytes and may be come back to at once; the limit is ${max}`,
  too_many_variables: ({ count, max }: Excess) => `set ${count} variables; the limit is ${max}`,
  too_many_details: ({ count, max }: Excess) => `ask for ${count} details; the limit is ${max}`,
  unknown_variable: ({ name }: Name) => `there is no variable "${name}": no step sets it`,
  unknown_detail: ({ name }: Name) => `no step asks for the detail "${name}"`,
  unknown_option: ({ name }: Name) => `there is no options step with the name "${name}"`,
  /** `known`: the likely name, or all known names. */
  unknown_placeholder: ({ name, known }: { name: string; known: readonly string[] }) =>
    `there is nothing called "${name}"${known.length === 1 ? ': it is' : '; there are'} ${known.join(', ')}`,
  too_many_placeholders: ({ count, max }: Excess) => `has ${count} places to fill in; the limit is ${max}`,
  misplaced_placeholder: () => 'is shown as it is: nothing can be filled in here',
  misplaced_secret: () => 'a secret may stand in a header of a call only',
  not_a_secret: ({ name }: Name) => `a header takes {{secret.<name>}} only, not {{${name}}}`,

  // An import.
  not_a_zendesk_response: () =>
    'is not a Zendesk Schedules API response: it must be an object with a list "schedules"',
  not_a_zendesk_zone: () =>
    'must be a time zone of Zendesk, such as "Pacific Time (US & Canada)", or of the tz database',
  duplicate_id: () => 'must not be the id of another schedule',
  never_opens: () => 'has no intervals: the schedule never opens',
  spans_days: ({ from, to }: { from: string; to: string }) =>
    `spans several days, from ${from} to ${to}; it was split by day at midnight and is open all through: if hours of ` +
    'each day were meant, correct it',
  not_ics: () => 'is not an iCalendar file: it must have a line BEGIN:VCALENDAR',
  no_events: () => 'has no event: no line BEGIN:VEVENT',
  /** The reason is the parser's. */
  not_an_event: ({ reason }: Reason) => `is not a valid event: ${reason}`,
  not_whole_days: ({ from, to }: { from: string; to: string }) =>
    `is not whole days, but from ${from} to ${to}: left out; add it with its open hours by hand`,
  event_cancelled: () => 'is cancelled: left out',
  rule_expanded: ({ from, to, count }: { from: number; to: number; count: number }) =>
    `comes back on dates that differ from year to year: it became its ${count} dates from ${from} to ${to}; import it again before then`,
  rule_not_supported: ({ rule }: { rule: string }) => `has a rule that is not supported: ${rule}`,
  rule_too_long: ({ max }: Limit) => `has a rule of more than ${max} dates up to then`,
  // A what-if.
  no_timer: ({ index }: { index: number }) => `events.${index}: no timer runs`,

  // A bot's text; the reason is the parser's.
  yaml_tab: () => 'is not valid YAML: indent with spaces, not with tabs',
  yaml_indentation: ({ reason }: Reason) => `is not valid YAML: ${reason}`,
  yaml_missing_character: ({ reason }: Reason) => `is not valid YAML: ${reason}`,
  yaml_duplicate_key: () => 'is not valid YAML: a field stands twice',
  yaml_unknown_alias: ({ alias }: { alias: string }) =>
    `is not valid YAML: there is no &${alias} before *${alias}`,
  yaml_too_many_aliases: () => 'is not valid YAML: it repeats too much by aliases',
  yaml_too_deep: ({ max }: Limit) => `is not valid YAML: it is nested deeper than ${max} levels`,
  yaml_complex_key: () => 'is not valid YAML: the name of a field must be a plain text',
  yaml_several_documents: () => 'is not valid YAML: a bot is one document: nothing may follow ---',
  not_yaml: ({ reason }: Reason) => `is not valid YAML: ${reason}`,
  takes_too_long: ({ secondsMax }: { secondsMax: number }) => `takes more than ${secondsMax} seconds to read`,
}

const typeNames: Record<ValueType, string> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

export type ProblemCode = keyof typeof messages
export const problemCodes = Object.keys(messages) as ProblemCode[]
export type ParamsOf<Code extends ProblemCode> = Parameters<(typeof messages)[Code]>
/** The words for all codes in a language of the pages. */
export type ProblemWords = { [Code in ProblemCode]: (...params: ParamsOf<Code>) => string }

/** Makes a problem without its place. */
export function problem<Code extends ProblemCode>(
  code: Code,
  ...params: ParamsOf<Code>
): Omit<Problem, 'path'> {
  const [given] = params
  const message = (messages[code] as (params?: object) => string)(given)
  return { code, ...(given && { params: given }), message }
}

/** A problem with its place. */
export function problemAt<Code extends ProblemCode>(
  path: Problem['path'],
  code: Code,
  ...params: ParamsOf<Code>
): Problem {
  return { path, ...problem(code, ...params) }
}

/** A problem as a refinement of a zod schema reports it. */
export function zodIssue<Code extends ProblemCode>(code: Code, ...params: ParamsOf<Code>) {
  const found = problem(code, ...params)
  return { message: found.message, params: found }
}

export function invalidOf<P extends Problem>(problems: readonly P[]): Invalid<P> {
  return { code: 'invalid', message: problems.map(lineOf).join('; '), problems }
}

/** `answers.0.steps.1.text: answer "orders", step "topic": must not be empty` */
export function lineOf({ path, answer, step, message }: Problem): string {
  const names = [
    ...(answer === undefined ? [] : [`answer "${answer}"`]),
    ...(step === undefined ? [] : [`step "${step}"`]),
  ]
  return [path.join('.'), names.join(', '), message].filter((part) => part !== '').join(': ')
}

const inOurWords: z.core.ParseContext<z.core.$ZodIssue> = {
  error: (issue) => foundIn(issue as z.core.$ZodIssue).message,
  reportInput: true,
}

/** Reads a value by a schema. */
export function parse<T>(schema: ZodType<T>, value: unknown): Result<T, Invalid> {
  // With its own context zod takes twenty times as long, and a valid value needs none.
  const valid = schema.safeParse(value)
  const parsed = valid.success ? valid : schema.safeParse(value, inOurWords)
  if (parsed.success) return success(parsed.data)
  return failure(invalidOf(parsed.error.issues.flatMap((issue) => problemsOf(issue))))
}

/** @param outer the path under which the issue's own path is */
function problemsOf(issue: z.core.$ZodIssue, outer: Problem['path'] = []): Problem[] {
  const path = [...outer, ...(issue.path as (string | number)[])]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((field) => problemAt(path, 'unknown_field', { field }))
  if (issue.code === 'invalid_key') return issue.issues.flatMap((key) => problemsOf(key, path))
  if (issue.code === 'invalid_union') {
    // The variant that fails only in fields of the value, or by a rule of its own, is the one that was meant.
    const meant = issue.errors.find(
      (errors) =>
        errors.length > 0 &&
        errors.every(({ path, code }) => path.length > 0 || code === 'custom' || code === 'too_big'),
    )
    if (meant) return meant.flatMap((error) => problemsOf(error, path))
  }
  // A schema may have more to say than the code.
  return [{ path, ...foundIn(issue), message: issue.message }]
}

const typesOfZod: Record<string, ValueType> = { int: 'integer', record: 'object' }
const formats: Record<string, 'not_a_token' | 'not_a_date' | 'not_an_instant'> = {
  // The only pattern that the schemas have.
  regex: 'not_a_token',
  date: 'not_a_date',
  datetime: 'not_an_instant',
}

/** The code of an issue of zod's. */
function foundIn(issue: z.core.$ZodIssue): Omit<Problem, 'path'> {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return problem('required')
      return problem('wrong_type', { expected: typeOf(issue) })
    }
    case 'invalid_value':
      return problem('not_one_of', { values: issue.values as Literal[] })
    case 'invalid_union': {
      if (issue.discriminator !== undefined && 'options' in issue)
        return problem('unknown_type', { types: issue.options as Literal[] })
      const roots = issue.errors.flat().filter(({ path }) => path.length === 0)
      const types = roots.flatMap((root) => (root.code === 'invalid_type' ? [typeOf(root)] : []))
      const values = roots.flatMap((root) =>
        root.code === 'invalid_value' ? (root.values as Literal[]) : [],
      )
      return problem('no_variant', { values, types })
    }
    case 'invalid_format': {
      const code = formats[issue.format]
      return code ? problem(code) : problem('invalid')
    }
    case 'too_small': {
      // An exclusive bound of whole numbers: the schemas have no other numbers.
      const min = Number(issue.minimum) + (issue.inclusive === false ? 1 : 0)
      if (issue.origin === 'number' || issue.origin === 'int') return problem('too_low', { min })
      return issue.origin === 'string' ? problem('empty') : problem('too_few', { min })
    }
    case 'too_big': {
      const max = Number(issue.maximum)
      if (issue.origin === 'number' || issue.origin === 'int') return problem('too_high', { max })
      return issue.origin === 'string' ? problem('too_long', { max }) : problem('too_many', { max })
    }
    case 'custom':
      return (issue.params as Problem | undefined) ?? problem('invalid')
    default:
      return problem('invalid')
  }
}

function typeOf({ expected }: z.core.$ZodIssueInvalidType): ValueType {
  return typesOfZod[expected] ?? (expected as ValueType)
}
