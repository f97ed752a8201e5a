import { z } from 'zod'
import { token } from '../token.ts'
import { visible } from './visibility.ts'

/** The most characters of a variable's value, in Unicode code points. */
export const variableLengthMax = 280
/** The longest that a customer waits for an API, over all attempts, in milliseconds. */
export const callTimeoutMsMax = 60_000

export const callMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * A call of an API that a conversation waits for, in the stream CALLS: internal.
 * It has everything but the secrets, which only the worker that performs it looks up.
 */
export const call = z.object({
  conversation: token,
  /** The number of the call in its conversation, from 1. */
  call: z.int().positive(),
  bot: z.string(),
  /** The author's name of the step, for the log. */
  step: z.string(),
  method: z.enum(callMethods),
  url: z.string(),
  /** `{{secret.<name>}}` in a value stands for a secret; nothing that a customer typed is ever in one. */
  headers: z.record(z.string(), z.string()),
  /** Sent as JSON; absent: no body. */
  body: z.unknown().optional(),
  /** The limit for all attempts together, in milliseconds: the customer waits meanwhile. */
  timeoutMs: z.int().positive().max(callTimeoutMsMax),
  /** Variables to be set, each from a path in the JSON that comes back: `order.items.0.name`. */
  save: z.record(z.string(), z.string()),
})
export type Call = z.infer<typeof call>

/** Why a call failed; stable. */
export const callFailures = [
  /** The host is not on the list, or it is at an address that is not. */
  'host_not_allowed',
  'secret_unknown',
  'unreachable',
  'timed_out',
  /** A status other than 2xx. */
  'refused',
  'too_large',
  'not_json',
  /** A value to be saved is no text, number or boolean, or is too long for a variable. */
  'value_unusable',
] as const
export type CallFailure = (typeof callFailures)[number]

/** `call.answered`, with the call's number. */
export const callAnswer = z.object({
  call: visible('shown', z.int().positive()),
  ok: visible('shown', z.boolean()),
  status: visible('shown', z.int().optional()),
  failure: visible('shown', z.enum(callFailures).optional()),
  /** The variables that were found. */
  values: visible('hidden', z.record(z.string(), z.string()).optional()),
})
export type CallAnswer = z.infer<typeof callAnswer>
