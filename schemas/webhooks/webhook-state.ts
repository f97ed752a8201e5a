import { z } from 'zod'

/** The callers' knowledge of webhooks: stored in `frontdesk_webhooks` and WEBHOOKS, and shown to administrators. */

/** Why an attempt has failed. Stable. */
export const webhookFailures = [
  /** A status that is not 2xx. */
  'refused',
  'unreachable',
  'timed_out',
  'host_not_allowed',
  /** There is no secret of that name. */
  'secret_unknown',
  /** The secret has no key that signs. */
  'secret_unusable',
] as const
export type WebhookFailure = (typeof webhookFailures)[number]

const failing = {
  failure: z.enum(webhookFailures),
  /** With `refused`. */
  status: z.int().optional(),
  /** English, without the receiver's answer. */
  reason: z.string(),
}

/** One attempt to deliver a notification, or a test event. */
export const attempted = z.object({
  /** The id of the notification, which is the `webhook-id`. */
  id: z.string(),
  /** `request.<action>`, or `webhook.test`. */
  type: z.string(),
  at: z.string(),
  /** How long it took, in milliseconds. */
  ms: z.int(),
  /** Which attempt it was, from 1 on. */
  attempt: z.int(),
  /** Absent: it was delivered. */
  failure: z.object(failing).optional(),
})
export type Attempted = z.infer<typeof attempted>

/** The attempts that a webhook's state keeps. */
export const attemptsKept = 20

/** How far a webhook has got. Times in epoch milliseconds, except in attempts. */
export const webhookState = z.object({
  /** The caller that has written it. */
  owner: z.string(),
  /** The last notification of WORKSPACE that was read. All up to it are delivered, given up, or wait. */
  position: z.object({ sequence: z.int(), at: z.number() }),
  /** Notifications up to the position that are not delivered yet, in the order of WORKSPACE. */
  waiting: z.array(
    z.object({
      sequence: z.int(),
      /** It is given up some time after this: when it was made, or replayed. */
      since: z.number(),
      attempts: z.int(),
    }),
  ),
  /** Notifications that WORKSPACE has after the position, when the webhook last looked because its receiver is down. */
  unread: z.int(),
  /** A notification after the position counts as made at this time, if it is older. */
  replayedAt: z.number().optional(),
  /** Failed deliveries up to this sequence of WEBHOOKS are to be delivered again. */
  requeueUpTo: z.int().optional(),
  /** The latest attempts, the latest first. */
  attempts: z.array(attempted),
  deliveredAt: z.number().optional(),
  /** Since the last attempt that succeeded, all have failed: the first of them. */
  failingSince: z.number().optional(),
  /** The receiver has answered 410 to this revision of the webhook: it gets nothing until the webhook is saved again. */
  disabled: z.object({ at: z.number(), revision: z.int() }).optional(),
})
export type WebhookState = z.infer<typeof webhookState>

/** A delivery that was given up. */
export const failedDelivery = z.object({
  /** The id of the notification. */
  id: z.string(),
  type: z.string(),
  /** Its sequence in WORKSPACE. */
  notification: z.int(),
  attempts: z.int(),
  ...failing,
})
export type FailedDelivery = z.infer<typeof failedDelivery>

/** A request to the caller that runs a webhook. */
export const webhookQuestion = z.union([
  z.strictObject({ test: z.literal(true) }),
  z.strictObject({
    replay: z.union([
      z.strictObject({ failed: z.literal(true) }),
      z.strictObject({ id: z.string() }),
      z.strictObject({ since: z.iso.datetime({ offset: true }) }),
    ]),
  }),
])
export type WebhookQuestion = z.infer<typeof webhookQuestion>

/** `replayed`: the number of notifications, where it is known. */
export const webhookAnswer = z.union([
  z.object({ tested: attempted }),
  z.object({ replayed: z.int().nullable() }),
  z.object({ refused: z.enum(['no_such_notification', 'disabled', 'invalid', 'unavailable']) }),
])
export type WebhookAnswer = z.infer<typeof webhookAnswer>
