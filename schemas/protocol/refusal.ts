import { z } from 'zod'
import { type Invalid, type Problem, problemCodes } from '../problem.ts'

/** The bodies that the gateway refuses a request with; workers/gateway/PROTOCOL.md lists the codes. */

const params: z.ZodType<object> = z.looseObject({})

/** A problem as it is sent. */
export const foundProblem = z.object({
  path: z
    .array(z.union([z.string(), z.int()]))
    .readonly()
    .describe('The place of the field in the document, the body or the query; empty: all of it.'),
  code: z.enum(problemCodes).describe('Stable.'),
  params: params.exactOptional().describe('The figures and names in the message.'),
  message: z.string().describe('English.'),
  answer: z
    .string()
    .exactOptional()
    .describe('In a bot: its author’s names of the answer and the step that have the field.'),
  step: z.string().exactOptional(),
}) satisfies z.ZodType<Problem>

/** A problem in a bot's text has its line and column, too, from 1. */
const placedProblem = foundProblem.extend({
  line: z.int().exactOptional(),
  column: z.int().exactOptional(),
})

/** 422: some fields of a body or a query are not valid. */
export const invalidAnswer = z.object({
  code: z.literal('invalid'),
  message: z.string(),
  problems: z.array(placedProblem).readonly(),
}) satisfies z.ZodType<Invalid>
