import { z } from 'zod'
import { shortText, token } from '../token.ts'

/** The acts of people that a company may have to answer for, in AUDIT. Ids only: no secret, and nothing of a customer. */

/** Each is also the last token of its subject. */
export const auditActions = [
  'saved',
  'deleted',
  'revealed',
  'erased',
  'exported',
  'requeued',
  'discarded',
  'ticketMade',
  'keyMade',
  'keyRevoked',
  'secretSet',
  'secretDeleted',
  'rotated',
  'signedOut',
  'backedUp',
  'restored',
] as const
export type AuditAction = (typeof auditActions)[number]

/** The kinds of things beside the documents of the configuration. */
export type AuditedKind = 'conversation' | 'deadLetter' | 'key' | 'secret' | 'person' | 'installation'

const idLengthMax = 255

export const auditEntry = z.object({
  by: z.object({
    id: z.string(),
    name: z.string().optional(),
    role: z
      .enum(['administrator', 'engineer', 'operator'])
      .describe('`operator`: somebody at the command line, by the name of their account on that machine.'),
  }),
  on: z.object({
    kind: z.string().describe('`channel` and the like, or an AuditedKind.'),
    id: z.string().describe('`*`: all of them.'),
    revision: z
      .int()
      .optional()
      .describe('The revision of the document that was replaced; 0: there was none.'),
  }),
})
export type AuditEntry = z.infer<typeof auditEntry>

/** An entry as it was stored: what a person was about to do. */
export const auditedAct = auditEntry.extend({ sequence: z.int(), at: z.string(), action: z.string() })
export type AuditedAct = z.infer<typeof auditedAct>

/** The most entries of an answer. */
export const auditPageMax = 200
/** How far back an answer looks where nothing is said, in days. */
export const auditDaysDefault = 30

const instant = z.iso.datetime({ offset: true })

/** The latest entries that match, the latest first. */
export const auditQuestion = z.object({
  from: instant.optional(),
  to: instant.optional(),
  action: z.enum(auditActions).optional(),
  by: shortText(idLengthMax).optional().describe('A part of the id or name of who did it, in any case.'),
  kind: token.optional(),
  id: shortText(idLengthMax).optional(),
  before: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('Only entries before this sequence: the next page.'),
  limit: z.coerce.number().int().min(1).max(auditPageMax).default(50),
})
export type AuditQuestion = z.infer<typeof auditQuestion>

export const auditAnswer = z.object({
  entries: z.array(auditedAct),
  isMore: z.boolean().describe('Whether there are earlier ones that match.'),
})
export type AuditAnswer = z.infer<typeof auditAnswer>
